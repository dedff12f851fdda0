"""How a person comes in: a link that opens once, a signed session, and a token in every form.

The tokens of itsdangerous are signed with HMAC; each use has a salt of its own, so that none can stand for another.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from threading import Lock
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from tierengine.web.access import ROLES, Person

HOURS = 12
"""How long a session lasts."""
_TOO_OLD = HOURS * 3600


class Links:
    """Links that open once. When one is used the next is announced, for another browser."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._lock = Lock()
        self._token = ""
        self._renew()

    def use(self, token: str) -> bool:
        """Say whether a token opens now; it never does again."""
        with self._lock:
            opens = hmac.compare_digest(token.encode(), self._token.encode())
            if opens:
                self._renew()
            return opens

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(32)
        self._announce(self._token)


class Sessions:
    """Signed cookies that say who came in, and tokens that say a form was made for this very session."""

    def __init__(self, secret: bytes) -> None:
        self._cookies = URLSafeTimedSerializer(secret, salt="session")
        self._forms = URLSafeTimedSerializer(secret, salt="form")
        self._programs = URLSafeTimedSerializer(secret, salt="program")

    def begin(self, person: Person) -> str:
        """Return the cookie of a new session; whatever cookie a browser had before counts no more."""
        return self._cookie(secrets.token_urlsafe(16), person)

    def renamed(self, cookie: str, person: Person) -> str:
        """Return the cookie of the same session for a person who changed their name."""
        return self._cookie(self._of(cookie)["id"], person)

    def person(self, cookie: str | None) -> Person | None:
        """Return who a cookie says came in; nobody if it is not ours, or too old."""
        told = self._of(cookie)
        return _person(told) if told else None

    def program_token(self, person: Person) -> str:
        """Return a token by which a program of a person comes in; it lasts as long as a session."""
        return self._programs.dumps({"name": person.name, "roles": sorted(person.roles)})

    def program(self, token: str) -> Person | None:
        """Return whose program shows a token; nobody if it is not ours, or too old."""
        try:
            return _person(self._programs.loads(token, max_age=_TOO_OLD))
        except BadData:
            return None

    def form_token(self, cookie: str | None) -> str:
        """Return a token for the forms of a session. Each is another text, so that its length tells nothing of it."""
        return self._forms.dumps([self._of(cookie).get("id", ""), secrets.token_urlsafe(8)])

    def accepts(self, cookie: str | None, token: str | None) -> bool:
        """Say whether a token was made for the session of this cookie."""
        try:
            of, _ = self._forms.loads(token or "", max_age=_TOO_OLD)
        except (BadData, ValueError, TypeError):
            return False
        session = self._of(cookie).get("id")
        return bool(session) and hmac.compare_digest(str(of).encode(), str(session).encode())

    def _cookie(self, session: str, person: Person) -> str:
        return self._cookies.dumps({"id": session, "name": person.name, "roles": sorted(person.roles)})

    def _of(self, cookie: str | None) -> dict[str, Any]:
        try:
            told = self._cookies.loads(cookie or "", max_age=_TOO_OLD)
        except BadData:
            return {}
        return told if isinstance(told, dict) else {}


def _person(told: dict[str, Any]) -> Person:
    roles = frozenset(role for role in ROLES if role in told.get("roles", ()))
    return Person(name=str(told["name"]), roles=roles)
