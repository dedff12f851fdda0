"""The verb that writes the documents that the statute asks for, and reads finished ones back."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import (
    AsOf,
    DocumentFile,
    KeysFolder,
    RulebookFolder,
    a_console,
    day_given,
    file_bytes,
    folder_of,
    rulebook_in,
    write_file,
)
from tierengine.cli.report import ReleaseTo
from tierengine.documents.checking import Checked
from tierengine.documents.checking import check as check_document
from tierengine.documents.draft import MADE_FROM, Draft
from tierengine.documents.finished import Finished, read_finished
from tierengine.documents.lint import lint
from tierengine.documents.matter import Matter, OnRecord, matter_of
from tierengine.documents.templates import Templates, read_templates
from tierengine.documents.writing import write as written
from tierengine.errors import EvidenceError, Problem, RulebookError, UsageError
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.evidence.edits import edited
from tierengine.law.rulebook import Rulebook
from tierengine.ledger.acts import Final
from tierengine.reasoning.assess import VERSION
from tierengine.reasoning.release import ReleaseName
from tierengine.reports.text import print_wrapped


class Format(StrEnum):
    """The formats of a document."""

    markdown = "markdown"
    html = "html"
    docx = "docx"
    pdf = "pdf"


_SUFFIXES = {".md": Format.markdown, ".html": Format.html, ".docx": Format.docx, ".pdf": Format.pdf}
_BINARY = (Format.docx, Format.pdf)


@app.command()
def write(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="the document, such as narrative")] = None,
    dossier: Annotated[Path | None, typer.Argument(metavar="DOSSIER", help="the dossier's YAML file")] = None,
    before: Annotated[
        Path | None, typer.Option("--before", metavar="DOSSIER", help="the dossier of the year before")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="FILE", help="a finished document: DOCX, HTML, Markdown or PDF")
    ] = None,
    made_from: Annotated[
        Path | None, typer.Option("--dossier", metavar="DOSSIER", help="for --check: where its dossier lies now")
    ] = None,
    output: DocumentFile = None,
    form: Annotated[Format | None, typer.Option("--format", help="markdown, html, docx or pdf")] = None,
    to: Annotated[
        ReleaseTo | None, typer.Option("--release", help="leave out what may not be released: unclassified or public")
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="write the plan's actions into the dossier, so that `roll` asks after them")
    ] = False,
    ledger: Annotated[
        str | None,
        typer.Option("--ledger", metavar="PLACE", help="whose positions and determination the document states"),
    ] = None,
    keys: KeysFolder = None,
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Write a document that the statute asks for; with --check, read a finished one back.

    Ends with 4 where a part that the statute requires is not whole.
    """
    book, templates = rulebook_in(rulebook), templates_in(rulebook)
    _sound(templates, book)
    if check is not None:
        _check(check, Where(dossier=made_from, before=before, ledger=ledger, keys=keys), book, templates)
        return
    if kind is None or dossier is None:
        what, cure = (
            "no document or no dossier is named",
            f"write KIND and DOSSIER; KIND is one of: {', '.join(templates.names)}",
        )
        raise UsageError([Problem(where="write", what=what, cure=cure)])
    chosen = form or _format_of(output)
    _refuse_terminal(chosen, output)
    casefile = read_dossier(dossier)
    matter = matter_of(
        casefile,
        book,
        templates,
        day=day_given(as_of) if as_of else None,
        before=None if before is None else read_dossier(before),
        on_record=_on_record(ledger, keys, casefile),
        to=None if to is None else to.value,
    )
    draft = written(templates.on(kind, matter.law.as_of), matter, _made_from(kind, matter, dossier, before, output))
    raw = rendered(draft, chosen)
    if record:
        _record(kind, matter, dossier)
    if output is not None:
        write_file(output, raw)
    else:
        sys.stdout.buffer.write(raw)
    if draft.lacking:
        raise typer.Exit(4)


def _record(kind: str, matter: Matter, dossier: Path) -> None:
    """Write the actions of a plan into its dossier, in the place of those that stand there."""
    if kind != "action-plan":
        what, cure = f"a {kind} plans no actions", "leave --record out, or write an action-plan"
        raise UsageError([Problem(where="--record", what=what, cure=cure)])
    write_file(dossier, edited(matter.casefile.document, {"plan": matter.planned()}))


@dataclass(frozen=True, slots=True)
class Where:
    """Where the dossiers of a finished document lie now, if not where it says."""

    dossier: Path | None = None
    before: Path | None = None
    ledger: str | None = None
    keys: Path | None = None


def _check(file: Path, where: Where, book: Rulebook, templates: Templates) -> None:
    """List what is wrong with a finished document. Ends with 4 where a part that the statute requires is not whole."""
    finished = read_finished(file_bytes(file), file.name)
    again = _again(finished, file, where, book, templates)
    found = _held(finished, again, templates)
    if found.faults:
        raise EvidenceError((*found.faults, *found.missing))
    console = a_console()
    console.print(f"{file.name}: {found.holding} sentences hold, each on what it cites", soft_wrap=True)
    for sentence in found.own:
        print_wrapped(f"in a person's own words: {sentence}", console, 2, hang=2)
    for problem in (*found.missing, *found.blanks):
        print_wrapped(f"{problem.what}: {problem.cure}", console, 2, hang=2)
    if found.missing:
        raise typer.Exit(4)


def holding(file: Path, where: Where, folder: Path | None) -> Final:
    """Return a finished document in which everything holds and nothing is missing, to be kept.

    Raise `EvidenceError` with all that does not hold.
    """
    book, templates, raw = rulebook_in(folder), templates_in(folder), file_bytes(file)
    finished = read_finished(raw, file.name)
    again = _again(finished, file, where, book, templates)
    found = _held(finished, again, templates)
    if open_points := (*found.faults, *found.missing, *found.blanks):
        raise EvidenceError(open_points)
    return Final(kind=again.kind, name=file.name, raw=raw, dossier=again.dossier)


@dataclass(frozen=True, slots=True)
class _Again:
    """What a finished document is about: the matter, its kind, and the digest of the whole dossier."""

    matter: Matter
    kind: str
    dossier: str


def _held(finished: Finished, again: _Again, templates: Templates) -> Checked:
    kind = templates.on(again.kind, again.matter.law.as_of)
    return check_document(finished, written(kind, again.matter), again.matter)


def _again(finished: Finished, file: Path, where: Where, book: Rulebook, templates: Templates) -> _Again:
    """Return what a finished document is about, from what it says that it was made from."""
    digest = finished.made_from
    missing = [name for name in ("Document", "Dossier", "Law", "Release") if name not in digest]
    if missing:
        what = f"under \u201c{MADE_FROM}\u201d at its end, nothing is said of: {', '.join(missing)}"
        cure = "put the list back as it was drafted, or draft the document anew"
        raise EvidenceError([Problem(where=file.name, what=what, cure=cure)])
    casefile = _named(digest["Dossier"], where.dossier, file, "--dossier")
    earlier = _named(digest["Year before"], where.before, file, "--before") if "Year before" in digest else None
    release = digest["Release"]
    if release not in ("none", *(each.value for each in ReleaseTo)):
        what, cure = f"`{release}` is no release", "write `none`, `unclassified` or `public`"
        raise EvidenceError([Problem(where=file.name, what=what, cure=cure)])
    day = day_given(digest["Law"].partition(" ")[0], f"{file.name}: Law")
    to: ReleaseName | None = None if release == "none" else ReleaseTo(release).value
    if digest.get("Ledger", "none") != "none" and where.ledger is None:
        what, cure = "it states what a ledger holds", "name the ledger with --ledger"
        raise UsageError([Problem(where=file.name, what=what, cure=cure)])
    said = _on_record(where.ledger, where.keys, casefile) if digest.get("Ledger", "none") != "none" else OnRecord()
    matter = matter_of(casefile, book, templates, day=day, before=earlier, on_record=said, to=to)
    _same_as_then(digest["Dossier"], matter.casefile, file)
    if earlier is not None and matter.before is not None:
        _same_as_then(digest["Year before"], matter.before, file)
    return _Again(matter, digest["Document"], casefile.digest)


def _on_record(place: str | None, keys: Path | None, casefile: Casefile) -> OnRecord:
    """What the ledger that was named holds of a case; nothing if none was."""
    if place is None:
        return OnRecord()
    from tierengine.cli.ledger_options import ledger_at  # noqa: PLC0415 - a document without a ledger needs none of it
    from tierengine.ledger.stands import on_record  # noqa: PLC0415

    with ledger_at(place, keys) as opened:
        return on_record(opened, casefile)


def _named(written: str, given: Path | None, file: Path, option: str) -> Casefile:
    """Read a dossier that a finished document names, where it lies now."""
    name = written.rpartition(" (")[0]
    path = given if given is not None else file.resolve().parent / name
    if not path.is_file():
        what, cure = f"its dossier is not at {name}", f"say where it lies, with {option}"
        raise EvidenceError([Problem(where=file.name, what=what, cure=cure)])
    return read_dossier(path)


def _same_as_then(written: str, casefile: Casefile, file: Path) -> None:
    """Refuse a dossier, or the released part of one, that does not say what it said when the document was drafted."""
    if written.rpartition(" (")[2].rstrip(")") != casefile.digest:
        what = f"{casefile.document.name} does not say what it said when the document was drafted"
        cure = "draft the document anew from it, or check against the dossier as it was"
        raise EvidenceError([Problem(where=file.name, what=what, cure=cure)])


def templates_in(folder: Path | None) -> Templates:
    """Return the templates in the folder of the law that was named."""
    return read_templates(folder_of(folder))


def _sound(templates: Templates, book: Rulebook) -> None:
    problems = lint(templates, book)
    if problems:
        raise RulebookError(problems)


def rendered(draft: Draft, form: Format) -> bytes:
    """Return a document in a format; `tierengine/documents/FORMAT.py` makes it, and is loaded for it alone."""
    made: bytes = getattr(import_module(f"tierengine.documents.{form.value}"), form.value)(draft)
    return made


def _format_of(output: Path | None) -> Format:
    if output is None:
        return Format.markdown
    found = _SUFFIXES.get(output.suffix.lower())
    if found is None:
        what, cure = f"`{output.name}` does not show its format", f"end it with {', '.join(_SUFFIXES)}, or add --format"
        raise UsageError([Problem(where="--output", what=what, cure=cure)])
    return found


def _made_from(
    kind: str, matter: Matter, dossier: Path, before: Path | None, output: Path | None
) -> tuple[tuple[str, str], ...]:
    """What the checker needs to draft the document again; files as they lie from the document.

    Of what is withheld not even the digest is given, nor where a dossier is: who knows all but a number could find it.
    """
    folder = None if matter.statement is not None else Path.cwd() if output is None else output.resolve().parent
    facts = [("Document", kind), ("Dossier", _file(dossier, folder, matter.casefile.digest))]
    if before is not None and matter.before is not None:
        facts.append(("Year before", _file(before, folder, matter.before.digest)))
    facts += [
        ("Law", f"{matter.law.as_of} ({matter.law.digest})"),
        ("Templates", matter.templates.digest),
        ("Ledger", _entries(matter)),
        ("Release", "none" if matter.statement is None else matter.statement.release),
        ("Program", f"tierengine {VERSION}"),
    ]
    return tuple(facts)


def _entries(matter: Matter) -> str:
    found = [*matter.on_record.positions, *filter(None, [matter.on_record.determination])]
    return ", ".join(f"entry {each.number}" for each in found) or "none"


def _file(path: Path, folder: Path | None, digest: str) -> str:
    name = path.name if folder is None else Path(os.path.relpath(path.resolve(), folder)).as_posix()
    return f"{name} ({digest})"


def _refuse_terminal(form: Format, output: Path | None) -> None:
    if form in _BINARY and output is None and sys.stdout.isatty():
        what, cure = f"a `{form.value}` file cannot be shown on a terminal", "name a file with --output"
        raise UsageError([Problem(where="--format", what=what, cure=cure)])
