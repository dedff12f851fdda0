"""The command line's root: it knows each verb and where it stands, and loads no more than the one that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandFunctionType


class Verb(NamedTuple):
    """Where a verb stands and what it does."""

    module: str
    """The file of this folder in which it is written."""
    says: str
    """The first sentence of its help, so that the list of verbs can be printed without loading any."""


# In the order of the help: from the evidence to the law and the record.
GROUPS = {
    "Evidence": {
        "ingest": Verb(
            "dossier", "Read a source of any format: its paragraphs with their locators, what is left out, its digest."
        ),
        "draft": Verb(
            "coding",
            "Draft a dossier from sources: what each sentence may answer, to be accepted or refused.",
        ),
        "code": Verb(
            "deciding", "Go through what is proposed: accept, change or refuse each; every step is saved at once."
        ),
        "sheet": Verb(
            "carrying",
            "Write a dossier as a workbook with drop-down lists; with --read, take the workbook back.",
        ),
        "roll": Verb(
            "carrying", "Make next year's dossier: what stands, the figures of last year, and what is to be asked."
        ),
        "check": Verb(
            "dossier", "Check a dossier: every key, source, digest, quote and date, and every record against the law."
        ),
        "anchors": Verb(
            "dossier", "Show where each quote of a dossier stands: lines to write beside it, or W3C annotations."
        ),
        "questions": Verb(
            "questions",
            "List every question that the law of a day asks, what may answer it, and what silence means.",
        ),
    },
    "The answer": {
        "assess": Verb("assess", "Recommend a tier, with reasons, on one screen."),
        "explain": Verb(
            "explain",
            "Show the trace as a tree, from the tier to the quotes; or what moves if a source is wrong.",
        ),
        "settle": Verb(
            "questions", "Plan what to collect: the fewest questions that settle the tier, and which are pointless."
        ),
        "rate": Verb(
            "questions",
            "Print the rating sheet: the open words that decide, for and against, and what follows.",
        ),
        "path": Verb(
            "questions", "Find the fewest actions by the government that reach a better tier, or what blocks them all."
        ),
        "reasons": Verb(
            "questions", "Name the smallest sets of findings that alone entail the tier, or alone exclude another."
        ),
        "concede": Verb("questions", "Say whether a tier would be the answer if disputed findings were conceded."),
        "compare": Verb(
            "dossier",
            "Split a change of the answer into changed law, facts, certainty and human judgement.",
        ),
        "interim": Verb(
            "dossier",
            "Report the progress on each deficiency named last, and which watch-list grounds would stand.",
        ),
    },
    "Documents": {
        "report": Verb("report", "Write the whole report for people: page, memorandum or paper."),
        "write": Verb(
            "documents",
            "Write a document that the statute asks for; with --check, read a finished one back.",
        ),
        "provenance": Verb(
            "provenance", "Show from which sources, records and findings the answer comes, as W3C PROV-JSON."
        ),
    },
    "Years and many countries": {
        "year": Verb("year", "Show every dossier of a year at a glance: what changed, who is bound, what is due."),
        "history": Verb(
            "years",
            "Show how years on the watch list bound each report, and whether each placement fits.",
        ),
        "clocks": Verb("years", "Show the days that the statute counts for the report of a year."),
        "audit": Verb("impact", "Audit a corpus of cases: are like cases placed alike?"),
    },
    "The law": {
        "show": Verb(
            "law",
            "Show one criterion with its rules and interpretations; or one rule, or one kind of document.",
        ),
        "law": Verb("law", "Show the law: on a date, between two dates, clause by clause."),
        "schema": Verb(
            "law",
            "Print the JSON Schema of a file that is read, or of an assessment.",
        ),
        "lint": Verb("lint", "Check the whole rulebook, and run the examples of every criterion and proposal."),
        "test": Verb("cases", "Run cases against the law."),
        "prove": Verb(
            "prove", "Prove what must hold of the law of every date, or show the smallest country that breaks it."
        ),
        "mutate": Verb(
            "mutate",
            "Try every single change of the law: what notices it, and what moves an answer unseen.",
        ),
        "impact": Verb(
            "impact", "Show what a change of the rules does: stricter or looser, with proof, and whom it moves."
        ),
        "new-rulebook": Verb(
            "rulebook", "Copy the law out into a folder, for those who change it; --rulebook FOLDER then reads it."
        ),
    },
    "The record": {
        "ledger": Verb(
            "ledger", "Keep the record: what was said, when, by whom and on what, sealed so that a change shows."
        ),
        "people": Verb(
            "people",
            "Keep the register of people: who may write what in a ledger, with which key, and when.",
        ),
        "witness": Verb(
            "witness", "Be a witness: see that ledgers only grow, and cosign their checkpoints with the time."
        ),
        "verify": Verb("packet", "Verify the packet of a case offline, and make its answer again."),
    },
    "In the browser": {
        "desk": Verb("desk", "Open the desk in the browser, for one person over a folder of dossiers."),
        "serve": Verb(
            "serve", "Serve the desk for an office: people come in by its proxy or its provider of identities."
        ),
    },
}
"""What the list of verbs is divided into: heading, and the verbs below it."""
VERBS = {name: verb for verbs in GROUPS.values() for name, verb in verbs.items()}


class Verbs(TyperGroup):
    """The verbs, each loaded when it is asked for: most need neither the ledger nor the formats of the reports."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's own parameter
        """Return the names of the verbs."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's own parameter
        """Return a verb, or nothing if there is none of this name."""
        if cmd_name not in VERBS:
            return None
        import_module(f"tierengine.cli.{VERBS[cmd_name].module}")  # it adds its verbs to the root
        return typer.main.get_group(app).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's own parameter
        """Write the list of the verbs into the help, a heading for each kind."""
        widest = max(map(len, VERBS))
        for heading, verbs in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(widest), verb.says) for name, verb in verbs.items()])


class Plain(TyperCommand):
    """A verb whose line of usage writes what must be given as it is, and in brackets what may be left out."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the line of usage."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]


class Group(typer.Typer):
    """Verbs that are added by `command`."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Add the function that follows as a verb."""
        return super().command(name, cls=Plain, **settings)


app = Group(
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"terminal_width": 110},  # the same everywhere, and wide enough for whole sentences
    help="Recommends a tier under the Trafficking Victims Protection Act from evidence, and shows why.",
)


def _version(asked: bool) -> None:
    """Print the version of the program and the digest of the law that it uses, and end."""
    if not asked:
        return
    from tierengine.cli.options import folder_of  # noqa: PLC0415 - most verbs print no version
    from tierengine.law.reader import rulebook_digest, rulebook_files  # noqa: PLC0415
    from tierengine.reasoning.assess import VERSION  # noqa: PLC0415

    typer.echo(f"tierengine {VERSION}\nlaw {rulebook_digest(rulebook_files(folder_of(None)))}")
    raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="the version, and the digest of the law"),
    ] = False,
) -> None:
    pass


law_app = Group(
    no_args_is_help=True, rich_markup_mode=None, help="Show the law: on a date, between two dates, clause by clause."
)
app.add_typer(law_app, name="law")

audit_app = Group(
    no_args_is_help=True, rich_markup_mode=None, help="Audit a corpus of cases: are like cases placed alike?"
)
app.add_typer(audit_app, name="audit")
