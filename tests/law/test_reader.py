"""Reading a rulebook, choosing the law of a date, and the cache."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL
from tierengine.errors import NotInForceError, RulebookError
from tierengine.law.reader import read_rulebook, rulebook_digest, rulebook_files

BOOK = read_rulebook(ROOT)
DAYS = st.dates(date(1999, 1, 1), date(2030, 1, 1))


@given(DAYS)
def test_on_each_day_the_law_is_a_whole_or_refused(day: date) -> None:
    """A day lies in what is covered exactly if the law of that day can be had."""
    covered = any(first <= day and (until is None or day < until) for first, until in BOOK.covered())
    try:
        law = BOOK.on(day)
    except NotInForceError:
        assert not covered
    else:
        assert covered
        assert all(entry.in_force.holds(day) for entry in law.entries())


def test_intervals_are_half_open() -> None:
    """The encoded law is in force on its first day and on the day before the change, not on the day of it."""
    first, until = BOOK.covered()[0]
    assert (first, until) == (date(2005, 10, 1), date(2008, 1, 10))
    assert BOOK.on(first).as_of == first
    assert BOOK.on(date(2008, 1, 9)).as_of == date(2008, 1, 9)
    for outside in (first - timedelta(days=1), date(2008, 1, 10)):
        with pytest.raises(NotInForceError):
            BOOK.on(outside)


def test_the_cache_gives_the_same_rulebook(tmp_path: Path) -> None:
    """What comes from the cache equals what was read, entry by entry."""
    cold = read_rulebook(ROOT, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert read_rulebook(ROOT, cache=tmp_path) == cold == BOOK


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", b'{"digest": "sha256:0"}'])
def test_a_damaged_cache_is_ignored(tmp_path: Path, damage: bytes) -> None:
    """A damaged file in the cache is written anew and never used."""
    read_rulebook(SMALL, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert read_rulebook(SMALL, cache=tmp_path) == read_rulebook(SMALL)
    assert kept.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    """A file where the cache folder should be: the rulebook is read all the same."""
    (tmp_path / "cache").write_text("in the way")
    assert read_rulebook(SMALL, cache=tmp_path / "cache") == read_rulebook(SMALL)


def test_every_byte_and_name_is_in_the_digest(tmp_path: Path) -> None:
    """One changed byte, or one renamed file, changes the digest of the rulebook."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    before = rulebook_digest(rulebook_files(folder))
    path = folder / "rules" / "rules.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    changed = rulebook_digest(rulebook_files(folder))
    path.rename(folder / "rules" / "other.yaml")
    assert len({before, changed, rulebook_digest(rulebook_files(folder))}) == 3


def test_a_file_that_would_not_be_read_is_told(tmp_path: Path) -> None:
    """A criterion at the wrong depth, or a `.yml`, is not passed over in silence."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    (folder / "criteria" / "stray.yaml").write_text("id: X")
    (folder / "rules" / "more.yml").write_text("tiers: []")
    with pytest.raises(RulebookError) as told:
        read_rulebook(folder)
    assert [problem.where for problem in told.value.problems] == ["criteria/stray.yaml", "rules/more.yml"]


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A link that leads nowhere is told, and ends no reading in a traceback."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    (folder / "rules" / "lost.yaml").symlink_to(tmp_path / "nowhere.yaml")
    with pytest.raises(RulebookError, match="cannot be opened"):
        read_rulebook(folder)


def test_a_folder_without_rulebook(tmp_path: Path) -> None:
    """A folder that holds neither room is told with both."""
    with pytest.raises(RulebookError) as told:
        read_rulebook(tmp_path)
    assert len(told.value.problems) == 2
