"""Text made canonical: one form for every character, and none that a reader cannot see."""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_PAGED_ENDS = re.compile(_LINE_ENDS.pattern.replace(r"\f", ""))
# Never shown and of no meaning by themselves: byte order marks, soft hyphens, controls, halves of
# surrogate pairs, code points that are no characters.
_DROSS = re.compile(
    "[\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Never shown either, but able to carry a message: zero width, direction overrides, tags, fillers.
_HIDDEN = re.compile(
    "[\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    # Joiners have a use in Arabic, Indic and emoji; variation selectors after symbols.
    "(?<![\u0590-\u1fff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff][\u200c\u200d])"
    "(?<![\\d#*©®\u2000-\u33ff\u3400-\u9fff\U0001f000-\U0001faff][\ufe00-\ufe0f])"
)


def canonical(text: str, *, paged: bool = False) -> tuple[str, int]:
    """`text` in canonical form, and how many hidden characters were taken out of it.

    Canonical is NFC, lines ended by `\\n`, no control or invisible characters, no white space
    around the whole. Cleaning again changes nothing. Where it is `paged` its form feeds are kept,
    also those before its first word: pages are counted by them.
    """
    lines = _PAGED_ENDS.sub("\n", text) if paged else _LINE_ENDS.sub("\n", text)
    visible, hidden = _HIDDEN.subn("", unicodedata.normalize("NFC", _DROSS.sub("", lines)))
    whole = unicodedata.normalize("NFC", visible)
    empty = whole[: len(whole) - len(whole.lstrip())].count("\f")
    return ("\f" * empty + "\n" * bool(empty) + whole.strip()) if whole.strip() else "", hidden


def one_line(value: object) -> str | None:
    """A field of an article: its words on one line, or None when there are none."""
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value if isinstance(item, str | int | float))
    if value is None or isinstance(value, dict | bool):
        return None
    return " ".join(canonical(str(value))[0].split()) or None
