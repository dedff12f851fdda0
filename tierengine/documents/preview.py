"""One template in words for people: `tierengine show KIND`."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from tierengine.documents.templates import Block, Kind, Part, Templates, clause
from tierengine.reports.text import print_wrapped


def print_kind(kind: Kind, templates: Templates, console: Console) -> None:
    """Print what a document is for, when it is written, and what each part of it says on which ground."""
    console.print(Text(f"{kind.id}: {kind.title}", style="bold"))
    for title, lines in _sections(kind, templates):
        console.print(Text(f"\n{title}", style="bold"))
        for line in lines:
            print_wrapped(line, console, 2, hang=2)


def _sections(kind: Kind, templates: Templates) -> Iterator[tuple[str, list[str]]]:
    yield "Purpose", [kind.purpose]
    until = kind.in_force.until or "further notice"
    yield "Provision", [str(kind.citation), f"in force from {kind.in_force.from_} until {until}"]
    if kind.applies:
        yield "Not written where", [f"{rule.otherwise}: {rule.cure}" for rule in kind.applies]
    for part in kind.parts:
        blank = [f"where there is nothing, a blank: {part.where_none}"] if part.where_none else []
        yield _heading(part), [line for block in part.blocks for line in _block(block, templates)] + blank
    if kind.interpretations:
        yield "Interpretations", [f"{i.id}: {i.reads} Why: {i.why} ({i.authority})" for i in kind.interpretations]


def _heading(part: Part) -> str:
    return part.heading if part.required_by is None else f"{part.heading} (required by {clause(part.required_by)})"


def _block(block: Block, templates: Templates) -> Iterator[str]:
    if block.each is not None:
        chosen = f" of {', '.join(block.of)}" if block.of else ""
        sorts = f", only: {', '.join(block.only)}" if block.only else ""
        yield f"each of {block.each.replace('_', ' ')}{chosen}{sorts}: {block.says or templates.usual[block.each]}"
        if block.where_none is not None:
            yield f"where there is none, a blank: {block.where_none}"
    elif block.says is not None and block.citation is not None:
        yield f"{block.says} [{clause(block.citation)}]"
    if block.blank is not None:
        yield f"a blank{f' behind {block.label}' if block.label else ''}: {block.blank}"
