"""What a government can still do: which answers it can change, from what, and in which direction only."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.engines.form import Bounds, Value
from tierengine.engines.logic import FALSE, Term, all_of
from tierengine.engines.proof import Case
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.law.entries import Indicator


def changeable(indicator: Indicator) -> bool:
    """Whether acts of the government in this period can better an answer that is known.

    The past cannot be undone: a number of acts that should be fewer does not sink, and what is declared `lasting`
    stays. A law in force can be amended either way. A figure that sets this period beside an earlier one moves with the
    acts of this period; the figure of the earlier one does not.
    """
    return why_fixed(indicator) is None


def why_fixed(indicator: Indicator) -> str | None:
    """Return why no act of the government in this period betters an answer; nothing if one can."""
    if indicator.looks_back:
        return "it is a fact of an earlier year"
    if not indicator.effort:
        return "it is no act of the government"
    if indicator.compared is not None or indicator.counts_kind is not None:
        return "it is worked out from other records"
    if indicator.better == "neither":
        return "the law calls no answer the better one"
    if indicator.kinds == ("law",):
        return None
    return "what was done cannot be undone" if indicator.lasting or indicator.better == "fewer" else None


def bettered(inquiry: Inquiry, case: Case, field: str) -> Term:
    """Return the term that an input has a better answer than the one known; if none is, than doing nothing gives.

    A number of which only bounds are known is bettered by more than its lowest, or by fewer than its highest.
    """
    indicator, before = inquiry.law.indicator(field), inquiry.facts.get(field)
    if indicator.type == "truth":
        better: Value = indicator.better == "true"
        return FALSE if before == better else case.answers(field, better)
    scale, known = case.values[field], case.known[field]
    low, high = (before.at_least, before.at_most) if isinstance(before, Bounds) else (before, before)
    if indicator.better == "more":
        return all_of((known, scale.at_least((scale.place(int(low or 0)) or 0) + 1)))
    return known if high is None else all_of((known, scale.at_most((scale.place(int(high)) or 0) - 1)))


def possible_actions(inquiry: Inquiry) -> Iterator[str]:
    """Yield the inputs that the government can still better, in the order of the statute."""
    for indicator in inquiry.law.indicators:
        if indicator.id in inquiry.fields and changeable(indicator):
            known = inquiry.facts.get(indicator.id)
            if indicator.type == "count" or known is None or known != (indicator.better == "true"):
                yield indicator.id
