"""What waits for a person, in a dossier and beside all of them, and the page on which each is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tierengine.errors import NotInForceError, Problem
from tierengine.evidence.dossier import Casefile
from tierengine.law.rulebook import Rulebook
from tierengine.ledger.keys import plain_name
from tierengine.ledger.words import headline
from tierengine.reasoning.clocks import Due, clocks, report_due
from tierengine.reports.answer import tier_name
from tierengine.web.access import Role
from tierengine.web.onrecord import Recorded, Standing
from tierengine.web.remembered import InShort
from tierengine.web.rendering import counted, day, listed
from tierengine.web.shelf import Kept
from tierengine.web.visit import Visit

SOON = timedelta(days=60)
"""How long before a day that the statute counts it is shown with its dossier."""
_LATE = timedelta(days=365)
"""How long after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Something that waits for a person: in words, and the page where it is done."""

    says: str
    address: str
    urgent: int = 0
    """How much it presses: the larger the sooner."""
    whose: frozenset[Role] | None = None
    """The roles that can do it; nothing where everybody should know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A dossier, and what is known beside it when it is asked what waits."""

    kept: Kept
    recommended: InShort | None
    problems: tuple[Problem, ...]
    beside: tuple[str, ...]
    """Files that lie beside it, and that it does not name."""
    due: tuple[Due, ...]
    """The days that the statute counts for it."""
    unread: Mapping[str, int]
    """How many sentences of each source are not coded."""


_OFFICER: frozenset[Role] = frozenset({"officer"})
_DETERMINER: frozenset[Role] = frozenset({"determiner"})
_POLICY: frozenset[Role] = frozenset({"policy"})
_ADMINISTRATOR: frozenset[Role] = frozenset({"administrator"})


def in_dossier(looked: Looked, standing: Standing | None, law: str, today: date) -> Iterator[Waits]:
    """Yield what waits in a dossier, under the law whose digest is given."""
    casefile, at = looked.kept.casefile, looked.kept.address
    if casefile is None or looked.recommended is None:
        yield Waits(says=counted(len(looked.problems), "problem") + " in the file", address=at, urgent=100)
        return
    recommended = looked.recommended
    recorded = standing.assessment(casefile.dossier.id) if standing is not None else None
    yield from _clock(looked, recorded, today)
    yield from _sources(looked, casefile)
    if casefile.undecided:
        says = f"{counted(len(casefile.undecided), 'proposal')} to decide"
        yield Waits(says=says, address=f"{at}?part=records", urgent=30, whose=_OFFICER)
    if not recommended.settled:
        says = f"{counted(len(recommended.open_tiers), 'tier')} open: rate or ask"
        yield Waits(says=says, address=f"{at}/rate", urgent=20, whose=_OFFICER)
    if casefile.dossier.open_questions:
        asked = counted(len(casefile.dossier.open_questions), "question")
        yield Waits(says=f"{asked} of last year open", address=f"{at}/ask", urgent=5, whose=_OFFICER)
    if standing is not None and not looked.kept.withheld:
        yield from _record(looked.kept, recommended, recorded, standing, law)


def _clock(looked: Looked, recorded: Recorded | None, today: date) -> Iterator[Waits]:
    """The day on which what the dossier is for is due: the report, or the day that comes after an interim's own."""
    if not looked.due or looked.kept.casefile is None:
        return
    due, left = looked.due[-1], looked.due[-1].day - today
    if left > SOON or left < -_LATE or (left.days < 0 and recorded is not None and recorded.determined):
        return
    many = counted(abs(left.days), "day")
    when = "today" if not left else f"in {many}" if left.days > 0 else f"{many} ago"
    urgent = 60 if left.days < 15 else 40
    yield Waits(says=f"{due.says}: {day(due.day)}, {when}", address=f"{looked.kept.address}/papers", urgent=urgent)


def due_for(rulebook: Rulebook, casefile: Casefile) -> tuple[Due, ...]:
    """Return the days that the statute counts for a dossier, in order; the last is that of what the dossier is for."""
    dossier = casefile.dossier
    year = dossier.last_report.year if dossier.product == "interim" else dossier.as_of.year
    try:
        report = report_due(rulebook, year)
        every = clocks(rulebook, year)
    except NotInForceError:
        return ()
    if dossier.product == "interim":
        return tuple(each for each in every if each.day >= dossier.as_of)
    return tuple(each for each in every if each.day <= report)


def _sources(looked: Looked, casefile: Casefile) -> Iterator[Waits]:
    """Sources that nobody has taken in, or read."""
    at = looked.kept.address
    if looked.beside:
        says = f"a new source, {looked.beside[0]}" if len(looked.beside) == 1 else f"{len(looked.beside)} new sources"
        yield Waits(says=f"{says}, to take in", address=f"{at}/source", urgent=35, whose=_OFFICER)
    new = set(casefile.untouched())
    for source in sorted(new & set(looked.unread)):
        says = f"a new source, {source}: nothing is coded from it"
        yield Waits(says=says, address=f"{at}?source={source}", urgent=35, whose=_OFFICER)
    rest = sum(number for source, number in looked.unread.items() if source not in new)
    if rest:
        yield Waits(says=f"{counted(rest, 'sentence')} not coded", address=at, urgent=10, whose=_OFFICER)


def _record(
    kept: Kept, recommended: InShort, recorded: Recorded | None, standing: Standing, law: str
) -> Iterator[Waits]:
    """What is to be put on record, put on record anew, or determined."""
    at = f"{kept.address}/record"
    if recorded is None:
        yield Waits(says="not on record yet", address=at, urgent=3, whose=_OFFICER)
        return
    was = f"entry {recorded.number}"
    if recorded.rulebook != law:
        says = f"the law was changed since {was}; {_moved(recommended, recorded)}"
        yield Waits(says=says, address=at, urgent=25, whose=_OFFICER)
    if recorded.dossier != kept.version:
        yield Waits(says=f"changed since {was} put it on record", address=at, urgent=8, whose=_OFFICER)
    elif not recorded.determined and recorded.rulebook == standing.rulebook:
        yield Waits(says=f"{was} waits to be determined", address=at, urgent=15, whose=_DETERMINER)


def _moved(recommended: InShort, recorded: Recorded) -> str:
    if (recommended.tier, recommended.open_tiers) == (recorded.tier, recorded.open_tiers):
        return "the answer is the same"
    return f"{_tiers(recorded.tier, recorded.open_tiers)} becomes {_tiers(recommended.tier, recommended.open_tiers)}"


def _tiers(tier: str | None, open_tiers: Iterable[str]) -> str:
    return tier_name(tier) if tier is not None else listed(map(tier_name, open_tiers), "or")  # type: ignore[arg-type]


# -- beside the dossiers ---------------------------------------------------------------------------------------------


def beside_dossiers(here: Visit, standing: Standing | None) -> Iterator[Waits]:
    """Yield what waits that belongs to no dossier: acts to sign, changes of law to look at, keys to enrol."""
    book = here.desk.book
    for name, act in book.unsigned(here.person.name):
        yield Waits(says=f"To be signed by you: {headline(act.unsigned.entry)}", address=f"/sign/{name}")
    if waiting := book.to_enrol:
        says = f"{counted(len(waiting), 'key')} to enrol: {listed(each.name for each in waiting)}"
        yield Waits(says=says, address="/people", whose=_ADMINISTRATOR)
    if standing is None:
        return
    me = plain_name(here.person.name)
    for each in standing.pending.values():
        if each.adopted:
            continue
        says, at = f"Proposed change of law: {each.reasons}", f"/changes/{each.number}"
        if each.approved:
            yield Waits(says=f"{says} It is approved, and waits to be adopted.", address=at, whose=_POLICY)
        elif each.author != me and me not in {who for who, _ in each.reviews}:
            yield Waits(says=f"{says} It waits for somebody else's approval.", address=at, whose=_POLICY)
    if standing.rulebook is not None and standing.rulebook != here.desk.rulebook.digest:
        adopted = (each for each in standing.pending.values() if each.adopted and each.rulebook == standing.rulebook)
        change = next(adopted, None)
        says = "The law in the files of this desk is not the one under which the ledger records."
        at = "/changes" if change is None else f"/changes/{change.number}"
        yield Waits(says=says, address=at, whose=_POLICY)


def offered(here: Visit, waits: Iterable[Waits]) -> tuple[Waits, ...]:
    """Return what the person can do something about, what presses most first."""
    mine = (each for each in waits if each.whose is None or here.person.roles & each.whose)
    return tuple(sorted(mine, key=lambda each: -each.urgent))
