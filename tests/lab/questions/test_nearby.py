"""What is seen near a completion: other completions of the same facts, and most of what a solver would be asked."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import randoms

from tierengine.engines.form import Bounds
from tierengine.engines.lowering import judged
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.words import leaf_name

QUICK = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def test_what_is_near_a_witness_is_a_completion_with_one_other_answer(rulebook: Rulebook, guatemala: Casefile) -> None:
    """The solver finds it too, in the row that was seen; and most of what one answer can lead to is seen."""
    law = law_of(guatemala, rulebook)
    known = admit(guatemala, law).facts

    @QUICK
    @given(randoms(use_true_random=False))
    def run(chance: Random) -> None:
        kept = {name: known[name] for name in sorted(known) if name.startswith("judged/") or chance.random() < 0.7}
        counts = ["trafficking_cases_processed", "victims_in_country", "trafficking_convictions"]
        inquiry = Inquiry(law, {**kept, chance.choice(counts): Bounds(1, 3)})
        case, facts = inquiry.whole, inquiry.whole.gives(inquiry.fixed)
        for witness, near in inquiry.nearby:
            answers = {**inquiry.witnesses[witness], near.question: near.answer}
            if near.question.startswith("rating/"):
                answers[judged(leaf_name(near.question))] = True
            given = (case.answers(*each) for each in answers.items())
            assert inquiry.solver.find(*facts, *given, *(case.shown[each] for each in near.rows)) is not None, near
            assert near.rows
        seen = {(near.question, near.answer, row) for _, near in inquiry.nearby for row in near.rows}
        possible = [row for left in inquiry.left_open(inquiry.unknown).values() for rows in left for row in rows]
        assert len(seen) * 2 > len(possible)

    run()
