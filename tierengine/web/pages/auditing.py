"""What an auditor asks of all dossiers: whether like cases are placed alike, and placements stand other raters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from tierengine.reports.answer import tier_name
from tierengine.reports.listing import Form, Listing
from tierengine.terms.tier import TIERS, Tier
from tierengine.web.pages.api import order_of
from tierengine.web.rendering import counted, listed, question_of
from tierengine.web.sought import Sought, Words, as_file, choice, has
from tierengine.web.visit import Here, Visit
from tierengine.web.work import Kind, Work

router = APIRouter(prefix="/audit")

Named = Callable[[str], str]

Only = Annotated[str, Query(max_length=20)]
_OPEN = (("unexplained", "what nothing explains"),)


@router.get("/like-cases")
def like_cases(here: Here, q: Words = "", only: Only = "") -> Response:
    """Show each pair in which one case is at least as good on every criterion, and yet placed lower."""
    work = _work(here, "like-cases")
    if work.state != "done":
        return here.page("like-cases.html", work=work, found=None)
    chosen = choice("only", "Which", only, _OPEN, "all")
    name_of = _names(here)
    pairs = _pairs(work.result, q, chosen.chosen, name_of)
    of = counted(len(work.result["pairs"]), "pair")
    at = "/audit/like-cases"
    sought = Sought(at=at, file=at, q=q, shown=len(pairs), of=of, choices=(chosen,))
    values = {"found": work.result, "pairs": pairs, "sought": sought, "tiers": _tiers, "name_of": name_of}
    return here.page("like-cases.html", work=work, **values)


@router.get("/like-cases.{form}")
def pairs_listed(here: Here, form: Form, q: Words = "", only: Only = "") -> Response:
    """Give the pairs that the page lists as a file."""
    name_of = _names(here)
    rows = [
        (
            *(name_of(pair["lower"]["case"]), _tiers([pair["lower"]["tier"]]), pair["lower"]["by"]),
            *(name_of(pair["higher"]["case"]), _tiers([pair["higher"]["tier"]]), pair["higher"]["by"]),
            "\n".join("; ".join(map(_difference, each)) for each in pair["explained_by"]) or "nothing explains it",
        )
        for pair in _pairs(_done(here, "like-cases"), q, only, name_of)
    ]
    heads = ("placed lower", "tier", "by", "placed higher", "tier of it", "by whom", "explained by")
    return as_file(Listing(title="Like cases", heads=heads, rows=tuple(rows)), form, "like-cases")


@router.get("/robust")
def robust(here: Here, q: Words = "") -> Response:
    """Show how firmly each case keeps its tier if every rating may be one level higher or lower."""
    work = _work(here, "robust")
    if work.state != "done":
        return here.page("robust.html", work=work, found=None)
    name_of = _names(here)
    standings = _standings(work.result, q, name_of)
    of = counted(len(work.result["standings"]), "case")
    sought = Sought(at="/audit/robust", file="/audit/robust", q=q, shown=len(standings), of=of)
    values = {"found": work.result, "standings": standings, "sought": sought, "tiers": _tiers, "name_of": name_of}
    return here.page("robust.html", work=work, asks_of=question_of(here.desk.rulebook), **values)


@router.get("/robust.{form}")
def standings_listed(here: Here, form: Form, q: Words = "") -> Response:
    """Give the cases that the page lists as a file."""
    name_of, asks_of = _names(here), question_of(here.desk.rulebook)
    rows = [
        (
            *(name_of(each["case"]), _tiers(each["tiers"]), each["keeps"], each["combinations"]),
            "\n".join(f"{_tiers(reached['tiers'])}: {reached['combinations']}" for reached in each["reached"]),
            asks_of(each["matters"][0]["rating"]) if each["matters"] else "",
        )
        for each in _standings(_done(here, "robust"), q, name_of)
    ]
    heads = ("case", "tiers", "combinations that keep them", "combinations", "reached", "the rating that matters most")
    return as_file(Listing(title="Raters who differ", heads=heads, rows=tuple(rows)), form, "raters-who-differ")


def _work(here: Visit, kind: Kind) -> Work:
    """An answer about all dossiers, which is begun where it is not known."""
    return here.desk.works.begin(order_of(here, kind, {}), here.person.name)


def _done(here: Visit, kind: Kind) -> Any:
    """Such an answer. Raise `HTTPException` 409 while it is worked out."""
    work = _work(here, kind)
    if work.state != "done":
        raise HTTPException(409, "This is still being worked out. Open its page, and take the list away from there.")
    return work.result


def _pairs(found: Any, q: str, only: str, name_of: Named) -> list[Any]:
    """The pairs that are sought."""
    wanted = (pair for pair in found["pairs"] if not (only and pair["explained_by"]))
    return [pair for pair in wanted if has(q, name_of(pair["lower"]["case"]), name_of(pair["higher"]["case"]))]


def _standings(found: Any, q: str, name_of: Named) -> list[Any]:
    """The cases that are sought."""
    return [each for each in found["standings"] if has(q, name_of(each["case"]), _tiers(each["tiers"]))]


def _names(here: Visit) -> Named:
    """What a case is called, which is known by the folder of its dossier: country and report."""
    folder = here.desk.folder
    found = {
        each.path.parent.relative_to(folder).as_posix(): f"{each.title} {each.edition.replace('-', ', ')}"
        for each in here.desk.all_shown(here.person.cleared)
    }
    return lambda case: found.get(case, case)


def _difference(found: Any) -> str:
    beside = f" ({found['lower']} against {found['higher']})" if found["lower"] else ""
    return f"{found['what']}{beside}"


def _tiers(found: list[Tier]) -> str:
    """Tiers in the words for where a case is placed; a country on none of the lists has none."""
    return listed((tier_name(each) if each in TIERS else "not ranked" for each in found), "or")
