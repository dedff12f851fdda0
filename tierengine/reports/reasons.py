"""Sufficient reasons, in words for people."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from tierengine.lab.questions.reasons import Finding, Reasons, Why
from tierengine.reports.outline import any_tier_names
from tierengine.reports.text import print_wrapped


def print_reasons(reasons: Reasons, console: Console) -> None:
    """Print, for each tier that was asked about, the smallest sets of findings that suffice, or how it is reached."""
    subject = reasons.subject
    about = f"why not {any_tier_names((reasons.asked,))}" if reasons.asked else "why the tier is what it is"
    console.print(
        Text(f"{subject.name} ({subject.country}): {about}, law in force on {reasons.law.as_of}", style="bold")
    )
    if reasons.asked is None and not reasons.settled:
        print_wrapped("Several tiers are open, so no findings lead to one of them alone.", console, 2)
    for each in reasons.tiers:
        print_wrapped(_heading(each), console, 2)
        for sentence in each.witness:
            print_wrapped(f"- {sentence}", console, 4, hang=2)
        for number, findings in enumerate(each.sets, 1):
            if len(each.sets) > 1:
                console.print(Text(f"\n  SET {number}", style="bold"))
            for finding in findings:
                _print_finding(finding, console)


def _heading(why: Why) -> str:
    tier = any_tier_names((why.tier,))
    if why.standing == "open":
        return f"{tier} is open. These answers would lead to it, whatever the rest is:"
    verb = "lead to" if why.standing == "settled" else "exclude"
    if not why.sets:
        return f"{tier} is {why.standing}, though no findings {verb} it by themselves: open points hang together."
    size = len(why.sets[0])
    what = "This finding alone" if size == 1 else f"These {size} findings together"
    if len(why.sets) > 1:
        count = len(why.sets) if why.whole else f"more than {len(why.sets)}"
        what = f"Each of {count} sets of {size} finding{'' if size == 1 else 's'}"
    one = "" if what.startswith("These") else "s"
    does = verb.replace("lead", f"lead{one}").replace("exclude", f"exclude{one}")
    return f"{what} {does} {tier}, whatever else is found. No smaller set does."


def _print_finding(finding: Finding, console: Console) -> None:
    print_wrapped(f"- {finding.says.rstrip('.')} [{finding.id}]", console, 4, hang=2)
    print_wrapped(finding.reason, console, 6)
    if finding.citation:
        print_wrapped(f"({finding.citation})", console, 6)
