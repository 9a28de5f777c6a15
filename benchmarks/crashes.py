"""Writers and readers of one store, killed at random moments: is anything lost?

    python -m benchmarks.crashes --kills 200

Two writers put, replace and remove a few articles, three readers search and read; every now and
then one of the five is killed, and another one started in its place. After some kills all are
killed, and the store is looked at: every article must be as one of the changes left it that nothing
overwrote, whole, found by its words, the same for everybody, with nothing else left in Chroma. It
is done in a folder, where the five work through whoever of them holds it, and on a server.
"""

# ruff: noqa: S311, T201

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.chroma import collection, server
from benchmarks.workers import (
    ARTICLES,
    COLLECTION,
    READERS,
    WRITERS,
    Change,
    Trial,
    Worker,
    passages_of,
    started,
    vector_of,
    version_of,
)
from vectorstore.records import Filters
from vectorstore.store import ArticleStore

_BETWEEN_CHECKS = 10


def run(trial: Trial, kills: int, seed: int = 0) -> Counter[str]:
    """Kill so many, and count it. Raises `AssertionError` for what is lost."""
    random, counted = Random(seed), Counter[str]()
    known = dict.fromkeys(ARTICLES, 0)
    with trial.open("first", create=True):
        pass
    while counted["kills"] < kills:
        changes = _killed(trial, random, min(_BETWEEN_CHECKS, kills - counted["kills"]), counted)
        known = _checked(trial, known, changes)
        counted["checks"] += 1
    return counted


def _killed(trial: Trial, random: Random, kills: int, counted: Counter[str]) -> list[Change]:
    """Let the five work, and kill one at a time, in the end all; what the writers did."""
    workers = {name: started(trial, name, random) for name in (*WRITERS, *READERS)}
    changes: list[Change] = []
    try:
        for _ in range(kills):
            name = _victim(workers, random)
            changes += workers[name].kill()
            counted.update({"kills": 1, name.split()[0]: 1, "looks": workers[name].looked})
            workers[name] = started(trial, name, random)
    finally:
        for worker in workers.values():
            changes += worker.kill()
            counted["looks"] += worker.looked
    counted["changes"] += len(changes)
    return changes


def _victim(workers: Mapping[str, Worker], random: Random) -> str:
    """One that has done a little, in two of three cases a writer, at a random moment."""
    wanted = WRITERS if random.random() < 2 / 3 else READERS
    name, enough = random.choice(wanted), random.randrange(1, 7)
    while len(workers[name].changes) + workers[name].looked < enough:
        time.sleep(0.002)
        for worker in workers.values():
            worker.hear()
    time.sleep(random.uniform(0, 0.1))
    return name


def _checked(trial: Trial, known: Mapping[str, int], changes: Iterable[Change]) -> dict[str, int]:
    """The version of each article that is stored, the same for three that look; or it is wrong."""
    by_article: defaultdict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_article[change.article].append(change)
    with ExitStack() as stores:
        looking = [stores.enter_context(trial.open(name)) for name in WRITERS]
        looking.append(stores.enter_context(trial.open(f"fresh {time.monotonic()}")))
        if trial.served:
            time.sleep(trial.lease + 0.1)
        seen = [_stored(store) for store in looking]
        with collection(trial.place, COLLECTION) as chroma:
            assert chroma.count() == looking[0].passages, "there are remains in Chroma"
    assert seen[0] == seen[1] == seen[2], f"one store, three views: {seen}"
    for article, version in seen[0].items():
        allowed = _allowed(known[article], by_article[article])
        assert version in allowed, f"{article} is of version {version}, not of {allowed}"
    return seen[0]


def _allowed(before: int, changes: list[Change]) -> set[int]:
    """The versions that no change overwrote which began after theirs had ended.

    A change that was ended by a kill may have been done or not.
    """
    done = [change for change in changes if change.done]
    last = max((change.begun for change in done), default=0.0)
    possible = {change.version for change in changes if change.ended >= last}
    return possible if done else possible | {before}


def _stored(store: ArticleStore) -> dict[str, int]:
    """The version of each article, 0 where there is none, after a look at all of them."""
    with store.snapshot() as stored:
        articles = stored.get_many(ARTICLES)
        versions = {name: version_of(articles.get(name)) for name in ARTICLES}
        wanted = {name: len(passages_of(article)) for name, article in articles.items()}
        assert {one.id: one.passages for one in stored.articles()} == wanted
        for name, version in versions.items():
            only = Filters(articles=frozenset([name]))
            hits = stored.search(vector_of(name), f"version{version}", limit=300, filters=only)
            found = {hit.passage for hit in hits}
            assert found == set(passages_of(articles[name]) if version else ()), f"{name}: {found}"
    return versions


def main() -> None:
    """Kill in both forms, and say what came of it."""
    options = _options()
    for kind in ("a folder", "a server"):
        with TemporaryDirectory(prefix="footnote-crashes-") as folder, ExitStack() as parts:
            here = Path(folder)
            place: Path | str = here / "store"
            if kind == "a server":
                place = parts.enter_context(server(here / "server"))
            started = time.monotonic()
            counted = run(Trial(place, here / "caches"), options.kills // 2, options.seed)
            seconds = time.monotonic() - started
        said = ", ".join(f"{number} {what}" for what, number in sorted(counted.items()))
        print(f"{kind}: {said}; nothing lost ({seconds:.0f} s)", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200, help="half of them in each form")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
