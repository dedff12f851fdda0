"""Next year's dossier from that of the last report: what stands, what is last year's figure, what is to be asked.

What is carried, as what and for how long, the rules say (`rules/carrying.yaml`). Nothing carried is an act of the
new period, and no rating is given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any

from tierengine import yamlfile
from tierengine.coding.settings import day_problems
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.dossier import Casefile, dossier_in, next_to, read_dossier
from tierengine.evidence.records import Evidence, Rating
from tierengine.evidence.written import item_lines, value_lines
from tierengine.law.entries import CarriedItem, Carrying, Clock
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.clocks import report_due
from tierengine.terms.tier import Placement

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """Something of the last dossier that was carried, by which rule, and what it became."""

    id: str
    rule: Carrying


@dataclass(frozen=True, slots=True)
class Rolled:
    """The dossier of the next report, and what became of each part of the last one."""

    raw: bytes
    carried: tuple[Carried, ...]
    left: tuple[str, ...]
    """The ids of what is left behind."""
    law: date
    period: tuple[date, date]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the report, where the new dossier is to lie, and what the old one does not say."""

    report: int
    folder: Path
    """The folder of the new dossier: that of the old one, or one around it, since sources lie beside a dossier."""
    as_of: date | None = None
    """The day the report is issued; if none is given, the day it is due."""
    placed: Placement | None = None
    """Where the last report placed the country."""


def roll(path: Path, wanted: Wanted, rulebook: Rulebook) -> Rolled:
    """Return the dossier of the next report.

    Raise `EvidenceError` if the old dossier cannot be used, and `UsageError` if it is not that of the report before.
    """
    casefile = read_dossier(path)
    _refuse(_unfit(casefile, wanted))
    law = rulebook.on(wanted.as_of or report_due(rulebook, wanted.report))
    found = _Roll(casefile, law, wanted, set(_counted(casefile, rulebook)))
    raw = found.written(path, rulebook)
    problems: list[Problem] = []
    document = yamlfile.load(raw, "the new dossier", problems)
    if document is None:
        raise EvidenceError(problems)
    admit(dossier_in(document, wanted.folder), law)
    return Rolled(raw, tuple(found.carried), tuple(found.left), law.as_of, found.period())


def _refuse(problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise UsageError(found)


def _unfit(casefile: Casefile, wanted: Wanted) -> Iterator[Problem]:
    dossier, name = casefile.dossier, casefile.document.name
    if dossier.product != "annual":
        what = f"{name} is of an interim assessment, and the next report rests on the annual one"
        yield Problem(where=casefile.document.where("product"), what=what, cure="roll the dossier of the annual report")
    last = dossier.last_report.year + 1
    if wanted.report != last + 1:
        what = f"{name} is for the report of {last}, and the next one is that of {last + 1}"
        yield Problem(where="--report", what=what, cure=f"write --report {last + 1}, or roll year by year")
    yield from day_problems(wanted.as_of, wanted.report)


def _counted(casefile: Casefile, rulebook: Rulebook) -> Iterator[str]:
    """The records that counted for the last report: what is unreliable or set aside is not carried on as standing."""
    for records in admit(casefile, law_of(casefile, rulebook)).records.values():
        yield from (record.id for record in records)


@dataclass
class _Roll:
    """A dossier while it is rolled."""

    casefile: Casefile
    law: Law
    wanted: Wanted
    counted: set[str]
    carried: list[Carried] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    records: list[Item] = field(default_factory=list)
    questions: list[Item] = field(default_factory=list)

    # -- what is carried -------------------------------------------------------------------------------------------

    def _by_rule(self, item: CarriedItem) -> Carrying | None:
        return next((rule for rule in self.law.carryings if rule.carries(item)), None)

    def carry(self) -> None:
        """Look at everything in the old dossier once."""
        last = self.wanted.report - 1
        for number, record in enumerate(self.casefile.dossier.records):
            raw = self.casefile.document.values["records"][number]
            if isinstance(record, Rating):
                self._ask(record.id, CarriedItem(takes="rating"), (record.measures,), _rated(record), last)
            else:
                self._record(record, raw, last)
        for gap in self.casefile.dossier.deficiencies:
            self._ask(gap.id, CarriedItem(takes="deficiency"), gap.answered_by, gap.says, last)
        for action in self.casefile.dossier.plan:
            self._ask(action.id, CarriedItem(takes="action"), action.answered_by, action.says, last)
        for question in self.casefile.dossier.open_questions:
            past = self.wanted.report - int(question.shown)
            asked = {"asks": question.asks, "by": question.by}
            item = CarriedItem(takes="question", reports=past)
            self._ask(question.id, item, question.answered_by, question.says, int(question.shown), asked)

    def _record(self, record: Evidence, raw: Mapping[str, Any], last: int) -> None:
        shown = int(record.carried.shown) if record.carried is not None else last
        past = self.wanted.report - shown
        item = CarriedItem(kind=record.kind, indicator=record.measures, value=str(record.value), reports=past)
        rule = self._by_rule(item)
        stands = rule is not None and rule.becomes == "a standing record"
        if rule is None or record.measures not in self.law.known() or (stands and record.id not in self.counted):
            self.left.append(record.id)
        elif rule.becomes == "a question":
            self._put_question(record.id, rule, (record.measures,), record.quote, shown, {})
        else:
            self.carried.append(Carried(record.id, rule))
            if stands:
                self.records.append({**raw, "carried": {"shown": str(shown), "by": rule.id}})

    def _ask(
        self,
        name: str,
        item: CarriedItem,
        answered_by: tuple[str, ...],
        says: str,
        shown: int,
        asked: Mapping[str, str] | None = None,
    ) -> None:
        rule = self._by_rule(item)
        names = tuple(each for each in answered_by if each in self.law.known())
        if rule is None or not names:
            self.left.append(name)
        else:
            self._put_question(name, rule, names, says, shown, asked or {})

    def _put_question(
        self, name: str, rule: Carrying, answered_by: tuple[str, ...], says: str, shown: int, asked: Mapping[str, str]
    ) -> None:
        self.carried.append(Carried(name, rule))
        taken = {question["id"] for question in self.questions}
        values: Item = {"id": name if name not in taken else f"{name[:70]}-{shown}", "asks": rule.asks or ""}
        values |= {"says": says, "answered_by": answered_by, "shown": str(shown), "by": rule.id, **asked}
        self.questions.append(values)

    # -- the head of the dossier -----------------------------------------------------------------------------------

    def period(self) -> tuple[date, date]:
        """The reporting period: by the statute where it fixes one, else that of the last dossier, a year later."""
        old = self.casefile.dossier.period
        fixed = {clock.period: self._of(clock) for clock in self.law.clocks if clock.period is not None}
        return fixed.get("first") or _next_year(old.first), fixed.get("last") or _next_year(old.last)

    def _of(self, clock: Clock) -> date:
        assert clock.calendar is not None
        return clock.calendar.of(self.wanted.report)

    def _head(self, path: Path, rulebook: Rulebook) -> Item:
        dossier, values = self.casefile.dossier, self.casefile.document.values
        last = self.wanted.report - 1
        issued = dossier.as_of if dossier.as_of.year == last else report_due(rulebook, last)
        first, end = self.period()
        return {
            "id": _next_id(dossier.id, self.wanted.report),
            "government": values["government"],
            "product": "annual",
            "as_of": self.law.as_of.isoformat(),
            "period": {"first": first.isoformat(), "last": end.isoformat()},
            "last_report": issued.isoformat(),
            "last_dossier": next_to(f"{self._way(path)}/x", path.name),
        }

    def _way(self, path: Path) -> str:
        """The way from the folder of the new dossier to that of the old one."""
        way = Path(os.path.relpath(path.resolve().parent, self.wanted.folder.resolve())).as_posix()
        if way.startswith(".."):
            problem = Problem(
                where="--output",
                what="sources lie beside a dossier, and those of the last one do not lie in or below this folder",
                cure=f"write it into {path.parent} or into a folder around it",
            )
            raise UsageError([problem])
        return way

    def _sources(self, path: Path) -> Iterator[Item]:
        """The sources of the records that stand, with their files as they lie from the new dossier."""
        way = self._way(path)
        cited = {str(record["at"]).split(" ", maxsplit=1)[0] for record in self.records}
        for source in self.casefile.document.values["sources"]:
            if source["id"] in cited:
                sections = tuple(
                    {**each, "file": next_to(f"{way}/x", each["file"])} for each in source.get("sections", ())
                )
                values = {**source, "file": next_to(f"{way}/x", source["file"])}
                yield values | ({"sections": sections} if sections else {})

    def _placements(self) -> Iterator[Item]:
        last = self.wanted.report - 1
        for placement in self.casefile.document.values.get("earlier_placements", ()):
            if int(placement["year"]) != last:
                yield dict(placement)
        if self.wanted.placed is not None:
            yield {"year": str(last), "tier": self.wanted.placed, "source": f"the report of {last}"}

    # -- the file --------------------------------------------------------------------------------------------------

    def written(self, path: Path, rulebook: Rulebook) -> bytes:
        """Return the bytes of the new dossier."""
        self.carry()
        last = self.wanted.report - 1
        lines = [f"# For the report of {self.wanted.report}, made from {path.name} by `tierengine roll`."]
        for key, value in self._head(path, rulebook).items():
            head, *rest = value_lines(value, "", len(key) + 2)
            lines += [f"{key}: {head}", *rest]
        lines += _section("sources", list(self._sources(path)), "Those of the records that stand; add the new ones.")
        comment = f"These stand until something says otherwise; none is an act of the period. Add those for {last + 1}."
        lines += _section("records", self.records, comment)
        placements = list(self._placements())
        missing = "" if self.wanted.placed else f"Add where the report of {last} placed the country."
        lines += _section("earlier_placements", placements, missing) if placements or missing else []
        comment = (
            "Ask these. A record, a silence or a rating of this dossier answers one; remove what is answered otherwise."
        )
        lines += _section("questions", self.questions, comment) if self.questions else []
        return "".join(f"{line}\n" for line in lines).encode()


def _section(name: str, items: list[Item], remark: str) -> list[str]:
    comment = [f"# {line}" for line in wrap(remark, 110)]
    if not items:
        return [*comment, f"{name}: []"]
    return [*comment, f"{name}:", *(line for item in items for line in item_lines(item, "  "))]


def _rated(rating: Rating) -> str:
    return f"{rating.question} Rated {rating.rating} by {rating.author} on {rating.date}: {rating.reasons}"


def _next_year(day: date) -> date:
    """The same day a year later; the last of February for the one that leap years alone have."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _next_id(name: str, report: int) -> str:
    """The id with the year of the new report in it, in the place of the last year or at its end."""
    renamed = re.sub(rf"(?<!\d){report - 1}(?!\d)", str(report), name)
    return renamed if renamed != name else f"{name[:70]}-{report}"
