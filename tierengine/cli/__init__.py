"""The command line: each verb loads, makes one public call, prints, and ends with an exit code.

0 done; 1 unusable evidence, or a ledger out of reach; 2 usage; 3 unsound law; 4 done, and several tiers stay open;
5 a ledger that does not hold.
"""

from __future__ import annotations

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


def main() -> None:
    """Run the command line; every problem is told on standard error, and the exit code says of what kind it is."""
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
