"""Pages that answer and hold no article: stubs before a paywall, notices, lists of links, errors.

Words are looked for in what a visitor reads beside the menus, and only where the text that was
found is short: long articles may speak of cookies.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SHORTEST = 60
"""Characters of the shortest text that counts as an article."""

_STUB, _LONG_STUB, _NOTICE, _ERROR = 1500, 2500, 1500, 800
_ASIDE = ("header", "nav", "footer", "aside", "script", "style", "noscript", "template", "head")


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_PAYWALL = _any(
    r"subscribe (?:now )?to (?:continue|keep|read)|to (?:continue|keep) reading",
    r"(?:log|sign) in to (?:continue|keep|read)|(?:create|register for) an? (?:free )?account to",
    r"(?:article|content|story) is (?:only )?(?:available to|for|reserved for|exclusive to)"
    r" (?:our )?(?:paying |premium )?(?:subscribers|members)",
    r"already (?:a |an )?(?:subscrib|member)|(?:read|reached|used) (?:all |up )?your (?:\w+ )*free",
    r"unlock (?:this|the full) (?:article|story)",
    r"nur für abonnent|jetzt abonnieren|bereits abonnent|weiterlesen mit|mit .{1,20} weiterlesen",
    r"réservée? (?:aux|à nos) abonnés|déjà abonné|pour lire la suite|il vous reste .{1,12} à lire",
    r"(?:exclusiv|reservad)o para suscriptores|seguir leyendo|ya (?:eres|soy|es) suscriptor",
)
_COOKIES = _any(
    r"(?:we|partners|this (?:web)?site) (?:use|store|value)s? .{0,40}cookies",
    r"(?:accept|reject|manage|allow) (?:all |the )?cookies|cookie (?:policy|settings|preferences)",
    r"your (?:privacy|consent)|legitimate interest|personali[sz]ed (?:ads|content)",
    r"verwende\w* .{0,30}cookies|(?:alle )?(?:cookies )?akzeptieren|einwilligung|datenschutz",
    r"utilis\w+ .{0,30}cookies|tout accepter|votre consentement|vie privée",
    r"utiliza\w* .{0,30}cookies|aceptar (?:todo|todas)|su consentimiento|privacidad",
)
_HUMAN = _any(
    r"(?:verify|prove|confirm)(?:ing)? (?:that )?you(?:'re| are) (?:a )?(?:human|not a robot)",
    r"checking your browser|captcha|unusual traffic|javascript and cookies to continue",
    r"\baccess denied\b|request (?:was )?blocked",
)
_SCRIPTS = _any(
    r"(?:enable|requires?|turn on|activate|needs?|without) javascript", r"javascript aktivieren"
)
_MISSING = _any(
    r"(?:^|\n)\W*(?:error )?404\s*(?:$|\n|[-|:–—·]|error|not found|page)",
    r"page (?:was |is )?(?:not|cannot be|can't be|could not be) found",
    r"page (?:does not|doesn't|no longer) exists?|(?:article|story) (?:is )?no longer available",
    r"seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada",
)


def obstacle(tree: "HtmlElement", text: str, title: str | None) -> str | None:
    """Why a page's text is not an article, or None when it is one.

    `tree` is the page without what a visitor does not see, `text` and `title` what was found in it.
    """
    around = Around(tree)
    for reason, holds in _OBSTACLES.items():
        if holds(around, text, title or ""):
            return reason
    return None


class Around:
    """What a page says and has beside the text that was found in it."""

    def __init__(self, tree: "HtmlElement") -> None:
        self._tree = tree

    @property
    def words(self) -> str:
        """What a visitor reads beside menus, headers and footers."""
        return " ".join(" ".join(_read(self._tree)).split())

    @property
    def is_free(self) -> bool:
        """Whether the page does not say of itself, for search engines, that it must be paid for."""
        scripts = self._tree.xpath("//script[@type='application/ld+json']/text()")
        tiers = self._tree.xpath("//meta[@property='article:content_tier']/@content")
        locked = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
        return not any(map(locked.search, scripts)) and not {"locked", "metered"} & set(tiers)

    @property
    def asks_password(self) -> bool:
        """Whether there is a field for a password."""
        return bool(self._tree.xpath("//body//input[@type='password']"))

    def linked(self, text: str) -> float:
        """The share of a text's characters that stand in lines which are links."""
        links = {" ".join(a.text_content().split()) for a in self._tree.iter("a")}
        lines = [" ".join(line.strip("-*• ").split()) for line in text.splitlines()]
        total = sum(map(len, lines))
        return sum(len(line) for line in lines if line in links) / total if total else 0.0


def _read(element: "HtmlElement") -> Iterator[str]:
    """The text of an element without the parts that stand aside."""
    if not isinstance(element.tag, str):
        return
    if element.text:
        yield element.text
    for child in element:
        if child.tag not in _ASIDE:
            yield from _read(child)
        if child.tail:
            yield child.tail


def _is_stub(around: Around, text: str, _: str) -> bool:
    asked = len(text) < _STUB and _PAYWALL.search(around.words)
    return bool(asked) or (len(text) < _LONG_STUB and not around.is_free)


def _is_cookie_notice(_: Around, text: str, title: str) -> bool:
    found = {match[0].lower() for match in _COOKIES.finditer(f"{title}\n{text}")}
    return len(text) < _NOTICE and len(found) > 1


def _is_test_of_humanity(around: Around, text: str, title: str) -> bool:
    return len(text) < _ERROR and bool(_HUMAN.search(f"{title}\n{around.words[:2000]}"))


def _is_missing(_: Around, text: str, title: str) -> bool:
    return len(text) < _ERROR and bool(_MISSING.search(f"{title}\n{text[:200]}"))


_OBSTACLES: dict[str, Callable[[Around, str, str], bool]] = {
    "the page says that what was here is not to be found": _is_missing,
    "it asks its visitors to show that they are people": _is_test_of_humanity,
    "it shows a notice about cookies in place of an article": _is_cookie_notice,
    "only its beginning can be read; the rest is for subscribers": _is_stub,
    "it asks to sign in": lambda around, text, _: len(text) < _ERROR and around.asks_password,
    "it shows nothing without JavaScript": (
        lambda _, text, __: len(text) < _ERROR // 2 and bool(_SCRIPTS.search(text))
    ),
    "it is a list of links; follow it, or add the articles": (
        lambda around, text, _: around.linked(text) > 0.5
    ),
    "no article was found in the page": lambda _, text, __: len(text) < SHORTEST,
}
