"""What is proved of every version of the law, and the smallest counterexample where it does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from tierengine.engines.proof import Case
from tierengine.engines.solver import PATIENCE, Limit
from tierengine.errors import UndecidedError
from tierengine.lab.proofs.asking import Asked, Proof, Prover
from tierengine.lab.proofs.certificates import Certificates
from tierengine.lab.proofs.counterexamples import Country
from tierengine.lab.proofs.theorems import OF_YEARS, THEOREMS
from tierengine.lab.proofs.versions import Version, versions
from tierengine.law.rulebook import Rulebook


def prove(
    rulebook: Rulebook, as_of: date | None = None, limit: Limit = PATIENCE, certificates: Certificates | None = None
) -> Iterator[Proof]:
    """Yield every theorem about every version of the law, the latest version first.

    Each theorem is the question whether some country breaks it; if the solver finds none, there is none, and if it
    gives up, nothing is proved either way. With `certificates` each question is put whole and written with its proof.
    Raise `NotInForceError` if no law is encoded for the date.
    """
    prover = Prover(limit, certificates)
    for version in versions(rulebook, as_of):
        yield from prove_version(version, prover)


def prove_version(version: Version, prover: Prover) -> Iterator[Proof]:
    """Yield every theorem about one version of the law."""
    whole = Case(version.form)
    for name, theorem in THEOREMS.items():
        if name in OF_YEARS and not version.law.downgrades:
            continue
        asked = Asked(prover, version, name, whole)
        try:
            yield theorem(asked)
        except UndecidedError as error:
            yield asked.undecided(error)


def written(proof: Proof, folder: Path) -> Proof:
    """Return a proof whose counterexamples lie in a folder as dossiers, each country in a folder of its own.

    The folders are named after the first day of the law, the theorem, and the number of counterexample and country.
    """
    return replace(
        proof,
        counterexamples=tuple(
            replace(
                each,
                countries=tuple(
                    _write(country, folder / f"{proof.spans[0].first}-{proof.theorem}-{number}-{which}")
                    for which, country in enumerate(each.countries, 1)
                ),
            )
            for number, each in enumerate(proof.counterexamples, 1)
        ),
    )


def _write(country: Country, folder: Path) -> Country:
    return country if country.sketch is None else replace(country, written=str(country.sketch.write(folder)))
