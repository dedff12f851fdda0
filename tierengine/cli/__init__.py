"""The command line: each verb loads, makes one public call, prints, and ends with an exit code.

0 done; 1 unusable evidence, or a ledger out of reach; 2 usage; 3 unsound law; 4 done, and several tiers stay open;
5 a ledger that does not hold.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import NoReturn

from tierengine import canonical
from tierengine.cli.app import app
from tierengine.engines.measured import check_python
from tierengine.errors import (
    EvidenceError,
    LedgerError,
    MismatchError,
    RulebookError,
    StoreError,
    TierEngineError,
    UndecidedError,
    UsageError,
)

_RARELY = (200_000, 10, 10)
"""After how many new objects Python looks for those that only refer to one another; it does so after 700 by itself."""


def run() -> None:
    """Run the command line as a process of its own, which makes many objects once and ends soon.

    To look for garbage among them, and once more at the end, took a quarter of the time of an assessment.
    """
    gc.set_threshold(*_RARELY)
    try:
        main()
    finally:
        gc.freeze()  # nothing is looked through again at the end


def main() -> None:
    """Run the command line; every problem is printed on standard error, and the exit code says of what kind it is."""
    try:
        check_python()
        app(prog_name="tierengine")
    except MismatchError as error:
        _keep_traces(error)
        _fail(error, 3)
    except TierEngineError as error:
        codes = {
            EvidenceError: 1,
            StoreError: 1,
            UsageError: 2,
            RulebookError: 3,
            UndecidedError: 3,
            LedgerError: 5,
        }
        _fail(error, next(code for kind, code in codes.items() if isinstance(error, kind)))


def _keep_traces(error: MismatchError) -> None:
    raw = json.dumps(error.traces, indent=2, sort_keys=True, default=str).encode()
    kept = Path(f"mismatch-{canonical.digest(raw)[7:19]}.json")
    kept.write_bytes(raw)
    print(f"both traces are kept in {kept}", file=sys.stderr)


def _fail(error: TierEngineError, code: int) -> NoReturn:
    for problem in error.problems:
        print(problem, file=sys.stderr)
    sys.exit(code)
