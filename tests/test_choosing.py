"""Multiple choice over sentences that were found."""

from evals.choosing import choose
from rag import Article, Hit, Passage
from rag.answering.candidate_sentences import CandidateSentence

TEXT = "The leaders meet in Alaska. The talks in Geneva were called off."
ARTICLE = Article("a", "Talks", TEXT)
HIT = Hit(Passage("a", 0, 0, len(TEXT), TEXT), ARTICLE, 1.0)


def found(sentence: str, span: str, score: float) -> CandidateSentence:
    start, at = TEXT.index(sentence), TEXT.index(span)
    place = (at, at + len(span))
    return CandidateSentence(HIT, start, start + len(sentence), place, score, score)


def test_the_choice_that_the_best_sentence_has_is_taken() -> None:
    candidates = [
        found("The leaders meet in Alaska.", "Alaska", 8.0),
        found("The talks in Geneva were called off.", "Geneva", 3.0),
    ]
    assert choose(["Osaka", "Geneva", "Alaska"], candidates) == 2


def test_forms_of_a_word_are_the_same() -> None:
    candidates = [found("The leaders meet in Alaska.", "leaders", 2.0)]
    assert choose(["Geneva", "leader"], candidates) == 1


def test_without_a_sentence_it_is_the_first() -> None:
    assert choose(["Osaka", "Alaska"], []) == 0
