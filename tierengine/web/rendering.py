"""From answers to pages: the templates, and how days, tiers and levels look in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tierengine import canonical
from tierengine.law.rulebook import Rulebook
from tierengine.reports.answer import tier_name
from tierengine.reports.bars import bar_of
from tierengine.reports.printable import printable
from tierengine.reports.states import state
from tierengine.terms.tier import Tier

_SHAPES: dict[Tier | None, str] = {"1": "●", "2": "■", "2WL": "◆", "3": "▼", None: "○"}
"""Beside its word each tier has a shape, so that colour is never what tells them apart."""


PAGES_OF_CASE = (
    ("Dossier", ""),
    ("Rating sheet", "/rate"),
    ("What if", "/what-if"),
    ("Ask", "/ask"),
    ("Years", "/years"),
    ("Why", "/why"),
    ("Papers", "/papers"),
    ("Record", "/record"),
)
"""The pages of one dossier, and the ends of their addresses; each is shown to those who may open it."""


def render(template: str, **values: Any) -> str:
    """Return a page; whatever a source or a person wrote is only ever text in it."""
    return _environment().get_template(template).render(values)


def day(when: date | None) -> str:
    """Return a day as it is read: `12 June 2007`."""
    return f"{when.day} {when:%B %Y}" if when is not None else ""


def moment(when: str) -> str:
    """Return a time of the ledger (RFC 3339) as it is read: `12 June 2007, 14:05 UTC`."""
    moment = datetime.fromisoformat(when).astimezone(UTC)
    return f"{day(moment)}, {moment:%H:%M} UTC"


def listed(words: Iterable[object], last: str = "and") -> str:
    """Return some words as they stand in a sentence: `a, b and c`."""
    *most, end = (*map(str, words),) or ("none",)
    return f"{', '.join(most)} {last} {end}" if most else end


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 record`, `3 records`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def said(value: object) -> str:
    """Return the value of a record as it is read: a truth as yes or no."""
    return {"true": "Yes", "false": "No"}.get(str(value), str(value))


def question_of(rulebook: Rulebook) -> Callable[[str], str]:
    """Return a lookup of the question behind the name of an indicator or of an open word; other words stay."""
    questions = {each.id: each.asks for criterion in rulebook.criteria for each in criterion.indicators}
    words = (each.judgement for each in rulebook.criteria if each.judgement is not None)
    questions |= {word.id: word.question for word in words}
    return lambda name: questions.get(name, name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tierengine.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    environment.filters |= {"day": day, "moment": moment, "listed": listed, "counted": counted, "said": said}
    environment.globals |= {
        "asset": asset,
        "bar_of": bar_of,
        "pages_of_case": PAGES_OF_CASE,
        "shape": _SHAPES.__getitem__,
        "state": state,
        "tier_name": tier_name,
    }
    return environment


def _plain(value: Any) -> Any:
    """A value as it may be shown: without characters that would be obeyed and not seen."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


# -- files -----------------------------------------------------------------------------------------------------------


@cache
def static_files() -> dict[str, bytes]:
    """Return every style, font and script of the desk by its name: nothing else can ever be asked for."""
    root = files("tierengine.web").joinpath("static")
    found: dict[str, bytes] = {}
    waiting = [("", root)]
    while waiting:
        name, place = waiting.pop()
        for each in place.iterdir():
            inner = f"{name}{each.name}"
            if each.is_dir():
                waiting.append((f"{inner}/", each))
            else:
                found[inner] = each.read_bytes()
    return found


@cache
def asset(name: str) -> str:
    """Return the address of a style or script, with its digest, so that a browser keeps it until it changes."""
    return f"/static/{name}?v={canonical.digest(static_files()[name])[7:19]}"
