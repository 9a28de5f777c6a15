"""BM25 over passages, in tantivy, beside the vectors.

A document is one passage: its words and its article's title's, and what filters may ask for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectorstore.catalog import ArticleSummary
from vectorstore.records import Filters, Passage

if TYPE_CHECKING:
    from tantivy import Query

# Words that questions are made of and that say nothing of their subject; measured in
# docs/decisions/06-retrieval.md. They are indexed, and left out of queries only.
_FRAMING = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then"
    " there these they this to was will with which what who whom whose where when why how did do"
    " does done were have has had been being can could may might would should according"
    " approximately about many much those during since following while after before between from"
    " than some any other one two name called you your i me my we our he she his her its them"
).split()
_WRITER_BYTES = 30_000_000
_ANALYZER = "english"


class LexicalIndex:
    """The writing side. Passages have row numbers, which are those of the catalog."""

    def __init__(self, folder: Path) -> None:
        """Open or create the index in `folder`; raises `ValueError` when it cannot be read."""
        from tantivy import Index

        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._analyzer = _analyzer()
        self._asker = _analyzer(_FRAMING)
        self._index = Index(self._schema, str(folder))
        self._index.config_reader("manual")
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._writer: Any = None

    @staticmethod
    def recipe() -> str:
        """Changes with the way passages are indexed: an index made otherwise is not used."""
        return sha256(Path(__file__).read_bytes()).hexdigest()[:8]

    def put(self, article: ArticleSummary, passages: Sequence[Passage], row: int) -> None:
        """Add an article's passages, whose rows begin with `row`; they are found after `commit`."""
        from tantivy import Document

        writer, time = self._writing(), article.timestamp
        for place, passage in enumerate(passages):
            words = f"{article.title}\n{passage.text}"
            document = Document(row=row + place, article=article.id, words=words)
            if article.source is not None:
                document.add_text("source", article.source)
            if time is not None:
                document.add_float("time", time)
            writer.add_document(document)

    def remove(self, article: str) -> None:
        """Remove all passages of an article; they are gone after `commit`."""
        self._writing().delete_documents_by_term("article", article)

    def clear(self) -> None:
        """Remove everything; it is gone after `commit`."""
        self._writing().delete_all_documents()

    def commit(self) -> None:
        """Make what was added and removed last, and be seen by searchers made afterwards."""
        self._writing().commit()

    def rollback(self) -> None:
        """Forget what was added and removed since the last commit."""
        if self._writer is not None:
            self._writer.rollback()

    def release(self) -> None:
        """Stop writing, so that another process may."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def searcher(self) -> "LexicalSearcher":
        """What is committed now; it stays as it is when more is."""
        self._index.reload()
        return LexicalSearcher(self._schema, self._analyzer, self._asker, self._index.searcher())

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_BYTES, 1)
        return self._writer


@dataclass(frozen=True, slots=True)
class LexicalSearcher:
    """The searching side: one state of the index, which several threads may ask at once."""

    _schema: Any
    _analyzer: Any
    _asker: Any
    _searcher: Any

    @property
    def passages(self) -> int:
        """How many passages can be found."""
        return int(self._searcher.num_docs)

    def best(self, text: str, limit: int, filters: Filters) -> dict[int, float]:
        """The BM25 scores of the best rows for `text` inside `filters`, at most `limit`."""
        return self._search(self._words(text), self._inside(filters), limit)

    def scores(self, text: str, rows: Sequence[int]) -> dict[int, float]:
        """The BM25 scores of those of `rows` that share a word with `text`."""
        from tantivy import Occur, Query

        # Twice as fast as `term_set_query`.
        terms = [(Occur.Should, Query.term_query(self._schema, "row", row)) for row in rows]
        only = _unscored(Query.boolean_query(terms))
        return self._search(self._words(text), [(Occur.Must, only)], len(rows))

    def _search(
        self, words: "Query", filters: "list[tuple[Any, Query]]", limit: int
    ) -> dict[int, float]:
        from tantivy import Occur, Query

        if not limit:
            return {}
        query = Query.boolean_query([(Occur.Must, words), *filters]) if filters else words
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return {int(row): score for row, (score, _) in zip(rows, hits, strict=True)}

    def _words(self, text: str) -> "Query":
        """Any of the text's words that say what it is about, or any at all where none does."""
        from tantivy import Occur, Query

        words = self._asker.analyze(text) or self._analyzer.analyze(text)
        terms = [Query.term_query(self._schema, "words", w, "freq") for w in dict.fromkeys(words)]
        return Query.boolean_query([(Occur.Should, term) for term in terms])

    def _inside(self, filters: Filters) -> "list[tuple[Any, Query]]":
        """Clauses that keep to `filters`. An undated passage lies outside no range of time."""
        from tantivy import Occur, Query

        clauses = []
        if filters.since is not None:
            clauses.append((Occur.MustNot, self._outside(before=filters.since)))
        if filters.until is not None:
            clauses.append((Occur.MustNot, self._outside(after=filters.until)))
        for field, values in (("source", filters.sources), ("article", filters.articles)):
            if values is not None:
                terms = Query.term_set_query(self._schema, field, sorted(values))
                clauses.append((Occur.Must, _unscored(terms)))
        return clauses

    def _outside(self, *, before: float | None = None, after: float | None = None) -> "Query":
        """Passages dated strictly before or after a time."""
        from tantivy import FieldType, Query

        return Query.range_query(
            self._schema,
            "time",
            FieldType.Float,
            lower_bound=after,
            upper_bound=before,
            include_lower=after is None,
            include_upper=before is None,
        )


def _unscored(query: "Query") -> "Query":
    from tantivy import Query

    return Query.const_score_query(query, 0.0)


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_integer_field("row", indexed=True, fast=True)
    builder.add_float_field("time", indexed=True, fast=True)
    for field in ("article", "source"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _analyzer(without: Sequence[str] = ()) -> Any:
    """Text into stems, leaving out the words `without`."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in (
        Filter.remove_long(40),
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.custom_stopword(list(without)),
        Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()
