"""The command line's root; the verbs add themselves to it."""

from __future__ import annotations

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"terminal_width": 110},  # the same everywhere, and wide enough for whole sentences
    help="Recommends a tier under the Trafficking Victims Protection Act from evidence, and shows why.",
)


law_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Show the law: on a date, between two dates, clause by clause."
)
app.add_typer(law_app, name="law")

audit_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Audit a corpus of cases: are like cases placed alike?"
)
app.add_typer(audit_app, name="audit")
