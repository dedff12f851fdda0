"""The door by which YAML enters."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tierengine import yamlfile
from tierengine.errors import Problem, UsageError

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=8)
KEYS = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
VALUES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_what_is_written_is_read(values: dict[str, object], flow: bool) -> None:
    """Every text, list and mapping comes back as it was written, in either style."""
    problems: list[Problem] = []
    raw = yaml.safe_dump(values, allow_unicode=True, default_flow_style=flow, default_style='"').encode()
    document = yamlfile.load(raw, "a.yaml", problems)
    assert not problems
    assert document is not None
    assert _plain(document.values) == values


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_is_read_or_refused(raw: bytes) -> None:
    """Whatever the bytes, there is a document or a problem with a place and a cure, never another error."""
    problems: list[Problem] = []
    document = yamlfile.load(raw, "a.yaml", problems)
    assert (document is None) <= bool(problems)
    for problem in problems:
        assert problem.where.startswith("a.yaml:")
        assert problem.cure


def test_plain_words_stay_text() -> None:
    """`NO` is Norway, `1e3` is a name and `2007-11-09` is eight digits until a model says otherwise."""
    document = yamlfile.load(b"[NO, yes, 1e3, 2007-11-09, ~, 0x10]", "a.yaml", [])
    assert document is not None
    assert document.values == ("NO", "yes", "1e3", "2007-11-09", "~", "0x10")


@pytest.mark.parametrize("placed", [False, True], ids=["looked for again", "noted on the way"])
def test_places_are_those_of_the_file(placed: bool) -> None:
    """A value's place is the line and column of its key; one that is not there has the place around it."""
    document = yamlfile.load(b"a:\n  - b: 1\n    c: 2\n", "a.yaml", [], placed=placed)
    assert document is not None
    assert document.where("a", 0, "c") == "a.yaml:3:5"
    assert document.where("a", 0, "d") == "a.yaml:2:5"
    assert document.where("z") == "a.yaml:1:1"


def test_a_bomb_is_refused_before_it_grows() -> None:
    """Five levels of nine aliases are refused at the first anchor, and nothing behind it is looked at."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 6)]
    problems: list[Problem] = []
    assert yamlfile.load("\n".join(lines).encode(), "a.yaml", problems) is None
    assert [(each.where, each.what) for each in problems] == [("a.yaml:1:5", "an anchor (`&a0`) is not allowed")]


def test_too_large_a_file_is_not_parsed() -> None:
    """A file over the limit is refused by its size alone."""
    problems: list[Problem] = []
    assert yamlfile.load(b"a: " + b"x" * yamlfile.LARGEST, "a.yaml", problems) is None
    assert "larger than" in problems[0].what


def test_no_other_reader_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's own reader refuses what libyaml reads, so a PyYAML without libyaml is refused with the cure."""
    text = "{asks: Is it so?, of: [a]}"
    with pytest.raises(yaml.YAMLError):
        yaml.load(text, Loader=yaml.SafeLoader)
    assert yamlfile.load(text.encode(), "a.yaml", []) is not None
    monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(UsageError, match="built without libyaml"):
        yamlfile.load(text.encode(), "a.yaml", [])
