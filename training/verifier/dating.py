"""Claims whose article is given a day, and statements that tell it: right, or in one place wrong.

News says "on Friday", and a model that answers from it says "on October 28, 2022", or "by late
October 2022", which it knows from the article's date alone.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date, timedelta

from training.verifier.claims import Claim, Span

SOURCES = (
    "CNN", "USA TODAY", "BBC", "Reuters", "AP", "The Guardian", "The Herald", "Daily Post",
    "Evening Standard", "The Times", "NPR", "Sky News",
)  # fmt: skip
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
TOLD, WRONG = 0.4, 0.35
"""How often a statement tells the day, and how often it tells a wrong one when it does."""
_TELLS_TIME = re.compile(
    r"\b(?:1[89]|20)\d\d\b|\b(?:January|February|March|April|June|July|August|September|October"
    r"|November|December|yesterday|today|tomorrow|ago|last|next|now|currently)\b"
)
_FREE = re.compile(
    r"^(?:The|A|An|He|She|It|They|His|Her|Its|Their|Some|Many|Most|All|Two|Three|Four|Five|Police"
    r"|Several|More|About|Nearly|At|One|There|Officials|Doctors|People)\b"
)
_WEEKDAY = re.compile(rf"\bon ({'|'.join(DAYS)})\b")


def dated(claim: Claim, rng: random.Random) -> Claim:
    """The claim with a heading of title, source and day; often its statement tells the day."""
    day = date(2008, 1, 1) + timedelta(days=rng.randrange(6500))
    given = replace(claim, context=_headed(claim, day, rng))
    if rng.random() > TOLD:
        return given
    return _resolved(given, day, rng) or _prefixed(given, day, rng) or given


def _headed(claim: Claim, day: date, rng: random.Random) -> tuple[str, ...]:
    first = (claim.context or claim.evidence)[0].split()
    title = " ".join(first[: rng.randint(4, 9)]).rstrip(".,;:")
    heading = f"{title} {rng.choice(SOURCES)} {day:%A %d %B %Y}"
    before = claim.context[0] if claim.context else ""
    return (f"{heading} {before}".strip(), *claim.context[1:])


def _resolved(claim: Claim, day: date, rng: random.Random) -> Claim | None:
    """`on Friday` of the evidence as a date, at most six days before the article's."""
    found = _WEEKDAY.search(claim.statement)
    if not found or found[0] not in " ".join(claim.evidence) or _TELLS_TIME.search(claim.statement):
        return None
    meant = day - timedelta(days=(day.weekday() - DAYS.index(found[1])) % 7)
    return _told(claim, found.span(), "on ", meant, rng)


def _prefixed(claim: Claim, day: date, rng: random.Random) -> Claim | None:
    if _TELLS_TIME.search(claim.statement) or not _FREE.match(claim.statement):
        return None
    lowered = claim.statement[0].lower() + claim.statement[1:]
    bare = replace(claim, statement=f"@, {lowered}", faults=_moved(claim, 2))
    before = rng.choice(["In ", "In ", "By ", "As of ", "On "])
    return _told(bare, (0, 1), before, day, rng)


def _told(claim: Claim, place: Span, before: str, day: date, rng: random.Random) -> Claim:
    """The statement with a day in the place of its characters; another label where it is wrong."""
    (start, end), wrong = place, rng.random() < WRONG
    said = before + _day(before, _other(day, rng) if wrong else day, rng)
    statement = claim.statement[:start] + said + claim.statement[end:]
    grown = len(said) - (end - start)
    kept = claim.faults and tuple(
        (a + grown, b + grown) if a >= end else (a, b) for a, b in claim.faults
    )
    span = (start + len(before), start + len(said))
    if not wrong:
        return replace(claim, statement=statement, faults=kept)
    label = "contradicted" if claim.label == "supported" else claim.label
    faults = (span,) if claim.label == "supported" else kept
    return replace(claim, statement=statement, label=label, faults=faults)


def _other(day: date, rng: random.Random) -> date:
    """Another day: of another month, sometimes of another year as well."""
    months = rng.randint(1, 11)
    years = rng.choice([-3, -2, -1, 1]) if rng.random() < 0.3 else 0
    moved = day.month - 1 + months
    return date(day.year + years + moved // 12, moved % 12 + 1, min(day.day, 28))


def _day(before: str, day: date, rng: random.Random) -> str:
    exact = [f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%B %Y}", f"{day:%B} {day.day}"]
    if before.strip().lower() == "on":
        return rng.choice(exact)
    part = "early" if day.day <= 10 else "mid" if day.day <= 20 else "late"
    rough = f"{part}-{day:%B}" if part == "mid" else f"{part} {day:%B}"
    loose = [f"{day:%B %Y}", f"{day:%B}", f"{rough} {day.year}", rough]
    return rng.choice(loose if before == "In " else [*loose, *exact])


def _moved(claim: Claim, by: int) -> tuple[tuple[int, int], ...] | None:
    return claim.faults and tuple((a + by, b + by) for a, b in claim.faults)
