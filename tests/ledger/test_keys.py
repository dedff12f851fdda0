"""Key files: who may read them, what they say, and that the private key is printed nowhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tierengine.errors import LedgerError, StoreError, UsageError
from tierengine.ledger.keys import Keys, plain_name


def test_a_key_comes_back(tmp_path: Path) -> None:
    """It is found by the name in any case and spacing, and another program can read it."""
    keys = Keys(tmp_path / "a" / "keys")
    made = keys.make("Ann  Lee", "Office of the Secretary")
    found = keys.of("ann lee")
    assert (found.name, found.office, found.public) == ("Ann  Lee", "Office of the Secretary", made.public)
    raw = (tmp_path / "a" / "keys" / "ann-lee.key").read_bytes()
    assert load_pem_private_key(raw, password=None).private_bytes_raw() == made.private.private_bytes_raw()  # type: ignore[union-attr]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_may_read_it(tmp_path: Path, mask: int) -> None:
    """Whatever the mask of the process says."""
    before = os.umask(mask)
    try:
        Keys(tmp_path / "keys").make("Ann", "Desk")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys" / "ann.key").stat().st_mode) == 0o600


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    """It is refused, with the cure."""
    Keys(tmp_path).make("Ann", "Desk")
    (tmp_path / "ann.key").chmod(0o640)
    with pytest.raises(LedgerError, match="others than its owner") as caught:
        Keys(tmp_path).of("Ann")
    assert "chmod 600" in caught.value.problems[0].cure


def test_a_key_is_never_made_twice(tmp_path: Path) -> None:
    """The first stays as it was."""
    made = Keys(tmp_path).make("Ann", "Desk")
    with pytest.raises(UsageError, match="has a key already"):
        Keys(tmp_path).make("ANN", "Other")
    assert Keys(tmp_path).of("Ann").public == made.public


@pytest.mark.parametrize("text", ["", " ", "two\nlines", "a\tb"])
def test_names_that_are_none(tmp_path: Path, text: str) -> None:
    """Neither of a person nor of an office; both are reported at once."""
    with pytest.raises(UsageError) as caught:
        Keys(tmp_path).make(text, text)
    assert [problem.where for problem in caught.value.problems] == ["NAME", "--office"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("origin", ["", "two words", "a+b"])
def test_names_that_no_ledger_may_have(tmp_path: Path, origin: str) -> None:
    """A checkpoint could not name them."""
    with pytest.raises(UsageError, match="cannot name a ledger"):
        Keys(tmp_path).make_ledger_key(origin)


def test_a_name_that_is_a_path_stays_in_the_folder(tmp_path: Path) -> None:
    """A slash in a name leads nowhere."""
    Keys(tmp_path / "keys").make("../../Ann", "Desk")
    assert [path.parent for path in tmp_path.rglob("*.key")] == [tmp_path / "keys"]


@pytest.mark.parametrize(
    "raw", [b"", b"name: Ann\noffice: x\n", b"\xff\xfe", b"name: A\noffice: \n-----BEGIN PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key(tmp_path: Path, raw: bytes) -> None:
    """A damaged file is reported as such."""
    path = tmp_path / "ann.key"
    path.write_bytes(raw)
    path.chmod(0o600)
    with pytest.raises(LedgerError, match="holds no key"):
        Keys(tmp_path).of("Ann")


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    """A file in the folder's place."""
    (tmp_path / "keys").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        Keys(tmp_path / "keys").make("Ann", "Desk")
    with pytest.raises(StoreError, match="cannot be used"):
        Keys(tmp_path / "keys").of("Ann")


def test_a_key_is_shown_without_its_secret(tmp_path: Path) -> None:
    """In what a debugger or an error would print."""
    made = Keys(tmp_path).make("Ann", "Desk")
    secret = made.private.private_bytes_raw()
    assert secret.hex() not in repr(made)
    assert repr(secret) not in repr(made)
    assert "private" not in repr(made)


def test_names_are_compared_plainly() -> None:
    """Letter case, wide letters and white space make no other person."""
    assert plain_name("Ann\N{NO-BREAK SPACE}\N{FULLWIDTH LATIN CAPITAL LETTER L}ee ") == "ann lee"
