"""Prompt injection: sentences of an article that speak to a language model, not to a reader."""

import re

_MODEL = r"(?:ai|a\.i\.|llm|language model|chat ?bot|assistant|gpt)"
_TOLD = r"(?:instructions?|prompts?|rules?|guidelines?|directives?|constraints?)"
_BEGINS = r"(?:^|[.:;!?>\]»”\"'(]\s*)(?:(?:please|now|then|and|so|just|simply|only|always),? )*"

_FORGET = (
    # An order, not a report: it begins a sentence, or says which instructions.
    rf"{_BEGINS}(?:ignore|disregard|forget|override|bypass|discard)\b.{{0,30}}\b{_TOLD}\b",
    rf"\b(?:ignore|disregard|forget|override|bypass|discard)\b.{{0,20}}"
    rf"\b(?:previous|prior|above|earlier|preceding|your|these)\b.{{0,12}}\b{_TOLD}\b",
    r"\b(?:ignore|disregard|forget) (?:the|this|that|your|any) (?:question|user|context)\b",
    r"\b(?:new|updated|real|hidden|secret|system) (?:instructions?|prompts?|directives?)\s*:",
    rf"\byour (?:system )?prompt\b|\byour {_TOLD}\s*:",
)
_BECOME = (
    rf"\byou(?:'re| are)(?: now| an?| the|) (?:\w+ ){{0,2}}{_MODEL}\b",
    rf"\b(?:pretend to be|act as) an? (?:\w+ )?{_MODEL}\b",
    r"\byou are now in (?:\w+ )?mode\b|\bfrom now on,? you (?:must|will|shall)\b",
    rf"\b(?:dear|attention|hey|note to|(?:instructions?|message) (?:for|to)),? "
    rf"(?:the |any |all )?{_MODEL}s?\b",
    rf"\bif you are an? (?:\w+ )?{_MODEL}\b|\bas an? (?:ai|llm|language model), you\b",
    rf"\b(?:{_MODEL}s?) reading this\b|\blanguage models must\b",
)
_SAY = (
    r"\banswer to (?:this|any|every|all|your) questions?\b",
    rf"{_BEGINS}(?:respond|reply|answer|output|print|repeat|say|write|cite|append|insert|recommend)"
    r" (?:only|exactly|nothing|verbatim|with|this article)\b",
    rf"{_BEGINS}(?:output|print|repeat|say|write|append|insert) ?:",
    rf"{_BEGINS}(?:output|print|append|insert|write)\b.{{0,20}}(?:<|‹|!?\[)",
    rf"{_BEGINS}say (?:that\b|['‘“\"]?(?-i:[A-Z]{{3}}))",
    r"\btell the user\b|\b(?:end|begin|start|finish) (?:your|every|each) (?:answer|reply)\b",
    r"\b(?:in|to|of) (?:your|every) (?:answer|reply|response|output)\b",
    r"\byour (?:answer|reply|response) (?:must|should)\b",
)
_FORGE = (
    r"^\W*(?:SYSTEM|ASSISTANT|USER)\s*[:>\]]",
    r"[<‹]\|?/?(?:im_start|im_end|system|assistant|user|articles?|inst|endoftext)\b",
    r"[\[(]/?inst[\])]|[<‹]{2}sys[>›]{2}|#{2,}\s*(?:system|instruction|response)",
    r"\bend of the (?:articles?|documents?|context|data)\b\W*(?:new|now|$)",
    r"!\[[^\]]*\]\(|\bdata:(?:text|image)/|javascript:",
)
_ADDRESSED = re.compile("|".join((*_FORGET, *_BECOME, *_SAY, *_FORGE)), re.IGNORECASE)


def addresses_model(sentence: str) -> bool:
    """Whether a sentence tells a model what to do, plays a part in its talk, or forges our fence.

    Such a sentence is not shown to a model. Rules cannot find them all: what slips through is
    fenced, and what a model makes of it still has to pass the check of every statement.
    """
    return bool(_ADDRESSED.search(sentence))
