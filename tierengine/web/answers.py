"""Answers, kept by the digests of what they were made from: the same question is worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, TypeVar

from tierengine.coding.proposing import Setting
from tierengine.coding.reader import Reader
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.rate import RatingSheet, sheet_of
from tierengine.law.questions import QuestionTable, questions
from tierengine.law.rulebook import Law
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Assessment
from tierengine.web.lawbook import Lawbook

Made = TypeVar("Made")

_MOST = 512
"""Answers that are kept at most; those that were asked for longest ago go first."""


class Answers:
    """Makes answers under the law as it stands, one at a time: the engines are not made for several threads."""

    def __init__(self, lawbook: Lawbook) -> None:
        self._lawbook = lawbook
        self._lock = RLock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def assessment(self, casefile: Casefile) -> Assessment:
        """Return the assessment of a dossier under the law of its own date. Raise what `assess` raises."""
        return self.kept("assessment", casefile, lambda: self.assessor(casefile).assess(casefile))

    def rating_sheet(self, casefile: Casefile) -> RatingSheet:
        """Return the rating sheet of a dossier."""
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

    def setting(self, casefile: Casefile) -> Setting:
        """Return what is known before a sentence of a source of the dossier is read, to propose records for it."""
        dossier, law = casefile.dossier, self.law(casefile)
        reader = self._of(("reader", law.digest, law.as_of), lambda: Reader(self._lawbook.rulebook, law))
        return Setting(reader, law, dossier.period, f"Government of {dossier.government.name}", covers_period=False)

    def questions(self, casefile: Casefile) -> QuestionTable:
        """Return every question of the law of a dossier's date."""
        law = self.law(casefile)
        return self._of(("questions", law.digest, law.as_of), lambda: questions(law))

    def kept(self, question: str, casefile: Casefile, make: Callable[[], Made], *given: Hashable) -> Made:
        """Return the answer to a question on a dossier; it is made where it is not known for this dossier and law.

        `given` is whatever else the answer depends on.
        """
        key = (question, casefile.digest, casefile.document.name, self._lawbook.rulebook.digest, *given)
        return self._of(key, make)

    def _of(self, key: Hashable, make: Callable[[], Made]) -> Made:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                known: Made = self._known[key]
                return known
            made = make()
            self._known[key] = made
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
            return made
