"""Sufficient reasons: the smallest sets of findings that alone entail the tier, or alone exclude one.

A finding is what the tier table sees: a level that a criterion reaches or fails to reach, and a placement by earlier
reports. A set of findings entails a row if every case in which they come out so, with all else free, reaches it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from tierengine.engines.form import Bounds
from tierengine.engines.logic import Term, any_of, negate, variable
from tierengine.engines.lowering import reached
from tierengine.engines.solver import Model, Solver
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.smallest import MOST, Listed, chosen, smallest
from tierengine.law.entries import Criterion, TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import Admitted, admit
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.assessment import LawUsed, Subject
from tierengine.reasoning.open_tiers import OpenTiers
from tierengine.reasoning.trace import Narrator, Tracer
from tierengine.reasoning.words import answer, question, sentences
from tierengine.terms.level import Level
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import TIERS, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of a criterion or a placement, with its reason."""

    id: str
    """The criterion, or the placement that is asked."""
    says: str
    reason: str
    citation: str | None = None
    """Nothing for a placement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a tier is reached, excluded or open."""

    tier: Tier | None
    """`None` for a country that is on no list."""
    standing: Literal["settled", "excluded", "open"]
    """Whether the facts settle it, exclude it or leave it open."""
    sets: tuple[tuple[Finding, ...], ...]
    """The smallest sets of findings that entail the tier or exclude it; empty if it is open."""
    whole: bool
    """False where there are more sets of this size than are listed."""
    witness: tuple[str, ...]
    """Answers to open questions that lead to an open tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """The sufficient reasons of an answer."""

    subject: Subject
    law: LawUsed
    asked: Tier | None
    """The tier of which it was asked why it is not reached; nothing if the reasons of the answer itself were asked."""
    settled: bool
    """Whether one tier only is open."""
    tiers: tuple[Why, ...]


def reasons(casefile: Casefile, rulebook: Rulebook, not_tier: Tier | None = None, as_of: date | None = None) -> Reasons:
    """Return why the tier is what it is or, with `not_tier`, why it is not another one.

    Raise `UsageError` for a tier that the law of the date does not know or that is the settled answer, `UndecidedError`
    if the solver gives up, and what `assess` raises.
    """
    law = law_of(casefile, rulebook, as_of)
    admitted = admit(casefile, law)
    inquiry = Inquiry(law, admitted.facts)
    rows = inquiry.open_rows()
    writer = _Writer(inquiry, admitted)
    if not_tier is None:
        found = tuple(writer.why(row, settled=len(rows) == 1) for row in rows)
    else:
        found = (writer.why_not(_row(law, rows, not_tier), rows),)
    government = casefile.dossier.government
    return Reasons(
        subject=Subject(country=government.country, name=government.name),
        law=LawUsed(as_of=law.as_of, digest=law.digest),
        asked=not_tier,
        settled=len(rows) == 1,
        tiers=found,
    )


def _row(law: Law, open_rows: tuple[TierRow, ...], tier: Tier) -> TierRow:
    found = next((row for row in law.tiers if row.tier == tier), None)
    if found is None:
        known = sorted((row.tier for row in law.tiers if row.tier is not None), key=TIERS.index)
        what, cure = f"the law of {law.as_of} knows no tier `{tier}`", f"write one of: {', '.join(known)}"
    elif open_rows == (found,):
        what, cure = f"`{tier}` is the settled answer", "leave `--why-not` out, to see what it rests on"
    else:
        return found
    raise UsageError([Problem(where="--why-not", what=what, cure=cure)])


class Findings:
    """What is settled of all that the tier table sees, and which parts of it suffice."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._case = inquiry.case("any")
        seen = findings_seen(inquiry.law)
        self.levels = {name: level for name, level in seen.items() if level is not None}
        """Each finding that is no placement: the criterion and the level."""
        self.outcomes = dict(self._outcomes())
        """Each settled finding, and whether its level is reached."""
        self._terms = {name: self._term(name) for name in seen if name in self.outcomes or name in inquiry.facts}

    def _outcomes(self) -> Iterator[tuple[str, bool]]:
        """What comes out alike in every completion; three values mostly know it, and the solver decides the rest."""
        inquiry = self._inquiry
        known = inquiry.engine.evaluate(inquiry.facts).settled
        for name in self.levels:
            if name in known:
                yield name, known[name]
            elif inquiry.find(inquiry.whole.shown[name]) is None:
                yield name, False
            elif inquiry.find(negate(inquiry.whole.shown[name])) is None:
                yield name, True

    def _term(self, name: str) -> Term:
        """The term that a finding comes out as it does."""
        placed = self._inquiry.facts.get(name)
        if placed is not None:
            assert not isinstance(placed, Bounds), "a placement is no count"
            return self._case.answers(name, placed)
        return self._case.shown[name] if self.outcomes[name] else negate(self._case.shown[name])

    def entailing(self, row: str, holds: bool) -> Iterator[tuple[str, ...]]:
        """Yield each smallest set of findings that alone makes sure that a row is reached, or that it is not."""
        astray, picks = self._case.solver(), {name: variable(f"pick:{name}") for name in self._terms}
        shown = self._case.shown[row]
        astray.add(negate(shown) if holds else shown)

        def objection(model: Model) -> Term | None:
            case = astray.find(*(self._terms[name] for name in chosen(model, picks)))
            if case is None:
                return None
            missed = (name for name, term in self._terms.items() if not case.holds(term))
            return any_of(picks[name] for name in missed)

        for model in smallest(Solver(), picks, objection):
            yield chosen(model, picks)


def findings_seen(law: Law) -> dict[str, tuple[Criterion, Level] | None]:
    """Return the levels of criteria, and the placements, that the tier table asks for, directly or by conclusions."""
    found: dict[str, tuple[Criterion, Level] | None] = {}
    asked = [row.when for row in law.tiers]
    for condition in asked:  # it grows while it is read, by the conclusions that are met on the way
        for part in condition.walk():
            if part.finding is not None:
                criterion = law.criterion(part.finding)
                level: Level = next((each for each in criterion.scale if each == part.at_least), criterion.met_from)
                found[reached(criterion.id, level)] = criterion, level
            elif part.placement is not None:
                found[part.placement] = None
            elif part.conclusion is not None:
                asked += [entry.when for entry in law.conditional() if entry.id == part.conclusion]
    return found


class _Writer:
    """Puts sets of findings into words."""

    def __init__(self, inquiry: Inquiry, admitted: Admitted) -> None:
        self._inquiry = inquiry
        self._findings = Findings(inquiry)
        narrator = Narrator(inquiry.law, inquiry.form)
        self._tracer = Tracer(narrator, admitted, inquiry.facts, inquiry.engine.evaluate(inquiry.facts))

    def why(self, row: TierRow, *, settled: bool) -> Why:
        """Why an open row is reached: nothing entails it while others are open."""
        return self._entailed(row, holds=True) if settled else self._open(row)

    def why_not(self, row: TierRow, open_rows: tuple[TierRow, ...]) -> Why:
        """Why a row is not reached, or that it may be."""
        return self._open(row) if row in open_rows else self._entailed(row, holds=False)

    def _entailed(self, row: TierRow, *, holds: bool) -> Why:
        listed = Listed.of(self._findings.entailing(row.id, holds), MOST)
        return Why(
            tier=row.tier,
            standing="settled" if holds else "excluded",
            sets=tuple(tuple(self._finding(name) for name in names) for names in sorted(listed.found, key=self._place)),
            whole=listed.whole,
            witness=(),
        )

    def _place(self, names: tuple[str, ...]) -> list[int]:
        """By the order in which the tier table asks."""
        seen = list(findings_seen(self._inquiry.law))
        return [seen.index(name) for name in names]

    def _open(self, row: TierRow) -> Why:
        answers = sentences(self._inquiry.law, self._open_tiers.witness(row, self._inquiry.facts) or {})
        return Why(tier=row.tier, standing="open", sets=(), whole=True, witness=answers)

    @cached_property
    def _open_tiers(self) -> OpenTiers:
        return OpenTiers(self._inquiry.law, self._inquiry.form)

    def _finding(self, name: str) -> Finding:
        law = self._inquiry.law
        if name in self._inquiry.facts:
            says = f"{question(law, name)} {answer(law, name, self._inquiry.facts[name])}"
            return Finding(id=name, says=says, reason="It follows from where earlier reports placed the country.")
        criterion, level = self._findings.levels[name]
        holds = self._findings.outcomes[name]
        words = ("" if holds else "not ") + (level if level == "met" else f"at least {level}")
        undetermined = self._tracer.outcome(name) is Outcome.UNDETERMINED
        return Finding(
            id=criterion.id,
            says=f"{criterion.title}: {words}.",
            reason="It comes out so whatever the open answers are." if undetermined else self._tracer.reason(name),
            citation=str(criterion.citation),
        )
