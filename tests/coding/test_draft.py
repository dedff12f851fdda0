"""`tierengine draft`: what is written, where, and what is refused; nothing is reasoned from what nobody accepted."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT, Ran
from tests.evidence.sources.test_telegram_sections import WHOLE, section
from tests.reasoning.dossiers import casefile, records
from tierengine import schemas, yamlfile
from tierengine.coding.settings import drafted_years
from tierengine.evidence.dossier import Casefile, Proposed, read_dossier
from tierengine.law.rulebook import Rulebook
from tierengine.ledger import checker
from tierengine.reasoning.assess import assess

HISTORY = ROOT / "tests" / "data" / "tier_history.csv"
NOTE = (
    "In 2014 the police investigated 14 trafficking cases.\n\n"
    "The government did not open a shelter; NGOs provided shelter to 20 victims.\n\nThe weather was fine.\n"
)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A plain note."""
    path = tmp_path / "case" / "note.txt"
    path.parent.mkdir()
    path.write_text(NOTE, encoding="utf-8")
    return path


def _draft(run: Callable[..., Ran], *words: object) -> Ran:
    return run("draft", *words, "--country", "GT", "--report", "2015")


def test_a_draft_is_a_sound_dossier(note: Path, tierengine: Callable[..., Ran]) -> None:
    """Sources with digest, law, period, last report and placements are filled in, and everything said is proposed."""
    ran = _draft(tierengine, note, "--history", HISTORY)
    assert ran.code == 0, ran.err
    found = read_dossier(note.parent / "dossier.yaml").dossier
    assert (found.government.name, str(found.as_of), str(found.last_report)) == (
        "Guatemala",
        "2015-06-01",
        "2014-06-01",
    )
    assert str(found.period) == "2014-04-01 to 2015-03-31"
    assert found.earlier_placements[-1].year == 2014
    assert [each.records[0].measures for each in found.proposed][:2] == [
        "trafficking_investigations",
        "victim_shelter_opened",
    ]
    assert found.proposed[2].records[0].actor.is_ == "non-governmental organisation"
    assert all("weather" not in each.quote for each in found.proposed)
    checked = tierengine("check", note.parent / "dossier.yaml")
    assert checked.code == 0
    assert f"proposed: {len(found.proposed)} to be decided, 0 refused" in checked.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("The capital lies on a river.", "no sentence leads to a question"),
        ("The police investigated 14 cases.", "1 statement found, with what it may mean. Go through it:"),
        ("The police investigated 14 cases and convicted two traffickers.", "2 statements found"),
    ],
)
def test_how_much_was_found_is_printed(text: str, says: str, tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A source in which nothing leads to a question says so, and what to do."""
    source = tmp_path / "note.txt"
    source.write_text(text, encoding="utf-8")
    assert says in _draft(tierengine, source).out


COMPARISONS = ["increase_in_enforcement", "increase_in_victim_assistance", "decrease_in_official_complicity"]


@pytest.mark.parametrize(
    ("message", "silent"),
    [
        ("The police investigated 14 cases.", COMPARISONS),
        ("Convictions increased over the previous year.", COMPARISONS[1:]),
        ("The police identified more victims than in the previous year.", [COMPARISONS[0], COMPARISONS[2]]),
        ("The government convicted fewer traffickers than in the previous year.", COMPARISONS),
        ("Law enforcement efforts decreased.", COMPARISONS[1:]),
        ("The government increased its anti-trafficking efforts compared with the previous year.", []),
        ("The government did not increase its anti-trafficking efforts over the previous year.", []),
    ],
)
def test_what_a_source_on_the_period_is_silent_on(
    message: str, silent: list[str], note: Path, tierengine: Callable[..., Ran]
) -> None:
    """Of a source that reports on the period, each comparison that it does not make is proposed as a silence."""
    note.write_text(message, encoding="utf-8")
    assert _draft(tierengine, note, "--covers-period").code == 0
    whole = [each for each in read_dossier(note.parent / "dossier.yaml").dossier.proposed if not each.quote]
    assert [each.records[0].measures for each in whole] == silent
    assert {(each.at, each.records[0].kind) for each in whole} <= {("note all paragraphs", "silence")}


def test_the_page_on_reading(tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command prints what it shows, and the draft holds the lines that it shows; what it says of `code` is said."""
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "explanation" / "reading.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    Path("note.txt").write_text(blocks["text"], encoding="utf-8")
    command, printed = blocks["console"].partition("$ tierengine ")[2].split("\n", maxsplit=1)
    ran = tierengine(*command.split())
    assert ran.out + ran.err == printed
    assert blocks["yaml"] in Path("case/dossier.yaml").read_text(encoding="utf-8")
    assert read_dossier(Path("case/dossier.yaml")).dossier.proposed[2].words in page


def test_no_silence_of_a_source_that_is_not_said_to_report_on_the_period(
    note: Path, tierengine: Callable[..., Ran]
) -> None:
    """What a source says nothing of answers nothing unless it was to report on it."""
    assert _draft(tierengine, note).code == 0
    assert all(each.quote for each in read_dossier(note.parent / "dossier.yaml").dossier.proposed)


def test_one_source_speaks_of_what_the_other_is_silent_on(
    note: Path, tmp_path: Path, tierengine: Callable[..., Ran]
) -> None:
    """A silence is proposed only where none of the sources speaks of it, and then of each."""
    other = tmp_path / "case" / "other.txt"
    other.write_text("Convictions increased over the previous year.\n", encoding="utf-8")
    assert _draft(tierengine, note, other, "--covers-period").code == 0
    whole = [each for each in read_dossier(note.parent / "dossier.yaml").dossier.proposed if not each.quote]
    assert [each.records[0].measures for each in whole] == COMPARISONS[1:] * 2
    assert [each.at.split()[0] for each in whole] == ["note", "note", "other", "other"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("kind: silence", "kind: statement\n        value: false"), "a proposed record rests on a `quote`"),
        (("at: note all", "at: nowhere all"), "no source of this dossier is called `nowhere`"),
    ],
)
def test_a_silence_that_is_written_wrongly(
    change: tuple[str, str], said: str, note: Path, tierengine: Callable[..., Ran]
) -> None:
    """Only a silence has no quote, and it is that of a source."""
    note.write_text("The weather was fine.", encoding="utf-8")
    assert _draft(tierengine, note, "--covers-period").code == 0
    path = note.parent / "dossier.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    ran = tierengine("check", path)
    assert (ran.code, said in ran.err) == (1, True), ran.err


def test_two_drafts_are_one(note: Path, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Ranking knows no chance: the same sources give the same bytes."""
    for name in ("one", "two"):
        assert _draft(tierengine, note, "--output", tmp_path / name).code == 0
    one, two = ((tmp_path / name / "dossier.yaml").read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_dossier_is_never_written_over(note: Path, tierengine: Callable[..., Ran]) -> None:
    """What lies there may be somebody's work."""
    place = note.parent / "dossier.yaml"
    place.write_text("mine", encoding="utf-8")
    ran = _draft(tierengine, note)
    assert (ran.code, ran.out) == (2, "")
    assert "a dossier lies there already" in ran.err
    assert place.read_text(encoding="utf-8") == "mine"


def test_sources_of_several_formats_from_elsewhere(tmp_path: Path, note: Path, tierengine: Callable[..., Ran]) -> None:
    """Sources that lie elsewhere are copied beside the dossier, and each is a source of its own."""
    page = tmp_path / "page.html"
    page.write_text("<html><body><p>Courts convicted five traffickers in May 2014.</p></body></html>", encoding="utf-8")
    out = tmp_path / "new" / "out.yaml"
    assert _draft(tierengine, note, page, "--output", out, "--covers-period").code == 0
    found = read_dossier(out)
    assert [(source.id, source.format) for source in found.dossier.sources] == [("note", "text"), ("page", "html")]
    convictions = next(each.records[0] for each in found.dossier.proposed if each.at.startswith("page"))
    assert (convictions.measures, convictions.value) == ("trafficking_convictions", "5")


def test_every_problem_of_the_sources_at_once(note: Path, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """What is missing and what is empty are both reported, and nothing is written."""
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    ran = _draft(tierengine, note, empty, tmp_path / "missing.txt")
    assert (ran.code, ran.out) == (1, "")
    assert "empty.txt:1:1: the file is empty" in ran.err
    assert "missing.txt: cannot be opened" in ran.err
    assert not (note.parent / "dossier.yaml").exists()


def test_the_sections_of_one_cable_are_one_source(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """In whatever order they are given; a quote runs across them, and the dossier names each file."""
    names = [f"s{number}.txt" for number in (1, 2, 3)]
    for number, name in enumerate(names, start=1):
        (tmp_path / name).write_text(section(number), encoding="utf-8")
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    given = (names[2], "note.txt", names[0], names[1])
    assert _draft(tierengine, *(tmp_path / name for name in given), "--output", tmp_path / "out").code == 0
    found = read_dossier(tmp_path / "out" / "dossier.yaml")
    assert [[file for file, _ in source.files] for source in found.dossier.sources] == [names, ["note.txt"]]
    assert WHOLE in dict(found.sources["08TESSAL402"].places())["08TESSAL402 \u00b62"]


def test_a_section_that_is_given_twice(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """It is refused once, with what to do, and nothing is written."""
    for name in ("s1.txt", "again.txt"):
        (tmp_path / name).write_text(section(1), encoding="utf-8")
    ran = _draft(tierengine, tmp_path / "s1.txt", tmp_path / "again.txt")
    assert (ran.code, ran.err.count(":1:1:")) == (1, 1)
    assert "again.txt:1:1: calls itself 08TESSAL402, as `s1.txt` does" in ran.err
    assert not (tmp_path / "dossier.yaml").exists()


@pytest.mark.parametrize(
    ("country", "report", "said"),
    [
        ("Guatemala", "2015", "is no country code"),
        ("GT", "1990", "there is no report of 1990"),
        (
            "GT",
            "2001",
            "no report came before that of 2001, and a dossier names the one before\n    name a year",
        ),
        ("GT", "2400", "the reporting period of the report of 2400 has not begun"),
        ("GT", "99999", "--report: `99999` is no year of a report\n    write the year with four digits"),
        ("GT", "soon", "--report: `soon` is no year of a report"),
    ],
)
def test_bad_options(country: str, report: str, said: str, note: Path, tierengine: Callable[..., Ran]) -> None:
    """A country or a year that there is not is usage."""
    ran = tierengine("draft", note, "--country", country, "--report", report)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (note.parent / "dossier.yaml").exists()


def test_a_day_of_another_year(note: Path, tierengine: Callable[..., Ran]) -> None:
    """The report of a year is not issued in another; what is wrong with both is said at once."""
    ran = _draft(tierengine, note, "--as-of", "2016-06-30")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("--as-of: 2016-06-30 does not lie in 2015\n")
    ran = tierengine("draft", note, "--country", "GT", "--report", "2400", "--as-of", "2016-06-30")
    assert ran.err.count("2400") == 2


@pytest.mark.parametrize(
    ("today", "last"), [(date(2026, 3, 31), 2026), (date(2026, 4, 1), 2027), (date(2026, 12, 31), 2027)]
)
def test_the_years_for_which_a_dossier_is_drafted(today: date, last: int, rulebook: Rulebook) -> None:
    """From the second report to the one whose reporting period runs, which begins on 1 April."""
    assert drafted_years(rulebook, today) == range(2002, last + 1)


def test_a_folder_that_cannot_be_made(note: Path, tierengine: Callable[..., Ran]) -> None:
    """It is refused in the words of the option, and nothing is written."""
    ran = _draft(tierengine, note, "--output", note / "below" / "dossier.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "--output" in ran.err


def test_a_classified_source_is_refused_unread(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Nothing of it is repeated, and no dossier is made of it."""
    path = tmp_path / "note.txt"
    path.write_text("SECRET\n\nThe police investigated 14 cases.\n", encoding="utf-8")
    ran = _draft(tierengine, path)
    assert ran.code == 1
    assert "14" not in ran.err + ran.out
    assert not (tmp_path / "dossier.yaml").exists()


def test_a_real_cable(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """The cable of Guatemala is drafted, and its dossier needs nothing but decisions."""
    shutil.copy(GUATEMALA.parent / "cable.txt", tmp_path)
    assert tierengine("draft", tmp_path / "cable.txt", "--country", "GT", "--report", "2008").code == 0
    found = read_dossier(tmp_path / "dossier.yaml").dossier
    proposed = {record.measures for each in found.proposed for record in each.records[:1]}
    assert proposed >= {"trafficking_cases_processed", "trafficking_arrest_warrants", "victim_call_centre"}


def _proposal(number: int, indicator: str, value: str) -> dict[str, Any]:
    record = {
        "kind": "action",
        "measures": indicator,
        "value": value,
        "undated": "made up",
        "actor": {"is": "government", "name": "Nowhere"},
        "because": "made up",
    }
    return {"id": f"p{number}", "at": "07NOWHERE12 \u00b61", "quote": "made up", "records": (record,)}


PROPOSALS = st.lists(
    st.builds(
        _proposal,
        st.just(0),
        st.sampled_from(("shelter", "victims", "forbidden")),
        st.sampled_from(("true", "false", "7")),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60)
@given(records(), PROPOSALS)
def test_nothing_is_reasoned_from_a_proposal(
    small: Rulebook, found: list[dict[str, Any]], proposals: list[dict[str, Any]]
) -> None:
    """A dossier gives the same answer with and without what is proposed, to the last byte."""
    numbered = tuple(each | {"id": f"p{number}"} for number, each in enumerate(proposals))
    without, with_them = casefile(*found), casefile(*found, proposed=numbered)
    assert len(with_them.undecided) == len(proposals)
    assert schemas.to_json(assess(with_them, small)) == schemas.to_json(assess(without, small))


def test_the_digest_is_that_of_what_counts(guatemala: Casefile) -> None:
    """Proposals change neither the digest of the dossier nor that which the checker of a packet works out."""
    proposal = Proposed.model_validate(_proposal(1, "victim_call_centre", "true"))
    dossier = guatemala.dossier.model_copy(update={"proposed": (proposal,)})
    assert Casefile.of(dossier, guatemala.document, guatemala.sources).digest == guatemala.digest
    problems: list[Any] = []
    document = yamlfile.load(GUATEMALA.read_bytes(), "dossier.yaml", problems)
    assert document is not None
    written = checker.Yaml(GUATEMALA.read_bytes(), "dossier.yaml").document()
    proposed = {"proposed": [_proposal(1, "victim_call_centre", "true")]}
    assert checker._dossier_digest(written | proposed) == checker._dossier_digest(written) == guatemala.digest
