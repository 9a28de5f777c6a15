"""Sentences of a model about the articles themselves: that they do not say something.

Nothing in an article can bear such a sentence out, and it is no fault: it is a refusal, of the
whole question or of a part of it.
"""

import re

from rag.llm.prompts import CANNOT_ANSWER
from rag.text.words import squashed

_TEXTS = (
    r"(?:articles?|sources?|passages?|texts?|documents?|excerpts?|sentences?|materials?|reports?"
    r"|context|information|collection)"
)
_TELL = (
    r"(?:say|said|state[ds]?|mention(?:ed)?|specif(?:y|ied)|g[ia]ven?|provided?|contain(?:ed)?"
    r"|included?|named?|report(?:ed)?|explain(?:ed)?|discuss(?:ed)?|address(?:ed)?|indicated?"
    r"|described?|detail(?:ed)?|t(?:ell|old)|cover(?:ed)?|reveal(?:ed)?|identif(?:y|ied)|answer(?:ed)?"
    r"|clarif(?:y|ied)|confirm(?:ed)?|speak|have|offer(?:ed)?)"
)
_WHICH = rf"(?:the|these|those|any|provided|given|available)(?: \w+){{0,3}} {_TEXTS}"
_SILENT = re.compile(
    rf"^(?:however, |but )?{_WHICH} (?:(?:do(?:es)?|did)(?: not|n['’]t)(?: \w+ly)?|never|fail to)"
    rf" {_TELL}\b"
    rf"|^(?:however, |but )?{_WHICH} (?:{_TELL}|gives?|contains?|provides?|mentions?|includes?|has"
    rf"|names?) (?:no|nothing|neither|none|only part)\b"
    rf"|^(?:however, |but )?{_WHICH} (?:is|are) (?:silent|unclear|not clear|not specific)\b"
    rf"|\b(?:none of|nothing in|neither of|no) (?:{_WHICH}|{_TEXTS}) {_TELL}s?\b"
    rf"|^(?:there is )?no (?:information|details?|mention|date|figure|reason|name)\b.*\b{_TEXTS}\b"
    rf"|\b(?:not|n['’]t) {_TELL} (?:in|by|among) {_WHICH}\b",
    re.IGNORECASE,
)
# "The articles do not say" as models put it in the languages that are asked in most: the articles
# first, or what is missing.
_ELSEWHERE = re.compile(
    r"\b(?:los art[ií]culos|el art[ií]culo|las fuentes|los textos)\b.*\b(?:no|ning[uú]n\w*)\b"
    r"|\b(?:no|nada|ning[uú]n\w*)\b.*\b(?:en|de) (?:los|el|las|estos)"
    r" (?:art[ií]culos?|fuentes|textos)\b"
    r"|\b(?:les|ces|l['’]) ?(?:articles?|textes?|sources?)\b.*\b(?:ne|n['’]|aucun\w*)"
    r"|\b(?:ne|n['’]|aucun\w*|rien)\b.*\b(?:dans|de|des|par) ?(?:les |ces )?"
    r"(?:articles?|textes?|sources?)\b"
    r"|\b(?:die|den|der|dem|diese\w?) (?:\w+ )?(?:artikeln?|texten?|quellen?)\b.*"
    r"\b(?:nicht|keine?\w*|nichts)\b"
    r"|\b(?:nicht|keine?\w*|nichts)\b.*\b(?:die|den|der|diesen) (?:artikeln?|texten?|quellen?)\b"
    r"|\b(?:gli|l['’]|negli|nell['’]) ?(?:articol[io]|test[io]|font[ei])\b.*\b(?:non|nessun\w*)\b"
    r"|\b(?:os artigos|o artigo|as fontes|os textos)\b.*\b(?:n[aã]o|nenhum\w*)\b"
    r"|\b(?:de|het|deze) (?:artikel\w*|teksten|bronnen)\b.*\b(?:niet|geen)\b"
    r"|\bartyku[lł]\w*\b.*\bnie\b|\bстать\w*\b.*\bне\b|\bстатт\w*\b.*\bне\b"
    r"|\bartiklarna\b.*\b(?:inte|ingen)\b|\bmakale\w*\b.*\bm[iıuü]yor\b"
    r"|(?:文章|报道|資料|资料|文中).{0,4}(?:没有?|沒有?|未)(?:提|说|說|回答|给出|涉及|包含)"
    r"|(?:記事|資料)\w*(?:ありません|いません|いない)。?$",
    re.IGNORECASE,
)


_REFUSAL_WORDS = 8


def is_refusal(text: str) -> bool:
    """Whether a sentence says that the articles do not answer, and nothing more."""
    refusal = squashed(CANNOT_ANSWER)
    if squashed(text) in {refusal, f"{refusal} the rest", f"{refusal} this", f"{refusal} so"}:
        return True
    return len(text.split()) <= _REFUSAL_WORDS and bool(_ELSEWHERE.search(text))


def is_about_articles(text: str) -> bool:
    """Whether a sentence says of the articles that they do not tell something."""
    return bool(_SILENT.search(text) or _ELSEWHERE.search(text))
