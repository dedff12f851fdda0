"""The drawing: nothing overlaps, every word fits, every arrow keeps clear of the boxes, and the list says the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, read_once
from tests.reasoning.dossiers import casefile, record, records
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.records import Rating
from tierengine.reasoning.assess import assess, law_of
from tierengine.reports.drawing.layout import SIZES, Box, Picture, picture
from tierengine.reports.drawing.lettering import rows, width
from tierengine.reports.drawing.svg import svg
from tierengine.reports.drawing.way import Branch, Kind, Node, Way, twin, way
from tierengine.terms.outcome import Outcome

BOOK = read_once(SMALL)
SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@st.composite
def ways(draw: st.DrawFn) -> Way:
    """A made-up way of any shape without a circle, with any words."""
    kinds: st.SearchStrategy[Kind] = st.sampled_from(("record", "finding", "standard", "conclusion"))
    tiers = draw(st.integers(1, 4))
    count = draw(st.integers(0, 14))
    outcomes = st.sampled_from(Outcome)
    nodes = [
        Node(
            id=f"n{number}",
            kind="tier" if number < tiers else draw(kinds),
            name=draw(WORDS),
            mark=draw(WORDS),
            says=draw(WORDS),
            outcome=draw(outcomes),
        )
        for number in range(tiers + count)
    ]
    arrows: list[tuple[str, str]] = []
    for number in range(tiers, tiers + count):
        open_to = [at for at in range(number) if nodes[at].kind != "record"]
        arrows += [(f"n{number}", f"n{at}") for at in draw(st.sets(st.sampled_from(open_to), min_size=1, max_size=3))]
    main = draw(st.sets(st.sampled_from([node.id for node in nodes])))
    return Way(nodes=tuple(nodes), arrows=tuple(arrows), main=frozenset(main))


@given(ways())
def test_any_way_is_drawn_well(made: Way) -> None:
    """Whatever its shape and its words."""
    _well_drawn(picture(made))
    ET.fromstring(svg(made, "t"))  # noqa: S314  # our own drawing


@given(records())
def test_random_dossiers_are_drawn_well(found: list[dict[str, object]]) -> None:
    """Every box that is drawn stands in the list, and every arrow as a line below a line."""
    case = casefile(*found)
    answer = assess(case, BOOK)
    made = way(answer, law_of(case, BOOK))
    _well_drawn(picture(made))
    texts = list(_texts(twin(made)))
    for node in made.nodes:
        assert any(node.name in text for text in texts), node
    assert all(any(text == sentence for text in texts) for sentence in made.left_out)
    recommended = answer.recommendation
    assert bool(made.main) == (recommended.settled or recommended.tier is not None)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_seeds_are_drawn_well(seed: str) -> None:
    """The drawing begins with evidence, ends with the tiers and leads to the recommended one."""
    rulebook = read_once(ROOT)
    case = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    answer = assess(case, rulebook)
    made = way(answer, law_of(case, rulebook))
    _well_drawn(picture(made))
    columns = made.columns()
    assert {node.kind for node in columns[0]} == {"record"}
    assert [node.name for node in columns[-1]][:4] == ["Tier 1", "Tier 2", "Tier 2 Watch List", "Tier 3"]
    recommended = [node for node in columns[-1] if node.mark.startswith("recommended")]
    assert len(recommended) == 1
    assert recommended[0].id in made.main
    assert max(map(len, columns)) <= 8


def test_many_records_stay_readable() -> None:
    """Of many records as many are drawn as fit, and the others are named."""
    case = casefile(*(record("victims", "50", number) for number in range(40)))
    made = way(assess(case, BOOK), law_of(case, BOOK))
    drawn = [node for node in made.nodes if node.kind == "record"]
    assert len(drawn) == 7
    assert "33 records" in " ".join(made.left_out)
    assert picture(made).height < 1000


def test_settled_findings_are_kept_before_open_ones() -> None:
    """What is decided shows, also where much is open."""
    case = read_dossier(ROOT / "seeds" / "guatemala-2007" / "dossier.yaml")
    (other,) = (each for each in _ratings("invented-2011") if each.measures == "significant_efforts")
    rated = other.model_copy(update={"measures": "increasing_efforts_not_shown", "date": case.dossier.as_of})
    case = replace(case, dossier=case.dossier.model_copy(update={"records": (*case.dossier.records, rated)}))
    rulebook = read_once(ROOT)
    made = way(assess(case, rulebook), law_of(case, rulebook))
    assert made.node("WL-iii-II").outcome is Outcome.MET
    assert {f"MS{n}" for n in range(1, 5)} <= {node.id for node in made.nodes}


def _ratings(seed: str) -> Iterator[Rating]:
    records = read_dossier(ROOT / "seeds" / seed / "dossier.yaml").dossier.records
    return (each for each in records if isinstance(each, Rating))


@given(WORDS, st.integers(40, 300))
def test_rows_fit_and_lose_nothing(text: str, room: int) -> None:
    """Every row fits the room; all characters but spaces are kept, in their order."""
    found = rows(text, room, 12)
    assert all(width(row, 12) <= room for row in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    cut = rows(text, room, 12, most=1)
    assert len(cut) <= 1
    assert all(width(row, 12) <= room for row in cut)


def _well_drawn(drawn: Picture) -> None:
    for number, box in enumerate(drawn.boxes):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= drawn.width
        assert box.y + box.height <= drawn.height
        assert not [other for other in drawn.boxes[:number] if _overlap(box, other)]
        _fits(box)
    for arrow in drawn.arrows:
        (x, y), (to_x, to_y) = arrow.points[-2:]
        low, high = sorted((y, to_y))
        assert x < to_x
        for box in drawn.boxes:  # a curve stays in the rectangle of its ends, and that lies between two columns
            assert box.x >= to_x or box.x + box.width <= x or box.y > high or box.y + box.height < low
        if len(arrow.points) > 2:
            assert arrow.points[0][1] == y
            assert not [b for b in drawn.boxes if b.x < x and b.x + b.width > arrow.points[0][0] and _across(b, y)]


def _across(box: Box, y: int) -> bool:
    return box.y <= y <= box.y + box.height


def _overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def _fits(box: Box) -> None:
    before = box.y
    for row in box.rows:
        size = SIZES[row.sort]
        assert row.x > box.x
        assert row.x + width(row.text, size, bold=row.sort != "text") <= box.x + box.width
        assert row.y - size >= before - 4
        assert row.y + 4 <= box.y + box.height
        before = row.y


def _texts(branches: tuple[Branch, ...]) -> Iterator[str]:
    for branch in branches:
        yield branch.text
        yield from _texts(branch.below)
