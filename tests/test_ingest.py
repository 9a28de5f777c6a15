"""Ingest: what is added, updated, left alone and refused, in a real store."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag.ingestion.loaders import Failure
from rag.ingestion.pipeline import IngestReport, ingest
from rag.models.encoder import Encoder
from rag.models.onnx_session import FloatArray
from vectorstore.records import Article
from vectorstore.store import ArticleStore

BREAD = Article("bread", "Bread", "A loaf costs more.", "Example", published_at="2024-03-05")
FISH = Article("fish", "Fish", "A herring costs less.")


@pytest.fixture
def store(tmp_path: Path, encoder: Encoder) -> Iterator[ArticleStore]:
    model, dimension = encoder.name, encoder.dimension
    place = tmp_path / "store"
    with ArticleStore.open(place, model=model, dimension=dimension, create=True) as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "bread.md").write_text("---\nid: bread\ntitle: Bread\n---\nA loaf costs more.")
    (folder / "fish.txt").write_text("Fish\n\nA herring costs less.")
    (folder / "empty.txt").touch()
    return folder


def test_a_folder_is_added_and_its_failures_named(
    store: ArticleStore, encoder: Encoder, folder: Path
) -> None:
    failure = Failure(str(folder / "empty.txt"), "it is empty")
    assert ingest(store, encoder, [folder]) == IngestReport(added=2, passages=2, failed=(failure,))
    assert store.get("bread") == Article("bread", "Bread", "A loaf costs more.")


def test_adding_again_changes_nothing(store: ArticleStore, encoder: Encoder) -> None:
    ingest(store, encoder, [BREAD, FISH])
    before = store.generation
    assert ingest(store, encoder, [BREAD, FISH]) == IngestReport(unchanged=2)
    assert store.generation == before


@pytest.mark.parametrize(
    "changed",
    [
        Article("bread", "Bread", "A loaf costs less.", "Example", published_at="2024-03-05"),
        Article("bread", "Bread", "A loaf costs more.", "Example", published_at="2024-03-06"),
        Article("bread", "Loaf", "A loaf costs more.", "Example", published_at="2024-03-05"),
        Article("bread", "Bread", "A loaf costs more.", None, published_at="2024-03-05"),
    ],
)
def test_an_article_that_changed_replaces_the_old_one(
    store: ArticleStore, encoder: Encoder, changed: Article
) -> None:
    ingest(store, encoder, [BREAD, FISH])
    assert ingest(store, encoder, [changed, FISH]) == IngestReport(
        updated=1, unchanged=1, passages=1
    )
    assert store.get("bread") == changed
    assert store.passages == 2


def test_passages_of_an_older_form_are_read_and_made_anew(
    store: ArticleStore, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(store, encoder, [BREAD, FISH])
    monkeypatch.setattr("rag.ingestion.pipeline.VERSION", " of tomorrow")
    ingest(store, encoder, [BREAD])
    assert (store.get("bread"), store.get("fish")) == (BREAD, FISH)
    assert ingest(store, encoder, [BREAD, FISH]) == IngestReport(updated=1, unchanged=1, passages=1)


def test_of_two_articles_with_one_id_the_first_is_kept_every_time(
    store: ArticleStore, encoder: Encoder
) -> None:
    sources = [BREAD, Article("bread", "Bread", "Another text."), BREAD]
    failed = (Failure("bread", "an article of this id came before it in this run, and was kept"),)
    assert ingest(store, encoder, sources) == IngestReport(added=1, passages=1, failed=failed)
    assert ingest(store, encoder, sources) == IngestReport(unchanged=1, failed=failed)
    assert store.get("bread") == BREAD


def test_warnings_are_sentences_that_name_the_file(
    store: ArticleStore, encoder: Encoder, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("A loaf\u200b costs more.", encoding="utf-8")
    report = ingest(store, encoder, [str(path)])
    assert report == IngestReport(
        added=1,
        passages=1,
        warnings=(f"{path}: removed hidden text: invisible characters (1)",),
    )


def test_an_article_without_text_is_a_failure(store: ArticleStore, encoder: Encoder) -> None:
    report = ingest(store, encoder, [Article("bread", "Bread", ""), FISH])
    failed = (Failure("bread", "it is empty"),)
    assert report == IngestReport(added=1, passages=1, failed=failed)


def test_nothing_read_is_a_report_too(store: ArticleStore, encoder: Encoder) -> None:
    failed = (Failure("nowhere.txt", "no such file or folder"),)
    assert ingest(store, encoder, ["nowhere.txt"]) == IngestReport(failed=failed)


def test_a_long_article_is_stored_whole_with_its_own_vectors(
    store: ArticleStore, encoder: Encoder
) -> None:
    text = "\n\n".join(
        f"The price of loaf number {n} rose by {n} cents on Monday." for n in range(60)
    )
    report = ingest(store, encoder, [FISH, Article("long", "Long", text), BREAD])
    assert (report.added, report.passages) == (3, store.passages)
    assert store.get("long") == Article("long", "Long", text)
    [vector] = encoder.embed(["Fish\nA herring costs less."])
    best = max(store.search(vector, "", limit=1), key=lambda candidate: candidate.dense)
    assert (best.passage.article_id, round(best.dense, 3)) == ("fish", 1.0)


def test_progress_counts_every_article_and_failure(
    store: ArticleStore, encoder: Encoder, folder: Path
) -> None:
    calls: list[tuple[int, int | None, str]] = []
    ingest(store, encoder, [folder, BREAD], progress=lambda *call: calls.append(call))
    assert calls == [(4, 4, "Fish")]


class Interrupted:
    """An embedder that a person interrupts at its second batch."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self._encoder = encoder
        self._batches = 0

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self._batches += 1
        if self._batches == 2:
            raise KeyboardInterrupt
        return self._encoder.embed(texts)


def test_an_interrupted_run_keeps_what_it_stored_and_the_next_goes_on(
    store: ArticleStore, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingestion.pipeline._BATCH", 1)
    with pytest.raises(KeyboardInterrupt):
        ingest(store, Interrupted(encoder), [BREAD, FISH])
    assert [article.id for article in store.articles()] == ["bread"]
    assert ingest(store, encoder, [BREAD, FISH]) == IngestReport(added=1, unchanged=1, passages=1)
