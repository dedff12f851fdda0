"""A witness, and ledgers that need its cosignature: what only grows is cosigned, and nothing else ever is."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran
from tests.ledger.conftest import GOOD, Office, open_office
from tests.ledger.test_people import enrol, person
from tierengine.errors import LedgerError, RefusedError, StoreError, UsageError
from tierengine.ledger import acts, checker, merkle, witness_http
from tierengine.ledger.archive import pack
from tierengine.ledger.cosigning import gather
from tierengine.ledger.entries import Witness as Named
from tierengine.ledger.keys import Key
from tierengine.ledger.notes import Checkpoint, Cosigner, base64, sign
from tierengine.ledger.packet import export
from tierengine.ledger.packet import verify as verify_packet
from tierengine.ledger.verify import verify
from tierengine.ledger.witness import Witness, request
from tierengine.ledger.witness_http import server

NOW = 1_679_315_147
LOG = Key(name="example.gov/log", office="", private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
W1 = Key(name="witness.example.org/w1", office="", private=Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))


class Tree:
    """A tree of leaves, from which checkpoints and proofs are made."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = [merkle.leaf_hash(leaf) for leaf in leaves]

    def node(self, level: int, place: int) -> bytes:
        """The hash of a complete subtree."""
        if level == 0:
            return self.leaves[place]
        return merkle.node_hash(self.node(level - 1, 2 * place), self.node(level - 1, 2 * place + 1))

    def note(self, size: int, key: Key = LOG) -> str:
        """The signed checkpoint over the first leaves."""
        return sign(Checkpoint(key.name, size, merkle.root(size, self.node)).text, key.name, key.private)

    def request(self, old: int, size: int, key: Key = LOG) -> bytes:
        """The request to cosign it, as going on from an old size."""
        return request(old, merkle.consistency(old, size, self.node), self.note(size, key))


def leaves(count: int, word: str = "leaf") -> list[bytes]:
    """Some leaves."""
    return [f"{word} {number}".encode() for number in range(count)]


TREE, OTHER = Tree(leaves(20)), Tree([*leaves(5), *leaves(15, "other")])


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A witness that knows one ledger."""
    made = Witness.make(tmp_path / "witness.sqlite", W1)
    made.know(LOG.verifier)
    return Witness(tmp_path / "witness.sqlite", W1, clock=lambda: NOW)


# -- the protocol -----------------------------------------------------------------------------------------------------


def test_a_ledger_that_grows(witness: Witness) -> None:
    """Each checkpoint is cosigned with the time, and the cosignature is over the text of tlog-cosignature."""
    for old, size in ((0, 3), (3, 3), (3, 8), (8, 20)):
        answer = witness.add_checkpoint(TREE.request(old, size))
        assert answer.status == 200
        note = TREE.note(size) + answer.text
        assert witness.cosigner.cosigned(note, "note") == NOW
        raw = witness.cosigner.signatures_in(note)[0]
        assert int.from_bytes(raw[:8], "big") == NOW
        text = f"cosignature/v1\ntime {NOW}\n{TREE.note(size).rpartition(chr(10) * 2)[0]}\n"
        W1.private.public_key().verify(raw[8:], text.encode())
    name, digits, key = str(witness.cosigner).split("+", 2)
    assert (name, key) == (W1.name, base64(b"\x04" + W1.public))
    assert digits == hashlib.sha256(W1.name.encode() + b"\n\x04" + W1.public).hexdigest()[:8]
    assert [(log.origin, log.size, log.time) for log in witness.logs()] == [(LOG.name, 20, NOW)]


def test_who_watches_sees_the_last_one(witness: Witness) -> None:
    """With the ledger's signature and the witness's, and no others."""
    place = hashlib.sha256(LOG.name.encode()).hexdigest()
    assert witness.checkpoint(place).status == 404
    stranger = Key(name="stranger.example", office="", private=Ed25519PrivateKey.generate())
    line = stranger.verifier.signature_line(bytes(64))
    answer = witness.add_checkpoint(TREE.request(0, 4) + line.encode())
    assert answer.status == 200
    found = witness.checkpoint(place)
    assert (found.status, found.text) == (200, TREE.note(4) + answer.text)


@pytest.mark.parametrize(
    ("status", "text", "body"),
    [
        (409, "3\n", TREE.request(0, 8)),
        (409, "3\n", TREE.request(8, 20)),
        (409, "3\n", TREE.request(2, 2)),
        (422, "", Tree(leaves(9, "no")).request(3, 9)),
        (422, "", Tree(leaves(3, "no")).request(3, 3)),
        (422, "", request(3, (), TREE.note(8))),
        (422, "", request(3, (bytes(32),), TREE.note(3))),
        (400, "", TREE.request(3, 8).replace(b"old 3", b"old 03")),
        (400, "", TREE.request(3, 8).replace(b"old 3", b"old 9" + b"0" * 18)),
        (400, "", request(9, (), TREE.note(8))),
        (400, "", request(3, (bytes(31),), TREE.note(8))),
        (400, "", request(3, (bytes(32),) * 64, TREE.note(8))),
        (400, "", b"old 3\n\nno checkpoint"),
        (400, "", b""),
        (400, "", b"\xff"),
        (400, "", TREE.request(3, 8)[:-1]),
        (403, "", TREE.request(3, 8).replace("\N{EM DASH}".encode(), b"-")),
        (403, "", TREE.request(3, 8, Key(name=LOG.name, office="", private=W1.private))),
        (404, "", TREE.request(3, 8, W1)),
    ],
)  # fmt: skip
def test_what_is_not_cosigned(witness: Witness, status: int, text: str, body: bytes) -> None:
    """Each with its status code; what was seen before stays."""
    assert witness.add_checkpoint(TREE.request(0, 3)).status == 200
    answer = witness.add_checkpoint(body)
    assert answer.status == status, answer
    assert text in ("", answer.text)
    assert (answer.kind == "text/x.tlog.size") == (status == 409)
    assert witness.logs()[0].size == 3
    assert witness.add_checkpoint(TREE.request(3, 8)).status == 200


def test_an_empty_ledger(witness: Witness) -> None:
    """Its root is that of no entries, and nothing else."""
    false = sign(Checkpoint(LOG.name, 0, bytes(32)).text, LOG.name, LOG.private)
    assert witness.add_checkpoint(request(0, (), false)).status == 422
    assert witness.add_checkpoint(request(0, (bytes(32),), TREE.note(4))).status == 422
    assert witness.add_checkpoint(request(0, (), TREE.note(0))).status == 200
    assert witness.add_checkpoint(TREE.request(0, 4)).status == 200


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 20)), max_size=12))
def test_no_two_histories_are_cosigned(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[bool, int, int]]
) -> None:
    """Whatever two operators ask in turn, all that is cosigned is one history that only grows."""
    place = tmp_path_factory.mktemp("witness") / "w.sqlite"
    witness = Witness.make(place, W1)
    witness.know(LOG.verifier)
    seen: list[tuple[int, bytes]] = [(0, merkle.EMPTY)]
    for honest, old, size in asked:
        tree = TREE if honest else OTHER
        answer = witness.add_checkpoint(tree.request(min(old, size), size))
        assert answer.status in (200, 409, 422)
        if answer.status == 200:
            root = merkle.root(size, tree.node)
            assert size >= seen[-1][0]
            before = [(each, merkle.root(each, tree.node)) for each, _ in seen]
            assert before == seen
            seen.append((size, root))


@settings(max_examples=150)
@given(st.data())
def test_no_request_breaks_it(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Bytes of a good request, changed, cut or doubled, are answered, and never cosigned unless they are whole."""
    place = tmp_path_factory.getbasetemp() / "requests.sqlite"
    if not place.exists():
        Witness.make(place, W1).know(LOG.verifier)
    witness = Witness(place, W1)
    body = TREE.request(0, 7)
    at, length = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 6))
    changed = body[:at] + data.draw(st.binary(max_size=6)) + body[at + length :]
    answer = witness.add_checkpoint(changed)
    if answer.status == 200:
        assert changed.rpartition(b"\n\n")[0] == body.rpartition(b"\n\n")[0]
        LOG.verifier.text_of(changed.partition(b"\n\n")[2].decode(), "note")
        place.unlink()
    else:
        assert answer.status in (400, 403, 404, 409, 422)


def test_two_at_once(witness: Witness, tmp_path: Path) -> None:
    """Of two histories that are brought at the same moment, one is cosigned."""
    asked = [TREE.request(0, 9), OTHER.request(0, 12)]
    for number in range(5):
        path = tmp_path / f"race-{number}.sqlite"
        Witness.make(path, W1).know(LOG.verifier)
        with ThreadPoolExecutor(2) as both:
            found = both.map(Witness(path, W1).add_checkpoint, asked)
        assert sorted(answer.status for answer in found) == [200, 409]
    assert witness.logs()[0].size == 0


# -- over HTTP --------------------------------------------------------------------------------------------------------


@contextmanager
def serving(witness: Witness, log: Callable[[str], None] = lambda _: None) -> Iterator[tuple[str, int]]:
    """Serve a witness on loopback; give host and port."""
    listening = server(witness, "127.0.0.1", 0, log)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield "127.0.0.1", listening.server_address[1]
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def test_what_is_asked_over_http(witness: Witness) -> None:
    """One connection for several requests; what is too long, or says not how long it is, is refused unread."""
    with serving(witness) as at:
        client = http.client.HTTPConnection(*at, timeout=10)
        for old, size, status in ((0, 4, 200), (0, 6, 409), (4, 6, 200)):
            client.request("POST", "/add-checkpoint", TREE.request(old, size))
            answer = client.getresponse()
            assert (answer.status, bool(answer.read())) == (status, True)
        client.request("GET", f"/{hashlib.sha256(LOG.name.encode()).hexdigest()}/checkpoint")
        assert client.getresponse().read().decode().startswith(TREE.note(6))
        client.close()
        refused = [
            ("POST", "/add-checkpoint", {"Content-Length": "999999"}, 413),
            ("POST", "/add-checkpoint", {"Transfer-Encoding": "chunked"}, 411),
            ("POST", "/elsewhere", {"Content-Length": "0"}, 404),
            ("GET", "/add-checkpoint", {}, 404),
            ("GET", "/" + "0" * 64 + "/checkpoint", {}, 404),
            ("PUT", "/add-checkpoint", {"Content-Length": "0"}, 501),
        ]
        for method, path, headers, status in refused:
            client = http.client.HTTPConnection(*at, timeout=10)
            client.putrequest(method, path)
            for name, value in headers.items():
                client.putheader(name, value)
            client.endheaders()
            assert client.getresponse().status == status, (method, path, headers)
            client.close()


def test_more_connections_than_there_is_room_for(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is closed unread; one that breaks off in the middle is logged in a line, and makes room again."""
    monkeypatch.setattr(witness_http, "MOST", 1)
    logged: list[str] = []
    with serving(witness, logged.append) as at:
        silent = socket.create_connection(at, timeout=10)
        silent.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 99\r\n\r\nold")
        with socket.create_connection(at, timeout=10) as next_one:
            assert next_one.recv(1) == b""
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        silent.close()
        for _ in range(100):
            if logged:
                break
            time.sleep(0.05)
        client = http.client.HTTPConnection(*at, timeout=10)
        client.request("POST", "/add-checkpoint", TREE.request(0, 4))
        assert client.getresponse().status == 200
        client.close()
    assert logged[0] == "127.0.0.1 the connection broke: ConnectionResetError"


def test_a_witness_whose_file_is_damaged(witness: Witness, tmp_path: Path) -> None:
    """It cosigns nothing and says so; a lost file makes no new witness."""
    with serving(witness) as at:
        (tmp_path / "witness.sqlite").write_bytes(b"this is no database, and quite a long text at that" * 99)
        for words in (("POST", "/add-checkpoint", TREE.request(0, 4)), ("GET", f"/{'0' * 64}/checkpoint")):
            client = http.client.HTTPConnection(*at, timeout=10)
            client.request(*words)
            assert client.getresponse().status == 503
            client.close()
    (tmp_path / "witness.sqlite").unlink()
    with pytest.raises(StoreError, match="the witness cannot be used"):
        witness.add_checkpoint(TREE.request(0, 4))
    assert not (tmp_path / "witness.sqlite").exists()


# -- a ledger that needs it -------------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A new ledger whose register is kept by Ann, in SQLite."""
    opened = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    acts.enrol(opened.desk(opened.ann), person(opened.ann), ("administrator", "officer", "policy"), (), "opens it")
    yield opened
    opened.ledger.store.close()


def require(office: Office, *at: tuple[Key, tuple[str, int]], quorum: int) -> None:
    """Say who cosigns, as Ann."""
    named = tuple(
        Named(key=str(Cosigner(key.name, key.public)), address=f"http://{host}:{port}") for key, (host, port) in at
    )
    acts.require_witnesses(office.desk(office.ann), named, quorum, "a second office")


def test_a_ledger_and_its_witness(office: Office, witness: Witness) -> None:
    """Cosigned after each entry; verify, the packet and the second checker want it, and who lacks it is named."""
    witness.know(office.seal.verifier)
    with serving(witness) as at:
        require(office, (W1, at), quorum=1)
        with pytest.raises(LedgerError, match="must cosign it once, and it has no cosignature"):
            verify(office.ledger)
        gathered = gather(office.ledger)
        assert gathered is not None
        assert gathered.times == {W1.name: NOW}
        office.adopt_rulebook()
        office.record()
        with pytest.raises(RefusedError, match="must cosign it once"):
            export(office.ledger, 3)
        gather(office.ledger)
        gather(office.ledger, again=True)
    assert verify(office.ledger, known=(witness.cosigner,)).times == {W1.name: NOW}
    files = export(office.ledger, 3)
    assert verify_packet(files).times == {W1.name: NOW}
    with office.ledger.store.reading() as reader:
        assert reader.head.checkpoint.count(W1.name) == 1
    stranger = Cosigner("other.example", bytes(32))
    for hold in (lambda: verify(office.ledger, known=(stranger,)), lambda: verify_packet(files, None, (stranger,))):
        with pytest.raises(LedgerError, match=r"the witness `other\.example` did not cosign it"):
            hold()
    other = str(stranger)
    assert _wrong(files) == []
    assert _wrong(files, str(witness.cosigner)) == []
    assert _wrong(files, other) == ["checkpoint: the witness other.example did not cosign it"]
    note = files["checkpoint"].decode()
    kept = "".join(line for line in note.splitlines(keepends=True) if W1.name not in line)
    last = note[:-3] + ("A" if note[-3] != "A" else "B") + note[-2:]
    for changed, message in ((kept, "it has no cosignature"), (last, "checkpoint")):
        with pytest.raises(LedgerError, match=message):
            verify_packet(files | {"checkpoint": changed.encode()})
        assert _wrong(files | {"checkpoint": changed.encode()}) != []


def _wrong(files: dict[str, bytes], *known: str) -> list[str]:
    """What the second checker finds wrong, or cannot check."""
    report = checker.check(files, list(known))
    return report.wrong + report.unchecked


def test_the_second_checker_by_itself(office: Office, witness: Witness, tmp_path: Path) -> None:
    """It says when the witness saw the ledger, wants the witnesses that it is given, and says how it is called."""
    witness.know(office.seal.verifier)
    with serving(witness) as at:
        require(office, (W1, at), quorum=1)
        office.adopt_rulebook()
        office.record()
        gather(office.ledger)
    packed = tmp_path / "packet.zip"
    packed.write_bytes(pack(export(office.ledger, 3)))
    known, stranger = str(witness.cosigner), str(Cosigner("other.example", bytes(32)))
    for words, code, message in (
        ([packed, "--witness", known], 0, "saw the whole ledger of the checkpoint at 2023-03-20T12:25:47Z"),
        (["--witness", known, packed], 0, "All holds"),
        ([packed, "--witness", stranger], 1, "the witness other.example did not cosign it"),
        ([packed, "--witness", "no key"], 2, "write: python3 check.py"),
        ([packed, "--witness"], 2, "write: python3 check.py"),
    ):
        command = [sys.executable, "-I", "-S", str(Path(checker.__file__)), *map(str, words)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ran.returncode, message in ran.stdout, ran.stderr) == (code, True, ""), (words, ran)


def test_a_quorum(office: Office, witness: Witness, tmp_path: Path) -> None:
    """One of two is enough where one is asked for; where two are, what one gave is kept until the other is there."""
    witness.know(office.seal.verifier)
    second = Key(name="second.example/w", office="", private=Ed25519PrivateKey.generate())
    other = Witness.make(tmp_path / "second.sqlite", second)
    nobody = ("127.0.0.1", 9)
    with serving(witness) as at, serving(other) as there:
        require(office, (W1, at), (second, nobody), quorum=1)
        found = gather(office.ledger)
        assert found is not None
        assert [problem.where.split()[1] for problem in found.problems] == [second.name]
        require(office, (W1, at), (second, there), quorum=2)
        with pytest.raises(StoreError, match="it does not know this ledger"):
            gather(office.ledger)
        with pytest.raises(LedgerError, match="cosign it 2 times, and it has 1 cosignature"):
            verify(office.ledger)
        other.know(office.seal.verifier)
        gather(office.ledger)
    assert verify(office.ledger).times.keys() == {W1.name, second.name}
    require(office, quorum=0)
    assert gather(office.ledger) is not None
    verify(office.ledger)


def test_what_no_witness_could_be(office: Office) -> None:
    """More cosignatures than witnesses, one that is named twice, no key, no address, and no administrator."""
    at = ("127.0.0.1", 9)
    with pytest.raises(RefusedError, match="2 cosignatures are asked for, and there are 1 witnesses"):
        require(office, (W1, at), quorum=2)
    with pytest.raises(RefusedError, match="named twice"):
        require(office, (W1, at), (W1, at), quorum=1)
    enrol(office, office.bo, "policy")
    for key, address in (("no key", "https://w.example"), (str(Cosigner("w", bytes(32))), "ftp://w.example")):
        content = {"kind": "witnesses", "witnesses": [{"key": key, "address": address}], "quorum": 1, "reasons": "x"}
        with pytest.raises(UsageError, match="the ledger cannot say this"):
            office.desk(office.ann).write(content)
    with pytest.raises(RefusedError, match="may not write this"):
        acts.require_witnesses(office.desk(office.bo), (), 0, "none")


# -- three processes --------------------------------------------------------------------------------------------------


def run(folder: Path, *words: object) -> Ran:
    """Run the program in a process of its own, in a folder where ledger and keys lie."""
    environment = os.environ | {
        "TIERENGINE_KEYS": "keys", "TIERENGINE_RULEBOOK": str(SMALL), "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1",
    }  # fmt: skip
    command = [sys.executable, "-m", "tierengine.cli", *map(str, words)]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@contextmanager
def witness_process(folder: Path, ledger: str) -> Iterator[tuple[str, str]]:
    """A witness that runs by itself and knows a ledger; give its public key and address."""
    folder.mkdir()
    key = run(folder, "witness", "init", W1.name).out.splitlines()[-1]
    assert run(folder, "witness", "add", ledger).code == 0
    environment = os.environ | {"TIERENGINE_KEYS": "keys", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tierengine.cli", "witness", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield key, process.stdout.readline().split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def test_a_fork_and_a_roll_back_are_refused(tmp_path: Path) -> None:
    """A witness, an operator, and one with the same keys who writes another history, each a process."""
    honest, forger = tmp_path / "honest", tmp_path / "forger"
    honest.mkdir()
    office = open_office(str(honest / "ledger.sqlite"), honest / "keys")
    acts.enrol(office.desk(office.ann), person(office.ann), ("administrator", "officer", "policy"), (), "opens it")
    office.adopt_rulebook()
    office.ledger.store.close()
    with witness_process(tmp_path / "witness", str(office.seal.verifier)) as (key, address):
        required = ("ledger", "witnesses", "--witness", f"{key}@{address}", "--reasons", "a second office")
        assert run(honest, *required, "--as", "Ann Lee").code == 0
        shutil.copytree(honest, forger)
        assert run(honest, "ledger", "record", GOOD, "--as", "Ann Lee").code == 4

        rolled_back = run(forger, "ledger", "cosign")
        assert rolled_back.code == 5
        assert "it saw 4 entries of this ledger, and here are 3" in rolled_back.err
        forked = run(forger, "ledger", "record", GOOD, "--as", "Ann Lee")
        assert forked.code == 5
        assert "it saw another history of this ledger" in forked.err
        unseen = run(forger, "ledger", "verify", "--witness", key)
        assert (unseen.code, "it has no cosignature" in unseen.err) == (5, True)

        held = run(honest, "ledger", "verify", "--witness", key)
        assert (held.code, f"the witness {W1.name} saw all of it at 20" in held.out) == (0, True), held.err
    alone = run(honest, "ledger", "record", GOOD, "--as", "Ann Lee")
    assert alone.code == 1
    assert "what was written is safe; ask again later" in alone.err
