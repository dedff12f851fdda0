"""What becomes of each single change of the law: what notices it, or a proof that nothing is answered otherwise.

Tried in this order: what the linter finds by looking, the examples of the entry, the cases, what the linter proves, and
then the solver. What is found first is reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form
from tierengine.engines.solver import Limit
from tierengine.errors import Problem, RulebookError, TierEngineError, UndecidedError
from tierengine.lab.cases.asked import PlacedAsked
from tierengine.lab.cases.asked import answer as asked_answer
from tierengine.lab.cases.given import whole_facts
from tierengine.lab.cases.sketches import sketch
from tierengine.lab.cases.suite import PlacedCase, Suite, read_suite
from tierengine.lab.cases.trial import Answer, Trials
from tierengine.lab.change.changed import CONDITIONS, Base, Mutant, mutant
from tierengine.lab.change.distinguished import (
    Apart,
    asked_apart,
    distinguished,
    entry_form,
    proposal_forms,
    proposed_apart,
    rails_of,
)
from tierengine.lab.change.single import Changed, Kind, changes_of
from tierengine.law.entries import Coherence, Criterion, Entry
from tierengine.law.reader import read_draft
from tierengine.law.rulebook import Law
from tierengine.terms.outcome import Outcome

Noticed = Literal["lint", "example", "case", "proof"]
Became = Literal["caught", "equivalent", "survives", "undecided"]
Moves = Literal["an answer", "what is drafted", "what is cited or listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one single change."""

    number: int
    """The number of the change, in the order of the law."""
    where: str
    entry: str
    """The id of the entry that is changed."""
    kind: Kind
    says: str
    became: Became
    """Whether something notices it, no answer can differ, some can unnoticed, or the solver gave up."""
    by: Noticed | None = None
    """What notices it, where it is caught."""
    because: str
    """What notices it, why nothing is answered otherwise, or what is."""
    moves: Moves | None = None
    """Of a change that survives: what it moves."""
    case: Mapping[str, Any] | None = None
    """Of a change that moves an answer: the case that would notice it, as YAML would hold it."""

    @property
    def unnoticed(self) -> bool:
        """Whether nothing notices the change, and it moves an answer."""
        return self.became == "survives" and self.moves == "an answer"


class Examiner:
    """Looks at changes of one rulebook; what does not hang on the change is made once."""

    def __init__(self, folder: Path, cases: Path | None, limit: Limit) -> None:
        self.base = Base(read_draft(folder))
        self._limit = limit
        book = self.base.draft.rulebook
        suite = read_suite(cases, book) if cases is not None else Suite((), ())
        self._cases, self._asked = suite.cases, suite.asked
        self._trials = Trials()
        self._forms: dict[tuple[str, date, date], tuple[Form, CompiledEngine] | None] = {}

    @cached_property
    def changes(self) -> tuple[Changed, ...]:
        """Every single change, in the order of the files."""
        return tuple(change for item in self.base.draft.placed for change in changes_of(item))

    @cached_property
    def cases_by_name(self) -> Mapping[str, frozenset[str]]:
        """The name of each case with a digest of each that bears it."""
        named = [(each.case.name, each.document.part("cases", each.number)) for each in self._cases]
        named += [(each.asked.name, each.document.part("asked", each.number)) for each in self._asked]
        found: dict[str, set[str]] = {}
        for name, part in named:
            found.setdefault(name, set()).add(digest_of(part.values))
        return {name: frozenset(digests) for name, digests in found.items()}

    @cached_property
    def _answers(self) -> tuple[tuple[PlacedCase, Answer], ...]:
        """Each case that gives single answers, with what the law makes of it; those of one law stand together."""
        found = [(placed, self._trials.answer(placed)) for placed in self._cases if placed.case.given is not None]
        return tuple(sorted(found, key=lambda pair: pair[0].law.as_of))

    def verdict(self, number: int) -> Verdict:
        """Return what becomes of the change of a number."""
        changed = self.changes[number]
        found = self._outcome(changed)
        return Verdict(
            number=number,
            where=changed.where,
            entry=changed.item.entry.id,
            kind=changed.kind,
            says=changed.says,
            **found,
        )

    def _outcome(self, changed: Changed) -> dict[str, Any]:
        made = mutant(self.base, changed)
        if isinstance(made, str):
            return _caught("lint", made)
        try:
            return self._noticed(made) or self._decided(made)
        except UndecidedError as error:
            return {"became": "undecided", "because": error.problems[0].what}
        except RulebookError as error:
            return _caught("lint", error.problems[0].what)

    # -- what notices it -------------------------------------------------------------------------------------------

    def _noticed(self, made: Mutant) -> dict[str, Any] | None:
        keys = made.changed.fields
        if (problem := next(made.quick_problems(), None)) is not None:
            return _caught("lint", str(problem.what))
        if made.changed.cites:
            return None
        if (problem := next(made.failing_examples(), None)) is not None:
            return _caught("example", problem.what)
        if (case := next(self._failing_cases(made), None)) is not None:
            return _caught("case", case)
        if not keys & CONDITIONS and (problem := next(made.problems(), None)) is not None:
            return _caught("lint", problem.what)
        return None

    def _failing_cases(self, made: Mutant) -> Iterator[str]:
        """Yield the cases that fail under the law with the change."""
        section = made.changed.item.section
        if section in ("clauses", "acts", "open_words") or made.changed.kind == "cue":
            return
        yield from self._failing_asked(made)
        if not rails_of(made.original):
            return
        answered = sorted(self._answers, key=lambda pair: not pair[0].case.name.startswith(made.original.id))
        for placed, answer in answered:
            if self._differs(made, placed.law, answer) and self._fails(made, placed, answer):
                yield placed.case.name

    def _failing_asked(self, made: Mutant) -> Iterator[str]:
        subjects = _SUBJECTS.get(made.changed.item.section, ())
        for placed in self._asked:
            if placed.asked.subject in subjects and _concerns(placed, made.original):
                law = made.law(placed.law)
                if law is not placed.law:
                    found = asked_answer(placed.asked, law)
                    if any(found.get(name) != word for name, word in placed.asked.expect.items()):
                        yield placed.asked.name

    def _differs(self, made: Mutant, law: Law, answer: Answer) -> bool:
        """Whether the entry alone finds something else of a case, all else being as it is."""
        if made.original.id in answer.given:
            return False
        before, after = self._entry(law, made.original), self._entry_of(made, law)
        if before is None or after is None:
            return before is not after
        found = [
            {name: engine.evaluate(_inputs(form, answer.known)).settled.get(name) for name in rails_of(made.original)}
            for form, engine in (before, after)
        ]
        return found[0] != found[1]

    def _entry(self, law: Law, entry: Entry) -> tuple[Form, CompiledEngine] | None:
        """The form of an entry alone under a law, with its engine; nothing if it is not in force."""
        key = (entry.id, entry.in_force.from_, law.as_of)
        if key not in self._forms:
            mine = next((each for each in law.entries() if _same(each, entry)), None)
            form = None if mine is None else entry_form(law, mine)
            self._forms[key] = None if form is None else (form, CompiledEngine(form))
        return self._forms[key]

    def _entry_of(self, made: Mutant, law: Law) -> tuple[Form, CompiledEngine] | None:
        if made.entry is None or "in_force" in made.changed.fields:
            return None
        held = made.__dict__.setdefault("forms", {})
        if law.as_of not in held:
            found = made.law(law)
            mine = next((each for each in found.entries() if _same(each, made.original)), None)
            form = None if mine is None else entry_form(found, mine)
            same = [pair for pair in held.values() if pair is not None and pair[0] == form]
            held[law.as_of] = same[0] if same else None if form is None else (form, CompiledEngine(form))
        found_pair: tuple[Form, CompiledEngine] | None = held[law.as_of]
        return found_pair

    def _fails(self, made: Mutant, placed: PlacedCase, answer: Answer) -> bool:
        """Whether a case of which the entry finds something else comes out otherwise than it expects."""
        after = self._entry_of(made, placed.law)
        if after is not None and not isinstance(made.original, Coherence):
            settled = after[1].evaluate(_inputs(after[0], answer.known)).settled
            for name, word in placed.case.expect.findings.items():
                if name in rails_of(made.original) and Outcome.of(settled.get(name)).value != word:
                    return True
        law = made.law(placed.law)
        assert placed.case.given is not None
        try:
            facts = whole_facts(law, placed.case.given)
            return bool(Trials().run(replace(placed, law=law, facts=facts)).failures)
        except TierEngineError:
            return True

    # -- what is decided of it -------------------------------------------------------------------------------------

    def _decided(self, made: Mutant) -> dict[str, Any]:
        """What the solver says of a change that nothing notices; of a survivor, the proofs of the linter first."""
        if made.changed.cites or made.changed.item.section in ("clauses", "acts", "open_words"):
            return _survives("what is cited or listed", "what is cited or listed reads otherwise, and no answer moves")
        if made.changed.kind == "cue":
            return _survives("what is drafted", "a sentence is read otherwise when a dossier is drafted")
        found = next(self._apart(made), None)
        if found is None:
            return {"became": "equivalent", "because": "no country and no question is answered otherwise, on any date"}
        if (problem := next(made.disproved(self._limit), None)) is not None:
            return _caught("proof", problem.what)
        return _survives("an answer", _sentence(found), _case(made, found))

    def _apart(self, made: Mutant) -> Iterator[Apart]:
        section, original = made.changed.item.section, made.original
        seen: list[tuple[object, ...]] = []
        for law in self.base.laws:
            if not any(_same(each, original) for each in law.entries()):
                continue
            laws = law, made.law(law)
            if made.entry is not None and "in_force" not in made.changed.fields:
                forms = self._entry(law, original), self._entry_of(made, law)
                if forms not in seen:
                    seen.append(forms)
                    apart = distinguished(laws, (original, made.entry), self._limit)
                    yield from () if apart is None else (apart,)
                if (
                    isinstance(original, Criterion)
                    and isinstance(made.entry, Criterion)
                    and original.proposal != made.entry.proposal
                ):
                    proposals = proposal_forms(laws, (original, made.entry))
                    if proposals not in seen:
                        seen.append(proposals)
                        apart = proposed_apart(laws, (original, made.entry), proposals, self._limit)
                        yield from () if apart is None else (apart,)
            if made.entry is None or not made.changed.fields <= CONDITIONS or section in _PROCEDURE:
                apart = asked_apart(laws, (original, made.entry), section)
                yield from () if apart is None else (apart,)


_PROCEDURE = ("admissions", "certainties", "advice", "downgrades", "relistings", "clocks", "carryings", "progress")

_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "admissions": ("record",),
    "certainties": ("record",),
    "advice": ("advice",),
    "downgrades": ("years",),
    "relistings": ("years",),
    "clocks": ("report",),
    "carryings": ("item",),
    "progress": ("last_report",),
    "years_compared": ("figures",),
    "coherence": ("holds",),
    "criteria": ("reads", "proposes"),
}
"""Section to the questions that its entries answer."""


def _concerns(placed: PlacedAsked, entry: Entry) -> bool:
    """Whether a question is one to which an entry can answer; of rules that are tried in order, each is."""
    asked = placed.asked
    if asked.holds is not None:
        return asked.holds == entry.id
    if isinstance(entry, Criterion):
        word = entry.judgement.id if entry.judgement is not None else None
        return asked.reads in (entry.id, *(each.id for each in entry.indicators)) or (
            asked.proposes is not None and asked.proposes == word
        )
    return True


def digest_of(values: Any) -> str:
    """Return a short digest of values as YAML holds them."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _same(entry: Entry, original: Entry) -> bool:
    return entry.id == original.id and entry.in_force.from_ == original.in_force.from_


def _inputs(form: Form, known: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.id for field in (*form.inputs, *form.answerable())}
    return {name: value for name, value in known.items() if name in names}


def _caught(by: Noticed, because: str) -> dict[str, Any]:
    return {"became": "caught", "by": by, "because": because}


def _survives(moves: Moves, because: str, case: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"became": "survives", "moves": moves, "because": because, "case": case}


def _sentence(found: Apart) -> str:
    """The country or question that the two laws answer otherwise, and what each answers."""
    differing = [name for name in {**found.before, **found.after} if found.before.get(name) != found.after.get(name)]
    answers = "; ".join(
        f"{name}: {found.before.get(name, 'nothing')}, and with the change {found.after.get(name, 'nothing')}"
        for name in differing
    )
    if found.given is not None:
        return f"{sketch(found.law, found.given, '')} {answers}."
    assert found.asked is not None
    if found.asked.given is not None:
        return f"{sketch(found.law, found.asked.given, '')} {answers}."
    question = getattr(found.asked, found.asked.subject)
    return f"Asked: {found.asked.subject} {question}, on {found.law.as_of}. {answers}."


def _case(made: Mutant, found: Apart) -> Mapping[str, Any]:
    """The case that would notice the change."""
    name = f"{made.original.id} since {made.original.in_force.from_}: not {made.changed.says.replace('`', '')}"
    if found.asked is not None:
        dumped = found.asked.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
        return {"asked": dumped | {"name": name, "as_of": str(found.law.as_of)}}
    assert found.given is not None
    expect = {name: word for name, word in found.before.items() if found.after.get(name) != word}
    return {
        "case": {
            "name": name,
            "as_of": str(found.law.as_of),
            "sketch": sketch(found.law, found.given, ""),
            "given": found.given.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True),
            "expect": {"findings": expect},
        }
    }


def problem_of(verdict: Verdict) -> Problem:
    """Return a change that survives and moves an answer as a problem of the rulebook."""
    return Problem(where=verdict.where, what=f"if {verdict.says}, nothing notices it", cure=verdict.because)
