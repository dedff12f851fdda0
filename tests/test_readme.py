"""What README and the pages of docs/ show is what the commands really print, and what they name is there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Ran
from tests.console import BLOCK, Terminal, cut_anew, matches, pages, run_page, typed
from tierengine.reasoning.assess import VERSION

README = ROOT / "README.md"
ELSEWHERE = {"docs/how-to/people.md", "docs/how-to/witnesses.md"}
"""Pages whose commands are run by tests/ledger/test_pages.py, with a witness beside."""
WITH_COMMANDS = [
    page
    for page in pages()
    if BLOCK.search(page.read_text(encoding="utf-8")) and page.relative_to(ROOT).as_posix() not in ELSEWHERE
]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"")
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def name_of(page: Path) -> str:
    """The page as it is called in messages."""
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_a_page_shows_real_output(
    page: Path,
    tierengine: Callable[..., Ran],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each command is typed, and prints what the page shows; --reset-golden writes the page anew."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    text, wrong = run_page(page.read_text(encoding="utf-8"), Terminal(tierengine, folder))
    if wrong and request.config.getoption("--reset-golden"):
        page.write_text(text, encoding="utf-8")
        return
    assert not wrong, "\n\n".join(wrong)


def test_a_difference_is_seen(tierengine: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another line, a line too few and an end that is not shown each fail, and are mended by writing the page anew."""
    monkeypatch.chdir(tmp_path)
    assert matches(("a", "...", "d"), ["a", "b", "c", "d"])
    assert matches(("...",), [])
    assert not matches(("a", "..."), ["b"])
    assert not matches(("a",), ["a", "b"])
    assert cut_anew(("x", "...", "y"), ["a", "b", "c"]) == ["a", "...", "c"]
    assert matches(("it has ... and c",), ["it has b and c"])
    assert not matches(("it has ... and c",), ["it has b and d"])
    assert [each.command for each in typed("$ a \\\n  d\nb\n$ c\n")] == ["a   d", "c"]
    page = "```console\n$ printf 'a\\nb\\n'\nc\n$ false\n```"
    text, wrong = run_page(page, Terminal(tierengine, tmp_path))
    assert len(wrong) == 2
    assert text == "```console\n$ printf 'a\\nb\\n'\na\nb\n$ false\n```"


# --- links ----------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page: its headings as they are written in an address, and those that it names itself."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    slugs = {re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}
    return slugs | set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link within the project names a file that is there, and a heading that the file has."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    lost: list[str] = []
    for found in LINK.findall(text):
        link = next(filter(None, found))
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert not lost


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_the_paths_that_a_page_names_exist(page: Path) -> None:
    """No file or folder of the project is named that is not there."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:criteria|rules|seeds|tests|benchmarks|tierengine|docs)/[\w./-]*)`", text))
    assert not [name for name in named if not (ROOT / name).exists()]


# --- spelling -------------------------------------------------------------------------------------------------------


def misspelt(*paths: str) -> list[str]:
    """What codespell finds in some files and folders: place, the word, and what it may be meant for."""
    command = [sys.executable, "-m", "codespell_lib", "--skip", "*/vendor,*/sources,*/coding,*.svg", *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode in (0, 65), done.stderr
    return done.stdout.splitlines()


def test_nothing_that_people_read_is_misspelt(tmp_path: Path) -> None:
    """Pages, law, dossiers, and the program with its messages; not the beginnings of words that coding/ looks for."""
    wrong = tmp_path / "page.md"
    wrong.write_text("A goverment.\n", encoding="utf-8")
    (found,) = misspelt(str(wrong))
    assert found.endswith("page.md:1: goverment ==> government")
    top = [page.name for page in ROOT.glob("*.md")]
    assert misspelt(*top, "docs", "criteria", "rules", "seeds", "tierengine") == []


# --- README ---------------------------------------------------------------------------------------------------------


def test_the_readme_is_short() -> None:
    """Two hundred lines, none of them too long to read in a terminal."""
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200


def test_the_commands_of_make_are_those_of_the_makefile() -> None:
    """Each `make TARGET` that a page names is a target."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in pages():
        assert set(re.findall(r"\bmake ([a-z]+)`", page.read_text(encoding="utf-8"))) <= targets, page


def test_the_version_is_the_same_everywhere() -> None:
    """The newest release of the change log, and the one to be cited, are this one."""
    released = re.findall(r"^## (\d+\.\d+\.\d+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == VERSION
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
