"""Proofs in words: what holds of each version of the law, and the country that breaks it where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from tierengine.lab.proofs.asking import Proof
from tierengine.lab.proofs.counterexamples import Counterexample, Country
from tierengine.reports.text import print_wrapped


def print_proofs(proofs: Sequence[Proof], console: Console, confirmed: int | None = None) -> None:
    """Print each theorem with its answer, version by version, how many were proved, and of how many certificates."""
    for spans, found in groupby(proofs, key=lambda proof: proof.spans):
        alike = ", alike in all that is proved" if len(spans) > 1 else ""
        console.print(Text(f"The law in force {' and '.join(map(str, spans))}{alike}", style="bold"))
        for proof in found:
            print_wrapped(f"{proof.verdict:<9} {proof.theorem:<13} {proof.says}", console, 2, hang=24)
            for counterexample in proof.counterexamples:
                _print(counterexample, console)
        console.print()
    if confirmed is not None:
        console.print(f"{confirmed} certificates written; the checker beside them, check.py, confirms each")
    counted: Counter[str] = Counter(proof.verdict for proof in proofs)
    verdicts = ("proved", "refuted", "undecided")
    console.print(", ".join(f"{counted[verdict]} {verdict}" for verdict in verdicts))


def _print(counterexample: Counterexample, console: Console) -> None:
    print_wrapped(counterexample.says, console, 6, hang=2)
    for number, country in enumerate(counterexample.countries, 1):
        which = f"Country {number}" if len(counterexample.countries) > 1 else "The country"
        print_wrapped(f"{which}: {country.says}.{_where(country)}", console, 8, hang=2)
        for answer in country.answers:
            print_wrapped(f"- {answer}", console, 10, hang=2)


def _where(country: Country) -> str:
    if country.sketch is None:
        return " No dossier can say this."
    return f" Dossier: {country.written}" if country.written else ""
