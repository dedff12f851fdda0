"""A drawing as SVG: pure shapes and text, no script, no reference to anything outside."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.reports.drawing.layout import SIZES, Arrow, Box, Picture, Row, picture
from tierengine.reports.drawing.way import Way
from tierengine.reports.printable import escaped
from tierengine.terms.outcome import Outcome

SERIF = "'Libertinus Serif', Georgia, serif"
SANS = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

_INK = "#1b1f24"
_LINE = "#68717c"
_COLOURS = {
    Outcome.MET: ("met", "#1a6b3c"),
    Outcome.NOT_MET: ("not-met", "#9f2429"),
    Outcome.UNDETERMINED: ("open", "#7a5200"),
    None: ("plain", "#44617f"),
}
_LEGEND = (
    "Heavy arrows lead to the recommended tier. A dashed edge: open. "
    "Arrows go from what is rested on to what rests on it."
)


def svg(drawn: Way, title: str, font: str = SANS) -> str:
    """Return the drawing as one SVG element with a title and a description; equal drawings give equal text."""
    return "\n".join(_elements(picture(drawn), title, font)) + "\n"


def described() -> str:
    """Return what the drawing is, for those who cannot see it."""
    return (
        "A drawing in columns, from the evidence on the left over findings and conclusions to the tiers on the right. "
        "The list that follows it says the same."
    )


def _elements(placed: Picture, title: str, font: str) -> Iterator[str]:
    size = f'viewBox="0 0 {placed.width} {placed.height}" width="{placed.width}" height="{placed.height}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="way-title way-desc" '
        f'font-family="{escaped(font)}">'
    )
    yield f'<title id="way-title">{escaped(title)}</title>'
    yield f'<desc id="way-desc">{escaped(described())}</desc>'
    for arrow in sorted(placed.arrows, key=lambda arrow: arrow.main):
        yield from _arrow(arrow)
    for box in placed.boxes:
        yield from _box(box)
    for head in placed.heads:
        yield _row(head, "head", _LINE)
    yield _row(Row("text", _LEGEND, placed.boxes[0].x if placed.boxes else 0, placed.height - 14), "legend", _LINE)
    yield "</svg>"


def _box(box: Box) -> Iterator[str]:
    kind, colour = _COLOURS[box.node.outcome]
    dashed = ' stroke-dasharray="5 3"' if box.node.outcome is Outcome.UNDETERMINED else ""
    heavy = "2.5" if box.node.mark.startswith("recommended") else "1.2"
    yield (
        f'<rect class="box {kind}" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="4" '
        f'fill="#ffffff" stroke="{colour}" stroke-width="{heavy}"{dashed}/>'
    )
    yield f'<rect class="bar {kind}" x="{box.x}" y="{box.y}" width="5" height="{box.height}" rx="2" fill="{colour}"/>'
    for row in box.rows:
        yield _row(row, f"mark {kind}" if row.sort == "mark" else row.sort, colour if row.sort == "mark" else _INK)


def _row(row: Row, style: str, colour: str) -> str:
    weight = ' font-weight="bold"' if row.sort != "text" else ""
    return (
        f'<text class="{style}" x="{row.x}" y="{row.y}" font-size="{SIZES[row.sort]}"{weight} fill="{colour}">'
        f"{escaped(row.text)}</text>"
    )


def _arrow(arrow: Arrow) -> Iterator[str]:
    (x, y), (to_x, to_y) = arrow.points[-2:]
    before = f"M {arrow.points[0][0]} {arrow.points[0][1]} L {x} {y}" if len(arrow.points) > 2 else f"M {x} {y}"
    middle = (x + to_x) // 2
    wide, kind, colour = ("2.6", "way main", _INK) if arrow.main else ("1.1", "way", _LINE)
    curve = f"{before} C {middle} {y} {middle} {to_y} {to_x - 4 if arrow.ends else to_x} {to_y}"
    yield f'<path class="{kind}" d="{curve}" fill="none" stroke="{colour}" stroke-width="{wide}"/>'
    if arrow.ends:
        head = f"M {to_x} {to_y} l -9 -4 l 0 8 z"
        yield f'<path class="{kind} tip" d="{head}" fill="{colour}" stroke="none"/>'
