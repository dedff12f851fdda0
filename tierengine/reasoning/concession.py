"""What the answer would be if findings that somebody disputes were conceded.

A conceded finding is given instead of worked out: its own rules are left out, and all else follows as before, with both
engines and exactly. So a dissent that names what it disputes is told at once whether that carries the tier it holds.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tierengine.engines.form import Facts, Form
from tierengine.engines.lowering import lower, reached
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import two_engines
from tierengine.reasoning.open_tiers import OpenTiers
from tierengine.terms.level import rank
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import Tier

Effect = Literal["gives it", "leaves it open", "excludes it"]
"""What conceding findings does to a tier: it is the only one left, one of several, or none of them."""

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conceded:
    """A finding, the outcome that was found, and the one that is held instead."""

    id: str
    found: Outcome
    held: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """Findings that are conceded, and the tiers that are then open; `None` is a country that is on no list."""

    findings: tuple[Conceded, ...]
    open_tiers: tuple[Tier | None, ...]

    def does_to(self, tier: Tier | None) -> Effect:
        """Return what the concession does to a tier."""
        if tier not in self.open_tiers:
            return "excludes it"
        return "gives it" if len(self.open_tiers) == 1 else "leaves it open"


def concede(casefile: Casefile, law: Law, disputed: Sequence[str]) -> Concession:
    """Return what follows if findings are conceded, each written `FINDING=OUTCOME`, or `FINDING` for the opposite.

    A finding is a criterion or a conclusion of the law. Raise `UsageError` with every one that cannot be conceded, and
    what `assess` raises.
    """
    return conceding(law, admit(casefile, law).facts, disputed)


def conceding(law: Law, facts: Facts, disputed: Sequence[str]) -> Concession:
    """Return what follows from facts if findings are conceded; see `concede`."""
    form = lower(law)
    settled = two_engines(form).evaluate(_asked_by(form, facts)).settled
    findings = _conceded(law, settled, disputed)
    cut = lower(law, given=[finding.id for finding in findings])
    given = {name: value for finding in findings for name, value in _given(law, finding, settled)}
    granted = _asked_by(cut, {**facts, **given})
    two_engines(cut).evaluate(granted)
    return Concession(findings=findings, open_tiers=tuple(row.tier for row in OpenTiers(law, cut).open(granted)))


def _asked_by(form: Form, facts: Facts) -> Facts:
    inputs = {field.id for field in form.inputs}
    return {name: value for name, value in facts.items() if name in inputs}


def _conceded(law: Law, settled: Mapping[str, bool], disputed: Sequence[str]) -> tuple[Conceded, ...]:
    problems: list[Problem] = []
    findings: dict[str, Conceded] = {}
    for written in disputed:
        name, _, word = (part.strip() for part in written.partition("="))
        problem = _unknown(law, name, word)
        if problem is None:
            finding = _finding(law, settled, name, word)
            problem = (
                _idle(written, finding) if name not in findings else _problem(written, "named twice", "name it once")
            )
            findings[name] = finding
        problems += [problem] if problem else []
    if problems:
        raise UsageError(problems)
    return tuple(findings.values())


def _finding(law: Law, settled: Mapping[str, bool], name: str, word: str) -> Conceded:
    found = Outcome.of(settled.get(_proposition(law, name)))
    return Conceded(id=name, found=found, held=_OUTCOMES[word] if word else ~found)


def _proposition(law: Law, name: str) -> str:
    """The proposition that a finding is met."""
    criterion = law.criteria_by_id.get(name)
    return name if criterion is None else reached(name, criterion.met_from)


def _given(law: Law, finding: Conceded, settled: Mapping[str, bool]) -> Iterator[tuple[str, bool]]:
    """The propositions that a conceded finding answers; the levels that it leaves open stay as they were found."""
    criterion = law.criteria_by_id.get(finding.id)
    met = finding.held is Outcome.MET
    if criterion is None:
        if finding.held is not Outcome.UNDETERMINED:
            yield finding.id, met
        return
    for rung in criterion.rules:
        name = reached(criterion.id, rung.level)
        answered = rank(rung.level) <= rank(criterion.met_from) if met else rank(rung.level) >= rank(criterion.met_from)
        if answered and finding.held is not Outcome.UNDETERMINED:
            yield name, met
        elif not answered and name in settled:
            yield name, settled[name]


def _unknown(law: Law, name: str, word: str) -> Problem | None:
    known = sorted({*law.criteria_by_id, *law.conclusions_by_id})
    if name not in known:
        near = difflib.get_close_matches(name, known) or known
        return _problem(name, "the law of the date has no such finding", f"write one of: {', '.join(near)}")
    if word and word not in _OUTCOMES:
        return _problem(word, "this is no outcome", f"write one of: {', '.join(_OUTCOMES)}")
    return None


def _idle(written: str, finding: Conceded) -> Problem | None:
    """What is wrong with a dispute that disputes nothing."""
    if finding.held is not finding.found:
        return None
    if "=" in written:
        return _problem(written, f"this is what was found: {finding.found.value}", "dispute what was found otherwise")
    return _problem(
        written, "the finding is undetermined and has no opposite", f"write `{written}=met` or `{written}=not met`"
    )


def _problem(written: str, what: str, cure: str) -> Problem:
    return Problem(where=f"`{written}`", what=what, cure=cure)
