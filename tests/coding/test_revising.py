"""Records written into a dossier, changed in it and taken out: nothing else of the file is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tierengine import yamlfile
from tierengine.coding.accepting import Marks
from tierengine.coding.revising import rating_id, with_record, without_record, written_as
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import ProposedRecord
from tierengine.evidence.records import Evidence
from tierengine.yamlfile import Document

SEEDS = sorted((ROOT / "seeds").glob("*/dossier.yaml"))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60)
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


def _document(raw: bytes) -> Document:
    document = yamlfile.load(raw, "dossier.yaml", [])
    assert document is not None
    return document


def _record(name: str, quote: str, note: str) -> Evidence:
    values = {"id": name, "kind": "law", "measures": "trafficking_criminalised", "value": "true", "undated": "as it is"}
    actor = {"is": "government", "name": note}
    marks = {"reliability": "B", "credibility": "2"}
    return Evidence.model_validate({**values, **marks, "actor": actor, "at": "X ¶1", "quote": quote, "note": note})


@given(seed=st.sampled_from(SEEDS), quote=TEXTS, note=TEXTS, other=TEXTS)
def test_what_is_added_and_taken_out_leaves_no_trace(seed: Path, quote: str, note: str, other: str) -> None:
    """Adding a record, changing it and taking it out gives the very bytes from before; each step is read as meant."""
    before = seed.read_bytes()
    added = with_record(_document(before), _record("brand-new", quote, note))
    document = _document(added)
    last = document.values["records"][-1]
    assert (last["id"], last["quote"], last["note"]) == ("brand-new", quote, note)
    assert added.startswith(before[: before.index(b"records:")])
    changed = with_record(document, _record("brand-new", quote, other))
    assert _document(changed).values["records"][-1]["note"] == other
    assert without_record(_document(changed), "brand-new") == before


def test_a_rating_keeps_its_id() -> None:
    """The rating that is given is written over, and a word that nobody rated gets an id of its own."""
    document = _document((ROOT / "seeds" / "invented-2011" / "dossier.yaml").read_bytes())
    assert rating_id(document, "significant_efforts") == "efforts"
    assert rating_id(document, "serious_and_sustained_efforts") == "rating-serious-and-sustained-efforts"


def test_each_mistake_is_named_by_its_key() -> None:
    """What a person wrote is held against the model of the dossier, and every problem names the field it is about."""
    with pytest.raises(EvidenceError) as refused:
        written_as({"reliability": "Z", "credibility": "9"}, Marks)
    assert [each.where for each in refused.value.problems] == ["reliability", "credibility"]
    values = {"kind": "law", "measures": "x", "value": "true", "date": "soon", "because": "a long reason " * 20}
    with pytest.raises(EvidenceError) as refused:
        written_as({**values, "actor": {"is": "nobody", "name": "x"}}, ProposedRecord)
    assert {each.where for each in refused.value.problems} == {"date", "actor"}
