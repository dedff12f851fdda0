"""A desk officer codes a dossier: from the keyboard, without script, and while somebody else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT
from tests.web.conftest import Visitor, looks_right
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.evidence.records import Evidence

Make = Callable[..., Visitor]
Open = Callable[..., Page]

AT = "/c/QM/2012"
PROPOSALS = """
proposed:
  - id: p1
    at: 11VARONA41 ¶2
    quote: Article 12 of the penal code makes trafficking in persons a crime.
    records:
      - kind: law
        measures: trafficking_criminalised
        value: true
        undated: the passage describes the law in force
        actor: {is: government, name: the Government of this invented country}
        because: makes trafficking a crime
  - id: p2
    at: 11VARONA41 ¶2
    quote: It covers sex trafficking.
    records:
      - kind: law
        measures: prohibition_covers_sex_trafficking
        value: true
        undated: the passage describes the law in force
        actor: {is: government, name: the Government of this invented country}
        because: covers sex trafficking
"""


@pytest.fixture
def drafted(folder: Path) -> Path:
    """A dossier with one record, of which two more are proposed."""
    place = folder / "drafted"
    place.mkdir()
    (place / "cable.txt").write_bytes((ROOT / "seeds" / "invented-2011" / "cable.txt").read_bytes())
    text = (ROOT / "seeds" / "invented-2011" / "dossier.yaml").read_text(encoding="utf-8")
    head, records = text.split("records:\n")
    labour = re.search(r"  - id: no-labour\n(?:    .*\n)+", records)
    assert labour is not None
    head = head.replace("id: varonia-2011", "id: varonia-2012").replace("as_of: 2011-06-27", "as_of: 2012-06-19")
    path = place / "dossier.yaml"
    path.write_text(f"{head}records:\n{labour[0]}{PROPOSALS.lstrip()}", encoding="utf-8")
    return path


def _read(path: Path) -> Casefile:
    return read_dossier(path)


def _record(path: Path, measures: str) -> Evidence:
    """The one record on an indicator."""
    found = (each for each in _read(path).dossier.records if each.measures == measures)
    (record,) = (each for each in found if isinstance(each, Evidence))
    return record


def _form(page: str, action: str, number: int = 0) -> dict[str, str]:
    """The hidden fields of a form of a page."""
    forms = re.findall(rf'<form[^>]*action="[^"]*/{action}".*?</form>', page, re.DOTALL)
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', forms[number]))


def test_accept_refuse_and_undo_without_script(visitor: Make, drafted: Path) -> None:
    """Each decision is in the file at once, and the last one is taken back byte for byte."""
    ann = visitor()
    before = drafted.read_bytes()
    page = ann.get(f"{AT}?part=records").text
    assert "2 proposals to decide" in page
    page = ann.post(f"{AT}/accept", data=_form(page, "accept")).text
    assert "1 proposal to decide" in page
    assert "Undo: accepted what was proposed" in page
    record = _record(drafted, "trafficking_criminalised")
    assert record.quote.startswith("Article 12")
    accepted = drafted.read_bytes()
    page = ann.post(f"{AT}/refuse", data={**_form(page, "refuse"), "reason": "it is said elsewhere"}).text
    assert _read(drafted).dossier.proposed[0].refused == "it is said elsewhere"
    page = ann.post(f"{AT}/undo", data=_form(page, "undo")).text
    assert drafted.read_bytes() == accepted
    ann.post(f"{AT}/undo", data=_form(page, "undo"))
    assert drafted.read_bytes() == before


SILENCE = """
  - id: p3
    at: 11VARONA41 all paragraphs
    records:
      - kind: silence
        measures: increase_in_enforcement
        period: {first: 2011-04-01, last: 2012-03-31}
        actor: {is: government, name: the Government of this invented country}
        because: nothing in the source leads to it
"""


def test_a_silence_of_a_whole_source(visitor: Make, drafted: Path) -> None:
    """It is shown as such, names no passage that could be no evidence, and becomes a silence once it is accepted."""
    drafted.write_text(drafted.read_text(encoding="utf-8").rstrip() + SILENCE, encoding="utf-8")
    ann = visitor()
    page = ann.get(f"{AT}?part=records").text
    assert "Read as a whole: no sentence speaks of this." in page
    assert page.count("It is no evidence") == 2
    text = ann.post(f"{AT}/no-evidence", data={**_form(page, "refuse", 2), "reason": "not of use"}).text
    assert "names no passage that could be no evidence" in text
    ann.post(f"{AT}/accept", data=_form(page, "accept", -1))
    (silence,) = _read(drafted).dossier.silences
    assert (silence.indicator, silence.source, silence.read) == (
        "increase_in_enforcement",
        "11VARONA41",
        "all paragraphs",
    )


def test_refusing_needs_a_reason(visitor: Make, drafted: Path) -> None:
    """Without one nothing is written, and the page says what is wanted."""
    ann, before = visitor(), drafted.read_bytes()
    answer = ann.post(f"{AT}/refuse", data={**_form(ann.get(AT).text, "refuse"), "reason": " "})
    assert answer.status_code == 422
    assert "A reason is needed" in answer.text
    assert drafted.read_bytes() == before


def test_a_record_is_drafted_from_words_and_changed(visitor: Make, drafted: Path) -> None:
    """Words lead to the questions they may answer; the record is written, changed, and taken out again."""
    ann = visitor()
    words = {"at": "11VARONA41 ¶4", "words": "The government has no written plan to begin making significant efforts."}
    page = ann.get(f"{AT}/draft", params=words).text
    fields = _form(page, "draft") | {
        "measures": "waiver_written_plan",
        "kind": "action",
        "value": "false",
        "first": "2011-03-15",
        "doer": "government",
        "name": "the Government",
        "reliability": "B",
        "credibility": "2",
    }
    ann.post(f"{AT}/draft", data=fields)
    record = _record(drafted, "waiver_written_plan")
    assert (str(record.value), str(record.date), record.kind) == ("false", "2011-03-15", "action")
    page = ann.get(f"{AT}/draft", params={"record": record.id}).text
    fields |= _form(page, "draft") | {"note": "as the post saw it: on paper"}
    ann.post(f"{AT}/draft", data=fields)
    record = _record(drafted, "waiver_written_plan")
    assert record.note == "as the post saw it: on paper"
    page = ann.get(f"{AT}/draft", params={"record": record.id}).text
    ann.post(f"{AT}/remove", data=_form(page, "remove"))
    assert all(each.measures != "waiver_written_plan" for each in _read(drafted).dossier.records)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"value": "perhaps"}, "perhaps"),
        ({"measures": ""}, "measures"),
        ({"first": "12 March"}, "is not a date"),
        ({"reliability": "Z"}, "known word"),
        ({"words": "words that stand nowhere"}, "do not stand at 11VARONA41 ¶4"),
    ],
)
def test_a_false_record_is_refused_and_not_written(
    visitor: Make, drafted: Path, wrong: dict[str, str], message: str
) -> None:
    """Each mistake is reported with its field, and the file stays as it was."""
    ann, before = visitor(), drafted.read_bytes()
    words = {"at": "11VARONA41 ¶4", "words": "The government has no written plan to begin making significant efforts."}
    fields = _form(ann.get(f"{AT}/draft", params=words).text, "draft") | words | {
        "measures": "waiver_written_plan",
        "kind": "action",
        "value": "false",
        "undated": "no day is given",
        "doer": "government",
        "reliability": "B",
        "credibility": "2",
    }  # fmt: skip
    answer = ann.post(f"{AT}/draft", data=fields | wrong)
    assert answer.status_code == 422, answer.text
    assert message in answer.text
    assert drafted.read_bytes() == before


def test_two_people_lose_nothing(visitor: Make, drafted: Path) -> None:
    """Two decide different things from pages of the same moment: both count. Of one thing the second is shown both."""
    ann, bo = visitor(), visitor(name="Bo Chen")
    page = ann.get(AT).text
    ann.post(f"{AT}/accept", data=_form(page, "accept", 0))
    theirs = re.search(r'name="csrf" value="([^"]+)"', bo.get("/you").text)
    assert theirs is not None
    bo.post(f"{AT}/accept", data=_form(page, "accept", 1) | {"csrf": theirs[1]})
    assert len(_read(drafted).dossier.records) == 3
    clash = bo.post(f"{AT}/refuse", data=_form(page, "refuse", 0) | {"csrf": theirs[1], "reason": "no"})
    assert clash.status_code == 409
    assert "decided meanwhile" in clash.text
    assert "What you sent" in clash.text
    assert len(_read(drafted).dossier.records) == 3
    # Ann's change cannot be undone over Bo's.
    refused = ann.post(f"{AT}/undo", data=_form(page, "accept", 0))
    assert "changed since by Bo Chen" in refused.text
    assert len(_read(drafted).dossier.records) == 3


def test_a_file_edited_beside_the_desk_is_not_written_over(visitor: Make, drafted: Path) -> None:
    """What an editor saved appears, and a decision that was made before it is added to it."""
    ann = visitor()
    page = ann.get(AT).text
    drafted.write_text("# by hand\n" + drafted.read_text(encoding="utf-8"), encoding="utf-8")
    ann.post(f"{AT}/accept", data=_form(page, "accept"))
    text = drafted.read_text(encoding="utf-8")
    assert text.startswith("# by hand\n")
    assert len(_read(drafted).dossier.records) == 2


def _rest(page: Page) -> None:
    """Wait until what the page was sent of the last change has come to rest."""
    page.wait_for_timeout(1000)
    page.wait_for_function("document.querySelectorAll('.htmx-request, .htmx-swapping, .htmx-settling').length === 0")


def _select(page: Page, words: str) -> None:
    """Select words in the source, once the page has come to rest."""
    _rest(page)
    page.get_by_text(words).first.select_text()


def test_from_the_keyboard(browser: Open, drafted: Path) -> None:
    """J, A, U, X and selected words do what the list of keys says, and the answer moves beside them."""
    page = browser()
    page.goto(AT)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("1 proposal to decide")).to_be_visible()
    assert len(_read(drafted).dossier.records) == 2
    _rest(page)
    page.keyboard.press("u")
    expect(page.get_by_text("2 proposals to decide")).to_be_visible()
    _rest(page)
    page.keyboard.press("x")
    page.keyboard.type("it is said elsewhere")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 proposal to decide")).to_be_visible()
    assert _read(drafted).dossier.proposed[0].refused == "it is said elsewhere"
    _select(page, "The government has no written plan")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="What do these words show?")).to_be_visible()
    looks_right(page)


def test_what_another_does_appears(browser: Open, visitor: Make, drafted: Path) -> None:
    """A page that is open shows what somebody else did, and keeps what is being written in it."""
    page, bo = browser(), visitor(name="Bo Chen")
    page.goto(AT)
    expect(page.get_by_text("2 proposals to decide")).to_be_visible()
    bo.post(f"{AT}/accept", data=_form(bo.get(AT).text, "accept"))
    expect(page.get_by_text("1 proposal to decide")).to_be_visible()
    page.get_by_text("Refuse", exact=True).first.click()
    page.get_by_label("Why?").fill("half a reas")
    bo.post(f"{AT}/accept", data=_form(bo.get(AT).text, "accept"))
    expect(page.get_by_text("This dossier was changed elsewhere")).to_be_visible()
    assert page.get_by_label("Why?").input_value() == "half a reas"
    looks_right(page)
    page.get_by_label("Why?").press("Enter")
    expect(page.get_by_role("heading", name="Somebody was faster")).to_be_visible()
    expect(page.get_by_text("half a reas")).to_be_visible()
    looks_right(page)


def test_a_dossier_is_begun_from_an_empty_folder(browser: Open, folder: Path) -> None:
    """Sources are sent, read, and drafted from; the first sentence waits to be decided."""
    for path in folder.rglob("dossier.yaml"):
        path.unlink()
    page = browser()
    page.goto("/")
    looks_right(page)
    page.get_by_role("link", name="Begin one from its sources").click()
    looks_right(page)
    page.get_by_label("Country").fill("gt")
    page.get_by_label("Year of the report").fill("2008")
    page.locator("#sources").set_input_files(folder / "guatemala-2007" / "cable.txt")
    page.get_by_role("button", name="Read them and draft").click()
    expect(page.get_by_text("proposals to decide")).to_be_visible()
    assert page.url.endswith("/c/GT/2008")
    assert _read(folder / "gt-2008" / "dossier.yaml").undecided
    looks_right(page)


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("secret.txt", b"S E C R E T GUATEMALA 002213\n\nSUBJECT: TIP\n\n1. (S) It is so.\n", "classified"),
        ("empty.txt", b"", "empty"),
        ("scan.pdf", b"%PDF-1.4 cut short", "file is cut short"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused(
    visitor: Make, folder: Path, name: str, raw: bytes, message: str
) -> None:
    """What is classified, empty or damaged is refused, and nothing is kept of it."""
    ann, before = visitor(), sorted(folder.rglob("*"))
    token = _form(ann.get("/new").text, "new")
    answer = ann.post("/new", data=token | {"country": "GT", "report": "2008"}, files={"sources": (name, raw)})
    assert answer.status_code == 422
    assert message in answer.text
    assert sorted(folder.rglob("*")) == before


def test_a_year_of_which_no_source_tells_is_refused(visitor: Make, folder: Path) -> None:
    """The form bounds the years as the draft does, and nothing is kept of a report whose period has not begun."""
    ann, before = visitor(), sorted(folder.rglob("*"))
    page = ann.get("/new").text
    ((first, last),) = re.findall(r'min="(\d+)" max="(\d+)"', page)
    assert (first, int(last) < 2400) == ("2002", True)
    later = {"country": "GT", "report": str(int(last) + 1)}
    answer = ann.post("/new", data=_form(page, "new") | later, files={"sources": ("a.txt", b"The police act.")})
    assert answer.status_code == 400
    assert f"Name a year from {first} to {last}" in answer.text
    assert sorted(folder.rglob("*")) == before


def test_a_name_that_leads_elsewhere_is_only_a_name(visitor: Make, folder: Path) -> None:
    """An upload cannot be written anywhere but into the folder of its dossier."""
    ann = visitor()
    token = _form(ann.get("/new").text, "new")
    raw = (ROOT / "seeds" / "guatemala-2007" / "cable.txt").read_bytes()
    names = ("../../../evil.txt", "..\\..\\evil.txt")
    for number, name in enumerate(names):
        fields = token | {"country": "GT", "report": str(2008 + number)}
        ann.post("/new", data=fields, files={"sources": (name, raw)})
        assert (folder / f"gt-{2008 + number}" / "evil.txt").read_bytes() == raw
    assert not [path for path in folder.parent.rglob("evil.txt") if "gt-" not in path.parent.name]
    again = ann.post("/new", data=token | {"country": "GT", "report": "2008"}, files={"sources": ("a.txt", raw)})
    assert "lies here already" in again.text


BLANK = """  - id: rating-significant-efforts
    kind: judgement
    measures: significant_efforts
    question: Are the efforts significant?
    rating: '?'  # not met, met
    author: '?'
    date: '?'
    reasons: '?'
"""


def test_a_rating_that_waits_is_no_hindrance(visitor: Make, drafted: Path) -> None:
    """A blank rating stays while proposals are decided, and is filled in by the rating sheet."""
    ann = visitor()
    drafted.write_text(
        drafted.read_text(encoding="utf-8").replace("proposed:\n", f"{BLANK}proposed:\n"), encoding="utf-8"
    )
    ann.post(f"{AT}/accept", data=_form(ann.get(AT).text, "accept"))
    text = drafted.read_text(encoding="utf-8")
    assert "rating: '?'  # not met, met" in text
    assert "measures: trafficking_criminalised" in text
    fields = {"word": "significant_efforts", "seen": "", "on": "2012-05-02", "level": "met", "reasons": "they are"}
    assert ann.send_form(f"{AT}/rate", f"{AT}/rate", **fields).status_code == 200
    (rating,) = [each for each in _read(drafted).dossier.records if each.measures == "significant_efforts"]
    assert rating.id == "rating-significant-efforts"
    assert "'?'" not in drafted.read_text(encoding="utf-8")
