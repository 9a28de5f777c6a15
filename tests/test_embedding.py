import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from zlib import crc32

import numpy as np
import pytest

from rag import Article, Chatbot, Settings
from rag.errors import ModelError, ModelMismatch
from rag.retrieval.embedding import BATCH, ServedEmbedder

RIVER = Article("river", "River", "The Spree rises in the hills of Upper Lusatia.")
BREAD = Article("bread", "Bread", "Rye loaves are baked for an hour at a falling heat.")


class Embeddings(BaseHTTPRequestHandler):
    """Counts words into 64 buckets: texts that share words are near each other.

    The model `broken` fails, the model `short` forgets a vector.
    """

    sizes: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.sizes.append(len(body["input"]))
        if body["model"] == "broken":
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        data = [{"object": "embedding", "index": i, "embedding": v} for i, v in counted(texts)]
        data = data[1:] if body["model"] == "short" else data[::-1]
        reply = {"object": "list", "data": data, "model": body["model"], "usage": {}}
        reply["usage"] = {"prompt_tokens": 1, "total_tokens": 1}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(reply).encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


def counted(texts: list[str]) -> Iterator[tuple[int, list[float]]]:
    for place, text in enumerate(texts):
        vector = [0.01] * 64
        for word in text.lower().split():
            vector[crc32(word.encode()) % 64] += 1.0
        yield place, vector


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Embeddings) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}/v1"
        http.shutdown()
        thread.join()


def served(url: str, model: str = "toy") -> Settings:
    return Settings(embedding=f"compatible:{model}", openai_base_url=url, openai_api_key="sk-1")


def test_a_served_model_makes_normalised_vectors(server: str) -> None:
    vectors = ServedEmbedder(served(server)).embed(["the spree", "rye loaves", "the spree"])
    assert vectors.shape == (3, 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors[0], vectors[2])


def test_texts_are_sent_in_batches(server: str) -> None:
    Embeddings.sizes.clear()
    vectors = ServedEmbedder(served(server)).embed([f"word{i}" for i in range(2 * BATCH + 50)])
    assert (vectors.shape, Embeddings.sizes) == ((250, 64), [BATCH, BATCH, 50])


@pytest.mark.parametrize(
    ("model", "message"),
    [("broken", r"refused the key \(401\)\. Set OPENAI_API_KEY"), ("short", "not a reply")],
)
def test_what_goes_wrong_is_said(server: str, model: str, message: str) -> None:
    with pytest.raises(ModelError, match=message) as error:
        ServedEmbedder(served(server, model)).embed(["the spree", "rye loaves"])
    assert "sk-1" not in str(error.value)


def test_articles_are_found_with_a_served_model(server: str, tmp_path: Path) -> None:
    with Chatbot.open(tmp_path / "store", served(server)) as bot:
        bot.add([RIVER, BREAD])
        assert bot.retrieve("rye loaves", 1)[0].article == BREAD


def test_a_store_refuses_vectors_of_another_model(server: str, tmp_path: Path) -> None:
    with Chatbot.open(tmp_path / "store", served(server)) as bot:
        bot.add([RIVER])
    with pytest.raises(ModelMismatch, match="compatible:toy"):
        Chatbot.open(tmp_path / "store", Settings())


def test_no_key_is_said_before_anything_is_sent() -> None:
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        ServedEmbedder(Settings(embedding="openai:text-embedding-3-small")).embed(["a"])
