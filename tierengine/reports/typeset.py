"""Typesetting with the fonts that come with the typesetter, so that it is the same on every machine."""

from __future__ import annotations

from datetime import UTC, date, datetime

import typst

_IMAGE = b'#set page(width: auto, height: auto, margin: 2pt)\n#image(bytes(sys.inputs.svg), format: "svg")'


def pdf_of(template: bytes, inputs: dict[str, str], day: date) -> bytes:
    """Return a tagged PDF of a template with its inputs; the day stands in it as the day on which it was made."""
    made = datetime(day.year, day.month, day.day, tzinfo=UTC)
    compiler = typst.Compiler(template, ignore_system_fonts=True, sys_inputs=inputs)
    found = compiler.compile(format="pdf", timestamp=made, pdf_standards=["ua-1"])
    assert isinstance(found, bytes)
    return found


def png_of(svg: str, dots_per_inch: float = 200) -> bytes:
    """Return an SVG drawing as a PNG picture."""
    compiler = typst.Compiler(_IMAGE, ignore_system_fonts=True, sys_inputs={"svg": svg})
    found = compiler.compile(format="png", ppi=dots_per_inch)
    assert isinstance(found, bytes)
    return found
