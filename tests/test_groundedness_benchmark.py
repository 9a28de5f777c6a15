"""The verifier's benchmark, on pairs it cannot get wrong."""

from benchmarks.groundedness import figures, judge, measured, of_responses
from rag.citations.groundedness import Groundedness
from rag.models.verifier import Verifier

EVIDENCE = "The river rose by 3 metres on Monday."


def test_what_is_judged_rightly_is_found_so(verifier: Verifier) -> None:
    pairs = [
        {"set": "s", "hypothesis": said, "premise": EVIDENCE, "label": label, "response_id": place}
        for place, said, label in (
            ("a", EVIDENCE, "supported"),
            ("b", EVIDENCE, "supported"),
            ("b", "The river rose by 3 metres, as https://example.org says.", "not"),
        )
    ]
    judged = judge(pairs, Groundedness(verifier))
    values = {name: estimate.value for name, estimate in figures(judged, resamples=9).items()}
    assert set(values.values()) == {1.0}
    assert measured(of_responses(judged))["F1 of supported"] == 1.0
