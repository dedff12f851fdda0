"""Serves a witness over HTTP: `POST /add-checkpoint`, and `GET /ORIGIN-HASH/checkpoint` for whoever watches.

It speaks plain HTTP/1.1 and keeps connections; TLS is the proxy's. Requests are bounded in number, size and time, and
one line of each goes to the log: the address, what was asked, and the status. Nothing of its body is repeated there.

Source: C2SP tlog-witness (2026).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Any

from tierengine.errors import TierEngineError
from tierengine.ledger.witness import LARGEST, Answer, Witness

_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint")
_LENGTH = re.compile(r"[0-9]{1,9}")
MOST = 64
"""Connections at a time."""
Report = Callable[[str], None]
"""Takes a line of the log."""


def server(witness: Witness, host: str, port: int, report: Report = lambda _: None) -> ThreadingHTTPServer:
    """Return a server of a witness that listens at an address; port 0 takes any that is free."""
    return _Server(report, (host, port), partial(_Handler, witness, report))


class _Server(ThreadingHTTPServer):
    """Serves each connection in a thread of its own, and no more at a time than there is room for."""

    def __init__(self, report: Report, *rest: Any) -> None:
        self._report, self._room = report, BoundedSemaphore(MOST)
        super().__init__(*rest)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin with a connection, or close it if there is no room."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Go through a connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - as Python calls it
        """Log in one line that a connection broke."""
        self._report(f"{client_address[0]} the connection broke: {type(sys.exception()).__name__}")


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "tierengine", ""
    timeout = 15
    """Seconds that a silent connection is kept."""

    def __init__(self, witness: Witness, report: Report, *rest: object) -> None:
        self._witness, self._report = witness, report
        super().__init__(*rest)  # type: ignore[arg-type] # the server gives the socket, the address and itself

    def do_POST(self) -> None:
        """Answer whoever asks for a cosignature."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._give(Answer(404, "there is nothing here\n"), keep=False)
        elif not _LENGTH.fullmatch(length):
            self._give(Answer(411, "a request says how long it is\n"), keep=False)
        elif int(length) > LARGEST:
            self._give(Answer(413, f"a request has at most {LARGEST} bytes\n"), keep=False)
        else:
            self._give(self._asked(self.rfile.read(int(length))))

    def do_GET(self) -> None:
        """Answer whoever watches a ledger."""
        found = _CHECKPOINT.fullmatch(self.path)
        try:
            answer = self._witness.checkpoint(found[1]) if found else Answer(404, "there is nothing here\n")
        except TierEngineError:
            answer = _BROKEN
        self._give(answer)

    def _asked(self, body: bytes) -> Answer:
        try:
            return self._witness.add_checkpoint(body)
        except TierEngineError as error:
            self._report(str(error))
            return _BROKEN

    def _give(self, answer: Answer, *, keep: bool = True) -> None:
        raw = answer.text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(raw)))
        if not keep:  # what was not read of the request would be taken for the next one
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as Python calls it
        """Write a line of the log."""
        self._report(f"{self.address_string()} {(format % args).encode('unicode_escape').decode()}")


_BROKEN = Answer(503, "the witness cannot answer now; ask its operator\n")
