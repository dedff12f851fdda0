"""Who may do what: every route of the desk with its roles, in one place. A test walks it with every role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from tierengine.evidence.handling import EVERYTHING, Mark

Role = Literal["reader", "officer", "auditor", "policy", "determiner", "administrator", "guest"]

ROLES: tuple[Role, ...] = ("reader", "officer", "auditor", "policy", "determiner", "administrator")

EVERYONE: frozenset[Role] | None = None
"""Also those who have not come in."""
ALL = frozenset(ROLES)

GUEST: Role = "guest"
"""Who came in to an office, and is not in its register of people."""
NAMED: frozenset[Role] = ALL | {GUEST}
"""Everybody who came in."""
OFFICERS: frozenset[Role] = frozenset({"officer"})

POLICY: frozenset[Role] = frozenset({"policy"})
"""Who may draft and propose changes of the law."""
WORKERS: frozenset[Role] = ALL - {"reader"}
"""Who may have the machine do long work."""

_CASE = "/c/{country}/{edition}"
_API_CASE = "/api/v1/dossiers/{country}/{edition}"

ACCESS: dict[tuple[str, str], frozenset[Role] | None] = {
    ("GET", "/enter"): EVERYONE,
    ("GET", "/enter/back"): EVERYONE,
    ("GET", "/static/{path:path}"): EVERYONE,
    ("GET", "/left"): EVERYONE,
    ("GET", "/leave/there"): EVERYONE,
    ("POST", "/leave"): NAMED,
    ("GET", "/"): ALL,
    ("GET", "/countries.{form}"): ALL,
    ("GET", "/keys"): NAMED,
    ("GET", "/you"): NAMED,
    ("POST", "/you"): NAMED,
    ("GET", "/new"): OFFICERS,
    ("POST", "/new"): OFFICERS,
    ("GET", _CASE): ALL,
    ("GET", f"{_CASE}/record"): ALL,
    ("POST", f"{_CASE}/record/verify"): ALL,
    ("GET", f"{_CASE}/record/{{number}}/packet.zip"): ALL,
    ("POST", f"{_CASE}/record/record"): OFFICERS,
    ("POST", f"{_CASE}/record/position"): frozenset({"officer", "determiner"}),
    ("POST", f"{_CASE}/record/determination"): frozenset({"determiner"}),
    ("POST", f"{_CASE}/record/review"): ALL - {"reader", "administrator"},
    ("GET", "/ledger"): ALL,
    ("GET", "/ledger.{form}"): ALL,
    ("POST", "/ledger/begin"): frozenset({"administrator"}),
    ("GET", "/sign/{name}"): ALL,
    ("POST", "/sign/{name}"): ALL,
    ("POST", "/you/key"): NAMED,
    ("GET", "/people"): ALL,
    ("POST", "/people/enrol"): frozenset({"administrator"}),
    ("POST", "/people/withdraw"): frozenset({"administrator"}),
    ("GET", "/changes"): ALL,
    ("GET", "/changes/{number}"): ALL,
    ("POST", "/changes/{number}/review"): ALL - {"reader", "administrator"},
    ("POST", "/changes/{number}/adopt"): POLICY,
    ("POST", "/changes/{number}/write"): POLICY,
    ("POST", "/law/propose"): POLICY,
    ("GET", "/audit/like-cases"): WORKERS,
    ("GET", "/audit/robust"): WORKERS,
    ("GET", "/audit/like-cases.{form}"): WORKERS,
    ("GET", "/audit/robust.{form}"): WORKERS,
    ("GET", "/law"): ALL,
    ("GET", "/law/edit"): POLICY,
    ("POST", "/law/edit"): POLICY,
    ("GET", "/law/{name}/edit"): POLICY,
    ("GET", "/law/work/{work}"): POLICY,
    ("GET", "/law/coverage"): ALL,
    ("GET", "/law/questions.{form}"): ALL,
    ("GET", "/law/{name}"): ALL,
    ("GET", "/api/v1/docs"): ALL,
    ("GET", "/api/v1/openapi.json"): ALL,
    ("GET", "/api/v1/dossiers"): ALL,
    ("GET", f"{_API_CASE}/assess"): ALL,
    ("GET", f"{_API_CASE}/rate"): ALL,
    ("GET", f"{_API_CASE}/settle"): ALL,
    ("GET", f"{_API_CASE}/path"): ALL,
    ("GET", f"{_API_CASE}/check"): ALL,
    ("POST", "/api/v1/assess"): ALL,
    ("GET", "/api/v1/questions"): ALL,
    ("POST", "/api/v1/work"): WORKERS,
    ("GET", "/api/v1/work/{work}"): WORKERS,
    ("DELETE", "/api/v1/work/{work}"): WORKERS,
    ("GET", "/api/v1/work/{work}/events"): WORKERS,
    ("GET", "/api/v1/ledger"): ALL,
    ("GET", "/api/v1/ledger/verify"): ALL,
    ("GET", f"{_CASE}/records.{{form}}"): ALL,
    ("GET", f"{_CASE}/events"): ALL,
    ("GET", f"{_CASE}/source"): OFFICERS,
    ("POST", f"{_CASE}/source"): OFFICERS,
    ("GET", f"{_CASE}/workbook"): OFFICERS,
    ("POST", f"{_CASE}/workbook"): OFFICERS,
    ("GET", f"{_CASE}/draft"): OFFICERS,
    ("POST", f"{_CASE}/draft"): OFFICERS,
    ("POST", f"{_CASE}/accept"): OFFICERS,
    ("POST", f"{_CASE}/refuse"): OFFICERS,
    ("POST", f"{_CASE}/no-evidence"): OFFICERS,
    ("POST", f"{_CASE}/remove"): OFFICERS,
    ("POST", f"{_CASE}/undo"): OFFICERS,
    ("GET", f"{_CASE}/rate"): ALL,
    ("POST", f"{_CASE}/rate"): OFFICERS,
    ("GET", f"{_CASE}/what-if"): ALL,
    ("GET", f"{_CASE}/ask"): ALL,
    ("GET", f"{_CASE}/ask/plan"): ALL,
    ("GET", f"{_CASE}/ask/{{file}}"): ALL,
    ("GET", f"{_CASE}/years"): ALL,
    ("GET", f"{_CASE}/papers"): ALL,
    ("GET", f"{_CASE}/papers/{{file}}"): ALL,
    ("GET", f"{_CASE}/why"): ALL,
}

_IN_PART = frozenset(
    (
        *(_CASE + end for end in ("", "/events", "/rate", "/what-if", "/ask", "/ask/plan", "/ask/{file}", "/years")),
        *(_CASE + end for end in ("/papers", "/papers/{file}", "/why", "/records.{form}")),
        *(_API_CASE + end for end in ("/assess", "/rate", "/settle", "/path", "/check")),
    )
)
"""The routes on a dossier of which those who are not cleared for all of it are shown a part: they read what `Case`
holds, and nothing else of the dossier. All others are refused to them."""


def in_part(method: str, route: str) -> bool:
    """Say whether a route shows of a dossier only what somebody is cleared for."""
    return method in ("GET", "HEAD") and route in _IN_PART


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: the name under which they write, and their roles."""

    name: str
    roles: frozenset[Role]
    cleared: Mark = EVERYTHING
    """The strictest mark whose bearers they are shown. On loopback a person has the files themselves."""


def may(person: Person | None, method: str, route: str) -> bool:
    """Say whether a person (nobody, if none came in) may use a route. A route in no row is for nobody."""
    allowed = ACCESS.get(("GET" if method == "HEAD" else method, route), frozenset())
    if allowed is None:
        return True
    return person is not None and bool(person.roles & allowed)


def unlisted(given: Iterable[BaseRoute]) -> tuple[tuple[str, str], ...]:
    """Return those of some routes that stand in no row of the table: method and shape of the address."""
    return tuple(sorted(set(shapes(given)) - set(ACCESS)))


def shapes(given: Iterable[BaseRoute]) -> tuple[tuple[str, str], ...]:
    """Return the methods and the shapes of the addresses of some routes."""
    found = (route for route in given if isinstance(route, APIRoute))
    return tuple((method, route.path) for route in found for method in sorted(route.methods or ()) if method != "HEAD")
