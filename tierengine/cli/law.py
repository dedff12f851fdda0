"""Verbs on the law: show it, between two dates, clause by clause; print the schemas for editors."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tierengine import schemas
from tierengine.cli.app import app, law_app
from tierengine.cli.options import (
    AsOf,
    DayOfLaw,
    Form,
    PlainFormat,
    RulebookFolder,
    a_console,
    day_given,
    folder_of,
    print_json,
    rulebook_in,
    write_rulebook,
)
from tierengine.errors import Problem, UsageError
from tierengine.law.changes import Change, all_changes
from tierengine.law.entries import Clause
from tierengine.law.reader import TEMPLATES, read_draft, rulebook_files
from tierengine.reports.amended import print_amended
from tierengine.reports.entry import print_carrying, print_coherence, print_criterion
from tierengine.reports.law import Provision, print_changes, print_law, print_ledger, provisions


@app.command()
def show(
    criterion: Annotated[str, typer.Argument(metavar="ID", help="such as F-PROSECUTE, CARRY-LAW or narrative")],
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Show one criterion with its rules and interpretations; or one rule, or one kind of document."""
    book = rulebook_in(rulebook)
    law = book.on(day_given(as_of)) if as_of else book.latest()
    if _show_document(criterion, law.as_of, rulebook):
        return
    rule = next((rule for rule in law.coherence if rule.id == criterion), None)
    if rule is not None:
        print_coherence(rule, a_console())
        return
    carrying = next((rule for rule in law.carryings if rule.id == criterion), None)
    if carrying is not None:
        print_carrying(carrying, a_console())
        return
    found = law.criteria_by_id.get(criterion)
    if found is None:
        raise UsageError(
            [
                Problem(
                    where="show",
                    what=f"no criterion in force on {law.as_of} is called `{criterion}`",
                    cure=f"name one of: {', '.join(sorted(law.criteria_by_id))}",
                )
            ]
        )
    print_criterion(found, a_console())


def _show_document(name: str, day: date, rulebook: Path | None) -> bool:
    """Show the template of a document, if one is called so; say whether there was one."""
    folder = folder_of(rulebook)
    if not (folder / TEMPLATES).is_dir():
        return False
    from tierengine.documents.preview import print_kind  # noqa: PLC0415 - most entries are no templates
    from tierengine.documents.templates import read_templates  # noqa: PLC0415

    templates = read_templates(folder)
    if name not in templates.names:
        return False
    print_kind(templates.on(name, day), templates, a_console())
    return True


@law_app.command("show")
def law_show(
    as_of: DayOfLaw,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show the law in force on a date, with the numbers of that date."""
    law = rulebook_in(rulebook).on(day_given(as_of))
    if form is PlainFormat.json:
        print_json([schemas.dump(Provision, each) for each in provisions(law)])
    else:
        print_law(law, a_console())


@law_app.command("diff")
def law_diff(
    first: Annotated[str, typer.Argument(metavar="EARLIER", help="the earlier date, such as 2007-11-09")],
    second: Annotated[str, typer.Argument(metavar="LATER", help="the later date")],
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show what was added, struck, amended and renumbered between two dates, and by which Act."""
    days = day_given(first, "law diff"), day_given(second, "law diff")
    if days[0] > days[1]:
        problem = Problem(where="law diff", what=f"{first} is later than {second}", cure="write the earlier date first")
        raise UsageError([problem])
    found = all_changes(rulebook_in(rulebook), *days)
    if form is PlainFormat.json:
        print_json([schemas.dump(Change, each) for each in found])
    else:
        print_changes(found, a_console())


@law_app.command("amend")
def law_amend(
    provision: Annotated[str, typer.Argument(metavar="PROVISION", help="the id of an entry, such as MS3 or DOWNGRADE")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="the first day of the change")],
    act: Annotated[str, typer.Option("--act", metavar="ACT", help='such as "P.L. 119-999 section 3"')],
    strike: Annotated[bool, typer.Option("--strike", help="the provision ends, and no version follows")] = False,
    number: Annotated[
        str | None,
        typer.Option("--number", metavar="NUMBER", help='from then on it is "section 108(b)(13)", and reads as before'),
    ] = None,
    as_new: Annotated[
        str | None, typer.Option("--as", metavar="ID", help="make a new criterion from it, under --number")
    ] = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Amend the law in one step: end a version on a day, begin the next, and list what else names it."""
    from tierengine.lab.change.naming import naming  # noqa: PLC0415 - no other verb on the law needs it
    from tierengine.law.amending import Order, amend  # noqa: PLC0415

    if strike and (number or as_new):
        problem = Problem(where="law amend", what="--strike with --number or --as", cure="ask for one of them")
        raise UsageError([problem])
    folder = folder_of(rulebook)
    draft = read_draft(folder)
    order = Order(
        provision=provision, day=day_given(first, "--from"), act=act, strike=strike, renumber=number, as_new=as_new
    )
    made = amend(draft, rulebook_files(folder), order)
    also = tuple(naming(draft, provision, folder_of(None) / "tests" / "cases"))
    write_rulebook(folder, made.files)
    print_amended(made, also, a_console())


@law_app.command("coverage")
def law_coverage(
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show every clause of the statute, and what became of it."""
    clauses = rulebook_in(rulebook).clauses
    if form is PlainFormat.json:
        print_json([schemas.dump(Clause, each) for each in clauses])
    else:
        print_ledger(clauses, a_console())


@app.command()
def schema(
    of: Annotated[
        schemas.Subject | None,
        typer.Argument(metavar="SUBJECT", help="dossier, assessment, criterion, rules, cases or questions"),
    ] = None,
    every: Annotated[
        Path | None,
        typer.Option(
            "--all", metavar="DIR", help="write every schema there, and print the setting by which an editor finds them"
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a file that is read, or of an assessment."""
    if (of is None) == (every is None):
        problem = Problem(where="schema", what="neither or both of SUBJECT and --all", cure="write one of them")
        raise UsageError([problem])
    if of is not None:
        print_json(schemas.schema(of))
    elif every is not None:
        schemas.write_all(every)
        print_json(schemas.editor_setting(every))
