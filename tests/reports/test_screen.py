"""The answer on one screen: whatever it says, it fits, and says what a desk officer asks first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.conftest import ROOT, Ran, read_once
from tests.reasoning.dossiers import casefile, rating
from tests.reasoning.two_years import SILENT, record, write
from tests.reports.answers import SEEDS, answered, dossier, filled
from tierengine.engines.lowering import lower
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.rate import rate
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment, HingeOutcome, Status
from tierengine.reasoning.open_tiers import OpenTiers
from tierengine.reports.answer import Coded, each_way, open_on_the_facts, open_to_a_person, rated, tiers_named, why
from tierengine.reports.bars import bar_of
from tierengine.reports.rate import rating_report
from tierengine.reports.report import brief
from tierengine.reports.screen import LINES, print_screen
from tierengine.reports.text import report_text
from tierengine.reports.tree import why_not


def screen(answer: Assessment, width: int = 100) -> list[str]:
    """The lines of an answer in a console of some width."""
    written = StringIO()
    console = Console(file=written, width=width, highlight=False, color_system=None)
    print_screen(answer, console, Coded(24))
    return written.getvalue().splitlines()


def _fits(lines: list[str], width: int) -> None:
    assert len(lines) <= LINES
    assert not [line for line in lines if len(line) > width]


@pytest.mark.parametrize("width", [100, 110, 160])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_seeds_fit(seed: str, width: int) -> None:
    """45 lines at most, and none wider than the console."""
    _fits(screen(answered(seed)[0], width), width)


def test_what_is_open_is_no_reason() -> None:
    """Where only the rules of coherence exclude a tier, no finding is named that may still come out either way."""
    found = rating("not met", 1, measures="significant_efforts_on_actions", date="2019-01-20")
    period = {"first": "2018-04-01", "last": "2019-03-31"}
    made = casefile(found, as_of="2019-06-20", period=period, last_report="2018-06-28")
    answer = Assessor(read_once(ROOT).on(date(2019, 6, 20)), certified=False).assess(made)
    excluded = why(answer)[-1]
    assert "Excluded: Tier 1, since the known answers leave no way there; Tier 2 because of " in excluded
    assert "possible:" not in excluded
    said = why_not(answer.trace, "TIER-1").label
    assert str(said).endswith("It is excluded: the known answers leave no way there. This is open:")


@given(
    st.sampled_from(SEEDS),
    st.sampled_from(("provisional", "open")),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(100, 140),
)
def test_whatever_it_hangs_on_it_fits(seed: str, status: Status, proposals: int, hinges: int, width: int) -> None:
    """However many proposals and hinges there are; two hinges at least are shown, and that there are more."""
    answer = filled(seed, status, proposals, hinges)
    lines = screen(answer, width)
    _fits(lines, width)
    found = [line for line in lines if line.startswith(("  a rating: ", "  a fact: "))]
    assert len(found) >= min(2, hinges)
    assert len(found) == hinges or any("more, which --full shows" in line for line in lines)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_provisional_answer_says_what_it_is(seed: str) -> None:
    """Its status, the hinges with the tier each way and what is proposed, a bar for each, and three questions."""
    answer = filled(seed, "provisional")
    text = "\n".join(screen(answer))
    assert "\nTier 2 Watch List  provisional: it rests on what the rules propose, until persons rate\n" in text
    assert "if not met or partly met: Tier 3; if largely met or met (proposed): Tier 2 Watch List" in text
    assert "if yes: Tier 2; if no: Tier 2 Watch List" in text
    for each in (*answer.standards, *answer.criteria):
        assert any(f"[{each.id}] " in line and line.endswith(f" {bar_of(each).words}") for line in text.splitlines())
    for route in answer.watch_list:
        assert any(f"[{route.route}] " in line and bar_of(route).words in line for line in text.splitlines())
    for number, asked in enumerate(answer.worth_asking, 1):
        assert any(line.startswith(f"  {number}. ") and f"[{asked.question}]" in line for line in text.splitlines())
    assert f"{24 - len(answer.set_aside)} records count, {len(answer.set_aside)} are set aside" in text


def test_a_silence_that_is_set_aside_is_no_record(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """A cable of two years before says nothing of the year: the record counts, and the silences do not."""
    dossier_file = write(tmp_path, record("victims_assisted", 3), silences=SILENT, sent="021201Z APR 11")
    ran = tierengine("assess", dossier_file)
    assert f"1 record counts, {len(SILENT)} are set aside" in ran.out
    assert f"1 record counts, {len(SILENT)} are set aside" in tierengine("report", dossier_file).out


def test_the_post_parts_in_words() -> None:
    """What the post asks, and the finding at which it parts, by its title and level."""
    text = " ".join(" ".join(screen(answered("guatemala-2007")[0], 110)).split())
    assert "The post asks for the removal of Guatemala from the Tier 2 Watch List" in text
    assert (
        "It parts from the recommendation at \u201cNo evidence of increasing efforts\u201d [WL-iii-II] (proposed: met)."
        in text
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("status", ["settled", "provisional", "open"])
def test_why_takes_three_sentences(seed: str, status: Status) -> None:
    """At most, and at least one; each ends with a full stop, and none names a finding without its title."""
    answer = answered(seed)[0] if status == "settled" else filled(seed, status)
    reasons = why(answer)
    assert 1 <= len(reasons) <= 3
    assert all(reason.endswith(".") for reason in reasons)
    for name, found in rated(answer).items():
        for reason in reasons:
            assert f"[{name}]" not in reason or found.title.casefold() in reason.casefold()


def test_a_settled_answer_says_what_a_person_may_still_make_of_it() -> None:
    """Settled on the facts is not closed to a person who may rate freely."""
    answer = answered("invented-2019")[0]
    freely = replace(answer.recommendation, open_to_a_person=("2", "3"))
    said = " ".join(why(replace(answer, recommendation=freely)))
    assert said.endswith("; a person who may rate freely can also reach Tier 3.")


def _nothing_known() -> tuple[Assessment, Law, Casefile]:
    period = {"first": "2025-04-01", "last": "2026-03-31"}
    made = casefile(as_of="2026-06-30", period=period, last_report="2025-06-30")
    law = read_once(ROOT).on(date(2026, 6, 30))
    return Assessor(law).assess(made), law, made


@pytest.mark.parametrize("seed", [*SEEDS, "nothing is known"])
def test_what_is_open_is_told_alike(seed: str) -> None:
    """The answer and the rating sheet name each row that is open, that of countries on no list among them."""
    answer, law, made = answered(seed) if seed in SEEDS else _nothing_known()
    facts, opened = admit(made, law).facts, OpenTiers(law, lower(law))
    on_the_facts = tuple(row.tier for row in opened.open(facts))
    to_a_person = tuple(row.tier for row in opened.open_to_a_person(facts))
    assert (open_on_the_facts(answer), open_to_a_person(answer)) == (on_the_facts, to_a_person)
    sheet = " ".join(report_text(rating_report(rate(made, read_once(ROOT), law.as_of))).split())
    assert f"Open on the facts: {tiers_named(on_the_facts)}. " in sheet
    assert f"Open to a person who may rate freely: {tiers_named(to_a_person)}. " in sheet


def test_no_list_is_named_among_what_is_open() -> None:
    """On the facts and to a person, whether or not the answer is settled."""
    said = " ".join(why(_nothing_known()[0]))
    assert "The facts leave Tier 1, Tier 2, Tier 2 Watch List, Tier 3 and no list open, and a person " in said
    said = " ".join(why(answered("invented-2013")[0]))
    assert said.endswith("; a person who may rate freely can also reach no list.")


def test_answers_that_lead_to_the_same_tiers_are_given_together() -> None:
    """The proposed level is marked among them."""
    hinge = filled("guatemala-2007", "provisional").hinges[0]
    ways = each_way(hinge.outcomes, "largely met")
    assert ways == "if not met or partly met: Tier 3; if largely met (proposed) or met: Tier 2 Watch List"


def test_what_a_rubric_says_stands_in_brackets() -> None:
    """An answer is part of a sentence: it begins small, unless with a name."""
    ways = [HingeOutcome(answer=said, tiers=("3",)) for said in ("Rated not met: They are not.", "No", "UNODC does")]
    assert each_way(ways) == "if rated not met (they are not) or no or UNODC does: Tier 3"


def test_a_console_of_ascii_gets_ascii_bars() -> None:
    """Where the console cannot show blocks, other signs say the same, and the legend explains them."""
    raw = BytesIO()
    written = TextIOWrapper(raw, encoding="ascii", errors="replace", write_through=True)
    console = Console(file=written, width=100, highlight=False, color_system=None)
    print_screen(answered("guatemala-2007")[0], console, Coded(24))
    text = raw.getvalue().decode("ascii")
    assert "# shown, ? still possible, - out of reach" in text
    assert "#?? shown: partly met ; possible: met" in text
    assert 'parts from the recommendation at "No evidence of increasing efforts"' in " ".join(text.split())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_command_prints_one_screen(seed: str, tierengine: Callable[..., Ran]) -> None:
    """From outside: one screen without --full, the whole answer with it, and the same exit code."""
    short, full = tierengine("assess", dossier(seed)), tierengine("assess", dossier(seed), "--full")
    assert len(short.out.splitlines()) <= LINES
    assert (short.code, short.err) == (full.code, full.err)
    answer, _, casefile = answered(seed)
    assert full.out == report_text(brief(answer, Coded.of(casefile, answer)))
    squeezed = "".join(full.out.split())
    for unused in answer.set_aside:
        assert "".join(unused.because[1:].split()) in squeezed


@pytest.mark.parametrize("seed", SEEDS)
def test_check_names_what_is_set_aside(seed: str, tierengine: Callable[..., Ran]) -> None:
    """Each record that is set aside, why, and by which rule."""
    out = " ".join(tierengine("check", dossier(seed)).out.split())
    aside = answered(seed)[0].set_aside
    assert f"{len(aside)} of them set aside" in out
    for unused in aside:
        assert f"set aside: {unused.record}: {unused.because} [{unused.rule}]" in out
