"""What a run is a run of: settings, versions, the program itself, and the articles."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from platform import python_version
from typing import Any

from rag import Chatbot

_DISTRIBUTIONS = (
    "footnote",
    "chromadb",
    "llama-index-core",
    "numpy",
    "onnxruntime",
    "openai",
    "tantivy",
)
_PACKAGES = ("evals", "rag", "vectorstore")
_NOT_THE_PROGRAM = {"__pycache__", "gold"}
_SECRET = {"openai_api_key", "openai_base_url", "store", "store_token", "collection", "api_keys"}


@dataclass(frozen=True, slots=True)
class About:
    """What a run was a run of.

    `engine` is a fingerprint of Footnote's own files; `articles` maps the id of each article in
    the corpus to its digest.
    """

    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    engine: str
    corpus: str
    articles: Mapping[str, str]

    @property
    def key(self) -> str:
        """The same for runs whose outcomes must be the same, case by case."""
        return json.dumps([self.settings, self.versions, self.engine, self.corpus], sort_keys=True)

    @classmethod
    def of(cls, bot: Chatbot, judge: str | None = None) -> "About":
        """What a run of this chatbot would be a run of; `judge` is the model that judges."""
        settings = {k: v for k, v in asdict(bot.settings).items() if k not in _SECRET}
        if bot.settings.speaks_openai:
            settings["server"] = bot.settings.server
        if judge:
            settings["judge"] = judge
        articles = {article.id: article.digest[:16] for article in bot.articles()}
        corpus = _short(json.dumps(articles, sort_keys=True).encode())
        versions = {"python": python_version()} | {name: version(name) for name in _DISTRIBUTIONS}
        return cls(settings, versions, _engine(), corpus, dict(sorted(articles.items())))


def fingerprint(folders: Iterable[Path]) -> str:
    """A digest of every file below the folders, by name and content, but for Python's caches.

    Gold cases are left out too: they are what is asked, and not what answers.
    """
    files = ((file, file.relative_to(folder)) for folder in folders for file in _files(folder))
    parts = (f"{place.as_posix()} {_short(file.read_bytes())}" for file, place in files)
    return _short("\n".join(parts).encode())


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _NOT_THE_PROGRAM & set(path.relative_to(folder).parts):
            yield path


@cache
def _engine() -> str:
    """The fingerprint of Footnote's own code and models, as this process found them."""
    specs = [find_spec(package) for package in _PACKAGES]
    places = (spec.submodule_search_locations or [] for spec in specs if spec)
    return fingerprint(Path(folder) for folders in places for folder in folders)


def _short(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
