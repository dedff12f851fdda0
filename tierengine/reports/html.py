"""A report as one HTML page that needs nothing else: no network, no script; the print style is in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from tierengine.reports.bars import DRAWN_LEGEND
from tierengine.reports.drawing.svg import svg
from tierengine.reports.drawing.way import Branch, Way, twin
from tierengine.reports.outline import Line, Section
from tierengine.reports.printable import escaped
from tierengine.reports.report import ANNEXES, EVIDENCE, PURPOSE, TWIN, WAY, Exhibit, Report

_STYLE = "\n" + files("tierengine.reports").joinpath("page.css").read_text(encoding="utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
"""What a browser may load for the page: nothing but this very style."""


def html(report: Report) -> str:
    """Return a report as an HTML page; what a source or a person wrote is only ever text in it."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escaped(report.heading)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield '<a class="skip" href="#main">Skip to the report</a>'
    yield f"<header>\n<h1>{escaped(report.heading)}</h1>\n<p>{escaped(PURPOSE)}</p>\n</header>"
    yield '<main id="main" tabindex="-1">'
    yield from _main(report)
    yield "</main>"
    yield f"<footer>\n<p>{escaped(report.heading)}. {escaped(PURPOSE)}</p>\n</footer>"
    yield "</body>"
    yield "</html>"


def _contents(report: Report) -> Iterator[str]:
    yield f'<nav aria-labelledby="contents">\n<h2 id="contents">{ANNEXES}</h2>\n<ol>'
    if report.drawn is not None:
        yield _link("way", WAY)
    for at, section in report.numbered_body:
        yield _link(f"s{at}", section.title)
    if report.exhibits:
        yield _link("evidence", EVIDENCE)
    yield "</ol>\n</nav>"


def _link(anchor: str, title: str) -> str:
    return f'<li><a href="#{anchor}">{escaped(title)}</a></li>'


def _main(report: Report) -> Iterator[str]:
    yield from _memorandum(report)
    yield from _contents(report)
    if report.drawn is not None:
        yield from _way(report.drawn, report.heading)
    for at, section in report.numbered_body:
        yield from _section(report, section, at)
    if report.exhibits:
        yield from _evidence(report.exhibits)


def _memorandum(report: Report) -> Iterator[str]:
    """The answer and what it hangs on, with the bars beside them where there is room; then the rating sheet."""
    lead = report.numbered_lead[: len(report.lead)]
    yield '<div class="memorandum">\n<div>'
    for at, section in lead:
        if not section.bars:
            yield from _answer(section, at) if section.answer else _section(report, section, at)
    yield "</div>\n<div>"
    for at, section in lead:
        if section.bars:
            yield from _bars(section, at)
    yield "</div>\n</div>"
    for at, section in report.numbered_lead[len(report.lead) :]:
        yield from _section(report, section, at)


def _answer(section: Section, at: int) -> Iterator[str]:
    """The recommendation, which stands first and large."""
    yield f'<section class="answer" aria-labelledby="s{at}">'
    yield f'<h2 id="s{at}">{escaped(section.title)}</h2>'
    for number, line in enumerate(section.lines, start=1):
        yield f'<p class="tier" id="s{at}-{number}">{escaped(line.label)} {_state(line)}</p>'
        if line.text:
            yield f"<p>{escaped(line.text)}</p>"
        if line.below:
            yield "<ul>" + "".join(f"<li>{escaped(below)}</li>" for below in line.below) + "</ul>"
    yield "</section>"


def _bars(section: Section, at: int) -> Iterator[str]:
    """Lines of which each is a level: no more than a bar and its words."""
    yield f'<section class="glance" aria-labelledby="s{at}">\n<h2 id="s{at}">{escaped(section.title)}</h2>'
    yield f'<p class="legend">{DRAWN_LEGEND}</p>'
    yield f'<table aria-labelledby="s{at}">'
    yield from _head(section.heads[:2])
    yield "<tbody>"
    for number, line in enumerate(section.lines, start=1):
        name = f'<th scope="row">{escaped(line.title)} <code>{escaped(line.name)}</code></th>'
        yield f'<tr id="s{at}-{number}">{name}<td>{_state(line)}</td></tr>'
    yield "</tbody>\n</table>\n</section>"


def _section(report: Report, section: Section, at: int) -> Iterator[str]:
    yield f'<section aria-labelledby="s{at}">\n<h2 id="s{at}">{escaped(section.title)}</h2>'
    yield f'<table aria-labelledby="s{at}">'
    yield from _head(section.heads)
    yield "<tbody>"
    for number, line in enumerate(section.lines, start=1):
        yield from _line(report, line, f"s{at}-{number}")
    yield "</tbody>\n</table>\n</section>"


def _head(heads: Iterable[str]) -> Iterator[str]:
    cells = "".join(f'<th scope="col">{escaped(head or "Note")}</th>' for head in heads)
    yield f"<thead><tr>{cells}</tr></thead>"


def _line(report: Report, line: Line, anchor: str) -> Iterator[str]:
    code = f" <code>{escaped(line.name)}</code>" if line.title else ""
    yield f'<tr id="{anchor}">\n<th scope="row"><b>{escaped(line.title or line.name)}</b>{code}</th>'
    yield f'<td class="mark">{_state(line)}</td>'
    yield "<td>" + (f"<p>{escaped(line.text)}</p>" if line.text else "")
    if line.below:
        yield "<ul>" + "".join(f"<li>{escaped(below)}</li>" for below in line.below) + "</ul>"
    if line.evidence:
        cited = ((report.number(passage), passage) for passage in line.evidence)
        links = (f'<a href="#e{at}">[{at}] {escaped(passage.at)}</a>' for at, passage in cited)
        yield f'<p class="cites">Evidence: {"; ".join(links)}</p>'
    yield "</td>\n</tr>"


def _state(line: Line) -> str:
    """The outcome of a line in words, and before them the bar, if there is one, which says nothing more."""
    if not line.mark:
        return ""
    words = f'<span class="state {line.state}">{escaped(line.mark)}</span>'
    if line.bar is None:
        return words
    parts = "".join(f'<span class="{part}"></span>' for part in line.bar.parts)
    return f'<span class="bar {line.state}" aria-hidden="true">{parts}</span> {words}'


def _way(drawn: Way, title: str) -> Iterator[str]:
    yield f'<section aria-labelledby="way">\n<div class="across">\n<h2 id="way">{WAY}</h2>\n<figure>'
    yield svg(drawn, f"{title}: {WAY.lower()}").rstrip()
    yield f"</figure>\n</div>\n<details open>\n<summary>{TWIN}</summary>"
    yield from _branches(twin(drawn))
    yield "</details>\n</section>"


def _branches(branches: tuple[Branch, ...]) -> Iterator[str]:
    yield "<ul>"
    for branch in branches:
        yield f"<li>{escaped(branch.text)}"
        if branch.below:
            yield from _branches(branch.below)
        yield "</li>"
    yield "</ul>"


def _evidence(exhibits: tuple[Exhibit, ...]) -> Iterator[str]:
    yield f'<section aria-labelledby="evidence">\n<h2 id="evidence">{EVIDENCE}</h2>'
    yield '<table aria-labelledby="evidence">'
    yield from _head(("Number", "Record and place", "Words"))
    yield "<tbody>"
    for exhibit in exhibits:
        passage = exhibit.passage
        yield f'<tr id="e{exhibit.number}">\n<th scope="row" class="number">[{exhibit.number}]</th>'
        yield f'<td class="mark"><b>{escaped(passage.record)}</b><br>{escaped(passage.at)}</td>\n<td>'
        if passage.quote:
            yield f"<blockquote>{escaped(passage.quote)}</blockquote>"
        if passage.note:
            yield f"<p>Note: {escaped(passage.note)}</p>"
        uses = (f'<a href="#s{use.section}-{use.line}">{escaped(use.name)}</a>' for use in exhibit.uses)
        yield f'<p class="cites">Used for: {", ".join(uses)}</p>\n</td>\n</tr>'
    yield "</tbody>\n</table>\n</section>"
