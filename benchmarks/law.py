"""Measures the guard of the law: single changes by kind and by what noticed them, and the seconds.

Once for today's law, and once for one of twice the size. The rival is what there was before: `lint` and `test` run anew
for each change.

    python benchmarks/law.py [--sample N]
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tierengine.lab.change.mutation import Mutation, Plan, mutation

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("lint", "example", "case", "proof", "equivalent", "survives", "undecided")


def main() -> None:
    """Print the table of each law, and what one change costs by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=None, help="look at each N-th change alone")
    sample = parser.parse_args().sample
    with tempfile.TemporaryDirectory() as folder:
        for name, law in (("today's law", ROOT), ("a law of twice the size", doubled(Path(folder)))):
            began = time.perf_counter()
            told = mutation(Plan(rulebook=law, cases=ROOT / "tests" / "cases", sample=sample))
            seconds = time.perf_counter() - began
            _print(name, told, seconds)
    began = time.perf_counter()
    for verb in ("lint", "test"):
        words = [sys.executable, "-m", "tierengine.cli", verb]
        subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    print(f"by hand: lint and test for one change take {time.perf_counter() - began:.1f} s")


def _print(name: str, told: Mutation, seconds: float) -> None:
    looked = len(told.verdicts)
    print(
        f"{name}: {looked} of {told.changes} single changes in {seconds:.0f} s, {1000 * seconds / looked:.1f} ms each"
    )
    print(f"  {'':12}" + "".join(f"{head:>11}" for head in (*COLUMNS, "in all")))
    counted = told.counted()
    for kind in sorted(counted):
        row = [counted[kind].get(column, 0) for column in COLUMNS]
        print(f"  {kind:12}" + "".join(f"{number:>11}" for number in (*row, sum(counted[kind].values()))))
    sums = [sum(counts.get(column, 0) for counts in counted.values()) for column in COLUMNS]
    print(f"  {'in all':12}" + "".join(f"{number:>11}" for number in (*sums, looked)))


def doubled(folder: Path) -> Path:
    """Return a rulebook in which each criterion in force is amended once more, and reads as before."""
    for room in ("criteria", "rules"):
        shutil.copytree(ROOT / room, folder / room)
    act = (folder / "rules" / "acts.yaml").read_text(encoding="utf-8").rstrip("\n").splitlines()
    act += [
        "  - id: PL-119-999",
        "    public_law: P.L. 119-999",
        "    title: An Act that was made up to measure",
        "    citation: {authority: policy, source: the benchmark}",
        "    in_force: {from: 2027-01-08}",
        "    sections:",
        "      - section: section 1",
        "        from: 2027-01-08",
        "        touches: [22 USC 7106, 22 USC 7107]",
        "        says: It repeats the law.",
    ]
    (folder / "rules" / "acts.yaml").write_text("\n".join(act) + "\n", encoding="utf-8")
    for path in sorted((folder / "criteria").glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if re.search(r"(?m)^in_force: \{from: [-0-9]+\}$", text) and "\nrenumbered:" not in text:
            again = re.sub(r"(?m)^in_force: .*$", "in_force: {from: 2027-01-08}", text)
            again = re.sub(r"(?m)^change:.*\n(?:  .*\n)*", "", again)
            change = "change: {act: P.L. 119-999 section 1, says: It repeats the law.}\n"
            again = again.replace("in_force: {from: 2027-01-08}\n", "in_force: {from: 2027-01-08}\n" + change)
            again = re.sub(r"(?m)^( *)cues:\n(?:\1  .*\n)*", "", again)
            (path.parent / "2027-01-08.yaml").write_text(again, encoding="utf-8")
            ended = re.sub(r"(?m)^in_force: \{(from: [-0-9]+)\}$", r"in_force: {\1, until: 2027-01-08}", text)
            path.write_text(ended, encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
