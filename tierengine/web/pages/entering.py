"""Coming in, who one is, the keys of the keyboard, and the styles and scripts of every page."""

from __future__ import annotations

import hmac
import mimetypes
import secrets
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from tierengine.errors import Problem, UsageError
from tierengine.web.access import ALL, Person
from tierengine.web.door import HOURS, JOURNEY, Sessions
from tierengine.web.keyboard import KEYS
from tierengine.web.office import Office
from tierengine.web.people import name_of_the_user, sound_name
from tierengine.web.provider import Provider, ProviderError
from tierengine.web.rendering import static_files
from tierengine.web.visit import Here, Visit, cookie_name, seen_again

router = APIRouter()

_YEAR = 365 * 24 * 3600

_LONGEST = 3500
"""Characters of a token that a cookie holds (RFC 6265, section 6.1: 4096 bytes in all); of a longer one the provider is
not reminded, and asks whom it is to sign out."""


@router.get("/enter")
def enter(request: Request, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Come in: by a link that opens once; in an office by its proxy or its provider."""
    office: Office | None = request.app.state.office
    if office is not None:
        return _enter_office(request, office)
    links = request.app.state.links
    if links is None or not links.use(token):
        raise HTTPException(401, "This link was used before, or is not of this desk. The terminal shows the next one.")
    sessions: Sessions = request.app.state.sessions
    return _with_cookie(request, seen_again("/"), sessions.begin(Person(name=name_of_the_user(), roles=ALL)))


def _enter_office(request: Request, office: Office) -> Response:
    if office.provider is None:
        name = office.proxy.name(request.headers)
        if not name:
            raise HTTPException(401, "The proxy in front of this desk does not say who you are.")
        return _begun(request, name)
    leaving = _answered(office.provider.leave)
    response = seen_again(leaving.address)
    journey = request.app.state.sessions.journey(leaving.kept)
    _keep(request, response, _journey(request), journey, JOURNEY)
    return response


@router.get("/enter/back")
def come_back(request: Request) -> Response:
    """Come in with what the provider says of who signed in there."""
    office: Office | None = request.app.state.office
    if office is None or office.provider is None:
        raise HTTPException(404)
    provider, sessions = office.provider, request.app.state.sessions
    kept = sessions.brought_back(request.cookies.get(_journey(request)))
    found = _answered(lambda: provider.signed_in(request.query_params, kept))
    response = _begun(request, found.name)
    _forget(request, response, _journey(request))
    if len(found.token) <= _LONGEST:
        _keep(request, response, _token(request), found.token, HOURS * 3600)
    return response


Answer = TypeVar("Answer")


def _answered(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except ProviderError as error:
        raise HTTPException(401, str(error)) from None


def _begun(request: Request, name: str) -> RedirectResponse:
    """A new session: whatever cookie the browser had before counts no more."""
    sessions: Sessions = request.app.state.sessions
    return _with_cookie(request, seen_again("/you"), sessions.begin(Person(name=sound_name(name), roles=frozenset())))


def _journey(request: Request) -> str:
    """The cookie of who went to sign in elsewhere."""
    return f"{cookie_name(request)}-journey"


def _token(request: Request) -> str:
    """The cookie of the token with which the provider signed somebody in."""
    return f"{cookie_name(request)}-token"


def _leaving(request: Request) -> str:
    """The cookie of who went to sign out elsewhere: what the provider must bring back."""
    return f"{cookie_name(request)}-leaving"


@router.post("/leave")
def leave(here: Here) -> Response:
    """End the session at once: neither its cookie nor a token that was given out in it opens the desk again."""
    request = here.request
    request.app.state.sessions.end(request.cookies.get(cookie_name(request)))
    response = seen_again("/left" if _provider(here) is None else "/leave/there")
    _forget(request, response, cookie_name(request))
    if _provider(here) is not None:
        _keep(request, response, _leaving(request), secrets.token_urlsafe(32), JOURNEY)
    return response


@router.get("/leave/there")
def leave_there(here: Here) -> Response:
    """Send who has just signed out on to the provider, to end the session there; to `left` where that cannot be."""
    request, provider = here.request, _provider(here)
    state = request.cookies.get(_leaving(request))
    if provider is None or not state or here.person.name:
        return seen_again("/left")
    try:
        there = provider.sign_out(request.cookies.get(_token(request), ""), state)
    except ProviderError:
        there = None
    # A page and no redirect: browsers let no form lead away from the desk, nor what it is redirected to.
    response = seen_again("/left") if there is None else here.page("leaving.html", there=there)
    _forget(request, response, _token(request))
    return response


@router.get("/left")
def left(here: Here, state: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Say that the session has ended, at the provider too if it says so, and how to come in again."""
    request, provider = here.request, _provider(here)
    kept = request.cookies.get(_leaving(request), "")
    there = bool(state) and hmac.compare_digest(state.encode(), kept.encode())
    response = here.page("left.html", provider=provider is not None, there=there)
    if kept:
        _forget(request, response, _leaving(request))
    return response


def _provider(here: Visit) -> Provider | None:
    office: Office | None = here.request.app.state.office
    return office.provider if office is not None else None


@router.get("/you")
def you(here: Here) -> Response:
    """Show who one is, as what one writes is signed with."""
    return here.page("you.html")


@router.post("/you")
def rename(here: Here, name: Annotated[str, Form(max_length=80)]) -> Response:
    """Write under another name from now on. On loopback one person may name themselves; an office names its people."""
    request = here.request
    if request.app.state.office is not None:
        raise HTTPException(400, "In an office your name is the one with which you came in.")
    like = here.desk.book.like(sound_name(name))
    if like is not None:
        problem = Problem(where="name", what=f"`{name}` looks like `{like}`", cure="choose a name of your own")
        raise UsageError([problem])
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
    _keep(request, response, cookie_name(request), cookie, HOURS * 3600)
    return response


def _keep(request: Request, response: Response, name: str, cookie: str, seconds: int) -> None:
    secure = request.app.state.secure
    response.set_cookie(name, cookie, max_age=seconds, httponly=True, samesite="lax", secure=secure)


def _forget(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(name, secure=request.app.state.secure, httponly=True, samesite="lax")
