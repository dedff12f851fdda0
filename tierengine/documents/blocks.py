"""The building blocks of documents: each yields facts of one sort, with the records and clauses on which they stand.

None knows a kind of document; which facts a document states, and in which words, its template says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tierengine.documents.matter import ANSWER, Matter, in_words, placed, spanned, worded
from tierengine.documents.templates import Each
from tierengine.engines.form import Bounds, Value
from tierengine.evidence.dossier import LAST_YEAR_RECORD
from tierengine.evidence.records import Evidence, Rating
from tierengine.lab.questions.path import Change
from tierengine.law.entries import Criterion, Indicator
from tierengine.reasoning.admission import Admitted
from tierengine.reasoning.assessment import (
    Assessment,
    CriterionAnswer,
    Passage,
    ProgressAnswer,
    RouteAnswer,
    StandardAnswer,
    Step,
)
from tierengine.reasoning.compare import CAUSES
from tierengine.reasoning.followed import followed_up
from tierengine.reasoning.progress import measured_after
from tierengine.reasoning.trace import spoken
from tierengine.reasoning.words import asked_by, counted, plain
from tierengine.reasoning.years import unlike
from tierengine.terms.citation import Citation
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to state: its values for a sentence, its grounds, its sort, and what belongs there if it is open."""

    fields: Fields
    grounds: tuple[str, ...]
    sort: str = ""
    open: str | None = None
    """What belongs there, where nobody has answered it: it is then a blank and no sentence."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Which criteria, questions of one, parts, standards or days a block takes; none named, all."""

    names: tuple[str, ...] = ()

    def holds(self, *names: str) -> bool:
        """Whether something under one of these names is taken."""
        return not self.names or any(name in self.names for name in names)


def clause_of(citation: str | Citation | None) -> tuple[str, ...]:
    """Return the short name of a provision, of which answers give both numbers."""
    if isinstance(citation, Citation):
        citation = str(citation)
    return (citation.split("; ", maxsplit=1)[0],) if citation else ()


def _records(passages: Iterable[Passage], matter: Matter) -> tuple[str, ...]:
    """The names of passages that a document can list, each once."""
    return tuple(dict.fromkeys(each.record for each in passages if each.record in matter.passages))


def _indicators(matter: Matter, taken: Taken) -> Iterator[tuple[Criterion, Indicator]]:
    for criterion in matter.law.criteria:
        for indicator in criterion.indicators:
            if taken.holds(criterion.id, criterion.part, indicator.id):
                yield criterion, indicator


# -- records --------------------------------------------------------------------------------------------------------


def _acts(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """What is known of each indicator that is no count: one sentence for it, with all its records."""
    yield from _known(matter, matter.admitted, taken, "")


def _last_acts(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """What was known of the year before and is not said of this one; of a part nobody can say that."""
    if matter.admitted_before is None or not matter.whole:
        return
    for fact in _known(matter, matter.admitted_before, taken, LAST_YEAR_RECORD):
        if fact.fields["indicator"] not in matter.admitted.records:
            yield fact


def _known(matter: Matter, admitted: Admitted, taken: Taken, prefix: str) -> Iterator[Fact]:
    for criterion, indicator in _indicators(matter, taken):
        own = [r for r in admitted.records.get(indicator.id, ()) if r.measures == indicator.id]
        value = admitted.facts.get(indicator.id)
        if not own or indicator.type == "count" or value is None or indicator.compared is not None:
            continue
        fields = {
            "indicator": indicator.id,
            "topic": criterion.title,
            "says": _in_words(matter, indicator, value, own),
            "words": _quoted(own),
            "who": _who(own),
        }
        yield Fact(
            fields,
            (*(prefix + record.id for record in own), *clause_of(criterion.citation)),
            _sort(value, own, matter),
        )


def _sort(value: Value | Bounds, records: Iterable[Evidence], matter: Matter) -> str:
    """Whether it is an act of its time or a state of the law, and whether it is there."""
    if not isinstance(value, bool):
        return "said"
    standing = all(r.kind == "law" and not (r.days and _recent(r, matter)) for r in records)
    if standing:
        return "in law" if value else "not in law"
    return "done" if value else "not done"


def _recent(record: Evidence, matter: Matter) -> bool:
    """Whether a record is about the reporting period, or about the one before it."""
    begins = matter.before.dossier.period.first if matter.before is not None else matter.casefile.dossier.period.first
    return record.days is not None and record.days.last >= begins


def _in_words(matter: Matter, indicator: Indicator, value: Value | Bounds, records: list[Evidence]) -> str:
    """What is known in the words of the templates, or else in those of the source; who and when stand behind it."""
    wording = matter.templates.wordings.get(indicator.id)
    words = None
    if wording is not None and isinstance(value, bool):
        words = wording.yes if value else wording.no
    if words is None:
        words = _quoted(records)
    return f"{words} ({_who(records)})"


def _quoted(records: Iterable[Evidence]) -> str:
    """The words of the sources."""
    return "; ".join(dict.fromkeys(f"\u201c{' '.join(record.quote.split())}\u201d" for record in records))


def _who(records: Iterable[Evidence]) -> str:
    """Who did it and when; of the law, since when it is so."""
    return "; ".join(dict.fromkeys(map(_who_and_when, records)))


def _who_and_when(record: Evidence) -> str:
    if record.carried is not None:
        return f"{record.actor.name}, last shown for the report of {record.carried.shown}"
    when = None if record.days is None else spanned(record.days)
    if record.kind != "law":
        return f"{record.actor.name}, {when or 'no day given'}"
    if when is None:
        return "law in force"
    return f"as of {when}" if record.value == "false" else f"law of {when}"


def _figures(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """Each count of the period beside that of the year before, where there is one."""
    law, admitted = matter.law, matter.admitted
    for criterion, indicator in _indicators(matter, taken):
        value = admitted.facts.get(indicator.id)
        records = admitted.records.get(indicator.id, ())
        if indicator.type != "count" or indicator.looks_back or indicator.counts_kind or value is None or not records:
            continue
        last = law.last_year.get(indicator.id)
        before, earlier = (None, ()) if last is None else _year_before(matter, indicator, last)
        wording = matter.templates.wordings.get(indicator.id)
        fields = {
            "what": (wording.count if wording is not None else None) or indicator.asks,
            "topic": criterion.title,
            "now": counted(law, indicator.id, value),
            "before": "" if before is None else plain(before),
            "compared": "yes" if last is not None and matter.whole else "",
            "span": "by law" if all(record.kind == "law" for record in records) else "in the period",
        }
        names = (*(record.id for record in records), *earlier)
        known = tuple(name for name in names if name in matter.passages)
        sort = "in law" if fields["span"] == "by law" else _direction(value, before)
        yield Fact(fields, (*known, *clause_of(criterion.citation)), sort)


def _year_before(
    matter: Matter, indicator: Indicator, last: Indicator
) -> tuple[Value | Bounds | None, tuple[str, ...]]:
    """The figure of the year before with its records: as this dossier has it, else as the other one does."""
    admitted, earlier = matter.admitted, matter.admitted_before
    if last.id in admitted.facts or earlier is None:
        return admitted.facts.get(last.id), tuple(record.id for record in admitted.records.get(last.id, ()))
    now, then = admitted.records.get(indicator.id, ()), earlier.records.get(indicator.id, ())
    if not then or unlike(matter.law, matter.casefile, now, then) is not None:
        return None, ()
    return earlier.facts.get(indicator.id), tuple(LAST_YEAR_RECORD + record.id for record in then)


def _direction(now: Value | Bounds, before: Value | Bounds | None) -> str:
    if before is None:
        return "one year"
    if isinstance(now, Bounds) or isinstance(before, Bounds) or int(now) == int(before):
        return "same"
    return "more" if int(now) > int(before) else "fewer"


def _promises(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """Every commitment, whether or not it counts: in the words of its source, and never as an act."""
    asked = {indicator.id: criterion for criterion, indicator in _indicators(matter, taken)}
    for record in matter.casefile.dossier.records:
        if isinstance(record, Evidence) and record.kind == "commitment" and record.measures in asked:
            criterion = asked[record.measures]
            fields = {
                "quote": " ".join(record.quote.split()),
                "who": _who([record]),
                "topic": criterion.title,
                "undone": "yes" if matter.whole and not matter.admitted.facts.get(record.measures) else "",
            }
            yield Fact(fields, (record.id, *clause_of(criterion.citation)))


def _silences(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """What sources were read for and do not say."""
    for criterion, indicator in _indicators(matter, taken):
        for silence in matter.admitted.silences.get(indicator.id, ()):
            if indicator.id not in matter.admitted.records:
                fields = {"asks": indicator.asks, "source": silence.source, "read": silence.read}
                fields |= {"topic": criterion.title}
                yield Fact(fields, (silence.id, *clause_of(criterion.citation)))


def _answers(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """Each question of some criteria that a record may answer: its answer, or a blank that none may pass over."""
    for criterion, indicator in _indicators(matter, taken):
        records = [r for r in matter.admitted.records.get(indicator.id, ()) if r.id in matter.passages]
        value = matter.admitted.facts.get(indicator.id)
        fields = {"asks": indicator.asks, "topic": criterion.title, "says": "", "answer": ""}
        if value is None or not records:
            asks = f"{indicator.asks} No record answers it; name the record, and what it shows"
            yield Fact(fields, clause_of(criterion.citation), "open", asks)
            continue
        says = _in_words(matter, indicator, value, records)
        fields |= {"says": says, "answer": counted(matter.law, indicator.id, value)}
        sort = _sort(value, records, matter)
        yield Fact(fields, (*(r.id for r in records), *clause_of(criterion.citation)), sort)


# -- findings -------------------------------------------------------------------------------------------------------

Answer = StandardAnswer | CriterionAnswer | RouteAnswer


def _findings(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """What was found of each standard, factor, consideration and route."""
    parts = {each.id: each.part for each in matter.law.criteria}
    for answer in _answers_of(matter.assessment):
        name = _name(answer)
        if taken.holds(name, parts.get(name, "watch list")):
            yield _finding(answer, matter)


def _answers_of(assessment: Assessment) -> tuple[Answer, ...]:
    found: dict[str, Answer] = {answer.id: answer for answer in assessment.standards}
    found |= {answer.id: answer for answer in (*assessment.criteria, *assessment.considered)}
    found |= {answer.route: answer for answer in assessment.watch_list}
    return tuple(found.values())


def _name(answer: Answer) -> str:
    return answer.route if isinstance(answer, RouteAnswer) else answer.id


def _finding(answer: Answer, matter: Matter) -> Fact:
    fields = {
        "topic": f"{answer.title[:1].upper()}{answer.title[1:]}",
        "outcome": answer.outcome.value,
        "level": _level(answer),
        "reason": worded(f"{answer.reason} {_reasons(answer, matter)}"),
    }
    return Fact(fields, (*_records(answer.evidence, matter), *clause_of(answer.citation)), answer.outcome.value)


def _reasons(answer: Answer, matter: Matter) -> str:
    """Why persons rated so, in their own words; nothing where the finding is no rating."""
    if "Rated " not in answer.reason:
        return ""
    cited = {passage.record for passage in answer.evidence}
    ratings = [each for each in matter.casefile.dossier.records if isinstance(each, Rating) and each.id in cited]
    given = "; ".join(f"\u201c{' '.join(each.reasons.split()).rstrip('.')}\u201d" for each in ratings)
    return f"The reasons given: {given}." if given else ""


def _level(answer: Answer) -> str:
    if answer.shown == answer.possible:
        return answer.shown
    return f"open (from {answer.shown} to {answer.possible})"


def _moves(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """Each finding that stands otherwise than in the year before, with the records of both years."""
    before = matter.assessment_before
    if before is None:
        return
    parts = {each.id: each.part for each in matter.law.criteria}
    earlier = {_name(answer): answer for answer in _answers_of(before)}
    for answer in _answers_of(matter.assessment):
        name = _name(answer)
        last = earlier.get(name)
        if last is None or not taken.holds(name, parts.get(name, "watch list")):
            continue
        if (last.shown, last.possible) == (answer.shown, answer.possible):
            continue
        unsettled = (last.outcome is Outcome.UNDETERMINED, answer.outcome is Outcome.UNDETERMINED)
        if all(unsettled) or (any(unsettled) and not matter.whole):
            continue
        fact = _finding(answer, matter)
        then = (LAST_YEAR_RECORD + each.record for each in last.evidence)
        known = tuple(dict.fromkeys(name for name in then if name in matter.passages))
        reason = "" if answer.outcome is Outcome.UNDETERMINED else fact.fields["reason"]
        fields = {**fact.fields, "before": _level(last), "reason": reason}
        yield Fact(fields, (*known, *fact.grounds), answer.outcome.value)


_CAUSES: dict[str, str] = {
    "law": "changed law",
    "facts": "new facts",
    "certainty": "sources that are more or less certain",
    "judgement": "new ratings by persons",
}


def _causes(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """The smallest sets of causes that explain the change of the answer."""
    found = matter.comparison if matter.whole else None
    if found is None:
        return
    for causes in found.smallest:
        names = [_CAUSES[each] for each in CAUSES if each in causes and taken.holds(each)]
        if names:
            yield Fact({"causes": " and ".join(names)}, (ANSWER,))


def _recommendation(matter: Matter, _: Taken) -> Iterator[Fact]:
    """What the engine recommends."""
    recommended, whole = matter.assessment.recommendation, matter.statement
    tiers = [NAMES[tier] for tier in recommended.open_tiers]
    if whole is not None and not whole.entailed:
        name = "no tier" if whole.tier is None else NAMES[whole.tier]
        reason = "The reasons that are released here do not entail it by themselves."
        fields = {"tier": name, "status": whole.status, "reason": reason, "open": " and ".join(tiers)}
        yield Fact(fields, (ANSWER,), whole.status)
        return
    fields = {
        "tier": "no tier" if recommended.tier is None else NAMES[recommended.tier],
        "status": recommended.status,
        "reason": _sentence(
            worded(recommended.reason).removeprefix(f"{NAMES[recommended.tier]}: " if recommended.tier else "")
        ),
        "open": " and ".join(tiers),
    }
    yield Fact(fields, (ANSWER,), recommended.status)


def _sentence(words: str) -> str:
    """Words as a sentence of their own."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def _options(matter: Matter, _: Taken) -> Iterator[Fact]:
    """Every tier of the law of the day: whether it is open, what it asks for, and what speaks against it."""
    rows = {row.id: row for row in matter.law.tiers}
    recommended = matter.assessment.recommendation
    for step in matter.assessment.trace.children:
        row = rows.get(step.id)
        if row is None or row.tier is None:
            continue
        sort = (
            "recommended"
            if row.tier == recommended.tier
            else "open"
            if row.tier in recommended.open_tiers
            else "excluded"
        )
        deciding = [child for child in step.children if child.decisive]
        fields = {
            "tier": NAMES[row.tier],
            "asks": row.says,
            "rests": " ".join(_sentence(worded(spoken(child.id, _bare(child), child.outcome))) for child in deciding),
        }
        records = _records((passage for child in deciding for passage in _walk(child)), matter)
        yield Fact(fields, (*records[:_MOST], ANSWER, *clause_of(row.citation)), sort)


def _bare(step: Step) -> str:
    """What a step says, without how it comes about where it does not come about."""
    return step.says if step.outcome is Outcome.MET else step.says.partition(", because ")[0]


_MOST = 6
"""How many records an option cites at most; the findings cite the others."""


def _walk(step: Step) -> Iterator[Passage]:
    yield from step.evidence
    for child in step.children:
        if child.decisive:
            yield from _walk(child)


# -- what the statute and people add ---------------------------------------------------------------------------------


def _deficiencies(matter: Matter, _: Taken) -> Iterator[Fact]:
    """Progress on each deficiency that the last report named."""
    named = {each.id: each for each in matter.casefile.dossier.deficiencies}
    provision = clause_of(matter.law.progress[0].citation) if matter.law.progress else ()
    for answer in matter.assessment.progress:
        if answer.id in named:
            fields = {"says": answer.says, "progress": _progress(answer)}
            fields |= {"reason": _why(answer, matter)}
            grounds = (answer.id, *_records(answer.evidence, matter), *provision)
            yield Fact(fields, tuple(dict.fromkeys(grounds)), answer.outcome.value)


def _progress(answer: ProgressAnswer) -> str:
    words = {Outcome.MET: "progress", Outcome.NOT_MET: "no progress", Outcome.UNDETERMINED: "progress not known"}
    return words[answer.outcome]


def _why(answer: ProgressAnswer, matter: Matter) -> str:
    """Why there is progress or not; of steps that may lie too early, that they do."""
    says = matter.law.progress[0].says[answer.outcome.value]
    early = in_words(measured_after(matter.casefile, matter.law))
    doubt = "" if answer.reason == says else f" Some are on record that may date from {early} or before."
    return _sentence(worded(says)) + doubt


def _steps(matter: Matter, _: Taken) -> Iterator[Fact]:
    """The fewest actions to the next better tier: what each criterion asks for, and what will show that it is done."""
    way = matter.way_up
    if way is None or not way.ways:
        return
    due = matter.days.get("ACTION-PLAN")
    for number, change in enumerate(way.ways[0].actions, start=1):
        fields = {
            "number": str(number),
            "asks": change.asks,
            "now": _now(change),
            "then": change.then,
            "aim": _stated(matter, change, change.then),
            "stands": _now(change) if _counts(matter, change) else _stated(matter, change, _now(change)),
            "compared": "yes" if change.id in matter.law.last_year else "",
            "topic": _topic(matter, change),
            "target": NAMES[way.target],
            "by": "" if due is None else in_words(due.day),
        }
        known = matter.admitted.records.get(change.id, ())
        records = tuple(each.id for each in known if each.id in matter.passages)
        yield Fact(fields, (*records, *clause_of(change.citation), ANSWER), "action")


def _counts(matter: Matter, change: Change) -> bool:
    wording = matter.templates.wordings.get(change.id)
    return change.now is None or (wording is not None and wording.count is not None)


def _stated(matter: Matter, change: Change, answer: str) -> str:
    """An answer as a statement, in the words of the templates, or else behind its question."""
    wording = matter.templates.wordings.get(change.id)
    said = None if wording is None else {"Yes": wording.yes, "No": wording.no}.get(answer)
    counted_as = None if wording is None else wording.count
    return said or (f"{counted_as}: {answer}" if counted_as else f"{change.asks} {answer}")


def _beside(matter: Matter, _: Taken) -> Iterator[Fact]:
    """What must come out so beside the fewest actions: facts that are open, and what persons must rate."""
    way = matter.way_up
    needs = way.ways[0].also_needed if way is not None and way.ways else ()
    for change in (*needs[0].turns_out, *needs[0].rated) if needs else ():
        fields = {"asks": change.asks, "now": _now(change), "then": change.then, "topic": _topic(matter, change)}
        yield Fact(fields, (*clause_of(change.citation), ANSWER), "beside")


def _now(change: Change) -> str:
    return "not known" if change.now is None else change.now


def _topic(matter: Matter, change: Change) -> str:
    found = matter.law.criteria_by_id.get(change.criterion or "")
    return "" if found is None else found.title


def _followed_up(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """What an earlier report left to ask, such as an action of its plan: whether this dossier shows it done."""
    for each in followed_up(matter.casefile, matter.law, matter.admitted) if matter.whole else ():
        question = each.question
        if not taken.holds(question.by):
            continue
        known = tuple(name for name in each.records if name in matter.passages)
        done = "shown" if each.done else "not shown"
        fields = {"asks": question.asks, "says": worded(question.says), "done": done, "since": question.shown}
        yield Fact(fields, (question.id, *known), done)


def _days(matter: Matter, taken: Taken) -> Iterator[Fact]:
    """The days that the statute counts."""
    for each in matter.days.values():
        if taken.holds(each.id):
            yield Fact({"says": each.says, "day": in_words(each.day)}, clause_of(each.citation))


def _placements(matter: Matter, _: Taken) -> Iterator[Fact]:
    """Where earlier reports placed the country, the latest first."""
    for each in sorted(matter.casefile.dossier.earlier_placements, key=lambda each: -each.year):
        sort = "last" if each == matter.casefile.last_placement else "earlier"
        yield Fact({"year": str(each.year), "tier": placed(each.tier)}, (f"placement-{each.year}",), sort)


def _positions(matter: Matter, _: Taken) -> Iterator[Fact]:
    """What the reporting post asks for, and what offices hold as the ledger keeps it."""
    post = matter.casefile.dossier.post_recommendation
    if post is not None:
        asks = f"it asks for {post.asks.rstrip('.')}, that is, for {NAMES[post.tier]}"
        words = f"\u201c{' '.join(post.quote.split()).rstrip('.')}\u201d"
        yield Fact({"who": "The reporting post", "says": asks, "reasons": words}, ("post",))
    for each in matter.on_record.positions:
        fields = {"who": each.who, "says": worded(each.says).rstrip("."), "reasons": each.reasons.rstrip(".")}
        yield Fact(fields, (f"entry {each.number}",))


def _determination(matter: Matter, _: Taken) -> Iterator[Fact]:
    """What an accountable person determined, as the ledger keeps it."""
    each = matter.on_record.determination
    if each is not None:
        fields = {"who": each.who, "says": worded(each.says).rstrip("."), "reasons": each.reasons.rstrip(".")}
        fields |= {"tier": "no tier" if each.tier is None else NAMES[each.tier]}
        yield Fact(fields, (f"entry {each.number}",))


def _questions(matter: Matter, _: Taken) -> Iterator[Fact]:
    """The facts that would narrow the tier, those that narrow most first; the open words stand apart.

    Whether data were requested and given is no question to anybody else: the log of requests answers it.
    """
    rules = [each.presumption for each in matter.law.criteria if each.presumption is not None]
    logged = {name for each in rules if each.requests for name in (each.requests.requested, each.requests.provided)}
    of_data = {part.indicator for each in rules if each.requests for part in each.when.walk()}
    for each in matter.narrowing:
        name = each.question.id
        if name in matter.law.indicators_by_id and name not in logged:
            criterion = asked_by(matter.law, name)
            fields = {"asks": each.question.asks, "topic": "" if criterion is None else criterion.title}
            fields |= {"data": "yes" if name in of_data else ""}
            yield Fact(fields, clause_of(each.question.citation))


def _presumptions(matter: Matter, _: Taken) -> Iterator[Fact]:
    """The presumptions that the statute draws if data are requested and not given."""
    for each in matter.presumptions:
        data = " ".join(question.asks for question in each.data)
        yield Fact({"topic": each.title, "says": each.says, "data": data}, clause_of(each.citation))


def _open_words(matter: Matter, _: Taken) -> Iterator[Fact]:
    """The open words that decide and that a person must rate."""
    for each in matter.sheet.words:
        proposed = "" if each.proposed is None else each.proposed.level
        yield Fact({"asks": each.asks, "topic": each.title, "proposed": proposed}, clause_of(each.citation))


BLOCKS: Mapping[Each, Callable[[Matter, Taken], Iterator[Fact]]] = {
    "acts": _acts,
    "answers": _answers,
    "beside": _beside,
    "causes": _causes,
    "days": _days,
    "deficiencies": _deficiencies,
    "determination": _determination,
    "figures": _figures,
    "findings": _findings,
    "followed_up": _followed_up,
    "last_acts": _last_acts,
    "moves": _moves,
    "open_words": _open_words,
    "options": _options,
    "placements": _placements,
    "positions": _positions,
    "presumptions": _presumptions,
    "promises": _promises,
    "questions": _questions,
    "recommendation": _recommendation,
    "silences": _silences,
    "steps": _steps,
}

NAMED: Mapping[Each, frozenset[str]] = {
    "acts": frozenset({"indicator", "topic", "says", "words", "who"}),
    "answers": frozenset({"asks", "topic", "says", "answer"}),
    "beside": frozenset({"asks", "now", "then", "topic"}),
    "causes": frozenset({"causes"}),
    "days": frozenset({"says", "day"}),
    "deficiencies": frozenset({"says", "progress", "reason"}),
    "determination": frozenset({"who", "says", "reasons", "tier"}),
    "figures": frozenset({"what", "topic", "now", "before", "compared", "span"}),
    "findings": frozenset({"topic", "outcome", "level", "reason"}),
    "followed_up": frozenset({"asks", "says", "done", "since"}),
    "last_acts": frozenset({"indicator", "topic", "says", "words", "who"}),
    "moves": frozenset({"topic", "outcome", "level", "reason", "before"}),
    "open_words": frozenset({"asks", "topic", "proposed"}),
    "options": frozenset({"tier", "asks", "rests"}),
    "placements": frozenset({"year", "tier"}),
    "positions": frozenset({"who", "says", "reasons"}),
    "presumptions": frozenset({"topic", "says", "data"}),
    "promises": frozenset({"quote", "who", "topic", "undone"}),
    "questions": frozenset({"asks", "topic", "data"}),
    "recommendation": frozenset({"tier", "status", "reason", "open"}),
    "silences": frozenset({"asks", "source", "read", "topic"}),
    "steps": frozenset({"number", "asks", "now", "then", "aim", "stands", "compared", "topic", "target", "by"}),
}
"""The values that a sentence may name of each block."""

SORTS: Mapping[Each, frozenset[str]] = {
    "acts": frozenset({"done", "not done", "in law", "not in law", "said"}),
    "answers": frozenset({"done", "not done", "in law", "not in law", "said", "open"}),
    "deficiencies": frozenset({"met", "not met", "undetermined"}),
    "figures": frozenset({"one year", "same", "more", "fewer", "in law"}),
    "findings": frozenset({"met", "not met", "undetermined"}),
    "followed_up": frozenset({"shown", "not shown"}),
    "last_acts": frozenset({"done", "not done", "in law", "not in law", "said"}),
    "moves": frozenset({"met", "not met", "undetermined"}),
    "options": frozenset({"recommended", "open", "excluded"}),
    "placements": frozenset({"last", "earlier"}),
    "recommendation": frozenset({"settled", "provisional", "open"}),
}
"""The sorts by which `only` chooses among the facts of a block."""
