"""Coming in, who one is, the keys of the keyboard, and the styles and scripts of every page."""

from __future__ import annotations

import mimetypes
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from tierengine.web.access import ALL, Person
from tierengine.web.door import HOURS, Sessions
from tierengine.web.keyboard import KEYS
from tierengine.web.people import name_of_the_user, sound_name
from tierengine.web.rendering import static_files
from tierengine.web.visit import Here, cookie_name, seen_again

router = APIRouter()

_YEAR = 365 * 24 * 3600


@router.get("/enter")
def enter(request: Request, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Come in by a link that opens once."""
    links = request.app.state.links
    if links is None or not links.use(token):
        raise HTTPException(401, "This link was used before, or is not of this desk. The terminal shows the next one.")
    sessions: Sessions = request.app.state.sessions
    return _with_cookie(request, seen_again("/"), sessions.begin(Person(name=name_of_the_user(), roles=ALL)))


@router.get("/you")
def you(here: Here) -> Response:
    """Show who one is, as what one writes is signed with."""
    return here.page("you.html")


@router.post("/you")
def rename(here: Here, name: Annotated[str, Form(max_length=80)]) -> Response:
    """Write under another name from now on. On loopback one person may name themselves; an office names its people."""
    request = here.request
    sessions: Sessions = request.app.state.sessions
    person = Person(name=sound_name(name), roles=here.person.roles)
    cookie = sessions.renamed(request.cookies[cookie_name(request)], person)
    return _with_cookie(request, seen_again("/you"), cookie)


@router.get("/keys")
def keys(here: Here) -> Response:
    """List every key of the keyboard."""
    return here.page("keys.html", keys=KEYS)


@router.get("/static/{path:path}")
def static(path: str) -> Response:
    """Give a style, a font or a script."""
    content = static_files().get(path)
    if content is None:
        raise HTTPException(404)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    kept = f"public, max-age={_YEAR}, immutable"
    return Response(content, media_type=kind, headers={"Cache-Control": kept})


def _with_cookie(request: Request, response: RedirectResponse, cookie: str) -> RedirectResponse:
    response.set_cookie(
        cookie_name(request),
        cookie,
        max_age=HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure,
    )
    return response
