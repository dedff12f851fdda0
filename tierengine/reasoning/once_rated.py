"""One country read provisionally under each of many ratings that a person might give, all at once.

The readings differ in little: a word is rated, and what is proposed afterwards may be otherwise. So all of them are
worked out side by side, and the solver is asked about each only whether there is room for what was filled in. What
comes out is what `ProvisionalReading.read` says of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tierengine.engines.form import Bounds, Facts, Value
from tierengine.engines.logic import Term
from tierengine.engines.lowering import judged, rating
from tierengine.engines.side_by_side import Answers, Countries, SideBySide, each_of
from tierengine.errors import UndecidedError
from tierengine.law.entries import TierRow
from tierengine.reasoning.open_tiers import OpenTiers, rungs_of
from tierengine.reasoning.proposals import Proposer, Spoken
from tierengine.terms.level import rank

Rows = tuple[TierRow, ...]
Rated = Mapping[str, Answers]
"""What the ratings are in each country, and whether a person gave them."""

_FEW = 8
"""Up to so many countries, asking the solver about each takes less than trying a case on all of them."""


def rows_of_each(opened: OpenTiers, proposer: Proposer, countries: Sequence[Facts]) -> Sequence[Rows | None]:
    """Return the rows of the provisional reading of each of some countries that differ in their ratings only.

    Nothing is returned for a country in which some proposal finds no room, and for all of them if they differ in more,
    or if the solver gives up: those are to be read one by one.
    """
    facts = countries[0]
    changes = [{name: value for name, value in each.items() if facts.get(name) != value} for each in countries]
    if not all(
        _of_ratings(change) and facts.keys() <= each.keys() for change, each in zip(changes, countries, strict=True)
    ):
        return [None] * len(countries)
    filled = _Filled(opened, proposer, facts, changes)
    try:
        return _Room(opened, facts, filled).rows()
    except UndecidedError:
        return [None] * len(countries)


def _of_ratings(change: Facts) -> bool:
    """Whether only ratings are changed; no numbers are cut by them, and nothing else is answered by them."""
    return all(name.startswith((rating(""), judged(""))) for name in change)


class _Filled:
    """The country under each change, with the open words filled as they are proposed, room or no room."""

    def __init__(self, opened: OpenTiers, proposer: Proposer, facts: Facts, changes: Sequence[Facts]) -> None:
        self.countries = range(len(changes))
        self.everyone: Countries = (1 << len(changes)) - 1
        self.unsound: Countries = 0
        """The countries of which some proposition both holds and fails."""
        self.spoken: list[tuple[Spoken, Countries]] = []
        """What was filled in, with the countries in which it was."""
        self._facts = facts
        self._proposer = proposer
        self._words = {field.id for field in opened.form.inputs if field.id.startswith(judged(""))}
        self._found = SideBySide(opened.form, len(changes))
        self._proposed = SideBySide(proposer.form, len(changes))
        for name, value in facts.items():
            self._found.answer(name, {value: self.everyone})
        for name, value in proposer.given(facts).items():
            self._proposed.answer(name, {value: self.everyone})
        self._rated: dict[str, dict[Value | Bounds, Countries]] = {}
        for country, change in enumerate(changes):
            for name, value in change.items():
                self._rate(name, value, 1 << country)
        changed = {name: dict(answers) for name, answers in self._rated.items()}
        for name, answers in changed.items():
            self._found.answer(name, answers)
        self._fill()
        self.after: Rated = self._rated
        """The ratings once the words are filled."""
        self.before: Rated = {name: changed.get(name) or self._unchanged(name) for name in self._rated}
        """The same ratings before."""

    def refuted(self, row: TierRow) -> Countries:
        """Return the countries in which a row is refuted once the words are filled."""
        return self._found.refuted(row.id)

    def _unchanged(self, name: str) -> dict[Value | Bounds, Countries]:
        return {self._facts[name]: self.everyone} if name in self._facts else {}

    def _rate(self, name: str, value: Value | Bounds, countries: Countries) -> None:
        """Let a rating, or that a person gave one, be so in some countries."""
        answers = self._rated.setdefault(name, self._unchanged(name))
        for other in answers:
            answers[other] &= ~countries
        answers[value] = answers.get(value, 0) | countries

    def _fill(self) -> None:
        """Fill the open words, stage after stage."""
        for stage in self._proposer.stages:
            self._settle()
            for spoken, countries in self._proposer.spoken_in_each(stage, self._proposed, self._unrated):
                if judged(spoken.word) in self._words:
                    self.spoken.append((spoken, countries))
                    self._rate(rating(spoken.word), rank(spoken.rule.level), countries)
                    self._rate(judged(spoken.word), True, countries)
            for name in self._rated:
                self._found.answer(name, self._rated[name])
        self._found.settle()
        self.unsound |= self._found.contradicted

    def _settle(self) -> None:
        """Work out what follows from the ratings so far, and which proposals then speak."""
        self._found.settle()
        for name, answers in self._found.found(self._proposer.inputs):
            self._proposed.answer(name, answers)
        self._proposed.settle()
        self.unsound |= self._found.contradicted | self._proposed.contradicted

    def _unrated(self, word: str) -> Countries:
        """The countries in which nobody has rated a word."""
        answers = self._rated.get(judged(word)) or self._unchanged(judged(word))
        return self.everyone & ~answers.get(True, 0)


class _Room:
    """Asks the solver in which countries there is room for what was filled in, and which rows are then open.

    The countries differ in their ratings only. So the first case that is found for one of them is tried on the others,
    each with its own ratings, and the solver is asked about those that it does not fit.
    """

    def __init__(self, opened: OpenTiers, facts: Facts, filled: _Filled) -> None:
        self._form, self._tiers = opened.form, opened.law.tiers
        asked = opened.asked(facts)
        self._case, self._solver, self._reaches, self._at = asked.case, asked.solver, asked.reaches, asked.at
        self._filled = filled
        self._shared = self._case.gives({name: facts[name] for name in facts if name not in filled.after})

    def rows(self) -> list[Rows | None]:
        """Return the rows that are left to each country; nothing where some proposal finds no room."""
        rows: list[list[TierRow]] = [[] for _ in self._filled.countries]
        with self._solver.supposing(*self._shared):
            sound = self._filled.everyone & ~self._filled.unsound
            room = self._possible(sound, self._filled.before, self._levels_filled, self._as_filled)
            for row in self._tiers:
                open_still = room & ~self._filled.refuted(row)
                for country in each_of(self._possible(open_still, self._filled.after, *self._in(row))):
                    rows[country].append(row)
        return [tuple(left) if room >> country & 1 else None for country, left in enumerate(rows)]

    def _levels_filled(self, country: int) -> list[Term]:
        """The terms that each criterion has the level that was filled in."""
        return [
            self._at(each.criterion, each.rule.level) for each, where in self._filled.spoken if where >> country & 1
        ]

    def _as_filled(self, tried: SideBySide) -> Countries:
        """The countries in which each criterion has the level that was filled in."""
        found = tried.everyone
        for spoken, countries in self._filled.spoken:
            has, has_not = rungs_of(spoken.criterion, spoken.rule.level)
            for name in has:
                found &= tried.shown(name) | ~countries
            for name in has_not:
                found &= tried.refuted(name) | ~countries
        return found

    def _in(self, row: TierRow) -> tuple[Callable[[int], list[Term]], Callable[[SideBySide], Countries]]:
        """What is asked of a country in a row: the terms, and where several whole cases are in it."""
        return lambda _: [self._reaches(row)], lambda tried: tried.shown(row.id)

    def _possible(
        self,
        countries: Countries,
        rated: Rated,
        terms: Callable[[int], list[Term]],
        fits: Callable[[SideBySide], Countries],
    ) -> Countries:
        """Those of some countries of which a case, rated so, has all terms that are asked of it.

        `fits` says the same of whole cases: in which of them the terms hold.
        """
        found: Countries = 0
        trying = countries.bit_count() > _FEW
        for country in each_of(countries):
            if found >> country & 1:
                continue
            asked = [*self._given(rated, country), *terms(country)]
            if not trying:
                found |= self._solver.may_be(*asked) << country
            elif (case := self._solver.find(*asked)) is not None:
                trying = False
                tried = self._tried(self._case.read(case), rated)
                found |= 1 << country | countries & fits(tried) & self._coherent(tried)
        return found

    def _given(self, rated: Rated, country: int) -> list[Term]:
        """The terms that the ratings of a country are so."""
        return [
            self._case.answers(name, value)
            for name in rated
            if name in self._case.fields
            for value, where in rated[name].items()
            if where >> country & 1 and not isinstance(value, Bounds)  # as no rating is
        ]

    def _tried(self, answers: Facts, rated: Rated) -> SideBySide:
        """The countries with the answers of one case, each with its own ratings, and what follows from them."""
        tried = SideBySide(self._form, len(self._filled.countries))
        for name, value in answers.items():
            own = rated.get(name, {})
            others = tried.everyone & ~sum(own.values())
            tried.answer(name, {**own, value: own.get(value, 0) | others})
        tried.settle()
        return tried

    def _coherent(self, tried: SideBySide) -> Countries:
        """The countries in which no rule of coherence is broken."""
        found = tried.everyone & ~tried.contradicted
        for rule in self._form.coherence:
            found &= tried.shown(rule)
        return found
