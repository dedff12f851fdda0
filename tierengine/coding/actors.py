"""Who a sentence says did something: the government unless it names an organisation or another government."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tierengine.evidence.records import Actor, Doer
from tierengine.terms.wording import Spoken, words


def _any_of(*ways: str, ignore_case: bool = False) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(ways)})\b", re.IGNORECASE if ignore_case else 0)


_NAMED: Sequence[tuple[Doer, re.Pattern[str]]] = (
    (
        "non-governmental organisation",
        _any_of(
            r"(?:(?:local|domestic|foreign|international) )?(?:NGOs?|non-?governmental organi[sz]ations?)",
            r"civil society(?: organi[sz]ations?| groups?)?",
            r"charit(?:y|ies)",
            r"church(?:es)?",
            r"(?:faith-based|religious) (?:groups?|organi[sz]ations?)",
            "domestic groups",
            "advocates",
            "activists",
        ),
    ),
    (
        "international organisation",
        _any_of(
            r"international organi[sz]ations?",
            r"(?:UN|international) agenc(?:y|ies)",
            "international partners",
            "(?:the )?United Nations",
            "International Organization for Migration",
            "IOM",
            "UNICEF",
            "UNHCR",
            "ILO",
            "UNODC",
            "OSCE",
        ),
    ),
    (
        "other government",
        _any_of(
            r"(?:foreign|other|neighbou?ring) (?:governments?|countr(?:y|ies))",
            "another government",
            r"(?:foreign|international) donors?",
            "donors?",
            r"foreign embass(?:y|ies)",
            r"(?:the )?U\.?S\.? government",
            "the United States",
            "destination countries",
            "governments? of (?:the )?destination countr(?:y|ies)",
        ),
    ),
)
_POST = re.compile(r"^(?:The )?(?:[Pp]ost|[Ee]mbassy|[Dd]epartment of State)\b")
_OWN = _any_of(
    "government",
    "authorities",
    "officials?",
    "police",
    r"ministr(?:y|ies)",
    "minister",
    "courts?",
    "prosecutors?",
    "parliament",
    "congress",
    "legislature",
    "law enforcement",
    "state",
    "president",
    "cabinet",
    "judges?",
    "officers?",
    "inspectors",
    "department",
    r"agenc(?:y|ies)",
    "it",
    "GO[A-Z]{1,3}",
)
_LEANS_ON = re.compile(
    r"\b(?:rel(?:y|ies|ied|iance|ying)|depend(?:s|ed|ent)?|left|leaves?|leaving)\b[^,;]{0,40}?"
    r"\b(?:on|upon|to|up to)\s+(?:the |local |an? )?$",
    re.IGNORECASE,
)
_NOT_ACTING = re.compile(
    r"\b(?:with|to|of|from|for|through|among|including|and|or|between|helped|support(?:s|ed|ing)?|fund(?:s|ed|ing)?"
    r"|assist(?:s|ed|ing)?|train(?:s|ed|ing)?|allow(?:s|ed|ing)?|permit(?:s|ted|ting)?|provid(?:es|ed|ing))"
    r"\s+(?:(?:the|an?|local|some|several|other|two|one|foreign|many)\s+)*$",
    re.IGNORECASE,
)
"""What stands before somebody with whom, to whom or for whom a thing is done."""
_BY = re.compile(r"\bby\s+(?:(?:the|an?|local|some|several|foreign|many)\s+)*$", re.IGNORECASE)
_NEAR, _SOON = 60, 4
"""Characters after a thing on which a government leans, and words after it, within which somebody else did it."""


_ACTING = re.compile(
    r"government|authorit|officer|official|office|police|minist|court|prosecut|parliament|congress|legislat|enforcement|state$|president"
    r"|cabinet|judge|inspect|department|agenc|council|commission|committee|unit|law|army|military|embass"
    r"|ngos?$|organi[sz]ation|go[a-z]{1,3}$|it$|they$|he$|she$"
)
"""How words begin for those who can make an effort."""


def names_somebody(spoken: Sequence[Spoken]) -> bool:
    """Say whether a sentence names somebody who can make an effort, and not only those to whom things are done."""
    return any(_ACTING.match(word.text) for word in spoken)


def actor(text: str, spoken: Sequence[Spoken], places: Sequence[int], government: str) -> Actor:
    """Return who did the thing whose words stand at some places of a sentence."""
    post = _POST.match(text)
    if post is not None:
        return _actor("post", post[0])
    first, last = spoken[min(places)].start, spoken[max(places)].end
    for doer, shape in _NAMED:
        for found in shape.finditer(text):
            if _acts(text, found, first, last):
                return _actor(doer, found[0])
    return _actor("government", government)


def _actor(doer: Doer, name: str) -> Actor:
    return Actor.model_validate({"is": doer, "name": name})


def _acts(text: str, found: re.Match[str], first: int, last: int) -> bool:
    """Whether somebody who is named did what stands between two characters of a sentence."""
    before = text[: found.start()]
    if _LEANS_ON.search(before):
        return found.start() < last + _NEAR
    if _BY.search(before):
        return first <= found.start() and len(words(text[last : found.start()])) <= _SOON
    if found.start() > first or _NOT_ACTING.search(before):
        return False
    return _OWN.search(text, 0, found.start()) is None and _OWN.search(text, found.end(), first) is None
