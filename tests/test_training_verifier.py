"""The verifier's training: claims, windows, what is made by rule, and a run on a few claims."""

# ruff: noqa: E402

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="training needs PyTorch: pip install torch==2.13.0 safetensors"
)
pytest.importorskip("safetensors", reason="training needs safetensors: pip install safetensors")

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from training.dequantise import dequantised
from training.loop import Run
from training.model import BertConfig, load_published, to_published
from training.reader.examples import Example
from training.settings import Settings
from training.tokens import Texts
from training.verifier.assertions import assertion
from training.verifier.claims import Claim, passages, read_written, sentences
from training.verifier.frozen import head
from training.verifier.head import Verifier, verdict_loss
from training.verifier.made import Passage, asserted
from training.verifier.mix import Mix
from training.verifier.perturbations import FAULTS, faulty
from training.verifier.reading import read
from training.verifier.scores import Scored, calibrated, flagged_f1
from training.verifier.train import windows_of
from training.verifier.windows import UNKNOWN, collate, reading_windows, training_window

ANIMALS = ["otter", "heron", "badger", "lynx", "marten", "osprey", "newt", "toad", "swift", "hare"]
PLACES = ["river", "lake", "wood", "hill", "forest", "coast", "pond", "ditch", "tower", "field"]
SETTINGS = Settings(1.0, batch=5, rate=5e-3, warm_up=1e-6, average=0.9, bf16=False, log_steps=10)
SIZES = BertConfig(40, hidden=32, layers=2, heads=4, inner=64, positions=64, types=3)


@pytest.fixture
def texts() -> Texts:
    words = ["in", "the", "was", "seen", "near", ".", *ANIMALS, *PLACES]
    vocabulary = {w: n for n, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return Texts(tokenizer)


def claims() -> list[Claim]:
    """Every animal where it was seen, and where it was not."""
    made = []
    for number, (animal, place) in enumerate(zip(ANIMALS, PLACES, strict=True)):
        evidence = (f"The {animal} was seen near the {place}.",)
        for said in (place, PLACES[number - 1]):
            label = "supported" if said == place else "contradicted"
            start = len(f"The {animal} near the ")
            faults = () if said == place else ((start, start + len(said)),)
            text = f"The {animal} near the {said}."
            made.append(Claim(text, evidence, label, "tiny", animal, faults=faults))
    return made


def test_a_run_learns_to_tell_claims_apart(texts: Texts, tmp_path: Path) -> None:
    torch.manual_seed(1)
    pool, verifier = claims(), Verifier(SIZES)
    run = Run(verifier, partial(collate, pad=texts.pad), tmp_path, SETTINGS)
    mix = Mix(pool, {"tiny": (10, 10)})
    run.train(run.batches(windows_of(mix, texts, 60)), dict, most_steps=400)
    found = [verdicts[0] for verdicts in read(verifier.eval(), texts, pool, room=60)]
    assert [v.margin > 0 for v in found] == [c.supported for c in pool]
    wrong = [v.faults for v, c in zip(found, pool, strict=True) if not c.supported]
    assert np.mean([np.argmax(faults) == 4 for faults in wrong]) > 0.8

    again = Verifier(SIZES).eval()
    load_published(again, to_published(SIZES, "verdict", verifier.state_dict()))
    assert [v[0].margin > 0 for v in read(again, texts, pool, room=60)] == [
        c.supported for c in pool
    ]


def test_not_is_either_of_two_classes() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.2, 0.3]]))
    for label, chance in enumerate((0.5, 0.2, 0.3, 0.5)):
        assert float(verdict_loss(logits, torch.tensor([label]))) == pytest.approx(-np.log(chance))


def test_a_window_holds_statement_evidence_and_what_is_left_of_the_context(texts: Texts) -> None:
    context = ("the river . " * 20 + "the newt was seen .",)
    claim = Claim("the otter .", ("the heron .", "the hare ."), "not", "tiny", "", context)
    window = training_window(texts, claim, 40, random.Random(1))
    assert len(window.ids) == 40
    assert np.bincount(window.types).tolist() == [5, 7, 28]
    assert window.ids[-3:-1].tolist() == texts["seen ."].ids.tolist()
    assert set(window.faults.tolist()) == {UNKNOWN}


def test_long_evidence_is_covered_by_its_windows(texts: Texts) -> None:
    evidence = tuple(f"the {animal} was seen ." for animal in ANIMALS)
    claim = Claim("the newt was seen .", evidence, "supported", "tiny", "", faults=())
    windows = reading_windows(texts, claim, 30)
    newt = int(texts["newt"].ids[0])
    assert newt in windows[0].ids[7:]
    covered = {int(token) for window in windows[1:] for token in window.ids}
    assert {int(texts[animal].ids[0]) for animal in ANIMALS} <= covered
    assert all(len(window.ids) <= 30 for window in windows)


@pytest.mark.parametrize(
    ("question", "answer", "statement"),
    [
        ("Who founded Apple?", "Steve Jobs", "Steve Jobs founded Apple."),
        ("When did the war begin?", "1914", "The war began in 1914."),
        ("Where was Ada Byron born?", "London", "Ada Byron was born in London."),
        ("What city hosts the fair?", "Lyon", "Lyon hosts the fair."),
        ("How many people live in Bern?", "134,000", "134,000 people live in Bern."),
        ("What is the capital of Peru?", "Lima", "The capital of Peru is Lima."),
        ("In what year was the tower built?", "1889", "In 1889, the tower was built."),
        ("Why is the sky blue?", "scattering", None),
    ],
)
def test_questions_become_statements(question: str, answer: str, statement: str | None) -> None:
    assert assertion(question, answer) == statement


def test_a_fault_is_one_marked_place() -> None:
    text = "Some of the 12 men may have met Anna Bell in Paris on Monday, and the price rose."
    others = ["In 1999, 34 people saw Carl Dorn in Rome."]
    for seed in range(40):
        made = faulty(text, others, random.Random(seed))
        assert made is not None
        assert made.text != text
        assert made.label != "supported"
        assert all(0 <= a < b <= len(made.text) for a, b in made.spans)
    named = FAULTS["name"](text, others, random.Random(1))
    assert named is not None
    assert {named.text[a:b] for a, b in named.spans} <= {"Carl Dorn", "Rome"}


def test_an_asserted_claim_cites_the_sentence_with_the_answer() -> None:
    passage = Passage(("Peru is in America.", "Its capital is Lima.", "Quito lies north."), "", "p")
    example = Example("0", "What is the capital of Peru?", 0, "Lima", 0, "", "tiny")
    made = list(asserted(example, passage, ["Lima", "Quito"], random.Random(3)))
    true = [c for c in made if c.supported]
    assert len(true) == 1
    assert "Its capital is Lima." in true[0].evidence
    assert any("Quito" in c.statement for c in made if not c.supported)


def test_our_statements_point_at_characters(tmp_path: Path) -> None:
    text = "It rained. A dog barked at noon. Nobody came."
    row = {"set": "s", "id": "1", "cited": [[11, 32]], "before": [[0, 10]], "kind": "honest"}
    row |= {"statement": "An animal was heard.", "label": "supported", "fault": ""}
    (tmp_path / "w.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (claim,) = read_written(tmp_path / "w.jsonl", {("s", "1"): (text, "doc")})
    assert claim.evidence == ("A dog barked at noon.",)
    assert claim.context == ("It rained.",)
    assert claim.key == "doc"


def test_context_is_kept_once_and_without_the_evidence() -> None:
    context = "Title CNN First.\nTitle CNN First. Second.\nOther"
    assert passages(context, ["Second."]) == ("Title CNN First.", "Other")


def test_sentences_end_at_stops_and_lines() -> None:
    assert sentences('He left. "Why?" she asked.\n\nNo one 3.5 knew') == (
        "He left.",
        '"Why?" she asked.',
        "No one 3.5 knew",
    )


def test_calibration_finds_the_middle() -> None:
    rng = np.random.default_rng(1)
    rows = [
        Scored("written", str(n), "honest" if n % 2 else "false", bool(n % 2), margin, (), 0.0)
        for n, margin in enumerate(rng.normal(0, 1, 400) + np.tile([0.0, 3.0], 200))
    ]
    found = calibrated(rows)
    assert 1.0 < found.shift < 2.0
    assert found.cut(0.5) == found.shift
    assert np.mean(found.chance([r.margin for r in rows if r.supported]) > 0.5) > 0.85


def test_a_response_is_as_good_as_its_worst_sentence() -> None:
    rows = [
        Scored("r", "a", "one", True, 2.0, (), 0.0),
        Scored("r", "a", "one", False, -1.0, (), 0.0),
        Scored("r", "a", "two", True, 1.0, (), 0.0),
    ]
    assert flagged_f1(rows, 0.0) == 1.0
    assert flagged_f1(rows, 1.5) == pytest.approx(2 / 3)


def test_a_head_on_frozen_vectors_tells_two_kinds_apart() -> None:
    kinds = torch.tensor([0.0, 1.0]).repeat(20)
    vectors = torch.randn(40, 8, generator=torch.Generator().manual_seed(0))
    vectors[:, 3] += 6 * kinds
    weight, bias = head(vectors, kinds)
    assert ((vectors @ weight + bias > 0) == (kinds > 0)).all()


def test_the_reader_s_graph_gives_its_tensors_back() -> None:
    from rag.models.onnx_graphs import build

    network = Verifier(BertConfig(40, hidden=96, layers=2, heads=12, inner=64, positions=16))
    tensors = {
        name.replace("verdict", "span"): tensor.numpy()
        for name, tensor in to_published(network.config, "verdict", network.state_dict()).items()
    }
    found = dequantised(build(tensors, "span"))
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert np.allclose(found[name], tensor, atol=np.abs(tensor).max() / 100), name
