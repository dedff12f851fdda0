"""Where statements come from: records that repeat one another, or one report, have one origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tierengine.evidence.records import Evidence, Record


def origins_of(records: Iterable[Record]) -> dict[str, str]:
    """Return the origin of each record of fact: the record or the report at the end of what it repeats, or itself."""
    written = {record.id: record.origin for record in records if isinstance(record, Evidence)}
    return {name: _last(name, written) for name in written}


def chain(name: str, written: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a record and what it repeats, then what that repeats, and so on; each once."""
    seen: set[str] = set()
    following: str | None = name
    while following is not None and following not in seen:
        seen.add(following)
        yield following
        following = written.get(following)


def _last(name: str, written: Mapping[str, str | None]) -> str:
    *_, last = chain(name, written)
    return last
