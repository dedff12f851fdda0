"""An office that is served for the tests: who comes in is named by a header, as a proxy would, or by a provider."""

from __future__ import annotations

import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from tests.web.conftest import SECRET, Visitor
from tierengine.ledger.keys import plain_name
from tierengine.ledger.notes import base64, from_base64
from tierengine.web.announced import Announced
from tierengine.web.answers import Answers
from tierengine.web.application import Settings, application
from tierengine.web.book import Book
from tierengine.web.changes import Changes
from tierengine.web.desk import Desk
from tierengine.web.guard import Log
from tierengine.web.lawbook import Lawbook
from tierengine.web.office import Office, Proxy
from tierengine.web.provider import Provider
from tierengine.web.rates import Rates
from tierengine.web.shelf import Shelf

HEADER = "X-Remote-User"
ADMINISTRATOR = "Ann Lee"


@contextmanager
def listening(application: ASGIApp, at: socket.socket) -> Iterator[None]:
    """Serve an application at a socket, in a thread of its own."""
    config = uvicorn.Config(application, log_level="error", proxy_headers=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [at]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class InOffice:
    """A desk that is served for an office."""

    desk: Desk
    at: str
    log: io.StringIO
    members: list[Member] = field(default_factory=list)

    def person(self, name: str, **options: object) -> Member:
        """Return somebody whom the proxy names, and who came in."""
        member = Member(self.at, name, **options)
        self.members.append(member)
        entered = member.get("/enter")
        assert entered.status_code == 200, self.log.getvalue()
        return member


class Member(Visitor):
    """A person of the office, with a key as a browser would hold it."""

    def __init__(self, at: str, name: str, **options: object) -> None:
        settings = {
            "base_url": at,
            "headers": {HEADER: name.encode()},
            "follow_redirects": True,
            "timeout": 60,
        } | options
        super().__init__(**settings)  # type: ignore[arg-type]
        self.name = name
        self.key = Ed25519PrivateKey.generate()
        self.public = base64(self.key.public_key().public_bytes_raw())

    def announce(self, office: str = "Country desk") -> httpx.Response:
        """Announce the key."""
        return self.send_form("/you", "/you/key", office=office, key=self.public)

    def sign(self, shown: httpx.Response) -> httpx.Response:
        """Sign what is shown, as sign.js does, and return the page after it."""
        assert shown.url.path.startswith("/sign/"), shown.text
        return self.send_form(shown.url.path, shown.url.path, signature=self.signature(shown))

    def signature(self, shown: httpx.Response) -> str:
        """Return the signature of what is shown."""
        coded = re.search(r'data-bytes="([^"]+)"', shown.text)
        assert coded is not None
        return base64(self.key.sign(from_base64(coded[1]) or b""))

    def enrol(self, other: Member, *roles: str, cleared: str = "") -> httpx.Response:
        """Enrol somebody who announced a key."""
        fields = {"name": other.name, "office": "Country desk", "key": other.public, "cleared": cleared}
        shown = self.send_form("/people", "/people/enrol", **fields, roles=list(roles), reasons="joins the desk")
        return self.sign(shown)

    def withdraw(self, name: str) -> httpx.Response:
        """Withdraw somebody's key."""
        return self.sign(self.send_form("/people", "/people/withdraw", name=name, reasons="leaves the desk"))


def begun(office: InOffice) -> Member:
    """Begin the ledger and its register, and return the administrator, who may write and determine as well."""
    ann = office.person(ADMINISTRATOR)
    assert ann.announce().status_code == 200
    assert ann.sign(ann.send_form("/ledger", "/ledger/begin", origin="example.gov/office")).status_code == 200
    assert ann.enrol(ann, "administrator", "officer", "policy").status_code == 200
    return ann


@contextmanager
def an_office(
    folder: Path,
    lawbook: Lawbook,
    answers: Answers,
    *,
    scheme: str = "http",
    provider: Provider | None = None,
    rates: Rates | None = None,
    at: socket.socket | None = None,
) -> Iterator[InOffice]:
    """Serve a desk for an office."""
    shelf = Shelf(folder)
    announced = Announced(folder / ".announced.json")
    desk = Desk(
        shelf=shelf,
        lawbook=lawbook,
        answers=answers,
        changes=Changes(shelf, answers),
        book=Book(str(folder / "ledger.sqlite"), folder / "keys", announced=announced),
    )
    with at or socket.create_server(("127.0.0.1", 0)) as socket_:
        port = socket_.getsockname()[1]
        proxy = Proxy(None if provider else HEADER.lower(), (ip_network("127.0.0.1"),))
        public = urlsplit(f"{scheme}://127.0.0.1:{port}")
        office = Office(desk.book, public, proxy, provider=provider, first=plain_name(ADMINISTRATOR))
        settings = Settings(secret=SECRET, links=None, hosts=("127.0.0.1",), office=office, rates=rates)
        log = io.StringIO()
        with closing(office), listening(application(desk, settings, Log(log)), socket_):
            served = InOffice(desk, f"http://127.0.0.1:{port}", log)
            yield served
            for member in served.members:
                member.close()
