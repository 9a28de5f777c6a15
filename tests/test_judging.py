"""The judge of citations, measured on labelled pairs."""

from benchmarks.judging import figures, judge
from rag.models.encoder import Encoder

EVIDENCE = ["The river rose by 3 metres on Monday."]


def test_a_judge_that_tells_right_from_wrong_is_always_accurate(encoder: Encoder) -> None:
    pairs = [
        {"source": "s", "claim": f"The river rose by {n} metres.", "evidence": EVIDENCE, "label": x}
        for n, x in ((3, "supported"), (4, "not"), (3, "supported"), (5, "not"))
    ]
    values = {name: e.value for name, e in figures(judge(pairs, encoder.embed)).items()}
    assert set(values.values()) == {1.0}
