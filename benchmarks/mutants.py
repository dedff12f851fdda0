"""Try single changes of the code that decides, a file at a time, and tell which of them no test notices.

    python benchmarks/mutants.py                        every file; each takes between minutes and hours
    python benchmarks/mutants.py history guard          the files with one of these words in their path
    python benchmarks/mutants.py guard --minutes 20     stop each file after so long; the same command goes on

mutmut makes the changes (`==` to `!=`, a number to the next, `and` to `or`, an argument left out) in a copy of the
project under .cache/mutants, and runs on each the tests that reach the changed function. What none notices is printed
as a difference. The end is 0 if every change was tried and noticed, else 1.
docs/explanation/single-changes.md tells what was found, and why the rest may stay.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIES = ROOT / ".cache" / "mutants"
TESTS = {
    "tierengine/evidence/sources/guard.py": ["tests/evidence/sources/test_guard.py"],
    "tierengine/reasoning/history.py": ["tests/reasoning/test_history.py"],
    "tierengine/reasoning/admission.py": [
        f"tests/reasoning/test_{name}.py" for name in ("coherence", "origins", "period", "requests", "two_years")
    ],
    "tierengine/reasoning/open_tiers.py": ["tests/reasoning/test_open_tiers.py", "tests/reasoning/test_origins.py"],
    "tierengine/reasoning/release.py": ["tests/reasoning/test_release.py", "tests/reports/test_release.py"],
    "tierengine/ledger/register.py": ["tests/ledger/test_register.py"],
}
"""A file that decides, with the tests that are there to hold it."""
TESTS |= {
    f"tierengine/engines/{path.name}": ["tests/engines"]
    for path in sorted((ROOT / "tierengine" / "engines").glob("[a-z]*.py"))
}
SETTINGS = """
[tool.mutmut]
source_paths = ["tierengine"]
only_mutate = ["{file}"]
also_copy = ["criteria", "rules", "seeds", "setup.py"]
pytest_add_cli_args = ["-p", "no:xdist", "-o", "addopts=", "--hypothesis-profile=first"]
pytest_add_cli_args_test_selection = {tests}
track_dependencies = false
use_git_change_detection = false
"""
NOTICED = ("killed", "timeout", "caught by type check")


def main() -> int:
    """Try each file that is asked for; give the exit code."""
    asked = argparse.ArgumentParser(description="Single changes of the code that decides, and which no test notices")
    asked.add_argument("words", nargs="*", help="parts of the paths of the files to try; all if left out")
    asked.add_argument("--minutes", type=float, help="stop after so long for each file")
    given = asked.parse_args()
    files = [file for file in TESTS if not given.words or any(word in file for word in given.words)]
    if not files:
        print(f"none of the files is called so; write a part of one of: {', '.join(TESTS)}", file=sys.stderr)
        return 2
    whole = [_tried(file, given.minutes) for file in files]
    return 0 if all(whole) else 1


def _tried(file: str, minutes: float | None) -> bool:
    """Try the changes of one file and print what came of them: whether each was tried and noticed."""
    copy = COPIES / Path(file).stem
    _bring_up_to_date(copy, file)
    log = copy / "run.log"
    with log.open("w", encoding="utf-8") as out:
        run = subprocess.Popen([*_mutmut(), "run", "--max-children", "1"], cwd=copy, stdout=out, stderr=out)  # noqa: S603
        try:
            run.wait(None if minutes is None else minutes * 60)
        except subprocess.TimeoutExpired:
            run.terminate()
            run.wait()
    ends = dict(_ends(copy))
    if not ends:
        print(f"{file}: the tests do not run in the copy; read {log}")
        return False
    counts = Counter(ends.values())
    print(f"{file}: {len(ends)} changes: " + ", ".join(f"{number} {end}" for end, number in counts.most_common()))
    for name, end in ends.items():
        if end == "survived":
            print(f"\n{name}\n{_difference(copy, name)}")
    return set(ends.values()) <= set(NOTICED)


def _bring_up_to_date(copy: Path, file: str) -> None:
    """Copy what git knows of the project; unchanged files keep their times, so that mutmut goes on where it was."""
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")  # noqa: S607
    for name in filter(None, known.stdout.split("\0")):
        source, target = ROOT / name, copy / name
        if source.is_file() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8") + SETTINGS.format(file=file, tests=TESTS[file])
    (copy / "pyproject.toml").write_text(settings, encoding="utf-8")


def _ends(copy: Path) -> list[tuple[str, str]]:
    """Each change by its name, and what became of it."""
    lines = _said(copy, "results", "--all", "true").splitlines()
    return [(name, end) for name, mark, end in (line.strip().partition(": ") for line in lines) if mark]


def _difference(copy: Path, name: str) -> str:
    lines = _said(copy, "show", name).splitlines()
    return "\n".join(line for line in lines if line[:1] in ("-", "+") and line[:3] not in ("---", "+++"))


def _said(copy: Path, *words: str) -> str:
    run = subprocess.run([*_mutmut(), *words], cwd=copy, capture_output=True, check=False, encoding="utf-8")  # noqa: S603
    return run.stdout


def _mutmut() -> list[str]:
    return [sys.executable, "-m", "mutmut"]


if __name__ == "__main__":
    sys.exit(main())
