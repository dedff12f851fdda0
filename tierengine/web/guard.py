"""What everything passes: bounds, security headers, and one line in the log, which names a fault by its place alone."""

from __future__ import annotations

import json
import secrets
import sys
import traceback
from asyncio import timeout
from datetime import UTC, datetime
from time import monotonic, perf_counter
from typing import Any, TextIO

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 40 * 2**20
"""The most bytes that a request may send; a source is refused beyond that."""
PATIENCE = 300.0
"""Seconds in which all of it must be there; who sends slower holds nothing up, and is refused."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may load for a page: files of the desk alone, and nothing that stands within a page."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000"}
"""What a browser is sent where the desk is reached by HTTPS: for a year it asks there by nothing else."""


class Log:
    """The log of requests: one line of JSON each, without addresses, forms or contents."""

    def __init__(self, file: TextIO = sys.stderr) -> None:
        self._file = file

    def write(self, **line: Any) -> None:
        """Write a line."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._file.write(json.dumps({"at": at, **line}) + "\n")
        self._file.flush()


class Guard:
    """Passes requests on to the application, and its answers back."""

    def __init__(self, application: ASGIApp, log: Log, *, secure: bool = False) -> None:
        self._application = application
        self._log = log
        self._headers = _HEADERS | (_HTTPS_ALONE if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        passing = _Passing(scope, send, self._headers)
        try:
            await self._application(scope, _Sent(scope, receive).receive, passing.send)
        except Exception as error:  # noqa: BLE001 - its page is sent already, with the number of this request
            passing.broke = f"{type(error).__name__} at {_place(error)}"
        finally:
            self._log.write(**passing.as_json())


class _Sent:
    """What a request sends, refused where it is too large or takes too long."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._until = monotonic() + PATIENCE
        self._whole = False
        length = dict(scope["headers"]).get(b"content-length", b"0")
        self._size = int(length) if length.isdigit() and int(length) > LARGEST else 0
        """The bytes that came; where it is announced that they are too many, nothing is read."""

    async def receive(self) -> Message:
        """Return the next part of it. Raise `HTTPException` 408 or 413."""
        if self._whole:
            return await self._receive()
        if self._size <= LARGEST:
            try:
                async with timeout(self._until - monotonic()):
                    message = await self._receive()
            except TimeoutError:
                raise HTTPException(408, f"It was not whole after {PATIENCE:.0f} seconds. Send it again.") from None
            self._size += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
        if self._size > LARGEST:
            raise HTTPException(413, f"A request holds {LARGEST // 2**20} MB at most. Send fewer or smaller files.")
        return message


class _Passing:
    """One request on its way."""

    def __init__(self, scope: Scope, send: Send, headers: dict[str, str]) -> None:
        self._scope = scope
        self._send = send
        self._headers = headers
        self._begun = perf_counter()
        self.number = secrets.token_hex(4)
        scope.setdefault("state", {})["number"] = self.number
        self.status = 0
        self.broke: str | None = None

    async def send(self, message: Message) -> None:
        """Send a part of the answer, the headers with what guards the page."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)

    def as_json(self) -> dict[str, Any]:
        """What the log says of it."""
        route = getattr(self._scope.get("route"), "path", None)
        values = {
            "request": self.number,
            "who": self._scope.get("state", {}).get("who"),
            "method": self._scope["method"],
            "route": route,
            "status": self.status,
            "ms": round((perf_counter() - self._begun) * 1000, 1),
        }
        return values if self.broke is None else {**values, "broke": self.broke}


def _place(error: BaseException) -> str:
    """Where in the code it broke; the words of the error may hold contents, and are left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "an unknown place"
