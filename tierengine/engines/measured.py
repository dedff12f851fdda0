"""What the traps of the rules engine were measured on: one version of durable-rules, and these Pythons.

durable-rules is an extension module that nobody keeps any more. What it does on another Python is not known until
tests/engines/test_durable_traps.py has run there, so any other is refused. To add one: run that file and the rest of
the tests on it, then write it here and in `requires-python`.
"""

from __future__ import annotations

import sys

from tierengine.errors import Problem, UsageError

DURABLE_RULES = "2.0.28"
"""The version of durable-rules whose traps were measured."""

PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14), (3, 15))
"""The Pythons on which they were measured, oldest first."""


def check_python(found: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raise `UsageError` if the traps were not measured on this Python (its major and minor number)."""
    if found not in PYTHONS:
        names = [f"{major}.{minor}" for major, minor in PYTHONS]
        raise UsageError(
            [
                Problem(
                    where=f"Python {found[0]}.{found[1]}",
                    what="the rules engine was not measured on it, so no answer that it gives can be relied on",
                    cure=f"run tierengine with Python {', '.join(names[:-1])} or {names[-1]}",
                )
            ]
        )
