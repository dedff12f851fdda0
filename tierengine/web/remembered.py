"""What was recommended when the desk was open last, so that the list of countries is there as soon as it opens again.

It is kept by the digests of all that an answer is made from: the dossier with its sources, the law, and the program.
Each was made by both engines. It serves the list alone: the pages of a dossier have its answer made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from pydantic import TypeAdapter, ValidationError

from tierengine import canonical
from tierengine.evidence.dossier import Casefile
from tierengine.law.cache import keep, kept
from tierengine.reasoning.assessment import Recommended, Status
from tierengine.terms.tier import Tier

_MOST = 1000
"""Answers that are kept at most, the newest."""
_MADE_BY = ("terms", "law", "evidence", "engines", "reasoning")
"""The packages of the program whose code an answer depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InShort:
    """What a list says of a recommendation; see `Recommended`."""

    tier: Tier | None
    settled: bool
    status: Status
    open_tiers: tuple[Tier, ...]

    @classmethod
    def of(cls, found: Recommended) -> InShort:
        """Return a recommendation in short."""
        return cls(tier=found.tier, settled=found.settled, status=found.status, open_tiers=found.open_tiers)


_Known = TypeAdapter(dict[str, InShort])


class Remembered:
    """The answers of a folder, in a file that can be lost at any time; without a folder for it, in memory alone."""

    def __init__(self, cache: Path | None, folder: Path) -> None:
        self._cache = cache / "desk" if cache is not None else None
        self._name = canonical.digest(f"{folder.resolve()} {canonical.digest_of_code(_MADE_BY)}".encode()).removeprefix(
            "sha256:"
        )
        self._lock = Lock()
        self._known = self._read()
        self._new = False

    def find(self, casefile: Casefile, rulebook: str) -> InShort | None:
        """Return what is known of a dossier under the rulebook of a digest."""
        return self._known.get(_key(casefile, rulebook))

    def add(self, casefile: Casefile, rulebook: str, found: InShort) -> None:
        """Keep an answer until `write` is called."""
        with self._lock:
            self._known[_key(casefile, rulebook)] = found
            self._new = True

    def write(self) -> None:
        """Put what was added into the file; where that cannot be written it is worked out anew next time."""
        with self._lock:
            if self._new and self._cache is not None:
                newest = dict(list(self._known.items())[-_MOST:])
                keep(self._cache, self._name, _Known.dump_json(newest))
            self._new = False

    def _read(self) -> dict[str, InShort]:
        raw = kept(self._cache, self._name) if self._cache is not None else None
        try:
            return _Known.validate_json(raw) if raw is not None else {}
        except ValidationError:
            return {}


def _key(casefile: Casefile, rulebook: str) -> str:
    return f"{casefile.digest} {casefile.document.name} {rulebook}"
