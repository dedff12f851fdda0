"""The table of questions for people to read: in the terminal, as Markdown, as CSV, and row by row for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import groupby

from rich.console import Console
from rich.text import Text

from tierengine.law.questions import Question, QuestionTable
from tierengine.reports.listing import Listing, listing_csv
from tierengine.reports.markdown import escaped_line
from tierengine.reports.printable import printable
from tierengine.reports.text import print_wrapped

COLUMNS = (
    "criterion",
    "title",
    "provision",
    "question",
    "asks",
    "type",
    "values",
    "unit",
    "kinds of record",
    "better",
    "about",
    "whose acts",
    "several records",
    "silence",
    "mere statement",
    "comparison",
    "bears on a finding",
    "open words",
    "levels",
)
"""The columns of the table, each a text; those that do not apply to a question are empty."""

SEPARATOR = "; "
"""Between the values in one cell: a cell of several words is read back by cutting it here."""


def row(question: Question) -> tuple[str, ...]:
    """Return the cells of a question, one for each of `COLUMNS`."""
    return (
        question.criterion,
        question.title,
        question.citation,
        question.id,
        question.asks,
        question.type,
        SEPARATOR.join(question.values) or _open_values(question),
        question.unit or "",
        SEPARATOR.join(question.kinds),
        question.better or "",
        question.about,
        "the government's only" if question.government_only else "anybody's",
        _several(question),
        _silence(question),
        f"may say {question.stated}" if question.stated is not None else "",
        SEPARATOR.join(_comparison(question)),
        "yes" if question.decides else "no",
        SEPARATOR.join(question.open_words),
        "\n".join(f"{level}: {means}" for level, means in question.rubric.items()),
    )


def questions_csv(table: QuestionTable) -> str:
    """Return the table as CSV (RFC 4180), with a head."""
    return listing_csv(Listing(title="Questions", heads=COLUMNS, rows=tuple(map(row, table.questions))))


def questions_markdown(table: QuestionTable) -> str:
    """Return the table as Markdown: a heading and a table for each criterion; what policy staff wrote is escaped."""
    return "\n".join(_markdown(table)) + "\n"


def print_questions(table: QuestionTable, console: Console) -> None:
    """Print the table, criterion by criterion, and how many questions there are."""
    console.print(Text(_heading(table), style="bold"))
    for head, asked in _by_criterion(table):
        console.print()
        console.print(Text(printable(head), style="bold"), soft_wrap=True)
        for question in asked:
            print_wrapped(f"{question.id}: {question.asks}", console, 2, hang=2)
            for remark in remarks(question):
                print_wrapped(remark, console, 6, hang=2, style="dim")
    console.print(f"\n{counted(table)}")


def questions_text(table: QuestionTable) -> str:
    """Return the table as plain text, 110 columns wide, without colours."""
    console = Console(file=StringIO(), width=110, highlight=False, color_system=None, force_terminal=False)
    with console.capture() as captured:
        print_questions(table, console)
    return captured.get()


def counted(table: QuestionTable) -> str:
    """Return how many questions and open words there are, as one line."""
    rated = sum(question.type == "rating" for question in table.questions)
    asked = len(table.questions) - rated
    return f"{asked} questions that records answer, {rated} open words that a person rates"


def remarks(question: Question) -> Iterator[str]:
    """Yield how a question is answered, one fact a line, in plain words."""
    yield _answered(question)
    if question.rubric:
        yield from (f"{level}: {means}" for level, means in question.rubric.items())
        return
    if question.about != "the reporting period" and question.last_year_of is None:
        yield f"about {question.about}"
    if question.lasting:
        yield "a yes is not undone by what follows in the period"
    yield from _comparison(question)
    if question.when_silent is not None:
        yield f"silence: {_silence(question)}"
    if question.stated is not None:
        yield f"a mere statement may say {question.stated}"
    if not question.decides:
        yield "bears on no finding by itself; it is shown to the person who rates"


def _answered(question: Question) -> str:
    """What answers a question, in one line."""
    if question.type == "rating":
        return f"rated by a person; open words: {', '.join(question.open_words)}"
    if question.counts_kind is not None:
        return f"counts the records of kind {question.counts_kind}"
    added = "; several are added up" if question.added_up else ""
    whose = ", of the government only" if question.government_only else ""
    better = "" if question.better == "neither" else f"; {question.better} is better"
    return f"{_answer(question)}{added}; records of kind {', '.join(question.kinds)}{whose}{better}"


def _answer(question: Question) -> str:
    """What may be answered: one of some words, or a number of a unit."""
    if question.type == "count":
        return f"a number of {question.unit}, or bounds"
    return f"{', '.join(question.values[:-1])} or {question.values[-1]}"


def _open_values(question: Question) -> str:
    return "a whole number, or bounds" if question.type == "count" else ""


def _several(question: Question) -> str:
    if question.type == "rating" or question.counts_kind is not None:
        return ""
    return "are added up" if question.added_up else "must agree"


def _silence(question: Question) -> str:
    silent = question.when_silent
    return f"reads as {silent.reads_as} ({silent.citation})" if silent is not None else ""


def _comparison(question: Question) -> Iterator[str]:
    """Yield how a question hangs together with others."""
    if question.compared is not None:
        yield f"yes if {question.compared.greater} is greater than {question.compared.than}"
    if question.last_year_of is not None:
        yield f"the figure of the year before for {question.last_year_of}"
    if question.denied_with:
        yield f"no where {' or '.join(question.denied_with)} is no and nothing else answers it"
    if question.shown_by:
        yield f"yes where {' or '.join(question.shown_by)} is yes in the period"
    if question.counts_kind is not None:
        yield f"the number of records of kind {question.counts_kind}"


def _heading(table: QuestionTable) -> str:
    return f"What the law in force on {table.as_of} asks"


def _by_criterion(table: QuestionTable) -> Iterator[tuple[str, Sequence[Question]]]:
    for _, group in groupby(table.questions, key=lambda question: question.criterion):
        asked = tuple(group)
        first = asked[0]
        yield f"{first.criterion}: {first.title} ({first.citation})", asked


def _markdown(table: QuestionTable) -> Iterator[str]:
    yield f"# {_heading(table)}"
    for head, asked in _by_criterion(table):
        yield from ("", f"## {escaped_line(head)}", "")
        yield from ("| question | asks | how it is answered |", "| --- | --- | --- |")
        for question in asked:
            notes = "<br>".join(escaped_line(remark) for remark in remarks(question))
            yield f"| {escaped_line(question.id)} | {escaped_line(question.asks)} | {notes} |"
    yield from ("", counted(table))
