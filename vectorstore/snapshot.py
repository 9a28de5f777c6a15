"""One state of a store, in which a search, articles and lists agree."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from vectorstore.catalog import ArticleSummary
from vectorstore.chroma import ChromaPassages, FloatArray
from vectorstore.collection import SERVED
from vectorstore.errors import StoreError
from vectorstore.history import ChromaHistory, Version
from vectorstore.index import Derived
from vectorstore.listing import Overview
from vectorstore.records import Article, Candidate, Filters, Order

NO_FILTERS = Filters()
_FEW = 3000
"""Up to so many passages inside filters, they are searched by their ids."""
_SPARE = 3
"""For each passage wanted so many are asked for: the more, the better the graph is searched."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a store held at one moment. Changes made since are not seen.

    Only cosines and earlier versions are Chroma's of now: what is there no more is not found.
    """

    _derived: Derived
    _chroma: ChromaPassages
    _history: ChromaHistory

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return self._derived.listing.state.passages

    @property
    def generation(self) -> int:
        """A number that grows with every change."""
        return self._derived.listing.state.number

    def count(self, query: str = "") -> int:
        """How many articles there are that `query` finds, as in `articles`."""
        return self._derived.listing.count(query)

    def articles(
        self,
        offset: int = 0,
        limit: int | None = None,
        order: Order = "added",
        query: str = "",
        filters: Filters = NO_FILTERS,
    ) -> list[ArticleSummary]:
        """Articles without their texts, from the `offset`th on and at most `limit`.

        `filters` are as in `search`. `query` keeps those whose title, source, author or id have
        all of its words, or words that begin so. Raises `InputError` for an unknown order.
        """
        return self._derived.listing.page(offset, limit, order, query, filters)

    def overview(self) -> Overview:
        """What there is in figures."""
        return self._derived.listing.overview()

    def summary(self, id: str) -> ArticleSummary | None:
        """An article without its text."""
        return self._derived.listing.summary(id)

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """The articles with these ids, by id; unknown ones are left out."""
        found = {name: self._derived.listing.article(name) for name in dict.fromkeys(ids)}
        return {name: article for name, article in found.items() if article}

    def changed(self) -> list[ArticleSummary]:
        """The articles whose texts have changed, the latest first."""
        return self._derived.listing.changed()

    def history(self, id: str) -> list[Version]:
        """The earlier versions of an article, latest first; none of an unknown one."""
        summary = self.summary(id)
        return self._history.read(summary) if summary and summary.earlier else []

    def groups(
        self, names: Iterable[str], filters: Filters = NO_FILTERS
    ) -> dict[str, list[ArticleSummary]]:
        """The articles of groups of copies, of each those inside `filters`, earliest first."""
        found: dict[str, list[ArticleSummary]] = {name: [] for name in names}
        for summary in self._derived.listing.groups(list(found), filters):
            found[str(summary.group)].append(summary)
        return found

    def leads(self, ids: Iterable[str]) -> dict[str, FloatArray]:
        """The vector of each of these articles' first passage, by the article's id."""
        firsts = {f"{name}#0": name for name in ids}
        found = self._chroma.vectors(list(firsts))
        return {firsts[passage]: vector for passage, vector in found.items()}

    def search(
        self, vector: FloatArray, query_text: str, *, limit: int, filters: Filters = NO_FILTERS
    ) -> list[Candidate]:
        """See `ArticleStore.search`."""
        listing, words = self._derived.listing, self._derived.words
        if not self.passages or not limit:
            return []
        near = self._nearest(vector, limit, filters)
        lexical = words.best(query_text, limit, filters)
        lexical |= words.scores(query_text, [row for row in near if row not in lexical])
        passages = listing.passages(sorted({*near, *lexical}))
        unknown = {passages[row][0].id: row for row in lexical if row not in near}
        cosines = self._chroma.cosines(vector, list(unknown))
        near |= {unknown[passage]: cosine for passage, cosine in cosines.items()}
        return [
            Candidate(passage, near[row], lexical.get(row, 0.0), time, group)
            for row, (passage, time, group) in passages.items()
            if row in near
        ]

    def _nearest(self, vector: FloatArray, limit: int, filters: Filters) -> dict[int, float]:
        """The cosines of the `limit` nearest rows inside `filters`.

        Where the filters leave few passages, these are searched by their ids. Else more are asked
        for than are wanted, again with more while too few of them are inside.
        """
        there = self.passages
        inside = there if filters == NO_FILTERS else self._derived.listing.inside(filters)
        if inside <= _FEW and inside < there:
            return self._by_ids(vector, limit, filters)
        asked = _SPARE * limit * (1 if inside == there else 1 + there // (2 * inside))
        while True:
            asked = min(asked, self._most, there)
            found = self._inside(self._chroma.nearest(vector, asked), filters)
            if len(found) >= min(limit, inside):
                return dict(list(found.items())[:limit])
            if asked == min(self._most, there):
                return self._by_ids(vector, limit, filters)
            asked *= _SPARE

    @property
    def _most(self) -> int:
        """How many nearest passages may be asked for."""
        return self._chroma.page if self._chroma.page == SERVED else 4 * self._chroma.page

    def _inside(self, near: dict[str, float], filters: Filters) -> dict[int, float]:
        """The rows among passages, inside `filters`, nearest first."""
        rows = self._derived.listing.rows(list(near), filters)
        return {row: near[passage] for row, passage in rows.items()}

    def _by_ids(self, vector: FloatArray, limit: int, filters: Filters) -> dict[int, float]:
        ids = self._derived.listing.ids_inside(filters)
        cosines: dict[str, float] = {}
        for start in range(0, len(ids), self._chroma.page):
            part = ids[start : start + self._chroma.page]
            cosines |= self._among(vector, limit, part)
        near = dict(sorted(cosines.items(), key=lambda item: -item[1])[:limit])
        return self._inside(near, filters)

    def _among(self, vector: FloatArray, limit: int, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of the nearest among `ids`, or of all.

        All, where Chroma's graph gives too few, or refuses since one of `ids` is there no more.
        """
        with suppress(StoreError):
            near = self._chroma.nearest(vector, min(limit, len(ids)), ids)
            if len(near) >= min(limit, len(ids)):
                return near
        return self._chroma.cosines(vector, ids)
