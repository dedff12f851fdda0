"""Why: from any sentence of the answer to its rule, its clause of the statute and its quote in the source, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from tierengine.evidence.dossier import Casefile
from tierengine.evidence.remainder import answering
from tierengine.evidence.sources.anchors import Folded
from tierengine.law.entries import Clause
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Passage, Step
from tierengine.reports.answer import sentence
from tierengine.web.visit import Here, TheCase

router = APIRouter(prefix="/c/{country}/{edition}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the answer, as it stands in the list of them."""

    step: Step
    above: tuple[Step, ...]
    """The sentences that rest on it, one on the other, from the recommendation down."""

    @property
    def depth(self) -> int:
        """How far below the recommendation it stands."""
        return len(self.above)

    @property
    def ruled(self) -> Step:
        """The sentence itself, or where it cites no provision the nearest above that does: by its rule it is asked."""
        return next((each for each in (self.step, *reversed(self.above)) if each.citation is not None), self.step)

    @property
    def says(self) -> str:
        """The sentence."""
        return sentence(self.step.says)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A passage on which a sentence rests, in the paragraph in which it stands."""

    passage: Passage
    before: str
    quote: str
    after: str


@router.get("/why")
def why(
    here: Here,
    case: TheCase,
    step: Annotated[str, Query(max_length=200)] = "",
    record: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the sentences of the answer, and of the chosen one its rule, its clause and its quotes."""
    assessment = here.desk.answers.assessment(case.casefile)
    every = _sentences(assessment.trace)
    listed = [each for each in every if any(record == p.record for p in each.step.evidence)] if record else every
    chosen = _chosen(listed, step)
    number = listed.index(chosen) if chosen in listed else 0
    ruled = chosen.ruled if chosen is not None else None
    answered = {item.id for item in answering(case.casefile)}
    return here.page(
        "why.html",
        case=case,
        listed=listed,
        record=record,
        chosen=chosen,
        before=listed[number - 1].step.id if number else None,
        after=listed[number + 1].step.id if number + 1 < len(listed) else None,
        ruled=ruled,
        entry=case.law.criteria_by_id.get(ruled.id.partition("/")[0]) if ruled is not None else None,
        readings=_readings(case.law, ruled) if ruled is not None else (),
        clauses=_clauses(case.law, ruled) if ruled is not None else (),
        quotes=list(_quotes(case.casefile, chosen.step)) if chosen is not None and chosen.above else [],
        answered=answered,
    )


def _sentences(trace: Step) -> list[Sentence]:
    """The sentences on which the answer rests, each where it stands whole."""
    found: dict[str, Sentence] = {}

    def follow(step: Step, above: tuple[Step, ...]) -> None:
        known = found.get(step.id)
        if known is None or (step.children and not known.step.children):
            found[step.id] = Sentence(step=step, above=above)
        for child in step.children:
            if child.decisive or child.evidence:
                follow(child, (*above, step))

    follow(trace, ())
    return list(found.values())


def _chosen(listed: list[Sentence], name: str) -> Sentence | None:
    """The sentence of a step; for the code of a standard, factor or route the one that says whether it is met."""
    exact = (each for each in listed if each.step.id == name)
    begins = (each for each in listed if name and each.step.id.startswith(f"{name}/"))
    return next(exact, None) or next(begins, None) or next(iter(listed), None)


def _readings(law: Law, step: Step) -> tuple[str, ...]:
    """What was read into the words of the entry by which it was decided, and on whose authority."""
    entry = next((each for each in law.entries() if each.id == step.id.partition("/")[0]), None)
    return tuple(f"{each.reads} ({each.authority})" for each in entry.interpretations) if entry is not None else ()


def _clauses(law: Law, step: Step) -> tuple[Clause, ...]:
    """What the ledger of the statute says of the provision that it cites."""
    usc = (step.citation or "").partition(";")[0].strip()
    return tuple(each for each in law.clauses if each.citation.usc == usc)


def _quotes(casefile: Casefile, step: Step) -> Iterator[Quoted]:
    """The passages of a sentence, or without any those of the sentences on which it rests, however far down."""
    passages = {each.record: each for each in step.evidence}
    waiting = [] if passages else [step]
    while waiting and not passages:
        waiting = [child for each in waiting for child in each.children if child.decisive]
        passages = {each.record: each for child in waiting for each in child.evidence}
    for passage in passages.values():
        source = casefile.sources.get(passage.at.partition(" ")[0])
        text = next((text for at, text in source.places() if at == passage.at), "") if source is not None else ""
        span = Folded.of(text).find(passage.quote) if passage.quote and text else None
        first, end = span or (0, 0)
        yield Quoted(passage=passage, before=text[:first], quote=text[first:end], after=text[end:] if span else "")
