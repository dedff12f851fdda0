"""Planning what to collect: which questions settle the tier, how far each one narrows it, and which are pointless.

A question is an unknown input: an indicator that no record answers, an open word that nobody has rated, an unknown
placement. A set of questions settles a tier if for some answers to them every completion reaches it.

Which questions are needed whatever the answers turn out to be: for each of them there is a completion in which it alone
decides, so none can be left out, and once they are answered no other changes the tier. A question beside them need not
be pointless: its answer may bind others, such as the number of the year before where an increase is denied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from tierengine.engines.form import Form, Value
from tierengine.engines.logic import FALSE, Term, all_of, any_of, at_most, implies, negate, same, variable
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged, presumed, rating
from tierengine.engines.proof import asked_by_rules, joined, looks_at_findings, taken_together, together
from tierengine.engines.solver import Model, Solver, Template
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.inquiry import Answer, Inquiry
from tierengine.lab.questions.smallest import MOST, Listed, chosen, smallest
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.assessment import LawUsed, Subject
from tierengine.reasoning.open_tiers import answered
from tierengine.reasoning.words import asked_by, leaf_name, question, ranged, sentence
from tierengine.terms.tier import Tier


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
    differences = Differences(inquiry)
    decisive = differences.deciding() if len(rows) > 1 else ()
    narrowing = tuple(sorted(narrowings(inquiry, decisive), key=lambda each: (each.worst, each.average)))
    order = [each.question.id for each in narrowing]
    government = casefile.dossier.government
    return CollectionPlan(
        subject=Subject(country=government.country, name=government.name),
        law=LawUsed(as_of=law.as_of, digest=law.digest),
        open_tiers=tuple(row.tier for row in rows),
        settling=tuple(settling(inquiry, row, order) for row in rows if len(rows) > 1),
        whatever=tuple(asked(law, name) for name in decisive),
        narrowing=narrowing,
        pointless=tuple(asked(law, name) for name in differences.pointless()),
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


class Differences:
    """Two completions of the same facts, and the questions that they answer differently.

    To a question about an open word the answers are: nobody rates it, or a person rates it so.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._this, self._other = inquiry.case("this", cases=2), inquiry.case("other", cases=2)
        fixed = inquiry.fixed
        self._solver = Solver(self._this.definitions, self._other.follows)
        self._solver.add(*self._this.gives(fixed), *self._other.gives(fixed))
        self._differ = {name: self._otherwise(name) for name in inquiry.unknown}
        for name in inquiry.fields.keys() - fixed.keys():
            if name not in self._differ and not name.startswith("judged/"):
                self._solver.add(self._this.values[name].alike(self._other.values[name]))

    def _otherwise(self, name: str) -> Term:
        names = (name, judged(leaf_name(name))) if name.startswith("rating/") else (name,)
        return negate(all_of(self._this.values[each].alike(self._other.values[each]) for each in names))

    @property
    def _rows(self) -> Term:
        """The two stand in different rows."""
        return any_of(
            negate(same(self._this.shown[row.id], self._other.shown[row.id])) for row in self._inquiry.law.tiers
        )

    def alone(self) -> Iterator[str]:
        """Yield each question of which another answer alone, all else being equal, leads to another row."""
        waiting = dict(self._differ)
        whole = (*self._other.coherence.values(), self._rows, at_most(1, self._differ.values()))
        while (model := self._solver.find(*whole, any_of(waiting.values()))) is not None:
            found = next(name for name, term in waiting.items() if model.holds(term))
            del waiting[found]
            yield found

    def deciding(self) -> tuple[str, ...]:
        """Return a smallest set of questions whose answers, whatever they are, decide the row."""
        needed = tuple(self.alone())
        chooser, picks = Solver(), {name: variable(f"pick:{name}") for name in self._differ}
        chooser.add(*(picks[name] for name in needed))

        def objection(model: Model) -> Term | None:
            agreed = (negate(self._differ[name]) for name in chosen(model, picks))
            pair = self._solver.find(*self._other.coherence.values(), self._rows, *agreed)
            if pair is None:
                return None
            return any_of(picks[name] for name, term in self._differ.items() if pair.holds(term))

        found = next(smallest(chooser, picks, objection, least=len(needed)))
        return chosen(found, picks)

    def pointless(self) -> Iterator[str]:
        """Yield the questions of which no answer changes which rows are open, whatever else is answered.

        An answer may also bind other answers, by a rule of coherence. So a question is passed over if it leads to
        another row together with any of those that are bound to it, or to what a rule about findings forbids.
        """
        groups = tuple(together(self._inquiry.form, self._differ))
        form = self._inquiry.form
        answers = [term for name, term in self._other.coherence.items() if not _on_findings(form, name)]
        broken = [negate(term) for name, term in self._other.coherence.items() if _on_findings(form, name)]
        for name, differs in self._differ.items():
            bound = next((group for group in groups if name in group), frozenset({name}))
            equal = (negate(term) for other, term in self._differ.items() if other not in bound and other != name)
            if self._solver.find(*answers, differs, *equal, any_of((self._rows, *broken))) is None:
                yield name


def _on_findings(form: Form, name: str) -> bool:
    return name in form.coherence and looks_at_findings(form, name)


# -- how far each narrows ------------------------------------------------------------------------------------------


def narrowings(inquiry: Inquiry, names: Iterable[str]) -> Iterator[Narrowing]:
    """Yield how far each question narrows the rows open on the facts; answers that leave the same are told as one."""
    for name in names:
        left = [(each, inquiry.stay_open({name: each.value})) for each in inquiry.answers(name)]
        branches = tuple(_branches(inquiry, name, left))
        counts = [len(branch.tiers) for branch in branches]
        yield Narrowing(
            question=asked(inquiry.law, name),
            branches=branches,
            worst=max(counts),
            average=sum(counts) / len(counts),
        )


Left = tuple[Answer, tuple[TierRow, ...]]


def _branches(inquiry: Inquiry, name: str, left: list[Left]) -> Iterator[Branch]:
    for rows, alike in groupby((each for each in left if each[1]), key=lambda each: each[1]):
        answers = [answer for answer, _ in alike]
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


def settling_answers(inquiry: Inquiry, row: str, among: Collection[str] | None = None) -> Iterator[dict[str, Value]]:
    """Yield, for each smallest set of questions that can settle a row, answers that do: every completion reaches it.

    `among` names the questions that may be asked; without it, all may. The answers that the solver proposes are tried
    against a completion that leads elsewhere, as long as there is one; from then on it obeys that one too.

    Source: Janota, Klieber, Marques-Silva and Clarke, Solving QBF with counterexample guided refinement (SAT 2012).
    """
    questions = [name for name in inquiry.unknown if among is None or name in among]
    settled = _Settled(inquiry, row, questions)
    for model in smallest(settled.solver, settled.asked, settled.objection):
        yield settled.answers(model)


class _Settled:
    """A completion that reaches a row, and the questions whose answers in it are given."""

    def __init__(self, inquiry: Inquiry, row: str, questions: Iterable[str]) -> None:
        self._inquiry = inquiry
        self._row = row
        self._last: Collection[str] = {""}
        self._others = tuple(sorted(inquiry.fields.keys() - inquiry.facts.keys() | inquiry.bounded))
        self._case = inquiry.case("answers")
        self.asked = {name: variable(f"asked:{name}") for name in questions}
        self.solver = Solver(self._case.definitions)
        self.solver.add(*self._case.gives(inquiry.fixed), self._case.shown[row])
        for flag, term in self._flags():
            self.solver.add(same(self._case.answers(flag, value=True), term))
        for name, asked in self.asked.items():
            scale = self._case.values[name]
            self.solver.add(implies(asked, scale.at_most(scale.places - 1)))

    def _flags(self) -> Iterator[tuple[str, Term]]:
        """Whether a word that nobody has rated is judged: only by an answer to the question about it."""
        for name in self._inquiry.unrated:
            yield judged(name), self.asked.get(rating(name), FALSE)

    def answers(self, model: Model) -> dict[str, Value]:
        """Return the answers that are given in a found case."""
        return {name: self._case.value(model, name) for name, term in self.asked.items() if model.holds(term)}

    def objection(self, model: Model) -> Term | None:
        """Return the term that what is answered holds against a completion that leads elsewhere; nothing if none does.

        Where the completion decides that the row is not reached, each answer that is given is as given, and each other
        as it was; everywhere else it is as it comes.
        """
        inquiry = self._inquiry
        answers = self.answers(model)
        near = {name: self._case.values[name].lies_at(model) for name in self._others}
        inquiry.solver.prefer(
            rise if step <= place else negate(rise)
            for name, place in near.items()
            for step, rise in enumerate(inquiry.whole.values[name].rises[1:], 1)
        )
        astray = inquiry.find(negate(inquiry.whole.shown[self._row]), answers=answers)
        if astray is None:
            return None
        if answers.keys() == self._last:
            decisive = self._decisive(answers, inquiry.whole.read(astray))
        else:
            decisive = {name for name, place in near.items() if inquiry.whole.values[name].lies_at(astray) != place}
        self._last = answers.keys()
        # What rests on no decisive question, and every word that is judged, is in the completion as in the answers.
        copied = self.solver.take(self._template, decisive)
        for name in self._others:
            if name in decisive:
                self._stays_unless_asked(name, inquiry.whole.values[name].lies_at(astray), copied)
        incoherent = (negate(copied(term)) for term in self._case.coherence.values())
        return any_of((copied(self._case.shown[self._row]), *incoherent))

    def _stays_unless_asked(self, name: str, place: int, copied: Callable[[Term], Term]) -> None:
        """Let a completion have the answer to a question that is given, if one is, and else the one at a place."""
        asked = self.asked.get(name, FALSE)
        for step, rise in enumerate(self._case.values[name].rises[1:], 1):
            there = copied(rise)
            self.solver.add(any_of((asked, there if step <= place else negate(there))))
            self.solver.add(any_of((negate(asked), negate(there), rise)), any_of((negate(asked), there, negate(rise))))

    def _decisive(self, answers: Mapping[str, Value], completion: Mapping[str, Value]) -> set[str]:
        """The questions whose answers in a completion decide that it is off the row, whatever the others are.

        They also decide every rule of coherence that asks for one of them, so that they go along with any others.
        """
        inquiry = self._inquiry
        facts = answered(inquiry.form, inquiry.facts, answers)
        kept = {
            name: value for name, value in completion.items() if name not in inquiry.facts or name in inquiry.bounded
        }
        for name in tuple(kept):
            together_with = next((group for group in self._taken if name in group), (name,))
            fewer = {other: value for other, value in kept.items() if other not in together_with}
            settled = inquiry.engine.settled({**facts, **fewer})
            if settled.get(self._row) is False and self._goes_along(fewer.keys(), settled):
                kept = fewer
        return set(kept)

    def _goes_along(self, kept: Collection[str], settled: Mapping[str, bool]) -> bool:
        """Whether every rule of coherence holds by what is kept, or asks for none of it."""
        return all(settled.get(rule) is True or asked.isdisjoint(kept) for rule, asked in self._rules.items())

    @cached_property
    def _rules(self) -> dict[str, frozenset[str]]:
        """Each rule of coherence with the questions that it asks for, directly or through findings."""
        return asked_by_rules(self._inquiry.form)

    @cached_property
    def _taken(self) -> tuple[frozenset[str], ...]:
        """What nobody answers and others show or deny, with these; and the placements, which bind one another."""
        placements = {LAST_REPORT, LIMIT} & self._inquiry.fields.keys()
        return tuple(joined((*taken_together(self._inquiry.form), placements)))

    @cached_property
    def _template(self) -> Template:
        """What holds of the country as it is once answers were given, and of each completion."""
        return Template((*self._case.follows, *self._case.gives(self._inquiry.fixed)), self._case.asks)


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
    for criterion in inquiry.law.criteria:
        rule = criterion.presumption
        if rule is None or rule.requests is None or inquiry.find(inquiry.whole.shown[presumed(criterion.id)]) is None:
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
    this, other = inquiry.case("this", cases=2), inquiry.case("presumed", cases=2)
    solver = Solver(this.definitions, other.definitions)
    solver.add(*this.gives(inquiry.facts), *other.gives(inquiry.facts))
    solver.add(*(this.values[name].alike(other.values[name]) for name in inquiry.fields if name not in turning))
    solver.add(other.shown[presumed(criterion.id)], negate(this.shown[presumed(criterion.id)]))
    moved = any_of(negate(same(this.shown[row.id], other.shown[row.id])) for row in inquiry.law.tiers)
    return solver.find(moved) is not None
