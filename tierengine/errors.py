"""Every error that leaves tierengine, on one screen.

    TierEngineError
    +-- EvidenceError       the dossier or a source document cannot be used
    |   +-- ClassifiedError a source is marked classified and was not read
    +-- UsageError          the question was put wrongly
    |   +-- RefusedError    an act that the rules of the ledger do not allow
    +-- RulebookError       the law as encoded is unsound
    |   +-- NotInForceError no encoded law covers the date
    |   +-- UnsafeRuleError a rule would meet a known trap of the rules engine
    +-- MismatchError       two evaluators disagree; there is no answer
    +-- LedgerError         a ledger, a packet or a key that does not hold
    +-- StoreError          a ledger, a packet or a key that cannot be read or written
    +-- UndecidedError      a solver gave up; nothing is proved either way

An error carries every problem that was found, not only the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: where it stands (`file:line:column`), what it is, and the cure."""

    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n    {self.cure}"


class TierEngineError(Exception):
    """The root of the tree; `problems` holds at least one `Problem`, ordered as found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        """Say how it is made again, so that it comes whole from another process."""
        return type(self), (self.problems,)


class EvidenceError(TierEngineError):
    """The dossier or one of its sources cannot be used."""


class ClassifiedError(EvidenceError):
    """A source carries a classification marking; nothing of it was extracted or repeated."""


class UsageError(TierEngineError):
    """The question was put wrongly: an unknown criterion, tier, format or file."""


class RefusedError(UsageError):
    """The rules of the ledger do not allow the act: four eyes, a digest that is no longer current, no reasons."""


class LedgerError(TierEngineError):
    """A ledger, a packet or a key does not hold: something in it is not what was sealed."""


class StoreError(TierEngineError):
    """A ledger, a packet or a key cannot be read or written; whether it holds is not known."""


class RulebookError(TierEngineError):
    """The law as encoded in `criteria/` and `rules/` is unsound."""


class NotInForceError(RulebookError):
    """No encoded law covers the date that was asked for."""


class UnsafeRuleError(RulebookError):
    """A rule would meet a known trap of the rules engine; it is refused before it is loaded."""


class MismatchError(TierEngineError):
    """Two evaluators disagree on a determination; `traces` keeps what each of them found."""

    def __init__(self, problems: Iterable[Problem], traces: dict[str, object]) -> None:
        super().__init__(problems)
        self.traces = traces

    def __reduce__(self) -> tuple[object, ...]:
        """Say how it is made again, with its traces."""
        return type(self), (self.problems, self.traces)


class UndecidedError(TierEngineError):
    """A solver gave up within its limit; nothing is proved either way."""
