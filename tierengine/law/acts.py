"""Citations and dates held against the Acts: whether numbers fit each other, and an Act did what is said of it.

The table of the Acts (`acts` in rules/) says which section touched which clause, and from which day. Where a rulebook
has no such table, only the two numbers of each citation are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from tierengine.errors import Problem
from tierengine.law.coverage import citations
from tierengine.law.entries import Act, ActSection, Clock, Downgrade, Entry, Relisting
from tierengine.law.linter import Placed
from tierengine.law.rulebook import Rulebook
from tierengine.terms.citation import Citation
from tierengine.yamlfile import Path_

SECTIONS = {"section 103": "22 USC 7102", "section 108": "22 USC 7106", "section 110": "22 USC 7107"}
"""Each section of the Act of 2000 with its section of the Code; below it, both count alike."""

UNFILLED = "TO BE FILLED IN"
"""What stands where a person is to write what an Act says."""

Named = tuple[str, str]
"""A Public Law and one of its sections; the section may be empty."""

_ACT = re.compile(
    r"P\.L\. (?P<law>[0-9]+-[0-9]+)"
    r"(?P<sections>(?:(?: section|,? and| to|,)? ?[0-9A-Z]*(?:\([0-9A-Za-z]+\))+| section [0-9A-Z]+)*)"
)
_SECTION = re.compile(r"[0-9]+[A-Z]*(?:\([0-9A-Za-z]+\))*|(?:\([0-9A-Za-z]+\))+")


def lint_acts(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Yield every citation of which the numbers do not fit, and every date and amendment that no Act bears out."""
    acts = Acts(rulebook)
    for item in placed:
        yield from acts.problems(item)


class Acts:
    """The Acts of a rulebook, looked up by Public Law and section."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._sections: dict[str, tuple[ActSection, ...]] = {
            act.public_law.removeprefix("P.L. "): act.sections for act in rulebook.acts
        }
        self.days = frozenset(each.from_ for sections in self._sections.values() for each in sections)
        """Every day from which some section of an Act changed something."""

    def problems(self, item: Placed) -> Iterator[Problem]:
        """Yield what is wrong with the citations, dates and amendments of one entry."""
        entry = item.entry
        for path, citation in citations(entry):
            yield from _numbers(item, citation, path)
            if self._sections and citation.public_law is not None:
                yield from self._public_law(item, citation, path)
        for number, move in enumerate(entry.renumbered):
            moved = Citation(authority="statute", tvpa=move.tvpa, usc=move.usc)
            yield from _numbers(item, moved, ("renumbered", number))
        yield from _own_citations(item)
        yield from _to_fill_in(item)
        if self._sections:
            yield from self._dates(item)
            yield from self._amendments(item)

    # -- what is cited ---------------------------------------------------------------------------------------------

    def _public_law(self, item: Placed, citation: Citation, path: Path_) -> Iterator[Problem]:
        """Each Act of a citation exists, touched the clause, and did so by the first day of the entry."""
        assert citation.public_law is not None
        for law, section in named(citation.public_law):
            found = self._named(law, section)
            where = (*path, "public_law")
            if not found:
                yield item.problem(*self._no_such(law, section), *where)
                continue
            touching = [each for each in found if citation.usc is None or _touches(each, citation.usc)]
            if not touching:
                yield item.problem(
                    f"P.L. {law} {section} did not touch {citation.usc}; it touched {_listed(found)}",
                    "correct the Act or the clause, or add the clause to the Act in rules/acts.yaml",
                    *where,
                )
            elif min(each.from_ for each in touching) > _latest(item.entry, path):
                yield item.problem(
                    f"P.L. {law} {section} touched {citation.usc} on {min(each.from_ for each in touching)}, and this "
                    f"should have been so by {_latest(item.entry, path)}",
                    "correct the Act or the date",
                    *where,
                )

    def _named(self, law: str, section: str) -> list[ActSection]:
        """The sections of an Act that a citation names: that one, those in it, and the one in which it lies."""
        sections = self._sections.get(law, ())
        inside = [each for each in sections if _lies_in(each.section, section)]
        return inside or [each for each in sections if _lies_in(section, each.section)]

    def _no_such(self, law: str, section: str) -> tuple[str, str]:
        if law not in self._sections:
            known = ", ".join(f"P.L. {each}" for each in self._sections)
            return f"no Act of rules/acts.yaml is P.L. {law}", f"write one of: {known}; or add the Act there"
        known = ", ".join(dict.fromkeys(each.section for each in self._sections[law]))
        return (
            f"P.L. {law} has no {section or 'section without a number'} that touched this law",
            f"write one of: {known}; or add it to rules/acts.yaml",
        )

    # -- dates -----------------------------------------------------------------------------------------------------

    def _dates(self, item: Placed) -> Iterator[Problem]:
        """An entry begins, ends and is renumbered on days on which some Act changed something."""
        span = item.entry.in_force
        days: list[tuple[str, date | None, Path_]] = [
            ("begins", span.from_, ("in_force", "from")),
            ("ends", span.until, ("in_force", "until")),
        ]
        days += [
            ("is renumbered", move.from_, ("renumbered", number, "from"))
            for number, move in enumerate(item.entry.renumbered)
        ]
        for verb, day, path in days:
            if day is not None and day not in self.days:
                near = min(self.days, key=lambda each: abs((each - day).days))
                yield item.problem(
                    f"`{item.entry.id}` {verb} on {day}, and no Act changes anything on that day",
                    f"correct the date; the nearest day of an Act is {near}. Or add the Act to rules/acts.yaml",
                    *path,
                )

    def _amendments(self, item: Placed) -> Iterator[Problem]:
        """What is said to be changed, struck or renumbered by an Act begins on the day of that Act."""
        entry = item.entry
        found: list[tuple[str, date | None, Path_]] = []
        if entry.change is not None:
            found.append((entry.change.act, entry.in_force.from_, ("change", "act")))
        if entry.struck is not None:
            found.append((entry.struck.act, entry.in_force.until, ("struck", "act")))
        found += [(move.act, move.from_, ("renumbered", n, "act")) for n, move in enumerate(entry.renumbered)]
        for act, day, path in found:
            yield from self._amended(item, act, day, path)

    def _amended(self, item: Placed, act: str, day: date | None, path: Path_) -> Iterator[Problem]:
        parts = named(act)
        if not parts:
            yield item.problem(f"`{act}` names no Act", "write it such as P.L. 115-427 section 6(1)", *path)
        for law, section in parts:
            found = self._named(law, section)
            statute = (item.entry.citation.usc or "")[:11]
            if not found:
                yield item.problem(*self._no_such(law, section), *path)
            elif day not in {each.from_ for each in found}:
                days = ", ".join(sorted({str(each.from_) for each in found}))
                yield item.problem(
                    f"P.L. {law} {section} changed the law on {days}, and this is on {day}",
                    "correct the Act or the date",
                    *path,
                )
            elif statute and not any(clause.startswith(statute) for each in found for clause in each.touches):
                yield item.problem(
                    f"P.L. {law} {section} changed nothing in {statute}; it touched {_listed(found)}",
                    "correct the Act, or add the clause to it in rules/acts.yaml",
                    *path,
                )


def named(text: str) -> tuple[Named, ...]:
    """Return each Public Law and section that a text names, `section 6(1) and (3)` as two sections of one Act."""
    found: list[Named] = []
    for match in _ACT.finditer(text):
        sections = _SECTION.findall(match["sections"])
        begin = ""
        for section in sections:
            begin = re.match(r"[0-9A-Z]*", section).group() or begin  # type: ignore[union-attr]
            whole = section if not section.startswith("(") else begin + section
            found.append((match["law"], f"section {whole}"))
        if not sections:
            found.append((match["law"], ""))
    return tuple(found)


def _lies_in(section: str, other: str) -> bool:
    """Whether one section is another, or a part of it."""
    return section == other or section.startswith(other + "(")


def _latest(entry: Entry, path: Path_) -> date:
    """By when an Act that is cited must have done its work: a reading may speak of the Act that ends the version."""
    until = entry.in_force.until
    return until if path[0] == "interpretations" and until is not None else entry.in_force.from_


def _touches(section: ActSection, usc: str) -> bool:
    """Whether a section touched a clause, one in which it lies, or one that lies in it."""
    return any(_lies_in(usc, clause) or _lies_in(clause, usc) for clause in section.touches)


def _listed(sections: list[ActSection]) -> str:
    return ", ".join(dict.fromkeys(clause for each in sections for clause in each.touches))


# -- one entry alone -----------------------------------------------------------------------------------------------


def _numbers(item: Placed, citation: Citation, path: Path_) -> Iterator[Problem]:
    """The number of the Act and that of the Code name the same clause."""
    if citation.tvpa is None or citation.usc is None:
        return
    section = next((each for each in SECTIONS if _lies_in(citation.tvpa or "", each)), None)
    if section is None:
        what = f"`{citation.tvpa}` lies in no section of the Act that this rulebook encodes"
        yield item.problem(what, f"write one that begins with: {', '.join(SECTIONS)}", *path, "tvpa")
        return
    usc = SECTIONS[section] + citation.tvpa.removeprefix(section)
    if citation.usc != usc:
        yield item.problem(
            f"the two numbers name two clauses: {citation.tvpa} of the Act is {usc}, and {citation.usc} is cited",
            f"write `usc: {usc}`, or the `tvpa` that goes with {citation.usc}",
            *path,
            "usc",
        )


def _own_citations(item: Placed) -> Iterator[Problem]:
    """Each number on which the years or the days turn has a citation of its own."""
    entry = item.entry
    if isinstance(entry, Downgrade | Relisting):
        for name in ("years", "counted_from", "waiver_years"):
            if hasattr(entry, name) and name not in entry.cited:
                yield item.problem(f"the number `{name}` is cited from nowhere", f"add it under `cited`: {name}", name)
    if isinstance(entry, Clock) and entry.citation.public_law is None:
        yield item.problem("the day is cited without its Act", "add `public_law` to the citation", "citation")


def _to_fill_in(item: Placed) -> Iterator[Problem]:
    """What `tierengine law amend` left for a person to write."""
    if isinstance(item.entry, Act):
        texts: list[tuple[Path_, str]] = [
            (("title",), item.entry.title),
            (("citation",), item.entry.citation.source or ""),
        ]
        texts += [(("sections", n, "says"), each.says) for n, each in enumerate(item.entry.sections)]
        for path, text in texts:
            if UNFILLED in text:
                yield item.problem("no sentence says yet what the Act does", "write one, from its text", *path)
    for key, amendment in (("change", item.entry.change), ("struck", item.entry.struck)):
        if amendment is not None and UNFILLED in amendment.says:
            yield item.problem(
                f"`{key}` does not say yet what the Act does", "write it in one sentence, from the text of the Act", key
            )
