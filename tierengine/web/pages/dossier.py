"""A dossier: what the sources say, what was made of it, and the answer that follows."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from tierengine.coding.deciding import Deciding
from tierengine.evidence.dossier import Casefile
from tierengine.evidence.records import Evidence, Rating
from tierengine.reasoning.assessment import Assessment, Hinge
from tierengine.reports import answer
from tierengine.web.changes import digest_of
from tierengine.web.marked import FATES, marked
from tierengine.web.pages.listing import Show, narrowed, sought_items
from tierengine.web.rendering import day, render
from tierengine.web.sought import Words
from tierengine.web.visit import Case, Here, TheCase

router = APIRouter(prefix="/c/{country}/{edition}")

_PAUSE = 0.5
"""Seconds after which the file is looked at again for those who have its page open."""

_LONGEST = 300.0
"""Seconds after which a page has to ask anew, so that who may see it no more is shown no more."""

Part = Literal["source", "records", "answer"]


@router.get("")
def dossier(
    here: Here,
    case: TheCase,
    part: Part = "source",
    source: Annotated[str | None, Query(max_length=200)] = None,
    *,
    q: Words = "",
    show: Show = "",
) -> Response:
    """Show the source, the records and the answer beside one another; the records may be narrowed."""
    assessment = here.desk.answers.assessment(case.casefile)
    changes = here.desk.changes
    aside = {each.record: f"{each.because} [{each.rule}]" for each in assessment.set_aside}
    sources = tuple(each.id for each in case.casefile.dossier.sources)
    chosen = source if source in sources else next(iter(sources), None)
    items = sought_items(case, assessment, q, show)
    listed = {each.id for each in items}
    given = {"source": source or "", "q": q, "show": show}
    return here.page(
        "dossier.html",
        case=case,
        part=part,
        source_part=_kept_part(here, case, "source", lambda: _source(case.casefile, chosen, aside), chosen),
        answer_part=_kept_part(here, case, "answer", lambda: _answer(assessment)),
        aside=aside,
        sought=narrowed(case, q, show, len(items), ("source", source or "")),
        keep=f"?{urlencode({name: each for name, each in given.items() if each})}" if any(given.values()) else "",
        evidence=[each for each in case.casefile.dossier.records if isinstance(each, Evidence) and each.id in listed],
        silences=[each for each in case.casefile.dossier.silences if each.id in listed],
        ratings=[each for each in case.casefile.dossier.records if isinstance(each, Rating) and each.id in listed],
        proposed=[(each, digest_of(each)) for each in case.casefile.undecided if each.id in listed],
        waiting=len(case.casefile.undecided),
        marks={each.id: Deciding(case.casefile, case.law).marks_of(each) for each in case.casefile.undecided},
        last=_last(here, case),
        undo=changes.can_undo(case.kept, here.person.name),
        asks={each.id: each.asks for each in case.law.indicators},
        count=_count(case.casefile, assessment),
    )


def _last(here: Here, case: Case) -> str | None:
    """Who made the dossier what it is, with which change, and when; nothing for those who are shown a part of it."""
    last = None if case.kept.withheld else here.desk.changes.last(case.kept)
    if last is None:
        return None
    at = datetime.fromisoformat(last.when)
    on = "" if at.date() == datetime.now(UTC).date() else f" on {day(at.date())}"
    return f"{last.by} {last.says} at {at:%H:%M} UTC{on}."


def _kept_part(here: Here, case: Case, name: str, values: Callable[[], dict[str, Any]], *given: str | None) -> Markup:
    """A part of the page that is the same for everybody who may do the same: it is rendered once.

    Whatever else may differ between two people has to be `given`, so that neither is shown what is the other's.
    """
    codes = here.may("GET", "/c/{country}/{edition}/draft")

    def make() -> Markup:
        return Markup(render(f"parts/{name}.html", here=here, case=case, **values()))  # noqa: S704 - it was escaped

    return here.desk.answers.kept(f"part {name}", case.casefile, make, case.kept.version, codes, *given)


def _source(casefile: Casefile, source: str | None, aside: Mapping[str, str]) -> dict[str, Any]:
    """What the column of the source shows."""
    return {
        "sources": tuple(each.id for each in casefile.dossier.sources),
        "source": source,
        "opened": casefile.sources.get(source or ""),
        "paragraphs": marked(casefile, source, aside) if source else (),
        "fates": FATES,
    }


def _count(casefile: Casefile, assessment: Assessment) -> str:
    """How many records count, and how many are set aside."""
    return answer.records_words(assessment, answer.Coded.of(casefile, assessment))


@router.get("/events")
def events(here: Here, case: TheCase) -> Response:
    """Notify a page, by server-sent events, whenever the dossier is another than before."""

    def look() -> tuple[bool, str | None]:
        return here.still_in, here.desk.shelf.version(case.kept)

    async def changes() -> AsyncIterator[str]:
        version, end = "", monotonic() + _LONGEST
        yield "retry: 500\n\n"
        while monotonic() < end and not await here.request.is_disconnected():
            goes_on, now = await run_in_threadpool(look)
            if not goes_on:
                return
            if now != version:
                version = now or ""
                yield f"event: changed\ndata: {version}\n\n"
            await sleep(_PAUSE)

    return StreamingResponse(changes(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _answer(assessment: Assessment) -> dict[str, Any]:
    """What the column of the answer shows."""
    return {
        "recommended": assessment.recommendation,
        "name": answer.recommended_name(assessment.recommendation),
        "status": answer.status_words(assessment.recommendation),
        "means": answer.status_means(assessment.recommendation),
        "why": answer.why(assessment),
        "groups": answer.groups(assessment),
        "hinges": [_hinge(assessment, each) for each in assessment.hinges],
        "title": answer.title,
        "code": answer.code,
        "questions": answer.questions(assessment),
        "each_way": answer.each_way,
        "post": answer.post_words(assessment, post) if (post := assessment.post_recommendation) else None,
    }


def _hinge(assessment: Assessment, hinge: Hinge) -> dict[str, str]:
    proposed = answer.proposals(assessment).get(hinge.word or "")
    return {
        "asks": hinge.asks,
        "name": answer.hinge_name(hinge),
        "kind": answer.hinge_kind(hinge),
        "ways": answer.each_way(hinge.outcomes, proposed.level if proposed else None),
        "proposed": str(proposed.level) if proposed else "",
    }
