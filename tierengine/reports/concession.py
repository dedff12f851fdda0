"""What conceding disputed findings does, told for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.concession import Concession, Standing
from tierengine.reports.outline import any_tier_names
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES


def print_concession(told: Concession, console: Console) -> None:
    """Print the answer in one sentence, the findings that are conceded, and what is open before and after."""
    subject = told.subject
    title = f"{subject.name} ({subject.country}): if the dissent is conceded, law in force on {told.law.as_of}"
    console.print(Text(title, style="bold"))
    print_wrapped(told.says, console, 2)
    for each in told.findings:
        line = f"- {each.says} [{each.id}]: found {each.found.value}, held {each.held.value}"
        print_wrapped(line, console, 4, hang=2)
    print_wrapped(f"Now:  {_standing(told.now)}", console, 2, hang=6)
    print_wrapped(f"Then: {_standing(told.then)}", console, 2, hang=6)


def _standing(told: Standing) -> str:
    recommended = "No tier" if told.recommended is None else NAMES[told.recommended]
    firmly = " provisionally, on what the rules propose" if told.status == "provisional" else ""
    return f"{recommended} is recommended{firmly}; open on the facts: {any_tier_names(told.open_tiers) or 'nothing'}."
