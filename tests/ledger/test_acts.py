"""What people may and may not do, each asked of a ledger in SQLite and in PostgreSQL."""

from __future__ import annotations

import dataclasses

import pytest

from tests.ledger.conftest import Office
from tierengine.errors import LedgerError, RefusedError, UsageError
from tierengine.ledger import acts
from tierengine.ledger.acts import Ground
from tierengine.ledger.book import register_of
from tierengine.ledger.entries import AssessmentEntry, DeterminationEntry, PositionEntry
from tierengine.ledger.verify import verify

AGREE = Ground(tier=None, reasons="it follows from the evidence")
DEPART = Ground(tier="3", discretion=True, reasons="the relations of the two countries")


def seen(office: Office, case: str = "nowhere-2007") -> str:
    """What is on record of a case, as somebody reads it now."""
    with office.ledger.store.reading() as reader:
        return register_of(reader, case).seen(case)


def refused(what: str) -> pytest.RaisesExc[RefusedError]:
    """The refusal that says so."""
    return pytest.raises(RefusedError, match=what)


def test_the_whole_way(office: Office) -> None:
    """From the rulebook to a reviewed determination, and the ledger holds."""
    office.adopt_rulebook()
    recorded = office.record()
    assert isinstance(recorded, AssessmentEntry)
    agreed = acts.position(office.desk(office.bo), 1, AGREE)
    assert isinstance(agreed, PositionEntry)
    assert agreed.agrees
    assert agreed.tier == recorded.tier
    determined = acts.determine(office.desk(office.cy), 1, seen(office), AGREE)
    assert isinstance(determined, DeterminationEntry)
    assert determined.adopts
    acts.review(office.desk(office.ann), determined.number, "it is in order", approves=True)
    assert verify(office.ledger).checkpoint.size == 5


def test_nothing_is_assessed_under_a_rulebook_that_is_not_on_record(office: Office) -> None:
    """The change comes first."""
    with refused("a rulebook that is not the ledger's"):
        office.record()
    assert verify(office.ledger).checkpoint.size == 0


def test_a_rulebook_is_recorded_once(office: Office) -> None:
    """And a second entry for the same is refused."""
    office.adopt_rulebook()
    with refused("the ledger's rulebook already"):
        office.adopt_rulebook()


def test_nobody_reviews_what_they_wrote(office: Office) -> None:
    """Neither under their own name, nor with their key under another, nor under their name with another key."""
    office.adopt_rulebook()
    with refused("`Ann Lee` wrote entry 0"):
        acts.review(office.desk(office.ann), 0, "fine", approves=True)
    with refused("under another name"):
        acts.review(office.desk(dataclasses.replace(office.ann, name="Dot")), 0, "fine", approves=True)
    with refused("with another key"):
        acts.review(office.desk(dataclasses.replace(office.bo, name="ANN  lee")), 0, "fine", approves=True)
    acts.review(office.desk(office.bo), 0, "fine", approves=True)
    with refused("has reviewed"):
        acts.review(office.desk(office.bo), 0, "still fine", approves=True)
    with refused("none that can be reviewed"):
        acts.review(office.desk(office.cy), 1, "the review is fine", approves=True)


def test_a_determination_is_of_what_was_seen(office: Office) -> None:
    """A position that came in meanwhile must be read first, whatever it says."""
    office.adopt_rulebook()
    office.record()
    before = seen(office)
    acts.position(office.desk(office.bo), 1, DEPART)
    with refused("no longer what is on record"):
        acts.determine(office.desk(office.cy), 1, before, AGREE)
    acts.determine(office.desk(office.cy), 1, seen(office)[:20], AGREE)


def test_a_digest_must_be_one(office: Office) -> None:
    """A few digits are not enough, and words are none."""
    office.adopt_rulebook()
    office.record()
    for written in ("", "sha256:", "abc", "the last one"):
        with pytest.raises(UsageError, match="is no digest"):
            acts.determine(office.desk(office.cy), 1, written, AGREE)


def test_a_newer_assessment_makes_the_older_stale(office: Office) -> None:
    """Positions and determinations are on the current one only."""
    office.adopt_rulebook()
    office.record()
    office.record()
    with refused("no longer what is on record"):
        acts.position(office.desk(office.bo), 1, AGREE)
    with refused("no longer what is on record"):
        acts.determine(office.desk(office.cy), 1, seen(office), AGREE)
    acts.determine(office.desk(office.cy), 2, seen(office), AGREE)


def test_a_case_is_determined_once(office: Office) -> None:
    """Until the determination is corrected by who made it."""
    office.adopt_rulebook()
    office.record()
    made = acts.determine(office.desk(office.cy), 1, seen(office), AGREE)
    with refused("has been determined"):
        acts.determine(office.desk(office.bo), 1, seen(office), DEPART)
    with refused("`Bo Chen` did not write"):
        acts.correct(office.desk(office.bo), made.number, "I would not have")
    acts.correct(office.desk(office.cy), made.number, "too early")
    with refused("was corrected before"):
        acts.correct(office.desk(office.cy), made.number, "again")
    with refused("counts no more"):
        acts.review(office.desk(office.bo), made.number, "fine", approves=True)
    acts.determine(office.desk(office.bo), 1, seen(office), DEPART)
    assert verify(office.ledger).checkpoint.size == 5


def test_a_corrected_assessment_is_not_current(office: Office) -> None:
    """Nothing can be determined on it."""
    office.adopt_rulebook()
    office.record()
    acts.correct(office.desk(office.ann), 1, "the wrong file")
    with refused("no longer what is on record"):
        acts.determine(office.desk(office.cy), 1, seen(office), AGREE)


def test_a_departure_has_one_ground(office: Office) -> None:
    """Without a disputed finding it is discretion; who goes along needs none."""
    office.adopt_rulebook()
    office.record()
    bare = Ground(tier="3", reasons="I think so")
    with refused("a departure has one ground"):
        acts.position(office.desk(office.bo), 1, bare)
    with refused("a departure has one ground"):
        acts.determine(office.desk(office.cy), 1, seen(office), bare)
    with refused("disputes nothing"):
        acts.position(office.desk(office.bo), 1, Ground(tier=None, discretion=True, reasons="yes"))


def test_another_seal_is_refused(office: Office) -> None:
    """A ledger is sealed by the key it was made with."""
    other = dataclasses.replace(office.desk(office.ann), seal=dataclasses.replace(office.bo, name=office.seal.name))
    with pytest.raises(LedgerError, match="made with another key"):
        acts.change_rulebook(other, office.files, 4, "none")
    assert verify(office.ledger).checkpoint.size == 0
