"""The shapes of the API's JSON that no answer of the engine has, and how it is written."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from tierengine import canonical, schemas
from tierengine.reports.problems import ProblemJson
from tierengine.web.work import Kind, State

_MOST_FILES = 20
"""Files that a program may hand in with a dossier, or replace in a draft of the law."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Refusal(_Model):
    """Why something was not done: in a sentence, and each problem with its place and its cure."""

    error: str = Field(examples=["That cannot be used"])
    says: str
    problems: list[ProblemJson]


class Shelved(_Model):
    """A dossier of the folder."""

    country: str = Field(description="ISO 3166-1 alpha-2", examples=["GT"])
    edition: str = Field(description="the year of the report, with -interim for an interim one", examples=["2008"])
    name: str = Field(description="its file, from the folder of the desk")
    version: str = Field(description="the digest of its file as it stands")
    address: str = Field(description="its page on the desk")
    problems: list[ProblemJson] = Field(description="why it cannot be used; empty where it can")


class Aside(_Model):
    """A record that does not count, and the rule that says so."""

    record: str
    rule: str
    because: str


class Checked(_Model):
    """What `check` finds in a dossier that can be used."""

    records: int
    set_aside: list[Aside]
    moved: list[str] = Field(description="quotes that were found at another place than they were coded at")
    undecided: int = Field(description="statements that nobody has decided on")
    uncoded: list[dict[str, str]] = Field(description="sentences of the sources that no record quotes")


class Handed(_Model):
    """A dossier that is handed in, with its sources; nothing of it is kept."""

    dossier: str = Field(description="the dossier as YAML", max_length=5_000_000)
    files: dict[str, str] = Field(
        default_factory=dict,
        description="each file that the dossier names, by that name, in base64",
        max_length=_MOST_FILES,
    )


class Ordered(_Model):
    """Long work on the law of the desk, or on a draft of it."""

    work: Kind = Field(examples=["lint"])
    files: dict[str, str] = Field(
        default_factory=dict,
        description="files of the law that are otherwise in the draft: text by name, such as rules/tiers.yaml",
        max_length=_MOST_FILES,
    )


class Progressing(_Model):
    """Long work: how far it is, and what came of it."""

    id: str
    work: Kind
    state: State
    done: int
    of: int | None
    result: Any = Field(description="what the command of the same name prints as JSON, once it is done")
    found: list[Any] = Field(description="what was found on the way: of `mutate` each change that nothing notices")
    problems: list[ProblemJson]


class Entries(_Model):
    """What is on record."""

    entries: list[dict[str, Any]]


class Holds(_Model):
    """A ledger whose every entry, input, rule, tree and checkpoint holds."""

    size: int
    inputs: int
    root: str = Field(description="the root of its tree, in base64")


REFUSED: dict[int | str, dict[str, Any]] = {
    "default": {"model": Refusal, "description": "Not done: why, where, and what to do instead"}
}


def answers(model: Any) -> dict[int | str, dict[str, Any]]:
    """Return how a call that answers with a model is described."""
    return {200: {"model": model, "description": "As the command line prints it"}, **REFUSED}


def as_json_text(value: Any, status: int = 200) -> Response:
    """Answer with a value as JSON, two spaces deep, as the command line prints it."""
    return Response(canonical.readable(value), status_code=status, media_type="application/json")


def dumped(kind: Any, value: Any) -> Response:
    """Answer with an answer of the engine as JSON."""
    return as_json_text(schemas.dump(kind, value))
