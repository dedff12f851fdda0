"""What if a source is wrong, only the surer records count, or a person rates otherwise: what it moves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.evidence.origins import chain, origins_of
from tierengine.evidence.records import Evidence, Rating
from tierengine.evidence.remainder import Answering, answering, remainder, source_of
from tierengine.law.rulebook import Law
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.compare import Answer, Moved, answered, moved
from tierengine.terms.level import Level
from tierengine.terms.scalars import Model


class LeftOut(Model):
    """Something that is supposed not to be there, and why."""

    id: str
    why: str


class Supposition(Model):
    """The answer before and after something was left out."""

    left_out: tuple[LeftOut, ...]
    stays: tuple[str, ...]
    """Ratings that do not say on which records they rest; they stay, whatever is left out."""
    before: Answer
    after: Answer
    changed: bool
    moved: tuple[Moved, ...]


class Alone(Model):
    """The answer without one source or report alone."""

    without: str
    """The source, or the report that records repeat."""
    left_out: int
    """How many records, silences, requests and ratings fall with it."""
    after: Answer
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """What is to be left out: what comes from some sources or reports, and what is less sure than two marks."""

    sources: tuple[str, ...] = ()
    least: str | None = None
    """The least sure Admiralty marks that count, such as `B2`; each mark is asked for by itself."""
    items: tuple[str, ...] = ()
    """Records, ratings, silences and requests by their ids."""
    ratings: Mapping[str, Level] = field(default_factory=dict)
    """Open words that are rated so instead of as they are."""


def suppose(casefile: Casefile, law: Law, doubted: Doubted) -> tuple[Supposition, Assessment]:
    """Return what moves if something is left out, and the assessment of what remains.

    Raise `UsageError` for a source that the dossier does not name and for marks that are none.
    """
    return supposed(casefile, Assessor(law), doubted)


def supposed(
    casefile: Casefile, assessor: Assessor, doubted: Doubted, before: Assessment | None = None
) -> tuple[Supposition, Assessment]:
    """As `suppose`, by an assessor that is there already, from its assessment of the whole dossier if it is known."""
    gone = _gone(casefile, doubted)
    before = before or assessor.assess(casefile)
    left = _rated(remainder(casefile, lambda item: item not in gone), assessor.law, doubted.ratings)
    after = assessor.assess(left)
    made = Supposition(
        left_out=tuple(sorted((LeftOut(id=item.id, why=why) for item, why in gone.items()), key=lambda left: left.id)),
        stays=tuple(sorted(r.id for r in casefile.dossier.records if isinstance(r, Rating) and r.rests_on is None)),
        before=answered(before),
        after=answered(after),
        changed=answered(before) != answered(after),
        moved=tuple(moved(before, after)),
    )
    return made, after


def _rated(casefile: Casefile, law: Law, ratings: Mapping[str, Level]) -> Casefile:
    """The casefile with other ratings of some open words."""
    if not ratings:
        return casefile
    dossier = casefile.dossier
    kept = [r for r in dossier.records if not (isinstance(r, Rating) and r.measures in ratings)]
    given = (_rating(law, word, level, dossier.as_of) for word, level in ratings.items())
    changed = dossier.model_copy(update={"records": (*kept, *given)})
    return Casefile.of(changed, casefile.document, casefile.sources, casefile.last)


def _rating(law: Law, word: str, level: Level, day: date) -> Rating:
    judgement = law.judges[word].judgement
    return Rating(
        id=f"what-if-{word.replace('_', '-')}",
        kind="judgement",
        measures=word,
        question=judgement.question if judgement is not None else word,
        rating=level,
        author="whoever supposes it",
        date=day,
        reasons="it is supposed",
    )


def each_alone(casefile: Casefile, law: Law) -> tuple[Alone, ...]:
    """Return the answer without each source and each named report alone, in the order of their names."""
    assessor = Assessor(law, certified=False)
    before = answered(assessor.assess(casefile))
    return tuple(_alone(casefile, assessor, name, before) for name in doubtable(casefile))


def _alone(casefile: Casefile, assessor: Assessor, name: str, before: Answer) -> Alone:
    gone = _gone(casefile, Doubted(sources=(name,)))
    after = answered(assessor.assess(remainder(casefile, lambda item: item not in gone)))
    return Alone(without=name, left_out=len(gone), after=after, changed=before != after)


def doubtable(casefile: Casefile) -> list[str]:
    """The sources of a dossier, and the reports that its records repeat."""
    records = {record.id for record in casefile.dossier.records}
    reports = set(origins_of(casefile.dossier.records).values()) - records
    return sorted({source.id for source in casefile.dossier.sources} | reports)


# -- what is left out -------------------------------------------------------------------------------------------


def _gone(casefile: Casefile, doubted: Doubted) -> dict[Answering, str]:
    """Everything that answers a question and is left out, with the reason."""
    _refuse_unknown(casefile, doubted)
    written = {record.id: record.origin for record in casefile.dossier.records if isinstance(record, Evidence)}
    found: dict[Answering, str] = {}
    for item in answering(casefile):
        switched_off = "it is left out" if item.id in doubted.items else None
        why = _comes_from(item, doubted.sources) or _less_sure(item, doubted.least) or switched_off
        if why is not None:
            found[item] = why
    ids = {item.id for item in found if isinstance(item, Evidence) and source_of(item) in doubted.sources}
    for item in answering(casefile):
        if isinstance(item, Evidence) and item not in found:
            why = _repeats(item, written, ids, doubted.sources)
            if why is not None:
                found[item] = why
    fallen = {item.id for item in found}
    for item in answering(casefile):
        if isinstance(item, Rating) and (lost := fallen & set(item.rests_on or ())):
            found[item] = f"it rests on {', '.join(sorted(lost))}"
    return found


def _comes_from(item: Answering, sources: Sequence[str]) -> str | None:
    source = source_of(item)
    return f"it comes from {source}" if source in sources else None


def _less_sure(item: Answering, least: str | None) -> str | None:
    """Whether one of the marks of a record is less sure: A to E and 1 to 5, then F and 6, which cannot be judged."""
    if least is None or not isinstance(item, Evidence):
        return None
    sure = item.reliability <= least[0] and item.credibility <= least[1]
    return None if sure else f"it is marked {item.mark}, less sure than {least}"


def _repeats(record: Evidence, written: Mapping[str, str | None], gone: set[str], reports: Sequence[str]) -> str | None:
    """Whether a record repeats, directly or by way of others, what comes from a doubted source or report."""
    _, *repeated = chain(record.id, written)
    return next((f"it repeats {name}" for name in repeated if name in gone or name in reports), None)


def _refuse_unknown(casefile: Casefile, doubted: Doubted) -> None:
    known = doubtable(casefile)
    problems = [
        Problem(
            where="--without",
            what=f"`{name}` is no source of this dossier, and no record names it as its origin",
            cure=f"write one of: {', '.join(known) or 'none; the dossier names no source'}",
        )
        for name in doubted.sources
        if name not in known
    ]
    ids = {item.id for item in answering(casefile)}
    problems += (
        Problem(where="items", what=f"nothing in this dossier is called `{name}`", cure="name what the dossier holds")
        for name in doubted.items
        if name not in ids
    )
    if doubted.least is not None and re.fullmatch("[A-F][1-6]", doubted.least) is None:
        problems.append(
            Problem(
                where="--min-reliability",
                what=f"`{doubted.least}` is no pair of Admiralty marks",
                cure="write a letter from A to F for the source and a digit from 1 to 6 for the information, as in B2",
            )
        )
    if problems:
        raise UsageError(problems)
