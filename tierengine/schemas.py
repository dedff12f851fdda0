"""JSON: the schemas that are exported, and the answer as JSON."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from tierengine.reasoning.assessment import Assessment


class Subject(StrEnum):
    """What a schema can be had of."""

    dossier = "dossier"
    assessment = "assessment"
    criterion = "criterion"
    rules = "rules"
    cases = "cases"
    questions = "questions"


_FILES: dict[Subject, str] = {
    Subject.dossier: "**/dossier.yaml",
    Subject.criterion: "criteria/*/*.yaml",
    Subject.rules: "rules/*.yaml",
    Subject.cases: "tests/cases/**/*.yaml",
}
"""Which files of a project are of which kind; an answer is no file that is written by hand."""

_ANSWERS = (Subject.assessment, Subject.questions)
"""What the program writes, so that its schema is of what is written and not of what is read."""


def _type_of(of: Subject) -> Any:
    """What a schema describes; loaded when a schema is asked for, since to print an answer takes none of it."""
    from tierengine.evidence.dossier import Dossier  # noqa: PLC0415
    from tierengine.lab.cases.suite import CaseFile  # noqa: PLC0415
    from tierengine.law.entries import Criterion, RuleFile  # noqa: PLC0415
    from tierengine.law.questions import QuestionTable  # noqa: PLC0415

    return {
        Subject.dossier: Dossier,
        Subject.assessment: Assessment,
        Subject.criterion: Criterion,
        Subject.rules: RuleFile,
        Subject.cases: CaseFile,
        Subject.questions: QuestionTable,
    }[of]


def schema(of: Subject) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what can be read or is answered."""
    mode: JsonSchemaMode = "serialization" if of in _ANSWERS else "validation"
    found = TypeAdapter(_type_of(of)).json_schema(by_alias=True, mode=mode)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def write_all(folder: Path) -> None:
    """Write every schema into a folder, as SUBJECT.schema.json."""
    folder.mkdir(parents=True, exist_ok=True)
    for of in Subject:
        text = json.dumps(schema(of), indent=2, ensure_ascii=False)
        (folder / f"{of.value}.schema.json").write_text(text + "\n", encoding="utf-8")


def editor_setting(folder: Path) -> dict[str, dict[str, str]]:
    """Return the setting by which an editor with the YAML language server finds the schema of each file."""
    return {"yaml.schemas": {(folder / f"{of.value}.schema.json").as_posix(): files for of, files in _FILES.items()}}


def to_json(assessment: Assessment) -> str:
    """Return an assessment as JSON text, two spaces deep; equal assessments give equal text."""
    return _adapter(Assessment).dump_json(assessment, indent=2).decode("utf-8") + "\n"


def dump(kind: Any, value: Any) -> dict[str, Any]:
    """Return a value as what JSON can hold."""
    found: dict[str, Any] = _adapter(kind).dump_python(value, mode="json")
    return found


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Made once for a kind, which takes longer than all that it is then used for."""
    return TypeAdapter(kind)
