"""Single answers about a country, as examples and cases give them, and the inputs that they become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tierengine.engines.arithmetic import decide
from tierengine.engines.form import Bounds, Facts, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged, last_rated, rating, reached, read_value
from tierengine.law.entries import Criterion, Given
from tierengine.law.linter import Vocabulary, complaints
from tierengine.law.rulebook import Law
from tierengine.reasoning.coherence import Coherent, filled_in
from tierengine.reasoning.words import leaf_name
from tierengine.reasoning.years import denied
from tierengine.terms.level import rank
from tierengine.yamlfile import Path_

Complaint = tuple[Path_, tuple[str, str]]
"""The key at which something is wrong, and what is wrong with its cure."""


def facts_of(law: Law, given: Given, judges: Iterable[str]) -> Iterator[tuple[str, Value | Bounds]]:
    """Yield the inputs that single answers give: a finding is given as the levels it reaches.

    `judges` names the judgements of which it is known whether a person has rated them: of a whole country, all.
    """
    answers = {name: read_value(law.indicator(name), word) for name, word in given.indicators.items()}
    yield from (answers | denied(law, answers)).items()
    for name in judges:
        yield judged(name), name in given.judgements
    for name, level in given.judgements.items():
        yield rating(name), rank(level)
    for name, level in given.findings.items():
        for rung in law.criterion(name).rules:
            yield reached(name, rung.level), rank(level) >= rank(rung.level)
    yield from given.conclusions.items()
    for name, level in given.last_ratings.items():
        yield last_rated(name), rank(level)
    if given.last_report is not None:
        yield LAST_REPORT, given.last_report
    if given.limit is not None:
        yield LIMIT, given.limit


def whole_facts(law: Law, given: Given) -> dict[str, Value | Bounds]:
    """Return the inputs that single answers about a whole country give, with what follows from them."""
    facts = dict(facts_of(law, given, law.judges))
    return filled_in(facts, _coherent(law, given).follows(facts))


def incoherent(given: Given, law: Law, facts: Facts) -> Iterator[Complaint]:
    """Yield the rules of coherence that fail on single answers, with one of the answers that contradict each other.

    `facts` are the whole facts that the answers give.
    """
    for found in _coherent(law, given).contradictions(facts):
        names = [leaf_name(name).split("/", maxsplit=1)[0] for name in found.inputs]
        paths: list[tuple[str, ...]] = [
            (key, name) for key in _GIVEN for name in dict.fromkeys(names) if name in getattr(given, key)
        ]
        paths += [(key,) for key in law.PLACEMENTS if key in names and getattr(given, key) is not None]
        path: Path_ = paths[0] if paths else ()
        answers = " and ".join(f"`{each[-1]}`" for each in paths) or "what is given"
        what = f"{answers} cannot be so: {found.rule.says} ({found.rule.id})"
        yield path, (what, f"give a case that can be; {found.rule.because}")


_GIVEN = ("indicators", "judgements", "findings", "conclusions")


def _coherent(law: Law, given: Given) -> Coherent:
    return Coherent.of(law, frozenset((*given.findings, *given.conclusions)))


def unfit(given: Given, law: Law) -> Iterator[Complaint]:
    """Yield what cannot be given of a country under the law of a date."""
    yield from complaints(given, Vocabulary.of_law(law))
    for name, word in given.indicators.items():
        indicator = law.indicators_by_id.get(name)
        if indicator is None:
            continue
        if indicator.type == "count" and isinstance(word, str) and word.startswith("-"):
            yield ("indicators", name), (f"`{name}` is a count and is given `{word}`", "write 0 or more")
        elif indicator.compared is not None:
            sides = (indicator.compared.greater, indicator.compared.than)
            numbers = [read_value(law.indicator(n), given.indicators[n]) for n in sides if n in given.indicators]
            decided = decide(*numbers) if len(numbers) == len(sides) else None
            if decided is not None and decided != read_value(indicator, word):
                says = f"`{name}` is given `{word}`, and `{sides[0]}` and `{sides[1]}` say otherwise"
                yield ("indicators", name), (says, "correct one of the three; the two numbers are enough")
    yield from _off_the_scale("judgements", given.judgements, law.judges)
    yield from _off_the_scale("last_ratings", given.last_ratings, law.judges)
    yield from _off_the_scale("findings", given.findings, law.criteria_by_id)


def _off_the_scale(key: str, levels: Mapping[str, str], known: Mapping[str, Criterion]) -> Iterator[Complaint]:
    """Levels that a criterion does not have."""
    for name, level in levels.items():
        criterion = known.get(name)
        if criterion is not None and level not in criterion.scale:
            yield (
                (key, name),
                (f"`{level}` is no level of `{criterion.id}`", f"write one of: {', '.join(criterion.scale)}"),
            )
