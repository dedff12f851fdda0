"""What an earlier report left to ask, such as an action of its plan: whether the records of this dossier show it done.

Source: GAO-17-56, recommendation 3, which asks that it be seen which recommendations were acted on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tierengine.evidence.dossier import Casefile, OpenQuestion
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import Admitted


@dataclass(frozen=True, slots=True)
class Followed:
    """A question of an earlier report, whether the records of this one show it done, and those records."""

    question: OpenQuestion
    done: bool
    records: tuple[str, ...]


def followed_up(casefile: Casefile, law: Law, admitted: Admitted) -> Iterator[Followed]:
    """Yield what became of each deed that an earlier report left to ask after; ratings are given anew and are none."""
    ratings = {rule.id for rule in law.carryings if rule.takes == "rating"}
    for question in casefile.dossier.questions or ():
        if question.by in ratings:
            continue
        records = [r for name in question.answered_by for r in admitted.records.get(name, ()) if r.carried is None]
        facts = [admitted.facts.get(name) for name in question.answered_by]
        done = bool(records) and all(value is not None and value is not False and value != 0 for value in facts)
        yield Followed(question, done, tuple(dict.fromkeys(record.id for record in records)))
