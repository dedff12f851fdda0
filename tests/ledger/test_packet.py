"""The packet: it holds the whole case, and whatever is done to it shows."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Ran
from tests.ledger.packets import small_office, small_packet, two_years_packet
from tierengine.errors import LedgerError, UsageError
from tierengine.ledger import checker
from tierengine.ledger.archive import pack, unpack
from tierengine.ledger.notes import Verifier
from tierengine.ledger.packet import export, verify

Files = dict[str, bytes]
BESIDE = ("check.py", "README.txt")
"""Files that show a stranger how to check a packet: they are of this version, or of a named earlier one."""
OF_0_1_0 = ROOT / "tests" / "data" / "recorded-by-0.1.0" / "guatemala-2007.zip"
SEALED_ANEW = ("page.html", "provenance.json", *BESIDE)
"""Files that the second checker leaves to `tierengine verify`."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A packet under the small rulebook."""
    return small_packet(tmp_path_factory.mktemp("small"))


def found(files: Files) -> str:
    """The first thing that is wrong with a packet: where, and what."""
    with pytest.raises(LedgerError) as raised:
        verify(files)
    return f"{raised.value.problems[0].where}: {raised.value.problems[0].what}"


def noticed(files: Files) -> bool:
    """Whether the second checker finds something wrong, or cannot check it."""
    report = checker.check(files)
    return bool(report.wrong or report.unchecked)


# -- what it holds ----------------------------------------------------------------------------------------------------


def test_a_packet_holds(small: Files) -> None:
    """All entries of the case and those on the rulebook; those of another case stay out."""
    verified = verify(small)
    assert [entry.kind for entry in verified.entries] == [
        "rulebook", "assessment", "position", "determination", "review",
    ]  # fmt: skip
    assert (verified.assessment.number, verified.checkpoint.size, verified.warnings) == (1, 6, ())
    assert unpack(pack(small)) == small
    assert pack(small) == pack(dict(reversed(small.items())))


def test_a_packet_holds_the_dossier_of_the_last_report(tmp_path: Path) -> None:
    """It is stored, exported and worked out anew with its sources; whoever changes a figure in it is noticed."""
    files = two_years_packet(tmp_path)
    assert {"dossier/2012/dossier.yaml", "dossier/2012/cable.txt"} <= files.keys()
    assert verify(unpack(pack(files))).warnings == ()
    report = checker.check(files)
    assert (report.wrong, report.unchecked) == ([], [])
    last = files["dossier/2012/dossier.yaml"]
    changed = files | {"dossier/2012/dossier.yaml": last.replace(b"at_most: 7", b"at_most: 9")}
    assert last != changed["dossier/2012/dossier.yaml"]
    assert noticed(changed)
    assert "2012/dossier.yaml" in found(changed)


def test_the_same_packet_from_every_entry_of_a_case(tmp_path: Path) -> None:
    """Whichever entry is named; and none of a rulebook, or one that does not exist."""
    office = small_office(tmp_path)
    packets = [export(office.ledger, number) for number in (1, 2, 3, 4)]
    assert all(packet == packets[0] for packet in packets)
    assert verify(export(office.ledger, 5)).assessment.case == "elsewhere"
    for number in (0, 77):
        with pytest.raises(UsageError):
            export(office.ledger, number)
    office.ledger.store.close()


def test_another_key_than_the_known_one(small: Files) -> None:
    """Who knows the key is not taken in by a packet that was sealed with another."""
    known = Verifier.of(small["ledger.vkey"].decode().strip())
    assert known is not None
    verify(small, known)
    with pytest.raises(LedgerError, match="carries the key"):
        verify(small, Verifier(known.name, bytes(32)))


# -- what is done to it -----------------------------------------------------------------------------------------------


def test_any_byte_of_any_file(small: Files) -> None:
    """Ten bytes of each file, one at a time; the file is named, and the second checker finds it as well."""
    chance = random.Random(7)
    for name, raw in small.items():
        for _ in range(10):
            changed = bytearray(raw)
            changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            files = small | {name: bytes(changed)}
            problems = found(files)
            place = "rulebook" if name.startswith("rulebook/") else name
            assert problems.startswith(place) or name in ("ledger.vkey", "checkpoint"), problems
            assert name in SEALED_ANEW or noticed(files), name


def test_any_missing_file(small: Files) -> None:
    """Each file, left out, is named."""
    for name in small:
        files = {other: raw for other, raw in small.items() if other != name}
        assert found(files).startswith("rulebook" if name.startswith("rulebook/") else f"{name}: it is missing")
        assert name in SEALED_ANEW or noticed(files), name


def test_a_missing_entry_that_others_speak_of(small: Files) -> None:
    """The position and its proof are left out; the determination was made on it."""
    files = {name: raw for name, raw in small.items() if not name.endswith("/2.json")}
    assert "entries/3.json: the rules of the ledger are against it" in found(files)
    assert any("what was on record" in line for line in checker.check(files).wrong)


@pytest.mark.parametrize(
    "name", ["virus.exe", "dossier/second.yaml", "rulebook/rules/second.yaml", "proofs/5.json", "entries/05.json"]
)
def test_an_added_file(small: Files, name: str) -> None:
    """Whatever nobody vouches for does not belong in a packet."""
    problems = found(small | {name: b"{}"})
    assert Path(name).name in problems or problems.startswith("rulebook")
    assert noticed(small | {name: b"{}"})


def test_swapped_files(small: Files) -> None:
    """Every two files of one folder."""
    names = sorted(name for name in small if name not in BESIDE)
    for first in names:
        for second in names:
            if first < second and Path(first).parent == Path(second).parent:
                files = small | {first: small[second], second: small[first]}
                found(files)
                assert {first, second} & set(SEALED_ANEW) or noticed(files), (first, second)


def test_an_entry_of_another_ledger(small: Files, tmp_path: Path) -> None:
    """Its proof, its signature and its key are sound there, and it is none of this ledger."""
    other = small_packet(tmp_path)
    files = small | {name: other[name] for name in ("entries/4.json", "proofs/4.json")}
    assert "does not lead from entry 4 to the root" in found(files)
    assert any("does not lead from it to the root" in line for line in checker.check(files).wrong)


@pytest.mark.parametrize("false", [{"concession": "leaves it open"}, {"disputes": "met"}])
def test_a_concession_that_does_something_else(tmp_path: Path, false: dict[str, Any]) -> None:
    """An office that signs what the engine did not find: conceding shows it."""
    office = small_office(tmp_path)
    with office.ledger.store.reading() as reader:
        honest, _ = office.ledger.entry(reader, 2)
    entry = honest.model_dump(
        mode="json", exclude={"format", "number", "time", "by", "signature"}, exclude_defaults=True
    )
    if "disputes" in false:
        false = {"disputes": [entry["disputes"][0] | {"found": false["disputes"]}]}
    office.desk(office.bo).write(entry | false)
    assert found(export(office.ledger, 1)).startswith("entries/6.json: conceding what it disputes does something else")
    office.ledger.store.close()


def test_a_page_that_says_something_else(small: Files) -> None:
    """The page is made anew from the answer."""
    page = small["page.html"].replace(b"Nowhere", b"Everywhere")
    assert page != small["page.html"]
    assert found(small | {"page.html": page}).startswith("page.html: made again")


# -- as it is typed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def packet(tierengine: Callable[..., Ran], tmp_path: Path) -> Path:
    """A packet that the command wrote."""
    small_office(tmp_path).ledger.store.close()
    place = tmp_path / "packet.zip"
    options = ("--ledger", tmp_path / "ledger.sqlite", "--keys", tmp_path / "keys")
    ran = tierengine("ledger", "export", 3, place, *options)
    assert (ran.code, ran.err) == (0, "")
    again = tierengine("ledger", "export", 3, place, *options)
    assert again.code == 1
    assert "cannot be written: File exists" in again.err
    return place


def test_the_verbs(tierengine: Callable[..., Ran], packet: Path, tmp_path: Path) -> None:
    """Verified with the key of the packet, with a known one, from a file, and with another."""
    ran = tierengine("verify", packet)
    assert (ran.code, ran.err) == (0, "")
    assert "All 5 entries are signed" in ran.out
    assert "This key was taken from the packet" in ran.out
    key = tmp_path / "known.vkey"
    key.write_bytes(unpack(packet.read_bytes())["ledger.vkey"])
    for known in (key, key.read_text().strip()):
        ran = tierengine("verify", packet, "--key", known, "--format", "json")
        assert (ran.code, '"warnings": []' in ran.out) == (0, True)
    other = str(Verifier("example.gov/tier-ledger", bytes(32)))
    assert tierengine("verify", packet, "--key", other).code == 5
    assert tierengine("verify", packet, "--key", "nonsense").code == 2
    assert tierengine("verify", tmp_path / "none.zip").code == 1


def test_a_second_checker_that_was_replaced(tierengine: Callable[..., Ran], packet: Path) -> None:
    """Whoever would run it runs another's program: the packet is refused, unless it is that of an earlier version."""
    files = unpack(packet.read_bytes())
    for name in BESIDE:
        packet.write_bytes(pack(files | {name: b"print('All holds')"}))
        ran = tierengine("verify", packet)
        assert (ran.code, ran.out) == (5, "")
        assert ran.err.startswith(f"{name}: it is not the one of tierengine")
    then = unpack(OF_0_1_0.read_bytes())
    packet.write_bytes(pack(files | {name: then[name] for name in BESIDE}))
    ran = tierengine("verify", packet)
    assert (ran.code, ran.err) == (0, "")
    assert "check.py is the one of tierengine 0.1.0" in " ".join(ran.out.split())


def test_a_packet_that_does_not_hold(tierengine: Callable[..., Ran], packet: Path) -> None:
    """Exit code 5, one line of where and what, one of the cure."""
    files = unpack(packet.read_bytes())
    packet.write_bytes(pack(files | {"dossier/cable.txt": b"another cable"}))
    ran = tierengine("verify", packet)
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("dossier/cable.txt: this is not the file that was assessed")
