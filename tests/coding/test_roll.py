"""Next year's dossier: laws stand, counts are last year's, the rest is asked, and nothing is a new act."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT, Ran
from tests.ledger.conftest import open_office
from tests.reasoning import two_years
from tierengine.coding.roll import Wanted, roll
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.evidence.records import Evidence, Rating
from tierengine.law.reader import rulebook_files
from tierengine.law.rulebook import Rulebook
from tierengine.ledger import checker
from tierengine.ledger.packet import export
from tierengine.reasoning.admission import Admitted, admit
from tierengine.reasoning.assess import assess, law_of

Run = Callable[..., Ran]
Written = dict[str, Any]
ACTS = {"kind": "action", "period": None, "undated": "the passage gives no date"}
"""What makes a record of a year one of an act without a day."""


@pytest.fixture
def tessaly(tmp_path: Path) -> Path:
    """A copy of the invented dossier for the report of 2019."""
    shutil.copytree(ROOT / "seeds" / "invented-2019", tmp_path / "d")
    return tmp_path / "d" / "dossier.yaml"


def _rolled(path: Path, report: int, rulebook: Rulebook, name: str | None = None) -> Path:
    """The dossier of the next report, written beside the old one."""
    written = path.with_name(name or f"{report}.yaml")
    written.write_bytes(roll(path, Wanted(report, path.parent), rulebook).raw)
    return written


def _admitted(path: Path, rulebook: Rulebook) -> tuple[Casefile, Admitted]:
    casefile = read_dossier(path)
    return casefile, admit(casefile, law_of(casefile, rulebook))


def _year(report: int, *records: Written, **changes: Any) -> Written:
    """What `two_years.write` needs for the report of a year."""
    period = {"first": f"{report - 1}-04-01", "last": f"{report}-03-31"}
    dated = [r | {"period": period} if r.get("period") else r for r in records]
    last = date(report - 1, 6, 19).isoformat()
    dossier: Written = {"as_of": f"{report}-06-20", "period": period, "last_report": last, "id": f"orlene-{report}"}
    return {"records": dated, **dossier, **changes}


def _write(folder: Path, report: int, *records: Written, **changes: Any) -> Path:
    dossier = _year(report, *records, **changes)
    return two_years.write(folder, *dossier.pop("records"), sent=f"021201Z APR {report % 100:02d}", **dossier)


LAW = two_years.record("trafficking_criminalised", True, kind="law", period=None, undated="the law in force")
CENTRE = two_years.record("victim_call_centre", True, **ACTS)
BODY = two_years.record("coordination_body_established", True, **ACTS)


# -- from the outside ----------------------------------------------------------------------------------------------


def test_next_year_from_the_outside(tierengine: Run, tessaly: Path) -> None:
    """The new dossier checks, is assessed, says what it carries, and lists its open questions; the old one stays."""
    before = tessaly.read_bytes()
    ran = tierengine("roll", tessaly, "--report", 2020, "--placed", 2)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "dossier-2020.yaml: for the report of 2020, law of 2020-06-01, period 2019-04-01 to 2020-03-31",
        "  2 standing records: penal-code, no-labour [CARRY-LAW]",
        "  2 figures of last year: investigations, victims [CARRY-FIGURE]",
        "  1 question: shelter [CARRY-STILL-SO]",
        "  2 questions: second-shelter-promised, amendment-promised [CARRY-COMMITMENT]",
        "  3 questions: efforts, no-pattern, increase [CARRY-RATING]",
        "  1 left behind: victims-before",
    ]
    new = tessaly.with_name("dossier-2020.yaml")
    checked = tierengine("check", new)
    assert (checked.code, checked.err) == (0, "")
    assert "carried: penal-code: trafficking_criminalised is true, last shown for the report of 2019" in checked.out
    assert "open question: amendment-promised: Was it done? The minister has promised" in checked.out
    assert "not coded" not in checked.out  # its source was read for the last report
    answer = tierengine("assess", new, "--format", "json")
    assert answer.code == 4
    assert "Carried over; last shown for the report of 2019." in answer.out
    assert tessaly.read_bytes() == before
    again = tierengine("roll", tessaly, "--report", 2020)
    assert (again.code, again.out) == (2, "")
    assert "dossier-2020.yaml: there is such a file already" in again.err


def test_it_may_lie_in_a_folder_around(tierengine: Run, tessaly: Path) -> None:
    """Sources and the last dossier are named from where the new one lies; beside another folder they cannot be."""
    new = tessaly.parent.parent / "new.yaml"
    assert tierengine("roll", tessaly, "--report", 2020, "--output", new).code == 0
    text = new.read_text(encoding="utf-8")
    assert "last_dossier: d/dossier.yaml\n" in text
    assert "file: d/cable.txt\n" in text
    assert tierengine("check", new).code == 0
    (tessaly.parent.parent / "other").mkdir()
    ran = tierengine("roll", tessaly, "--report", 2020, "--output", tessaly.parent.parent / "other" / "new.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert re.match(r"--output: sources lie beside a dossier.*\n    write it into \S+ or into a folder", ran.err)


@pytest.mark.parametrize(
    ("report", "more", "message"),
    [
        (2021, (), "--report: dossier.yaml is for the report of 2019, and the next one is that of 2020"),
        (2019, (), "--report: dossier.yaml is for the report of 2019"),
        (2020, ("--as-of", "2021-06-01"), "--as-of: 2021-06-01 does not lie in 2020"),
    ],
)
def test_another_year_is_refused(
    report: int, more: tuple[str, ...], message: str, tierengine: Run, tessaly: Path
) -> None:
    """Reports follow on one another; nothing is written."""
    ran = tierengine("roll", tessaly, "--report", report, *more)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(message)
    assert len(list(tessaly.parent.iterdir())) == 2


def test_an_interim_dossier_is_refused(tierengine: Run, tmp_path: Path) -> None:
    """The next report rests on the annual dossier."""
    shutil.copytree(GUATEMALA.parent, tmp_path / "gt")
    ran = tierengine("roll", tmp_path / "gt" / "dossier.yaml", "--report", 2009)
    assert ran.code == 2
    assert re.match(r"dossier\.yaml:4:\d+: dossier\.yaml is of an interim assessment", ran.err)


def test_the_rules_are_shown(tierengine: Run) -> None:
    """`show` prints what a rule of carrying takes, for how long and why, and `law show` lists it."""
    printed = tierengine("show", "CARRY-LAW").out
    assert "for 5 reports after it was last shown, at most" in printed
    assert "left: a reform enacted last year" in printed
    assert (
        "CARRY-INSTITUTION: a standing service or procedure stands"
        in tierengine("law", "show", "--as-of", "2014-06-01").out
    )


# -- what is no act of the new period ------------------------------------------------------------------------------


def test_a_service_stands_and_is_nothing_new(rulebook: Rulebook, tmp_path: Path) -> None:
    """Until 2018 it answers whether there is one; it is no increase, and a body set up then is only asked after."""
    path = _rolled(_write(tmp_path, 2014, LAW, CENTRE, BODY), 2015, rulebook)
    casefile, admitted = _admitted(path, rulebook)
    assert admitted.facts["victim_call_centre"] is True
    assert "other_increase" not in admitted.facts
    assert "coordination_body_established" not in admitted.facts
    assert [question.id for question in casefile.dossier.open_questions] == ["coordination-body-established"]
    assert assess(casefile, rulebook).recommendation.open_tiers


def test_since_2019_a_service_is_listed_and_does_not_count(rulebook: Rulebook, tmp_path: Path) -> None:
    """From 2018 into 2019 the law changes: only what is recorded in the period counts, and a law in force is no act."""
    path = _rolled(_write(tmp_path, 2018, LAW, CENTRE), 2019, rulebook)
    casefile, admitted = _admitted(path, rulebook)
    assert {record.id for record in casefile.dossier.records} == {"trafficking-criminalised", "victim-call-centre"}
    assert admitted.facts["trafficking_criminalised"] is True
    assert "victim_call_centre" not in admitted.facts
    assert [(item.record.id, item.rule.id) for item in admitted.set_aside] == [("victim-call-centre", "ADM-PERIOD")]
    assert str(casefile.dossier.period) == "2018-04-01 to 2019-03-31"


def test_it_stands_until_something_says_otherwise(rulebook: Rulebook, tmp_path: Path) -> None:
    """A record of the new period on the same question counts, whatever it says; the carried one is set aside."""
    path = _rolled(_write(tmp_path, 2014, LAW, CENTRE), 2015, rulebook)
    new = (
        "  - {id: closed, kind: action, measures: victim_call_centre, value: false, date: 2014-09-01, reliability: B,\n"
        "     credibility: 2, actor: {is: government, name: G}, at: 14ORLENE7 ¶1, quote: many words of figures}\n"
    )
    path.write_text(path.read_text(encoding="utf-8").replace("records:\n", "records:\n" + new, 1), encoding="utf-8")
    _, admitted = _admitted(path, rulebook)
    assert admitted.facts["victim_call_centre"] is False
    assert [(item.record.id, item.rule.id) for item in admitted.set_aside] == [
        ("victim-call-centre", "ADM-CARRIED-ANEW")
    ]
    # One that does not count says nothing otherwise.
    path.write_text(
        path.read_text(encoding="utf-8").replace("reliability: B,\n", "reliability: E,\n", 1), encoding="utf-8"
    )
    assert _admitted(path, rulebook)[1].facts["victim_call_centre"] is True


def test_counts_are_those_of_last_year(rulebook: Rulebook, tmp_path: Path) -> None:
    """A new count is compared with that of the last dossier, and last year's alone is none of this year."""
    then = two_years.record("trafficking_investigations", 14)
    path = _rolled(_write(tmp_path, 2014, then), 2015, rulebook)
    assert "trafficking_investigations" not in _admitted(path, rulebook)[1].facts
    assert _admitted(path, rulebook)[1].facts["trafficking_investigations_last_year"] == 14
    text = path.read_text(encoding="utf-8")
    cited = text.replace("sources: []", "sources:\n  - " + json.dumps(_source(tmp_path)))
    now = two_years.record("trafficking_investigations", 20) | {"period": {"first": "2014-04-01", "last": "2015-03-31"}}
    now |= {"at": "14ORLENE7 ¶1"}
    path.write_text(cited.replace("records: []", "records:\n  - " + json.dumps(now)), encoding="utf-8")
    casefile, admitted = _admitted(path, rulebook)
    assert admitted.facts["trafficking_investigations"] == 20
    assert "last-year/trafficking-investigations" in {
        record.id for record in admitted.records["trafficking_investigations_last_year"]
    }
    assert casefile.last is not None


def _source(folder: Path) -> Written:
    source: Written = read_dossier(folder / "dossier.yaml").document.values["sources"][0]
    return source


def test_what_was_asked_is_answered_or_asked_again(rulebook: Rulebook, tmp_path: Path) -> None:
    """A deficiency, a rating and a promise are asked after; a silence answers; for three reports, and no longer."""
    promise = two_years.record("victim_shelter_opened", True, kind="commitment", period=None, date="2014-03-01")
    rated = {"id": "rated", "kind": "judgement", "measures": "serious_and_sustained_efforts", "question": "Are they?"}
    rated |= {"rating": "met", "author": "A. Officer", "date": "2014-05-01", "reasons": "made up"}
    gap: Written = {"id": "gap", "says": "No one is tried", "at": "14ORLENE7 ¶1", "quote": "many words of figures"}
    gap |= {"answered_by": ["trafficking_prosecutions"]}
    first = _write(tmp_path, 2014, LAW, promise, rated, deficiencies=[gap])
    path = _rolled(first, 2015, rulebook)
    dossier = read_dossier(path).dossier
    assert {(q.id, q.by, q.asks) for q in dossier.open_questions} == {
        ("victim-shelter-opened", "CARRY-COMMITMENT", "Was it done?"),
        ("rated", "CARRY-RATING", "How is it to be rated this year?"),
        ("gap", "CARRY-DEFICIENCY", "Was it mended?"),
    }
    assert not any(isinstance(record, Rating) for record in dossier.records)
    silence = json.dumps(two_years.silence("victim_shelter_opened", source="14ORLENE7"))
    path.write_text(path.read_text(encoding="utf-8") + f"silences:\n  - {silence}\n", encoding="utf-8")
    assert {q.id for q in read_dossier(path).dossier.open_questions} == {"rated", "gap"}
    for report, left in ((2016, {"rated", "gap"}), (2017, {"rated", "gap"}), (2018, set())):
        path = _rolled(path, report, rulebook)
        found = read_dossier(path).dossier.open_questions
        assert {q.id for q in found} == left
        assert {q.shown for q in found} <= {"2014"}


# -- properties ----------------------------------------------------------------------------------------------------

MEASURES = (
    "trafficking_criminalised",
    "prohibition_covers_forced_labour",
    "victim_call_centre",
    "victim_shelter_opened",
    "victim_identification_procedures",
    "coordination_body_established",
    "public_awareness_campaign",
    "trafficking_law_reform_enacted",
    "special_trafficking_unit_established",
    "victim_services_provided",
)


@st.composite
def records(draw: st.DrawFn) -> list[Written]:
    """Some records of acts, laws and promises, at most one on each question, with or without a day."""
    found = []
    for measures in draw(st.lists(st.sampled_from(MEASURES), unique=True, max_size=6)):
        kind = draw(st.sampled_from(("law", "action", "commitment")))
        changes = ACTS if draw(st.booleans()) else {}
        marks = {"reliability": draw(st.sampled_from("BE"))}
        found.append(two_years.record(measures, draw(st.booleans()), **{**changes, **marks, "kind": kind}))
    return found


@settings(max_examples=12)
@given(start=st.sampled_from((2008, 2012, 2017, 2018)), years=st.integers(1, 3), made=records())
def test_nothing_carried_is_an_act(
    start: int, years: int, made: list[Written], rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Rolled once or more, over changes of the law: what counts stands by a rule, is not new, and not too old."""
    folder = tmp_path_factory.mktemp("d")
    path = _write(folder, start, *made)
    for report in range(start + 1, start + years + 1):
        path = _rolled(path, report, rulebook)
        assert path.read_bytes() == roll(path.with_name(_before(report, start)), Wanted(report, folder), rulebook).raw
        casefile, admitted = _admitted(path, rulebook)
        law = law_of(casefile, rulebook)
        rules = {rule.id: rule for rule in law.carryings}
        for record in casefile.dossier.records:
            assert isinstance(record, Evidence)
            assert record.carried is not None
            rule = rules[record.carried.by]
            assert record.measures in rule.indicators
            assert 1 <= report - int(record.carried.shown) <= rule.reports
            assert record.reliability != "E"  # what did not count then is not carried on
        counted = [record for found in admitted.records.values() for record in found]
        assert all(record.kind == "law" for record in counted) or law.as_of < date(2019, 1, 9)
        assert admitted.facts.get("other_increase") is not True
        assert admitted.facts.get("trafficking_law_reform_enacted") is None
        assert admitted.facts.get("victim_shelter_opened") is None
        assert all(question.by in rules for question in casefile.dossier.open_questions)
    assert assess(casefile, rulebook).recommendation.open_tiers


def _before(report: int, start: int) -> str:
    return f"{report - 1}.yaml" if report - 1 > start else "dossier.yaml"


def test_a_law_is_looked_at_anew_after_five_reports(rulebook: Rulebook, tmp_path: Path) -> None:
    """From the report of 2006 on, over the changes of 2008: it stands until 2011, and is then asked after."""
    path = _write(tmp_path, 2006, LAW)
    for report in range(2007, 2012):
        path = _rolled(path, report, rulebook)
        assert [record.id for record in read_dossier(path).dossier.records] == ["trafficking-criminalised"]
        assert _admitted(path, rulebook)[1].facts["trafficking_criminalised"] is True
    path = _rolled(path, 2012, rulebook)
    dossier = read_dossier(path).dossier
    assert dossier.records == ()
    assert [(q.asks, q.shown) for q in dossier.open_questions] == [("Is it still so?", "2006")]


# -- what holds the others to it -----------------------------------------------------------------------------------


LATE = "no rule carries `trafficking-criminalised`, last shown for the report of"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shown: 2014", "shown: 2008", f"{LATE} 2008, to that of 2015"),
        ("shown: 2014", "shown: 2015", f"{LATE} 2015, to that of 2015"),
        ("by: CARRY-LAW", "by: CARRY-INSTITUTION", "to that of 2015 as `CARRY-INSTITUTION` is said to"),
        ("by: CARRY-LAW", "by: CARRY-FIGURE", "to that of 2015 as `CARRY-FIGURE` is said to"),
        ("by: CARRY-LAW", "by: HEARSAY", "to that of 2015 as `HEARSAY` is said to"),
        ("kind: law", "kind: action", LATE),
    ],
)
def test_what_no_rule_carries_is_refused(
    old: str, new: str, message: str, tierengine: Run, rulebook: Rulebook, tmp_path: Path
) -> None:
    """Whoever writes `carried` beside a record by hand is held to the rules, with the line and the cure."""
    path = _rolled(_write(tmp_path, 2014, LAW), 2015, rulebook)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    ran = tierengine("check", path)
    assert (ran.code, ran.out) == (1, "")
    assert re.match(r"2015\.yaml:\d+:\d+: ", ran.err)
    assert message in ran.err
    assert "code it anew from a source of the period, or take the record out" in ran.err


def test_the_second_checker_carries_as_we_do(rulebook: Rulebook, tmp_path: Path) -> None:
    """The packet of a rolled dossier holds: what stands, what is said anew, and what since 2019 does not count."""
    covers = two_years.record("prohibition_covers_forced_labour", True, kind="law", period=None, undated="in force")
    path = _rolled(_write(tmp_path, 2018, LAW, covers, CENTRE), 2019, rulebook)
    new = {**covers, "id": "anew", "value": False, "at": "18ORLENE7 ¶1"}
    line = json.dumps({key: value for key, value in new.items() if value is not None})
    text = path.read_text(encoding="utf-8").replace("records:\n", f"records:\n  - {line}\n", 1)
    path.write_text(text, encoding="utf-8")
    made = open_office(str(tmp_path / "ledger.sqlite"), tmp_path / "keys")
    office = replace(made, casefile=read_dossier(path), files=rulebook_files(ROOT))
    office.adopt_rulebook()
    office.record()
    packet = export(office.ledger, 1)
    office.ledger.store.close()
    report = checker.check(packet)
    assert (report.wrong, report.unchecked) == ([], [])
    aside = {item["record"]: item["rule"] for item in json.loads(packet["assessment.json"])["set_aside"]}
    assert aside == {"prohibition-covers-forced-labour": "ADM-CARRIED-ANEW", "victim-call-centre": "ADM-PERIOD"}
    # One who overlooks the mark finds otherwise, so that the two really look at it.
    dossier = checker.Yaml(packet["dossier/2019.yaml"], "2019.yaml").document()
    law = checker.Law(packet, "2019-06-01")
    assert [r["id"] for r in checker.Admission(law, dossier).counted["prohibition_covers_forced_labour"]] == ["anew"]
    bare = dossier | {"records": [{k: v for k, v in r.items() if k != "carried"} for r in dossier["records"]]}
    assert len(checker.Admission(law, bare).counted["prohibition_covers_forced_labour"]) == 2


def test_a_rolled_dossier_goes_through_a_spreadsheet(tierengine: Run, tessaly: Path) -> None:
    """What is carried keeps its mark there, and comes back byte for byte."""
    tierengine("roll", tessaly, "--report", 2020)
    new = tessaly.with_name("dossier-2020.yaml")
    before = new.read_bytes()
    assert tierengine("sheet", new, tessaly.with_name("out.xlsx")).code == 0
    assert tierengine("sheet", new, tessaly.with_name("out.xlsx"), "--read").code == 0
    assert new.read_bytes() == before
