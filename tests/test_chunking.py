"""Passages: they tile the article, hold whole sentences, and fit the encoder."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingestion.chunking import MAX_TOKENS, TARGET_WORDS, chunk, embedded_text
from rag.ingestion.token_counter import TokenCounter, estimated_token_counts
from rag.models.encoder import Encoder
from rag.text.sentences import sentence_spans
from vectorstore.records import Article, Passage

SENTENCE = "The council of the old harbour town met again on a Monday to speak of bread."
PARAGRAPH = " ".join([SENTENCE] * 4)


def article(text: str, title: str = "A title") -> Article:
    return Article("a", title, text)


def by_letter(texts: Sequence[str]) -> list[int]:
    """A tokenizer for which every letter is a piece: nothing fits easily."""
    return [2 + sum(not letter.isspace() for letter in text) for text in texts]


def assert_tiles(passages: list[Passage], text: str) -> None:
    assert [passage.number for passage in passages] == list(range(len(passages)))
    assert [p.start for p in passages] == [0, *(p.end for p in passages)][: len(passages)]
    assert all(p.text == text[p.start : p.end] != "" for p in passages)
    assert "".join(p.text for p in passages) == text


@given(
    text=st.one_of(
        st.text(max_size=2000),
        st.lists(st.sampled_from([SENTENCE, PARAGRAPH, "\n", "\n\n", "Headline\n", " "])).map(
            "".join
        ),
        st.lists(st.sampled_from(["word", "字", ".", " ", "x" * 90, "-", ", "])).map("".join),
    ),
    words=st.integers(1, 400),
)
@settings(max_examples=150)
def test_passages_tile_any_text_within_the_limit(text: str, words: int) -> None:
    passages = chunk(article(text), by_letter, words=words)
    assert_tiles(passages, text)
    assert max(by_letter([embedded_text(article(""), p.text) for p in passages] or [""])) <= 256


@given(
    title=st.text(max_size=400),
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=3000),
)
@settings(max_examples=60, deadline=None)
def test_what_is_embedded_fits_the_real_encoder(encoder: Encoder, title: str, text: str) -> None:
    whole = article(text, title)
    passages = chunk(whole, TokenCounter(encoder.token_counts))
    assert_tiles(passages, text)
    counts = encoder.token_counts([embedded_text(whole, passage.text) for passage in passages])
    assert max(counts, default=0) <= MAX_TOKENS


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), max_size=20))
@settings(max_examples=60, deadline=None)
def test_pieces_counted_by_word_are_those_of_the_encoder(
    encoder: Encoder, texts: list[str]
) -> None:
    assert TokenCounter(encoder.token_counts)(texts) == encoder.token_counts(texts)


def test_passages_are_whole_sentences_of_about_the_size_aimed_for() -> None:
    text = "\n".join([PARAGRAPH] * 12)
    passages = chunk(article(text), estimated_token_counts)
    ends = {end for _, end in sentence_spans(text)}
    assert all(len(p.text.rstrip()) + p.start in ends for p in passages)
    assert all(abs(len(p.text.split()) - TARGET_WORDS) <= 30 for p in passages)


def test_a_cut_falls_between_paragraphs_when_one_is_near() -> None:
    text = f"{PARAGRAPH} {SENTENCE} {SENTENCE}\n{PARAGRAPH} {PARAGRAPH}"
    passages = chunk(article(text), estimated_token_counts, words=100)
    assert [passage.text for passage in passages] == [
        f"{PARAGRAPH} {SENTENCE} {SENTENCE}\n",
        f"{PARAGRAPH} {PARAGRAPH}",
    ]


def test_a_headline_goes_with_what_follows() -> None:
    text = f"{PARAGRAPH} {PARAGRAPH}\n\nThe price of bread\n\n{PARAGRAPH} {PARAGRAPH}"
    first, second = chunk(article(text), estimated_token_counts)
    assert second.text.startswith("The price of bread\n\nThe council")
    assert first.text.endswith("bread.\n\n")


def test_white_space_belongs_to_the_sentence_before_it() -> None:
    text = f"\n {PARAGRAPH} {PARAGRAPH}\n\n\t{PARAGRAPH} {PARAGRAPH} \n"
    assert [(p.text[:2], p.text[-3:]) for p in chunk(article(text), estimated_token_counts)] == [
        ("\n ", "\n\n\t"),
        ("Th", ". \n"),
    ]


def test_a_sentence_too_long_is_cut_at_its_clauses() -> None:
    clause = "and the man who had come from the harbour with a basket of fish said nothing, "
    passages = chunk(article((clause * 20).strip()), estimated_token_counts)
    assert len(passages) > 1
    assert all(passage.text.endswith("nothing, ") for passage in passages[:-1])


def test_a_short_article_is_one_passage_and_an_empty_one_none() -> None:
    assert chunk(article("One. Two."), estimated_token_counts) == [
        Passage("a", 0, 0, 9, "One. Two.")
    ]
    assert chunk(article(""), estimated_token_counts) == []


@pytest.mark.parametrize(
    ("title", "embedded"), [("T", "T\nwords"), ("x " * 200, "x " * 58 + "x\nwords")]
)
def test_the_title_is_embedded_with_a_passage_but_not_without_end(
    title: str, embedded: str
) -> None:
    assert embedded_text(article("", title), " words\n") == embedded
