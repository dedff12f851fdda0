"""Progress since the last annual report on the deficiencies that it named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tierengine.evidence.dossier import Casefile
from tierengine.evidence.records import Evidence
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import Admitted
from tierengine.reasoning.assessment import ProgressAnswer
from tierengine.reasoning.trace import passage_of
from tierengine.terms.outcome import Outcome, any_of


def progress(casefile: Casefile, law: Law, admitted: Admitted) -> Iterator[ProgressAnswer]:
    """Yield the answer for each deficiency of the dossier: met is progress, not met is none.

    Source: 22 USC 7107(b)(3)(B), an assessment of progress since the last annual report.
    """
    if not law.progress:
        return
    says = law.progress[0].says
    for deficiency in casefile.dossier.deficiencies:
        records = [record for name in deficiency.answered_by for record in admitted.records.get(name, ())]
        outcome = any_of(_step_taken(name, admitted, casefile.dossier.last_report) for name in deficiency.answered_by)
        yield ProgressAnswer(
            id=deficiency.id,
            says=deficiency.says,
            outcome=outcome,
            reason=says[outcome.value] + _undated(records, outcome, casefile.dossier.last_report),
            evidence=tuple(passage_of(record) for record in records),
        )


def _step_taken(indicator: str, admitted: Admitted, last_report: date) -> Outcome:
    """Whether the records show that the step an indicator asks for was taken after the last report."""
    records = admitted.records.get(indicator, ())
    if any(_after(record, last_report) for record in records if _taken(record)):
        return Outcome.MET
    if records and not any(_taken(record) for record in records):
        return Outcome.NOT_MET
    return Outcome.UNDETERMINED


def _taken(record: Evidence) -> bool:
    return record.value not in ("false", "0")


def _after(record: Evidence, day: date) -> bool:
    return record.days is not None and record.days.first > day


def _undated(records: list[Evidence], outcome: Outcome, last_report: date) -> str:
    """Name the steps that were taken but may lie before the last report."""
    doubtful = [record.id for record in records if _taken(record) and not _after(record, last_report)]
    if outcome is not Outcome.UNDETERMINED or not doubtful:
        return ""
    return f" (taken, but perhaps before {last_report}: {', '.join(doubtful)})"
