"""Verbs on the ledger: what was said, when, by whom and on what."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DossierFile,
    PlainFormat,
    RulebookFolder,
    TierName,
    a_console,
    day_given,
    folder_of,
    keys_folder,
    print_json,
)
from tierengine.errors import Problem, RulebookError, StoreError, TierEngineError, UsageError
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.cases.examples import failed_examples
from tierengine.law.reader import read_draft, rulebook_files
from tierengine.ledger import acts, merkle
from tierengine.ledger.acts import Desk, Ground
from tierengine.ledger.archive import pack
from tierengine.ledger.book import Ledger, make_ledger, register_of
from tierengine.ledger.entries import AnyEntry
from tierengine.ledger.keys import Keys
from tierengine.ledger.notes import Checkpoint, Verifier, base64
from tierengine.ledger.packet import export as export_packet
from tierengine.ledger.register import Register
from tierengine.ledger.replay import replay as replay_entries
from tierengine.ledger.store import Reader, Store
from tierengine.ledger.verify import verify as verify_ledger
from tierengine.ledger.words import author, details, headline, standing
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import TIERS

ledger_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the record: what was said, when, by whom and on what, sealed so that a change shows.",
)
app.add_typer(ledger_app, name="ledger")

LedgerPlace = Annotated[
    str,
    typer.Option(
        "--ledger", metavar="PLACE", envvar="TIERENGINE_LEDGER", help="a file, or the URL of a PostgreSQL database"
    ),
]
KeysFolder = Annotated[
    Path | None,
    typer.Option("--keys", metavar="FOLDER", envvar="TIERENGINE_KEYS", help="the folder that holds your keys"),
]
Author = Annotated[
    str, typer.Option("--as", metavar="NAME", envvar="TIERENGINE_AS", help="who you are; your key signs")
]
Reasons = Annotated[str, typer.Option("--reasons", metavar="TEXT", help="why, in words that will be read years later")]
Number = Annotated[int, typer.Argument(metavar="ENTRY", min=0, help="the number of an entry; see `ledger log`")]
Held = Annotated[
    TierName | None, typer.Option("--tier", help="the tier that you hold; without it, the recommended one")
]
Disputes = Annotated[
    list[str] | None,
    typer.Option("--disputes", metavar="FINDING[=OUTCOME]", help="a finding that you dispute; may be given again"),
]
Discretion = Annotated[bool, typer.Option("--discretion", help="depart from it without disputing a finding")]
Kept = Annotated[
    Path | None, typer.Option("--kept", metavar="FILE", help="a checkpoint that you kept: must still be its beginning")
]
Key = Annotated[
    str | None, typer.Option("--key", metavar="KEY", help="the ledger's public key, as `ledger init` printed it")
]
Form = Annotated[PlainFormat, typer.Option("--format", help="text or json")]

_HERE = "ledger.sqlite"
_REPLAYED = ("assessment", "position", "determination")
"""The kinds of entries in which the engine says something."""


# -- setting up -----------------------------------------------------------------------------------------------------


@ledger_app.command()
def init(
    origin: Annotated[str, typer.Option("--origin", metavar="NAME", help="its name, such as example.gov/tier-ledger")],
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Make a ledger, and the key that seals it."""
    folder = _keys(keys)
    with closing(Store(ledger)) as store:
        key = folder.make_ledger_key(origin)
        try:
            make_ledger(store, key)
        except TierEngineError:
            folder.discard(key)  # it sealed nothing, and would stand in the way of the next attempt
            raise
    console = a_console()
    console.print(Text(f"{store.shown} is the ledger {origin}"))
    print_wrapped("Give this public key to everyone who is to check the ledger:", console, 0)
    console.print(Text(str(key.verifier)), soft_wrap=True)


@ledger_app.command()
def key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="your name")],
    office: Annotated[str, typer.Option("--office", metavar="OFFICE", help="your office")],
    keys: KeysFolder = None,
) -> None:
    """Make the key that signs what you write."""
    made = _keys(keys).make(name, office)
    a_console().print(Text(f"the public key of {name}, {office}: {base64(made.public)}"), soft_wrap=True)


@ledger_app.command()
def rulebook(
    reasons: Reasons,
    writer: Author,
    folder: RulebookFolder = None,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Record that assessments are made under another rulebook from here on. All its examples are run first."""
    draft = read_draft(folder_of(folder))
    if problems := [*draft.ill_placed, *failed_examples(draft)]:
        raise RulebookError(problems)
    files = rulebook_files(folder_of(folder))
    with _desk(ledger, keys, writer) as desk:
        _written(acts.change_rulebook(desk, files, draft.rulebook.examples, reasons))


# -- saying something -----------------------------------------------------------------------------------------------


@ledger_app.command()
def record(
    dossier: DossierFile,
    writer: Author,
    as_of: AsOf = None,
    folder: RulebookFolder = None,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Assess a dossier and record the answer. Ends with 4 where several tiers stay open."""
    files = rulebook_files(folder_of(folder))
    day = day_given(as_of) if as_of else None
    with _desk(ledger, keys, writer) as desk:
        entry, assessment = acts.record(desk, read_dossier(dossier), files, day)
        _written(entry)
    if not assessment.recommendation.settled:
        raise typer.Exit(4)


@ledger_app.command()
def position(
    entry: Number,
    reasons: Reasons,
    writer: Author,
    tier: Held = None,
    disputes: Disputes = None,
    discretion: Discretion = False,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Say that your office agrees with an assessment, or dissents from it."""
    with _desk(ledger, keys, writer) as desk:
        _written(acts.position(desk, entry, _ground(tier, disputes, discretion, reasons)))


@ledger_app.command()
def determine(
    entry: Number,
    seen: Annotated[str, typer.Option("--seen", metavar="DIGEST", help="what `ledger log CASE` ended with")],
    reasons: Reasons,
    writer: Author,
    tier: Held = None,
    disputes: Disputes = None,
    discretion: Discretion = False,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Determine the tier: adopt what an assessment recommends, or depart from it."""
    ground = _ground(tier, disputes, discretion, reasons)
    with _desk(ledger, keys, writer) as desk:
        _written(acts.determine(desk, entry, seen, ground))


@ledger_app.command()
def review(
    entry: Number,
    reasons: Reasons,
    writer: Author,
    objects: Annotated[bool, typer.Option("--objects", help="object to it; without this, you approve it")] = False,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Review an entry that somebody else wrote."""
    with _desk(ledger, keys, writer) as desk:
        _written(acts.review(desk, entry, reasons, approves=not objects))


@ledger_app.command()
def correct(
    entry: Number, reasons: Reasons, writer: Author, ledger: LedgerPlace = _HERE, keys: KeysFolder = None
) -> None:
    """Say that an entry which you wrote is wrong. It stays, and counts no more."""
    with _desk(ledger, keys, writer) as desk:
        _written(acts.correct(desk, entry, reasons))


# -- looking and checking -------------------------------------------------------------------------------------------


@ledger_app.command()
def log(
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="the id of a dossier")] = None,
    form: Form = PlainFormat.text,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Show what is on record, of one case with where it stands, or of all."""
    with _opened(ledger, keys) as opened, opened.store.reading() as reader:
        numbers = _numbers(reader, case)
        told = (opened.entry(reader, number)[0] for number in numbers)
        if form is PlainFormat.json:
            print_json({"entries": [each.model_dump(mode="json") for each in told], **_stands(reader, case)})
            return
        console = a_console()
        register = None if case is None else register_of(reader, case)
        for each in told:
            _print_entry(each, console, register)
        if case is not None and register is not None:
            print_wrapped(standing(register, case), console, 0)
            console.print(Text(f"what is on record now: {register.seen(case)}"), soft_wrap=True)


@ledger_app.command()
def checkpoint(ledger: LedgerPlace = _HERE, keys: KeysFolder = None) -> None:
    """Print the signed checkpoint; keep it elsewhere, and a ledger that was cut short or replaced will show."""
    with _opened(ledger, keys) as opened, opened.store.reading() as reader:
        opened.checkpoint(reader)
        sys.stdout.write(reader.head.checkpoint)


@ledger_app.command()
def verify(kept: Kept = None, public: Key = None, ledger: LedgerPlace = _HERE, keys: KeysFolder = None) -> None:
    """Verify entries, inputs, rules, tree and checkpoint. Ends with 5 at the first thing that does not hold."""
    with _opened(ledger, keys, public) as opened:
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            found = verify_ledger(opened, _kept(opened, kept), _stepper(bar, opened))
        console = a_console()
        console.print(f"{found.checkpoint.size} entries and {found.inputs} inputs hold, under the root")
        console.print(f"  {base64(found.checkpoint.root)}")
        if kept is not None:
            console.print(Text(f"they go on from the checkpoint in {kept}"))
        print_wrapped(_whose(opened), console, 0)


@ledger_app.command()
def replay(
    entry: Annotated[int | None, typer.Argument(metavar="[ENTRY]", min=0, help="the number of an entry")] = None,
    every: Annotated[bool, typer.Option("--all", help="replay every entry in which the engine says something")] = False,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Make recorded assessments again from what was kept, with both engines, and compare the bytes."""
    if every == (entry is not None):
        problem = Problem(where="replay", what="neither or both of ENTRY and --all", cure="give one of them")
        raise UsageError([problem])
    with _opened(ledger, keys) as opened:
        with opened.store.reading() as reader:
            numbers = reader.numbers(*_REPLAYED) if entry is None else [entry]
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("replayed", total=len(numbers))
            others = replay_entries(opened, numbers, lambda: bar.advance(task), workers=os.cpu_count() or 1)
        same = len(numbers) - len(others)
        if same or not others:
            a_console().print(f"{_entries(same)} out byte for byte as recorded")
        if others:
            told = ", ".join(str(number) for number in others)
            which = f"entry {told} was" if len(others) == 1 else f"entries {told} were"
            what = "made by another version: made again, each decides the same; it is told in other words"
            print_wrapped(f"{which} {what}", a_console(), 0)


def _entries(number: int) -> str:
    return f"{number} entries come" if number != 1 else "1 entry comes"


@ledger_app.command()
def prove(
    entry: Number,
    kept: Kept = None,
    form: Form = PlainFormat.text,
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Prove that an entry is in the ledger, and with --kept that the ledger goes on from a kept checkpoint."""
    with _opened(ledger, keys) as opened:
        before = _kept(opened, kept)
        with opened.store.reading() as reader:
            _, raw = opened.entry(reader, entry)
            proof = opened.proof(reader, entry, raw)
            grown = None if before is None else opened.growth(reader, before)
            note = reader.head.checkpoint
        told = proof.told() | {"leaf": base64(merkle.leaf_hash(raw)), "checkpoint": note}
        if before is not None and grown is not None:
            told |= {"kept": {"size": before.size, "hashes": [base64(each) for each in grown]}}
        if form is PlainFormat.json:
            print_json(told)
        else:
            _print_proof(told, a_console())


def _print_proof(told: dict[str, Any], console: Console) -> None:
    sentence = f"Entry {told['index']} is among the {told['size']} entries under the checkpoint below: its hash"
    _print_hashes(sentence, [told["leaf"]], console)
    _print_hashes("leads to the root with these, one after the other:", told["hashes"], console)
    if "kept" in told:
        sentence = f"The first {told['kept']['size']} entries are those of the kept checkpoint; these show it:"
        _print_hashes(sentence, told["kept"]["hashes"], console)
    console.print()
    console.print(Text(told["checkpoint"].rstrip("\n")), soft_wrap=True)


def _print_hashes(sentence: str, hashes: list[str], console: Console) -> None:
    print_wrapped(sentence, console, 0)
    for each in hashes:
        console.print(Text(f"  {each}"))


@ledger_app.command()
def export(
    entry: Number,
    packet: Annotated[Path, typer.Argument(metavar="PACKET", help="the file to write, such as packet.zip")],
    ledger: LedgerPlace = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Write the packet of an entry's case: one file by which a stranger checks it offline."""
    with _opened(ledger, keys) as opened:
        raw = pack(export_packet(opened, entry))
    try:
        with packet.open("xb") as file:
            file.write(raw)
    except OSError as error:
        cure = "name a new file in a folder that exists and may be written"
        problem = Problem(where=str(packet), what=f"cannot be written: {error.strerror}", cure=cure)
        raise StoreError([problem]) from None
    a_console().print(Text(f"{packet} holds the case; check it with: tierengine verify {packet}"), soft_wrap=True)


# -- what the verbs share -------------------------------------------------------------------------------------------


def _keys(folder: Path | None) -> Keys:
    """The keys in the folder that was named, or in the user's own."""
    return Keys(keys_folder(folder))


@contextmanager
def _opened(place: str, keys: Path | None, public: str | None = None) -> Iterator[Ledger]:
    """Give the ledger at a place, held against the key that was named or, without one, the user's own copy of it.

    It is closed when the verb ends: a SQLite file is then whole without a second file beside it.
    """
    known = None if public is None else Verifier.of(public)
    if public is not None and known is None:
        cure = "write the line that `tierengine ledger init` printed: NAME+DIGITS+BASE64"
        raise UsageError([Problem(where="--key", what=f"`{public}` is no public key of a ledger", cure=cure)])
    with closing(Store(place)) as store:
        if known is None:
            with store.reading() as reader:
                known = _keys(keys).verifier_of(reader.head.verifier.partition("+")[0])
        yield Ledger(store, known)


@contextmanager
def _desk(place: str, keys: Path | None, writer: str) -> Iterator[Desk]:
    """Give the ledger at a place with the keys to sign and to seal with."""
    with _opened(place, keys) as opened:
        with opened.store.reading() as reader:
            origin = opened.verifier(reader).name
        folder = _keys(keys)
        yield Desk(ledger=opened, author=folder.of(writer), seal=folder.of(origin))


def _ground(tier: TierName | None, disputes: list[str] | None, discretion: bool, reasons: str) -> Ground:
    held = next((each for each in TIERS if tier is not None and each == tier.value), None)
    return Ground(tier=held, disputes=tuple(disputes or ()), discretion=discretion, reasons=reasons)


def _kept(opened: Ledger, path: Path | None) -> Checkpoint | None:
    """The checkpoint in a file, if one was named and the ledger's key signed it."""
    if path is None:
        return None
    try:
        note = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cure = "name a file with what `tierengine ledger checkpoint` printed"
        raise StoreError([Problem(where=str(path), what=f"cannot be read: {error}", cure=cure)]) from None
    with opened.store.reading() as reader:
        return Checkpoint.of(note, opened.verifier(reader), str(path))


def _whose(opened: Ledger) -> str:
    """Whether the key was known before, or was believed."""
    if opened.known is not None:
        return f"under the key {opened.known}"
    with opened.store.reading() as reader:
        key = reader.head.verifier
    return f"under the key {key}, which the ledger itself names: compare it with the one you were given"


def _stepper(bar: Progress, opened: Ledger) -> Callable[[], None]:
    with opened.store.reading() as reader:
        task = bar.add_task("verified", total=opened.checkpoint(reader).size)
    return lambda: bar.advance(task)


def _written(entry: AnyEntry) -> None:
    _print_entry(entry, a_console())


def _print_entry(entry: AnyEntry, console: Console, register: Register | None = None) -> None:
    head = (f"entry {entry.number}", "bold"), f"  {entry.time}  {entry.kind}  "
    console.print(Text.assemble(*head, (author(entry), "dim")), soft_wrap=True)
    print_wrapped(headline(entry), console, 4)
    for line in details(entry):
        print_wrapped(line, console, 4, hang=2)
    if register is not None and not register.counts(register.said[entry.number]):
        print_wrapped("It was corrected, and counts no more.", console, 4)


def _numbers(reader: Reader, case: str | None) -> list[int]:
    found = reader.numbers(about=case)
    if case is not None and not found:
        what = f"the ledger has no case `{case}`"
        raise UsageError([Problem(where="CASE", what=what, cure="see which there are: tierengine ledger log")])
    return found


def _stands(reader: Reader, case: str | None) -> dict[str, str]:
    if case is None:
        return {}
    register = register_of(reader, case)
    return {"standing": standing(register, case), "seen": register.seen(case)}
