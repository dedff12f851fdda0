"""Amending the rulebook in one step: a provision ends, the next version begins, and what a person must write is marked.

The text of the files is changed where it must be, and stays as it is elsewhere, with its comments and its layout. Every
file is worked out before any is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from tierengine import yamlfile
from tierengine.errors import Problem, UsageError
from tierengine.law.acts import SECTIONS, UNFILLED, named
from tierengine.law.entries import Clause, Criterion, Entry
from tierengine.law.linter import Placed, unknown
from tierengine.law.reader import Draft, RulebookFile
from tierengine.yamlfile import Path_

ACTS = "rules/acts.yaml"
LEDGER = "rules/coverage.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be amended, from which day, and by what."""

    provision: str
    day: date
    act: str
    strike: bool = False
    """The provision ends, and no version follows."""
    renumber: str | None = None
    """The provision reads as before and stands under this number of the Act, such as `section 108(b)(13)`."""
    as_new: str | None = None
    """A new criterion of this name is made from the provision, which itself stays as it is."""


@dataclass(slots=True)
class Amended:
    """The files of a rulebook once it is amended, and the places at which a person must write something."""

    files: dict[str, str]
    """Each file that is new or changed, with its text."""
    fill_in: list[str] = field(default_factory=list)


def amend(draft: Draft, files: tuple[RulebookFile, ...], order: Order) -> Amended:
    """Return the files that an order changes. Raise `UsageError` if it cannot be carried out."""
    item = _in_force(draft, order)
    if order.renumber is not None:
        _usc(order.renumber)
    texts = {file.name: file.raw.decode("utf-8-sig") for file in files}
    made = Amended({})
    editor = _Editor(texts, made)
    if order.as_new is not None:
        editor.new_criterion(item, order)
    elif order.renumber is not None:
        editor.renumber(item, order)
        for clause in _clauses(draft, item.entry, order.day):
            editor.renumber(clause, order)
    elif order.strike:
        editor.strike(item, order)
        for clause in _expressing(draft, item.entry, order.day):
            editor.until(clause, order.day)
    else:
        editor.next_version(item, order)
    editor.acts(draft, item, order)
    made.fill_in = sorted(
        f"{name}:{number}"
        for name, text in made.files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if UNFILLED in line
    )
    return made


def _in_force(draft: Draft, order: Order) -> Placed:
    """The version of a provision that is in force on the day, and was so before."""
    found = [item for item in draft.placed if item.entry.id == order.provision]
    if not found:
        what, cure = unknown("provision", order.provision, sorted({item.entry.id for item in draft.placed}))
        raise UsageError([Problem(where="law amend", what=what, cure=cure)])
    if not named(order.act):
        what, cure = f"`{order.act}` names no Act", 'write it such as --act "P.L. 119-999 section 3"'
        raise UsageError([Problem(where="--act", what=what, cure=cure)])
    for item in found:
        if item.entry.in_force.holds(order.day) and item.entry.in_force.from_ < order.day:
            return item
    spans = ", ".join(f"from {i.entry.in_force.from_} until {i.entry.in_force.until or 'today'}" for i in found)
    what = f"no version of `{order.provision}` is in force on {order.day} and was so before: it is so {spans}"
    raise UsageError([Problem(where="--from", what=what, cure="name a later day, or change that version itself")])


def _clauses(draft: Draft, entry: Entry, day: date) -> Iterator[Placed]:
    """The clauses of the ledger that stand under the number of an entry on a day, and have not moved since."""
    usc = entry.numbered_on(day).citation.usc
    for item in draft.placed:
        if isinstance(item.entry, Clause) and item.entry.in_force.holds(day):
            cited = item.entry.numbered_on(day).citation.usc or ""
            if usc is not None and (cited == usc or cited.startswith(usc + "(")):
                yield item


def _expressing(draft: Draft, entry: Entry, day: date) -> Iterator[Placed]:
    """The clauses that name an entry, or something that it declares, as what expresses them."""
    names = {entry.id}
    if isinstance(entry, Criterion):
        names |= {each.id for each in entry.indicators}
        names |= {entry.judgement.id} if entry.judgement is not None else set()
    for item in draft.placed:
        if isinstance(item.entry, Clause) and item.entry.in_force.holds(day) and names & set(item.entry.by):
            yield item


class _Editor:
    """Changes the texts of a rulebook, entry after entry."""

    def __init__(self, texts: dict[str, str], made: Amended) -> None:
        self._texts = texts
        self._made = made

    def next_version(self, item: Placed, order: Order) -> None:
        """End the version in force, and begin the next, which reads like it for the time being."""
        block = _block(self._text(item), item.path)
        new = _set(block, "in_force", _span(order.day, item.entry.in_force.until))
        new = _moved(_without(_without(new, "renumbered"), "change"), item.entry, order.day)
        new = _after(new, "in_force", f"change: {{act: {_quoted(order.act)}, says: {UNFILLED}}}")
        new = _without_cues(new)
        self.until(item, order.day)
        if item.section == "criteria":
            self._made.files[f"criteria/{item.entry.id}/{order.day}.yaml"] = new
        else:
            self._put_after(item, new)

    def new_criterion(self, item: Placed, order: Order) -> None:
        """Make a new criterion from one there is: what it declares has names of its own, and its numbers are open."""
        if not isinstance(item.entry, Criterion):
            what = f"`{item.entry.id}` is no criterion, and a new one is made from a criterion"
            raise UsageError([Problem(where="--as", what=what, cure="name a criterion")])
        block = _without(_without(_without(_block(self._text(item), item.path), "renumbered"), "change"), "struck")
        block = _set(block, "in_force", f"{{from: {order.day}}}")
        names = [each.id for each in item.entry.indicators]
        names += [item.entry.judgement.id] if item.entry.judgement is not None else []
        for name in sorted(names, key=len, reverse=True):
            block = re.sub(rf"\b{re.escape(name)}\b", f"{name}_new", block)
        block = re.sub(rf"\b{re.escape(item.entry.id)}\b(?!/)", str(order.as_new), block)
        block = _without_cues(block)
        if order.renumber is not None:
            old = item.entry.numbered_on(order.day).citation
            block = _moved(block, item.entry, order.day)
            block = block.replace(f"{old.usc}", _usc(order.renumber)).replace(f"{old.tvpa}", order.renumber)
        block = re.sub(r"(?m)^  public_law: .*$", f"  public_law: {order.act}", block, count=1)
        self._made.files[f"criteria/{order.as_new}/{order.day}.yaml"] = block
        self._new_clause(order)

    def _new_clause(self, order: Order) -> None:
        """List the provision of a new criterion in the ledger of the statute, where there is one."""
        text = self._made.files.get(LEDGER) or self._texts.get(LEDGER)
        if text is not None and order.renumber is not None:
            lines = [
                f"  - id: CLAUSE-{order.as_new}",
                f"    citation: {{authority: statute, tvpa: {order.renumber}, usc: {_usc(order.renumber)}}}",
                f"    in_force: {{from: {order.day}}}",
                f"    asks: {UNFILLED}",
                "    treatment: encoded",
                f"    by: [{order.as_new}]",
            ]
            self._made.files[LEDGER] = text.rstrip("\n") + "\n" + "\n".join(lines) + "\n"

    def renumber(self, item: Placed, order: Order) -> None:
        """Let a provision stand under another number from the day on."""
        assert order.renumber is not None
        text, was = self._text(item), item.entry.numbered_on(order.day).citation
        base = _in_force_number(item, order)
        number = order.renumber + (was.tvpa or "").removeprefix(base)
        lines = [
            "renumbered:",
            f"  - from: {order.day}",
            f"    tvpa: {number}",
            f"    usc: {_usc(number)}",
            f"    act: {_quoted(order.act)}",
        ]
        block = _block(text, item.path)
        old = item.entry.renumbered
        self._replace(item, _added(block, "renumbered", lines[1:]) if old else _after(block, "in_force", *lines))

    def strike(self, item: Placed, order: Order) -> None:
        """End a provision for good."""
        self.until(item, order.day)
        block = _block(self._text(item), item.path)
        new = _after(block, "in_force", f"struck: {{act: {_quoted(order.act)}, says: {UNFILLED}}}")
        self._replace(item, new)

    def until(self, item: Placed, day: date) -> None:
        """Let an entry end on a day."""
        block = _block(self._text(item), item.path)
        self._replace(item, _set(block, "in_force", _span(item.entry.in_force.from_, day)))

    def acts(self, draft: Draft, item: Placed, order: Order) -> None:
        """Write the Act into the table of the Acts, where it does not stand there yet."""
        if not draft.rulebook.acts:
            return
        text = self._made.files.get(ACTS) or self._texts.get(ACTS, "acts:\n")
        usc = item.entry.numbered_on(order.day).citation.usc
        touched = [each for each in dict.fromkeys((usc, _usc(order.renumber) if order.renumber else None)) if each]
        known = {
            (act.public_law.removeprefix("P.L. "), each.section) for act in draft.rulebook.acts for each in act.sections
        }
        for law, section in named(order.act):
            if (law, section) not in known:
                text = _with_section(text, law, section, order.day, touched or ["22 USC 7107"])
        self._made.files[ACTS] = text

    # -- texts ---------------------------------------------------------------------------------------------------

    def _text(self, item: Placed) -> str:
        return self._made.files.get(item.document.name) or self._texts[item.document.name]

    def _replace(self, item: Placed, block: str) -> None:
        text = self._text(item)
        first, past = _lines(text, item.path)
        lines = text.splitlines(keepends=True)
        self._made.files[item.document.name] = "".join((*lines[:first], _listed(block, item.path), *lines[past:]))

    def _put_after(self, item: Placed, block: str) -> None:
        text = self._text(item)
        _, past = _lines(text, item.path)
        lines = text.splitlines(keepends=True)
        self._made.files[item.document.name] = "".join((*lines[:past], _listed(block, item.path), *lines[past:]))


def _in_force_number(item: Placed, order: Order) -> str:
    """The number under which the renumbered provision itself stands: as much of it as the new one gives."""
    tvpa = item.entry.numbered_on(order.day).citation.tvpa or ""
    depth = (order.renumber or "").count("(")
    parts = re.findall(r"\([^()]*\)", tvpa)
    return tvpa.partition("(")[0] + "".join(parts[:depth])


def _usc(tvpa: str) -> str:
    """The number of the Code for a number of the Act. Raise `UsageError` if there is none."""
    section = next((each for each in SECTIONS if tvpa.startswith(each)), None)
    if section is None:
        cure = f"write one that begins with: {', '.join(SECTIONS)}"
        raise UsageError([Problem(where="--number", what=f"`{tvpa}` is no number of the Act", cure=cure)])
    return SECTIONS[section] + tvpa.removeprefix(section)


def _with_section(text: str, law: str, section: str, day: date, touched: list[str]) -> str:
    """The table of the Acts with one more section, of an Act that stands there or of a new one."""
    lines = [
        f"      - section: {section}",
        f"        from: {day}",
        f"        touches: [{', '.join(touched)}]",
        f"        says: {UNFILLED}",
    ]
    found = re.search(rf"(?ms)^  - id: PL-{re.escape(law)}\n.*?(?=^  - id: |\Z)", text)
    if found is not None:
        return text[: found.end()].rstrip("\n") + "\n" + "\n".join(lines) + "\n" + text[found.end() :]
    head = [
        f"  - id: PL-{law}",
        f"    public_law: P.L. {law}",
        f"    title: {UNFILLED}",
        f"    citation: {{authority: guidance, source: {UNFILLED}}}",
        f"    in_force: {{from: {day}}}",
        "    sections:",
    ]
    return text.rstrip("\n") + "\n" + "\n".join((*head, *lines)) + "\n"


# -- one entry, as a block of lines without indentation ------------------------------------------------------------


def _lines(text: str, path: Path_) -> tuple[int, int]:
    """The first line of an entry, and the one after its last; comments before the next entry belong to that."""
    if not path:
        return 0, len(text.splitlines())
    section, number = path
    root = yamlfile.nodes(text)
    items = next(value for key, value in root.value if key.value == section).value
    lines = text.splitlines()
    first = items[int(number)].start_mark.line
    past = items[int(number) + 1].start_mark.line if int(number) + 1 < len(items) else items[-1].end_mark.line
    while past > first and (not lines[past - 1].strip() or lines[past - 1].lstrip().startswith("#")):
        past -= 1
    return first, past


def _block(text: str, path: Path_) -> str:
    """The lines of an entry as a file of its own would hold them."""
    first, past = _lines(text, path)
    lines = text.splitlines(keepends=True)[first:past]
    if not path:
        return "".join(lines)
    indent = lines[0].index("-") + 2
    return "".join([lines[0][indent:], *(line[indent:] if line.strip() else line for line in lines[1:])])


def _listed(block: str, path: Path_) -> str:
    """A block as an item of a list, if it is one."""
    if not path:
        return block
    lines = block.splitlines(keepends=True)
    return "".join((f"  - {lines[0]}", *(f"    {line}" if line.strip() else line for line in lines[1:])))


def _key(block: str, key: str) -> tuple[int, int] | None:
    """The lines from a key to the next one; nothing if the block has none."""
    root = yamlfile.nodes(block)
    keys = [(each.value, each.start_mark.line) for each, _ in root.value]
    starts = [line for _, line in keys] + [len(block.splitlines())]
    for number, (name, line) in enumerate(keys):
        if name == key:
            return line, starts[number + 1]
    return None


def _without_cues(block: str) -> str:
    """A block without cues: those of one version of a criterion serve all."""
    return re.sub(r"(?m)^( *)cues:\n(?:\1  .*\n)*", "", block)


def _set(block: str, key: str, value: str) -> str:
    """A block with another value under a key."""
    span = _key(block, key)
    assert span is not None
    lines = block.splitlines(keepends=True)
    return "".join((*lines[: span[0]], f"{key}: {value}\n", *lines[span[1] :]))


def _without(block: str, key: str) -> str:
    span = _key(block, key)
    lines = block.splitlines(keepends=True)
    return block if span is None else "".join((*lines[: span[0]], *lines[span[1] :]))


def _after(block: str, key: str, *new: str) -> str:
    span = _key(block, key)
    assert span is not None
    lines = block.splitlines(keepends=True)
    return "".join((*lines[: span[1]], *(f"{line}\n" for line in new), *lines[span[1] :]))


def _added(block: str, key: str, new: list[str]) -> str:
    """A block with more lines at the end of what stands under a key."""
    span = _key(block, key)
    assert span is not None
    lines = block.splitlines(keepends=True)
    return "".join((*lines[: span[1]], *(f"{line}\n" for line in new), *lines[span[1] :]))


def _moved(block: str, entry: Entry, day: date) -> str:
    """A block in which the provision stands under its number of a day."""
    old, new = entry.citation, entry.numbered_on(day).citation
    if old.usc is None or new.usc is None or old.usc == new.usc:
        return block
    return block.replace(old.usc, new.usc).replace(old.tvpa or old.usc, new.tvpa or new.usc)


def _span(first: date, until: date | None) -> str:
    return f"{{from: {first}}}" if until is None else f"{{from: {first}, until: {until}}}"


def _quoted(text: str) -> str:
    """A text as a plain scalar of a flow mapping can hold it."""
    return f'"{text}"' if re.search(r"[,:{}\[\]#\"]", text) else text
