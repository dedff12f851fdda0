"""Headers in the shapes that copies show, and more of their kind."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tierengine.evidence.sources.telegram import read_telegram
from tierengine.evidence.sources.telegram_header import Header, read_header

CASES = yaml.safe_load((ROOT / "tests" / "data" / "telegram_headers.yaml").read_text(encoding="utf-8"))
SENT = "R 011200Z JUN 08\nFM AMEMBASSY TESSAL\nTO SECSTATE WASHDC 0001\n\nUNCLAS TESSAL 009000\n\nSIPDIS\n\n"


def fields_of(header: Header) -> dict[str, Any]:
    """What a header says, in the words of the cases."""
    found = {
        "tags": list(header.tags),
        "subject": header.subject,
        "references": [f"{(r.year or 0) % 100:02d} {r.post} {r.number}" for r in header.references],
        "others": list(header.others),
    }
    return {key: value for key, value in found.items() if value}


def header_of(text: str) -> Header:
    """Read some lines of a header below the lines that every cable has."""
    return read_header((SENT + text).splitlines())


@pytest.mark.parametrize("case", CASES, ids=[case["kind"] for case in CASES])
def test_a_header_in_every_shape(case: dict[str, Any]) -> None:
    """Tags, subject, references and other messages, and nothing more."""
    assert fields_of(header_of(case["text"])) == case["expect"]


@pytest.mark.parametrize("case", CASES, ids=[case["kind"] for case in CASES])
def test_a_whole_cable_with_such_a_header(case: dict[str, Any]) -> None:
    """The same is read above paragraphs, and nothing of the header becomes part of them."""
    text = case["text"] if "\n1." in case["text"] else case["text"] + "\n\n1. (U) One shelter.\n"
    telegram = read_telegram((SENT + text + "\n2. Two.\n").encode(), "cable.txt")
    assert fields_of(telegram.header) == case["expect"]
    assert [paragraph.number for paragraph in telegram.paragraphs if paragraph.number] == [1, 2]
    assert telegram.id == "08TESSAL9000"
