"""What an auditor asks of all dossiers: whether like cases are placed alike, and placements stand other raters."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from tierengine.reports.answer import tier_name
from tierengine.terms.tier import TIERS, Tier
from tierengine.web.pages.api import order_of
from tierengine.web.rendering import listed
from tierengine.web.visit import Here, Visit
from tierengine.web.work import Kind, Work

router = APIRouter(prefix="/audit")


@router.get("/like-cases")
def like_cases(here: Here) -> Response:
    """Show each pair in which one case is at least as good on every criterion, and yet placed lower."""
    return _page(here, "like-cases", "like-cases.html")


@router.get("/robust")
def robust(here: Here) -> Response:
    """Show how firmly each case keeps its tier if every rating may be one level higher or lower."""
    return _page(here, "robust", "robust.html")


def _page(here: Visit, kind: Kind, template: str) -> Response:
    """The page of an answer about all dossiers; until it is worked out, one that says so and comes again."""
    work: Work = here.desk.works.begin(order_of(here, kind, {}), here.person.name)
    told: Any = work.result if work.state == "done" else None
    return here.page(template, work=work, told=told, tiers=_tiers)


def _tiers(found: list[Tier]) -> str:
    """Tiers as a case is told to be placed; a country on none of the lists has none."""
    return listed((tier_name(each) if each in TIERS else "not ranked" for each in found), "or")
