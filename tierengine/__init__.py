"""tierengine recommends a tier under the Trafficking Victims Protection Act, and shows why. A person determines.

    source document -> evidence record -> admitted -> finding (per criterion) -> conclusion (per standard)
        -> tiers still open -> recommendation (= its trace + its receipt) -> report -> a person's determination

The names here are the front door for programs; inside, each package imports from those below it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierengine.errors import EvidenceError, MismatchError, NotInForceError, Problem, RulebookError, TierEngineError
    from tierengine.evidence.dossier import read_dossier
    from tierengine.law.reader import read_rulebook
    from tierengine.reasoning.assess import Assessor, assess
    from tierengine.terms.outcome import Outcome

_PLACES = {
    "Assessor": "reasoning.assess",
    "EvidenceError": "errors",
    "MismatchError": "errors",
    "NotInForceError": "errors",
    "Outcome": "terms.outcome",
    "Problem": "errors",
    "RulebookError": "errors",
    "TierEngineError": "errors",
    "assess": "reasoning.assess",
    "read_dossier": "evidence.dossier",
    "read_rulebook": "law.reader",
}

__all__ = [
    "Assessor",
    "EvidenceError",
    "MismatchError",
    "NotInForceError",
    "Outcome",
    "Problem",
    "RulebookError",
    "TierEngineError",
    "assess",
    "read_dossier",
    "read_rulebook",
]


def __getattr__(name: str) -> Any:
    """Load a name of the front door when it is first asked for, so that the command starts without all of them."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"tierengine.{_PLACES[name]}"), name)
