"""Which country codes there are, and which there were."""

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


@cache
def last_year(code: str) -> int | None:
    """Return the year in which a code was withdrawn (ISO 3166-3); of one used twice, the later. Nothing if never."""
    withdrawn = (
        int(country.withdrawal_date[:4])
        for country in pycountry.historic_countries
        if code in (country.alpha_2, country.alpha_3)
    )
    return max(withdrawn, default=None)


def was_country(code: str, year: int) -> bool:
    """Say whether a code is one of today's, or was one in a year; a report may still name it in the year of its end."""
    last = last_year(code)
    return is_country(code) or (last is not None and year <= last)
