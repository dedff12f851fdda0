"""What is worked out from a form or a rulebook is kept with it, and never goes along into a copy that is changed."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from datetime import date

from tests.conftest import ROOT, read_once
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.lowering import lower
from tierengine.engines.side_by_side import Reader
from tierengine.reasoning.assess import two_engines

LAW = read_once(ROOT).on(date(2007, 11, 9))


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


def test_the_engine_of_record_is_registered_once_and_anew_after_it_was_closed() -> None:
    """To register takes longer than to answer; one that was closed, as after a trap, never answers again."""
    form = lower(LAW).model_copy()
    first = two_engines(form)
    record = form.kept["engine of record"]
    assert isinstance(record, DurableEngine)
    assert two_engines(form).evaluate({}) == first.evaluate({})
    assert form.kept["engine of record"] is record
    record.close()
    assert two_engines(form).evaluate({}).fired == CompiledEngine(form).evaluate({}).fired
    assert form.kept["engine of record"] is not record


def test_a_form_goes_to_another_process_without_what_was_generated() -> None:
    """A generated function cannot be sent; the fields can, and they are all that a form is."""
    form = lower(LAW)
    CompiledEngine(form)
    sent = pickle.loads(pickle.dumps(form))  # noqa: S301 - our own bytes
    assert sent == form
    assert sent.kept == {}


def test_an_engine_goes_with_its_form() -> None:
    """What is registered lies outside Python's memory, so it must not wait until garbage is looked for."""
    form = lower(LAW).model_copy()
    two_engines(form).evaluate({})
    record = form.kept["engine of record"]
    assert isinstance(record, DurableEngine)
    gone = weakref.ref(record)
    gc.disable()
    try:
        del record, form
        assert gone() is None
    finally:
        gc.enable()


def test_what_a_class_makes_of_a_form_is_made_once() -> None:
    """Many countries share it; a copy of the form begins without it."""
    form = lower(LAW).model_copy()
    assert form.once(Reader) is form.once(Reader)
    assert form.model_copy().once(Reader) is not form.once(Reader)


def test_a_form_of_which_something_is_given_is_the_same_in_all_else() -> None:
    """What is given becomes an input and loses its rules; what hangs on answers nobody gave stays."""
    form = lower(LAW)
    given = form.given(["TIER-1", "TIER-2"])
    assert {each.id for each in given.inputs} == {*(each.id for each in form.inputs), "TIER-1", "TIER-2"}
    rules = [[rule for rule in stratum.rules if rule.head not in ("TIER-1", "TIER-2")] for stratum in form.strata]
    assert [list(stratum.rules) for stratum in given.strata] == rules
    assert given.coherence == form.coherence != ()
    assert given.unanswered == form.unanswered != ()
    assert given.comparisons == form.comparisons != ()
