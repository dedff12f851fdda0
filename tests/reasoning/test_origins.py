"""Records that go back to one origin are one statement: counted once, and wrong together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran
from tests.reasoning.dossiers import casefile, rating, record, records
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import Admitted, admit
from tierengine.reasoning.assess import assess, law_of
from tierengine.reasoning.suppose import Doubted, each_alone, suppose
from tierengine.reports.markdown import markdown
from tierengine.reports.report import brief

TESSALY = ROOT / "seeds" / "invented-2019"


def admitted(rulebook: Rulebook, *written: dict[str, Any]) -> Admitted:
    """What made-up records answer under a rulebook."""
    dossier = casefile(*written)
    return admit(dossier, law_of(dossier, rulebook))


def edited(folder: Path, *changes: tuple[str, str]) -> Casefile:
    """The invented dossier of 2019 with some pieces of its text replaced."""
    text = (TESSALY / "dossier.yaml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "cable.txt").write_bytes((TESSALY / "cable.txt").read_bytes())
    (folder / "dossier.yaml").write_text(text, encoding="utf-8")
    return read_dossier(folder / "dossier.yaml")


def piece(start: str, end: str) -> str:
    """The text of some records of the invented dossier of 2019, from the id of the first to that of the next."""
    text = (TESSALY / "dossier.yaml").read_text(encoding="utf-8")
    return text[text.index(f"  - id: {start}\n") : text.index(f"  - id: {end}\n")]


# -- counted once -----------------------------------------------------------------------------------------------


def test_five_records_that_repeat_one_report_add_up_to_one(small: Rulebook) -> None:
    """A sum takes each origin once, by its surest record; the others are listed as repeats of it."""
    repeats = [record("punished", "7", n, reliability="ABCDB"[n], origin="La Prensa, 3 March 2007") for n in range(5)]
    found = admitted(small, *repeats, record("punished", "2", 9))
    assert found.facts["punished"] == 9
    assert [each.id for each in found.records["punished"]] == ["punished-0", "punished-9"]
    set_aside = [(aside.record.id, aside.rule.id, aside.counted) for aside in found.set_aside]
    assert set_aside == [(f"punished-{n}", "ADM-REPEAT", "punished-0") for n in range(1, 5)]


def test_of_equally_sure_records_the_first_by_its_id_counts(small: Rulebook) -> None:
    """Which record stands for an origin hangs on nothing but the marks and the ids."""
    written = [record("punished", "7", n, origin="a report") for n in (2, 0, 1)]
    for order in (written, written[::-1]):
        assert [each.id for each in admitted(small, *order).records["punished"]] == ["punished-0"]


def test_commitments_that_are_counted_count_once_per_origin(small: Rulebook) -> None:
    """Nine promises lead to the watch list; nine telegrams about one promise do not."""
    promises = [record("shelter", "true", n, kind="commitment") for n in range(9)]
    assert admitted(small, *promises).facts["promises"] == 9
    repeated = [promises[0], *({**each, "origin": "shelter-0"} for each in promises[1:])]
    found = admitted(small, *repeated)
    assert found.facts["promises"] == 1
    assert {aside.counted for aside in found.set_aside if aside.rule.id == "ADM-REPEAT"} == {"shelter-0"}


def test_a_record_that_does_not_count_stands_for_nothing(small: Rulebook) -> None:
    """The surest record that counts stands for an origin, not one that is set aside."""
    later = record("punished", "7", 0, date="2007-08-01", reliability="A")
    found = admitted(small, later, record("punished", "7", 1, origin="punished-0"))
    assert found.facts["punished"] == 7
    assert [each.id for each in found.records["punished"]] == ["punished-1"]


def test_an_origin_is_followed_to_its_beginning(small: Rulebook) -> None:
    """What repeats a repeat goes back to the same origin."""
    chain = [record("punished", "7", 0), record("punished", "7", 1, origin="punished-0")]
    found = admitted(small, *chain, record("punished", "7", 2, origin="punished-1"))
    assert found.facts["punished"] == 7
    assert set(found.origins.values()) == {"punished-0"}


@given(
    written=records(),
    repeated=st.lists(st.tuples(st.integers(0, 20), st.sampled_from("BCD"), st.sampled_from("234")), max_size=6),
)
def test_repeats_move_nothing(
    small: Rulebook, written: list[dict[str, Any]], repeated: list[tuple[int, str, str]]
) -> None:
    """Whatever is known, repeating it changes no answer; without an origin, the same records may change it."""
    facts = [each for each in written if each["kind"] != "judgement"]
    repeats = [
        facts[number % len(facts)]
        | {"id": f"repeat-{place}", "origin": facts[number % len(facts)]["id"]}
        | {"reliability": reliability, "credibility": credibility}
        for place, (number, reliability, credibility) in enumerate(repeated)
        if facts
    ]
    before, after = admitted(small, *written), admitted(small, *written, *repeats)
    assert before.facts == after.facts
    assert {name: len(found) for name, found in before.records.items()} == {
        name: len(found) for name, found in after.records.items()
    }
    assessment, again = (assess(casefile(*each), small) for each in (written, [*written, *repeats]))
    assert assessment.recommendation.open_tiers == again.recommendation.open_tiers
    assert assessment.recommendation.tier == again.recommendation.tier


def test_a_dossier_that_names_no_origin_keeps_its_digest() -> None:
    """The new fields leave no mark where they are not used."""
    plain = casefile(record("punished", "7"), rating("met"))
    content = plain.dossier.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert not {"origin", "handling", "rests_on"} & set().union(*content["records"])


# -- wrong together ---------------------------------------------------------------------------------------------


def test_two_records_of_one_origin_fall_together(rulebook: Rulebook, tmp_path: Path) -> None:
    """Said twice, a fact hangs on neither record; if both repeat one report, it hangs on the report."""
    record = piece("no-labour", "investigations")
    twice = record + record.replace("no-labour", "again")
    independent = assess(edited(tmp_path, (record, twice)), rulebook)
    assert not {"no-labour", "again", "a press report"} & {each.record for each in independent.fragile}
    origin = "    credibility: 2\n    origin: a press report\n"
    dependent = assess(edited(tmp_path, (record, twice.replace("    credibility: 2\n", origin))), rulebook)
    found = {each.record: each.others for each in dependent.fragile}
    assert found["a press report"] == ("again", "no-labour")


def test_two_answers_that_are_safe_alone_are_not_where_one_report_gave_both(rulebook: Rulebook, tmp_path: Path) -> None:
    """Each of two records may be wrong without moving the tier; their common origin may not."""
    both = piece("victims", "efforts")
    assessment = assess(edited(tmp_path), rulebook)
    alone = {each.record: set(each.tiers) for each in assessment.fragile}
    origin = "    credibility: 2\n    origin: the yearbook\n"
    shared = assess(edited(tmp_path, (both, both.replace("    credibility: 2\n", origin))), rulebook)
    found = {each.record: each for each in shared.fragile}
    assert found["the yearbook"].others == ("victims", "victims-before")
    assert set(found["the yearbook"].tiers) >= alone["victims"] | alone["victims-before"]
    assert "If it is wrong, and with it victims, victims-before" in " ".join(markdown(brief(shared)).split())


def test_a_rating_falls_with_what_it_rests_on(rulebook: Rulebook, tmp_path: Path) -> None:
    """If the record on which a person judged is wrong, so may be the rating."""
    reasons = "    reasons: the investigations and the shelter of the period carry them without any promise\n"
    assessment = assess(edited(tmp_path, (reasons, reasons + "    rests_on: [investigations, shelter]\n")), rulebook)
    found = {each.record: each for each in assessment.fragile}
    assert found["investigations"].others == ("efforts",)
    assert "3" in found["investigations"].tiers
    assert "investigations" not in {each.record for each in assess(edited(tmp_path), rulebook).fragile}


# -- what if it is wrong ----------------------------------------------------------------------------------------


def test_without_a_source_its_records_silences_requests_and_ratings_fall(rulebook: Rulebook, tmp_path: Path) -> None:
    """What comes from a source, what repeats it, and what was judged on it are left out; other ratings stay."""
    reasons = "    reasons: nothing of the kind is reported\n"
    dossier = edited(tmp_path, (reasons, reasons + "    rests_on: [penal-code]\n"))
    supposition, after = suppose(dossier, law_of(dossier, rulebook), Doubted(sources=("19TESSAL88",)))
    left = {each.id: each.why for each in supposition.left_out}
    assert left["no-pattern"] == "it rests on penal-code"
    assert left["victims"] == "it comes from 19TESSAL88"
    assert supposition.stays == ("efforts", "increase")
    assert (supposition.before.settled, supposition.after.settled, supposition.changed) == (True, False, True)
    assert {each.id for each in supposition.moved} >= {"TIER-2", "MS1"}
    assert not [step for step in _passages(after.trace) if "19TESSAL88" in step]


def _passages(step: Any) -> list[str]:
    own = [passage.at for passage in step.evidence]
    return own + [at for child in step.children for at in _passages(child)]


def test_without_a_report_what_repeats_it_falls(rulebook: Rulebook, tmp_path: Path) -> None:
    """A report that no source of the dossier is can be doubted by its name."""
    record = piece("no-labour", "investigations")
    dossier = edited(tmp_path, (record, record + "    origin: a press report\n"))
    law = law_of(dossier, rulebook)
    supposition, _ = suppose(dossier, law, Doubted(sources=("a press report",)))
    assert [(each.id, each.why) for each in supposition.left_out] == [("no-labour", "it repeats a press report")]
    assert [each.without for each in each_alone(dossier, law)] == ["19TESSAL88", "a press report"]
    assert all(each.changed for each in each_alone(dossier, law))


@pytest.mark.parametrize(
    ("least", "left"), [("B2", {"c2", "b3", "f1", "a6"}), ("C6", {"f1"}), ("F6", set()), ("A1", None)]
)
def test_only_records_as_sure_on_both_scales_stay(small: Rulebook, least: str, left: set[str] | None) -> None:
    """A record stays if neither mark is less sure; F and 6, which cannot be judged, are the least sure."""
    marks = ("b2", "a1", "c2", "b3", "f1", "a6")
    written = [
        record("reports", "1", id=mark, reliability=mark[0].upper(), credibility=mark[1]) | {"unit": "reports"}
        for mark in marks
    ]
    dossier = casefile(*written)
    supposition, _ = suppose(dossier, law_of(dossier, small), Doubted(least=least))
    assert {each.id for each in supposition.left_out} == (left if left is not None else set(marks) - {"a1"})


def test_the_command_shows_what_moves(tierengine: Callable[..., Ran]) -> None:
    """Before, after, what moves and the tree, in words and as JSON; each source in one line."""
    file = TESSALY / "dossier.yaml"
    ran = tierengine("explain", file, "--without", "19TESSAL88", "--why-not", "2")
    assert ran.code == 0
    for said in (
        "before: Tier 2, settled",
        "after: Tier 2, provisional, on what the rules propose; tiers open on the facts:",
        "The answer moves.",
        "It is open. This is not settled:",
    ):
        assert said in ran.out
    answer = json.loads(tierengine("explain", file, "--min-reliability", "B2", "--format", "json").out)
    assert (answer["supposed"]["changed"], answer["supposed"]["left_out"]) == (False, [])
    assert answer["trace"]["id"] == "recommendation"
    alone = json.loads(tierengine("explain", file, "--each-source", "--format", "json").out)
    assert [(each["without"], each["changed"]) for each in alone] == [("19TESSAL88", True)]
    assert "moves to: Tier 2, provisional" in tierengine("explain", file, "--each-source").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--without", "07NOWHERE1"), "`07NOWHERE1` is no source of this dossier"),
        (("--min-reliability", "B"), "`B` is no pair of Admiralty marks"),
        (("--min-reliability", ""), "`` is no pair of Admiralty marks"),
        (("--each-source", "--without", "19TESSAL88"), "more than one of --each-source, --without"),
        (("--open", "--each-source"), "more than one of --open, --each-source"),
    ],
)
def test_a_question_that_cannot_be_answered_is_usage(tierengine: Callable[..., Ran], words: Any, said: str) -> None:
    """An unknown source, marks that are none and two questions at once end with 2."""
    ran = tierengine("explain", TESSALY / "dossier.yaml", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
