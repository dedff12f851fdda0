"""The verb that explains an answer: its trace as a tree, and what moves if a source is wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from tierengine import schemas
from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DossierFile,
    Form,
    PlainFormat,
    RulebookFolder,
    TierName,
    a_console,
    day_given,
    print_json,
    rulebook_in,
)
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.rulebook import Law
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Step
from tierengine.reasoning.suppose import Alone, Doubted, Supposition, each_alone, suppose
from tierengine.reports.supposition import print_alone, print_supposition
from tierengine.reports.tree import decisive_tree, everything, is_open, tree_of, why_not


@app.command()
def explain(
    dossier: DossierFile,
    as_of: AsOf = None,
    only_decisive: Annotated[
        bool, typer.Option("--decisive", help="only the way from the tier to its records")
    ] = False,
    only_open: Annotated[bool, typer.Option("--open", help="only what is undetermined")] = False,
    not_tier: Annotated[
        TierName | None, typer.Option("--why-not", help="why a tier is not reached: 1, 2, 2WL or 3")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="SOURCE", help="suppose that a source, or a report it repeats, is wrong"),
    ] = None,
    least: Annotated[
        str | None,
        typer.Option("--min-reliability", metavar="MARK", help="suppose that only records so sure count, such as B2"),
    ] = None,
    each_source: Annotated[
        bool, typer.Option("--each-source", help="whether the answer moves without each source alone")
    ] = False,
    form: Form = PlainFormat.text,
    rulebook: RulebookFolder = None,
) -> None:
    """Show the trace as a tree, from the tier to the quotes; or what moves if a source is wrong."""
    shapes = {"--decisive": only_decisive, "--open": only_open, "--why-not": not_tier, "--each-source": each_source}
    doubts = {"--without": bool(without), "--min-reliability": least is not None}
    _refuse_several([name for name, given in shapes.items() if given])
    if each_source:
        _refuse_several(["--each-source", *(name for name, given in doubts.items() if given)])
    casefile = read_dossier(dossier)
    law = law_of(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    if each_source:
        _print_each_source(casefile, law, form)
        return
    doubted = Doubted(sources=tuple(without or ()), least=least)
    supposed, assessment = suppose(casefile, law, doubted) if any(doubts.values()) else (None, None)
    assessment = assessment or Assessor(law).assess(casefile)
    trace = assessment.trace
    if form is PlainFormat.json:
        values = {} if supposed is None else {"supposed": schemas.dump(Supposition, supposed)}
        print_json(values | {"trace": schemas.dump(Step, trace)})
        return
    console = a_console()
    if supposed is not None:
        print_supposition(supposed, console)
    if not_tier is not None:
        console.print(why_not(trace, f"TIER-{not_tier.value}"))
    elif only_decisive:
        console.print(decisive_tree(assessment, law, console.width))
    else:
        console.print(tree_of(trace, is_open if only_open else everything))


def _print_each_source(casefile: Casefile, law: Law, form: PlainFormat) -> None:
    found = each_alone(casefile, law)
    if form is PlainFormat.json:
        print_json([schemas.dump(Alone, each) for each in found])
    else:
        print_alone(found, a_console())


def _refuse_several(asked: list[str]) -> None:
    """Raise `UsageError` for options of which only one can be answered at a time."""
    if len(asked) > 1:
        what, cure = f"more than one of {', '.join(asked)}", "ask for one of them at a time"
        raise UsageError([Problem(where="explain", what=what, cure=cure)])
