"""Amending the law in one step: a threshold, a new factor that renumbers another, a struck ground, another waiver cap.

Each is tried as a person would do it: the command, then what it says is to be filled in, then lint, `law diff` and the
census of the change over the worked dossiers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Ran
from tests.lab.edits import edited

DAY = "2027-01-08"
ACT = "P.L. 119-999 section 3"


@pytest.fixture
def law(tmp_path: Path) -> Path:
    """A copy of the law that may be changed."""
    return edited(tmp_path / "law", of=ROOT)


def _filled_in(folder: Path, out: str) -> None:
    """Write what the command says a person must write."""
    places = re.findall(r"^  ((?:criteria|rules)/\S+):([0-9]+)$", out, re.MULTILINE)
    assert places
    for name, line in places:
        path = folder / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        assert "TO BE FILLED IN" in lines[int(line) - 1]
        lines[int(line) - 1] = lines[int(line) - 1].replace("TO BE FILLED IN", "it says so")
        path.write_text("".join(lines), encoding="utf-8")


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text, before
    path.write_text(text.replace(before, after), encoding="utf-8")


def _sound(tierengine: Callable[..., Ran], folder: Path) -> None:
    ran = tierengine("lint", folder)
    assert (ran.err, ran.code) == ("", 0)


def _impact(tierengine: Callable[..., Ran], folder: Path) -> str:
    """What the change does on the days from its own on, and how many of the worked dossiers it moves."""
    ran = tierengine("impact", ROOT, folder, "--as-of", "2027-06-30", "--corpus", ROOT / "seeds" / "invented-2019")
    assert ran.code == 0, ran.err
    return ran.out


def test_another_threshold(law: Path, tierengine: Callable[..., Ran]) -> None:
    """The old benchmark ends, the new begins; the linter asks for the text of the Act and for words that fit it."""
    ran = tierengine("law", "amend", "MS3", "--from", DAY, "--act", ACT, "--rulebook", law)
    assert ran.code == 0
    assert "rules/standards.yaml" in ran.out  # what asks for it
    assert "clause CLAUSE-STANDARD-3 is expressed by MS3" in ran.out
    assert "`change` does not say yet what the Act does" in tierengine("lint", law).err
    _filled_in(law, ran.out)
    _sound(tierengine, law)
    new = law / "criteria" / "MS3" / f"{DAY}.yaml"
    _replace(new, "max_penalty_trafficking_years, at_least: 4", "max_penalty_trafficking_years, at_least: 5")
    _replace(new, "max_penalty_trafficking_years, at_most: 3", "max_penalty_trafficking_years, at_most: 4")
    printed = tierengine("lint", law).err
    assert f"criteria/MS3/{DAY}.yaml:12:3: this says `four years`, and the rule asks for 5 years" in printed
    for before, after in (("below four years", "below five years"), ("four years or more", "five years or more")):
        _replace(new, before, after)
    _replace(new, "four years", "five years")
    text = new.read_text(encoding="utf-8")
    new.write_text(
        re.sub(r"(max_penalty_trafficking_years: )([0-9]+)", lambda m: m[1] + str(int(m[2]) + 1), text), "utf-8"
    )
    _sound(tierengine, law)
    changed = tierengine("law", "diff", "2027-01-01", DAY, "--rulebook", law).out
    assert "MS3" in changed
    assert "P.L. 119-999 section 3" in changed
    assert "stricter" in _impact(tierengine, law)


def test_another_waiver_cap(law: Path, tierengine: Callable[..., Ran]) -> None:
    """A number of rules/history.yaml gets a new version, with its citations; the words must follow the number."""
    ran = tierengine("law", "amend", "DOWNGRADE", "--from", DAY, "--act", ACT, "--rulebook", law)
    assert ran.code == 0
    _filled_in(law, ran.out)
    path = law / "rules" / "history.yaml"
    before, _, new = path.read_text(encoding="utf-8").rpartition(f"in_force: {{from: {DAY}}}")
    new = new.replace("waiver_years: 1", "waiver_years: 2", 1)
    path.write_text(f"{before}in_force: {{from: {DAY}}}{new}", encoding="utf-8")
    assert "`says` names 1, and neither number of `DOWNGRADE` is that" in tierengine("lint", law).err
    new = new.replace("unless waived for up to one year", "unless waived for up to two years", 1)
    path.write_text(f"{before}in_force: {{from: {DAY}}}{new}", encoding="utf-8")
    _sound(tierengine, law)
    assert "DOWNGRADE" in tierengine("law", "diff", "2027-01-01", DAY, "--rulebook", law).out
    cases = law / "cases.yaml"
    years = "years: {2023: 2, 2024: 2WL, 2025: 2WL, 2026: 2WL}, report: 2027"
    cases.write_text(
        "asked:\n"
        f"  - {{name: a, as_of: 2027-01-07, {years}, expect: {{limit: 3}}}}\n"
        f"  - {{name: b, as_of: {DAY}, {years}, expect: {{limit: waiver or 3}}}}\n",
        encoding="utf-8",
    )
    assert tierengine("test", cases, "--rulebook", law).code == 0
    assert "equal" in _impact(tierengine, law) or "same" in _impact(tierengine, law)


def test_a_struck_ground(law: Path, tierengine: Callable[..., Ran]) -> None:
    """A ground of the watch list ends; what asks for it is listed, and gets a version without it."""
    ran = tierengine("law", "amend", "WL-iii-I", "--strike", "--from", DAY, "--act", ACT, "--rulebook", law)
    assert ran.code == 0
    assert "WATCH-LIST-GROUND asks for WL-iii-I" in ran.out
    _filled_in(law, ran.out)
    also = tierengine("law", "amend", "WATCH-LIST-GROUND", "--from", DAY, "--act", ACT, "--rulebook", law)
    assert also.code == 0
    _filled_in(law, also.out)
    path = law / "rules" / "standards.yaml"
    before, _, new = path.read_text(encoding="utf-8").rpartition(f"in_force: {{from: {DAY}}}")
    new = new.replace("at least one of the two grounds applies", "the ground applies", 1)
    new = new.replace("        - {finding: WL-iii-I}\n", "", 1)
    path.write_text(f"{before}in_force: {{from: {DAY}}}{new}", encoding="utf-8")
    _sound(tierengine, law)
    changed = tierengine("law", "diff", "2027-01-01", DAY, "--rulebook", law).out
    assert "WL-iii-I" in changed
    assert "looser" in _impact(tierengine, law)


def test_a_new_factor_that_renumbers_another(law: Path, tierengine: Callable[..., Ran]) -> None:
    """The factor on demand moves to 13, and a new one takes its number 12, in the ledger of the statute as well."""
    moved = tierengine(
        *("law", "amend", "F-DEMAND", "--number", "section 108(b)(13)"),
        *("--from", DAY, "--act", ACT, "--rulebook", law),
    )
    assert moved.code == 0
    _filled_in(law, moved.out)
    also = tierengine("law", "amend", "MS4", "--from", DAY, "--act", ACT, "--rulebook", law)
    assert also.code == 0
    _filled_in(law, also.out)
    new = tierengine(
        *("law", "amend", "F-DEMAND", "--as", "F-RECRUIT", "--number", "section 108(b)(12)"),
        *("--from", DAY, "--act", ACT, "--rulebook", law),
    )
    assert new.code == 0
    _filled_in(law, new.out)
    _replace(law / "criteria" / "F-RECRUIT" / f"{DAY}.yaml", "demand for commercial sex acts", "fees of recruiters")
    path = law / "criteria" / "MS4" / f"{DAY}.yaml"
    text = path.read_text(encoding="utf-8")
    weighed = re.search(r"^( *)- \{finding: F-DEMAND[^\n]*\n", text, re.MULTILINE)
    assert weighed is not None
    line = weighed.group().replace("F-DEMAND", "F-RECRUIT")
    path.write_text(text[: weighed.end()] + line + text[weighed.end() :], encoding="utf-8")
    assert "all twelve factors are met” is undetermined" in tierengine("lint", law).err
    _replace(path, "      F-DEMAND: met\n", "      F-DEMAND: met\n      F-RECRUIT: met\n")
    _sound(tierengine, law)
    shown = tierengine("law", "show", "--as-of", DAY, "--rulebook", law).out
    assert "22 USC 7106(b)(13)" in shown
    assert "22 USC 7106(b)(12)" in shown
    changed = tierengine("law", "diff", "2027-01-01", DAY, "--rulebook", law).out
    assert "F-RECRUIT" in changed
    assert "renumbered" in changed
    assert _impact(tierengine, law)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("MS33", "--from", DAY, "--act", ACT), "no provision is called `MS33`"),
        (("MS3", "--from", "1999-01-01", "--act", ACT), "no version of `MS3` is in force on 1999-01-01"),
        (("MS3", "--from", "2000-10-28", "--act", ACT), "name a later day, or change that version itself"),
        (("MS3", "--from", DAY, "--act", "an Act"), "`an Act` names no Act"),
        (("MS3", "--from", DAY, "--act", ACT, "--number", "section 5(b)"), "`section 5(b)` is no number of the Act"),
        (("TIER-1", "--from", DAY, "--act", ACT, "--as", "TIER-0"), "`TIER-1` is no criterion"),
        (("MS3", "--from", DAY, "--act", ACT, "--strike", "--number", "section 108(a)(5)"), "ask for one of them"),
    ],
)
def test_what_cannot_be_amended(words: tuple[str, ...], expected: str, tierengine: Callable[..., Ran]) -> None:
    """It says what is wrong and what to write instead, and nothing is written."""
    ran = tierengine("law", "amend", *words)
    assert ran.code == 2
    assert expected in ran.err
