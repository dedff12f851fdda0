"""A corpus in parts: the same answer however it is cut, what is wrong with every file, and runs that are stopped."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT, SMALL, Ran
from tests.lab import edits
from tests.lab.change.test_impact import small_records
from tests.lab.edits import corpus_table, edited
from tierengine.engines.lowering import lower
from tierengine.lab.corpus import parquet, work
from tierengine.law.rulebook import Rulebook
from tierengine.wholefile import write_whole

CASES = 400
QUESTIONS = (("impact",), ("audit", "fragile"), ("audit", "like-cases"))


@pytest.fixture
def table(small: Rulebook) -> pa.Table:
    """Random cases of the small rulebook."""
    return corpus_table(lower(small.latest()), [f"c{n}" for n in range(CASES)], small_records(CASES, 8))


def words(verb: tuple[str, ...], corpus: Path, changed: Path) -> tuple[object, ...]:
    """The words of a verb on a corpus, with its answer as JSON."""
    if verb == ("impact",):
        return "impact", SMALL, changed, "--corpus", corpus, "--format", "json"
    return *verb, corpus, "--rulebook", SMALL, "--format", "json"


def answer_of(ran: Ran, corpus: Path) -> str:
    """What a command printed, without the name of the corpus."""
    assert (ran.code, ran.err) == (0, "")
    return ran.out.replace(str(corpus), "CORPUS")


def folder_of(path: Path, table: pa.Table, sizes: list[int], row_group: int) -> Path:
    """Write a table as a folder of files of so many rows."""
    path.mkdir()
    first = 0
    for number, size in enumerate(sizes):
        pq.write_table(table.slice(first, size), path / f"part-{number}.parquet", row_group_size=row_group)
        first += size
    return path


@pytest.mark.parametrize("verb", QUESTIONS, ids=" ".join)
def test_the_answer_is_the_same_however_a_corpus_is_cut(
    verb: tuple[str, ...],
    table: pa.Table,
    tmp_path: Path,
    own_cache: Path,
    tierengine: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file in one part, in many, and a folder of files, one of which is empty."""
    changed = edited(tmp_path / "new", edits.FEWER_PROMISES, edits.STRICTER_SCOPE)
    one = tmp_path / "one.parquet"
    pq.write_table(table, one)
    expected = answer_of(tierengine(*words(verb, one, changed)), one)
    assert json.loads(expected)
    monkeypatch.setattr(parquet, "AT_ONCE", 50)
    many = tmp_path / "many.parquet"
    pq.write_table(table, many, row_group_size=17)
    assert answer_of(tierengine(*words(verb, many, changed)), many) == expected
    folder = folder_of(tmp_path / "folder", table, [150, 0, 33, CASES - 183], 40)
    assert answer_of(tierengine(*words(verb, folder, changed)), folder) == expected
    assert not list((own_cache / "runs").iterdir())


def test_the_cases_that_move_are_the_same_file(
    table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the corpus, however it is cut."""
    changed = edited(tmp_path / "new", edits.FEWER_PROMISES, edits.STRICTER_SCOPE)
    one = tmp_path / "one.parquet"
    pq.write_table(table, one, row_group_size=30)
    files = []
    for size in (CASES, 60):
        monkeypatch.setattr(parquet, "AT_ONCE", size)
        files.append(tmp_path / f"moved-{size}.parquet")
        assert tierengine(*words(("impact",), one, changed), "--moved", files[-1]).code == 0
    rows = [pq.read_table(file).to_pylist() for file in files]
    assert rows[0] == rows[1]
    assert [int(row["id"][1:]) for row in rows[0]] == sorted(int(row["id"][1:]) for row in rows[0])
    assert len(rows[0]) > 10


# -- what is wrong ----------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_with_a_folder_is_reported(
    table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran]
) -> None:
    """A damaged file, one with other columns, and one with a column of another kind."""
    folder = folder_of(tmp_path / "folder", table, [100, 100, 100, 100], 100)
    (folder / "part-1.parquet").write_bytes(b"PAR1 and no more")
    pq.write_table(table.slice(0, 9).drop_columns(["victims"]), folder / "part-2.parquet")
    pq.write_table(table.slice(0, 9).set_column(1, "victims", pa.array(["x"] * 9)), folder / "part-3.parquet")
    ran = tierengine(*words(("impact",), folder, SMALL))
    assert (ran.code, ran.out) == (1, "")
    assert "part-1.parquet: it is not a Parquet file, or a damaged one" in ran.err
    assert "part-2.parquet: its columns differ from those of part-0.parquet: it lacks `victims`" in ran.err
    assert "part-3.parquet, column `victims`" in ran.err


def test_a_file_that_is_damaged_in_its_middle(
    table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its footer is sound, so that only reading it shows the damage; the other files are no answer."""
    monkeypatch.setattr(parquet, "AT_ONCE", 50)
    folder = folder_of(tmp_path / "folder", table, [200, 200], 50)
    damaged = bytearray((folder / "part-1.parquet").read_bytes())
    damaged[4 : len(damaged) // 2] = b"\xff" * (len(damaged) // 2 - 4)
    (folder / "part-1.parquet").write_bytes(damaged)
    for verb in QUESTIONS:
        ran = tierengine(*words(verb, folder, SMALL))
        assert (ran.code, ran.out) == (1, "")
        assert "part-1.parquet: it is not a Parquet file, or a damaged one" in ran.err
        assert "part-0" not in ran.err


def test_cells_that_cannot_be_are_named_by_their_row_in_the_file(
    table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every part of every file, and counted from the beginning of the file."""
    monkeypatch.setattr(parquet, "AT_ONCE", 50)
    place = table.column_names.index("victims")
    victims = table["victims"].to_pylist()
    victims[70] = victims[260] = -5
    folder = folder_of(tmp_path / "folder", table.set_column(place, "victims", pa.array(victims)), [200, 200], 25)
    ran = tierengine(*words(("audit", "fragile"), folder, SMALL))
    assert (ran.code, ran.out) == (1, "")
    assert "part-0.parquet, column `victims`, row 71: it holds `-5`" in ran.err
    assert "part-1.parquet, column `victims`, row 61: it holds `-5`" in ran.err
    monkeypatch.setattr(work, "MOST_PROBLEMS", 1)
    ran = tierengine(*words(("audit", "fragile"), folder, SMALL))
    assert "parts were not looked at, since so much is wrong with the others" in ran.err


def test_a_row_group_too_large_for_memory(
    table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How to write it is said."""
    monkeypatch.setattr(parquet, "MOST_ROWS", 100)
    pq.write_table(table, tmp_path / "c.parquet")
    ran = tierengine(*words(("impact",), tmp_path / "c.parquet", SMALL))
    assert (ran.code, ran.out) == (1, "")
    assert "c.parquet, row group 1: it has 400 rows, and one is read as a whole" in ran.err


def test_dossiers_beside_parquet(table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """One of the two is meant."""
    folder = folder_of(tmp_path / "folder", table, [400], 400)
    (folder / "dossier.yaml").write_text("")
    ran = tierengine(*words(("audit", "fragile"), folder, SMALL))
    assert (ran.code, ran.out) == (1, "")
    assert "there are both dossiers and Parquet files in it or below it" in ran.err


# -- runs that are stopped --------------------------------------------------------------------------------------


class Stopping:
    """Goes through the parts and is stopped by the user after some of them; counts those that are done."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.seen: list[int] = []

    def __call__(self, pieces: Any, doing: str, /) -> Iterator[Any]:
        """Yield the pieces until it is stopped."""
        for piece in pieces:
            if doing == "trying each answer otherwise":
                if len(self.seen) == self.after:
                    raise KeyboardInterrupt
                self.seen.append(piece)
            yield piece


def test_a_run_that_is_stopped_is_gone_on_with(
    table: pa.Table, tmp_path: Path, own_cache: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is not done again; a damaged part is; another state of the corpus is another run."""
    monkeypatch.setattr(parquet, "AT_ONCE", 50)
    corpus = tmp_path / "c.parquet"
    pq.write_table(table, corpus, row_group_size=50)
    asked = words(("audit", "fragile"), corpus, SMALL)
    expected = tierengine(*asked).out
    from tierengine.cli import impact as verbs  # noqa: PLC0415 - it is loaded with its verbs

    monkeypatch.setattr(verbs, "watch", Stopping(3))
    ran = tierengine(*asked)
    assert (ran.code, ran.out) == (130, "")
    assert ran.err == "stopped after 3 of 8 parts, which are kept; the same command goes on from there\n"
    (kept,) = (own_cache / "runs").iterdir()
    (kept / "000001.json").write_bytes((kept / "000001.json").read_bytes()[:-1])
    rest = Stopping(99)
    monkeypatch.setattr(verbs, "watch", rest)
    assert tierengine(*asked).out == expected
    assert rest.seen == [1, 3, 4, 5, 6, 7]
    assert not kept.exists()
    monkeypatch.setattr(verbs, "watch", Stopping(3))
    assert tierengine(*asked).code == 130
    pq.write_table(table.slice(0, 399), corpus, row_group_size=50)
    again = Stopping(99)
    monkeypatch.setattr(verbs, "watch", again)
    assert json.loads(tierengine(*asked).out)["cases"] == 399
    assert len(again.seen) == 8


def test_two_runs_of_the_same_question(
    table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is refused on account of the first, which goes on undisturbed."""
    monkeypatch.setattr(parquet, "AT_ONCE", 50)
    corpus = tmp_path / "c.parquet"
    pq.write_table(table, corpus, row_group_size=50)
    from tierengine.cli import impact as verbs  # noqa: PLC0415

    second: list[Ran] = []

    def watch(pieces: Any, _doing: str, /) -> Iterator[Any]:
        for piece in pieces:
            if not second:
                second.append(Ran(0, "", ""))
                second[0] = tierengine(*words(("audit", "fragile"), corpus, SMALL))
            yield piece

    monkeypatch.setattr(verbs, "watch", watch)
    assert tierengine(*words(("audit", "fragile"), corpus, SMALL)).code == 0
    assert second[0].code == 2
    assert "the same question is being put to the same corpus by another run" in second[0].err


def test_a_full_disk(
    table: pa.Table, tmp_path: Path, own_cache: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done before stays done, and nothing half-written is left."""
    monkeypatch.setattr(parquet, "AT_ONCE", 50)
    corpus = tmp_path / "c.parquet"
    pq.write_table(table, corpus, row_group_size=50)

    def full(path: Path, content: bytes) -> None:
        if path.name == "000004.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_whole(path, content)

    monkeypatch.setattr(work, "write_whole", full)
    ran = tierengine(*words(("audit", "fragile"), corpus, SMALL))
    assert (ran.code, ran.out) == (2, "")
    assert "the parts that are done cannot be kept there: No space left on device" in ran.err
    (kept,) = (own_cache / "runs").iterdir()
    assert sorted(path.name for path in kept.iterdir()) == [f"00000{n}.json" for n in range(4)] + ["lock"]
    monkeypatch.setattr(work, "write_whole", write_whole)
    assert tierengine(*words(("audit", "fragile"), corpus, SMALL)).code == 0


def _heeding_the_terminal() -> None:
    """Let the signal of the terminal through, also where the tests themselves run behind a shell that ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_in_the_middle(table: pa.Table, tmp_path: Path) -> None:
    """A real process that gets the signal of the terminal ends at once, says how far it was, and leaves no file."""
    corpus, moved = tmp_path / "c.parquet", tmp_path / "moved.parquet"
    long = pa.concat_tables([table] * 700)
    pq.write_table(long, corpus, row_group_size=1 << 13)
    changed = edited(tmp_path / "new", edits.FEWER_PROMISES)
    script = "import tierengine.lab.corpus.parquet as p; p.AT_ONCE = 8192; from tierengine.cli import main; main()"
    asked = [sys.executable, "-c", script, "impact", SMALL, changed, "--corpus", corpus, "--moved", moved]
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        list(map(str, asked)),
        stdout=-1,
        stderr=-1,
        env=environment,
        text=True,
        preexec_fn=_heeding_the_terminal,  # noqa: PLW1509 - no thread runs here
    )
    kept = tmp_path / "tierengine" / "runs"
    while run.poll() is None and len(list(kept.glob("*/*.json"))) < 2:
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    assert err.startswith("stopped after ")
    assert "Traceback" not in err
    assert not list(tmp_path.glob("*moved*"))


def test_memory_stays_small(table: pa.Table, tmp_path: Path) -> None:
    """Four times the cases take no more memory, as far as this can be seen in a small test."""
    script = "from tierengine.cli import main; main()"
    peaks = []
    for times in (700, 2800):
        corpus = tmp_path / f"{times}.parquet"
        with pq.ParquetWriter(corpus, table.schema) as writer:
            for _ in range(times // 350):
                writer.write_table(pa.concat_tables([table] * 350))
        asked = [sys.executable, "-c", script, "impact", SMALL, SMALL, "--corpus", corpus, "--format", "json"]
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
        run = subprocess.Popen(list(map(str, asked)), stdout=-1, env=environment)
        assert run.stdout is not None
        with run.stdout as out:
            assert json.loads(out.read())["census"]["cases"] == times * CASES
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = status
        peaks.append(used.ru_maxrss)
    assert peaks[1] < peaks[0] * 1.3
