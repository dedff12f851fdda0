"""What a page is given: the desk, who asks, the dossier of the address; and how it renders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from tierengine.evidence.dossier import Casefile
from tierengine.evidence.handling import cleared_for
from tierengine.law.rulebook import Law
from tierengine.ledger.keys import plain_name
from tierengine.web.access import Person, in_part, may
from tierengine.web.desk import Desk
from tierengine.web.door import Sessions
from tierengine.web.office import Office
from tierengine.web.rendering import render
from tierengine.web.shelf import Kept

SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Countries", (("What waits on you", "/"), ("A new dossier", "/new"))),
    ("Law", (("The law of a day", "/law"), ("Coverage of the statute", "/law/coverage"), ("Changes", "/changes"))),
    ("Audit", (("Like cases", "/audit/like-cases"), ("Raters who differ", "/audit/robust"))),
    ("Ledger", (("Everything on record", "/ledger"), ("People", "/people"))),
)
"""The sections in the head of every page, and the pages of each under it, where the person may open them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of one person."""

    request: Request
    desk: Desk
    person: Person
    """Who asks; where nobody came in, a person without name and roles."""
    form_token: Callable[[], str]
    program_token: Callable[[], str]
    """A token by which a program of the person comes in."""

    def page(self, template: str, http: int = 200, **values: Any) -> HTMLResponse:
        """Render a page or a part of one."""
        return HTMLResponse(render(template, here=self, csrf=self.form_token, **values), status_code=http)

    def may(self, method: str, route: str) -> bool:
        """Say whether the person may use a route, so that a page offers only what they can do."""
        return may(self.person, method, route)

    @property
    def navigation(self) -> tuple[tuple[str, str, bool], ...]:
        """The sections in the head: name, address of its first page, and whether this page is of it."""
        here = self._place
        found = ((name, self._open(pages)) for name, pages in SECTIONS)
        return tuple((name, pages[0][1], here in {at for _, at in pages}) for name, pages in found if pages)

    @property
    def pages_beside(self) -> tuple[tuple[str, str, bool], ...]:
        """The pages of this section, where there are several: name, address, and whether it is this one."""
        here = self._place
        pages = next((pages for _, pages in SECTIONS if here in {at for _, at in pages}), ())
        found = self._open(pages)
        return tuple((name, at, at == here) for name, at in found) if len(found) > 1 else ()

    def _open(self, pages: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, at) for name, at in pages if self.may("GET", at))

    @property
    def _place(self) -> str:
        """The page of a section to which this one belongs: the longest address that begins its own."""
        path = self.request.url.path
        known = (at for _, pages in SECTIONS for _, at in pages)
        return max((at for at in known if path == at or path.startswith(f"{at}/")), key=len, default="")

    @property
    def corpus(self) -> Path | None:
        """The folder of the dossiers, for what looks at all of them; nothing where the person is not shown all."""
        withheld = any(each.withheld for each in self.desk.all_shown(self.person.cleared))
        return None if withheld else self.desk.folder

    @property
    def census(self) -> Path | None:
        """What the census of a change of law is taken over; nothing where the person is not shown all dossiers."""
        return None if self.corpus is None else self.desk.cases or self.corpus

    @property
    def in_office(self) -> bool:
        """Whether many people share the desk, each by their own name."""
        return self.request.app.state.office is not None

    @property
    def still_in(self) -> bool:
        """Whether the session in which this is asked goes on: what is streamed ends with it."""
        return _come_in(self.request, self.request.cookies.get(cookie_name(self.request))) is not None

    @property
    def by_script(self) -> bool:
        """Whether script asks for a part of a page, and not the browser for a whole one."""
        return "hx-request" in self.request.headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The dossier of the address, which can be used."""

    kept: Kept
    casefile: Casefile
    law: Law

    @property
    def address(self) -> str:
        """The address of its pages."""
        return self.kept.address

    @property
    def titles(self) -> dict[str, str]:
        """The title of each criterion, by its code."""
        return {name: each.title for name, each in self.law.criteria_by_id.items()}


class UnusableError(Exception):
    """The dossier of the address stands in the folder, and cannot be used as it is."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(kept.name)
        self.kept = kept


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie: another for each desk of a machine, which share one host."""
    return str(request.app.state.cookie)


def visit(request: Request) -> Visit:
    """Return who asks and for what. It is found out once a request: a cookie that is read again costs as much again."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is not None:
        return known
    sessions: Sessions = request.app.state.sessions
    cookie = request.cookies.get(cookie_name(request))
    person = _person(request, cookie)
    return Visit(
        request=request,
        desk=request.app.state.desk,
        person=person,
        form_token=cache(partial(sessions.form_token, cookie)),
        program_token=lambda: sessions.program_token(person, sessions.session_of(cookie, program_of(request))),
    )


async def _known(request: Request) -> Visit:
    """The visit that was made when roles were looked at; so none is made twice, and no thread waited for."""
    known: Visit | None = getattr(request.state, "visit", None)
    return known if known is not None else await run_in_threadpool(visit, request)


def _person(request: Request, cookie: str | None) -> Person:
    """Who asks; it is found out once a request. In an office the session gives the name, and the register all else."""
    found: Person | None = getattr(request.state, "person", None)
    if found is None:
        nobody = Person(name="", roles=frozenset(), cleared=cleared_for(()))
        request.state.person = nobody  # whom the page of an error is for, if the register cannot be read
        found = request.state.person = _come_in(request, cookie) or nobody
    return found


def _come_in(request: Request, cookie: str | None) -> Person | None:
    sessions: Sessions = request.app.state.sessions
    office: Office | None = request.app.state.office
    token = program_of(request)
    known = sessions.program(token) if token is not None else sessions.person(cookie)
    if office is None or known is None:
        return known
    # Where the proxy names people, a session of somebody else than it names now is none.
    named = office.proxy.name(request.headers)
    if office.proxy.header is not None and token is None and plain_name(named) != plain_name(known.name):
        return None
    return office.person(known.name)


def program_of(request: Request) -> str | None:
    """Return the token that a program shows; browsers send none by themselves, so that it needs no form token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def case(request: Request, country: str, edition: str) -> Case:
    """Return the dossier of an address, as it is shown to who asks.

    Raise `HTTPException` 404 if there is none, `UnusableError` if it cannot be used, and what `law_of` raises.
    """
    desk: Desk = request.app.state.desk
    kept = desk.shelf.find(country, edition)
    if kept is None:
        raise HTTPException(404, f"No dossier in this folder is on {country} for {edition}.")
    kept = desk.shown(kept, visit(request).person.cleared)
    if kept.casefile is None:
        raise UnusableError(kept)
    if kept.withheld and not in_part(request.method, request.scope["route"].path):
        raise HTTPException(403, "This shows or changes a dossier as a whole, and you are not cleared for all of it.")
    return Case(kept=kept, casefile=kept.casefile, law=desk.answers.law(kept.casefile))


def seen_again(address: str) -> RedirectResponse:
    """Send the browser to a page after a form was taken, so that going back does not send it twice."""
    return RedirectResponse(address, status_code=303)


Here = Annotated[Visit, Depends(_known)]
TheCase = Annotated[Case, Depends(case)]
