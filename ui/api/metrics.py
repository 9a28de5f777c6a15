"""Figures about a running endpoint, in Prometheus's text format."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds up to which requests are counted."""

_COUNTERS = {
    "footnote_requests_total": "Requests, by route, method and status.",
    "footnote_questions_total": "Questions, by what became of them.",
    "footnote_model_tokens_total": "Tokens that a language model read and wrote.",
}
_GAUGES = {
    "footnote_articles": "Articles in the store.",
    "footnote_passages": "Passages in the store.",
}
_SECONDS = "footnote_request_seconds"

Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Histogram:
    """How many took up to so many seconds, and how long all took together."""

    counts: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    number: int = 0
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.number += 1
        self.total += seconds
        for place, bound in enumerate(BUCKETS):
            self.counts[place] += seconds <= bound


class Metrics:
    """What has been counted since the start. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, Labels]] = Counter()
        self._seconds: dict[Labels, _Histogram] = {}

    def count(self, name: str, amount: int = 1, **labels: str) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[name, tuple(labels.items())] += amount

    def time(self, seconds: float, **labels: str) -> None:
        """Note how long a request took."""
        with self._lock:
            self._seconds.setdefault(tuple(labels.items()), _Histogram()).add(seconds)

    def text(self, gauges: Mapping[str, int]) -> str:
        """Everything counted, and the gauges as they are now."""
        with self._lock:
            lines = [*self._counter_lines(), *self._histogram_lines(), *_gauge_lines(gauges)]
        return "\n".join(lines) + "\n"

    def _counter_lines(self) -> Iterator[str]:
        for name, meaning in _COUNTERS.items():
            yield from _head(name, "counter", meaning)
            for (counted, labels), value in sorted(self._counts.items()):
                if counted == name:
                    yield f"{name}{_braced(labels)} {value}"

    def _histogram_lines(self) -> Iterator[str]:
        yield from _head(_SECONDS, "histogram", "Seconds a request took, to its last byte.")
        for labels, histogram in sorted(self._seconds.items()):
            for bound, count in zip(BUCKETS, histogram.counts, strict=True):
                yield f"{_SECONDS}_bucket{_braced((*labels, ('le', str(bound))))} {count}"
            yield f"{_SECONDS}_bucket{_braced((*labels, ('le', '+Inf')))} {histogram.number}"
            yield f"{_SECONDS}_sum{_braced(labels)} {histogram.total:.6f}"
            yield f"{_SECONDS}_count{_braced(labels)} {histogram.number}"


def _gauge_lines(gauges: Mapping[str, int]) -> Iterator[str]:
    for name, meaning in _GAUGES.items():
        yield from _head(name, "gauge", meaning)
        yield f"{name} {gauges[name]}"


def _head(name: str, kind: str, meaning: str) -> tuple[str, str]:
    return f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"


def _braced(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
