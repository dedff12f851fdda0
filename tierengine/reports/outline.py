"""An assessment as headings and lines: what every report for people says, before any of them decides how it looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierengine.reasoning.assessment import Assessment, Passage, StandardAnswer
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, Tier

_PROGRESS = {Outcome.MET: "progress", Outcome.NOT_MET: "no progress", Outcome.UNDETERMINED: "undetermined"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is told: its name, its outcome in a word, a sentence, and what stands below it."""

    name: str
    mark: str
    text: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines."""

    title: str
    lines: tuple[Line, ...]


def outline(assessment: Assessment) -> tuple[Section, ...]:
    """Return what a report says, in its order; sections without lines are left out."""
    sections = (
        Section("Recommendation", tuple(_recommendation(assessment))),
        Section("Records the answer hangs on", tuple(_fragile(assessment))),
        Section("What the post asks for", tuple(_post(assessment))),
        Section("Watch list, route by route", tuple(_routes(assessment))),
        Section("Progress since the last report", tuple(_progress(assessment))),
        Section("Minimum standards", tuple(_answers(assessment.standards))),
        Section("Factors of standard 4", tuple(_answers(assessment.criteria))),
        Section("Scope and significant efforts", tuple(_answers(assessment.considered))),
        Section("Records set aside", tuple(_set_aside(assessment))),
        Section("What would lead to each open tier", tuple(_open(assessment))),
        Section("What would settle the open points", tuple(_to_settle(assessment))),
        Section("Receipt", tuple(_receipt(assessment))),
    )
    return tuple(section for section in sections if section.lines)


def heading(assessment: Assessment) -> str:
    """Return the title of a report."""
    subject, law = assessment.subject, assessment.law
    return f"{subject.name} ({subject.country}): {assessment.product} assessment, law in force on {law.as_of}"


def tier_names(tiers: Iterable[Tier]) -> str:
    """Return the names of some tiers, or `none`."""
    return ", ".join(NAMES[tier] for tier in tiers) or "none"


def any_tier_names(tiers: Iterable[Tier | None]) -> str:
    """Return the names of some rows of the tier table, where `None` is a country that is on no list."""
    return ", ".join("no list" if tier is None else NAMES[tier] for tier in tiers)


def _recommendation(assessment: Assessment) -> Iterator[Line]:
    recommended = assessment.recommendation
    name = "No tier" if recommended.tier is None else NAMES[recommended.tier]
    mark = {"settled": "settled", "fragile": "settled, and fragile", "undetermined": "not settled"}[recommended.answer]
    yield Line(
        name,
        mark,
        recommended.reason.partition(": ")[2],
        (
            f"Tiers still open: {tier_names(recommended.open_tiers)}.",
            f"Rule: {recommended.rule}. The engine recommends; a person determines.",
        ),
    )


def _open(assessment: Assessment) -> Iterator[Line]:
    for each in assessment.open:
        name = "No list" if each.tier is None else NAMES[each.tier]
        text = "Reached, for example, if all of this is so, whatever else is not known:"
        if not each.decided:
            text = "Not decided: the solver gave up, so the tier is not excluded."
        yield Line(name, "open", text, each.witness)


def _fragile(assessment: Assessment) -> Iterator[Line]:
    for each in assessment.fragile:
        reached = any_tier_names(each.tiers)
        falling = f", and with it {', '.join(each.others)}" if each.others else ""
        yield Line(each.record, "decisive", f"If it is wrong{falling}, this could be reached: {reached}.")


def _post(assessment: Assessment) -> Iterator[Line]:
    post = assessment.post_recommendation
    if post is None:
        return
    agreement = "and parts from the recommendation at:" if post.parts_at else "and agrees with the recommendation."
    below = tuple(f"{parting.id}, {parting.outcome.value}: {parting.reason}" for parting in post.parts_at)
    yield Line(NAMES[post.tier], "asked for", f"The post asks for {post.asks} ({post.at}) {agreement}", below)


def _routes(assessment: Assessment) -> Iterator[Line]:
    for route in assessment.watch_list:
        yield Line(route.route, route.outcome.value, route.reason, (route.citation, *_passages(route.evidence)))


def _progress(assessment: Assessment) -> Iterator[Line]:
    for answer in assessment.progress:
        yield Line(
            answer.id, _PROGRESS[answer.outcome], f"{answer.says}: {answer.reason}", tuple(_passages(answer.evidence))
        )


def _answers(answers: Iterable[StandardAnswer]) -> Iterator[Line]:
    for answer in answers:
        certainty = getattr(answer, "certainty", None)
        sure = (f"certainty of the sources: {certainty}",) if certainty else ()
        yield Line(
            answer.id,
            answer.outcome.value,
            f"{answer.title}. {answer.reason}",
            (answer.citation, *sure, *_passages(answer.evidence)),
        )


def _set_aside(assessment: Assessment) -> Iterator[Line]:
    for unused in assessment.set_aside:
        yield Line(unused.passage.record, unused.rule, unused.because, (quoted(unused.passage),))


def _to_settle(assessment: Assessment) -> Iterator[Line]:
    for answer in (*assessment.standards, *assessment.criteria, *assessment.considered):
        if answer.to_settle:
            yield Line(answer.id, f"{len(answer.to_settle)} open", answer.title, answer.to_settle)


def _receipt(assessment: Assessment) -> Iterator[Line]:
    receipt = assessment.receipt
    yield Line("tierengine", receipt.tierengine, f"as of {receipt.as_of}")
    yield Line("rulebook", "", receipt.rulebook)
    yield Line("dossier", "", receipt.dossier)
    for source in receipt.sources:
        yield Line("source", "", source)


def _passages(passages: Iterable[Passage]) -> Iterator[str]:
    for passage in passages:
        yield quoted(passage)


def quoted(passage: Passage) -> str:
    """Return a passage in one line: the record, its place, the exact words, and the note to it."""
    quote = f" “{passage.quote}”" if passage.quote else ""
    note = f" Note: {passage.note}" if passage.note else ""
    return f"{passage.record} ({passage.at}){quote}{note}"
