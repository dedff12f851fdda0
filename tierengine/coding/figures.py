"""Numbers of a sentence: in digits and in words, exact, as bounds, and those of the year before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tierengine.terms.wording import Spoken, listed, words

_ONES = listed("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen")
_UNITS = {word: number for number, word in enumerate((*_ONES, *listed("sixteen seventeen eighteen nineteen")))}
_TENS = {
    word: 10 * number
    for number, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_BIG = {"hundred": 100, "thousand": 1000, "million": 10**6}
_SOME = {
    "several": 2, "some": 2, "many": 2, "numerous": 2, "multiple": 2, "various": 2, "few": 2, "couple": 2, "dozen": 12,
    "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "both": 2,
}  # fmt: skip
"""Words that give no number, and the least that they can mean."""
_BEFORE: Sequence[tuple[str, Literal["least", "above", "most", "below", "about"]]] = (
    (r"(?:at least|no fewer than|no less than|not less than|a minimum of|as many as|upwards of)$", "least"),
    (r"(?:more than|over|greater than|in excess of|exceeding)$", "above"),
    (r"(?:at most|up to|no more than|not more than|a maximum of|as few as)$", "most"),
    (r"(?:fewer than|less than|under|below|nearly|almost|not quite)$", "below"),
    (r"(?:about|approximately|around|roughly|some|an estimated|estimated)$", "about"),
)
_NOT_COUNTED_BEFORE = re.compile(
    r"(?:[$\u20ac\u00a3]|\b(?:articles?|art|sections?|sec|law|chapter|act|decree|page|paragraph|resolution|convention"
    r"|tier|usd|euros?|(?:age|ages|aged)(?: (?:of|under|over|below))?"
    r"|(?:children|girls|boys|persons|minors) (?:under|below))"
    r" ?(?:no\.? ?)?)$",
    re.IGNORECASE,
)
_NOT_COUNTED_AFTER = re.compile(
    r"^\s*(?:years? of age|year-old|years old|hours?\b|-hour|-day|-year|-month|million|billion|days?\b|months?\b"
    r"|weeks?\b|dollars|euros|USD|U\.?S\. dollars|UN TIP|UN Protocol|TIP Protocol|Palermo)",
    re.IGNORECASE,
)
_DOLLARS_BEFORE = re.compile(r"(?:US?|USD)? ?\$$|\bUSD$")
_DOLLARS_AFTER = re.compile(r"\s*(?:thousand |million |billion )?(?:US|U\.S\.)? ?(?:dollars|USD)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED_YEAR = re.compile(
    r"(?:\b(?:in|of|since|from|during|by|until|through|fiscal year|year|the|to|than|and|its|under the"
    r"|January|February|March|April|May|June|July|August|September|October|November|December)|-)\s*$",
    re.IGNORECASE,
)
_OF_A_LAW = re.compile(
    r"\s+(?:[\w-]+\s+){0,4}?(?:laws?|acts?|codes?|statutes?|decrees?|amendments?|constitution|legislation|ordinances?"
    r"|plans?|strateg(?:y|ies)|reports?|protocols?|conventions?)\b",
    re.IGNORECASE,
)
"""What is called after its year, as in `its 2008 anti-trafficking law`."""
_FAR_ENOUGH = 400
"""Characters before a number in which it is said how it is meant, with room for blanks."""
_RANGE = re.compile(r"^\s*(?:-|\u2013|to|or|and)\s*$")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a sentence: the least and the most that it says, what it counts if said, and where it stands."""

    least: int | None
    most: int | None
    start: int
    end: int
    of: Literal["things", "percent", "years", "US dollars"] = "things"


def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a sentence in its order, without years, dates, ages, money and the numbers of articles."""
    found = [figure for figure in (_figure(text, each) for each in _numbers(words(text))) if figure is not None]
    joined: list[Figure] = []
    for figure in found:
        last = joined[-1] if joined else None
        if last is not None and _is_range(text, last, figure):
            joined[-1] = Figure(last.least, figure.most, last.start, figure.end, figure.of)
        else:
            joined.append(figure)
    return tuple(joined)


def leading_up(text: str, place: int) -> str:
    """Return the words that lead up to a place: no more than bear on what stands there, however long a sentence is."""
    return text[max(place - _FAR_ENOUGH, 0) : place]


def _is_range(text: str, one: Figure, other: Figure) -> bool:
    """Whether two numbers are the ends of one, as in `10 to 20` and `between 10 and 20`."""
    between = text[one.end : other.start]
    if not _RANGE.match(between) or one.least is None or other.most is None or one.least >= other.most:
        return False
    before = text[: one.start].rstrip().lower()
    if before.endswith("from"):
        return False  # `from 50 to 16` speaks of two numbers
    return between.strip() != "and" or before.endswith("between")


@dataclass(frozen=True, slots=True)
class _Number:
    number: int
    start: int
    end: int
    digits: bool
    some: bool = False
    exact: float = 0.0
    """The number with what stands after its point."""


def _numbers(spoken: Sequence[Spoken]) -> Iterator[_Number]:
    """The numbers of a text; words that make one number, such as `one hundred and five`, are taken together."""
    at = 0
    while at < len(spoken):
        word = spoken[at]
        if word.is_number:
            plain = word.text.replace(",", "")
            if len(plain) < 13:
                yield _Number(int(float(plain)), word.start, word.end, digits=True, exact=float(plain))
            at += 1
        elif word.text in _SOME:
            following = spoken[at + 1] if at + 1 < len(spoken) else None
            bound = following is not None and (following.is_number or following.text in {*_UNITS, "as"})
            if bound and word.text in ("some", "many", "few"):
                at += 1  # `some 20`, `as many as 20`
                continue
            yield _Number(_SOME[word.text], word.start, word.end, digits=False, some=True)
            at += 1
        else:
            number, length = _in_words(spoken[at:])
            if length:
                yield _Number(number, word.start, spoken[at + length - 1].end, digits=False, exact=number)
            at += length or 1


def _in_words(spoken: Sequence[Spoken]) -> tuple[int, int]:
    """The number that stands at the beginning in words, and of how many words it consists; 0 words for none."""
    total = part = length = 0
    for place, word in enumerate(spoken):
        following = spoken[place + 1].text if place + 1 < len(spoken) else ""
        if word.text in _UNITS or word.text in _TENS:
            known: Mapping[str, int] = _UNITS | _TENS
            if part and not _fits_after(part, known[word.text]):
                break
            part += known[word.text]
        elif word.text in _BIG and length:
            part = max(part, 1) * _BIG[word.text]
            if _BIG[word.text] > 100:
                total, part = total + part, 0
        elif not (word.text == "and" and length and spoken[place - 1].text in _BIG and following in _UNITS | _TENS):
            break
        length = place + 1
    return total + part, length


def _fits_after(part: int, number: int) -> bool:
    """Whether a word may follow on those before it in one number: `twenty one`, `one hundred five`."""
    return (part % 100 == 0) or (part % 10 == 0 and part % 100 >= 20 and number < 10)


def _figure(text: str, number: _Number) -> Figure | None:
    before, after = leading_up(text, number.start).rstrip(), text[number.end :]
    if number.digits and _is_year(text, number):
        return None
    of: Literal["things", "percent", "years", "US dollars"] = "things"
    if re.match(r"\s*(?:%|percent|per cent)", after, re.IGNORECASE):
        of = "percent"
    elif re.match(r"[\s-]*(?:years?['\u2019]?)(?! old| of age|-old)\b", after, re.IGNORECASE):
        of = "years"
    elif _DOLLARS_BEFORE.search(before) or _DOLLARS_AFTER.match(after):
        return _money(text, number)
    elif _NOT_COUNTED_AFTER.match(after) or _NOT_COUNTED_BEFORE.search(before[-32:]):
        return None
    if number.digits and number.exact != number.number:
        return None  # a part of a thing is not counted
    if number.some:
        return Figure(number.number, None, number.start, number.end, of)
    least, most = _ends(number.number, before)
    return Figure(least, most, number.start, number.end, of)


def _money(text: str, number: _Number) -> Figure:
    """An amount of US dollars, with the thousands and millions that follow its number."""
    times = re.match(r"\s*(thousand|million|billion)", text[number.end :], re.IGNORECASE)
    amount = (
        round(number.exact * {"thousand": 1e3, "million": 1e6, "billion": 1e9}[times[1].lower()]) if times else None
    )
    whole = amount if amount is not None else number.number
    return Figure(whole, whole, number.start, number.end + (times.end() if times else 0), "US dollars")


def _is_year(text: str, number: _Number) -> bool:
    if not _YEAR.fullmatch(text[number.start : number.end]):
        return False
    before, after = leading_up(text, number.start), text[number.end :]
    return bool(_NAMED_YEAR.search(before) or _OF_A_LAW.match(after)) or not re.match(r"\s+[a-z]", after)


def _ends(number: int, before: str) -> tuple[int | None, int | None]:
    lower = before.lower()
    for shape, how in _BEFORE:
        if re.search(rf"\b{shape}", lower):
            least = {"least": number, "above": number + 1, "about": number}.get(how)
            most = {"most": number, "below": max(number - 1, 0), "about": number}.get(how)
            return least, most
    return number, number
