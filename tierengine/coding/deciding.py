"""What a person decides on a proposal, written into the dossier: each decision is one change of its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tierengine import yamlfile
from tierengine.coding.accepting import Marks, evidence, silence
from tierengine.coding.writing import folded, keyed
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile, Dossier, Proposed, ProposedRecord
from tierengine.evidence.records import Evidence
from tierengine.evidence.rewriting import Rewriting
from tierengine.evidence.unfilled import without_blanks
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit


@dataclass(frozen=True, slots=True)
class Coder:
    """Who decides, and on which day."""

    name: str
    day: date


class Deciding:
    """A dossier while its proposals are decided, one after the other. Every change gives the whole file anew."""

    def __init__(self, casefile: Casefile, law: Law) -> None:
        self.casefile = casefile
        self._law = law

    def marks_of(self, item: Proposed) -> Marks | None:
        """Return how sure the last record from the same source was said to be, or nothing if there is none."""
        source = _source(item)
        for record in reversed(self.casefile.dossier.records):
            if isinstance(record, Evidence) and record.at.split(" ", maxsplit=1)[0] == source:
                return Marks(reliability=record.reliability, credibility=record.credibility)
        return None

    def accepted(self, item: Proposed, record: ProposedRecord, marks: Marks) -> Casefile:
        """Return the dossier with a record in the place of a proposal; one that is not in the dossier leaves no place.

        Raise `EvidenceError` if the record contradicts others, or answers what it cannot.
        """
        made = evidence(item, record, marks, self._known())
        return self._changed(item, "records", _lines(made.model_dump(mode="json", by_alias=True, exclude_none=True)))

    def silent(self, item: Proposed, record: ProposedRecord, coder: Coder) -> Casefile:
        """Return the dossier with a silence in the place of a proposal. Raise `EvidenceError` as `accepted` does."""
        made = silence(item, record, coder.name, coder.day, self._known())
        return self._changed(item, "silences", _lines(made.model_dump(mode="json", by_alias=True, exclude_none=True)))

    def no_evidence(self, item: Proposed, why: str) -> Casefile:
        """Return the dossier with a passage that is no record in the place of a proposal.

        Raise `EvidenceError` if a silence is proposed of a source as a whole, which names no passage.
        """
        if not item.quote:
            what = f"`{item.id}` proposes a silence and names no passage that could be no evidence"
            raise EvidenceError([Problem(where=item.at, what=what, cure="refuse it, with the reason")])
        values: dict[str, Any] = {"at": item.at, "quote": item.quote, "why": why}
        if item.anchor is not None:
            values["anchor"] = item.anchor.model_dump(mode="json", exclude_none=True)
        return self._changed(item, "not_evidence", _lines(values))

    def refused(self, item: Proposed, why: str) -> Casefile:
        """Return the dossier in which a proposal stands as refused, with the reason."""
        rewriting = Rewriting(self.casefile.document)
        rewriting.set_key("proposed", self._number(item), tuple(keyed("refused", why)))
        return self.read(rewriting.raw)

    def _changed(self, item: Proposed, section: str, lines: Sequence[str]) -> Casefile:
        rewriting = Rewriting(self.casefile.document)
        if item in self.casefile.dossier.proposed:
            rewriting.remove("proposed", self._number(item))
        rewriting.append(section, lines)
        changed = self.read(rewriting.raw)
        known = {problem.what for problem in self._problems(self.casefile)}
        problems = [problem for problem in self._problems(changed) if problem.what not in known]
        if problems:
            raise EvidenceError(problems)
        return changed

    def _number(self, item: Proposed) -> int:
        return next(number for number, other in enumerate(self.casefile.dossier.proposed) if other.id == item.id)

    def _problems(self, casefile: Casefile) -> Sequence[Problem]:
        try:
            admit(casefile, self._law)
        except EvidenceError as error:
            return error.problems
        return ()

    def read(self, raw: bytes) -> Casefile:
        """Return the dossier of these bytes, without ratings that wait to be given; its sources are open already.

        Raise `EvidenceError` if they are none.
        """
        problems: list[Problem] = []
        found = yamlfile.load(raw, self.casefile.document.name, problems)
        document = without_blanks(found) if found is not None else None
        dossier = yamlfile.check(document, Dossier, problems) if document is not None else None
        if document is None or dossier is None or problems:
            raise EvidenceError(problems)
        return Casefile.of(dossier, document, self.casefile.sources, self.casefile.last, self.casefile.files)

    def _known(self) -> set[str]:
        dossier = self.casefile.dossier
        return {each.id for each in (*dossier.records, *dossier.silences, *dossier.requests)}


def _source(item: Proposed) -> str:
    return item.at.split(" ", maxsplit=1)[0]


def _lines(values: Mapping[str, Any]) -> tuple[str, ...]:
    """An item of a list, as lines without indentation."""
    return tuple(_keys(values))


def _keys(values: Mapping[str, Any]) -> Iterator[str]:
    mark = "- "
    for key, value in values.items():
        lines = folded(f"{mark}{key}", value) if key == "quote" else keyed(f"{mark}{key}", value)
        yield from lines
        mark = "  "
