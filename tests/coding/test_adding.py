"""Sources added to a dossier that stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tierengine.coding.adding import with_sources
from tierengine.coding.proposing import Setting
from tierengine.coding.reader import Reader
from tierengine.errors import ClassifiedError, EvidenceError
from tierengine.evidence.dossier import Casefile, dossier_of, read_dossier
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.assess import law_of

PATH = ROOT / "seeds" / "invented-2011" / "dossier.yaml"
TEXT = b"The police investigated 12 trafficking cases in 2010. The courts convicted three traffickers."


@pytest.fixture(scope="module")
def before() -> Casefile:
    """The dossier to which sources are added."""
    return read_dossier(PATH)


@pytest.fixture(scope="module")
def setting(before: Casefile, rulebook: Rulebook) -> Setting:
    """What is known before a sentence is read."""
    law = law_of(before, rulebook)
    return Setting(Reader(rulebook, law), law, before.dossier.period, "Government of Varonia", covers_period=False)


def _added(before: Casefile, setting: Setting, *sources: tuple[str, bytes]) -> tuple[bytes, Casefile]:
    """The bytes of the dossier with some sources, and what is read of them."""
    raw = with_sources(before.document, before, sources, setting).raw
    return raw, dossier_of(raw, "dossier.yaml", {**before.files, **dict(sources)})


def test_what_stands_stays_and_the_rest_is_proposed(before: Casefile, setting: Setting) -> None:
    """Records, comments and answers stay byte for byte; each new sentence is proposed from under a free number."""
    raw, after = _added(before, setting, ("second.txt", TEXT))
    lines = raw.decode().splitlines()
    assert [line for line in before.document.text.splitlines() if line not in lines] == []
    assert after.dossier.records == before.dossier.records
    assert [each.id for each in after.dossier.sources] == ["11VARONA41", "second"]
    assert {each.at.partition(" ")[0] for each in after.dossier.proposed} == {"second"}
    assert {record.measures for each in after.dossier.proposed for record in each.records} >= {
        "trafficking_investigations",
        "trafficking_convictions",
    }
    _, again = _added(after, setting, ("third.txt", TEXT + b" It was so."))
    names = [each.id for each in again.dossier.proposed]
    assert len(names) == len(set(names))
    assert again.dossier.proposed[: len(after.dossier.proposed)] == after.dossier.proposed


def test_a_silence_is_proposed_only_on_what_nothing_answers(before: Casefile, setting: Setting) -> None:
    """A source that reports on the period is not called silent on what another source says."""
    covering = Setting(setting.reader, setting.law, setting.period, setting.government, covers_period=True)
    _, after = _added(before, covering, ("second.txt", TEXT))
    silent = {each.records[0].measures for each in after.dossier.proposed if not each.quote}
    answered = {each.measures for each in before.dossier.records} | {each.indicator for each in before.dossier.silences}
    assert not silent & answered


def test_what_cannot_be_added_is_refused(before: Casefile, setting: Setting) -> None:
    """The same file again, a cable of the same name, what is marked classified, and no file at all."""
    cable = before.files["cable.txt"]
    for sources, message in (
        ([("again.txt", cable)], "same as 11VARONA41"),
        ([("again.txt", cable.rstrip() + b" ")], "calls itself 11VARONA41"),
        ([("a.txt", TEXT), ("b.txt", TEXT)], "same as a.txt"),
        ([], "no source was chosen"),
    ):
        with pytest.raises(EvidenceError, match=re.escape(message)):
            with_sources(before.document, before, sources, setting)
    secret = b"S E C R E T VARONA 000002\n\nSUBJECT: TIP\n\n1. (S) It is so.\n"
    with pytest.raises(ClassifiedError):
        with_sources(before.document, before, [("secret.txt", secret)], setting)


@settings(max_examples=20)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1), max_size=4))
def test_any_text_is_added_or_refused(before: Casefile, setting: Setting, texts: list[str]) -> None:
    """Whatever a text says, the dossier with it can be read, and holds what it held; or it is refused with a reason."""
    sources = [(f"source-{number}.txt", text.encode()) for number, text in enumerate(texts)]
    try:
        _, after = _added(before, setting, *sources)
    except EvidenceError:
        return
    assert after.dossier.records == before.dossier.records
    assert len(after.dossier.sources) == 1 + len(sources)
