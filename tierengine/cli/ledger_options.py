"""What the verbs on a ledger share: where it lies, whose keys sign, and how an entry is printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tierengine.cli.options import a_console, keys_folder
from tierengine.errors import Problem, StoreError, UsageError
from tierengine.ledger.acts import Desk
from tierengine.ledger.book import Ledger, known_ledger, people_of
from tierengine.ledger.cosigning import gather
from tierengine.ledger.entries import AnyEntry
from tierengine.ledger.keys import Keys
from tierengine.ledger.notes import Checkpoint, Cosigner, Verifier, base64
from tierengine.ledger.register import Register
from tierengine.ledger.store import Store
from tierengine.ledger.words import author, details, headline
from tierengine.reports.text import print_wrapped

LedgerPlace = Annotated[
    str,
    typer.Option(
        "--ledger", metavar="PLACE", envvar="TIERENGINE_LEDGER", help="a file, or the URL of a PostgreSQL database"
    ),
]
Author = Annotated[
    str, typer.Option("--as", metavar="NAME", envvar="TIERENGINE_AS", help="who you are; your key signs")
]
Reasons = Annotated[str, typer.Option("--reasons", metavar="TEXT", help="why, in words that will be read years later")]
Kept = Annotated[
    Path | None,
    typer.Option("--kept", metavar="FILE", help="a checkpoint that you kept; the ledger must still begin with it"),
]
PublicKey = Annotated[
    str | None, typer.Option("--key", metavar="KEY", help="the ledger's public key, as `ledger init` printed it")
]
Witnesses = Annotated[
    list[str] | None,
    typer.Option("--witness", metavar="KEY", help="a witness that you know: must have cosigned it; may be given again"),
]

HERE = "ledger.sqlite"
"""Where a ledger lies if nothing else is said."""


def keys_in(folder: Path | None) -> Keys:
    """Return the keys in the folder that was named, or in the user's own."""
    return Keys(keys_folder(folder))


@contextmanager
def ledger_at(place: str, keys: Path | None, public: str | None = None) -> Iterator[Ledger]:
    """Give the ledger at a place, held against the key that was named or, without one, the user's own copy of it.

    It is closed when the verb ends: a SQLite file is then whole without a second file beside it.
    """
    known = None if public is None else Verifier.of(public)
    if public is not None and known is None:
        cure = "write the line that `tierengine ledger init` printed: NAME+DIGITS+BASE64"
        raise UsageError([Problem(where="--key", what=f"`{public}` is no public key of a ledger", cure=cure)])
    with closing(Store(place)) as store:
        yield known_ledger(store, keys_in(keys)) if known is None else Ledger(store, known)


@contextmanager
def desk_at(place: str, keys: Path | None, writer: str) -> Iterator[Desk]:
    """Give the ledger at a place with the keys to sign and to seal with.

    Where a register of people is kept, it says under which name and office a key signs. After what was written, the
    witnesses of the ledger are asked to cosign.
    """
    folder = keys_in(keys)
    with ledger_at(place, keys) as opened:
        author = folder.of(writer)
        with opened.store.reading() as reader:
            origin = opened.verifier(reader).name
            enrolled = people_of(reader).people.of(base64(author.public))
        if enrolled is not None:
            author = replace(author, name=enrolled.person.name, office=enrolled.person.office)
        yield Desk(ledger=opened, author=author, seal=folder.of(origin))
        gather(opened)


def cosigners_given(lines: list[str] | None) -> tuple[Cosigner, ...]:
    """Return the witnesses whose public keys were given. Raise `UsageError` with each line that is none."""
    found = {line: Cosigner.of(line) for line in lines or ()}
    cure = "write the line that `tierengine witness init` printed: NAME+DIGITS+BASE64"
    problems = [
        Problem(where="--witness", what=f"`{line}` is no public key of a witness", cure=cure)
        for line, each in found.items()
        if each is None
    ]
    if problems:
        raise UsageError(problems)
    return tuple(each for each in found.values() if each is not None)


def print_times(times: Mapping[str, int], console: Console) -> None:
    """Print when each witness cosigned a checkpoint, if any did."""
    for name, time in times.items():
        when = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        print_wrapped(f"the witness {name} saw all of it at {when}", console, 0)


def kept_checkpoint(opened: Ledger, path: Path | None) -> Checkpoint | None:
    """Return the checkpoint in a file, if one was named and the ledger's key signed it."""
    if path is None:
        return None
    try:
        note = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cure = "name a file with what `tierengine ledger checkpoint` printed"
        raise StoreError([Problem(where=str(path), what=f"cannot be read: {error}", cure=cure)]) from None
    with opened.store.reading() as reader:
        return Checkpoint.of(note, opened.verifier(reader), str(path))


def whose(opened: Ledger) -> str:
    """Say under which key a ledger holds, and whether it was known before or believed."""
    if opened.known is not None:
        return f"under the key {opened.known}"
    with opened.store.reading() as reader:
        key = reader.head.verifier
    return f"under the key {key}, which the ledger itself names: compare it with the one you were given"


def written(entry: AnyEntry) -> None:
    """Print an entry that was just written."""
    print_entry(entry, a_console())


def print_entry(entry: AnyEntry, console: Console, register: Register | None = None) -> None:
    """Print an entry, and, if the register is given, whether it was corrected."""
    head = (f"entry {entry.number}", "bold"), f"  {entry.time}  {entry.kind}  "
    console.print(Text.assemble(*head, (author(entry), "dim")), soft_wrap=True)
    print_wrapped(headline(entry), console, 4)
    for line in details(entry):
        print_wrapped(line, console, 4, hang=2)
    if register is not None and not register.counts(register.said[entry.number]):
        print_wrapped("It was corrected, and counts no more.", console, 4)
