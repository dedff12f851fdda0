"""What follows if findings that somebody disputes are conceded: whether the tier they hold is then the answer.

A conceded finding is cut off from what it rests on. It is no longer worked out but given, as the dissenter holds it,
and everything above it is worked out anew; the records stay as they are. Conceding that a criterion is met grants
every level up to the lowest that counts as met, and conceding that it is not met denies that level and all above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from tierengine.engines.form import Facts, Form
from tierengine.engines.lowering import judged, lower, reached
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.law.entries import TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.advice import advised
from tierengine.reasoning.assess import two_engines
from tierengine.reasoning.assessment import LawUsed, Status, Subject
from tierengine.reasoning.open_tiers import OpenTiers
from tierengine.reasoning.provisional import ProvisionalReading
from tierengine.terms.level import rank
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, TIERS, Tier

Effect = Literal["gives it", "leaves it open", "excludes it"]
"""What a concession does to a tier: it is then recommended, it is open and not recommended, or no completion has it."""

_NAMED = ("standard", "factor", "scope", "efforts", "waiver", "watch list")
"""The parts of the law whose criteria an assessment names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conceded:
    """A finding that is conceded: what was found, and what is held instead."""

    id: str
    says: str
    found: Outcome
    held: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is recommended, how firmly, and the tiers that are open on the facts.

    `None` stands among them for a country that is on no list. None at all are open where what is conceded contradicts
    the records.
    """

    recommended: Tier | None
    """The tier that is recommended; `None` where there is none."""
    status: Status
    open_tiers: tuple[Tier | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """What conceding some findings does to the tier that is wanted."""

    subject: Subject
    law: LawUsed
    findings: tuple[Conceded, ...]
    wanted: Tier | None
    """The tier that is wanted; `None` that the country is on no list."""
    now: Standing
    then: Standing
    effect: Effect
    """What conceding the findings does to it."""
    says: str
    """The same in one sentence."""


def concede(casefile: Casefile, law: Law, disputes: Sequence[str], wanted: Tier | None) -> Concession:
    """Return what conceding the disputed findings, each `FINDING` or `FINDING=OUTCOME`, does to the tier wanted.

    Raise `UsageError` with every finding that is unknown or cannot be disputed so, or for a tier that the law does not
    know; and what `assess` raises.
    """
    table = Findings(law)
    admitted = admit(casefile, law).facts
    facts = table.asked(admitted)
    conceded = _read(disputes, table, table.outcomes(facts))
    _check_tier(law, wanted)
    held = {each.id: each.held for each in conceded}
    now, then = (_standing(law, casefile, *table.read(admitted, given)) for given in ({}, held))
    effect = _effect(then, wanted)
    return Concession(
        subject=Subject(country=casefile.dossier.government.country, name=casefile.dossier.government.name),
        law=LawUsed(as_of=law.as_of, digest=law.digest),
        findings=conceded,
        wanted=wanted,
        now=now,
        then=then,
        effect=effect,
        says=_sentence(conceded, wanted, then, effect),
    )


class Findings:
    """The findings that an assessment names under the law of a date, and what follows if some of them are given."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._form = lower(law)
        self.titles = {each.id: each.title for each in law.criteria if each.part in _NAMED}
        self.titles |= {each.id: each.says for each in law.conclusions} | {each.id: each.says for each in law.routes}

    def asked(self, facts: Facts) -> Facts:
        """Return the facts that the law asks for."""
        inputs = {field.id for field in (*self._form.inputs, *self._form.answerable())}
        return {name: value for name, value in facts.items() if name in inputs}

    def outcomes(self, facts: Facts) -> dict[str, Outcome]:
        """Return what both engines find on each."""
        settled = two_engines(self._form).evaluate(facts).settled
        return {each: Outcome.of(settled.get(self._proposition(each))) for each in self.titles}

    def open_rows(self, facts: Facts, held: Mapping[str, Outcome]) -> tuple[TierRow, ...]:
        """Return the rows that are open on the facts with some findings given as they are held.

        Raise `MismatchError` if the two engines disagree.
        """
        form, known = self.given(facts, held)
        two_engines(form).evaluate(known)
        return OpenTiers(self._law, form).open_if_so(known)

    def read(self, facts: Facts, held: Mapping[str, Outcome]) -> tuple[tuple[TierRow, ...], tuple[TierRow, ...]]:
        """Return the rows that are open on all facts with some findings given, and those that are left provisionally.

        No level is proposed for a finding that is given: its open word counts as rated.
        """
        rows = self.open_rows(self.asked(facts), held)
        if len(rows) < 2:
            return rows, ()
        form, known = self.given(facts, held)
        words = (self._law.criteria_by_id[each].judgement for each in held if each in self._law.criteria_by_id)
        rated = {judged(word.id): True for word in words if word is not None and judged(word.id) in facts}
        reading = ProvisionalReading(OpenTiers(self._law, form))
        return rows, reading.read({**known, **rated}).left

    def given(self, facts: Facts, held: Mapping[str, Outcome]) -> tuple[Form, Facts]:
        """Return the form in which some findings are inputs, and the facts with their answers."""
        truths = {name: truth for each, outcome in held.items() for name, truth in self._granted(each, outcome)}
        return (self._form.given(truths), {**facts, **truths}) if truths else (self._form, facts)

    def _granted(self, finding: str, held: Outcome) -> Iterable[tuple[str, bool]]:
        """The propositions that an outcome decides; the other levels of a criterion stay worked out."""
        criterion, met = self._law.criteria_by_id.get(finding), held is Outcome.MET
        if criterion is None:
            yield finding, met
            return
        bar = rank(criterion.met_from)
        for rung in criterion.rules:
            if rank(rung.level) <= bar if met else rank(rung.level) >= bar:
                yield reached(finding, rung.level), met

    def _proposition(self, finding: str) -> str:
        criterion = self._law.criteria_by_id.get(finding)
        return finding if criterion is None else reached(finding, criterion.met_from)


# -- what is disputed ---------------------------------------------------------------------------------------------


def _read(disputes: Sequence[str], table: Findings, found: Mapping[str, Outcome]) -> tuple[Conceded, ...]:
    problems: list[Problem] = []
    conceded: dict[str, Conceded] = {}
    for words in disputes:
        name, _, held = (part.strip() for part in words.partition("="))
        problem = _objection(name, held, found, conceded)
        if problem is not None:
            problems.append(problem)
        else:
            outcome = Outcome(held) if held else ~found[name]
            conceded[name] = Conceded(id=name, says=table.titles[name], found=found[name], held=outcome)
    if problems:
        raise UsageError(problems)
    return tuple(conceded.values())


def _objection(name: str, held: str, found: Mapping[str, Outcome], before: Mapping[str, Conceded]) -> Problem | None:
    """What is wrong with one dispute, if anything."""
    outcome = found.get(name)
    if outcome is None:
        return Problem(where=f"`{name}`", what="no finding has this name", cure=_nearest(name, found))
    if name in before:
        return Problem(where=f"`{name}`", what="this finding is named twice", cure="name it once")
    if held not in ("", Outcome.MET.value, Outcome.NOT_MET.value):
        # Who holds that nobody knows disputes the records, and not what follows from them.
        cure = f"write `{name}=met` or `{name}=not met`"
        return Problem(where=f"`{name}`", what=f"`{held}` is no outcome that can be held", cure=cure)
    if not held and outcome is Outcome.UNDETERMINED:
        cure = f"say what you hold: `{name}=met` or `{name}=not met`"
        return Problem(where=f"`{name}`", what="this finding is undetermined, so it has no opposite", cure=cure)
    if held == outcome.value:
        cure = "leave it out, or hold the opposite"
        return Problem(where=f"`{name}`", what=f"this finding is `{held}` already", cure=cure)
    return None


def _nearest(name: str, found: Mapping[str, Outcome]) -> str:
    upper = {each.upper(): each for each in found}
    near = [upper[each] for each in get_close_matches(name.upper(), upper, n=5, cutoff=0.5)]
    known = ", ".join(f"`{each}`" for each in near or found)
    return f"the nearest are: {known}" if near else f"write one of: {known}"


def _check_tier(law: Law, wanted: Tier | None) -> None:
    known = [row.tier for row in law.tiers]
    if wanted is not None and wanted not in known:
        words = ", ".join(sorted((tier for tier in known if tier is not None), key=TIERS.index))
        what = f"the law of {law.as_of} knows no tier `{wanted}`"
        raise UsageError([Problem(where="--tier", what=what, cure=f"write one of: {words}")])


# -- what conceding it does ---------------------------------------------------------------------------------------


def _standing(law: Law, casefile: Casefile, rows: tuple[TierRow, ...], left: tuple[TierRow, ...]) -> Standing:
    found = advised(law, casefile, rows, left)
    return Standing(recommended=found.tier, status=found.status, open_tiers=tuple(row.tier for row in rows))


def _effect(then: Standing, wanted: Tier | None) -> Effect:
    if then.open_tiers and then.recommended == wanted:
        return "gives it"
    return "leaves it open" if wanted in then.open_tiers else "excludes it"


def _sentence(conceded: tuple[Conceded, ...], wanted: Tier | None, then: Standing, effect: Effect) -> str:
    given = _listed([f"{each.id} {each.held.value}" for each in conceded]) or "nothing conceded"
    if not then.open_tiers:
        return f"With {given}, nothing is open: what is conceded and what is recorded contradict each other."
    start = f"With {given}, {_tier(wanted)}"
    firmly = " provisionally, on what the rules propose" if then.status == "provisional" else ""
    rows = [each for each in then.open_tiers if effect == "excludes it" or each != wanted]
    others, stay = _listed([_row(each) for each in rows]), "stays" if len(rows) == 1 else "stay"
    if effect == "gives it":
        open_too = f", and {others} {stay} open on the facts beside it." if others else " and settled."
        return f"{start} is recommended{firmly}{open_too}"
    if effect == "leaves it open":
        return (
            f"{start} stays open on the facts beside {others}; then {_tier(then.recommended)} is recommended{firmly}."
        )
    return f"{start} is excluded: {others} {stay} open on the facts."


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _tier(tier: Tier | None) -> str:
    return "no tier" if tier is None else NAMES[tier]


def _row(tier: Tier | None) -> str:
    return "being on no list" if tier is None else NAMES[tier]
