"""The interim assessment: progress on what the last report faulted, and which watch-list grounds would stand.

Source: 22 USC 7107(b)(2)(B), formerly (b)(3)(B). It makes no list; what would follow for the tier is given apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Assessment, Passage, ProgressAnswer, RouteAnswer, Status
from tierengine.reasoning.progress import measured_after
from tierengine.terms.outcome import Outcome
from tierengine.terms.scalars import Model
from tierengine.terms.tier import Tier


class KeyDeficiency(Model):
    """A deficiency that the last report named, and whether there is progress on it."""

    id: str
    says: str
    progress: Literal["progress", "no progress", "undetermined"]
    """Whether there is progress; `undetermined` where no answer shows it."""
    reason: str
    evidence: tuple[Passage, ...]
    to_settle: tuple[str, ...]
    """The questions whose answers, dated since the day below, would settle it; empty where it is settled."""


class Ground(Model):
    """A watch-list ground or route, and what bears on it."""

    id: str
    title: str
    would: Literal["stand", "fall", "be open"]
    """What would become of it if a report were made now; `be open` where that is not known."""
    citation: str
    reason: str
    deficiencies: tuple[str, ...]
    """The key deficiencies that are answered by what the ground asks."""


class Consequence(Model):
    """What would follow for the tier; the interim assessment itself makes no list."""

    tier: Tier | None
    settled: bool
    status: Status
    open_tiers: tuple[Tier, ...]
    reason: str


class InterimAssessment(Model):
    """Progress on each key deficiency, the grounds that would stand or fall, and apart from them the consequence."""

    country: str
    name: str
    law: date
    """The date whose law decides."""
    since: date
    """The first day on which a step counts as progress."""
    provision: str
    """The provision that asks for it."""
    deficiencies: tuple[KeyDeficiency, ...]
    grounds: tuple[Ground, ...]
    consequence: Consequence


_PROGRESS: dict[Outcome, Literal["progress", "no progress", "undetermined"]] = {
    Outcome.MET: "progress",
    Outcome.NOT_MET: "no progress",
    Outcome.UNDETERMINED: "undetermined",
}
_WOULD: dict[Outcome, Literal["stand", "fall", "be open"]] = {
    Outcome.MET: "stand",
    Outcome.NOT_MET: "fall",
    Outcome.UNDETERMINED: "be open",
}


def interim(casefile: Casefile, rulebook: Rulebook, as_of: date | None = None) -> InterimAssessment:
    """Return the interim assessment of a dossier under the law of a date (its own, if none is given).

    Raise `EvidenceError` if the dossier is for another product or the law of the date knows no interim assessment,
    and whatever `assess` raises.
    """
    law = law_of(casefile, rulebook, as_of)
    _check_product(casefile, law)
    assessment = Assessor(law, certified=False).assess(casefile)
    rule = law.progress[0]
    return InterimAssessment(
        country=assessment.subject.country,
        name=assessment.subject.name,
        law=law.as_of,
        since=measured_after(casefile, law) + timedelta(days=1),
        provision=str(rule.citation),
        deficiencies=tuple(_deficiency(each, casefile, law) for each in assessment.progress),
        grounds=tuple(_grounds(assessment, casefile, law)),
        consequence=Consequence(
            tier=assessment.recommendation.tier,
            settled=assessment.recommendation.settled,
            status=assessment.recommendation.status,
            open_tiers=assessment.recommendation.open_tiers,
            reason=assessment.recommendation.reason,
        ),
    )


def _check_product(casefile: Casefile, law: Law) -> None:
    product, last_report = casefile.dossier.product, casefile.dossier.last_report
    key = "product"
    if product != "interim":
        what, cure = f"the dossier is for the product `{product}`", "write `product: interim`, or use `assess`"
    elif not law.progress:
        what, cure = f"the law of {law.as_of} knows no interim assessment", "ask for a later date, or use `assess`"
    elif last_report >= casefile.dossier.as_of:
        key, what = "last_report", f"the last report, of {last_report}, is not earlier than the assessment of it"
        cure = "correct `last_report` or `as_of`"
    else:
        return
    raise EvidenceError([Problem(where=casefile.document.where(key), what=what, cure=cure)])


def _deficiency(answer: ProgressAnswer, casefile: Casefile, law: Law) -> KeyDeficiency:
    named = next(each for each in casefile.dossier.deficiencies if each.id == answer.id)
    asks = [law.indicator(name).asks + f" [{name}]" for name in named.answered_by if name in law.indicators_by_id]
    return KeyDeficiency(
        id=answer.id,
        says=answer.says,
        progress=_PROGRESS[answer.outcome],
        reason=answer.reason,
        evidence=answer.evidence,
        to_settle=tuple(asks) if answer.outcome is Outcome.UNDETERMINED else (),
    )


def _grounds(assessment: Assessment, casefile: Casefile, law: Law) -> Iterator[Ground]:
    for route in assessment.watch_list:
        yield Ground(
            id=route.route,
            title=route.title,
            would=_WOULD[route.outcome],
            citation=route.citation,
            reason=route.reason,
            deficiencies=tuple(_bearing(route, casefile, law)),
        )


def _bearing(route: RouteAnswer, casefile: Casefile, law: Law) -> Iterator[str]:
    """The deficiencies answered by an indicator that the ground declares or compares."""
    criterion = law.criteria_by_id.get(route.route)
    if criterion is None:
        return
    asked = {indicator.id for indicator in criterion.indicators}
    asked |= {side for i in criterion.indicators if i.compared for side in (i.compared.greater, i.compared.than)}
    for deficiency in casefile.dossier.deficiencies:
        if asked & set(deficiency.answered_by):
            yield deficiency.id
