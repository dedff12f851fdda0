"""The verb on cases: run them, show what they cover, suggest those that are missing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tierengine import schemas
from tierengine.cli.app import app
from tierengine.cli.options import Form, PlainFormat, RulebookFolder, a_console, folder_of, print_json, rulebook_in
from tierengine.errors import Problem, UsageError
from tierengine.lab.cases.coverage import Book, Coverage
from tierengine.lab.cases.suggest import Suggestion
from tierengine.lab.cases.suggest import suggest as suggest_cases
from tierengine.lab.cases.suite import PlacedCase, read_suite
from tierengine.lab.cases.trial import Answer, Result, Trials, judge, judge_asked
from tierengine.law.reader import read_draft
from tierengine.law.rulebook import Rulebook
from tierengine.reports.cases import as_yaml, print_coverage, print_results


@app.command("test")
def run_cases(
    path: Annotated[Path | None, typer.Argument(metavar="PATH", help="a file or folder of cases")] = None,
    form: Form = PlainFormat.text,
    coverage: Annotated[bool, typer.Option("--coverage", help="also list which rules no case takes")] = False,
    suggest: Annotated[bool, typer.Option("--suggest", help="write the missing cases instead, as YAML")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="the new file for suggested cases")
    ] = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Run cases against the law. Ends with 3 where an answer, or what it rests on, is not as expected."""
    _refuse(coverage=coverage, suggest=suggest, output=output)
    book = rulebook_in(rulebook)
    trials = Trials()
    suite = read_suite(path or _own_cases(), book)
    answers = [(placed, trials.answer(placed)) for placed in suite.cases]
    seen = _seen(answers, book, folder_of(rulebook)) if coverage or suggest else None
    if suggest and seen is not None:
        _print_suggestions(tuple(suggest_cases(seen, trials)), form, output)
        return
    results = (*(judge(placed, answer) for placed, answer in answers), *(judge_asked(each) for each in suite.asked))
    _print(results, seen.coverage() if seen is not None else None, form)
    if any(result.failures for result in results):
        raise typer.Exit(3)


def _own_cases() -> Path:
    """The cases of the project itself, named from here where they lie below."""
    found = folder_of(None) / "tests" / "cases"
    here = Path.cwd()
    return found.relative_to(here) if found.is_relative_to(here) else found


def _seen(answers: Sequence[tuple[PlacedCase, Answer]], book: Rulebook, folder: Path) -> Book:
    seen = Book(book, read_draft(folder).placed)
    for placed, answer in answers:
        seen.see(placed.case.name, answer)
    seen.see_examples()
    return seen


def _print(results: tuple[Result, ...], coverage: Coverage | None, form: PlainFormat) -> None:
    if form is PlainFormat.json:
        failed = sum(bool(result.failures) for result in results)
        values = {"cases": len(results), "failed": failed, "results": [schemas.dump(Result, each) for each in results]}
        print_json(values | ({"coverage": schemas.dump(Coverage, coverage)} if coverage is not None else {}))
        return
    print_results(results, a_console())
    if coverage is not None:
        print_coverage(coverage, a_console())


def _print_suggestions(suggestions: tuple[Suggestion, ...], form: PlainFormat, output: Path | None) -> None:
    if form is PlainFormat.json:
        print_json([schemas.dump(Suggestion, each) for each in suggestions])
        return
    if output is None:
        sys.stdout.write(as_yaml(suggestions))
        return
    pairs = sum(each.pair is not None for each in suggestions)
    if pairs:
        _write(output, as_yaml(suggestions))
    says = f"{pairs} pairs of cases are written to {output}" if pairs else "no case is missing; nothing is written"
    a_console().print(f"{says}; {len(suggestions) - pairs} conditions change nothing, so that no case can show them")


def _write(output: Path, text: str) -> None:
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        problem = Problem(
            where=str(output), what="there is such a file already", cure="name a new one; none is overwritten"
        )
        raise UsageError([problem]) from None
    except OSError as error:
        problem = Problem(
            where=str(output), what=f"cannot be written: {error.strerror}", cure="name a file that can be"
        )
        raise UsageError([problem]) from None


def _refuse(*, coverage: bool, suggest: bool, output: Path | None) -> None:
    """Refuse options that do not go together."""
    what = "--coverage and --suggest" if coverage and suggest else "--output without --suggest"
    if (coverage and suggest) or (output is not None and not suggest):
        raise UsageError(
            [Problem(where="test", what=what, cure="ask for one of them, and name a file for suggestions only")]
        )
