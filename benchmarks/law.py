"""Measures the guard of the law: single changes by kind and by what noticed them, and the seconds.

Once for today's law, and once for one of twice the size. The rival is what there was before: `lint` and `test` run anew
for each change.

    python benchmarks/law.py [--sample N]
"""

from __future__ import annotations

import argparse
import os
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
        for name, law in (("today's law", ROOT), ("a law of about twice the size", grown(Path(folder)))):
            began, worked = time.perf_counter(), _processor()
            found = mutation(Plan(rulebook=law, cases=ROOT / "tests" / "cases", sample=sample))
            seconds = time.perf_counter() - began
            _print(name, found, seconds, _processor() - worked)
    began = time.perf_counter()
    for verb in ("lint", "test"):
        words = [sys.executable, "-m", "tierengine.cli", verb]
        subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    print(f"by hand: lint and test for one change take {time.perf_counter() - began:.1f} s")


def _processor() -> float:
    """Seconds that the processor worked for this process and those that it began; a busy machine adds none."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _print(name: str, found: Mutation, seconds: float, worked: float) -> None:
    looked = len(found.verdicts)
    print(
        f"{name}: {looked} of {found.changes} single changes in {seconds:.0f} s, in which the processor worked "
        f"{worked:.0f} s, {1000 * worked / looked:.1f} ms for each"
    )
    print(f"  {'':12}" + "".join(f"{head:>11}" for head in (*COLUMNS, "in all")))
    counted = found.counted()
    for kind in sorted(counted):
        row = [counted[kind].get(column, 0) for column in COLUMNS]
        print(f"  {kind:12}" + "".join(f"{number:>11}" for number in (*row, sum(counted[kind].values()))))
    sums = [sum(counts.get(column, 0) for counts in counted.values()) for column in COLUMNS]
    print(f"  {'in all':12}" + "".join(f"{number:>11}" for number in (*sums, looked)))


YEARS = range(2027, 2031)
"""In each of these years every criterion in force is amended once, which about doubles the changes that there are."""


def grown(folder: Path) -> Path:
    """Return a rulebook in which the criteria in force are amended year after year, and read as before."""
    for room in ("criteria", "rules"):
        shutil.copytree(ROOT / room, folder / room)
    act = (folder / "rules" / "acts.yaml").read_text(encoding="utf-8").rstrip("\n")
    for year in YEARS:
        act += ACT.format(law=f"119-{year}", day=f"{year}-01-08")
        _amended(folder, year)
    (folder / "rules" / "acts.yaml").write_text(act + "\n", encoding="utf-8")
    return folder


ACT = """
  - id: PL-{law}
    public_law: P.L. {law}
    title: An Act that was made up to measure
    citation: {{authority: policy, source: the benchmark}}
    in_force: {{from: {day}}}
    sections:
      - section: section 1
        from: {day}
        touches: [22 USC 7106, 22 USC 7107]
        says: It repeats the law."""


def _amended(folder: Path, year: int) -> None:
    """Amend every criterion in force that has kept its number; the cues of one version serve all."""
    day = f"{year}-01-08"
    for path in sorted((folder / "criteria").glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if re.search(r"(?m)^in_force: \{from: [-0-9]+\}$", text) and "\nrenumbered:" not in text:
            again = re.sub(r"(?m)^change:.*\n(?:  .*\n)*", "", text)
            change = f"change: {{act: P.L. 119-{year} section 1, says: It repeats the law.}}\n"
            again = re.sub(r"(?m)^in_force: .*\n", f"in_force: {{from: {day}}}\n{change}", again)
            again = re.sub(r"(?m)^( *)cues:\n(?:\1  .*\n)*", "", again)
            (path.parent / f"{day}.yaml").write_text(again, encoding="utf-8")
            ended = re.sub(r"(?m)^in_force: \{(from: [-0-9]+)\}$", rf"in_force: {{\1, until: {day}}}", text)
            path.write_text(ended, encoding="utf-8")


if __name__ == "__main__":
    main()
