"""Sentences turned into questions that they answer, in forms where English keeps its words."""

import re
from collections.abc import Iterator

from rag.text.names import names
from rag.text.words import fold

_SHORTEST, _LONGEST = 16, 90  # characters of a question

_CAPITAL = r"[A-ZÀ-ÖØ-Þ](?:[\w-]|['’](?!s\b))*"
_MORE = rf"(?: (?:(?:de|di|da|del|la|le|du|van|von|der|bin|al) )*{_CAPITAL})"
_NAME = rf"(?P<name>{_CAPITAL}{_MORE}{{0,4}})"
_PERSON = rf"(?P<name>(?!President|Minister|Captain){_CAPITAL}{_MORE}{{1,2}})"
_PLAIN = r"[^,;:.()“”\"–—?!]"
_REST = rf"(?P<rest>{_PLAIN}+)"
_DID = (
    r"(?:(?:has|had)(?! (?:been|an?|the|to)\b)|used to|[a-z]{2,}ed(?! (?:in|on|at|from|to)\b)|led"
    r"|won|wrote|built|met|took|gave|made|began|bought|sold|lost|found|held|left|became|ran|drew"
    r"|paid|beat|broke|chose|flew|kept|spent|struck|taught)"
)
_ROLE = (
    r"(?:minister|president|chancellor|captain|mayor|senator|governor|professor|director|chief"
    r"|envoy|ambassador|secretary|coach|head|[a-z]{2,}(?:er|or|ist|ian|man|woman))"
)
_IS = rf"(?:,| is|, who is) (?:(?:the|an?) )?(?:[\w’'-]+ ){{0,3}}?{_ROLE}\b"
_WISHES = r"(?P<said>hope|plan|intend|want|expect)s"
_SAID = r"(?P<said>warned|promised|announced|proposed|suggested|argued|urged)"
_WAS_DONE = r"(?P<rest>[a-z]+ed|built|held|shot|born|found|made|sold|won|shown)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = rf"(?:(?:on|in) (?:[A-Z][a-z]+day,? )?(?:(?:\d\d? )?{_MONTH}\b|\d{{4}}\b))"
_COUNT = r"(?:\d[\d,.]*|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve)"

# What a sentence begins like, and the question it then answers; the best questions first.
_FORMS = [
    (re.compile(sentence), question)
    for sentence, question in (
        (rf".*?{_PERSON}, the (?:man|woman) who {_REST}", "Who {rest}?"),
        (rf"It was {_NAME} who {_REST}", "Who {rest}?"),
        (rf"{_NAME} {_WISHES} to\b", "What does {name} {said} to do?"),
        (rf"{_COUNT} (?P<rest>(?:[a-z]+ )?[a-z]+s {_DID}\b{_PLAIN}*)", "How many {rest}?"),
        (
            rf"The (?P<name>{_PLAIN}{{3,40}}?) (?P<said>was|were) {_WAS_DONE} {_DATE}",
            "When {said} the {name} {rest}?",
        ),
        (rf"(?:.*? )??{_PERSON}{_IS}", "Who is {name}?"),
        (rf".*?(?:^|[ ,])(?i:{_ROLE}) {_PERSON}", "Who is {name}?"),
        (rf"{_NAME} (?:has |have )?{_SAID}\b", "What has {name} {said}?"),
        (rf"(?:The (?:[a-z]+ ){{1,3}})?{_NAME} (?P<rest>{_DID} {_PLAIN}+)", "Who {rest}?"),
    )
]
_CLAUSE = re.compile(r" (?:and|but|while|as|after|before|when|because|although|if) ")
_LEANING = re.compile(
    r"\b(?:he|she|it|they|him|them|his|her|its|their|this|that|these|those|such|there|also|then"
    r"|latter|former|said|says|told|added|i|we|you|us|my|our|your)\b",
    re.IGNORECASE,
)


def questions_of(sentence: str) -> Iterator[tuple[int, str]]:
    """The questions, each with the place of its form among all, which is the lower the better."""
    for kind, (form, question) in enumerate(_FORMS):
        found = form.match(sentence)
        if found is None or not _is_named(sentence, found):
            continue
        said = {name: _CLAUSE.split(part)[0].strip() for name, part in found.groupdict().items()}
        asked = question.format(**said)
        if _SHORTEST <= len(asked) <= _LONGEST and not _LEANING.search(asked, len("Who")):
            yield kind, asked


def _is_named(sentence: str, found: re.Match[str]) -> bool:
    """Whether what the form takes for a name is one, and not just how the sentence begins."""
    name = found.groupdict().get("name", "")
    capitals = {fold(word) for word in re.findall(_CAPITAL, name)}
    return capitals <= set(names(sentence))
