"""Checks the certificates of `tierengine prove`, with nothing but Python 3.11 or newer; it lies by them as check.py.

    python3 check.py                  in the folder of certificates
    python3 check.py FOLDER           from elsewhere

Each question is a file of clauses, NAME.cnf (DIMACS): can all of them hold? Where they cannot, NAME.drup says why, one
clause a line. A clause follows if its opposite, with all that is known already, forces a literal and its opposite; then
it counts as known. At the end a contradiction must be forced. So each step can be followed, and the solver that wrote
the proof need not be trusted. Lines that begin with d say what the solver forgot; to remember it does no harm, and they
are passed over. Where all clauses can hold, NAME.model lists the literals that do. SHA256SUMS names every file.

It was written apart from the solver, the theorems and the clauses. What it does not check is that the clauses say what
the law says: `tierengine prove --certificates` makes the same bytes from the same rulebook.

Source: Goldberg and Novikov, Verification of proofs of unsatisfiability for CNF formulas (DATE 2003).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

Clause = list[int]


class RefusedError(Exception):
    """A certificate does not show what it claims."""


class Known:
    """Clauses that are known to hold, and what they force."""

    def __init__(self, variables: int, clauses: list[Clause]) -> None:
        # A literal is its own index; the opposite, a negative number, counts from the end.
        self._truth: list[bool | None] = [None] * (2 * variables + 1)
        self._watching: list[list[Clause]] = [[] for _ in self._truth]
        self._forced: Clause = []
        self._followed = 0
        self.contradiction = False
        for clause in clauses:
            self.add(clause)

    def add(self, clause: Clause) -> None:
        """Let a clause be known."""
        watched = sorted(set(clause), key=lambda literal: self._truth[literal] is False)
        open_ = [literal for literal in watched if self._truth[literal] is not False]
        if not open_:
            self.contradiction = True
        elif len(open_) > 1:
            for literal in watched[:2]:
                self._watching[literal].append(watched)
        elif self._truth[open_[0]] is None:
            self._force(open_[0])
            self.contradiction = self.contradiction or self._contradicts()

    def entails(self, clause: Clause) -> bool:
        """Whether the opposite of a clause forces a contradiction."""
        before, found = len(self._forced), self.contradiction
        for literal in clause:
            found = found or self._truth[literal] is True
            if self._truth[literal] is None:
                self._force(-literal)
        found = found or self._contradicts()
        for literal in self._forced[before:]:
            self._truth[literal] = self._truth[-literal] = None
        del self._forced[before:]
        self._followed = before
        return found

    def _force(self, literal: int) -> None:
        self._truth[literal], self._truth[-literal] = True, False
        self._forced.append(literal)

    def _contradicts(self) -> bool:
        """Follow what is forced to its end; whether a clause is left without a literal that may hold.

        Each clause is watched at two literals that may hold; only when one of them fails is it looked at again.
        """
        while self._followed < len(self._forced):
            failed = -self._forced[self._followed]
            self._followed += 1
            waiting, self._watching[failed] = self._watching[failed], []
            while waiting:
                clause = waiting.pop()
                if clause[0] == failed:
                    clause[0], clause[1] = clause[1], failed
                for place in range(2, len(clause)) if self._truth[clause[0]] is not True else ():
                    if self._truth[clause[place]] is not False:
                        clause[1], clause[place] = clause[place], failed
                        self._watching[clause[1]].append(clause)
                        break
                else:
                    self._watching[failed].append(clause)
                    if self._truth[clause[0]] is False:
                        self._watching[failed] += waiting
                        return True
                    if self._truth[clause[0]] is None:
                        self._force(clause[0])
        return False


def confirm(formula: str, proof: str) -> int:
    """Return in how many steps a proof shows that not all clauses can hold. Raise `RefusedError` if it does not."""
    variables, clauses = read(formula)
    known, steps = Known(variables, clauses), 0
    for number, line in enumerate(proof.splitlines(), 1):
        if known.contradiction:
            break
        if line and not line.startswith("d"):
            clause = _literals(line, variables, f"line {number} of the proof")
            if not known.entails(clause):
                raise RefusedError(f"line {number} of the proof does not follow: {line}")
            known.add(clause)
            steps += 1
    if not known.contradiction:
        raise RefusedError("the proof ends without a contradiction")
    return steps


def fulfil(formula: str, model: str) -> None:
    """Return if every clause holds of the literals of a model. Raise `RefusedError` if one does not."""
    variables, clauses = read(formula)
    held = set(_literals(model, variables, "the model"))
    if any(-literal in held for literal in held):
        raise RefusedError("the model says two things of one variable")
    for clause in clauses:
        if held.isdisjoint(clause):
            raise RefusedError(f"this clause does not hold in the model: {' '.join(map(str, clause))}")


def read(formula: str) -> tuple[int, list[Clause]]:
    """Return the number of variables and the clauses of a file in the DIMACS format."""
    lines = [line for line in formula.splitlines() if line and not line.startswith("c")]
    head = lines[0].split() if lines else []
    if len(head) != 4 or head[:2] != ["p", "cnf"] or not (head[2] + head[3]).isdecimal():
        raise RefusedError("the formula does not begin with: p cnf VARIABLES CLAUSES")
    variables, number = int(head[2]), int(head[3])
    if len(lines) - 1 != number:
        raise RefusedError(f"the formula has {len(lines) - 1} clauses, and says that it has {number}")
    return variables, [_literals(line, variables, "the formula") for line in lines[1:]]


def _literals(line: str, variables: int, where: str) -> Clause:
    try:
        *literals, end = map(int, line.split())
    except ValueError:
        raise RefusedError(f"{where} is no clause: {line[:80]}") from None
    if end != 0 or any(not 0 < abs(literal) <= variables for literal in literals):
        raise RefusedError(f"{where} is no clause of these variables that ends in 0: {line[:80]}")
    return literals


def check(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each question of a folder, with what is wrong with its certificate, if anything is."""
    sums = folder / "SHA256SUMS"
    lines = _text(sums).splitlines() if sums.exists() else []
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}
    ours = {name: digest for name, digest in found.items() if name.endswith((".cnf", ".drup", ".model"))}
    for name in sorted({*listed, *ours}):
        if listed.get(name) != found.get(name):
            yield name, "it is not the file that SHA256SUMS names"
    for path in sorted(folder.glob("*.cnf")):
        try:
            _check(path)
        except RefusedError as refused:
            yield path.name, str(refused)
        else:
            yield path.name, None


def _check(path: Path) -> None:
    formula, proof, model = _text(path), path.with_suffix(".drup"), path.with_suffix(".model")
    if proof.exists() == model.exists():
        raise RefusedError("it has no proof and no model" if not proof.exists() else "it has a proof and a model")
    if proof.exists():
        confirm(formula, _text(proof))
    else:
        fulfil(formula, _text(model))


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def main(folder: Path) -> int:
    """Check every certificate of a folder and say what was found; 0 if all is confirmed, else 1."""
    checked = list(check(folder))
    wrong = [(name, what) for name, what in checked if what is not None]
    for name, what in wrong:
        print(f"{name}: {what}")
    print(f"{len(checked) - len(wrong)} certificates confirmed, {len(wrong)} refused")
    return 0 if checked and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
