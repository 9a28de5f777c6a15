import pytest

from rag.answers import Answer, Citation, Draft, Statement
from rag.documents import answer_json
from vectorstore.records import Article, Hit, Passage

ARTICLE = Article("a", "Rivers", "The Rhine is long. The Spree is not.", source="Atlas")
FIRST = Citation.of(1, ARTICLE, 0, 18)
SECOND = Citation.of(2, ARTICLE, 19, 36)


def test_a_citation_is_an_exact_span_or_it_does_not_exist() -> None:
    with pytest.raises(ValueError, match="does not say"):
        Citation(1, ARTICLE, 0, 18, "The Rhine is short.")


def test_an_empty_citation_does_not_exist() -> None:
    with pytest.raises(ValueError, match="does not say"):
        Citation.of(1, ARTICLE, 5, 5)


def test_citations_come_once_and_by_number() -> None:
    statements = (
        Statement("B.", (SECOND, FIRST), "supported"),
        Statement("A.", (FIRST,), "supported"),
    )
    assert Answer("?", "", statements).citations == (FIRST, SECOND)


def test_the_text_of_a_draft_carries_markers() -> None:
    statements = (
        Statement("A.", (FIRST, SECOND), "supported"),
        Statement("B.", (), "unsupported"),
    )
    assert Draft(statements).text == "A. [1][2] B. (unsupported)"


def test_the_text_of_a_refusal_is_its_reason() -> None:
    assert Draft(refused=True, reason="Nothing says so.").text == "Nothing says so."


def test_the_whole_json_document() -> None:
    hit = Hit(Passage("a", 0, 0, 36, ARTICLE.text), ARTICLE, 0.5)
    draft = Draft((Statement("The Rhine is long.", (FIRST,), "quoted"),), confidence=0.9)
    answer = draft.answer("Long?", "extractive", (hit,), timings={"retrieve": 1.0, "answer": 2.0})
    assert answer_json(answer) == {
        "question": "Long?",
        "standalone": None,
        "text": "The Rhine is long. [1]",
        "refused": False,
        "reason": None,
        "mode": "extractive",
        "confidence": 0.9,
        "short": None,
        "notes": [],
        "differing": [],
        "statements": [
            {"text": "The Rhine is long.", "citations": [1], "support": "quoted", "note": None}
        ],
        "citations": [
            {
                "number": 1,
                "quote": "The Rhine is long.",
                "start": 0,
                "end": 18,
                "article": {
                    "id": "a",
                    "title": "Rivers",
                    "source": "Atlas",
                    "url": None,
                    "author": None,
                    "published_at": None,
                },
            }
        ],
        "passages": [
            {"article_id": "a", "start": 0, "end": 36, "score": 0.5, "text": ARTICLE.text}
        ],
        "elapsed_ms": {"retrieve": 1.0, "answer": 2.0},
        "usage": None,
    }
