"""Finds what is unsound in a rulebook whose files can each be read: between entries, and between dates."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tierengine.errors import Problem
from tierengine.law.conditions import LEVEL_WORDS, Condition
from tierengine.law.coverage import citations, unknown_names, unlisted
from tierengine.law.derivations import circles, derived
from tierengine.law.entries import (
    LAST_YEAR,
    Carrying,
    Clause,
    Coherence,
    Conclusion,
    Criterion,
    Entry,
    Given,
    Indicator,
    Route,
    TierRow,
)
from tierengine.law.rulebook import Law, Rulebook
from tierengine.law.section import of_each
from tierengine.terms.bounds import Measured
from tierengine.terms.citation import Citation
from tierengine.terms.scalars import whole
from tierengine.terms.tier import TIERS
from tierengine.yamlfile import Document, Path_

MOST_ATOMS = 16
"""Findings the tier table may rest on; every settled combination of them is tried."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and where it stands."""

    entry: Entry
    section: str
    document: Document
    path: Path_

    def problem(self, what: str, cure: str, *path: str | int) -> Problem:
        """Return a problem with a part of this entry."""
        return Problem(where=self.document.where(*self.path, *path), what=what, cure=cure)


def lint(rulebook: Rulebook, placed: list[Placed]) -> list[Problem]:
    """Return every problem between the entries of a rulebook, save those of `lint_tiers`, in the order of its files."""
    problems = [problem for item in placed for problem in _alone(item)]
    problems += _overlaps(placed)
    problems += _gaps(placed)
    vocabulary = Vocabulary.of(rulebook)
    problems += [problem for item in placed for problem in _references(item, vocabulary)]
    problems += _declared_twice(placed)
    problems += _unused(placed)
    problems += _idle(placed)
    problems += _open_words(rulebook, placed)
    if problems:
        return problems
    problems += _circles(placed)
    problems += _ledger(rulebook, placed)
    problems += _never_asked(rulebook, placed)
    problems += _derived_from_itself(rulebook, placed)
    if problems:
        return problems
    spans = rulebook.covered()
    if not spans:
        day = max(entry.in_force.from_ for entry in rulebook.entries()) if placed else None
        missing = rulebook.select(day).missing() if day else ("everything",)
        return [
            Problem(
                where="rules/",
                what="on no date is the law whole; on the last, missing: " + ", ".join(missing),
                cure="add what is missing, with the dates on which it is in force",
            )
        ]
    for law in rulebook.whole_laws():
        problems += _tiers_lacking(law, placed)
        problems += _marks(law, placed)
    return problems


def lint_tiers(rulebook: Rulebook, placed: list[Placed]) -> list[Problem]:
    """Return a problem for each version of the law whose tier table does not place every settled case once."""
    problems: list[Problem] = []
    sound: set[tuple[int, ...]] = set()
    for law in rulebook.whole_laws():
        table = tuple(id(entry.when) for entry in law.conditional())  # which versions of the law often share
        if table not in sound:
            found = list(_one_tier(law, placed))
            problems += found
            sound |= set() if found else {table}
    return problems


def lint_alone(item: Placed) -> Iterator[Problem]:
    """Yield what is wrong with one entry by itself, save what it asks of others."""
    yield from _alone(item)


def lint_references(item: Placed, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield what one entry asks for and nothing in a rulebook is called."""
    yield from _references(item, vocabulary)


def lint_conditions(placed: list[Placed]) -> Iterator[Problem]:
    """Yield what no condition asks for any more, and conditions that ask for each other in a circle."""
    yield from _unused(placed)
    yield from _idle(placed)
    yield from _circles(placed)


def lint_ledger(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Yield provisions that the ledger of the statute does not list, and names in it that nothing has."""
    yield from _ledger(rulebook, placed)


# -- the ledger of the statute ---------------------------------------------------------------------------------


def _ledger(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Provisions that the ledger does not list, and names in the ledger that nothing has; no ledger, no check."""
    if not rulebook.clauses:
        return
    places = {(item.entry.id, item.entry.in_force.from_): item for item in placed}
    unknown = ((entry.id, entry.in_force.from_, path, usc) for entry, path, usc in unlisted(rulebook))
    for name, first, path, usc in dict.fromkeys(unknown):
        yield places[name, first].problem(
            f"the ledger of the statute does not list {usc}",
            "correct the citation, or add the clause to rules/coverage.yaml",
            *path,
        )
    for clause, name in unknown_names(rulebook):
        yield places[clause.id, clause.in_force.from_].problem(
            f"nothing in force as long as this clause is called `{name}`",
            "name an entry, indicator, judgement or interpretation that is in force all that time",
            "by",
        )


# -- one entry alone -------------------------------------------------------------------------------------------


def _alone(item: Placed) -> Iterator[Problem]:
    for path, citation in citations(item.entry):
        yield from _citation(item, citation, path)
    if isinstance(item.entry, Criterion):
        yield from _request_log(item, item.entry)
        yield from _file_name(item, item.entry)
        yield from _examples(item, item.entry)
    if isinstance(item.entry, Carrying):
        yield from _carried_examples(item, item.entry)
    if isinstance(item.entry, Coherence):
        yield from _both_examples(item, item.entry)
    else:
        yield from _comparing(item)


def _citation(item: Placed, citation: Citation, path: Path_) -> Iterator[Problem]:
    if citation.authority == "statute":
        for name in ("tvpa", "usc"):
            if getattr(citation, name) is None:
                yield item.problem(
                    f"the statute is cited without `{name}`",
                    "give the provision under both of its numbers, `tvpa` and `usc`",
                    *path,
                )
    elif citation.source is None:
        yield item.problem(
            f"{citation.authority} is cited without its `source`",
            "name the document, or who made the choice, under `source`",
            *path,
        )


def _request_log(item: Placed, criterion: Criterion) -> Iterator[Problem]:
    """Indicators that the log of requests is to answer and that the criterion does not declare."""
    log = criterion.presumption.requests if criterion.presumption is not None else None
    declared = {indicator.id for indicator in criterion.indicators if indicator.type == "truth"}
    for key, name in (("requested", log.requested), ("provided", log.provided)) if log is not None else ():
        if name not in declared:
            yield item.problem(
                f"the log of requests is to answer `{name}`, which this criterion does not declare as a truth",
                "name one of its indicators of type truth",
                *("presumption", "requests", key),
            )


def _file_name(item: Placed, criterion: Criterion) -> Iterator[Problem]:
    expected = f"criteria/{criterion.id}/{criterion.in_force.from_}.yaml"
    if item.document.name != expected:
        yield item.problem(
            f"this criterion stands in {item.document.name}",
            f"name the file after its id and its first day in force: {expected}",
            "id",
        )


def _examples(item: Placed, criterion: Criterion) -> Iterator[Problem]:
    lacking = {"met", "not met", "undetermined"} - {example.expect for example in criterion.examples}
    for outcome in sorted(lacking):
        yield item.problem(
            f"no example expects `{outcome}`", "add one; each outcome needs at least one example", "examples"
        )


def _both_examples(item: Placed, rule: Coherence) -> Iterator[Problem]:
    for word in sorted({"coherent", "contradiction"} - {example.expect for example in rule.examples}):
        what = f"no example expects `{word}`"
        yield item.problem(what, "add one; a rule of coherence has a case on both sides", "examples")


def _carried_examples(item: Placed, rule: Carrying) -> Iterator[Problem]:
    for word in sorted({"taken", "left"} - {example.expect for example in rule.examples}):
        what = f"no example expects `{word}`"
        yield item.problem(what, "add one; a rule of carrying has a case on both sides", "examples")
    for number, example in enumerate(rule.examples):
        found = "taken" if rule.carries(example) else "left"
        if found != example.expect:
            what = f"the example `{example.name}` expects `{example.expect}`, and it is {found}"
            yield item.problem(what, "correct the rule or the example", "examples", number, "expect")


def _comparing(item: Placed) -> Iterator[Problem]:
    """Comparisons of two counts where nothing may compare them but a rule of coherence."""
    for path, outermost in _outermost(item.entry):
        for condition in outermost.walk():
            if condition.no_more_than is not None:
                yield item.problem(
                    "two counts are compared outside a rule of coherence",
                    "declare an indicator that is `compared`, and ask for that",
                    *path,
                    *outermost.path_to(condition),
                )


# -- dates -----------------------------------------------------------------------------------------------------


def _overlaps(placed: list[Placed]) -> Iterator[Problem]:
    seen: dict[str, list[Placed]] = {}
    for item in placed:
        for other in seen.get(item.entry.id, []):
            if item.entry.in_force.overlaps(other.entry.in_force):
                place = other.document.where(*other.path, "id")
                yield item.problem(
                    f"`{item.entry.id}` is in force twice on the same day, here and at {place}",
                    "let one end (`until`) on the day the other begins (`from`)",
                    "in_force",
                )
        seen.setdefault(item.entry.id, []).append(item)


def _gaps(placed: list[Placed]) -> Iterator[Problem]:
    """Versions of one provision that do not join, and changes of which no Act is named."""
    versions: dict[str, list[Placed]] = {}
    for item in placed:
        versions.setdefault(item.entry.id, []).append(item)
    for items in versions.values():
        if isinstance(items[0].entry, Clause):
            continue  # the ledger follows the provisions, and these name their Acts
        items.sort(key=lambda item: item.entry.in_force.from_)
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            yield from _joint(item, following)
            if number and item.entry.change is None:
                yield item.problem(
                    f"`{item.entry.id}` changes on {item.entry.in_force.from_}, and no Act is named",
                    "add `change` with the `act` (Public Law and section) and what it `says`",
                    "in_force",
                )


def _joint(item: Placed, following: Placed | None) -> Iterator[Problem]:
    """What is wrong between the end of one version and the beginning of the next."""
    entry = item.entry
    if following is None:
        if entry.in_force.until is not None and entry.struck is None:
            yield item.problem(
                f"`{entry.id}` ends on {entry.in_force.until}, and no Act is named",
                "add `struck` with the `act` (Public Law and section) and what it `says`, or the version that follows",
                "in_force",
            )
        return
    if entry.in_force.until is not None and entry.in_force.until < following.entry.in_force.from_:
        yield following.problem(
            f"`{entry.id}` is not in force from {entry.in_force.until} until {following.entry.in_force.from_}",
            "let this version begin on the day the one before ends, or add the version between them",
            "in_force",
        )
    if entry.struck is not None:
        yield item.problem(
            f"`{entry.id}` is `struck`, and a version follows", "move it to the `change` of that version", "struck"
        )


# -- references ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name that a condition may ask for: of a rulebook whatever its date, or of the law of one date."""

    indicators: Mapping[str, Indicator]
    judgements: Mapping[str, Criterion]
    findings: Mapping[str, Criterion]
    conclusions: frozenset[str]

    @staticmethod
    def of_law(law: Law) -> Vocabulary:
        """Return the names that the law of a date declares; they are kept with it."""
        found = law.kept.get("vocabulary")
        if not isinstance(found, Vocabulary):
            found = law.kept["vocabulary"] = Vocabulary.of(law)
        return found

    @staticmethod
    def of(entries: Rulebook | Law) -> Vocabulary:
        """Return the names that the entries of a rulebook or a law declare."""
        return Vocabulary(
            indicators={i.id: i for criterion in entries.criteria for i in criterion.indicators},
            judgements={c.judgement.id: c for c in entries.criteria if c.judgement is not None},
            findings={criterion.id: criterion for criterion in entries.criteria},
            conclusions=frozenset(entry.id for entry in (*entries.conclusions, *entries.tiers)),
        )


def all_below(names: Iterable[str], below: Mapping[str, Iterable[str]]) -> set[str]:
    """Return some names, and all on which they rest by what stands directly below each."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += below.get(name, ())
    return found


def conditions(entry: Entry) -> Iterator[tuple[Path_, Condition]]:
    """Yield every condition on which a finding rests, however deep, with its path in the entry; no proposal's."""
    for path, outermost in _outermost(entry):
        for below, condition in outermost.placed:
            yield (*path, *below), condition


def asked_by(entry: Entry) -> Iterator[Condition]:
    """Yield every condition on which a finding rests, however deep; no proposal's."""
    for _, condition in _outermost(entry):
        yield from condition.walk()


def _outermost(entry: Entry) -> Iterator[tuple[Path_, Condition]]:
    if isinstance(entry, Criterion):
        for number, rung in enumerate(entry.rules):
            yield ("rules", number, "when"), rung.when
        if entry.presumption is not None:
            yield ("presumption", "when"), entry.presumption.when
    elif isinstance(entry, Conclusion | TierRow | Route):
        yield ("when",), entry.when


def _of_coherence(entry: Entry) -> Iterator[tuple[Path_, Condition]]:
    """Yield the conditions of a rule of coherence. They decide nothing, and so are no part of what entries ask."""
    if isinstance(entry, Coherence):
        if entry.when is not None:
            yield ("when",), entry.when
        yield ("then",), entry.then


def _references(item: Placed, vocabulary: Vocabulary) -> Iterator[Problem]:
    for path, outermost in (*_outermost(item.entry), *_of_coherence(item.entry)):
        for condition in outermost.walk():
            complaint = complaint_of(condition, vocabulary)
            if condition.last_rating is not None:
                what = "a rating of the last report is asked for, which only a proposal may do"
                complaint = what, "ask for it under `proposal`, or ask for this year's rating with `judgement`"
            if complaint is not None:
                yield item.problem(*complaint, *path, *outermost.path_to(condition))
    if isinstance(item.entry, Criterion):
        yield from _indicators(item, item.entry, vocabulary)
        yield from _of_examples(item, item.entry.examples, vocabulary)
    if isinstance(item.entry, Coherence):
        yield from _of_examples(item, item.entry.examples, vocabulary)
    if isinstance(item.entry, Carrying):
        yield from _of_carrying(item, item.entry, vocabulary)


def _of_carrying(item: Placed, rule: Carrying, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Indicators that a rule of carrying names wrongly, or whose answers cannot be carried as it says."""
    acts = {name for indicator in vocabulary.indicators.values() for name in indicator.shown_by}
    of_two_years = {indicator.last_year_of for indicator in vocabulary.indicators.values()}
    if rule.becomes != "a question" and not rule.indicators:
        yield item.problem("the rule names no indicator", "list those whose answers are carried so", "becomes")
    for number, name in enumerate(rule.indicators):
        indicator, where = vocabulary.indicators.get(name), ("indicators", number)
        if indicator is None:
            yield item.problem(*unknown("indicator", name, vocabulary.indicators), *where)
        elif rule.becomes == "a figure of last year" and name not in of_two_years:
            yield item.problem(f"no indicator asks for the figure of the year before of `{name}`", "remove it", *where)
        elif rule.becomes == "a standing record" and (name in acts or name in of_two_years or indicator.looks_back):
            what = f"`{name}` speaks of an act or a count of its period, and does not stand"
            yield item.problem(what, "remove it; let another rule make a question of it", *where)
        elif rule.kinds and not set(rule.kinds) & {*indicator.kinds, "commitment", "statement"}:
            yield item.problem(f"`{name}` takes no record of these kinds", "remove it, or add a kind it takes", *where)


_Complaint = tuple[str, str] | None


def complaint_of(condition: Condition, vocabulary: Vocabulary) -> _Complaint:
    """Return what is wrong with what a single condition asks for, and how it is mended; nothing if nothing is."""
    look_up = _REFERENCES.get(condition.operator)
    return look_up(condition, vocabulary) if look_up else None


def unknown(word: str, name: str, known: Iterable[str]) -> tuple[str, str]:
    """Return that nothing of a sort has a name, and the nearest name that there is."""
    near = difflib.get_close_matches(name, known, n=1)
    return (
        f"no {word} is called `{name}`",
        f"did you mean `{near[0]}`?" if near else f"ask for a {word} that exists, or declare this one",
    )


def _of_indicator(condition: Condition, vocabulary: Vocabulary) -> _Complaint:
    indicator = vocabulary.indicators.get(condition.name)
    if indicator is None:
        return unknown("indicator", condition.name, vocabulary.indicators)
    if condition.no_more_than is not None:
        return _of_two(indicator, condition.no_more_than, vocabulary)
    number = condition.at_least or condition.at_most
    if (number is not None) != (indicator.type == "count"):
        wanted = "`at_least` or `at_most`" if indicator.type == "count" else "`is`"
        return f"`{indicator.id}` is a {indicator.type} and is compared otherwise", f"compare it with {wanted}"
    if number is not None:
        return _of_number(number, condition)
    words = ("true", "false") if indicator.type == "truth" else indicator.choices
    if condition.is_ not in words:
        return f"`{indicator.id}` is never `{condition.is_}`", f"write one of: {', '.join(words)}"
    return None


def _of_number(number: str, condition: Condition) -> _Complaint:
    """What is wrong with the number that a count is compared with."""
    if not _is_whole(number):
        return f"`{number}` is not a whole number", "write digits only"
    if condition.at_least is not None and int(number) < 1:
        return f"every `{condition.name}` is at least {number}", "ask for 1 or more, or leave the condition out"
    return None


def _of_two(indicator: Indicator, other: str, vocabulary: Vocabulary) -> _Complaint:
    """What is wrong with a comparison of two counts."""
    second = vocabulary.indicators.get(other)
    if second is None:
        return unknown("indicator", other, vocabulary.indicators)
    for side in (indicator, second):
        if side.type != "count" or side.compared is not None:
            return f"`{side.id}` is no recorded count", "compare two recorded counts"
    return None if indicator is not second else (f"`{other}` is compared with itself", "compare two counts")


def _of_rating(condition: Condition, vocabulary: Vocabulary) -> _Complaint:
    return _level_of("judgement", condition, vocabulary.judgements)


def _of_finding(condition: Condition, vocabulary: Vocabulary) -> _Complaint:
    return _level_of("finding", condition, vocabulary.findings)


def _level_of(word: str, condition: Condition, known: Mapping[str, Criterion]) -> _Complaint:
    criterion = known.get(condition.name)
    if criterion is None:
        return unknown(word, condition.name, known)
    levels = [level for level in LEVEL_WORDS if level in criterion.scale]
    if condition.at_least is not None and condition.at_least not in levels:
        return f"`{condition.at_least}` is no level of `{criterion.id}`", f"write one of: {', '.join(levels)}"
    return None


def _of_conclusion(condition: Condition, vocabulary: Vocabulary) -> _Complaint:
    known = condition.name in vocabulary.conclusions
    return None if known else unknown("conclusion", condition.name, vocabulary.conclusions)


def _of_placement(condition: Condition, _vocabulary: Vocabulary) -> _Complaint:
    answers = Law.PLACEMENTS.get(condition.name)
    if answers is None:
        return f"no placement is called `{condition.name}`", f"write one of: {', '.join(Law.PLACEMENTS)}"
    if condition.is_ not in answers:
        return f"`{condition.is_}` is no {_PLACEMENT_WORDS[condition.name]}", f"write one of: {', '.join(answers)}"
    return None


_PLACEMENT_WORDS = {"last_report": "placement", "limit": "limit"}


_REFERENCES: dict[str, Callable[[Condition, Vocabulary], _Complaint]] = {
    "indicator": _of_indicator,
    "judgement": _of_rating,
    "last_rating": _of_rating,
    "finding": _of_finding,
    "conclusion": _of_conclusion,
    "placement": _of_placement,
}


def _is_whole(word: str) -> bool:
    try:
        whole(word)
    except ValueError:
        return False
    return True


def _indicators(item: Placed, criterion: Criterion, vocabulary: Vocabulary) -> Iterator[Problem]:
    for number, indicator in enumerate(criterion.indicators):
        for key, complaint in _of_declaration(indicator, vocabulary):
            yield item.problem(*complaint, "indicators", number, *key)


def _of_declaration(indicator: Indicator, vocabulary: Vocabulary) -> Iterator[tuple[Path_, tuple[str, str]]]:
    """What is wrong with the declaration of an indicator, and at which of its keys."""
    if vocabulary.indicators[indicator.id].type != indicator.type:
        yield (
            (),
            (
                f"the indicator `{indicator.id}` is declared elsewhere with another type",
                "declare it once, or give it a name of its own",
            ),
        )
    if indicator.compared is not None:
        for name in (indicator.compared.greater, indicator.compared.than):
            side = vocabulary.indicators.get(name)
            if side is None:
                yield ("compared",), unknown("indicator", name, vocabulary.indicators)
            elif side.type != "count" or side.compared is not None:
                yield ("compared",), (f"`{name}` cannot be compared", "compare two recorded counts")
    yield from _of_other_years(indicator, vocabulary)
    for key, named in (("denied_with", indicator.denied_with), ("shown_by", indicator.shown_by)):
        for name in named:
            other = vocabulary.indicators.get(name)
            if other is None:
                yield (key,), unknown("indicator", name, vocabulary.indicators)
            elif {other.type, indicator.type} != {"truth"}:
                yield (key,), (f"`{name}` and `{indicator.id}` are not both truths", f"name truths under `{key}`")
    shown = {name: each.shown_by for name, each in vocabulary.indicators.items()} if indicator.shown_by else {}
    if indicator.id in all_below(indicator.shown_by, shown):
        yield ("shown_by",), (f"`{indicator.id}` would show itself", "leave a name out, so that no answer shows itself")
    if indicator.stated is not None and not _fits(indicator, indicator.stated):
        yield (
            ("stated",),
            (f"nobody can state `{indicator.stated}`", f"write an answer that a {indicator.type} can have"),
        )
    if indicator.when_silent is not None and not _fits(indicator, indicator.when_silent.reads_as):
        yield (
            ("when_silent",),
            (
                f"silence cannot be read as `{indicator.when_silent.reads_as}`",
                f"write an answer that a {indicator.type} can have",
            ),
        )


def _of_other_years(indicator: Indicator, vocabulary: Vocabulary) -> Iterator[tuple[Path_, tuple[str, str]]]:
    """A figure of the year before that is counted otherwise than the figure of the year."""
    if indicator.last_year_of is None:
        return
    this = vocabulary.indicators.get(indicator.last_year_of)
    if this is None:
        yield ("last_year_of",), unknown("indicator", indicator.last_year_of, vocabulary.indicators)
    elif (this.type, this.unit, this.combine) != (indicator.type, indicator.unit, indicator.combine):
        yield (
            ("last_year_of",),
            (
                f"`{indicator.id}` is not counted as `{this.id}` is",
                "give both the same `type`, `unit` and `combine`",
            ),
        )


def _of_examples(item: Placed, examples: Iterable[Given], vocabulary: Vocabulary) -> Iterator[Problem]:
    for number, example in enumerate(examples):
        for key, complaint in complaints(example, vocabulary):
            yield item.problem(*complaint, "examples", number, *key)


def complaints(given: Given, vocabulary: Vocabulary) -> Iterator[tuple[Path_, tuple[str, str]]]:
    """Yield what is wrong with what is given of a country, and how it is mended, with the key at which it stands."""
    for name, word in given.indicators.items():
        indicator = vocabulary.indicators.get(name)
        if indicator is None:
            yield ("indicators", name), unknown("indicator", name, vocabulary.indicators)
        elif not _is_given(indicator, word, vocabulary):
            wanted = {"truth": "`true` or `false`", "count": "a whole number, or bounds"}.get(indicator.type)
            complaint = (
                f"`{name}` is a {indicator.type} and is given `{word}`",
                f"write {wanted or 'one of: ' + ', '.join(indicator.choices)}",
            )
            yield ("indicators", name), complaint
    for key, word, known in (
        ("judgements", "judgement", vocabulary.judgements),
        ("last_ratings", "judgement", vocabulary.judgements),
        ("findings", "finding", vocabulary.findings),
        ("conclusions", "conclusion", vocabulary.conclusions),
    ):
        for name in getattr(given, key):
            if name not in known:
                yield (key, name), unknown(word, name, known)
    for key, answers in Law.PLACEMENTS.items():
        answer = getattr(given, key)
        if answer is not None and answer not in answers:
            yield (key,), (f"`{answer}` is no {_PLACEMENT_WORDS[key]}", f"write one of: {', '.join(answers)}")


def _declared_twice(placed: list[Placed]) -> Iterator[Problem]:
    """Indicators and judgements that two criteria declare for the same day."""
    seen: dict[str, list[tuple[Placed, Criterion]]] = {}
    for item in placed:
        if not isinstance(item.entry, Criterion):
            continue
        criterion = item.entry
        names: list[tuple[str, Path_]] = [(i.id, ("indicators", n)) for n, i in enumerate(criterion.indicators)]
        if criterion.judgement is not None:
            names.append((criterion.judgement.id, ("judgement", "id")))
        for name, path in names:
            for other, declared in seen.get(name, []):
                if declared.id != criterion.id and declared.in_force.overlaps(criterion.in_force):
                    yield item.problem(
                        f"`{name}` is declared a second time, first by `{declared.id}` in {other.document.name}",
                        "declare it once and ask for it from both, or give it a name of its own",
                        *path,
                    )
            seen.setdefault(name, []).append((item, criterion))


def _asked_by(entry: Entry) -> set[str]:
    """The indicators that an entry asks for, in its conditions or to compare them."""
    asked = {condition.name for condition in asked_by(entry) if condition.indicator}
    if isinstance(entry, Criterion):
        asked |= {n for i in entry.indicators if i.compared for n in (i.compared.greater, i.compared.than)}
    return asked


def _unused(placed: list[Placed]) -> Iterator[Problem]:
    """Indicators that no rule asks for, unless they say so, and those that say so and are asked for."""
    askers: dict[str, list[Entry]] = {}
    for item in placed:
        for name in _asked_by(item.entry):
            askers.setdefault(name, []).append(item.entry)
    for item in placed:
        if isinstance(item.entry, Criterion):
            for number, indicator in enumerate(item.entry.indicators):
                used = any(item.entry.in_force.overlaps(asker.in_force) for asker in askers.get(indicator.id, []))
                if indicator.background == used:
                    yield item.problem(
                        f"a rule asks for the background indicator `{indicator.id}`"
                        if indicator.background
                        else f"no rule asks for the indicator `{indicator.id}`",
                        "remove `background: true`"
                        if indicator.background
                        else "ask for it in a rule, mark it `background: true`, or remove it",
                        "indicators",
                        number,
                    )


def _idle(placed: list[Placed]) -> Iterator[Problem]:
    """Findings and conclusions that no entry asks for while they are in force: nothing follows from them."""
    askers: dict[str, list[Entry]] = {}
    for item in placed:
        for condition in asked_by(item.entry):
            if condition.finding or condition.conclusion:
                askers.setdefault(condition.name, []).append(item.entry)
    for item in placed:
        word = {"criteria": "finding", "conclusions": "conclusion"}.get(item.section)
        asked = (asker for asker in askers.get(item.entry.id, []) if asker.id != item.entry.id)
        if word and not any(asker.in_force.overlaps(item.entry.in_force) for asker in asked):
            yield item.problem(
                f"no rule asks for the {word} `{item.entry.id}`", "ask for it in a rule, or remove the entry", "id"
            )


def _open_words(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Open words of the statute in the question of a criterion that leaves them to no judgement."""
    for item in placed:
        criterion = item.entry
        if not isinstance(criterion, Criterion):
            continue
        judgement = criterion.judgement
        left = " ".join((*judgement.words, judgement.question)).lower() if judgement is not None else ""
        listed = (entry for entry in rulebook.open_words if entry.in_force.overlaps(criterion.in_force))
        for word in dict.fromkeys(word for entry in listed for word in entry.words):
            if _stands_in(word, criterion.question) and not _stands_in(word, left):
                yield item.problem(
                    f"the question uses the open word `{word}`, and no judgement names it",
                    "leave it to a person under `judgement`, whose `words` or `question` name it",
                    "question",
                )


def _stands_in(word: str, text: str) -> bool:
    word, text = word.lower(), text.lower()
    return word in text and re.search(rf"\b{re.escape(word)}\b", text) is not None


def _fits(indicator: Indicator, word: str) -> bool:
    if indicator.type == "count":
        return _is_whole(word)
    return word in (("true", "false") if indicator.type == "truth" else indicator.choices)


def _is_given(indicator: Indicator, given: Measured, vocabulary: Vocabulary) -> bool:
    """Whether an answer can be given to an indicator: a word, a number, bounds, or how it stands to last year."""
    if not isinstance(given, str):
        return indicator.type == "count"
    than = vocabulary.indicators.get(indicator.compared.than) if indicator.compared is not None else None
    return _fits(indicator, given) or (than is not None and than.looks_back and given in LAST_YEAR)


# -- circles ---------------------------------------------------------------------------------------------------


def _circles(placed: list[Placed]) -> Iterator[Problem]:
    """Entries that ask for each other in a circle, each circle named once, at one of its entries."""
    asks = {
        item.entry.id: sorted({c.name for c in asked_by(item.entry) if c.finding or c.conclusion}) for item in placed
    }
    done: set[str] = set()
    for item in placed:
        circle = _circle_from(item.entry.id, asks, [], done)
        if circle:
            done.update(circle)
            yield item.problem(
                "these ask for each other in a circle: " + " -> ".join(f"`{name}`" for name in circle),
                "remove one of the references, so that each rests on what is decided before it",
                "id",
            )


def _circle_from(name: str, asks: Mapping[str, list[str]], way: list[str], done: set[str]) -> list[str]:
    if name in way:
        return [*way[way.index(name) :], name]
    if name in done:
        return []
    for asked in asks.get(name, []):
        circle = _circle_from(asked, asks, [*way, name], done)
        if circle:
            return circle
    done.add(name)
    return []


# -- coherence ---------------------------------------------------------------------------------------------------


def _never_asked(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Rules of coherence of which on no date every question is asked."""
    applied = {rule.id for law in rulebook.whole_laws() for rule in law.coherence}
    for item in placed:
        if isinstance(item.entry, Coherence) and item.entry.id not in applied:
            yield item.problem(
                f"on no day on which `{item.entry.id}` is in force are all its questions asked",
                "ask for what is in force at one time, or correct the dates",
                "id",
            )


def _derived_from_itself(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Rules of coherence that together derive an answer from itself, each circle named once."""
    places = {(item.entry.id, item.entry.in_force.from_): item for item in placed}
    derives = of_each(derived)
    found = {circle: None for law in rulebook.whole_laws() for circle in _named(circles(law.coherence, derives))}
    for names in found:
        first = min(names)
        yield places[first].problem(
            "these rules derive an answer from itself: " + ", ".join(f"`{name}`" for name, _ in names),
            "remove one; where two questions always have the same answer, ask one of them",
            "id",
        )


def _named(found: Iterable[tuple[Coherence, ...]]) -> Iterator[tuple[tuple[str, date], ...]]:
    for rules in found:
        yield tuple(sorted((rule.id, rule.in_force.from_) for rule in rules))


# -- certainty ---------------------------------------------------------------------------------------------------


def _marks(law: Law, placed: list[Placed]) -> Iterator[Problem]:
    """Every pair of Admiralty marks that a record may carry has one certainty, or is set aside."""
    place = next(item for item in placed if item.section == "certainties" and item.entry.in_force.holds(law.as_of))
    listed = Counter(mark for table in law.certainties for marks in table.levels.values() for mark in marks)
    every = {reliability + credibility for reliability in "ABCDEF" for credibility in "123456"}
    aside = [rule.sets_aside for rule in law.admissions]
    refused = {m for m in every if {"reliability": (m[0],)} in aside or {"credibility": (m[1],)} in aside}
    for what, marks in (
        ("have no certainty", every - refused - set(listed)),
        ("are no marks", set(listed) - every),
        ("have more than one certainty", {mark for mark, times in listed.items() if times > 1}),
    ):
        if marks:
            yield place.problem(
                f"these {what}: {', '.join(sorted(marks))}",
                "list each pair of reliability A-F and credibility 1-6 under one certainty",
                "levels",
            )


# -- the tier table --------------------------------------------------------------------------------------------


def _first_row(law: Law, placed: list[Placed]) -> Placed:
    return next(item for item in placed if item.section == "tiers" and item.entry.in_force.holds(law.as_of))


def _tiers_lacking(law: Law, placed: list[Placed]) -> Iterator[Problem]:
    """Every tier that the law knows has a row of the tier table."""
    # Before there was a special watch list, no tier rested on it.
    needed = [tier for tier in TIERS if law.routes or tier != "2WL"]
    lacking = [tier for tier in needed if tier not in {row.tier for row in law.tiers}]
    if lacking:
        what = f"the tier table has no row for tier {', '.join(lacking)}"
        yield _first_row(law, placed).problem(what, "add the row", "id")


def _one_tier(law: Law, placed: list[Placed]) -> Iterator[Problem]:
    """Every settled combination of findings has exactly one row of the tier table."""
    place = _first_row(law, placed)
    # Conclusions taken as free include every case there is, so a table that holds for them holds.
    if _ill_placed(law, sorted({_atom(inner) for row in law.tiers for inner in row.when.walk() if inner.name})) is None:
        return
    atoms = sorted({atom for row in law.tiers for atom in _atoms(law, row.when)})
    if len(atoms) > MOST_ATOMS:
        yield place.problem(
            f"the tier table rests on {len(atoms)} findings, more than {MOST_ATOMS}",
            "gather some of them in a criterion",
            "id",
        )
        return
    found = _ill_placed(law, atoms)
    if found is not None:
        case, rows = found
        held = ", ".join(f"{name}{' ' + level if level else ''}" for (name, level), truth in case.items() if truth)
        which = " and ".join(f"`{row.id}`" for row in rows) or "no row"
        places = {(item.entry.id, item.entry.in_force.from_): item for item in placed}
        last = rows[-1] if rows else place.entry
        yield places[last.id, last.in_force.from_].problem(
            f"one case gets {which}: these are met: {held or 'none'}; every other is not",
            "change the conditions so that each case has exactly one tier",
            "when",
        )


_Atom = tuple[str, str]


def _ill_placed(law: Law, atoms: list[_Atom]) -> tuple[dict[_Atom, bool], list[TierRow]] | None:
    """A settled case that has no row or several, with its rows; nothing if each case has exactly one."""
    if len(atoms) > MOST_ATOMS:
        return {}, []
    cases = _Cases(law, atoms)
    placed = [cases.of(row.when) for row in law.tiers]
    wrong = _so_many(2, placed, cases.every) | (cases.every ^ _so_many(1, placed, cases.every))
    if not wrong:
        return None
    first = wrong & -wrong
    held = {atom: bool(found & first) for atom, found in cases.met.items()}
    return held, [row for row, found in zip(law.tiers, placed, strict=True) if found & first]


class _Cases:
    """Every settled combination of some findings, each a bit of a number, so that all are tried at once.

    The lowest bit is the case in which all are met, the next that in which all but the last are, and so on. This is
    plain two-valued logic, apart from the engines.
    """

    def __init__(self, law: Law, atoms: list[_Atom]) -> None:
        self._law = law
        self.every = (1 << (1 << len(atoms))) - 1
        # A finding is met in as many cases on end as those after it have, then not met in as many, and so on.
        on_end = (1 << after for after in reversed(range(len(atoms))))
        self.met = {atom: self.every // ((1 << many) + 1) for atom, many in zip(atoms, on_end, strict=True)}

    def of(self, condition: Condition) -> int:
        """Return the cases in which a condition holds."""
        if condition.name and _atom(condition) in self.met:
            return self.met[_atom(condition)]
        if condition.conclusion is not None:
            return self.of(_conclusion(self._law, condition.conclusion))
        held = [self.of(part) for part in condition.parts]
        return self.every ^ held[0] if condition.not_ is not None else _so_many(condition.needed, held, self.every)


def _so_many(least: int, sets: Iterable[int], every: int) -> int:
    """The cases that lie in so many of some sets, or in more."""
    counted = [every, *(0 for _ in range(least))]
    for one in sets:
        for number in range(least, 0, -1):
            counted[number] |= counted[number - 1] & one
    return counted[least]


def _atoms(law: Law, condition: Condition) -> Iterator[_Atom]:
    for inner in condition.walk():
        if inner.conclusion is not None:
            yield from _atoms(law, _conclusion(law, inner.conclusion))
        elif inner.name:
            yield _atom(inner)


def _atom(condition: Condition) -> _Atom:
    return condition.name, condition.at_least or condition.at_most or condition.is_ or ""


def _conclusion(law: Law, name: str) -> Condition:
    return next(entry.when for entry in law.conditional() if entry.id == name)
