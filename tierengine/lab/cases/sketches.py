"""Sketches: a country described in plain sentences, each a question of the law with its answer."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.form import Bounds, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, last_rated, rating, read_value
from tierengine.law.entries import Given
from tierengine.law.rulebook import Law
from tierengine.reasoning.words import answer, question
from tierengine.terms.level import LEVELS, rank


def sketch(law: Law, given: Given, differs: str) -> str:
    """Describe a country, and mark the answer that differs from another's; its other findings are listed by level."""
    sentences = dict(_sentences(law, given))
    findings = [name for name in sentences if name in given.findings and name != differs]
    found: list[str] = []
    for level in LEVELS:
        titles = [law.criterion(name).title for name in findings if given.findings[name] == level]
        found += [f"Found {level}: {'; '.join(titles)}."] if titles else []
    parts = (
        f"{each} This is what it turns on." if name == differs else each
        for name, each in sentences.items()
        if name not in findings
    )
    return " ".join(["A country.", *found, *parts])


def sketch_of_other(law: Law, given: Given, differs: str) -> str:
    """Describe a country that differs from the one before in one answer."""
    return f"The same country, but for one answer: {dict(_sentences(law, given))[differs]}"


def _sentences(law: Law, given: Given) -> Iterator[tuple[str, str]]:
    """Each answer by its name, in the order of the statute; what is worked out from others comes after them."""
    for criterion in law.criteria:
        for indicator in criterion.indicators:
            if indicator.id in given.indicators:
                yield indicator.id, _in_words(law, indicator.id, read_value(indicator, given.indicators[indicator.id]))
        judgement = criterion.judgement
        if judgement is not None and judgement.id in given.judgements:
            yield judgement.id, _in_words(law, rating(judgement.id), rank(given.judgements[judgement.id]))
        if judgement is not None and judgement.id in given.last_ratings:
            rated = last_rated(judgement.id)
            yield rated, _in_words(law, rated, rank(given.last_ratings[judgement.id]))
        if criterion.id in given.findings:
            level = given.findings[criterion.id]
            yield criterion.id, f"{criterion.title}: {level}. {criterion.scale[level]}"
    for entry in law.conditional():
        if entry.id in given.conclusions:
            held = "It holds" if given.conclusions[entry.id] else "It does not hold"
            yield entry.id, f"{held} that {entry.says}."
    for field, word in ((LAST_REPORT, given.last_report), (LIMIT, given.limit)):
        if word is not None:
            yield field, _in_words(law, field, word)


def _in_words(law: Law, field: str, value: Value | Bounds) -> str:
    return f"{question(law, field)} {answer(law, field, value)}"
