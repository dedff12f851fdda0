"""Writes the pages of docs/reference/ that the program knows by itself; `make reference` runs it, a test compares.

Each page is a function that returns Markdown; `PAGES` says which file it is.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

import tierengine
from tierengine import cli, errors, schemas
from tierengine.cli.app import VERBS, app
from tierengine.law import conditions

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


def answers() -> str:
    """Every key of the JSON that is answered."""
    subjects = (
        (schemas.Subject.assessment, "An assessment", "What `tierengine assess DOSSIER --format json` prints."),
        (schemas.Subject.questions, "The questions", "What `tierengine questions --format json` prints."),
    )
    return _page(
        "JSON: every key of an answer",
        "Equal answers are equal bytes. Dates are written as `2007-11-09`, and an outcome is `met`, `not met` or "
        "`undetermined`. `tierengine schema assessment` prints the JSON Schema.",
        *(_subject(*each) for each in subjects),
    )


def _subject(of: schemas.Subject, title: str, says: str) -> str:
    schema = schemas.schema(of)
    kinds = Kinds(of, schema.get("$defs", {}))
    parts = [f"## {title}\n\n{says}", kinds.keys(schema)]
    for name, each in kinds.defined.items():
        if each.get("properties"):
            parts.append(f'<a id="{kinds.place(name)}"></a>\n\n### {name}\n\n{kinds.keys(each)}')
    return "\n\n".join(part for part in parts if part)


@dataclass(frozen=True)
class Kinds:
    """The kinds of value that a schema defines, by name; what it calls them leads to where the page describes them."""

    of: schemas.Subject
    defined: dict[str, dict[str, Any]]

    def place(self, name: str) -> str:
        """The anchor of a kind on its page."""
        return f"{self.of}-{name.lower()}"

    def keys(self, schema: dict[str, Any]) -> str:
        """The table of the keys of one kind, below what the kind is."""
        needed = schema.get("required", ())
        rows = [
            f"| `{key}` | {self.takes(each)} | {'yes' if key in needed else ''} | {self.means(each)} |"
            for key, each in schema.get("properties", {}).items()
        ]
        table = "\n".join(["| Key | Takes | Needed | Means |", "|---|---|---|---|", *rows])
        return "\n\n".join([*filter(None, [_cell(schema.get("description", ""))]), *([table] if rows else [])])

    def means(self, schema: dict[str, Any]) -> str:
        """What is said of a key, or else of the kind of value that it takes."""
        if "description" in schema:
            return _cell(schema["description"])
        inner = schema.get("items", schema)
        ways = [way for way in inner.get("anyOf", [inner]) if way.get("type") != "null"]
        if len(ways) == 1 and "$ref" in ways[0]:
            return _cell(self.defined[ways[0]["$ref"].rpartition("/")[2]].get("description", ""))
        return ""

    def takes(self, schema: dict[str, Any]) -> str:
        """What a key takes, in words."""
        found = "any value"
        match schema:
            case {"$ref": str(ref)}:
                name = ref.rpartition("/")[2]
                inner = self.defined[name]
                found = f"[{name}](#{self.place(name)})" if inner.get("properties") else self.takes(inner)
            case {"anyOf": list(ways)} | {"oneOf": list(ways)}:
                found = " or ".join(dict.fromkeys(self.takes(way) for way in ways if way.get("type") != "null"))
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


TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "array": "list"}
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
    return _page("Python: the names to import", *parts)


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
