"""Verbs on the register of people: who may write what in a ledger, with which key."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.text import Text

from tierengine.cli.app import Group, app
from tierengine.cli.ledger_options import (
    HERE,
    Author,
    LedgerPlace,
    Reasons,
    desk_at,
    keys_in,
    ledger_at,
    written,
)
from tierengine.cli.options import Form, KeysFolder, PlainFormat, a_console, print_json
from tierengine.errors import Problem, UsageError
from tierengine.ledger import acts
from tierengine.ledger.book import people_of
from tierengine.ledger.entries import Person, Role
from tierengine.ledger.notes import base64
from tierengine.ledger.people import Enrolled, People
from tierengine.reports.text import print_wrapped

people_app = Group(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the register of people: who may write what in a ledger, with which key, and when.",
)
app.add_typer(people_app, name="people")


class RoleName(StrEnum):
    """A role as it is written on the command line."""

    administrator = "administrator"
    auditor = "auditor"
    determiner = "determiner"
    officer = "officer"
    policy = "policy"
    reader = "reader"


Name = Annotated[str, typer.Argument(metavar="NAME", help="the person's name")]


@people_app.command()
def enrol(
    name: Name,
    role: Annotated[list[RoleName], typer.Option("--role", help="what the person may do; may be given again")],
    reasons: Reasons,
    writer: Author,
    office: Annotated[
        str | None, typer.Option("--office", metavar="OFFICE", help="without it, the one that the key names")
    ] = None,
    public: Annotated[
        str | None,
        typer.Option("--public", metavar="KEY", help="the public key; without it, that of NAME among your keys"),
    ] = None,
    cleared: Annotated[
        list[str] | None,
        typer.Option("--cleared", metavar="MARK", help="a handling mark whose records are shown; may be given again"),
    ] = None,
    ledger: LedgerPlace = HERE,
    keys: KeysFolder = None,
) -> None:
    """Enrol a person with a key and roles, or give other ones. Whoever is enrolled first opens the register."""
    with desk_at(ledger, keys, writer) as desk:
        with desk.ledger.store.reading() as reader:
            known = people_of(reader).people.named(name)
        person = _person(name, office, public, known, keys)
        written(acts.enrol(desk, person, _roles(role), tuple(cleared or ()), reasons))


@people_app.command()
def withdraw(name: Name, reasons: Reasons, writer: Author, ledger: LedgerPlace = HERE, keys: KeysFolder = None) -> None:
    """Withdraw a person's key: it counts no more from here on, and what it signed before stays."""
    with desk_at(ledger, keys, writer) as desk:
        written(acts.withdraw(desk, name, reasons))


@people_app.command("list")
def list_people(form: Form = PlainFormat.text, ledger: LedgerPlace = HERE, keys: KeysFolder = None) -> None:
    """Show who is and was in the register: roles, office, key, since when and until when."""
    with ledger_at(ledger, keys) as opened, opened.store.reading() as reader:
        opened.checkpoint(reader)
        people = people_of(reader).people
    if form is PlainFormat.json:
        print_json({"people": [_values(each) for each in people.all()]})
    else:
        _print(people)


def _person(name: str, office: str | None, public: str | None, known: Enrolled | None, keys: Path | None) -> Person:
    """Who is to be enrolled: as is written, else as the register says already, else as the person's key file says."""
    if public is None and known is not None:
        return Person(name=known.person.name, office=office or known.person.office, key=known.person.key)
    if public is not None:
        if office is None and known is None:
            cure = "name it: --office OFFICE"
            raise UsageError([Problem(where="--office", what=f"the office of `{name}` is not known", cure=cure)])
        return acts.person(name, office or (known.person.office if known else ""), public)
    key = keys_in(keys).of(name)
    return Person(name=key.name, office=office or key.office, key=base64(key.public))


def _roles(given: list[RoleName]) -> tuple[Role, ...]:
    wanted = {each.value for each in given}
    return tuple(sorted(role for role in get_args(Role) if role in wanted))


def _values(each: Enrolled) -> dict[str, Any]:
    return {
        **each.person.model_dump(),
        "roles": list(each.roles),
        "cleared": list(each.cleared),
        "since": {"entry": each.since, "time": each.since_time},
        "until": None if each.until is None else {"entry": each.until, "time": each.until_time},
    }


def _print(people: People) -> None:
    console = a_console()
    if not people.kept:
        print_wrapped(
            "This ledger keeps no register of people: whoever has a key and the ledger's seal writes in it. Open it"
            " with: tierengine people enrol YOUR-NAME --role administrator",
            console,
            0,
        )
        return
    for each in people.all():
        name = f"{each.person.name}, {each.person.office}" if each.person.office else each.person.name
        cleared = f"; cleared for {', '.join(each.cleared)}" if each.cleared else ""
        console.print(Text.assemble((name, "bold"), f": {', '.join(each.roles)}{cleared}"), soft_wrap=True)
        since = f"since {each.since_time[:10]} (entry {each.since})"
        until = "" if each.until is None else f", until {(each.until_time or '')[:10]} (entry {each.until})"
        console.print(Text(f"    {since}{until}\n    key {each.person.key}"), soft_wrap=True)
