"""What a desk officer asks of a dossier: rate, suppose, ask, compare, take away; and why it is so."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visitor, looks_right
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.records import Rating
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.assess import assess
from tierengine.web.pages.papers import PAPERS

Make = Callable[..., Visitor]
Open = Callable[..., Page]

GT = "/c/GT/2007-interim"
QM = "/c/QM/2011"


def _ratings(path: Path) -> dict[str, Rating]:
    return {r.measures: r for r in read_dossier(path).dossier.records if isinstance(r, Rating)}


@pytest.mark.parametrize(
    "path",
    [
        f"{GT}/rate",
        f"{QM}/rate?word=significant_efforts",
        f"{QM}/what-if?off=article-12",
        f"{GT}/ask/plan?q=victims&to=2",
        f"{GT}/years",
        f"{QM}/why?step=WL-iii-II",
        f"{GT}/why?record=article-194-in-force",
        f"{QM}/papers",
        f"{QM}/draft?record=article-12",
    ],
)
def test_everyone_can_use_each_page(browser: Open, path: str) -> None:
    """Axe finds nothing, and nothing is cut off, on a wide and on a narrow screen."""
    page = browser()
    page.goto(path)
    looks_right(page)


def test_a_rating_has_its_tier_before_it_is_given(browser: Open, folder: Path, rulebook: Rulebook) -> None:
    """Under each choice stands the tier that follows; once it is given, that is the answer."""
    page = browser()
    page.goto(f"{GT}/rate")
    word = page.locator("#significant_efforts")
    choice = word.locator(".level", has_text="Not met")
    expect(choice.locator(".then")).to_contain_text("Tier 3")
    choice.get_by_role("radio").check()
    word.get_by_text("Give this rating").first.click()
    word.get_by_label("Reasons").fill("nothing was done that lasts")
    word.get_by_role("button", name="Give this rating").click()
    expect(page.get_by_role("heading", name="Given already")).to_be_visible()
    path = folder / "guatemala-2007" / "dossier.yaml"
    rating = _ratings(path)["significant_efforts"]
    assert (rating.rating, rating.author, rating.reasons) == ("not met", "Ann Lee", "nothing was done that lasts")
    assert assess(read_dossier(path), rulebook).recommendation.tier == "3"


def test_a_clash_is_a_page_that_everyone_can_use(browser: Open, visitor: Make) -> None:
    """Both versions stand on it, and it can be used in every way."""
    page = browser()
    page.goto(f"{GT}/rate")
    given = {"word": "significant_efforts", "seen": "", "on": "2007-11-01"}
    visitor(name="Bo Chen").send_form(f"{GT}/rate", f"{GT}/rate", level="met", reasons="they are", **given)
    word = page.locator("#significant_efforts")
    word.locator(".level", has_text="Not met").get_by_role("radio").check()
    word.get_by_text("Give this rating").first.click()
    word.get_by_label("Reasons").fill("nothing was done that lasts")
    word.get_by_role("button", name="Give this rating").click()
    expect(page.get_by_role("heading", name="Somebody was faster")).to_be_visible()
    expect(page.locator(".sent")).to_contain_text("are the efforts significant?")
    looks_right(page)


def test_two_ratings_of_one_word_clash(visitor: Make, folder: Path) -> None:
    """Who rates second is shown the first rating beside their own, and may put theirs in its place."""
    ann, bo = visitor(), visitor(name="Bo Chen")
    path = folder / "guatemala-2007" / "dossier.yaml"
    given = {"word": "significant_efforts", "seen": "", "on": "2007-11-01"}
    first = ann.send_form(f"{GT}/rate", f"{GT}/rate", level="met", reasons="they are", **given)
    assert first.status_code == 200
    second = bo.send_form(f"{GT}/rate", f"{GT}/rate", level="not met", reasons="they are not", **given)
    assert second.status_code == 409
    assert "met, by Ann Lee: they are" in second.text
    assert "they are not" in second.text
    assert _ratings(path)["significant_efforts"].rating == "met"
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', second.text))
    assert bo.post(f"{GT}/rate", data=again).status_code == 200
    assert _ratings(path)["significant_efforts"].author == "Bo Chen"


def test_a_rating_without_reasons_is_refused(visitor: Make, folder: Path) -> None:
    """The level, the reasons and the day are asked for, each by name, and nothing is written."""
    path = folder / "guatemala-2007" / "dossier.yaml"
    before = path.read_bytes()
    for wrong, message in (
        ({"reasons": " "}, "reasons"),
        ({"level": ""}, "No level was chosen"),
        ({"on": "yesterday"}, "is not a date"),
        ({"level": "somewhat"}, "known word"),
        ({"rests_on": "no-such-record"}, "no-such-record"),
    ):
        fields = {"word": "significant_efforts", "level": "met", "reasons": "they are", "on": "2007-11-01"} | wrong
        answer = visitor().send_form(f"{GT}/rate", f"{GT}/rate", **fields)
        assert answer.status_code == 422, wrong
        assert message in answer.text
    assert path.read_bytes() == before


def test_what_if_changes_nothing_but_the_page(browser: Open, folder: Path) -> None:
    """A switch moves the answer at once, the address keeps it, and the dossier stays as it is."""
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    page = browser()
    page.goto(f"{GT}/what-if")
    page.get_by_label("are the efforts significant?").select_option("not met")
    expect(page.locator(".recommended")).to_contain_text("Tier 3")
    expect(page.get_by_text("The answer moves.")).to_be_visible()
    assert "rate-significant_efforts=not%20met" in page.url
    looks_right(page)
    assert before == {path: path.read_bytes() for path in folder.rglob("*.yaml")}


def test_what_if_says_what_comes_true(visitor: Make, folder: Path, rulebook: Rulebook) -> None:
    """What is said of a dossier without a record is what `assess` says once it is taken out."""
    page = visitor().get(f"{QM}/what-if", params={"off": "silent-enforcement"}).text
    path = folder / "invented-2011" / "dossier.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"  - id: silent-enforcement\n(?:    .*\n)+", "", text), encoding="utf-8")
    then = assess(read_dossier(path), rulebook).recommendation
    assert f"<b>{then.status}</b>" in page
    for tier in then.open_tiers if not then.settled else (then.tier,):
        assert f"tier-{tier}" in page


def test_what_to_ask_goes_to_the_post(browser: Open, visitor: Make) -> None:
    """The page works the plan out, shows it, and gives it as a text and as a Word document."""
    page = browser()
    page.goto(f"{QM}/ask")
    expect(page.get_by_role("heading", name="Nothing more needs to be asked")).to_be_visible()
    looks_right(page)
    mail = visitor().get(f"{QM}/ask/questions.txt")
    assert "attachment" in mail.headers["content-disposition"]
    assert "what to ask" in mail.text
    word = visitor().get(f"{QM}/ask/questions.docx")
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(word.content)).namelist()
    assert visitor().get(f"{QM}/ask?to=2").status_code == 200


def test_papers_can_be_taken_away(visitor: Make) -> None:
    """Each paper comes as a file of its kind; no other name gives one."""
    starts = {"docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF", "html": b"<!DOCTYPE html>", "json": b"{"}
    for name in PAPERS:
        answer = visitor().get(f"{QM}/papers/{name}")
        assert answer.status_code == 200, name
        assert answer.content.startswith(starts.get(name.rpartition(".")[2], b""))
        assert f"QM-2011-{name}" in answer.headers["content-disposition"]
    page = visitor().get(f"{QM}/papers").text
    assert "narrative for the report of 2011" in page
    assert "must be filled" in page or "nothing that a provision requires" in page
    narrative = visitor().get(f"{QM}/papers/narrative.docx")
    assert narrative.content.startswith(b"PK")
    assert "action-plan.docx" not in page  # the law of 2011 asks for none
    assert visitor().get(f"{QM}/papers/action-plan.docx").status_code == 404
    for name in ("..%2fdossier.yaml", "%2e%2e/dossier.yaml", "cable.txt", "dossier.yaml%00"):
        assert visitor().get(f"{QM}/papers/{name}").status_code == 404


def test_from_a_sentence_to_its_quote_in_two_clicks(browser: Open) -> None:
    """From the answer to the sentence with rule, clause and quote, on to the next, and back to the record."""
    page = browser()
    page.goto(QM)
    page.locator("#answer").get_by_role("link", name="Prohibition and punishment of trafficking").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Prohibition and punishment")
    expect(page.get_by_text("prohibiting and punishing severe forms of trafficking")).to_be_visible()
    expect(page.locator("mark.counted")).to_contain_text("It does not cover trafficking for forced labor.")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Prohibition and punishment")
    page.go_back()
    page.locator("#quote ~ .weighed").get_by_role("link").first.click()
    expect(page.locator("#r-no-labour")).to_be_visible()
    page.locator("#r-no-labour").get_by_role("link", name="Where it counts").click()
    expect(page.get_by_text("on this record")).to_be_visible()


def test_the_causes_of_a_change_are_shown(visitor: Make, folder: Path) -> None:
    """Beside the dossier of the last report the page shows what changed, and why."""
    path = folder / "invented-2011" / "dossier.yaml"
    later = folder / "later"
    later.mkdir()
    (later / "cable.txt").write_bytes((path.parent / "cable.txt").read_bytes())
    text = path.read_text(encoding="utf-8").replace("as_of: 2011-06-27", "as_of: 2012-06-19")
    (later / "dossier.yaml").write_text(text.replace("value: false", "value: true", 1), encoding="utf-8")
    page = visitor().get("/c/QM/2012/years").text
    assert "New facts" in page
    assert "The answer did not change" in page or "The change is explained by" in page
    assert "Tier 2 Watch List" in page
