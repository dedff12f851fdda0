"""A family of equally good sets is shown as a choice where it is one, and only there."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tierengine.reports.alternatives import factored, in_two

NAMES = st.sampled_from("abcdefgh")
GROUPS = st.lists(st.lists(NAMES, min_size=1, max_size=4, unique=True), min_size=1, max_size=3).filter(
    lambda groups: len({name for group in groups for name in group}) == sum(map(len, groups))
)
FAMILIES = st.lists(st.lists(NAMES, min_size=1, max_size=3, unique=True), min_size=1, max_size=12)

Family = frozenset[frozenset[str]]


def _choices(groups: tuple[tuple[str, ...], ...] | list[list[str]]) -> Family:
    return frozenset(frozenset(chosen) for chosen in product(*groups))


@given(GROUPS, st.randoms(use_true_random=False))
def test_every_choice_is_found_again(groups: list[list[str]], chance: st.DataObject) -> None:
    """Whatever the order of the sets and of their members."""
    sets = [list(chosen) for chosen in product(*groups)]
    for each in sets:
        chance.shuffle(each)  # type: ignore[attr-defined]  # a random source
    chance.shuffle(sets)  # type: ignore[attr-defined]  # a random source
    found = factored(sets)
    assert found is not None
    assert {frozenset(group) for group in found} == {frozenset(group) for group in groups}


@given(FAMILIES)
def test_what_is_shown_as_a_choice_is_that_choice(sets: list[list[str]]) -> None:
    """Exactly the sets of the family are chosen; and a family that no grouping gives is not shown as one."""
    found, family = factored(sets), frozenset(map(frozenset, sets))
    if found is not None:
        assert _choices(found) == family
    else:
        names = sorted({name for each in family for name in each})
        assert not any(_choices(groups) == family for groups in _partitions(names, max(map(len, family))))


def _partitions(names: list[str], most: int) -> list[list[list[str]]]:
    """Every way of putting names into groups, of which there are at most so many."""
    if not names:
        return [[]]
    first, *rest = names
    found = []
    for groups in _partitions(rest, most):
        found += [[*groups[:at], [first, *groups[at]], *groups[at + 1 :]] for at in range(len(groups))]
        found += [[[first], *groups]] if len(groups) < most else []
    return found


def test_nothing_is_no_choice() -> None:
    """No sets, and sets that leave one way out."""
    assert factored([]) is None
    assert factored([["a", "c"], ["a", "d"], ["b", "c"]]) is None
    assert factored([["a"], ["b", "c"]]) is None


@given(FAMILIES)
def test_two_choices_give_the_family_and_share_no_set(sets: list[list[str]]) -> None:
    """What is shown as one choice or two is the family; where it is not shown so, no one member parts it so."""
    found, family = in_two(sets), frozenset(map(frozenset, sets))
    names = {name for each in family for name in each}
    if found is not None:
        assert frozenset().union(*map(_choices, found)) == family
        assert sum(len(_choices(groups)) for groups in found) == len(family)
    else:
        for name in names:
            inside = [sorted(each) for each in family if name in each]
            outside = [sorted(each) for each in family if name not in each]
            assert factored(inside) is None or factored(outside) is None


def test_the_first_has_a_member_that_the_second_does_without() -> None:
    """As where a rating stands for another."""
    sets = [["a", "x"], ["a", "y"], ["b", "x"]]
    assert in_two(sets) == ((("a",), ("x", "y")), (("b",), ("x",)))
    assert in_two([["a"]]) == ((("a",),),)
    assert in_two([]) is None
