"""Try single changes of the code that decides, a file at a time, and name those of them that no test notices.

    python benchmarks/mutants.py                        every file; each takes between minutes and hours
    python benchmarks/mutants.py history guard          the files with one of these words in their path
    python benchmarks/mutants.py guard --minutes 20     stop each file after so long; the same command goes on
    python benchmarks/mutants.py engines --sample 60    of each file only so many changes, always the same ones

mutmut makes the changes (`==` to `!=`, a number to the next, `and` to `or`, an argument left out) in a copy of the
project under .cache/mutants. The tests run twice there, unchanged, in one process. For each change this process is
split, and the tests that reach the changed function run again in the half with the change, those first that are quick
and noticed many changes. So nothing is read twice. What no test notices is printed as a difference. With
--again it meets every test, each from before anything was read, lest something that is kept hides it.
The end is 0 if every change was tried and noticed, else 1.
docs/explanation/single-changes.md says what was found, and why the rest may stay.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import unified_diff
from itertools import accumulate
from pathlib import Path

import libcst
import pytest
from mutmut.mutation.diff_apply import read_mutant_function, read_original_function
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

ROOT = Path(__file__).resolve().parent.parent
COPIES = ROOT / ".cache" / "mutants"
REASONING = "tests/reasoning/test_"
TESTS = {
    "tierengine/evidence/sources/guard.py": ["tests/evidence/sources/test_guard.py"],
    "tierengine/reasoning/history.py": ["tests/reasoning/test_history.py"],
    "tierengine/reasoning/admission.py": [
        f"{REASONING}{name}.py"
        for name in ("admission", "clocks", "coherence", "origins", "period", "requests", "two_years")
    ],
    # Not those of its tests that take long and find little: the seeds once more, and the JSON of an answer.
    "tierengine/reasoning/open_tiers.py": [
        f"{REASONING}open_tiers.py",
        "-k",
        "not seed and not json and not without_which",
    ],
    # Not tests/reports/test_release.py too: the writer of PDF has threads, and hangs in a process that was split.
    "tierengine/reasoning/release.py": ["tests/reasoning/test_release.py"],
    "tierengine/ledger/register.py": ["tests/ledger/test_register.py"],
}
"""A file that decides, with the tests that are there to hold it."""
TESTS |= {
    f"tierengine/engines/{path.name}": ["tests/engines"]
    for path in sorted((ROOT / "tierengine" / "engines").glob("[a-z]*.py"))
}
ENGINES = "tests/engines/test_"
TRAPS = [
    f"{ENGINES}durable_traps.py",
    # What durable-rules does by itself, in processes of its own, says nothing of our code.
    *(f"--deselect={ENGINES}durable_traps.py::test_{name}_are_real" for name in ("wrong_answers", "crashes_and_hangs")),
]
TESTS |= {
    f"tierengine/engines/{name}.py": files
    for name, files in {
        "form": [*(f"{ENGINES}{topic}.py" for topic in ("kept", "proof", "real_law")), f"{REASONING}concession.py"],
        "logic": [f"{ENGINES}solver.py"],
        "clauses": [f"{ENGINES}solver.py"],
        "solver": [f"{ENGINES}solver.py"],
        "certificate": [f"{ENGINES}solver.py", "tests/lab/proofs/test_drup.py"],
        # Not the law of each date beside random forms: it takes ten seconds of the processor.
        "proof": [
            f"{ENGINES}proof.py",
            f"--deselect={ENGINES}proof.py::test_two_solvers_agree_on_the_open_rows_of_the_law",
        ],
        "ends": [f"{ENGINES}bounds.py", f"{ENGINES}durable.py"],
        "arithmetic": [f"{ENGINES}bounds.py", f"{ENGINES}durable.py", f"{REASONING}admission.py"],
        "lowering": [
            *(f"{ENGINES}{topic}.py" for topic in ("lowering", "three_readings")),
            *(f"{REASONING}{topic}.py" for topic in ("coherence", "proposals")),
            "tests/lab/cases/test_examples.py",
        ],
        "compiled": [f"{ENGINES}{topic}.py" for topic in ("bounds", "generated", "kept", "real_law", "three_readings")],
        "plan": [f"{ENGINES}changing.py", f"{ENGINES}columns.py", f"{ENGINES}side_by_side.py"],
        "changing": [f"{ENGINES}bounds.py", f"{ENGINES}changing.py"],
        "columns": [f"{ENGINES}bounds.py", f"{ENGINES}columns.py"],
        "side_by_side": [f"{ENGINES}bounds.py", f"{ENGINES}side_by_side.py"],
        "agreement": [f"{ENGINES}agreement.py"],
        "durable": [f"{ENGINES}durable.py", *TRAPS, f"{ENGINES}kept.py"],
        "measured": TRAPS,
        "safety": TRAPS,
    }.items()
}
SETTINGS = """
[tool.mutmut]
source_paths = ["tierengine"]
track_dependencies = false
"""
NOTICED, STOOD, ENDLESS = "noticed", "noticed by no test", "without end"
STOPS = [NOTICED, ENDLESS]
SPENT = 6.0
"""Seconds of the processor that are spent on one change; with --again as long as all tests take."""


def main() -> int:
    """Try each file that is asked for; give the exit code."""
    asked = argparse.ArgumentParser(description="Single changes of the code that decides, and which no test notices")
    asked.add_argument("words", nargs="*", help="parts of the paths of the files to try; all if left out")
    asked.add_argument("--minutes", type=float, help="stop after so long for each file")
    asked.add_argument("--sample", type=int, help="try only so many changes of each file, always the same ones")
    asked.add_argument(
        "--again", action="store_true", help="try what stands with every test, from before anything was read"
    )
    given = asked.parse_args()
    files = [file for file in TESTS if not given.words or any(word in file for word in given.words)]
    if not files:
        print(f"none of the files is called so; write a part of one of: {', '.join(TESTS)}", file=sys.stderr)
        return 2
    whole = [_tried(file, given.minutes, given.sample, again=given.again) for file in files]
    return 0 if all(whole) else 1


def _tried(file: str, minutes: float | None, sample: int | None, *, again: bool) -> bool:
    """Try the changes of one file and print what came of them: whether each was tried and noticed."""
    copy = COPIES / Path(file).stem
    _bring_up_to_date(copy)
    names, code = _changed(copy, file)
    asked = names if sample is None else random.Random(0).sample(names, min(sample, len(names)))
    ends = Ends(copy / f"ends-{hashlib.sha256(code.encode()).hexdigest()[:12]}")
    until = None if minutes is None else time.monotonic() + minutes * 60
    sys.stdout.flush()
    before = _spent()
    trial = (Cold if again else Warm)(asked, ends, until)
    _in_a_child(lambda: _inside(copy, TESTS[file], trial))
    found = {name: end for name, (end, _) in ends.read().items() if name in set(asked)}
    if not found:
        print(f"{file}: the tests do not run in the copy; read {copy / 'run.log'}")
        return False
    counts = ", ".join(f"{number} {end}" for end, number in Counter(found.values()).most_common())
    seconds = _spent() - before
    print(
        f"{file}: {len(names)} changes, {len(found)} tried: {counts}; {seconds:.0f} seconds of the processor this time"
    )
    module = libcst.parse_module(code)
    for name, end in found.items():
        if end == STOOD:
            print(f"\n{name}\n{_difference(module, name)}")
    return len(found) == len(names) and set(found.values()) <= set(STOPS)


def _bring_up_to_date(copy: Path) -> None:
    """Copy what git knows of the project, as it stands in the work tree."""
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")  # noqa: S607
    for name in filter(None, known.stdout.split("\0")):
        source, target = ROOT / name, copy / name
        if source.is_file() and (not target.exists() or target.stat().st_mtime != source.stat().st_mtime):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8") + SETTINGS
    (copy / "pyproject.toml").write_text(settings, encoding="utf-8")


def _changed(copy: Path, file: str) -> tuple[list[str], str]:
    """Write a file of the copy with every change in it, each to be switched on by its name; give the names and it."""
    os.chdir(copy)  # mutmut reads its settings where it runs
    written = mutate_file_contents(file, (ROOT / file).read_text(encoding="utf-8"))
    (copy / file).write_text(written.code, encoding="utf-8")
    module = file.removesuffix(".py").replace("/", ".")
    return [f"{module}.{name}" for name in written.mutant_names], written.code


def _difference(module: libcst.Module, name: str) -> str:
    """The lines that a change takes out and puts in."""
    function = name.rpartition(".")[2]
    before, after = (
        libcst.Module([read(module, function)]).code.splitlines()
        for read in (read_original_function, read_mutant_function)
    )
    lines = list(unified_diff(before, after, n=0, lineterm=""))[2:]
    return "\n".join(line for line in lines if not line.startswith("@@"))


class Ends:
    """What became of each change of one text of the code: a file to which every process adds lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, tuple[str, str]]:
        """Return the last end of each change that was tried, and the test that noticed it."""
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        lines = (line.split("\t") for line in text.splitlines())
        return {name: (end, test) for name, end, test in lines}

    def add(self, name: str, end: str, test: str = "") -> None:
        """Note what became of a change, and the test that noticed it."""
        with self._path.open("a", encoding="utf-8") as out:
            out.write(f"{name}\t{end}\t{test}\n")


def _inside(copy: Path, tests: list[str], trial: Trial) -> None:
    """Run the trial in a copy of the project, in this process."""
    log = os.open(copy / "run.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ["PYTHONPATH"] = str(copy)
    sys.path.insert(0, str(copy))
    options = ["-p", "no:xdist", "-p", "no:cacheprovider", "-o", "addopts=", "--hypothesis-profile=first", "-q"]
    options += ["--assert=plain", "--tb=no"]  # that a test fails is enough; to find how takes longer than the test
    pytest.main([*options, *tests], plugins=[trial])


class Trial:
    """A run of the tests that is split for each change: what the two ways of doing so share."""

    def __init__(self, names: Sequence[str], ends: Ends, until: float | None) -> None:
        self._names = names
        self._ends = ends
        self._until = until
        self._failed: set[str] = set()
        self._on_trial: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test fails; where a change is on trial, that is enough."""
        if report.failed and self._on_trial is not None:
            self._ends.add(self._on_trial, NOTICED, report.nodeid)
            os._exit(0)
        if report.failed:
            self._failed.add(report.nodeid)

    def left(self) -> list[str]:
        """The changes that are not known to be noticed, while there is time."""
        late = self._until is not None and time.monotonic() > self._until
        ends = self._ends.read()
        return [] if late else [name for name in self._names if name not in ends or ends[name][0] not in STOPS]

    def attempt(self, name: str, tests: list[pytest.Item], seconds: float) -> None:
        """Run tests with a change until one fails, in a process of its own, and note what became of it.

        A library that keeps threads does not live through the split and may wait for ever: that notices nothing.
        """

        def tried() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
            signal.alarm(int(10 * seconds))
            self._on_trial = name
            set_mutant_under_test(name)
            _run([test for test in tests if test.nodeid not in self._failed])

        self._ends.add(name, STOOD)
        end = _in_a_child(tried)
        if os.WIFSIGNALED(end) and os.WTERMSIG(end) in (signal.SIGXCPU, signal.SIGKILL):
            self._ends.add(name, ENDLESS)


class Warm(Trial):
    """After the tests ran once unchanged, each change is met by those that reach it; nothing is read twice."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Note what each test reaches, and try what is left."""
        reaching: dict[str, list[tuple[float, pytest.Item]]] = {}
        set_mutant_under_test("stats")
        for number, test in enumerate(session.items):
            state()._stats.clear()  # noqa: SLF001
            began = time.process_time()
            _run([test], session.items[(number + 1) % len(session.items)])
            if test.nodeid not in self._failed:
                for function in state()._stats:  # noqa: SLF001
                    reaching.setdefault(function, []).append((time.process_time() - began, test))
        _run(session.items)  # a test that fails when it runs again, with nothing changed, would notice anything
        gc.freeze()  # else each half copies what it only looks through
        for name in self.left():
            function = name.rpartition("__mutmut_")[0]
            noticed = Counter(test for _, test in self._ends.read().values())
            found = sorted(reaching.get(function, ()), key=lambda pair: pair[0] / (1 + noticed[pair[1].nodeid]))
            if self.left():
                self.attempt(name, _quickest(found), 60)
        return True


class Cold(Trial):
    """What stands meets every test, from before anything was read, lest something that is kept hides it."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try what was tried and stands."""
        for name in self.left():
            if self.left() and name in self._ends.read():
                self.attempt(name, session.items, 600)
        return True


def _quickest(found: list[tuple[float, pytest.Item]]) -> list[pytest.Item]:
    """The tests from the front that take no longer together than is spent on one change; at least one."""
    ends = accumulate(seconds for seconds, _ in found)
    return [test for number, ((_, test), end) in enumerate(zip(found, ends, strict=True)) if not number or end <= SPENT]


def _run(tests: Sequence[pytest.Item], following: pytest.Item | None = None) -> None:
    """Run tests; what they share with the one that follows stays set up."""
    for number, test in enumerate(tests):
        after = tests[number + 1] if number + 1 < len(tests) else following or tests[0]
        test.ihook.pytest_runtest_protocol(item=test, nextitem=after)


def _in_a_child(work: Callable[[], None]) -> int:
    """Do work in a copy of this process, and return how that ended: 0 if nothing was raised."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _spent() -> float:
    """Seconds of the processor, of this process and of those it waited for."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


if __name__ == "__main__":
    sys.exit(main())
