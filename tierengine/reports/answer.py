"""The answer in a few sentences: what is recommended and why, what it hangs on, what the post asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tierengine.evidence.dossier import Casefile
from tierengine.reasoning.assessment import (
    Assessment,
    CriterionAnswer,
    Hinge,
    HingeOutcome,
    PostAnswer,
    Proposed,
    Recommended,
    RouteAnswer,
    StandardAnswer,
    Step,
    WorthAsking,
)
from tierengine.reports.bars import bar_of
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, Tier

Rated = StandardAnswer | RouteAnswer
"""Whatever has a level that is shown and one that is still possible."""

_MOST_NAMED = 4
"""How many findings a sentence names before it only counts the others."""


# -- names ---------------------------------------------------------------------------------------------------------


def code(answer: Rated) -> str:
    """Return the code of a standard, factor or route."""
    return answer.route if isinstance(answer, RouteAnswer) else answer.id


def rated(assessment: Assessment) -> dict[str, Rated]:
    """Return every standard, factor, route and question beside them by its code."""
    every: tuple[Rated, ...] = (
        *assessment.standards,
        *assessment.criteria,
        *assessment.considered,
        *assessment.watch_list,
    )
    return {code(each): each for each in every}


def tier_name(tier: Tier | None) -> str:
    """Return the name of a row of the tier table, where `None` is a country that is on no list."""
    return "no list" if tier is None else NAMES[tier]


def tiers_named(tiers: Iterable[Tier | None]) -> str:
    """Return the names of some rows of the tier table."""
    return ", ".join(map(tier_name, tiers)) or "none"


def recommended_name(recommended: Recommended) -> str:
    """Return the recommended tier by name."""
    if recommended.tier is not None:
        return NAMES[recommended.tier]
    return "On no list" if recommended.settled else "No tier is recommended"


def status_words(recommended: Recommended) -> str:
    """Return the status of the recommendation, and whether one record could move it."""
    return "settled, and fragile" if recommended.answer == "fragile" else recommended.status


_MEANS = {
    "settled": "one tier is open on the facts",
    "fragile": "one tier is open on the facts, and one wrong record would change that",
    "provisional": "it rests on what the rules propose, until persons rate",
    "open": "several tiers are open",
}


def status_means(recommended: Recommended) -> str:
    """Return what the status means."""
    return _MEANS["fragile" if recommended.answer == "fragile" else recommended.status]


# -- why -----------------------------------------------------------------------------------------------------------


def why(assessment: Assessment) -> tuple[str, ...]:
    """Return why it is recommended, in three sentences at most."""
    recommended = assessment.recommendation
    reason = sentence(recommended.reason.partition(": ")[2])
    if recommended.settled:
        return tuple(each for each in (*_settled_by(assessment), _freely(assessment, reason)) if each)
    return tuple(each for each in (reason, _still_open(assessment), _excluded(assessment)) if each)


def _settled_by(assessment: Assessment) -> Iterator[str]:
    """What holds of a country on the settled tier, and the findings on which that rests."""
    for row in rows(assessment.trace):
        if row.outcome is Outcome.MET:
            yield sentence(_clause(row))
            yield _rests(assessment, row)


def _freely(assessment: Assessment, reason: str) -> str:
    """The reason of a settled answer, with what a person may still make of it."""
    others = _reached_freely(assessment)
    return f"{reason.rstrip('.')}; {others}." if others else reason


def _reached_freely(assessment: Assessment) -> str:
    """What only a person who may rate freely can reach; nothing where that is what the facts leave open."""
    on_the_facts = open_on_the_facts(assessment)
    others = [tier for tier in open_to_a_person(assessment) if tier not in on_the_facts]
    return f"a person who may rate freely can also reach {_listed(map(tier_name, others))}" if others else ""


def _rests(assessment: Assessment, row: Step) -> str:
    """The findings on which a settled row rests; what is still open is no reason where all answers agree on it."""
    if row.rule is None:
        return sentence(fits(row.outcome))
    named = _findings(assessment, row)
    return f"This rests on {_some(named)}." if named else ""


def _still_open(assessment: Assessment) -> str:
    said = f"The facts leave {_listed(map(tier_name, open_on_the_facts(assessment)))} open"
    others = _reached_freely(assessment)
    return f"{said}; {others}." if others else f"{said}, and a person who may rate freely has the same choice."


def _excluded(assessment: Assessment) -> str:
    """The tiers that are excluded, each with what stands against it."""
    excluded = [row for row in rows(assessment.trace) if row.outcome is Outcome.NOT_MET and row_tier(row) is not None]
    said = [f"{row_name(row)}{against}" for row in excluded if (against := _against(assessment, row))]
    return f"Excluded: {'; '.join(said)}." if said else ""


def _against(assessment: Assessment, row: Step) -> str:
    if row.rule is None:
        return f", since {fits(row.outcome)}"
    named = _findings(assessment, row)
    return f" because of {_some(named, 2)}" if named else ""


def fits(outcome: Outcome) -> str:
    """Return why a tier is reached or excluded that no rule decides: whatever is open, answers must fit together."""
    return f"the known answers leave no way {'elsewhere' if outcome is Outcome.MET else 'there'}"


def _findings(assessment: Assessment, row: Step) -> list[str]:
    """The findings on which a row of the tier table rests, each with its title, code and level."""
    known = rated(assessment)
    return [f"{titled(known[name])} ({bar_of(known[name]).words})" for name in resting(assessment, row)]


def resting(assessment: Assessment, row: Step) -> tuple[str, ...]:
    """Return the codes of the findings on which a row of the tier table rests, directly or over conclusions."""
    unfolded = {step.id: step for step in reversed(tuple(walk(assessment.trace))) if step.children}
    known, found, seen = rated(assessment), dict[str, None](), set[str]()

    def follow(step: Step) -> None:
        for child in unfolded.get(step.id, step).children:
            entry = child.id.partition("/")[0]
            if not child.decisive or child.id in seen:
                continue
            seen.add(child.id)
            if entry in known:
                found[entry] = None
            else:
                follow(child)

    follow(row)
    return tuple(found)


def titled(answer: Rated) -> str:
    """Return the title of a standard, factor or route as a sentence names it, with its code behind it."""
    return f"\u201c{title(answer)}\u201d [{code(answer)}]"


def title(answer: Rated) -> str:
    """Return the title of a standard, factor or route, with a capital."""
    return f"{answer.title[:1].upper()}{answer.title[1:].rstrip('.')}"


def _some(named: Sequence[str], most: int = _MOST_NAMED) -> str:
    if len(named) <= most:
        return _listed(named)
    return f"{', '.join(named[: most - 1])} and {len(named) - most + 1} more findings"


def _listed(words: Iterable[str]) -> str:
    *most, last = (*words,) or ("none",)
    return f"{', '.join(most)} and {last}" if most else last


def sentence(words: str) -> str:
    """Return some words as a sentence."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


# -- the rows of the tier table ------------------------------------------------------------------------------------


_ROW = "TIER-"
_NO_LIST = "UNRANKED"


def rows(trace: Step) -> tuple[Step, ...]:
    """Return the steps on the rows of the tier table."""
    return tuple(step for step in trace.children if step.id.startswith(_ROW) or step.id == _NO_LIST)


def row_tier(row: Step) -> Tier | None:
    """Return the tier of a row; nothing for the row of countries on no list."""
    return next((tier for tier in NAMES if row.id == f"{_ROW}{tier}"), None)


def row_name(row: Step) -> str:
    """Return the name of the tier of a row."""
    tier = row_tier(row)
    return "On no list" if tier is None else NAMES[tier]


def _clause(row: Step) -> str:
    """What holds of a country on a row, without the remark that the solver settled it."""
    return row.says.partition(" (whatever ")[0]


def open_on_the_facts(assessment: Assessment) -> tuple[Tier | None, ...]:
    """Return what is open on the facts; `None`, which no key of the recommendation has, is a country on no list."""
    return tuple(row_tier(row) for row in rows(assessment.trace) if row.outcome is not Outcome.NOT_MET)


def open_to_a_person(assessment: Assessment) -> tuple[Tier | None, ...]:
    """Return what is open to a person who may rate freely; `None` is a country on no list.

    It may be on none if the facts leave that open, or if one rating alone does.
    """
    rated = (tier for hinge in assessment.hinges if hinge.word for each in hinge.outcomes for tier in each.tiers)
    return with_no_list(assessment.recommendation.open_to_a_person, (*open_on_the_facts(assessment), *rated))


def with_no_list(tiers: Iterable[Tier], reached: Iterable[Tier | None]) -> tuple[Tier | None, ...]:
    """Return some tiers, and `None` behind them where it is among what is reached."""
    return (*tiers, None) if None in reached else tuple(tiers)


def walk(step: Step) -> Iterator[Step]:
    """Yield a step and every step below it."""
    yield step
    for child in step.children:
        yield from walk(child)


# -- what it hangs on ----------------------------------------------------------------------------------------------


def hinge_name(hinge: Hinge) -> str:
    """Return the name under which the answer on which it hangs is given."""
    return hinge.word or hinge.question or ""


def hinge_kind(hinge: Hinge) -> str:
    """Return whether a person's rating or a fact is what it hangs on."""
    return "a rating" if hinge.word else "a fact"


def each_way(outcomes: Sequence[HingeOutcome], proposal: str | None = None) -> str:
    """Return the tiers that follow from each answer; answers with the same tiers are given together."""
    by_tiers: dict[tuple[Tier | None, ...], list[str]] = {}
    for outcome in outcomes:
        proposed = " (proposed)" if outcome.answer == proposal else ""
        by_tiers.setdefault(outcome.tiers, []).append(f"{_answered(outcome.answer)}{proposed}")
    ways = (f"if {' or '.join(answers)}: {tiers_named(tiers)}" for tiers, answers in by_tiers.items())
    return "; ".join(ways)


def _answered(words: str) -> str:
    """An answer as it stands after `if`; what a rubric says of a level, in brackets."""
    answer, _, says = words.rstrip(".").partition(": ")
    return f"{_within(answer)} ({_within(says)})" if says else _within(answer)


def _within(words: str) -> str:
    """Words as they stand within a sentence; a name that begins with several capitals keeps them."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def words_of(assessment: Assessment, record: str) -> str:
    """Return the words of a record on which the answer rests: its quote or its note, or nothing if it has neither."""
    for step in walk(assessment.trace):
        for passage in step.evidence:
            if passage.record == record and (passage.quote or passage.note):
                return f"\u201c{passage.quote}\u201d" if passage.quote else passage.note or ""
    return ""


def proposals(assessment: Assessment) -> dict[str, Proposed]:
    """Return the proposals on which the recommendation rests, by the open word."""
    return {each.word: each for each in assessment.recommendation.rests_on}


def other_proposals(assessment: Assessment) -> tuple[Proposed, ...]:
    """Return the proposals on which it rests, but of which none alone leads elsewhere."""
    hinges = {hinge.word for hinge in assessment.hinges}
    return tuple(each for each in assessment.recommendation.rests_on if each.word not in hinges)


# -- what the post asks --------------------------------------------------------------------------------------------


def post_words(assessment: Assessment, post: PostAnswer) -> str:
    """Return what the post asks for and where that parts from the recommendation, in one or two sentences."""
    asked = f"The post asks for {post.asks} ({post.at}), which would be {NAMES[post.tier]}."
    if not post.parts_at:
        return f"{asked} That agrees with the recommendation."
    known = rated(assessment)
    proposed = {each.criterion: f"proposed: {each.level}" for each in assessment.recommendation.rests_on}
    parted = [
        f"{titled(known[each.id])} ({proposed.get(each.id) or bar_of(known[each.id]).words})"
        if each.id in known
        else f"[{each.id}] ({each.outcome.value})"
        for each in post.parts_at
    ]
    return f"{asked} It parts from the recommendation at {_some(parted)}."


# -- what to ask, and what is rated --------------------------------------------------------------------------------


def questions(assessment: Assessment) -> tuple[WorthAsking, ...]:
    """Return the questions most worth asking, three at most."""
    return assessment.worth_asking[:3]


def groups(assessment: Assessment) -> tuple[tuple[str, tuple[Rated, ...]], ...]:
    """Return what has a level, in the order in which the statute comes to it, under the name of each group."""
    direct = {name for row in rows(assessment.trace) for name in resting(assessment, row)}
    beside = tuple(each for each in assessment.considered if each.id in direct and not _holds(each))
    found: tuple[tuple[str, tuple[Rated, ...]], ...] = (
        ("Minimum standards", assessment.standards),
        ("Factors of standard 4", assessment.criteria),
        ("Also decided before a tier", beside),
        ("Watch list, where met means that it leads there", assessment.watch_list),
    )
    return tuple((name, answers) for name, answers in found if answers)


def _holds(answer: CriterionAnswer) -> bool:
    return answer.outcome is Outcome.MET


@dataclass(frozen=True, slots=True)
class Coded:
    """How far a dossier is coded, which the answer on it does not say itself."""

    weighed: int
    """How many records were weighed: those of the dossier, and what else was set aside, such as a silence."""
    undecided: int = 0
    """How many statements of the draft nobody has decided on; none of them is in the answer."""

    @staticmethod
    def of(casefile: Casefile, assessment: Assessment) -> Coded:
        """Return how far the dossier is coded on which an answer was made."""
        records = {*(each.id for each in casefile.dossier.records), *(each.record for each in assessment.set_aside)}
        return Coded(len(records), len(casefile.undecided))


def undecided_words(coded: Coded | None) -> str:
    """Return what is said where statements of a draft are still to be decided; nothing where none are."""
    if coded is None or not coded.undecided:
        return ""
    one = coded.undecided == 1
    statements, them = ("One statement is", "it") if one else (f"{coded.undecided} statements are", "them")
    return f"{statements} still to be decided; this answer is made without {them}."


def records_words(assessment: Assessment, coded: Coded) -> str:
    """Return how many of the records that were weighed count, and how many are set aside."""
    aside = len(assessment.set_aside)
    counted = coded.weighed - aside
    count = f"{counted} record{'' if counted == 1 else 's'} {'counts' if counted == 1 else 'count'}"
    return f"{count}, {aside} {'is' if aside == 1 else 'are'} set aside"
