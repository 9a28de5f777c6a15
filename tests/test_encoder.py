"""The encoder against reference vectors, and what its vectors may depend on."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.models.encoder import Encoder
from rag.models.onnx_session import cores

SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).parents[2] / "shared"))
REFERENCE = SHARED / "bench" / "encoder_reference.json"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder.load(tmp_path_factory.mktemp("cache"))


@pytest.mark.skipif(not REFERENCE.exists(), reason="the shared reference vectors are not here")
def test_vectors_agree_with_the_unquantised_model(encoder: Encoder) -> None:
    reference = json.loads(REFERENCE.read_text())
    cosines = np.sum(encoder.embed(reference["texts"]) * np.array(reference["vectors"]), axis=1)
    assert cosines.min() >= 0.98
    assert cosines.mean() >= 0.99


def test_vectors_are_normalised_float32_rows(encoder: Encoder) -> None:
    vectors = encoder.embed(["Rivers rise in spring.", ""])
    assert vectors.shape == (2, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.embed([]).shape == (0, 384)


def test_a_vector_depends_on_its_own_text_only(encoder: Encoder) -> None:
    texts = ["A bridge.", "The council met on Tuesday to vote on the budget. " * 8, "Why?"]
    together = encoder.embed(texts)
    alone = np.concatenate([encoder.embed([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)


def test_meaning_is_nearer_than_wording(encoder: Encoder) -> None:
    question, answer, other = encoder.embed(
        ["Who runs the treasury?", "The finance minister is Ada Stone.", "Who runs the marathon?"]
    )
    boat, ship = encoder.embed(["a small boat on a lake", "a ship at sea"])
    assert question @ answer > boat @ answer
    assert boat @ ship > other @ ship


def test_what_lies_beyond_the_longest_input_is_cut(encoder: Encoder) -> None:
    long = "word " * 300
    same, cut = encoder.embed([long + "river", long + "mountain"])
    np.testing.assert_array_equal(same, cut)


def test_pieces_counts_without_cutting(encoder: Encoder) -> None:
    assert encoder.token_counts(["", "a river", "word " * 300]) == [2, 4, 302]


def test_any_number_of_callers_share_as_many_threads_as_cores(encoder: Encoder) -> None:
    callers, before = 16, threading.active_count()

    def threads_while_embedding(number: int) -> int:
        encoder.embed([f"{number} rivers rise"] * 4)
        return threading.active_count()

    with ThreadPoolExecutor(callers) as pool:
        most = max(pool.map(threads_while_embedding, range(4 * callers)))
    assert most <= before + callers + cores()
