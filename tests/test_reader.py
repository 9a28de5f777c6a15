"""The reader: what its scores mean. Here it has the encoder's tensors and a head made up."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rag.errors import WeightsError
from rag.models.reader import Reader
from rag.models.weights import locate_weights

PASSAGE = "The river rose on Monday. Engineer Ada Stone closed the bridge at noon."
SENTENCES = [(0, 25), (26, 71)]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reader") / "reader.safetensors"
    random = np.random.default_rng(7)
    head = {
        "span.weight": random.normal(size=(2, 384)).astype(np.float32),
        "span.bias": np.array([0.5, -0.5], np.float32),
    }
    save_file(load_file(locate_weights() / "model.safetensors") | head, path)
    return path


@pytest.fixture(scope="module")
def reader(weights: Path) -> Reader:
    return Reader.load(weights)


def test_the_best_span_is_one_of_the_passage(reader: Reader) -> None:
    (reading,) = reader.read("Who closed the bridge?", [PASSAGE])
    assert reading.best is not None
    assert PASSAGE[reading.best.start : reading.best.end].strip()
    assert reading.margin == reading.best.score - reading.null


def test_the_best_span_is_the_best_within_its_sentences(reader: Reader) -> None:
    (reading,) = reader.read("Who closed the bridge?", [PASSAGE])
    (whole,) = reading.best_within([(0, len(PASSAGE))])
    assert whole == reading.best
    assert whole is not None
    for (start, end), span in zip(SENTENCES, reading.best_within(SENTENCES), strict=True):
        assert span is not None
        assert start <= span.start < span.end <= end
        assert span.score <= whole.score


def test_a_reading_depends_on_its_own_passage_only(reader: Reader) -> None:
    together = reader.read("Who?", [PASSAGE, "Short.", PASSAGE * 9])
    alone = [reader.read("Who?", [text])[0] for text in (PASSAGE, "Short.", PASSAGE * 9)]
    assert [r.best for r in together] == [r.best for r in alone]


def test_a_passage_without_words_has_no_span(reader: Reader) -> None:
    (reading,) = reader.read("Who?", [""])
    assert reading.best is None
    assert reading.margin == -np.inf
    assert reading.best_within([(0, 0)]) == [None]


def test_long_questions_and_passages_are_cut(reader: Reader) -> None:
    (reading,) = reader.read("who " * 100, ["word " * 400])
    assert len(reading.offsets) == 256 - 48 - 3


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(b"no tensors")
    with pytest.raises(WeightsError, match="broken"):
        Reader.load(path)
