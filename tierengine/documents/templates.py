"""The templates of documents as policy staff keep them in `rules/documents/`: dated, and made of a few blocks.

A template holds no logic but what is between `{{ }}` and `{% %}`: the values of a building block, a choice of words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from tierengine import canonical, yamlfile
from tierengine.errors import NotInForceError, Problem, RulebookError, UsageError
from tierengine.law.entries import Entry
from tierengine.law.reader import TEMPLATES
from tierengine.terms.citation import Citation
from tierengine.terms.scalars import Id, Model, Text, Truth
from tierengine.terms.tier import Limit, WrittenPlacement, WrittenTier
from tierengine.yamlfile import Document

Each = Literal[
    "acts",
    "answers",
    "beside",
    "causes",
    "days",
    "deficiencies",
    "determination",
    "figures",
    "findings",
    "followed_up",
    "last_acts",
    "moves",
    "open_words",
    "options",
    "placements",
    "positions",
    "presumptions",
    "promises",
    "questions",
    "recommendation",
    "silences",
    "steps",
]
"""The building blocks: each yields facts with the records and clauses on which they stand (`blocks.py`)."""

EACH: tuple[Each, ...] = get_args(Each)


class Block(Model):
    """One statement of a document: a sentence of the law, one for each fact of a building block, or a blank."""

    says: Text | None = None
    """The sentence; of a building block the usual one is taken if none is written."""
    citation: Citation | None = None
    """On what a sentence of the law stands."""
    each: Each | None = None
    of: tuple[Text, ...] = ()
    """Which criteria, questions, parts of the statute, standards or days it takes; none named, all."""
    only: tuple[Text, ...] = ()
    """Of what sort a fact must be, such as `met` of findings or `yes` of acts; none named, any."""
    where_none: Text | None = None
    """What a person must write where the building block yields nothing; without it, nothing stands there."""
    blank: Text | None = None
    """What a person must write there in any case."""
    label: Text | None = None
    """What stands before a blank that is no statement, such as `To`."""
    listed: Truth = False
    """Whether it stands in a list."""

    @model_validator(mode="after")
    def _one_thing(self) -> Block:
        if self.each is None and (self.of or self.only or self.where_none):
            raise ValueError("`of`, `only` and `where_none` go with `each`; name a building block, or remove them")
        if self.each is None and self.says is not None and self.citation is None:
            raise ValueError("a sentence needs a ground; name its `citation`, or the building block that `each` takes")
        if self.each is not None and (self.citation or self.blank):
            raise ValueError(
                "a building block brings its own grounds; remove `citation` and `blank`, or write `where_none`"
            )
        if self.each is None and self.says is None and self.blank is None:
            raise ValueError("a block says nothing; write `says`, `each` or `blank`")
        if self.label is not None and self.blank is None:
            raise ValueError("`label` goes with `blank`; add what a person writes there, or remove it")
        return self


class Part(Model):
    """A part of a document under its heading."""

    id: Id
    heading: Text
    required_by: Citation | None = None
    """The provision that requires it, if one does."""
    where_none: Text | None = None
    """What a person must write where no block of the part says anything; without it, the part is left out."""
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]


class Fits(Model):
    """What must be so of a case."""

    product: Literal["annual", "interim"] | None = None
    moved: Literal["either way", "up", "down"] | None = None
    """How the list changed since the last report."""
    last: tuple[WrittenPlacement, ...] = ()
    """Where the last report may have placed the country."""
    now: tuple[WrittenTier, ...] = ()
    """Where the country may stand now."""
    limit: tuple[Limit, ...] = ()
    """How its years on the watch list may bind this report."""
    not_denied: tuple[Id, ...] = ()
    """Questions of which no record may say no."""
    listed: Truth | None = None
    """Whether it is on the special watch list."""


class Applies(Fits):
    """What must be so for the document to be written, and what is said where it is not."""

    otherwise: Text
    cure: Text


class Kind(Entry):
    """One kind of document, in the version of its days in force."""

    title: Text
    purpose: Text
    """For whom it is and what it does, in a sentence."""
    due: Id | None = None
    """The clock by which it is due, if the statute counts one."""
    applies: tuple[Applies, ...] = ()
    owed: tuple[Fits, ...] = ()
    """Of which countries a year's overview says that it is owed; none written, those to which it applies."""
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


class Wording(Model):
    """How a document says what is known of an indicator, without who and when."""

    indicator: Id
    yes: Text | None = None
    no: Text | None = None
    count: Text | None = None
    """What was counted."""


class Usual(Model):
    """The usual sentence of a building block."""

    each: Each
    says: Text


class Words(Model):
    """The words by which the checker knows what a sentence claims; with a star, each is the beginning of one."""

    progress: tuple[Text, ...]
    """They claim that something changed from one year to the next."""
    up: tuple[Text, ...]
    """Of these, those that mean more."""
    down: tuple[Text, ...]
    """And those that mean less."""
    promise: tuple[Text, ...]
    """They mark a promise as one."""
    hearsay: tuple[Text, ...]
    """They mark what somebody said as said by somebody."""
    denial: tuple[Text, ...]
    vague: tuple[Text, ...]
    """They stand where a figure could."""
    kept: tuple[Text, ...]
    """They say that a promise was kept."""
    numbers: Mapping[Text, Text]
    """Numbers in words."""
    plain: tuple[Text, ...]
    """They claim nothing by themselves."""
    strange: int = Field(ge=0)
    """How many words a changed sentence may have that none of its records has."""

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, value: object) -> object:
        if isinstance(value, dict) and isinstance(value.get("strange"), str) and value["strange"].isdigit():
            return {**value, "strange": int(value["strange"])}
        return value


class TemplateFile(Model):
    """One file of `rules/documents/`."""

    documents: tuple[Kind, ...] = ()
    wordings: tuple[Wording, ...] = ()
    usual: tuple[Usual, ...] = ()
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A template file as it was read, with the place of everything in it."""

    file: TemplateFile
    document: Document


@dataclass(frozen=True)
class Templates:
    """Everything in `rules/documents/`, and the digest of its bytes."""

    placed: tuple[Placed, ...]
    digest: str

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Every version of every kind of document."""
        return tuple(kind for each in self.placed for kind in each.file.documents)

    @cached_property
    def wordings(self) -> Mapping[str, Wording]:
        """The wording of each indicator that has one."""
        return {wording.indicator: wording for each in self.placed for wording in each.file.wordings}

    @cached_property
    def usual(self) -> Mapping[str, str]:
        """The usual sentence of each building block that has one."""
        return {usual.each: usual.says for each in self.placed for usual in each.file.usual}

    @cached_property
    def words(self) -> Words:
        """The words by which the checker knows what a sentence claims."""
        return next(each.file.words for each in self.placed if each.file.words is not None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the kinds, each once."""
        return tuple(dict.fromkeys(kind.id for kind in self.kinds))

    def on(self, name: str, day: date) -> Kind:
        """Return a kind as it is in force on a day, under the numbers of that day.

        Raise `UsageError` for a name that there is not, and `NotInForceError` for a day on which no law asks for it.
        """
        versions = [kind for kind in self.kinds if kind.id == name]
        if not versions:
            what, cure = f"there is no document `{name}`", f"write one of: {', '.join(self.names)}"
            raise UsageError([Problem(where="KIND", what=what, cure=cure)])
        for kind in versions:
            if kind.in_force.holds(day):
                return kind.numbered_on(day)
        first = min(kind.in_force.from_ for kind in versions)
        what = f"the law of {day} asks for no {name}"
        raise NotInForceError([Problem(where=name, what=what, cure=f"it is written from {first} on")])

    def in_force(self, day: date) -> tuple[Kind, ...]:
        """Return every kind that is in force on a day."""
        return tuple(kind.numbered_on(day) for kind in self.kinds if kind.in_force.holds(day))


def template_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every template file in the folder of the law, sorted by name."""
    for path in sorted((folder / TEMPLATES).glob("*.yaml")):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def read_templates(folder: Path) -> Templates:
    """Read the templates that lie in the folder of the law. Raise `RulebookError` with every problem of every file.

    What they name is held against the law by `lint`.
    """
    problems: list[Problem] = []
    placed: list[Placed] = []
    files = dict(template_files(folder))
    if not files:
        what, cure = "there are no templates of documents", f"name a folder of the law that holds {TEMPLATES}"
        raise RulebookError([Problem(where=str(folder / TEMPLATES), what=what, cure=cure)])
    for name, raw in files.items():
        document = yamlfile.load(raw, name, problems)
        file = None if document is None else yamlfile.check(document, TemplateFile, problems)
        if file is not None and document is not None:
            placed.append(Placed(file, document))
    if not problems and not any(each.file.words for each in placed):
        problems.append(Problem(where=TEMPLATES, what="no file holds `words`", cure="write them once, in words.yaml"))
    if problems:
        raise RulebookError(problems)
    digest = canonical.digest(canonical.encode({name: canonical.digest(raw) for name, raw in files.items()}))
    return Templates(tuple(placed), digest)


def clause(citation: Citation) -> str:
    """Return the short name under which a sentence cites a provision, or whoever else is the authority for it."""
    return citation.usc or citation.public_law or citation.source or citation.authority
