"""LlamaIndex's metadata filters as Footnote's."""

from collections.abc import Callable, Mapping
from typing import Any

from llama_index.core.vector_stores import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
)

from rag.errors import InputError

_NAMES = {"source": "source", "article": "article", "article_id": "article"}
_DATES = ("published_at", "date")
_BOUNDS = {
    FilterOperator.GTE: ("since",),
    FilterOperator.LTE: ("until",),
    FilterOperator.EQ: ("since", "until"),
}
_KNOWN = "Known: source and article_id with == and in, published_at with >=, <= and =="


def plain_filters(filters: Mapping[str, Any] | MetadataFilters | None) -> Mapping[str, Any]:
    """Filters as `Chatbot.ask` takes them. Raises `InputError` naming what cannot be understood.

    Of `MetadataFilters`, joined by `and`: `source` and `article_id` (or `article`) with `==` and
    `in`, `published_at` (or `date`) with `>=`, `<=` and `==`. As everywhere, articles without a
    date are inside every range of dates.
    """
    if filters is None:
        return {}
    if not isinstance(filters, MetadataFilters):
        return filters
    plain: dict[str, Any] = {}
    for one in _flat(filters):
        for name, value in _plain(one):
            plain[name] = _both(name)(plain[name], value) if name in plain else value
    return plain


def _flat(filters: MetadataFilters) -> list[MetadataFilter]:
    if filters.condition not in {None, FilterCondition.AND}:
        raise InputError(
            f"Filters joined by {filters.condition.value!r} are not understood; and is."
        )
    flat: list[MetadataFilter] = []
    for one in filters.filters:
        flat += _flat(one) if isinstance(one, MetadataFilters) else [one]
    return flat


def _plain(one: MetadataFilter) -> list[tuple[str, Any]]:
    if one.key in _NAMES and one.operator is FilterOperator.EQ:
        return [(_NAMES[one.key], frozenset([str(one.value)]))]
    if one.key in _NAMES and one.operator is FilterOperator.IN and isinstance(one.value, list):
        return [(_NAMES[one.key], frozenset(map(str, one.value)))]
    if one.key in _DATES and one.operator in _BOUNDS:
        return [(name, str(one.value)) for name in _BOUNDS[one.operator]]
    said = f"{one.key} {one.operator.value} {one.value!r}"
    raise InputError(f"The filter {said} is not understood. {_KNOWN}.")


def _both(name: str) -> Callable[[Any, Any], Any]:
    """How two filters of one name are one; dates as written in ISO 8601 sort by their time."""
    return {"since": max, "until": min}.get(name, frozenset.intersection)
