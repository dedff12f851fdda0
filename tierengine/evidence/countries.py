"""Which country codes there are."""

from __future__ import annotations

import re
from functools import cache

import pycountry

_LEFT_TO_USERS = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ|AAA|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z]")
"""ISO 3166-1 assigns these to nobody: Kosovo is known as XK and XKX, and an invented country may use any other."""


@cache
def is_country(code: str) -> bool:
    """Say whether a code of two or three capital letters is one of ISO 3166-1, or is left to users by it."""
    if not code.isupper():
        return False
    found = pycountry.countries.get(alpha_2=code) or pycountry.countries.get(alpha_3=code)
    return found is not None or _LEFT_TO_USERS.fullmatch(code) is not None
