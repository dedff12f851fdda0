"""The exported schemas take every YAML file of the project as an editor reads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.conftest import ROOT
from tierengine import schemas

FILES = [
    *((path, schemas.Subject.criterion) for path in sorted(ROOT.glob("criteria/*/*.yaml"))),
    *((path, schemas.Subject.rules) for path in sorted(ROOT.glob("rules/*.yaml"))),
    *((path, schemas.Subject.dossier) for path in sorted(ROOT.glob("seeds/*/dossier.yaml"))),
    *((path, schemas.Subject.cases) for path in sorted(ROOT.glob("tests/cases/**/*.yaml"))),
]


def _as_an_editor(value: Any) -> Any:
    """What a YAML editor makes of a file: truths, numbers and text; a date is text to it."""
    if isinstance(value, dict):
        return {_key(key): _as_an_editor(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_an_editor(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


@pytest.mark.parametrize(("path", "subject"), FILES, ids=lambda item: getattr(item, "parent", item).name)
def test_an_editor_finds_nothing_to_complain_of(path: Path, subject: schemas.Subject) -> None:
    """A sound file fits its schema, numbers and truths unquoted as they stand."""
    schema = schemas.schema(subject)
    Draft202012Validator.check_schema(schema)
    found = _as_an_editor(yaml.safe_load(path.read_text(encoding="utf-8")))
    problems = [
        f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(found)
    ]
    assert not problems


@pytest.mark.parametrize("subject", sorted({subject for _, subject in FILES}))
def test_an_unknown_key_is_marked_by_the_schema(subject: schemas.Subject) -> None:
    """Each schema refuses a key that it does not know, so that an editor marks it."""
    errors = Draft202012Validator(schemas.schema(subject)).iter_errors({"colour": "red"})
    assert any("colour" in error.message for error in errors)
