"""What is proved of every version of the law, and the smallest counterexample where it does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tierengine.engines.proof import PATIENCE, Case, Limit
from tierengine.errors import UndecidedError
from tierengine.lab.asking import Asked, Proof, Prover
from tierengine.lab.theorems import OF_YEARS, THEOREMS
from tierengine.lab.versions import Version, versions
from tierengine.law.rulebook import Rulebook


def prove(
    rulebook: Rulebook, as_of: date | None = None, limit: Limit = PATIENCE, smt: Path | None = None
) -> Iterator[Proof]:
    """Yield every theorem about every version of the law, the latest version first.

    Each theorem is the question whether some country breaks it; if the solver finds none, there is none, and if it
    gives up, nothing is proved either way. With `smt`, a folder, each question is put whole and kept there in the
    SMT-LIB language. Raise `NotInForceError` if no law is encoded for the date.
    """
    prover = Prover(limit, smt)
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
