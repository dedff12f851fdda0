"""The verb on the packet of a case, for those who have no ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from tierengine.cli.app import app
from tierengine.cli.ledger_options import Witnesses, cosigners_given, print_times
from tierengine.cli.options import Form, PlainFormat, a_console, print_json
from tierengine.errors import Problem, StoreError, UsageError
from tierengine.ledger.archive import unpack
from tierengine.ledger.notes import Verifier, base64
from tierengine.ledger.packet import Verified
from tierengine.ledger.packet import verify as verify_packet
from tierengine.ledger.words import author, details, headline
from tierengine.reports.text import print_wrapped

_FROM_THE_PACKET = "This key was taken from the packet: compare it with the one that you were given by another way."


@app.command()
def verify(
    packet: Annotated[Path, typer.Argument(metavar="PACKET", help="what `tierengine ledger export` wrote")],
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="KEY|FILE", help="the ledger's public key that you know, or its file"),
    ] = None,
    witness: Witnesses = None,
    form: Form = PlainFormat.text,
) -> None:
    """Verify the packet of a case offline, and make its answer again. Ends with 5 at the first thing that is wrong."""
    known = None if key is None else _verifier(key)
    found = verify_packet(unpack(_bytes(packet)), known, cosigners_given(witness))
    values = _values(found, known)
    if form is PlainFormat.json:
        print_json(values)
        return
    console = a_console()
    for entry in found.entries:
        console.print(Text(f"entry {entry.number}  {entry.time}  {author(entry)}"), soft_wrap=True)
        print_wrapped(headline(entry), console, 4)
        for line in details(entry):
            print_wrapped(line, console, 4, hang=2)
    print_times(found.times, console)
    print_wrapped(f"{values['holds']} The key of the ledger: {values['key']}", console, 0)
    for warning in values["warnings"]:
        print_wrapped(warning, console, 0)


def _values(found: Verified, known: Verifier | None) -> dict[str, Any]:
    """What is said of a packet that holds."""
    comes_out = "comes out byte for byte from the dossier and the rulebook in the packet."
    if found.in_other_words:
        comes_out = (
            f"was made by tierengine {found.assessment.tierengine}; made again from the dossier and the rulebook in the"
            " packet, it decides the same, in other words."
        )
    holds = (
        f"All {len(found.entries)} entries are signed, and in the ledger of {found.checkpoint.size} entries; the answer"
        f" of entry {found.assessment.number} {comes_out}"
    )
    return {
        "holds": holds,
        "assessment": found.assessment.number,
        "entries": [entry.number for entry in found.entries],
        "size": found.checkpoint.size,
        "root": base64(found.checkpoint.root),
        "key": str(found.verifier),
        "witnesses": dict(found.times),
        "warnings": [*(() if known is not None else (_FROM_THE_PACKET,)), *found.warnings],
    }


def _verifier(text: str) -> Verifier:
    """The key that is written, or stands in the file that is named."""
    found = Verifier.of(text)
    if found is None and Path(text).is_file():
        found = Verifier.of(_bytes(Path(text)).decode("utf-8", "replace").strip())
    if found is None:
        cure = "write the line that `tierengine ledger init` printed, or name a file with that line"
        raise UsageError([Problem(where="--key", what=f"`{text}` is no public key of a ledger", cure=cure)])
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        cure = "name a file that exists and may be read"
        problem = Problem(where=str(path), what=f"cannot be opened: {error.strerror}", cure=cure)
        raise StoreError([problem]) from None
