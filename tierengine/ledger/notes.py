"""Signed notes, the checkpoints of a ledger that are written as such, and what witnesses add to them.

A note is text that ends in a newline, an empty line, and a line for each signature. A checkpoint is a note of three
lines: the origin of the ledger, the number of its entries, and the root of their Merkle tree in base64. A cosignature
is a further line under a checkpoint: a witness says when it saw that the ledger had only grown up to there.

Sources: C2SP signed-note 1.0.0, tlog-checkpoint 1.0.0 and tlog-cosignature 1.0.0; RFC 8032 (Ed25519).
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tierengine.errors import LedgerError, Problem

ED25519 = b"\x01"
"""The signature type of Ed25519 in a note."""
COSIGNATURE = b"\x04"
"""The signature type of a cosignature with time, by Ed25519."""

_NAME = re.compile(r"[^\s+]+")
_DASH = "\N{EM DASH}"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_COUNTED = 4
_LARGEST = 64 * 1024
"""Characters; a checkpoint with a hundred signatures is smaller."""


def is_key_name(name: str) -> bool:
    """Return whether a note may name a key so: some characters, no white space and no plus."""
    return _NAME.fullmatch(name) is not None


def base64(raw: bytes) -> str:
    """Return bytes as base64 text (RFC 4648, section 4)."""
    return b64encode(raw).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Return the bytes of base64 text, or nothing if the text is not exactly what `base64` gives for them."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64(raw) == text else None


@dataclass(frozen=True, slots=True)
class Verifier:
    """The name and the public key (32 bytes) by which a note is checked."""

    name: str
    public: bytes

    kind: ClassVar[bytes] = ED25519

    def __str__(self) -> str:
        """The verifier key as one line: name, identifier and key, joined by a plus."""
        return f"{self.name}+{self._identifier.hex()}+{base64(self.kind + self.public)}"

    @classmethod
    def of(cls, line: str) -> Self | None:
        """Read a verifier key from its line, or give nothing if it is none of this kind."""
        name, _, rest = line.partition("+")
        raw = from_base64(rest.partition("+")[2])
        if not is_key_name(name) or raw is None or len(raw) != 33 or raw[:1] != cls.kind:
            return None
        found = cls(name, raw[1:])
        return found if str(found) == line else None

    @property
    def _identifier(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:_COUNTED]

    def signature_line(self, signature: bytes) -> str:
        """Return the line that a signature of this key has in a note."""
        return f"{_DASH} {self.name} {base64(self._identifier + signature)}\n"

    def signatures_in(self, note: str) -> tuple[bytes, ...]:
        """Return the signatures of a note that name this key; whether they hold is not known yet."""
        mine = f"{_DASH} {self.name} "
        lines = note.rpartition("\n\n")[2].splitlines(keepends=True) if len(note) <= _LARGEST else []
        raws = (from_base64(line.removeprefix(mine).rstrip("\n")) for line in lines if line.startswith(mine))
        return tuple(raw[_COUNTED:] for raw in raws if raw is not None and raw[:_COUNTED] == self._identifier)

    def text_of(self, note: str, where: str) -> str:
        """Return the text of a note that this key signed. Raise `LedgerError` if it did not."""
        text, signatures = text_of(note), self.signatures_in(note)
        if not signatures:
            raise _not_signed(where, f"it has no signature of the key `{self}`")
        if not all(verifies(self.public, signature, text.encode()) for signature in signatures):
            raise _not_signed(where, f"the signature of `{self.name}` is not over this text")
        return text


@dataclass(frozen=True, slots=True)
class Cosigner(Verifier):
    """The name and the public key (32 bytes) of a witness, by which its cosignatures are checked."""

    kind: ClassVar[bytes] = COSIGNATURE

    def cosigned(self, note: str, where: str) -> int | None:
        """Return when this witness first cosigned a checkpoint, in POSIX seconds, or nothing if it did not.

        Raise `LedgerError` if it is said to have, and a cosignature does not hold.
        """
        times = []
        for found in self.signatures_in(note):
            times.append(int.from_bytes(found[:_TIMED], "big"))
            signed = _cosigned(text_of(note), times[-1])
            if len(found) != _TIMED + 64 or not verifies(self.public, found[_TIMED:], signed):
                raise _not_signed(where, f"the cosignature of the witness `{self.name}` is not over this text")
        return min(times, default=None)

    def cosign(self, note: str, time: int, key: Ed25519PrivateKey) -> str:
        """Return the line of a cosignature at a time (POSIX seconds, more than 0) by this witness's private key."""
        signature = key.sign(_cosigned(text_of(note), time))
        return self.signature_line(time.to_bytes(_TIMED, "big") + signature)


_TIMED = 8
"""Bytes in which a cosignature holds its time."""


def text_of(note: str) -> str:
    """Return the text of a note, whoever signed it: all before its last empty line."""
    return note.rpartition("\n\n")[0] + "\n"


def _cosigned(text: str, time: int) -> bytes:
    """What a witness signs: a header, the time, and the text of the checkpoint."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _not_signed(where: str, what: str) -> LedgerError:
    cure = "compare the key with the one you were given when the ledger was made; if it is the same, this was altered"
    return LedgerError([Problem(where=where, what=what, cure=cure)])


def verifies(public: bytes, signature: bytes, signed: bytes) -> bool:
    """Return whether a signature (64 bytes) is that of a public key (32 bytes) over the bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the note of a text, which ends in a newline, with one signature."""
    public = key.public_key().public_bytes_raw()
    return f"{text}\n{Verifier(name, public).signature_line(key.sign(text.encode()))}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How a ledger stood: its origin, the number of its entries, and the root (32 bytes) over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64(self.root)}\n"

    @staticmethod
    def of(note: str, verifier: Verifier, where: str) -> Checkpoint:
        """Read a signed checkpoint. Raise `LedgerError` if it is not signed by the key, or is no checkpoint."""
        lines = verifier.text_of(note, where).split("\n")
        if len(lines) == _COUNTED and lines[0] == verifier.name and _SIZE.fullmatch(lines[1]) and lines[3] == "":
            root = from_base64(lines[2])
            if root is not None and len(root) == hashlib.sha256().digest_size:
                return Checkpoint(lines[0], int(lines[1]), root)
        what = f"it is no checkpoint of `{verifier.name}`: the lines are the origin, the size and the root"
        raise LedgerError([Problem(where=where, what=what, cure="restore the checkpoint as the ledger gave it")])
