"""Measures the desk in the browser: `make bench`.

The desk is started as a user starts it, over a folder with the worked dossiers, and asked over loopback. Pages are
asked for in rounds, one after the other, so that a machine that slows down slows all of them. Beside it Datasette
serves a table with as many rows as the dossiers have records, as the rival for time and weight: it shows tables of
SQLite and reasons about nothing. Without it (`make .venv/benchmark` installs it) the desk is measured alone.

The census of a change is taken over a million cases in Parquet, made as in `corpora.py`.

Many people at once are played by this program itself, on the same cores, with as little work for each as can be. Beside
the pages a second stand those that a second of the processor gives, which another program on the machine disturbs less.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, sleep

import corpora
import httpx
import lab
from playwright.sync_api import Page, sync_playwright

from tierengine.evidence.dossier import read_dossier

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
ROUNDS = 100
PEOPLE = 50
SECONDS = 10
TABLE = "/records/records"
CORPUS = "million.parquet"
CASE = "/c/GT/2007-interim"
PAGES = {
    "Countries": "/",
    "Dossier": CASE,
    "Rating sheet": f"{CASE}/rate",
    "What if, asked before": f"{CASE}/what-if?rate-significant_efforts=not+met",
    "Ask": "/c/QM/2011/ask",
    "Years": f"{CASE}/years",
    "Why": f"{CASE}/why?step=WL-iii-II",
    "Papers": f"{CASE}/papers",
}


def main() -> None:
    """Print every figure."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(ROOT / "seeds", work / "dossiers")
        _table(work)
        corpora.write_corpus(lab.latest_form(), 1, work / CORPUS)
        with _desk(work) as (*_, first):
            pass
        with _desk(work) as (at, cookies, desk, again), _rival(work) as rival:
            beside = "" if rival is None else f"; Datasette {rival.started}"
            print(f"start to first page       {again}; the first time {first}{beside}")
            _times(at, cookies, rival)
            print()
            asyncio.run(_together(("the desk", desk), at, cookies, list(PAGES.values())))
            if rival is not None:
                asyncio.run(_together(("Datasette", rival.process), rival.at, {}, [TABLE]))
            _in_the_browser(at, cookies, rival)


@contextmanager
def _desk(work: Path) -> Iterator[tuple[str, dict[str, str], int, str]]:
    """A desk, the cookie of one who came in, its process, and how long its first page took."""
    here = {"XDG_STATE_HOME": str(work / "state"), "XDG_CACHE_HOME": str(work / "cache"), "PYTHONUNBUFFERED": "1"}
    environment = os.environ | here
    begun = perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tierengine.cli", "desk", str(work / "dossiers"), "--corpus", str(work / CORPUS)],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        printed = "".join(process.stdout.readline() for _ in range(3))
        link = re.search(r"http://\S+", printed)
        assert link is not None, printed
        at = link[0].partition("/enter")[0]
        with httpx.Client(base_url=at, timeout=120) as browser:
            browser.get(link[0])
            browser.get("/").raise_for_status()
            took = _took(begun, process.pid)
            browser.get("/c/QM/2011/ask/plan")
            yield at, dict(browser.cookies), process.pid, took
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@dataclass(frozen=True)
class Rival:
    """Datasette over the records: its address and process, and how long its first page took."""

    at: str
    process: int
    started: str


def _rival(work: Path) -> AbstractContextManager[Rival | None]:
    if find_spec("datasette") is None:
        print("Datasette is not installed, so the desk is measured alone")
        return nullcontext()
    return _datasette(work)


@contextmanager
def _datasette(work: Path) -> Iterator[Rival]:
    begun = perf_counter()
    command = [sys.executable, "-m", "datasette", str(work / "records.db"), "--port", "8917"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    at = "http://127.0.0.1:8917"
    try:
        while True:
            try:
                httpx.get(f"{at}{TABLE}").raise_for_status()
                break
            except httpx.TransportError:
                assert process.poll() is None, "Datasette does not run"
                sleep(0.02)
        yield Rival(at, process.pid, _took(begun, process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _took(begun: float, process: int) -> str:
    """How long it took since a moment, and how much of it the processor worked for a process."""
    return f"{(perf_counter() - begun) * 1000:.0f} ms ({_processor(process) * 1000:.0f} of the processor)"


def _table(work: Path) -> None:
    """A table with the records of all dossiers."""
    records = [
        (path.parent.name, record.id, record.measures, record.model_dump_json())
        for path in sorted((work / "dossiers").glob("*/dossier.yaml"))
        for record in read_dossier(path).dossier.records
    ]
    connection = sqlite3.connect(work / "records.db")
    connection.execute("create table records (dossier text, id text, measures text, note text)")
    connection.executemany("insert into records values (?, ?, ?, ?)", records)
    connection.commit()
    connection.close()
    print(f"{len(records)} records in the dossiers and in the table of Datasette")


def _times(at: str, cookies: dict[str, str], rival: Rival | None) -> None:
    """The time from the request to the whole answer, one after the other."""
    asked = {name: f"{at}{path}" for name, path in PAGES.items()}
    if rival is not None:
        asked["Datasette"] = f"{rival.at}{TABLE}"
    took: dict[str, list[float]] = {name: [] for name in asked}
    with httpx.Client(cookies=cookies, timeout=120) as browser:
        for address in asked.values():
            browser.get(address).raise_for_status()  # what is worked out once is there
        for _ in range(ROUNDS):
            for name, address in asked.items():
                begun = perf_counter()
                browser.get(address)
                took[name].append((perf_counter() - begun) * 1000)
    print(f"\na page, {ROUNDS} times           median     95th")
    for name, times in took.items():
        print(f"{name:<24}{statistics.median(times):7.1f} {_95th(times):8.1f} ms")


async def _together(who: tuple[str, int], at: str, cookies: dict[str, str], paths: list[str]) -> None:
    """Many people at once, each asking for the next page as soon as they have the last; of a name and a process."""
    name, process = who
    took: list[float] = []
    host, _, port = at.removeprefix("http://").partition(":")
    cookie = "; ".join(f"{key}={value}" for key, value in cookies.items())
    head = f" HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\r\n"
    used, end = _processor(process), perf_counter() + SECONDS

    async def person(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        while perf_counter() < end:
            begun = perf_counter()
            writer.write(f"GET {paths[number % len(paths)]}{head}".encode())
            assert await _answer(reader) == 200
            took.append((perf_counter() - begun) * 1000)
            number += 1
        writer.close()

    await asyncio.gather(*(person(number) for number in range(PEOPLE)))
    seconds = _processor(process) - used
    rate, of_the_processor = len(took) / SECONDS, len(took) / seconds
    print(f"{PEOPLE} people, {name:<12} {rate:7.0f} pages a second, 95th {_95th(took):.0f} ms, no error", end="; ")
    print(f"{of_the_processor:.0f} a second of the processor, of which it had {seconds / SECONDS:.2f}")


async def _answer(reader: asyncio.StreamReader) -> int:
    """The status of an answer, which is read whole."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: (\d+)", head)
    if length is not None:
        await reader.readexactly(int(length[1]))
    else:
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    return int(head.split(b" ", 2)[1])


def _processor(process: int) -> float:
    """The seconds of the processor that a process has used (proc(5), stat: utime and stime)."""
    times = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def _in_the_browser(at: str, cookies: dict[str, str], rival: Rival | None) -> None:
    with sync_playwright() as playwright:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        others = [] if rival is None else [("Datasette", f"{rival.at}{TABLE}")]
        for name, address in (("the desk", f"{at}{CASE}"), *others):
            context = chromium.new_context()
            context.add_cookies([{"name": key, "value": value, "url": at} for key, value in cookies.items()])
            page = context.new_page()
            first, after = _weight(page, address), _weight(page, address)
            print(f"weight, {name:<12} first page {first / 1000:.0f} kB, the next {after / 1000:.0f} kB")
            if name == "the desk":
                _what_if(page, at)
                _edit(page, at)
            context.close()
        chromium.close()


def _weight(page: Page, address: str) -> float:
    """The bytes that come over the line for a page and all it loads."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda loaded: weights.append(loaded["encodedDataLength"]))
    page.goto(address, wait_until="load")
    page.wait_for_timeout(500)
    session.detach()
    return sum(weights)


_PAINTED = """name => new Promise(done => {
  const box = document.querySelectorAll('input[name=off]')[Number(name)];
  document.addEventListener('htmx:afterSettle', () => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now() - begun))), {once: true});
  const begun = performance.now();
  box.click();
})"""


def _what_if(page: Page, at: str) -> None:
    """The time from a click to the painted answer, each time to a question that was not asked before."""
    page.goto(f"{at}{CASE}/what-if")
    took = [page.evaluate(_PAINTED, number) for number in range(20)]
    print(f"what if, click to paint   {statistics.median(took):7.0f} ms, 95th {_95th(took):.0f} ms")


_EDITED = """([text, seen, gone]) => new Promise(done => {
  const place = document.getElementById('text');
  const begun = performance.now();
  const look = () => document.querySelector(seen) && !(gone && document.querySelector(gone))
    ? done(performance.now() - begun) : requestAnimationFrame(look);
  place.value = text;
  place.dispatchEvent(new Event('input', {bubbles: true}));
  requestAnimationFrame(look);
})"""


def _edit(page: Page, at: str) -> None:
    """The time from a change of the text to its problems at their lines, to its proofs and to its census."""
    page.goto(f"{at}/law/edit?file=criteria/MS3/2000-10-28.yaml")
    page.wait_for_timeout(5000)  # whoever edits reads first; meanwhile what proofs need is loaded
    before = page.input_value("#text")
    problems, proofs, censuses = [], [], []
    for number in range(3):
        slip = before.replace("at_least:", f"at_lest{number}:", 1)
        problems.append(page.evaluate(_EDITED, [slip, ".at-line", None]))
        draft = before.replace("at_least: 4", f"at_least: {5 + number}", 1)
        page.evaluate(_EDITED, [draft, ".check-running, .check-waiting, .check-good", ".at-line"])
        proofs.append(page.evaluate(_UNTIL, "Proofs"))
        censuses.append(proofs[-1] + page.evaluate(_UNTIL, "Census"))
    print(f"a slip to its problem     {statistics.median(problems):7.0f} ms")
    print(f"a draft to its proofs     {statistics.median(proofs):7.0f} ms")
    print(f"and to its census of {lab.MILLION:,} cases {statistics.median(censuses):7.0f} ms")


_UNTIL = """name => new Promise(done => {
  const begun = performance.now();
  const there = each => each.textContent.includes(name) && !each.matches('.check-running, .check-waiting');
  const look = () => [...document.querySelectorAll('.check')].some(there)
    ? done(performance.now() - begun) : requestAnimationFrame(look);
  look();
})"""


def _95th(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
