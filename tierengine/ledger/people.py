"""The register of people: who may say what in a ledger, with which key, and from when until when.

An administrator keeps it, and it is made of entries like all else. The first who is enrolled opens it and is its
administrator; from then on nobody writes whose key is not in it. A ledger without a register asks for none of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tierengine.errors import Problem
from tierengine.ledger.alike import Names
from tierengine.ledger.entries import AnyEntry, EnrolmentEntry, Person, Role, WithdrawalEntry, WitnessesEntry
from tierengine.ledger.keys import plain_name

_WITH_A_VOICE: tuple[Role, ...] = ("auditor", "determiner", "officer", "policy")

WRITTEN_BY: Mapping[str, tuple[Role, ...]] = {
    "assessment": ("officer",),
    "position": ("officer", "determiner"),
    "determination": ("determiner",),
    "document": ("officer",),
    "review": _WITH_A_VOICE,
    "correction": ("administrator", *_WITH_A_VOICE, "reader"),
    "proposal": ("policy",),
    "rulebook": ("policy",),
    "enrolment": ("administrator",),
    "withdrawal": ("administrator",),
    "witnesses": ("administrator",),
}
"""The kinds of entries, each with the roles that may write it. Whoever wrote an entry may correct it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A person in the register, with the entries and times from which and until which the key counts."""

    person: Person
    roles: tuple[Role, ...]
    cleared: tuple[str, ...]
    """The handling marks whose records this person is shown."""
    since: int
    since_time: str
    until: int | None = None
    until_time: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the key counts now."""
        return self.until is None


class People:
    """The register as it stands after some entries."""

    def __init__(self) -> None:
        self._by_key: dict[str, Enrolled] = {}
        self._names = Names()

    @property
    def kept(self) -> bool:
        """Whether a register is kept at all."""
        return bool(self._by_key)

    def all(self) -> tuple[Enrolled, ...]:
        """Return everybody who is or was in the register, in the order of enrolment."""
        return tuple(self._by_key.values())

    def of(self, key: str) -> Enrolled | None:
        """Return who has a public key (in base64), whether it still counts or not."""
        return self._by_key.get(key)

    def named(self, name: str) -> Enrolled | None:
        """Return the person of a name, however its letter case and spaces are written, whose key counts."""
        plain = plain_name(name)
        return next((each for each in self.all() if each.counts and plain_name(each.person.name) == plain), None)

    def take(self, entry: AnyEntry) -> None:
        """Take in an entry that the rules allow."""
        if isinstance(entry, EnrolmentEntry):
            before = self._by_key.get(entry.person.key)
            self._by_key[entry.person.key] = Enrolled(
                person=entry.person,
                roles=entry.roles,
                cleared=entry.cleared,
                since=entry.number if before is None else before.since,
                since_time=entry.time if before is None else before.since_time,
            )
            self._names.add(entry.person.name)
        elif isinstance(entry, WithdrawalEntry):
            self._by_key[entry.key] = replace(self._by_key[entry.key], until=entry.number, until_time=entry.time)

    # -- the rules ----------------------------------------------------------------------------------------------------

    def objections(self, entry: AnyEntry) -> Iterator[Problem]:
        """Yield what the register has against an entry that would be the next."""
        if self.kept:
            yield from self._author(entry)
        elif isinstance(entry, EnrolmentEntry):
            yield from _opening(entry)
        elif isinstance(entry, WithdrawalEntry | WitnessesEntry):
            yield _objection("register", "this ledger keeps no register of people", "open it: tierengine people enrol")
        if isinstance(entry, EnrolmentEntry):
            yield from self._enrolment(entry)
        elif isinstance(entry, WithdrawalEntry) and self.kept:
            yield from self._withdrawal(entry)
        elif isinstance(entry, WitnessesEntry):
            yield from _witnesses(entry)

    def _author(self, entry: AnyEntry) -> Iterator[Problem]:
        """Only who is enrolled writes, under the name and office of the register, and what the roles allow."""
        found, by = self._by_key.get(entry.by.key), entry.by
        if found is None:
            what = f"the key of `{by.name}` is not enrolled in the register of people"
            yield _objection("author", what, "have an administrator enrol it: tierengine people enrol")
        elif not found.counts:
            what = f"the key of `{by.name}` was withdrawn by entry {found.until}"
            yield _objection("author", what, "use the key that you were enrolled with since")
        elif found.person != by:
            what = f"this key is enrolled as `{found.person.name}`, `{found.person.office}`"
            yield _objection("author", what, "sign under that name and office, or have the register changed")
        elif not set(found.roles) & set(WRITTEN_BY[entry.kind]):
            what = f"`{by.name}` is enrolled as {_list(found.roles)}, and may not write this ({entry.kind})"
            cure = f"have somebody write it who is enrolled as {_list(WRITTEN_BY[entry.kind], 'or')}"
            yield _objection("author", what, cure)

    def _enrolment(self, entry: EnrolmentEntry) -> Iterator[Problem]:
        person, before = entry.person, self._by_key.get(entry.person.key)
        if not plain_name(person.name) or not person.name.isprintable() or not person.office.isprintable():
            what = "a name and an office are one line of ordinary text"
            yield _objection("NAME", what, "write them with letters that can be seen")
        if list(entry.roles) != sorted(set(entry.roles)) or list(entry.cleared) != sorted(set(entry.cleared)):
            yield _objection(
                "--role", "a role or a mark is there twice, or out of order", "name each once, from A to Z"
            )
        if before is not None and not before.counts:
            what = f"this key was withdrawn by entry {before.until}, and never counts again"
            yield _objection("--key", what, "have the person make a new one: tierengine ledger key")
        elif before is not None and before.person.name != person.name:
            what = f"this key is enrolled as `{before.person.name}`"
            yield _objection("NAME", what, "use that name, or another key")
        elif before is None:
            yield from self._name(person.name)
        if before is not None and "administrator" not in entry.roles:
            yield from self._nobody_left(person.key)

    def _name(self, name: str) -> Iterator[Problem]:
        """A name that looks like another is that name, and belongs to who was enrolled under it."""
        like, mine = self._names.like(name), self.named(name)
        if mine is not None:
            what = f"`{mine.person.name}` is enrolled with another key"
            yield _objection("NAME", what, "withdraw that key first, or choose a name that keeps the two apart")
        elif like is not None and plain_name(like) != plain_name(name):
            what = f"`{name}` looks like `{like}`, who is or was in the register"
            yield _objection("NAME", what, "choose a name that nobody takes for that one")

    def _withdrawal(self, entry: WithdrawalEntry) -> Iterator[Problem]:
        found = self._by_key.get(entry.key)
        if found is None or found.person.name != entry.name:
            yield _objection("NAME", f"`{entry.name}` is not enrolled with this key", "see: tierengine people list")
        elif not found.counts:
            yield _objection("NAME", f"this key was withdrawn by entry {found.until}", "there is nothing to withdraw")
        else:
            yield from self._nobody_left(entry.key)

    def _nobody_left(self, key: str) -> Iterator[Problem]:
        others = (each for each in self._by_key.values() if each.counts and each.person.key != key)
        if "administrator" in self._by_key[key].roles and not any("administrator" in each.roles for each in others):
            what = f"nobody would be left to keep the register but `{self._by_key[key].person.name}`"
            yield _objection("NAME", what, "enrol another administrator first")


def _opening(entry: EnrolmentEntry) -> Iterator[Problem]:
    if entry.person != entry.by or "administrator" not in entry.roles:
        what = "the first in the register is whoever opens it, as administrator"
        yield _objection("NAME", what, "enrol yourself first, with --role administrator")


def _witnesses(entry: WitnessesEntry) -> Iterator[Problem]:
    keys = [witness.key for witness in entry.witnesses]
    if len(set(keys)) < len(keys):
        yield _objection("WITNESS", "a witness is named twice", "name each once")
    if entry.quorum > len(keys):
        what = f"{entry.quorum} cosignatures are asked for, and there are {len(keys)} witnesses"
        yield _objection("--quorum", what, "name more witnesses, or ask for fewer")


def _list(words: tuple[str, ...], joint: str = "and") -> str:
    *most, last = words
    return f"{', '.join(most)} {joint} {last}" if most else last


def _objection(where: str, what: str, cure: str) -> Problem:
    return Problem(where=where, what=what, cure=cure)
