"""The pages on the law, and a draft of it: read, edited, found wanting, mended."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT, Ran
from tests.web.conftest import Served, Visitor, looks_right
from tierengine.errors import UsageError
from tierengine.web import labour
from tierengine.web.pages.editing import _moves_unseen, check_of
from tierengine.web.work import Order, Work, Works, lay_out

Make = Callable[..., Visitor]
Open = Callable[..., Page]
Run = Callable[..., Ran]
EDITED = "/law/edit?file=criteria/MS3/2000-10-28.yaml"


@pytest.mark.parametrize(
    "path", ["/law?on=2007-11-09", "/law/F-PROSECUTE?on=2008-06-04", "/law/coverage?on=2008-06-04", EDITED]
)
def test_everyone_can_use_each_page(browser: Open, path: str) -> None:
    """Axe finds nothing, and nothing is cut off, on a wide and on a narrow screen."""
    page = browser()
    page.goto(path)
    looks_right(page)


def test_the_law_of_a_day_has_the_numbers_of_that_day(visitor: Make) -> None:
    """Ten factors on 9 November 2007, and a date without a law is refused as a mistake of who asks."""
    text = visitor().get("/law?on=2007-11-09").text
    assert "factor 10 that day" in text
    assert "factor 11 that day" not in text
    assert visitor().get("/law?on=1999-01-01").status_code == 400
    assert visitor().get("/law/NONE").status_code == 404


def test_a_criterion_shows_its_ladder_in_words(visitor: Make) -> None:
    """Each level with the condition of its rule, in questions and not in names; versions lead through the years."""
    text = visitor().get("/law/F-PROSECUTE?on=2008-06-04").text
    assert "How many trafficking cases were prosecuted in the period? At least 1." in text
    assert 'href="/law/F-PROSECUTE?on=2000-10-28"' in text
    assert "trafficking_prosecutions" not in text


def test_what_became_of_a_clause_stands_in_words(visitor: Make) -> None:
    """By titles and questions, beside the names that the files have for them."""
    text = visitor().get("/law/coverage?on=2008-06-04").text
    assert ">Penalties for the gravest forms</a>" in text
    assert "Is the prescribed punishment commensurate" in text


def test_readers_cannot_draft(visitor: Make) -> None:
    """Only policy staff are offered it, and only they may."""
    reader = visitor("reader")
    assert "Propose a change" not in reader.get("/law/MS3").text
    assert reader.get(EDITED).status_code == 403


def test_problems_show_at_their_line_without_script(visitor: Make) -> None:
    """The form does all of it, too."""
    client = visitor()
    draft = _file(client).replace("is: true", "is: ture", 1)
    page = client.send_form(EDITED, EDITED, text=draft)
    assert page.status_code == 200
    assert "Mend these" in page.text
    assert "line " in page.text


def test_a_draft_is_judged_as_one_types(browser: Open) -> None:
    """A slip is reported at its line; mended, and a threshold moved, examples, proofs and the census arrive."""
    page = browser()
    page.goto(EDITED)
    text = page.get_by_label("The file as you draft it")
    before = text.input_value()
    text.fill(before.replace("at_least:", "at_lest:", 1))
    expect(page.get_by_role("heading", name="Mend these")).to_be_visible()
    line = before[: before.index("at_least:")].count("\n") + 1
    expect(page.get_by_role("link", name=f"line {line}", exact=True).first).to_be_visible()
    text.fill(before.replace("at_least: 4", "at_least: 5", 1))
    strip = page.locator(".strip")
    expect(strip).to_contain_text("as law")
    expect(strip.locator(".check", has_text="Mutants")).to_contain_text("once the others are done")
    expect(strip.locator(".check-running")).to_have_count(0)
    expect(strip.locator(".check", has_text="Examples")).to_have_class("check check-bad")
    expect(strip.locator(".check", has_text="Census")).to_contain_text("cases move")
    expect(strip.locator(".check", has_text="Mutants")).to_contain_text("once the draft is sound")
    looks_right(page)
    text.fill(before.replace("better: more", "better: fewer", 1))
    expect(strip.locator(".check", has_text="Proofs")).to_have_class("check check-bad")
    expect(strip).to_contain_text("A better answer leads to a worse level")


def test_a_draft_that_is_stopped_leaves_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The law is laid out anew with each key that is pressed, so what is left of one would soon fill the disk."""
    works = Works()
    works.expect()  # what all work begins from has a folder of its own
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    name = "rules/tiers.yaml"
    work = works.begin(Order(kind="prove", law=ROOT, files={name: (ROOT / name).read_text(encoding="utf-8")}), "a")
    assert works.moved(work, ("running", 0), 60)[1] >= 1  # it stands, and is being proved
    works.stop(work)
    last = monotonic() + 60
    while any(tmp_path.iterdir()):
        assert monotonic() < last
        sleep(0.02)


def test_the_short_cases_are_judged_as_well(tierengine: Run, tmp_path: Path) -> None:
    """Of a draft, every case comes out as `tierengine test` says of it, and the progress counts them all."""
    (tmp_path / "cases.yaml").write_text(
        """
cases:
  - name: a country that is not in scope
    as_of: 2021-06-30
    given: {findings: {SCOPE: not met}}
    expect: {tier: unranked}
asked:
  - name: the report is due at the end of June
    as_of: 2021-06-30
    report: 2021
    expect: {REPORT: 2021-06-30}
  - name: the report is due in May
    as_of: 2021-06-30
    report: 2021
    expect: {REPORT: 2021-05-31}
""",
        encoding="utf-8",
    )
    steps = list[tuple[int, int | None]]()
    found = labour._test(
        Order(kind="test", law=ROOT, cases=tmp_path), ROOT, lambda done, of, _=None: steps.append((done, of))
    )
    assert found == json.loads(tierengine("test", tmp_path, "--format", "json").out)
    assert (found["cases"], found["failed"], steps) == (3, 1, [(3, 3)])


def test_single_changes_of_what_is_edited_are_tried(tmp_path: Path) -> None:
    """Those of the edited entry alone, and each that nothing notices is shown as it is found, with its line."""
    name = "criteria/MS3/2000-10-28.yaml"
    text = (ROOT / name).read_text(encoding="utf-8")
    order = Order(kind="mutate", law=ROOT, files={name: text.replace("title: ", "title: More on ", 1)})
    steps, noted = list[int](), list[dict[str, Any]]()

    def report(done: int, of: int | None, found: Any = None) -> None:
        assert of is not None
        assert done <= of
        steps.append(done)
        noted.extend([found] if found is not None else [])

    result = labour._mutate(order, lay_out(order.law, order.files, tmp_path), report)
    assert steps == list(range(result["changes"] + 1))
    assert {each["entry"] for each in result["verdicts"]} == {"MS3"}
    assert noted  # without the cases of the project some are noticed by nothing
    assert noted == [each for each in result["verdicts"] if _moves_unseen(each) or each["became"] == "undecided"]
    check = check_of(Work(id="w", kind="mutate", owner="a", order=order, state="done", result=result))
    assert check.says == f"{len(noted)} of {result['changes']} single changes unnoticed"
    assert all(re.match(r"Line \d+: ", line) for line in check.found)
    running = Work(id="w", kind="mutate", owner="a", order=order, done=3, of=56, found=noted[:1])
    assert check_of(running).found == check.found[:1]
    with pytest.raises(UsageError):
        labour._mutate(Order(kind="mutate", law=ROOT), ROOT, report)


def test_a_proof_that_fails_is_shown_as_soon_as_it_is_found() -> None:
    """While the others go on."""
    order = Order(kind="prove", law=ROOT, files={})
    found = [{"verdict": "refuted", "says": "A country falls."}]
    check = check_of(Work(id="w", kind="prove", owner="a", order=order, done=3, found=found))
    assert (check.state, check.says, check.found) == ("running", "3 done", ("refuted: A country falls.",))


def test_a_census_is_taken_over_the_cases_that_are_named(
    served: Served, visitor: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the dossiers, of which audits go on to speak."""
    monkeypatch.setattr(Works, "_start", lambda *_: None)  # what is ordered is looked at, and not done
    object.__setattr__(served.desk, "cases", tmp_path / "cases.parquet")
    client = visitor()
    text = (ROOT / "criteria/MS3/2000-10-28.yaml").read_text(encoding="utf-8")
    client.send_form(EDITED, EDITED, text=text.replace("at_least: 4", "at_least: 5", 1))
    client.get("/audit/robust")
    corpora = {each.kind: each.order.corpus for each in served.desk.works._known.values()}
    assert corpora["impact"] == tmp_path / "cases.parquet"
    assert corpora["robust"] == served.desk.folder


def test_of_cases_that_move_alike_the_first_are_named() -> None:
    """However many they are."""
    move = {"cases": [f"c{n}" for n in range(100)], "number": 70_000, "before": ["2"], "after": ["3"]}
    census = {"cases": 1_000_000, "moved": 70_000, "moves": [move]}
    order = Order(kind="impact", law=ROOT)
    result = {"stretches": [], "census": census}
    check = check_of(Work(id="w", kind="impact", owner="a", order=order, state="done", result=result))
    assert check.says == "70,000 of 1,000,000 cases move"
    assert check.found == ("c0, c1, c2, c3, c4 and 69995 more: Tier 2 becomes Tier 3.",)


def test_only_work_on_a_draft_stands_in_its_strip(served: Served, visitor: Make) -> None:
    """Other long work of the same person is no part of it, and breaks nothing."""
    client = visitor()
    client.get("/audit/robust")
    (work,) = served.desk.works._known.values()
    assert client.get(f"/law/work/{work.id}").status_code == 404


def test_names_that_the_law_knows_are_completed(browser: Open) -> None:
    """Three letters and Enter."""
    page = browser()
    page.goto(EDITED)
    text = page.get_by_label("The file as you draft it")
    text.press("Control+End")
    text.press_sequentially("# trafficking_conv")
    expect(page.get_by_role("option", name="trafficking_convictions", exact=True)).to_be_visible()
    text.press("Enter")
    assert text.input_value().rstrip().endswith("# trafficking_convictions")


def _file(client: Visitor) -> str:
    page = client.get(EDITED).text
    return page.partition('hx-sync="this:replace">')[2].partition("</textarea>")[0]
