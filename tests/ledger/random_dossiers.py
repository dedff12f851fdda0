"""Random dossiers for the real law: records of every kind and time, ratings, silences, requests and placements."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from tierengine import yamlfile
from tierengine.evidence.dossier import Casefile, Dossier
from tierengine.law.entries import LAST_YEAR, Indicator
from tierengine.law.rulebook import Law, Rulebook

Written = dict[str, Any]
T = TypeVar("T")


class Draw(Protocol):
    """Draws a value from a strategy."""

    def __call__(self, strategy: st.SearchStrategy[T]) -> T:
        """Draw one."""


KINDS = ("action", "statistic", "law", "commitment", "statement")
BOUNDS = ({"at_least": "1"}, {"at_least": "100"}, {"at_most": "99"}, {"at_least": "3", "at_most": "101"})
COUNTS = ("0", "1", "3", "99", "100", "101", "5000")


def draw_dossier(draw: Draw, rulebook: Rulebook, law: Law, fewest: int = 0) -> Written:
    """A dossier as the reader of YAML hands it over, without sources; the engine may refuse it.

    `fewest` is how many indicators at least have a record.
    """
    year = law.as_of.year
    measured: list[Indicator] = draw(
        st.lists(st.sampled_from(_asked(law)), min_size=fewest, max_size=25, unique_by=_id)
    )
    records = [_record(draw, indicator, number, year) for number, indicator in enumerate(measured)]
    # Asked under the law of another date alone, if it is not asked here.
    others = [indicator for criterion in rulebook.criteria for indicator in criterion.indicators]
    foreign = [indicator for indicator in others if indicator.id not in law.indicators_by_id]
    if draw(st.booleans()) and foreign:
        records.append(_record(draw, draw(st.sampled_from(foreign)), 90, year))
    for number, record in enumerate(records[:3]):
        if draw(st.booleans()):
            records.append(_repeat(draw, record, number))
    judges = draw(st.lists(st.sampled_from(sorted(law.judges)), max_size=12, unique=True))
    records += [_rating(draw, law, name, number, year) for number, name in enumerate(judges)]
    spoken = {record["measures"] for record in records}
    silent: list[Indicator] = draw(st.lists(st.sampled_from(_asked(law)), max_size=8, unique_by=_id))
    return {
        "id": "nowhere",
        "government": {"country": "XX", "name": "Nowhere"},
        "product": draw(st.sampled_from(("annual", "interim"))),
        "as_of": "2000-10-28",
        "period": {"first": f"{year - 1}-04-01", "last": f"{year}-03-31"},
        "last_report": f"{year - 1}-06-15",
        "sources": (),
        "records": tuple(draw(st.permutations(records))),
        "silences": tuple(_silence(draw, i.id, n, year) for n, i in enumerate(silent) if i.id not in spoken),
        "requests": tuple(_requests(draw, law, year)),
        "deficiencies": tuple(_deficiencies(draw, law)),
        "earlier_placements": tuple(_placements(draw, year)),
    }


def casefile(written: Written) -> Casefile:
    """Return the casefile of a dossier."""
    return Casefile.of(Dossier.model_validate(written), yamlfile.Document("made-up.yaml", b"", written, {}), {})


def _id(indicator: Indicator) -> str:
    return indicator.id


def _asked(law: Law) -> list[Indicator]:
    return [i for i in law.indicators if i.counts_kind is None]


def _record(draw: Draw, indicator: Indicator, number: int, year: int) -> Written:
    values: tuple[Any, ...] = {"truth": ("true", "false"), "count": (*COUNTS, *BOUNDS)}.get(
        indicator.type, indicator.choices
    )
    if indicator.compared is not None and draw(st.booleans()):
        values = tuple(LAST_YEAR)
    days = (f"{year - 1}-07-01", f"{year}-02-03", f"{year}-12-30", f"{year + 1}-05-01")
    times: list[Written] = [
        {"undated": "the passage gives no date"},
        {"period": {"first": f"{year - 1}-01-01", "last": f"{year - 1}-12-31"}},
        {"period": {"first": f"{year - 2}-01-01", "last": f"{year - 2}-12-31"}},
        {"period": {"first": f"{year - 2}-06-01", "last": f"{year - 2}-12-31"}},
        *({"date": day} for day in days),
    ]
    return {
        "id": f"record-{number}",
        "kind": draw(st.sampled_from((*indicator.kinds, *indicator.kinds, *KINDS))),
        "measures": indicator.id,
        "value": draw(st.sampled_from(values)),
        **draw(st.sampled_from(times)),
        **({"unit": indicator.unit} if indicator.unit else {}),
        "actor": {"is": "government", "name": "Nowhere"},
        "at": "07NOWHERE12 ¶1",
        "quote": "made up",
        "reliability": draw(st.sampled_from("ABCDEF")),
        "credibility": draw(st.sampled_from("123456")),
    }


def _repeat(draw: Draw, record: Written, number: int) -> Written:
    """The same statement again, from another place or of another mark."""
    origins: list[Written] = [{"origin": record["id"]}, {"origin": "a report"}, {}]
    marks = {"reliability": draw(st.sampled_from("ABCDEF")), "credibility": draw(st.sampled_from("123456"))}
    return {**record, **marks, **draw(st.sampled_from(origins)), "id": f"repeat-{number}"}


def _rating(draw: Draw, law: Law, name: str, number: int, year: int) -> Written:
    judgement = law.judges[name].judgement
    assert judgement is not None
    return {
        "id": f"rating-{number}",
        "kind": "judgement",
        "measures": name,
        "question": "Is it?",
        "rating": draw(st.sampled_from(sorted(judgement.rubric))),
        "author": "A. Officer",
        "date": draw(st.sampled_from((f"{year}-01-20", f"{year}-12-31"))),
        "reasons": "made up",
    }


def _silence(draw: Draw, indicator: str, number: int, year: int) -> Written:
    covers = draw(st.sampled_from((year, year, year, year - 2, None)))
    made = {"id": f"silence-{number}", "indicator": indicator, "source": "07NOWHERE12", "read": "all of it"}
    days = {} if covers is None else {"covers": {"first": f"{covers}-01-01", "last": f"{covers}-03-01"}}
    return made | days | {"author": "A. Officer", "date": f"{year}-01-02", "note": "made up"}


def _requests(draw: Draw, law: Law, year: int) -> list[Written]:
    presumed = [criterion.id for criterion in law.criteria if criterion.presumption is not None]
    criteria = draw(st.lists(st.sampled_from(presumed), max_size=3)) if presumed else []
    made = []
    for number, criterion in enumerate(criteria):
        answered = {"answer_date": f"{year}-12-01"} if draw(st.booleans()) else {}
        made.append(
            {
                "id": f"request-{number}",
                "criterion": criterion,
                "date": draw(st.sampled_from((f"{year - 1}-10-01", f"{year}-11-30"))),
                "asks": "figures",
                "answer": draw(st.sampled_from(("given", "partly given", "not given"))),
                "capacity_note": "none is known",
                "at": "07NOWHERE12 ¶1",
                "quote": "made up",
                **answered,
            }
        )
    return made


def _deficiencies(draw: Draw, law: Law) -> list[Written]:
    asked = st.lists(st.sampled_from(sorted(law.indicators_by_id)), min_size=1, max_size=3)
    return [
        {"id": f"gap-{n}", "says": "a gap", "at": "07NOWHERE12 ¶1", "quote": "made up", "answered_by": tuple(names)}
        for n, names in enumerate(draw(st.lists(asked, max_size=2)))
    ]


def _placements(draw: Draw, year: int) -> list[Written]:
    """Placements of some years, long stays on the watch list among them."""
    made = []
    for earlier in range(max(2001, year - 9), year):
        tier = draw(st.sampled_from(("2WL", "2WL", "2WL", "3", "3", "2", "1", "SC", None)))
        if tier is not None and (tier != "2WL" or earlier >= 2004):
            made.append({"year": str(earlier), "tier": tier, "source": "made up"})
    return made
