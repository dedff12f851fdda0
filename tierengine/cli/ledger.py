"""Verbs on the ledger: what was said, when, by whom and on what."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from tierengine.cli.app import Group, app
from tierengine.cli.ledger_options import (
    HERE,
    Author,
    Kept,
    LedgerPlace,
    PublicKey,
    Reasons,
    Witnesses,
    cosigners_given,
    desk_at,
    kept_checkpoint,
    keys_in,
    ledger_at,
    print_entry,
    print_times,
    whose,
    written,
)
from tierengine.cli.options import (
    AsOf,
    DossierFile,
    Form,
    KeysFolder,
    PlainFormat,
    RulebookFolder,
    TierName,
    a_console,
    day_given,
    folder_of,
    print_json,
)
from tierengine.errors import Problem, RulebookError, StoreError, UsageError
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.cases.examples import failed_examples
from tierengine.law.reader import RulebookFile, read_draft, rulebook_files
from tierengine.ledger import acts, merkle
from tierengine.ledger.acts import Ground
from tierengine.ledger.archive import pack
from tierengine.ledger.book import Ledger, make_ledger, register_of
from tierengine.ledger.cosigning import gather
from tierengine.ledger.entries import ProposalEntry, Witness
from tierengine.ledger.findings import findings
from tierengine.ledger.notes import Cosigner, base64
from tierengine.ledger.packet import export as export_packet
from tierengine.ledger.replay import replay as replay_entries
from tierengine.ledger.store import Reader, Store
from tierengine.ledger.verify import verify as verify_ledger
from tierengine.ledger.words import standing
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import TIERS

ledger_app = Group(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the record: what was said, when, by whom and on what, sealed so that a change shows.",
)
app.add_typer(ledger_app, name="ledger")

Number = Annotated[int, typer.Argument(metavar="ENTRY", min=0, help="the number of an entry; see `ledger log`")]
Held = Annotated[
    TierName | None, typer.Option("--tier", help="the tier that you hold; without it, the recommended one")
]
Disputes = Annotated[
    list[str] | None,
    typer.Option("--disputes", metavar="FINDING[=OUTCOME]", help="a finding that you dispute; may be given again"),
]
Discretion = Annotated[bool, typer.Option("--discretion", help="depart from it without disputing a finding")]

_WITNESS = re.compile(r"(?P<key>[^@]+)@(?P<address>https?://[^\s/?#]+(/[^\s?#]*)?)")
_REPLAYED = ("assessment", "position", "determination")
"""The kinds of entries in which the engine says something."""


# -- setting up -----------------------------------------------------------------------------------------------------


@ledger_app.command()
def init(
    origin: Annotated[str, typer.Option("--origin", metavar="NAME", help="its name, such as example.gov/tier-ledger")],
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Make a ledger, and the key that seals it."""
    folder = keys_in(keys)
    with closing(Store(ledger)) as store:
        key = folder.make_ledger_key(origin)
        with folder.discarding(key):
            make_ledger(store, key)
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
    made = keys_in(keys).make(name, office)
    a_console().print(Text(f"the public key of {name}, {office}: {base64(made.public)}"), soft_wrap=True)


@ledger_app.command()
def rulebook(
    reasons: Reasons,
    writer: Author,
    folder: RulebookFolder = None,
    proposal: Annotated[
        int | None,
        typer.Option("--proposal", metavar="ENTRY", min=0, help="adopt what this entry proposes, and others approved"),
    ] = None,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Record that assessments are made under another rulebook from here on. All its examples are run first."""
    if proposal is not None:
        with desk_at(ledger, keys, writer) as desk:
            written(acts.adopt(desk, proposal, reasons))
        return
    files, examples = _sound_rulebook(folder)
    with desk_at(ledger, keys, writer) as desk:
        written(acts.change_rulebook(desk, files, examples, reasons))


@ledger_app.command()
def propose(
    reasons: Reasons,
    writer: Author,
    folder: RulebookFolder = None,
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", metavar="PATH", help="cases to count: a folder of dossiers, or a Parquet file"),
    ] = None,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Propose a change of the law: its difference, what is proved of it, whom it moves. Somebody else reviews it."""
    files, examples = _sound_rulebook(folder)
    with desk_at(ledger, keys, writer) as desk:
        found = findings(desk.ledger, files, corpus, "record it: tierengine ledger rulebook")
        written(acts.propose(desk, files, examples, found, reasons))


@ledger_app.command()
def proposal(entry: Number, form: Form = PlainFormat.text, ledger: LedgerPlace = HERE, keys: KeysFolder = None) -> None:
    """Show what a proposal would change, and what was found out of it, before it is reviewed."""
    with ledger_at(ledger, keys) as opened, opened.store.reading() as reader:
        proposed, _ = opened.entry(reader, entry)
        if not isinstance(proposed, ProposalEntry):
            what = f"entry {entry} is no proposal, it is a {proposed.kind}"
            raise UsageError([Problem(where="ENTRY", what=what, cure="see which are: tierengine ledger log")])
        difference = opened.blob(reader, proposed.difference).decode()
        proof = json.loads(opened.blob(reader, proposed.proof))
        census = None if proposed.census is None else json.loads(opened.blob(reader, proposed.census))
    if form is PlainFormat.json:
        print_json({**proposed.model_dump(mode="json"), "difference": difference, "proof": proof, "census": census})
        return
    console = a_console()
    print_entry(proposed, console)
    for stretch in proof["stretches"]:
        until = f" until {stretch['until']}" if stretch["until"] else ""
        says = stretch["verdict"] if stretch["gave_up"] is None else f"not proved: {stretch['gave_up']}"
        print_wrapped(f"Under the law from {stretch['first']}{until}: {says}.", console, 4)
    if census is not None:
        print_wrapped(f"Of {census['cases']} cases counted, {census['moved']} move.", console, 4)
    console.print(Text(difference.rstrip("\n")), soft_wrap=True)


def _sound_rulebook(folder: Path | None) -> tuple[tuple[RulebookFile, ...], int]:
    """The files of a rulebook and the number of its examples. Raise `RulebookError` if one does not come out."""
    draft = read_draft(folder_of(folder))
    if problems := [*draft.ill_placed, *failed_examples(draft)]:
        raise RulebookError(problems)
    return rulebook_files(folder_of(folder)), draft.rulebook.examples


@ledger_app.command()
def witnesses(
    reasons: Reasons,
    writer: Author,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", metavar="KEY@ADDRESS", help="its public key and where it is asked; may be repeated"),
    ] = None,
    quorum: Annotated[
        int | None, typer.Option("--quorum", metavar="N", min=0, help="how many must cosign; without it, all")
    ] = None,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Say which witnesses cosign the checkpoints from here on, and how many must. An administrator does."""
    named = [_WITNESS.fullmatch(each) for each in witness or ()]
    cure = "write them such as witness.example.org/w1+0fe1d2c3+BASE64@https://witness.example.org"
    problems = [
        Problem(where="--witness", what=f"`{each}` is no public key and address of a witness", cure=cure)
        for each, found in zip(witness or (), named, strict=True)
        if found is None or Cosigner.of(found["key"]) is None
    ]
    if problems:
        raise UsageError(problems)
    asked = tuple(Witness(key=found["key"], address=found["address"]) for found in named if found)
    with desk_at(ledger, keys, writer) as desk:
        written(acts.require_witnesses(desk, asked, len(asked) if quorum is None else quorum, reasons))


@ledger_app.command()
def cosign(ledger: LedgerPlace = HERE, keys: KeysFolder = None) -> None:
    """Ask every witness anew whether the ledger has only grown. Ends with 5 if one saw more, or another history."""
    with ledger_at(ledger, keys) as opened:
        found = gather(opened, again=True)
        console = a_console()
        if found is None:
            print_wrapped("The register of this ledger names no witness: tierengine ledger witnesses", console, 0)
            return
        print_times(found.times, console)
        for problem in found.problems:
            print_wrapped(f"{problem.where}: {problem.what}", console, 0)


# -- saying something -----------------------------------------------------------------------------------------------


@ledger_app.command()
def record(
    dossier: DossierFile,
    writer: Author,
    as_of: AsOf = None,
    folder: RulebookFolder = None,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Assess a dossier and record the answer. Ends with 4 where several tiers stay open."""
    files = rulebook_files(folder_of(folder))
    day = day_given(as_of) if as_of else None
    with desk_at(ledger, keys, writer) as desk:
        entry, assessment = acts.record(desk, read_dossier(dossier), files, day)
        written(entry)
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
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Say that your office agrees with an assessment, or dissents from it."""
    with desk_at(ledger, keys, writer) as desk:
        written(acts.position(desk, entry, _ground(tier, disputes, discretion, reasons)))


@ledger_app.command()
def determine(
    entry: Number,
    seen: Annotated[str, typer.Option("--seen", metavar="DIGEST", help="what `ledger log CASE` ended with")],
    reasons: Reasons,
    writer: Author,
    tier: Held = None,
    disputes: Disputes = None,
    discretion: Discretion = False,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Determine the tier: adopt what an assessment recommends, or depart from it."""
    ground = _ground(tier, disputes, discretion, reasons)
    with desk_at(ledger, keys, writer) as desk:
        written(acts.determine(desk, entry, seen, ground))


@ledger_app.command()
def review(
    entry: Number,
    reasons: Reasons,
    writer: Author,
    objects: Annotated[bool, typer.Option("--objects", help="object to it; without this, you approve it")] = False,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Review an entry that somebody else wrote."""
    with desk_at(ledger, keys, writer) as desk:
        written(acts.review(desk, entry, reasons, approves=not objects))


@ledger_app.command()
def correct(
    entry: Number, reasons: Reasons, writer: Author, ledger: LedgerPlace = HERE, keys: KeysFolder = None
) -> None:
    """Say that an entry which you wrote is wrong. It stays, and counts no more."""
    with desk_at(ledger, keys, writer) as desk:
        written(acts.correct(desk, entry, reasons))


@ledger_app.command("keep")
def keep_document(
    entry: Number,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a final document: DOCX, HTML or Markdown")],
    writer: Author,
    made_from: Annotated[
        Path | None, typer.Option("--dossier", metavar="DOSSIER", help="where its dossier lies, if not where it says")
    ] = None,
    folder: RulebookFolder = None,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Keep a final document with the assessment that it is about, if every sentence in it holds."""
    from tierengine.cli.documents import Where, holding  # noqa: PLC0415 - the other verbs need no documents

    final = holding(file, Where(dossier=made_from, ledger=ledger, keys=keys), folder)
    with desk_at(ledger, keys, writer) as desk:
        written(acts.keep(desk, entry, final))


# -- looking and checking -------------------------------------------------------------------------------------------


@ledger_app.command()
def log(
    case: Annotated[str | None, typer.Argument(metavar="CASE", help="the id of a dossier")] = None,
    form: Form = PlainFormat.text,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Show what is on record, of one case with where it stands, or of all."""
    with ledger_at(ledger, keys) as opened, opened.store.reading() as reader:
        numbers = _numbers(reader, case)
        entries = (opened.entry(reader, number)[0] for number in numbers)
        if form is PlainFormat.json:
            print_json({"entries": [each.model_dump(mode="json") for each in entries], **_stands(reader, case)})
            return
        console = a_console()
        register = None if case is None else register_of(reader, case)
        for each in entries:
            print_entry(each, console, register)
        if case is not None and register is not None:
            print_wrapped(standing(register, case), console, 0)
            console.print(Text(f"what is on record now: {register.seen(case)}"), soft_wrap=True)


@ledger_app.command()
def checkpoint(ledger: LedgerPlace = HERE, keys: KeysFolder = None) -> None:
    """Print the signed checkpoint, to be kept elsewhere.

    A ledger that is cut short or replaced later does not agree with it: see `verify --kept`.
    """
    with ledger_at(ledger, keys) as opened, opened.store.reading() as reader:
        opened.checkpoint(reader)
        sys.stdout.write(reader.head.checkpoint)


@ledger_app.command()
def verify(
    kept: Kept = None,
    public: PublicKey = None,
    witness: Witnesses = None,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Verify entries, inputs, rules, tree, checkpoint, cosignatures. Ends with 5 at the first that does not hold."""
    known = cosigners_given(witness)
    with ledger_at(ledger, keys, public) as opened:
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            found = verify_ledger(opened, kept_checkpoint(opened, kept), _stepper(bar, opened), known)
        console = a_console()
        entries = "1 entry" if found.checkpoint.size == 1 else f"{found.checkpoint.size} entries"
        console.print(f"{entries} and {found.inputs} inputs hold, under the root")
        console.print(f"  {base64(found.checkpoint.root)}")
        if kept is not None:
            console.print(Text(f"they go on from the checkpoint in {kept}"))
        print_times(found.times, console)
        print_wrapped(whose(opened), console, 0)


@ledger_app.command()
def replay(
    entry: Annotated[int | None, typer.Argument(metavar="ENTRY", min=0, help="the number of an entry")] = None,
    every: Annotated[bool, typer.Option("--all", help="replay every entry in which the engine says something")] = False,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Make recorded assessments again from what was kept, with both engines, and compare the bytes."""
    if every == (entry is not None):
        problem = Problem(where="replay", what="neither or both of ENTRY and --all", cure="give one of them")
        raise UsageError([problem])
    with ledger_at(ledger, keys) as opened:
        with opened.store.reading() as reader:
            numbers = reader.numbers(*_REPLAYED) if entry is None else [entry]
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("replayed", total=len(numbers))
            others = replay_entries(opened, numbers, lambda: bar.advance(task), workers=os.cpu_count() or 1)
        same = len(numbers) - len(others)
        if same or not others:
            a_console().print(f"{_entries(same)} out byte for byte as recorded")
        if others:
            listed = ", ".join(str(number) for number in others)
            which = f"entry {listed} was" if len(others) == 1 else f"entries {listed} were"
            what = "made by another version: made again, each decides the same, in other words"
            print_wrapped(f"{which} {what}", a_console(), 0)


def _entries(number: int) -> str:
    return f"{number} entries come" if number != 1 else "1 entry comes"


@ledger_app.command()
def prove(
    entry: Number,
    kept: Kept = None,
    form: Form = PlainFormat.text,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Prove that an entry is in the ledger, or with --kept that it goes on from a kept checkpoint."""
    with ledger_at(ledger, keys) as opened:
        before = kept_checkpoint(opened, kept)
        with opened.store.reading() as reader:
            _, raw = opened.entry(reader, entry)
            proof = opened.proof(reader, entry, raw)
            grown = None if before is None else opened.growth(reader, before)
            note = reader.head.checkpoint
        values = proof.as_json() | {"leaf": base64(merkle.leaf_hash(raw)), "checkpoint": note}
        if before is not None and grown is not None:
            values |= {"kept": {"size": before.size, "hashes": [base64(each) for each in grown]}}
        if form is PlainFormat.json:
            print_json(values)
        else:
            _print_proof(values, a_console())


def _print_proof(values: dict[str, Any], console: Console) -> None:
    sentence = f"Entry {values['index']} is among the {values['size']} entries under the checkpoint below: its hash"
    _print_hashes(sentence, [values["leaf"]], console)
    _print_hashes("leads to the root with these, one after the other:", values["hashes"], console)
    if "kept" in values:
        sentence = f"The first {values['kept']['size']} entries are those of the kept checkpoint; these show it:"
        _print_hashes(sentence, values["kept"]["hashes"], console)
    console.print()
    console.print(Text(values["checkpoint"].rstrip("\n")), soft_wrap=True)


def _print_hashes(sentence: str, hashes: list[str], console: Console) -> None:
    print_wrapped(sentence, console, 0)
    for each in hashes:
        console.print(Text(f"  {each}"))


@ledger_app.command()
def export(
    entry: Number,
    packet: Annotated[Path, typer.Argument(metavar="PACKET", help="the file to write, such as packet.zip")],
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Write the packet of an entry's case: one file by which a stranger checks it offline."""
    with ledger_at(ledger, keys) as opened:
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


def _ground(tier: TierName | None, disputes: list[str] | None, discretion: bool, reasons: str) -> Ground:
    held = next((each for each in TIERS if tier is not None and each == tier.value), None)
    return Ground(tier=held, disputes=tuple(disputes or ()), discretion=discretion, reasons=reasons)


def _stepper(bar: Progress, opened: Ledger) -> Callable[[], None]:
    with opened.store.reading() as reader:
        task = bar.add_task("verified", total=opened.checkpoint(reader).size)
    return lambda: bar.advance(task)


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
