"""Parts of a form: some of its propositions alone, with whatever else they look at as inputs.

What holds of every part holds of the whole, stratum by stratum. A part is small, and the same part stands in the law
of many dates, so that it is proved once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tierengine.engines.form import Field, Form, Stratum


def propositions(form: Form) -> Iterator[str]:
    """Yield every proposition of a form once, in the order of its strata."""
    yield from dict.fromkeys(rule.head for stratum in form.strata for rule in stratum.rules)


def at_liberty(form: Form) -> Form:
    """Return the form without its rules of coherence, so that its answers may contradict each other.

    What a rule asks for is no mistake where coherence says the same already: the law says both.
    """
    return form.model_copy(update={"coherence": ()})


def part_of(form: Form, heads: Collection[str]) -> Form:
    """Return the form of some propositions alone; what they look at and is not among them becomes an input."""
    strata = tuple(_only(each, heads) for each in form.strata if not each.heads.isdisjoint(heads))
    asked = {test.field for stratum in strata for rule in stratum.rules for test in rule.tests}
    tallies = [tally for stratum in strata for tally in stratum.tallies]
    asked |= {test.field for tally in tallies for member in tally.members for test in member}
    comparisons = tuple(comparison for comparison in form.comparisons if comparison.id in asked)
    asked |= {side for comparison in comparisons for side in (comparison.left, comparison.right)}
    inputs = tuple(field for field in form.inputs if field.id in asked)
    below = sorted(name for name in asked.difference(heads) if any(name in each.heads for each in form.strata))
    return Form(
        inputs=inputs + tuple(Field(id=name, type="truth") for name in below), comparisons=comparisons, strata=strata
    )


def _only(stratum: Stratum, heads: Collection[str]) -> Stratum:
    """The stratum with the rules of these propositions and the tallies that they look at."""
    rules = tuple(rule for rule in stratum.rules if rule.head in heads)
    counted = {test.field for rule in rules for test in rule.tests}
    tallies = tuple(each for each in stratum.tallies if {each.id + ".holds", each.id + ".fails"} & counted)
    return Stratum(tallies=tallies, rules=rules)
