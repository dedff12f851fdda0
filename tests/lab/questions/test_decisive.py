"""What decides that a completion is off a row: whoever answers so is off it, and can still answer the rest."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tierengine.engines.form import Bounds, Facts, Value
from tierengine.engines.logic import Term
from tierengine.engines.lowering import judged
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


def places_of(inquiry: Inquiry, row: str) -> dict[str, int]:
    """The places of the answers of a completion that reaches a row, in which nobody rates an open word."""
    completion = inquiry.witnesses[row] | dict.fromkeys((judged(name) for name in inquiry.unrated), False)
    asked = {*inquiry.unknown, *(judged(name) for name in inquiry.unrated)}
    return {name: inquiry.whole.rank(name, value) for name, value in completion.items() if name in asked}


def terms_of(inquiry: Inquiry, places: dict[str, int]) -> dict[str, Term]:
    """The terms of answers at their places."""
    return {name: inquiry.whole.values[name].at(place) for name, place in places.items()}


@pytest.mark.parametrize("seed", ["guatemala-2007", "invented-2019", "invented-rise"])
def test_decisive_answers_decide_whatever_the_others_are(seed: str, rulebook: Rulebook) -> None:
    """No completion with them reaches the row, some has them, and they are mostly far fewer than all."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = law_of(casefile, rulebook)
    inquiry = Inquiry(law, unrated(admit(casefile, law).facts))
    decisive, few = inquiry.once(Decisive), 0
    pairs = [(row, other) for row in inquiry.witnesses for other in inquiry.witnesses if row != other]
    for row, other in pairs:
        places = places_of(inquiry, other)
        assert decisive.go_along(places)
        found = decisive.of(places, (), row)
        terms = [side for _, side in found]
        given = inquiry.whole.gives(inquiry.fixed)
        assert inquiry.solver.find(*given, *terms) is not None
        assert inquiry.solver.find(*given, *terms, inquiry.whole.shown[row]) is None
        decided = {name for name, _ in found}
        beside = terms_of(inquiry, {name: at for name, at in places_of(inquiry, row).items() if name not in decided})
        assert inquiry.solver.find(*given, *terms, *beside.values()) is not None, "they go along with any completion's"
        few += len(decided) * 2 < len(places)
    assert pairs
    assert few * 2 > len(pairs)


def test_answers_that_contradict_the_facts_do_not_go_along(rulebook: Rulebook) -> None:
    """A settling answer is then excluded by itself, since nothing of it is known to decide."""
    casefile = read_dossier(ROOT / "seeds" / "guatemala-2007" / "dossier.yaml")
    law = law_of(casefile, rulebook)
    inquiry = Inquiry(law, admit(casefile, law).facts)
    name, value = next((n, v) for n, v in inquiry.fixed.items() if n in inquiry.fields and isinstance(v, bool))
    assert not inquiry.once(Decisive).go_along({name: inquiry.whole.rank(name, not value)})
