"""The parts put together: the guard around the application, access and form tokens before every page, and the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from types import ModuleType

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from tierengine.errors import (
    EvidenceError,
    LedgerError,
    NotInForceError,
    Problem,
    RefusedError,
    RulebookError,
    StoreError,
    TierEngineError,
    UsageError,
)
from tierengine.reports.problems import as_json
from tierengine.web.access import GUEST, may, unlisted
from tierengine.web.changes import ClashError
from tierengine.web.desk import Desk
from tierengine.web.door import Ended, Links, Sessions
from tierengine.web.guard import Guard, Log
from tierengine.web.office import Office
from tierengine.web.opening import Opening
from tierengine.web.pages import FIRST
from tierengine.web.rates import Rates
from tierengine.web.rendering import question_of
from tierengine.web.visit import UnusableError, cookie_name, program_of, visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a desk is served."""

    secret: bytes
    """What cookies and tokens are signed with; 32 bytes that nobody else knows."""
    links: Links | None
    """The links that open once; nothing where people come in otherwise."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    """The names under which it is asked; any other is refused, so that no foreign page reaches it by a trick of DNS."""
    office: Office | None = None
    """How people come in and who they are, where there are many; nothing on loopback."""
    rates: Rates | None = None
    """How often may be asked; nothing on loopback."""
    ended: Ended = field(default_factory=Ended)
    """The sessions that were ended."""

    @property
    def secure(self) -> bool:
        """Whether it is reached by HTTPS alone, so that cookies are never sent without it."""
        return self.office is not None and self.office.secure


def application(desk: Desk, settings: Settings, log: Log) -> ASGIApp:
    """Return the desk as an ASGI application, which takes in most of its pages once the first was sent.

    Raise `ValueError` for a route that the table of access leaves out; of the other pages, when they are taken in.
    """
    inner = FastAPI(
        title="tierengine",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(_admitted)],
        redirect_slashes=False,  # it would send people to the address that the proxy asks at, without HTTPS
    )
    inner.state.desk = desk
    inner.state.sessions = Sessions(settings.secret, settings.ended)
    inner.state.links = settings.links
    inner.state.secure = settings.secure
    inner.state.office = settings.office
    inner.state.rates = settings.rates
    # A browser takes a cookie of this prefix only by HTTPS, for this host alone and for all of it.
    host = "__Host-" if settings.secure else ""
    inner.state.cookie = f"{host}tierengine-{sha256(str(desk.folder.resolve()).encode()).hexdigest()[:8]}"
    _take_in(inner, FIRST)
    first = [route for group in FIRST for route in group.router.routes]
    inner.add_exception_handler(StarletteHTTPException, _refused)
    inner.add_exception_handler(RequestValidationError, _misread)
    inner.add_exception_handler(TierEngineError, _problems)
    inner.add_exception_handler(UnusableError, _unusable)
    inner.add_exception_handler(ClashError, _clash)
    inner.add_exception_handler(Exception, _broke)
    inner.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    inner.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts), www_redirect=False)
    return Guard(Opening(inner, first, lambda: _take_in(inner, _others())), log, secure=settings.secure)


def _take_in(inner: FastAPI, groups: Iterable[ModuleType]) -> None:
    """Add groups of pages."""
    for group in groups:
        if missing := unlisted(group.router.routes):
            raise ValueError(f"no row of web/access.py says who may use {missing}")
        inner.include_router(group.router)


def _others() -> Iterable[ModuleType]:
    from tierengine.web.pages.others import OTHERS  # noqa: PLC0415 - it loads most of the program

    return OTHERS


async def _admitted(request: Request) -> None:
    """Refuse who may not use the route, and a form that was not made for their session."""
    _let_in(request)
    route = request.scope["route"].path
    if may(None, request.method, route):
        return  # for everybody, whoever they are
    here = request.state.visit = await run_in_threadpool(visit, request)
    request.state.who = here.person.name or None
    if not may(here.person, request.method, route):
        if not here.person.roles:
            raise HTTPException(401, "Nobody has come in from this browser yet, or it is too long ago.")
        if GUEST in here.person.roles:
            raise HTTPException(403, "You are not enrolled yet. Make a key on your page; an administrator enrols it.")
        raise HTTPException(403, f"Your roles do not allow this. You are {', '.join(sorted(here.person.roles))}.")
    if request.method not in ("GET", "HEAD") and program_of(request) is None:
        await _own_form(request)


def _let_in(request: Request) -> None:
    """Refuse who does not come through the proxy of an office, and who asks too often."""
    office: Office | None = request.app.state.office
    rates: Rates | None = request.app.state.rates
    address = request.client.host if request.client is not None else ""
    if office is not None:
        if not office.proxy.trusts(address):
            raise HTTPException(403, "This desk answers its own proxy alone. Open it by the address of the office.")
        address = office.proxy.client(address, request.headers)
    if rates is not None:
        sessions: Sessions = request.app.state.sessions
        wait = rates.asked(address, sessions.id(request.cookies.get(cookie_name(request))))
        if wait:
            raise HTTPException(429, f"Ask again in {wait} seconds.", headers={"Retry-After": str(wait)})


async def _own_form(request: Request) -> None:
    token = request.headers.get("x-csrf-token")
    if token is None:
        token = str((await request.form()).get("csrf", ""))
    if not request.app.state.sessions.accepts(request.cookies.get(cookie_name(request)), token):
        raise HTTPException(403, "This form was not made for your session. Open the page anew, and send it again.")


# -- errors as pages -------------------------------------------------------------------------------------------------

_HEADS = {
    400: "That cannot be asked so",
    401: "Please come in first",
    403: "That is not for you to do",
    404: "There is no such page",
    405: "That cannot be done here",
    408: "That took too long",
    409: "Somebody was faster",
    413: "That is too large",
    422: "That cannot be used",
    429: "That was too often",
    500: "Something broke here",
}


def _page(request: Request, status: int, says: str, problems: tuple[Problem, ...] = (), head: str = "") -> Response:
    head = head or _HEADS.get(status, "That did not work")
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": head, "says": says, "problems": as_json(problems)}, status_code=status)
    values = {"head": head, "says": says, "problems": problems, "back": _back(request)}
    return visit(request).page("error.html", http=status, **values)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    says = "" if error.detail == HTTPStatus(error.status_code).phrase else str(error.detail)
    response = _page(request, error.status_code, says)
    response.headers.update(error.headers or {})
    return response


async def _misread(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = tuple(
        Problem(
            where=str(each["loc"][-1]),
            what="is missing" if each["type"] == "missing" else str(each["msg"]).lower(),
            cure="go back, fill it in and send it again",
        )
        for each in error.errors()
    )
    return _page(request, 422, "The form lacks something, or holds what it cannot.", problems)


_AT_FAULT: dict[type[TierEngineError], tuple[str, str]] = {
    RulebookError: ("The law is unsound", "Its files as they stand cannot be used."),
    LedgerError: (
        "The ledger does not hold",
        "What is on record was altered, or its keys are wrong; nothing was written.",
    ),
    StoreError: ("The ledger cannot be used", "The place in which it is kept gives no answer, or refuses."),
}
"""What is at fault where neither the question nor the evidence is."""

_ASKED = (UsageError, NotInForceError, RefusedError)
"""What is wrong with a question, and not with the law or the evidence."""


async def _problems(request: Request, error: Exception) -> Response:
    assert isinstance(error, TierEngineError)
    status = 422 if isinstance(error, EvidenceError) else 400 if isinstance(error, _ASKED) else 500
    head, says = _AT_FAULT.get(type(error), (_HEADS[500], "No answer could be made.")) if status == 500 else ("", "")
    return _page(request, status, says, error.problems, head)


async def _unusable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnusableError)
    says = f"{error.kept.name} cannot be used as it stands. Mend the file; this page then shows the dossier again."
    return _page(request, 422, says, error.kept.problems)


_SENT = {
    "words": "Words",
    "measures": "Question",
    "word": "Question",
    "kind": "What the words are",
    "value": "Value",
    "unit": "Unit",
    "first": "Day, or first day",
    "last": "Last day",
    "undated": "Why no day is given",
    "doer": "By whom",
    "name": "Name in the source",
    "reliability": "The source is",
    "credibility": "What it says is",
    "note": "Note",
    "level": "Level",
    "on": "Day",
    "reasons": "Reasons",
    "reason": "Why",
}
"""What the fields of forms are called that may clash; the others are of the program alone."""


async def _clash(request: Request, error: Exception) -> Response:
    """Show what stands now beside what was sent, which is not lost: it can be sent again, knowing what it replaces."""
    assert isinstance(error, ClashError)
    here = visit(request)
    sent = {key: str(value) for key, value in (await request.form()).items() if key not in ("csrf", "seen")}
    asks = question_of(here.desk.rulebook)
    shown = [(_SENT[key], asks(value)) for key, value in sent.items() if value and key in _SENT]
    return here.page("clash.html", http=409, error=error, sent=sent, shown=shown, back=_back(request))


def _back(request: Request) -> str:
    """The dossier to which an address belongs, if there is one, or all of them."""
    desk: Desk = request.app.state.desk
    parts = request.url.path.split("/")
    of_a_case = parts[1] == "c" and len(parts) > 3 and desk.shelf.find(parts[2], parts[3]) is not None
    return "/".join(parts[:4]) if of_a_case else "/"


async def _broke(request: Request, _: Exception) -> Response:
    """What is sent where something broke: the number under which the log has it, and nothing of its insides."""
    says = f"Nothing you sent was kept. Tell whoever keeps the desk this number: {request.state.number}."
    return _page(request, 500, says)
