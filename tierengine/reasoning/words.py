"""The answers of one country in plain sentences: each question as the law's entry asks it, and the answer."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.arithmetic import ends
from tierengine.engines.form import Bounds, Facts, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.law.entries import Criterion, Judgement
from tierengine.law.rulebook import Law
from tierengine.terms.bounds import in_words
from tierengine.terms.level import LEVELS
from tierengine.terms.tier import NAMES

PLACEMENT_QUESTIONS = {
    LAST_REPORT: "Where did the last report place the country?",
    LIMIT: "How do the country's years on the Tier 2 Watch List bind this report?",
}

_PLACEMENT_ANSWERS: dict[str, str] = {str(tier): name for tier, name in NAMES.items()} | {
    "SC": "Special case, not ranked"
}

_LIMIT_ANSWERS: dict[str, str] = {
    "none": "They do not bind it",
    "waiver or 3": "They are full: Tier 3 unless the downgrade is waived",
    "3": "They are full and the waiver is spent: Tier 3",
    "not WL": "The one year after a downgrade is over: not on the watch list again",
}


def leaf_name(field: str) -> str:
    """Return the name under which a dossier answers an input."""
    return field.removeprefix("last_").removeprefix("rating/").removeprefix("judged/") if "/" in field else field


def question(law: Law, field: str) -> str:
    """Return the question that an input answers."""
    if field in PLACEMENT_QUESTIONS:
        return PLACEMENT_QUESTIONS[field]
    if field.startswith("last_rating/"):
        return f"For the last report: {judgement(law, field).question}"
    return judgement(law, field).question if field.startswith("rating/") else law.indicator(field).asks


def judgement(law: Law, field: str) -> Judgement:
    """Return the open words of which an input is the rating."""
    found = law.judges[leaf_name(field)].judgement
    assert found is not None
    return found


def answer(law: Law, field: str, value: Value | Bounds) -> str:
    """Return a value of an input in words: yes or no, a number with its unit, a rating with what it means."""
    if field == LAST_REPORT:
        return f"{_PLACEMENT_ANSWERS[str(value)]}."
    if field == LIMIT:
        return f"{_LIMIT_ANSWERS[str(value)]}."
    if field.startswith(("rating/", "last_rating/")):
        level = LEVELS[rank_of(value)]
        return f"Rated {level}: {judgement(law, field).rubric[level]}"
    return f"{counted(law, field, value)}."


def counted(law: Law, field: str, value: Value | Bounds) -> str:
    """Return a value of an indicator in words, a number or its bounds with the unit."""
    unit = law.indicator(field).unit
    least, most = ends(value) if unit else (0, 0)
    number = least if most is None else most
    return plain(value) + (f" {unit.removesuffix('s') if number == 1 else unit}" if unit else "")


def rank_of(value: Value | Bounds) -> int:
    """Return the rank of a rating, which never has bounds."""
    assert not isinstance(value, Bounds)
    return int(value)


def ranged(law: Law, field: str, first: Value, last: int | None = None) -> str:
    """Return an answer in words without its full stop; for a count, every number from the first to the last.

    A range without a last number has no end.
    """
    indicator = law.indicators_by_id.get(field)
    if indicator is None or indicator.type != "count":
        return answer(law, field, first).rstrip(".")
    if first == last:
        return counted(law, field, first)
    return f"{first} or more {indicator.unit}" if last is None else f"{first} to {last} {indicator.unit}"


def asked_by(law: Law, field: str) -> Criterion | None:
    """Return the criterion that asks for an input; nothing for a placement."""
    if field.startswith(("rating/", "judged/", "last_rating/")):
        return law.judges[leaf_name(field)]
    return next((each for each in law.criteria if any(field == own.id for own in each.indicators)), None)


def plain(value: Value | Bounds) -> str:
    """Return yes or no for a truth, bounds in words, and anything else as it is."""
    if isinstance(value, Bounds):
        words = in_words(value.at_least if value.at_least or value.at_most is None else None, value.at_most)
        return words[:1].upper() + words[1:]
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)


def sentence(law: Law, field: str, value: Value | Bounds) -> str:
    """Return one answer with its question, and the name under which a dossier gives it."""
    return f"{question(law, field)} {answer(law, field, value)} [{leaf_name(field)}]"


def sentences(law: Law, facts: Facts) -> tuple[str, ...]:
    """Return the answers of a country in the order in which the statute asks for them."""
    return tuple(sentence(law, field, facts[field]) for field in _with_compared(law) if field in facts)


def in_order(law: Law) -> Iterator[str]:
    """Yield every input that is asked for, in the order of the statute; placements come last.

    What is compared is not among them, since the two numbers are asked for.
    """
    yield from (field for field in _with_compared(law) if not _compared(law, field))


def _compared(law: Law, field: str) -> bool:
    indicator = law.indicators_by_id.get(field)
    return indicator is not None and indicator.compared is not None


def _with_compared(law: Law) -> Iterator[str]:
    """Every input that an answer can be given to, also what is compared, which may be answered directly."""
    for criterion in law.criteria:
        yield from (indicator.id for indicator in criterion.indicators)
        if criterion.judgement is not None:
            yield f"rating/{criterion.judgement.id}"
    yield from PLACEMENT_QUESTIONS
