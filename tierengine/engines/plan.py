"""What there is to be worked out for a form of many countries at once, whatever keeps the truths of all of them.

What is true of many countries is one plane. A plan gives every test, every rule and both rails of every proposition
the slot of its plane, and says in which order which planes are taken together.
"""

from __future__ import annotations

from dataclasses import dataclass

from tierengine.engines.form import Form, Stratum, Tally, Test, Value

Rail = tuple[int, int]
"""The slots of a truth: where it is shown, and where it is refuted."""

NOWHERE = 0
"""The slot of the plane on which no bit is set."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is worked out of one stratum, in this order."""

    tallies: tuple[Tally, ...]
    tests: tuple[tuple[int, Test], ...]
    """The tests of numbers and choices that no stratum below it asks, each with its slot."""
    conjunctions: tuple[tuple[int, tuple[int, ...]], ...]
    """The rules of several tests: the slot of each, and the slots of its tests."""
    unions: tuple[tuple[int, tuple[int, ...]], ...]
    """The rails of several rules: the slot of each, and the slots of its rules."""


class Plan:
    """What there is to be worked out for a form, each plane with its slot; made once, since it is run often.

    A rule of one test has the slot of that test, and a rail of one rule has the slot of that rule.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.slots = 1
        self.truths: dict[str, Rail] = {}
        """Each truth that is an input, and each comparison."""
        self.rules: dict[str, int] = {}
        self.heads: dict[str, Rail] = {}
        self._tests: dict[tuple[str, str, Value], int] = {}
        truths = [field.id for field in form.inputs if field.type == "truth"]
        for name in (*truths, *(comparison.id for comparison in form.comparisons)):
            self.truths[name] = self._slot(), self._slot()
        self.steps = tuple(self._step(stratum) for stratum in form.strata)
        self.doubtful = tuple(rail for rail in dict.fromkeys(self.heads.values()) if NOWHERE not in rail)
        """The heads that could both hold and fail, had the rules been written so."""

    def _slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def _step(self, stratum: Stratum) -> Step:
        tests: list[tuple[int, Test]] = []
        counted = [test for tally in stratum.tallies for member in tally.members for test in member]
        for test in (*counted, *(test for rule in stratum.rules for test in rule.tests)):
            key = test.field, test.op, test.value
            rail = self.heads.get(test.field) or self.truths.get(test.field)
            if rail is not None:
                self._tests[key] = rail[0] if (test.value is True) == (test.op == "==") else rail[1]
            elif key not in self._tests:
                self._tests[key] = self._slot()
                tests.append((self._tests[key], test))
        joined: list[tuple[int, tuple[int, ...]]] = []
        for rule in stratum.rules:
            self.rules[rule.id] = self._joined(tuple(self.slot(test) for test in rule.tests), joined)
        rails: dict[tuple[str, bool], list[int]] = {}
        for rule in stratum.rules:
            rails.setdefault((rule.head, rule.holds), []).append(self.rules[rule.id])
        met: list[tuple[int, tuple[int, ...]]] = []
        for head in dict.fromkeys(rule.head for rule in stratum.rules):
            shown, refuted = (self._joined(tuple(rails.get((head, side), ())), met) for side in (True, False))
            self.heads[head] = shown, refuted
        return Step(stratum.tallies, tuple(tests), tuple(joined), tuple(met))

    def _joined(self, of: tuple[int, ...], written: list[tuple[int, tuple[int, ...]]]) -> int:
        """The slot of several slots taken together; of one it is its own."""
        if len(of) < 2:
            return of[0] if of else NOWHERE
        written.append((self._slot(), of))
        return written[-1][0]

    def slot(self, test: Test) -> int:
        """Return the slot of the records on which a test is known to be true."""
        return self._tests[test.field, test.op, test.value]
