"""What distinguishes a law from one with a change in it: a failing case, or the smallest country answered otherwise.

Of an entry that settles propositions, the two readings of it are asked side by side: known or not known, each answer is
the same in both, and some finding of the entry comes out otherwise. If there is no such country, none is answered
otherwise, since nothing but the findings of the entry differs between the two laws. Of a rule of procedure every
question there is is put to both laws.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Any, get_args

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Facts, Form, Value
from tierengine.engines.logic import Term, all_of, any_of, implies, negate, same
from tierengine.engines.lowering import lower_coherence, lower_entry, lower_proposals, reached, speaks
from tierengine.engines.proof import Case
from tierengine.engines.solver import Limit, Solver
from tierengine.errors import Problem, UndecidedError
from tierengine.lab.cases.asked import Asked, answer
from tierengine.lab.cases.pairs import answers_of, bearing_on, given_of, sound
from tierengine.lab.proofs.counterexamples import given, smallest
from tierengine.law.entries import Coherence, Conclusion, Criterion, Entry, Given, Kind, Proposal, Route, TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.coherence import Coherent
from tierengine.terms.level import LEVELS

OPEN = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What two laws answer differently: what is known, and the answer of each."""

    law: Law
    given: Given | None = None
    asked: Asked | None = None
    before: Mapping[str, str]
    """Each finding, or part of an answer, under the law as it is."""
    after: Mapping[str, str]


def rails_of(entry: Entry) -> tuple[str, ...]:
    """Return the propositions by which an entry answers."""
    if isinstance(entry, Criterion):
        return tuple(reached(entry.id, rung.level) for rung in entry.rules)
    return (entry.id,) if isinstance(entry, Conclusion | TierRow | Route | Coherence) else ()


def entry_form(law: Law, entry: Entry) -> Form | None:
    """Return the form of an entry alone; nothing of one that settles nothing."""
    if isinstance(entry, Coherence):
        return lower_coherence(law, (entry,))
    if isinstance(entry, Criterion | Conclusion | TierRow | Route):
        return lower_entry(law, entry)
    return None


def distinguished(laws: tuple[Law, Law], entries: tuple[Entry, Entry], limit: Limit) -> Apart | None:
    """Return a smallest country of which an entry and a changed one find different things; nothing if there is none.

    Raise `UndecidedError` if the solver gives up.
    """
    before, after = entries
    if isinstance(before, Coherence):
        forms = lower_coherence(laws[0], (before,)), lower_coherence(laws[1], (after,))  # type: ignore[arg-type]
        forms = tuple(form.model_copy(update={"coherence": ()}) for form in forms)  # type: ignore[assignment]
    elif isinstance(before, Criterion | Conclusion | TierRow | Route):
        bearing = tuple(bearing_on(laws[0], before))
        forms = lower_entry(laws[0], before, coherence=bearing), lower_entry(laws[1], after, coherence=bearing)  # type: ignore[arg-type]
    else:
        return None
    if forms[0] == forms[1]:
        return None
    apart = _Twins(laws, forms, filled=not isinstance(before, Coherence)).apart(rails_of(before), limit)
    if apart is None or not isinstance(before, Coherence):
        return apart
    return _confirmed(_apart_asked(laws, _asked(laws[0], {"holds": before.id, "given": apart.given})))


def proposal_forms(laws: tuple[Law, Law], criteria: tuple[Criterion, Criterion]) -> tuple[Form, Form]:
    """Return the forms of a proposal and of a changed one, each under its law."""
    return lower_proposals(laws[0], criteria[:1]), lower_proposals(laws[1], criteria[1:])


def proposed_apart(
    laws: tuple[Law, Law], criteria: tuple[Criterion, Criterion], forms: tuple[Form, Form], limit: Limit
) -> Apart | None:
    """Return a smallest country for which a proposal and a changed one propose different levels, if there is one.

    Raise `UndecidedError` if the solver gives up.
    """
    before, after = criteria
    if before.proposal is None or after.proposal is None or before.judgement is None:
        return None
    for said in _denials(laws[0], forms):
        twins = _Twins(laws, forms, said=said)
        levels = [_levels(case, each) for case, each in zip(twins.cases, criteria, strict=True)]
        differ = any_of(negate(same(levels[0][level], levels[1][level])) for level in LEVELS)
        found = twins.smallest(all_of((differ, *twins.denies())), limit)
        if found is not None:
            found |= dict.fromkeys(said[0], False)
            asked = _asked(laws[0], {"proposes": before.judgement.id, "given": given_of(found, laws[0])})
            return _confirmed(_apart_asked(laws, asked))
    return None


def _denials(law: Law, forms: tuple[Form, Form]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield for all answers that deny a comparison of two numbers which of them are a no, and which are none."""
    compared = {each.id for form in forms for each in form.comparisons}
    denying = sorted({name for each in compared for name in law.indicator(each).denied_with})
    for number in range(len(denying) + 1):
        for said in combinations(denying, number):
            yield frozenset(said), frozenset(denying) - frozenset(said)


def _levels(case: Case, criterion: Criterion) -> dict[str, Term]:
    """Level to the term that the first rule that speaks proposes it."""
    assert criterion.proposal is not None
    found: dict[str, list[Term]] = {level: [] for level in LEVELS}
    silent: list[Term] = []
    for number, rule in enumerate(criterion.proposal.rules, 1):
        shown = case.shown.get(speaks(criterion.id, number))
        if shown is not None:
            found[rule.level].append(all_of((*silent, shown)))
            silent.append(negate(shown))
    return {level: any_of(terms) for level, terms in found.items()}


class _Twins:
    """One country twice: under a law, and under the law with a change.

    Where it is `filled`, what follows from its answers by a rule of coherence is known of it as well. `said` are the
    answers that are a no, and those that are none, among all that deny a comparison where no numbers decide it.
    """

    def __init__(
        self,
        laws: tuple[Law, Law],
        forms: tuple[Form, Form],
        filled: bool = False,
        said: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset()),
    ) -> None:
        self._laws, self._forms, self._filled, self._said = laws, forms, filled, said
        self._answers = [dict(answers_of(form, law)) for form, law in zip(forms, laws, strict=True)]
        compared = {each.id for form in forms for each in form.comparisons}
        facts = {name: False for name in compared if not said[0].isdisjoint(laws[0].indicator(name).denied_with)}
        self.cases = (
            Case(forms[0], "old", partly=True, facts=facts, beside=(forms[1],)),
            Case(forms[1], "new", partly=True, facts=facts, beside=(forms[0],)),
        )

    def denies(self) -> Iterator[Term]:
        """Yield that the answers that deny something are a no, or are none, as is said."""
        for case in self.cases:
            for names, said in zip(self._said, (True, False), strict=True):
                for name in names & case.fields.keys():
                    no = case.answers(name, value=False)
                    yield no if said else negate(no)

    def smallest(self, differ: Term, limit: Limit) -> dict[str, Value] | None:
        """Return the answers of a smallest country of which a term holds."""
        old, new = self.cases
        solver = Solver(old.definitions, new.definitions, limit=limit)
        for case, answers in zip(self.cases, self._answers, strict=True):
            solver.add(*sound(case, answers))
        for field in old.fields.keys() & new.fields.keys():
            solver.add(same(old.known[field], new.known[field]), old.values[field].alike(new.values[field]))
        solver.add(*self._on_one_ladder())
        given_answers = [[*given(old), *(new.known[name] for name in new.fields if name not in old.fields)]]
        while (found := smallest(solver, given_answers, differ)) is not None:
            facts = old.read(found) | new.read(found)
            following = list(self._following(facts)) if self._filled else []
            if not following:
                return facts
            solver.add(*following)
        return None

    def _on_one_ladder(self) -> Iterator[Term]:
        """Yield that the levels of a finding are known together, each only with those below it, whichever law asks."""
        for criterion in self._laws[0].criteria:
            rungs = (reached(criterion.id, rung.level) for rung in criterion.rules)
            asked = [(case, name) for name in rungs for case in self.cases if name in case.fields]
            for (one, lower), (other, higher) in pairwise(asked):
                yield same(one.known[lower], other.known[higher])
                yield other.values[higher].no_higher_than(one.values[lower])

    def _following(self, facts: Facts) -> Iterator[Term]:
        """Yield that an answer which nobody gave, and which follows from some, is known wherever these are."""
        follows = Coherent.of(self._laws[0]).follows(facts)
        for name, each in follows.items():
            case = next((case for case in self.cases if name in case.fields), None)
            if case is None or isinstance(each.value, Bounds) or not facts.keys() >= set(each.read):
                continue
            read = (self._answers_in(other, facts[other]) for other in each.read)
            yield implies(all_of(read), case.answers(name, each.value))

    def _answers_in(self, name: str, value: Value | Bounds) -> Term:
        case = next(case for case in self.cases if name in case.fields)
        assert not isinstance(value, Bounds)
        return case.answers(name, value)

    def apart(self, heads: tuple[str, ...], limit: Limit) -> Apart | None:
        """Return a smallest country of which one of some propositions comes out otherwise."""
        old, new = self.cases
        rails = [name for name in heads if name in old.shown and name in new.shown]
        differ = any_of(
            negate(same(side[0], side[1]))
            for name in rails
            for side in ((old.shown[name], new.shown[name]), (old.refuted[name], new.refuted[name]))
        )
        facts = self.smallest(differ, limit)
        if facts is None:
            return None
        found = [_found(form, facts, rails) for form in self._forms]
        apart = Apart(law=self._laws[0], given=given_of(facts, self._laws[0]), before=found[0], after=found[1])
        return _confirmed(apart if found[0] != found[1] else None)


def _confirmed(found: Apart | None) -> Apart:
    """What the solver found, answered by the engines as well. Raise `UndecidedError` if they do not distinguish it."""
    if found is None:
        what = "the solver found a country that is answered otherwise, and the engines do not confirm it"
        raise UndecidedError([Problem(where="tierengine mutate", what=what, cure="look at the change by hand")])
    return found


def _found(form: Form, facts: Facts, rails: list[str]) -> dict[str, str]:
    fields = {field.id for field in (*form.inputs, *form.answerable())}
    settled = CompiledEngine(form).evaluate({name: value for name, value in facts.items() if name in fields}).settled
    words = {None: OPEN, True: "met", False: "not met"}
    return {name: words[settled.get(name)] for name in rails}


# -- rules of procedure --------------------------------------------------------------------------------------------


def asked_apart(laws: tuple[Law, Law], entries: tuple[Entry, Entry | None], section: str) -> Apart | None:
    """Return a question to which a law and a changed one give different answers; nothing if there is none."""
    for question in _questions(laws, entries, section):
        found = _apart_asked(laws, _asked(laws[0], question))
        if found is not None:
            return found
    return None


def _asked(law: Law, question: Mapping[str, Any]) -> Asked:
    return Asked.model_validate({"name": "asked", "as_of": law.as_of, "expect": {"?": "?"}} | dict(question))


def _apart_asked(laws: tuple[Law, Law], asked: Asked) -> Apart | None:
    before, after = (answer(asked, law) for law in laws)
    if before == after:
        return None
    expect = {name: word for name, word in before.items() if after.get(name) != word}
    return Apart(
        law=laws[0],
        asked=asked.model_copy(update={"expect": expect or before}),
        before=before,
        after=after,
    )


def _questions(laws: tuple[Law, Law], entries: tuple[Entry, Entry | None], section: str) -> Iterator[Mapping[str, Any]]:
    """Yield the questions that a rule of procedure answers: all there are, or of years all up to a length."""
    original = entries[0]
    if section in ("admissions", "certainties"):
        yield from ({"record": record} for record in _records(laws))
    elif section in ("downgrades", "relistings"):
        yield from _histories(laws[0].as_of.year + 1)
    elif section == "clocks":
        yield from ({"report": year} for year in range(laws[0].as_of.year, laws[0].as_of.year + 3))
    elif section == "advice":
        yield from _situations()
    elif section == "carryings":
        yield from ({"item": item} for item in _items(laws))
    elif section == "progress":
        yield {"last_report": f"{laws[0].as_of.year}-06-15"}
    elif section == "years_compared":
        yield from ({"figures": {"this_year": 365, "last_year": 365 - days}} for days in range(120))
    elif section == "coherence" and isinstance(original, Coherence):
        yield from ({"holds": original.id, "given": _plain(each)} for each in original.examples)
    elif isinstance(original, Criterion):
        yield {"reads": original.id}
        yield from ({"reads": indicator.id} for indicator in original.indicators)


def _plain(example: Given) -> Given:
    return Given.model_validate({name: getattr(example, name) for name in Given.model_fields})


def _records(laws: tuple[Law, Law]) -> Iterator[dict[str, str]]:
    """Records of which the rules of admission of either law can say something, and of every mark."""
    words: dict[str, dict[str, None]] = {"kind": dict.fromkeys((*get_args(Kind), "silence"))}
    for rule in (*laws[0].admissions, *laws[1].admissions):
        for name, found in rule.sets_aside.items():
            words.setdefault(name, {}).update(dict.fromkeys(found))
    plain = {"reliability": "B", "credibility": "2", "dated": "in the period", "indicator": "takes this kind"}
    choices = [[(name, word) for word in _usual(name, plain) | found] for name, found in words.items()]
    for chosen in product(*choices):
        record = {name: word for name, word in chosen if word}
        if record["kind"] != "silence":
            yield record
        elif set(record) - set(plain) == {"kind"}:  # of a silence nothing is known but its days
            yield {"kind": "silence", "dated": record["dated"]}
    for mark in product("ABCDEF", "123456"):
        yield {"kind": "action"} | plain | {"reliability": mark[0], "credibility": mark[1]}


def _usual(name: str, plain: Mapping[str, str]) -> dict[str, None]:
    """The word of an attribute that no rule takes, or none; every record has a kind."""
    return {} if name == "kind" else {plain.get(name, ""): None}


def _histories(report: int) -> Iterator[Mapping[str, Any]]:
    """Every history of up to seven years before a report on Tier 2, the Watch List and Tier 3, the shortest first."""
    for first in (report, 2011, 2012):
        for length in range(1, 7):
            for tiers in product(("2WL", "3", "2"), repeat=length):
                years = {str(first - length + place): tier for place, tier in enumerate(tiers)}
                yield {"years": {str(first - length - 1): "2"} | years, "report": first}


def _situations() -> Iterator[Mapping[str, Any]]:
    for product_ in ("annual", "interim"):
        yield {"advice": {"product": product_, "situations": ("settled",)}}
        for more in (
            (),
            ("present placement open",),
            ("provisional",),
            ("present placement open", "provisional"),
            ("present placement open", "latest placement proposed"),
            ("latest placement proposed",),
        ):
            yield {"advice": {"product": product_, "situations": ("otherwise", *more)}}


def _items(laws: tuple[Law, Law]) -> Iterator[dict[str, Any]]:
    """Everything in a dossier of which a rule of carrying of either law can say something."""
    rules = (*laws[0].carryings, *laws[1].carryings)
    longest = max((rule.reports for rule in rules), default=1) + 1
    for reports in range(1, longest + 1):
        for takes in dict.fromkeys(rule.takes for rule in rules):
            if takes != "record":
                yield {"takes": takes, "reports": reports}
        for rule in rules:
            for kind, name, value in product(
                rule.kinds or (None,), rule.indicators or (None,), (*rule.values, "true", "false", "1")
            ):
                item = {"kind": kind, "indicator": name, "value": value, "reports": reports}
                yield {key: each for key, each in item.items() if each is not None}


def proposal_of(entry: Entry) -> Proposal | None:
    """Return the proposal of an entry, if it has one."""
    return entry.proposal if isinstance(entry, Criterion) else None
