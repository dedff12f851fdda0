"""What is found out of a proposed change of the law, before somebody else reviews it."""

from __future__ import annotations

from pathlib import Path

from tierengine import canonical, schemas
from tierengine.errors import Problem, UsageError
from tierengine.law.reader import RulebookFile, rulebook_of
from tierengine.ledger.acts import Findings, difference
from tierengine.ledger.book import Ledger, people_of
from tierengine.ledger.replay import Replayer


def findings(ledger: Ledger, files: tuple[RulebookFile, ...], corpus: Path | None, first: str) -> Findings:
    """Return the difference to the ledger's rulebook, the direction with its proof, and the cases that move.

    Raise `UsageError` if the ledger has no rulebook yet; `first` says how it is recorded where this is asked. Without
    `corpus` no cases are counted.
    """
    from tierengine.lab.change.impact import Impact, Question, impact  # noqa: PLC0415 - it loads NumPy and pyarrow

    with ledger.store.reading() as reader:
        current = people_of(reader).rulebook
        if current is None:
            raise UsageError([Problem(where="rulebook", what="the first rulebook replaces none", cure=first)])
        before, old = Replayer(ledger).rulebook(reader, current)
    values = schemas.dump(Impact, impact(before, rulebook_of(files), Question(corpus=corpus)))
    census = values.pop("census")
    return Findings(
        difference=difference(old, files),
        proof=canonical.readable(values).encode(),
        census=None if census is None else canonical.readable(census).encode(),
    )
