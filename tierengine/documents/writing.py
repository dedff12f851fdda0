"""A template filled in: a document drafted from what is known, with its grounds, and blanks for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tierengine.documents.blocks import BLOCKS, Fact, Taken
from tierengine.documents.draft import Blank, Draft, Exhibit, Paragraph, Said, Section
from tierengine.documents.matter import ANSWER, Matter
from tierengine.documents.templates import Block, Fits, Kind, Part, clause
from tierengine.errors import Problem, UsageError

ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
"""In which a sentence is filled in: it reaches nothing but the values that it is given."""


def write(kind: Kind, matter: Matter, made_from: tuple[tuple[str, str], ...] = ()) -> Draft:
    """Return a document of a kind. Raise `UsageError` if the case does not ask for it."""
    _check(kind, matter)
    about = matter.about()
    sections = tuple(
        Section(
            part.id,
            filled(part.heading, about),
            None if part.required_by is None else clause(part.required_by),
            tuple(_paragraphs(part.blocks, matter, about)) or tuple(_nothing(part, about)),
        )
        for part in kind.parts
    )
    draft = Draft(
        kind=kind.id,
        day=matter.law.as_of,
        title=filled(kind.title, about),
        purpose=filled(kind.purpose, about),
        marking=matter.marking,
        notes=(),
        sections=sections,
        exhibits=(),
        made_from=made_from,
    )
    return _noted(draft, matter)


def filled(says: str, about: Mapping[str, str], item: Mapping[str, str] | None = None) -> str:
    """Return a sentence of a template with its values."""
    values: dict[str, object] = {**about} if item is None else {**about, "item": item}
    return " ".join(_compiled(says).render(values).split())


@cache
def _compiled(says: str) -> Template:
    return ENVIRONMENT.from_string(says)


# -- whether it is asked for ----------------------------------------------------------------------------------------


def _check(kind: Kind, matter: Matter) -> None:
    about = matter.about()
    problems = [
        Problem(where=matter.casefile.document.name, what=filled(rule.otherwise, about), cure=filled(rule.cure, about))
        for rule in kind.applies
        if not holds(rule, matter)
    ]
    if problems:
        raise UsageError(problems[:1])


def applies(kind: Kind, matter: Matter) -> bool:
    """Say whether a case asks for a kind of document."""
    return all(holds(rule, matter) for rule in kind.applies)


def holds(rule: Fits, matter: Matter) -> bool:
    """Say whether what a document needs is so."""
    moved = {None: True, "either way": matter.moved in ("up", "down")}.get(rule.moved, matter.moved == rule.moved)
    return (
        (rule.product is None or rule.product == matter.casefile.dossier.product)
        and moved
        and (not rule.last or matter.last in rule.last)
        and (not rule.now or matter.now in rule.now)
        and (not rule.limit or matter.admitted.standing.limit in rule.limit)
        and (rule.listed is None or rule.listed == matter.listed)
        and not any(matter.admitted.facts.get(name) is False for name in rule.not_denied)
    )


# -- its parts ------------------------------------------------------------------------------------------------------


def _nothing(part: Part, about: Mapping[str, str]) -> Iterator[Paragraph]:
    """What stands in a part of which nothing is known: a blank, if the template asks for one."""
    if part.where_none is not None:
        yield Paragraph((Blank(filled(part.where_none, about)),))


def _paragraphs(blocks: tuple[Block, ...], matter: Matter, about: Mapping[str, str]) -> Iterator[Paragraph]:
    for block in blocks:
        pieces = tuple(_pieces(block, matter, about))
        if block.listed:
            yield from (Paragraph((piece,), listed=True) for piece in pieces)
        elif pieces:
            yield Paragraph(pieces)


def _pieces(block: Block, matter: Matter, about: Mapping[str, str]) -> Iterator[Said | Blank]:
    if block.each is not None:
        yield from _facts(block, matter, about)
    if block.says is not None and block.citation is not None:
        yield Said(filled(block.says, about), (clause(block.citation),))
    if block.blank is not None:
        yield Blank(filled(block.blank, about), block.label or "")


def _facts(block: Block, matter: Matter, about: Mapping[str, str]) -> Iterator[Said | Blank]:
    assert block.each is not None
    says = block.says or matter.templates.usual[block.each]
    found = [
        fact
        for fact in BLOCKS[block.each](matter, Taken(block.of))
        if not block.only or fact.sort in block.only or fact.open is not None
    ]
    for fact in found:
        yield _piece(fact, says, about)
    if not found and block.where_none is not None:
        yield Blank(filled(block.where_none, about))


def _piece(fact: Fact, says: str, about: Mapping[str, str]) -> Said | Blank:
    if fact.open is not None:
        return Blank(fact.open)
    return Said(filled(says, about, fact.fields), tuple(dict.fromkeys(fact.grounds)))


def _exhibits(draft: Draft, matter: Matter) -> Iterator[Exhibit]:
    """What the sentences cite, each once, in the order in which they do."""
    pieces = (*draft.notes, *(piece for section in draft.sections for piece in section.pieces))
    names = (name for piece in pieces if isinstance(piece, Said) for name in piece.grounds)
    for name in dict.fromkeys(names):
        exhibit = matter.exhibit(name)
        if exhibit is not None:
            yield exhibit


# -- what it says of itself -----------------------------------------------------------------------------------------


def _noted(draft: Draft, matter: Matter) -> Draft:
    """The document with what it says of itself at its head, and the list of all that it cites."""
    noted = replace(draft, notes=(*_release(matter), *_lacks(draft)))
    return replace(noted, exhibits=tuple(_exhibits(noted, matter)))


def _lacks(draft: Draft) -> Iterator[Said]:
    for section in draft.lacking:
        assert section.required_by is not None
        yield Said(
            f"This draft is not whole: in \u201c{section.heading}\u201d, {section.lacks}.", (section.required_by,)
        )


def _release(matter: Matter) -> Iterator[Said]:
    statement = matter.statement
    if statement is None:
        return
    if statement.whole:
        yield Said("Nothing is withheld.", (ANSWER,))
        return
    counted = f"{statement.withheld} of {statement.items} records, silences, requests and ratings are withheld"
    what = "the change" if matter.moved in ("up", "down") else "the recommendation"
    entails = f"alone entails {what}" if statement.entailed else f"does not entail {what} by itself"
    yield Said(f"Release {statement.release}: {counted}, and what is left {entails}.", (ANSWER,))
