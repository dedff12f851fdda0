"""Problems as JSON, for editors and other programs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from typing_extensions import TypedDict

from tierengine.errors import Problem

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+)\Z")


class ProblemJson(TypedDict):
    """A problem with its place taken apart; line and column are absent where it is with no line."""

    file: str
    line: int | None
    column: int | None
    where: str
    what: str
    cure: str


def as_json(problems: Iterable[Problem]) -> list[ProblemJson]:
    """Return each problem as an object."""
    return [_one(problem) for problem in problems]


def _one(problem: Problem) -> ProblemJson:
    place = _PLACE.match(problem.where)
    file, line, column = (
        (place["file"], int(place["line"]), int(place["column"])) if place else (problem.where, None, None)
    )
    return ProblemJson(file=file, line=line, column=column, where=problem.where, what=problem.what, cure=problem.cure)
