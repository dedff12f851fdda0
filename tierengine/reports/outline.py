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
    """One thing that is told: its name, its outcome in a word, a sentence, what stands below it, and its evidence."""

    name: str
    mark: str
    text: str
    below: tuple[str, ...] = ()
    evidence: tuple[Passage, ...] = ()
    title: str = ""
    """What the name stands for, where it is an id."""

    @property
    def sentence(self) -> str:
        """The title and the text, where both are told in one breath."""
        return f"{self.title}. {self.text}" if self.title and self.text else self.title or self.text


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines, and what the three parts of a line are called where they stand in columns."""

    title: str
    lines: tuple[Line, ...]
    heads: tuple[str, str, str] = ("Item", "Outcome", "What is said")


def outline(assessment: Assessment) -> tuple[Section, ...]:
    """Return what a report says of an assessment alone, in its order; sections without lines are left out."""
    return (*lead(assessment), *body(assessment), *tail(assessment))


def lead(assessment: Assessment) -> tuple[Section, ...]:
    """Return what stands first: the recommendation, what it hangs on, and what the post asks for."""
    return told(
        Section("Recommendation", tuple(_recommendation(assessment)), ("Tier", "Answer", "Reason")),
        Section("Records the answer hangs on", tuple(_fragile(assessment)), ("Record", "Weight", "If it is wrong")),
        Section("What the post asks for", tuple(_post(assessment)), ("Tier", "Request", "What the post says")),
    )


def body(assessment: Assessment) -> tuple[Section, ...]:
    """Return the findings with their reasons, and what they leave open."""
    return told(
        Section("Watch list, route by route", tuple(_routes(assessment)), ("Route", "Outcome", "Reasons")),
        Section("Progress since the last report", tuple(_progress(assessment)), ("Deficiency", "Outcome", "Reasons")),
        Section("Minimum standards", tuple(_answers(assessment.standards)), ("Standard", "Outcome", "Reasons")),
        Section("Factors of standard 4", tuple(_answers(assessment.criteria)), ("Factor", "Outcome", "Reasons")),
        Section(
            "Scope and significant efforts", tuple(_answers(assessment.considered)), ("Question", "Outcome", "Reasons")
        ),
        Section("Records set aside", tuple(_set_aside(assessment)), ("Record", "Rule", "Why")),
        Section("What would lead to each open tier", tuple(_open(assessment)), ("Tier", "Answer", "If this is so")),
        Section("What would settle the open points", tuple(_to_settle(assessment)), ("Finding", "Open", "Questions")),
    )


def tail(assessment: Assessment) -> tuple[Section, ...]:
    """Return what the answer was made with."""
    return told(Section("Receipt", tuple(_receipt(assessment)), ("Part", "Version", "Digest or date")))


def told(*sections: Section) -> tuple[Section, ...]:
    """Return the sections that have something to say."""
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
        _sentence(recommended.reason.partition(": ")[2]),
        (
            f"Tiers still open: {tier_names(recommended.open_tiers)}.",
            f"Rule: {recommended.rule}. The engine recommends; a person determines.",
        ),
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


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
    words = Passage(record="post-recommendation", at=post.at, quote=post.quote)
    yield Line(NAMES[post.tier], "asked for", f"The post asks for {post.asks} ({post.at}) {agreement}", below, (words,))


def _routes(assessment: Assessment) -> Iterator[Line]:
    for route in assessment.watch_list:
        yield Line(route.route, route.outcome.value, route.reason, (route.citation,), route.evidence)


def _progress(assessment: Assessment) -> Iterator[Line]:
    for answer in assessment.progress:
        text = f"{answer.says}: {answer.reason}"
        yield Line(answer.id, _PROGRESS[answer.outcome], text, evidence=answer.evidence)


def _answers(answers: Iterable[StandardAnswer]) -> Iterator[Line]:
    for answer in answers:
        certainty = getattr(answer, "certainty", None)
        sure = (f"certainty of the sources: {certainty}",) if certainty else ()
        below = (answer.citation, *sure)
        yield Line(answer.id, answer.outcome.value, answer.reason, below, answer.evidence, answer.title)


def _set_aside(assessment: Assessment) -> Iterator[Line]:
    for unused in assessment.set_aside:
        yield Line(unused.passage.record, unused.rule, unused.because, evidence=(unused.passage,))


def _to_settle(assessment: Assessment) -> Iterator[Line]:
    for answer in (*assessment.standards, *assessment.criteria, *assessment.considered):
        if answer.to_settle:
            yield Line(answer.id, f"{len(answer.to_settle)} open", "", answer.to_settle, title=answer.title)


def _receipt(assessment: Assessment) -> Iterator[Line]:
    receipt = assessment.receipt
    yield Line("tierengine", receipt.tierengine, f"as of {receipt.as_of}")
    yield Line("rulebook", "", receipt.rulebook)
    yield Line("dossier", "", receipt.dossier)
    for source in receipt.sources:
        yield Line("source", "", source)


def quoted(passage: Passage) -> str:
    """Return a passage in one line: the record, its place, the exact words, and the note to it."""
    quote = f" “{passage.quote}”" if passage.quote else ""
    note = f" Note: {passage.note}" if passage.note else ""
    return f"{passage.record} ({passage.at}){quote}{note}"
