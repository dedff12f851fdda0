"""Serves the desk: on loopback for one person, with a link that opens once; or for an office, behind its proxy."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import uvicorn

from tierengine.errors import Problem, UsageError
from tierengine.web.application import Settings, application
from tierengine.web.assets.fetch import AssetsError, fetch
from tierengine.web.desk import Desk
from tierengine.web.door import Ended, Links
from tierengine.web.guard import Log
from tierengine.web.office import Office
from tierengine.web.rates import Rates
from tierengine.wholefile import write_whole

HOST = "127.0.0.1"
_ENDED = "ended.json"
"""The file of the sessions that their people ended."""


def serve_on_loopback(desk: Desk, port: int, announce: Callable[[str], None]) -> None:
    """Serve a desk on this machine until it is stopped; with port 0, on one that is free.

    Raise `UsageError` if the port is taken, or the styles and scripts of the pages cannot be had.
    """
    _fetch()
    listening = _listen(HOST, port)
    at = f"http://{HOST}:{listening.getsockname()[1]}"
    links = Links(lambda token: announce(f"{at}/enter?token={token}"))
    state = state_folder(desk.folder)
    settings = Settings(secret=_secret(state), links=links, ended=Ended(state / _ENDED))
    _serve(desk, settings, listening)


def serve_for_office(desk: Desk, office: Office, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve a desk for an office until it is stopped; announce its public address once it listens.

    Raise as `serve_on_loopback` does.
    """
    _fetch()
    listening = _listen(host, port)
    state = state_folder(desk.folder)
    settings = Settings(
        secret=_secret(state),
        links=None,
        hosts=(str(office.public.hostname),),
        office=office,
        rates=Rates(),
        ended=Ended(state / _ENDED),
    )
    announce(office.public.geturl())
    with closing(office):
        _serve(desk, settings, listening)


def _serve(desk: Desk, settings: Settings, listening: socket.socket) -> None:
    with (state_folder(desk.folder) / "requests.log").open("a", encoding="utf-8") as file:
        config = uvicorn.Config(
            application(desk, settings, Log(file)),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whom to believe about addresses is for the desk to say
            timeout_graceful_shutdown=1,
        )
        uvicorn.Server(config).run(sockets=[listening])


def state_folder(folder: Path) -> Path:
    """Return where the desk of a folder keeps its secret and its log, apart from the dossiers."""
    root = os.environ.get("XDG_STATE_HOME")
    name = sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    state = (Path(root) if root else Path.home() / ".local" / "state") / "tierengine" / "desk" / name
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    return state


def _secret(state: Path) -> bytes:
    """What cookies are signed with; it outlives the server, so that a page that is open goes on after a new start."""
    path = state / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        write_whole(path, secrets.token_bytes(32))
    return path.read_bytes()


def _fetch() -> None:
    try:
        fetch()
    except AssetsError as error:
        what, _, cure = str(error).partition("; ")
        raise UsageError([Problem(where="desk", what=what, cure=cure or "see that npm works, and try again")]) from None


def _listen(host: str, port: int) -> socket.socket:
    # With the protocol named, asyncio sends what is small at once, and does not wait for an acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        what = f"the port cannot be used: {error.strerror}"
        cure = (
            "leave --port out: a free one is taken" if host == HOST else "name an address of this machine, or another"
        )
        raise UsageError([Problem(where=f"--port {port}", what=what, cure=cure)]) from None
    listening.listen(128)
    return listening
