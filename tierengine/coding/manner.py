"""How a sentence says a thing: that it was done, was not done, was not reported, is promised, or is only aimed at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from tierengine.terms.wording import Phrase, Spoken, listed, phrase

Manner = Literal["said", "denied", "limited", "not reported", "promised", "aimed at"]
"""`limited`: only a part or a degree of it is denied, as in `did not adequately protect`."""


def _phrases(*ways: str) -> tuple[Phrase, ...]:
    return tuple(map(phrase, ways))


_DENYING = _phrases(
    "not|never|cannot|no|none|nobody|nothing|neither|nor|without|zero",
    "lack|lacks|lacked|lacking|absence",
    "fail|fails|failed|failing|failure",
    "unable|unwilling to",
    "refuse|refuses|refused|decline|declines|declined|neglected to",
    "discourage|discourages|discouraged|discouraging|deter|deters|deterred .. from",
    "yet|remains|remained to",
    "rather than",
    "instead of",
)
_OF_NOUNS = frozenset(
    listed("no none nobody nothing neither nor without zero lack lacks lacked lacking absence rather instead")
)
"""Words that deny things; the others deny verbs, so that a verb in the past tense ends what they deny."""
_LACKS = frozenset(listed("lack absence"))
_LACKING = frozenset(listed("not never lacking nonexistent unavailable absent unreported"))
"""Words that deny what stands before them."""
_STAYING = frozenset(listed("are were remain remained"))
"""What stands before such a word where it denies two things."""
_NO_DENIAL = frozenset(listed("only fewer less later limited more doubt"))
"""Words after `not` and `no` that make no denial of them."""

_UNREPORTED = _phrases(
    "not|never|no report|reported|reports",
    "not|never|fail|failed publicly|publical* document*|disclose*|report*|provide|release|share|publish",
    "not|never|fail|failed document*|disclos*",
    "not|never|no|fail|failed|declined|refused provid*|furnish*|submit*|record*|releas* data|statistics|information",
    "no|without data|statistics|information|figures",
    "fail|failed|declined|refused to report",
)
_PROMISING = _phrases(
    "promise|promises|promised|pledge|pledged|pledges|vowed|undertook|committed to",
    "plan|plans|planned|planning|intend|intends|intended|intending|expect|expects|expected to",
    "announced|announce|announces|stated|said|believes .. will|would|plans|intention",
    "agreed to",
    "considering",
    "will",
)
_ANY_PLAN = frozenset(listed("a the its their this that new draft national action work strategic revised written"))
"""Words before `plan` that make it a thing, so that nobody plans to do what follows."""
_ASKING = frozenset(
    listed(
        "accede adopt allocate allow amend appoint approve conduct consider convict cooperate create criminalize devote"
        " develop do enact encourage enforce ensure establish expand finalize fund hold identify implement improve"
        " include increase institute investigate pass prohibit prosecute protect provide publish ratify refer"
        " strengthen train undertake"
    )
)
"""Verbs with which recommendations begin, in the form that orders somebody to do something."""
_NEXT = phrase("next year|session|month")
_AIMING = _phrases(
    "discuss*|talks|negotiat*|consult* on|about|over",
    "effort*|attempt*|measures|steps|means|capacity|ability|resources|willingness|funding|mandate|authority|need|tools|order"
    "|responsib*|designed|aimed|aims|insufficient|inadequate|seeking|sought|continues|obligation to|for|at|on",
    "should|could|might|must|may",
)
_DEGREE = re.compile(
    r"(?:adequate|sufficient|full|systematic|consistent|effective|comprehensive|meaningful|significant|vigorous"
    r"|stringent|strict|harsh|appropriate|proper|timely|all$|only$|enough|always|substantial|additional|further$|uniform|equal)"
)
"""Words that a denial may be about, so that the thing itself is not denied."""
_MORE = re.compile(r"(?:increase|improve|enhance|expand|strengthen)\w*|increasing|improving|enhancing|evidence")
"""Words before a thing that say in which way it is denied: who did not increase it, or show evidence, may do it."""

_WEIGHED = phrase("more often|commonly|frequently|likely")
"""Before `than`: what follows it may have been done as well, or hardly ever."""
_PAST = re.compile(
    r"(?:\w{2,}ed|began|built|brought|drew|gave|held|kept|made|led|paid|ran|saw|sent|set|spent|took|went|won|wrote)$"
)
_HELPING = frozenset(listed("was were been be being is are has have had not also"))
_TURNING = frozenset(listed("who whose which that because since when if unless until after before where"))
_PARTING = frozenset(listed("because since when if unless until after before"))
"""Those of them that end what is denied also where things are denied, as in `without pay before the police came`."""
_SOON, _NEAR, _LEADING = 6, 4, 14
"""Words after a thing in which it may be denied; up to a thing from what denies it alone; from a promise to it."""


def manner(text: str, spoken: Sequence[Spoken], places: Sequence[int]) -> Manner:
    """Say how a thing is said whose words stand at some places of a sentence."""
    first = min(places)
    if _is_asked_for(spoken):
        return "aimed at"
    denied = _denial(text, spoken, places)
    if denied is not None:
        if any(_begins(each, spoken, denied, set(places)) for each in _UNREPORTED):
            return "not reported"
        return "limited" if _of_a_degree(spoken, denied, places) else "denied"
    if _promised(text, spoken, first):
        return "promised"
    return "aimed at" if _aimed(spoken, first) or _weighed_against(spoken, places) else "said"


def _weighed_against(spoken: Sequence[Spoken], places: Sequence[int]) -> bool:
    """Whether something else was done more often than a thing, as in `victims were more often jailed than helped`."""
    near = (at for place in places for at in range(max(place - 3, 0), place))
    than = next((at for at in near if spoken[at].text == "than"), None)
    return than is not None and any(True for _ in _WEIGHED.places(spoken[:than]))


def _is_asked_for(spoken: Sequence[Spoken]) -> bool:
    """Whether a sentence begins with a verb that orders somebody to do something, as recommendations do."""
    at = next((at for at, word in enumerate(spoken) if not word.text.endswith("ly")), 0)
    return spoken[at].text in _ASKING and _follows(spoken, at) not in ("in", "of", "")


def _of_a_degree(spoken: Sequence[Spoken], denied: int, places: Sequence[int]) -> bool:
    """Whether what is denied is a degree of a thing, that there is more of it, or the evidence for it."""
    first, last = min(places), max(places)
    compares = False
    for at in range(denied, first):
        word = spoken[at].text
        if word in ("or", "and") and _follows(spoken, at) == "to":
            compares = False  # `did not improve care or to raise awareness` turns to another thing
        near = word.startswith("proactive") and first - at <= _SOON
        compares = compares or (at not in places and (near or _MORE.fullmatch(word) is not None))
    begins = denied if denied < first else max(first - 1, 0)  # `strict sentences are lacking` has the degree before it
    said = [word.text for word in spoken[begins : last + 1]]
    return (compares and "any" not in said) or any(map(_DEGREE.match, said))


def denied_of_one(spoken: Sequence[Spoken], places: Sequence[int]) -> bool:
    """Say whether a thing is denied of one person or case, as in `a teacher was not prosecuted`, or as what is for it.

    What is for it: `cases were not referred for prosecution`.
    """
    first, head = min(places), places[0]
    if any(word.text == "for" for word in spoken[max(head - 2, 0) : head]):
        return True
    helped = next((at for at in range(first - 1, max(first - 5, 0), -1) if spoken[at].text in ("was", "has")), None)
    if helped is None:
        return False
    between = [word.text for word in spoken[helped:first]]
    passive = "not" in between and (between[0] == "was" or "been" in between)
    return passive and any(word.text in ("a", "an", "one", "the") for word in spoken[max(helped - _NEAR, 0) : helped])


def denied_by_a_verb(text: str, spoken: Sequence[Spoken], places: Sequence[int]) -> bool:
    """Say whether a thing is denied by what somebody did not do: `did not address complicity`, `were not punished`."""
    place = _denial(text, spoken, places)
    if place is None or spoken[place].text in _OF_NOUNS:
        return False
    return place < min(places) or any(_PAST.fullmatch(word.text) for word in spoken[place + 1 : place + 3])


def _begins(one: Phrase, spoken: Sequence[Spoken], place: int, own: set[int]) -> bool:
    """Whether a phrase begins at a word, and is not of the words of the thing itself."""
    near = spoken[place : place + 8]
    return any(found[0] == 0 and not own & {place + at for at in found} for found in one.places(near))


def _denial(text: str, spoken: Sequence[Spoken], places: Sequence[int]) -> int | None:
    """The place of the word that denies a thing, or nothing; `not` in `not commensurate` is part of the thing."""
    last = max(places)
    for place in range(last, -1, -1):
        if place in places or not _denies(spoken, place):
            continue
        if _reaches(text, spoken, place, min(at for at in places if at > place)):
            return place
    return _denied_after(text, spoken, places)


def _denies(spoken: Sequence[Spoken], place: int) -> bool:
    word = spoken[place].text
    following = spoken[place + 1].text if place + 1 < len(spoken) else ""
    before = spoken[place - 1].text if place else ""
    if word in ("not", "no") and following in _NO_DENIAL:
        return False
    if word == "yet" and before not in _HELPING:
        return False
    return word.endswith("n't") or any(_begins(each, spoken, place, set()) for each in _DENYING)


def _reaches(text: str, spoken: Sequence[Spoken], place: int, first: int) -> bool:
    """Whether what a word denies goes on as far as to a place after it."""
    of_nouns = spoken[place].text in _OF_NOUNS
    if (
        of_nouns
        and first - place > _NEAR
        and any(word.text in ("a", "an") for word in spoken[max(first - 2, 0) : first])
    ):
        return False  # `no money was given to a plan` denies the money
    passive = of_nouns or any(word.text in _HELPING for word in spoken[max(place - 2, 0) : place])
    for at in range(place + 1, first + 1):
        between = text[spoken[at - 1].end : spoken[at].start]
        joined = "," in between or spoken[at - 1].text in ("and", "but")
        if any(sign in between for sign in ";:()") or spoken[at].text == "but":
            return False
        turns = spoken[at].text in (_PARTING if of_nouns else _TURNING)
        does = (
            spoken[place].text in _LACKS and at - place > 2 and _finite(spoken, at)
        )  # `a lack of staff impeded the courts`
        if does or (turns and at < first):
            return False
        if joined and not passive and _finite(spoken, at) and at - place > 2:
            return False
        if joined and (spoken[at].text in ("it", "they", "he", "she") or (of_nouns and _begins_anew(text, spoken, at))):
            return False
    return True


def _finite(spoken: Sequence[Spoken], at: int) -> bool:
    """Whether a word is a verb in the past tense without a helping verb, so that it says what was done."""
    helped = any(word.text in _HELPING for word in spoken[max(at - 2, 0) : at])
    return _PAST.fullmatch(spoken[at].text) is not None and not helped


def _begins_anew(text: str, spoken: Sequence[Spoken], at: int) -> bool:
    """Whether `, and` stands before a word, after which `no` denies nothing more."""
    return at > 1 and spoken[at - 1].text == "and" and "," in text[spoken[at - 2].end : spoken[at - 1].start]


def _denied_after(text: str, spoken: Sequence[Spoken], places: Sequence[int]) -> int | None:
    """The place of a word after a thing that denies it, as in `procedures were not used` and `shelters are lacking`.

    It may deny two things at once: `shelters and lawyers remained lacking`.
    """
    last, joined = max(places), False
    for at in range(last + 1, min(last + 1 + _SOON, len(spoken))):
        word = spoken[at].text
        if "," in text[spoken[at - 1].end : spoken[at].start] or word in _TURNING or word == "but":
            return None
        if word in ("and", "or"):
            if any(_PAST.fullmatch(spoken[each].text) for each in places):
                return None  # what was done is said to its end
            joined = True
        elif word in _LACKING:
            if joined:
                return at if spoken[at - 1].text in _STAYING and word not in ("not", "never") else None
            helped = at > last + 1 or word in ("not", "never", "lacking", "unreported")
            return at if helped and not (word == "not" and _follows(spoken, at) in _NO_DENIAL) else None
        elif _PAST.fullmatch(word) and word != "remained":
            return None
    return None


def _follows(spoken: Sequence[Spoken], at: int) -> str:
    return spoken[at + 1].text if at + 1 < len(spoken) else ""


def _promised(text: str, spoken: Sequence[Spoken], first: int) -> bool:
    """Whether a thing is announced for the future."""
    for each in _PROMISING:
        for found in each.places(spoken):
            end = max(found)
            if _is_plan(text, spoken, found):
                continue
            if found[0] < first and first - end < _LEADING and not _done_since(text, spoken, end, first):
                return True
    return any(found[0] > first for found in _NEXT.places(spoken))


def _is_plan(text: str, spoken: Sequence[Spoken], found: Sequence[int]) -> bool:
    """Whether `plan` is a thing, as in `adopted an action plan to`, or parted from what follows by a comma."""
    at = found[0]
    if spoken[at].text not in ("plan", "plans"):
        return False
    return (at > 0 and spoken[at - 1].text in _ANY_PLAN) or "," in text[spoken[at].end : spoken[found[-1]].start]


def _done_since(text: str, spoken: Sequence[Spoken], place: int, first: int) -> bool:
    """Whether a sign parts two places, or a verb in the past tense after `,` or `and`: something else is said then."""
    for at in range(place + 1, first + 1):
        between = text[spoken[at - 1].end : spoken[at].start]
        joined = "," in between or spoken[at - 1].text == "and"
        if any(sign in between for sign in ";:") or (joined and _finite(spoken, at)):
            return True
    return False


def _aimed(spoken: Sequence[Spoken], first: int) -> bool:
    """Whether a thing is what efforts, means or duties are for, so that nobody says that it was done."""
    before = spoken[max(first - 6, 0) : first]
    plain = not spoken[first].text.endswith("ed") and not (before and before[-1].text in ("a", "an", "the"))
    return plain and any(max(found) >= len(before) - 3 for each in _AIMING for found in each.places(before))
