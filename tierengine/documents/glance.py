"""A year in words: as a report of sections and lines, and as tables on a page or in a workbook."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl import Workbook

from tierengine.documents.html import head
from tierengine.documents.matter import in_words
from tierengine.documents.year import Country, Owed, Year
from tierengine.lab.corpus.like_cases import Pair
from tierengine.reports.outline import Line, Section, filled
from tierengine.reports.printable import escaped
from tierengine.reports.report import Report
from tierengine.reports.workbook import dress, saved, write_rows
from tierengine.terms.tier import NAMES

Row = tuple[str, ...]
_WIDTH = 28
"""Of a column of the workbook, in characters."""


def year_report(year: Year) -> Report:
    """Return the year as a report: who needs something first, then every country, then the days."""
    sections = filled(
        Section("Changes without an explanation", tuple(_unexplained(year)), ("Country", "", "What is missing")),
        Section("Like cases placed unlike", tuple(map(_pair, year.unlike)), ("Country", "", "What explains it")),
        Section("Countries", tuple(map(_country, year.countries)), ("Country", "Now", "What is to be known")),
        Section("Documents, by the day on which they are due", tuple(_documents(year)), ("Day", "", "Document")),
        Section("Days that the statute counts", tuple(_days(year)), ("Day", "", "What")),
    )
    count = f"{len(year.countries)} {'country' if len(year.countries) == 1 else 'countries'}"
    heading = f"The report of {year.year} at a glance: {count}, due {in_words(year.report)}"
    return Report(
        heading=heading, subject=str(year.year), as_of=year.report, lead=sections, body=(), drawn=None, exhibits=()
    )


def _unexplained(year: Year) -> Iterator[Line]:
    for each in year.countries:
        if each.unexplained:
            path = f"{each.dossier}/dossier.yaml".removeprefix("./")
            cure = f"draft it with `tierengine write change-explanation {path}`"
            yield Line(each.name, "", f"{each.before} before, {each.now} now; {cure}")


def _pair(pair: Pair) -> Line:
    lower, higher = pair.lower, pair.higher
    text = f"on {NAMES[lower.tier]}, and at least as good on every criterion as {higher.case} on {NAMES[higher.tier]}"
    why = tuple("; ".join(each.what for each in found) for found in pair.explained_by)
    return Line(lower.case, "", text, why or ("Nothing in the record explains it.",))


def _country(each: Country) -> Line:
    moved = f"was on {each.before}; the answer is {each.status}"
    bound = f"; {each.bound}" if each.bound else ""
    return Line(f"{each.name} ({each.code})", each.now, f"{moved}{bound}.", tuple(map(_owed, each.owed)))


def _owed(each: Owed) -> str:
    return f"{each.kind}, due {in_words(each.day)}: {each.found or 'not written'}"


def _documents(year: Year) -> Iterator[Line]:
    every = ((each.day, country, each) for country in year.countries for each in country.owed)
    for day, country, each in sorted(every, key=lambda found: (found[0], found[1].name, found[2].kind)):
        state = each.found or "not written"
        yield Line(in_words(day), "", f"{each.kind} on {country.name}: {state}")


def _days(year: Year) -> Iterator[Line]:
    return (Line(in_words(each.day), "", f"{each.says} ({each.citation})") for each in year.days)


def _tables(year: Year) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """The year as tables, each with its title; the first row of each is its head."""
    yield "Countries", tuple(_country_rows(year))
    yield "Documents", tuple(_document_rows(year))
    yield "Days", tuple(_day_rows(year))
    yield "Like cases", tuple(_pair_rows(year))


def year_html(year: Year) -> bytes:
    """Return the year as an HTML page of tables, what lacks an explanation first."""
    lines = [*head(year_report(year).heading, "wide")]
    missing = (f"{each.name}, {each.text.replace('`', '')}." for each in _unexplained(year))
    lines += [f'<p class="note">{escaped(f"No explanation of the change: {words}")}</p>' for words in missing]
    for title, (names, *rows) in _tables(year):
        lines += [f'<h2>{title}</h2>\n<div class="tables" tabindex="0" role="region" aria-label="{title}"><table>']
        heads = "".join(f'<th scope="col">{escaped(name)}</th>' for name in names)
        lines.append(f"<thead><tr>{heads}</tr></thead><tbody>")
        lines += [f"<tr>{''.join(f'<td>{escaped(cell)}</td>' for cell in row)}</tr>" for row in rows]
        lines += ["</tbody></table></div>"] if rows else ["</tbody></table></div>\n<p>None.</p>"]
    return "\n".join([*lines, "</main>\n</body>\n</html>\n"]).encode()


def year_workbook(year: Year) -> bytes:
    """Return the year as XLSX: a sheet of countries, of documents, of days, and of like cases placed unlike."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in _tables(year):
        sheet = book.create_sheet(title)
        write_rows(sheet, rows)
        dress(sheet, [_WIDTH] * sheet.max_column)
    return saved(book, year.report, f"The report of {year.year} at a glance")


def _country_rows(year: Year) -> Iterator[Row]:
    yield ("country", "code", "dossier", "before", "now", "status", "changed", "explained", "bound by")
    for each in year.countries:
        changed, explained = ("yes" if each.changed else "no"), ("no" if each.unexplained else "yes")
        explained = explained if each.changed else ""
        cells = (each.name, each.code, each.dossier, each.before, each.now, each.status)
        yield (*cells, changed, explained, each.bound)


def _document_rows(year: Year) -> Iterator[Row]:
    yield ("country", "document", "due", "where it is")
    for country in year.countries:
        yield from ((country.name, each.kind, str(each.day), each.found or "not written") for each in country.owed)


def _day_rows(year: Year) -> Iterator[Row]:
    yield ("day", "what", "provision")
    yield from ((str(each.day), each.says, each.citation) for each in year.days)


def _pair_rows(year: Year) -> Iterator[Row]:
    yield ("placed lower", "on", "placed higher", "on", "explained by")
    for pair in year.unlike:
        why = "; or by ".join("; ".join(each.what for each in found) for found in pair.explained_by)
        yield (pair.lower.case, NAMES[pair.lower.tier], pair.higher.case, NAMES[pair.higher.tier], why or "nothing")
