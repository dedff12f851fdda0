"""JSON: the schemas that are exported, and the answer as JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from tierengine.evidence.dossier import Dossier
from tierengine.lab.cases import CaseFile
from tierengine.law.entries import Criterion, RuleFile
from tierengine.reasoning.assessment import Assessment


class Subject(StrEnum):
    """What a schema can be had of."""

    dossier = "dossier"
    assessment = "assessment"
    criterion = "criterion"
    rules = "rules"
    cases = "cases"


_TYPES: dict[Subject, Any] = {
    Subject.dossier: Dossier,
    Subject.assessment: Assessment,
    Subject.criterion: Criterion,
    Subject.rules: RuleFile,
    Subject.cases: CaseFile,
}
_ASSESSMENT = TypeAdapter(Assessment)


def schema(of: Subject) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a dossier, an assessment, a criterion, a rule file or cases."""
    mode: JsonSchemaMode = "serialization" if of is Subject.assessment else "validation"
    found = TypeAdapter(_TYPES[of]).json_schema(by_alias=True, mode=mode)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def to_json(assessment: Assessment) -> str:
    """Return an assessment as JSON text, two spaces deep; equal assessments give equal text."""
    return _ASSESSMENT.dump_json(assessment, indent=2).decode("utf-8") + "\n"


def dump(kind: Any, value: Any) -> dict[str, Any]:
    """Return a value as what JSON can hold."""
    found: dict[str, Any] = TypeAdapter(kind).dump_python(value, mode="json")
    return found
