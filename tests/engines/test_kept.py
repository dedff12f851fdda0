"""What is worked out from a form or a rulebook is kept with it, and never goes along into a copy that is changed."""

from __future__ import annotations

import copy
import pickle
from datetime import date

from tests.conftest import ROOT
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.lowering import lower
from tierengine.law.reader import read_rulebook

LAW = read_rulebook(ROOT).on(date(2007, 11, 9))


def test_what_was_generated_stays_with_its_form_and_not_with_a_copy() -> None:
    """The form of a law is lowered once and generated from once; a copy with other strata is generated from anew."""
    form = lower(LAW)
    assert lower(LAW) is form
    source = CompiledEngine(form).source
    assert CompiledEngine(form).source is source
    shorter = form.model_copy(update={"strata": form.strata[:1]})
    assert "TIER-1" in source
    assert "TIER-1" not in CompiledEngine(shorter).source
    assert copy.deepcopy(form).kept == {}


def test_a_form_goes_to_another_process_without_what_was_generated() -> None:
    """A generated function cannot be sent; the fields can, and they are all that a form is."""
    form = lower(LAW)
    CompiledEngine(form)
    sent = pickle.loads(pickle.dumps(form))  # noqa: S301 - our own bytes
    assert sent == form
    assert sent.kept == {}
