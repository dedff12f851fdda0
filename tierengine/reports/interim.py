"""The interim assessment, told for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.assessment import Passage
from tierengine.reasoning.interim import InterimAssessment
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES


def print_interim(told: InterimAssessment, console: Console) -> None:
    """Print progress on each deficiency, then the grounds, then, marked as such, the consequence for the tier."""
    title = f"{told.name} ({told.country}): interim assessment, law in force on {told.law}"
    console.print(Text(title, style="bold"))
    print_wrapped(f"Progress is measured from {told.since} on ({told.provision}).", console, 2)
    console.print(Text("\nKEY DEFICIENCIES OF THE LAST REPORT", style="bold"))
    if not told.deficiencies:
        print_wrapped("The dossier names none.", console, 2)
    for each in told.deficiencies:
        print_wrapped(f"{each.id}: {each.progress}", console, 2)
        print_wrapped(f"{each.says}: {each.reason}", console, 6)
        for passage in each.evidence:
            print_wrapped(_passage(passage), console, 6, hang=2)
        for question in each.to_settle:
            print_wrapped(f"would settle it: {question}", console, 6, hang=2)
    console.print(Text("\nTHE SPECIAL WATCH LIST", style="bold"))
    for ground in told.grounds:
        print_wrapped(f"{ground.id} would {ground.would}", console, 2)
        print_wrapped(f"{ground.reason} ({ground.citation})", console, 6)
        if ground.deficiencies:
            print_wrapped(f"borne on by: {', '.join(ground.deficiencies)}", console, 6)
    console.print(Text("\nCONSEQUENCE, NOT PART OF THE ASSESSMENT", style="bold"))
    tier = "no tier" if told.consequence.tier is None else NAMES[told.consequence.tier]
    settled = "settled" if told.consequence.settled else "not settled"
    open_tiers = ", ".join(NAMES[each] for each in told.consequence.open_tiers)
    print_wrapped("An interim assessment makes no list and predicts none. If a report were made now:", console, 2)
    print_wrapped(f"{tier}, {settled}; open: {open_tiers}. The engine recommends; a person determines.", console, 2)


def _passage(passage: Passage) -> str:
    quote = f" “{passage.quote}”" if passage.quote else ""
    note = f" Note: {passage.note}" if passage.note else ""
    return f"- {passage.record} ({passage.at}){quote}{note}"
