"""Lists of a dossier are changed in its own file, and the rest of the file stays byte for byte."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import GUATEMALA, ROOT
from tierengine import yamlfile
from tierengine.errors import EvidenceError
from tierengine.evidence.edits import edited
from tierengine.evidence.written import item_lines
from tierengine.yamlfile import Document

SEEDS = [
    GUATEMALA,
    ROOT / "seeds" / "invented-2013" / "dossier.yaml",
    ROOT / "seeds" / "invented-2019" / "dossier.yaml",
]
LAYOUTS = {
    "braces": """# head
id: x
records:
# of both
- {id: a, note: one}  # first
- {id: b, note: two}
# end
silences: []
""",
    "windows": """id: x
records:
  - id: a
    note: one # why
  - id: b
    note: >-
      two
      # no comment

# after
last: z""".replace("\n", "\r\n"),
    "parts": """records:
  -   id: a
      actor:
        is: post
        # who
        name: x
      note: |+
        kept

  - note: first
    id: b
""",
    "one line": "id: x\nrecords: [{id: a, note: one}, {id: b}]\nother: y\n",
    "quoted": """"records" :
  - id: 'a'  # an id
    note: "one \\u00e9"
    when: {first: 2014-01-01, last: 2014-02-01}
  - id: b
""",
}
TEXTS = st.one_of(
    st.sampled_from(
        ("true", "2", "2014-06-20", "- a", "a: b", "#x", "it's", "?", "=1+1", "@x", "{", "x" * 200, "a\nb", "~")
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    st.lists(st.text("abc#:-'\"", min_size=1, max_size=9), min_size=20, max_size=40).map(" ".join),
)


def _document(raw: bytes) -> Document:
    problems: list[Any] = []
    document = yamlfile.load(raw, "dossier.yaml", problems)
    assert document is not None
    assert not problems
    return document


@st.composite
def changes(draw: st.DrawFn, items: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    """Some items with keys changed, added and taken out, some gone, some new, in any order."""
    found = []
    for item in items:
        what = draw(st.sampled_from(("keep", "keep", "change", "remove")))
        if what == "keep":
            found.append(item)
        elif what == "change":
            keys = draw(st.lists(st.sampled_from([*item, "note", "more"]), max_size=3, unique=True))
            now = {key: draw(TEXTS) if key in keys and key != "id" else value for key, value in item.items()}
            now |= {key: draw(TEXTS) for key in keys if key not in item}
            gone = draw(st.sets(st.sampled_from([*item]), max_size=2)) - {"id"}
            found.append({key: value for key, value in now.items() if key not in gone})
    for number in range(draw(st.integers(0, 2))):
        period = {"first": "2014-01-01", "last": draw(TEXTS)}
        found.append({"id": f"new-{number}", "quote": draw(TEXTS), "period": period, "rests_on": ("a", "b")})
    return tuple(draw(st.permutations(found)))


@settings(max_examples=150)
@given(data=st.data())
def test_what_is_meant_is_written_and_nothing_else(data: st.DataObject) -> None:
    """The changed file says what was meant; no line of an unchanged item, and none between them, is touched."""
    raw = data.draw(st.sampled_from([*(path.read_bytes() for path in SEEDS), *map(str.encode, LAYOUTS.values())]))
    raw = (b"\xef\xbb\xbf" if data.draw(st.booleans()) else b"") + raw
    document = _document(raw)
    wanted = {"records": data.draw(changes(document.values["records"]))}
    if data.draw(st.booleans()):
        wanted["silences"] = data.draw(changes(document.values.get("silences", ())))
    again = edited(document, wanted)
    now = _document(again).values
    for section, items in wanted.items():
        assert sorted(now.get(section, ()), key=repr) == sorted(items, key=repr)
    assert {k: v for k, v in now.items() if k not in wanted} == {
        k: v for k, v in document.values.items() if k not in wanted
    }
    kept = [i["id"] for i in document.values["records"] if i["id"] in {each["id"] for each in wanted["records"]}]
    assert [item["id"] for item in now["records"]][: len(kept)] == kept
    lines = again.decode("utf-8-sig").splitlines()
    comments = [line for line in raw.decode("utf-8-sig").splitlines() if line.startswith("#")]
    assert not kept or [line for line in lines if line.startswith("#")] == comments


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_change_to_nothing_changes_nothing(layout: str) -> None:
    """The same items in another order are the same bytes."""
    document = _document(LAYOUTS[layout].encode())
    assert edited(document, {"records": document.values["records"][::-1], "silences": ()}) == document.raw


def _changed_lines(before: bytes, after: bytes) -> list[str]:
    lines = difflib.unified_diff(before.decode().splitlines(), after.decode().splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_only_the_changed_lines_differ() -> None:
    """A value, a key more, a key less, a record less and a record more, each in its own lines; comments stay."""
    document = _document(GUATEMALA.read_bytes())
    first, second, *others = document.values["records"]
    changed = {k: v for k, v in first.items() if k != "note"} | {"value": "false", "unit": "a word"}
    new = {"id": "new", "kind": "law", "period": {"first": "2007-05-01", "last": "2007-05-02"}}
    lines = _changed_lines(document.raw, edited(document, {"records": (new, changed, *others)}))
    assert [line for line in lines if line.startswith("+")] == [
        "+    value: false",
        "+    unit: a word",
        "+  - id: new",
        "+    kind: law",
        "+    period: {first: 2007-05-01, last: 2007-05-02}",
    ]
    assert "-    value: true" in lines
    assert "-    note: >-" in lines
    assert sum(line.startswith("-") for line in lines) == 1 + 2 + len(list(item_lines(second, "  ")))


def test_a_comment_beside_a_value_stays() -> None:
    """It stays on its line also where the new value takes several."""
    raw = b"records:\n  - id: a\n    note: one  # why\n"
    assert edited(_document(raw), {"records": ({"id": "a", "note": "two"},)}) == raw.replace(b"one", b"two")
    long = "word " * 40 + "end"
    folded = edited(_document(raw), {"records": ({"id": "a", "note": long},)}).decode()
    assert folded.splitlines()[2] == "    note: >-  # why"
    assert _document(folded.encode()).values["records"][0]["note"] == long


def test_a_comment_beside_an_item_in_braces_stays() -> None:
    """The item is written anew on several lines, the last of them folded; the comment goes to its first line."""
    document = _document(LAYOUTS["braces"].encode())
    long = ": word " * 30 + "end"
    first, second = document.values["records"]
    again = edited(document, {"records": (first | {"note": long}, second)}).decode()
    assert "\n- id: a  # first\n  note: >-\n    : word" in again
    assert _document(again.encode()).values["records"] == (first | {"note": long}, second)


def test_a_layout_that_cannot_be_changed_with_care_is_refused() -> None:
    """A whole dossier in braces is valid YAML, and no new list can be added to it line by line."""
    document = _document(b"{id: x, records: [{id: a}]}\n")
    with pytest.raises(EvidenceError, match="each key on its own line"):
        edited(document, {"records": ({"id": "a"},), "silences": ({"id": "s"},)})
