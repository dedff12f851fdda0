"""The private keys: of the ledger, which seals it, of each person who writes in it, and of a witness.

A key file says in its first lines whose it is, and holds the private key as PEM (PKCS #8, RFC 5958 and 7468). It is
made with mode 0600, and one that others may read is not used. Nothing here gives the private key as text.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tierengine.errors import LedgerError, Problem, StoreError, UsageError
from tierengine.ledger.notes import Verifier, is_key_name

_WHOSE = re.compile(r"name: (?P<name>[^\n]+)\noffice: (?P<office>[^\n]*)\n(?=-----BEGIN PRIVATE KEY-----\n)")
_OTHERS = 0o077
"""The bits of a file's mode that let others than its owner at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A private key with the name and the office of its holder; a ledger's key has no office."""

    name: str
    office: str
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def verifier(self) -> Verifier:
        """What checks the notes that this key signs; for the key of a ledger."""
        return Verifier(self.name, self.public)


def plain_name(name: str) -> str:
    """Return a name as it is compared: whatever the letter case, the width of characters and of white space."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Keys:
    """The folder in which the private keys of one user lie."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make_ledger_key(self, origin: str) -> Key:
        """Make the key of a ledger. Raise `UsageError` if the origin can name none, or has one."""
        if not is_key_name(origin):
            what = f"`{origin}` cannot name a ledger"
            cure = "write it like the address of a page, without white space and plus: example.gov/tier-ledger"
            raise UsageError([Problem(where="--origin", what=what, cure=cure)])
        return self._make(origin, "", "--origin")

    def make_witness_key(self, name: str) -> Key:
        """Make the key of a witness. Raise `UsageError` if it cannot be named so, or has one."""
        if not is_key_name(name):
            what = f"`{name}` cannot name a witness"
            cure = "write it like the address of a page, without white space and plus: witness.example.org/w1"
            raise UsageError([Problem(where="NAME", what=what, cure=cure)])
        return self._make(name, "", "NAME")

    def make(self, name: str, office: str) -> Key:
        """Make the key of a person. Raise `UsageError` if the name is none, or has one."""
        problems = [
            Problem(where=option, what=f"`{text}` is no {word}", cure=f"write the {word} in one line of ordinary text")
            for option, word, text in (("NAME", "name", name), ("--office", "office", office))
            if not plain_name(text) or not text.isprintable()
        ]
        if problems:
            raise UsageError(problems)
        return self._make(name, office, "NAME")

    def of(self, name: str) -> Key:
        """Return the key of a person or a ledger by its name.

        Raise `UsageError` if there is none, `StoreError` if it cannot be read, `LedgerError` if others may read it or
        it is none.
        """
        path = self._path(name)
        try:
            with path.open("rb") as file:
                shown = bool(os.fstat(file.fileno()).st_mode & _OTHERS)
                raw = file.read()
        except FileNotFoundError:
            cure = "put back the copy you kept, or make one: tierengine ledger key NAME; --keys names another folder"
            raise UsageError([Problem(where=str(path), what=f"there is no key of `{name}`", cure=cure)]) from None
        except OSError as error:
            raise _unusable(path, error) from None
        if shown:
            cure = f"take that away with `chmod 600`, and make a new key if somebody may have read it: {path}"
            raise LedgerError([Problem(where=str(path), what="others than its owner may read this key", cure=cure)])
        return _read(raw, path)

    def verifier_of(self, origin: str) -> Verifier | None:
        """Return what checks a ledger, if its key lies here; raises as `of` does."""
        return self.of(origin).verifier if self._path(origin).exists() else None

    @contextmanager
    def discarding(self, key: Key) -> Iterator[None]:
        """Remove a key that was just made if what it was made for fails: it would stand in the next attempt's way."""
        try:
            yield
        except BaseException:
            self._path(key.name).unlink(missing_ok=True)
            raise

    def _make(self, name: str, office: str, option: str) -> Key:
        path = self._path(name)
        key = Key(name=name, office=office, private=Ed25519PrivateKey.generate())
        pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(self._folder, error) from None
        try:
            # Made with its mode from the first, and never over another: a key that is lost is lost for good.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            what = f"`{name}` has a key already, in {path}"
            raise UsageError([Problem(where=option, what=what, cure="use that key, or choose another name")]) from None
        except OSError as error:
            raise _unusable(path, error) from None
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"name: {name}\noffice: {office}\n".encode() + pem)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            path.unlink()
            raise _unusable(path, error) from None
        return key

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(plain_name(name), safe=' ').replace(' ', '-')}.key"


def _read(raw: bytes, path: Path) -> Key:
    whose = _WHOSE.match(raw.decode("utf-8", "replace"))
    try:
        private = load_pem_private_key(raw[raw.index(b"-----BEGIN") :], password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if whose is None or not isinstance(private, Ed25519PrivateKey):
        cure = "restore the file as `tierengine ledger` made it"
        raise LedgerError([Problem(where=str(path), what="this file holds no key of tierengine", cure=cure)])
    return Key(name=whose["name"], office=whose["office"], private=private)


def _unusable(path: Path, error: OSError) -> StoreError:
    cure = "make the folder of the keys readable and writable for you alone, or name another with --keys"
    return StoreError([Problem(where=str(path), what=f"cannot be used: {error.strerror}", cure=cure)])
