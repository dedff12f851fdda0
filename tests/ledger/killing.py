"""Starts writers at a ledger, one after the other, and kills each at a random moment.

It prints, as JSON, what was reported safe to the writers (entry number and digest), and how many were killed in the
middle of an entry. It is run as a process of its own, which imports everything once: python -m tests.ledger.killing
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.ledger.conftest import ORIGIN
from tierengine import canonical
from tierengine.ledger.book import Inputs, Ledger
from tierengine.ledger.keys import Key, Keys
from tierengine.ledger.store import Store

MOST = 3
"""Entries that a writer is let write at most, before it is killed amid the next one."""
LONGEST = 0.01
"""Seconds that it lives at most after it began that one."""


def main(place: str, folder: str, rounds: int, seed: int) -> None:
    """Kill so many writers."""
    Store(place).close()  # the driver of its database is imported once, and not by each writer
    chance, keys = random.Random(seed), Keys(Path(folder))
    author, seal, content = keys.of("Ann Lee"), keys.of(ORIGIN), json.load(sys.stdin)
    safe: list[tuple[int, str]] = []
    amid = 0
    for number in range(rounds):
        said = _killed(
            chance, lambda ready, number=number: _write(place, author, seal, content | {"case": f"k{number}"}, ready)
        )
        safe += [(int(words[0]), words[1]) for words in (line.split() for line in said) if len(words) == 2]
        amid += said[-1:] == ["begun"]
    json.dump({"safe": safe, "amid": amid}, sys.stdout)


def _killed(chance: random.Random, write: Any) -> list[str]:
    """Run a writer in a process of its own, kill it some time after it began, and return the lines that it wrote."""
    inside, outside = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inside)
        try:
            write(outside)
        finally:
            os._exit(1)  # a writer never ends by itself
    os.close(outside)
    with os.fdopen(inside, encoding="utf-8") as lines:
        # So many lines, whatever else the machine does: a writer reports each entry twice.
        said = [lines.readline() for _ in range(2 * chance.randint(0, MOST) + 1)]
        time.sleep(chance.uniform(0, LONGEST))
        os.kill(child, signal.SIGKILL)
        said = [line.strip() for line in (*said, *lines)]
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, said
    return said


def _write(place: str, author: Key, seal: Key, content: dict[str, Any], pipe: int) -> None:
    """Append entries with an input of their own until killed; report when each is begun, and when it is safe."""
    ledger = Ledger(Store(place))
    with ledger.store.reading():
        pass  # the time that it takes to connect is no moment of an entry
    for number in range(1_000_000):
        answer = canonical.encode({"case": content["case"], "number": number})
        entry = content | {"case": f"{content['case']}-{number}", "answer": canonical.digest(answer)}
        os.write(pipe, b"begun\n")
        written, raw = ledger.append(entry, Inputs(files=(answer,)), author, seal)
        os.write(pipe, f"{written.number} {canonical.digest(raw)}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
