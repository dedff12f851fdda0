"""Signed notes and checkpoints, with the examples of the specification."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tierengine.errors import LedgerError
from tierengine.ledger.notes import Checkpoint, Verifier, is_key_name, sign

FOREIGN = (
    "This is an example message.\n\n"
    "\N{EM DASH} example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
FOREIGN_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
"""A note and a verifier key that another implementation of signed notes made."""

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MINE = Verifier("example.gov/ledger", KEY.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint("example.gov/ledger", 7, bytes(range(32)))
NOTE = sign(CHECKPOINT.text, "example.gov/ledger", KEY)


def test_a_note_of_another_implementation() -> None:
    """Its key is read and written alike, and its signature holds."""
    verifier = Verifier.of(FOREIGN_KEY)
    assert verifier is not None
    assert str(verifier) == FOREIGN_KEY
    assert verifier.text_of(FOREIGN, "note") == "This is an example message.\n"


def test_a_checkpoint_comes_back() -> None:
    """What was signed is read as it was."""
    assert Checkpoint.of(NOTE, MINE, "checkpoint") == CHECKPOINT


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    """A line of a witness beside the ledger's own does no harm."""
    witness = Verifier("witness.example", bytes(32)).signature_line(bytes(64))
    assert Checkpoint.of(NOTE + witness, MINE, "checkpoint") == CHECKPOINT


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_no_changed_character_is_taken(at: int, other: str) -> None:
    """A checkpoint with one other character does not hold."""
    if NOTE[at] == other:
        return
    with pytest.raises(LedgerError):
        Checkpoint.of(NOTE[:at] + other + NOTE[at + 1 :], MINE, "checkpoint")


@pytest.mark.parametrize(
    "text",
    [
        "example.gov/ledger\n07\n" + CHECKPOINT.text.split("\n")[2] + "\n",
        "example.gov/ledger\n7\nAAAA\n",
        "example.gov/ledger\n7\n",
        "other.gov/ledger\n7\n" + CHECKPOINT.text.split("\n")[2] + "\n",
        CHECKPOINT.text + "one line more\n",
    ],
)
def test_a_signed_note_that_is_no_checkpoint(text: str) -> None:
    """The signature alone makes no checkpoint."""
    with pytest.raises(LedgerError, match="no checkpoint"):
        Checkpoint.of(sign(text, "example.gov/ledger", KEY), MINE, "checkpoint")


@pytest.mark.parametrize("line", ["", "a", "a+b+c", FOREIGN_KEY + " ", FOREIGN_KEY[:-1] + "l", "x" + FOREIGN_KEY])
def test_a_line_that_is_no_verifier_key(line: str) -> None:
    """A key whose identifier does not fit its name and bytes is none."""
    assert Verifier.of(line) is None


def test_names_of_keys() -> None:
    """A name has no white space and no plus."""
    assert is_key_name("example.gov/ledger")
    assert not any(is_key_name(name) for name in ("", "a b", "a+b", "a\N{NO-BREAK SPACE}b"))
