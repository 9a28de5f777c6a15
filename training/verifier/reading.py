"""What a verifier makes of claims, and how it does on a few while it is trained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch

from training.files import read_json_lines
from training.loop import Measure
from training.model import autocast
from training.statistics import auroc
from training.tokens import Texts
from training.verifier.claims import Claim, read_statements, sentences, share_of
from training.verifier.head import Verifier
from training.verifier.sources import Sources
from training.verifier.windows import Window, collate, reading_windows

READING_ROOM = 256
PIECE = 8
# How much of each set is read while a run goes on, in percent.
SAMPLE = {"statements": 100, "written": 40, "WiCE/oracle_chunk": 30, "ragtruth_qa": 5}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A window's logits (supported, contradicted, absent), and those of each token's fault."""

    logits: np.ndarray
    faults: np.ndarray

    @property
    def margin(self) -> float:
        """The log-odds of being supported, before calibration."""
        return float(self.logits[0] - np.logaddexp(*self.logits[1:]))


def read(
    verifier: Verifier,
    texts: Texts,
    claims: Sequence[Claim],
    *,
    room: int = READING_ROOM,
    most: int = 1,
    bf16: bool = False,
    threads: int = 2,
) -> list[list[Verdict]]:
    """The verdicts on each claim, one a window, at most `most`: the nearest sentences' first."""
    texts.prepare(text for c in claims for text in (c.statement, *c.evidence, *c.context))
    jobs = [
        (n, w, window)
        for n, claim in enumerate(claims)
        for w, window in enumerate(reading_windows(texts, claim, room)[:most])
    ]
    jobs.sort(key=lambda job: -len(job[2].ids))
    pieces = [jobs[at : at + PIECE] for at in range(0, len(jobs), PIECE)]
    found: dict[tuple[int, int], Verdict] = {}
    with ThreadPoolExecutor(threads) as pool:
        windows = ([window for _, _, window in piece] for piece in pieces)
        read_each = pool.map(lambda w: _verdicts(verifier, w, texts.pad, bf16=bf16), windows)
        for piece, verdicts in zip(pieces, read_each, strict=True):
            found |= {(n, w): v for (n, w, _), v in zip(piece, verdicts, strict=True)}
    per_claim: list[list[Verdict]] = [[] for _ in claims]
    for (n, _), verdict in sorted(found.items(), key=lambda item: item[0]):
        per_claim[n].append(verdict)
    return per_claim


def _verdicts(
    verifier: Verifier, windows: Sequence[Window], pad: int, *, bf16: bool
) -> list[Verdict]:
    """The verdicts on a few windows, in one batch."""
    batch = collate(windows, pad)
    with torch.inference_mode(), autocast(torch.device("cpu"), on=bf16):
        logits, faults = verifier.read(batch)
    sizes = batch.said.sum(1).tolist()
    return [
        Verdict(one.numpy(), each[1 : size - 1].numpy())
        for one, each, size in zip(logits, faults, sizes, strict=True)
    ]


def read_judged(sources: Sources) -> list[Claim]:
    """The claims of citation_judge, which are measured on alone."""
    found = []
    for row in read_json_lines(sources.data / "bench/citation_judge/dev.jsonl"):
        evidence = row["evidence"]
        assert isinstance(evidence, list)
        parts = tuple(s for text in evidence for s in sentences(str(text)))
        label = "supported" if row["label"] == "supported" else "not"
        name, key = str(row["source"]), str(row.get("question") or row["id"])
        claim = Claim(str(row["claim"]), parts, label, name, key, id=str(row["id"]))
        found.append(claim)
    return found


def read_dev(sources: Sources) -> list[Claim]:
    """The statements that the verifier is judged by."""
    rows = read_statements(sources.data / "bench/statements/dev.jsonl")
    return [replace(claim, set="dev") for claim in rows]


def sample_of(sources: Sources) -> list[Claim]:
    """What a run is measured on while it goes on: the nearest sets, and a part of the others."""
    claims = [*read_judged(sources), *sources.aside()]
    return read_dev(sources) + [c for c in claims if share_of(c.id) < SAMPLE.get(c.set, 0)]


def measure_of(verifier: Verifier, texts: Texts, sources: Sources) -> Measure:
    """What measures the verifier on the sample as it stands."""
    claims = sample_of(sources)

    def measure() -> Mapping[str, object]:
        return outcome(claims, (v[0] for v in read(verifier, texts, claims, bf16=True)))

    return measure


def outcome(claims: Sequence[Claim], verdicts: Iterable[Verdict]) -> dict[str, object]:
    """Of each set: the claims, AUROC, the shares told at 0, the best balanced accuracy, its cut."""
    margins: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for claim, verdict in zip(claims, verdicts, strict=True):
        margins[claim.set, claim.supported].append(verdict.margin)
    found: dict[str, object] = {}
    for name in sorted({claim.set for claim in claims}):
        yes, no = (np.array(margins[name, kind]) for kind in (True, False))
        told = [float(np.mean(yes > 0)), float(np.mean(no <= 0))]
        figures = [auroc(yes.tolist(), no.tolist()), *told, *best_cut(yes, no)]
        found[name] = [len(yes), len(no), *(round(x, 3) for x in figures)]
    return found


def best_cut(yes: np.ndarray, no: np.ndarray) -> tuple[float, float]:
    """The best balanced accuracy of any threshold, and that threshold."""
    cuts = np.unique(np.concatenate([yes, no]))
    share = [(np.mean(yes > cut) + np.mean(no <= cut)) / 2 for cut in cuts]
    place = int(np.argmax(share))
    return float(share[place]), float(cuts[place])
