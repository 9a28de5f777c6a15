"""What a run leaves behind: every case's outcome and what it was a run of, as JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Self

from evals.about import About
from evals.cases import Case, GoldError
from evals.metrics import METRICS, Group, Scores
from evals.statistics import Estimate, aurc, auroc, calibration_error, mean

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case.

    `answer` is the document of `footnote ask --json` without the passages' texts and the times;
    each citation has also the text `before` and `after` it. `found` are the ids of the first 10
    articles. `flaws` are spans that are not exact. `error` says why there is no answer at all.
    """

    case: Case
    answer: Mapping[str, Any]
    found: tuple[str, ...] = ()
    scores: Scores = field(default_factory=dict)
    flaws: tuple[str, ...] = ()
    error: str | None = None
    usage: Mapping[str, Any] | None = None
    elapsed_ms: Mapping[str, float] = field(default_factory=dict)
    reused: bool = False

    @property
    def passed(self) -> bool:
        """Whether the case came out as it should: the answer is right, or the refusal is."""
        if self.error or self.flaws:
            return False
        if not self.case.answerable:
            return self.refused
        return not self.refused and self.scores.get("any", self.scores.get("hit@10", 1)) == 1

    @property
    def refused(self) -> bool:
        """Whether no answer was given."""
        return bool(self.answer.get("refused", True))

    @property
    def confidence(self) -> float:
        """How sure the answer was, in [0, 1]."""
        return float(self.answer.get("confidence", 0.0))

    @property
    def milliseconds(self) -> float:
        """What the answer took, all stages."""
        return sum(self.elapsed_ms.values())

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain data, without the times: the same for the same run."""
        plain = asdict(self) | {"case": self.case.to_json()}
        plain.pop("elapsed_ms")
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any], elapsed_ms: Mapping[str, float]) -> Self:
        """The outcome that `to_json` and its times describe."""
        values = dict(plain) | {
            "case": Case.parse(plain["case"]),
            "found": tuple(plain["found"]),
            "flaws": tuple(plain["flaws"]),
        }
        return cls(**values, elapsed_ms=elapsed_ms)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report: an estimate, and the group of metrics that it belongs to."""

    name: str
    label: str
    group: Group
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Run:
    """The outcomes of all cases, in their order."""

    about: About
    outcomes: tuple[Outcome, ...]
    started_at: str = ""
    seconds: float = 0.0

    @property
    def broken(self) -> list[Outcome]:
        """Outcomes that make the run fail by themselves: inexact spans, and errors."""
        return [o for o in self.outcomes if o.flaws or o.error]

    def scores(self, metric: str) -> list[float]:
        """A metric's scores over the cases it applies to."""
        return [o.scores[metric] for o in self.outcomes if metric in o.scores]

    def figures(self) -> list[Figure]:
        """Every figure of the run with its interval; those that apply to no case are left out."""
        figures = [
            Figure(m.name, m.label, m.group, mean(scores))
            for m in METRICS.values()
            if (scores := self.scores(m.name))
        ]
        return figures + _confidence_figures(self.outcomes)

    def times(self) -> list[float]:
        """Milliseconds of each answer that was made in this run."""
        return [o.milliseconds for o in self.outcomes if o.elapsed_ms and not o.reused]

    def cost(self) -> dict[str, float]:
        """Milliseconds (median and 95th percentile), tokens, and dollars where they are known."""
        times = sorted(self.times())
        cost: dict[str, float] = {}
        if times:
            late = times[min(len(times) - 1, int(0.95 * len(times)))]
            cost |= {"ms_p50": median(times), "ms_p95": late}
        for name in ("prompt_tokens", "completion_tokens", "cost"):
            spent = [o.usage[name] for o in self.outcomes if o.usage and o.usage.get(name)]
            cost |= {name: sum(spent)} if spent else {}
        return cost

    def to_json(self) -> dict[str, Any]:
        """The run as plain data; only `started_at`, `seconds` and `elapsed_ms` tell runs apart."""
        return {
            "format": FORMAT,
            "about": asdict(self.about),
            "figures": {f.name: asdict(f.estimate) for f in self.figures()},
            "outcomes": [outcome.to_json() for outcome in self.outcomes],
            "started_at": self.started_at,
            "seconds": self.seconds,
            "elapsed_ms": {o.case.id: dict(o.elapsed_ms) for o in self.outcomes},
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """The run that `to_json` describes. Raises `GoldError` when it is of another make."""
        if plain.get("format") != FORMAT:
            raise GoldError("It is not a run of this version. Make it again with: footnote eval")
        times = plain["elapsed_ms"]
        return cls(
            about=About(**plain["about"]),
            outcomes=tuple(
                Outcome.from_json(o, times.get(o["case"]["id"], {})) for o in plain["outcomes"]
            ),
            started_at=plain["started_at"],
            seconds=plain["seconds"],
        )

    def save(self, path: str | Path) -> None:
        """Write the run as JSON."""
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=1)
        Path(path).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a run that was saved. Raises `GoldError`."""
        try:
            return cls.from_json(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, GoldError) as error:
            raise GoldError(f"{path} is not a saved run: {error}") from error


def _confidence_figures(outcomes: Iterable[Outcome]) -> list[Figure]:
    asked = [o for o in outcomes if o.error is None]
    yes = [o.confidence for o in asked if o.case.answerable]
    no = [o.confidence for o in asked if not o.case.answerable]
    figures: list[Figure] = []
    if yes and no:
        figures.append(Figure("auroc", "AUROC of confidence", "refusals", auroc(yes, no)))
        error = calibration_error(yes + no, [1.0] * len(yes) + [0.0] * len(no))
        figures.append(Figure("ece", "calibration error", "refusals", error))
    if scored := [o for o in asked if "any" in o.scores or not o.case.answerable]:
        area = aurc([o.confidence for o in scored], [right(o) for o in scored])
        figures.append(Figure("aurc", "area under risk-coverage", "refusals", area))
    return figures


def right(outcome: Outcome) -> float:
    """Whether an answer was given and is right: 1 or 0. Any answer is wrong where none is."""
    return outcome.scores.get("any", 0.0)
