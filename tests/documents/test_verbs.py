"""`tierengine write` and `tierengine year` as a user types them: documents, bad input, releases, the ledger, a year."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from icalendar import Calendar
from openpyxl import load_workbook

from tests.conftest import ROOT, Ran
from tests.documents.conftest import SEEDS

Run = Callable[..., Ran]


@pytest.fixture
def fall(tmp_path: Path) -> Path:
    """The seed of the fall, to be changed."""
    shutil.copytree(SEEDS / "invented-fall", tmp_path / "fall")
    return tmp_path / "fall" / "dossier.yaml"


# -- writing and bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("change-explanation", "invented-2019"), 2, "there is no change to explain"),
        (("downgrade-letter", "invented-rise"), 2, "did not fall"),
        (("downgrade-letter", "invented-waiver"), 2, "it was on Tier 2 Watch List"),
        (("action-plan", "invented-fall"), 2, "a plan is asked for where the last report placed a country on Tier 3"),
        (("waiver-description", "invented-fall"), 2, "no waiver can be given"),
        (("interim-assessment", "invented-fall"), 2, "is not of an interim assessment"),
        (("change-explanation", "guatemala-2007"), 3, "the law of 2007-11-09 asks for no change-explanation"),
        (("waiver-description", "invented-2011"), 3, "it is written from 2013-03-07 on"),
        (("downgrade", "invented-fall"), 2, "there is no document `downgrade`"),
    ],
)
def test_a_document_that_is_not_asked_for(
    words: tuple[str, str], code: int, says: str, tierengine: Run, tmp_path: Path
) -> None:
    """It is refused with its reason, and nothing is written."""
    kind, seed = words
    output = tmp_path / "it.docx"
    ran = tierengine("write", kind, SEEDS / seed / "dossier.yaml", "--output", output)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert not output.exists()


def test_dossiers_of_two_countries(tierengine: Run, fall: Path) -> None:
    """The earlier dossier must be on the same government, and earlier."""
    other = SEEDS / "invented-rise" / "2024" / "dossier.yaml"
    ran = tierengine("write", "change-explanation", fall, "--before", other)
    assert ran.code == 1
    assert re.search(r"dossier\.yaml:\d+:\d+: this dossier is on QR, the other on QS", ran.err)
    ran = tierengine("write", "change-explanation", fall, "--before", fall)
    assert "it is of 2025-06-30, which is not before 2025-06-30" in ran.err


def test_a_waiver_that_the_cap_excludes(tierengine: Run, tmp_path: Path) -> None:
    """With three years on the list the one year of a waiver is spent."""
    shutil.copytree(SEEDS / "invented-waiver", tmp_path / "w")
    path = tmp_path / "w" / "dossier.yaml"
    path.write_text(path.read_text().replace("{year: 2022, tier: 2,", "{year: 2022, tier: 2WL,"))
    ran = tierengine("write", "waiver-description", path)
    assert (ran.code, ran.out) == (2, "")
    assert "the waiver is spent" in ran.err


def test_a_waiver_of_which_a_finding_is_denied(tierengine: Run, tmp_path: Path) -> None:
    """No description is written where a record says that there is no plan."""
    shutil.copytree(SEEDS / "invented-waiver", tmp_path / "w")
    path = tmp_path / "w" / "dossier.yaml"
    text = path.read_text()
    at = text.index("measures: waiver_sufficient_resources")
    path.write_text(text[:at] + text[at:].replace("value: true", "value: false", 1))
    ran = tierengine("write", "waiver-description", path)
    assert (ran.code, ran.out) == (2, "")
    assert "a record denies one of the three findings" in ran.err


def test_a_document_that_lacks_a_required_part(tierengine: Run, tmp_path: Path) -> None:
    """It says so at its head, and ends with 4; with nothing lacking it ends with 0."""
    ran = tierengine("write", "waiver-description", SEEDS / "invented-waiver" / "dossier.yaml")
    assert ran.code == 4
    assert (
        "This draft is not whole: in “The findings on which the waiver rests”, 1 blank must be filled" in ran.out[:600]
    )
    whole = tierengine(
        "write", "action-plan", SEEDS / "invented-rise" / "dossier.yaml", "--output", tmp_path / "p.html"
    )
    assert whole.code == 0


def test_without_the_year_before_the_explanation_is_not_whole(tierengine: Run, fall: Path) -> None:
    """What changed cannot be known from one year: a blank says what belongs there."""
    fall.write_text(fall.read_text().replace("last_dossier: 2024/dossier.yaml\n", ""))
    ran = tierengine("write", "change-explanation", fall)
    assert ran.code == 4
    assert "the dossier of that year tells it (--before)" in ran.out
    whole = tierengine("write", "change-explanation", fall, "--before", fall.parent / "2024" / "dossier.yaml")
    assert whole.code == 0


# -- a finished document, edited in a word processor ------------------------------------------------------------------


@pytest.fixture
def letter(tierengine: Run, fall: Path) -> Path:
    """An explanation as a Word file."""
    path = fall.parent / "why.docx"
    assert tierengine("write", "change-explanation", fall, "--output", path).code == 0
    return path


def test_a_word_file_holds(tierengine: Run, letter: Path) -> None:
    """As it was drafted, and after a word processor has made plain quotes of curly ones and broken its runs."""
    assert tierengine("write", "--check", letter).code == 0
    document = docx.Document(str(letter))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("“", '"').replace("”", '"').replace(" ", "\u00a0", 1)
    document.save(str(letter))
    ran = tierengine("write", "--check", letter)
    assert (ran.code, ran.err) == (0, "")


def _edited(path: Path, find: str, change: Callable[[Any], None]) -> None:
    document = docx.Document(str(path))
    change(next(each for each in document.paragraphs if find in each.text))
    document.save(str(path))


def _track(paragraph: Any) -> None:
    inserted, run, text = OxmlElement("w:ins"), OxmlElement("w:r"), OxmlElement("w:t")
    inserted.set(qn("w:author"), "somebody")
    inserted.set(qn("w:id"), "1")
    text.text = " and much more"
    run.append(text)
    inserted.append(run)
    paragraph._p.append(inserted)


def _comment(paragraph: Any) -> None:
    paragraph.part.document.add_comment(paragraph.runs, text="is this so?", author="somebody", initials="S")


def _hide(paragraph: Any) -> None:
    paragraph.add_run(" Hidden words.").font.hidden = True


def _strike(paragraph: Any) -> None:
    paragraph.runs[0].font.strike = True


def _unmark(paragraph: Any) -> None:
    paragraph.runs[-1].text = ""


def _refigure(paragraph: Any) -> None:
    paragraph.runs[0].text = paragraph.runs[0].text.replace("11 cases", "110 cases")


@pytest.mark.parametrize(
    ("find", "change", "says"),
    [
        ("Trafficking cases investigated", _track, "changes are tracked"),
        ("Trafficking cases investigated", _comment, "a comment stands beside the text"),
        ("Trafficking cases investigated", _hide, "hidden text"),
        ("Trafficking cases investigated", _strike, "is struck through"),
        ("Trafficking cases investigated", _unmark, "has lost its record"),
        ("Trafficking cases investigated", _refigure, "says 110"),
        ("UNCLASSIFIED", lambda paragraph: paragraph.clear(), "the marking UNCLASSIFIED is lost"),
        ("Dossier: ", lambda paragraph: paragraph.clear(), "nothing is said of: Dossier"),
    ],
)
def test_a_word_file_that_was_edited(
    find: str, change: Callable[[Any], None], says: str, tierengine: Run, letter: Path
) -> None:
    """Tracked changes, comments, hidden words, lost marks and changed figures are reported with file and place."""
    _edited(letter, find, change)
    before = letter.read_bytes()
    ran = tierengine("write", "--check", letter)
    assert (ran.code, ran.out) == (1, "")
    assert "why.docx" in ran.err
    assert says in ran.err
    assert letter.read_bytes() == before


def test_the_margins_bear_the_marking_alone(tierengine: Run, letter: Path) -> None:
    """A statement at the foot of the pages is no place for one, and a foot without the marking has lost it."""
    document = docx.Document(str(letter))
    document.sections[0].footer.paragraphs[0].add_run(" The government is exemplary.")
    document.save(str(letter))
    assert "or something stands beside it" in tierengine("write", "--check", letter).err


def test_a_dossier_that_says_something_else_now(tierengine: Run, fall: Path, letter: Path) -> None:
    """A finished document is held against the dossier from which it was made, and against no other state of it."""
    fall.write_text(fall.read_text().replace("reasons: the number fell", "reasons: the number fell by ten"))
    ran = tierengine("write", "--check", letter)
    assert ran.code == 1
    assert "does not say what it said when the document was drafted" in ran.err


def test_a_dossier_that_lies_elsewhere(tierengine: Run, fall: Path, letter: Path, tmp_path: Path) -> None:
    """A document that was moved is found by where its dossier lies."""
    moved = tmp_path / "moved.docx"
    shutil.move(letter, moved)
    assert "say where it lies, with --dossier" in tierengine("write", "--check", moved).err
    assert tierengine("write", "--check", moved, "--dossier", fall).code == 0


@pytest.mark.parametrize(
    ("name", "raw"), [("it.docx", b"PK\x03\x04 no zip"), ("it.md", b""), ("it.html", b"\0\0"), ("it.pdf", b"%PDF-1.4")]
)
def test_no_document_at_all(name: str, raw: bytes, tierengine: Run, tmp_path: Path) -> None:
    """A file that is none is refused, and never by a traceback."""
    (tmp_path / name).write_bytes(raw)
    ran = tierengine("write", "--check", tmp_path / name)
    assert ran.code in (1, 2)
    assert name in ran.err
    assert "Traceback" not in ran.err


# -- releases and the ledger ------------------------------------------------------------------------------------------


def test_a_release_withholds_and_says_whether_it_entails_the_change(tierengine: Run, fall: Path) -> None:
    """What is marked more strictly than a release admits is nowhere in it; it is said what is left entails."""
    text = fall.read_text()
    at = text.index("    kind: statistic\n    measures: trafficking_convictions")
    fall.write_text(text[:at] + "    handling: sensitive but unclassified\n" + text[at:])
    whole = tierengine("write", "change-explanation", fall)
    assert whole.out.split("\n")[2] == "SENSITIVE BUT UNCLASSIFIED"
    released = tierengine("write", "change-explanation", fall, "--release", "public")
    assert released.out.split("\n")[2] == "UNCLASSIFIED"
    assert "convict" not in released.out.split("## Made from")[0].lower().replace("prosecuting, convicting", "")
    assert re.search(
        r"Release public: \d+ of \d+ records.* what is left (alone entails|does not entail) the change", released.out
    )


def test_a_released_document_is_checked_as_such(tierengine: Run, fall: Path) -> None:
    """It is held against the released part alone, and the overview of the year counts it."""
    text = fall.read_text()
    at = text.index("    kind: statistic\n    measures: trafficking_convictions")
    fall.write_text(text[:at] + "    handling: sensitive but unclassified\n" + text[at:])
    path = fall.parent / "why.html"
    for kind in ("downgrade-letter", "change-explanation"):
        tierengine("write", kind, fall, "--release", "public", "--output", path)
        ran = tierengine("write", "--check", path)
        assert (ran.code, ran.err) == (4, "")
    assert "written in why.html" in tierengine("year", 2025, fall.parent).out


@pytest.fixture
def kept(tierengine: Run, fall: Path, tmp_path: Path) -> tuple[object, ...]:
    """A ledger with an assessment, a position and a determination of the fall."""
    place = ("--ledger", tmp_path / "l.sqlite", "--keys", tmp_path / "keys")
    tierengine("ledger", "init", "--origin", "example.gov/t", *place)
    for name, office in (("Ann Lee", "Country desk"), ("Bo Chen", "Embassy"), ("Cy Dee", "Office of the Secretary")):
        tierengine("ledger", "key", name, "--office", office, "--keys", tmp_path / "keys")
    tierengine("ledger", "rulebook", "--reasons", "the first", "--as", "Ann Lee", *place)
    tierengine("ledger", "record", fall, "--as", "Ann Lee", *place)
    tierengine("ledger", "position", 1, "--reasons", "the figures fell", "--as", "Bo Chen", *place)
    seen = tierengine("ledger", "log", "maravia-2025", *place).out.split()[-1]
    tierengine("ledger", "determine", 1, "--seen", seen, "--reasons", "it follows the record", "--as", "Cy Dee", *place)
    return place


def test_the_ledger_keeps_a_final_document(
    tierengine: Run, fall: Path, kept: tuple[object, ...], tmp_path: Path
) -> None:
    """A letter names who determined; it is kept by its digest once no blank is left, and the packet still holds."""
    path = fall.parent / "letter.docx"
    assert tierengine("write", "downgrade-letter", fall, *kept, "--output", path).code == 0
    blanks = tierengine("ledger", "keep", 1, path, "--as", "Ann Lee", *kept)
    assert blanks.code == 1
    assert "a blank is not filled" in blanks.err
    document = docx.Document(str(path))
    for paragraph in document.paragraphs:
        label = paragraph.text.split(": ")[0]
        filled = {"To": "the Minister of Justice", "From": "Cy Dee", "Date": "1 July 2025", "Signed": "Cy Dee"}.get(
            label
        )
        if filled is not None and "WRITE" in paragraph.text:
            paragraph.runs[-1].text = filled
    document.save(str(path))
    ran = tierengine("ledger", "keep", 1, path, "--as", "Ann Lee", *kept)
    assert (ran.code, ran.err) == (0, "")
    assert "Keeps the downgrade-letter letter.docx, which is about entry 1." in ran.out
    assert tierengine("ledger", "verify", *kept).code == 0
    packet = tmp_path / "p.zip"
    assert tierengine("ledger", "export", 1, packet, *kept).code == 0
    assert tierengine("verify", packet).code == 0
    assert "written in letter.docx, entry 4 of the ledger" in tierengine("year", 2025, fall.parent, *kept).out
    path.unlink()
    assert "letter, due 30 June 2025: not written" in tierengine("year", 2025, fall.parent).out
    printed = tierengine("year", 2025, fall.parent, *kept).out
    assert "downgrade-letter, due 30 June 2025: kept in the ledger, entry 4 (letter.docx)" in printed
    tierengine("ledger", "correct", 4, "--reasons", "the wrong file", "--as", "Ann Lee", *kept)
    assert "letter, due 30 June 2025: not written" in tierengine("year", 2025, fall.parent, *kept).out


def test_positions_stand_in_the_memo(tierengine: Run, fall: Path, kept: tuple[object, ...]) -> None:
    """Who said what stands in it with the number of its entry; another state of the dossier has no such record."""
    ran = tierengine("write", "decision-memo", fall, *kept)
    assert re.search(
        r"Bo Chen, Embassy: Agrees with entry 1: Tier 2 Watch List\. Reasons: the figures fell\. \\\[entry 2\\\]",
        ran.out,
    )
    assert "Cy Dee, Office of the Secretary: Determines Tier 2 Watch List" in ran.out
    fall.write_text(fall.read_text() + "# changed\n")
    assert "no current assessment of `maravia-2025`" in tierengine("write", "decision-memo", fall, *kept).err


# -- the action plan goes on ------------------------------------------------------------------------------------------


def test_the_actions_of_a_plan_are_asked_after(tierengine: Run, tmp_path: Path) -> None:
    """They go into the dossier, `roll` makes questions of them, and the report says which were carried out."""
    shutil.copytree(SEEDS / "invented-rise", tmp_path / "rise")
    path, plan = tmp_path / "rise" / "dossier.yaml", tmp_path / "rise" / "plan.md"
    assert tierengine("write", "action-plan", path, "--record", "--output", plan).code == 0
    assert tierengine("write", "--check", plan).code == 0, "the plan in the dossier is nothing that it rests on"
    dated = re.findall(r"by (\d+ \w+ \d+): ", plan.read_text())
    assert dated == ["27 December 2025"] * 3
    later = tmp_path / "rise" / "2026.yaml"
    assert tierengine("roll", path, "--report", 2026, "--placed", 2, "--output", later).code == 0
    printed = tierengine("report", later).out
    assert re.search(r"action-1 +not shown", printed)
    record = (
        "records:\n  - {id: now-covered, kind: law, measures: prohibition_covers_forced_labour, value: true,\n"
        "     date: 2025-10-01, actor: {is: government, name: the Government}, at: 25OSTRA8 ¶2, reliability: B,\n"
        "     credibility: 2, quote: In November 2024 parliament enacted a law}\n"
    )
    text = re.sub(r"  - id: no-labour\n(?:    .*\n)+", "", later.read_text())
    later.write_text(text.replace("records:\n", record, 1))
    assert re.search(r"action-1 +shown as done", tierengine("report", later).out)


# -- templates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("narrative.yaml", "of: [SCOPE]", "of: [SKOPE]", "`SKOPE` is no criterion, question, part or clock"),
        (
            "change-explanation.yaml",
            "usc: 22 USC 7107(b)(1), tvpa",
            "usc: 22 USC 7107(b)(1)(K), tvpa",
            "`22 USC 7107(b)(1)(K)` is no clause",
        ),
        ("sentences.yaml", "indicator: victim_call_centre", "indicator: victim_call_center", "is no indicator"),
        ("sentences.yaml", "{{ item.quote }}", "{{ item.quotes }}", "`quotes` is no value of `promises`"),
        ("narrative.yaml", "{{ country }}", "{{ kountry }}", "`kountry` is no value"),
        ("narrative.yaml", "{{ country }}", "{% for x in [1] %}{{ x }}{% endfor %}", "and no `for`"),
        ("narrative.yaml", "{{ country }}", "{{ country.__class__ }}", "`__class__` is no value"),
        ("narrative.yaml", "{{ country }}", "{{ country", "the sentence cannot be read"),
        ("narrative.yaml", "{{ country }}", "[{{ country }}]", "holds no square brackets"),
        ("downgrade-letter.yaml", "due: REPORT", "due: RAPPORT", "`RAPPORT` is no clock"),
        ("decision-memo.yaml", "only: [recommended]", "only: [best]", "`best` is no sort of `options`"),
        ("narrative.yaml", "  - id: narrative", "  - id: narrative\n    voice: loud", "unknown key"),
        ("waiver-description.yaml", "until: 2019-01-09", "until: 2019-01-10", "two versions of `waiver-description`"),
    ],
)
def test_a_template_that_is_wrong(file: str, old: str, new: str, says: str, tierengine: Run, tmp_path: Path) -> None:
    """It is reported with its file and line, by `lint` and before anything is written, and ends with 3."""
    for room in ("criteria", "rules"):
        shutil.copytree(ROOT / room, tmp_path / "law" / room)
    path = tmp_path / "law" / "rules" / "documents" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    ran = tierengine("write", "narrative", SEEDS / "invented-2019" / "dossier.yaml", "--rulebook", tmp_path / "law")
    assert (ran.code, ran.out) == (3, "")
    assert re.search(rf"{file}:\d+:\d+: .*", ran.err)
    assert says in ran.err


def test_templates_are_copied_with_the_law_and_shown(tierengine: Run, tmp_path: Path) -> None:
    """`new-rulebook` copies them out, `lint` counts them, and `show` prints one of them part by part."""
    ran = tierengine("new-rulebook", tmp_path / "law")
    assert ran.code == 0
    assert (tmp_path / "law" / "rules" / "documents" / "narrative.yaml").is_file()
    shown = tierengine("show", "change-explanation")
    assert shown.code == 0
    assert "Concrete actions taken, by standard" in shown.out
    assert "22 USC 7107(b)(1)(H)" in shown.out


# -- a year -----------------------------------------------------------------------------------------------------------


def test_a_year_at_a_glance(tierengine: Run, tmp_path: Path) -> None:
    """Who changed without an explanation, what binds whom, which documents are there; in four formats."""
    for seed in ("invented-fall", "invented-rise", "invented-waiver"):
        shutil.copytree(SEEDS / seed, tmp_path / "all" / seed)
    folder = tmp_path / "all"
    why = folder / "why.docx"
    tierengine("write", "change-explanation", folder / "invented-fall" / "dossier.yaml", "--output", why)
    glance = tierengine("year", 2025, folder)
    assert glance.code == 0
    missing = glance.out.split("COUNTRIES")[0]
    assert "Maravia" not in missing
    assert "Ostrand" in missing
    assert "change-explanation, due 30 June 2025: written in why.docx" in glance.out
    assert "Tier 3 unless waived" in glance.out
    for name in ("y.xlsx", "y.html", "y.ics", "y.txt"):
        assert tierengine("year", 2025, folder, "--output", tmp_path / name).code == 0
    book = load_workbook(tmp_path / "y.xlsx")
    assert book.sheetnames == ["Countries", "Documents", "Days", "Like cases"]
    assert [cell.value for cell in book["Countries"]["B"]] == ["code", "QT", "QS", "QR"]
    events = Calendar.from_ical((tmp_path / "y.ics").read_bytes()).walk("VEVENT")
    days = {str(each["uid"]): each.decoded("dtstart").isoformat() for each in events}
    assert days["2025-action-plan-QR@tierengine"] == "2025-12-27"
    assert days["2025-INTERIM@tierengine"] == "2026-02-01"
    assert "<table>" in (tmp_path / "y.html").read_text()


def test_a_year_finds_the_interim_assessment_after_its_report(tierengine: Run, fall: Path) -> None:
    """It is made from a dossier of its own, on the same country, since the report of the year; a PDF is found too."""
    later = fall.parent / "interim" / "dossier.yaml"
    later.parent.mkdir()
    shutil.copy(fall.parent / "cable.txt", later.parent)
    text = fall.read_text().split("records:\n")[0].replace("last_dossier: 2024/dossier.yaml\n", "")
    for old, new in (
        ("maravia-2025", "maravia-2025-interim"),
        ("product: annual", "product: interim"),
        ("as_of: 2025-06-30", "as_of: 2026-01-20"),
        ("last_report: 2024-06-24", "last_report: 2025-06-30"),
        ("first: 2024-04-01, last: 2025-03-31", "first: 2025-04-01, last: 2026-03-31"),
    ):
        text = text.replace(old, new)
    deficiency = (
        "{id: shelter, says: A shelter, at: 25MARAV9 ¶4, quote: a third shelter, answered_by: [victim_shelter_opened]}"
    )
    later.write_text(f"{text}records: []\ndeficiencies:\n  - {deficiency}\n")
    path = later.parent / "interim.pdf"
    assert tierengine("write", "interim-assessment", later, "--output", path).code == 0
    assert "due 1 February 2026: written in interim/interim.pdf" in tierengine("year", 2025, fall.parent).out


def test_a_year_without_dossiers(tierengine: Run, tmp_path: Path) -> None:
    """It is refused with the years that have one, and so is a folder without any, and one that there is not."""
    for name in ("invented-waiver", "invented-2011"):
        shutil.copytree(SEEDS / name, tmp_path / "all" / name)
    ran = tierengine("year", 2031, tmp_path / "all")
    assert (ran.code, ran.out) == (1, "")
    assert "no dossier in it is for the report of 2031\n    ask for 2011 or 2025, or name another folder" in ran.err
    (tmp_path / "empty").mkdir()
    assert (
        "name the folder in which the dossiers of annual reports lie"
        in tierengine("year", 2031, tmp_path / "empty").err
    )
    assert tierengine("year", 2025, tmp_path / "none").code == 2
