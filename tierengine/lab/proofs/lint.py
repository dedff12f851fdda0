"""Every problem of a rulebook at once, with place and cure: what its reader finds, and what only a proof finds.

Citations, dates and words are looked at here and not by the reader: no answer becomes wrong by them, and a rulebook
that was recorded before they were looked at must still be read.
"""

from __future__ import annotations

from pathlib import Path

from tierengine.engines.solver import PATIENCE, Limit
from tierengine.errors import Problem, RulebookError
from tierengine.lab.cases.examples import failed_examples
from tierengine.lab.proofs.idle import idle
from tierengine.lab.proofs.misdirected import misdirected
from tierengine.law.acts import lint_acts
from tierengine.law.constancy import lint_constancy
from tierengine.law.drift import lint_drift
from tierengine.law.reader import Draft, read_draft


def lint(folder: Path, limit: Limit = PATIENCE) -> tuple[Draft | None, tuple[Problem, ...]]:
    """Return the rulebook of a folder and everything that is wrong with it; no rulebook if it cannot be read.

    What only a proof can find is looked for once the rest can be read. Raise `UndecidedError` if the solver gives up.
    """
    try:
        draft = read_draft(folder)
    except RulebookError as error:
        return None, error.problems
    placed = list(draft.placed)
    return draft, (
        *draft.ill_placed,
        *lint_acts(draft.rulebook, placed),
        *lint_constancy(placed),
        *lint_drift(placed),
        *failed_examples(draft),
        *idle(draft, limit),
        *misdirected(draft, limit),
    )
