"""Planning what to collect: which questions settle the tier, how far each one narrows it, and which are pointless.

A question is an unknown input: an indicator that no record answers, an open word that nobody has rated, an unknown
placement. A set of questions settles a tier if for some answers to them every completion reaches it.

Which questions are needed whatever the answers turn out to be: for each of them there is a completion in which it alone
decides, so none can be left out, and once they are answered no other changes the tier. A question beside them need not
be pointless: its answer may bind others, such as the number of the year before where an increase is denied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import compress, groupby

from tierengine.engines.form import Value
from tierengine.engines.logic import FALSE, Term, all_of, any_of, implies, negate, same, variable
from tierengine.engines.lowering import judged, presumed, rating
from tierengine.engines.proof import rules_on_findings, together
from tierengine.engines.solver import Model, Solver
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.decisive import Decisive
from tierengine.lab.questions.inquiry import Answer, Inquiry
from tierengine.lab.questions.smallest import MOST, Listed, chosen, smallest
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.assessment import LawUsed, Subject
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
    """The answers, in words."""
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
    """The questions, by the names under which a dossier answers them."""
    answers: tuple[str, ...]
    """Answers to them that settle the tier, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """The smallest sets of questions of which some answers settle one tier."""

    tier: Tier | None
    """`None` for a country that is on no list."""
    size: int
    """How many questions each set holds."""
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
        presumptions=tuple(data_presumptions(inquiry, differences)),
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
        self._solver = self._this.solver(self._this.definitions, self._other.follows)
        self._solver.add(*self._this.gives(fixed), *self._other.gives(fixed))
        self._same = {name: self._answered_alike(name) for name in inquiry.unknown}
        self._alike = {name: variable(f"alike:{name}") for name in inquiry.unknown}
        """That two answers are held alike; where it does not hold they may be so by chance."""
        self._solver.add(*(implies(alike, self._same[name]) for name, alike in self._alike.items()))
        self._alone: tuple[str, ...] = ()
        """The questions of which it was found that another answer alone leads to another row."""
        self._moved = any_of(
            negate(same(self._this.shown[row.id], self._other.shown[row.id])) for row in inquiry.law.tiers
        )
        """The two stand in different rows."""
        for name in sorted(inquiry.fields.keys() - fixed.keys()):
            if name not in self._alike and not name.startswith("judged/"):
                self._solver.add(self._this.values[name].alike(self._other.values[name]))

    def _answered_alike(self, name: str) -> Term:
        names = (name, judged(leaf_name(name))) if name.startswith("rating/") else (name,)
        return all_of(self._this.values[each].alike(self._other.values[each]) for each in names)

    def alone(self) -> Iterator[str]:
        """Yield each question of which another answer alone, all else being equal, leads to another row."""
        seen = {each.question for row, each in self._inquiry.nearby if row not in each.rows}
        with self._solver.supposing(*self._other.coherence.values(), self._moved):
            for name in self._alike:
                if name in seen or self._solver.has(*self._all_alike(but={name})):
                    yield name

    def deciding(self) -> tuple[str, ...]:
        """Return a smallest set of questions whose answers, whatever they are, decide the row."""
        needed = self._alone = tuple(self.alone())
        chooser, picks = Solver(), {name: variable(f"pick:{name}") for name in self._alike if name not in needed}

        def objection(model: Model) -> Term | None:
            agreed = (self._alike[name] for name in (*needed, *chosen(model, picks)))
            pair = self._solver.find(*self._other.coherence.values(), self._moved, *agreed)
            if pair is None:
                return None
            return any_of(picks[name] for name in picks if not pair.holds(self._same[name]))

        beside = chosen(next(smallest(chooser, picks, objection)), picks)
        return tuple(name for name in self._alike if name in needed or name in beside)

    def pointless(self) -> Iterator[str]:
        """Yield the questions of which no answer changes which rows are open, whatever else is answered.

        An answer may also bind other answers, by a rule of coherence. So a question is passed over if it leads to
        another row together with any of those that are bound to it, or to what a rule about findings forbids.
        """
        form, moving = self._inquiry.form, set(self._alone)
        on_findings = rules_on_findings(form)
        answers = [term for name, term in self._other.coherence.items() if name not in on_findings]
        broken = [negate(term) for name, term in self._other.coherence.items() if name in on_findings]
        groups = tuple(together(form, self._alike))
        by_themselves = self._alike.keys() - frozenset().union(*groups)
        with self._solver.supposing(*answers, any_of((self._moved, *broken))):
            for bound in (*groups, *({name} for name in self._alike if name in by_themselves)):
                differ = {name: negate(self._same[name]) for name in self._same if name in bound - moving}
                with self._solver.supposing(*self._all_alike(but=bound)):
                    moving.update(compress(differ, self._solver.which([*differ.values()], sure=True)))
        yield from (name for name in self._alike if name not in moving)

    def presuming(self, criterion: Criterion, asked_for: Collection[str]) -> bool:
        """Whether a presumption alone changes the tier in some completion that answers otherwise what it asks for.

        No open word is then rated by anybody.
        """
        unrated = {judged(name): False for name in self._inquiry.unrated}
        drawn = self._other.shown[presumed(criterion.id)], self._this.not_shown(presumed(criterion.id))
        flags = (*self._this.gives(unrated), *self._other.gives(unrated))
        alike = self._all_alike(but=asked_for)
        return self._solver.has(*self._other.coherence.values(), self._moved, *flags, *drawn, *alike)

    def _all_alike(self, *, but: Collection[str]) -> list[Term]:
        return [alike for name, alike in self._alike.items() if name not in but]


# -- how far each narrows ------------------------------------------------------------------------------------------


def narrowings(inquiry: Inquiry, names: Collection[str]) -> Iterator[Narrowing]:
    """Yield how far each question narrows the rows open on the facts; answers that leave the same are given as one."""
    for name, left in inquiry.left_open(names).items():
        branches = tuple(_branches(inquiry, name, zip(inquiry.answers(name), left, strict=True)))
        counts = [len(branch.tiers) for branch in branches]
        yield Narrowing(
            question=asked(inquiry.law, name),
            branches=branches,
            worst=max(counts),
            average=sum(counts) / len(counts),
        )


Left = tuple[Answer, tuple[TierRow, ...]]


def _branches(inquiry: Inquiry, name: str, left: Iterable[Left]) -> Iterator[Branch]:
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
    listed = settling_answers(inquiry, row.id)
    ranks = {name: rank for rank, name in enumerate(order)}
    places = {name: place for place, name in enumerate(inquiry.unknown)}

    def by_rank(answers: Mapping[str, Value]) -> tuple[list[int], list[int]]:
        return sorted(ranks.get(leaf_name(name), len(ranks)) for name in answers), [places[name] for name in answers]

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


def settling_answers(
    inquiry: Inquiry, row: str, among: Collection[str] | None = None, *, most: int = MOST
) -> Listed[dict[str, Value]]:
    """Return, for each smallest set of questions that can settle a row, answers that do: every completion reaches it.

    `among` names the questions that may be asked; without it, all may. The answers that the solver proposes are tried
    against a completion that leads elsewhere, as long as there is one; from then on they go against what decides there.

    Source: Previti, Ignatiev, Morgado and Marques-Silva, Prime compilation of non-clausal formulae (IJCAI 2015).
    """
    settled = inquiry.once(_Settled)
    left_out = (negate(asked) for name, asked in settled.asked.items() if among is not None and name not in among)
    with settled.solver.supposing(inquiry.whole.shown[row], *left_out):
        found = Listed.of(smallest(settled.solver, settled.asked, partial(settled.objection, row)), most)
        return Listed(tuple(settled.answers(model) for model in found.found), found.whole)


class _Settled:
    """A completion, and the questions whose answers in it are given."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._decisive = inquiry.once(Decisive)
        self._case = inquiry.whole
        self.asked = {name: variable(f"asked:{name}") for name in inquiry.unknown}
        self._rated = {judged(name): self.asked.get(rating(name), FALSE) for name in inquiry.unrated}
        """Whether a word that nobody has rated is judged: only by an answer to the question about it."""
        self._denied: dict[Term, Term] = {}
        """Of each side of an answer that decided, the term that what is answered goes against it."""
        self.solver = self._case.solver()
        self.solver.add(*self._case.gives(inquiry.fixed))
        for flag, term in self._rated.items():
            self.solver.add(same(self._case.answers(flag, value=True), term))
        for name, asked in self.asked.items():
            scale = self._case.values[name]
            self.solver.add(implies(asked, scale.at_most(scale.places - 1)))

    def answers(self, model: Model) -> dict[str, Value]:
        """Return the answers that are given in a found case."""
        return {name: self._case.value(model, name) for name in chosen(model, self.asked)}

    def objection(self, row: str, model: Model) -> Term | None:
        """Return the term that what is answered goes against a completion that leads elsewhere; nothing if none does.

        It goes against the completion if it gives another answer to a question that decides there, or if it rates a
        word, or rates none, where it decides there that nobody did, or somebody.
        """
        answers = self.answers(model)
        astray = self._inquiry.find(negate(self._case.shown[row]), answers=answers)
        if astray is None:
            return None
        sides = self._decisive.sides(astray)
        if not (self._inquiry.stands_alone(answers) or self._decisive.go_along(sides)):
            return self._other_than(model)
        given = {*answers, *chosen(model, self._rated)}
        return any_of(self._against(*each) for each in self._decisive.of(sides, given, row))

    def _against(self, name: str, side: Term) -> Term:
        """What is answered goes against a side of an answer."""
        if name in self._rated:
            return negate(side)
        if side not in self._denied:
            self._denied[side] = all_of((self.asked.get(name, FALSE), negate(side)))
        return self._denied[side]

    def _other_than(self, model: Model) -> Term:
        """Anything else is asked, or any answer is another."""
        scales = {name: self._case.values[name] for name in self.answers(model)}
        kept = (
            self._against(name, side) for name, scale in scales.items() for side in scale.sides(scale.lies_at(model))
        )
        return any_of((*kept, *(negate(term) if model.holds(term) else term for term in self.asked.values())))


def _in_words(inquiry: Inquiry, answers: Mapping[str, Value]) -> Iterator[str]:
    for name, value in answers.items():
        alone = len(inquiry.linked(name, inquiry.facts) & answers.keys()) == 1
        if inquiry.fields[name].type == "count" and not name.startswith("rating/") and alone:
            says = ranged(inquiry.law, name, value, inquiry.range_of(name, int(value)).last)
            yield f"{question(inquiry.law, name)} {says}. [{leaf_name(name)}]"
        else:
            yield sentence(inquiry.law, name, value)


# -- what is presumed ----------------------------------------------------------------------------------------------


def data_presumptions(inquiry: Inquiry, differences: Differences) -> Iterator[DataPresumption]:
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
            bears=differences.presuming(criterion, inputs),
        )


def _data(criterion: Criterion, inputs: set[str]) -> Iterator[str]:
    """The numbers of what the government did, which is what a request for data asks for."""
    for indicator in criterion.indicators:
        if indicator.effort and indicator.type == "count" and indicator.id not in inputs:
            yield indicator.id
