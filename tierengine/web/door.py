"""How a person comes in: a link that opens once, a signed session, and a token in every form.

The tokens of itsdangerous are signed with HMAC; each use has a salt of its own, so that none can stand for another.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from time import time
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from tierengine.web.access import ROLES, Person
from tierengine.wholefile import write_whole

HOURS = 12
"""How long a session lasts."""
_TOO_OLD = HOURS * 3600
JOURNEY = 600
"""Seconds in which somebody who went to sign in elsewhere must be back."""


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


class Ended:
    """The sessions that their people ended, in a file, so that none of them opens a desk that was started anew."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = Lock()
        self._since: dict[str, float] = {}
        if path is not None and path.exists():
            self._since = {str(name): float(at) for name, at in json.loads(path.read_bytes()).items()}

    def add(self, session: str) -> None:
        """End a session; it is in the file before this returns. What is too old to open anything is let go of."""
        with self._lock:
            now = time()
            left = {name: at for name, at in self._since.items() if now - at < _TOO_OLD}
            self._since = left | {session: now}
            if self._path is not None:
                write_whole(self._path, json.dumps(self._since).encode())

    def __contains__(self, session: object) -> bool:
        """Say whether a session was ended."""
        return session in self._since


class Sessions:
    """Signed cookies that say who came in, and tokens that say a form was made for this very session."""

    def __init__(self, secret: bytes, ended: Ended | None = None) -> None:
        self._ended = Ended() if ended is None else ended
        self._cookies = URLSafeTimedSerializer(secret, salt="session")
        self._forms = URLSafeTimedSerializer(secret, salt="form")
        self._journeys = URLSafeTimedSerializer(secret, salt="journey")
        self._programs = URLSafeTimedSerializer(secret, salt="program")

    def begin(self, person: Person) -> str:
        """Return the cookie of a new session; whatever cookie a browser had before counts no more."""
        return self._cookie(secrets.token_urlsafe(16), person)

    def renamed(self, cookie: str, person: Person) -> str:
        """Return the cookie of the same session for a person who changed their name."""
        return self._cookie(self._of(cookie)["id"], person)

    def end(self, cookie: str | None) -> None:
        """End the session of a cookie, and the tokens of programs that were given out in it: neither opens again."""
        if session := self._of(cookie).get("id"):
            self._ended.add(str(session))

    def person(self, cookie: str | None) -> Person | None:
        """Return who a cookie says came in; nobody if it is not ours, too old, or of a session that was ended."""
        claims = self._of(cookie)
        return _person(claims) if claims else None

    def journey(self, kept: Mapping[str, str]) -> str:
        """Return the cookie of who went to sign in elsewhere: what they must bring back."""
        return self._journeys.dumps(dict(kept))

    def brought_back(self, cookie: str | None) -> dict[str, str]:
        """Return what such a cookie holds; nothing if it is not ours, or too old."""
        try:
            claims = self._journeys.loads(cookie or "", max_age=JOURNEY)
        except BadData:
            return {}
        return {str(name): str(each) for name, each in claims.items()} if isinstance(claims, dict) else {}

    def id(self, cookie: str | None) -> str | None:
        """Return what identifies the session of a cookie; nothing if it is none of ours."""
        found = self._of(cookie).get("id")
        return None if found is None else str(found)

    def program_token(self, person: Person, session: str | None = None) -> str:
        """Return a token by which a program of a person comes in; it lasts as long as a session, and no longer."""
        return self._programs.dumps({"name": person.name, "roles": sorted(person.roles), "of": session})

    def program(self, token: str) -> Person | None:
        """Return whose program shows a token; nobody if it is not ours, too old, or of a session that was ended."""
        claims = self._program(token)
        return _person(claims) if claims else None

    def session_of(self, cookie: str | None, token: str | None) -> str | None:
        """Return the session to which a cookie, or the token of a program, belongs."""
        return self.id(cookie) if token is None else self._program(token).get("of")

    def _program(self, token: str) -> dict[str, Any]:
        try:
            claims = self._programs.loads(token, max_age=_TOO_OLD)
        except BadData:
            return {}
        return claims if isinstance(claims, dict) and claims.get("of") not in self._ended else {}

    def form_token(self, cookie: str | None) -> str:
        """Return a token for the forms of a session. Each is another text, so that its length reveals nothing of it."""
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
            claims = self._cookies.loads(cookie or "", max_age=_TOO_OLD)
        except BadData:
            return {}
        return claims if isinstance(claims, dict) and claims.get("id") not in self._ended else {}


def _person(values: dict[str, Any]) -> Person:
    roles = frozenset(role for role in ROLES if role in values.get("roles", ()))
    return Person(name=str(values["name"]), roles=roles)
