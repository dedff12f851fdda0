"""How many of 200 real sentences about what a government did find a question of the law of their year.

`tests/data/sentences.csv` lists them, each read and judged by itself: the questions that it answers, or what of it
nothing asks. They are the sentences of `tip_summaries.csv` (369 summaries of reports of 2006 to 2025) between the words
"tier rating" and the next heading, cut at semicolons and shuffled with seed 12. The first 480 were read when the
questions were written; those after them were judged in turn, until 200 said what a government did or left undone. A
sentence that only states the placement, or the ground of the watch list in the words of the statute, and one that is of
no government, is listed and not counted.

At the first judging 193 of the 200 left nothing over. Arrests and the return of victims from abroad, which three of the
others report, have had questions of their own since.

    python benchmarks/sentences.py                         the share, and what nothing asks
    python benchmarks/sentences.py --summaries FILE.csv    also whether these are the sentences that the seed draws
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tierengine.law.questions import questions
from tierengine.law.reader import read_rulebook

ROOT = Path(__file__).resolve().parent.parent
JUDGED = ROOT / "tests" / "data" / "sentences.csv"
SEED, READ_BEFORE, COUNTED = 12, 480, 200
GOAL = 0.95
BEGINNING = 6
"""Words by which a sentence is known again."""

_RATING = re.compile(r"tier rating:?(.*?)(?=trafficking profile:|current situation:|$)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a summary: where it stands, and how it begins."""

    country: str
    year: str
    number: str
    """Its place in the part of the summary on the rating, from 1."""
    begins: str


def sentences(path: Path) -> list[Sentence]:
    """Return every sentence on the ratings of a file of summaries, in the order of the seed."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [sentence for row in csv.DictReader(file) for sentence in _of_summary(row)]
    random.Random(SEED).shuffle(found)
    return found


def _of_summary(row: dict[str, str]) -> Iterator[Sentence]:
    pieces = [piece for part in _RATING.finditer(row["text"]) for piece in part[1].split(";")]
    for number, piece in enumerate(pieces, 1):
        yield Sentence(row["country"], row["report_year"], str(number), " ".join(piece.split()[:BEGINNING]))


def judged() -> list[dict[str, str]]:
    """Return the judged sentences, in their order."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unknown(rows: list[dict[str, str]]) -> Iterator[str]:
    """Yield each question that is named and that the law of the report of its year does not ask."""
    book = read_rulebook(ROOT)
    for row in rows:
        asked = {question.id for question in questions(book.on(date(int(row["year"]), 6, 15))).questions}
        for name in set(row["questions"].split()) - asked:
            yield f"{row['country']} {row['year']}, sentence {row['sentence']}: the law of that year has no `{name}`"


def misdrawn(rows: list[dict[str, str]], path: Path) -> Iterator[str]:
    """Yield each row that is not the sentence which the seed draws in its place."""
    drawn = sentences(path)[READ_BEFORE : READ_BEFORE + len(rows)]
    if len(drawn) < len(rows):
        yield f"{path}: it has too few sentences to draw {len(rows)} from"
    for row, sentence in zip(rows, drawn, strict=False):
        if (row["country"], row["year"], row["sentence"], row["begins"]) != (
            sentence.country,
            sentence.year,
            sentence.number,
            sentence.begins,
        ):
            yield f"{row['country']} {row['year']}, sentence {row['sentence']}: the seed draws {sentence}"


def main() -> int:
    """Print the share and what nothing asks; return 1 where the list does not hold or the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--summaries", type=Path, metavar="FILE.csv", help="the summaries from which they are drawn")
    given = parser.parse_args()
    if given.summaries is not None and not given.summaries.is_file():
        parser.error(f"{given.summaries} is no file; name the summaries, such as tip_summaries.csv")
    rows = judged()
    wrong = [*unknown(rows), *(misdrawn(rows, given.summaries) if given.summaries else ())]
    for problem in wrong:
        print(problem, file=sys.stderr)
    acts = [row for row in rows if row["tells"] == "act"]
    fit = [row for row in acts if row["questions"]]
    whole = [row for row in fit if not row["not_asked"]]
    print(f"{len(acts)} sentences about what a government did or left undone, of {len(rows)} drawn")
    print(f"  a question fits         {len(fit)}  {len(fit) / len(acts):.1%}")
    print(f"  and nothing is left     {len(whole)}  {len(whole) / len(acts):.1%}")
    for row in acts:
        if row["not_asked"]:
            print(f"  nothing asks: {row['not_asked']} ({row['country']} {row['year']}, sentence {row['sentence']})")
    return int(bool(wrong) or len(acts) != COUNTED or len(fit) < GOAL * COUNTED)


if __name__ == "__main__":
    sys.exit(main())
