"""Directions that are declared and do not hold, or hold and are not declared, at the indicator that is to blame."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.form import Form
from tierengine.engines.logic import Term, negate, same
from tierengine.engines.lowering import lower, lower_criterion
from tierengine.engines.proof import Case
from tierengine.engines.solver import Limit, Solver
from tierengine.errors import Problem
from tierengine.lab.proofs.direction import Sign, moved, no_worse, sign_of, signs, worse_levels
from tierengine.law.entries import Criterion, Indicator
from tierengine.law.linter import Placed
from tierengine.law.reader import Draft
from tierengine.law.rulebook import Law
from tierengine.yamlfile import Path_


def misdirected(draft: Draft, limit: Limit) -> Iterator[Problem]:
    """Yield each indicator, rating or finding of which the declared direction is refuted, or a certain one undeclared.

    Raise `UndecidedError` if the solver gives up.
    """
    for item in draft.placed:
        if isinstance(item.entry, Criterion) and sign_of(item.entry):
            law = draft.rulebook.whole_for(item.entry)
            if law is not None:
                yield from _of_criterion(item, _Contract(law, item.entry, limit))


class _Contract:
    """A criterion alone, twice: with some answers, and with others."""

    def __init__(self, law: Law, criterion: Criterion, limit: Limit) -> None:
        self.law = law
        self.criterion = criterion
        self.limit = limit
        self.form = lower_criterion(law, criterion)
        self.signs = signs(law, self.form)
        self.before, self.after = _twice(self.form)
        self._solver = Solver(self.before.definitions, self.after.definitions, limit=limit)

    def broken(self) -> bool:
        """Whether better answers can lead to a worse level."""
        terms = no_worse(self.before, self.after, self.signs)
        return self._solver.find(*terms, worse_levels(self.criterion, self.before, self.after)) is not None

    def worsens(self, name: str, sign: Sign) -> bool:
        """Whether an input that moves by itself can lead to a worse level."""
        alone = _alone(self.before, self.after, name, sign)
        return self._solver.find(*alone, worse_levels(self.criterion, self.before, self.after)) is not None

    def worsens_a_country(self, name: str, sign: Sign) -> bool:
        """Whether that happens to some country, and not only to a criterion that is looked at alone."""
        form = lower(self.law)
        before, after = _twice(form)
        if name in before.values:
            terms = _alone(before, after, name, sign)
        else:
            terms = [negate(same(before.shown[name], after.shown[name]))]
        solver = Solver(before.definitions, after.definitions, limit=self.limit)
        return solver.find(*terms, worse_levels(self.criterion, before, after)) is not None


def _twice(form: Form) -> tuple[Case, Case]:
    return Case(form, "before", beside=(form,)), Case(form, "after", beside=(form,))


def _alone(before: Case, after: Case, name: str, sign: Sign) -> list[Term]:
    """One input moves the way of the sign, and all others stay."""
    stays = dict.fromkeys(before.values, 0) | {name: sign}
    return [moved(before.values[each], after.values[each], way) for each, way in stays.items()]


def _of_criterion(item: Placed, contract: _Contract) -> Iterator[Problem]:
    places = dict(_places(contract.criterion))
    if contract.broken():
        for name, sign in contract.signs.items():
            if sign and contract.worsens(name, sign) and contract.worsens_a_country(name, sign):
                yield item.problem(
                    f"the direction declared of `{name}` does not hold: a better answer can make the finding worse",
                    "declare the one that holds or `neither`, or correct the rule; `tierengine prove` shows a case",
                    *places.get(name, ("direction",)),
                )
    for number, indicator in enumerate(contract.criterion.indicators):
        if _undeclared(contract, indicator):
            yield item.problem(
                f"`{indicator.id}` is declared to help neither way, and it moves the finding one way only",
                "declare which way is `better`, or `effort: false` if it is no effort of the government",
                "indicators",
                number,
                "better",
            )


def _places(criterion: Criterion) -> Iterator[tuple[str, Path_]]:
    """Where the direction of each input of a criterion is declared; that of another finding is not declared here."""
    for number, indicator in enumerate(criterion.indicators):
        yield indicator.id, ("indicators", number, "better")


def _undeclared(contract: _Contract, indicator: Indicator) -> bool:
    """Whether an effort that rules ask for is declared to help neither way, and helps one way only."""
    if indicator.better != "neither" or not indicator.effort or indicator.id not in contract.signs:
        return False
    return contract.worsens(indicator.id, 1) != contract.worsens(indicator.id, -1)
