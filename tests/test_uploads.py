"""What is dropped arrives, whole and for its reader alone, whoever else does the same."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from rag import Chatbot, IngestReport, Settings
from rag.errors import StoreMissing
from ui.web.background import Background
from ui.web.uploads import News, Upload, add_files, add_pasted, safe_name


class Slow(Chatbot):
    """Adds only when it is let, and says when it has begun."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.begun, self.let = Event(), Event()

    def add(self, source: Any, **how: Any) -> IngestReport:
        self.begun.set()
        self.let.wait(30)
        return super().add(source, **how)


def upload(folder: Path, place: str, text: str, name: str = "notes.txt") -> Upload:
    path = folder / place
    path.mkdir()
    (path / name).write_text(text)
    return Upload(str(path / name), name)


def texts(bot: Chatbot) -> list[str]:
    return sorted(bot.article(article.id).text for article in bot.articles())


@pytest.fixture
def empty(settings: Settings) -> Chatbot:
    return Chatbot(settings)


def pasted(bot: Chatbot, reader: str, text: str) -> News:
    given = {"title": "Notes", "source": "", "published_at": "", "url": ""}
    *_, last = add_pasted(bot, reader, text, **given)
    return last


def test_two_files_of_one_name_both_arrive(empty: Chatbot, tmp_path: Path) -> None:
    files = [
        upload(tmp_path, "a", "The mill grinds rye."),
        upload(tmp_path, "b", "The mill burnt."),
    ]
    *_, last = add_files(empty, "ann", files)
    assert (texts(empty), last.worked) == (["The mill burnt.", "The mill grinds rye."], True)
    empty.close()


def test_a_readers_file_is_replaced_by_the_readers_own_alone(
    empty: Chatbot, tmp_path: Path
) -> None:
    for reader, text in (("ann", "Version one."), ("bob", "Of Bob."), ("ann", "Version two.")):
        list(add_files(empty, reader, [upload(tmp_path, text, text)]))
    assert texts(empty) == ["Of Bob.", "Version two."]
    assert pasted(empty, "ann", "Pasted by Ann.").worked
    assert pasted(empty, "bob", "Pasted by Bob.").worked
    assert len(texts(empty)) == 4
    empty.close()


def test_nothing_is_left_of_the_files(empty: Chatbot, tmp_path: Path) -> None:
    list(add_files(empty, "ann", [upload(tmp_path, "a", "The mill grinds rye.")]))
    left = [path.name for path in Path(f"{empty.settings.store}-uploads").iterdir()]
    assert left == ["lock"]
    empty.close()


def test_whoever_stops_watching_does_not_wait_for_the_end(
    settings: Settings, tmp_path: Path
) -> None:
    bot = Slow(settings)
    watched = add_files(bot, "ann", [upload(tmp_path, "a", "The mill grinds rye.")])
    begin(watched)
    watched.close()
    bot.let.set()
    soon(lambda: texts(bot) == ["The mill grinds rye."])
    bot.close()


def begin(adding: Any) -> None:
    """Watch until it has begun."""
    next(adding)
    next(adding)


def soon(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        with suppress(StoreMissing):
            if holds():
                return
        Event().wait(0.05)
    raise AssertionError("it did not come to hold")


def test_an_error_becomes_a_sentence() -> None:
    def fail(progress: object) -> None:
        raise ZeroDivisionError("by design")

    work = Background(fail)
    assert list(work.steps()) == []
    assert "ZeroDivisionError" in work.error
    assert "by design" not in work.error


def test_two_processes_wait_for_one_another(settings: Settings, tmp_path: Path) -> None:
    """Two chatbots stand for them: each locks the folder by itself."""
    first, second = Slow(settings), Slow(settings)
    files = [upload(tmp_path, "a", "The mill grinds rye.")]
    one, other = add_files(first, "ann", files), add_files(second, "ann", files)
    begin(one)
    begin(other)
    assert (first.begun.wait(10), second.begun.wait(0.3)) == (True, False)
    assert (Path(f"{settings.store}-uploads") / "ann" / "notes.txt").exists()
    first.let.set()
    assert list(one)[-1].worked
    first.close()
    second.let.set()
    assert "1 unchanged" in list(other)[-1].html
    second.close()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a/b.txt", "a/b.txt"),
        ("../../etc/passwd", "etc/passwd"),
        ("/abs.txt", "abs.txt"),
        ("..", "file"),
        ("a\\b:c?.txt", "a_b_c_.txt"),
        ("é" * 300 + ".txt", "é" * 98 + ".txt"),
        ("/".join("abcdefghijk") + ".txt", "d/e/f/g/h/i/j/k.txt"),
    ],
)
def test_a_name_from_outside_stays_inside(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_failure_is_told_beside_its_file(empty: Chatbot, tmp_path: Path) -> None:
    good, bad = upload(tmp_path, "a", "It is so."), upload(tmp_path, "b", "", "empty.txt")
    *_, last = add_files(empty, "ann", [good, bad])
    assert "1 added, 1 failed." in last.html
    assert '<b dir="auto">empty.txt</b>: <span>it is empty</span>' in last.html
    assert str(tmp_path) not in last.html
    assert not last.worked
    empty.close()
