"""Sentences of an article that speak to a language model rather than to a reader."""

import re

_MODEL = r"(?:ai|a\.i\.|llm|language model|chat ?bot|assistant|gpt)"
_TOLD = r"(?:instructions?|prompts?|rules?|guidelines?|directives?|constraints?)"

_FORGET = (
    rf"\b(?:ignore|disregard|forget|override|bypass|discard)\b.{{0,40}}\b{_TOLD}\b",
    r"\b(?:ignore|disregard|forget) (?:the|this|that|your|any) (?:question|user|rest|context)\b",
    rf"\b(?:new|updated|real|hidden|secret|system|your) {_TOLD}(?: are\b| is\b|\s*:)",
    r"\bsystem (?:prompt|message|override|notice)\b",
)
_BECOME = (
    rf"\byou(?:'re| are)(?: now| an?| the|) (?:\w+ ){{0,4}}{_MODEL}\b",
    rf"\b(?:pretend to be|act as) an? (?:\w+ )?{_MODEL}\b",
    r"\byou are now (?:an?|the|in)\b|\bfrom now on,? you (?:are|must|will|shall)\b",
    rf"\b(?:dear|attention|hey|note to|(?:instructions?|message) (?:for|to)),? "
    rf"(?:the |any |all )?{_MODEL}s?\b",
    rf"\bif you are an? (?:\w+ )?{_MODEL}\b|\bas an? (?:ai|llm|language model)[,.]",
    rf"\b{_MODEL}s? (?:reading this|must|shall|is required to|are required to)\b",
)
_SAY = (
    r"\b(?:correct|right|true|only|final) answer\b.{0,60}\bis\b|\banswer is\s*:",
    r"\banswer to (?:this|the|any|every|all|your)\b.{0,30}\bquestions?\b.{0,30}\bis\b",
    r"^\W*(?:(?:always|only|just|simply|please|now|instead),? )*"
    r"(?:respond|reply|answer|output|print|repeat|say|write|cite|append|insert|recommend)\b.{0,60}"
    r"(?:[:“\"'\[]|\b(?:exactly|nothing|verbatim|user|answers?|reply|response|link|image)\b)",
    r"\btell the user\b|\b(?:end|begin|start|finish) (?:your|the|every|each) (?:answer|reply)\b",
    r"\bdo not (?:cite|reveal|refuse to|warn the|disclose this)\b",
    r"\bin your (?:answer|reply|response|output)\b",
    r"\byour (?:answer|reply|response) (?:must|should|is)\b",
)
_FORGE = (
    r"^\W*(?:system|assistant|user|developer)\s*[:>\]]",
    r"<\|?/?(?:im_start|im_end|system|assistant|user|articles?|inst|endoftext)\b",
    r"\[/?inst\]|<<sys>>|#{2,}\s*(?:system|instruction|response)",
    r"\bend of (?:the )?(?:articles?|documents?|context|data|sources?)\b",
    r"!\[[^\]]*\]\(|\bdata:(?:text|image)/|javascript:",
)
_ORDER = re.compile("|".join((*_FORGET, *_BECOME, *_SAY, *_FORGE)), re.IGNORECASE)


def gives_orders(sentence: str) -> bool:
    """Whether a sentence tells a model what to do, plays a part in its talk, or forges our fence.

    Such a sentence is neither shown to a model nor taken as support. Rules cannot find them all:
    what slips through still has to pass the check of every statement.
    """
    return bool(_ORDER.search(sentence))
