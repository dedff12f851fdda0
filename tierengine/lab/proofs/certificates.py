"""A folder of certificates: each question whole with its proof, the checker beside them, and every file's digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tierengine.engines.certificate import certificate
from tierengine.engines.logic import Term
from tierengine.errors import MismatchError, Problem, UsageError
from tierengine.lab.proofs import drup


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates in a folder that held nothing before."""

    folder: Path

    @classmethod
    def begin(cls, folder: Path) -> Certificates:
        """Return a folder for certificates. Raise `UsageError` if it holds something already."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what, cure = "something is there already", "name a folder that is empty or not there yet"
            raise UsageError([Problem(where=str(folder), what=what, cure=cure)])
        return cls(folder)

    def write(self, name: str, terms: Iterable[Term], heading: Iterable[str]) -> None:
        """Write the question of whether terms can hold together, with its proof or with a case."""
        made = certificate(terms, heading)
        self.folder.mkdir(parents=True, exist_ok=True)
        for ending, text in (("cnf", made.formula), ("drup", made.proof), ("model", made.model)):
            if text is not None:
                (self.folder / f"{name}.{ending}").write_text(text, encoding="utf-8", newline="\n")

    def finish(self) -> int:
        """Put the checker and the digests beside the certificates, and return how many the checker confirms.

        Raise `MismatchError` if it refuses one: the solver said what does not follow.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "check.py").write_bytes(Path(drup.__file__).read_bytes())
        files = sorted(path for path in self.folder.iterdir() if path.is_file())
        sums = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
        (self.folder / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")
        checked = list(drup.check(self.folder))
        cure = "nothing is proved by it; report this, with the file"
        wrong = [Problem(where=name, what=what, cure=cure) for name, what in checked if what is not None]
        if wrong:
            raise MismatchError(wrong, {"refused": [problem.where for problem in wrong]})
        return len(checked)
