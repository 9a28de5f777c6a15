"""What a statement says that its evidence does not, named where it can be."""

from collections.abc import Iterable

from rag.models.verifier import Claim, Judgement
from rag.text.names import is_spelt_out, names
from rag.text.numbers import Number, firm_numbers, months, numbers
from rag.text.words import WORD, fold, possessed, stem, undotted, words

CONTRADICTED = 0.8
"""The probability from which the evidence is said to say otherwise: right three times in four."""
NOT_SAID = "The cited sentences do not say this."
OTHERWISE = "The cited sentences say otherwise."


def difference(claim: Claim, judgement: Judgement) -> str:
    """Why a claim is not supported, in one sentence: a figure, a day, a name, or the words."""
    told = "\n".join(claim.evidence)
    around = "\n".join([told, *claim.context])
    if missing := missing_numbers(claim.statement, around):
        return _instead(missing[0], told)
    if absent := sorted(months(claim.statement) - months(around)):
        return f"The cited sentences do not say {absent[0].title()}."
    if unnamed := missing_names(claim.statement, around):
        return f"The cited sentences do not name {unnamed[0]}."
    words_ = _marked(claim.statement, judgement.faults)
    if judgement.contradicted >= CONTRADICTED:
        return f"The cited sentences say otherwise about {words_}." if words_ else OTHERWISE
    return f"The cited sentences do not say {words_}." if words_ else NOT_SAID


def _instead(missing: Number, told: str) -> str:
    """That a number is not there, and the one number of its kind that is, if it is one."""
    given = {n.written for n in firm_numbers(told) if _kind(n) == _kind(missing)}
    if len(given) == 1:
        return f"The cited sentences say {given.pop()}, not {missing.written}."
    return f"The cited sentences do not give the number {missing.written}."


def _kind(number: Number) -> str:
    if number.percent:
        return "percent"
    is_year = (
        number.value.is_integer() and 1000 <= number.value < 2100 and "," not in number.written
    )
    return "year" if is_year else "count"


def _marked(statement: str, faults: Iterable[tuple[int, int]]) -> str:
    """The longest run of words that the evidence does not bear out, in quotation marks."""
    longest = max((statement[a:b] for a, b in faults), key=len, default="")
    return f"“{longest}”" if longest and longest != statement else ""


def missing_numbers(statement: str, text: str) -> list[Number]:
    """The numbers of a statement that the text does not give."""
    given = numbers(text)
    return [n for n in firm_numbers(statement) if not any(n.agrees(other) for other in given)]


def missing_names(statement: str, text: str) -> list[str]:
    """The names in a statement, as written, that the text does not mention."""
    told = words(text)
    given = set(told) | set(map(stem, told))
    absent = (name for name in names(statement) if not _is_named(name, told, given))
    return [_as_written(name, statement) for name in absent]


def _as_written(name: str, text: str) -> str:
    """A folded name with the capitals that a text gives it."""
    written = map(possessed, WORD.findall(text))
    return next((word for word in written if undotted(fold(word)) == name), name)


def _is_named(name: str, told: list[str], given: set[str]) -> bool:
    parts = name.split("-")
    if all(part in given or stem(part) in given for part in parts):
        return True
    return "".join(parts) in given or is_spelt_out(name, told)
