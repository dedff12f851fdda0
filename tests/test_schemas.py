"""The exported schemas take every YAML file of the project as an editor reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.conftest import ROOT, Ran
from tierengine import schemas

FILES = [
    *((path, schemas.Subject.criterion) for path in sorted(ROOT.glob("criteria/*/*.yaml"))),
    *((path, schemas.Subject.rules) for path in sorted(ROOT.glob("rules/*.yaml"))),
    *((path, schemas.Subject.dossier) for path in sorted(ROOT.glob("seeds/*/dossier.yaml"))),
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


def test_the_setting_of_an_editor_finds_every_file(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Two lines suffice: one writes the schemas and prints the setting, and every file is checked by its schema."""
    setting = json.loads(tierengine("schema", "--all", tmp_path / "schemas").out)
    checked = {}
    for schema, files in setting["yaml.schemas"].items():
        validator = Draft202012Validator(json.loads(Path(schema).read_text(encoding="utf-8")))
        for path in ROOT.glob(files):
            if ".venv" not in path.parts:
                found = _as_an_editor(yaml.safe_load(path.read_text(encoding="utf-8")))
                assert not list(validator.iter_errors(found)), path
                checked[path] = schema
    assert set(checked) >= {path for path, _ in FILES}


@pytest.mark.parametrize("words", [(), ("rules", "--all", "x"), ("poem",)])
def test_a_schema_of_nothing(words: tuple[str, ...], tierengine: Callable[..., Ran]) -> None:
    """Neither or both of subject and folder, and a subject that there is not: usage."""
    assert tierengine("schema", *words).code == 2
