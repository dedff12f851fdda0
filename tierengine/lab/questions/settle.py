"""Planning what to collect: which questions settle the tier, how far each one narrows it, and which are pointless.

A question is an unknown input: an indicator that no record answers, an open word that nobody has rated, an unknown
placement. A set of questions settles a tier if for some answers to them every completion reaches it.

Which questions are needed whatever the answers turn out to be is no search: they are those that are not pointless. For
each of them there is a completion in which it alone decides, so none can be left out; and changing pointless answers
one after another never changes the tier, so no other is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import z3

from tierengine.engines.form import Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, presumed
from tierengine.engines.proof import Case, Solver
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.inquiry import Answer, Inquiry
from tierengine.lab.questions.smallest import MOST, Listed, at_most, smallest
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.assessment import LawUsed, Subject
from tierengine.reasoning.words import asked_by, leaf_name, question, ranged, sentence
from tierengine.terms.tier import Tier

_PLACEMENTS = frozenset({LAST_REPORT, LIMIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An open question, in the law's own words."""

    id: str
    """The name under which a dossier answers it."""
    asks: str
    criterion: str | None
    citation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Some answers to a question, and the tiers that stay open once one of them is given."""

    answer: str
    tiers: tuple[Tier | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """How far one question by itself narrows the tiers."""

    question: Question
    branches: tuple[Branch, ...]
    worst: int
    """How many tiers stay open after the least helpful answer."""
    average: float
    """How many stay open on average, each branch counted once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlingSet:
    """Questions that can settle the tier, with answers that do."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """The smallest sets of questions of which some answers settle one tier."""

    tier: Tier | None
    """`None` for a country that is on no list."""
    size: int
    sets: tuple[SettlingSet, ...]
    """Those with the questions that narrow most come first."""
    whole: bool
    """False where there are more sets of this size than are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPresumption:
    """A presumption that the statute draws if data are requested and not provided."""

    criterion: str
    title: str
    citation: str
    says: str
    data: tuple[Question, ...]
    """The open questions that ask for those data."""
    needs: tuple[Question, ...]
    """What else is not known and decides whether the presumption is drawn."""
    bears: bool
    """Whether some completion has another tier with the presumption than without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPlan:
    """What would settle an open case."""

    subject: Subject
    law: LawUsed
    open_tiers: tuple[Tier | None, ...]
    """`None` for a country that is on no list."""
    settling: tuple[Settling, ...]
    """By the tier that is settled, the best first."""
    whatever: tuple[Question, ...]
    """The questions that settle the tier whatever the answers are; none of them can be left out."""
    narrowing: tuple[Narrowing, ...]
    """The same questions, the one that narrows most first."""
    pointless: tuple[Question, ...]
    """Questions of which no answer can change the tier, whatever the others are."""
    presumptions: tuple[DataPresumption, ...]


def settle(casefile: Casefile, rulebook: Rulebook, as_of: date | None = None) -> CollectionPlan:
    """Return what would settle the tier of a dossier under the law in force on a date (its own, if none is given).

    Raise what `assess` raises, and `UndecidedError` if the solver gives up.
    """
    law = law_of(casefile, rulebook, as_of)
    inquiry = Inquiry(law, admit(casefile, law).facts)
    rows = inquiry.open_rows()
    decisive = matters(inquiry) if len(rows) > 1 else ()
    narrowing = tuple(sorted(narrowings(inquiry, rows, decisive), key=lambda each: (each.worst, each.average)))
    order = [each.question.id for each in narrowing]
    government = casefile.dossier.government
    return CollectionPlan(
        subject=Subject(country=government.country, name=government.name),
        law=LawUsed(as_of=law.as_of, digest=law.digest),
        open_tiers=tuple(row.tier for row in rows),
        settling=tuple(settling(inquiry, row, order) for row in rows if len(rows) > 1),
        whatever=tuple(asked(law, name) for name in decisive),
        narrowing=narrowing,
        pointless=tuple(asked(law, name) for name in inquiry.unknown if name not in decisive),
        presumptions=tuple(data_presumptions(inquiry)),
    )


def asked(law: Law, field: str) -> Question:
    """Return the question that an input answers, with the criterion that asks it."""
    criterion = asked_by(law, field)
    return Question(
        id=leaf_name(field),
        asks=question(law, field),
        criterion=criterion.id if criterion else None,
        citation=str(criterion.citation) if criterion else None,
    )


# -- which questions matter ----------------------------------------------------------------------------------------


def matters(inquiry: Inquiry) -> tuple[str, ...]:
    """Return the open questions that alone change the tier in some completion; of the others none ever does."""
    this, other = inquiry.case, Case(inquiry.form, "other")
    solver = Solver(this, other)
    solver.add(*this.gives(inquiry.facts), *other.gives(inquiry.facts))
    differs = {name: this.values[name] != other.values[name] for name in inquiry.unknown}
    solver.add(at_most(differs.values(), 1))
    solver.add(z3.Or(*(this.shown[row.id] != other.shown[row.id] for row in inquiry.law.tiers)))
    found: set[str] = set()
    while (model := solver.find()) is not None:
        name = next(name for name in differs if z3.is_true(model.eval(differs[name], model_completion=True)))
        found.add(name)
        solver.add(z3.Not(differs[name]))
    return tuple(name for name in inquiry.unknown if name in found)


# -- how far each narrows ------------------------------------------------------------------------------------------


def narrowings(inquiry: Inquiry, rows: tuple[TierRow, ...], names: tuple[str, ...]) -> Iterator[Narrowing]:
    """Yield how far each question narrows the open rows; answers that leave the same rows are told as one."""
    for name in names:
        left = [(each, _left(inquiry, rows, name, each.value)) for each in inquiry.answers(name)]
        branches = tuple(_branches(inquiry, name, left))
        counts = [len(branch.tiers) for branch in branches]
        yield Narrowing(
            question=asked(inquiry.law, name),
            branches=branches,
            worst=max(counts),
            average=sum(counts) / len(counts),
        )


Left = tuple[Answer, tuple[TierRow, ...]]


def _left(inquiry: Inquiry, rows: tuple[TierRow, ...], name: str, value: Value) -> tuple[TierRow, ...]:
    """The rows that stay open once a question is answered; none if no completion gives that answer."""
    case, given = inquiry.case, inquiry.case.answers(name, value)

    def stays(row: TierRow) -> bool:
        # Most answers leave a known completion where it is; placements bind one another, so the solver is asked.
        if name not in _PLACEMENTS and row.id in inquiry.reached({**inquiry.witnesses[row.id], name: value}):
            return True
        return inquiry.solver.find(given, case.shown[row.id]) is not None

    return tuple(row for row in rows if stays(row))


def _branches(inquiry: Inquiry, name: str, left: list[Left]) -> Iterator[Branch]:
    for rows, same in groupby((each for each in left if each[1]), key=lambda each: each[1]):
        answers = [answer for answer, _ in same]
        tiers = tuple(row.tier for row in rows)
        if inquiry.fields[name].type == "count":
            yield Branch(answer=ranged(inquiry.law, name, int(answers[0].value), answers[-1].last), tiers=tiers)
        else:
            words = (ranged(inquiry.law, name, each.value) for each in answers)
            yield Branch(answer=" or: ".join(words), tiers=tiers)


# -- what settles --------------------------------------------------------------------------------------------------


def settling(inquiry: Inquiry, row: TierRow, order: list[str]) -> Settling:
    """Return the smallest sets of questions that can settle a row; `order` ranks the questions."""
    listed = Listed.of(settling_answers(inquiry, row.id), MOST)
    places = {name: place for place, name in enumerate(order)}

    def by_rank(answers: Mapping[str, Value]) -> list[int]:
        return sorted(places.get(leaf_name(name), len(places)) for name in answers)

    return Settling(
        tier=row.tier,
        size=len(listed.found[0]),
        sets=tuple(
            SettlingSet(
                questions=tuple(leaf_name(name) for name in answers),
                answers=tuple(_in_words(inquiry, answers)),
            )
            for answers in sorted(listed.found, key=by_rank)
        ),
        whole=listed.whole,
    )


def settling_answers(inquiry: Inquiry, row: str) -> Iterator[dict[str, Value]]:
    """Yield, for each smallest set of questions that can settle a row, answers that do: every completion reaches it."""
    case, free = Case(inquiry.form, "answers", partly=True), inquiry.unknown
    solver = Solver(case)
    solver.add(*case.gives(inquiry.facts), z3.Not(case.refuted[row]))
    for name in free:
        solver.add(z3.Or(*(case.answers(name, each.value) for each in inquiry.answers(name)), z3.Not(case.known[name])))

    def given(model: z3.ModelRef) -> dict[str, Value]:
        read = case.read(model)
        return {name: read[name] for name in free if name in read}

    def objection(model: z3.ModelRef) -> z3.BoolRef | None:
        astray = _astray(inquiry, row, given(model))
        if astray is None:
            return None
        return z3.Or(*(z3.And(case.known[name], z3.Not(case.answers(name, value))) for name, value in astray.items()))

    for model in smallest(solver, {name: case.known[name] for name in free}, objection):
        yield given(model)


def _astray(inquiry: Inquiry, row: str, answers: Mapping[str, Value]) -> dict[str, Value] | None:
    """As few answers of a completion as keep every case with them off a row; nothing if all completions reach it."""
    case = inquiry.case
    model = inquiry.solver.find(*case.gives(answers), z3.Not(case.shown[row]))
    if model is None:
        return None
    completion = case.read(model)
    rest = {name: _like(inquiry, name, completion[name]) for name in inquiry.unknown if name not in answers}
    whole: dict[str, Value] = {**rest, **answers}
    kept = dict(whole)
    for name in whole:
        fewer = {other: value for other, value in kept.items() if other != name}
        if inquiry.engine.evaluate({**inquiry.facts, **fewer}).settled.get(row) is False:
            kept = fewer
    if kept.keys() & _PLACEMENTS:  # the answer to one may exclude answers to the other, which no rule knows
        kept |= {name: whole[name] for name in _PLACEMENTS & whole.keys()}
    return kept


def _like(inquiry: Inquiry, name: str, value: Value) -> Value:
    """The first answer that no rule tells apart from one, unless other unknown counts are compared with it."""
    if inquiry.fields[name].type != "count" or len(inquiry.linked(name, inquiry.facts)) > 1:
        return value
    return inquiry.range_of(name, int(value)).value


def _in_words(inquiry: Inquiry, answers: Mapping[str, Value]) -> Iterator[str]:
    for name, value in answers.items():
        alone = len(inquiry.linked(name, inquiry.facts) & answers.keys()) == 1
        if inquiry.fields[name].type == "count" and not name.startswith("rating/") and alone:
            told = ranged(inquiry.law, name, value, inquiry.range_of(name, int(value)).last)
            yield f"{question(inquiry.law, name)} {told}. [{leaf_name(name)}]"
        else:
            yield sentence(inquiry.law, name, value)


# -- what is presumed ----------------------------------------------------------------------------------------------


def data_presumptions(inquiry: Inquiry) -> Iterator[DataPresumption]:
    """Yield each presumption from data not provided that may still be drawn."""
    case, solver = inquiry.case, inquiry.solver
    for criterion in inquiry.law.criteria:
        rule = criterion.presumption
        if rule is None or rule.requests is None or solver.find(case.shown[presumed(criterion.id)]) is None:
            continue
        inputs = {part.indicator for part in rule.when.walk() if part.indicator is not None}
        yield DataPresumption(
            criterion=criterion.id,
            title=criterion.title,
            citation=str(rule.citation),
            says=rule.says,
            data=tuple(asked(inquiry.law, name) for name in _data(criterion, inputs) if name in inquiry.unknown),
            needs=tuple(asked(inquiry.law, name) for name in inquiry.unknown if name in inputs),
            bears=_bears(inquiry, criterion),
        )


def _data(criterion: Criterion, inputs: set[str]) -> Iterator[str]:
    """The numbers of what the government did, which is what a request for data asks for."""
    for indicator in criterion.indicators:
        if indicator.effort and indicator.type == "count" and indicator.id not in inputs:
            yield indicator.id


def _bears(inquiry: Inquiry, criterion: Criterion) -> bool:
    """Whether the presumption alone changes the tier in some completion of what the criterion's presumption asks."""
    rule = criterion.presumption
    assert rule is not None
    turning = {part.indicator for part in rule.when.walk() if part.indicator is not None}
    this, other = inquiry.case, Case(inquiry.form, "presumed")
    solver = Solver(this, other)
    solver.add(*this.gives(inquiry.facts), *other.gives(inquiry.facts))
    solver.add(*(this.values[name] == other.values[name] for name in inquiry.fields if name not in turning))
    solver.add(other.shown[presumed(criterion.id)], z3.Not(this.shown[presumed(criterion.id)]))
    return solver.find(z3.Or(*(this.shown[row.id] != other.shown[row.id] for row in inquiry.law.tiers))) is not None
