"""Measures corpora larger than memory, one process against two workers, and raters who differ: part of `make bench`.

The rivals are polars and openfisca-core with the same rules as in `lab.py`, from the same file: polars reads and
decides it by its streaming engine, openfisca-core a part at a time, since it has all cases in memory. Before the clock
starts, all must leave the same tiers open for the same numbers of cases. What each takes is measured from outside, as
a process of its own: wall time, processor time, and the most memory that it had.

The same cases are measured in an ordinary file, in which cells are empty, and packed by `audit pack`; merely reading
the columns is measured of both, by pyarrow and by polars.

A corpus of 50 million cases takes 3 GB of the folder for temporary files, and is deleted at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import lab
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tierengine.engines.columns import ColumnEngine, Columns, Numbers, Truths, all_of, pack, unpack
from tierengine.engines.form import Form
from tierengine.lab.corpus.arrow import is_text
from tierengine.lab.corpus.parquet import RowGroups, row_groups
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Rulebook

PART = 1 << 18
"""Cases of a row group."""

DISTINCT = 4
"""Row groups that are drawn by chance; they are repeated, under new ids."""

SIZES = (1, 10, 50)
COUNTRIES, RATINGS = 190, 10
SHARE_UNKNOWN = (0.7,)
"""How likely a fact of a country is unknown: high enough that a third of all that are drawn contradict nothing."""


@dataclass(frozen=True)
class Run:
    """What a process took."""

    seconds: float
    processor: float
    megabytes: float
    out: str


WATCHER = """
import json, os, subprocess, sys, time
started = time.perf_counter()
with open(sys.argv[1], "w") as out:
    process = subprocess.Popen(sys.argv[2:], stdout=out)
    _, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
took = time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
print(json.dumps([process.returncode, *took]))
"""
"""A small process that starts what is measured: Linux counts the memory of the starting one as that of the started."""


def run(words: Sequence[str], folder: Path) -> Run:
    """Run a command and return what it took, with its children."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache"), "POLARS_MAX_THREADS": str(os.cpu_count())}
    command = [sys.executable, "-c", WATCHER, str(folder / "out"), *words]
    ran = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True, text=True)  # noqa: S603 (ours)
    code, seconds, processor, megabytes = json.loads(ran.stdout)
    if code != 0:
        sys.exit(f"{' '.join(words)} ended with {code}")
    return Run(seconds, processor, megabytes, (folder / "out").read_text())


# --- the corpora ----------------------------------------------------------------------------------------------------


def write_corpus(form: Form, millions: int, path: Path) -> None:
    """Write a corpus by row groups."""
    drawn = [
        lab.table_of(
            form, lab.random_columns(form, PART, lab.SEED + n, lab.UNKNOWN_IN_CORPUS, lab.COUNTS_IN_CORPUS), PART
        )
        for n in range(DISTINCT)
    ]
    count = millions * lab.MILLION
    with pq.ParquetWriter(path, drawn[0].schema) as writer:
        for number, first in enumerate(range(0, count, PART)):
            table = drawn[number % DISTINCT].slice(0, min(PART, count - first))
            ids = pa.array([f"case-{first + n}" for n in range(table.num_rows)])
            writer.write_table(table.set_column(0, "id", ids))


def write_countries(form: Form, path: Path) -> None:
    """Write countries that contradict nothing, each with ten ratings that a person gave."""
    chance = np.random.default_rng(lab.SEED)
    drawn = 4000
    columns = dict(lab.random_columns(form, drawn, lab.SEED, SHARE_UNKNOWN, lab.COUNTS_IN_CORPUS))
    ratings = [each for each in form.inputs if each.id.startswith("rating/")]
    given = np.argsort(chance.random((len(ratings), drawn)), axis=0) < RATINGS
    for each, truths in zip(ratings, given, strict=True):
        plane = pack(np.asarray(truths, np.bool_))
        columns[each.id] = Numbers(chance.choice(np.array(each.numbers, np.int8), drawn), plane)
        columns[each.id.replace("rating/", "judged/", 1)] = Truths(plane, all_of(drawn) ^ plane)
    against = ColumnEngine(form).evaluate(columns, drawn).contradicted(form)
    sound = np.flatnonzero(~unpack(against, drawn))[:COUNTRIES]
    if sound.size < COUNTRIES:
        sys.exit(f"only {sound.size} of {drawn} countries that were drawn contradict nothing")
    pq.write_table(lab.table_of(form, columns, drawn).take(pa.array(sound)), path)


# --- the rivals, each in a process of its own -----------------------------------------------------------------------


def tiers_of(opened: dict[str, NDArray[np.bool_]]) -> Counter[str]:
    """How many cases have which rows of the tier table open."""
    rows = sorted(opened)
    which = sum((opened[row].astype(np.int64) << place for place, row in enumerate(rows)), np.int64(0))
    counts = np.bincount(which)
    return Counter({str(code): int(counts[code]) for code in np.flatnonzero(counts)})


def rows_of() -> list[str]:
    """The rows of the tier table of the latest law."""
    return [row.id for row in read_rulebook(lab.ROOT).latest().tiers]


def columns_in(part: RowGroups, book: Rulebook, form: Form) -> Columns:
    """Return the columns of some row groups."""
    return part.corpus().part(np.arange(part.rows)).columns(book, form, [])


def by_columns(form: Form, path: Path) -> Counter[str]:
    """Our own columns, part by part, a thread for each processor, as the verbs on a corpus read it."""
    return count_by_columns(ColumnEngine(form), read_rulebook(lab.ROOT), form, path)


def count_by_columns(engine: ColumnEngine, book: Rulebook, form: Form, path: Path) -> Counter[str]:
    """The same once the law was read and its rules were compiled."""
    rows = [row.id for row in book.latest().tiers]

    def counted(part: RowGroups) -> Counter[str]:
        settled = engine.settle(columns_in(part, book, form), part.rows, rows)
        return tiers_of({row: ~unpack(settled[row].refuted, part.rows) for row in rows})

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(counted, row_groups(path, [form])), Counter[str]())


def by_polars(form: Form, path: Path) -> Counter[str]:
    """Polars from the file to the counts, by its streaming engine."""
    import polars as pl  # noqa: PLC0415

    rows = rows_of()
    lazy = pl.scan_parquet(path)
    for each in form.inputs:
        if each.id.startswith("judged/"):
            lazy = lazy.with_columns(pl.col(each.id.replace("judged/", "rating/", 1)).is_not_null().alias(each.id))
        elif each.type == "choice":
            places = {word: place for place, word in enumerate(each.choices)}
            lazy = lazy.with_columns(
                pl.col(each.id).cast(pl.String).replace_strict(places, default=None, return_dtype=pl.Int8)
            )
    decided = lab.Polars(form, {}, 0).decide(lazy)
    which = pl.sum_horizontal((~pl.col("-" + row)).cast(pl.Int64) * (1 << n) for n, row in enumerate(sorted(rows)))
    counted = decided.select(which.alias("which")).group_by("which").len().collect(engine="streaming")
    return Counter({str(code): number for code, number in counted.iter_rows()})


def by_openfisca(form: Form, path: Path) -> Counter[str]:
    """OpenFisca, part by part, since it has every case in memory."""
    book, rows, tiers = read_rulebook(lab.ROOT), rows_of(), Counter[str]()
    for part in row_groups(path, [form]):
        columns, count = columns_in(part, book, form), part.rows
        nowhere = np.zeros(-(-count // 8), np.uint8)
        given = {each.id: columns.get(each.id, Truths(nowhere, nowhere)) for each in form.inputs}
        found = lab.OpenFisca(form, given, count).found()
        tiers += tiers_of({row: ~found["-" + row] for row in rows})
    return tiers


RIVALS = {"columns": by_columns, "polars": by_polars, "openfisca-core": by_openfisca}


# --- what is measured -----------------------------------------------------------------------------------------------


def print_run(name: str, ran: Run, cases: int) -> None:
    """Print what a process took."""
    rate = cases / ran.seconds / 1e6
    print(f"  {name:<44}{ran.seconds:>9.1f}{ran.processor:>11.1f}{rate:>18.2f}{ran.megabytes:>12.0f}", flush=True)


def print_head(what: str) -> None:
    """Print the head of a table."""
    print(f"\n{what}\n  {'':<44}{'s':>9}{'cpu s':>11}{'million cases/s':>18}{'MB':>12}")


def measure_rivals(ordinary: Path, packed: Path, cases: int, folder: Path) -> None:
    """Measure us and the rivals from the file to the number of cases with each set of open tiers."""
    print_head(f"{cases:,} cases, from Parquet to how many have which tiers open")
    counted = []
    for path, names in ((ordinary, [*RIVALS]), (packed, ["columns"])):
        for name in names:
            ran = run([sys.executable, __file__, "--rival", name, str(path)], folder)
            counted.append(json.loads(ran.out))
            print_run(f"{name}, {path.stem}", ran, cases)
    if any(each != counted[0] for each in counted):
        sys.exit("the rivals leave other tiers open")
    print("  all leave the same tiers open for the same numbers of cases")


def read_by_pyarrow(path: Path, names: Sequence[str]) -> None:
    """Read columns one by one, as we do."""
    metadata = pq.read_metadata(path)
    schema = metadata.schema.to_arrow_schema()
    words = [name for name in names if is_text(schema.field(name).type)]
    file = pq.ParquetFile(path, metadata=metadata, read_dictionary=words)
    for group in range(metadata.num_row_groups):
        for name in names:
            file.read_row_groups([group], columns=[name], use_threads=False)


def read_by_polars(path: Path, names: Sequence[str]) -> None:
    """Read columns as polars does it."""
    import polars as pl  # noqa: PLC0415 - its number of threads is read when it is imported

    pl.read_parquet(path, columns=list(names))


def processor_of(read: Callable[[Path, Sequence[str]], None], path: Path, names: Sequence[str]) -> float:
    """Return the seconds of the processor that reading takes."""
    started = process_time()
    read(path, names)
    return process_time() - started


def measure_reading(ordinary: Path, packed: Path, cases: int) -> None:
    """Measure what merely reading the columns takes, in alternation, the median of some rounds."""
    names = [name for name in pq.read_schema(ordinary).names if name != "id"]
    ways = [(reader, path) for path in (ordinary, packed) for reader in (read_by_pyarrow, read_by_polars)]
    rounds = [[processor_of(reader, path, names) for reader, path in ways] for _ in range(lab.ROUNDS)]
    print(f"\nmerely reading the {len(names)} columns of {cases:,} cases, processor time")
    for place, (reader, path) in enumerate(ways):
        took = statistics.median(each[place] for each in rounds)
        library = reader.__name__.removeprefix("read_by_")
        print(f"  {library}, {path.stem} ({path.stat().st_size / 1e6:.1f} MB)".ljust(46) + f"{took:>9.2f} s")


def measure_counting(form: Form, paths: Sequence[Path], cases: int) -> None:
    """Measure from Parquet to counts of open tiers, once the law was read, in alternation, the medians."""
    engine, book = ColumnEngine(form), read_rulebook(lab.ROOT)
    print(f"\nfrom Parquet to counts of {cases:,} cases, {os.cpu_count()} threads, once the law was read")
    taken: dict[Path, list[tuple[float, float]]] = {path: [] for path in paths}
    for _ in range(lab.ROUNDS):
        for path in paths:
            started, on_processor = perf_counter(), process_time()
            count_by_columns(engine, book, form, path)
            taken[path].append((perf_counter() - started, process_time() - on_processor))
    for path, rounds in taken.items():
        seconds, processor = (statistics.median(each) for each in zip(*rounds, strict=True))
        rate = cases / seconds / 1e6
        print(f"  {path.stem:<44}{seconds:>9.2f} s{processor:>9.2f} cpu s{rate:>9.2f} million cases/s")


def measure_packed(form: Form, folder: Path) -> None:
    """Measure a million cases in an ordinary file and packed: reading, counting, and what a change does to them."""
    ordinary, packed = folder / "ordinary.parquet", folder / "packed.parquet"
    write_corpus(form, 1, ordinary)
    print_head(f"{lab.MILLION:,} cases: audit pack")
    words = [sys.executable, "-m", "tierengine.cli", "audit", "pack", str(ordinary), str(packed)]
    print_run("audit pack", run(words, folder), lab.MILLION)
    measure_reading(ordinary, packed, lab.MILLION)
    measure_counting(form, (ordinary, packed), lab.MILLION)
    measure_rivals(ordinary, packed, lab.MILLION, folder)
    print_head(f"{lab.MILLION:,} cases, in an ordinary file and packed")
    changed = str(lab.changed_rulebook(folder / "changed-for-packed"))
    printed = set()
    for path in (ordinary, packed):
        ran = run(
            [sys.executable, "-m", "tierengine.cli", "impact", str(lab.ROOT), changed, "--corpus", str(path)], folder
        )
        printed.add(ran.out.replace(str(path), "CORPUS"))
        print_run(f"impact, {path.stem}", ran, lab.MILLION)
    if len(printed) > 1:
        sys.exit("impact says something else of the packed corpus")


def measure_growth(form: Form, sizes: Sequence[int], folder: Path) -> None:
    """Measure `impact` over corpora of several sizes, in one process and with two workers."""
    changed = lab.changed_rulebook(folder / "changed")
    for millions in sizes:
        path = folder / "corpus.parquet"
        write_corpus(form, millions, path)
        cases = millions * lab.MILLION
        print_head(f"{cases:,} cases ({path.stat().st_size / 1e6:,.0f} MB): impact of one threshold, with its proofs")
        words = [sys.executable, "-m", "tierengine.cli", "impact", str(lab.ROOT), str(changed), "--corpus", str(path)]
        here = run(words, folder)
        print_run("one process", here, cases)
        there = run([*words, "--cluster", "local:2"], folder)
        print_run("two workers (memory of the first process)", there, cases)
        if here.out != there.out:
            sys.exit("the cluster says something else")
        path.unlink()


def measure_raters(form: Form, folder: Path) -> None:
    """Measure `audit robust`."""
    path = folder / "countries.parquet"
    write_countries(form, path)
    ran = run([sys.executable, "-m", "tierengine.cli", "audit", "robust", str(path), "--format", "json"], folder)
    answer = json.loads(ran.out)
    total = sum(each["combinations"] + each["forbidden"] for each in answer["standings"])
    print(
        f"\naudit robust: {COUNTRIES} countries with {RATINGS} ratings each, {total:,} combinations: "
        f"{ran.seconds:.1f} s ({ran.processor:.1f} s of processor time; goal: under 60 s)"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Measures corpora larger than memory.")
    parser.add_argument("--millions", type=int, nargs="+", default=SIZES, help="how many million cases")
    parser.add_argument("--rival", nargs=2, metavar=("NAME", "FILE"), help="count a file with one of the rivals")
    given = parser.parse_args()
    form = lab.latest_form()
    if given.rival:
        print(json.dumps(RIVALS[given.rival[0]](form, Path(given.rival[1])), sort_keys=True))
        return
    lab.print_machine()
    with tempfile.TemporaryDirectory() as folder:
        measure_raters(form, Path(folder))
        measure_packed(form, Path(folder))
        measure_growth(form, given.millions, Path(folder))


if __name__ == "__main__":
    main()
