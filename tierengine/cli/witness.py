"""Verbs of a witness: a second office that sees the checkpoints of ledgers, and cosigns them with the time."""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer
from rich.text import Text

from tierengine.cli.app import Group, app
from tierengine.cli.ledger_options import keys_in
from tierengine.cli.options import KeysFolder, a_console
from tierengine.errors import LedgerError, Problem, StoreError, UsageError
from tierengine.ledger.notes import Verifier
from tierengine.ledger.witness import Witness
from tierengine.ledger.witness_http import server
from tierengine.reports.text import print_wrapped

witness_app = Group(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Be a witness: see that ledgers only grow, and cosign their checkpoints with the time.",
)
app.add_typer(witness_app, name="witness")

WitnessFile = Annotated[
    Path, typer.Option("--witness", metavar="FILE", envvar="TIERENGINE_WITNESS", help="what the witness keeps")
]
_HERE = Path("witness.sqlite")


@witness_app.command()
def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="its name, such as witness.example.org/w1")],
    witness: WitnessFile = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Make a witness, and the key that it cosigns with."""
    folder = keys_in(keys)
    key = folder.make_witness_key(name)
    with folder.discarding(key):
        made = Witness.make(witness, key)
    console = a_console()
    console.print(Text(f"{witness} is the witness {name}"))
    print_wrapped("Give this public key to those who keep the ledgers, and to everyone who checks them:", console, 0)
    console.print(Text(str(made.cosigner)), soft_wrap=True)


@witness_app.command()
def add(
    ledger: Annotated[str, typer.Argument(metavar="KEY", help="the ledger's public key, as `ledger init` printed it")],
    witness: WitnessFile = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Know a ledger by its public key, and cosign its checkpoints from here on."""
    verifier = Verifier.of(ledger)
    if verifier is None:
        cure = "write the line that `tierengine ledger init` printed: NAME+DIGITS+BASE64"
        raise UsageError([Problem(where="KEY", what=f"`{ledger}` is no public key of a ledger", cure=cure)])
    _witness(witness, keys).know(verifier)
    a_console().print(Text(f"{verifier.name} is known; its checkpoints are cosigned from here on"), soft_wrap=True)


@witness_app.command("list")
def list_logs(witness: WitnessFile = _HERE, keys: KeysFolder = None) -> None:
    """Show the ledgers that are known, and what was last seen of each."""
    found = _witness(witness, keys)
    console = a_console()
    console.print(Text(f"the witness {found.cosigner}"), soft_wrap=True)
    for log in found.logs():
        seen = "nothing seen yet"
        if log.time is not None:
            seen = f"{log.size} entries, {datetime.fromtimestamp(log.time, UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"
        console.print(Text(f"  {log.origin}  {seen}"), soft_wrap=True)


@witness_app.command()
def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="where to listen")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes any that is free")] = 8391,
    witness: WitnessFile = _HERE,
    keys: KeysFolder = None,
) -> None:
    """Answer ledgers that ask for cosignatures, until it is stopped. TLS is the proxy's in front of it."""
    found = _witness(witness, keys)
    try:
        listening = server(found, host, port, lambda line: print(line, file=sys.stderr, flush=True))
    except OSError as error:
        what, cure = f"cannot listen there: {error.strerror}", "choose another --host or --port"
        raise StoreError([Problem(where=f"{host}:{port}", what=what, cure=cure)]) from None
    print(f"the witness {found.cosigner.name} listens on http://{host}:{listening.server_address[1]}", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        # It ends from a thread of its own: the one that is interrupted is the one that serves.
        signal.signal(number, lambda *_: Thread(target=listening.shutdown).start())
    with listening:
        listening.serve_forever()


def _witness(path: Path, keys: Path | None) -> Witness:
    """The witness whose file this is, with its key. Raise `LedgerError` if the key in the folder is another."""
    public = Witness.key_of(path)
    key = keys_in(keys).of(public.name)
    if key.public != public.public:
        what = f"the key of `{public.name}` is another than the one that this witness was made with"
        raise LedgerError([Problem(where=str(path), what=what, cure="name the folder that holds its key: --keys")])
    return Witness(path, key)
