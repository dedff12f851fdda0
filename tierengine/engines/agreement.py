"""Two evaluators on every determination; where they disagree there is no answer."""

from __future__ import annotations

from dataclasses import asdict

from tierengine.engines.form import Engine, Evaluation, Facts
from tierengine.errors import MismatchError, Problem


class AgreedEngine:
    """Asks the engine of record and a second engine, and answers only if both found exactly the same."""

    def __init__(self, of_record: Engine, second: Engine) -> None:
        self._of_record = of_record
        self._second = second

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what both engines found. Raise `MismatchError`, which keeps both traces, if they differ."""
        first, second = self._of_record.evaluate(facts), self._second.evaluate(facts)
        if first != second:
            raise MismatchError(
                _differences(first, second),
                {
                    "facts": dict(facts),
                    "engine of record": asdict(first),
                    "second engine": asdict(second),
                },
            )
        return first


def _differences(first: Evaluation, second: Evaluation) -> list[Problem]:
    names = sorted(set(first.settled.items()) ^ set(second.settled.items()))
    rules = sorted(set(first.fired) ^ set(second.fired))
    return [
        Problem(
            where="the two evaluators",
            what="they disagree on "
            + ", ".join([f"`{name}`" for name, _ in names] + [f"rule `{rule}`" for rule in rules]),
            cure="do not use this determination; send the dossier and both traces to those who maintain tierengine",
        )
    ]
