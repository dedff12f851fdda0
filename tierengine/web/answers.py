"""Answers, kept by the digests of what they were made from: the same question is worked out once.

What works them out is loaded with the first question of its kind: the list of countries may need none of it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tierengine.evidence.dossier import Casefile
from tierengine.law.rulebook import Law
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Assessment
from tierengine.terms.tier import Tier
from tierengine.web.lawbook import Lawbook
from tierengine.web.remembered import InShort, Remembered

if TYPE_CHECKING:
    from tierengine.coding.proposing import Setting
    from tierengine.lab.questions.path import WayUp
    from tierengine.lab.questions.rate import RatingSheet
    from tierengine.lab.questions.settle import CollectionPlan
    from tierengine.law.questions import QuestionTable

Made = TypeVar("Made")

_NOTHING = object()
_MOST = 512
"""Answers that are kept at most; those that were asked for longest ago go first."""


class Answers:
    """Makes answers under the law as it stands, one at a time: the engines are not made for several threads."""

    def __init__(self, lawbook: Lawbook, remembered: Remembered | None = None) -> None:
        self._lawbook = lawbook
        self._remembered = remembered
        self._engines = RLock()
        self._searches = RLock()
        """For what may take long: each search makes engines of its own, so that no page waits for it."""
        self._memory = Lock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def assessment(self, casefile: Casefile) -> Assessment:
        """Return the assessment of a dossier under the law of its own date. Raise what `assess` raises."""
        return self.kept("assessment", casefile, lambda: self.assessor(casefile).assess(casefile))

    def rating_sheet(self, casefile: Casefile) -> RatingSheet:
        """Return the rating sheet of a dossier."""
        from tierengine.lab.questions.rate import sheet_of  # noqa: PLC0415

        return self.kept(
            "sheet", casefile, lambda: sheet_of(casefile, self.assessor(casefile), self.assessment(casefile))
        )

    def law(self, casefile: Casefile) -> Law:
        """Return the law of a dossier's date. Raise `NotInForceError` if none is encoded for it."""
        return self.kept("law", casefile, lambda: law_of(casefile, self._lawbook.rulebook))

    def assessor(self, casefile: Casefile) -> Assessor:
        """Return what assesses dossiers of the same date; use it within `kept` only."""
        law = self.law(casefile)
        return self._of(("assessor", law.digest, law.as_of), lambda: Assessor(law))

    def listed(self, casefile: Casefile) -> InShort:
        """Return what a list says of the recommendation; it may be known since the desk was open last."""
        return self.kept("listed", casefile, lambda: self._listed(casefile))

    def is_listed(self, casefile: Casefile) -> bool:
        """Say whether what a list says is known already, or has first to be worked out."""
        return self._find(self._key("listed", casefile)) is not _NOTHING or self._known_before(casefile) is not None

    def _known_before(self, casefile: Casefile) -> InShort | None:
        law = self._lawbook.rulebook.digest
        return self._remembered.find(casefile, law) if self._remembered is not None else None

    def _listed(self, casefile: Casefile) -> InShort:
        law = self._lawbook.rulebook.digest
        if (known := self._known_before(casefile)) is not None:
            return known
        found = InShort.of(self.in_short(casefile).recommendation)
        if self._remembered is not None:
            self._remembered.add(casefile, law, found)
        return found

    def remember(self) -> None:
        """Keep what was listed for when the desk is opened again."""
        if self._remembered is not None:
            self._remembered.write()

    def unread(self, casefile: Casefile) -> Mapping[str, int]:
        """Return how many sentences of each source are not coded."""
        return self.kept("unread", casefile, lambda: Counter(at.partition(" ")[0] for at, _ in casefile.uncoded()))

    def in_short(self, casefile: Casefile) -> Assessment:
        """Return an assessment without witnesses, doubts and hinges, as a list or a supposition needs it."""
        return self.kept("in short", casefile, lambda: self.quick(casefile).assess(casefile))

    def quick(self, casefile: Casefile) -> Assessor:
        """Return an assessor that gives the same tiers and findings, and looks for no witness, doubt or hinge."""
        law = self.law(casefile)
        return self._of(("quick", law.digest, law.as_of), lambda: Assessor(law, certified=False))

    def plan(self, casefile: Casefile) -> CollectionPlan:
        """Return what would settle the tier of a dossier."""
        from tierengine.lab.questions.settle import settle  # noqa: PLC0415

        key = self._key("plan", casefile)
        return self._of(key, lambda: settle(casefile, self._lawbook.rulebook), self._searches)

    def has_plan(self, casefile: Casefile) -> bool:
        """Say whether the plan is there already, or has first to be worked out, which may take a while."""
        with self._memory:
            return self._key("plan", casefile) in self._known

    def way_up(self, casefile: Casefile, tier: Tier) -> WayUp:
        """Return the fewest acts of the government that reach a tier. Raise what `path` raises."""
        from tierengine.lab.questions.path import path  # noqa: PLC0415

        key = self._key("path", casefile, tier)
        return self._of(key, lambda: path(casefile, self._lawbook.rulebook, tier), self._searches)

    def setting(self, casefile: Casefile) -> Setting:
        """Return what is known before a sentence of a source of the dossier is read, to propose records for it."""
        from tierengine.coding.proposing import Setting  # noqa: PLC0415
        from tierengine.coding.reader import Reader  # noqa: PLC0415

        dossier, law = casefile.dossier, self.law(casefile)
        reader = self._of(("reader", law.digest, law.as_of), lambda: Reader(self._lawbook.rulebook, law))
        return Setting(reader, law, dossier.period, f"Government of {dossier.government.name}", covers_period=False)

    def questions(self, casefile: Casefile) -> QuestionTable:
        """Return every question of the law of a dossier's date."""
        from tierengine.law.questions import questions  # noqa: PLC0415

        law = self.law(casefile)
        return self._of(("questions", law.digest, law.as_of), lambda: questions(law))

    def kept(self, question: str, casefile: Casefile, make: Callable[[], Made], *given: Hashable) -> Made:
        """Return the answer to a question on a dossier; it is made where it is not known for this dossier and law.

        `given` is whatever else the answer depends on.
        """
        return self._of(self._key(question, casefile, *given), make)

    def _key(self, question: str, casefile: Casefile, *given: Hashable) -> Hashable:
        return (question, casefile.digest, casefile.document.name, self._lawbook.rulebook.digest, *given)

    def _of(self, key: Hashable, make: Callable[[], Made], making: AbstractContextManager[Any] | None = None) -> Made:
        """Return what is known under a key, else make it; nobody makes the same a second time meanwhile."""
        if (known := self._find(key)) is not _NOTHING:
            return cast("Made", known)
        with making or self._engines:
            if (known := self._find(key)) is not _NOTHING:
                return cast("Made", known)
            made = make()
            with self._memory:
                self._known[key] = made
                while len(self._known) > _MOST:
                    self._known.popitem(last=False)
            return made

    def _find(self, key: Hashable) -> Any:
        with self._memory:
            if key not in self._known:
                return _NOTHING
            self._known.move_to_end(key)
            return self._known[key]
