"""Puts the law into the wheel, and the styles and scripts of the desk.

`criteria/` and `rules/` stand at the top of the project, where those who keep it look; the styles and scripts are not
kept with the code, and npm fetches those of the lock.

Everything else about the package is in pyproject.toml.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithTheLaw(build_py):
    """Copies the law beside the code that reads it; an editable install reads it where it stands.

    The desk of an editable install fetches its styles and scripts when it is first opened.
    """

    def run(self) -> None:
        """Build the modules, then copy the files of the law."""
        super().run()
        if self.editable_mode:
            return
        vendor = Path(self.build_lib) / "tierengine" / "web" / "static" / "vendor"
        subprocess.run([sys.executable, "tierengine/web/assets/fetch.py", str(vendor.resolve())], check=True)  # noqa: S603
        kept = (
            path
            for glob in ("criteria/*/*.yaml", "rules/*", "rules/documents/*.yaml")
            for path in sorted(Path().glob(glob))
        )
        for path in (path for path in kept if path.is_file()):
            copy = Path(self.build_lib) / "tierengine" / "rulebook" / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            self.copy_file(str(path), str(copy))


setup(cmdclass={"build_py": WithTheLaw})
