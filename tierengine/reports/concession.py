"""What conceding disputed findings does, in words for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.concession import Concession, Standing
from tierengine.reports.outline import any_tier_names
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES


def print_concession(concession: Concession, console: Console) -> None:
    """Print the answer in one sentence, the findings that are conceded, and what is open before and after."""
    subject = concession.subject
    title = f"{subject.name} ({subject.country}): if the dissent is conceded, law in force on {concession.law.as_of}"
    console.print(Text(title, style="bold"))
    print_wrapped(concession.says, console, 2)
    for each in concession.findings:
        line = f"- {each.says} [{each.id}]: found {each.found.value}, held {each.held.value}"
        print_wrapped(line, console, 4, hang=2)
    print_wrapped(f"Now:  {_standing(concession.now)}", console, 2, hang=6)
    print_wrapped(f"Then: {_standing(concession.then)}", console, 2, hang=6)


def _standing(standing: Standing) -> str:
    recommended = "No tier" if standing.recommended is None else NAMES[standing.recommended]
    firmly = " provisionally, on what the rules propose" if standing.status == "provisional" else ""
    return (
        f"{recommended} is recommended{firmly}; open on the facts: {any_tier_names(standing.open_tiers) or 'nothing'}."
    )
