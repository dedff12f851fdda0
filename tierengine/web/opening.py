"""A desk that opens soon: its first page answers while all other pages are still being loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock, Thread

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send


class Opening:
    """An application that has its first routes, and takes in the others once one of the first was answered.

    What is asked of any other address before waits for them.
    """

    def __init__(self, inner: ASGIApp, first: Sequence[BaseRoute], others: Callable[[], None]) -> None:
        self._inner = inner
        self._first = tuple(first)
        self._others = others
        self._lock = Lock()
        self._whole = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or self._whole:
            await self._inner(scope, receive, send)
            return
        if not self._is_first(scope):
            await run_in_threadpool(self._complete)
        await self._inner(scope, receive, send)
        if scope["path"] == "/":
            Thread(target=self._complete, name="other pages").start()

    def _is_first(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self._first)

    def _complete(self) -> None:
        with self._lock:
            if not self._whole:
                self._others()
                self._whole = True
