"""The provenance of an answer as W3C PROV-JSON: from the sources over the records and findings to what people said.

Every name is a URN of this project. Equal answers give equal bytes: nothing here knows the time or makes up names.

Sources: W3C PROV-DM (2013) and PROV-JSON (W3C member submission, 2013).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from prov.constants import PROV, PROV_LABEL, PROV_TYPE
from prov.identifier import QualifiedName
from prov.model import ProvDocument

from tierengine.evidence.dossier import LAST_YEAR_RECORD, Casefile
from tierengine.evidence.records import Evidence, Rating
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Assessment, Passage, Step
from tierengine.terms.tier import Tier

NAMESPACE = "urn:tierengine:"

Said = list[tuple[QualifiedName, str | QualifiedName]]
"""What is said of something: the name of each attribute, and its value."""

_CODING, _ASSESSMENT, _ENGINE = "activity/coding", "activity/assessment", "agent/tierengine"
_DOSSIER, _RULEBOOK, _RECOMMENDATION = "dossier", "rulebook", "recommendation"
_LAST_DOSSIER = "last-dossier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person said of the recommendation afterwards, for an office or for themselves."""

    number: int
    """Its number in the ledger."""
    kind: Literal["position", "determination", "review", "correction"]
    person: str
    office: str
    """Empty where the person speaks for none."""
    time: str
    tier: Tier | None = None
    revises: int | None = None
    """The act that it replaces or corrects; nothing where it speaks of the recommendation."""


def provenance(casefile: Casefile, law: Law, assessment: Assessment, acts: Sequence[Act] = ()) -> ProvDocument:
    """Return where an assessment of a dossier comes from, and what came of it."""
    graph = _Graph(casefile)
    graph.sources()
    graph.coding()
    graph.rulebook(law)
    graph.assessment(assessment)
    graph.acts(acts)
    return graph.document


def prov_json(document: ProvDocument) -> bytes:
    """Return a document as PROV-JSON, two spaces deep and sorted by name."""
    text = json.dumps(
        json.loads(document.serialize(format="json") or "{}"), indent=2, sort_keys=True, ensure_ascii=False
    )
    return text.encode() + b"\n"


def _name(kind: str, name: object) -> str:
    """The name of something within the namespace; what a name may not hold is written as in a URL."""
    return f"{kind}/{quote(str(name), safe='')}"


class _Graph:
    """A document that grows, from what was published to what was said."""

    def __init__(self, casefile: Casefile) -> None:
        self.document = ProvDocument()
        self._space = self.document.add_namespace("te", NAMESPACE)
        self._casefile = casefile
        self._agents: set[str] = set()
        self._records: set[str] = set()
        """The ids of what findings may rest on: records, silences, requests and earlier placements."""
        self._of_last_year: set[str] = set()

    # -- from the sources to the records ------------------------------------------------------------------------------

    def sources(self) -> None:
        """Add each source, with who sent it."""
        for source in self._casefile.dossier.sources:
            name, opened = _name("source", source.id), self._casefile.sources[source.id]
            more = {"digest": source.digest, "file": source.file, "sent": opened.sent, "handling": opened.handling}
            more |= {"handling_declared_by": source.declared_by}
            self._entity(name, "Source", source.id, more)
            for section in source.sections or ():
                part = _name("source", f"{source.id} {section.file}")
                self._entity(part, "Section", section.file, {"digest": section.digest, "file": section.file})
                self.document.hadMember(self._space[name], self._space[part])
            if opened.author:
                kind: Literal["Person", "Organization"] = "Organization" if source.format == "telegram" else "Person"
                self.document.wasAttributedTo(self._space[name], self._agent(opened.author, kind))

    def coding(self) -> None:
        """Add the records and what else was coded from the sources, which together are the dossier."""
        dossier, space = self._casefile.dossier, self._space
        self.document.activity(space[_CODING], other_attributes=self._said("Coding", "the coding of the sources"))
        for source in dossier.sources:
            self.document.used(space[_CODING], space[_name("source", source.id)])
        self._entity(_DOSSIER, "Dossier", dossier.id, {"digest": self._casefile.digest})
        self.document.wasGeneratedBy(space[_DOSSIER], space[_CODING])
        for record in dossier.records:
            self._rating(record) if isinstance(record, Rating) else self._evidence(record)
        for silence in dossier.silences:
            more = {"measures": silence.indicator, "read": silence.read, "note": silence.note}
            self._coded(silence.id, "Silence", more, [_name("source", silence.source)])
            self._attribute(silence.id, silence.author)
        for request in dossier.requests:
            self._coded(
                request.id, "Request", {"measures": request.criterion, "says": request.words}, self._at(request.at)
            )
        for placement in dossier.earlier_placements:
            more = {"tier": placement.tier, "source": placement.source}
            self._coded(f"placement-{placement.year}", "EarlierPlacement", more, [])
        self._repeated()

    def _evidence(self, record: Evidence) -> None:
        more = {"kind": record.kind, "measures": record.measures, "value": str(record.value), "marks": record.mark}
        more |= {"at": record.at, "quote": record.quote, "actor": record.actor.name}
        self._coded(record.id, "Record", more, self._at(record.at))

    def _rating(self, record: Rating) -> None:
        more = {"measures": record.measures, "rating": record.rating, "reasons": record.reasons}
        self._coded(record.id, "Rating", more | {"date": record.date.isoformat()}, [])
        self._attribute(record.id, record.author)

    def _coded(self, record: str, kind: str, more: Mapping[str, str | None], sources: Sequence[str]) -> None:
        """Add something that was coded, the sources it was coded from, and that the dossier holds it."""
        name = self._space[_name("record", record)]
        self._records.add(record)
        self._entity(_name("record", record), kind, record, more)
        self.document.wasGeneratedBy(name, self._space[_CODING])
        self.document.hadMember(self._space[_DOSSIER], name)
        for source in sources:
            self.document.wasDerivedFrom(name, self._space[source])

    def _repeated(self) -> None:
        """Add whose statement a record repeats, and on which a person judged; all are in the document by now."""
        for record in self._casefile.dossier.records:
            name = self._space[_name("record", record.id)]
            for judged in (record.rests_on or ()) if isinstance(record, Rating) else ():
                self.document.wasDerivedFrom(name, self._space[_name("record", judged)])
            if isinstance(record, Evidence) and record.origin is not None:
                self.document.wasDerivedFrom(name, self._space[self._origin(record.origin)])

    def _origin(self, origin: str) -> str:
        """The name of a record, or of a report that is none of the sources."""
        if origin in self._records:
            return _name("record", origin)
        name = _name("report", origin)
        if name not in self._agents:
            self._agents.add(name)
            self._entity(name, "Report", origin, {})
        return name

    def _at(self, locator: str) -> list[str]:
        found = (each.id for each in self._casefile.dossier.sources if locator.startswith(f"{each.id} "))
        return [_name("source", source) for source in found]

    # -- from the records to the recommendation -----------------------------------------------------------------------

    def rulebook(self, law: Law) -> None:
        """Add the rulebook, which is the plan of the assessment."""
        more = {"digest": law.digest, "as_of": law.as_of.isoformat()}
        self._entity(_RULEBOOK, PROV["Plan"], "the rulebook in force on the date", more)

    def assessment(self, answer: Assessment) -> None:
        """Add what was assessed, by which engine, what was found, and what is recommended."""
        space, aside = self._space, {each.record: each for each in answer.set_aside}
        engine = self._said(PROV["SoftwareAgent"], "tierengine")
        engine.append((space["version"], answer.receipt.tierengine))
        self.document.agent(space[_ENGINE], engine)
        self.document.activity(space[_ASSESSMENT], other_attributes=self._said("Assessment", "the assessment"))
        self.document.wasAssociatedWith(space[_ASSESSMENT], space[_ENGINE], space[_RULEBOOK])
        self.document.used(space[_ASSESSMENT], space[_RULEBOOK])
        self.document.used(space[_ASSESSMENT], space[_DOSSIER])
        for record in sorted(self._records):
            name = space[_name("record", record)]
            if record not in aside:
                self.document.used(space[_ASSESSMENT], name)
                continue
            said = [("set_aside_by", aside[record].rule), ("set_aside_because", aside[record].because)]
            self.document.get_record(name)[0].add_attributes([(space[key], value) for key, value in said])
        found = dict(_findings(answer))
        for finding, (outcome, evidence) in found.items():
            self._finding(finding, outcome, evidence)
        self._recommended(answer, [each for each in _decisive(answer.trace) if each in found])

    def _finding(self, finding: str, outcome: str, evidence: Sequence[Passage]) -> None:
        name = self._space[_name("finding", finding)]
        self._entity(_name("finding", finding), "Finding", finding, {"outcome": outcome})
        self.document.wasGeneratedBy(name, self._space[_ASSESSMENT])
        for passage in evidence:
            self._last_year(passage)
        for record in dict.fromkeys(passage.record for passage in evidence):
            self.document.wasDerivedFrom(name, self._space[_name("record", record)])

    def _last_year(self, passage: Passage) -> None:
        """Add a figure of the dossier of the last report, and that dossier, where a finding rests on one."""
        last, record = self._casefile.last, passage.record
        if last is None or not record.startswith(LAST_YEAR_RECORD) or record in self._of_last_year:
            return
        if not self._of_last_year:
            self._entity(_LAST_DOSSIER, "Dossier", last.dossier.id, {"digest": last.digest})
        self._of_last_year.add(record)
        self._entity(_name("record", record), "Record", record, {"at": passage.at, "quote": passage.quote})
        self.document.hadMember(self._space[_LAST_DOSSIER], self._space[_name("record", record)])

    def _recommended(self, answer: Assessment, findings: Sequence[str]) -> None:
        name, recommended = self._space[_RECOMMENDATION], answer.recommendation
        more = {"tier": recommended.tier or "none", "answer": recommended.answer, "says": recommended.reason}
        self._entity(_RECOMMENDATION, "Recommendation", "what the engine recommends", more)
        self.document.wasGeneratedBy(name, self._space[_ASSESSMENT])
        for finding in findings:
            self.document.wasDerivedFrom(name, self._space[_name("finding", finding)])

    # -- what people said ---------------------------------------------------------------------------------------------

    def acts(self, acts: Sequence[Act]) -> None:
        """Add what persons said, each for their office, and what it revises."""
        numbers = {act.number for act in acts}
        delegated: set[tuple[str, str]] = set()
        for act in acts:
            name = _name(act.kind, act.number)
            tier = {"tier": act.tier or "none"} if act.kind in ("position", "determination") else {}
            self._entity(name, act.kind.capitalize(), f"entry {act.number}", {"time": act.time, **tier})
            person = self._agent(act.person, "Person")
            self.document.wasAttributedTo(self._space[name], person)
            if act.office and (act.person, act.office) not in delegated:
                delegated.add((act.person, act.office))
                self.document.actedOnBehalfOf(person, self._agent(act.office, "Organization"))
            if act.revises is None:
                self.document.wasDerivedFrom(self._space[name], self._space[_RECOMMENDATION])
            elif act.revises in numbers:
                kind = next(other.kind for other in acts if other.number == act.revises)
                self.document.wasRevisionOf(self._space[name], self._space[_name(kind, act.revises)])

    # -- how ----------------------------------------------------------------------------------------------------------

    def _said(self, kind: str | QualifiedName, label: str) -> Said:
        return [(PROV_TYPE, self._space[kind] if isinstance(kind, str) else kind), (PROV_LABEL, label)]

    def _entity(self, name: str, kind: str | QualifiedName, label: str, more: Mapping[str, str | None]) -> None:
        said = [(self._space[key], value) for key, value in more.items() if value is not None]
        self.document.entity(self._space[name], [*self._said(kind, label), *said])

    def _attribute(self, record: str, person: str) -> None:
        self.document.wasAttributedTo(self._space[_name("record", record)], self._agent(person, "Person"))

    def _agent(self, label: str, kind: Literal["Person", "Organization"]) -> QualifiedName:
        """The name of a person or an organisation, which is added where it is first met."""
        name = _name(kind.lower(), label)
        if name not in self._agents:
            self._agents.add(name)
            self.document.agent(self._space[name], self._said(PROV[kind], label))
        return self._space[name]


def _findings(assessed: Assessment) -> Iterator[tuple[str, tuple[str, Sequence[Passage]]]]:
    """Yield each finding with its outcome and what it rests on."""
    for answer in (*assessed.standards, *assessed.criteria, *assessed.considered):
        yield answer.id, (answer.outcome.value, answer.evidence)
    for route in assessed.watch_list:
        yield route.route, (route.outcome.value, route.evidence)


def _decisive(trace: Step) -> list[str]:
    """The entries of the steps on which the recommendation rests, directly or further down, each once."""
    unfolded = {step.id: step for step in _steps(trace) if step.children}
    found: dict[str, None] = {}
    waiting = [trace.id]
    while waiting:
        step = unfolded.pop(waiting.pop(), None)  # what is below a step is written where it is first met, and not again
        below = [child.id for child in step.children if child.decisive] if step is not None else []
        found |= dict.fromkeys(each.split("/", maxsplit=1)[0] for each in below)
        waiting += below
    return sorted(found)


def _steps(step: Step) -> Iterator[Step]:
    yield step
    for child in step.children:
        yield from _steps(child)
