"""The rating sheet: what a person must judge here, and the tier that follows from each choice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from tierengine.coding.revising import rating_id, with_record, written_as
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile
from tierengine.evidence.records import Evidence, Rating
from tierengine.lab.questions.rate import Word, choices, open_word
from tierengine.reports.answer import recommended_name, status_means, status_words
from tierengine.terms.level import Level
from tierengine.terms.tier import Tier
from tierengine.web.changes import ClashError, Now, digest_of
from tierengine.web.desk import Desk
from tierengine.web.visit import Here, TheCase, seen_again

router = APIRouter(prefix="/c/{country}/{edition}")


@router.get("/rate")
def sheet(here: Here, case: TheCase, word: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Show the open words that decide, or the one of the address, each as a form."""
    desk, casefile = here.desk, case.casefile
    assessment = desk.answers.assessment(casefile)
    found = desk.answers.rating_sheet(casefile)
    words = (_word(desk, casefile, word),) if word else found.words
    given = [each for each in casefile.dossier.records if isinstance(each, Rating)]
    rated = {each.measures: each for each in given}
    return here.page(
        "rate.html",
        case=case,
        recommended=assessment.recommendation,
        name=recommended_name(assessment.recommendation),
        status=status_words(assessment.recommendation),
        means=status_means(assessment.recommendation),
        sheet=found,
        words=[(each, _choices(desk, casefile, each.word), rated.get(each.word)) for each in words],
        one=word,
        given=given,
        others=sorted(set(case.law.judges) - {each.word for each in words} - set(rated)),
        asks={name: each.judgement.question for name, each in case.law.judges.items() if each.judgement is not None},
        record_ids={each.id for each in casefile.dossier.records if isinstance(each, Evidence)},
        today=_counts_by(casefile),
        digest_of=digest_of,
    )


@router.post("/rate")
def rate(
    here: Here,
    case: TheCase,
    *,
    word: Annotated[str, Form(max_length=100)],
    seen: Annotated[str, Form(max_length=100)] = "",
    level: Annotated[str, Form(max_length=20)] = "",
    reasons: Annotated[str, Form(max_length=10000)] = "",
    on: Annotated[str, Form(max_length=20)] = "",
    rests_on: Annotated[list[str] | None, Form(max_length=500)] = None,
) -> Response:
    """Write a rating into the dossier, in the place of one that is given or waits to be filled in."""

    def change(now: Now) -> bytes:
        standing = next((r for r in now.casefile.dossier.records if isinstance(r, Rating) and r.measures == word), None)
        if digest_of(standing) != seen:
            theirs = f"{standing.rating}, by {standing.author}: {standing.reasons}" if standing else "It was taken out."
            raise ClashError("Somebody rated this meanwhile.", theirs, digest_of(standing))
        if not level:
            cure = "choose one of the levels; each names the tier that follows"
            raise EvidenceError([Problem(where="level", what="no level was chosen", cure=cure)])
        judge = now.law.judges.get(word)
        written = {
            "id": rating_id(now.document, word),
            "kind": "judgement",
            "measures": word,
            "question": judge.judgement.question if judge is not None and judge.judgement is not None else word,
            "rating": level,
            "author": here.person.name,
            "date": on,
            "reasons": " ".join(reasons.split()),
            "rests_on": tuple(rests_on or ()),
        }
        rating: Rating = written_as({key: value for key, value in written.items() if value != ()}, Rating)
        return with_record(now.document, rating)

    here.desk.changes.make(case.kept, here.person.name, "gave a rating", change)
    return seen_again(f"{case.address}/rate")


def _word(desk: Desk, casefile: Casefile, name: str) -> Word:
    assessment = desk.answers.assessment(casefile)
    return desk.answers.kept(
        "word", casefile, lambda: open_word(casefile, desk.answers.assessor(casefile), assessment, name), name
    )


def _choices(desk: Desk, casefile: Casefile, name: str) -> dict[Level, tuple[Tier | None, ...]]:
    """Each level of a word with the tiers that are left then."""
    return desk.answers.kept(
        "choices", casefile, lambda: choices(casefile, desk.answers.assessor(casefile), name), name
    )


def _counts_by(casefile: Casefile) -> date:
    """Today; for a report whose day is past that day, since a later judgement does not count for it."""
    return min(datetime.now(UTC).date(), casefile.dossier.as_of)
