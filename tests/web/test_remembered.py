"""What the list of countries knows from the last time that the desk was open."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from tests.conftest import ROOT
from tierengine.web import answers as module
from tierengine.web.desk import Desk, open_desk
from tierengine.web.remembered import InShort

CASE = ("QM", "2011")


def _desk(folder: Path) -> Desk:
    return open_desk(folder, ROOT, cache=folder / ".cache", keys=folder / "keys")


def _listed(desk: Desk) -> InShort:
    kept = desk.shelf.find(*CASE)
    assert kept is not None
    assert kept.casefile is not None
    found = desk.answers.listed(kept.casefile)
    desk.answers.remember()
    return found


@pytest.fixture
def first(folder: Path) -> InShort:
    """What was found when the desk was open first."""
    return _listed(_desk(folder))


def _refuse(*_: object, **__: object) -> NoReturn:
    raise AssertionError("an answer was worked out anew")


def test_the_list_is_there_when_the_desk_is_opened_again(
    folder: Path, first: InShort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is worked out twice, as long as the dossier, the law and the program are the same."""
    monkeypatch.setattr(module, "Assessor", _refuse)
    assert _listed(_desk(folder)) == first


def test_what_was_changed_is_worked_out_anew(folder: Path, first: InShort, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dossier that is another one than before may have another answer: the kept one does not stand for it."""
    dossier = folder / "invented-2011" / "dossier.yaml"
    text = dossier.read_text(encoding="utf-8")
    dossier.write_text(text.replace("reliability: B", "reliability: C", 1), encoding="utf-8")
    desk = _desk(folder)
    with monkeypatch.context() as changed:
        changed.setattr(module, "Assessor", _refuse)
        with pytest.raises(AssertionError, match="worked out anew"):
            _listed(desk)
    assert _listed(desk).open_tiers == first.open_tiers


@pytest.mark.parametrize("tampered", [b"", b'{"a": 1}', b"no JSON", b"tierengine x sha256:0\n{}"])
def test_a_file_that_is_not_as_it_was_written_counts_for_nothing(
    folder: Path, first: InShort, tampered: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is passed over, and written anew."""
    (file,) = (folder / ".cache" / "desk").iterdir()
    before = file.read_bytes()
    file.write_bytes(tampered)
    desk = _desk(folder)
    with monkeypatch.context() as changed:
        changed.setattr(module, "Assessor", _refuse)
        with pytest.raises(AssertionError, match="worked out anew"):
            _listed(desk)
    assert _listed(desk) == first
    assert file.read_bytes() == before
