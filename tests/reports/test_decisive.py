"""The way from the tier to its records and hinges: short, each part once, and the whole tree stays whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console
from rich.tree import Tree

from tests.conftest import Ran
from tests.reports.answers import SEEDS, answered, dossier, filled
from tierengine.reports.answer import walk
from tierengine.reports.tree import decisive_tree, everything, tree_of

MOST = 30


def _printed(tree: Tree, width: int) -> list[str]:
    written = StringIO()
    Console(file=written, width=width, highlight=False, color_system=None).print(tree)
    return written.getvalue().splitlines()


@pytest.mark.parametrize("width", [100, 110])
@pytest.mark.parametrize("seed", SEEDS)
def test_it_takes_thirty_lines(seed: str, width: int) -> None:
    """At most, at both widths."""
    answer, law, _ = answered(seed)
    for each in (answer, filled(seed, "provisional"), filled(seed, "provisional", 9, 9)):
        assert len(_printed(decisive_tree(each, law, width), width)) <= MOST


@pytest.mark.parametrize("seed", SEEDS)
def test_the_command_prints_it(seed: str, tierengine: Callable[..., Ran]) -> None:
    """From outside: the recommendation, then what it hangs on, then the tiers, of which the recommended is first."""
    ran = tierengine("explain", dossier(seed), "--decisive")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert len(lines) <= MOST
    assert lines[0].startswith("Tier ")
    branches = [line[4:] for line in lines if line.startswith(("\u251c", "\u2514"))]
    tiers = [line for line in branches if line.startswith("Tier ")]
    assert tiers == branches[-len(tiers) :]
    assert [": recommended" in line for line in tiers] == [True, *(False for _ in tiers[1:])]
    assert any(line.startswith("It hangs on ") for line in branches)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_part_is_shown_once(seed: str) -> None:
    """Each finding, conclusion and record has one place; elsewhere only its code stands, as shown before."""
    answer, law, _ = answered(seed)
    labels = [str(node.label) for node in _nodes(decisive_tree(answer, law, 110))]
    parts = Counter(label.partition("]")[0] for label in labels if "[" in label)
    assert not [label for label, times in parts.items() if times > 1]


def _nodes(tree: Tree) -> list[Tree]:
    return [each for child in tree.children for each in (child, *_nodes(child))]


def test_hinges_stand_first() -> None:
    """With the tier each way, and what else the rules propose."""
    answer = filled("guatemala-2007", "provisional", proposals=3, hinges=2)
    lines = _printed(decisive_tree(answer, answered("guatemala-2007")[1], 140), 140)
    assert lines[0].startswith("Tier 2 Watch List, provisional: ")
    assert (
        "It hangs on a rating of \u201cSerious and sustained efforts\u201d: if not met or partly met: Tier 3; "
        in lines[1]
    )
    assert "It rests on a proposal for \u201cSerious and sustained efforts\u201d, met: " in lines[3]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_tree_stays_whole(seed: str) -> None:
    """Every finding of the trace is shown, and every record with its words, each part once."""
    answer, _, _ = answered(seed)
    text = "".join("".join(str(node.label).split()) for node in _nodes(tree_of(answer.trace, everything)))
    for step in walk(answer.trace):
        for passage in step.evidence:
            assert "".join((passage.quote or passage.note or "").split()) in text
        entry, _, part = step.id.partition("/")
        if step.children and not part.endswith(("proposed", "presumed")) and step.id != "recommendation":
            assert f"[{entry}]" in text
