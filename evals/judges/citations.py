"""Citation recall and precision after ALCE (Gao et al. 2023, "Enabling Large Language Models to
Generate Text with Citations"), with Footnote's own verifier as the judge.
"""

from collections.abc import Callable, Sequence
from statistics import fmean

from evals.metrics import Scores, is_quoted
from rag import Answer, Article, Citation, Statement, verify

Judge = Callable[[Statement, Sequence[Citation]], bool]


def supports(statement: Statement, citations: Sequence[Citation]) -> bool:
    """Whether the verifier finds the statement in its citations; their own words are there."""
    quotes = [citation.quote for citation in citations]
    if is_quoted(statement.text, quotes):
        return True
    context = "\n".join(_context(citation.article) for citation in citations)
    return verify(statement.text, quotes, context=context).supported


def citation_scores(answer: Answer, judge: Judge) -> Scores:
    """ALCE's citation recall and precision of one answer; nothing for a refusal.

    A statement is recalled when its citations together support it. A citation of such a statement
    is precise unless it does not support it alone and the others do without it.
    """
    if answer.refused or not answer.statements:
        return {}
    recalled = [_recalled(s.citations, s, judge) for s in answer.statements]
    precise = [
        float(held and _needed(citation, statement, judge))
        for statement, held in zip(answer.statements, recalled, strict=True)
        for citation in statement.citations
    ]
    return {"cite_recall": fmean(recalled), "cite_precision": fmean(precise) if precise else 0.0}


def _recalled(citations: Sequence[Citation], statement: Statement, judge: Judge) -> bool:
    return bool(citations) and judge(statement, citations)


def _needed(citation: Citation, statement: Statement, judge: Judge) -> bool:
    if judge(statement, [citation]):
        return True
    return not _recalled([c for c in statement.citations if c != citation], statement, judge)


def _context(article: Article) -> str:
    return f"{article.title} {article.published_at or ''}"
