"""The rules of the ledger, each asked of entries by themselves: what is refused, where, and what to do instead.

That a ledger asks them of what is written to it is tried in `test_acts.py` and `test_people.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from tierengine import canonical
from tierengine.ledger.entries import (
    AnyEntry,
    AssessmentEntry,
    CorrectionEntry,
    DeterminationEntry,
    DocumentEntry,
    EnrolmentEntry,
    Person,
    PositionEntry,
    ProposalEntry,
    ReviewEntry,
    RulebookEntry,
    WithdrawalEntry,
    WitnessesEntry,
)
from tierengine.ledger.register import Register

ANN = Person(name="Ann Lee", office="Country desk", key="A" * 43 + "=")
BO = Person(name="Bo Chen", office="Embassy", key="B" * 42 + "A=")
CY = Person(name="Cy Dee", office="Office of the Secretary", key="C" * 42 + "A=")
OLD, NEW, OTHER = (f"sha256:{digit * 64}" for digit in "123")
ANSWER, OTHER_ANSWER = (f"sha256:{digit * 64}" for digit in "45")

Kind = type[AnyEntry]
Written = tuple[Kind, Person, dict[str, Any]]
"""An entry: its kind, who writes it, and what it holds."""


def raw(number: int) -> bytes:
    """The bytes of an entry, by which others name it."""
    return f"entry {number}".encode()


def of(number: int) -> dict[str, Any]:
    """How another entry names one."""
    return {"of": number, "entry": canonical.digest(raw(number))}


def made(number: int, written: Written) -> AnyEntry:
    """The entry of a number; neither its signature nor its words are looked at by the rules."""
    kind, by, holds = written
    word = kind.model_fields["kind"].annotation.__args__[0]  # type: ignore[union-attr]
    values = {"format": 2, "number": number, "time": "", "by": by, "kind": word, "reasons": "", "signature": ""}
    return kind.model_construct(**({name: each for name, each in values.items() if name in kind.model_fields} | holds))


def register(*written: Written) -> Register:
    """The register after some entries, numbered from 0."""
    return Register.of((made(number, each), raw(number)) for number, each in enumerate(written))


def objected(before: tuple[Written, ...], entry: Written) -> list[tuple[str, str, str]]:
    """What the rules have against an entry after some others."""
    problems = register(*before).objections(made(len(before), entry))
    return [(str(problem.where), str(problem.what), str(problem.cure)) for problem in problems]


LAW: Written = (RulebookEntry, ANN, {"rulebook": OLD, "replaces": None})
CASE: Written = (AssessmentEntry, ANN, {"case": "gt", "rulebook": OLD, "answer": ANSWER, "tier": "2"})
MADE = (LAW, CASE)
HERE = register(*MADE).seen("gt")
POSITION = {"case": "gt", "on": 1, "answer": ANSWER, "tier": "2", "agrees": True}
DETERMINED = {"case": "gt", "on": 1, "seen": HERE, "tier": "2", "adopts": True}
DONE: tuple[Written, ...] = (*MADE, (DeterminationEntry, CY, DETERMINED))


def enrolled(person: Person, *roles: str) -> Written:
    """The enrolment of a person, by Ann."""
    return EnrolmentEntry, ANN, {"person": person, "roles": roles, "cleared": ()}


KEPT = (LAW, enrolled(ANN, "administrator", "officer", "policy"), enrolled(BO, "policy"), enrolled(CY, "officer"))
WROTE: tuple[Written, ...] = (LAW, (ReviewEntry, BO, {**of(0), "approves": True}), enrolled(ANN, "administrator"))
PROPOSED: Written = (ProposalEntry, ANN, {"rulebook": NEW, "replaces": OLD})
APPROVED: Written = (ReviewEntry, BO, {**of(4), "approves": True})
ADOPTED = {"rulebook": NEW, "replaces": OLD, "proposal": 4}
AGAIN = Person(name="Ann Lee", office="Country desk", key="D" * 42 + "A=")
LIKE = Person(name="\N{CYRILLIC CAPITAL LETTER A}nn Lee", office="Country desk", key="E" * 42 + "A=")

REFUSED: list[tuple[str, tuple[Written, ...], Written, tuple[str, str, str]]] = [
    (
        "the name of another",
        MADE,
        (PositionEntry, AGAIN, POSITION),
        ("author", "`Ann Lee` wrote here with another key", "use that key, or your own name"),
    ),
    (
        "the key of another",
        MADE,
        (PositionEntry, Person(name="Dot", office="x", key=ANN.key), POSITION),
        ("author", "this key wrote here under another name", "use that name, or a key of your own"),
    ),
    (
        "a name that looks like another",
        MADE,
        (PositionEntry, LIKE, POSITION),
        (
            "author",
            f"`{LIKE.name}` looks like `Ann Lee`, who wrote here with another key",
            "use a name that nobody takes for that one",
        ),
    ),
    (
        "an older format",
        MADE,
        (ReviewEntry, BO, {**of(1), "approves": True, "format": 1}),
        (
            "format",
            "it is written in format 1, after entries of format 2",
            "write it with the newest tierengine that writes here",
        ),
    ),
    (
        "an enrolment with the key of somebody who wrote",
        WROTE,
        enrolled(Person(name="Dot", office="x", key=BO.key), "reader"),
        ("--key", "this key wrote here as `bo chen`", "use that name, or another key"),
    ),
    (
        "an enrolment under the name of somebody who wrote",
        WROTE,
        enrolled(Person(name="Bo Chen", office="x", key=CY.key), "reader"),
        (
            "--key",
            "`Bo Chen` wrote here with another key",
            "enrol that key first; then it can be withdrawn, and another enrolled",
        ),
    ),
    (
        "an enrolment under a name that looks like somebody's who wrote",
        WROTE,
        enrolled(Person(name="B\N{CYRILLIC SMALL LETTER O} Chen", office="x", key=CY.key), "reader"),
        (
            "NAME",
            "`B\N{CYRILLIC SMALL LETTER O} Chen` looks like `Bo Chen`, who wrote here",
            "choose a name that nobody takes for that one",
        ),
    ),
    (
        "an enrolment under a name that looks like somebody's who wrote and is enrolled",
        (*WROTE, enrolled(BO, "reader")),
        enrolled(Person(name="B\N{CYRILLIC SMALL LETTER O} Chen", office="x", key=CY.key), "reader"),
        (
            "NAME",
            "`B\N{CYRILLIC SMALL LETTER O} Chen` looks like `Bo Chen`, who is or was in the register",
            "choose a name that nobody takes for that one",
        ),
    ),
    (
        "an assessment under another rulebook",
        (LAW,),
        (AssessmentEntry, ANN, {"case": "gt", "rulebook": NEW, "answer": ANSWER, "tier": "2"}),
        (
            "rulebook",
            "the assessment was made under a rulebook that is not the ledger's",
            "record the change first: tierengine ledger rulebook --reasons TEXT",
        ),
    ),
    *(
        (
            f"a position on {what}",
            MADE,
            (PositionEntry, BO, POSITION | change),
            (
                "--seen",
                f"what was seen of `{case}` is no longer what is on record",
                f"read it again: tierengine ledger log {case}",
            ),
        )
        for what, case, change in (
            ("a case that there is not", "xx", {"case": "xx"}),
            ("another entry", "gt", {"on": 0}),
            ("another answer", "gt", {"answer": OTHER_ANSWER}),
        )
    ),
    (
        "agreement with another tier",
        MADE,
        (PositionEntry, BO, POSITION | {"tier": "3"}),
        ("--tier", "the office agrees and holds Tier 3", "leave out one of the two"),
    ),
    (
        "agreement with no tier",
        MADE,
        (PositionEntry, BO, POSITION | {"tier": None}),
        ("--tier", "the office agrees and holds no tier", "leave out one of the two"),
    ),
    (
        "dissent that holds the same",
        MADE,
        (PositionEntry, BO, POSITION | {"agrees": False}),
        ("--tier", "the office dissents and holds Tier 2", "leave out one of the two"),
    ),
    (
        "dissent without a ground",
        MADE,
        (PositionEntry, BO, POSITION | {"agrees": False, "tier": None}),
        (
            "--disputes",
            "a departure has one ground: findings that are disputed, or discretion",
            "name each disputed finding with --disputes, or write --discretion",
        ),
    ),
    (
        "dissent with both grounds",
        MADE,
        (PositionEntry, BO, POSITION | {"agrees": False, "tier": "3", "disputes": ("MS1",), "discretion": True}),
        (
            "--disputes",
            "a departure has one ground: findings that are disputed, or discretion",
            "name each disputed finding with --disputes, or write --discretion",
        ),
    ),
    (
        "agreement that disputes",
        MADE,
        (PositionEntry, BO, POSITION | {"discretion": True}),
        (
            "--disputes",
            "who goes along with the recommendation disputes nothing",
            "leave --disputes and --discretion out",
        ),
    ),
    (
        "a determination of what was not seen",
        MADE,
        (DeterminationEntry, CY, DETERMINED | {"seen": OTHER}),
        ("--seen", "what was seen of `gt` is no longer what is on record", "read it again: tierengine ledger log gt"),
    ),
    *(
        (
            f"a determination on {what}",
            MADE,
            (DeterminationEntry, CY, DETERMINED | {"case": case, "on": on, "seen": register(*MADE).seen(case)}),
            (
                "--seen",
                f"what was seen of `{case}` is no longer what is on record",
                f"read it again: tierengine ledger log {case}",
            ),
        )
        for what, case, on in (("a case that there is not", "xx", 1), ("another entry", "gt", 0))
    ),
    (
        "a second determination",
        DONE,
        (DeterminationEntry, BO, DETERMINED | {"seen": register(*DONE).seen("gt")}),
        (
            "case",
            "this assessment has been determined",
            "have its author correct that determination, or record a new assessment",
        ),
    ),
    (
        "an adoption of another tier",
        MADE,
        (DeterminationEntry, CY, DETERMINED | {"tier": "3"}),
        ("--tier", "Tier 3 is not what is recommended", "adopt the recommendation, or depart from it"),
    ),
    (
        "a departure to the same tier",
        MADE,
        (DeterminationEntry, CY, DETERMINED | {"adopts": False}),
        ("--tier", "Tier 2 is what is recommended", "adopt the recommendation, or depart from it"),
    ),
    (
        "a departure to no tier without a ground",
        MADE,
        (DeterminationEntry, CY, DETERMINED | {"adopts": False, "tier": None}),
        (
            "--disputes",
            "a departure has one ground: findings that are disputed, or discretion",
            "name each disputed finding with --disputes, or write --discretion",
        ),
    ),
    *(
        (
            f"a review of {what}",
            (*MADE, (ReviewEntry, BO, {**of(1), "approves": True})),
            (ReviewEntry, CY, {**named, "approves": True}),
            ("ENTRY", f"entry {named['of']} is none that can be reviewed", "see `tierengine ledger log`"),
        )
        for what, named in (
            ("an entry that there is not", of(9)),
            ("an entry with another digest", of(1) | {"entry": OTHER}),
            ("a review", of(2)),
        )
    ),
    (
        "a review of what was corrected",
        (*MADE, (CorrectionEntry, ANN, of(1))),
        (ReviewEntry, BO, {**of(1), "approves": True}),
        ("ENTRY", "entry 1 was corrected and counts no more", "review what replaced it"),
    ),
    (
        "a review of one's own",
        MADE,
        (ReviewEntry, ANN, {**of(1), "approves": True}),
        ("--as", "`Ann Lee` wrote entry 1", "have somebody else review it"),
    ),
    (
        "a second review",
        (*MADE, (ReviewEntry, BO, {**of(1), "approves": True})),
        (ReviewEntry, BO, {**of(1), "approves": False}),
        ("--as", "`Bo Chen` has reviewed entry 1", "one review each is enough"),
    ),
    *(
        (
            f"a correction of {what}",
            (*MADE, (CorrectionEntry, ANN, of(1))),
            (CorrectionEntry, ANN, named),
            ("ENTRY", f"entry {named['of']} is none that can be corrected", "see `tierengine ledger log`"),
        )
        for what, named in (
            ("an entry that there is not", of(9)),
            ("an entry with another digest", of(0) | {"entry": OTHER}),
            ("a correction", of(2)),
        )
    ),
    (
        "a second correction",
        (*MADE, (CorrectionEntry, ANN, of(1))),
        (CorrectionEntry, ANN, of(1)),
        ("ENTRY", "entry 1 was corrected before", "write what is right as a new entry"),
    ),
    (
        "a correction by somebody else",
        MADE,
        (CorrectionEntry, BO, of(1)),
        ("--as", "`Bo Chen` did not write entry 1", "object to it in a review, or have its author correct it"),
    ),
    (
        "a correction by somebody else where a register is kept",
        KEPT,
        (CorrectionEntry, BO, of(0)),
        ("--as", "`Bo Chen` did not write entry 0", "object to it in a review, or have its author correct it"),
    ),
    (
        "a correction of the law where a register is kept",
        KEPT,
        (CorrectionEntry, ANN, of(0)),
        (
            "ENTRY",
            "where a register of people is kept, nobody alone takes back a change of the law",
            "propose the rulebook that is right: tierengine ledger propose",
        ),
    ),
    *(
        (
            f"a document of {what}",
            MADE,
            (DocumentEntry, ANN, {"case": case, "on": on, "answer": answer}),
            (
                "ENTRY",
                f"entry {on} is not the current assessment of `{case}`",
                f"draft the document from what is current: tierengine ledger log {case}",
            ),
        )
        for what, case, on, answer in (
            ("a case that there is not", "xx", 1, ANSWER),
            ("another entry", "gt", 0, ANSWER),
            ("another answer", "gt", 1, OTHER_ANSWER),
        )
    ),
    (
        "the same rulebook",
        (LAW,),
        (RulebookEntry, ANN, {"rulebook": OLD, "replaces": None}),
        ("rulebook", "this is the ledger's rulebook already", "there is nothing to record"),
    ),
    (
        "a change of another rulebook",
        (LAW,),
        (RulebookEntry, ANN, {"rulebook": NEW, "replaces": OTHER}),
        ("rulebook", "the rulebook was changed meanwhile", "look at that change, then record yours"),
    ),
    (
        "a change that nobody proposed, where a register is kept",
        KEPT,
        (RulebookEntry, ANN, {"rulebook": NEW, "replaces": OLD, "proposal": None}),
        (
            "rulebook",
            "where a register of people is kept, a change of the law is proposed and approved first",
            "propose it: tierengine ledger propose",
        ),
    ),
    (
        "the review of a proposal by who is no policy staff",
        (*KEPT, PROPOSED),
        (ReviewEntry, CY, {**of(4), "approves": True}),
        (
            "--as",
            "`Cy Dee` is not enrolled as policy staff",
            "have somebody else of the policy staff review the change of the law",
        ),
    ),
    *(
        (
            f"an adoption of {what}",
            (*KEPT, PROPOSED, *more),
            (RulebookEntry, ANN, ADOPTED | {"proposal": number}),
            ("--proposal", f"entry {number} is no proposal that counts", "see `tierengine ledger log`"),
        )
        for what, number, more in (
            ("an entry that there is not", 9, ()),
            ("what is no proposal", 0, ()),
            ("a proposal that was corrected", 4, ((CorrectionEntry, ANN, of(4)),)),
        )
    ),
    (
        "an adoption of another rulebook than was proposed",
        (*KEPT, PROPOSED, APPROVED),
        (RulebookEntry, ANN, ADOPTED | {"rulebook": OTHER}),
        (
            "--proposal",
            "this is another rulebook than entry 4 proposes",
            "adopt what was proposed, or propose this one",
        ),
    ),
    (
        "an adoption that nobody approved",
        (*KEPT, PROPOSED),
        (RulebookEntry, ANN, ADOPTED),
        (
            "--proposal",
            "nobody else has approved the proposal of entry 4",
            "have it reviewed: tierengine ledger review 4",
        ),
    ),
    (
        "an adoption beside which something else was approved",
        (*KEPT, PROPOSED, (ReviewEntry, BO, {**of(0), "approves": True})),
        (RulebookEntry, ANN, ADOPTED),
        (
            "--proposal",
            "nobody else has approved the proposal of entry 4",
            "have it reviewed: tierengine ledger review 4",
        ),
    ),
    (
        "an adoption whose approval was corrected",
        (*KEPT, PROPOSED, APPROVED, (CorrectionEntry, BO, of(5))),
        (RulebookEntry, ANN, ADOPTED),
        (
            "--proposal",
            "nobody else has approved the proposal of entry 4",
            "have it reviewed: tierengine ledger review 4",
        ),
    ),
    (
        "an adoption to which a review objects",
        (*KEPT, PROPOSED, (ReviewEntry, BO, {**of(4), "approves": False})),
        (RulebookEntry, ANN, ADOPTED),
        (
            "--proposal",
            "the review of entry 5 objects to the proposal",
            "mend it and propose it anew, or have that review corrected",
        ),
    ),
]


@pytest.mark.parametrize(("before", "entry", "expected"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_is_refused(before: tuple[Written, ...], entry: Written, expected: tuple[str, str, str]) -> None:
    """One objection each, with the option or field that is wrong, and what to do instead."""
    assert objected(before, entry) == [expected]


ALLOWED: list[tuple[str, tuple[Written, ...], Written]] = [
    ("a position that agrees", MADE, (PositionEntry, BO, POSITION)),
    (
        "a departure at discretion",
        MADE,
        (DeterminationEntry, CY, DETERMINED | {"adopts": False, "tier": "3", "discretion": True}),
    ),
    (
        "a departure that disputes a finding",
        MADE,
        (DeterminationEntry, CY, DETERMINED | {"adopts": False, "tier": "3", "disputes": ("MS1",)}),
    ),
    (
        "a change that nobody proposed, where no register is kept",
        (LAW,),
        (RulebookEntry, ANN, {"rulebook": NEW, "replaces": OLD, "proposal": None}),
    ),
    (
        "the first rulebook, where a register is kept",
        (enrolled(ANN, "administrator", "policy"),),
        (RulebookEntry, ANN, {"rulebook": NEW, "replaces": None, "proposal": None}),
    ),
    (
        "a review of a proposal where no register is kept",
        (LAW, PROPOSED),
        (ReviewEntry, BO, {**of(1), "approves": True}),
    ),
    ("a review of a proposal by policy staff", (*KEPT, PROPOSED), APPROVED),
    (
        "a determination in place of one that was corrected",
        (*DONE, (CorrectionEntry, CY, of(2))),
        (DeterminationEntry, BO, DETERMINED | {"seen": register(*DONE, (CorrectionEntry, CY, of(2))).seen("gt")}),
    ),
    (
        "a determination on a newer assessment",
        (*DONE, CASE),
        (DeterminationEntry, BO, DETERMINED | {"on": 3, "seen": register(*DONE, CASE).seen("gt")}),
    ),
    ("a review by another", MADE, (ReviewEntry, BO, {**of(1), "approves": True})),
    ("a correction by its author", MADE, (CorrectionEntry, ANN, of(1))),
    ("a document on what is current", MADE, (DocumentEntry, ANN, {"case": "gt", "on": 1, "answer": ANSWER})),
    ("an adoption that was approved", (*KEPT, PROPOSED, APPROVED), (RulebookEntry, ANN, ADOPTED)),
    (
        "a new key for somebody who wrote, once the old one is withdrawn",
        (*WROTE, enrolled(BO, "reader"), (WithdrawalEntry, ANN, {"name": BO.name, "key": BO.key})),
        enrolled(Person(name="Bo Chen", office="Embassy", key=CY.key), "reader"),
    ),
    ("an enrolment of a new name", KEPT, enrolled(Person(name="Dot", office="x", key=AGAIN.key), "reader")),
]


@pytest.mark.parametrize(("before", "entry"), [case[1:] for case in ALLOWED], ids=[c[0] for c in ALLOWED])
def test_what_may_join(before: tuple[Written, ...], entry: Written) -> None:
    """Beside each rule stands what it lets pass."""
    assert objected(before, entry) == []


def test_how_a_case_stands() -> None:
    """The cases in the order in which they were opened, the current assessment, and what was determined on it."""
    other: Written = (AssessmentEntry, ANN, {"case": "aa", "rulebook": OLD, "answer": ANSWER, "tier": "1"})
    ledger = register(*DONE, other)
    assert ledger.cases() == ("gt", "aa")
    assert [said and said.number for said in (ledger.assessment("gt"), ledger.assessment("aa"))] == [1, 3]
    assert [said and said.number for said in (ledger.determination("gt"), ledger.determination("aa"))] == [2, None]
    assert register(*DONE, CASE).determination("gt") is None
    newer: Written = (RulebookEntry, ANN, {"rulebook": NEW, "replaces": OLD, "proposal": None})
    assert register(*DONE, newer).assessment("gt") is None


def test_the_witnesses_are_those_of_the_last_entry_on_them() -> None:
    """Nobody cosigns before an entry says so, and each such entry takes the place of the one before."""
    first, second = ((WitnessesEntry, ANN, {"witnesses": (), "quorum": number}) for number in (0, 1))
    assert register(*MADE).witnesses is None
    chosen = register(first, second, *MADE).witnesses
    assert chosen is not None
    assert (chosen.number, chosen.quorum) == (1, 1)


def test_the_case_of_an_entry_that_speaks_of_another() -> None:
    """It is that of the other entry, and none where there is no such entry."""
    for number, case in ((1, "gt"), (0, None), (9, None)):
        assert register(*MADE).case_of(made(2, (ReviewEntry, BO, {**of(number), "approves": True}))) == case


def test_names_that_look_alike_were_taken_in_the_first_format() -> None:
    """A ledger of the first format may hold them, and is not refused for it afterwards."""
    first: tuple[Written, ...] = tuple((kind, by, holds | {"format": 1}) for kind, by, holds in MADE)
    assert not objected(first, (PositionEntry, LIKE, POSITION | {"format": 1}))
    assert not objected(first, (ReviewEntry, LIKE, {**of(1), "approves": True, "format": 1}))


@pytest.mark.parametrize("reviewer", [AGAIN, LIKE, Person(name="Dot", office="x", key=ANN.key)], ids=str)
def test_nobody_reviews_their_own_under_another_name_or_key(reviewer: Person) -> None:
    """Each of the three alone shows that it is the same person: the name, a name that looks like it, and the key."""
    found = objected(MADE, (ReviewEntry, reviewer, {**of(1), "approves": True}))
    assert found[-1] == ("--as", f"`{reviewer.name}` wrote entry 1", "have somebody else review it")


def test_a_new_key_corrects_what_the_old_one_wrote() -> None:
    """Where a register is kept, a name is one person whatever the key; without one the key alone says who wrote."""
    former: Written = (ReviewEntry, BO, {**of(0), "approves": True})
    new = Person(name="Bo Chen", office="Embassy", key=AGAIN.key)
    ledger = register(*KEPT, former)
    ledger.people.take(made(5, (EnrolmentEntry, ANN, {"person": new, "roles": ("policy",), "cleared": ()})))
    assert not list(ledger.objections(made(6, (CorrectionEntry, new, of(4)))))
    open_to_all = register(LAW, former).objections(made(2, (CorrectionEntry, new, of(1))))
    assert [str(each.what) for each in open_to_all][-1] == "`Bo Chen` did not write entry 1"
