"""Verbs that ask about a dossier what might be: what would settle it, move it up, or follow from a concession."""

from __future__ import annotations

from typing import Annotated

import typer

from tierengine import schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DossierFile,
    PlainFormat,
    RulebookFolder,
    TierName,
    a_console,
    day_given,
    print_json,
    rulebook_in,
)
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.questions.path import WayUp
from tierengine.lab.questions.path import path as find_path
from tierengine.lab.questions.reasons import Reasons
from tierengine.lab.questions.reasons import reasons as find_reasons
from tierengine.lab.questions.settle import CollectionPlan
from tierengine.lab.questions.settle import settle as plan_collection
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.concession import Concession
from tierengine.reasoning.concession import concede as concede_findings
from tierengine.reports.concession import print_concession
from tierengine.reports.path import print_path
from tierengine.reports.reasons import print_reasons
from tierengine.reports.settle import print_plan

Format = Annotated[PlainFormat, typer.Option("--format", help="text or json")]


@app.command()
def settle(
    dossier: DossierFile,
    as_of: AsOf = None,
    pointless: Annotated[bool, typer.Option("--pointless", help="list the questions that are pointless")] = False,
    form: Format = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Plan what to collect: the fewest questions that settle the tier, and which are pointless."""
    day = day_given(as_of) if as_of else None
    plan = plan_collection(read_dossier(dossier), rulebook_in(rulebook), day)
    if form is PlainFormat.json:
        print_json(schemas.dump(CollectionPlan, plan))
    else:
        print_plan(plan, a_console(), pointless=pointless)
    if len(plan.open_tiers) > 1:
        raise typer.Exit(4)


@app.command()
def path(
    dossier: DossierFile,
    to: Annotated[TierName, typer.Option("--to", help="the tier to reach: 1, 2, 2WL or 3")],
    as_of: AsOf = None,
    form: Format = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Find the fewest actions by the government that reach a better tier, or what blocks them all."""
    day = day_given(as_of) if as_of else None
    told = find_path(read_dossier(dossier), rulebook_in(rulebook), to.value, day)
    if form is PlainFormat.json:
        print_json(schemas.dump(WayUp, told))
    else:
        print_path(told, a_console())


@app.command()
def reasons(
    dossier: DossierFile,
    not_tier: Annotated[TierName | None, typer.Option("--why-not", help="what excludes a tier: 1, 2, 2WL or 3")] = None,
    as_of: AsOf = None,
    form: Format = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Name the smallest sets of findings that alone entail the tier, or alone exclude another."""
    day = day_given(as_of) if as_of else None
    told = find_reasons(read_dossier(dossier), rulebook_in(rulebook), not_tier.value if not_tier else None, day)
    if form is PlainFormat.json:
        print_json(schemas.dump(Reasons, told))
    else:
        print_reasons(told, a_console())
    if not told.settled:
        raise typer.Exit(4)


@app.command()
def concede(
    dossier: DossierFile,
    findings: Annotated[
        list[str],
        typer.Argument(
            metavar="FINDING[=OUTCOME]...",
            help="a disputed finding, and the outcome that is held: met, 'not met', or without one the opposite",
        ),
    ],
    tier: Annotated[TierName, typer.Option("--tier", help="the tier that is held: 1, 2, 2WL or 3")],
    as_of: AsOf = None,
    form: Format = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Tell whether a tier would be the answer if disputed findings were conceded. Ends with 4 if several are open."""
    casefile = read_dossier(dossier)
    law = law_of(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    told = concede_findings(casefile, law, findings, tier.value)
    if form is PlainFormat.json:
        print_json(schemas.dump(Concession, told))
    else:
        print_concession(told, a_console())
    if len(told.then.open_tiers) > 1:
        raise typer.Exit(4)
