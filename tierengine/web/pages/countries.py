"""Countries: what waits on me."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response

from tierengine.errors import Problem, TierEngineError
from tierengine.reasoning.assessment import Assessment
from tierengine.reports.answer import tier_name
from tierengine.web.desk import Desk
from tierengine.web.rendering import counted
from tierengine.web.shelf import Kept
from tierengine.web.visit import Here

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Something that waits for a person: in words, and the page where it is done."""

    says: str
    address: str
    urgent: int
    """How much it presses: the larger the sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A dossier on the page of countries."""

    kept: Kept
    assessment: Assessment | None
    problems: tuple[Problem, ...]
    waits: tuple[Waits, ...]

    @property
    def need(self) -> int:
        """How much it presses."""
        return sum(each.urgent for each in self.waits)

    @property
    def moved(self) -> str:
        """Where the last report placed the country, and whether that stays."""
        casefile = self.kept.casefile
        last = casefile.last_placement if casefile is not None else None
        if last is None or self.assessment is None:
            return "no earlier placement is known"
        name = "a special case" if last.tier == "SC" else tier_name(last.tier)
        tier = self.assessment.recommendation.tier
        return f"{name} in {last.year}" + ("" if tier is None else ", unchanged" if tier == last.tier else "; changed")


@router.get("/")
def countries(here: Here) -> Response:
    """List the dossiers in the order of need."""
    kept = here.desk.all_shown(here.person.cleared)
    rows = sorted((_row(here.desk, each) for each in kept), key=lambda row: -row.need)
    return here.page("countries.html", rows=rows, doubled=here.desk.shelf.same_address(kept), folder=here.desk.folder)


def _row(desk: Desk, kept: Kept) -> Row:
    assessment, problems = None, kept.problems
    if kept.casefile is not None:
        try:
            assessment = desk.answers.in_short(kept.casefile)
        except TierEngineError as error:
            problems = error.problems
    return Row(kept=kept, assessment=assessment, problems=problems, waits=tuple(_waiting(kept, assessment, problems)))


def _waiting(kept: Kept, assessment: Assessment | None, problems: tuple[Problem, ...]) -> list[Waits]:
    """What waits in a dossier, the most urgent first."""
    casefile, at = kept.casefile, kept.address
    if casefile is None or assessment is None:
        return [Waits(says=counted(len(problems), "problem") + " in the file", address=at, urgent=100)]
    found = []
    if casefile.undecided:
        found.append(Waits(says=f"{counted(len(casefile.undecided), 'proposal')} to decide", address=at, urgent=30))
    if not assessment.recommendation.settled:
        tiers = counted(len(assessment.recommendation.open_tiers), "tier")
        found.append(Waits(says=f"{tiers} open: rate or ask", address=f"{at}/rate", urgent=20))
    unread = sum(1 for _ in casefile.uncoded())
    if unread:
        found.append(Waits(says=f"{counted(unread, 'sentence')} not coded", address=at, urgent=10))
    if casefile.dossier.open_questions:
        asked = counted(len(casefile.dossier.open_questions), "question")
        found.append(Waits(says=f"{asked} of last year open", address=f"{at}/ask", urgent=5))
    return found
