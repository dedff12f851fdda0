"""An assessment as headings and lines: what every report for people says, before any of them decides how it looks.

The memorandum comes first: it answers the question on two pages. The annexes give each finding with its reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierengine.reasoning.assessment import Assessment, Passage, Proposed, StandardAnswer
from tierengine.reports import answer
from tierengine.reports.answer import Coded
from tierengine.reports.bars import Bar, bar_of
from tierengine.reports.printable import cut
from tierengine.reports.states import State, state
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, Tier

_PROGRESS = {Outcome.MET: "progress", Outcome.NOT_MET: "no progress", Outcome.UNDETERMINED: "open"}

_MOST_HINGES = 8
_MOST_OTHERS = 3
"""How many things the memorandum says it hangs on; more stand in an annex."""

_LONGEST_WORDS = 140
"""How much of a record's words stands where it is only named."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said: its name, its outcome in a word, a sentence, what stands below it, and its evidence."""

    name: str
    mark: str
    text: str
    below: tuple[str, ...] = ()
    evidence: tuple[Passage, ...] = ()
    title: str = ""
    """What the name stands for, where it is a code."""
    bar: Bar | None = None
    """What is shown and what is still possible, where the line is about a level; the mark says the same in words."""

    @property
    def label(self) -> str:
        """The title with the code behind it; the name alone, where it is no code."""
        return f"{self.title} [{self.name}]" if self.title else self.name

    @property
    def state(self) -> State:
        """The sort of its outcome, by which it is coloured."""
        return state(self.mark) if self.bar is None else self.bar.state


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines, and what the three parts of a line are called where they stand in columns."""

    title: str
    lines: tuple[Line, ...]
    heads: tuple[str, str, str] = ("Item", "Outcome", "What is said")
    answer: bool = False
    """Whether it is the answer itself, which stands out."""

    @property
    def bars(self) -> bool:
        """Whether each line is a level, for which a bar and its words say everything."""
        return all(line.bar is not None and not line.text for line in self.lines)

    @property
    def marked(self) -> bool:
        """Whether some line has an outcome."""
        return any(line.mark for line in self.lines)


def memorandum(assessment: Assessment, coded: Coded | None = None) -> tuple[Section, ...]:
    """Return what stands first: what is recommended and why, what it hangs on, the bars, the post, the questions.

    `coded` is how far the dossier is coded, where that is known.
    """
    return filled(
        Section("Recommendation", tuple(_recommendation(assessment, coded)), ("Tier", "Status", "Why"), answer=True),
        Section(HANGS, tuple(_hangs(assessment)), ("What", "Kind", "The tier each way")),
        Section("What the post asks for", tuple(_post(assessment)), ("Tier", "Request", "What the post says")),
        Section(MOST_WORTH, tuple(_questions(assessment)), ("Question", "", "What follows from each answer")),
        Section(GLANCE, tuple(_glance(assessment)), ("Standard, factor or route", "How far it is met", "")),
    )


HANGS = "What it hangs on"
MOST_WORTH = "Questions most worth asking"
GLANCE = "How far each standard, factor and route is met"
"""The titles of what stands in the memorandum after the recommendation."""


def annexes(assessment: Assessment) -> tuple[Section, ...]:
    """Return the findings with their reasons, what they leave open, and what the answer was made with."""
    considered = ("Question", "Shown and possible", "Reasons")
    return filled(
        Section(
            "Proposals that the answer rests on",
            tuple(_proposals(assessment)),
            ("Open word", "Proposed", "What was read"),
        ),
        Section("All that it hangs on", tuple(_all_hinges(assessment)), ("What", "Kind", "The tier each way")),
        Section("Records the answer hangs on", tuple(_all_fragile(assessment)), ("Record", "Weight", "If it is wrong")),
        Section("Watch list, route by route", tuple(_routes(assessment)), ("Route", "Shown and possible", "Reasons")),
        Section("Progress since the last report", tuple(_progress(assessment)), ("Deficiency", "Outcome", "Reasons")),
        Section(
            "Minimum standards", tuple(_answers(assessment.standards)), ("Standard", "Shown and possible", "Reasons")
        ),
        Section(
            "Factors of standard 4",
            tuple(_answers(assessment.criteria)),
            ("Factor", "Shown and possible", "Reasons"),
        ),
        Section("Scope and significant efforts", tuple(_answers(assessment.considered)), considered),
        Section(
            "Records set aside",
            tuple(_set_aside(assessment)),
            ("Record", "What became of it", "Why, and by which rule"),
        ),
        Section("What would lead to each open tier", tuple(_open(assessment)), ("Tier", "Answer", "If this is so")),
        Section("What would settle the open points", tuple(_to_settle(assessment)), ("Finding", "Open", "Questions")),
    )


def tail(assessment: Assessment) -> tuple[Section, ...]:
    """Return what the answer was made with."""
    return filled(Section("Receipt", tuple(_receipt(assessment)), ("Part", "Version", "Digest or date")))


def filled(*sections: Section) -> tuple[Section, ...]:
    """Return the sections that have something to say."""
    return tuple(section for section in sections if section.lines)


def heading(assessment: Assessment) -> str:
    """Return the title of a report."""
    subject, law = assessment.subject, assessment.law
    return f"{subject.name} ({subject.country}): {assessment.product} assessment, law in force on {law.as_of}"


def any_tier_names(tiers: Iterable[Tier | None]) -> str:
    """Return the names of some rows of the tier table, where `None` is a country that is on no list."""
    return ", ".join(map(answer.tier_name, tiers))


# -- the memorandum ------------------------------------------------------------------------------------------------


def _recommendation(assessment: Assessment, coded: Coded | None) -> Iterator[Line]:
    recommended = assessment.recommendation
    counted = "" if coded is None else f"{answer.records_words(assessment, coded)}. "
    said = (
        answer.undecided_words(coded),
        f"{answer.sentence(answer.status_words(recommended)).rstrip('.')}: {answer.status_means(recommended)}.",
        f"{counted}The rule that speaks is [{recommended.rule}]. The engine recommends; a person determines.",
    )
    yield Line(
        answer.recommended_name(recommended),
        answer.status_words(recommended),
        " ".join(answer.why(assessment)),
        tuple(filter(None, said)),
    )


def _hangs(assessment: Assessment) -> Iterator[Line]:
    """What it hangs on, in short: what leads elsewhere by itself, then what else it rests on."""
    found = (*_all_hinges(assessment, few=False), *_fragile(assessment, kind="a record"))
    others = answer.other_proposals(assessment)
    yield from found[:_MOST_HINGES]
    yield from (_proposal(each, short=True) for each in others[:_MOST_OTHERS])
    left = max(0, len(found) - _MOST_HINGES) + max(0, len(others) - _MOST_OTHERS)
    if left:
        yield Line(f"{left} more", "", "An annex lists them.")


def _all_hinges(assessment: Assessment, *, few: bool = True) -> Iterator[Line]:
    """Every answer that alone leads elsewhere; with `few`, only where the memorandum has no room for all of them."""
    if few and _all_in_memorandum(assessment):
        return
    proposed = answer.proposals(assessment)
    for hinge in assessment.hinges:
        proposal = proposed.get(hinge.word or "")
        ways = answer.each_way(hinge.outcomes, proposal.level if proposal else None)
        kind = answer.hinge_kind(hinge) if proposal is None else f"a rating, proposed: {proposal.level}"
        read = () if proposal is None else (answer.sentence(proposal.says),)
        yield Line(answer.hinge_name(hinge), kind, answer.sentence(ways), read, title=hinge.asks)


def _all_in_memorandum(assessment: Assessment) -> bool:
    return len(assessment.hinges) + len(assessment.fragile) <= _MOST_HINGES


def _all_fragile(assessment: Assessment) -> Iterator[Line]:
    """Every record that would move the answer, where the memorandum has no room for all of them."""
    if not _all_in_memorandum(assessment):
        yield from _fragile(assessment)


def _post(assessment: Assessment) -> Iterator[Line]:
    post = assessment.post_recommendation
    if post is not None:
        words = Passage(record="post-recommendation", at=post.at, quote=post.quote)
        yield Line(NAMES[post.tier], "asked for", answer.post_words(assessment, post), evidence=(words,))


def _questions(assessment: Assessment) -> Iterator[Line]:
    for each in answer.questions(assessment):
        yield Line(each.question, "", answer.sentence(answer.each_way(each.outcomes)), title=each.asks)


def _glance(assessment: Assessment) -> Iterator[Line]:
    for _, answers in answer.groups(assessment):
        for each in answers:
            bar = bar_of(each)
            yield Line(answer.code(each), bar.words, "", title=answer.title(each), bar=bar)


# -- the annexes ---------------------------------------------------------------------------------------------------


def _proposals(assessment: Assessment) -> Iterator[Line]:
    for each in assessment.recommendation.rests_on:
        yield _proposal(each, short=False)


def _proposal(each: Proposed, *, short: bool) -> Line:
    below = () if short else (f"On the authority of: {each.authority}", f"By the rule [{each.rule}]; it is no finding.")
    read = answer.sentence(each.says)
    return Line(each.word, f"proposed: {each.level}", read, below, () if short else each.records, each.asks)


def _open(assessment: Assessment) -> Iterator[Line]:
    for each in assessment.open:
        name = "No list" if each.tier is None else NAMES[each.tier]
        text = "Reached, for example, if all of this is so, whatever else is not known:"
        if not each.decided:
            text = "Not decided: the solver gave up, so the tier is not excluded."
        yield Line(name, "open", text, each.witness)


def _fragile(assessment: Assessment, kind: str = "decisive") -> Iterator[Line]:
    for each in assessment.fragile:
        reached = any_tier_names(each.tiers)
        falling = f", and with it {', '.join(each.others)}" if each.others else ""
        text = f"If it is wrong{falling}, this could be reached: {reached}."
        yield Line(each.record, kind, text, title=cut(answer.words_of(assessment, each.record), _LONGEST_WORDS))


def _routes(assessment: Assessment) -> Iterator[Line]:
    for route in assessment.watch_list:
        bar = bar_of(route)
        below = (route.citation,)
        yield Line(route.route, bar.words, route.reason, below, route.evidence, answer.title(route), bar)


def _progress(assessment: Assessment) -> Iterator[Line]:
    for each in assessment.progress:
        yield Line(each.id, _PROGRESS[each.outcome], answer.sentence(each.reason), (), each.evidence, each.says)


def _answers(answers: Iterable[StandardAnswer]) -> Iterator[Line]:
    for each in answers:
        certainty = getattr(each, "certainty", None)
        sure = (f"certainty of the sources: {certainty}",) if certainty else ()
        bar = bar_of(each)
        yield Line(each.id, bar.words, each.reason, (each.citation, *sure), each.evidence, each.title, bar)


def _set_aside(assessment: Assessment) -> Iterator[Line]:
    for unused in assessment.set_aside:
        says = answer.sentence(f"{unused.because} [{unused.rule}]")
        yield Line(unused.passage.record, "set aside", says, evidence=(unused.passage,))


def _to_settle(assessment: Assessment) -> Iterator[Line]:
    for each in (*assessment.standards, *assessment.criteria, *assessment.considered):
        if each.to_settle:
            yield Line(each.id, f"{len(each.to_settle)} open", "", each.to_settle, title=each.title)


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
