"""A question to the solver written down with its answer, so that another can check it and need not trust the solver.

The clauses of the question are a text in the DIMACS format. Where not all of them can hold, the solver Glucose writes
each clause that it learned on the way; every one follows from those before it by reverse unit propagation (DRUP).

Sources: Heule, Hunt and Wetzler, Trimming while checking clausal proofs (FMCAD 2013); Audemard and Simon, Predicting
learnt clauses quality in modern SAT solvers (IJCAI 2009).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pysat.solvers import Solver as Sat

from tierengine.engines.clauses import Clause, Clauses
from tierengine.engines.logic import Term

_ENGINE = "glucose4"
"""It writes proofs, as MiniSat does not, and learns nothing that reverse unit propagation does not confirm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A question with the proof that there is no case, or with a case."""

    formula: str
    proof: str | None
    model: str | None


def certificate(terms: Iterable[Term], heading: Iterable[str] = ()) -> Certificate:
    """Return the certificate of whether terms can hold together. The lines of a heading stand above the clauses."""
    clauses: list[Clause] = []
    making = Clauses(clauses.append)
    for term in terms:
        making.require(term, [])
    lines = [f"c {line}" for line in heading]
    lines += [f"c {literal} {term.name}" for term, literal in making.literals.items() if term.kind == "variable"]
    lines += [f"p cnf {making.fresh() - 1} {len(clauses)}", *map(_line, clauses)]
    with Sat(name=_ENGINE, bootstrap_with=clauses, with_proof=True) as sat:
        if sat.solve():
            return Certificate(formula=_text(lines), proof=None, model=_text([_line(sat.get_model() or [])]))
        return Certificate(formula=_text(lines), proof=_text(sat.get_proof() or ["0"]), model=None)


def _line(clause: Clause) -> str:
    return " ".join(map(str, (*clause, 0)))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
