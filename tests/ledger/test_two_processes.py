"""Two processes at one ledger: nothing is lost, and no rule is got round by being quick."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from tests.ledger.conftest import ORIGIN, Office
from tests.ledger.test_acts import AGREE, DEPART, seen
from tierengine.errors import RefusedError
from tierengine.evidence.dossier import dossier_of
from tierengine.ledger import acts
from tierengine.ledger.acts import Desk, Ground
from tierengine.ledger.book import Ledger
from tierengine.ledger.keys import Keys
from tierengine.ledger.store import Store
from tierengine.ledger.verify import verify

ROUNDS = 12
SPAWN = multiprocessing.get_context("spawn")


def both(office: Office, keys: Path, *jobs: tuple[Callable[..., Any], str, tuple[Any, ...]]) -> list[list[Any]]:
    """Run two jobs in processes of their own that start together; return what each gave, in its own order."""
    start, answers = SPAWN.Barrier(len(jobs)), SPAWN.Queue()
    processes = [
        SPAWN.Process(
            target=_run, args=(place, (office.ledger.store.place, str(keys), name), job, words, start, answers)
        )
        for place, (job, name, words) in enumerate(jobs)
    ]
    for process in processes:
        process.start()
    found = dict(answers.get(timeout=300) for _ in jobs)  # a machine that is busy is no fault of the ledger
    for process in processes:
        process.join()
    return [found[place] for place in range(len(jobs))]


def _run(
    place: int,
    where: tuple[str, str, str],
    job: Callable[..., Any],
    words: tuple[Any, ...],
    start: Barrier,
    answers: Any,
) -> None:
    store, folder, name = where
    keys = Keys(Path(folder))
    desk = Desk(ledger=Ledger(Store(store)), author=keys.of(name), seal=keys.of(ORIGIN))
    answers.put((place, list(job(desk, start, *words))))


def _object_to(desk: Desk, start: Barrier, count: int) -> Any:
    """Take positions on entry 1, one after the other."""
    start.wait()
    for number in range(count):
        yield acts.position(desk, 1, Ground(tier="3", discretion=True, reasons=f"{number}")).number


def _determine(desk: Desk, start: Barrier, digests: list[str], ground: Ground) -> Any:
    """Determine each round's assessment, at the same moment as another does."""
    for number, digest in enumerate(digests):
        start.wait()
        try:
            yield acts.determine(desk, number + 1, digest, ground).number
        except RefusedError as error:
            yield str(error)


def _correct(desk: Desk, start: Barrier, numbers: list[int]) -> Any:
    for number in numbers:
        start.wait()
        yield acts.correct(desk, number, "wrong").number


def _review(desk: Desk, start: Barrier, numbers: list[int]) -> Any:
    for number in numbers:
        start.wait()
        try:
            yield acts.review(desk, number, "fine", approves=True).number
        except RefusedError as error:
            yield str(error)


def test_two_writers_lose_nothing(office: Office, tmp_path: Path) -> None:
    """Every number that was given is there once, and the ledger holds."""
    office.adopt_rulebook()
    office.record()
    given = both(office, tmp_path / "keys", (_object_to, "Bo Chen", (40,)), (_object_to, "Cy Dee", (40,)))
    assert sorted(given[0] + given[1]) == list(range(2, 82))
    assert given[0] == sorted(given[0])
    assert verify(office.ledger).checkpoint.size == 82


def test_one_of_two_determinations(office: Office, tmp_path: Path) -> None:
    """Both saw the same; the one that comes second is refused, since this is no longer what is on record."""
    office.adopt_rulebook()
    digests = []
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        digests.append(_another_case(office, folder, f"case-{number}"))
    jobs = ((_determine, "Bo Chen", (digests, AGREE)), (_determine, "Cy Dee", (digests, DEPART)))
    for one, other in zip(*both(office, tmp_path / "keys", *jobs), strict=True):
        assert isinstance(one, int) != isinstance(other, int)
        assert "no longer what is on record" in (one if isinstance(one, str) else other)
    assert verify(office.ledger).checkpoint.size == 1 + 2 * ROUNDS


def test_a_review_and_a_correction_at_once(office: Office, tmp_path: Path) -> None:
    """Whichever comes first: an entry that counts no more is never reviewed."""
    office.adopt_rulebook()
    numbers = [office.record().number for _ in range(ROUNDS)]
    jobs = ((_correct, "Ann Lee", (numbers,)), (_review, "Bo Chen", (numbers,)))
    corrected, reviewed = both(office, tmp_path / "keys", *jobs)
    for correction, review in zip(corrected, reviewed, strict=True):
        assert review < correction if isinstance(review, int) else "counts no more" in review
    verify(office.ledger)


def _another_case(office: Office, folder: Path, case: str) -> str:
    """Record an assessment of a case of its own, and return the digest of what is on record of it."""
    document = office.casefile.document
    raw = document.raw.replace(b"id: nowhere-2007", f"id: {case}".encode(), 1)
    sources = {source.file: office.casefile.sources[source.id].raw for source in office.casefile.dossier.sources}
    casefile = dossier_of(raw, document.name, sources)
    acts.record(office.desk(office.ann), casefile, office.files, None)
    return seen(office, case)
