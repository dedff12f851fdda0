"""What is withheld cannot be found in what is released, and what is released entails only what the whole entails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.reasoning import dossiers, two_years
from tests.reasoning.releasable import MARKS, Piece, digest, identity, made, pieces, quote, salted, secrets, word
from tests.reasoning.two_years import SILENT, last_year, write
from tierengine import schemas
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import Casefile, Request, read_dossier
from tierengine.evidence.handling import Mark, cleared_for, strictest
from tierengine.evidence.records import Evidence
from tierengine.evidence.remainder import answering, items
from tierengine.evidence.sources.opened import Paragraph, Written
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Assessment, Step
from tierengine.reasoning.compare import answered
from tierengine.reasoning.release import RELEASES, Released, ReleaseName, release, shown_part, shown_whole
from tierengine.reports.markdown import markdown
from tierengine.reports.release import release_section, released_report
from tierengine.yamlfile import Document

RELEASED = st.sampled_from(sorted(RELEASES))
CLEARED = st.builds(
    Mark, st.sampled_from(("unclassified", "sensitive but unclassified", "unknown")), no_foreign=st.booleans()
)
WORDS = st.sampled_from((None, "unclassified", "sensitive but unclassified", "unknown"))
SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")


@pytest.fixture(scope="module")
def small_law(small: Rulebook) -> Law:
    """The law of the made-up dossiers."""
    return law_of(made([]), small)


def texts(released: Released) -> str:
    """Everything that any document of a release is made of."""
    section = release_section(released.statement)
    said = " ".join((section.title, *(word for line in section.lines for word in (line.name, line.text, *line.below))))
    return schemas.to_json(released.assessment) + released.statement.model_dump_json() + said


def shown(assessment: Assessment) -> set[str]:
    """The ids of all records that an assessment speaks of."""
    return set(_records(schemas.dump(Assessment, assessment)))


def _records(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each for key, each in value.items() if key == "record")
        for inner in value.values():
            yield from _records(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _records(inner)


def allowed(written: list[Piece], admits: Mark) -> list[bool]:
    """Whether the marks of each piece allow that it is released; an unmarked rating bears every mark there is."""
    own = [Mark(each.handling) if each.handling else Mark("unclassified") for each in written]  # type: ignore[arg-type]
    facts = [mark for mark, each in zip(own, written, strict=True) if each.what != "rating"]
    every = strictest([*(MARKS[each.source] for each in written), *facts])
    return [
        admits.covers(
            (mark if each.handling else every) if each.what == "rating" else strictest([mark, MARKS[each.source]])
        )
        for mark, each in zip(own, written, strict=True)
    ]


# -- nothing withheld is found ----------------------------------------------------------------------------------


@given(written=pieces(), name=RELEASED)
def test_no_word_of_what_is_withheld_stands_in_a_release(
    small_law: Law, written: list[Piece], name: ReleaseName
) -> None:
    """No id, quote, number, note or author of a withheld item, and no name or digest of a withheld source."""
    casefile = made(written)
    released = release(casefile, small_law, name)
    text = texts(released)
    for place, may in enumerate(allowed(written, RELEASES[name].admits)):
        if not may:
            assert not [secret for secret in secrets(written, place) if secret in text]
    for source in casefile.sources.values():
        if not RELEASES[name].admits.covers(Mark(source.handling, source.no_foreign)):
            assert digest(source) not in text
            assert source.id not in text
    assert (casefile.digest in text) == released.statement.whole


@given(written=pieces(), name=RELEASED)
def test_a_release_is_the_same_whatever_the_withheld_words_are(
    small_law: Law, written: list[Piece], name: ReleaseName
) -> None:
    """With other words in what is withheld, every byte is the same: so nothing of them can be found by guessing."""
    hidden = {place for place, may in enumerate(allowed(written, RELEASES[name].admits)) if not may}
    first, second = (release(made(salted(written, hidden, salt)), small_law, name) for salt in ("one", "two"))
    assert texts(first) == texts(second)


@given(written=pieces(), name=RELEASED)
def test_what_is_released_entails_only_what_the_whole_entails(
    small_law: Law, written: list[Piece], name: ReleaseName
) -> None:
    """Each tier that is open on the whole is open in the part; so a tier that the part settles is the tier."""
    casefile = made(written)
    whole = Assessor(small_law).assess(casefile)
    released = release(casefile, small_law, name)
    part = released.assessment.recommendation
    assert set(whole.recommendation.open_tiers) <= set(part.open_tiers)
    if part.settled:
        assert (whole.recommendation.settled, whole.recommendation.tier) == (True, part.tier)
    assert released.statement.tier == whole.recommendation.tier
    assert released.statement.entailed == (answered(released.assessment) == answered(whole))


@given(written=pieces(), name=RELEASED)
def test_a_release_marks_itself_by_what_it_holds(small_law: Law, written: list[Piece], name: ReleaseName) -> None:
    """A public document bears the plain marking, whatever was withheld from it."""
    released = release(made(written), small_law, name).statement
    assert name != "public" or released.handling == "UNCLASSIFIED"
    assert "UNKNOWN" not in released.handling


# -- what a person is shown ---------------------------------------------------------------------------------------


def _handlings(value: Any) -> Iterator[Any]:
    """The mark of every item of a dossier."""
    if isinstance(value, dict):
        yield value.get("handling")
        for inner in value.values():
            yield from _handlings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _handlings(inner)


@given(written=pieces(), cleared=CLEARED)
def test_a_person_is_shown_a_dossier_whole_only_if_every_mark_allows_it(written: list[Piece], cleared: Mark) -> None:
    """Each item's mark counts, each source's, and those of the last report's dossier; what is not open may bear any."""
    casefile = made(written)
    marks = [Mark(each) for each in _handlings(casefile.dossier.model_dump(mode="json")) if each]
    marks += [Mark(each.handling, each.no_foreign) for each in casefile.sources.values()]
    whole = all(cleared.covers(each) for each in marks)
    assert shown_whole(casefile, cleared) == whole
    later = made([])
    assert shown_whole(later, cleared)
    assert shown_whole(Casefile.of(later.dossier, later.document, {}, casefile), cleared) == whole
    closed = Casefile.of(casefile.dossier, casefile.document, {})
    unknown = bool(casefile.sources) and not cleared.covers(Mark("unknown"))
    own = all(cleared.covers(Mark(each)) for each in _handlings(casefile.dossier.model_dump(mode="json")) if each)
    assert shown_whole(closed, cleared) == (own and not unknown)


@given(written=pieces(), cleared=CLEARED)
def test_a_person_is_shown_no_word_that_a_mark_keeps_from_them(
    small_law: Law, written: list[Piece], cleared: Mark
) -> None:
    """The part says nothing of an item or a source that is withheld, and keeps all where nothing is."""
    casefile = made(written)
    part = shown_part(casefile, small_law, cleared)
    text = part.dossier.model_dump_json() + "".join(source.text for source in part.sources.values())
    for place, may in enumerate(allowed(written, cleared)):
        if not may:
            assert not [secret for secret in secrets(written, place) if secret in text]
    for source in casefile.sources.values():
        if not cleared.covers(Mark(source.handling, source.no_foreign)):
            assert source.id not in part.sources
            assert digest(source) not in text
    if shown_whole(casefile, cleared):
        assert {record.id for record in part.dossier.records} >= {
            record.id for record in casefile.dossier.records if isinstance(record, Evidence)
        }
        assert part.sources == casefile.sources
    assert part.document == Document(f"{casefile.document.name}, in part", b"", {}, {})
    assert part.last is None


def test_a_source_from_which_nothing_was_coded_is_withheld_too(small_law: Law) -> None:
    """A dossier on a source that may not be released is not released whole, though each of its records is."""
    casefile = made([Piece("victims", 0, None), Piece("shelter", 1, None)])
    first = casefile.dossier.model_copy(update={"records": casefile.dossier.records[:1]})
    released = release(Casefile.of(first, casefile.document, casefile.sources), small_law, "public")
    assert (released.statement.withheld, released.statement.whole) == (0, False)
    assert [source.handling for source in released.part.sources.values()] == ["unclassified"]


def test_a_document_bears_the_mark_of_a_source_from_which_nothing_was_coded(small_law: Law) -> None:
    """Such a source stays in a release within the government, whole or not, and its mark is the document's."""
    for written in ([0, 1], [0, 1, 3]):
        casefile = made([Piece("victims", number, None) for number in written])
        records = tuple(each for place, each in enumerate(casefile.dossier.records) if place != 1)
        coded = casefile.dossier.model_copy(update={"records": records})
        released = release(Casefile.of(coded, casefile.document, casefile.sources), small_law, "unclassified")
        assert released.statement.whole == (len(written) == 2)
        assert released.statement.handling == "SENSITIVE BUT UNCLASSIFIED"


def paged(name: str, *texts: str) -> Written:
    """A plainly marked source of a page, with some paragraphs."""
    found = [Paragraph(f"page 1 ¶{number}", text, 1000 * number, 2000 * number) for number, text in enumerate(texts, 1)]
    return Written(
        name, "pdf", None, None, None, tuple(found), (), "unclassified", no_foreign=False, warnings=(), raw=b""
    )


def dossier_on(sources: list[Written], *records: dict[str, Any], **changes: Any) -> Casefile:
    """A dossier on open sources; every quote in it stands in its source."""
    listed = tuple(
        {"id": each.id, "format": "pdf", "file": f"{each.id}.pdf", "digest": digest(each)} for each in sources
    )
    closed = dossiers.casefile(*records, sources=listed, **changes)
    whole = Casefile.of(closed.dossier, closed.document, {each.id: each for each in sources})
    for item in items(whole):
        if isinstance(item, Evidence | Request):
            assert whole.sources[item.at.split(" ")[0]].passage(item.at, item.quote, item.anchor) is not None
    return whole


A = paged(
    "A",
    "The post saw (forty victims in the north and ten in the south). All were housed in the capital.",
    "The police said that ten in the south were housed. Later ten in the south were moved.",
)
B = paged("B", "The post saw forty victims in the north. All were housed in the capital.")
FIRST = {"at": "A page 1 ¶1", "quote": "forty victims in the north and ten in the south"}
LATER = {"at": "A page 1 ¶2", "quote": "ten in the south", "anchor": {"suffix": "were moved"}}


@pytest.mark.parametrize(
    ("withheld", "at", "quote_", "stays"),
    [
        (FIRST, "A page 1 ¶1", FIRST["quote"], False),
        (FIRST, "A page 1 ¶1", "victims in the north", False),
        (FIRST, "A page 1 ¶1", f"The post saw ({FIRST['quote']}).", False),
        (FIRST, "A page 1 ¶1", "The post saw (forty", False),
        (FIRST, "A page 1 ¶1", "south). All were housed", False),
        (FIRST, "A page 1 ¶1", "The post saw (", True),
        (FIRST, "A page 1 ¶1", "). All were housed", True),
        (FIRST, "A page 1 ¶1", "All were housed in the capital.", True),
        (FIRST, "A page 1 ¶2", "ten   in the south", False),
        (FIRST, "A page 1 ¶2", "that ten in the south were housed", True),
        (FIRST, "B page 1 ¶1", "forty victims in the north", True),
        (FIRST, "B page 1 ¶1", "All were housed in the capital.", True),
        (LATER, "A page 1 ¶2", "the south were moved", False),
        (LATER, "A page 1 ¶2", "the south were housed", True),
    ],
)
def test_what_shows_words_of_a_withheld_passage_is_withheld(
    small_law: Law, withheld: dict[str, Any], at: str, quote_: str, stays: bool
) -> None:
    """Passages that overlap go together, and so do words that one source says twice; another source is free.

    Of words that stand twice the passage counts that is meant.
    """
    hidden = dossiers.record("victims", "40", 0, handling="unknown", **withheld)
    whole = dossier_on([A, B], hidden, dossiers.record("shelter", "true", 1, at=at, quote=quote_))
    part = release(whole, small_law, "public").part
    assert [each.id for each in part.dossier.records] == (["shelter-1"] if stays else [])


@pytest.mark.parametrize(("answer", "stays"), [("given", True), ("not given", False), ("partly given", False)])
def test_one_of_several_answers_to_requests_is_released_if_the_others_say_the_same(
    rulebook: Rulebook, answer: str, stays: bool
) -> None:
    """Where data were given once and not another time nothing follows; one answer alone would say that they were."""

    def request(name: str, answer: str, quote_: str, **changes: Any) -> dict[str, Any]:
        asked = {"id": name, "criterion": "F-PROSECUTE", "date": "2007-01-10", "answer_date": "2007-02-10"}
        more = {"asks": "data", "answer": answer, "capacity_note": "a register", "at": "A page 1 ¶1"}
        return asked | more | {"quote": quote_} | changes

    requests = request("one", "given", "The post saw"), request("two", answer, "All were", handling="unknown")
    whole = dossier_on([A], requests=requests)
    part = release(whole, law_of(whole, rulebook), "public").part
    assert [each.id for each in part.dossier.requests] == (["one"] if stays else [])


def test_a_part_of_the_figures_of_the_year_before_is_not_released(rulebook: Rulebook) -> None:
    """They are summed as those of this year are, though they stand in the dossier under the same question."""
    before = {"period": {"first": "2005-04-01", "last": "2006-03-31"}, "at": "A page 1 ¶1", "date": None}
    convicted = {"unit": "persons", "kind": "statistic"} | before
    kept = dossiers.record("trafficking_convictions", "3", 1, quote="The post saw", **convicted)
    hidden = dossiers.record("trafficking_convictions", "4", 2, quote="All were", handling="unknown", **convicted)
    other = dossiers.record("victim_shelter_opened", "true", 3, at="A page 1 ¶2", quote="The police said")
    whole = dossier_on([A], kept, hidden, other, last_report="2006-06-05")
    part = release(whole, law_of(whole, rulebook), "public").part
    assert [each.id for each in part.dossier.records] == [other["id"]]


def test_a_silence_that_the_last_dossier_overtakes_is_withheld_with_it(rulebook: Rulebook, tmp_path: Path) -> None:
    """Beside figures that show an increase nobody reads the silence as none; without those of last year one would."""
    last_year(tmp_path / "2012", two_years.record("trafficking_convictions", 7))
    figure = two_years.record("trafficking_convictions", 12)
    casefile = read_dossier(write(tmp_path, figure, silences=SILENT, last_dossier="2012/dossier.yaml"))
    part = release(casefile, law_of(casefile, rulebook), "public").part
    assert [each.id for each in part.dossier.records] == [figure["id"]]
    assert {each.indicator for each in casefile.dossier.silences} - {
        each.indicator for each in part.dossier.silences
    } == {"increase_in_enforcement"}


def test_what_repeats_a_withheld_statement_names_what_is_released_of_it(small_law: Law) -> None:
    """The first that goes back to it stands for it, since the others may not name what is withheld."""
    quotes = ("The post saw", "All were housed", "The police said")
    at = ("A page 1 ¶1", "A page 1 ¶1", "A page 1 ¶2")
    hidden = dossiers.record("shelter", "true", 0, handling="unknown", at="B page 1 ¶1", quote="All were")
    repeats = [
        dossiers.record("shelter", "true", number, at=at[number - 1], quote=quotes[number - 1], origin="shelter-0")
        for number in (3, 1, 2)
    ]
    alone = dossiers.record("victims", "40", 4, at="A page 1 ¶2", quote="ten in the south were moved")
    part = release(dossier_on([A, B], hidden, *repeats, alone), small_law, "public").part
    found = [(each.id, each.origin, each.undated) for each in part.dossier.records if isinstance(each, Evidence)]
    first = "shelter-1"
    assert found == [
        ("shelter-3", first, None),
        (first, None, None),
        ("shelter-2", first, None),
        ("victims-4", None, None),
    ]


def test_a_part_says_nothing_of_how_sure_its_findings_are(rulebook: Rulebook) -> None:
    """How sure the released sources make a finding is not how sure it is."""
    first = marked("invented-rise", {}).dossier.records[0]
    casefile = marked("invented-rise", {first.id: "unknown"})
    law = law_of(casefile, rulebook)
    for said, assessment in (
        (True, Assessor(law, certified=False).assess(casefile)),
        (False, release(casefile, law, "public").assessment),
    ):
        for findings in (assessment.criteria, assessment.considered):
            assert findings
            assert any(each.certainty is not None for each in findings) == said


def test_words_that_nobody_marked_stay_behind_where_anything_does(small_law: Law) -> None:
    """Notes, what is no evidence, what is only proposed, plans, and the sources of what is public."""
    at = {"at": "A page 1 ¶2", "quote": "The police said"}
    silent = {"indicator": "increase", "source": "B", "read": "all", "author": "A. Officer", "date": "2007-04-01"}
    asked = {"criterion": "SCOPE", "date": "2007-01-01", "asks": "data", "answer": "given", "capacity_note": "a secret"}
    undated = {"note": "a secret", "undated": "a secret", "date": None}
    tells = {"kind": "action", "measures": "shelter", "value": "true", "undated": "a secret", "because": "a secret"}
    proposed = {"id": "p", **at, "records": ({**tells, "actor": {"is": "government", "name": "Nowhere"}},)}
    casefile = dossier_on(
        [A, B],
        dossiers.record("victims", "40", 0, handling="unknown", **FIRST),
        dossiers.record("shelter", "true", 1, **at, **undated),
        silences=({"id": "s", "note": "a secret", **silent},),
        requests=({"id": "r", **asked, "at": "B page 1 ¶1", "quote": "All were"},),
        not_evidence=({**at, "why": "a secret"},),
        proposed=(proposed,),
        plan=({"id": "a", "says": "a secret", "answered_by": ("shelter",), "due": "2008-03-01"},),
        earlier_placements=({"year": "2006", "tier": "2", "source": "a secret"},),
    )
    for part in (release(casefile, small_law, "public").part, shown_part(casefile, small_law, Mark("unclassified"))):
        assert [each.id for each in answering(part)] == ["shelter-1", "s", "r"]
        assert "a secret" not in part.dossier.model_dump_json()
        assert [silence.note for silence in part.dossier.silences] == ["not released"]
        assert [request.capacity_note for request in part.dossier.requests] == ["not released"]
        assert [getattr(each, "undated", None) for each in part.dossier.records] == ["not released"]
        assert (part.dossier.not_evidence, part.dossier.proposed, part.dossier.plan) == ((), (), ())
        assert [each.source for each in part.dossier.earlier_placements] == ["the report of 2006"]
    assert release(casefile, small_law, "public").placements == part.dossier.earlier_placements


def test_what_no_open_source_holds_bears_no_known_mark(small_law: Law) -> None:
    """Where a source is not open nobody knows its mark: nothing from it is released, even if it is marked plainly."""
    marked_ = dossiers.record("victims", "100", 1, handling="unclassified")
    closed = dossiers.casefile(dossiers.record("shelter", "true", 0), marked_)
    for name in RELEASES:
        assert not release(closed, small_law, name).part.dossier.records
    for handling, shown_ in (("sensitive but unclassified", 0), ("unknown", 2)):
        cleared = cleared_for(("sensitive but unclassified", handling))
        assert len(shown_part(closed, small_law, cleared).dossier.records) == shown_


def test_a_dossier_beside_that_of_the_last_report_is_never_released_whole(small_law: Law) -> None:
    """The dossier of the last report has marks of its own: neither it nor its name is released or shown in part."""
    casefile = made([Piece("victims", 0, None)])
    named = casefile.dossier.model_copy(update={"last_dossier": "the-last.yaml"})
    beside = Casefile.of(named, casefile.document, casefile.sources, made([Piece("punished", 0, None)]))
    assert release(casefile, small_law, "public").statement.whole
    released = release(beside, small_law, "public")
    assert not released.statement.whole
    for part in (released.part, shown_part(beside, small_law, Mark("unclassified"))):
        assert (part.last, part.dossier.last_dossier) == (None, None)


# -- what is said of it -----------------------------------------------------------------------------------------------


def test_where_nothing_is_withheld_the_assessment_is_whole(rulebook: Rulebook, guatemala: Casefile) -> None:
    """A dossier on one plainly unclassified telegram is released as it is."""
    law = law_of(guatemala, rulebook)
    released = release(guatemala, law, "public")
    assert released.assessment == Assessor(law).assess(guatemala)
    assert (released.statement.whole, released.statement.entailed, released.statement.not_shown) == (True, True, 0)
    assert release_section(released.statement).lines[0].text == "Nothing is withheld."


def marked(seed: str, handlings: dict[str, str]) -> Casefile:
    """A worked dossier with marks on some of its items."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    changes: dict[str, Any] = {
        section: tuple(
            item.model_copy(update={"handling": handlings.get(item.id, item.handling)})
            for item in getattr(casefile.dossier, section)
        )
        for section in ("records", "silences", "requests", "deficiencies")
    }
    return Casefile.of(casefile.dossier.model_copy(update=changes), casefile.document, casefile.sources)


RATED = dict.fromkeys(("efforts", "no-pattern", "increase"), "unclassified")


def test_reasons_that_still_entail_the_tier(rulebook: Rulebook) -> None:
    """Without the count of cases, on which nothing hangs, the tier of the invented country follows all the same."""
    casefile = marked("invented-2019", RATED | {"investigations": "sensitive but unclassified"})
    released = release(casefile, law_of(casefile, rulebook), "public")
    assert (released.statement.whole, released.statement.entailed, released.assessment.recommendation.tier) == (
        False,
        True,
        "2",
    )
    assert (released.statement.withheld, released.statement.handling) == (1, "UNCLASSIFIED")
    line = release_section(released.statement).lines[0]
    assert (line.name, line.text) == ("Tier 2", "The reasons released here alone entail it.")
    assert "14 trafficking cases" not in texts(released)
    assert "investigations" not in shown(released.assessment)


def test_reasons_that_do_not(rulebook: Rulebook) -> None:
    """Without the numbers of victims a watch-list ground is open, and it says how much is not shown."""
    casefile = marked("invented-2019", RATED | {"victims": "sensitive but unclassified"})
    released = release(casefile, law_of(casefile, rulebook), "public")
    statement = released.statement
    assert (statement.tier, statement.entailed, released.assessment.recommendation.settled) == ("2", False, False)
    assert (statement.withheld, statement.not_shown) == (2, 1)
    said = f"of the {statement.findings} findings that it rests on, 1 are undetermined here."
    assert release_section(statement).lines[0].text.endswith(said)


def test_one_sentence_is_withheld_for_all_that_was_coded_from_it(rulebook: Rulebook) -> None:
    """Both numbers stand in one sentence; with either, the sentence would be shown."""
    casefile = marked("invented-2019", RATED | {"victims-before": "sensitive but unclassified"})
    text = texts(release(casefile, law_of(casefile, rulebook), "public"))
    assert "Post estimates 40 victims" not in text


def test_sensitive_material_stays_within_the_government(small_law: Law) -> None:
    """What is sensitive, or not for foreign governments, stays in one release and not in the other."""
    written = [Piece("victims", 1, None), Piece("shelter", 2, None), Piece("punished", 0, "sensitive but unclassified")]
    casefile = made(written)
    inside, outside = (release(casefile, small_law, name) for name in ("unclassified", "public"))
    assert shown(inside.assessment) >= {identity(piece, place) for place, piece in enumerate(written)}
    assert inside.statement.handling == "SENSITIVE BUT UNCLASSIFIED; NOT FOR FOREIGN GOVERNMENTS"
    assert not shown(outside.assessment) & {identity(piece, place) for place, piece in enumerate(written)}


def test_a_sum_is_released_whole_or_not_at_all(small_law: Law) -> None:
    """A part of a sum would be read as the sum."""
    written = [Piece("punished", 0, None), Piece("punished", 1, None), Piece("victims", 0, None)]
    released = release(made(written), small_law, "public")
    assert shown(released.assessment) == {identity(written[2], 2)}


def test_silence_is_no_answer_where_the_answer_is_withheld(small_law: Law) -> None:
    """A source that is silent on what a withheld record answers would be read as the contrary."""
    written = [Piece("increase", 1, None), Piece("silence", 0, None)]
    released = release(made(written), small_law, "public")
    assert not shown(released.assessment)
    assert (
        next(each for each in released.assessment.watch_list if each.route == "GROUND").outcome.value == "undetermined"
    )


def test_a_withheld_rating_leaves_its_open_word_open(small_law: Law) -> None:
    """Without the rating the records would speak; what a person judged against them must not come out as theirs."""
    written = [Piece("shelter", 0, None), Piece("victims", 1, None), Piece("rating", 0, None, value="not met")]
    released = release(made(written), small_law, "public")
    text = texts(released)
    assert "Nobody has rated it" not in text
    assert "nobody has" not in text
    assert "Whether a person has rated it is not shown" in text
    assert "2" in released.assessment.recommendation.open_tiers
    assert "3" in released.assessment.recommendation.open_tiers


def test_a_rating_that_rests_on_what_is_withheld_is_withheld(small_law: Law) -> None:
    """Its reasons speak of what it rests on, whatever its own mark."""
    written = [Piece("shelter", 1, None), Piece("rating", 0, "unclassified", value="met", rests_on=0)]
    released = release(made(written), small_law, "public")
    assert released.statement.withheld == 2
    assert not [secret for secret in secrets(written, 1) if secret in texts(released)]


def test_notes_are_left_out_where_anything_is(small_law: Law) -> None:
    """A note has no mark of its own, and may reveal what its writer knew from a source that is withheld."""
    written = [Piece("shelter", 0, None), Piece("victims", 1, None)]
    text = texts(release(made(written), small_law, "public"))
    assert quote(written[0], 0) in text
    assert word(written[0], 0, "note") in texts(release(made(written), small_law, "unclassified"))
    assert word(written[0], 0, "note") not in text


def walked(step: Step) -> Iterator[Step]:
    """A step of a trace and all below it."""
    yield step
    for child in step.children:
        yield from walked(child)


def rested_on(assessment: Assessment) -> dict[str, set[str]]:
    """The findings on which a recommendation rests, each with the steps on its levels: what is below a decisive row.

    What stands in a trace more than once is unfolded once.
    """
    below = {step.id: {child.id for child in step.children if child.decisive} for step in walked(assessment.trace)}
    below |= {
        step.id: {child.id for child in step.children if child.decisive}
        for step in walked(assessment.trace)
        if step.children
    }
    rows = {step.id for step in assessment.trace.children if step.decisive}
    if assessment.recommendation.settled:
        rows -= {step.id for step in assessment.trace.children if step.outcome.value != "met"}
    while not rows >= (more := set[str]().union(*(below[name] for name in rows))):
        rows |= more
    levels = {step.id for step in walked(assessment.trace) if step.children and "/" in step.id}
    found: dict[str, set[str]] = {}
    for name in rows & levels:
        found.setdefault(name.split("/")[0], set()).add(name)
    return found


@pytest.mark.parametrize(
    ("seed", "kinds"), [("invented-2019", ("statistic",)), ("guatemala-2007", ("law", "action")), ("invented-2011", ())]
)
def test_a_release_counts_the_findings_that_it_rests_on_and_those_that_it_leaves_open(
    rulebook: Rulebook, seed: str, kinds: tuple[str, ...]
) -> None:
    """Where the tier is settled they are those of its row, else those of each row that is open."""
    plain = marked(seed, {}).dossier.records
    casefile = marked(seed, {each.id: "unknown" for each in plain if each.kind in kinds})
    law = law_of(casefile, rulebook)
    assessed, released = Assessor(law, certified=False).assess(casefile), release(casefile, law, "public")
    found = rested_on(assessed)
    truths, left = ({step.id: step.outcome for step in walked(each.trace)} for each in (assessed, released.assessment))
    otherwise = [each for each in found.values() if any(truths[step] is not left[step] for step in each)]
    assert (released.statement.findings, released.statement.not_shown) == (len(found), len(otherwise))
    assert found


@settings(max_examples=12)
@given(seed=st.sampled_from(SEEDS), marks=st.lists(WORDS, min_size=60, max_size=60), name=RELEASED)
def test_the_worked_dossiers_with_any_marks(
    rulebook: Rulebook, seed: str, marks: list[str | None], name: ReleaseName
) -> None:
    """Under the real law, too, nothing withheld is quoted and nothing is entailed that the whole does not entail."""
    plain = marked(seed, {})
    items = [*plain.dossier.records, *plain.dossier.silences, *plain.dossier.requests, *plain.dossier.deficiencies]
    handlings = {item.id: found for item, found in zip(items, marks, strict=False) if found is not None}
    casefile = marked(seed, handlings)
    law = law_of(casefile, rulebook)
    whole, released = Assessor(law, certified=False).assess(casefile).recommendation, release(casefile, law, name)
    part = released.assessment.recommendation
    assert set(whole.open_tiers) <= set(part.open_tiers)
    assert not part.settled or part.tier == whole.tier
    text = texts(released) + markdown(released_report(released, law))
    quoted = [(record.quote, record.handling) for record in casefile.dossier.records if isinstance(record, Evidence)]
    quoted += [(each.quote, each.handling) for each in casefile.dossier.deficiencies if " " in each.quote]
    for quote_, handling in quoted:  # a deficiency that quotes one word of the law gives nothing away
        if not RELEASES[name].admits.covers(Mark(handling or "unclassified")):
            assert quote_ not in text


def test_marks_add_up_to_the_strictest() -> None:
    """The freest mark is nobody's; the strictest of several asks for all that each asks for."""
    assert strictest(()) == Mark("unclassified")
    assert strictest((Mark("unclassified", no_foreign=True), Mark("unknown"))) == Mark("unknown", no_foreign=True)
    assert not RELEASES["public"].admits.covers(Mark("unclassified", no_foreign=True))


def test_a_mark_that_is_none_is_refused(tmp_path: Path) -> None:
    """Only the three handlings can be written; a classified mark has no place in a dossier."""
    folder = ROOT / "seeds" / "invented-2019"
    text = (folder / "dossier.yaml").read_text(encoding="utf-8")
    (tmp_path / "cable.txt").write_bytes((folder / "cable.txt").read_bytes())
    (tmp_path / "dossier.yaml").write_text(text.replace("    kind: law\n", "    kind: law\n    handling: secret\n", 1))
    with pytest.raises(EvidenceError, match="write one of: unclassified, sensitive but unclassified or unknown"):
        read_dossier(tmp_path / "dossier.yaml")


def test_the_made_up_telegrams_are_what_they_are_said_to_be() -> None:
    """They hold the quotes at their places and bear the marks, so that the searches above look for what is there."""
    written = [Piece("victims", number, None) for number in range(len(MARKS))]
    casefile = made(written)
    found = [casefile.sources[source.id] for source in casefile.dossier.sources]
    assert [Mark(telegram.handling, telegram.no_foreign) for telegram in found] == list(MARKS)
    for record, telegram in zip(casefile.dossier.records, found, strict=True):
        assert isinstance(record, Evidence)
        assert telegram.passage(record.at, record.quote) is not None
