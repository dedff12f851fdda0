"""Random small laws and random facts for them.

A law is put together in the order in which its parts may ask for one another, then shuffled, so that it has
no circle and no engine can rely on the order in which it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from tierengine.engines.arithmetic import decide, thresholds
from tierengine.engines.form import Bounds, Form, Unanswered
from tierengine.engines.lowering import lower
from tierengine.law.entries import Coherence, Conclusion, Criterion, Route, TierRow
from tierengine.law.rulebook import Law
from tierengine.terms.level import rank
from tierengine.terms.tier import TIERS

Value = bool | int | str
Draw = st.DrawFn
Written = dict[str, Any]
"""A part of an entry as the reader of YAML hands it to the models: scalars are text."""

CITATION: Written = {"authority": "policy", "source": "made up for a test"}
ENTRY: Written = {"citation": CITATION, "in_force": {"from": "2000-01-01"}}
SCALES = (("met",), ("partly met", "met"), ("largely met", "met"), ("partly met", "largely met", "met"))
WORDS = ("none", "draft", "enacted")


@dataclass
class Askable:
    """What a condition may ask about, so far."""

    indicators: list[Written] = field(default_factory=list)
    judgements: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    findings: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    conclusions: list[str] = field(default_factory=list)

    def sorts(self) -> list[str]:
        """The words of the single conditions for which there is something to ask."""
        named = {
            "indicator": self.indicators,
            "judgement": self.judgements,
            "finding": self.findings,
            "conclusion": self.conclusions,
        }
        return [word for word, known in named.items() if known]


@st.composite
def laws(draw: Draw, most_criteria: int = 5) -> Law:
    """A law of a few criteria, conclusions, tier rows and routes, without a circle."""
    askable = Askable()
    criteria: list[Criterion] = []
    conclusions: list[Conclusion] = []
    for number in range(draw(st.integers(1, most_criteria))):
        criteria.append(_criterion(draw, askable, f"C{number}"))
        if draw(st.booleans()):
            name = f"so-{number}"
            conclusions.append(Conclusion.model_validate(_conditional(draw, askable, name)))
            askable.conclusions.append(name)
    tiers: list[TierRow] = []
    for tier in TIERS[: draw(st.integers(2, 4))]:
        name = f"T-{tier}"
        tiers.append(TierRow.model_validate(_conditional(draw, askable, name) | {"tier": tier}))
        askable.conclusions.append(name)
    routes = [
        Route.model_validate(_conditional(draw, askable, f"way-{number}")) for number in range(draw(st.integers(0, 2)))
    ]
    return Law(
        as_of=date(2007, 11, 9),
        digest="made up",
        criteria=tuple(draw(st.permutations(criteria))),
        admissions=(),
        certainties=(),
        conclusions=tuple(draw(st.permutations(conclusions))),
        tiers=tuple(draw(st.permutations(tiers))),
        routes=tuple(routes),
        advice=(),
        progress=(),
        tiers_since=dict.fromkeys(TIERS, date(2000, 1, 1)),
    )


def bounds() -> st.SearchStrategy[Bounds]:
    """Bounds of a count of which some number lies between them, on both sides of what a random law asks."""
    pairs = st.tuples(st.integers(0, 5), st.none() | st.integers(0, 4))
    return pairs.map(lambda pair: Bounds(pair[0], None if pair[1] is None else pair[0] + pair[1]))


@st.composite
def loosely(draw: Draw, law: Law, most_unknown: int | None = None) -> dict[str, Value | Bounds]:
    """What is known of one country, of which some counts have bounds and some comparisons are answered directly.

    A direct answer goes along with what the two numbers say, as admission sees to it.
    """
    facts: dict[str, Value | Bounds] = dict(draw(facts_for(law, most_unknown)))
    for indicator in law.indicators:
        if indicator.type == "count" and indicator.id in facts and draw(st.booleans()):
            facts[indicator.id] = draw(bounds())
    for indicator in law.indicators:
        if indicator.compared is not None and draw(st.booleans()):
            sides = facts.get(indicator.compared.greater), facts.get(indicator.compared.than)
            decided = decide(*sides)
            facts[indicator.id] = draw(st.booleans()) if decided is None else decided
    return facts


@st.composite
def coherent_laws(draw: Draw) -> Law:
    """A law with rules of coherence on its answers, ratings, findings and placements; they may exclude every case."""
    law = draw(laws(most_criteria=2))
    askable = Askable(indicators=[i.model_dump(exclude_none=True) for i in law.indicators])
    counts = [i.id for i in law.indicators if i.type == "count"]
    for criterion in law.criteria:
        levels = tuple(rung.level for rung in criterion.rules)
        askable.findings.append((criterion.id, levels))
        if criterion.judgement is not None:
            askable.judgements.append((criterion.judgement.id, levels))
    made = []
    for number in range(draw(st.integers(1, 3))):
        then = _condition(draw, askable)
        if len(counts) > 1 and draw(st.booleans()):
            less, more = draw(st.permutations(counts))[:2]
            then = {"indicator": less, "no_more_than": more}
        when = {"when": _condition(draw, askable)} if draw(st.booleans()) else {}
        written = ENTRY | when | {"id": f"COH-{number}", "says": "so", "because": "so", "then": then, "examples": ()}
        made.append(Coherence.model_validate(written))
    return replace(law, coherence=tuple(made))


@st.composite
def facts_for(draw: Draw, law: Law, most_unknown: int | None = None) -> dict[str, Value]:
    """What is known of one country: some inputs are absent, at most so many of them if a limit is given."""
    facts: dict[str, Value] = {f"judged/{name}": False for name in law.judges}
    inputs = inputs_of(law)
    unknown = draw(st.sets(st.sampled_from(sorted(inputs)), max_size=most_unknown))
    for name, values in inputs.items():
        if name not in unknown:
            facts[name] = draw(values)
            if name.startswith("rating/"):
                facts[f"judged/{name.removeprefix('rating/')}"] = True
    return facts


def inputs_of(law: Law) -> dict[str, st.SearchStrategy[Value]]:
    """Every input that may be unknown, and what it may hold."""
    inputs: dict[str, st.SearchStrategy[Value]] = {}
    for indicator in law.indicators:
        if indicator.compared is not None:
            continue
        if indicator.type == "truth":
            inputs[indicator.id] = st.booleans()
        elif indicator.type == "count":
            inputs[indicator.id] = st.integers(0, 5)
        else:
            inputs[indicator.id] = st.sampled_from(indicator.choices)
    for criterion in law.criteria:
        if criterion.judgement is not None:
            ranks = sorted(rank(level) for level in criterion.judgement.rubric)
            inputs[f"rating/{criterion.judgement.id}"] = st.sampled_from(ranks)
    return inputs | {name: st.sampled_from(answers) for name, answers in Law.PLACEMENTS.items()}


def without_ratings(facts: Mapping[str, Value], law: Law) -> list[str]:
    """The unknown inputs that are not left to a person's judgement."""
    return [name for name in inputs_of(law) if name not in facts and not name.startswith("rating/")]


def _criterion(draw: Draw, askable: Askable, name: str) -> Criterion:
    levels = draw(st.sampled_from(SCALES))
    anchors = dict.fromkeys(("not met", *levels), "so")
    indicators = _indicators(draw, askable, name)
    askable.indicators += indicators
    written: Written = ENTRY | {
        "id": name,
        "part": "factor",
        "title": name,
        "question": name,
        "direction": "favours the government",
        "scale": anchors,
        "met_from": draw(st.sampled_from(levels)),
        "indicators": tuple(indicators),
        "examples": (),
    }
    if draw(st.booleans()):
        judgement = f"weight_of_{name}"
        written["judgement"] = {"id": judgement, "words": ("vigorous",), "question": name, "rubric": anchors}
        askable.judgements.append((judgement, levels))
    written["rules"] = tuple({"level": level, "says": "so", "when": _condition(draw, askable)} for level in levels)
    if draw(st.integers(0, 2)) == 0:
        written["presumption"] = {"says": "so", "citation": CITATION, "when": _condition(draw, askable)}
    askable.findings.append((name, levels))
    return Criterion.model_validate(written)


def _indicators(draw: Draw, askable: Askable, criterion: str) -> list[Written]:
    least = 0 if askable.indicators else 1
    types = draw(st.lists(st.sampled_from(("truth", "count", "choice", "compared")), min_size=least, max_size=3))
    found: list[Written] = []
    for number, type_ in enumerate(types):
        known = [i["id"] for i in (*askable.indicators, *found) if i["type"] == "count"]
        indicator: Written = {"id": f"{criterion}_{number}", "asks": "so", "better": "neither", "type": type_}
        if type_ == "compared":
            indicator["type"] = "truth"
            if len(known) > 1:
                greater, than = draw(st.permutations(known))[:2]
                indicator["compared"] = {"greater": greater, "than": than}
        elif type_ == "count":
            indicator["unit"] = "cases"
        elif type_ == "choice":
            indicator["choices"] = WORDS
        found.append(indicator)
    return found


def _conditional(draw: Draw, askable: Askable, name: str) -> Written:
    return ENTRY | {"id": name, "says": "so", "when": _condition(draw, askable)}


def _condition(draw: Draw, askable: Askable) -> Written:
    return _tree(draw, askable, leaves=draw(st.integers(1, 4)), depth=3)


def _tree(draw: Draw, askable: Askable, leaves: int, depth: int) -> Written:
    if depth == 0:
        return _single(draw, [*askable.sorts(), "placement"], askable)
    word = draw(st.sampled_from(("all", "any", "some", "not") if leaves > 1 else ("single", "not", "single")))
    if word == "single":
        return _tree(draw, askable, leaves, depth=0)
    if word == "not":
        return {"not": _tree(draw, askable, leaves, depth - 1)}
    if word == "some":
        parts = tuple(_single(draw, askable.sorts(), askable) for _ in range(leaves))
        return {"some": {"at_least": str(draw(st.integers(1, leaves))), "of": parts}}
    sizes: list[int] = []
    while sum(sizes) < leaves:
        sizes.append(draw(st.integers(1, leaves - sum(sizes))))
    return {word: tuple(_tree(draw, askable, size, depth - 1) for size in sizes)}


def _single(draw: Draw, sorts: list[str], askable: Askable) -> Written:
    word = draw(st.sampled_from(sorts))
    if word == "placement":
        name = draw(st.sampled_from(sorted(Law.PLACEMENTS)))
        return {"placement": name, "is": draw(st.sampled_from(Law.PLACEMENTS[name]))}
    if word == "conclusion":
        return {"conclusion": draw(st.sampled_from(askable.conclusions))}
    if word == "indicator":
        return _asked(draw, draw(st.sampled_from(askable.indicators)))
    name, levels = draw(st.sampled_from(askable.judgements if word == "judgement" else askable.findings))
    if word == "finding" and draw(st.booleans()):
        return {"finding": name}
    return {word: name, "at_least": draw(st.sampled_from(levels))}


def _asked(draw: Draw, indicator: Written) -> Written:
    if indicator["type"] == "count":
        comparison = draw(st.sampled_from(("at_least", "at_most")))
        return {"indicator": indicator["id"], comparison: str(draw(st.integers(0, 4)))}
    answers = ("true", "false") if indicator["type"] == "truth" else WORDS
    return {"indicator": indicator["id"], "is": draw(st.sampled_from(answers))}


@st.composite
def forms(draw: Draw) -> Form:
    """The form of a law, of which some propositions must hold of every country.

    Of some inputs others say what they are where nobody answers them; nothing shows itself, directly or through others.
    """
    form = lower(draw(laws()))
    heads = sorted({rule.head for stratum in form.strata for rule in stratum.rules})
    coherent = draw(st.sets(st.sampled_from(heads), max_size=2))
    truths = sorted(each.id for each in (*form.inputs, *form.answerable()) if each.type == "truth")
    unanswered = []
    for number in sorted(draw(st.sets(st.integers(1, len(truths) - 1), max_size=2))) if len(truths) > 1 else ():
        shown = draw(st.sets(st.sampled_from(truths[:number]), max_size=2))
        denied = draw(st.sets(st.sampled_from([name for name in truths if name != truths[number]]), max_size=2))
        taken = Unanswered(id=truths[number], shown_by=tuple(sorted(shown)), denied_with=tuple(sorted(denied)))
        unanswered.append(taken)
    return form.model_copy(update={"coherence": tuple(sorted(coherent)), "unanswered": tuple(unanswered)})


@st.composite
def facts_of(draw: Draw, form: Form) -> dict[str, Value | Bounds]:
    """What is known of one country: an input may be unknown, a count known by bounds, a comparison known without them.

    Counts lie near the numbers at which a rule says otherwise. What is known may contradict itself.
    """
    near = {
        name: sorted({0, *(around for each in found for around in (each - 1, each, each + 1) if around > 0)})
        for name, found in thresholds(form).items()
    }
    facts: dict[str, Value | Bounds] = {}
    inputs = {each.id: each for each in form.inputs}
    for name in draw(st.sets(st.sampled_from(sorted(inputs)))):
        listed: tuple[Value, ...] = (*inputs[name].choices, *inputs[name].numbers)
        if inputs[name].type == "truth":
            facts[name] = draw(st.booleans())
        elif listed:
            facts[name] = draw(st.sampled_from(listed))
        else:
            numbers = st.sampled_from([*near.get(name, (0,)), 7, 1000])
            facts[name] = draw(st.one_of(numbers, st.builds(_bounds, numbers, st.none() | numbers)))
    for comparison in form.comparisons:
        if draw(st.integers(0, 3)) == 0:
            facts[comparison.id] = draw(st.booleans())
    return facts


def _bounds(one: int, other: int | None) -> Bounds:
    return Bounds(one) if other is None else Bounds(min(one, other), max(one, other))
