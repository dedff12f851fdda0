"""`tierengine code`: every decision is one change of the file, saved at once, and nothing else of it is touched."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, Ran
from tierengine import yamlfile
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.records import Evidence
from tierengine.evidence.rewriting import Rewriting

NOTE = """In 2014 the police investigated 14 trafficking cases.

In May 2014 the government opened a shelter for victims.

The government did not open a shelter for victims.

NGOs provided shelter to victims.

The ministry ran no hotline.
"""
Code = Callable[..., Ran]


@pytest.fixture
def dossier(tmp_path: Path, tierengine: Callable[..., Ran]) -> Path:
    """A dossier drafted from a note, with comments that a person wrote into it."""
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    ran = tierengine("draft", tmp_path / "note.txt", "--country", "GT", "--report", "2015", "--covers-period")
    assert ran.code == 0, ran.err
    path = tmp_path / "dossier.yaml"
    text = path.read_text(encoding="utf-8").replace("records: []", "# My remark on the records.\nrecords: []", 1)
    path.write_text(f"{text}# My last remark.\n", encoding="utf-8")
    return path


@pytest.fixture
def code(tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Code:
    """Run the verb with lines that are piped in."""

    def run(dossier: Path, *lines: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return tierengine("code", dossier, "--author", "Ann Lee", "--date", "2015-05-01")

    return run


def _records(path: Path) -> list[tuple[str, str]]:
    records = read_dossier(path).dossier.records
    return [(each.measures, str(each.value)) for each in records if isinstance(each, Evidence)]


def test_accept_and_go_on_later(dossier: Path, code: Code, tierengine: Callable[..., Ran]) -> None:
    """What was accepted is a record; the rest waits for the next sitting; comments stay where they were."""
    ran = code(dossier, "a", "B2", "q")
    assert ran.code == 0
    assert _records(dossier) == [("trafficking_investigations", "14")]
    record = read_dossier(dossier).dossier.records[0]
    assert isinstance(record, Evidence)
    assert (record.mark, record.quote) == ("B2", "In 2014 the police investigated 14 trafficking cases.")
    text = dossier.read_text(encoding="utf-8")
    assert "# My remark on the records.\nrecords:\n  - id: trafficking-investigations\n" in text
    assert text.endswith("# My last remark.\n")
    assert code(dossier, "a").code == 0  # the marks of the source are known by now
    assert _records(dossier)[1] == ("victim_shelter_opened", "true")
    assert tierengine("check", dossier).code == 0


def test_refuse_no_evidence_and_silence(dossier: Path, code: Code) -> None:
    """A refusal stays with its reason, a passage that is no evidence is listed, and a silence is one by its author."""
    code(dossier, "r", "not of this year", "n", "told twice", "s", "", "q")
    found = read_dossier(dossier)
    assert found.dossier.proposed[0].refused == "not of this year"
    assert found.dossier.proposed[0] not in found.undecided
    assert [(each.quote[:11], each.why) for each in found.dossier.not_evidence] == [("In May 2014", "told twice")]
    (silence,) = found.dossier.silences
    assert (silence.indicator, silence.author, str(silence.date)) == ("victim_shelter_opened", "Ann Lee", "2015-05-01")
    assert f"{len(found.undecided)} proposals to be decided" in code(dossier, "q").out


def test_change(dossier: Path, code: Code) -> None:
    """What is asked for is shown with what is proposed; an empty line keeps it."""
    code(dossier, "c", "", "", "at least 12 and at most 20", "", "2014-05-01 2014-06-30", "", "the police", "A1", "q")
    record = read_dossier(dossier).dossier.records[0]
    assert isinstance(record, Evidence)
    assert (str(record.value), str(record.period)) == ("at least 12 and at most 20", "2014-05-01 to 2014-06-30")
    assert (record.actor.is_, record.actor.name, record.mark) == ("government", "the police", "A1")


@pytest.mark.parametrize("wrong", ["-3", "many", "{at_least: x}"])
def test_a_change_that_cannot_stand(wrong: str, dossier: Path, code: Code) -> None:
    """It is refused, and the file stays as it was."""
    before = dossier.read_bytes()
    ran = code(dossier, "c", "", "", wrong, "", "", "", "", "B2", "q")
    assert "not taken:" in ran.out
    assert dossier.read_bytes() == before


def test_what_contradicts_is_not_taken(dossier: Path, code: Code) -> None:
    """A record that says otherwise than another, and the act of somebody else, are reported and left to be decided."""
    ran = code(dossier, "l", "a", "B2", "a", "r", "the other is right", "a", "n", "not the government", "q")
    assert ran.out.count("not taken:") == 2
    assert "measures the government's own effort" in " ".join(ran.out.split())
    assert _records(dossier) == [("victim_shelter_opened", "true")]


def test_undo(dossier: Path, code: Code) -> None:
    """Each decision of a sitting can be taken back, in turn, to the last byte."""
    before = dossier.read_bytes()
    ran = code(dossier, "a", "B2", "n", "told twice", "u", "u", "u", "q")
    assert "nothing is left that was decided here and could be undone" in ran.out
    assert dossier.read_bytes() == before


def test_undo_in_a_later_sitting(dossier: Path, code: Code) -> None:
    """What was decided before can be taken back too, to the last byte, and is asked next."""
    begun = dossier.read_bytes()
    code(dossier, "a", "B2", "r", "not of this year", "q")
    after_two = dossier.read_bytes()
    code(dossier, "n", "told twice", "q")
    ran = code(dossier, "l", "u", "q")
    assert dossier.read_bytes() == after_two
    assert ran.out.count("The government did not open a shelter") == 1  # it is the next that is asked
    code(dossier, "u", "u", "q")
    assert dossier.read_bytes() == begun
    assert [each.name for each in dossier.parent.iterdir() if each.name.startswith(".")] == []  # nothing is left behind


def test_undo_after_the_file_was_changed_by_hand(dossier: Path, code: Code) -> None:
    """Nobody's work is lost: it is reported, and the file stays; what is decided from then on can be undone."""
    code(dossier, "n", "told twice", "q")
    by_hand = dossier.read_bytes() + b"# theirs\n"
    dossier.write_bytes(by_hand)
    ran = code(dossier, "u", "q")
    assert "the file was changed otherwise since the last decision" in ran.out
    assert dossier.read_bytes() == by_hand
    code(dossier, "n", "told twice", "q")
    assert dossier.read_bytes() != by_hand
    code(dossier, "u", "q")
    assert dossier.read_bytes() == by_hand


def test_a_decision_that_was_never_written(dossier: Path, code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine stops after a step was kept and before it was made: what was made before can be undone still."""
    begun = dossier.read_bytes()
    code(dossier, "n", "told twice", "q")
    after_one = dossier.read_bytes()
    with monkeypatch.context() as stopped:
        stopped.setattr("tierengine.cli.deciding.write_file", _stop)
        assert code(dossier, "n", "told twice", "q").code != 0
    assert dossier.read_bytes() == after_one
    code(dossier, "u", "q")
    assert dossier.read_bytes() == begun


def _stop(_path: Path, _content: bytes) -> None:
    raise KeyboardInterrupt


def test_steps_that_are_damaged(dossier: Path, code: Code) -> None:
    """It is refused before anything is asked, with what to do."""
    dossier.with_name(".dossier.yaml.undo").write_text("[{}]", encoding="utf-8")
    before = dossier.read_bytes()
    ran = code(dossier, "n", "told twice")
    assert (ran.code, ran.out) == (1, "")
    assert ".dossier.yaml.undo: the file is damaged that keeps what can be undone" in ran.err
    assert dossier.read_bytes() == before


def test_a_reason_and_a_mark_are_needed(dossier: Path, code: Code) -> None:
    """Without them nothing is decided."""
    before = dossier.read_bytes()
    ran = code(dossier, "r", "", "n", "", "a", "Z9", "7", "9", "q")
    assert ran.out.count("not taken: a reason is needed") == 2
    assert "`Z9` is no mark" in ran.out
    assert "2 or 3" in ran.out  # the keys are listed for what is no key
    assert dossier.read_bytes() == before


def test_everything_is_decided(dossier: Path, code: Code) -> None:
    """At the end it says so, and the next sitting has nothing to ask."""
    waiting = len(read_dossier(dossier).undecided)
    ran = code(dossier, *("n", "not of use") * (waiting - 3), *("a",) * 3)
    assert ran.out.endswith("Everything is decided.\n")
    assert "proposed:" not in dossier.read_text(encoding="utf-8")
    assert code(dossier).out == "Everything is decided.\n"


def test_the_answer_says_what_waits(dossier: Path, code: Code, tierengine: Callable[..., Ran]) -> None:
    """Who assesses a draft is not left to think that what is proposed is in the answer."""
    said = " still to be decided; this answer is made without "
    while left := len(read_dossier(dossier).undecided):
        wait = "One statement is" if left == 1 else f"{left} statements are"
        for verb in ("assess", "report"):
            assert f"{wait}{said}{'it' if left == 1 else 'them'}." in " ".join(tierengine(verb, dossier).out.split())
        code(dossier, *(("n", "not of use") if left > 3 else ("a",)), "q")
        assert len(read_dossier(dossier).undecided) < left
    assert said not in " ".join(tierengine("assess", dossier).out.split())


def test_a_silence_of_a_whole_source(dossier: Path, code: Code) -> None:
    """Once accepted it is a silence of all paragraphs; there is no passage of it that could be no evidence."""
    waiting = len(read_dossier(dossier).undecided)
    ran = code(dossier, *("l",) * (waiting - 1), "n", "not of use", "a")
    assert "Read as a whole: no sentence speaks of this." in ran.out
    assert "names no passage that could be no evidence" in ran.out
    (silence,) = read_dossier(dossier).dossier.silences
    assert (silence.indicator, silence.source, silence.read) == (
        "decrease_in_official_complicity",
        "note",
        "all paragraphs",
    )
    assert (silence.author, str(silence.covers)) == ("Ann Lee", "2014-04-01 to 2015-03-31")


def test_a_file_that_somebody_else_changes(
    dossier: Path, monkeypatch: pytest.MonkeyPatch, tierengine: Callable[..., Ran]
) -> None:
    """Their work is not written over."""

    class Meanwhile(io.StringIO):
        """Lines between which somebody else saves the file."""

        def readline(self, *args: int) -> str:  # type: ignore[override]
            line = super().readline(*args)
            if line == "B2\n":
                dossier.write_bytes(dossier.read_bytes() + b"# theirs\n")
            return line

    monkeypatch.setattr(sys, "stdin", Meanwhile("a\nB2\n"))
    ran = tierengine("code", dossier)
    assert ran.code == 2
    assert "the file was changed by somebody else" in ran.err
    assert dossier.read_text(encoding="utf-8").endswith("# theirs\n")


def test_in_a_terminal(dossier: Path) -> None:
    """The verb works in a real terminal, and ends when the person closes it."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tierengine.cli", "code", str(dossier)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as running:
        os.close(theirs)
        shown = _until(ours, "What is it?")
        assert "trafficking_investigations = 14 cases" in shown
        os.write(ours, b"a\n")
        _until(ours, "Such as B2")
        os.write(ours, b"B2\n")
        _until(ours, "What is it?")
        os.write(ours, b"\x04")  # the end of input, as a terminal sends it
        assert running.wait(timeout=60) == 0
    os.close(ours)
    assert _records(dossier) == [("trafficking_investigations", "14")]


def _until(terminal: int, words: str) -> str:
    """What the terminal shows until some words stand there."""
    shown, last = "", time.monotonic() + 60
    while words not in shown:
        assert time.monotonic() < last, shown
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096).decode("utf-8", errors="replace")
    return shown


# -- changes of the text ----------------------------------------------------------------------------------------

LINES = """\
# head
name: x
list:
  # of the first
  - id: a
    text: >-
      # no comment
  - id: b

# tail
end: y
"""


def _values(raw: bytes) -> dict[str, object]:
    problems: list[object] = []
    document = yamlfile.load(raw, "x.yaml", problems)  # type: ignore[arg-type]
    assert document is not None
    assert not problems
    found: dict[str, object] = document.values
    return found


def _rewriting(raw: bytes) -> Rewriting:
    document = yamlfile.load(raw, "x.yaml", [])
    assert document is not None
    return Rewriting(document)


@given(st.sampled_from(("\n", "\r\n")), st.booleans(), st.lists(st.sampled_from("ar0r1s0s1o"), max_size=6))
def test_only_what_is_meant_is_changed(newline: str, bom: bool, steps: list[str]) -> None:
    """Whatever is added, removed and set: the values are those meant, and no comment outside is lost."""
    raw = (b"\xef\xbb\xbf" if bom else b"") + LINES.replace("\n", newline).encode()
    expected = dict(_values(raw))
    rewriting, items = _rewriting(raw), [{"id": "a", "text": "# no comment"}, {"id": "b"}]
    other = 0
    for number, step in enumerate(steps):
        if step == "a":
            rewriting.append("list", [f"- id: n{number}", "  more: z"])
            items.append({"id": f"n{number}", "more": "z"})
        elif step == "o":
            rewriting.append("other", ["- k: v"])
            other += 1
        elif items and step in ("r", "s"):
            if step == "r":
                rewriting.remove("list", len(items) - 1)
                items.pop()
            else:
                rewriting.set_key("list", len(items) - 1, [f"key{number}: w"])
                items[-1][f"key{number}"] = "w"
    found = _values(rewriting.raw)
    assert found.get("list", ()) == tuple(items)
    assert found.get("other", ()) == ({"k": "v"},) * other
    assert {key: found[key] for key in ("name", "end")} == {key: expected[key] for key in ("name", "end")}
    assert rewriting.raw.startswith(b"\xef\xbb\xbf") == bom
    text = rewriting.raw.decode("utf-8-sig")
    assert all(comment in text for comment in ("# head", "# tail"))
    assert (newline == "\r\n") == ("\r\n" in text)
    assert newline == "\n" or text.count("\n") == text.count("\r\n")


def test_steps_that_leave_no_trace() -> None:
    """What is added to a list and removed again leaves the bytes as they were."""
    raw = LINES.encode()
    rewriting = _rewriting(raw)
    rewriting.append("list", ["- id: c"])
    rewriting.remove("list", 2)
    assert rewriting.raw == raw
