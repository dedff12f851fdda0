"""Checks a packet of tierengine, with nothing but Python 3.11 or newer; it lies in every packet as check.py.

    python3 check.py                  in the folder into which the packet was unpacked
    python3 check.py packet.zip       or without unpacking it
    python3 check.py packet.zip --witness KEY      a witness that you know must have cosigned it; may be given again

It was written apart from tierengine, shares no line with it, and uses no network. It checks that
  1. the checkpoint is signed by the ledger's key, every entry is a leaf of the tree under that checkpoint and signed
     by its author, and dossier, sources, rulebook and answer are the very files that the entries name (SHA-256,
     RFC 6962, RFC 8032, RFC 8785, C2SP signed note); that nobody reviewed what they wrote, and that a determination
     was made on what was then on record; where the ledger keeps a register of people, that each key was enrolled when
     it signed, with a role that may, and that a change of law was approved by somebody else; and where it names
     witnesses, that as many as it asks for cosigned the checkpoint (C2SP tlog-cosignature);
  2. every quote of the dossier stands in its source (white space, hyphens, page lines and link debris apart; the
     paragraph is not looked up), and every passage of the answer is the record's own. It reads telegrams, text,
     Markdown, web pages, mail and Word documents itself. Of PDF, and where a quote runs over the sections of a cable,
     it takes the text in the packet, if the dossier holds its digest, and says so; otherwise this was not checked;
  3. the answer follows: it reads the YAML of the rulebook and of the dossier, takes the law in force on the date,
     admits the records, evaluates each rule with three values, and compares what comes out with assessment.json:
     standards, criteria and their levels, watch list, progress, records set aside, tiers open on the facts and to a
     person who may rate freely, the recommendation and its status, the proposals that it rests on, what is shown and
     possible of each standard, factor and route, what each rating named as a hinge would make of it, the outcome of
     each step, citations, interpretations. For each open tier it looks for answers that lead there and that the rules
     of coherence allow; where a search finds no end it says so, and the packet is believed.
It does not check the sentences, the certainties, which single record a settled tier hangs on, whether more ratings are
hinges, whether fewer proposals would do, which questions are most worth asking, what conceding a disputed finding does,
whether names look alike, and the files made for people: `tierengine verify` makes all that anew. It cannot know whether
the packet leaves out an entry of the register, nor whether ledger.vkey is the key of the ledger that you mean: compare
that line with the one that you were given by another way, and name a witness that you know.

It prints every mismatch. Exit code 0: all holds; 1: something does not; 2: something could not be checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

Files = dict[str, bytes]
Truth = bool | None
"""Holds, fails, or not known."""

LARGEST = 256 * 2**20
"""Bytes of all files together; a packet is far smaller."""
TRIES = 20_000
"""Cases looked at for one open tier before the search gives up."""


class UnreadableError(Exception):
    """Something is written in a way that this checker does not read, so that it cannot be checked."""


@dataclass
class Report:
    """What was found: what does not hold, what could not be checked, what else must be known."""

    wrong: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def same(self, what: str, stated: Any, found: Any) -> None:
        """Note a mismatch between what the packet tells and what was found here."""
        if stated != found:
            self.wrong.append(f"{what}: the packet says {_shown(stated)}, and it is {_shown(found)}")


def _shown(value: Any) -> str:
    text = "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:197] + "..."


# -- 1. digests, proofs and signatures --------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]
"""A point of edwards25519 in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z (RFC 8032, section 5.1.4)."""


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


def _times(number: int, p: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, p)
        p, number = _add(p, p), number >> 1
    return total


def _point(raw: bytes) -> Point | None:
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x % 2 == sign else P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed_by(key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether an Ed25519 signature holds (RFC 8032, section 5.1.7); a scalar that is not reduced never does."""
    if len(key) != 32 or len(signature) != 64 or BASE is None:
        return False
    public, r, s = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if public is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = _times(s, BASE), _add(r, _times(h, public))
    return all((left[axis] * right[2] - right[axis] * left[2]) % P == 0 for axis in (0, 1))


def leads_to_root(raw: bytes, index: int, size: int, hashes: list[bytes], root: bytes) -> bool:
    """Return whether an inclusion proof holds for a leaf (RFC 9162, section 2.1.3.2; the hashes are RFC 6962's)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, hashlib.sha256(b"\0" + raw).digest()
    for other in hashes:
        if last == 0:
            return False
        pair = found + other
        if number & 1 or number == last:
            pair = other + found
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        found, number, last = hashlib.sha256(b"\1" + pair).digest(), number >> 1, last >> 1
    return last == 0 and found == root


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value without fractions (RFC 8785)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(raw: bytes) -> str:
    """Return the digest as the ledger writes it."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def _unbase64(text: str) -> bytes:
    raw = b64decode(text, validate=True)
    if b64encode(raw).decode() != text:
        raise ValueError(text)
    return raw


def read_checkpoint(files: Files, report: Report) -> tuple[int, bytes]:
    """Return size and root of the signed checkpoint."""
    vkey, note = files["ledger.vkey"].decode(), files["checkpoint"].decode()
    name, identifier, key = vkey.removesuffix("\n").split("+", 2)
    public, text = _unbase64(key), note[: note.index("\n\n") + 1]
    known = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    if public[0] != 1 or known.hex() != identifier:
        report.wrong.append("ledger.vkey: this is no verifier key of Ed25519")
    lines = note[len(text) + 1 :].removesuffix("\n").split("\n")
    signatures = [_unbase64(line.split(" ")[2]) for line in lines if line.startswith(f"\u2014 {name} ")]
    if not any(raw[:4] == known and signed_by(public[1:], raw[4:], text.encode()) for raw in signatures):
        report.wrong.append("checkpoint: it is not signed by the key in ledger.vkey")
    origin, size, root = text.removesuffix("\n").split("\n")
    report.same("checkpoint: the name of the ledger", origin, name)
    report.notes.append(f"the ledger's key was taken from the packet; compare it with the one you know: {vkey.strip()}")
    return int(size), _unbase64(root)


def read_entries(files: Files, report: Report) -> dict[int, Any]:
    """Return the entries by number, each checked for its proof and its author's signature."""
    size, root = read_checkpoint(files, report)
    entries = {}
    for name in sorted(name for name in files if name.startswith("entries/")):
        raw, beside = files[name], "proofs/" + name.removeprefix("entries/")
        entry = json.loads(raw)
        if canonical(entry) != raw:
            report.wrong.append(f"{name}: it is not canonical JSON")
        report.same(f"{name}: the number of the entry", name, f"entries/{entry['number']}.json")
        author = {key: value for key, value in entry.items() if key != "signature"}
        message = b"tierengine ledger entry\n" + canonical(author)
        if not signed_by(_unbase64(entry["by"]["key"]), _unbase64(entry["signature"]), message):
            report.wrong.append(f"{name}: it is not signed by {entry['by']['name']}")
        entries[entry["number"]] = entry
        if beside not in files:
            report.wrong.append(f"{beside}: it is missing, so that the entry may be none of this ledger")
            continue
        proof = json.loads(files[beside])
        report.same(f"{beside}: entry and size of the tree", [proof["index"], proof["size"]], [entry["number"], size])
        if not leads_to_root(raw, entry["number"], size, [_unbase64(text) for text in proof["hashes"]], root):
            report.wrong.append(f"{name}: the proof does not lead from it to the root of the checkpoint")
    return entries


WRITTEN_BY = {
    "assessment": {"officer"},
    "position": {"officer", "determiner"},
    "determination": {"determiner"},
    "document": {"officer"},
    "review": {"auditor", "determiner", "officer", "policy"},
    "proposal": {"policy"},
    "rulebook": {"policy"},
    "enrolment": {"administrator"},
    "withdrawal": {"administrator"},
    "witnesses": {"administrator"},
}
"""The roles that may write each kind of entry; whoever is enrolled may correct what they wrote."""


def check_people(entries: dict[int, Any], report: Report) -> None:
    """Check that each entry is by somebody who was then in the register with a role that may, if one is kept."""
    roles: dict[str, list[str]] = {}
    people: dict[str, Any] = {}
    laws: list[int] = []
    for number, entry in sorted(entries.items()):
        where, by = f"entries/{number}.json", entry["by"]
        if not people and entry["kind"] == "enrolment":
            report.same(f"{where}: who opens the register", entry["person"], by)
            people, roles = {by["key"]: by}, {by["key"]: entry["roles"]}
        if people:
            report.same(f"{where}: who the register says this key is", by, people.get(by["key"]))
            mine = set(roles.get(by["key"], []))
            if not mine & WRITTEN_BY.get(entry["kind"], mine):
                report.wrong.append(f"{where}: {by['name']} was not in the register with a role that may write this")
        if entry["kind"] == "enrolment":
            people[entry["person"]["key"]], roles[entry["person"]["key"]] = entry["person"], entry["roles"]
        elif entry["kind"] == "withdrawal":
            roles.pop(entry["key"], None)
        elif entry["kind"] == "rulebook":
            if people and laws:
                _check_approved(entry, entries, report)
            laws.append(number)
        elif entry["kind"] == "correction" and entry["of"] in laws:
            laws.remove(entry["of"])
            if people:
                report.wrong.append(f"{where}: {by['name']} alone takes back a change of the law")


def _check_approved(entry: Any, entries: dict[int, Any], report: Report) -> None:
    """Check that a change of the law is the one that was proposed, and that somebody else approved it before."""
    where, number = f"entries/{entry['number']}.json", entry.get("proposal", -1)
    proposed = entries.get(number, {})
    report.same(f"{where}: the rulebook that was proposed", entry["rulebook"], proposed.get("rulebook"))
    before = [each for each in entries.values() if each["number"] < entry["number"]]
    gone = {each["of"] for each in before if each["kind"] == "correction"}
    reviews = [
        each
        for each in before
        if each["kind"] == "review" and each["of"] == number and not {number, each["number"]} & gone
    ]
    others = [each for each in reviews if each["by"]["key"] != proposed.get("by", {}).get("key")]
    if not others or not all(each["approves"] for each in reviews):
        report.wrong.append(f"{where}: nobody else approved this change of the law, or a review objects to it")


def check_witnesses(files: Files, entries: dict[int, Any], known: list[str], report: Report) -> None:
    """Check that as many witnesses cosigned the checkpoint as the ledger asks for, and all that are known."""
    asked = [entry for _, entry in sorted(entries.items()) if entry["kind"] == "witnesses"]
    named = [witness["key"] for witness in asked[-1]["witnesses"]] if asked else []
    times = {key: cosigned(files["checkpoint"].decode(), key, report) for key in dict.fromkeys([*named, *known])}
    found = sum(times[key] is not None for key in named)
    if asked and found < asked[-1]["quorum"]:
        report.wrong.append(f"checkpoint: {asked[-1]['quorum']} witnesses must cosign it, and {found} did")
    for key, time in times.items():
        name = key.split("+")[0]
        if time is not None:
            when = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            report.notes.append(
                f"the witness {name} saw the whole ledger of the checkpoint at {when}; its key is {key}"
            )
        elif key in known:
            report.wrong.append(f"checkpoint: the witness {name} did not cosign it")


def cosigned(note: str, vkey: str, report: Report) -> int | None:
    """Return when a witness first cosigned a checkpoint, in POSIX seconds, or nothing if it did not."""
    name, identifier, key = vkey.split("+", 2)
    public, text = _unbase64(key), note[: note.index("\n\n") + 1]
    known, times = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4], []
    if public[0] != 4 or known.hex() != identifier:
        report.wrong.append(f"{vkey}: this is no verifier key of a witness")
    for line in note[len(text) + 1 :].splitlines():
        raw = _unbase64(line.split(" ")[2]) if line.startswith(f"\u2014 {name} ") else b""
        if raw[:4] == known:
            times.append(int.from_bytes(raw[4:12], "big"))
            message = f"cosignature/v1\ntime {times[-1]}\n{text}".encode()
            if not signed_by(public[1:], raw[12:], message):
                report.wrong.append(f"checkpoint: the cosignature of {name} does not hold")
    return min(times, default=None)


def check_inputs(files: Files, entry: Any, report: Report) -> None:
    """Compare the digests that the assessment's entry names with the files, and name files that nothing vouches for."""
    manifest = {name[9:]: digest(raw) for name, raw in files.items() if name.startswith("rulebook/")}
    report.same("rulebook: the digest", entry["rulebook"], digest(canonical(manifest)))
    report.same("assessment.json: the digest", entry["answer"], digest(files["assessment.json"]))
    named = {"dossier/" + kept["name"]: kept["digest"] for kept in (entry["dossier"], *entry["sources"])}
    for name, stated in named.items():
        report.same(f"{name}: the digest", stated, digest(files[name]) if name in files else None)
    known = {"README.txt", "check.py", "checkpoint", "ledger.vkey", "assessment.json", "page.html", "provenance.json"}
    for name in sorted(files.keys() - known - named.keys()):
        sealed = name.startswith("proofs/") and name.replace("proofs", "entries", 1) in files
        text = name.startswith("text/") and f"dossier/{name[5:-4]}" in named
        if not sealed and not text and not name.startswith(("rulebook/", "entries/")):
            report.wrong.append(f"{name}: this file does not belong in the packet")


def check_case(files: Files, entries: dict[int, Any], report: Report) -> None:
    """Check that reviews are by others and of the very entries, and that determinations were made on what was there."""
    digests = {number: digest(files[f"entries/{number}.json"]) for number in sorted(entries)}
    for number, entry in sorted(entries.items()):
        where, of = f"entries/{number}.json", entries.get(entry.get("of", entry.get("on")), {})
        if entry["kind"] in ("review", "correction", "position", "determination", "document") and not of:
            report.wrong.append(f"{where}: the entry that it speaks of is missing")
        elif entry["kind"] in ("review", "correction"):
            report.same(f"{where}: the digest of the entry that it speaks of", entry["entry"], digests[entry["of"]])
            own = entry["by"]["key"] == of["by"]["key"] or entry["by"]["name"] == of["by"]["name"]
            if own != (entry["kind"] == "correction"):
                report.wrong.append(f"{where}: only others review an entry, and only its author corrects it")
        elif entry["kind"] == "position":
            report.same(f"{where}: the answer that the office saw", entry["answer"], of["answer"])
            report.same(f"{where}: whether it agrees", entry["agrees"], entry["tier"] == of["tier"])
        elif entry["kind"] == "document":
            report.same(f"{where}: the answer that the document tells", entry["answer"], of["answer"])
        elif entry["kind"] == "determination":
            before = [digests[n] for n in digests if n < number and _case(n, entries) == entry["case"]]
            seen = digest(canonical({"entries": before, "rulebook": of["rulebook"]}))
            report.same(f"{where}: the digest of what was on record", entry["seen"], seen)
            report.same(f"{where}: whether it adopts", entry["adopts"], entry["tier"] == of["tier"])


def _case(number: int, entries: dict[int, Any]) -> str | None:
    """The case that an entry belongs to: its own, or that of the entry it speaks of; a rulebook belongs to none."""
    entry = entries[number]
    return _case(entry["of"], entries) if entry.get("of") in entries else entry.get("case")


# -- 2. YAML and quotes -----------------------------------------------------------------------------------------------

KEY = re.compile(r"""('(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s'"\[\]{}#&*!|>%@`,][^#]*?)[ ]*:(?:[ ]+(.*))?""")
TOKEN = re.compile(
    r"""(?P<gap>\s+(?:\#.*)?)|(?P<sign>[\[\]{},]|:(?=[\s,\]}]))|'(?P<single>(?:[^']|'')*)'|"(?P<double>(?:[^"\\]|\\.)*)"
    |(?P<plain>(?:[^\s,\[\]{}#&*!|>%@`'":?-]|[:?-](?=[^\s,\[\]{}]))(?:[^\n,\[\]{}:#]|:(?=[^\s,\[\]{}])|(?<=\S)\#)*)""",
    re.VERBOSE,
)
Token = tuple[str, str]


class Yaml:
    """Reads the part of YAML 1.2 in which rulebooks and dossiers are written: every scalar is text.

    Mappings, sequences, plain, quoted and folded or literal text, comments. Anything else is refused, among it anchors,
    tags, several documents, indentation by tabs, and a line without words inside a text.
    """

    def __init__(self, raw: bytes, name: str) -> None:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        self.name, self.at = name, 0
        self.lines = text.split("\n")
        if re.search("[\r\x85\u2028\u2029]|(?:^|\n) *\t", text):
            self.refuse("a tab before the first word, or a line end that is none of Unix or Windows,")

    def refuse(self, what: str) -> NoReturn:
        """Refuse what this reader does not read."""
        raise UnreadableError(f"{self.name}, line {self.at}: {what} is not read by this checker")

    def document(self) -> dict[str, Any]:
        """Return the one mapping of the file."""
        value = self.block(0)
        if self.peek()[0] >= 0 or not isinstance(value, dict):
            self.refuse(f"what follows, `{self.peek()[1][:20]}`,")
        return value

    def peek(self) -> tuple[int, str]:
        """Return indentation and text of the next line that says something; -1 at the end."""
        while self.at < len(self.lines) and re.match(r" *(#|$)", self.lines[self.at]):
            self.at += 1
        text = self.lines[self.at].lstrip(" ") if self.at < len(self.lines) else ""
        if text[:3] in ("---", "...") or (text + " ").startswith("? "):
            self.refuse(f"`{text[:20]}`")
        return len(self.lines[self.at]) - len(text) if text else -1, text

    def deeper(self, indent: int) -> Iterator[str]:
        """Go over the lines that are indented by more, up to the next one without words."""
        while self.at < len(self.lines) and re.match(rf" {{{indent + 1},}}[^ ]", self.lines[self.at]):
            self.at += 1
            yield self.lines[self.at - 1]

    def block(self, least: int) -> Any:
        """Read the value whose lines are indented by so much or more; an empty text if there is none."""
        indent, text = self.peek()
        if indent < least:
            return ""
        if (text + " ").startswith("- "):
            return self.sequence(indent)
        if text[0] not in "[{" and KEY.fullmatch(text):
            return self.mapping(indent)
        self.at += 1
        return self.scalar(text, least - 1)

    def sequence(self, indent: int) -> list[Any]:
        """Read the items that begin with a dash at an indentation."""
        items = []
        while self.peek()[0] == indent and (self.peek()[1] + " ").startswith("- "):
            self.lines[self.at] = " " * (indent + 1) + self.lines[self.at][indent + 1 :]
            items.append(self.block(indent + 1))
        return items

    def mapping(self, indent: int) -> dict[str, Any]:
        """Read the keys at an indentation, with their values."""
        values: dict[str, Any] = {}
        while self.peek()[0] == indent:
            found = KEY.fullmatch(self.peek()[1]) or self.refuse(f"`{self.peek()[1][:20]}`, which is no key,")
            self.at += 1
            key = self.flow(found[1]) if found[1][0] in "'\"" else found[1]
            if key in values:
                self.refuse(f"the second key `{key}`")
            text = (found[2] or "").strip()
            if text and text[0] != "#":
                values[key] = self.scalar(text, indent)
            else:
                dashes = self.peek()[0] == indent and (self.peek()[1] + " ").startswith("- ")
                values[key] = self.sequence(indent) if dashes else self.block(indent + 1)
        return values

    def scalar(self, text: str, indent: int) -> Any:
        """Read what begins on a line and may go on in lines that are indented by more."""
        if text[0] in "|>":
            return self.folded(text, indent)
        lines = [text, *(line.strip() for line in self.deeper(indent))]
        if text[0] in "[{'\"":
            return self.flow("\n".join(lines))
        words = " ".join(filter(None, (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)))
        if words[0] in "&*!%@`,]}#" or (words + " ").startswith("- ") or re.search(r":( |$)|\t", words):
            self.refuse(f"`{words[:20]}`")
        return words

    def folded(self, mark: str, indent: int) -> str:
        """Read a text over several lines: joined after `>`, as it stands after `|`."""
        header = re.fullmatch(r"([|>])([-+]?)(?:\s+#.*)?", mark) or self.refuse(f"`{mark}`")
        body: list[str] = []
        while self.at < len(self.lines) and re.match(rf" {{{indent + 1},}}[^ ]| *$", self.lines[self.at]):
            body.append(self.lines[self.at])
            self.at += 1
        deep = len(body[0]) - len(body[0].lstrip(" ")) if body else 0
        odd = any(line[:deep].strip(" ") or (len(line) > deep and not line.strip(" ")) for line in body)
        if header[2] == "+" or odd or not "".join(body[:1]).strip(" "):
            self.refuse("the indentation of this text")
        while not body[-1].strip(" "):
            body.pop()
            self.at -= 1
        if header[1] == ">" and any(line[deep : deep + 1] in (" ", "\t") for line in body):
            self.refuse("a deeper line in a text that is joined")
        text = "\n".join(line[deep:] for line in body)
        text = re.sub(r"\n+", lambda gap: gap[0][1:] or " ", text) if header[1] == ">" else text
        return text + "\n" if text and not header[2] and self.at < len(self.lines) else text

    def flow(self, text: str) -> Any:
        """Read a quoted text, or what stands in brackets."""
        tokens, at = [("end", "")], 0
        while at < len(text):
            found = TOKEN.match(text, at) or self.refuse(f"`{text[at : at + 20]}`")
            kind, words, at = str(found.lastgroup), found[found.lastgroup or 0], found.end()
            if kind in ("single", "double"):
                kind, words = "word", self.quoted(words, kind)
            elif kind == "plain":
                kind, words = "plain", words.strip()
                if tokens[-1][0] == "plain":
                    words = f"{tokens.pop()[1]} {words}"
            if kind != "gap":
                tokens.append((kind, words))
        tokens.append(("end", ""))
        tokens.reverse()
        tokens.pop()
        value = self.node(tokens)
        if tokens != [("end", "")]:
            self.refuse(f"`{tokens[-1][1][:20]}` at its place")
        return value

    def quoted(self, text: str, kind: str) -> str:
        """Return what a text in quotation marks says; it may go over line ends."""
        if re.search(r"\n[ \t]*\n|\\\n", text):
            self.refuse("a gap in a quoted text")
        text = re.sub(r"[ \t]*\n[ \t]*", " ", text)
        try:
            return text.replace("''", "'") if kind == "single" else str(json.loads(f'"{text}"', strict=False))
        except ValueError:
            self.refuse("an escape in a quoted text")

    def node(self, tokens: list[Token]) -> Any:
        """Read one value from tokens that stand in reverse."""
        kind, text = tokens.pop()
        if kind in ("word", "plain"):
            return text
        if text not in ("[", "{"):
            self.refuse(f"`{text}` at its place" if text else "a bracket that nothing closes")
        items: list[Any] = []
        end = ("sign", "]" if text == "[" else "}")
        while tokens[-1] != end:
            item = self.node(tokens)
            if text == "{":
                if not isinstance(item, str) or tokens.pop() != ("sign", ":") or item in dict(items):
                    self.refuse(f"the key `{item}`")
                item = item, "" if tokens[-1] in (("sign", ","), end) else self.node(tokens)
            items.append(item)
            if tokens[-1] != end and tokens.pop() != ("sign", ","):
                self.refuse(f"what follows `{str(item)[:20]}` in brackets")
        tokens.pop()
        return items if text == "[" else dict(items)


ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212", ""),
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)
"""What typesetting does to words: quotation marks, hyphens and dashes, ligatures."""


def plain(raw: bytes) -> str:
    """Return the words of a text without white space, hyphens, page lines and link debris."""
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    text = re.sub("[\udc80-\udcff]", lambda odd: bytes([ord(odd[0]) - 0xDC00]).decode("cp1252", "replace"), text)
    page = r"(?m)^[ \t]*(?:[A-Z][A-Z '.-]{1,30} \d{5,8} +\d{3}(?:\.\d)? OF \d{3}|\d{3}\.\d OF \d{3})[ \t]*\r?$"
    return "".join(re.sub(r"\[([^\[\]\n]*)\]\(#\)", r"\1", re.sub(page, "", text)).translate(ALIKE).split())


class Page(HTMLParser):
    """Gathers the text of a web page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.code = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002  # as Python calls it
        """Note where code begins."""
        self.code += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        """Note where code ends."""
        self.code = max(0, self.code - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.words.extend([] if self.code else [data])


def decoded(raw: bytes, declared: str | None) -> str:
    """Return the text of bytes: by byte order mark, as UTF-8, as declared, or as Windows-1252."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = [encoding for mark, encoding in marks if raw.startswith(mark)]
    for encoding in (*marked, declared or "utf-8", "utf-8"):
        try:
            return raw.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("cp1252", "replace")


def html_text(raw: bytes, declared: str | None = None) -> str:
    """Return the text of a web page."""
    found = re.search(rb"(?i)charset\s*=\s*[\"']?\s*([\w-]+)", raw[:4096])
    page = Page()
    page.feed(decoded(raw, declared or (found[1].decode() if found else None)))
    page.close()
    return "".join(page.words)


def mail_text(raw: bytes) -> str:
    """Return the text of all parts of a mail, or of a page that was saved as one."""
    words = []
    for part in message_from_bytes(raw).walk():
        payload, kind = part.get_payload(decode=True), part.get_content_type()
        if isinstance(payload, bytes) and kind.startswith("text/"):
            text = html_text(payload, part.get_content_charset()) if kind == "text/html" else ""
            words.append(text or re.sub(r"(?m)^[\s>]*>", "", decoded(payload, part.get_content_charset())))
    return "\n".join(words)


def docx_text(raw: bytes) -> str:
    """Return the text of a Word document, without what was deleted in it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entry = archive.getinfo("word/document.xml")
        if entry.file_size > LARGEST:
            raise UnreadableError("a Word document in the packet grows too large")
        body = archive.read(entry).decode()
    return unescape("".join(re.findall(r"<w:t(?:\s[^>]*)?>([^<]*)</w:t>", body)))


def words_of(source: Any, files: Files) -> str:
    """Return the words of a source, or nothing if this checker cannot read its format."""
    form, names = source["format"], [source["file"], *(each["file"] for each in source.get("sections", []))]
    raw = b"\n".join(files["dossier/" + name] for name in names)
    if form == "telegram":
        return plain(raw)
    if form in ("text", "markdown"):
        text = decoded(raw, None)
        if form == "markdown":
            text = re.sub(r"[*_`|]", "", re.sub(r"\[([^\[\]]*)\](?:\([^()]*\))?", r"\1", text))
        return plain(text.encode())
    readers = {"html": html_text, "mail": mail_text, "docx": docx_text}
    packed = form == "html" and not re.search(rb"(?i)^\s*<", raw[:200]) and b"multipart/related" in raw[:4000]
    return plain((mail_text if packed else readers[form])(raw).encode()) if form in readers else ""


def text_of(source: Any, files: Files) -> str:
    """Return the words of the text of a source that lies in the packet; nothing if the dossier has not its digest."""
    raw = files.get(f"text/{source['file']}.txt", b"")
    return plain(raw) if source.get("text") == digest(raw) else ""


def check_quotes(files: Files, dossier: Any, answer: Any, report: Report, last: Any = None) -> None:
    """Find every quote in its source, and every passage of the answer in the dossier."""
    sources = {source["id"]: source for source in dossier["sources"]}
    words = {name: words_of(source, files) for name, source in sources.items()}
    anchored = [dossier["post_recommendation"]] if "post_recommendation" in dossier else []
    anchored += [
        item for room in ("records", "requests", "not_evidence", "deficiencies") for item in dossier.get(room, [])
    ]
    believed, unread = set(), set()
    for item in anchored:
        name = item["at"].split(" ")[0] if "quote" in item else ""
        if not name or plain(item["quote"].encode()) in words.get(name, ""):
            continue
        source = sources.get(name, {"format": "", "file": ""})
        if plain(item["quote"].encode()) in text_of(source, files):
            believed.add(source["file"])
        elif f"text/{source['file']}.txt" in files and not text_of(source, files):
            unread.add(source["file"])
        else:
            report.wrong.append(f"dossier: `{item['quote'][:60]}` does not stand in the source {item['at']}")
    for file in sorted(believed):
        report.notes.append(
            f"{file}: quotes were found in text/{file}.txt, whose digest the dossier holds; that this is"
        )
        report.notes.append("  the text of the file was not checked here: tierengine verify reads the file anew")
    for file in sorted(unread):
        report.unchecked.append(f"{file}: this checker cannot read it, and the dossier holds no digest of its text")
    items = {item["id"]: item for room in ("records", "silences", "requests") for item in dossier.get(room, [])}
    items |= {f"placement-{item['year']}": {"at": item["source"]} for item in dossier.get("earlier_placements", [])}
    earlier = {f"last-year/{item['id']}": item for item in last["records"]} if last is not None else {}
    items |= earlier
    for passage in {json.dumps(item): item for item in _passages(answer)}.values():
        item = items.get(passage["record"])
        if item is None:
            report.wrong.append(f"assessment.json: no record of the dossier is called {passage['record']}")
            continue
        at = f"{item['author']}, {item['date']}" if "rating" in item else item.get("at", passage["at"])
        where = f"assessment.json: place and words of {passage['record']}"
        report.same(where, [passage["at"], passage["quote"]], [at, item.get("quote")])


def _passages(value: Any) -> Iterator[Any]:
    if isinstance(value, dict) and {"record", "at", "quote"} <= value.keys():
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _passages(inner)


# -- 3. the law of a date, what the records answer, and what follows --------------------------------------------------

LEVELS = ("not met", "partly met", "largely met", "met")
SLUGS = {"partly met": "partly", "largely met": "largely", "met": "met"}
PLACES = {"last_report": ["1", "2", "2WL", "3", "SC"], "limit": ["none", "waiver or 3", "3", "not WL"]}
SINGLE = ("indicator", "judgement", "last_rating", "finding", "conclusion", "placement")
OPERATORS = ("all", "any", "not", "some", *SINGLE)
WORDS = {True: "met", False: "not met", None: "undetermined"}


class Law:
    """The entries of a rulebook that are in force on a day, written as YYYY-MM-DD."""

    def __init__(self, files: Files, day: str) -> None:
        self.day = day
        self.rules: dict[str, list[Any]] = {"criteria": []}
        self.measures: set[str] = set()
        for name in sorted(name for name in files if name.startswith("rulebook/")):
            document = Yaml(files[name], name).document()
            if name.startswith("rulebook/criteria/"):
                self.measures |= {indicator["id"] for indicator in document.get("indicators", [])}
                self.measures |= {document["judgement"]["id"]} if "judgement" in document else set()
                document = {"criteria": [document]}
            for section, entries in document.items():
                self.rules.setdefault(section, []).extend(entry for entry in entries if self._in_force(entry))
        self.criteria = {criterion["id"]: criterion for criterion in self.rules["criteria"]}
        self.indicators = {i["id"]: i for c in self.criteria.values() for i in c.get("indicators", [])}
        self.judges = {c["judgement"]["id"]: c for c in self.criteria.values() if "judgement" in c}
        self.last_year = {i["last_year_of"]: name for name, i in self.indicators.items() if "last_year_of" in i}
        self.tiers = {row["id"]: row.get("tier") for row in self.of("tiers")}
        for when in _conditions(self.rules):
            if sum(word in when for word in OPERATORS) != 1:
                raise UnreadableError(f"rulebook: the condition {_shown(when)} is not known to this checker")
        known = {"last_report", "limit", *self.indicators, *self.judges, *self.criteria}
        known |= {entry["id"] for room in ("conclusions", "tiers") for entry in self.of(room)}
        self.coherence = {
            rule["id"]: {"any": [{"not": rule["when"]}, rule["then"]]} if "when" in rule else rule["then"]
            for rule in self.of("coherence")
            if {
                name
                for part in _inside({"all": [rule.get("when", rule["then"]), rule["then"]]})
                for name in _asked(part)
            }
            <= known
        }

    def _in_force(self, entry: Any) -> bool:
        return bool(entry["in_force"]["from"] <= self.day < entry["in_force"].get("until", "9999-99-99"))

    def of(self, section: str) -> list[Any]:
        """Return the entries in force of one section of the rule files."""
        return self.rules.get(section, [])

    def met(self, criterion: str, level: str = "") -> str:
        """Return the name of the proposition that a criterion is met, or reaches a level."""
        return f"{criterion}/{SLUGS[level or self.criteria[criterion].get('met_from', 'met')]}"

    def propositions(self, rated: set[str]) -> dict[str, Any]:
        """Return what each proposition rests on, as a condition; a rating stands in place of what the rules propose."""
        whens = {entry["id"]: entry["when"] for room in ("conclusions", "tiers", "routes") for entry in self.of(room)}
        whens |= self.coherence
        for name, criterion in self.criteria.items():
            asked = criterion.get("judgement", {}).get("id")
            presumption = {"conclusion": f"{name}/presumed"}
            for number, rung in enumerate(criterion["rules"], 1):
                here = self.met(name, rung["level"])
                whens[f"{here}/proposed"] = {"all": [lower["when"] for lower in criterion["rules"][:number]]}
                proposed = {"conclusion": f"{here}/proposed"}
                holds = {"judgement": asked, "at_least": rung["level"]} if asked in rated else proposed
                whens[here] = {"all": [holds]}
                if "presumption" in criterion:
                    whens[here] = {"all": [{"not": presumption}, holds]}
                    whens[f"{name}/presumed"] = criterion["presumption"]["when"]
        return whens

    def place(self, criterion: str) -> list[tuple[int, str]]:
        """Return the place of a criterion in the statute: each number and letter of its citation, 9 before 10."""
        words = re.findall(r"\d+|[A-Za-z]+", self.criteria[criterion]["citation"].get("usc") or criterion)
        return [(int(word), "") if word.isdigit() else (0, word) for word in words]

    def citation(self, entry: Any) -> str:
        """Return the citation of an entry under the number that it has on the day."""
        moved = [move for move in entry.get("renumbered", []) if move["from"] <= self.day]
        cited = entry["citation"] | max(moved, key=lambda move: str(move["from"]), default={})
        parts = (cited.get("usc"), f"TVPA {cited['tvpa']}" if "tvpa" in cited else None, cited.get("source"))
        return "; ".join(part for part in parts if part) or str(cited["authority"])


def _conditions(rules: dict[str, list[Any]]) -> Iterator[Any]:
    """Every condition of the entries in force, however deep."""
    entries = [entry for section in rules.values() for entry in section if isinstance(entry, dict)]
    for entry in (*entries, *(part for whole in entries for part in _ruled(whole))):
        for key in ("when", "then"):
            if isinstance(entry.get(key), dict):
                yield from _inside(entry[key])


def _ruled(entry: Any) -> Iterator[Any]:
    """The parts of a criterion that carry a condition."""
    proposal, presumption = entry.get("proposal", {}), entry.get("presumption", {})
    for rules in (entry.get("rules", []), proposal.get("rules", []), [presumption]):
        yield from (rule for rule in rules if isinstance(rule, dict))


def _asked(when: Any) -> Iterator[str]:
    """The names that a single condition asks for."""
    yield from (str(when[word]) for word in (*SINGLE, "no_more_than") if word in when)


ENDLESS = float("inf")
"""The greatest number of a count that has none."""


def ends(value: Any) -> tuple[float, float]:
    """Return the least and the greatest number that a count may be."""
    return (value[0], value[1]) if isinstance(value, tuple) else (value, value)


def is_greater(indicator: Any, facts: dict[str, Any]) -> Truth:
    """Return whether the first of two counts is greater than the second, whatever numbers they are."""
    return exceeds(indicator["compared"]["greater"], indicator["compared"]["than"], facts)


def exceeds(greater: str, than: str, facts: dict[str, Any]) -> Truth:
    """Return whether one count is greater than another, whatever numbers they are."""
    left, right = facts.get(greater), facts.get(than)
    if left is None or right is None:
        return None
    (least, most), (least_right, most_right) = ends(left), ends(right)
    return True if least > most_right else False if most <= least_right else None


def negated(truth: Truth) -> Truth:
    """Return whether the opposite holds."""
    return None if truth is None else not truth


def low_enough(number: int, value: float, at_least: bool) -> bool:
    """Return whether a value is at least so much, or at most."""
    return value >= number if at_least else value <= number


@dataclass
class Numbers:
    """The numbers that conditions name for each count, and the counts that they compare; found when first needed."""

    named: dict[str, set[int]] | None = None
    pairs: list[set[str]] = field(default_factory=list)

    def of(self, whens: dict[str, Any], law: Law) -> dict[str, set[int]]:
        """Return the numbers for each count."""
        if self.named is None:
            self.named = {}
            self.pairs = [{*i["compared"].values()} for i in law.indicators.values() if "compared" in i]
            for when in (when for condition in whens.values() for when in _inside(condition)):
                numbers = {int(when[w]) for w in ("is", "at_least", "at_most") if str(when.get(w, "")).isdigit()}
                self.named.setdefault(when.get("indicator", ""), set()).update(numbers)
                self.pairs += [{when["indicator"], when["no_more_than"]}] if "no_more_than" in when else []
        return self.named


class Case:
    """One country under a law: facts are words, and whole numbers for counts and ratings (0 not met to 3 met).

    Of a count that is known only by bounds, the fact is its least and its greatest number. What compares two counts is
    a fact where it is known directly.
    """

    def __init__(self, law: Law, whens: dict[str, Any], facts: dict[str, Any], numbers: Numbers | None = None) -> None:
        self.law, self.whens, self.facts = law, whens, facts
        self.outcomes: dict[str, Truth] = {}
        self.numbers = numbers or Numbers()
        """The numbers at which some rule says otherwise, shared by all cases with the same conditions."""

    def given(self, facts: dict[str, Any]) -> Case:
        """Return the case once more facts are known; what was settled stays so."""
        case = Case(self.law, self.whens, facts, self.numbers)
        case.outcomes = {name: truth for name, truth in self.outcomes.items() if truth is not None}
        return case

    def supposing(self, truths: dict[str, bool]) -> Case:
        """Return the case in which some propositions are supposed; whether they can be so is asked apart."""
        case = Case(self.law, self.whens, self.facts, self.numbers)
        case.outcomes.update(truths)
        return case

    def take(self, name: str, truth: bool) -> None:
        """Take a proposition as it must be."""
        self.outcomes = {other: known for other, known in self.outcomes.items() if known is not None}
        self.outcomes[name] = truth

    def outcome(self, name: str) -> Truth:
        """Return whether a proposition holds."""
        if name not in self.outcomes:
            self.outcomes[name] = self.holds(self.whens[name])
        return self.outcomes[name]

    def holds(self, when: Any) -> Truth:
        """Return whether a condition holds, whatever the facts are that are not known."""
        parts = self.parts(when)
        if parts is None:
            return self.answered(when)
        if "not" in when:
            return negated(self.holds(parts[0]))
        needed = int(when["some"]["at_least"]) if "some" in when else 1 if "any" in when else len(parts)
        outcomes = [self.holds(part) for part in parts]
        return (
            True if outcomes.count(True) >= needed else None if len(parts) - outcomes.count(False) >= needed else False
        )

    def parts(self, when: Any) -> list[Any] | None:
        """Return the conditions inside one, or nothing if it is single."""
        if "not" in when:
            return [when["not"]]
        parts: list[Any] | None = when["some"]["of"] if "some" in when else when.get("all", when.get("any"))
        return parts

    def rests_on(self, when: Any) -> str | None:
        """Return the proposition that a single condition asks for, or nothing if it asks for a fact."""
        return self.law.met(when["finding"], when.get("at_least", "")) if "finding" in when else when.get("conclusion")

    def answered(self, when: Any) -> Truth:
        """Return whether a single condition holds."""
        below = self.rests_on(when)
        if below is not None:
            return self.outcome(below)
        if not any(word in when for word in SINGLE):
            raise UnreadableError(f"rulebook: the condition {_shown(when)} is not known to this checker")
        if "no_more_than" in when:
            return negated(exceeds(when["indicator"], when["no_more_than"], self.facts))
        value = self.value(when)
        if value is None:
            return None
        if "judgement" in when or "last_rating" in when:
            return bool(value >= LEVELS.index(when["at_least"]))
        if "is" in when:
            return str(value) == str(when["is"])
        number = int(when.get("at_least", when.get("at_most")))
        sides = {low_enough(number, each, "at_least" in when) for each in ends(value)}
        return sides.pop() if len(sides) == 1 else None

    def value(self, when: Any) -> Any:
        """Return what is known of the fact that a single condition asks for."""
        if "compared" in self.law.indicators.get(when.get("indicator", ""), {}):
            greater = is_greater(self.law.indicators[when["indicator"]], self.facts)
            return self.facts.get(when["indicator"]) if greater is None else str(greater).lower()
        return self.facts.get(self.leaf(when))

    def leaf(self, when: Any) -> str:
        """Return the fact that a single condition asks for; of two that are compared, one that is not known."""
        if "judgement" in when:
            return f"rating/{when['judgement']}"
        if "last_rating" in when:
            return f"last_rating/{when['last_rating']}"
        name = str(when.get("indicator", when.get("placement")))
        pair = self.law.indicators.get(name, {}).get("compared", {"greater": name, "than": name})
        pair = {"greater": name, "than": when["no_more_than"]} if "no_more_than" in when else pair
        exact = pair["greater"] in self.facts and not isinstance(self.facts[pair["greater"]], tuple)
        return str(pair["than"] if exact else pair["greater"])

    def open_fact(self, when: Any) -> str:
        """Return a fact that is not known and keeps a condition open."""
        parts, below = self.parts(when), self.rests_on(when)
        if parts is not None:
            return self.open_fact(next(part for part in parts if self.holds(part) is None))
        return self.open_fact(self.whens[below]) if below is not None else self.leaf(when)


def answers(case: Case, fact: str) -> list[Any]:
    """Return the values of a fact between which a rule can tell the difference."""
    indicator = case.law.indicators.get(fact, {"type": "count"})
    if fact in PLACES:
        return PLACES[fact]
    if fact.startswith("rating/"):
        return sorted(map(LEVELS.index, case.law.judges[fact[7:]]["judgement"]["rubric"]), reverse=True)
    if indicator["type"] != "count":
        return list(indicator.get("choices", ["true", "false"]))
    named = case.numbers.of(case.whens, case.law)
    linked = {fact}
    for _ in case.numbers.pairs:
        linked = linked.union(*(pair for pair in case.numbers.pairs if pair & linked))
    known = [case.facts[name] for name in linked if name in case.facts]
    edges = {int(end) for value in known for end in ends(value) if end != ENDLESS}
    edges = edges.union(*(named.get(name, set()) for name in linked))
    least, most = ends(case.facts.get(fact, (0, ENDLESS)))
    tried = {edge + step for edge in edges | {0} for step in range(-len(linked), len(linked) + 1)}
    return sorted(number for number in tried if least <= number <= most and _as_known(case, fact, number))


def _as_known(case: Case, fact: str, number: int) -> bool:
    """Whether a number goes along with what is known directly of two numbers that are compared."""
    return go_together(case.law, case.facts | {fact: number})


def go_together(law: Law, facts: dict[str, Any]) -> bool:
    """Whether all numbers go along with what is known directly of those that are compared."""
    compared = ((name, i) for name, i in law.indicators.items() if "compared" in i and name in facts)
    return all(is_greater(i, facts) in (None, facts[name] == "true") for name, i in compared)


def _inside(when: Any) -> Iterator[Any]:
    yield when
    for part in when.get("all") or when.get("any") or when.get("some", {}).get("of") or [when.get("not")]:
        if part is not None:
            yield from _inside(part)


Goal = tuple[Any, bool, bool]
"""A condition, whether it must hold or fail, and whether it is part of what is asked and not of what always holds."""


def spread(case: Case, goals: list[Goal]) -> list[Goal] | None:
    """Return the goals with what they leave no choice about followed to its end, or nothing if they cannot be reached.

    What must hold or fail is taken as so in the case, and its own condition becomes a goal.
    """
    while True:
        waiting, left, taken = list(reversed(goals)), list[Goal](), False
        while waiting:
            goal = waiting.pop()
            when, wanted, asked = goal
            truth, parts, below = case.holds(when), case.parts(when), case.rests_on(when)
            if truth is not None:
                if truth != wanted:
                    return None
                continue
            needed = [part for part in parts or [] if case.holds(part) is None]
            no_choice = len(needed) == 1 or ("all" in when) == wanted
            if below is not None:
                case.take(below, wanted)
                taken = True
                waiting.append((case.whens[below], wanted, asked))
            elif "not" in when:
                waiting.append((needed[0], not wanted, asked))
            elif needed and "some" not in when and no_choice:
                waiting += [(part, wanted, asked) for part in reversed(needed)]
            else:
                left.append(goal)
        if not taken:
            return left
        goals = left


Order = Callable[[Case, Goal], int]
"""Tells when a goal has its turn; what one order does not find out, another may."""


def single_first(case: Case, goal: Goal) -> int:
    """Take first what asks for one fact."""
    return int(case.parts(goal[0]) is not None)


def asked_first(case: Case, goal: Goal) -> int:
    """Take first what leaves one answer, then what is asked, then what always holds."""
    when, _, asked = goal
    forced = case.parts(when) is None and case.law.indicators.get(when.get("indicator", ""), {}).get("type") == "truth"
    return 0 if forced else 1 if asked else 2


def completion(
    case: Case, goals: list[Goal], tries: list[int], hints: list[Case], order: Order = single_first
) -> Case | None:
    """Return the case with answers to unknown questions with which all goals are reached, or nothing if there are none.

    Every try takes one from `tries`; the search ends without an answer when there are none left. `hints` are cases that
    were found for other goals: where what is asked is reached, the rest may be answered as there.
    """
    tries[0] -= 1
    left = spread(case, goals) if tries[0] >= 0 else None
    if not left:
        return None if left is None else case
    if hints and not any(asked for _, _, asked in left):
        for hint in hints:
            there = case.given(hint.facts | case.facts)
            if go_together(case.law, there.facts) and all(there.holds(when) is wanted for when, wanted, _ in left):
                return there
        hints = []
    fact = case.open_fact(min(left, key=lambda goal: order(case, goal))[0])
    for value in answers(case, fact):
        facts = case.facts | {fact: value}
        # Only years on the Tier 2 Watch List that reach up to the last report bind the next one.
        if facts.get("limit", "none") == "none" or facts.setdefault("last_report", "2WL") == "2WL":
            if fact == "last_report" and value != "2WL":
                facts.setdefault("limit", "none")
            found = completion(case.given(facts), left, tries, hints, order)
            if found is not None:
                return found
    return None


def shows(case: Case) -> Iterator[Any]:
    """Yield for each open fact that shows another: if it is so, the other is. Known ones have shown what they can."""
    for name, indicator in case.law.indicators.items():
        for fact in indicator.get("shown_by", []):
            if fact in case.law.indicators and fact not in case.facts:
                yes = [{"indicator": fact, "is": "true"}, {"indicator": name, "is": "true"}]
                yield {"any": [{"not": yes[0]}, yes[1]]}


class Reach:
    """What some coherent answers to the open questions of a case lead to, with some propositions as they are supposed.

    `unsure` names what was not found out within the tries that were left.
    """

    def __init__(self, case: Case, supposed: dict[str, bool] | None = None, seen: list[Case] | None = None) -> None:
        self.case, self.supposed, self.unsure = case.supposing(supposed or {}), supposed or {}, list[str]()
        self._goals: list[Goal] = [(case.whens[name], wanted, False) for name, wanted in self.supposed.items()]
        self._goals += [({"conclusion": name}, True, False) for name in case.law.coherence]
        self._goals += [(when, True, False) for when in shows(case)]
        self.seen = [each for each in seen or [] if self._as_supposed(each)]

    def may_be(self, name: str, truth: bool = True) -> bool:
        """Return whether a proposition can hold, or fail; true also where that was not found out."""
        if self.case.outcome(name) is (not truth):
            return False
        if any(seen.outcome(name) is truth for seen in self.seen):
            return True
        return self._found([({"conclusion": name}, truth, True), *self._goals], name)

    def may_be_at_all(self) -> bool:
        """Return whether what is supposed can be so; true also where that was not found out."""
        return bool(self.seen) or self._found(self._goals, "what is supposed")

    def _found(self, goals: list[Goal], name: str) -> bool:
        for order in (single_first, asked_first):
            tries = [TRIES // 2]
            found = completion(self.case.given(self.case.facts), goals, tries, self.seen[-4:], order)
            if found is not None:
                self.seen.append(found)
            if tries[0] >= 0:
                return found is not None
        self.unsure.append(name)
        return True

    def _as_supposed(self, seen: Case) -> bool:
        """Whether a case that was found under other suppositions is as it is supposed here."""
        truths = Case(seen.law, seen.whens, seen.facts, seen.numbers)
        return all(truths.outcome(name) is wanted for name, wanted in self.supposed.items())

    def rows(self) -> list[str]:
        """Return the rows of the tier table that can be reached."""
        return [row for row in self.case.law.tiers if self.may_be(row)]


# -- what goes together ----------------------------------------------------------------------------------------------


def coherent(law: Law, facts: dict[str, Any], report: Report) -> dict[str, Any]:
    """Return the facts with what follows from them by the rules of coherence that look at answers alone.

    An answer follows where one rule fails with every other. No fact follows from a rating.
    """
    rules = {
        name: when
        for name, when in law.coherence.items()
        if not any("finding" in part or "conclusion" in part for part in _inside(when))
    }
    whens = law.propositions(set())
    while True:
        new: dict[str, Any] = {}
        for name, when in rules.items():
            if Case(law, whens, facts).holds(when) is False:
                report.wrong.append(f"dossier: its answers contradict each other, by the rule {name}")
                return facts
            new |= {fact: value for fact, value in following(law, when, facts) if fact not in facts}
        if not new:
            return facts
        facts = facts | new


def following(law: Law, when: Any, facts: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each answer that nobody gave and without which one rule fails."""
    leaves = {leaf for part in _inside(when) for leaf in _leaves(law, part)}
    for fact in sorted(leaves - facts.keys() - PLACES.keys()):
        left = _left(law, when, fact, facts)
        if len(left) != 1 or left[0] is None:
            continue
        needed = {name: facts[name] for name in leaves if name in facts}
        for name in [name for name in _in_written_order(law, when) if name in needed]:
            without = {other: value for other, value in needed.items() if other != name}
            needed = without if _left(law, when, fact, without) == left else needed
        if fact.startswith("rating/") or not any(name.startswith("rating/") for name in needed):
            yield fact, left[0]


def _in_written_order(law: Law, when: Any) -> list[str]:
    return sorted({leaf for part in _inside(when) for leaf in _leaves(law, part)})


def _leaves(law: Law, when: Any) -> Iterator[str]:
    """The facts that a single condition asks for."""
    if "judgement" in when:
        yield f"rating/{when['judgement']}"
    elif "indicator" in when:
        compared = law.indicators[when["indicator"]].get("compared")
        yield from compared.values() if compared else (when["indicator"],)
        yield from (when["no_more_than"],) if "no_more_than" in when else ()
    elif "placement" in when:
        yield when["placement"]


def _left(law: Law, when: Any, fact: str, facts: dict[str, Any]) -> list[Any]:
    """The answers with which a rule does not fail; of many numbers between which it cannot tell, one that is None."""
    case = Case(law, {"": when}, facts)
    left = [value for value in answers(case, fact) if Case(law, {}, facts | {fact: value}).holds(when) is not False]
    if law.indicators.get(fact, {"type": ""})["type"] != "count":
        return left
    return left if len(left) == 1 and _alone(law, when, fact, left[0], facts) else [None] * len(left)


def _alone(law: Law, when: Any, fact: str, number: int, facts: dict[str, Any]) -> bool:
    """Whether a rule fails with every number beside this one."""
    beside = [each for each in (number - 1, number + 1) if each >= 0]
    return all(Case(law, {}, facts | {fact: each}).holds(when) is False for each in beside)


def standing(law: Law, years: dict[int, str], report: int) -> str | None:
    """Return how the years on the watch list bind the report of a year; nothing where an unknown year decides.

    Each year every state that is possible is carried on: the placement, the years on the watch list without a break,
    and whether the stay follows on the Tier 3 to which full years with a waiver led.
    """
    if not law.of("downgrades"):
        return "none"
    downgrade, relisting = law.of("downgrades")[0], law.of("relistings")
    full, waivers, first = (int(downgrade[key]) for key in ("years", "waiver_years", "counted_from"))
    states = {(place, 0, False) for place in PLACES["last_report"]}
    for year in range(first, report):
        moved = set()
        for before, run, fell in states:
            for place in [years[year]] if year in years else PLACES["last_report"]:
                if place == "2WL":
                    moved.add((place, run + 1, fell and before in ("2WL", "3")))
                else:
                    led = fell if before == "3" else before == "2WL" and run > full
                    moved.add((place, 0, place == "3" and led))
        states = moved
    limits = set()
    for place, run, fell in states:
        if relisting and place == "2WL" and fell and run >= int(relisting[0]["years"]):
            limits.add("not WL")
        else:
            limits.add("none" if run < full else "waiver or 3" if run - full < waivers else "3")
    return limits.pop() if len(limits) == 1 else None


def dated(record: Any, period: Any, day: str) -> str:
    """Return how the days of a record lie to the reporting period and to the date of the question."""
    if "carried" in record:
        return "carried"
    days = record.get("period") or ({"first": record["date"], "last": record["date"]} if "date" in record else None)
    if days is None:
        return "undated"
    if days["first"] > day:
        return "after the question"
    if days["last"] < period["first"] or period["last"] < days["first"]:
        return "outside the period"
    return (
        "in the period"
        if period["first"] <= days["first"] and days["last"] <= period["last"]
        else "partly in the period"
    )


@dataclass
class Beside:
    """What lies beside a dossier: the day of each source, where it bears one, and the dossier of the last report."""

    days: dict[str, str] = field(default_factory=dict)
    last: Any = None


DATED = re.compile(r"(?m)^[RPOZ]\s+(\d\d)\d{4}Z\s+([A-Z]{3})\s+(\d\d)\b")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def sent(form: str, raw: bytes) -> str | None:
    """Return the day of a source: of a telegram, from its date-time group, and of mail, from its date."""
    if form == "mail":
        try:
            return parsedate_to_datetime(str(message_from_bytes(raw)["date"] or "")).date().isoformat()
        except (ArithmeticError, TypeError, ValueError):
            return None
    if form != "telegram":
        return None
    found = DATED.search(raw.decode("utf-8", "replace"))
    if found is None or found[2] not in MONTHS:
        return None
    year = int(found[3])
    return f"{(1900 if year >= 70 else 2000) + year}-{MONTHS.index(found[2]) + 1:02}-{found[1]}"


def by_year(law: Law, dossier: Any) -> tuple[Any, set[str]]:
    """Return a dossier whose figures of the year before stand under the indicator that asks for them, and which do."""
    first = date.fromisoformat(dossier["period"]["first"])
    earliest = str(first - timedelta(days=366))
    moved = {
        record["id"]: record | {"measures": law.last_year[record["measures"]]}
        for record in dossier["records"]
        if record["measures"] in law.last_year and earliest <= record.get("period", {}).get("last", "") < str(first)
    }
    return dossier | {"records": [moved.get(record["id"], record) for record in dossier["records"]]}, set(moved)


TRAITS = {"kind", "dated", "reliability", "credibility", "indicator", "origin", "figure", "carried"}
"""What this checker knows of a record that a rule of admission may look at."""


class Admission:
    """Which records of a dossier count under a law."""

    def __init__(self, law: Law, dossier: Any, beside: Beside | None = None) -> None:
        self.law, self.beside = law, beside or Beside()
        self.dossier, self.moved = by_year(law, dossier)
        self.unlike: dict[str, str] = {}
        self.counted: dict[str, list[Any]] = {}
        self.apart_of_last: dict[str, Any] = {}
        self.repeats: dict[str, str] = {}
        for rule in law.of("admissions"):
            if not rule["sets_aside"].keys() <= TRAITS:
                raise UnreadableError(f"rulebook: the rule {rule['id']} looks at what this checker does not know")
        self.repeats = self._repeats()
        self.count()

    def count(self) -> None:
        """Find the records that count, by the indicator that they answer, and the figures that cannot be compared."""
        facts = [record for record in self.dossier["records"] if record["kind"] != "judgement"]
        for record in sorted(facts, key=lambda record: str(record["id"])):
            if self.against(record) is None:
                self.counted.setdefault(record["measures"], []).append(record)
        if self.beside.last is not None:
            earlier = Admission(self.law, self.beside.last).counted
            for name, last in self.law.last_year.items():
                figures = [r | {"id": f"last-year/{r['id']}", "measures": last} for r in earlier.get(name, [])]
                self.counted[last] = [*self.counted.get(last, []), *figures]
        for name, indicator in self.law.indicators.items():
            if "counts_kind" in indicator:
                of_kind = [record for record in facts if record["kind"] == indicator["counts_kind"]]
                self.counted[name] = [record for record in of_kind if self.against(record, any_kind=True) is None]
            new = [record for asked in indicator.get("shown_by", []) for record in self.counted.get(asked, [])]
            period = self.dossier["period"]
            new = [r for r in new if r["value"] == "true" and dated(r, period, self.law.day) == "in the period"]
            self.counted[name] = [*self.counted.get(name, []), *new]
        for name, last in self.law.last_year.items():
            why = self.apart(self.counted.get(name, []), self.counted.get(last, []))
            for record in self.counted.get(last, []) if why else []:
                self.unlike[record["id"]] = why
            then = self.counted.get(last, [])
            self.counted[last] = [r for r in then if r["id"] not in self.unlike or self.against(r) is None]
            self.apart_of_last |= {r["id"]: r for r in then if r["id"].startswith("last-year/")}

    def apart(self, now: list[Any], then: list[Any]) -> str:
        """Return by how much the times of two figures differ, if that is more than the policy allows."""
        period = self.dossier["period"]
        day = self.dossier["as_of"]
        whole = period | ({"last": day} if period["first"] <= day < period["last"] else {})
        this, last = span(now) or whole, span(then)
        policy = self.law.of("years_compared")
        if not policy or not last or abs(length(this) - length(last)) <= int(policy[0]["days_apart"]):
            return ""
        days = [f"{length(each)} days, {days_in_words(each)}" for each in (last, this)]
        return f"one is of {days[0]}, and the other of {days[1]}"

    def heard(self, silence: Any) -> Any:
        """Return the rule that sets a silence aside, or nothing if it counts."""
        last = silence["covers"]["last"] if "covers" in silence else self.beside.days.get(silence["source"])
        early = last is not None and last < self.dossier["period"]["first"]
        when = "undated" if last is None else "before the period" if early else "of the period"
        traits = {"kind": "silence", "dated": when}
        return next((rule for rule in self.law.of("admissions") if _all_match(rule["sets_aside"], traits)), None)

    def _repeats(self) -> dict[str, str]:
        """Record to the record that counts for the same statement of the same origin: the surest, then the first."""
        facts = [record for record in self.dossier["records"] if record["kind"] != "judgement"]
        origin = {record["id"]: record["origin"] for record in facts if "origin" in record}
        kinds = {indicator.get("counts_kind") for indicator in self.law.indicators.values()}
        first: dict[tuple[str, str, str], str] = {}
        found: dict[str, str] = {}
        for record in sorted(facts, key=lambda each: (each["reliability"] + each["credibility"], each["id"])):
            counts = self.against(record) is None
            if origin and (counts or (record["kind"] in kinds and self.against(record, any_kind=True) is None)):
                last, steps = record["id"], 0
                while last in origin and steps <= len(origin):
                    last, steps = origin[last], steps + 1
                counted = first.setdefault((last, record["measures"], record["kind"]), record["id"])
                found |= {record["id"]: counted} if counted != record["id"] else {}
        return found

    def against(self, record: Any, *, any_kind: bool = False) -> Any:
        """Return the rule that sets a record aside, or nothing if it counts."""
        law, indicator = self.law, self.law.indicators.get(record["measures"])
        traits = {"kind": record["kind"], "dated": dated(record, self.dossier["period"], law.day)}
        traits |= {"origin": "counted already"} if record["id"] in self.repeats else {}
        traits |= {"carried": "told anew"} if "carried" in record and self.answered_anew(record) else {}
        if indicator is None and record["measures"] not in law.judges and record["measures"] in law.measures:
            traits["indicator"] = "not asked on this date"
        elif indicator is not None:
            kinds = indicator.get("kinds", ["action", "statistic", "law"])
            stated = record["kind"] == "statement" and record["value"] == indicator.get("stated", ())
            takes = any_kind or record["kind"] in kinds or stated
            if "last_year_of" in indicator and record.get("unit") != indicator.get("unit"):
                traits["figure"] = "of another unit"
            if record["id"] in self.unlike:
                traits["figure"] = "of another length"
            traits |= {name: record[name] for name in ("reliability", "credibility")}
            traits["indicator"] = "takes this kind" if takes else "takes another kind"
            if traits["dated"] in ("outside the period", "undated"):
                late = "with the report" if indicator.get("with_the_report") == "true" else traits["dated"]
                traits["dated"] = "in the earlier year" if indicator.get("looks_back") == "true" else late
        rules = (rule for rule in law.of("admissions") if _all_match(rule["sets_aside"], traits))
        return next(rules, None)

    def answered_anew(self, carried: Any) -> bool:
        """Return whether a record of this dossier that counts answers what a carried one answers."""
        others = (r for r in self.dossier["records"] if r["measures"] == carried["measures"] and "carried" not in r)
        return any(self.against(record) is None for record in others if record["kind"] != "judgement")

    def refusal(self, record: Any) -> list[str] | None:
        """Return the rule that sets a record aside and why, as the answer tells it."""
        rule = self.against(record)
        if rule is None:
            return None
        counted = f" ({self.repeats[record['id']]})" if "origin" in rule["sets_aside"] else ""
        why = f" ({self.unlike[record['id']]})" if record["id"] in self.unlike else ""
        return [rule["id"], rule["because"] + counted + why]


def _all_match(words: dict[str, list[str]], traits: dict[str, str]) -> bool:
    return all(traits.get(name) in listed for name, listed in words.items())


def span(figures: list[Any]) -> Any:
    """Return the time from the first to the last day of figures that say of which days they are."""
    periods = [figure["period"] for figure in figures if "period" in figure]
    firsts, lasts = [each["first"] for each in periods], [each["last"] for each in periods]
    return {"first": min(firsts), "last": max(lasts)} if periods else None


def length(days: Any) -> int:
    """Return how many days there are from the first to the last."""
    return (date.fromisoformat(days["last"]) - date.fromisoformat(days["first"])).days + 1


def days_in_words(days: Any) -> str:
    """Return days as the answer tells them."""
    return str(days["first"]) if days["first"] == days["last"] else f"{days['first']} to {days['last']}"


def read_value(indicator: Any, value: Any) -> Any:
    """Return what a record says: a word, a number, or the least and the greatest number of bounds."""
    if isinstance(value, dict):
        least, most = int(value.get("at_least", 0)), float(value.get("at_most", ENDLESS))
        return least if least == most else (least, most)
    if indicator["type"] == "count":
        return int(value)
    words = {"more than last year": "true", "as many as last year": "false", "fewer than last year": "false"}
    return words.get(value, value)


def added(values: list[Any]) -> Any:
    """Return what counts add up to."""
    least, most = (sum(ends(value)[side] for value in values) for side in (0, 1))
    return least if least == most else (least, most)


def together(values: list[Any]) -> Any:
    """Return what is known of a count of which several things are said; nothing where no number fits them all."""
    least, most = max(ends(value)[0] for value in values), min(ends(value)[1] for value in values)
    return None if least > most else least if least == most else (least, most)


def said(indicator: Any, found: list[Any], moved: set[str]) -> Any:
    """Return what the records that answer an indicator say; nothing where they contradict each other."""
    values = [read_value(indicator, record["value"]) for record in found]
    if indicator["type"] != "count":
        return values[0] if len(set(values)) == 1 else None
    if "last_year_of" not in indicator:
        return added(values) if indicator.get("combine") == "sum" else together(values)
    groups: dict[str, list[Any]] = {}
    for record, value in zip(found, values, strict=True):
        place = "last" if record["id"].startswith("last-year/") else "moved" if record["id"] in moved else "here"
        groups.setdefault(place, []).append(value)
    whole = [added(group) if indicator.get("combine") == "sum" else together(group) for group in groups.values()]
    return None if None in whole else together(whole)


def admit(
    law: Law, dossier: Any, report: Report, beside: Beside | None = None
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return the facts of a dossier under a law, and for each indicator the records that answer it."""
    facts, admission = requested(law, dossier), Admission(law, dossier, beside)
    counted = admission.counted
    for record in admission.dossier["records"]:
        if record["kind"] == "judgement" and admission.against(record) is None:
            facts["rating/" + record["measures"]] = LEVELS.index(record["rating"])
    compared = [name for name, indicator in law.indicators.items() if "compared" in indicator]
    for name in sorted(law.indicators, key=lambda name: name in compared):
        indicator, found = law.indicators[name], counted.get(name, [])
        if found and "counts_kind" in indicator:
            facts[name] = len(found)
        elif found:
            value = said(indicator, found, admission.moved)
            if value is None:
                report.wrong.append(f"dossier: the records that answer {name} contradict each other")
            elif name not in compared or is_greater(indicator, facts) is None:
                facts[name] = value
    silent = {each["indicator"] for each in dossier.get("silences", []) if admission.heard(each) is None}
    for name, indicator in law.indicators.items():
        if "when_silent" in indicator and name in silent and not counted.get(name):
            word = indicator["when_silent"]["reads_as"]
            facts[name] = int(word) if indicator["type"] == "count" else word
    for name in list(overtaken(law, facts, counted)):
        facts.pop(name, None)
    for name, indicator in law.indicators.items():
        open_ = name not in facts and (name not in compared or is_greater(indicator, facts) is None)
        if open_ and any(facts.get(other) == "false" for other in indicator.get("denied_with", [])):
            facts[name] = "false"
    return facts | of_earlier_years(law, dossier, admission.beside.last), counted


def of_earlier_years(law: Law, dossier: Any, last: Any) -> dict[str, Any]:
    """Return where the last report placed the country, how its years bind this one, and how it rated the open words."""
    facts = {
        "last_rating/" + record["measures"]: LEVELS.index(record["rating"])
        for record in (last["records"] if last is not None else ())
        if record["kind"] == "judgement" and record["measures"] in law.judges
    }
    year = int(dossier["last_report"][:4])
    years = {int(item["year"]): item["tier"] for item in dossier.get("earlier_placements", [])}
    limit = standing(law, years, year + 1)
    ranked = [item for item in years if years[item] != "SC"]
    on_file = years[max(ranked)] if ranked and max(ranked) != year else None
    placed = {"last_report": years.get(year), "last_on_file": on_file, "limit": limit}
    return facts | {name: word for name, word in placed.items() if word is not None}


def overtaken(law: Law, facts: dict[str, Any], counted: dict[str, list[Any]]) -> Iterator[str]:
    """Yield what silence or a mere statement denies and the numbers of two years show."""
    for indicator in list(law.indicators.values()):
        shown = "compared" in indicator and is_greater(indicator, facts) is True
        for name in indicator.get("denied_with", []) if shown else []:
            kinds = law.indicators.get(name, {}).get("kinds", ["action", "statistic", "law"])
            if all(record["kind"] not in kinds for record in counted.get(name, [])):
                yield name


def requested(law: Law, dossier: Any) -> dict[str, Any]:
    """Return what the log of requests for data answers; data that were given in part answer nothing."""
    facts: dict[str, Any] = {}
    for name, criterion in law.criteria.items():
        log = criterion.get("presumption", {}).get("requests")
        made = [r for r in dossier.get("requests", []) if r["criterion"] == name and r["date"] <= law.day]
        given = {r["answer"] for r in made if r.get("answer_date", "") <= law.day}
        if log and made:
            facts[log["requested"]] = "true"
            if given in ({"given"}, {"not given"}):
                facts[log["provided"]] = str(given == {"given"}).lower()
    return facts


def progress(law: Law, dossier: Any, deficiency: Any, counted: dict[str, list[Any]]) -> Truth:
    """Return whether steps that answer a deficiency were taken since the last report, or are recorded as not taken."""
    since = law.of("progress")[0].get("since")
    first = dossier["last_report"]
    if since:
        year = int(first[:4]) + {"before": -1, "of the report": 0, "after": 1}[since["year"]]
        first = f"{year}-{int(since['month']):02}-{int(since['day']):02}"
    outcomes: list[Truth] = []
    for name in deficiency["answered_by"]:
        records = counted.get(name, [])
        none = ("false", "0", "as many as last year", "fewer than last year")
        sure = [record for record in records if not isinstance(record["value"], dict)]
        loose = [record for record in records if isinstance(record["value"], dict)]
        not_taken = [r for r in sure if r["value"] in none] + [r for r in loose if r["value"].get("at_most") == "0"]
        taken = [r for r in sure if r["value"] not in none]
        taken += [r for r in loose if int(r["value"].get("at_least", 0)) > 0]
        starts = [record.get("date") or record.get("period", {}).get("first", "") for record in taken]
        shown = any(start >= first if since else start > first for start in starts)
        outcomes.append(True if shown else False if records and len(not_taken) == len(records) else None)
    return True if True in outcomes else None if None in outcomes else False


# -- the comparison ---------------------------------------------------------------------------------------------------


def check_answer(files: Files, name: str, day: str, report: Report) -> None:
    """Work the answer out anew from the dossier of that name under the law of a day, and compare assessment.json."""
    answer = json.loads(files["assessment.json"])
    dossier, law = Yaml(files[name], name).document(), Law(files, day)
    days = {each["id"]: sent(each["format"], files[f"dossier/{each['file']}"]) for each in dossier["sources"]}
    beside = Beside({name: day for name, day in days.items() if day is not None})
    if "last_dossier" in dossier:
        beside.last = last_dossier(files, dossier, report)
    check_quotes(files, dossier, answer, report, beside.last)
    compare(answer, dossier, law, report, beside)
    compare_hinges(answer, dossier, law, report, beside)


def last_dossier(files: Files, dossier: Any, report: Report) -> Any:
    """Return the dossier of the last report, with every quote found in its sources."""
    name = dossier["last_dossier"]
    last = Yaml(files[f"dossier/{name}"], name).document()
    folder = PurePosixPath(name).parent
    sources = [
        placed(each, folder) | {"sections": [placed(section, folder) for section in each.get("sections", [])]}
        for each in last["sources"]
    ]
    for each in [part for source in sources for part in (source, *source["sections"])]:
        report.same(f"{each['file']}: the digest", each["digest"], digest(files[f"dossier/{each['file']}"]))
    check_quotes(files, last | {"sources": sources}, {}, report)
    report.same("the country of the last dossier", last["government"]["country"], dossier["government"]["country"])
    return last


def placed(source: Any, folder: PurePosixPath) -> Any:
    """Return a source, or a section of one, whose file is named from the folder of the packet's own dossier."""
    return source | {"file": (folder / source["file"]).as_posix()}


def compare(answer: Any, dossier: Any, law: Law, report: Report, beside: Beside | None = None) -> None:
    """Compare an answer with what follows from a dossier under a law."""
    case = case_of(law, dossier, report, beside)
    for what, stated, found in (
        ("the date of the law", answer["law"]["as_of"], law.day),
        ("the country", answer["subject"], dossier["government"]),
        ("the product", answer["product"], dossier["product"]),
        ("the sources", answer["receipt"]["sources"], _digests(dossier)),
        ("the digest of the dossier", answer["receipt"]["dossier"], _dossier_digest(dossier, beside and beside.last)),
        ("the interpretations", sorted(answer["interpretations"]), sorted(_interpretations(law))),
    ):
        report.same(f"assessment.json: {what}", stated, found)
    compare_findings(answer, case, report)
    compare_records(answer, dossier, Admission(law, dossier, beside), report)
    compare_recommendation(answer, dossier, case, report)


def case_of(law: Law, dossier: Any, report: Report, beside: Beside | None) -> Case:
    """Return the case that a dossier tells under a law, with what follows from its answers."""
    facts, _ = admit(law, dossier, report, beside)
    rated = {name[7:] for name in facts if name.startswith("rating/")}
    return Case(law, law.propositions(rated), coherent(law, facts, report))


def compare_findings(answer: Any, case: Case, report: Report) -> None:
    """Compare standards, criteria, watch list and steps."""
    law, waiver = case.law, case.facts.get("limit") not in ("none", "3", "not WL")
    rooms = {"standards": {"standard"}, "criteria": {"factor"}, "considered": {"scope", "efforts"}, "watch_list": set()}
    rooms["considered"] |= {"waiver"} if waiver else set()
    rooms["watch_list"] = {"watch list"}
    for room, parts in rooms.items():
        found: dict[str, Any] = {}
        for name, criterion in law.criteria.items():
            if criterion["part"] in parts:
                found[name] = {"outcome": WORDS[case.outcome(law.met(name))], "citation": law.citation(criterion)}
                found[name] |= {"level": _level(case, criterion)} if room in ("criteria", "considered") else {}
        if room == "watch_list":
            for route in law.of("routes"):
                found[route["id"]] = {"outcome": WORDS[case.outcome(route["id"])], "citation": law.citation(route)}
        stated = {item.get("id", item.get("route")): item for item in answer[room]}
        report.same(f"assessment.json, {room}: the entries", sorted(stated), sorted(found))
        for name in sorted(found.keys() & stated.keys()):
            for key, value in found[name].items():
                report.same(f"assessment.json, {room}: {key} of {name}", stated[name][key], value)
    steps = [answer["trace"]]
    for step in steps:
        steps += step["children"]
        if step["id"] in case.whens and step["id"] not in law.tiers:
            report.same(f"assessment.json, trace: {step['id']}", step["outcome"], WORDS[case.outcome(step["id"])])


def _level(case: Case, criterion: Any) -> str | None:
    """The level of a criterion, if no other is possible."""
    low = high = "not met"
    for rung in criterion["rules"]:
        reached = case.outcome(case.law.met(criterion["id"], rung["level"]))
        low = rung["level"] if reached is True else low
        high = high if reached is False else rung["level"]
    return low if low == high else None


def compare_records(answer: Any, dossier: Any, admission: Admission, report: Report) -> None:
    """Compare the records set aside, and the progress on each deficiency."""
    law, counted = admission.law, admission.counted
    refusals = {record["id"]: admission.refusal(record) for record in admission.dossier["records"]}
    refusals |= {
        name: admission.refusal(record) for name, record in admission.apart_of_last.items() if name in admission.unlike
    }
    for silence in dossier.get("silences", []):
        rule = admission.heard(silence)
        refusals[silence["id"]] = None if rule is None else [rule["id"], rule["because"]]
    found = {name: words for name, words in refusals.items() if words is not None}
    stated = {item["record"]: [item["rule"], item["because"]] for item in answer["set_aside"]}
    for name in sorted(found.keys() | stated.keys()):
        report.same(f"assessment.json, set_aside: {name}", stated.get(name), found.get(name))
    gaps = dossier.get("deficiencies", []) if law.of("progress") else []
    outcomes = {gap["id"]: WORDS[progress(law, dossier, gap, counted)] for gap in gaps}
    report.same("assessment.json: the progress", {item["id"]: item["outcome"] for item in answer["progress"]}, outcomes)


def compare_recommendation(answer: Any, dossier: Any, case: Case, report: Report) -> None:
    """Compare the tiers that are open, and what is recommended; look for answers that lead to each open tier."""
    stated, law = answer["recommendation"], case.law
    steps = {step["id"]: step["outcome"] for step in answer["trace"]["children"]}
    kept = [row for row in law.tiers if steps.get(row) != "not met"]
    reach = Reach(case)
    for row in law.tiers:
        reached = reach.may_be(row)
        if row in reach.unsure:
            report.notes.append(
                f"{row}: whether it is open was not found out within {TRIES} tries; the packet is believed"
            )
        elif reached != (row in kept):
            said = "open" if row in kept else "not open"
            found = "there are answers that lead there" if reached else "no answers lead there"
            report.wrong.append(f"assessment.json: {row} is said to be {said}, and {found}")
    tiers = [law.tiers[row] for row in kept]
    report.same("assessment.json: the open tiers", stated["open_tiers"], [tier for tier in tiers if tier])
    report.same(
        "assessment.json: the tiers with a witness",
        [item["tier"] for item in answer["open"]],
        tiers if len(tiers) > 1 else [],
    )
    settled = "fragile" if answer["fragile"] else "settled"
    report.same(
        "assessment.json: how sure the answer is", stated["answer"], settled if len(tiers) == 1 else "undetermined"
    )
    report.same("assessment.json: whether it is settled", stated["settled"], len(tiers) == 1)
    place = case.facts.get("last_report")
    place = None if place == "SC" else place
    latest = place or case.facts.get("last_on_file")
    situations = {"settled"} if len(tiers) == 1 else {"otherwise"}
    if len(tiers) > 1 and place in [tier for tier in tiers if tier]:
        situations.add("present placement open")
    likely = [law.tiers[row] for row in compare_proposals(answer, case, kept, report)] if "status" in stated else []
    if len(likely) == 1:
        situations.add("provisional")
    elif latest is not None and latest in likely:
        situations.add("latest placement proposed")
    rule = next(r for r in law.of("advice") if dossier["product"] in r["product"] and r["situation"] in situations)
    named = {"the settled tier": tiers[0], "the present placement": place, "no tier": None}
    named |= {"the provisional tier": likely[0] if likely else None, "the latest placement": latest}
    tier = named[rule["recommend"]]
    report.same("assessment.json: the rule of the recommendation", stated["rule"], rule["id"])
    report.same("assessment.json: the recommended tier", stated["tier"], tier)
    if "status" not in stated:
        made_by = answer["receipt"]["tierengine"]
        report.notes.append(
            f"assessment.json: tierengine {made_by} made it, before answers told what the rules propose, what is shown"
            " and possible, and what the answer hangs on; there is nothing of that to check"
        )
        return
    provisional = rule["recommend"] != "no tier" and tier in likely
    status = "settled" if len(tiers) == 1 else "provisional" if provisional else "open"
    if status != "provisional":
        report.same("assessment.json: the proposals that the recommendation rests on", stated["rests_on"], [])
    report.same("assessment.json: the status of the recommendation", stated["status"], status)
    freely = Reach(Case(law, law.propositions(set(law.judges)), case.facts))
    to_a_person = [law.tiers[row] for row in freely.rows() if law.tiers[row]]
    _unsure(report, freely, "the tiers that are open to a person who may rate freely")
    if not freely.unsure:
        where = "assessment.json: the tiers open to a person who may rate freely"
        report.same(where, stated["open_to_a_person"], to_a_person)
    compare_levels(answer, case, reach, report)


def _unsure(report: Report, reach: Reach, what: str) -> None:
    if reach.unsure:
        names = ", ".join(dict.fromkeys(reach.unsure))
        report.notes.append(f"{what} were not found out within {TRIES} tries ({names}); the packet is believed")


def compare_levels(answer: Any, case: Case, reach: Reach, report: Report) -> None:
    """Compare what is shown of each standard, factor and route, and what is still possible."""
    law = case.law
    ladders = {
        name: [(rung["level"], law.met(name, rung["level"])) for rung in criterion["rules"]]
        for name, criterion in law.criteria.items()
    }
    ladders |= {route["id"]: [("met", route["id"])] for route in law.of("routes")}
    before = len(reach.unsure)
    for room in ("standards", "criteria", "considered", "watch_list"):
        for item in answer[room]:
            name = item.get("id", item.get("route"))
            low = high = "not met"
            for level, proposition in ladders.get(name, []):
                low = low if reach.may_be(proposition, False) else level
                high = level if reach.may_be(proposition) else high
            if len(reach.unsure) == before:
                where = f"assessment.json, {room}: what of {name} is shown, and possible"
                report.same(where, [item["shown"], item["possible"]], [low, high])
    reach.unsure = reach.unsure[before:]
    _unsure(report, reach, "assessment.json: what is shown and what is possible")


# -- what the rules propose -------------------------------------------------------------------------------------------


@dataclass
class Provisional:
    """What the proposals make of a case: which rule speaks for each word, and the rows left to who rates so."""

    spoken: dict[str, Any]
    rows: list[str]
    unsure: list[str]


def provisional(case: Case) -> Provisional:
    """Read a case provisionally: each word that nobody has rated as it is proposed, where the records leave room."""
    law, rated = case.law, _rated(case)
    spoken: dict[str, Any] = {}
    supposed: dict[str, dict[str, bool]] = {}
    unsure: list[str] = []
    seen: list[Case] = []
    for stage in stages(law):
        filled = _as_rated(case, {name: spoken[name]["level"] for name in supposed})
        filled.facts |= {"last_report": case.facts["last_on_file"]} if "last_on_file" in case.facts else {}
        for name in stage:
            if law.criteria[name]["judgement"]["id"] in rated:
                continue
            rules = law.criteria[name]["proposal"]["rules"]
            for number, rule in enumerate(rules, 1):
                if filled.holds(rule["when"]) is True:
                    spoken[name] = rule | {"id": f"{name}/proposal/{number}"}
                    break
        for name in (name for name in stage if name in spoken):
            tried = at_level(law, name, spoken[name]["level"])
            reach = Reach(case, _joined(supposed) | tried, seen)
            if reach.may_be_at_all():
                supposed[name] = tried
            unsure += [spoken[name]["id"]] if reach.unsure else []
            seen = reach.seen
    taken = {name: rule for name, rule in spoken.items() if name in supposed}
    left = Reach(_as_rated(case, {name: rule["level"] for name, rule in taken.items()}))
    rows = left.rows()
    return Provisional(taken, rows, unsure + left.unsure)


def _as_rated(case: Case, levels: dict[str, str]) -> Case:
    """Return the case as it is once a person has rated the open words of some criteria so."""
    words = {name: case.law.criteria[name]["judgement"]["id"] for name in levels}
    ratings = {f"rating/{word}": LEVELS.index(levels[name]) for name, word in words.items()}
    return Case(case.law, case.law.propositions(_rated(case) | set(words.values())), case.facts | ratings)


def _rated(case: Case) -> set[str]:
    """The words that a person has rated, which are those whose rating decides in a case."""
    words = case.law.judges.items()
    return {
        word for word, each in words if any("judgement" in part for part in case.whens[case.law.met(each["id"])]["all"])
    }


def _joined(supposed: dict[str, dict[str, bool]]) -> dict[str, bool]:
    return {name: truth for each in supposed.values() for name, truth in each.items()}


def at_level(law: Law, name: str, level: str) -> dict[str, bool]:
    """Return what it means that a criterion has a level: the rungs up to it are reached, and those above are not."""
    rungs = [rung["level"] for rung in law.criteria[name]["rules"]]
    return {law.met(name, rung): LEVELS.index(rung) <= LEVELS.index(level) for rung in rungs}


def stages(law: Law) -> list[list[str]]:
    """Return the criteria with a proposal in groups, each of which looks only at what rests on groups before it."""
    below: dict[str, set[str]] = {}
    for name, criterion in law.criteria.items():
        whens = [rung["when"] for rung in criterion["rules"]]
        whens += [criterion["presumption"]["when"]] if "presumption" in criterion else []
        below[name] = _findings({"all": whens})
    for entry in (entry for room in ("conclusions", "tiers", "routes") for entry in law.of(room)):
        below[entry["id"]] = _findings(entry["when"])
    waiting: dict[str, set[str]] = {}
    for name in sorted((name for name, each in law.criteria.items() if "proposal" in each), key=law.place):
        reached, asked = set[str](), _findings({"all": [r["when"] for r in law.criteria[name]["proposal"]["rules"]]})
        while asked:
            reached |= asked
            asked = set().union(*(below.get(each, set()) for each in asked)) - reached
        waiting[name] = reached
    found = []
    while waiting:
        ready = [name for name, others in waiting.items() if not others & waiting.keys()]
        if not ready:
            raise UnreadableError("rulebook: its proposals wait for each other, which this checker does not read")
        found.append(ready)
        waiting = {name: others for name, others in waiting.items() if name not in ready}
    return found


def _findings(when: Any) -> set[str]:
    """The findings and conclusions that a condition asks for."""
    return {str(part[word]) for part in _inside(when) for word in ("finding", "conclusion") if word in part}


def compare_proposals(answer: Any, case: Case, kept: list[str], report: Report) -> list[str]:
    """Compare what the answer rests on where it is provisional; return the rows that are left to what is proposed."""
    proposals, law = answer["recommendation"]["rests_on"], case.law
    if len(kept) == 1:
        return []
    found = provisional(case)
    if found.unsure:
        report.notes.append(
            f"assessment.json: what the rules propose was not found out within {TRIES} tries"
            f" ({', '.join(found.unsure)}); the packet is believed"
        )
    for item in proposals:
        rule = found.spoken.get(item["criterion"])
        spoken = rule and [law.criteria[item["criterion"]]["judgement"]["id"], rule["id"], rule["level"], rule["says"]]
        where = f"assessment.json: what the rules propose for {item['word']}"
        report.same(where, [item["word"], item["rule"], item["level"], item["says"]], spoken)
    if not found.spoken or answer["recommendation"]["status"] != "provisional":
        return found.rows if found.spoken else []
    named = {item["criterion"]: item["level"] for item in proposals if item["criterion"] in found.spoken}
    left = Reach(_as_rated(case, named))
    sure = [name for name in left.rows() if name not in left.unsure]
    report.same("assessment.json: the rows that are left with what the recommendation rests on", sure, found.rows)
    _unsure(report, left, "assessment.json: the rows that are left with what the recommendation rests on")
    return found.rows


def compare_hinges(answer: Any, dossier: Any, law: Law, report: Report, beside: Beside | None = None) -> None:
    """Compare what each rating would make of what hangs on it; whether more hangs on ratings is not looked for."""
    case = case_of(law, dossier, Report(), beside)
    for hinge in answer.get("hinges", []):
        word, criterion = hinge["word"], law.judges.get(hinge["word"], {})
        if not criterion:
            report.unchecked.append(f"assessment.json: this checker does not follow what hangs on {_shown(hinge)}")
            continue
        stated = {outcome["answer"]: outcome["tiers"] for outcome in hinge["outcomes"]}
        for level in criterion["judgement"]["rubric"]:
            rows, unsure = _once_rated(case, word, level)
            if unsure:
                report.notes.append(f"assessment.json: what {word}: {level} would make of it was not found out")
            else:
                where = f"assessment.json: the tiers that are left once {word} is rated {level}"
                report.same(where, stated.get(level, []), [law.tiers[row] for row in rows])


def _once_rated(case: Case, word: str, level: str) -> tuple[list[str], list[str]]:
    """The rows that are left once a word is rated, and what was not found out; none where that contradicts the rest."""
    contradicted = Report()
    facts = coherent(case.law, case.facts | {f"rating/{word}": LEVELS.index(level)}, contradicted)
    if contradicted.wrong:
        return [], []
    found = provisional(Case(case.law, case.law.propositions({*_rated(case), word}), facts))
    return found.rows, found.unsure


def _interpretations(law: Law) -> Iterator[str]:
    for section, entries in law.rules.items():
        for entry in entries if section not in ("clauses", "open_words") else ():
            yield from (f"{entry['id']}/{reading['id']}" for reading in entry.get("interpretations", []))


def _digests(dossier: Any) -> list[str]:
    """The digests of all files of all sources."""
    return sorted(each["digest"] for source in dossier["sources"] for each in (source, *source.get("sections", [])))


def _dossier_digest(dossier: Any, last: Any = None) -> str:
    """The digest of what a dossier says, whatever the order of its lists, and of what the last one says."""
    whole = dossier | ({"last_dossier": _dossier_digest(last)} if last is not None else {})
    whole |= {
        room: [] for room in ("silences", "not_evidence", "deficiencies", "earlier_placements") if room not in dossier
    }
    for room in ("sources", "records", "silences", "requests", "deficiencies"):
        whole |= {room: sorted(whole[room], key=lambda item: str(item["id"]))} if whole.get(room) else {}
    whole["records"] = [_whole_bounds(record) for record in whole["records"]]
    whole["not_evidence"] = sorted(whole["not_evidence"], key=lambda item: (item["at"], item["quote"]))
    placements = [item | {"year": int(item["year"])} for item in whole["earlier_placements"]]
    whole["earlier_placements"] = sorted(placements, key=lambda item: int(item["year"]))
    whole.pop("proposed", None)  # nothing is reasoned from what nobody has accepted
    whole.pop("plan", None)  # nor from what a plan asks for
    return digest(canonical({key: value for key, value in whole.items() if key != "requests" or value}))


def _whole_bounds(record: Any) -> Any:
    """A record with the numbers of its bounds as numbers, not as words."""
    bounds = record.get("value")
    return record | {"value": {k: int(v) for k, v in bounds.items()}} if isinstance(bounds, dict) else record


# -- the packet -------------------------------------------------------------------------------------------------------


def read(place: Path) -> Files:
    """Return the files of a packet, or of the folder into which it was unpacked."""
    if place.is_dir():
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    with zipfile.ZipFile(place) as packet:
        entries = packet.infolist()
        names = [entry.filename for entry in entries]
        odd = [name for name in names if ".." in PurePosixPath(name).parts or name.startswith("/") or "\\" in name]
        if odd or len(set(names)) < len(names) or sum(entry.file_size for entry in entries) > LARGEST:
            raise UnreadableError("the packet is too large, or names a file twice or outside its folder")
        return {entry.filename: packet.read(entry) for entry in entries}


DOSSIER = re.compile(r"dossier/[^/]+\.ya?ml")
UNSOUND = (ArithmeticError, AttributeError, LookupError, RecursionError, StopIteration, TypeError, ValueError)
"""What Python raises where a file does not hold what it should."""


def check(files: Files, witnesses: list[str] | None = None) -> Report:
    """Check the files of a packet, which the witnesses that are known must have cosigned.

    What cannot be checked ends one part of the check and not the other.
    """
    report = Report()
    sealed: Any = None
    try:
        entries = read_entries(files, report)
        made = [entry for entry in entries.values() if entry["kind"] == "assessment"]
        sealed_answer = digest(files["assessment.json"])
        sealed = next((entry for entry in reversed(made) if entry["answer"] == sealed_answer), made[-1])
        check_inputs(files, sealed, report)
        check_case(files, entries, report)
        check_people(entries, report)
        check_witnesses(files, entries, witnesses or [], report)
    except UNSOUND as error:
        report.unchecked.append(f"the seals cannot be read: {type(error).__name__} {error}")
    try:
        name = sealed["dossier"]["name"] if sealed else next(n[8:] for n in sorted(files) if DOSSIER.fullmatch(n))
        day = sealed["as_of"] if sealed else json.loads(files["assessment.json"])["law"]["as_of"]
        check_answer(files, f"dossier/{name}", day, report)
    except UnreadableError as error:
        report.unchecked.append(str(error))
    except UNSOUND as error:
        report.unchecked.append(f"the decision cannot be worked out: {type(error).__name__} {error}")
    return report


def main(place: Path, witnesses: list[str]) -> int:
    """Check a packet that some witnesses must have cosigned, print what was found, and return the exit code."""
    try:
        files = read(place)
    except (OSError, zipfile.BadZipFile, RuntimeError, UnreadableError) as error:
        print(f"{place} cannot be read: {error}")
        return 2
    report = check(files, witnesses)
    for heading, lines in (("DOES NOT HOLD", report.wrong), ("NOT CHECKED", report.unchecked), ("Note", report.notes)):
        for line in lines:
            print(f"{heading}: {line}")
    if not report.wrong and not report.unchecked:
        print(f"All holds: {len(files)} files, the seals, the quotes, and the decision worked out anew.")
    return 1 if report.wrong else 2 if report.unchecked else 0


def given(words: list[str]) -> tuple[Path, list[str]]:
    """Return the packet and the witnesses that were named; without a packet, the folder in which this file lies."""
    witnesses = [words[at + 1] for at in range(len(words) - 1) if words[at] == "--witness"]
    left = [word for at, word in enumerate(words) if "--witness" not in (word, words[at - 1] if at else "")]
    if len(left) > 1 or words[-1:] == ["--witness"] or any(word.count("+") < 2 for word in witnesses):
        print("write: python3 check.py [PACKET] [--witness KEY], with the line that its operator gave you as KEY")
        sys.exit(2)
    return Path(left[0]) if left else Path(__file__).resolve().parent, witnesses


if __name__ == "__main__":
    sys.exit(main(*given(sys.argv[1:])))
