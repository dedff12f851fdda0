"""The names under which people write."""

from __future__ import annotations

import getpass
import unicodedata

from tierengine.errors import Problem, UsageError


def name_of_the_user() -> str:
    """Return the name of whoever uses this machine, as the system knows it."""
    try:
        import pwd  # noqa: PLC0415 - Windows has none

        full = pwd.getpwnam(getpass.getuser()).pw_gecos.split(",")[0].strip()
    except (ImportError, KeyError, OSError):
        full = ""
    try:
        return full or getpass.getuser()
    except (KeyError, OSError):
        return "the desk officer"


def sound_name(name: str) -> str:
    """Return a name without needless blanks. Raise `UsageError` if it is empty or holds what cannot be seen."""
    plain = " ".join(name.split())
    if not plain or any(unicodedata.category(each).startswith("C") for each in plain):
        problem = Problem(where="name", what="is no name that people can read", cure="write it as on your letters")
        raise UsageError([problem])
    return plain
