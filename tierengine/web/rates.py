"""How often may be asked: for each session and for each address, so that nobody keeps the desk from the others.

Each has a bucket of requests, which fills again at an even rate; who asks with an empty one hears how long to wait.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from threading import Lock
from time import monotonic

_MOST = 10_000
"""Buckets that are kept at most; those used longest ago go first, and are full again by then."""


class Rates:
    """Counts requests. The limits are requests a minute; as many may come at once."""

    def __init__(
        self, *, session: int = 600, address: int = 3000, stranger: int = 120, clock: Callable[[], float] = monotonic
    ) -> None:
        self._session = session
        self._address = address
        """Many people may ask from behind one address."""
        self._stranger = stranger
        """For an address from which nobody has come in: coming in takes a few requests."""
        self._clock = clock
        self._lock = Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        """What is left of each, and when that was."""

    def asked(self, address: str, session: str | None) -> int:
        """Count a request; return 0 if it may be answered, else the seconds after which one may."""
        with self._lock:
            own = ("stranger", address) if session is None else ("session", session)
            wait = self._take(own, self._stranger if session is None else self._session)
            return wait or (self._take(("address", address), self._address) if session is not None else 0)

    def _take(self, key: tuple[str, str], most: int) -> int:
        now = self._clock()
        left, then = self._buckets.pop(key, (float(most), now))
        left = min(float(most), left + (now - then) * most / 60)
        enough = left >= 1
        self._buckets[key] = (left - 1 if enough else left, now)
        while len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return 0 if enough else ceil((1 - left) * 60 / most)
