"""References in more shapes than the collected cases hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.sources.test_telegram_headers import header_of
from tierengine.evidence.sources.telegram_references import Own, references

OWN = Own(2008, "TESSAL", 900)


def cables(*lines: str) -> list[str]:
    """The cables that some lines of a list name."""
    return [f"{r.year} {r.post} {r.number}" for r in references(list(lines), OWN).cables]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["STATE 123456"], ["2008 STATE 123456"]),
        (["(A) 2006 STATE 1; (B) 2007 STATE 2"], ["2006 STATE 1", "2007 STATE 2"]),
        (["A. (A) STATE 1", "B. (B) STATE 2"], ["2008 STATE 1", "2008 STATE 2"]),
        (["A. A. 2008 STATE 1"], ["2008 STATE 1"]),
        (["1A. STATE 1", "1B. STATE 5"], ["2008 STATE 1", "2008 STATE 5"]),
        (["IB. STATE 5"], ["2008 STATE 5"]),
        (["¶B. B. STATE 5"], ["2008 STATE 5"]),
        (["1C.", "TESSAL", "123"], ["2008 TESSAL 123"]),
        (["A. TESSAL 12", "", "B. TESSAL 13"], ["2008 TESSAL 12", "2008 TESSAL 13"]),
        (["L. TESSAL 1 C. TESSAL 2 I. TESSAL 3"], ["2008 TESSAL 1", "2008 TESSAL 2", "2008 TESSAL 3"]),
        (["TESSAL 1, TESSAL 2, AND VARONA 3"], ["2008 TESSAL 1", "2008 TESSAL 2", "2008 VARONA 3"]),
        (["TESSAL 1 AND TESSAL 2"], ["2008 TESSAL 1", "2008 TESSAL 2"]),
        (["A. TESSAL 1908 AND 1402"], ["2007 TESSAL 1908", "2007 TESSAL 1402"]),
        (["A. TESSAL 901"], ["2007 TESSAL 901"]),
        (["A. TESSAL 899 (NOTAL)", "B. STATE 7 (NOTAL)"], ["2008 TESSAL 899", "2008 STATE 7"]),
        (["A. DAR ES SALAAM 5 B. PORT-AU-PRINCE 6"], ["2008 DAR ES SALAAM 5", "2008 PORT-AU-PRINCE 6"]),
        (["A. SECSTATE 00054183"], ["2008 STATE 54183"]),
        (["A. '07 STATE 5"], ["2007 STATE 5"]),
        (["A. 99 STATE 5"], ["1999 STATE 5"]),
        (["A. 07STATE12345"], ["2007 STATE 12345"]),
        (["A. STATE 1; B. STATE 1"], ["2008 STATE 1"]),
        (["NONE"], []),
        (["N/A"], []),
    ],
)
def test_cables_are_read(lines: list[str], expected: list[str]) -> None:
    """Letters in every form, pilcrows before them, years, names of several words, numbers with zeros."""
    assert cables(*lines) == expected


@pytest.mark.parametrize(
    "item",
    [
        "DOE-ROE EMAIL 05/11/08",
        "E-MAIL OF MAY 11",
        "ROE TELCON 5/11",
        "DOD REPORT DTG 251847Z MAR 08",
        "OSC EUP20080707950031",
        "IIR 6 832 0617 08",
        "TESSAL POINTS JULY 15",
        "LETTER OF JULY 15, 2008",
        "TESSAL TIMES, 3 MARCH 2008",
        "UNSC RESOLUTION OF 3 MARCH",
    ],
)
def test_what_is_no_cable_is_kept_as_text(item: str) -> None:
    """An e-mail, a call, a report, a newspaper: as it stands, and no cable is made of it."""
    read = references([f"A. STATE 1 B. {item} C. TESSAL 2"], OWN)
    assert [r.post for r in read.cables] == ["STATE", "TESSAL"]
    assert read.others == (item,)


@given(st.text(alphabet="AB. ()1279,;/-STATE\n", max_size=120))
def test_any_list_is_read(text: str) -> None:
    """Whatever stands there, no reference is listed twice, and none without a post and a number."""
    read = references(text.split("\n"), OWN)
    keys = [(r.year, r.post, r.number) for r in read.cables]
    assert len(set(keys)) == len(keys)
    assert all(r.post.strip() for r in read.cables)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("TAGS: KCRM; PHUM; XX\nSUBJECT: X", ("KCRM", "PHUM", "XX")),
        ("TAGS: KCRM PHUM,\n\nXX\nSUBJECT: X", ("KCRM", "PHUM", "XX")),
        ("TAGS: [KCRM](#) [PHUM](#)\nSUBJECT: X", ("KCRM", "PHUM")),
        ("TAG: KCRM\nSUBJ: X", ("KCRM",)),
        ("TAGS: OVIP (DOE,\nJANE), PGOV\nSUBJECT: X", ("OVIP (DOE, JANE)", "PGOV")),
        ("E.O. 12958: N/A\nTAGS: KCRM, PHUM\nTESSAL 00000402  001.2 OF 003\nXX\nSUBJECT: X", ("KCRM", "PHUM", "XX")),
    ],
)
def test_tags_in_more_shapes(text: str, tags: tuple[str, ...]) -> None:
    """Semicolons, blank and page lines among them, names that wrap."""
    header = header_of(text)
    assert (header.tags, header.subject) == (tags, "X")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("SUBJECT: ONE\n- TWO\n\nREF: STATE 1", "ONE - TWO"),
        ("SUBJECT: ONE\n=====\nTEXT", "ONE"),
        ("SUBJ: ONE\nREF: STATE 1", "ONE"),
        (
            "Subject: The report of the ministry\non its shelters\nRef: a. state 1",
            "The report of the ministry on its shelters",
        ),
        ("SUBJECT: TIP: ONE\n\nSUBJECT: TIP: ONE AND TWO\n", "TIP: ONE AND TWO"),
        ("SUBJECT: ONE\n11. (SBU) Summary. Two.", "ONE"),
        ("SUBJECT: ONE\nPlease handle this message with the care that it needs.", "ONE"),
    ],
)
def test_subjects_in_more_shapes(text: str, subject: str) -> None:
    """It ends at a rule, a paragraph, a sentence, the next key; and is taken whole where the header stands twice."""
    assert header_of(text).subject == subject
