"""The rulebook of a folder, or of a git revision of the repository in which the current folder lies.

A revision is read with `git archive`, so that neither the work tree nor the index is touched.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tierengine.errors import Problem, RulebookError, UsageError
from tierengine.law.reader import RulebookFile, read_rulebook, rulebook_files
from tierengine.law.rulebook import Rulebook


def rulebook_at(place: str, cache: Path | None = None) -> Rulebook:
    """Return the rulebook of a folder (holding `criteria/` and `rules/`) or, if there is none such, of a git revision.

    Raise `UsageError` if it is neither, `RulebookError` with every problem of the rulebook, each under the place.
    """
    try:
        if Path(place).is_dir():
            return read_rulebook(Path(place), cache)
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(fileobj=io.BytesIO(_archive(place))) as archive:
                archive.extractall(folder, filter="data")
            return read_rulebook(Path(folder), cache)
    except RulebookError as error:
        problems = (Problem(where=f"{place}: {each.where}", what=each.what, cure=each.cure) for each in error.problems)
        raise RulebookError(problems) from None


def files_at(place: str) -> tuple[RulebookFile, ...]:
    """Return the files of the rulebook of a folder or a git revision; raise as `rulebook_at`."""
    if Path(place).is_dir():
        return rulebook_files(Path(place))
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(_archive(place))) as archive:
            archive.extractall(folder, filter="data")
        return rulebook_files(Path(folder))


def _archive(revision: str) -> bytes:
    """The two rooms of a rulebook as they were at a revision, as a tar archive."""
    commit = _git(revision, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    top = _git(revision, "rev-parse", "--show-toplevel").decode().rstrip("\n")
    # From the top, and not from the current folder, which need not have existed then.
    return _git(revision, "-C", top, "archive", "--format=tar", commit.decode().strip(), "criteria", "rules")


def _git(revision: str, *words: str) -> bytes:
    try:
        ran = subprocess.run(["git", *words], check=True, capture_output=True)  # noqa: S603, S607 - words of our own, and a commit
    except FileNotFoundError:
        raise UsageError([_unreadable(revision, "git is not installed")]) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise UsageError([_unreadable(revision, said or "git knows no such revision here")]) from None
    return ran.stdout


def _unreadable(revision: str, why: str) -> Problem:
    return Problem(
        where=f"`{revision}`",
        what=f"it is neither a folder nor a git revision that can be read: {why}",
        cure="name a folder that holds `criteria` and `rules`, or a revision that does, such as `HEAD` or a branch",
    )
