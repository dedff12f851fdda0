"""The ledger of a desk: begun from the desk, read for its pages, and written by what people sign.

What is signed is made once, shown in words with its digest, and kept here until the signature comes: nothing but the
signature is taken from outside. On loopback the key lies in the person's own folder; in an office it lies in their
browser, and the server never sees it.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from tierengine.errors import LedgerError, Problem, StoreError, TierEngineError, UsageError
from tierengine.ledger import acts
from tierengine.ledger.alike import alike
from tierengine.ledger.book import Inputs, Ledger, known_ledger, make_ledger, people_of
from tierengine.ledger.cosigning import gather
from tierengine.ledger.entries import AnyEntry, Person, Unsigned
from tierengine.ledger.keys import Key, Keys, plain_name
from tierengine.ledger.notes import base64
from tierengine.ledger.people import Enrolled, People
from tierengine.ledger.store import Store
from tierengine.web.announced import Announced

_MOST = 200
"""Acts that wait for a signature at most; the oldest are let go of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An act that waits for its signature: what is signed, what is kept with it, and the page it came from."""

    owner: str
    unsigned: Unsigned
    inputs: Inputs
    back: str


@dataclass(frozen=True, slots=True)
class Preparing:
    """A desk at which what is said is made ready to be signed; see `tierengine.ledger.acts.Writes`."""

    ledger: Ledger
    by: Person

    def write(self, content: dict[str, Any], inputs: Inputs | None = None) -> tuple[Unsigned, Inputs]:
        """Return what is to be signed, and what is kept with it."""
        return self.ledger.to_sign(content, self.by), inputs or Inputs()


Act = Callable[[Preparing], tuple[Unsigned, Inputs]]


class Book:
    """The ledger at a place, and the folder of keys on this machine."""

    def __init__(self, place: str, keys: Path, *, announced: Announced | None = None) -> None:
        self.place = place
        self.keys = Keys(keys)
        self.local = announced is None
        """Whether people sign with keys in the folder, as on loopback, or in their browsers."""
        self.announced = announced
        """Where people sign in their browsers: the public keys that wait to be enrolled."""
        self._begun = False
        self._waiting: OrderedDict[str, Waiting] = OrderedDict()
        self._lock = Lock()

    @property
    def begun(self) -> bool:
        """Whether there is a ledger."""
        if "://" not in self.place:
            return Path(self.place).exists()
        if not self._begun:  # a database may be there without a ledger; once there is one, it stays
            with closing(Store(self.place)) as store:
                self._begun = store.made()
        return self._begun

    def begin(self, origin: str) -> None:
        """Make the ledger and the key that seals it. Raise `UsageError` where there is one, or it cannot be."""
        with closing(Store(self.place)) as store:
            key = self.keys.make_ledger_key(origin)
            with self.keys.discarding(key):
                make_ledger(store, key)

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        """Give the ledger, held against the key of it that lies here. Raise `UsageError` if there is none yet."""
        if not self.begun:
            cure = "begin one on the page of the ledger"
            raise UsageError([Problem(where="ledger", what="nothing is on record yet: there is no ledger", cure=cure)])
        with closing(Store(self.place)) as store:
            yield known_ledger(store, self.keys)

    def people(self) -> People:
        """Return the register of people, as it stands; empty where there is no ledger."""
        if not self.begun:
            return People()
        with self.opened() as ledger, ledger.store.reading() as reader:
            return people_of(reader).people

    def key_of(self, name: str) -> Key | None:
        """Return somebody's key, if it lies in the folder of this machine."""
        try:
            return self.keys.of(name) if self.local else None
        except UsageError:
            return None

    def signer(self, name: str) -> Person | None:
        """Return as whom somebody signs; nothing if they have no key that is known here."""
        key = self.key_of(name)
        enrolled = self._enrolled(name, key)
        if enrolled is not None:
            return enrolled.person
        if self.announced is not None:  # it counts only until there is a register, which its owner may then open
            return None if self.people().kept else self.announced.named(name)
        return Person(name=key.name, office=key.office, key=base64(key.public)) if key is not None else None

    def like(self, name: str) -> str | None:
        """Return the name of somebody else that looks like a name, if there is one (Unicode TS 39)."""
        known = [each.person.name for each in self.people().all()]
        known += [each.name for each in self.announced.all()] if self.announced is not None else []
        plain = plain_name(name)
        if any(plain_name(each) == plain for each in known):
            return None
        return next((each for each in known if alike(each, name)), None)

    def announce(self, name: str, office: str, key: str) -> None:
        """Keep the public key that somebody made in their browser until it is enrolled.

        Raise `UsageError` if it is none, was withdrawn or is somebody else's, or if the name looks like another.
        """
        assert self.announced is not None, "on loopback keys lie in the folder"
        person = acts.person(name, office, key)
        problems = []
        if (like := self.like(name)) is not None:
            cure = "have whoever keeps your names give you one that nobody takes for that one"
            problems.append(Problem(where="name", what=f"`{name}` looks like `{like}`", cure=cure))
        found = self.people().of(key)
        if found is not None and (not found.counts or plain_name(found.person.name) != plain_name(name)):
            what = "this key was withdrawn" if not found.counts else "this key is somebody else's"
            problems.append(Problem(where="key", what=what, cure="make a new one in your browser"))
        if not office or not office.isprintable():
            problems.append(Problem(where="office", what="is no line of ordinary text", cure="write your office"))
        if problems:
            raise UsageError(problems)
        self.announced.add(person)

    @property
    def to_enrol(self) -> tuple[Person, ...]:
        """Whose keys wait to be enrolled."""
        waiting, people = self.announced.all() if self.announced is not None else (), self.people()
        return tuple(each for each in waiting if people.of(each.key) is None)

    def _enrolled(self, name: str, key: Key | None) -> Enrolled | None:
        people = self.people()
        found = people.named(name) if key is None else people.of(base64(key.public))
        return found if found is not None and found.counts else None

    # -- signing ------------------------------------------------------------------------------------------------------

    def prepare(self, owner: str, back: str, act: Act) -> str:
        """Make an act ready to be signed; return the name under which it waits.

        Raise `UsageError` if its author has no key, and what the act raises.
        """
        by = self.signer(owner)
        if by is None:
            cure = "make one on your page, and have it enrolled where a register of people is kept"
            raise UsageError([Problem(where="key", what=f"`{owner}` has no key to sign with", cure=cure)])
        with self.opened() as ledger:
            unsigned, inputs = act(Preparing(ledger, by))
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._waiting[name] = Waiting(owner=owner, unsigned=unsigned, inputs=inputs, back=back)
            while len(self._waiting) > _MOST:
                self._waiting.popitem(last=False)
        return name

    def waiting(self, name: str, owner: str) -> Waiting | None:
        """Return what waits under a name; nothing if it is somebody else's, or was signed."""
        found = self._waiting.get(name)
        return found if found is not None and found.owner == owner else None

    def unsigned(self, owner: str) -> tuple[tuple[str, Waiting], ...]:
        """Return what waits for somebody's signature, each with the name under which it waits."""
        with self._lock:
            return tuple((name, each) for name, each in self._waiting.items() if each.owner == owner)

    def sign(self, name: str, waiting: Waiting, signature: bytes | None) -> AnyEntry:
        """Append what waited, with a signature made elsewhere, or by the author's key on this machine; once only.

        Raise `UsageError` if there is no such key, and what `Ledger.accept` raises.
        """
        if signature is None:
            if not self.local:
                cure = "sign in the browser that holds your key"
                raise UsageError([Problem(where="signature", what="is missing", cure=cure)])
            signature = self.keys.of(waiting.owner).private.sign(waiting.unsigned.to_sign)
        with self.opened() as ledger:
            with ledger.store.reading() as reader:
                seal = self.keys.of(ledger.verifier(reader).name)
            entry, _ = ledger.accept(waiting.unsigned, signature, waiting.inputs, seal)
        with self._lock:
            self._waiting.pop(name, None)
        return entry

    def cosigned(self) -> TierEngineError | None:
        """Ask the witnesses of the ledger to cosign it; return what kept them from it, though all is on record."""
        try:
            with self.opened() as ledger:
                gather(ledger)
        except (LedgerError, StoreError) as error:
            return error
        return None
