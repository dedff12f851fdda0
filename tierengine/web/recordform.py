"""The form of a record: its fields as a person fills them in, and what they are in a dossier."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, Field

from tierengine.coding.accepting import Marks
from tierengine.coding.revising import written_as
from tierengine.evidence.dossier import Proposed, ProposedRecord
from tierengine.evidence.records import Evidence

_BOUNDS = re.compile(r"(?:at least (?P<least>\d+))?(?: and )?(?:at most (?P<most>\d+))?")


class RecordForm(BaseModel):
    """The fields of the form."""

    at: str = Field(default="", max_length=200)
    words: str = Field(default="", max_length=5000)
    proposal: str = Field(default="", max_length=200)
    """The proposal in whose place the record comes."""
    record: str = Field(default="", max_length=200)
    """The record that is changed."""
    seen: str = Field(default="", max_length=100)
    """The digest of what is changed, as the person saw it."""
    measures: str = Field(default="", max_length=200)
    kind: str = Field(default="", max_length=40)
    value: str = Field(default="", max_length=200)
    """A word, a number, or bounds in words, such as `at least 20`."""
    unit: str = Field(default="", max_length=100)
    first: str = Field(default="", max_length=40)
    last: str = Field(default="", max_length=40)
    """The same day as `first`, or none, where it was one day."""
    undated: str = Field(default="", max_length=500)
    doer: str = Field(default="", max_length=60)
    name: str = Field(default="", max_length=200)
    reliability: str = Field(default="", max_length=1)
    credibility: str = Field(default="", max_length=1)
    note: str = Field(default="", max_length=2000)
    csrf: str = ""

    def proposed(self) -> dict[str, Any]:
        """Return the fields as those of a proposed record."""
        return {
            "kind": self.kind,
            "measures": self.measures,
            "value": "" if self.kind == "silence" else _value(self.value.strip()),
            "unit": self.unit.strip(),
            **self._time(),
            "actor": {"is": self.doer, "name": self.name.strip() or "not named"},
            "because": "a person's reading",
            "note": " ".join(self.note.split()),
        }

    def changed(self, record: Evidence) -> Evidence:
        """Return a record as the form has it; what the form does not show stays. Raise `EvidenceError`."""
        fields = self.proposed()
        del fields["because"]
        kept = record.model_dump(mode="json", by_alias=True, exclude_none=True)
        for each in ("value", "unit", "date", "period", "undated", "note"):
            kept.pop(each, None)
        marks = {"reliability": self.reliability, "credibility": self.credibility}
        found: Evidence = written_as(kept | fields | marks, Evidence)
        return found

    def _time(self) -> dict[str, Any]:
        first, last = self.first.strip(), self.last.strip()
        if first and last and first != last:
            return {"period": {"first": first, "last": last}}
        if first or last:
            return {"date": first or last}
        return {"undated": " ".join(self.undated.split())}


def filled(item: Proposed, record: ProposedRecord | None, marks: Marks | None) -> RecordForm:
    """Return the form for a passage, filled in with what is proposed for it, as far as something is."""
    form = RecordForm(at=item.at, words=item.quote)
    sure = {"reliability": marks.reliability, "credibility": marks.credibility} if marks is not None else {}
    return form.model_copy(update=sure | (_fields(record) if record is not None else {}))


def form_of(record: Evidence) -> RecordForm:
    """Return the form of a record that stands."""
    marks = {"reliability": record.reliability, "credibility": record.credibility}
    return RecordForm(at=record.at, words=record.quote, record=record.id).model_copy(update=_fields(record) | marks)


def _fields(record: ProposedRecord | Evidence) -> dict[str, str]:
    days = record.period
    return {
        "measures": record.measures,
        "kind": record.kind,
        "value": "" if record.value is None else str(record.value),
        "unit": record.unit or "",
        "first": str(record.date or (days.first if days is not None else "")),
        "last": str(days.last) if days is not None else "",
        "undated": record.undated or "",
        "doer": record.actor.is_,
        "name": record.actor.name,
        "note": record.note or "",
    }


def _value(written: str) -> Any:
    found = _BOUNDS.fullmatch(written)
    if not written or found is None or not any(found.groups()):
        return written
    return {f"at_{word}": number for word, number in found.groupdict().items() if number is not None}
