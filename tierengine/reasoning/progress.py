"""Progress since the last annual report on the deficiencies that it named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tierengine.evidence.dossier import Casefile
from tierengine.evidence.records import Evidence
from tierengine.law.entries import LAST_YEAR, Progress
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import Admitted
from tierengine.reasoning.assessment import ProgressAnswer
from tierengine.reasoning.trace import passage_of
from tierengine.terms.bounds import WrittenBounds
from tierengine.terms.outcome import Outcome, any_of


def progress(casefile: Casefile, law: Law, admitted: Admitted) -> Iterator[ProgressAnswer]:
    """Yield the answer for each deficiency of the dossier: met is progress, not met is none.

    Source: 22 USC 7107(b)(3)(B), an assessment of progress since the last annual report.
    """
    if not law.progress:
        return
    says = law.progress[0].says
    before = measured_after(casefile, law)
    for deficiency in casefile.dossier.deficiencies:
        records = [record for name in deficiency.answered_by for record in admitted.records.get(name, ())]
        outcome = any_of(_step_taken(name, admitted, before) for name in deficiency.answered_by)
        yield ProgressAnswer(
            id=deficiency.id,
            says=deficiency.says,
            outcome=outcome,
            reason=says[outcome.value] + _undated(records, outcome, before),
            evidence=tuple(passage_of(record) for record in records),
        )


def measured_after(casefile: Casefile, law: Law) -> date:
    """Return the last day that does not count: progress is measured from the day after it."""
    return counts_from(law.progress[0], casefile.dossier.last_report) - timedelta(days=1)


def counts_from(rule: Progress, last_report: date) -> date:
    """Return the first day on which a step counts as progress since the last report."""
    return last_report + timedelta(days=1) if rule.since is None else rule.since.of(last_report.year)


def _step_taken(indicator: str, admitted: Admitted, before: date) -> Outcome:
    """Whether the records show that the step an indicator asks for was taken after a day."""
    records = admitted.records.get(indicator, ())
    if any(_after(record, before) for record in records if _taken(record)):
        return Outcome.MET
    if records and all(_not_taken(record) for record in records):
        return Outcome.NOT_MET
    return Outcome.UNDETERMINED


def _taken(record: Evidence) -> bool:
    if isinstance(record.value, WrittenBounds):
        return record.value.least > 0
    return record.value not in _NOTHING


def _not_taken(record: Evidence) -> bool:
    if isinstance(record.value, WrittenBounds):
        return record.value.at_most == 0
    return record.value in _NOTHING


_NOTHING = ("false", "0", *(word for word, more in LAST_YEAR.items() if not more))
"""What says that a step was not taken."""


def _after(record: Evidence, day: date) -> bool:
    return record.days is not None and record.days.first > day


def _undated(records: list[Evidence], outcome: Outcome, before: date) -> str:
    """Name the steps that were taken but may lie too early."""
    doubtful = [record.id for record in records if _taken(record) and not _after(record, before)]
    if outcome is not Outcome.UNDETERMINED or not doubtful:
        return ""
    return f" (taken, but perhaps before {before}: {', '.join(doubtful)})"
