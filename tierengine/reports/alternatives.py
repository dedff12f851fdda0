"""A family of sets that are all equally good, put shorter: as a choice of one from each of several groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import prod

Groups = tuple[tuple[str, ...], ...]


def factored(sets: Sequence[Sequence[str]]) -> Groups | None:
    """Return groups such that the sets are all the ways of taking one member of each group, and nothing else is.

    Return nothing where the family is no such product. Groups and their members stand in the order in which the sets
    first name them.

    Two members of one group never stand in a set together, and two of different groups do so somewhere. So the groups
    can only be the classes of members that never meet; the family is their product if each set takes one of each class
    and there are as many sets as there are ways to take one of each.
    """
    family = {frozenset(each) for each in sets}
    members = list(dict.fromkeys(name for each in sets for name in each))
    if not family or not all(members):
        return None
    together = {frozenset(pair) for each in family for pair in combinations(each, 2)}
    groups: list[list[str]] = []
    for name in members:
        at_home = [group for group in groups if all(frozenset((name, other)) not in together for other in group)]
        if at_home:
            at_home[0].append(name)
        else:
            groups.append([name])
    whole = prod(len(group) for group in groups) == len(family)
    if whole and all(_takes_one(each, groups) for each in family):
        return tuple(tuple(group) for group in groups)
    return None


def in_two(sets: Sequence[Sequence[str]]) -> tuple[Groups, ...] | None:
    """Return one choice that gives all sets, or two: the first with a member that the second does without.

    Return nothing where no one member parts the family in two such choices.
    """
    whole = factored(sets)
    if whole is not None:
        return (whole,)
    for name in dict.fromkeys(name for each in sets for name in each):
        parts = [factored([each for each in sets if (name in each) is inside]) for inside in (True, False)]
        if None not in parts:
            return tuple(part for part in parts if part is not None)
    return None


def _takes_one(chosen: frozenset[str], groups: Iterable[Sequence[str]]) -> bool:
    """Whether a set has one member of each group; as its members are all in some group, it then has no other."""
    return all(len(chosen.intersection(group)) == 1 for group in groups)
