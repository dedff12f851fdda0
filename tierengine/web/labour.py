"""What a piece of long work does, in a process of its own.

This file is loaded once, in the process from which those that work are forked (see `work`): each of them begins with
all that proofs need. What goes over corpora is loaded where it is used: Arrow begins threads, and a fork has none of
them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tierengine import schemas
from tierengine.errors import Problem, RulebookError, TierEngineError, UsageError
from tierengine.lab.cases.suite import read_suite
from tierengine.lab.cases.trial import Result, Trials, judge_asked
from tierengine.lab.change.mutation import PATIENCE
from tierengine.lab.change.noticed import Examiner, Verdict
from tierengine.lab.change.record import name_of
from tierengine.lab.proofs.asking import Proof
from tierengine.lab.proofs.lint import lint
from tierengine.lab.proofs.prove import prove
from tierengine.law.linter import Placed
from tierengine.law.reader import read_draft, read_rulebook
from tierengine.reports.problems import as_json
from tierengine.web.work import Kind, Order, lay_out


class Progress(Protocol):
    """Takes note of how much is done, of how much where that is known, and what was found on the way, as JSON."""

    def __call__(self, done: int, of: int | None, found: Any = None) -> None:
        """Take note of it."""


T = TypeVar("T")

_RARELY = (200_000, 10, 10)
"""After how many new objects Python looks for those that only refer to one another: proofs take a quarter longer if it
does so after 700, as it would by itself."""


def carry_out(order: Order, back: Connection, folder: Path) -> None:
    """Do a piece of work, with the draft laid out in a folder, and send its steps and its result back."""

    def progress(done: int, of: int | None, found: Any = None) -> None:
        back.send(("step", (done, of, found)))

    gc.set_threshold(*_RARELY)
    with suppress(BrokenPipeError):  # the desk is gone, and nobody waits
        try:
            draft = lay_out(order.law, order.files, folder)
            back.send(("done", _MAKERS[order.kind](order, draft, progress)))
        except TierEngineError as error:
            back.send(("failed", error.problems))


def _lint(_: Order, draft: Path, __: Progress) -> Any:
    return as_json(lint(draft)[1])


def _prove(_: Order, draft: Path, progress: Progress) -> Any:
    found = []
    for proof in prove(read_draft(draft).rulebook):
        found.append(schemas.dump(Proof, proof))
        progress(len(found), None, found[-1] if proof.verdict != "proved" else None)
    return found


def _test(order: Order, draft: Path, progress: Progress) -> Any:
    assert order.cases is not None
    suite, results = read_suite(order.cases, read_rulebook(draft)), list[Result]()
    every = len(suite.cases) + len(suite.asked)
    for result in chain(map(Trials().run, suite.cases), map(judge_asked, suite.asked)):
        results.append(result)
        if len(results) % 10 == 0 or len(results) == every:
            progress(len(results), every)
    failed = sum(bool(result.failures) for result in results)
    return {"cases": len(results), "failed": failed, "results": [schemas.dump(Result, each) for each in results]}


def _impact(order: Order, draft: Path, progress: Progress) -> Any:
    from tierengine.lab.change.impact import Impact, Question, impact  # noqa: PLC0415
    from tierengine.lab.corpus.work import Means  # noqa: PLC0415

    def watch(pieces: Sequence[T], _: str, /) -> Iterable[T]:
        for done, piece in enumerate(pieces):
            progress(done, len(pieces))
            yield piece

    try:
        old = read_rulebook(order.law, cache=order.cache)
    except RulebookError as error:
        raise UsageError(error.problems) from None
    return schemas.dump(Impact, impact(old, read_rulebook(draft), Question(corpus=order.corpus), Means(watch=watch)))


def _mutate(order: Order, draft: Path, progress: Progress) -> Any:
    """Try every single change of the entries that are otherwise in the draft; report each that nothing notices.

    Raise `UsageError` where nothing is otherwise: all changes of a whole law take an hour.
    """
    if not order.files:
        cure = "send the files of a draft; for a whole law run `tierengine mutate`"
        raise UsageError([Problem(where="files", what="no file is otherwise in the draft", cure=cure)])
    examiner = Examiner(draft, order.cases if order.cases is not None and order.cases.is_dir() else None, PATIENCE)
    before = {name_of(each): _written(each) for each in read_draft(order.law).placed}
    numbers = [
        number
        for number, change in enumerate(examiner.changes)
        if change.item.document.name in order.files and _written(change.item) != before.get(name_of(change.item))
    ]
    verdicts = []
    progress(0, len(numbers))
    for done, number in enumerate(numbers, 1):
        verdict = examiner.verdict(number)
        verdicts.append(schemas.dump(Verdict, verdict))
        progress(done, len(numbers), verdicts[-1] if verdict.unnoticed or verdict.became == "undecided" else None)
    return {"changes": len(numbers), "verdicts": verdicts}


def _written(item: Placed) -> Any:
    return item.document.part(*item.path).values


def _like_cases(order: Order, draft: Path, _: Progress) -> Any:
    from tierengine.lab.corpus.like_cases import Audit, audit  # noqa: PLC0415

    assert order.corpus is not None
    return schemas.dump(Audit, audit(order.corpus, read_rulebook(draft)))


def _robust(order: Order, draft: Path, _: Progress) -> Any:
    from tierengine.lab.corpus.robust import Robustness, robustness  # noqa: PLC0415

    assert order.corpus is not None
    return schemas.dump(Robustness, robustness(order.corpus, read_rulebook(draft)))


_MAKERS: dict[Kind, Callable[[Order, Path, Progress], Any]] = {
    "lint": _lint,
    "prove": _prove,
    "test": _test,
    "impact": _impact,
    "mutate": _mutate,
    "like-cases": _like_cases,
    "robust": _robust,
}
