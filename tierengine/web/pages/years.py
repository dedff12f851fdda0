"""Years: this year beside last year, what changed, and what caused it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tierengine.evidence.dossier import Casefile
from tierengine.reasoning.compare import Comparison, Side, compare
from tierengine.reasoning.history import standing_under
from tierengine.reports.change import CAUSE_TITLES, effect, moved_words, why
from tierengine.reports.change import answer as answer_words
from tierengine.web.desk import Desk
from tierengine.web.shelf import Kept
from tierengine.web.visit import Case, Here, TheCase

router = APIRouter(prefix="/c/{country}/{edition}")

_LIMITS = {
    "none": "No limit of the statute binds this report.",
    "waiver or 3": "The full years on the Tier 2 Watch List make it Tier 3, unless a waiver is given.",
    "3": "The full years on the Tier 2 Watch List make it Tier 3; the waiver is spent.",
    "not WL": "It may not be on the Tier 2 Watch List again yet.",
    None: "Which limit binds this report is not known, since a year is missing.",
}


@router.get("/years")
def years(here: Here, case: TheCase, before: Annotated[str, Query(alias="with", max_length=40)] = "") -> Response:
    """Show the placements of the years, how they bind this report, and the causes of a change."""
    dossier = case.casefile.dossier
    earlier = _earlier(here.desk.all_shown(here.person.cleared), case)
    chosen = next((each for each in earlier if each.edition == before), None)
    if chosen is None and case.casefile.last is None:
        chosen = next(iter(earlier), None)
    other = chosen.casefile if chosen is not None else case.casefile.last
    placements = sorted(dossier.earlier_placements, key=lambda each: each.year)
    known = {each.year: each.tier for each in placements}
    stands = standing_under(known, dossier.last_report.year + 1, case.law)
    return here.page(
        "years.html",
        case=case,
        placements=placements,
        recommended=here.desk.answers.assessment(case.casefile).recommendation,
        stands=stands,
        limit=_LIMITS[stands.limit] if placements else "The dossier names no earlier placement.",
        earlier=earlier,
        chosen=chosen,
        comparison=_compared(here.desk, other, case.casefile) if other is not None else None,
        answer_words=answer_words,
        cause_titles=CAUSE_TITLES,
        effect=effect,
        moves=lambda cause: [moved_words(each, case.titles) for each in cause.moved],
        why=why,
    )


def _earlier(shown: tuple[Kept, ...], case: Case) -> list[Kept]:
    """The other dossiers of the country whose law is of an earlier day, the latest first."""
    found = [
        kept
        for kept in shown
        if kept.casefile is not None
        and kept.country == case.kept.country
        and kept.casefile.dossier.as_of < case.casefile.dossier.as_of
    ]
    return sorted(found, key=lambda kept: kept.edition, reverse=True)


def _compared(desk: Desk, before: Casefile, after: Casefile) -> Comparison:
    sides = Side(before, before.dossier.as_of), Side(after, after.dossier.as_of)
    return desk.answers.kept(
        "comparison", after, lambda: compare(*sides, desk.rulebook), before.digest, before.document.name
    )
