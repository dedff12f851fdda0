"""JSON: the schemas that are exported, and the answer as JSON."""

from __future__ import annotations

import ast
import inspect
import json
from enum import StrEnum
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

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
    found = schema_of(_type_of(of), "serialization" if of in _ANSWERS else "validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def schema_of(kind: Any, mode: JsonSchemaMode = "serialization") -> dict[str, Any]:
    """Return the JSON Schema of any kind of value that is printed as JSON, or (`validation`) read."""
    return TypeAdapter(kind).json_schema(by_alias=True, mode=mode, schema_generator=_WithMeanings)


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


class _WithMeanings(GenerateJsonSchema):
    """Says of each key what stands below it in the code, so that an editor shows it where somebody writes.

    pydantic can do this by itself, but then it reads the code of every model each time the program starts.
    """

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Whether a key is always there: of what is written, also one that had a default."""
        written = self.mode == "serialization" and field["type"] != "typed-dict-field"
        return written or super().field_is_required(field, total)

    def model_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of a model that is read."""
        return _described(super().model_schema(schema), schema["cls"])

    def dataclass_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of a value that is answered."""
        return _described(super().dataclass_schema(schema), schema["cls"])


def _described(schema: dict[str, Any], kind: type) -> dict[str, Any]:
    fields = getattr(kind, "__pydantic_fields__", {})
    for name, meaning in _meanings(kind).items():
        alias = getattr(fields.get(name), "alias", None) or name
        if alias in schema.get("properties", {}):
            schema["properties"][alias].setdefault("description", meaning)
    return schema


def _meanings(kind: type) -> dict[str, str]:
    """The sentence below each field of a class, its bases' included."""
    found: dict[str, str] = {}
    for each in reversed([base for base in kind.__mro__ if base.__module__.startswith("tierengine.")]):
        for line, below in pairwise(_classes(each.__module__)[each.__name__].body):
            match line, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                    found[name] = " ".join(words.split())
    return found


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module as they are written."""
    written = ast.parse(inspect.getsource(import_module(module)))
    return {each.name: each for each in written.body if isinstance(each, ast.ClassDef)}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Made once for a kind, which takes longer than all that it is then used for."""
    return TypeAdapter(kind)
