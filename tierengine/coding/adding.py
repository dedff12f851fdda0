"""Sources added to a dossier that stands: their entries, and what their sentences may answer, as proposals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tierengine import canonical
from tierengine.coding.drafting import item_lines, proposed, source_lines
from tierengine.coding.proposing import Setting
from tierengine.coding.starting import opened_sources
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile, Proposed
from tierengine.evidence.rewriting import Rewriting
from tierengine.yamlfile import Document

_NUMBERED = re.compile(r"p([0-9]+)")


@dataclass(frozen=True, slots=True)
class Added:
    """A dossier with more sources: its bytes, and the names of those sources."""

    raw: bytes
    sources: tuple[str, ...]


def with_sources(
    document: Document, casefile: Casefile, sources: Sequence[tuple[str, bytes]], setting: Setting
) -> Added:
    """Return the dossier with more sources, each given by the name of its file beside the dossier and its bytes.

    `document` is the dossier's file, `casefile` what it says. Raise `EvidenceError` with all that is wrong with the
    sources, also that one is in the dossier already, and `ClassifiedError` if one is marked classified.
    """
    if twice := list(_twice(casefile, sources)):
        raise EvidenceError(twice)
    given = opened_sources(sources, known=[each.id for each in casefile.dossier.sources])
    items = tuple(_numbered(_left_open(proposed((each.opened for each in given), setting), casefile), casefile))
    rewriting = Rewriting(document)
    rewriting.append("sources", _lines(source_lines(each) for each in given))
    if items:
        rewriting.append("proposed", _lines(item_lines(each) for each in items))
    return Added(rewriting.raw, tuple(each.opened.id for each in given))


def _twice(casefile: Casefile, sources: Sequence[tuple[str, bytes]]) -> Iterator[Problem]:
    """Files whose bytes are those of a source of the dossier, or of one before them."""
    known = {digest: source.id for source in casefile.dossier.sources for _, digest in source.files}
    for name, raw in sources:
        other = known.setdefault(canonical.digest(raw), name)
        if other != name:
            yield Problem(where=name, what=f"it is the same as {other}, byte for byte", cure="leave it out")


def _left_open(items: Iterable[Proposed], casefile: Casefile) -> Iterator[Proposed]:
    """What is proposed, save silences on what the dossier answers already from other sources."""
    dossier = casefile.dossier
    answered = {each.measures for each in dossier.records} | {each.indicator for each in dossier.silences}
    answered |= {record.measures for each in dossier.proposed for record in each.records}
    return (each for each in items if each.quote or each.records[0].measures not in answered)


def _numbered(items: Iterable[Proposed], casefile: Casefile) -> Iterator[Proposed]:
    """What is proposed, under numbers that follow those of the dossier."""
    dossier = casefile.dossier
    known = (each.id for each in (*dossier.proposed, *dossier.records, *dossier.silences, *dossier.requests))
    last = max((int(found[1]) for name in known if (found := _NUMBERED.fullmatch(name)) is not None), default=0)
    for number, item in enumerate(items, last + 1):
        yield item.model_copy(update={"id": f"p{number}"})


def _lines(items: Iterable[Iterable[str]]) -> list[str]:
    """The lines of some items without indentation."""
    return [line[2:] for lines in items for line in lines]
