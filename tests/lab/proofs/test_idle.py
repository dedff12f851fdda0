"""Parts of conditions that make no difference, compared with trying every case there is."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import SMALL
from tierengine.engines.solver import PATIENCE, Limit
from tierengine.errors import UndecidedError
from tierengine.lab.proofs.idle import idle
from tierengine.law.reader import Draft, read_draft

Written = dict[str, Any]
Case = dict[str, int | str]

CASES: list[Case] = [
    {"victims": victims, "forbidden": forbidden, "shelter": shelter}
    for victims, forbidden, shelter in product(range(7), ("true", "false"), ("true", "false"))
]
"""Every case that the conditions below can tell apart."""


def _singles() -> st.SearchStrategy[Written]:
    bounds = ("at_least", st.integers(1, 5)), ("at_most", st.integers(0, 5))  # a count of at least 0 is refused
    counts = st.sampled_from(bounds).flatmap(lambda bound: st.tuples(st.just(bound[0]), bound[1]))
    truths = st.tuples(st.sampled_from(("forbidden", "shelter")), st.sampled_from(("true", "false")))
    return st.one_of(
        counts.map(lambda each: {"indicator": "victims", each[0]: str(each[1])}),
        truths.map(lambda each: {"indicator": each[0], "is": each[1]}),
    )


def _some(parts: list[Written]) -> st.SearchStrategy[Written]:
    return st.integers(1, len(parts)).map(lambda number: {"some": {"at_least": str(number), "of": parts}})


def _conditions() -> st.SearchStrategy[Written]:
    some = st.lists(_singles(), min_size=2, max_size=3).flatmap(_some)
    return st.recursive(
        st.one_of(_singles(), some),
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(("all", "any")), st.lists(inner, min_size=1, max_size=3)).map(
                lambda each: {each[0]: each[1]}
            ),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=5,
    )


def _holds(when: Written, case: Case) -> bool:
    if "not" in when:
        return not _holds(when["not"], case)
    if "some" in when:
        return sum(_holds(part, case) for part in when["some"]["of"]) >= int(when["some"]["at_least"])
    if "all" in when or "any" in when:
        held = [_holds(part, case) for part in when.get("all") or when["any"]]
        return all(held) if "all" in when else any(held)
    answer = case[when["indicator"]]
    if "is" in when:
        return bool(answer == when["is"])
    return int(answer) >= int(when["at_least"]) if "at_least" in when else int(answer) <= int(when["at_most"])


def _by_hand(when: Written, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with each part, from every case, and where it stands."""
    if "not" in when:
        yield from _by_hand(when["not"], (*path, "not"))
        return
    word = next((word for word in ("all", "any", "some") if word in when), "")
    parts, under = (when["some"]["of"], ("some", "of")) if word == "some" else (when.get(word, ()), (word,))
    for number, part in enumerate(parts):
        place = (*path, *under, number)
        others = [other for at, other in enumerate(parts) if at != number]
        saying = [case for case in CASES if _holds(part, case) == (word != "all")]
        if not saying:
            yield place, "this part never fails" if word == "all" else "this part never holds"
        elif not any(_decides(word, when, others, case) for case in saying):
            yield place, _SHADOWED[word]
        yield from _by_hand(part, place)


_SHADOWED = {
    "all": "this part is always implied by its siblings",
    "any": "this part is always covered by its siblings",
    "some": "this part never decides whether enough hold",
}


def _decides(word: str, when: Written, others: list[Written], case: Case) -> bool:
    held = sum(_holds(other, case) for other in others)
    needed = {"all": len(others), "any": 0, "some": int(when["some"]["at_least"]) - 1 if word == "some" else 0}
    return held == needed[word]


def _asked(when: Written) -> Written:
    """The condition beside one that asks for the number of victims, which some rule must."""
    return {"any": [when, {"indicator": "victims", "at_least": "6"}]}


def _draft(when: Written) -> Draft:
    """The small rulebook with another condition for its scope."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for room in ("criteria", "rules"):
            shutil.copytree(SMALL / room, folder / room)
        path = folder / "criteria" / "SCOPE" / "2000-10-28.yaml"
        text = path.read_text(encoding="utf-8")
        old = "when: {indicator: victims, at_least: 100}"
        assert old in text
        path.write_text(text.replace(old, f"when: {json.dumps(_asked(when))}"), encoding="utf-8")
        return read_draft(folder)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(when=_conditions())
def test_what_is_reported_is_what_every_case_shows(when: Written) -> None:
    """Each dead and each shadowed part is reported at its place, and nothing else is."""
    draft = _draft(when)
    item = next(item for item in draft.placed if item.entry.id == "SCOPE")
    expected = {(item.document.where(*path), what) for path, what in _by_hand(_asked(when), ("rules", 0, "when"))}
    found = {(problem.where, problem.what) for problem in idle(draft, PATIENCE)}
    assert {each for each in found if each[0].startswith("criteria/SCOPE") and "this part" in each[1]} == expected


def test_a_solver_that_gives_up_finds_nothing() -> None:
    """What was not decided is no finding, and no clean bill either."""
    with pytest.raises(UndecidedError, match="within 1 steps"):
        list(idle(read_draft(SMALL), Limit(steps=1)))
