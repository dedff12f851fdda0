"""What reading sources costs: seconds of the processor and memory for a report of 100 pages, and for each other format.

Every document is read in a process of its own, so that its peak of memory is its own. Run: python benchmarks/sources.py
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

import docx
import pypdfium2
import typst

from tierengine.evidence.sources.reading import FORMATS, Format, read_source

LIMIT_SECONDS, LIMIT_MIB, PAGES = 2.0, 300, 100
ROUNDS = 5
WORDS = (
    "The Government of Tessalia opened a shelter for victims of trafficking in the capital, with trained counsellors. "
)
PARAGRAPHS = [f"Paragraph {number}. {WORDS * 4}" for number in range(1, 10 * PAGES + 1)]


def report() -> bytes:
    """A PDF of exactly so many pages, with running heads, justified and hyphenated."""
    settings = '#set page(paper: "a4", header: [Annual Report], footer: context [#counter(page).display()])\n'
    settings += "#set text(size: 11pt, hyphenate: true)\n#set par(justify: true)\n"
    document = pypdfium2.PdfDocument(typst.compile((settings + "\n\n".join(PARAGRAPHS)).encode()))
    for _ in range(len(document) - PAGES):
        del document[PAGES]
    assert len(document) == PAGES
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def word() -> bytes:
    """A Word document with the same paragraphs."""
    document, held = docx.Document(), io.BytesIO()
    for words in PARAGRAPHS:
        document.add_paragraph(words)
    document.save(held)
    return held.getvalue()


def mail() -> bytes:
    """A message with the same paragraphs."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "A report"
    message.set_content("\n\n".join(PARAGRAPHS))
    return message.as_bytes()


def made() -> dict[Format, bytes]:
    """One document of each format, with about the same text."""
    plain = "\n\n".join(PARAGRAPHS).encode()
    head = b"R 011200Z JUN 08\nFM AMEMBASSY TESSAL\n\nUNCLAS TESSAL 000402\n\nSUBJECT: A REPORT\n\n"
    numbered = "\n\n".join(f"{at}. {words}" for at, words in enumerate(PARAGRAPHS[:99], start=1))
    return {
        "telegram": head + numbered.encode(),
        "html": b"<!doctype html><html><body>"
        + b"".join(f"<p>{p}</p>".encode() for p in PARAGRAPHS)
        + b"</body></html>",
        "pdf": report(),
        "docx": word(),
        "mail": mail(),
        "markdown": plain,
        "text": plain,
    }


def measured(path: Path, form: str) -> dict[str, float]:
    """Seconds of the fastest of some rounds, and the peak of memory, of a process that does nothing but read a file."""
    command = [sys.executable, __file__, form, str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603
    return found


def read(form: str, path: Path) -> None:
    """Read a file in this process and print what it took."""
    raw = path.read_bytes()
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        source = read_source([(path.name, raw)], next(each for each in FORMATS if each == form), "report")
        took.append(time.process_time() - begun)
    status = Path("/proc/self/status").read_text(encoding="ascii")  # what a parent held at the fork does not count here
    peak = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    print(
        json.dumps({"first": took[0], "best": min(took), "peak": peak, "paragraphs": sum(1 for _ in source.places())})
    )


def main() -> None:
    """Print a line for each format, and whether the goal for PDF is reached."""
    print(f"{'format':<10} {'KiB':>7} {'paragraphs':>11} {'first s':>8} {'best s':>8} {'peak MiB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for form, raw in made().items():
            path = Path(folder) / f"report.{form}"
            path.write_bytes(raw)
            found = measured(path, form)
            numbers = f"{found['first']:>8.2f} {found['best']:>8.2f} {found['peak']:>9.0f}"
            print(f"{form:<10} {len(raw) / 1024:>7.0f} {found['paragraphs']:>11.0f} {numbers}")
            if form == "pdf":
                held = found["first"] < LIMIT_SECONDS and found["peak"] < LIMIT_MIB
                said = "reached" if held else "NOT REACHED"
                print(f"  {PAGES} pages: goal {LIMIT_SECONDS} s and {LIMIT_MIB} MiB {said}")


if __name__ == "__main__":
    read(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 1 else main()
