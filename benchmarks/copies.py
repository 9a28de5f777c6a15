"""How well copies are told from different reports of one event.

    python -m benchmarks.copies CORPUS [--found]

CORPUS is realtimeqa2022's `corpus.jsonl`, whose texts stay where they are: a line of `copies.jsonl`
is two ids and a label, or an id and a recipe by which a copy is made of it, the same each time. The
thresholds are chosen on one half of the pairs and judged on the other. `--found` lists the copies
in the whole of CORPUS instead.
"""

# ruff: noqa: S311, T201

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.copy_recipes import Corpus, made
from vectorstore import copies
from vectorstore.copies import ComparableText

PAIRS = Path(__file__).with_suffix(".jsonl")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, or one and what `recipe` makes of it; `copy` is the label."""

    half: str
    copy: bool
    first: str
    second: str | None = None
    recipe: str | None = None

    def texts(self, corpus: Corpus) -> tuple[str, str]:
        """Both texts."""
        text = str(corpus[self.first]["text"])
        if self.second is not None:
            return text, str(corpus[self.second]["text"])
        return text, made(text, self.recipe or "", Random(self.first), corpus)


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair, the greater and the lesser share of sentences in common, and if it is a candidate."""

    pair: Pair
    most: float
    least: float
    candidate: bool

    def found(self, most: float, least: float) -> bool:
        """Whether it would count as a copy with those thresholds."""
        return self.candidate and self.most >= most and self.least >= least


def judge(pairs: Iterable[Pair], corpus: Corpus) -> list[Judged]:
    """What is measured of every pair."""
    return [_judged(pair, *map(ComparableText, pair.texts(corpus))) for pair in pairs]


def _judged(pair: Pair, one: ComparableText, other: ComparableText) -> Judged:
    shares = sorted(one.shares(other))
    return Judged(pair, shares[1], shares[0], not set(one.bands).isdisjoint(other.bands))


def precision_recall(judged: Sequence[Judged], most: float, least: float) -> tuple[float, float]:
    """Of a pair of thresholds."""
    found = [one.pair.copy for one in judged if one.found(most, least)]
    copies = sum(one.pair.copy for one in judged)
    return sum(found) / max(1, len(found)), sum(found) / max(1, copies)


def chosen(judged: Sequence[Judged]) -> tuple[float, float]:
    """The strictest pair of thresholds that finds most without a mistake."""
    grid = [(most / 100, least / 100) for most in range(50, 100, 5) for least in range(10, 60, 5)]
    kept = [pair for pair in grid if precision_recall(judged, *pair)[0] == 1]
    return max(kept, key=lambda pair: (precision_recall(judged, *pair)[1], pair))


def found(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """The pairs of ids that are told to be copies in a whole corpus."""
    texts = {name: ComparableText(article["text"]) for name, article in corpus.items()}
    inside: dict[int, list[str]] = {}
    for name, text in texts.items():
        others = dict.fromkeys(o for band in text.bands for o in inside.get(band, ()))
        yield from ((other, name) for other in others if text.is_copy_of(texts[other]))
        for band in text.bands:
            inside.setdefault(band, []).append(name)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--found", action="store_true", help="list the copies in CORPUS instead")
    asked = parser.parse_args()
    corpus = {article["id"]: article for article in _lines(asked.corpus)}
    if asked.found:
        for one, other in found(corpus):
            print(one, other, corpus[one]["title"], corpus[other]["title"], sep=" | ")
        return
    _report([Pair(**line) for line in _lines(asked.pairs)], corpus)


def _report(pairs: Sequence[Pair], corpus: Corpus) -> None:
    judged = judge(pairs, corpus)
    halves = {
        name: [one for one in judged if one.pair.half == name] for name in ("choose", "judge")
    }
    print("best on the first half:", chosen(halves["choose"]))
    ours = copies.MOST_SHARED, copies.LEAST_SHARED
    for name, half in halves.items():
        precision, recall = precision_recall(half, *ours)
        print(f"{name}: {len(half)} pairs, precision {precision:.3f}, recall {recall:.3f}")
    for one in judged:
        if one.found(*ours) != one.pair.copy:
            print(f"wrong: {one}")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
