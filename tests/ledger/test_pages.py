"""The pages on people, witnesses and signatures: what they show is what the program does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from tests.conftest import ROOT, Ran
from tests.ledger.packets import small_packet
from tests.ledger.test_witness import serving
from tierengine.ledger.keys import Keys
from tierengine.ledger.notes import Checkpoint, Cosigner, Verifier, base64
from tierengine.ledger.witness import Witness

PAGES = ROOT / "docs" / "how-to"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ANEW = re.compile(
    r"\d{4}-\d\d-\d\d(?:T[\d:]{8}Z)?"  # a day, a time
    r"|[\w./-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}"  # the key of a ledger or a witness
    r"|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])"  # a person's key, or a hash
)
"""What is another at each run."""


def steps(page: Path) -> Iterator[tuple[str, str]]:
    """Each command of a page, with what it prints; a command goes on after a backslash at the end of its line."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for step in block.replace("\\\n", "").removeprefix("$ ").split("\n$ "):
            command, _, printed = step.partition("\n")
            yield command, printed.rstrip("\n") + "\n" if printed else ""


def follow(tierengine: Callable[..., Ran], typed: Iterable[tuple[str, str]], real: dict[str, str]) -> None:
    """Type some commands of a page; `real` holds what stands here for what the page names, and grows."""
    for command, printed in typed:
        words = [_here(word, real) for word in shlex.split(command)]
        if words[0] != "tierengine":
            name, _, value = words[0].partition("=")
            real[f"${name}"] = value
            continue
        ran = tierengine(*words[1:])
        found = "\n".join(line.rstrip() for line in (ran.out + ran.err).splitlines()) + "\n"
        assert ANEW.sub("*", found) == ANEW.sub("*", printed), command
        real |= dict(zip(ANEW.findall(printed), ANEW.findall(found), strict=True))


def _here(word: str, real: dict[str, str]) -> str:
    for shown, here in real.items():
        word = word.replace(shown, here)
    return word


@pytest.fixture
def typing(tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ran]:
    """The command line in an empty folder, where the keys lie as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIERENGINE_KEYS", str(tmp_path / "keys"))
    return tierengine


def test_the_page_on_people(typing: Callable[..., Ran], tmp_path: Path) -> None:
    """From an empty folder; Bo made a key elsewhere."""
    bo = Keys(tmp_path / "elsewhere").make("Bo Chen", "Country desk")
    page = list(steps(PAGES / "people.md"))
    shown = next(word for command, _ in page for word in ANEW.findall(command))
    follow(typing, page, {shown: base64(bo.public)})


def test_the_page_on_witnesses(typing: Callable[..., Ran], tmp_path: Path) -> None:
    """Between its two parts the witness is served, here on loopback."""
    ledger = typing("ledger", "init", "--origin", "example.gov/tier-ledger").out.splitlines()[-1]
    typing("ledger", "key", "Ann Lee", "--office", "Policy office")
    typing("people", "enrol", "Ann Lee", "--role", "administrator", "--reasons", "opens it", "--as", "Ann Lee")
    page = list(steps(PAGES / "witnesses.md"))
    second = [step for step in page if step[0].startswith("tierengine witness ")]
    first = [step for step in page if step not in second]
    real = {second[1][0].rpartition(" ")[2]: ledger}
    follow(typing, second, real)
    made = Witness(tmp_path / "witness.sqlite", Keys(tmp_path / "keys").of("witness.example.org/w1"))
    with serving(made) as (host, port):
        follow(typing, first, real | {"https://witness.example.org": f"http://{host}:{port}"})


def test_the_page_on_signatures(tmp_path: Path) -> None:
    """What it says to check an entry with holds for real ones, and for none that was altered."""
    text = (ROOT / "docs" / "reference" / "signatures.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)[0], names)  # noqa: S102 - our own page
    entries = [raw for name, raw in small_packet(tmp_path).items() if name.startswith("entries/")]
    for raw in entries:
        names["check_entry"](raw)
        with pytest.raises(InvalidSignature):
            names["check_entry"](raw.replace(b'"number":', b'"number":1'))


def test_the_checkpoint_of_the_page() -> None:
    """Its lines hold under the keys that the pages show."""
    text = (ROOT / "docs" / "reference" / "signatures.md").read_text(encoding="utf-8")
    note = re.findall(r"^```text\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)[0]
    keys = (PAGES / "witnesses.md").read_text(encoding="utf-8")
    ledger, witness = (re.findall(rf"{name}\+[0-9a-f]{{8}}\+\S{{44}}", keys)[0] for name in ("tier-ledger", "org/w1"))
    verifier, cosigner = Verifier.of(f"example.gov/{ledger}"), Cosigner.of(f"witness.example.{witness}")
    assert verifier is not None
    assert cosigner is not None
    assert Checkpoint.of(note, verifier, "page").size == 3
    assert cosigner.cosigned(note, "page") == 1_795_888_324
