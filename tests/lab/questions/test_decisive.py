"""What decides that a completion is off a row: whoever answers so is off it, and can still answer the rest."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tierengine.engines.form import Bounds, Facts, Value
from tierengine.engines.logic import negate
from tierengine.engines.lowering import judged
from tierengine.engines.solver import Model
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.questions.decisive import Decisive
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of


def unrated(facts: Facts) -> dict[str, Value | Bounds]:
    """The facts as if nobody had rated an open word, so that several tiers are open."""
    kept = {name: value for name, value in facts.items() if not name.startswith("rating/")}
    return kept | dict.fromkeys((name for name in kept if name.startswith("judged/")), False)


def completion_of(inquiry: Inquiry, row: str) -> Model:
    """A completion that reaches a row, in which nobody rates an open word."""
    found = inquiry.find(inquiry.whole.shown[row])
    assert found is not None
    return found


@pytest.mark.parametrize("seed", ["guatemala-2007", "invented-2019", "invented-rise"])
def test_decisive_answers_decide_whatever_the_others_are(seed: str, rulebook: Rulebook) -> None:
    """No completion with them reaches the row, some has them, and they are mostly far fewer than all."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = law_of(casefile, rulebook)
    inquiry = Inquiry(law, unrated(admit(casefile, law).facts))
    decisive, few, loose = inquiry.once(Decisive), 0, 0
    asked = {*inquiry.unknown, *(judged(name) for name in inquiry.unrated)}
    pairs = [(row, other) for row in inquiry.witnesses for other in inquiry.witnesses if row != other]
    for row, other in pairs:
        elsewhere = completion_of(inquiry, other)
        sides = decisive.sides(elsewhere)
        assert decisive.go_along(sides)
        found = decisive.of(sides, (), row)
        terms = [side for _, side in found]
        given = inquiry.whole.gives(inquiry.fixed)
        assert inquiry.solver.find(*given, *terms) is not None
        assert inquiry.solver.find(*given, *terms, inquiry.whole.shown[row]) is None
        decided = {name for name, _ in found}
        reaching = completion_of(inquiry, row)
        scales = {name: inquiry.whole.values[name] for name in asked - decided}
        beside = [scale.at(scale.lies_at(reaching)) for scale in scales.values()]
        assert inquiry.solver.find(*given, *terms, *beside) is not None, "they go along with any completion's"
        few += len(decided) * 2 < len(asked)
        scales = {name: inquiry.whole.values[name] for name in decided}
        loose += any(side not in scales[name].sides(scales[name].lies_at(elsewhere)) for name, side in found)
    assert pairs
    assert loose, "a number decides by what is enough, and not by what it is"
    assert few * 2 > len(pairs)


def test_answers_that_contradict_the_facts_do_not_go_along(rulebook: Rulebook) -> None:
    """A settling answer is then excluded by itself, since nothing of it is known to decide."""
    casefile = read_dossier(ROOT / "seeds" / "guatemala-2007" / "dossier.yaml")
    law = law_of(casefile, rulebook)
    inquiry = Inquiry(law, admit(casefile, law).facts)
    *_, shown = inquiry.whole.gives(inquiry.fixed)
    completion = inquiry.whole.solver(inquiry.whole.follows).find(negate(shown))
    assert completion is not None
    assert not inquiry.once(Decisive).go_along(inquiry.once(Decisive).sides(completion))
