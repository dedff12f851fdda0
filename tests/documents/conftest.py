"""What the tests of documents share: the templates, and matters that cost time, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT, read_once
from tierengine.documents.draft import Draft
from tierengine.documents.matter import Matter, matter_of
from tierengine.documents.templates import Templates, read_templates
from tierengine.documents.writing import write
from tierengine.evidence.dossier import read_dossier
from tierengine.law.rulebook import Rulebook

SEEDS = ROOT / "seeds"
MADE = (("Document", "a test"),)


@cache
def templates() -> Templates:
    """The templates of the project."""
    return read_templates(ROOT)


@cache
def rules() -> Rulebook:
    """The rulebook of the project."""
    return read_once(ROOT)


@cache
def matter(seed: str) -> Matter:
    """What a document on a seed is about."""
    return matter_of(read_dossier(SEEDS / seed / "dossier.yaml"), rules(), templates())


@cache
def draft(kind: str, seed: str) -> Draft:
    """A document on a seed."""
    about = matter(seed)
    return write(templates().on(kind, about.law.as_of), about, MADE)


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Write bytes into a file of its own."""

    def save(name: str, raw: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return save
