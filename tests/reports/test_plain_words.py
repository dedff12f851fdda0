"""What is printed can be read by somebody who does not program: no word of the machine's own is left in it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.conftest import Ran
from tests.reports.answers import SEEDS, dossier, filled
from tierengine.reports.answer import Coded
from tierengine.reports.markdown import markdown
from tierengine.reports.report import brief
from tierengine.reports.text import report_text

FORBIDDEN = (
    r"asked here",
    r"It rests on [A-Z]",
    r"Between \w+( met)? and",
    r"Itself open",
    r"completion",
    r"[Nn]ot judged",
    r"judged it",
    r"\bundetermined\b",
    r"met/proposed|/presumed",
    r"\b(True|False)\b|: None\b",
    r"says an? \w+ desk officer",
)
"""Phrases that only their writer understood."""

COMMANDS = (
    ("assess",),
    ("assess", "--full"),
    ("assess", "--format", "markdown"),
    ("explain",),
    ("explain", "--decisive"),
    ("explain", "--open"),
    ("explain", "--why-not", "2"),
    ("interim",),
    ("check",),
    ("path", "--to", "2"),
    ("reasons",),
    ("reasons", "--why-not", "1"),
    ("report",),
)


def _found(text: str) -> list[str]:
    """The forbidden phrases in a text; what a source or a person wrote is theirs."""
    own = re.sub(r"\u201c[^\u201d]*\u201d|Note: .*", "", " ".join(text.split()))
    return [match[0] for phrase in FORBIDDEN for match in re.finditer(phrase, own)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_verbs_speak_plainly(seed: str, words: tuple[str, ...], tierengine: Callable[..., Ran]) -> None:
    """Of every verb on every seed, problems included."""
    ran = tierengine(words[0], dossier(seed), *words[1:])
    assert not _found(ran.out + ran.err)


@pytest.mark.parametrize("seed", SEEDS)
def test_settle_speaks_plainly(seed: str, tierengine: Callable[..., Ran]) -> None:
    """With its pointless questions, which take the longest."""
    assert not _found(tierengine("settle", dossier(seed), "--pointless").out)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_provisional_answer_speaks_plainly(seed: str) -> None:
    """And never calls a proposal a finding."""
    made = brief(filled(seed, "provisional"), Coded(24))
    for text in (report_text(made), markdown(made)):
        assert not _found(text)
        assert "proposed finding" not in text


@pytest.mark.parametrize("seed", SEEDS)
def test_no_code_stands_alone(seed: str, tierengine: Callable[..., Ran]) -> None:
    """Where the screen names a standard, factor or route, its title stands before it."""
    for line in tierengine("assess", dossier(seed)).out.splitlines():
        assert not re.match(r"\s*\[", line)
        assert not re.search(r"(?<!\[)\b(?:MS\d|F-[A-Z]+|WL-i+|SE-[A-F])\b(?![-\w]*\])", line), line
