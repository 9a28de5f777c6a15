"""Does the cited text support the statement? A verdict, and a reason that a person understands.

The verifier (`rag.models.verifier`) judges. Beside it stand a few rules: what is cited word for
word needs no judge, an address may carry something away, words in quotation marks must be there.
How well this does, and which rules were dropped, is in docs/decisions/08-support.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from rag.citations.differences import difference
from rag.llm.injection import addresses_model
from rag.models.verifier import Claim, Judgement, Verifier
from rag.text.language import is_english
from rag.text.sentences import sentence_spans
from rag.text.words import quotations, squashed
from vectorstore.records import Article

THRESHOLD = 0.42
"""The score from which a statement counts as supported: the best balance on statements held out."""
_ADDRESS = re.compile(r"\w+://|\bwww\.|\bmailto:|\bjavascript:", re.IGNORECASE)
_ASKS = re.compile(r"\?[\"”’')\]]*$")

HAS_ADDRESS = "It holds a web address, which may carry something away."
NOTHING_CITED = "It cites nothing."
ONLY_ASKED = "The cited sentences ask and say nothing."
OTHER_LANGUAGE = "It cannot be checked: only English can be."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether evidence supports a statement, how likely that is, in [0, 1], and why it does not.

    `contradicted` is how likely the evidence says otherwise. A statement that could not be judged
    is neither supported nor `checked`.
    """

    supported: bool
    score: float
    reason: str | None = None
    contradicted: float = 0.0
    checked: bool = True


class Groundedness:
    """Judges statements by their evidence."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    def check(self, claims: Sequence[Claim]) -> list[Verdict]:
        """A verdict on each claim, each on its own."""
        known = [_without_judge(claim) for claim in claims]
        open_ = [claim for claim, verdict in zip(claims, known, strict=True) if verdict is None]
        judged = iter(self._verifier.judge(open_))
        return [
            verdict or _verdict(claim, next(judged))
            for claim, verdict in zip(claims, known, strict=True)
        ]


def claim_of(statement: str, evidence: Sequence[str], context: Sequence[str] = ()) -> Claim:
    """A claim whose evidence is cut into sentences."""
    told = (text[a:b] for text in evidence for a, b in sentence_spans(text))
    return Claim(statement, tuple(" ".join(sentence.split()) for sentence in told), tuple(context))


def verify(statement: str, evidence: Sequence[str], *, context: str = "") -> Verdict:
    """Judge one statement by its evidence, in English.

    `context` is what surrounds the evidence, a line for each text it comes from: titles, dates and
    the sentences before. It tells who "he" is and which day "Friday" was; it is no evidence.
    """
    lines = [line for line in context.splitlines() if line.strip()]
    return _packaged().check([claim_of(statement, evidence, lines)])[0]


@cache
def _packaged() -> Groundedness:
    return Groundedness(Verifier.load())


def _without_judge(claim: Claim) -> Verdict | None:
    """The verdict on a claim that the verifier need not see."""
    if reason := _objection(claim):
        return Verdict(supported=False, score=0.0, reason=reason)
    if is_verbatim(claim.statement, claim.evidence):
        return Verdict(supported=True, score=1.0)
    if not (is_english(claim.statement) and is_english(" ".join(claim.evidence))):
        return Verdict(supported=False, score=0.0, reason=OTHER_LANGUAGE, checked=False)
    return None


def _objection(claim: Claim) -> str | None:
    """What rules a claim out by itself."""
    if not any(text.strip() for text in claim.evidence):
        return NOTHING_CITED
    if all(_ASKS.search(text) for text in claim.evidence):
        return ONLY_ASKED
    if _ADDRESS.search(claim.statement):
        return HAS_ADDRESS
    told = squashed(" ".join(claim.evidence))
    unsaid = (said for said in quotations(claim.statement) if squashed(said) not in told)
    return next(
        (f"The cited sentences do not contain the words “{said}”." for said in unsaid), None
    )


def is_verbatim(statement: str, evidence: Sequence[str]) -> bool:
    """Whether a statement is made of whole sentences of the evidence, in their order."""
    told = [f"{squashed(sentence)} " for sentence in evidence]
    bounds = {0, *accumulate(map(len, told))}
    said, whole = f"{squashed(statement)} ", "".join(told)
    found = re.finditer(f"(?={re.escape(said)})", whole)
    return any({match.start(), match.start() + len(said)} <= bounds for match in found)


def heading(article: Article) -> Iterator[str]:
    """What is known of an article before it is read, the day in the words a sentence would use."""
    day = f"{article.day:%A %d %B %Y}" if article.day else None
    for told in (article.title, article.source, day):
        if told and not addresses_model(told):
            yield told


def _verdict(claim: Claim, judgement: Judgement) -> Verdict:
    supported = judgement.supported >= THRESHOLD
    reason = None if supported else difference(claim, judgement)
    return Verdict(supported, judgement.supported, reason, judgement.contradicted)
