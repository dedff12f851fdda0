"""Editing the law: its YAML, problems at their lines as one types, and what the draft does to proofs and cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Query, Response

from tierengine import yamlfile
from tierengine.errors import Problem, RulebookError
from tierengine.law.reader import RulebookFile, draft_of, placed_in, rulebook_files
from tierengine.law.rulebook import Rulebook
from tierengine.reports.answer import tier_name
from tierengine.reports.problems import as_json
from tierengine.terms.tier import Tier
from tierengine.web.pages.api import order_of
from tierengine.web.pages.law import On, criterion_of, law_on
from tierengine.web.rendering import counted, listed
from tierengine.web.visit import Here, Visit, seen_again
from tierengine.web.work import Kind, Work

router = APIRouter(prefix="/law")

_LONGEST = 500_000
"""Characters of a file of the law; the longest today has a tenth of it."""

_NAMED = 5
"""How many of the cases that move alike are named."""

Name = Annotated[str, Query(alias="file", max_length=100)]

_TITLES: dict[Kind, str] = {"lint": "Examples", "prove": "Proofs", "impact": "Census", "mutate": "Mutants"}
"""What a draft is put to, and what each is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One part of the strip under a draft: what was looked at, how it stands, and what was found."""

    title: str
    state: str
    """waiting, running, good, bad, or moved: the draft is sound, and moves somebody."""
    says: str
    found: tuple[str, ...] = ()
    work: str | None = None
    """The work that goes on, where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A problem of the draft: its line in the file that is edited, or the place elsewhere."""

    line: int | None
    where: str
    what: str
    cure: str


@router.get("/{name}/edit")
def edit_criterion(here: Here, name: str, on: On = None) -> Response:
    """Open the file in which a criterion stands, as it is in force on a day."""
    found = criterion_of(law_on(here.desk.rulebook, on), name)
    return seen_again(f"/law/edit?file=criteria/{found.id}/{found.in_force.from_}.yaml")


@router.get("/edit")
def edit(here: Here, name: Name) -> Response:
    """Show a file of the law beside what a draft of it would do."""
    here.desk.works.expect()
    return _page(here, name)


@router.post("/edit")
def draft(here: Here, name: Name, text: Annotated[str, Form(max_length=_LONGEST)]) -> Response:
    """Look at a draft: problems at once, examples, proofs and census as they come. Nothing is written."""
    text = text.replace("\r\n", "\n")
    return _page(here, name, text, part=here.by_script)


@router.get("/work/{work}")
def strip_of(here: Here, work: str) -> Response:
    """Show one part of the strip as it stands now."""
    found = here.desk.works.find(work, here.person.name)
    if found is None or found.kind not in _TITLES:
        raise HTTPException(404, "This work has ended long ago, or is not on a draft of the law.")
    return here.page("parts/check.html", check=check_of(found))


def _page(here: Visit, name: str, text: str | None = None, *, part: bool = False) -> Response:
    """The page of a file, or the part of it on the draft; without a text, of the file as it stands."""
    files = rulebook_files(here.desk.lawbook.folder)
    before = next((file.raw.decode() for file in files if file.name == name), None)
    if before is None:
        raise HTTPException(404, "The law has no such file.")
    text = before if text is None else text
    problems = problems_of(with_draft(files, name, text), name) if text != before else ()
    values: dict[str, Any] = {
        "name": name,
        "text": text,
        "changed": text != before,
        "words": sorted(own_words(here.desk.rulebook)),
        "problems": problems,
        "checks": checks(here, {name: text} if text != before else {}, problems),
    }
    return here.page("parts/draft.html" if part else "edit.html", **values)


def own_words(book: Rulebook) -> set[str]:
    """Return the names that a rule may use: criteria, indicators, open words, conclusions."""
    found = {each.id for each in (*book.criteria, *book.conclusions)}
    found |= {each.id for criterion in book.criteria for each in criterion.indicators}
    return found | {each.judgement.id for each in book.criteria if each.judgement is not None}


def with_draft(files: tuple[RulebookFile, ...], name: str, text: str) -> tuple[RulebookFile, ...]:
    """Return the files of a law with one of them as it is drafted."""
    return tuple(RulebookFile(name, text.encode()) if file.name == name else file for file in files)


def problems_of(files: tuple[RulebookFile, ...], name: str) -> tuple[Mistake, ...]:
    """Return what is wrong with a draft so that it cannot be read as law, each at its line in the file of a name.

    What is wrong within that file is reported before the others are read beside it.
    """
    found: tuple[Problem, ...]
    try:
        found = _within(next(file for file in files if file.name == name)) or draft_of(files).ill_placed
    except RulebookError as error:
        found = error.problems
    return tuple(
        Mistake(
            line=each["line"] if each["file"] == name else None,
            where=each["where"],
            what=each["what"],
            cure=each["cure"],
        )
        for each in as_json(found)
    )


def _within(file: RulebookFile) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    document = yamlfile.load(file.raw, file.name, problems)
    if document is not None:
        placed_in(document, problems)
    return tuple(problems)


def checks(here: Visit, files: dict[str, str], problems: tuple[Mistake, ...]) -> list[Check]:
    """Return the strip of a draft, and begin what is not known yet."""
    if problems:
        reads = Check(title="Reads", state="bad", says=counted(len(problems), "problem"))
        return [reads, *(Check(title=title, state="waiting", says="once it reads") for title in _TITLES.values())]
    reads = Check(title="Reads", state="good", says="as law")
    if not files:
        return [reads, *(Check(title=title, state="waiting", says="once it is changed") for title in _TITLES.values())]
    works = here.desk.works
    works.stop_drafts(here.person.name, files)
    begun: list[Work] = []
    for kind in _TITLES:
        after = begun if kind == "mutate" else ()  # it takes the longest, and shows little of a draft that is unsound
        begun.append(works.begin(order_of(here, kind, files), here.person.name, tuple(after)))
    return [reads, *map(check_of, begun)]


def check_of(work: Work) -> Check:
    """Return how a piece of work stands, in words."""
    title = _TITLES[work.kind]
    if work.state == "running":
        waits = work.kind == "mutate" and work.of is None
        of = f" of {work.of}" if work.of else ""
        says = f"{work.done}{of} done" if work.done else "once the others are done" if waits else "running"
        found = (_refuted if work.kind == "prove" else _unnoticed)(work.found)
        return Check(title=title, state="running", says=says, work=work.id, found=found)
    if work.state == "stopped" and work.kind == "mutate":
        return Check(title=title, state="waiting", says="once the draft is sound")
    if work.state != "done":
        found = tuple(f"{each.where}: {each.what}" for each in work.problems)
        return Check(title=title, state="bad" if work.state == "failed" else "waiting", says=work.state, found=found)
    return _FOUND[work.kind](title, work.result)


def _linted(title: str, found: list[dict[str, Any]]) -> Check:
    lines = tuple(f"{each['what']}. {each['cure']}. ({each['where']})" for each in found)
    return Check(title=title, state="bad" if lines else "good", says=counted(len(lines), "problem"), found=lines)


def _proved(title: str, found: list[dict[str, Any]]) -> Check:
    failed = [each for each in found if each["verdict"] != "proved"]
    says = f"{len(found)} hold" if not failed else f"{len(failed)} of {len(found)} do not hold"
    return Check(title=title, state="bad" if failed else "good", says=says, found=_refuted(failed))


def _refuted(proofs: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(f"{each['verdict']}: {each['says']}" for each in proofs)


def _moved(title: str, found: dict[str, Any]) -> Check:
    stretches = [each for each in found["stretches"] if each["verdict"] != "equal"]
    lines = [f"The law from {each['first']}: {each['verdict']}." for each in stretches]
    census = found["census"]
    if census is None:
        says = "not counted: it takes who is cleared for every dossier"
        return Check(title=title, state="moved" if stretches else "good", says=says, found=tuple(lines))
    lines.extend(map(_move, census["moves"]))
    moved, cases = census["moved"], census["cases"]
    says = f"{moved:,} of {cases:,} {'case moves' if cases == 1 else 'cases move'}"
    return Check(title=title, state="moved" if moved or stretches else "good", says=says, found=tuple(lines))


def _move(found: dict[str, Any]) -> str:
    """Cases that move alike: the first of them by name."""
    names, more = found["cases"][:_NAMED], found["number"] - len(found["cases"][:_NAMED])
    which = listed([*names, f"{more} more"] if more else names)
    return f"{which}: {_tiers(found['before'])} becomes {_tiers(found['after'])}."


def _tiers(open_tiers: list[Tier]) -> str:
    return listed(map(tier_name, open_tiers), "or")


def _mutants(title: str, found: dict[str, Any]) -> Check:
    """Each single change of what was edited, such as a threshold one higher: something should notice it."""
    verdicts = [each for each in found["verdicts"] if each["became"] == "undecided" or _moves_unseen(each)]
    says = f"{len(verdicts)} of {counted(found['changes'], 'single change')} unnoticed"
    if not verdicts:
        says = f"each of {counted(found['changes'], 'single change')} that moves an answer is noticed"
    return Check(title=title, state="moved" if verdicts else "good", says=says, found=_unnoticed(verdicts))


def _moves_unseen(verdict: dict[str, Any]) -> bool:
    return bool(verdict["became"] == "survives" and verdict["moves"] == "an answer")


def _unnoticed(verdicts: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Changes that nothing notices, in words: what is changed at which line, and whom it moves."""
    return tuple(f"Line {each['where'].split(':')[1]}: {each['says']}. {each['because']}" for each in verdicts)


_FOUND: dict[Kind, Callable[[str, Any], Check]] = {
    "lint": _linted,
    "prove": _proved,
    "impact": _moved,
    "mutate": _mutants,
}
"""What is said of each kind of work that a draft is put to."""
