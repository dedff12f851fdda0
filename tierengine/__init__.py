"""tierengine recommends a tier under the Trafficking Victims Protection Act, and shows why. A person determines.

    source document -> evidence record -> admitted -> finding (per criterion) -> conclusion (per standard)
        -> tiers still open -> recommendation (= its trace + its receipt) -> report -> a person's determination

The names here are the front door for programs; inside, each room imports from the rooms below it.
"""

from tierengine.errors import EvidenceError, MismatchError, NotInForceError, Problem, RulebookError, TierEngineError
from tierengine.evidence.dossier import read_dossier
from tierengine.law.reader import read_rulebook
from tierengine.reasoning.assess import Assessor, assess
from tierengine.terms.outcome import Outcome

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
