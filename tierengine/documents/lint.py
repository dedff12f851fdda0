"""What is wrong with the templates of documents, each fault with its place and cure, held against the law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import pairwise

from jinja2 import TemplateSyntaxError, nodes

from tierengine.documents.blocks import NAMED, SORTS
from tierengine.documents.templates import Applies, Block, Kind, Placed, Templates, Wording
from tierengine.documents.writing import ENVIRONMENT
from tierengine.errors import Problem
from tierengine.law.coverage import COVERED
from tierengine.law.rulebook import Rulebook
from tierengine.terms.citation import Citation

ABOUT = frozenset({"country", "year", "last_year", "product", "period", "last_report", "now", "last", "how", "marking"})
"""The values that every sentence may name."""

_ALLOWED = (
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Const,
    nodes.CondExpr,
)
"""What a sentence may be made of: words, values, and a choice by a value."""

Path = tuple[str | int, ...]


def lint(templates: Templates, rulebook: Rulebook) -> tuple[Problem, ...]:
    """Return every fault of the templates under the law of every date, in the order of the files."""
    return tuple(_Linter(templates, rulebook).faults())


class _Linter:
    def __init__(self, templates: Templates, rulebook: Rulebook) -> None:
        self._templates, self._rulebook = templates, rulebook
        self._indicators = {i.id: i for c in rulebook.criteria for i in c.indicators}
        entries = (*rulebook.entries(), *rulebook.clauses)
        self._provisions = {each.citation.usc for each in entries if each.citation.usc}
        self._provisions |= {move.usc for each in entries for move in each.renumbered}
        self._names = {each.id for each in entries} | {each.part for each in rulebook.criteria}
        self._names |= {"law", "facts", "certainty", "judgement", *self._indicators}
        self._clocks = {each.id for each in rulebook.clocks}

    def faults(self) -> Iterator[Problem]:
        for placed in self._templates.placed:
            for number, kind in enumerate(placed.file.documents):
                yield from self._kind(kind, placed, ("documents", number))
            for number, wording in enumerate(placed.file.wordings):
                yield from self._wording(wording, placed, ("wordings", number))
            for number, usual in enumerate(placed.file.usual):
                path: Path = ("usual", number, "says")
                yield from self._sentence(usual.says, usual.each, placed, path)
        yield from self._versions()
        yield from self._unworded()

    # -- kinds ------------------------------------------------------------------------------------------------------

    def _kind(self, kind: Kind, placed: Placed, path: Path) -> Iterator[Problem]:
        yield from self._cited(kind.citation, placed, (*path, "citation"))
        for name in ("title", "purpose"):
            yield from self._sentence(getattr(kind, name), None, placed, (*path, name))
        if kind.due is not None and kind.due not in self._clocks:
            yield self._unknown(kind.due, self._clocks, "clock", placed, (*path, "due"))
        for number, rule in enumerate(kind.applies):
            yield from self._applies(rule, placed, (*path, "applies", number))
        for number, part in enumerate(kind.parts):
            at = (*path, "parts", number)
            yield from self._sentence(part.heading, None, placed, (*at, "heading"))
            if part.where_none is not None:
                yield from self._sentence(part.where_none, None, placed, (*at, "where_none"))
            if part.required_by is not None:
                yield from self._cited(part.required_by, placed, (*at, "required_by"))
            for index, block in enumerate(part.blocks):
                yield from self._block(block, placed, (*at, "blocks", index))

    def _applies(self, rule: Applies, placed: Placed, path: Path) -> Iterator[Problem]:
        for name in ("otherwise", "cure"):
            yield from self._sentence(getattr(rule, name), None, placed, (*path, name))
        for name in rule.not_denied:
            if name not in self._indicators:
                yield self._unknown(name, self._indicators, "indicator", placed, (*path, "not_denied"))

    def _block(self, block: Block, placed: Placed, path: Path) -> Iterator[Problem]:
        if block.citation is not None:
            yield from self._cited(block.citation, placed, (*path, "citation"))
        for name in ("says", "where_none", "blank", "label"):
            says = getattr(block, name)
            if says is not None:
                yield from self._sentence(says, block.each if name == "says" else None, placed, (*path, name))
        if block.each is None:
            return
        if block.says is None and block.each not in self._templates.usual:
            what = f"no usual sentence is written for `{block.each}`"
            yield Problem(where=placed.document.where(*path), what=what, cure="write `says` here, or one under `usual`")
        for name in block.of:
            if name not in self._names:
                yield self._unknown(name, self._names, "criterion, question, part or clock", placed, (*path, "of"))
        sorts = SORTS.get(block.each, frozenset())
        for name in block.only:
            if name not in sorts:
                yield self._unknown(name, sorts, f"sort of `{block.each}`", placed, (*path, "only"))

    # -- sentences --------------------------------------------------------------------------------------------------

    def _sentence(self, says: str, each: str | None, placed: Placed, path: Path) -> Iterator[Problem]:
        """What a sentence names that there is not, and what it holds beside words and values."""
        where = placed.document.where(*path)
        try:
            parsed = ENVIRONMENT.parse(says)
        except TemplateSyntaxError as error:
            cure = "write values as {{ country }}, and a choice as {% if item.before %}...{% endif %}"
            yield Problem(where=where, what=f"the sentence cannot be read: {error.message}", cure=cure)
            return
        if "[" in says or "]" in says:
            what = "a sentence holds no square brackets: they hold the grounds that are set behind it"
            yield Problem(where=where, what=what, cure="write round ones")
        own = NAMED.get(each, frozenset()) if each else frozenset()  # type: ignore[call-overload]
        for node in parsed.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                what = f"a sentence holds values and choices only, and no `{type(node).__name__.lower()}`"
                yield Problem(
                    where=where, what=what, cure="write the words out, or choose a building block that says it"
                )
            elif isinstance(node, nodes.Name) and node.name != "item" and node.name not in ABOUT:
                yield self._unknown(node.name, ABOUT, "value", placed, path)
            elif isinstance(node, nodes.Name) and node.name == "item" and not each:
                what = "there is no `item` here, since no building block is named"
                yield Problem(where=where, what=what, cure="add `each`, or name one of: " + ", ".join(sorted(ABOUT)))
            elif isinstance(node, nodes.Getattr):
                of_item = isinstance(node.node, nodes.Name) and node.node.name == "item"
                if not of_item or node.attr not in own:
                    yield self._unknown(node.attr, own, f"value of `{each}`" if each else "value", placed, path)

    def _wording(self, wording: Wording, placed: Placed, path: Path) -> Iterator[Problem]:
        indicator = self._indicators.get(wording.indicator)
        if indicator is None:
            yield self._unknown(wording.indicator, self._indicators, "indicator", placed, (*path, "indicator"))
            return
        given = {name for name in ("yes", "no", "count") if getattr(wording, name) is not None}
        wanted = {"count": {"count"}, "truth": {"yes", "no"}}.get(indicator.type, set())
        if given != wanted:
            what = f"the wording of `{indicator.id}` does not fit what it is, a {indicator.type}"
            cure = (
                f"write {' and '.join(sorted(wanted, reverse=True))}"
                if wanted
                else "remove it: the words of the source are given"
            )
            yield Problem(where=placed.document.where(*path), what=what, cure=cure)

    # -- what is named ----------------------------------------------------------------------------------------------

    def _cited(self, citation: Citation, placed: Placed, path: Path) -> Iterator[Problem]:
        if citation.usc is not None and COVERED.match(citation.usc) and citation.usc not in self._provisions:
            yield self._unknown(citation.usc, self._provisions, "clause of the law", placed, (*path, "usc"))
        if citation.authority == "statute" and citation.usc is None and citation.public_law is None:
            what, cure = "a statute is cited without its number", "add `usc`, or `public_law` with its section"
            yield Problem(where=placed.document.where(*path), what=what, cure=cure)

    def _unknown(self, name: str, known: Iterable[str], what: str, placed: Placed, path: Path) -> Problem:
        near = get_close_matches(name, tuple(known), n=3) or sorted(known)[:12]
        return Problem(
            where=placed.document.where(*path),
            what=f"`{name}` is no {what}",
            cure=f"write one that there is, such as: {', '.join(near)}" if near else "remove it",
        )

    # -- the whole --------------------------------------------------------------------------------------------------

    def _versions(self) -> Iterator[Problem]:
        """Kinds of which two versions are in force on one day."""
        for name in self._templates.names:
            versions = sorted((k for k in self._templates.kinds if k.id == name), key=lambda k: k.in_force.from_)
            for earlier, later in pairwise(versions):
                if earlier.in_force.until is None or earlier.in_force.until > later.in_force.from_:
                    what = f"two versions of `{name}` are in force on {later.in_force.from_}"
                    cure = f"write `until: {later.in_force.from_}` in the earlier one"
                    yield Problem(where=self._where(later), what=what, cure=cure)

    def _where(self, kind: Kind) -> str:
        for placed in self._templates.placed:
            for number, each in enumerate(placed.file.documents):
                if each is kind:
                    return placed.document.where("documents", number, "in_force")
        return kind.id

    def _unworded(self) -> Iterator[Problem]:
        """Counts for which there is no wording: the question alone makes no sentence."""
        for indicator in self._indicators.values():
            counted = indicator.type == "count" and not indicator.looks_back and indicator.counts_kind is None
            if counted and indicator.id not in self._templates.wordings:
                what = f"no wording says what `{indicator.id}` counts"
                cure = "add it under `wordings` with `count`, such as: Trafficking cases investigated"
                yield Problem(where="rules/documents", what=what, cure=cure)
