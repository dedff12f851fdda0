"""What a piece of YAML text may be read as.

The YAML reader keeps every plain scalar as text (`NO` is Norway, not false), so the type that a field
declares decides how its text is read. Each reader here also takes the value itself, because the cache
keeps the rulebook as JSON.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z")
_TRUTHS = {"true": True, "false": False}


class Model(BaseModel):
    """A value that cannot change, takes no unknown key and converts no type behind the writer's back."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        defer_build=True,  # a verb uses few of the models that are known; each is made ready when it is first used
    )

    def __copy__(self) -> Self:
        """Copy the fields only: what was worked out from them does not hold of a copy of which some are changed."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Copy the fields only, each of them as well."""
        return super(Model, self.__copy__()).__deepcopy__(memo)

    def __getstate__(self) -> dict[Any, Any]:
        """Give the fields only, so that another process works out anew what follows from them."""
        state = super().__getstate__()
        known = type(self).model_fields
        return state | {"__dict__": {name: value for name, value in state["__dict__"].items() if name in known}}


def whole(value: Any) -> Any:
    """Read a whole number between -10^15 and 10^15."""
    if isinstance(value, str) and _WHOLE.match(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"`{value}` is not a whole number; write digits only, such as 12")


def truth(value: Any) -> Any:
    """Read `true` or `false`, and nothing else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _TRUTHS:
        return _TRUTHS[value]
    raise ValueError(f"`{value}` is neither true nor false; write `true` or `false`")


def day(value: Any) -> Any:
    """Read a calendar date written as year-month-day."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f"`{value}` is not a date; write year-month-day, such as 2007-11-09")


def as_written(*words: str) -> WithJsonSchema:
    """Return the JSON Schema of words that a writer need not quote: an editor sees a number in `2`."""
    return WithJsonSchema({"enum": [*words, *(int(word) for word in words if word.isdigit())]})


Whole = Annotated[int, BeforeValidator(whole)]
Truth = Annotated[bool, BeforeValidator(truth)]
Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Word = Annotated[Text, WithJsonSchema({"type": ["string", "boolean", "integer"]})]
"""Text whose type is declared elsewhere; an editor may see `true` or `3` in it."""
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_'-]{0,79}$")]
