"""What the tests share: the real networks, the seeds, and a chatbot that has read them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from rag import Chatbot, Settings
from rag.models.encoder import Encoder
from rag.models.verifier import Verifier
from tests.browser import chromium

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public benchmarks beside the repository; tests of it skip where it is not."""
    folder = Path(os.environ.get("FOOTNOTE_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("no ../shared here: set FOOTNOTE_SHARED to the folder of benchmarks")
    return folder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real encoder, loaded once."""
    return Encoder.load()


@pytest.fixture(scope="session")
def verifier() -> Verifier:
    """The real verifier, loaded once."""
    return Verifier.load()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of seed articles."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Iterator[Chatbot]:
    """A chatbot that has read the seeds. Tests must leave it as it is."""
    place = tmp_path_factory.mktemp("bot") / "store"
    with Chatbot.open(place, Settings()) as bot:
        bot.add(seeds)
        yield bot


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for a module's tests: while one runs, nothing else can have an event loop."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a store of the test's own."""
    return Settings(store=str(tmp_path / "store"))
