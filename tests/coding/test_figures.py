"""Numbers, times and persons of a sentence: in digits and words, bounds, years, and what only looks like a number."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierengine.coding.figures import figures
from tierengine.coding.times import times, year_before
from tierengine.terms.interval import Days

PERIOD = Days(first=date(2013, 4, 1), last=date(2014, 3, 31))

NUMBERS = [
    ("courts convicted 12 traffickers", [(12, 12)]),
    ("courts convicted twelve traffickers", [(12, 12)]),
    ("the police freed one hundred and five persons", [(105, 105)]),
    ("twenty-one victims", [(21, 21)]),
    ("1,200 victims", [(1200, 1200)]),
    ("at least 20 cases", [(20, None)]),
    ("more than 20 cases", [(21, None)]),
    ("as many as 300 victims", [(300, None)]),
    ("up to three cases", [(None, 3)]),
    ("fewer than ten cases", [(None, 9)]),
    ("nearly 100 victims", [(None, 99)]),
    ("between 10 and 20 victims", [(10, 20)]),
    ("10 to 20 victims", [(10, 20)]),
    ("10,000-20,000 victims", [(10_000, 20_000)]),
    ("several cases", [(2, None)]),
    ("hundreds of victims", [(200, None)]),
    ("five investigations and three prosecutions", [(5, 5), (3, 3)]),
    ("dropping from 50 investigations to 16", [(50, 50), (16, 16)]),
    ("some 40 victims", [(40, 40)]),
]
NO_NUMBERS = [
    "in 2013 the police acted",
    "From April 2013 to March 2014 the police acted",
    "the 2008 law",
    "Article 194 of the Penal Code",
    "the 2000 UN TIP Protocol",
    "children under 18",
    "girls aged 12",
    "a 24-hour call center",
    "a two-day seminar",
    "no longer",
]


@pytest.mark.parametrize(("text", "found"), NUMBERS, ids=[text for text, _ in NUMBERS])
def test_numbers(text: str, found: list[tuple[int | None, int | None]]) -> None:
    """A number is read with its bounds."""
    assert [(figure.least, figure.most) for figure in figures(text)] == found


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_of_things(text: str) -> None:
    """Years, articles, ages and hours count nothing."""
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("text", "number", "of"),
    [
        ("15 years of prison", 15, "years"),
        ("12 percent of the victims", 12, "percent"),
        ("$1.2 million for shelters", 1_200_000, "US dollars"),
        ("200,000 US dollars", 200_000, "US dollars"),
    ],
)
def test_what_a_number_is_of(text: str, number: int, of: str) -> None:
    """Years of a penalty, shares and money are told apart from things."""
    (figure,) = figures(text)
    assert (figure.most, figure.of) == (number, of)


@given(st.integers(1, 99_999))
def test_every_number_in_digits(number: int) -> None:
    """A number in digits is read as it is, with and without commas; only one that looks like a year may be a year."""
    for written in (str(number), f"{number:,}"):
        (figure,) = figures(f"the police freed {written} victims")
        assert (figure.least, figure.most) == (number, number)


ONES = "one two three four five six seven eight nine".split()  # noqa: SIM905  # a line, not nine
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


@given(st.integers(1, 9), st.integers(0, 8), st.integers(0, 9), st.booleans())
def test_every_number_in_words(hundreds: int, tens: int, ones: int, joined: bool) -> None:
    """Hundreds, tens and ones in words make one number."""
    rest = [TENS[tens - 1]] * bool(tens) + [ONES[ones - 1]] * bool(ones)
    words = f"{ONES[hundreds - 1]} hundred"
    if rest:
        words += (" and " if joined else " ") + "-".join(rest)
    value = 100 * hundreds + (10 * (tens + 1) if tens else 0) + ones
    (figure,) = figures(f"the police freed {words} victims")
    assert (figure.least, figure.most) == (value, value)


TIMES = [
    ("on March 12, 2014, the court", date(2014, 3, 12), date(2014, 3, 12)),
    ("on 12 March 2014 the court", date(2014, 3, 12), date(2014, 3, 12)),
    ("On July 12, the court", date(2013, 7, 12), date(2013, 7, 12)),
    ("in February the court", date(2014, 2, 1), date(2014, 2, 28)),
    ("in October 2013 the court", date(2013, 10, 1), date(2013, 10, 31)),
    ("From April 2013 to March 2014 the police", date(2013, 4, 1), date(2014, 3, 31)),
    ("in 2013 the police", date(2013, 1, 1), date(2013, 12, 31)),
    ("in 2012-2014 the police", date(2012, 1, 1), date(2014, 12, 31)),
    ("during the reporting period the police", PERIOD.first, PERIOD.last),
]


@pytest.mark.parametrize(("text", "first", "last"), TIMES, ids=[text for text, _, _ in TIMES])
def test_times(text: str, first: date, last: date) -> None:
    """A day, a month, a year and the period; a month without a year is that of the period."""
    (time,) = times(text, PERIOD)
    assert (time.days.first, time.days.last) == (first, last)


@pytest.mark.parametrize("text", ["its 2012-2014 action plan", "the Act of 2008", "may act", "the march"])
def test_what_is_no_time_of_an_act(text: str) -> None:
    """The years of a plan or law, and words that look like months, do not say when a thing was done."""
    assert times(text, PERIOD) == ()


@pytest.mark.parametrize("text", ["on February 30, 2014", "in 2014-2013"])
def test_what_is_no_day(text: str) -> None:
    """A day that there is not is none, and no time ends before it begins."""
    assert all(time.days.first <= time.days.last for time in times(text, PERIOD))


def test_the_year_before_a_leap_day() -> None:
    """A period that ends on 29 February is compared with one that ends on the 28th."""
    found = year_before(Days(first=date(2023, 3, 1), last=date(2024, 2, 29)))
    assert (found.first, found.last) == (date(2022, 3, 1), date(2023, 2, 28))
