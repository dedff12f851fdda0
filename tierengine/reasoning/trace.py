"""The trace: the steps from records to a proposition, made from the rules that fired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tierengine.engines.arithmetic import compare, decide, passes
from tierengine.engines.form import Bounds, Evaluation, Facts, Form, Rule, Tally, Test, Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, OPPOSITE, presumed, proposed, rating, reached
from tierengine.evidence.dossier import Silent
from tierengine.evidence.records import Evidence, Rating
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import Admitted, SetAside
from tierengine.reasoning.assessment import Passage, Step
from tierengine.reasoning.history import in_words
from tierengine.reasoning.words import PLACEMENT_QUESTIONS, answer, counted, judgement, leaf_name, plain, question
from tierengine.reasoning.years import decided
from tierengine.terms.level import LEVELS
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, Placement


@dataclass(frozen=True, slots=True)
class Words:
    """A proposition or an input in words: a sentence, and the provision it comes from."""

    says: str
    citation: str | None


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What is said of an open word without a rating and of a fact without an answer: in a sentence, and of several."""

    sentence: str
    names: str
    facts: str


NOBODY_JUDGED = Unjudged("Nobody has rated it", "Ratings that nobody has given", "Facts that nobody has answered")

NOT_SHOWN = Unjudged(
    "Whether a person has rated it is not shown", "Ratings that are not shown, if given", "Facts that are not shown"
)
"""Where records and ratings may be withheld."""


class Narrator:
    """Knows the words for everything in a form; made once for the law of a date."""

    def __init__(self, law: Law, form: Form, unjudged: Unjudged = NOBODY_JUDGED) -> None:
        self.law = law
        self.unjudged = unjudged
        self.rules: dict[str, list[Rule]] = {}
        self.tallies: dict[str, Tally] = {}
        for stratum in form.strata:
            for rule in stratum.rules:
                self.rules.setdefault(rule.head, []).append(rule)
            for tally in stratum.tallies:
                self.tallies |= {tally.id + ".holds": tally, tally.id + ".fails": tally}
        self.asks = {head: tuple(self._asked(rules)) for head, rules in self.rules.items()}
        self.comparisons = form.comparisons
        self.answered_by = {criterion.id: frozenset(_answers_to(criterion)) for criterion in law.criteria}
        self.background = {c.id: tuple(i.id for i in c.indicators if i.background) for c in law.criteria}
        self.citations = {entry.id: str(entry.citation) for entry in law.entries()}
        compared = (indicator.id for indicator in law.indicators if indicator.compared is not None)
        self.always_evidenced = frozenset((LAST_REPORT, LIMIT, *compared))
        """Inputs behind which there may be records although none answers them."""
        self._open_questions: dict[str, str] = {}
        self.plain = {
            name: leaf_name(name).replace("_", " ")
            for name in (*(field.id for field in form.inputs), *(item.id for item in form.comparisons))
        }
        self._leaves: dict[str, tuple[str, ...]] = {}
        self._unanswered: dict[tuple[str, str, Value, bool], Step] = {}
        self.words = dict(self._entries()) | {name: words for c in law.criteria for name, words in self._ladder(c)}

    def _asked(self, rules: list[Rule]) -> Iterator[Test]:
        """The different tests of the rules of a proposition, each in the sense in which it helps to show it."""
        seen: set[tuple[str, Value]] = set()
        for rule in sorted(rules, key=lambda rule: not rule.holds):
            for test in self.single_tests(rule):
                key = (test.field, test.value if not isinstance(test.value, bool) else "")
                if not test.field.startswith("judged/") and key not in seen:
                    seen.add(key)
                    yield test

    def single_tests(self, rule: Rule) -> Iterator[Test]:
        """Yield the tests of a rule, with those of its counted members in place of a tally."""
        for test in rule.tests:
            tally = self.tallies.get(test.field)
            if tally is None:
                yield test
            else:
                yield from (shows for shows, _ in tally.members)

    def leaves(self, proposition: str) -> tuple[str, ...]:
        """Return the inputs that a proposition looks at, directly or further down."""
        if proposition not in self._leaves:
            below = (
                self.leaves(test.field) if test.field in self.rules else (test.field,)
                for test in self.asks[proposition]
            )
            self._leaves[proposition] = tuple(dict.fromkeys(leaf for leaves in below for leaf in leaves))
        return self._leaves[proposition]

    def unanswered(self, test: Test, decisive: bool) -> Step:
        """Return the step of an input that no record answers; it is the same in every assessment, and made once."""
        key = (test.field, test.op, test.value, decisive)
        if key not in self._unanswered:
            self._unanswered[key] = Step(
                id=leaf_name(test.field),
                says=f"{self.question(test.field)} {self.unanswered_words(test.field)}",
                rule=None,
                citation=None,
                outcome=Outcome.UNDETERMINED,
                decisive=decisive,
            )
        return self._unanswered[key]

    def question(self, field: str) -> str:
        """Return the question that an input answers."""
        return question(self.law, field)

    def open_question(self, field: str) -> str:
        """Return the question that an input answers, with the name under which a dossier answers it."""
        if field not in self._open_questions:
            self._open_questions[field] = f"{self.question(field)} [{leaf_name(field)}]"
        return self._open_questions[field]

    def unanswered_words(self, field: str) -> str:
        """Return what is said where nothing answers an input."""
        if field.startswith("rating/"):
            words = ", ".join(f"`{word}`" for word in judgement(self.law, field).words)
            several = "open words" if "," in words else "open word"
            return f"{self.unjudged.sentence} ({several}: {words})."
        return "Not known."

    def _entries(self) -> Iterator[tuple[str, Words]]:
        for entry in self.law.conditional():
            yield entry.id, Words(entry.says, self.citations[entry.id])

    def _ladder(self, criterion: Criterion) -> Iterator[tuple[str, Words]]:
        citation = self.citations[criterion.id]
        for rung in criterion.rules:
            yield reached(criterion.id, rung.level), Words(f"{criterion.title}: {rung.level}", citation)
            yield proposed(criterion.id, rung.level), Words(f"{_RECORDS_SHOW}{rung.says}", citation)
        if criterion.presumption is not None:
            yield (
                presumed(criterion.id),
                Words(f"{_PRESUMES}{criterion.presumption.says}", str(criterion.presumption.citation)),
            )


class Tracer:
    """Makes the trace of one determination; each proposition is unfolded where it is first met."""

    def __init__(self, narrator: Narrator, admitted: Admitted, facts: Facts, evaluation: Evaluation) -> None:
        self.narrator = narrator
        self._law = narrator.law
        self._admitted = admitted
        self._settled = evaluation.settled
        compared = {item.id: compare(facts, item) for item in narrator.comparisons}
        worked_out = {name: value for name, value in compared.items() if value is not None}
        self._known: Facts = {**facts, **worked_out, **evaluation.settled}
        self._fired = set(evaluation.fired)
        self._unfolded: set[str] = set()
        self._aside: dict[str, list[SetAside]] = {}
        for item in admitted.set_aside:
            self._aside.setdefault(item.measures, []).append(item)
        self._unlike = [item for item in admitted.set_aside if item.why is not None]
        self._evidenced = narrator.always_evidenced.union(
            *(admitted.records, admitted.follows, admitted.requests, admitted.silences),
            map(rating, admitted.ratings),
        )
        # Many findings stand above the same inputs; what was worked out once is kept for this determination.
        self._passages: dict[str, tuple[Passage, ...]] = {}
        self._sentences: dict[tuple[str, str, Value], str] = {}
        self._leaves: dict[str, tuple[str, ...]] = {}
        self._deciding: dict[str, tuple[Test, ...]] = {}
        self._insides: dict[str, tuple[Test, ...]] = {}

    @property
    def settled(self) -> Mapping[str, bool]:
        """The propositions that are settled."""
        return self._settled

    def outcome(self, proposition: str) -> Outcome:
        """Return what became of a proposition."""
        return Outcome.of(self._settled.get(proposition))

    def fired(self, proposition: str) -> Rule | None:
        """Return the first rule that settled a proposition, or nothing if it is open."""
        if proposition in self._settled:
            for rule in self.narrator.rules[proposition]:
                if rule.id in self._fired:
                    return rule
        return None

    def step(self, proposition: str, decisive: bool = True) -> Step:
        """Return the step of a proposition with everything it looks at below it."""
        words = self.narrator.words[proposition]
        rule = self.fired(proposition)
        first = proposition not in self._unfolded
        self._unfolded.add(proposition)
        return Step(
            id=proposition,
            says=words.says,
            rule=rule.id if rule else None,
            citation=words.citation,
            outcome=self.outcome(proposition),
            decisive=decisive,
            children=tuple(self._children(proposition)) if first else (),
        )

    def _children(self, proposition: str) -> Iterator[Step]:
        deciding = {test.field for test in self.deciding(proposition)}
        for test in self.narrator.asks[proposition]:
            decisive = test.field in deciding
            if test.field in self.narrator.rules:
                yield self.step(test.field, decisive)
            else:
                yield self._leaf(test, decisive)

    def deciding(self, proposition: str) -> tuple[Test, ...]:
        """The tests on which a proposition rests: of the rule that fired, or those that keep it open."""
        if proposition not in self._deciding:
            rule = self.fired(proposition)
            self._deciding[proposition] = (
                tuple(self.narrator.single_tests(rule))
                if rule is not None
                else tuple([test for test in self.narrator.asks[proposition] if test.field not in self._known])
            )
        return self._deciding[proposition]

    def _leaf(self, test: Test, decisive: bool) -> Step:
        known = test.field in self._known
        if not known and test.field not in self._admitted.silences and self._unread(test.field) is None:
            return self.narrator.unanswered(test, decisive)
        outcome = self._asked(test) if known else Outcome.UNDETERMINED
        return Step(
            id=leaf_name(test.field),
            says=self.sentence(test),
            rule=None,
            citation=self._leaf_citation(test),
            outcome=outcome,
            decisive=decisive,
            evidence=self.passages(test.field),
        )

    def _asked(self, test: Test) -> Outcome:
        """What became of one test of a known input: of bounds it may be open."""
        known = self._known[test.field]
        if passes(known, test.op, test.value):
            return Outcome.MET
        return Outcome.NOT_MET if passes(known, OPPOSITE[test.op], test.value) else Outcome.UNDETERMINED

    def _unread(self, field: str) -> str | None:
        """Why an input is not answered by what there is, if there is something."""
        indicator = self._law.indicators_by_id.get(field)
        if indicator is None:
            return None
        if field in self._admitted.overtaken:
            other = question(self._law, self._admitted.overtaken[field])
            return f"Not answered: nothing but silence or a statement denies it, and two figures do not ({other})"
        pair = indicator.compared
        sides = (pair.greater, pair.than) if pair is not None else (field,)
        why = next((item.why for item in self._unlike if item.measures in sides), None)
        if why is not None:
            return f"Not compared: {why}."
        unheard = self._aside.get(field, ())
        reasons = ", ".join(f"{item.record.id}: {item.rule.because}" for item in unheard)
        return f"Not known (set aside: {reasons})." if unheard and isinstance(unheard[0].record, Silent) else None

    def _leaf_citation(self, test: Test) -> str | None:
        indicator = self._law.indicators_by_id.get(test.field)
        if test.field in self._admitted.follows:
            return self.narrator.citations[self._admitted.follows[test.field].rule.id]
        silent = indicator is not None and indicator.when_silent is not None and self._silent(test.field)
        return str(indicator.when_silent.citation) if silent and indicator and indicator.when_silent else None

    def _silent(self, field: str) -> bool:
        return field in self._admitted.silences and field not in self._admitted.records

    # -- words --------------------------------------------------------------------------------------------------

    def sentence(self, test: Test) -> str:
        """Put one test of an input into words: the question, the answer, and what was needed."""
        key = (test.field, test.op, test.value)
        if key not in self._sentences:
            self._sentences[key] = self._sentence(test)
        return self._sentences[key]

    def _sentence(self, test: Test) -> str:
        return f"{self.narrator.question(test.field)} {self._answer(test)}"

    def _answer(self, test: Test) -> str:
        value = self._known.get(test.field)
        if value is None:
            return self._unread(test.field) or self._unknown(test.field)
        if test.field in self._admitted.follows:
            return self._followed(test, value)
        if test.field in PLACEMENT_QUESTIONS:
            how = f" ({in_words(self._admitted.standing)})" if test.field == LIMIT else ""
            return f"{answer(self._law, test.field, value).rstrip('.')}{how}."
        if test.field.startswith("rating/"):
            rated = self._admitted.ratings[leaf_name(test.field)]
            return f"Rated {rated.rating} by {rated.author}."
        if self._silent(test.field):
            read = ", ".join(silence.source for silence in self._admitted.silences[test.field])
            return f"Taken as {plain(value).lower()}, since {read} was read for it and says nothing of it."
        return f"{self._counted(test.field, value)}{_asked(test, value)}."

    def _unknown(self, field: str) -> str:
        silent = ", ".join(silence.source for silence in self._admitted.silences.get(field, ()))
        if silent:
            return f"Not known: {silent} was read for it and says nothing of it."
        return self.narrator.unanswered_words(field)

    def _counted(self, field: str, value: Value | Bounds) -> str:
        """The value of an indicator in words; of two numbers that are compared, both."""
        pair = self._law.indicators_by_id[field].compared
        sides = [(name, self._known.get(name)) for name in (pair.greater, pair.than)] if pair is not None else []
        if sides and decide(*(number for _, number in sides)) is not None:
            numbers = [counted(self._law, name, number) for name, number in sides if number is not None]
            return f"{plain(value)}: {numbers[0]} against {numbers[1]}"
        by = self._denied_by(field)
        return counted(self._law, field, value) + (
            f", since “{question(self._law, by)}” is answered with no" if by else ""
        )

    def _denied_by(self, field: str) -> str | None:
        """What an input is denied with, where it is answered in no other way."""
        indicator = self._law.indicators_by_id.get(field)
        if indicator is None or field in self._admitted.records or decided(indicator, self._known) is not None:
            return None
        return next((name for name in indicator.denied_with if self._known.get(name) is False), None)

    def _followed(self, test: Test, value: Value | Bounds) -> str:
        """State an answer that nobody gave, and the rule by which it follows."""
        rule = self._admitted.follows[test.field].rule
        words = answer(self._law, test.field, value).rstrip(".")
        return f"{words}, which follows, since {rule.says} [{rule.id}]."

    # -- evidence -----------------------------------------------------------------------------------------------

    def passages(self, field: str) -> tuple[Passage, ...]:
        """The records behind an input."""
        if field not in self._evidenced:
            return ()
        if field not in self._passages:
            self._passages[field] = tuple(self._find_passages(field))
        return self._passages[field]

    def _find_passages(self, field: str) -> Iterator[Passage]:
        for record in self._admitted.records.get(field, ()):
            yield passage_of(record)
        for read in self._admitted.follows[field].read if field in self._admitted.follows else ():
            yield from self.passages(read)
        for request in self._admitted.requests.get(field, ()):
            yield Passage(record=request.id, at=request.at, quote=request.quote, note=request.words)
        placement = self._admitted.placement or next(reversed(self._admitted.placements), None)
        if field == LAST_REPORT and placement is not None:
            yield Passage(record=f"placement-{placement.year}", at=placement.source, note=_placed(placement.tier))
        if field == LIMIT:
            for earlier in self._admitted.placements:
                yield Passage(record=f"placement-{earlier.year}", at=earlier.source, note=_placed(earlier.tier))
        rated = self._admitted.ratings.get(leaf_name(field)) if field.startswith("rating/") else None
        if rated is not None:
            yield passage_of(rated)
        if self._silent(field):
            for silence in self._admitted.silences[field]:
                yield passage_of(silence)
        indicator = self._law.indicators_by_id.get(field)
        if indicator is not None and indicator.compared is not None:
            yield from self.passages(indicator.compared.greater)
            yield from self.passages(indicator.compared.than)

    def deciding_leaves(self, proposition: str) -> tuple[str, ...]:
        """Return the inputs on which a proposition rests, directly or further down."""
        if proposition not in self._leaves:
            found: dict[str, None] = {}
            for test in self.deciding(proposition):
                inside = test.field in self.narrator.rules
                found |= dict.fromkeys(self.deciding_leaves(test.field) if inside else (test.field,))
            self._leaves[proposition] = tuple(found)
        return self._leaves[proposition]

    # -- reasons ------------------------------------------------------------------------------------------------

    def reason(self, proposition: str) -> str:
        """Say in a few words why a proposition is settled, or what keeps it open."""
        tests = self._inside(proposition)
        findings = _unique(self._finding(test.field) for test in tests if test.field in self.narrator.rules)
        inputs = [
            test for test in tests if test.field not in self.narrator.rules and not test.field.startswith("judged/")
        ]
        if proposition not in self._settled:
            return self._open_words(findings, [test.field for test in inputs])
        said = (self.sentence(test) for test in inputs if self._denied_by(test.field) is None)
        return " ".join(_unique([*said, *findings]))

    def _finding(self, proposition: str) -> str:
        """Name another finding on which one rests, with what became of it."""
        says = spoken(proposition, self.narrator.words[proposition].says, self.outcome(proposition))
        return f"{says}."

    def _open_words(self, findings: list[str], inputs: list[str]) -> str:
        """Name what keeps a proposition open: facts without an answer, open words without a rating, open findings."""
        plain, unjudged = self.narrator.plain, self.narrator.unjudged
        facts = [plain[field] for field in _unique(inputs) if not field.startswith("rating/")]
        ratings = [plain[field] for field in _unique(inputs) if field.startswith("rating/")]
        kept = ((unjudged.facts, facts), (unjudged.names, ratings))
        missing = [f"{what}: {', '.join(names)}." for what, names in kept if names]
        return " ".join((*(["Open."] if missing else []), *missing, *findings))

    def _inside(self, proposition: str) -> tuple[Test, ...]:
        """The tests on which a proposition rests, with the inside of its own criterion unfolded."""
        if proposition not in self._insides:
            found: list[Test] = []
            for test in self.deciding(proposition):
                own = test.field.endswith(("/proposed", "/presumed"))
                found += self._inside(test.field) if own else (test,)
            self._insides[proposition] = tuple(found)
        return self._insides[proposition]

    def open_questions(self, proposition: str) -> tuple[str, ...]:
        """The open questions of a criterion, each with the name under which it is answered, and its open findings."""
        if proposition in self._settled:
            return ()
        return tuple(_unique(self._open_question(test.field) for test in self._inside(proposition)))

    def _open_question(self, field: str) -> str:
        if field not in self.narrator.rules:
            return self.narrator.open_question(field)
        entry = _entry(field)
        criterion = self._law.criteria_by_id.get(entry)
        if criterion is not None:
            return f"{criterion.title}: what is found there? [{entry}]"
        return f"Is it so that {self.narrator.words[field].says}? [{entry}]"


def passage_of(record: Evidence | Rating | Silent) -> Passage:
    """Return where a record was coded from, or which part of a source was read and is silent."""
    if isinstance(record, Silent):
        return Passage(record=record.id, at=f"{record.source}, {record.read}", note=record.note)
    if isinstance(record, Rating):
        return Passage(record=record.id, at=f"{record.author}, {record.date}", note=record.reasons)
    carried = f"Carried over; last shown for the report of {record.carried.shown}." if record.carried else None
    note = " ".join(each for each in (carried, record.note) if each) or None
    return Passage(record=record.id, at=record.at, quote=record.quote, note=note)


def _answers_to(criterion: Criterion) -> Iterator[str]:
    """The names under which a dossier answers a criterion."""
    yield from (indicator.id for indicator in criterion.indicators)
    if criterion.judgement is not None:
        yield criterion.judgement.id


def _placed(tier: Placement) -> str:
    return "ranked as a special case, on no list" if tier == "SC" else f"placed on {NAMES[tier]}"


def _entry(proposition: str) -> str:
    """The id of the criterion or conclusion that a proposition belongs to."""
    return proposition.split("/", maxsplit=1)[0]


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


_BOUNDS = {">=": "at least", "<=": "at most", "<": "fewer than", ">": "more than", "==": "", "!=": "not"}


def _asked(test: Test, value: Value | Bounds) -> str:
    """What a rule asks for, where the answer is no plain yes or no and not the very answer that is asked for."""
    if isinstance(test.value, bool) or (test.op == "==" and test.value == value):
        return ""
    return f"; the rule asks for {f'{_BOUNDS[test.op]} {plain(test.value)}'.strip()}"


_RECORDS_SHOW = "the records show this: "
_SHOWN = {
    Outcome.MET: "The records show this: ",
    Outcome.NOT_MET: "The records do not show this: ",
    Outcome.UNDETERMINED: "It is open whether the records show this: ",
}
_PRESUMES = "the statute presumes failure, because "
_PRESUMED = {
    Outcome.MET: "The statute presumes failure, because ",
    Outcome.NOT_MET: "The statute presumes no failure. It would if ",
    Outcome.UNDETERMINED: "It is open whether the statute presumes failure. It does if ",
}
_SO = {Outcome.MET: "", Outcome.NOT_MET: "It is not so that ", Outcome.UNDETERMINED: "It is open whether "}


def spoken(proposition: str, says: str, outcome: Outcome) -> str:
    """Return a proposition as a sentence that says what became of it, its code behind it, without the full stop."""
    entry, _, part = proposition.partition("/")
    if part.endswith("proposed"):
        return _SHOWN[outcome] + says.removeprefix(_RECORDS_SHOW)
    if part == "presumed":
        return _PRESUMED[outcome] + says.removeprefix(_PRESUMES)
    if part:
        title, _, level = says.rpartition(": ")
        return f"{title} [{entry}]: {_reaching(level, outcome)}"
    return f"{_capital(_SO[outcome] + says)} [{entry}]"


def _reaching(level: str, outcome: Outcome) -> str:
    """What is known of a criterion once it is known, or not, whether it reaches a level."""
    if outcome is Outcome.UNDETERMINED:
        return "open"
    if level == LEVELS[-1]:
        return level if outcome is Outcome.MET else f"not fully {level}"
    return f"at least {level}" if outcome is Outcome.MET else f"less than {level}"


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def level_range(settled: Mapping[str, bool], criterion: Criterion) -> tuple[int, int]:
    """Return the lowest and the highest rank that a criterion may have, 0 to 3; equal if its level is settled."""
    low = high = 0
    for rung in criterion.rules:
        truth = settled.get(reached(criterion.id, rung.level))
        if truth is True:
            low = LEVELS.index(rung.level)
        if truth is not False:
            high = LEVELS.index(rung.level)
    return low, high
