"""Every problem of a rulebook at once, with place and cure: what its reader finds, and what only a proof finds.

Citations, dates and words are looked at here and not by the reader: no answer becomes wrong by them, and a rulebook
that was recorded before they were looked at must still be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tierengine.engines.lowering import Conditional, lower_coherence, lower_entry, lower_proposals
from tierengine.engines.solver import PATIENCE, Limit
from tierengine.errors import Problem, RulebookError
from tierengine.lab.cases.examples import failed_examples
from tierengine.lab.proofs.idle import idle
from tierengine.lab.proofs.misdirected import misdirected
from tierengine.law.acts import lint_acts
from tierengine.law.constancy import lint_constancy
from tierengine.law.drift import lint_drift
from tierengine.law.entries import Coherence, Criterion, Entry
from tierengine.law.reader import Draft, read_draft
from tierengine.law.rulebook import Law


def lint(folder: Path, limit: Limit = PATIENCE) -> tuple[Draft | None, tuple[Problem, ...]]:
    """Return the rulebook of a folder and everything that is wrong with it; no rulebook if it cannot be read.

    What only a proof can find is looked for once the rest can be read. Raise `UndecidedError` if the solver gives up.
    """
    try:
        draft = read_draft(folder)
    except RulebookError as error:
        return None, error.problems
    placed = list(draft.placed)
    unwieldy = tuple(_unwieldy(draft))
    return draft, (
        *draft.ill_placed,
        *lint_acts(draft.rulebook, placed),
        *lint_constancy(placed),
        *lint_drift(placed),
        *(unwieldy or (*failed_examples(draft), *idle(draft, limit), *misdirected(draft, limit))),
    )


def _unwieldy(draft: Draft) -> Iterator[Problem]:
    """Yield a problem for each entry of which a condition cannot be written as rules; nothing can be asked of it."""
    for item in draft.placed:
        law = draft.rulebook.whole_for(item.entry)
        if law is not None:
            try:
                _written(law, item.entry)
            except RulebookError as error:
                yield from (item.problem(each.what, each.cure) for each in error.problems)


def _written(law: Law, entry: Entry) -> None:
    """Write the conditions of an entry as rules. Raise `RulebookError` if one cannot be."""
    if isinstance(entry, Coherence):
        lower_coherence(law, (entry,))
    elif isinstance(entry, Conditional):
        lower_entry(law, entry)
    if isinstance(entry, Criterion):
        lower_proposals(law, (entry,))
