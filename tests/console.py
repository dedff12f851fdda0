"""Runs what a page shows: each ``console`` block of Markdown is typed, and what it prints is compared.

    ```console
    $ tierengine assess seeds/guatemala-2007/dossier.yaml
    Guatemala (GT): interim assessment, law in force on 2007-11-09
    ...
    $ echo $?
    4
    ```

A line that begins with `$ ` is typed, with the lines below it where it ends in a backslash. A line that is `...` stands
for any lines, or none, and `...` within a line for any words. The blocks of a page run one after another in a folder
like the project (`seeds/` is a copy), with a home of its own. A command below which the page shows nothing is typed all
the same, and ends with 0, or with 4 (several tiers stay open). Moments, digests and keys are compared by their form.
Commands run in this process where they can, since starting one takes a second.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, Ran

BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_VARIES = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "2026-11-24T09:30:00Z"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "0" * 64),
    (re.compile(r"(?<![\w+/])[\w+/]{43}=(?![\w+/=])"), "0" * 43 + "="),
    (re.compile(r"\+[0-9a-f]{8}\+[\w+/]{44}(?![\w+/])"), "+" + "0" * 8 + "+" + "0" * 44),
)
_SHELL = re.compile(r"[|<>&;$`*]")


@dataclass(frozen=True)
class Typed:
    """A command of a page, and the lines that the page shows below it."""

    command: str
    shows: tuple[str, ...]


def pages() -> list[Path]:
    """Every page that people read: those at the top of the project, and those of docs/."""
    return sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))


def typed(block: str) -> list[Typed]:
    """Take a block apart into commands with what is shown below each."""
    found: list[Typed] = []
    for line in block.replace("\\\n", "").splitlines():
        if line.startswith("$ "):
            found.append(Typed(line[2:], ()))
        elif found:
            found[-1] = Typed(found[-1].command, (*found[-1].shows, line))
    return found


def matches(shows: tuple[str, ...], printed: list[str]) -> bool:
    """Whether what was printed is what is shown, a line `...` standing for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(steady(line).rstrip()).replace(r"\.\.\.", ".*") + "\n"
        for line in shows
    )
    return re.fullmatch(pattern, "".join(f"{steady(line).rstrip()}\n" for line in printed)) is not None


def steady(line: str) -> str:
    """The line, with the same moment and the same digest in place of every other."""
    for pattern, instead in _VARIES:
        line = pattern.sub(instead, line)
    return line


def cut_anew(shows: tuple[str, ...], printed: list[str]) -> list[str]:
    """What is printed now, cut at the places at which the page cut it: as many lines before, and as many after."""
    cuts = [number for number, line in enumerate(shows) if line.strip() == "..."]
    if not cuts:
        return printed
    after = len(shows) - cuts[-1] - 1
    return [*printed[: cuts[0]], shows[cuts[0]], *printed[len(printed) - after :]]


class Terminal:
    """Types the commands of one page, in a folder of its own."""

    def __init__(self, run: Callable[..., Ran], folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._code = 0
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        (folder / "tests").mkdir()
        for name in ("data", "golden"):
            (folder / "tests" / name).symlink_to(ROOT / "tests" / name)
        for name in ("criteria", "rules"):
            (folder / name).symlink_to(ROOT / name)
        command = folder / ".bin" / "tierengine"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tierengine.cli "$@"\n')
        command.chmod(0o755)

    def type(self, command: str) -> tuple[list[str], str]:
        """Type a command: the lines that it prints, and what is wrong with the way in which it ended."""
        if command == "echo $?":
            return [str(self._code)], ""
        words = shlex.split(command, comments=True)
        if words[:1] == ["tierengine"] and not _SHELL.search(command):
            ran = self._run(*words[1:])
            self._code, printed = ran.code, ran.out + ran.err
        else:
            path = f"{self._folder / '.bin'}:/usr/bin:/bin"
            done = subprocess.run(
                ["bash", "-c", f"PATH={path}; {command}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
                cwd=self._folder,
            )
            self._code, printed = done.returncode, done.stdout
        return printed.splitlines(), "" if self._code in (0, 4) else f"it ended with {self._code}"


def run_page(text: str, terminal: Terminal) -> tuple[str, list[str]]:
    """Type all that a page shows: the page as it would be written today, and each difference."""
    wrong: list[str] = []

    def again(block: re.Match[str]) -> str:
        lines: list[str] = []
        commands = typed(re.sub(rf"^{block[1]}", "", block[2], flags=re.MULTILINE))
        for each, after in zip(commands, [*commands[1:], Typed("", ())], strict=True):
            printed, end = terminal.type(each.command)
            lines.append(f"$ {each.command}")
            ends_shown = after.command == "echo $?" or any(line.strip() != "..." for line in each.shows)
            if end and not ends_shown:
                wrong.append(f"$ {each.command}: {end}\n" + "\n".join(printed))
            if not each.shows or matches(each.shows, printed):
                lines += each.shows
            else:
                wrong.append(f"$ {each.command}\nprints\n" + "\n".join(printed))
                lines += cut_anew(each.shows, printed)
        body = "".join(f"{block[1]}{line}".rstrip() + "\n" for line in lines)
        return f"{block[1]}```console\n{body}{block[1]}```"

    return BLOCK.sub(again, text), wrong
