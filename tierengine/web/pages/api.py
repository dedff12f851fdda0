"""The same answers for programs: `/api/v1`, with the JSON of the command line and its description (OpenAPI 3.1)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncIterator
from datetime import date
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Query, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from tierengine import canonical, schemas
from tierengine.evidence.dossier import dossier_of
from tierengine.law.questions import QuestionTable, questions
from tierengine.ledger.verify import verify
from tierengine.reasoning.assess import VERSION
from tierengine.reasoning.assessment import Assessment
from tierengine.reports.problems import as_json
from tierengine.web.pages.api_of_dossier import router as of_a_dossier
from tierengine.web.pages.ledger import numbers_shown
from tierengine.web.shapes import (
    REFUSED,
    Entries,
    Handed,
    Holds,
    Ordered,
    Progressing,
    Shelved,
    answers,
    as_json_text,
    dumped,
)
from tierengine.web.visit import Here, Visit
from tierengine.web.work import Kind, Order, State, Work

router = APIRouter(prefix="/api/v1")

_TICK = 10.0
"""Seconds after which a stream of progress says that it is alive."""


# -- dossiers --------------------------------------------------------------------------------------------------------


@router.get("/dossiers", responses=answers(list[Shelved]), operation_id="dossiers")
def dossiers(here: Here) -> Response:
    """List the dossiers of the folder, those that cannot be used with their problems."""
    names = ("country", "edition", "name", "version", "address")
    return as_json_text(
        [
            {name: getattr(each, name) for name in names} | {"problems": as_json(each.problems)}
            for each in here.desk.all_shown(here.person.cleared)
        ]
    )


_HANDED = {
    "a dossier without sources": {
        "summary": "A dossier whose records need no source",
        "value": {"dossier": "id: GT-2014\ngovernment: {country: GT, name: Guatemala}\n", "files": {}},
    }
}


@router.post("/assess", responses=answers(Assessment), operation_id="assess-handed")
def assess_handed(here: Here, handed: Annotated[Handed, Body(openapi_examples=_HANDED)]) -> Response:
    """Assess a dossier that is handed in with its sources. Nothing of it is kept."""
    casefile = dossier_of(handed.dossier.encode(), "dossier.yaml", _decoded(handed.files))
    return Response(schemas.to_json(here.desk.answers.assessment(casefile)), media_type="application/json")


def _decoded(files: dict[str, str]) -> dict[str, bytes]:
    try:
        return {name: base64.b64decode(text, validate=True) for name, text in files.items()}
    except (binascii.Error, ValueError):
        raise HTTPException(422, "Each file is written in base64; one of them is not.") from None


# -- the law ---------------------------------------------------------------------------------------------------------


@router.get("/questions", responses=answers(QuestionTable), operation_id="questions")
def table(here: Here, as_of: Annotated[date, Query(description="the date, such as 2007-11-09")]) -> Response:
    """List every question that the law of a day asks."""
    return dumped(QuestionTable, questions(here.desk.rulebook.on(as_of)))


@router.post(
    "/work",
    status_code=202,
    responses={202: {"model": Progressing, "description": "It runs"}, **REFUSED},
    operation_id="begin",
)
def begin(here: Here, ordered: Ordered) -> Response:
    """Begin long work: lint, prove or test the law or a draft of it, or compare a draft with the law (impact)."""
    return as_json_text(
        here.desk.works.begin(order_of(here, ordered.work, ordered.files), here.person.name).as_json(), 202
    )


@router.get("/work/{work}", responses=answers(Progressing), operation_id="progress")
def progress(here: Here, work: str) -> Response:
    """Say how far long work is, and what came of it."""
    return as_json_text(_work(here, work).as_json())


@router.delete("/work/{work}", responses=answers(Progressing), operation_id="stop")
def stop(here: Here, work: str) -> Response:
    """Stop long work."""
    found = _work(here, work)
    here.desk.works.stop(found)
    return as_json_text(found.as_json())


@router.get(
    "/work/{work}/events",
    responses={200: {"content": {"text/event-stream": {}}, "description": "Progress as it comes"}, **REFUSED},
    operation_id="events",
)
async def events(here: Here, work: str) -> StreamingResponse:
    """Stream the progress of long work as server-sent events; the last one carries the result."""
    return StreamingResponse(stream(here, _work(here, work)), media_type="text/event-stream")


async def stream(here: Visit, work: Work) -> AsyncIterator[str]:
    """Yield an event whenever a piece of work is further, until it has ended."""
    seen: tuple[State, int] = ("running", -1)
    while True:
        now = await run_in_threadpool(here.desk.works.moved, work, seen, _TICK)
        if not await run_in_threadpool(lambda: here.still_in):
            return
        if now == seen:
            yield ": still at it\n\n"
            continue
        seen = now
        yield f"event: {work.state}\ndata: {json.dumps(work.as_json(), ensure_ascii=False)}\n\n"
        if work.state != "running":
            return


def order_of(here: Visit, kind: Kind, files: dict[str, str]) -> Order:
    """Return the order for a piece of work on the law of the desk with some files replaced."""
    law, corpus = here.desk.lawbook.folder, here.census if kind == "impact" else here.corpus
    if corpus is None and kind in ("like-cases", "robust"):
        raise HTTPException(403, "This compares all dossiers, and you are not cleared for all of them.")
    versions = {each.name: each.version for each in here.desk.shelf.all()}
    state = canonical.digest(canonical.encode({"law": here.desk.rulebook.digest, "dossiers": versions}))
    cases, cache = law / "tests" / "cases", here.desk.lawbook.cache
    return Order(kind=kind, law=law, cache=cache, files=files, cases=cases, corpus=corpus, state=state)


def _work(here: Visit, name: str) -> Work:
    found = here.desk.works.find(name, here.person.name)
    if found is None:
        raise HTTPException(404, "You have no work of this name; what has ended long ago is forgotten.")
    return found


# -- the ledger ------------------------------------------------------------------------------------------------------


@router.get("/ledger", responses=answers(Entries), operation_id="ledger")
def log(here: Here, case: Annotated[str | None, Query(max_length=200)] = None) -> Response:
    """Return what is on record, of one case or of all."""
    with here.desk.book.opened() as ledger, ledger.store.reading() as reader:
        ledger.checkpoint(reader)
        numbers = numbers_shown(here, reader, case)
        found = [ledger.entry(reader, number)[0].model_dump(mode="json") for number in numbers]
    return as_json_text({"entries": found})


@router.get("/ledger/verify", responses=answers(Holds), operation_id="verify")
def verified(here: Here) -> Response:
    """Verify entries, inputs, rules, tree and checkpoint of the ledger."""
    with here.desk.book.opened() as ledger:
        found = verify(ledger)
    root = base64.b64encode(found.checkpoint.root).decode()
    return as_json_text({"size": found.checkpoint.size, "inputs": found.inputs, "root": root})


# -- its own description ---------------------------------------------------------------------------------------------


@router.get("/openapi.json", include_in_schema=False)
def openapi() -> Response:
    """Return the description of these calls (OpenAPI 3.1)."""
    return as_json_text(description())


@router.get("/docs", include_in_schema=False)
def docs(here: Here) -> Response:
    """Show the description as a page, with what a program needs to come in."""
    return here.page("api.html", calls=_calls(), token=here.program_token())


@cache
def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API."""
    found = get_openapi(
        title="tierengine",
        version=VERSION,
        openapi_version="3.1.0",
        description="The same JSON as the command line. The engine recommends; a person determines.",
        routes=[*router.routes, *of_a_dossier.routes],
    )
    for methods in found["paths"].values():
        for call in methods.values():
            call["responses"].pop("422", None)  # what is refused has one shape, named as the default
    found.setdefault("components", {})["securitySchemes"] = {"program": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"program": []}]
    return found


def _calls() -> list[dict[str, str]]:
    return [
        {"method": method.upper(), "path": path, "says": call["description"], "takes": _takes(call)}
        for path, methods in description()["paths"].items()
        for method, call in methods.items()
    ]


def _takes(call: dict[str, Any]) -> str:
    named = [each["name"] for each in call.get("parameters", ()) if each["in"] == "query"]
    return ", ".join([*named, *(["a body as JSON"] if "requestBody" in call else [])])
