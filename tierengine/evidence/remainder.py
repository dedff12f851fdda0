"""A dossier without some of what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tierengine.evidence.dossier import Casefile, Deficiency, NotEvidence, PostRecommendation, Request, Silent
from tierengine.evidence.records import Evidence, Rating

Answering = Evidence | Rating | Silent | Request
"""What answers a question of the law."""

Item = Answering | NotEvidence | Deficiency | PostRecommendation
"""What a dossier holds that comes from a source or from a person."""

_SECTIONS = ("records", "silences", "requests", "not_evidence", "deficiencies")


def items(casefile: Casefile) -> Iterator[Item]:
    """Yield everything in a dossier that comes from a source or from a person."""
    for section in _SECTIONS:
        yield from getattr(casefile.dossier, section)
    if casefile.dossier.post_recommendation is not None:
        yield casefile.dossier.post_recommendation


def answering(casefile: Casefile) -> Iterator[Answering]:
    """Yield everything in a dossier that answers a question of the law."""
    for section in ("records", "silences", "requests"):
        yield from getattr(casefile.dossier, section)


def source_of(item: Item) -> str | None:
    """Return the source that an item comes from; nothing for a person's rating."""
    if isinstance(item, Rating):
        return None
    return item.source if isinstance(item, Silent) else item.at.split(" ", maxsplit=1)[0]


def remainder(casefile: Casefile, keep: Callable[[Item], bool], *, with_last: bool = True) -> Casefile:
    """Return a casefile with those items alone that are kept; its sources stay, and so does everything public.

    The last dossier stays as it is, or goes.
    """
    dossier = casefile.dossier
    changes: dict[str, Any] = {
        section: tuple(item for item in getattr(dossier, section) if keep(item)) for section in _SECTIONS
    }
    changes["questions"] = None  # they repeat what earlier sources and persons said
    post = dossier.post_recommendation
    changes["post_recommendation"] = post if post is not None and keep(post) else None
    last = casefile.last if with_last else None
    changes["last_dossier"] = dossier.last_dossier if last is not None else None
    return Casefile.of(dossier.model_copy(update=changes), casefile.document, casefile.sources, last)
