"""Where each part of a drawing stands: boxes in columns, and arrows that pass between them and never across one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tierengine.reports.drawing.lettering import rows
from tierengine.reports.drawing.way import Node, Way
from tierengine.reports.printable import printable

_WIDTHS = {"record": 260, "finding": 200, "standard": 200, "conclusion": 200, "tier": 150}
_GUTTER = 52
_GAP = 14
_MARGIN = 12
_TOP = 40
_FOOT = 30
_PADDING = 10
_LANE = 6
"""The height of the passage that an arrow takes through a column in which it does not end."""

SIZES: Mapping[str, int] = {"name": 13, "mark": 12, "text": 12}
"""The size of each sort of row."""
_LEADING = 16

Sort = Literal["name", "mark", "text"]
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of text in a box: its sort, and where it begins on its base line."""

    sort: Sort
    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node in its place."""

    node: Node
    x: int
    y: int
    width: int
    height: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow through a gutter, from one point to the last; where there are three, the first two lie on a line."""

    points: tuple[Point, ...]
    main: bool
    """Whether the recommended tier rests on it."""
    ends: bool
    """Whether it ends at a box, and not in a passage that leads on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything in its place, in a room of so much width and height."""

    width: int
    height: int
    heads: tuple[Row, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class _Lane:
    """The passage to a target through a column that lies between."""

    target: str
    column: int


_Slot = str | _Lane


def picture(drawn: Way) -> Picture:
    """Return a drawing with every part in its place."""
    return _Layout(drawn).whole()


class _Layout:
    """Places the columns from the tiers to the left, so that what leads to the same stands together."""

    def __init__(self, drawn: Way) -> None:
        self._way = drawn
        self._columns = drawn.columns()
        self._column = {node.id: at for at, column in enumerate(self._columns) for node in column}
        self._links: dict[tuple[_Slot, _Slot], bool] = {}
        for source, target in drawn.arrows:
            self._link(source, target)
        self._slots = self._ordered()

    def _link(self, source: str, target: str) -> None:
        """Lead an arrow from column to column; arrows to one target share their passage."""
        main = source in self._way.main and target in self._way.main
        stops: list[_Slot] = [_Lane(target, at) for at in range(self._column[source] + 1, self._column[target])]
        way: list[_Slot] = [source, *stops, target]
        for pair in pairwise(way):
            self._links[pair] = self._links.get(pair, False) or main

    def _ordered(self) -> list[list[_Slot]]:
        slots: list[list[_Slot]] = [[node.id for node in column] for column in self._columns]
        for slot in dict.fromkeys(slot for link in self._links for slot in link if isinstance(slot, _Lane)):
            slots[slot.column].append(slot)
        for at in range(len(slots) - 2, -1, -1):
            slots[at] = self._sorted(slots[at], slots[at + 1])
        return slots

    def _sorted(self, column: list[_Slot], beside: list[_Slot]) -> list[_Slot]:
        """Order a column by where what it leads to stands in the column beside it."""
        at = {slot: number for number, slot in enumerate(beside)}
        places: dict[_Slot, list[int]] = {slot: [] for slot in column}
        for source, target in self._links:
            if source in places:
                places[source].append(at[target])
        own = {slot: number for number, slot in enumerate(column)}
        # Whole numbers only, so that the order is the same on every machine.
        middle = {slot: sum(found) * 1000 // len(found) for slot, found in places.items()}
        return sorted(column, key=lambda slot: (middle[slot], own[slot]))

    def whole(self) -> Picture:
        """Return the picture."""
        widths = [max(_WIDTHS[node.kind] for node in column) for column in self._columns]
        lefts = [_MARGIN + sum(widths[:at]) + at * _GUTTER for at in range(len(widths))]
        written = {node.id: _written(node, widths[at]) for at, column in enumerate(self._columns) for node in column}
        heights = {name: 2 * _PADDING - 2 + _LEADING * len(lines) for name, lines in written.items()}
        tops = self._tops(heights)
        boxes = tuple(
            _box(node, (lefts[at], tops[node.id]), (widths[at], heights[node.id]), written[node.id])
            for at, column in enumerate(self._columns)
            for node in column
        )
        bottom = max((box.y + box.height for box in boxes), default=_TOP)
        return Picture(
            width=(lefts[-1] + widths[-1] if lefts else 0) + _MARGIN,
            height=bottom + _FOOT + _MARGIN,
            heads=tuple(self._heads(lefts)),
            boxes=boxes,
            arrows=tuple(self._arrows(boxes, tops, lefts, widths)),
        )

    def _heads(self, lefts: list[int]) -> Iterable[Row]:
        for at, left in enumerate(lefts):
            kinds = {node.kind for node in self._columns[at]}
            if kinds == {"record"}:
                yield Row("name", "Evidence", left, _TOP - 16)
            elif kinds == {"tier"}:
                yield Row("name", "Tier", left, _TOP - 16)
            elif at == 0 or {node.kind for node in self._columns[at - 1]} == {"record"}:
                yield Row("name", "Findings and conclusions", left, _TOP - 16)

    def _tops(self, heights: Mapping[str, int]) -> dict[_Slot, int]:
        """The upper edge of each slot; shorter columns stand in the middle of the highest."""
        tall = {slot: heights[slot] if isinstance(slot, str) else _LANE for column in self._slots for slot in column}
        totals = [sum(tall[slot] + _GAP for slot in column) - _GAP for column in self._slots]
        tops: dict[_Slot, int] = {}
        for column, total in zip(self._slots, totals, strict=True):
            spare = max(totals) - total
            between = min(spare // (len(column) + 1), 40)
            top = _TOP + (spare - between * (len(column) - 1)) // 2
            for slot in column:
                tops[slot] = top
                top += tall[slot] + _GAP + between
        return tops

    def _arrows(
        self, boxes: tuple[Box, ...], tops: Mapping[_Slot, int], lefts: list[int], widths: list[int]
    ) -> Iterable[Arrow]:
        placed = {box.node.id: box for box in boxes}
        starts = self._ports(placed, tops, leaving=True)
        ends = self._ports(placed, tops, leaving=False)
        for link, main in self._links.items():
            source, target = link
            at = source.column if isinstance(source, _Lane) else self._column[source]
            right = lefts[at] + widths[at]
            points = [(right, starts[link]), (right + _GUTTER, ends[link])]
            if isinstance(source, _Lane):
                points.insert(0, (lefts[at], starts[link]))
            yield Arrow(tuple(points), main, isinstance(target, str))

    def _ports(
        self, placed: Mapping[str, Box], tops: Mapping[_Slot, int], *, leaving: bool
    ) -> dict[tuple[_Slot, _Slot], int]:
        """The height at which each link leaves its source, or meets its target; on a box they are spread out."""
        by_slot: dict[_Slot, list[tuple[_Slot, _Slot]]] = {}
        for link in self._links:
            by_slot.setdefault(link[0] if leaving else link[1], []).append(link)
        found: dict[tuple[_Slot, _Slot], int] = {}
        for slot, links in by_slot.items():
            links.sort(key=lambda link: tops[link[1] if leaving else link[0]])
            for number, link in enumerate(links, start=1):
                if isinstance(slot, _Lane):
                    found[link] = tops[slot] + _LANE // 2
                else:
                    box = placed[slot]
                    found[link] = box.y + box.height * number // (len(links) + 1)
        return found


def _written(node: Node, wide: int) -> list[tuple[Sort, str]]:
    """The rows of a box: its name, its mark and, cut to what is readable, what it says."""
    room = wide - 2 * _PADDING - 4
    lines: list[tuple[Sort, str]] = []
    parts: list[tuple[Sort, str, int]] = [
        ("name", node.name, 2),
        ("mark", node.mark, 3),
        ("text", _says(node), 3 if node.kind == "record" else 12),
    ]
    for sort, text, most in parts:
        lines += [(sort, row) for row in rows(printable(text), room, SIZES[sort], bold=sort != "text", most=most)]
    return lines


def _says(node: Node) -> str:
    if node.passage is None:
        return node.says
    return f"\u201c{node.passage.quote}\u201d" if node.passage.quote else node.passage.note or ""


def _box(node: Node, corner: Point, size: Point, lines: list[tuple[Sort, str]]) -> Box:
    x, y = corner
    written = tuple(
        Row(sort, text, x + _PADDING + 4, y + _PADDING + 11 + _LEADING * number)
        for number, (sort, text) in enumerate(lines)
    )
    return Box(node=node, x=x, y=y, width=size[0], height=size[1], rows=written)
