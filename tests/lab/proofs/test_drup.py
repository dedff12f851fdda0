"""The checker of certificates confirms what is so and nothing else, whatever was done to a certificate."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SMALL, Ran
from tests.engines.truth_tables import Tabled, tabled
from tierengine.engines.certificate import certificate
from tierengine.engines.logic import FALSE, Term, any_of, at_most, negate, variable
from tierengine.lab.proofs import drup
from tierengine.lab.proofs.drup import RefusedError

Clause = list[int]


def _pigeons(birds: int) -> list[Term]:
    """More birds than holes: impossible, with a proof of some length."""
    places = [[variable(f"{bird} in {hole}") for hole in range(birds - 1)] for bird in range(birds)]
    return [*map(any_of, places), *(at_most(1, [there[hole] for there in places]) for hole in range(birds - 1))]


PIGEONS = certificate(_pigeons(4))
FORMULA, PROOF = PIGEONS.formula, PIGEONS.proof or ""


def _clauses(number: int) -> st.SearchStrategy[list[Clause]]:
    literals = st.sampled_from([literal for each in range(1, number + 1) for literal in (each, -each)])
    return st.lists(st.lists(literals, min_size=1, max_size=3), max_size=14)


def _formula(variables: int, clauses: list[Clause]) -> str:
    lines = (" ".join(map(str, (*clause, 0))) for clause in clauses)
    return "\n".join((f"p cnf {variables} {len(clauses)}", *lines))


def _possible(clauses: list[Clause]) -> bool:
    """Whether all clauses can hold, by trying every way."""
    ways = (dict(enumerate(way, 1)) for way in product((True, False), repeat=3))
    return any(all(any(way[abs(lit)] is (lit > 0) for lit in clause) for clause in clauses) for way in ways)


def _confirmed(formula: str, proof: str) -> bool:
    try:
        drup.confirm(formula, proof)
    except RefusedError:
        return False
    return True


@given(_clauses(3), _clauses(3))
def test_no_proof_shows_that_what_can_be_cannot(clauses: list[Clause], proof: list[Clause]) -> None:
    """Any lines at all are tried as a proof."""
    lines = "\n".join(" ".join(map(str, (*clause, 0))) for clause in [*proof, []])
    if _confirmed(_formula(3, clauses), lines):
        assert not _possible(clauses)


@given(_clauses(3))
def test_a_clause_follows_only_if_it_does(clauses: list[Clause]) -> None:
    """What is confirmed as a step holds in every way in which the clauses hold; and asking leaves no trace."""
    known = drup.Known(3, clauses)
    for clause in product((1, -1), (2, -2), (3, -3)):
        first = known.entails(list(clause))
        assert known.entails(list(clause)) is first
        if first:
            assert not _possible([*clauses, *([-literal] for literal in clause)])
    assert all(known.entails(clause) for clause in clauses)


@given(st.lists(tabled, min_size=1, max_size=3))
def test_every_certificate_is_confirmed(some: list[Tabled]) -> None:
    """The solver's proof or case holds before the checker, and a proof never stands for what can be."""
    made = certificate([each.term for each in some])
    if made.model is None:
        assert drup.confirm(made.formula, made.proof or "") >= 0
    else:
        drup.fulfil(made.formula, made.model)
        assert not _confirmed(made.formula, "0")


@given(st.data())
def test_a_proof_that_was_tampered_with(data: st.DataObject) -> None:
    """A literal turned round, a line dropped, lines swapped: nothing makes a proof of what is not so."""
    lines = PROOF.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(("turned", "dropped", "cut off", "swapped")))
    if how == "turned":
        words = lines[at].split()
        place = data.draw(st.integers(0, len(words) - 1))
        words[place] = words[place][1:] if words[place].startswith("-") else f"-{words[place]}"
        lines[at] = " ".join(words)
    elif how == "dropped":
        del lines[at]
    elif how == "cut off":
        del lines[at:]
    else:
        lines[at], lines[-1] = lines[-1], lines[at]
    possible = FORMULA.replace("\n1 2 3 0\n", "\n1 2 3 -3 0\n")  # this bird may stay away
    assert possible != FORMULA
    assert not _confirmed(possible, "\n".join(lines))


@pytest.mark.parametrize(
    ("formula", "proof", "says"),
    [
        ("p cnf 1 2\n1 0\n-1 0", "0", None),
        ("p cnf 1 1\n0", "", None),
        ("p cnf 1 1\n1 0", "0", "line 1 of the proof does not follow: 0"),
        ("p cnf 1 1\n1 0", "1 0", "the proof ends without a contradiction"),
        ("p cnf 1 1\n1 0", "", "the proof ends without a contradiction"),
        ("p cnf 2 3\n1 2 0\n-1 2 0\n1 -2 0", "2 0\n-1 0\n0", "line 2 of the proof does not follow: -1 0"),
        ("p cnf 1 1\n1 0\n-1 0", "0", "the formula has 2 clauses, and says that it has 1"),
        ("p cnf 1 3\n1 0\n-1 0", "0", "the formula has 2 clauses, and says that it has 3"),
        ("p cnf 1 2\n1 0\n-2 0", "0", "the formula is no clause of these variables that ends in 0: -2 0"),
        ("p cnf 1 2\n1 0\n-1", "0", "the formula is no clause of these variables that ends in 0: -1"),
        ("p cnf 1 1\n1 0", "x 0", "line 1 of the proof is no clause: x 0"),
        ("p cnf 1 1\n1 0", "2 0", "line 1 of the proof is no clause of these variables"),
        ("1 0\n-1 0", "0", "the formula does not begin with: p cnf VARIABLES CLAUSES"),
        ("", "0", "the formula does not begin with: p cnf VARIABLES CLAUSES"),
        ("p cnf one 1\n1 0", "0", "the formula does not begin with: p cnf VARIABLES CLAUSES"),
    ],
)
def test_what_is_said_of_a_bad_proof(formula: str, proof: str, says: str | None) -> None:
    """Each way of being wrong is reported with its line."""
    if says is None:
        drup.confirm(formula, proof)
        return
    with pytest.raises(RefusedError) as refused:
        drup.confirm(formula, proof)
    assert str(refused.value).startswith(says)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("1 -2 0", None),
        ("-1 -2 0", "this clause does not hold in the model: 1 2"),
        ("1 0", "this clause does not hold in the model: -1 -2"),
        ("1 -1 -2 0", "the model says two things of one variable"),
        ("1 -3 0", "the model is no clause of these variables"),
    ],
)
def test_what_is_said_of_a_bad_case(model: str, says: str | None) -> None:
    """A case in which some clause does not hold, or that is none."""
    formula = "p cnf 2 2\n1 2 0\n-1 -2 0"
    if says is None:
        drup.fulfil(formula, model)
        return
    with pytest.raises(RefusedError) as refused:
        drup.fulfil(formula, model)
    assert str(refused.value).startswith(says)


# -- a folder of certificates ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tierengine: Callable[..., Ran], tmp_path: Path) -> Path:
    """The certificates of the small rulebook."""
    ran = tierengine("prove", SMALL, "--certificates", tmp_path / "certificates")
    assert ran.code == 0
    assert "certificates written; the checker beside them, check.py, confirms each" in ran.out
    return tmp_path / "certificates"


def _check(folder: Path) -> tuple[int, str]:
    """What the checker says that lies beside the certificates, run by itself."""
    ran = subprocess.run(
        [sys.executable, "-I", "check.py"], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def _seal_anew(folder: Path) -> None:
    """Write the digests as one would who wants a change not to be seen."""
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def test_every_question_is_certified(folder: Path) -> None:
    """Each theorem's questions stand whole in files of their own, which a script by itself confirms."""
    names = {path.stem for path in folder.glob("*.cnf")}
    assert {"2000-10-28-rails", "2000-10-28-direction", "2000-10-28-contracts-STANDARD"} <= names
    assert {path.stem for path in folder.glob("*.drup")} == names
    assert _check(folder) == (0, f"{len(names)} certificates confirmed, 0 refused\n")
    head = (folder / "2000-10-28-rails.cnf").read_text(encoding="utf-8").splitlines()
    assert head[0].startswith("c rails: can a country break it? The law in force from 2000-10-28")
    assert head[1].startswith("c rulebook sha256:")
    assert "c 1 country:" in head[2]


def test_the_same_rulebook_gives_the_same_bytes(folder: Path, tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """So an auditor can see that the clauses are those of the law."""
    assert tierengine("prove", SMALL, "--certificates", tmp_path / "again").code == 0
    first, second = ({path.name: path.read_bytes() for path in each.iterdir()} for each in (folder, tmp_path / "again"))
    assert first == second


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda cnf, drup: (cnf + "1 0\n", drup), "clauses, and says that it has"),
        (lambda cnf, drup: (cnf[: cnf.rindex("\n", 0, -1) + 1], drup), "clauses, and says that it has"),
        (lambda cnf, drup: (cnf, ""), "the proof ends without a contradiction"),
        (lambda cnf, drup: (cnf, "1 0\n" + drup), "line 1 of the proof does not follow: 1 0"),
        (lambda cnf, drup: (cnf, None), "it has no proof and no model"),
        (lambda cnf, drup: (cnf, "\x00\xff"), "line 1 of the proof is no clause"),
    ],
)
def test_a_certificate_that_was_tampered_with(
    folder: Path,
    change: Callable[[str, str], tuple[str, str | None]],
    says: str,
    sealed: bool,
) -> None:
    """Refused by what it says where it says so, and by its digest where it was not sealed anew."""
    cnf, proof = folder / "2000-10-28-unknowns.cnf", folder / "2000-10-28-unknowns.drup"
    changed, shown = change(cnf.read_text(encoding="utf-8"), proof.read_text(encoding="utf-8"))
    cnf.write_text(changed, encoding="utf-8")
    proof.unlink()
    if shown is not None:
        proof.write_text(shown, encoding="utf-8")
    if sealed:
        _seal_anew(folder)
    code, out = _check(folder)
    assert code == 1
    assert says in out
    assert ("it is not the file that SHA256SUMS names" in out) is not sealed


def test_a_folder_without_certificates(tmp_path: Path) -> None:
    """Nothing is confirmed by nothing; a file that is missing or that no list names is reported."""
    assert drup.main(tmp_path) == 1
    (tmp_path / "odd.cnf").write_text("p cnf 1 2\n1 0\n-1 0\n", encoding="utf-8")
    (tmp_path / "odd.drup").write_text("0\n", encoding="utf-8")
    (tmp_path / "SHA256SUMS").write_text("what is this\n", encoding="utf-8")
    refused = {name for name, wrong in drup.check(tmp_path) if wrong is not None}
    assert {"odd.cnf", "odd.drup"} <= refused


def test_a_folder_that_holds_something(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Certificates are never mixed with other files, and nothing is written if the question is bad."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    ran = tierengine("prove", SMALL, "--certificates", tmp_path)
    assert (ran.code, "something is there already" in ran.err) == (2, True)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["mine.txt"]
    assert tierengine("prove", "--as-of", "1999-01-01", "--certificates", tmp_path / "none").code == 3
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_by_itself() -> None:
    """A question whose clauses already clash has a proof as well."""
    made = certificate([FALSE])
    drup.confirm(made.formula, made.proof or "")
    a = variable("a")
    made = certificate([a, negate(a)])
    drup.confirm(made.formula, made.proof or "")
