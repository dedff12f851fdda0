"""A country sketched from its answers: an invented dossier and telegram that `assess` reads to exactly these answers.

What a dossier cannot say is named and not written: that there is none of what is counted by records, an answer that
every rule of admission sets aside, and years on the watch list that no history of placements brings about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tierengine import canonical
from tierengine.engines.form import Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.sources.telegram import read_telegram
from tierengine.law.entries import Indicator, Kind
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import known_in
from tierengine.reasoning.clocks import report_day
from tierengine.reasoning.history import Years, standing_under
from tierengine.reasoning.words import answer, in_order, judgement, question
from tierengine.terms.level import LEVELS
from tierengine.terms.tier import Placement

COUNTRY = "QM"
"""A code that ISO 3166-1 leaves to users."""

NAME = "Merrow"
"""No country on earth."""

DOSSIER, TELEGRAM = "dossier.yaml", "cable.txt"
"""The names of the two files."""

_MARK = {"reliability": "B", "credibility": "2"}


@dataclass(frozen=True, slots=True)
class Sketch:
    """The text of a dossier and of the telegram that it quotes."""

    dossier: str
    """The text of the dossier, as YAML."""
    telegram: str
    """The text of the telegram."""

    def write(self, folder: Path) -> Path:
        """Write both files into a folder, which is made if need be, and return the path of the dossier."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TELEGRAM).write_text(self.telegram, encoding="utf-8")
        path = folder / DOSSIER
        path.write_text(self.dossier, encoding="utf-8")
        return path


def sketch(law: Law, facts: Mapping[str, Value], about: str) -> Sketch:
    """Return an invented dossier that gives these answers, and no other, under the law of its date.

    `about` is one line that says what it shows. Whether a word was judged follows from its rating and need not be
    given. Raise `EvidenceError` with everything that no dossier can say.
    """
    return _Sketcher(law, facts).sketch(" ".join(about.split()))


@dataclass(frozen=True, slots=True)
class _Times:
    """The days of an invented dossier: of the report to come, and of everything that is recorded for it."""

    as_of: date
    report: int

    @staticmethod
    def of(law: Law) -> _Times:
        """The report that is due next on the law's date."""
        coming = law.as_of.year if law.as_of <= report_day(law, law.as_of.year) else law.as_of.year + 1
        return _Times(law.as_of, coming)

    @property
    def period(self) -> dict[str, date]:
        return {"first": date(self.report - 1, 4, 1), "last": date(self.report, 3, 31)}

    @property
    def recorded(self) -> date:
        return min(self.period["last"], self.as_of)


class _Sketcher:
    """Writes the records, and with each the paragraph of the telegram that it quotes."""

    def __init__(self, law: Law, facts: Mapping[str, Value]) -> None:
        self._law = law
        self._facts = facts
        self._times = _Times.of(law)
        self._paragraphs: list[str] = []
        self._problems: list[Problem] = []

    def sketch(self, about: str) -> Sketch:
        records = [record for field in self._ordered() for record in self._records(field)]
        placements = self._placements()
        if self._problems:
            raise EvidenceError(self._problems)
        telegram = self._telegram(about)
        read = read_telegram(telegram.encode("utf-8"), TELEGRAM)
        for record in records:
            if "quote" in record:
                record["at"] = read.locator(record["at"])
        source = {"id": read.id, "format": "telegram", "file": TELEGRAM, "digest": canonical.digest(read.raw)}
        written = {
            "id": f"{NAME.lower()}-{self._times.report}",
            "government": {"country": COUNTRY, "name": f"{NAME} (invented)"},
            "product": "annual",
            "as_of": self._times.as_of,
            "period": self._times.period,
            "last_report": report_day(self._law, self._times.report - 1),
            "sources": [source],
            "records": records,
            "earlier_placements": placements,
        }
        return Sketch(f"# INVENTED: {about}\n{_yaml(written)}", telegram)

    def _ordered(self) -> list[str]:
        """The answers to be recorded, as the statute asks for them; whatever is no answer is named."""
        order = list(in_order(self._law))
        for field in self._facts:
            if field not in order and not field.startswith("judged/"):
                self._cannot(field, "it is worked out and not answered", "give what it is worked out from")
        return [field for field in order if field in self._facts and field not in (LAST_REPORT, LIMIT)]

    def _cannot(self, field: str, what: str, cure: str) -> None:
        self._problems.append(Problem(where=f"`{field}`", what=f"no dossier can say this: {what}", cure=cure))

    # -- records ------------------------------------------------------------------------------------------------

    def _records(self, field: str) -> list[dict[str, Any]]:
        value = self._facts[field]
        if field.startswith("rating/"):
            return [self._rating(field, value)]
        indicator = self._law.indicator(field)
        if indicator.counts_kind is not None:
            return self._counted(indicator, int(value))
        kind = kind_of_record(self._law, indicator)
        if kind is None:
            self._cannot(field, "every record that may answer it is set aside, or counted elsewhere", "leave it open")
            return []
        says = f"{question(self._law, field)} {answer(self._law, field, value)}"
        return [self._record(indicator, value, kind, indicator.id, says)]

    def _counted(self, indicator: Indicator, number: int) -> list[dict[str, Any]]:
        """So many records of the kind that is counted, each of which answers nothing by itself."""
        kind = indicator.counts_kind
        assert kind is not None
        carrier = carrier_of(self._law, kind)
        if number < 1 or carrier is None:
            self._cannot(indicator.id, f"it counts the records of {kind}s, and they are {number}", "leave it open")
            return []
        value: Value = {"truth": True, "count": 1}.get(carrier.type, "".join(carrier.choices[:1]))
        says = "The government announced a step for the time to come, number {}: {}"
        return [
            self._record(carrier, value, kind, f"{kind}-{each}", says.format(each, question(self._law, carrier.id)))
            for each in range(1, number + 1)
        ]

    def _record(self, indicator: Indicator, value: Value, kind: str, name: str, says: str) -> dict[str, Any]:
        words = " ".join(says.split())
        self._paragraphs.append(words)
        by_government = {"is": "government", "name": f"the Government of {NAME}"}
        return {
            "id": name,
            "kind": kind,
            "measures": indicator.id,
            "value": value,
            **({"unit": indicator.unit} if indicator.unit else {}),
            "date": self._times.recorded,
            "actor": by_government if indicator.effort else {"is": "post", "name": "the embassy"},
            "at": len(self._paragraphs) + 1,
            "quote": words,
            **_MARK,
        }

    def _rating(self, field: str, value: Value) -> dict[str, Any]:
        asked, level = judgement(self._law, field), LEVELS[int(value)]
        return {
            "id": asked.id,
            "kind": "judgement",
            "measures": asked.id,
            "question": asked.question,
            "rating": level,
            "author": "an invented desk officer",
            "date": self._times.recorded,
            "reasons": asked.rubric[level],
        }

    # -- placements ---------------------------------------------------------------------------------------------

    def _placements(self) -> list[dict[str, Any]]:
        """Earlier placements after which the last report and the limit are as asked."""
        asked = tuple(self._facts.get(field) for field in (LAST_REPORT, LIMIT))
        for years, answers in placements(self._law):
            given = (answers.get(LAST_REPORT), answers.get(LIMIT))
            # Where no downgrade is in force the limit is known whatever happened, and need not be given.
            silent = LIMIT not in self._facts and not self._law.downgrades
            if given == asked or (silent and given[0] == asked[0]):
                return [{"year": year, "tier": years[year], "source": "invented"} for year in sorted(years)]
        self._cannot(
            LIMIT if LIMIT in self._facts else LAST_REPORT,
            f"no placements before the report of {self._times.report} lead to it",
            "choose another limit or last placement, or another date",
        )
        return []

    # -- the telegram -------------------------------------------------------------------------------------------

    def _telegram(self, about: str) -> str:
        day, post = self._times.recorded, NAME.upper()
        sent = f"{day:%d}1201Z {day:%b}".upper()
        head = f"""\
VZCZCXYZ0001
RR RUEHC

DE RUEH{COUNTRY} #0001/01 {day:%j}1201
ZNR UUUUU ZZH
R {sent} {day:%y}
FM AMEMBASSY {post}
TO SECSTATE WASHDC

UNCLAS {post} 000001

SIPDIS

E.O. 12958: N/A
TAGS: KTIP, PHUM, {COUNTRY}
SUBJECT: TIP: INVENTED REPORT OF {self._times.report}
"""
        first = f"This telegram is invented, as is the country. It shows this: {about}."
        paragraphs = (f"{number}. {text}" for number, text in enumerate((first, *self._paragraphs), 1))
        return "\n\n".join((head, *paragraphs, "DOE\n"))


def kind_of_record(law: Law, indicator: Indicator) -> Kind | None:
    """Return a kind of record that may answer an indicator and is nowhere counted, if there is one."""
    counted = {other.counts_kind for other in law.indicators}
    return next((kind for kind in indicator.kinds if kind not in counted and _counts(law, kind, "this")), None)


def carrier_of(law: Law, kind: Kind) -> Indicator | None:
    """Return an indicator of which records of a kind are counted elsewhere and answer nothing, if there is one."""
    if not _counts(law, kind, "this") or _counts(law, kind, "another"):
        return None
    recorded = (other for other in law.indicators if other.compared is None and other.counts_kind is None)
    return next((other for other in recorded if kind not in other.kinds), None)


def _counts(law: Law, kind: Kind, takes: str) -> bool:
    """Whether a record of a kind counts for an indicator that takes this kind, or another."""
    return law.sets_aside({"kind": kind, "dated": "in the period", "indicator": f"takes {takes} kind", **_MARK}) is None


def placements(law: Law) -> Iterator[tuple[Years, dict[str, Value]]]:
    """Yield placements before the report that is due next on the law's date, and what they answer."""
    report = _Times.of(law).report
    for years in histories(law, report):
        if all(tier in known_in(law, year) for year, tier in years.items()):
            limit = standing_under(years, report, law).limit
            answers: dict[str, Value] = {LAST_REPORT: years[max(years)]} if years else {}
            yield years, answers if limit is None else {**answers, LIMIT: limit}


def histories(law: Law, report: int) -> Iterator[Years]:
    """Yield placements of the years before a report: none, any last one, and runs on the watch list of every length.

    The runs come bare, after Tier 2, and after an automatic downgrade; longer ones bind no otherwise.
    """
    yield {}
    lasts: tuple[Placement, ...] = ("1", "2", "3", "SC")
    for last in lasts:
        yield _ending((last,), report)
    downgrade = next(iter(law.downgrades), None)
    longest = 1 if downgrade is None else downgrade.years + downgrade.waiver_years + 1
    spent: tuple[Placement, ...] = ("2", *_listed(longest), "3")
    befores: tuple[tuple[Placement, ...], ...] = (("2",), (), spent)
    for before in befores:
        for run in range(1, longest + 1):
            yield _ending((*before, *_listed(run)), report)


def _listed(years: int) -> tuple[Placement, ...]:
    one: tuple[Placement, ...] = ("2WL",)
    return one * years


def _ending(placements: tuple[Placement, ...], report: int) -> Years:
    """Placements of consecutive years, the last of them in the year before the report."""
    return dict(zip(range(report - len(placements), report), placements, strict=True))


class _Dumper(yaml.SafeDumper):
    """Writes lists indented under their key, and every value out where it stands."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - never indentless
        return super().increase_indent(flow, indentless=False)


def _yaml(written: Mapping[str, Any]) -> str:
    text: str = yaml.dump(dict(written), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
