"""Writes the pages of docs/reference/ that the program knows by itself; `make reference` runs it, a test compares.

Each page is a function that returns Markdown; `PAGES` says which file it is.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NotRequired

import typer
from pydantic import Field
from typer.testing import CliRunner
from typing_extensions import TypedDict

import tierengine
from tierengine import cli, errors, schemas
from tierengine.cli.app import VERBS, app
from tierengine.evidence.sources.opened import Written
from tierengine.evidence.sources.telegram import Telegram
from tierengine.lab.cases.coverage import Coverage
from tierengine.lab.cases.suggest import Suggestion
from tierengine.lab.cases.trial import Result
from tierengine.lab.change.impact import Impact
from tierengine.lab.change.mutation import Mutation
from tierengine.lab.corpus.fragile import Fragility
from tierengine.lab.corpus.like_cases import Audit
from tierengine.lab.corpus.robust import Robustness
from tierengine.lab.proofs.asking import Proof
from tierengine.lab.questions.path import WayUp
from tierengine.lab.questions.rate import RatingSheet
from tierengine.lab.questions.reasons import Reasons
from tierengine.lab.questions.settle import CollectionPlan
from tierengine.law import conditions
from tierengine.law.changes import Change
from tierengine.law.entries import Clause
from tierengine.law.questions import QuestionTable
from tierengine.ledger.entries import AnyEntry, ProposalEntry
from tierengine.reasoning.assessment import Assessment, Step
from tierengine.reasoning.clocks import Due
from tierengine.reasoning.compare import Comparison
from tierengine.reasoning.concession import Concession
from tierengine.reasoning.history import YearOnRecord
from tierengine.reasoning.interim import InterimAssessment
from tierengine.reasoning.suppose import Alone, Supposition
from tierengine.reports.law import Provision
from tierengine.reports.problems import ProblemJson

FOLDER = Path(__file__).parent / "reference"
PACKAGE = Path(tierengine.__file__).parent
WRITTEN = "<!-- Written by `make reference`; what is changed here by hand is lost. -->"


def commands() -> str:
    """Every verb with its help, in the order of `tierengine --help`."""
    parts = [
        "The verbs in the order of `tierengine --help`, each with what its `--help` prints. An option that has an "
        "environment variable takes it where the option is not written."
    ]
    for verb in VERBS:
        group = typer.main.get_command(app).get_command(None, verb)  # type: ignore[attr-defined]  # a group
        parts.append(_help(verb))
        parts += [_help(verb, name) for name in getattr(group, "commands", {})]
    return _page("Commands", *parts)


def _help(*words: str) -> str:
    ran = CliRunner().invoke(app, [*words, "--help"], prog_name="tierengine")
    assert ran.exit_code == 0, ran.output
    lines = [line.rstrip() for line in ran.output.strip().splitlines()]
    return f"{'#' * (len(words) + 1)} tierengine {' '.join(words)}\n\n```text\n" + "\n".join(lines) + "\n```"


def files() -> str:
    """Every key of every YAML file."""
    subjects = (
        (schemas.Subject.dossier, "A dossier", "`dossier.yaml`; the model is `seeds/guatemala-2007/dossier.yaml`."),
        (schemas.Subject.criterion, "A criterion", "Each file `ID/FIRST-DAY-IN-FORCE.yaml` of `criteria/`."),
        (schemas.Subject.rules, "A file of rules", "Each file of `rules/` holds some of these keys."),
        (schemas.Subject.cases, "Cases", "`tests/cases/*.yaml`, and what `tierengine test FILE` runs."),
    )
    return _page(
        "Files: every key",
        "What may stand in each YAML file, and what it takes. An unknown key is refused with its line. "
        "`tierengine schema --all FOLDER` writes the same as JSON Schemas, for editors.",
        *(_subject(*each) for each in subjects),
    )


class Explained(TypedDict):
    """The trace; with `--without` or `--min-reliability` also what is then otherwise."""

    trace: Step
    supposed: NotRequired[Supposition]


class Tested(TypedDict):
    """What became of the cases."""

    cases: Annotated[int, Field(description="How many were run.")]
    failed: Annotated[int, Field(description="How many of them came out otherwise than expected.")]
    results: list[Result]
    coverage: Annotated[NotRequired[Coverage], Field(description="With `--coverage`.")]


class PartOfCable(TypedDict):
    """A further section of a cable that came in several files."""

    file: str
    digest: str


class Beside(TypedDict):
    """Beside these, for every format."""

    format: Annotated[str, Field(description="The format that it was read as.")]
    digest: Annotated[str, Field(description="SHA-256 of the file, as a dossier names it.")]
    text_digest: Annotated[str, Field(description="SHA-256 of the text as it was read.")]
    sections: Annotated[NotRequired[list[PartOfCable]], Field(description="The further files of a cable.")]


class Since(TypedDict):
    """The entry of the ledger from which on something counts."""

    entry: Annotated[int, Field(description="The number of the entry.")]
    time: Annotated[str, Field(description="When it was written, in UTC.")]


class InRegister(TypedDict):
    """A person who is or was in the register."""

    name: str
    office: str
    key: Annotated[str, Field(description="The public key, Ed25519, in base64.")]
    roles: Annotated[list[str], Field(description="What the person may do, such as `officer`.")]
    cleared: Annotated[list[str], Field(description="The handling marks whose records the person is shown.")]
    since: Since
    until: Annotated[Since | None, Field(description="The entry that withdrew the key.")]


class Register(TypedDict):
    """Who is and was in the register of people."""

    people: list[InRegister]


class OnRecord(TypedDict):
    """What is on record; with CASE of that case alone, and where it stands."""

    entries: Annotated[list[AnyEntry], Field(description="The entries, in the order in which they were written.")]
    standing: Annotated[NotRequired[str], Field(description="With CASE: where the case stands, in one sentence.")]
    seen: Annotated[NotRequired[str], Field(description="With CASE: what `ledger determine --seen` takes.")]


class Grown(TypedDict):
    """That the ledger goes on from a kept checkpoint (RFC 6962, consistency proof)."""

    size: Annotated[int, Field(description="Entries of the kept checkpoint.")]
    hashes: Annotated[list[str], Field(description="In base64.")]


class InLedger(TypedDict):
    """That an entry is in the ledger (RFC 6962, inclusion proof)."""

    index: Annotated[int, Field(description="The number of the entry.")]
    size: Annotated[int, Field(description="Entries of the ledger.")]
    hashes: Annotated[list[str], Field(description="From the leaf to the root, in base64.")]
    leaf: Annotated[str, Field(description="The hash of the entry, in base64.")]
    checkpoint: Annotated[str, Field(description="The signed checkpoint (C2SP tlog-checkpoint).")]
    kept: Annotated[NotRequired[Grown], Field(description="With `--kept`.")]


class Holds(TypedDict):
    """What is said of a packet that holds; one that does not ends with 5 and prints nothing."""

    holds: Annotated[str, Field(description="What was checked, in one sentence.")]
    assessment: Annotated[int, Field(description="The number of the entry that holds the answer.")]
    entries: Annotated[list[int], Field(description="The numbers of all entries of the packet.")]
    size: Annotated[int, Field(description="Entries of the ledger at the checkpoint.")]
    root: Annotated[str, Field(description="The root of the ledger's tree, in base64.")]
    key: Annotated[str, Field(description="The public key of the ledger.")]
    witnesses: Annotated[dict[str, int], Field(description="When each witness cosigned, in seconds since 1970.")]
    warnings: list[str]


class Proposed(ProposalEntry):
    """The entry that proposes a change of the law, with what it names by digest."""

    difference: Annotated[str, Field(description="The changed lines, as `diff -u` writes them.")]
    proof: Annotated[Any, Field(description="What `impact` printed of it.")]
    census: Annotated[Any, Field(description="What `impact --corpus` counted; null without a corpus.")]


PRINTED: dict[str, Any] = {
    "ingest": (Telegram, Beside),
    "ingest, of a source that is no cable": (Written, Beside),
    "assess": Assessment,
    "interim": InterimAssessment,
    "compare": Comparison,
    "explain": Explained,
    "explain --each-source": list[Alone],
    "questions": QuestionTable,
    "settle": CollectionPlan,
    "rate": RatingSheet,
    "path": WayUp,
    "reasons": Reasons,
    "concede": Concession,
    "history": list[YearOnRecord],
    "clocks": list[Due],
    "lint": list[ProblemJson],
    "test": Tested,
    "test --suggest": list[Suggestion],
    "prove": list[Proof],
    "mutate": Mutation,
    "impact": Impact,
    "verify": Holds,
    "law show": list[Provision],
    "law diff": list[Change],
    "law coverage": list[Clause],
    "audit like-cases": Audit,
    "audit fragile": Fragility,
    "audit robust": Robustness,
    "ledger proposal": Proposed,
    "ledger log": OnRecord,
    "ledger prove": InLedger,
    "people list": Register,
}
"""What each verb prints with `--format json`; a tuple stands for the keys of all its kinds. `anchors` is W3C's."""
UNPRINTED = "raw"
"""The bytes of a source, which are read and not printed."""


def answers() -> str:
    """Every key of the JSON that a verb prints."""
    described: dict[str, tuple[str, dict[str, Any]]] = {}
    return _page(
        "JSON: every key of an answer",
        "What each verb prints with `--format json`. Equal answers are equal bytes. Dates are written as `2007-11-09`, "
        "and an outcome is `met`, `not met` or `undetermined`. A key that is not always there says when it is.\n\n"
        "Problems go to standard error with the [exit code](exit-codes.md) of their kind, and nothing is printed here. "
        "`tierengine schema assessment` and `tierengine schema questions` print JSON Schemas. `tierengine anchors` "
        "prints an annotation page of the W3C Web Annotation Data Model, and `tierengine provenance` W3C PROV-JSON.",
        *(_printed(verb, kind, described) for verb, kind in PRINTED.items()),
    )


def _printed(verb: str, kind: Any, described: dict[str, tuple[str, dict[str, Any]]]) -> str:
    parts, below = [f"## {verb}"], list[str]()
    for each in kind if isinstance(kind, tuple) else (kind,):
        schema = schemas.schema_of(each)
        kinds = Kinds(re.sub(r"[^a-z]+", "-", verb), schema.get("$defs", {}), described, answered=True)
        schema.get("properties", {}).pop(UNPRINTED, None)
        if "items" in schema:
            schema = kinds.defined.pop(schema["items"]["$ref"].rpartition("/")[2])
            parts.append("A list; of each:")
        parts.append(kinds.keys(schema))
        below += kinds.below()
    found = "\n\n".join(part for part in (*parts, *below) if part)
    return found.replace("`None`", "`null`")  # descriptions speak of Python, and this page of JSON


def _subject(of: schemas.Subject, title: str, says: str) -> str:
    schema = schemas.schema(of)
    kinds = Kinds(of.value, schema.get("$defs", {}))
    return "\n\n".join(part for part in (f"## {title}\n\n{says}", kinds.keys(schema), *kinds.below()) if part)


@dataclass(frozen=True)
class Kinds:
    """The kinds of value that a schema defines, by name; what it calls them leads to where the page describes them."""

    of: str
    defined: dict[str, dict[str, Any]]
    described: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """The kinds that the page has described already, each with its anchor; they are not described again."""
    answered: bool = False
    """Whether they are printed, so that a key may hold null; in a file such a key is left out."""

    def place(self, name: str) -> str:
        """The anchor of a kind on its page."""
        anchor, schema = self.described.get(name, ("", {}))
        return anchor if schema == self.defined[name] else f"{self.of}-{name.lower()}"

    def below(self) -> Iterator[str]:
        """Each kind with its keys that the page has not described yet."""
        for name, each in self.defined.items():
            if each.get("properties") and self.described.get(name, ("", {}))[1] != each:
                self.described[name] = (f"{self.of}-{name.lower()}", each)
                yield f'<a id="{self.place(name)}"></a>\n\n### {name}\n\n{self.keys(each)}'

    def keys(self, schema: dict[str, Any]) -> str:
        """The table of the keys of one kind, below what the kind is."""
        needed = schema.get("required", ())
        rows = [
            f"| `{key}` | {self.takes(each)} | {'yes' if key in needed else ''} | {self.means(key, each)} |"
            for key, each in schema.get("properties", {}).items()
        ]
        always = "Always" if self.answered else "Needed"
        table = "\n".join([f"| Key | Takes | {always} | Means |", "|---|---|---|---|", *rows])
        return "\n\n".join([*filter(None, [_cell(schema.get("description", ""))]), *([table] if rows else [])])

    def means(self, key: str, schema: dict[str, Any]) -> str:
        """What is said of a key, or else of the kind of value that it takes, or else of every key of its name."""
        if "description" in schema:
            return _cell(schema["description"])
        inner = schema.get("items", schema)
        ways = [way for way in inner.get("anyOf", [inner]) if way.get("type") != "null"]
        kind = self.defined[ways[0]["$ref"].rpartition("/")[2]] if len(ways) == 1 and "$ref" in ways[0] else {}
        return _cell(kind["description"]) if "description" in kind else COMMON.get(key, "")

    def takes(self, schema: dict[str, Any]) -> str:
        """What a key takes, in words."""
        found = "any value"
        match schema:
            case {"$ref": str(ref)}:
                name = ref.rpartition("/")[2]
                inner = self.defined[name]
                found = f"[{name}](#{self.place(name)})" if inner.get("properties") else self.takes(inner)
            case {"anyOf": list(ways)} | {"oneOf": list(ways)}:
                kept = [way for way in ways if self.answered or way.get("type") != "null"]
                found = " or ".join(dict.fromkeys(self.takes(way) for way in kept))
            case {"const": value}:
                found = f"`{value}`"
            case {"enum": list(values)}:
                found = ", ".join(f"`{value}`" for value in values)
            case {"type": "array", "items": dict(items)}:
                found = f"list of {self.takes(items)}"
            case {"type": "object", "additionalProperties": dict(values)}:
                found = f"mapping to {self.takes(values)}"
            case {"patternProperties": dict(values)}:
                found = f"mapping from names to {self.takes(next(iter(values.values())))}"
            case {"type": list(kinds)}:
                found = " or ".join(TYPES[kind] for kind in kinds)
            case {"type": "string", "format": str(form)}:
                found = form
            case {"type": "string", "pattern": str(pattern)}:
                found = PATTERNS.get(pattern) or "text like `" + pattern.replace("|", "\\|") + "`"
            case {"type": "integer", "minimum": least}:
                found = f"whole number from {least}"
            case {"type": str(kind)}:
                found = TYPES.get(kind, found)
        return found


COMMON = {
    "act": "The Act, such as `P.L. 110-457 section 107(a)`.",
    "as_of": "The date whose law decides.",
    "asks": "The question, in words.",
    "at": "The place in the source, such as `07GUATEMALA2213 ¶4`.",
    "at_least": "The least, counted in.",
    "at_most": "The most, counted in.",
    "author": "Who wrote it, or who rates.",
    "authority": "On whose authority: statute, guidance or policy.",
    "because": "Why, in words.",
    "case": "The name of the case.",
    "cases": "The cases, or how many there are.",
    "changed": "Whether the answer changed.",
    "citation": "The provision, by its numbers in the United States Code and in the TVPA.",
    "column": "Counted from 1; null where there is none.",
    "conclusions": "Outcomes, by the id of the conclusion.",
    "country": "ISO 3166-1 alpha-2: two capital letters.",
    "criterion": "The id of the criterion, such as `F-PROSECUTE`.",
    "cure": "What to write instead.",
    "date": "The day, such as 2007-11-09.",
    "day": "The day, such as 2007-11-09.",
    "digest": "SHA-256: `sha256:` and 64 hexadecimal digits.",
    "end": "The byte of the source past its last.",
    "expect": "What must come out.",
    "file": "The name of the file.",
    "finding": "The id of the criterion that is found.",
    "findings": "Levels, by the id of the criterion.",
    "from": "The first day.",
    "id": "The name by which it is known.",
    "in_force_from": "The first day in force.",
    "indicator": "The id of the indicator, such as `trafficking_convictions`.",
    "indicators": "Answers, by the id of the indicator.",
    "iso3": "ISO 3166-1 alpha-3: three capital letters.",
    "judgements": "Levels, by the name of the open word.",
    "kind": "Which kind it is.",
    "last_report": "Where the last report placed the country.",
    "level": "How far it is met.",
    "limit": "How the country's years on the watch list bind the report.",
    "line": "Counted from 1; null where there is none.",
    "measures": "The id of the indicator that it answers.",
    "name": "What it is called.",
    "note": "What the coder wrote to it.",
    "office": "The office of the person.",
    "open_tiers": "The tiers that the facts leave open.",
    "product": "The annual report, or an interim assessment.",
    "public_law": "The Public Law, with its section.",
    "question": "The question, or its id.",
    "quote": "The exact words of the source.",
    "reason": "Why, in words.",
    "reasons": "Why, in words.",
    "record": "The id of the record.",
    "rule": "The id of the rule.",
    "rulebook": "The digest of the rulebook (SHA-256).",
    "says": "In one sentence.",
    "settled": "Whether the facts leave one tier.",
    "source": "The id of the source.",
    "start": "The byte of the source at which it begins.",
    "status": "How firm it is.",
    "text": "The words.",
    "tier": "A tier; `2WL` is the Tier 2 Watch List, `SC` a special case that is not ranked.",
    "tierengine": "The version of tierengine.",
    "tiers": "Tiers; `2WL` is the Tier 2 Watch List.",
    "title": "The title.",
    "tvpa": "The number in the TVPA, such as `section 108(a)(1)`.",
    "unit": "What is counted, such as years or persons.",
    "until": "The first day on which it holds no more; null while there is none.",
    "usc": "The number in the United States Code, such as `22 USC 7106(a)(1)`.",
    "value": "The answer.",
    "warnings": "What is doubtful, in sentences.",
    "what": "What is wrong, or what it is, in words.",
    "where": "The file with line and column, or the part of it.",
    "why": "Why, in words.",
}
"""What a key means that has no sentence of its own; each is the same wherever it stands."""

TYPES = {
    "null": "null",
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
}
PATTERNS = {
    r"^sha256:[0-9a-f]{64}$": "digest, as `ingest` prints it",
    r"^[A-Za-z0-9][A-Za-z0-9_'-]{0,79}$": "name of letters, digits, `_`, `-` and `'`",
    r"^[A-Z]{2}$": "two capital letters",
    r"^[12][0-9]{3}$": "year",
}
"""Forms of text that have a name."""


def exit_codes() -> str:
    """What each end means, and the errors behind them."""
    ends = " ".join((cli.__doc__ or "").split("\n\n", 1)[1].split()).rstrip(".")
    rows = [f"| {code} | {means} |" for code, means in (each.strip().split(" ", 1) for each in ends.split(";"))]
    tree = re.sub(r"^Every error.*?\n\n", "", inspect.getdoc(errors) or "", flags=re.DOTALL).split("\n\n")
    return _page(
        "Exit codes and errors",
        "What a verb prints goes to standard output, and problems go to standard error, all at once.\n\n"
        "| Code | Means |\n|---|---|\n" + "\n".join(rows) + "\n\n`make assess` takes 4 for done.",
        "## Errors\n\nA program that imports tierengine meets these; each carries `problems`, with `where`, `what` and "
        f"`cure`.\n\n```text\n{inspect.cleandoc(tree[0])}\n```",
    )


def condition_words() -> str:
    """The words in which a rule asks."""
    _, words = (conditions.__doc__ or "").split("\n\n", 1)
    return _page(
        "Conditions: the words of a rule",
        "A condition has exactly one of these keys. There are no other words, and no expressions.",
        f"```text\n{words.strip()}\n```",
        "[Change a criterion](../how-to/change-a-criterion.md) shows them in use.",
    )


def front_door() -> str:
    """The names that a program may import."""
    parts = [
        "These names are promised; all else may change. Dates come in as arguments, nothing reads the clock or the "
        "network, and errors are those of [Exit codes and errors](exit-codes.md#errors).\n\n```python\n"
        "from tierengine import Assessor, read_dossier, read_rulebook\n\n"
        'with Assessor(read_rulebook("."), as_of) as assessor:\n    ...\n```'
    ]
    for name in tierengine.__all__:
        found = getattr(tierengine, name)
        shown = "" if isinstance(found, type) and issubclass(found, Exception | Enum) else _signature(found)
        parts.append(f"## {name}\n\n```text\n{name}{shown}\n```\n\n{_plain(inspect.getdoc(found) or '')}")
        parts += _methods(found)
    return _page("Python: the names to import", *parts)


def _methods(found: Any) -> Iterator[str]:
    """The methods of a class that a program calls; of errors and outcomes it calls none."""
    if isinstance(found, type) and not issubclass(found, Exception | Enum):
        for name, each in vars(found).items():
            if inspect.isfunction(each) and not name.startswith("_"):
                says = _plain(inspect.getdoc(each) or "")
                yield f"### {found.__name__}.{name}\n\n```text\n{name}{_signature(each)}\n```\n\n{says}"


def _signature(found: Any) -> str:
    words = re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", str(inspect.signature(found)))
    return words.replace("'", "")


def modules() -> str:
    """Every package and module with the first sentence that it says of itself."""
    parts = ["Imports run one way, from the bottom of [the drawing](../explanation/structure.md) to its top."]
    tops = [path for path in sorted(PACKAGE.glob("*.py")) if path.stem != "__init__"]
    parts.append("## tierengine\n\n" + "\n".join(_rows(tops)))
    for package in sorted(path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE):
        name = ".".join(package.relative_to(PACKAGE.parent).parts)
        paths = [path for path in sorted(package.glob("*.py")) if path.stem != "__init__"]
        table = "\n".join(_rows(paths)) if paths else ""
        parts.append(f"## {name}\n\n{_first(package / '__init__.py')}\n\n{table}".rstrip())
    return _page("Modules: what stands where", *parts)


def _rows(paths: list[Path]) -> Iterator[str]:
    yield "| Module | What it is |\n|---|---|"
    for path in paths:
        yield f"| `{path.stem}` | {_cell(_first(path))} |"


def _first(path: Path) -> str:
    """The first paragraph of a module's docstring."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return _plain(" ".join(words.split("\n\n")[0].split()))


def _cell(text: str) -> str:
    return _plain(" ".join(text.split())).replace("|", "\\|")


def _plain(text: str) -> str:
    """Text in which no character is taken for markup, but what stands in backticks."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([<*_\[\]])", r"\\\1", part) for part in parts)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", WRITTEN, *parts]) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "conditions.md": condition_words,
    "exit-codes.md": exit_codes,
    "files.md": files,
    "json.md": answers,
    "modules.md": modules,
    "python.md": front_door,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
