"""The way up: the fewest acts by which a government can still reach a tier, or the proof that there are none.

Some inputs can be bettered by acts (`actions.py`, beside this file); everything else that is known stays as it is.
Where acts alone are not enough, unknown facts must turn out so, and persons must find so. A recorded rating is not
overturned: it is given anew only if an act changes what it weighs, and then only as the records leave room for.

A tier is reached if every worse row of the tier table is refuted, whatever else is not known, and some completion
reaches the tier itself. So a way to Tier 2 does not ask that the country fail a standard; it may then be on Tier 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tierengine.engines.form import Bounds, Comparison, Facts, Value
from tierengine.engines.logic import FALSE, TRUE, Term, all_of, any_of, at_most, implies, negate, same
from tierengine.engines.lowering import judged, rating, reached
from tierengine.engines.proof import lowest
from tierengine.engines.solver import Solver
from tierengine.errors import MismatchError, Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.lab.questions.actions import bettered, possible_actions, why_fixed
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.smallest import MOST, Listed, chosen, smallest
from tierengine.law.entries import TierRow
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import LawUsed, Subject
from tierengine.reasoning.open_tiers import answered
from tierengine.reasoning.trace import Narrator
from tierengine.reasoning.words import answer, asked_by, in_order, leaf_name, question, ranged, rank_of
from tierengine.terms.level import LEVELS
from tierengine.terms.tier import NAMES, TIERS, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changes or turns out: what is asked, the answer now and the answer that suffices."""

    id: str
    """The name under which a dossier answers it."""
    asks: str
    now: str | None
    """The present answer; nothing where it is not known."""
    then: str
    """The answer that suffices."""
    criterion: str | None
    citation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What must come out so beside the acts of the government."""

    turns_out: tuple[Change, ...]
    """Facts that are not known now and that are no act of the government."""
    rated: tuple[Change, ...]
    """Open words that a person must rate so, for the first time or, since facts changed, anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to the tier: what the government does, and each equally small set of what else is needed."""

    actions: tuple[Change, ...]
    also_needed: tuple[Needs, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    """A known answer that stands in the way, and why it is not changed."""

    id: str
    says: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayUp:
    """The ways to a tier or a better one, all of them equally short; or what blocks every way."""

    subject: Subject
    law: LawUsed
    present: Tier | None
    """The tier that is recommended now."""
    target: Tier
    """The tier to which a way is sought."""
    actions: int | None
    """How many acts are needed at least; nothing if there is no way."""
    also_needed: int | None
    """How much else must come out so, at least, with so many acts."""
    ways: tuple[Way, ...]
    whole: bool
    """False where there is more than is listed."""
    blocked_by: tuple[Blocking, ...]
    """Where there is no way: known answers that exclude it together, none of which can be left out."""


def path(casefile: Casefile, rulebook: Rulebook, target: Tier, as_of: date | None = None) -> WayUp:
    """Return the ways to a tier under the law in force on a date (the dossier's own, if none is given).

    Raise `UsageError` if the tier is no better than the recommended one or is none of that date, `UndecidedError` if
    the solver gives up, and what `assess` raises.
    """
    law = law_of(casefile, rulebook, as_of)
    present = Assessor(law, certified=False).assess(casefile).recommendation.tier
    _check_target(law, present, target)
    admitted = admit(casefile, law)
    search = PathSearch(Inquiry(law, admitted.facts, admitted.follows), target)
    shortest = Listed.of(search.shortest(), MOST)
    acts, needs = shortest.found[0] if shortest.found else (None, None)
    order = {name: place for place, name in enumerate(in_order(law))}
    government = casefile.dossier.government
    return WayUp(
        subject=Subject(country=government.country, name=government.name),
        law=LawUsed(as_of=law.as_of, digest=law.digest),
        present=present,
        target=target,
        actions=None if acts is None else len(acts),
        also_needed=None if needs is None else len(needs),
        ways=tuple(search.ways(sorted(shortest.found, key=lambda each: [[order[n] for n in part] for part in each]))),
        whole=shortest.whole,
        blocked_by=() if shortest.found else tuple(search.blocking()),
    )


def _check_target(law: Law, present: Tier | None, target: Tier) -> None:
    known = [row.tier for row in law.tiers if row.tier is not None]
    if target not in known:
        raise UsageError(
            [
                Problem(
                    where="--to",
                    what=f"the law of {law.as_of} knows no tier `{target}`",
                    cure=f"write one of: {', '.join(sorted(known, key=TIERS.index))}",
                )
            ]
        )
    if present is not None and TIERS.index(target) >= TIERS.index(present):
        better = TIERS[: TIERS.index(present)]
        raise UsageError(
            [
                Problem(
                    where="--to",
                    what=f"`{target}` is no better than what is recommended now, {NAMES[present]}",
                    cure=f"write a better tier: {', '.join(better)}" if better else "there is no better tier to reach",
                )
            ]
        )


Selection = tuple[tuple[str, ...], tuple[str, ...]]
"""The inputs that acts better, and those that must come out so beside them."""


class PathSearch:
    """Looks for the shortest ways of one country to one tier."""

    def __init__(self, inquiry: Inquiry, target: Tier) -> None:
        self._inquiry = inquiry
        self._law = inquiry.law
        self._case = inquiry.case("after", partly=True)
        self._written = inquiry.case("written", partly=True)
        """The same, once it is written into the dossier: each rating that is needed is then a person's."""
        self._completion = inquiry.whole
        self._definitions = tuple(case.definitions for case in (self._case, self._written, self._completion))
        self._worse = tuple(row.id for row in inquiry.law.tiers if _is_worse(row, target))
        self._target = tuple(row.id for row in inquiry.law.tiers if row.tier == target)
        self._acts = {name: bettered(inquiry, self._case, name) for name in possible_actions(inquiry)}

    # -- what may change ------------------------------------------------------------------------------------------

    @cached_property
    def _anew(self) -> dict[str, Term]:
        """Each recorded rating, with the term that it is given anew: it then no longer outranks the records."""
        names = (name for name in self._law.judges if self._inquiry.facts.get(judged(name)) is True)
        return {rating(name): self._case.answers(judged(name), False) for name in names}

    @cached_property
    def _else(self) -> dict[str, Term]:
        """What is needed beside acts: unknown answers that are no acts, and ratings given anew."""
        # A word that can be rated in one way only is settled once a person rates it, and not before.
        others = (name for name in (*self._inquiry.unknown, *self._inquiry.bound) if name not in self._acts)
        return {name: self._case.known[name] for name in others} | self._anew | self._followed_anew | self._overtaken

    @cached_property
    def _overtaken(self) -> dict[str, Term]:
        """Each comparison that a record answers, with the term that two numbers come to say otherwise."""
        case, facts = self._case, self._inquiry.facts
        return {
            each.id: all_of((case.known[each.left], case.known[each.right], case.answers(each.id, not facts[each.id])))
            for each in self._inquiry.form.comparisons
            if each.id in facts
        }

    @cached_property
    def _freed(self) -> dict[str, Term]:
        """Each answer that nobody gave, with the term that what it follows from changes: it then no longer follows."""
        changes = self._acts | self._anew
        return {
            name: any_of(changes[giver] for giver in givers if giver in changes)
            for name, givers in self._inquiry.givers.items()
            if name in self._inquiry.facts and name in self._inquiry.fields
        }

    @cached_property
    def _followed_anew(self) -> dict[str, Term]:
        """Each answer that no longer follows and is no act, with the term that it is answered."""
        freed = self._freed.items()
        return {name: all_of((free, self._case.known[name])) for name, free in freed if name not in self._acts}

    def _holds_fast(self) -> Iterator[tuple[str, Term]]:
        """Each known answer, with the term of what it may become."""
        for name, overtaken in self._overtaken.items():
            yield name, any_of((overtaken, self._case.answers(name, bool(self._inquiry.facts[name]))))
        for name, value in self._inquiry.facts.items():
            if name.startswith("judged/") or name not in self._inquiry.fields:
                continue
            stays = TRUE if isinstance(value, Bounds) else self._case.answers(name, value)
            if name in self._freed:
                yield name, any_of((all_of((negate(self._freed[name]), stays)), self._falls(name)))
            elif name in self._acts:
                yield name, any_of((stays, self._acts[name]))
            elif name in self._anew:
                again = all_of((self._anew[name], self._case.known[name], any_of(self._weighed(leaf_name(name)))))
                yield name, any_of((all_of((negate(self._anew[name]), stays)), again))
            else:
                yield name, stays

    def _falls(self, name: str) -> Term:
        """The term that what an answer followed from changes, so that it is unknown, or answered as is needed."""
        unknown = all_of((self._freed[name], negate(self._case.known[name])))
        return any_of((unknown, self._acts.get(name, self._followed_anew.get(name, FALSE))))

    def _base(self) -> Iterator[Term]:
        """What holds whatever is known: what an act makes of an unknown answer, and that the tier is reached.

        A rating among what is needed is one for which the records then leave room, and it suffices as a person's too.
        """
        case, written = self._case, self._written
        for name in self._inquiry.fields:
            yield implies(case.known[name], self._completion.values[name].alike(case.values[name]))
            yield same(written.known[name], case.known[name])
            if name.startswith("judged/"):
                rate = rating(leaf_name(name))
                rated = case.known.get(rate, FALSE)
                yield case.known[name] if rate in self._anew else case.answers(name, value=False)
                yield (
                    written.values[name].at_least(1)
                    if rate in self._anew
                    else same(written.values[name].at_least(1), rated)
                )
                continue
            yield written.values[name].alike(case.values[name])
            if name in self._acts and name not in self._inquiry.facts:
                yield implies(case.known[name], self._acts[name])
        for name, overtaken in self._overtaken.items():
            yield any_of((overtaken, self._completion.answers(name, bool(self._inquiry.facts[name]))))
        yield from (each.refuted[row] for row in self._worse for each in (case, written))
        yield any_of(self._completion.shown[row] for row in self._target)

    def _weighed(self, judgement: str) -> Iterator[Term]:
        """The acts that change what a rating weighs: what its criterion asks for; if that is no record, every act."""
        criterion = self._law.judges[judgement]
        leaves = {leaf for rung in criterion.rules for leaf in self._narrator.leaves(reached(criterion.id, rung.level))}
        sides = {
            side for pair in self._inquiry.form.comparisons if pair.id in leaves for side in (pair.left, pair.right)
        }
        records = (leaves | sides) & self._law.indicators_by_id.keys()
        yield from (act for name, act in self._acts.items() if not records or name in records)

    @cached_property
    def _narrator(self) -> Narrator:
        return Narrator(self._law, self._inquiry.form)

    # -- the shortest ways ----------------------------------------------------------------------------------------

    def shortest(self) -> Iterator[Selection]:
        """Yield every way with the fewest acts and, among these, with the fewest other needs."""
        solver = self._solver()
        first = next(smallest(solver, self._acts), None)
        if first is None:
            return
        fewest = len(chosen(first, self._acts))
        solver.add(at_most(fewest, self._acts.values()))
        for model in smallest(solver, self._acts | self._else, least=fewest):
            yield chosen(model, self._acts), chosen(model, self._else)

    def _solver(self) -> Solver:
        """A solver of its own for each search, since a search leaves behind what it excluded."""
        solver = self._case.solver(*self._definitions)
        solver.add(*self._base(), *(term for _, term in self._holds_fast()))
        return solver

    def ways(self, selections: Iterable[Selection]) -> Iterator[Way]:
        """Put some ways into words; those with the same acts are given as one."""
        solver, ways = self._solver(), dict[tuple[Change, ...], list[Needs]]()
        for acts, needs in selections:
            after = self._settled_by(solver, acts, needs)
            changes = {name: self._change(name, after, {*acts, *needs}) for name in (*acts, *needs)}
            ways.setdefault(tuple(changes[name] for name in acts), []).append(
                Needs(
                    turns_out=tuple(changes[name] for name in needs if not name.startswith("rating/")),
                    rated=tuple(changes[name] for name in needs if name.startswith("rating/")),
                )
            )
        for actions, also_needed in ways.items():
            yield Way(actions=actions, also_needed=tuple(also_needed))

    def _settled_by(self, solver: Solver, acts: tuple[str, ...], needs: tuple[str, ...]) -> dict[str, Value | Bounds]:
        """The facts once a way was gone, every number as low as suffices; the generated evaluator must confirm it."""
        picked = {*acts, *needs}
        terms = [term if name in picked else negate(term) for name, term in (self._acts | self._else).items()]
        with solver.supposing(*terms):
            answers = lowest(solver, self._case, (name for name in (*needs, *acts) if name not in self._overtaken))
        assert answers is not None
        otherwise = {name: not self._inquiry.facts[name] for name in picked & self._overtaken.keys()}
        after = self._after({**answers, **otherwise})
        if not self._reaches(after):
            raise MismatchError(
                [
                    Problem(
                        where="the way to the tier",
                        what="the solver says that it reaches the tier, and the generated evaluator does not",
                        cure="rely on neither; the encoding of the rules is read in two ways",
                    )
                ],
                {"solver": answers, "generated": self._inquiry.engine.evaluate(after).settled},
            )
        return after

    def _after(self, changed: Mapping[str, Value]) -> dict[str, Value | Bounds]:
        """The facts once some of them changed, as a dossier then says them: what is rated is a person's."""
        fallen = {name for name in self._freed if not changed.keys().isdisjoint(self._inquiry.givers[name])}
        stays = {name: value for name, value in self._inquiry.facts.items() if name not in fallen}
        return answered(self._inquiry.form, stays, changed)

    def _reaches(self, facts: Facts) -> bool:
        settled = self._inquiry.engine.evaluate(facts).settled
        return all(settled.get(row) is False for row in self._worse)

    def _change(self, name: str, after: Facts, changed: set[str]) -> Change:
        criterion, before = asked_by(self._law, name), self._inquiry.facts.get(name)
        return Change(
            id=leaf_name(name),
            asks=question(self._law, name),
            now=None if before is None else answer(self._law, name, before).rstrip("."),
            then=self._then(name, after, changed),
            criterion=criterion.id if criterion else None,
            citation=str(criterion.citation) if criterion else None,
        )

    def _then(self, name: str, after: Facts, changed: set[str]) -> str:
        """The answer that suffices; for a count, the whole range from it on that does, all else as it is."""
        value = after[name]
        if name.startswith("rating/"):
            higher = [number for number in self._inquiry.fields[name].numbers if number > rank_of(value)]
            suffice = [number for number in higher if self._reaches({**after, name: number})]
            return f"rated {LEVELS[rank_of(value)]}" + (" or better" if higher and suffice == higher else "")
        if name in self._overtaken or self._inquiry.fields[name].type != "count":
            return answer(self._law, name, value).rstrip(".")
        beside = ", and ".join(self._beside(name, after, changed))
        if beside:
            return f"{ranged(self._law, name, rank_of(value))}, and {beside}"
        return ranged(self._law, name, rank_of(value), self._last(name, after))

    def _beside(self, name: str, after: Facts, changed: set[str]) -> Iterator[str]:
        """How a count must compare with others that change with it: then their numbers are not bound by themselves."""
        for pair in self._inquiry.form.comparisons:
            if name in (pair.left, pair.right) and self._rise_together(pair, after, changed):
                other = pair.right if name == pair.left else pair.left
                greater = rank_of(after[pair.left]) > rank_of(after[pair.right])
                words = {(True, True): "more than", (True, False): "no more than"} | {
                    (False, True): "fewer than",
                    (False, False): "no fewer than",
                }
                yield f"{words[name == pair.left, greater]} the answer to [{other}]"

    def _rise_together(self, pair: Comparison, after: Facts, changed: set[str]) -> bool:
        """Whether two changed counts suffice at every greater number too, as long as they compare as they do."""
        if not {pair.left, pair.right} <= changed:
            return False
        left, right = rank_of(after[pair.left]), rank_of(after[pair.right])
        bounds = self._inquiry.boundaries(pair.left, {}) | self._inquiry.boundaries(pair.right, {})
        return all(
            self._reaches({**after, pair.left: bound + (left > right), pair.right: bound})
            for bound in (*bounds, max(bounds, default=0) + 1)
            if bound >= max(left, right)
        )

    def _last(self, name: str, after: Facts) -> int | None:
        """The last number up to which every count from the lowest on suffices; nothing if all do."""
        least = rank_of(after[name])
        for bound in sorted(self._inquiry.boundaries(name, after)):
            if bound > least and not self._reaches({**after, name: bound}):
                return bound - 1
        return None

    # -- what blocks ----------------------------------------------------------------------------------------------

    def blocking(self) -> Iterator[Blocking]:
        """Yield known answers that together exclude every way, none of which can be left out."""
        solver = self._case.solver(*self._definitions)
        solver.add(*self._base())
        terms = dict(self._holds_fast())
        core = set(solver.clash(terms))
        for name in sorted(core):
            if solver.find(*(terms[other] for other in core - {name})) is None:
                core.discard(name)
        yield from (self._blocking(name) for name in self._inquiry.facts if name in core)

    def _blocking(self, name: str) -> Blocking:
        value = self._inquiry.facts[name]
        return Blocking(
            id=leaf_name(name),
            says=f"{question(self._law, name)} {answer(self._law, name, value)}",
            why=self._why(name),
        )

    def _why(self, name: str) -> str:
        if name.startswith("rating/"):
            if any(True for _ in self._weighed(leaf_name(name))):
                return "a person rated it so, and rates it anew only as far as the records leave room"
            return "a person rated it so, and no act of the government changes what was weighed"
        indicator = self._law.indicators_by_id.get(name)
        if indicator is None:
            return "it follows from where earlier reports placed the country"
        return why_fixed(indicator) or "acts of the government can only better it"


def _is_worse(row: TierRow, target: Tier) -> bool:
    """Whether a row is worse than a tier; the row of countries on no list is neither a tier nor a way to one."""
    return row.tier is None or TIERS.index(row.tier) > TIERS.index(target)
