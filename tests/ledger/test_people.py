"""The register of people: who may write what, with which key, from when until when; and names that look alike."""

from __future__ import annotations

import dataclasses
import gzip
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from confusable_homoglyphs.confusables import confusables_data
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran
from tests.ledger.conftest import GOOD, ORIGIN, Office, open_office
from tests.ledger.test_acts import AGREE, refused, seen
from tests.ledger.test_elsewhere import _key as key
from tierengine import canonical
from tierengine.errors import LedgerError, UsageError
from tierengine.law.reader import RulebookFile
from tierengine.ledger import acts, checker
from tierengine.ledger.acts import Desk, Elsewhere, Findings, Ground
from tierengine.ledger.alike import alike, looks, skeleton
from tierengine.ledger.book import Inputs, Ledger, people_of
from tierengine.ledger.entries import AnyEntry, Person, Role, sealed
from tierengine.ledger.keys import Key
from tierengine.ledger.notes import base64
from tierengine.ledger.packet import export
from tierengine.ledger.packet import verify as verify_packet
from tierengine.ledger.register import Register
from tierengine.ledger.store import Store
from tierengine.ledger.verify import verify
from tierengine.ledger.words import headline, to_be_signed

CYRILLIC_ANN = "\N{CYRILLIC CAPITAL LETTER A}nn Lee"
OF_THEN = ROOT / "tests" / "data" / "recorded-by-0.1.0" / "ledger.sqlite.gz"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A new ledger with its people, in SQLite."""
    opened = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    yield opened
    opened.ledger.store.close()


def person(key: Key) -> Person:
    """Who holds a key."""
    return Person(name=key.name, office=key.office, key=base64(key.public))


def enrol(office: Office, key: Key, *roles: Role) -> AnyEntry:
    """Enrol somebody, as Ann."""
    return acts.enrol(office.desk(office.ann), person(key), roles, (), "joins")


def enrol_all(office: Office) -> None:
    """Ann keeps the register and the law, Bo is an officer and policy staff, Cy determines."""
    enrol(office, office.ann, "administrator", "policy")
    enrol(office, office.bo, "officer", "policy")
    enrol(office, office.cy, "determiner")


def new_key(name: str, office: str = "Desk") -> Key:
    """A key of somebody."""
    return Key(name=name, office=office, private=Ed25519PrivateKey.generate())


# -- names that look alike --------------------------------------------------------------------------------------------


def test_letters_that_look_alike() -> None:
    """As they are written, in capitals, or in small letters; and what differs to the eye differs."""
    same = [
        ("Ann Lee", CYRILLIC_ANN),
        ("Hans", "\N{CYRILLIC CAPITAL LETTER EN}ANS"),
        ("Ian", "lan"),
        ("O'Neill", "O\N{RIGHT SINGLE QUOTATION MARK}Neill"),
        ("Ann", "  ANN "),
        ("Ann", "A\N{ZERO WIDTH SPACE}nn"),
        ("Ann", "Ann\N{VARIATION SELECTOR-1}"),
        ("Bo", "B\N{GREEK SMALL LETTER OMICRON}"),
    ]
    other = [
        ("Ann", "Anne"),
        ("Ian", "Lan"),
        ("Bo", "Bob"),
        ("Ann Lee", "AnnLee"),
        ("Jose", "Jos\N{LATIN SMALL LETTER E WITH ACUTE}"),
    ]
    assert [pair for pair in same if not alike(*pair)] == []
    assert [pair for pair in other if alike(*pair)] == []


def test_every_pair_of_the_standard() -> None:
    """Whatever the data lists as a pair has one skeleton, and the skeleton of a skeleton is itself."""
    mark = "\N{LEFT-TO-RIGHT MARK}"
    pairs = [
        (text.replace(mark, ""), each["c"].replace(mark, ""))
        for text, all_ in confusables_data.items()
        for each in all_
    ]
    assert len({frozenset(pair) for pair in pairs}) > 6000
    assert [pair for pair in pairs if skeleton(pair[0]) != skeleton(pair[1])] == []
    assert [one for one, _ in pairs if skeleton(skeleton(one)) != skeleton(one)] == []


@given(st.text(max_size=12), st.text(max_size=12))
def test_what_is_compared_as_equal_looks_alike(one: str, other: str) -> None:
    """Letter case, width and spaces make no other name, and looking alike goes both ways."""
    assert alike(one, f"  {one.casefold()} ") or looks(one)[2] != looks(one.casefold())[2]
    assert alike(one, other) == alike(other, one)
    assert alike(one, one)


def test_a_name_that_looks_like_another_is_refused_without_a_register(office: Office) -> None:
    """Whoever wrote first under a name has it, in whatever letters."""
    office.adopt_rulebook()
    twin = dataclasses.replace(office.bo, name=CYRILLIC_ANN)
    with refused("looks like `Ann Lee`, who wrote here with another key"):
        acts.review(office.desk(twin), 0, "fine", approves=True)
    acts.review(office.desk(office.bo), 0, "fine", approves=True)


# -- the register -----------------------------------------------------------------------------------------------------


def test_who_opens_it_keeps_it(office: Office) -> None:
    """The first is an administrator and enrols nobody else before; then only who is enrolled writes."""
    with refused("whoever opens it, as administrator"):
        enrol(office, office.bo, "officer")
    with refused("whoever opens it, as administrator"):
        enrol(office, office.ann, "policy")
    enrol(office, office.ann, "administrator")
    with refused("the key of `Bo Chen` is not enrolled"):
        acts.change_rulebook(office.desk(office.bo), office.files, 4, "first")
    enrol(office, office.bo, "officer")
    with refused("may not write this"):
        acts.enrol(office.desk(office.bo), person(office.cy), ("officer",), (), "a friend")
    assert verify(office.ledger).checkpoint.size == 2


def test_each_role_writes_its_own(office: Office) -> None:
    """From the rulebook to the review, each by who may, and by nobody else."""
    enrol_all(office)
    office.adopt_rulebook()
    with refused("`Ann Lee` is enrolled as administrator and policy, and may not write this"):
        office.record()
    acts.record(office.desk(office.bo), office.casefile, office.files, None)
    with refused("may not write this"):
        acts.determine(office.desk(office.bo), 4, seen(office), AGREE)
    acts.determine(office.desk(office.cy), 4, seen(office), AGREE)
    acts.review(office.desk(office.bo), 5, "in order", approves=True)
    assert verify(office.ledger).checkpoint.size == 7


def test_a_key_counts_until_it_is_withdrawn(office: Office) -> None:
    """What it signed stays; the person goes on with another, under the same name, and corrects what was theirs."""
    enrol_all(office)
    office.adopt_rulebook()
    acts.record(office.desk(office.bo), office.casefile, office.files, None)
    acts.withdraw(office.desk(office.ann), "bo chen", "the key was lost")
    with refused("the key of `Bo Chen` was withdrawn by entry 5"):
        acts.record(office.desk(office.bo), office.casefile, office.files, None)
    with refused("never counts again"):
        enrol(office, office.bo, "officer")
    again = new_key("Bo Chen", office.bo.office)
    enrol(office, again, "officer")
    with refused("is enrolled with another key"):
        enrol(office, new_key("Bo Chen"), "officer")
    acts.correct(office.desk(again), 4, "the wrong file")
    assert verify(office.ledger).checkpoint.size == 8


def test_names_are_one_in_the_register(office: Office) -> None:
    """A look-alike is refused, whether the other is still there or was; so is a key under another name."""
    enrol_all(office)
    with refused("looks like `Ann Lee`, who is or was in the register"):
        enrol(office, new_key(CYRILLIC_ANN), "officer")
    acts.withdraw(office.desk(office.ann), "Bo Chen", "left")
    with refused("looks like `Bo Chen`"):
        enrol(office, new_key("B\N{CYRILLIC SMALL LETTER O} Chen"), "officer")
    with refused("this key is enrolled as `Cy Dee`"):
        enrol(office, dataclasses.replace(office.cy, name="Dot"), "officer")
    with refused("one line of ordinary text"):
        enrol(office, new_key("D\u200bot"), "officer")


def test_somebody_is_left_to_keep_it(office: Office) -> None:
    """The last administrator is neither withdrawn nor given other roles."""
    enrol_all(office)
    with refused("nobody would be left"):
        acts.withdraw(office.desk(office.ann), "Ann Lee", "left")
    with refused("nobody would be left"):
        enrol(office, office.ann, "policy")
    enrol(office, office.cy, "administrator", "determiner")
    enrol(office, office.ann, "policy")
    with refused("may not write this"):
        enrol(office, office.bo, "officer")
    with pytest.raises(UsageError, match="nobody of the name `Dot`"):
        acts.withdraw(office.desk(office.cy), "Dot", "left")


def test_the_office_is_the_registers(office: Office) -> None:
    """Nobody signs for another office than the one they are enrolled with."""
    enrol_all(office)
    office.adopt_rulebook()
    with refused("enrolled as `Bo Chen`, `Post`"):
        acts.review(office.desk(dataclasses.replace(office.bo, office="Seat")), 3, "fine", approves=True)


def test_verify_reports_who_is_not_enrolled(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the ledger's key can write round the rules, and the entry is found."""
    enrol(office, office.ann, "administrator", "policy")
    monkeypatch.setattr(Register, "objections", lambda *_: iter(()))
    acts.change_rulebook(office.desk(office.bo), office.files, 4, "first")
    monkeypatch.undo()
    with pytest.raises(LedgerError, match="the key of `Bo Chen` is not enrolled") as caught:
        verify(office.ledger)
    assert caught.value.problems[0].where == "entry 1"


def test_an_old_format_is_not_written_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the rules of format 2 hold, an entry of format 1 gets round none of them."""
    office.adopt_rulebook()
    monkeypatch.setattr("tierengine.ledger.entries.FORMAT", 1)
    with refused("written in format 1, after entries of format 2"):
        acts.review(office.desk(office.bo), 0, "fine", approves=True)


def test_a_ledger_made_before_goes_on(tmp_path: Path) -> None:
    """Its authors are enrolled with the keys that they wrote with; then the register holds for it."""
    place = tmp_path / "ledger.sqlite"
    place.write_bytes(gzip.decompress(OF_THEN.read_bytes()))
    ledger = Ledger(Store(str(place)))
    seal, ann, bo = key(ORIGIN, 1), key("Ann Lee", 2), key("Bo Chen", 3)
    desk = Desk(ledger=ledger, author=ann, seal=dataclasses.replace(seal, office=""))
    with ledger.store.reading() as reader:
        assert reader.head.format == 1
    acts.enrol(desk, person(ann), ("administrator",), (), "opens the register")
    with refused("`Bo Chen` wrote here with another key"):
        acts.enrol(desk, person(new_key("Bo Chen")), ("officer",), (), "joins")
    with refused("this key wrote here as `bo chen`"):
        acts.enrol(desk, person(dataclasses.replace(bo, name="Dot")), ("officer",), (), "joins")
    with refused("looks like `Bo Chen`, who wrote here"):
        acts.enrol(desk, person(new_key("B\N{CYRILLIC SMALL LETTER O} Chen")), ("officer",), (), "joins")
    acts.enrol(desk, person(bo), ("officer",), (), "joins")
    assert verify(ledger).checkpoint.size == 9
    with ledger.store.reading() as reader:
        assert reader.head.format == 2
    ledger.store.close()


def test_twins_of_before_go_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two who look alike wrote before names were compared so: both go on, and only one of them is enrolled."""
    twin = dataclasses.replace(office.bo, name=CYRILLIC_ANN)
    with monkeypatch.context() as then:
        then.setattr("tierengine.ledger.entries.FORMAT", 1)
        office.adopt_rulebook()
        acts.record(office.desk(twin), office.casefile, office.files, None)
    assert verify(office.ledger).checkpoint.size == 2
    office.record()
    acts.record(office.desk(twin), office.casefile, office.files, None)
    with refused("wrote entry 2"):
        acts.review(office.desk(twin), 2, "fine", approves=True)
    enrol(office, office.ann, "administrator")
    with refused("looks like `Ann Lee`"):
        enrol(office, twin, "officer")
    assert verify(office.ledger).checkpoint.size == 5


# -- four eyes on a change of the law ---------------------------------------------------------------------------------


def changed(files: tuple[RulebookFile, ...], word: bytes = b"# changed\n") -> tuple[RulebookFile, ...]:
    """A rulebook that says the same in other bytes."""
    return (dataclasses.replace(files[0], raw=files[0].raw + word), *files[1:])


def propose(office: Office, files: tuple[RulebookFile, ...]) -> AnyEntry:
    """Propose a rulebook, as Ann."""
    found = Findings(difference=acts.difference(office.files, files), proof=b"equal", census=b"none moves")
    return acts.propose(office.desk(office.ann), files, 4, found, "clearer")


def test_a_change_of_the_law_has_four_eyes(office: Office) -> None:
    """It is proposed with what was found out of it, approved by somebody else of the policy staff, then adopted."""
    enrol_all(office)
    office.adopt_rulebook()
    files = changed(office.files)
    with refused("a change of the law is proposed and approved first"):
        acts.change_rulebook(office.desk(office.ann), files, 4, "at once")
    assert propose(office, files).number == 4
    with refused("nobody else has approved the proposal of entry 4"):
        acts.adopt(office.desk(office.ann), 4, "approved")
    with refused("wrote entry 4"):
        acts.review(office.desk(office.ann), 4, "fine", approves=True)
    with refused("`Cy Dee` is not enrolled as policy staff"):
        acts.review(office.desk(office.cy), 4, "fine", approves=True)
    acts.review(office.desk(office.bo), 4, "the proof says equal", approves=True)
    adopted = acts.adopt(office.desk(office.ann), 4, "approved")
    assert "as entry 4 proposed and others approved" in headline(adopted)
    with refused("nobody alone takes back a change of the law"):
        acts.correct(office.desk(office.ann), adopted.number, "it was wrong")
    with office.ledger.store.reading() as reader:
        assert people_of(reader).rulebook == getattr(adopted, "rulebook", None)
        proposed, _ = office.ledger.entry(reader, 4)
        assert b"+# changed" in office.ledger.blob(reader, getattr(proposed, "difference", ""))
    acts.record(office.desk(office.bo), office.casefile, files, None)
    assert verify(office.ledger).checkpoint.size == 8


def test_a_proposal_that_somebody_objects_to(office: Office) -> None:
    """It is not adopted while the objection counts; nor one that was corrected, or made for another rulebook."""
    enrol_all(office)
    enrol(office, office.cy, "determiner", "policy")
    office.adopt_rulebook()
    propose(office, changed(office.files))
    acts.review(office.desk(office.bo), 5, "fine", approves=True)
    against = acts.review(office.desk(office.cy), 5, "look at the proof", approves=False)
    with refused("the review of entry 7 objects"):
        acts.adopt(office.desk(office.bo), 5, "approved")
    acts.correct(office.desk(office.cy), against.number, "I had read another proof")
    propose(office, changed(office.files, b"# otherwise\n"))
    acts.adopt(office.desk(office.bo), 5, "approved")
    acts.review(office.desk(office.bo), 9, "fine", approves=True)
    with refused("the ledger's rulebook already|changed meanwhile"):
        acts.adopt(office.desk(office.bo), 5, "again")
    content: dict[str, Any] = {"kind": "rulebook", "examples": 4, "proposal": 3, "reasons": "x"}
    with office.ledger.store.reading() as reader:
        content["replaces"] = people_of(reader).rulebook
    content["rulebook"] = "sha256:" + "0" * 64
    with refused("no proposal that counts"):
        office.ledger.append(content, Inputs(), office.ann, office.seal)
    assert verify(office.ledger).checkpoint.size == 12


# -- whatever people try ----------------------------------------------------------------------------------------------

CROWD = tuple(key(name, seed) for seed, name in enumerate(("Ann", CYRILLIC_ANN[:3], "Bo", "Cy", "Dot"), 10))
ROLES: tuple[Role, ...] = ("administrator", "determiner", "officer", "policy", "reader")
ATTEMPTS = 120
BOOKS = tuple(f"sha256:{digit * 64}" for digit in "123")


def _tried(chance: random.Random, register: Register) -> Any:
    """Something that somebody of a small crowd tries to write; much of it is not allowed."""
    proposals = [number for number, said in register.said.items() if said.kind == "proposal"]
    who, of = chance.choice(CROWD), chance.choice([*register.said, *proposals * 4])
    adopted = chance.choice([None, of, *proposals * 3])
    often = {"enrolment": 2, "withdrawal": 1, "proposal": 2, "review": 5, "rulebook": 4, "correction": 1}
    kind = chance.choice([kind for kind, times in often.items() for _ in range(times)])
    law: dict[str, Any] = {"rulebook": chance.choice(BOOKS), "replaces": register.rulebook, "examples": 4}
    if kind == "rulebook" and adopted in proposals:
        law["rulebook"] = register.said[adopted].rulebook
    spoken_of: dict[str, Any] = {"of": of, "entry": register.said[of].digest}
    roles = chance.sample(ROLES, chance.randint(1, 3))
    said: dict[str, dict[str, Any]] = {
        "enrolment": {"person": person(who).model_dump(), "roles": sorted(roles)},
        "withdrawal": {"name": who.name, "key": base64(who.public)},
        "proposal": {"difference": BOOKS[0], "proof": BOOKS[0], **law},
        "review": {"approves": chance.choice((True, True, False)), **spoken_of},
        "rulebook": law | ({} if adopted is None else {"proposal": adopted}),
        "correction": spoken_of,
    }
    return {"kind": kind, "reasons": "tried"} | said[kind]


@pytest.mark.parametrize("seed", range(12))
def test_what_a_crowd_gets_through(seed: int) -> None:
    """There is always an administrator, nobody who counts looks like another, and the second checker agrees."""
    chance = random.Random(seed)
    register, said = Register(), list[dict[str, Any]]()
    first: list[tuple[Role, Key]] = [("administrator", CROWD[0]), ("policy", CROWD[2]), ("administrator", CROWD[3])]
    opening: list[dict[str, Any]] = [
        {"kind": "enrolment", "person": person(who).model_dump(), "reasons": "first", "roles": sorted({role, "policy"})}
        for role, who in first
    ]
    opening += [{"kind": "rulebook", "rulebook": BOOKS[0], "replaces": None, "examples": 4, "reasons": "first"}]
    for number in range(ATTEMPTS):
        content = opening[number] if number < len(opening) else _tried(chance, register)
        author = CROWD[0] if number < len(opening) else chance.choice((*CROWD, CROWD[0], CROWD[2], CROWD[3]))
        entry, raw = sealed(content, len(said), author, "2026-11-24T14:30:00Z")
        problems, wrong = list(register.objections(entry)), _found_wrong([*said, json.loads(raw)])
        assert not wrong or problems, (wrong, entry)
        assert wrong or not any(problem.where == "author" for problem in problems), (problems, entry)
        if not problems:
            register.take(entry, raw)
            said.append(json.loads(raw))
        there = [each for each in register.people.all() if each.counts]
        assert any("administrator" in each.roles for each in there)
        names = [each.person.name for each in there]
        assert not any(alike(one, other) for at, one in enumerate(names) for other in names[:at])


def _found_wrong(entries: list[dict[str, Any]]) -> list[str]:
    """What the second checker has against some entries, as far as people and the law go."""
    report = checker.Report()
    checker.check_people({entry["number"]: entry for entry in entries}, report)
    return report.wrong


# -- signing elsewhere ------------------------------------------------------------------------------------------------


def test_what_is_signed_elsewhere(office: Office) -> None:
    """The bytes and the words are given, the signature comes back, and the entry stands as if it was signed here."""
    office.adopt_rulebook()
    office.record()
    browser = Elsewhere(ledger=office.ledger, by=person(office.cy))
    waiting = acts.determine(browser, 1, seen(office), AGREE)
    bound = to_be_signed(waiting)
    assert bound[0].startswith("Cy Dee, Seat signs entry 2, ")
    assert bound[1] == "Determines no tier, as entry 1 recommends."
    assert bound[-1].endswith(waiting.digest)
    assert canonical.digest(waiting.to_sign) == waiting.digest
    entry, raw = office.ledger.accept(waiting, office.cy.private.sign(waiting.to_sign), Inputs(), office.seal)
    assert (entry.number, entry.by, raw) == (2, person(office.cy), waiting.signed(_signature(raw)))
    assert verify(office.ledger).checkpoint.size == 3


def _signature(raw: bytes) -> bytes:
    import base64 as b64  # noqa: PLC0415
    import json  # noqa: PLC0415

    return b64.b64decode(json.loads(raw)["signature"])


def test_an_assessment_that_is_signed_elsewhere(office: Office) -> None:
    """Its inputs are given when it is handed in, and replayed like others."""
    office.adopt_rulebook()
    kept: list[Inputs] = []

    class Keeping(Elsewhere):
        """Keeps what an entry was made from until it is signed."""

        def write(self, content: dict[str, Any], inputs: Inputs | None = None) -> Any:
            kept.append(inputs or Inputs())
            return super().write(content, inputs)

    waiting, _ = acts.record(Keeping(ledger=office.ledger, by=person(office.bo)), office.casefile, office.files, None)
    office.ledger.accept(waiting, office.bo.private.sign(waiting.to_sign), kept[0], office.seal)
    assert verify(office.ledger).checkpoint.size == 2


def test_no_signature_is_taken_twice_or_for_other_words(office: Office) -> None:
    """Another's signature, one over other bytes, a replayed one and one that is too old are refused."""
    office.adopt_rulebook()
    office.record()
    browser = Elsewhere(ledger=office.ledger, by=person(office.bo))
    waiting = acts.position(browser, 1, AGREE)
    signature = office.bo.private.sign(waiting.to_sign)
    with refused("not that of the author's key"):
        office.ledger.accept(waiting, office.cy.private.sign(waiting.to_sign), Inputs(), office.seal)
    with refused("not that of the author's key"):
        office.ledger.accept(waiting, office.bo.private.sign(waiting.raw), Inputs(), office.seal)
    with refused("not that of the author's key"):
        office.ledger.accept(waiting, b"", Inputs(), office.seal)
    office.ledger.accept(waiting, signature, Inputs(), office.seal)
    with refused("it was to be entry 2, and the next is entry 3"):
        office.ledger.accept(waiting, signature, Inputs(), office.seal)
    then = Ledger(office.ledger.store, clock=lambda: "2020-01-01T00:00:00Z")
    old = acts.position(Elsewhere(ledger=then, by=person(office.bo)), 1, AGREE)
    with refused("which is too long ago"):
        office.ledger.accept(old, office.bo.private.sign(old.to_sign), Inputs(), office.seal)
    with pytest.raises(UsageError, match="the ledger cannot say this"):
        acts.position(browser, 1, Ground(tier=None, reasons=""))
    assert verify(office.ledger).checkpoint.size == 3


def test_what_the_rules_are_against_is_not_given_to_sign(office: Office) -> None:
    """It would be refused when it is handed in."""
    enrol_all(office)
    with refused("is not enrolled"):
        acts.enrol(Elsewhere(ledger=office.ledger, by=person(new_key("Dot"))), person(office.bo), ("officer",), (), "x")


# -- packets ----------------------------------------------------------------------------------------------------------


def test_a_packet_carries_the_register(office: Office) -> None:
    """Of who wrote in it and of the administrators, and of nobody else; the page names the case alone."""
    enrol_all(office)
    enrol(office, office.cy, "administrator", "determiner")
    enrol(office, new_key("Dot Ek"), "reader")
    enrol(office, office.ann, "policy", "officer")
    office.adopt_rulebook()
    acts.record(office.desk(office.bo), office.casefile, office.files, None)
    acts.withdraw(office.desk(office.cy), "Dot Ek", "left")
    acts.withdraw(office.desk(office.cy), "Bo Chen", "left")
    files = export(office.ledger, 7)
    found = verify_packet(files)
    assert [entry.number for entry in found.entries] == [0, 1, 2, 3, 5, 6, 7, 9]
    assert not any(b"Dot Ek" in raw for name, raw in files.items() if name != "check.py")
    assert b"joins" not in files["page.html"]
    report = checker.check(files)
    assert (report.wrong, report.unchecked) == ([], [])
    less = {name: raw for name, raw in files.items() if name not in ("entries/1.json", "proofs/1.json")}
    with pytest.raises(LedgerError, match="the key of `Bo Chen` is not enrolled"):
        verify_packet(less)
    assert any("who the register says this key is" in line for line in checker.check(less).wrong)


def test_the_second_checker_knows_the_rules(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries that somebody wrote round the rules are found in a packet: no role, a withdrawn key, no approval."""
    enrol_all(office)
    office.adopt_rulebook()
    monkeypatch.setattr(Register, "objections", lambda *_: iter(()))
    office.record()
    acts.withdraw(office.desk(office.ann), "Bo Chen", "left")
    acts.position(office.desk(office.bo), 4, AGREE)
    files = changed(office.files)
    propose(office, files)
    acts.review(office.desk(office.ann), 7, "fine", approves=True)
    acts.adopt(office.desk(office.ann), 7, "approved by myself")
    wrong = checker.check(export(office.ledger, 4)).wrong
    assert [line.partition(":")[0] for line in wrong] == [
        "entries/8.json", "entries/4.json", "entries/6.json", "entries/9.json",
    ]  # fmt: skip
    assert "only others review an entry" in wrong[0]
    assert "Ann Lee was not in the register with a role that may write this" in wrong[1]
    assert "Bo Chen was not in the register" in wrong[2]
    assert "nobody else approved this change of the law" in wrong[3]


# -- the verbs --------------------------------------------------------------------------------------------------------


def test_the_verbs(tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From a ledger without a register to a key that is withdrawn; the office is the register's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIERENGINE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("TIERENGINE_RULEBOOK", str(SMALL))
    tierengine("ledger", "init", "--origin", ORIGIN)
    for name in ("Ann Lee", "Bo Chen"):
        tierengine("ledger", "key", name, "--office", "Desk")
    assert "keeps no register" in tierengine("people", "list").out
    mine = ("--reasons", "as the office decided", "--as", "Ann Lee")
    roles = ("--role", "administrator", "--role", "policy")
    assert tierengine("people", "enrol", "Ann Lee", *roles, *mine).code == 0
    assert tierengine("people", "enrol", "Bo Chen", "--role", "officer", "--office", "Post", *mine).code == 0
    assert tierengine("people", "enrol", "Bo Chen", "--role", "officer", "--cleared", "SBU", *mine).code == 0
    wrong = tierengine("people", "enrol", "Dot", "--role", "officer", "--public", "x", "--office", "Desk", *mine)
    assert (wrong.code, "`x` is no public key" in wrong.err) == (2, True)
    assert tierengine("ledger", "rulebook", *mine).code == 0
    recorded = tierengine("ledger", "record", GOOD, "--as", "Bo Chen")
    assert (recorded.code, "Bo Chen, Post" in recorded.out) == (4, True)
    assert tierengine("people", "withdraw", "bo chen", *mine).code == 0
    listed = tierengine("people", "list").out
    assert "Bo Chen, Post" in listed
    assert "(entry 5)" in listed
    assert '"cleared": [\n        "SBU"\n      ]' in tierengine("people", "list", "--format", "json").out
    refused_ = tierengine("ledger", "record", GOOD, "--as", "Bo Chen")
    assert (refused_.code, "was withdrawn by entry 5" in refused_.err) == (2, True)
    assert tierengine("ledger", "verify").code == 0


def test_the_verbs_on_a_proposal(
    tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A changed rulebook is proposed, looked at, approved by somebody else, and adopted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIERENGINE_KEYS", str(tmp_path / "keys"))
    tierengine("ledger", "init", "--origin", ORIGIN)
    for name in ("Ann Lee", "Bo Chen"):
        tierengine("ledger", "key", name, "--office", "Desk")
    shutil.copytree(SMALL, tmp_path / "book")
    ann, bo = (("--reasons", "clearer", "--as", name) for name in ("Ann Lee", "Bo Chen"))
    assert tierengine("ledger", "propose", "--rulebook", SMALL, *ann).code == 2
    tierengine("ledger", "rulebook", "--rulebook", SMALL, *ann)
    changed_file = next((tmp_path / "book" / "criteria").rglob("*.yaml"))
    changed_file.write_bytes(changed_file.read_bytes() + b"# a remark\n")
    made = tierengine("ledger", "propose", "--rulebook", tmp_path / "book", *ann)
    assert (made.code, made.err) == (0, "")
    looked = tierengine("ledger", "proposal", 1)
    assert "+# a remark" in looked.out
    assert "Under the law from" in looked.out
    assert tierengine("ledger", "proposal", 0).code == 2
    assert "nobody else has approved" in tierengine("ledger", "rulebook", "--proposal", 1, *ann).err
    assert tierengine("ledger", "review", 1, *bo).code == 0
    assert tierengine("ledger", "rulebook", "--proposal", 1, *ann).code == 0
    assert tierengine("ledger", "verify").code == 0
