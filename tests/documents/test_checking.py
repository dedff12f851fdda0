"""Nothing is said without ground: finished drafts are changed as people change them, and the checker must find it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.conftest import draft, matter
from tierengine.documents.checking import Checked, check
from tierengine.documents.draft import Draft, Said
from tierengine.documents.finished import read_finished
from tierengine.documents.markdown import markdown

FALL = ("change-explanation", "invented-fall")
EVERY = [
    ("change-explanation", "invented-fall"),
    ("downgrade-letter", "invented-fall"),
    ("change-explanation", "invented-rise"),
    ("action-plan", "invented-rise"),
    ("waiver-description", "invented-waiver"),
    ("interim-assessment", "guatemala-2007"),
    ("decision-memo", "guatemala-2007"),
    ("data-request", "guatemala-2007"),
    ("narrative", "guatemala-2007"),
    ("narrative", "invented-2019"),
]


def text_of(kind: str, seed: str) -> str:
    """A draft as Markdown, without the backslashes that only a machine needs."""
    return re.sub(r"\\([\[\]_*()#])", r"\1", markdown(draft(kind, seed)).decode())


def checked(kind: str, seed: str, text: str) -> Checked:
    """What the checker finds in a finished text."""
    return check(read_finished(text.encode(), "it.md"), draft(kind, seed), matter(seed))


def messages(found: Checked) -> str:
    """All faults in one text."""
    return "\n".join(problem.what for problem in found.faults)


@pytest.mark.parametrize(("kind", "seed"), EVERY)
def test_a_draft_holds_as_it_was_drafted(kind: str, seed: str) -> None:
    """Every sentence of every kind, and no sentence is in a person's own words."""
    found = checked(kind, seed, text_of(kind, seed))
    assert found.faults == ()
    assert found.own == ()
    whole = draft(kind, seed)
    assert found.holding == sum(isinstance(piece, Said) for each in whole.sections for piece in each.pieces)
    assert bool(found.missing) == bool(whole.lacking)


CHANGES = [
    # what is changed, what it becomes, what the checker says of it
    (" [convictions; last-year/convictions; 22 USC 7106(b)(1)]", "", "has lost its record"),
    ("[convictions; last-year/convictions; 22 USC 7106(b)(1)]", "[convictions; 22 USC 7106(b)(1)]", "lost its record"),
    ("[helped; last-year/helped;", "[investigations; last-year/helped;", "cites another record"),
    ("[helped; last-year/helped;", "[halped; last-year/helped;", "cites another record"),
    ("3 persons in the period, and 9 in", "30 persons in the period, and 9 in", "says 30"),
    ("3 persons in the period, and 9 in", "9 persons in the period, and 3 in", "in other places"),
    ("3 persons in the period, and 9 in", "thirty persons in the period, and 9 in", "says 30"),
    ("Courts convicted 3 traffickers.", "Courts convicted 13 traffickers.", "does not say what the dossier says"),
    (
        "to open a third shelter next year.”",
        "to open a fourth shelter next year.”",
        "quotes words that are not in its records",
    ),
    (
        "Promised or expected, and shown as done by no record: “The minister of justice promised on 3 March 2025 to "
        "open a third shelter next year.” (the Government of this invented country, 3 March 2025).",
        "The government opened a third shelter on 3 March 2025.",
        "gives a promise as an act",
    ),
    ("placed Maravia (invented) on Tier 2.", "placed Maravia (invented) on Tier 3.", "says 3"),
    (
        "Tier 2 Watch List is recommended; the answer is settled.",
        "Tier 1 is recommended; the answer is settled.",
        "no record",
    ),
    (
        "The law makes trafficking in persons a crime",
        "No law makes trafficking in persons a crime",
        "denies what its records say",
    ),
    ("does not cover forced labour", "covers forced labour", "affirms what its records deny"),
    ("The list rests only on concrete actions", "The list rests mostly on commitments", "alone"),
    ("## What the law provides, by standard", "## Great progress in every field", "no part of this document is headed"),
    ("# Maravia (invented): why", "# Maravia (invented), a model for all: why", "title is not as it was drafted"),
    ("UNCLASSIFIED\n", "\n", "the marking UNCLASSIFIED is lost"),
    ("11 cases in the period", "dozens of cases in the period", "says `dozens` where its records hold a figure"),
    ("41 persons in the period", "many persons in the period", "says `many` where its records hold a figure"),
    ("41 persons in the period", "four hundred persons in the period", "says 4, 100"),
    ("The report of 2024 placed Maravia", "The report of 2023 placed Maravia", "says 2023"),
    ("2024 placed Maravia (invented)", "2024 placed Guatemala", "says `guatemala`"),
    ("The prohibition covers sex", "The prohibition hardly covers sex", "says `hardly`"),
    (
        "For “No evidence of increasing efforts”: Victims",
        "For “Protection of victims”: Victims",
        "quotes words that are not",
    ),
    ("in the year before: A shelter", "in the year before: A big shelter", "has no record of its own"),
    (
        "country, 3 March 2025). [third",
        "country, 3 May 2025). [third",
        "says May, and its records name no such month",
    ),
    ("Promised or expected, and shown as done by no record", "Done as announced", "gives a promise as kept"),
    ("Explanation for Congress", "Praise for Congress", "has no record"),
    ("- no-labour: 25MARAV9 ¶2.", "- no-labor: 25MARAV9 ¶2.", "does not say what the dossier says"),
]


@pytest.mark.parametrize(("old", "new", "says"), CHANGES)
def test_a_change_is_found(old: str, new: str, says: str) -> None:
    """Each change of a finished draft that leaves it without ground is named for what it is."""
    text = text_of(*FALL)
    assert old in text
    found = checked(*FALL, text.replace(old, new, 1))
    assert says in messages(found)


ADDED = [
    # a sentence that a person adds, and what the checker says of it
    ("The government is a model for the region.", "has no record"),
    ("The government is a model for the region. [investigations]", "says `model`, `region`"),
    ("The police investigated 11 trafficking cases, three of them against ministers. [investigations]", "says 3"),
    ("The police investigated more cases than ever. [investigations]", "without the figures of two years"),
    ("Investigations rose from 11 to 21. [investigations; last-year/investigations]", "wrong way round"),
    ("Investigations fell from 11 to 21. [investigations; last-year/investigations]", "from 11 to 21"),
    ("The police investigated 11 cases. [investigation]", "cites `investigation`, which is no record"),
    ("The police investigated 11 cases. [22 USC 7106(b)(1)]", "rests on the law or on the engine's answer alone"),
    ("The police investigated 11 cases. [22 USC 7199(z)]", "cites `22 USC 7199(z)`"),
    ("The police investigated 11 cases. [answer]", "rests on the law or on the engine's answer alone"),
    ("Police never investigated trafficking cases, not 11. [penal-code]", "denies what its records say"),
    ("Courts did not convict 3 traffickers. [convictions]", "denies what its records say"),
    ("A third shelter was opened. [third-shelter-promised]", "gives a promise as an act"),
    ("The figures are shameful. [judgement: Ann Lee, Country desk]", "where none is asked for"),
    ("Courts convicted 3 traffickers. They were generals. [convictions]", "has no record of its own"),
    ("“Courts convicted 5 traffickers.” [convictions]", "quotes words"),
    ("The police prosecuted 11 trafficking cases. [investigations]", "gives 11 as “Trafficking cases prosecuted”"),
    ("Courts convicted 5 traffickers. [convictions; prosecutions]", "gives 5 as “Persons convicted"),
]


@pytest.mark.parametrize(("sentence", "says"), ADDED)
def test_an_added_sentence_is_found(sentence: str, says: str) -> None:
    """A sentence that a person adds stands only if its records say it."""
    text = text_of(*FALL).replace("## Actions not taken", f"- {sentence}\n\n## Actions not taken", 1)
    assert says in messages(checked(*FALL, text))


@pytest.mark.parametrize(
    "sentence",
    [
        "The police investigated 11 trafficking cases from April 2024 to March 2025. [investigations]",
        "Investigations fell from 21 to 11. [investigations; last-year/investigations]",
        "Courts convicted three traffickers. [convictions]",
        "The police investigated 11 cases, 5 were prosecuted, and 3 persons convicted. "
        "[investigations; prosecutions; convictions]",
        "Of 11 cases investigated, courts convicted 3 persons under a provision. [investigations; convictions]",
        "The minister of justice promised to open a third shelter. [third-shelter-promised]",
        "The source says nothing of complicity of officials. [silent-complicity]",
    ],
)
def test_a_sentence_of_ones_own_may_stand(sentence: str) -> None:
    """Whoever keeps to the records may write their own words; they are shown as such, and are no fault."""
    text = text_of(*FALL).replace("## Actions not taken", f"- {sentence}\n\n## Actions not taken", 1)
    found = checked(*FALL, text)
    assert messages(found) == ""
    assert len(found.own) == 1


def test_a_required_part_that_is_gone_is_missing() -> None:
    """Without the part that the clause requires, the document is not whole; without another part it is."""
    text = text_of(*FALL)
    cut = re.sub(r"## Concrete actions taken, by standard\n.*?(?=\n## )", "", text, flags=re.DOTALL)
    assert "is missing" in "\n".join(each.what for each in checked(*FALL, cut).missing)
    free = re.sub(r"## Promises, which do not count\n.*?(?=\n## )", "", text, flags=re.DOTALL)
    assert checked(*FALL, free).missing == ()


def test_a_sentence_stands_under_its_own_heading() -> None:
    """A promise that is moved under the acts says something else, word for word though it is."""
    text = text_of(*FALL)
    promise = re.search(r"^- Promised or expected.*\n", text, re.MULTILINE)
    assert promise is not None
    moved = text.replace(promise[0], "").replace("- For “No evidence", f"{promise[0]}- For “No evidence", 1)
    assert "under another heading" in messages(checked(*FALL, moved))
    above = text.replace(promise[0], "").replace("## What changed", f"{promise[0]}\n## What changed", 1)
    assert "under another heading" in messages(checked(*FALL, above))


def test_no_action_of_a_plan_is_passed_over() -> None:
    """An action of which no record speaks, but the law and the answer alone, is missed as well."""
    kind, seed = "action-plan", "invented-rise"
    gone = "\n".join(line for line in text_of(kind, seed).splitlines() if "Action 2" not in line)
    assert "no longer says “Action 2" in "\n".join(each.what for each in checked(kind, seed, gone).missing)


def test_no_finding_of_a_waiver_is_passed_over() -> None:
    """Of the findings of a waiver none may be deleted, and a blank stays one until somebody fills it."""
    kind, seed = "waiver-description", "invented-waiver"
    text = text_of(kind, seed)
    gone = "\n".join(line for line in text.splitlines() if "plan-paid-for; 22" not in line)
    assert "no longer speaks of [plan-paid-for]" in "\n".join(each.what for each in checked(kind, seed, gone).missing)
    blanks = [each for each in checked(kind, seed, text).missing if "has a blank" in each.what]
    assert len(blanks) == 1
    unwritten = "\n".join(line for line in text.splitlines() if "Would the plan" not in line)
    assert "passes over what was to be written" in "\n".join(
        each.what for each in checked(kind, seed, unwritten).missing
    )


def test_a_blank_is_filled_with_a_judgement_by_name() -> None:
    """Where the draft asks a person to write, a sentence stands for which somebody answers by name, without figures."""
    kind, seed = "waiver-description", "invented-waiver"
    blank = re.search(r"\[WRITE: Would the plan.*?\]", text_of(kind, seed))
    assert blank is not None
    text = text_of(kind, seed)
    good = text.replace(blank[0], "The plan would constitute significant efforts. [judgement: Ann Lee, Country desk]")
    found = checked(kind, seed, good)
    assert messages(found) == ""
    assert len(found.own) == 1
    nobody = text.replace(blank[0], "The plan would constitute significant efforts. [judgement: ]")
    assert "names nobody" in messages(checked(kind, seed, nobody))
    figure = text.replace(blank[0], "The plan is worth 900 million dollars. [judgement: Ann Lee, Country desk]")
    assert "says 900" in messages(checked(kind, seed, figure))


def test_a_line_to_fill_in_states_nothing() -> None:
    """Behind `To` an addressee is written, and no statement."""
    text = text_of("downgrade-letter", "invented-fall")
    good = text.replace("To: [WRITE: name and office of the addressee]", "To: the Minister of Justice of Maravia")
    assert messages(checked("downgrade-letter", "invented-fall", good)) == ""
    bad = text.replace("To: [WRITE: name and office of the addressee]", "To: the Minister, who freed 500 victims")
    assert "states something" in messages(checked("downgrade-letter", "invented-fall", bad))


# -- whatever is changed ---------------------------------------------------------------------------------------------


def _sentences(of: Draft) -> list[Said]:
    return [piece for section in of.sections for piece in section.pieces if isinstance(piece, Said) and piece.grounds]


@settings(max_examples=25)
@given(st.data())
def test_no_mark_can_be_deleted(data: st.DataObject) -> None:
    """Whichever sentence of whichever kind loses its mark, the checker finds it."""
    kind, seed = data.draw(st.sampled_from(EVERY))
    said = data.draw(st.sampled_from(_sentences(draft(kind, seed))))
    text = text_of(kind, seed).replace("<", "\\<")
    marked = f" [{'; '.join(said.grounds)}]"
    assert marked in text
    at = text.index(marked, text.index(said.text[:20]))
    assert checked(kind, seed, text[:at] + text[at + len(marked) :]).faults


@settings(max_examples=40)
@given(st.data())
def test_no_figure_can_be_changed(data: st.DataObject) -> None:
    """Whichever digit of whichever sentence is changed, the checker finds it; so it does in the list of records."""
    kind, seed = data.draw(st.sampled_from(EVERY))
    text = text_of(kind, seed).split("## Made from")[0]
    digits = [found.start() for found in re.finditer(r"\d", text)]
    at = data.draw(st.sampled_from(digits))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[at]]))
    whole = text[:at] + digit + text[at + 1 :] + "## Made from\n\n- Document: a test\n"
    found = checked(kind, seed, whole)
    assert found.faults or found.missing


@settings(max_examples=25)
@given(st.data())
def test_no_sentence_can_be_slipped_in(data: st.DataObject) -> None:
    """A sentence without a mark is reported wherever it is put: before, between and behind the others."""
    kind, seed = data.draw(st.sampled_from(EVERY))
    words = data.draw(
        st.sampled_from(["The government deserves praise.", "It did well in all fields.", "Nobody was harmed."])
    )
    lines = text_of(kind, seed).splitlines()
    places = [n for n, line in enumerate(lines) if re.search(r"\[[^\[\]]*\]$", line) and "WRITE" not in line]
    places = [n for n in places if n < lines.index("## Made from")]
    line = data.draw(st.sampled_from(places))
    first = data.draw(st.booleans())
    bullet = "- " if lines[line].startswith("- ") else ""
    bare = lines[line].removeprefix(bullet)
    lines[line] = f"{bullet}{words} {bare}" if first else f"{bullet}{bare} {words}"
    assert any(words[:20] in each.what for each in checked(kind, seed, "\n".join(lines) + "\n").faults)
