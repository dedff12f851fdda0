"""The interim assessment, in words for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.reasoning.assessment import Passage
from tierengine.reasoning.interim import InterimAssessment
from tierengine.reports.answer import sentence, tiers_named
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import NAMES


def print_interim(found: InterimAssessment, console: Console) -> None:
    """Print progress on each deficiency, then the grounds, then, marked as such, the consequence for the tier."""
    title = f"{found.name} ({found.country}): interim assessment, law in force on {found.law}"
    console.print(Text(title, style="bold"))
    print_wrapped(f"Progress is measured from {found.since} on ({found.provision}).", console, 2)
    console.print(Text("\nKEY DEFICIENCIES OF THE LAST REPORT", style="bold"))
    if not found.deficiencies:
        print_wrapped("The dossier names none.", console, 2)
    for each in found.deficiencies:
        print_wrapped(f"{each.says} [{each.id}]: {_PROGRESS[each.progress]}", console, 2)
        print_wrapped(sentence(each.reason), console, 6)
        for passage in each.evidence:
            print_wrapped(_passage(passage), console, 6, hang=2)
        if each.to_settle:
            print_wrapped("An answer to one of these could settle it:", console, 6)
        for question in each.to_settle:
            print_wrapped(f"- {question}", console, 8, hang=2)
    console.print(Text("\nTHE SPECIAL WATCH LIST", style="bold"))
    for ground in found.grounds:
        title = sentence(ground.title).rstrip(".")
        print_wrapped(f"{title} [{ground.id}]: this ground would {ground.would} ({ground.citation})", console, 2)
        print_wrapped(ground.reason, console, 6)
        if ground.deficiencies:
            print_wrapped(f"These deficiencies bear on it: {', '.join(ground.deficiencies)}.", console, 6)
    console.print(Text("\nWHAT FOLLOWS FOR THE TIER, WHICH IS NO PART OF THE ASSESSMENT", style="bold"))
    tier = "no tier would be recommended" if found.consequence.tier is None else NAMES[found.consequence.tier]
    settled = _HOW[found.consequence.status]
    print_wrapped("An interim assessment makes no list and predicts none. If a report were made now:", console, 2)
    still_open = tiers_named(found.consequence.open_tiers)
    print_wrapped(f"{tier}, {settled}. Tiers open on the facts: {still_open}.", console, 2)
    print_wrapped("The engine recommends; a person determines.", console, 2)


_HOW = {"settled": "settled", "provisional": "provisionally, on what the rules propose", "open": "not settled"}
_PROGRESS = {"progress": "progress", "no progress": "no progress", "undetermined": "open"}


def _passage(passage: Passage) -> str:
    quote = f" “{passage.quote}”" if passage.quote else ""
    note = f" Note: {passage.note}" if passage.note else ""
    return f"- {passage.record} ({passage.at}){quote}{note}"
