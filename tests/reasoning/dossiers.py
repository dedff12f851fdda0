"""Dossiers made up for the small rulebook, without source documents."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tierengine import yamlfile
from tierengine.evidence.dossier import Casefile, Dossier

_ANSWERS = {
    "victims": ("statistic", "persons", ("0", "99", "100", "5000")),
    "forbidden": ("law", None, ("true", "false")),
    "punished": ("statistic", "persons", ("0", "1", "7")),
    "shelter": ("action", None, ("true", "false")),
    "increase": ("statistic", None, ("true", "false")),
}


def record(indicator: str, value: str, number: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a record as YAML would hold it."""
    kind, unit, _ = _ANSWERS.get(indicator, ("action", None, ()))
    made: dict[str, Any] = {
        "id": f"{indicator}-{number}",
        "kind": kind,
        "measures": indicator,
        "value": value,
        "date": "2007-03-03",
        "actor": {"is": "government", "name": "Nowhere"},
        "at": "07NOWHERE12 ¶1",
        "quote": "made up",
        "reliability": "B",
        "credibility": "2",
    }
    return made | ({"unit": unit} if unit else {}) | changes


def rating(level: str, number: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a person's rating as YAML would hold it."""
    made = {
        "id": f"rating-{number}",
        "kind": "judgement",
        "measures": "significance",
        "question": "Are they?",
        "rating": level,
        "author": "A. Officer",
        "date": "2007-04-01",
        "reasons": "made up",
    }
    return made | changes


def casefile(*records: dict[str, Any], **changes: Any) -> Casefile:
    """Return a casefile that holds the records."""
    values: dict[str, Any] = {
        "id": "nowhere-2007",
        "government": {"country": "XX", "name": "Nowhere"},
        "product": "annual",
        "as_of": "2007-06-12",
        "period": {"first": "2006-04-01", "last": "2007-04-01"},
        "last_report": "2006-06-05",
        "sources": (),
        "records": tuple(records),
    }
    values |= changes
    return Casefile.of(Dossier.model_validate(values), yamlfile.Document("made-up.yaml", b"", values, {}), {})


def records() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Records of which no two contradict each other, some of kinds that do not count, and perhaps a rating."""
    answers = st.fixed_dictionaries({}, optional={name: _answer(name) for name in _ANSWERS})
    ratings = st.lists(st.sampled_from(("met", "not met")).map(rating), max_size=1)
    promises = st.integers(0, 10).map(_promises)
    return st.builds(lambda found, rated, promised: [*found.values(), *rated, *promised], answers, ratings, promises)


def _answer(indicator: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(_ANSWERS[indicator][2]).map(lambda value: record(indicator, value))


def _promises(count: int) -> list[dict[str, Any]]:
    return [record("shelter", "true", number=90 + number, kind="commitment") for number in range(count)]
