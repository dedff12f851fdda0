"""A sentence in a person's own words, held against the records that it cites.

It may say no figure and no quote that they do not hold, give no promise as an act and no statement as a fact, deny
nothing that they affirm, claim no change without the figures of two years, and use no word without ground in them.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import snowballstemmer

from tierengine.documents.draft import Draft, Said
from tierengine.documents.finished import alike
from tierengine.documents.marks import QUOTE, short
from tierengine.documents.matter import ANSWER, Matter
from tierengine.documents.templates import Words, clause
from tierengine.evidence.dossier import LAST_YEAR_RECORD
from tierengine.evidence.records import Evidence
from tierengine.law.entries import LAST_YEAR
from tierengine.terms.tier import NAMES

JUDGEMENT = "judgement:"
"""What the mark of a sentence begins with for which a person answers, by name."""

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
_FROM_TO = re.compile(r"\bfrom (\d[\d,]*)\b[^.;]{0,30}?\bto (\d[\d,]*)\b")
_MONTHS = re.compile(rf"\b(?:{'|'.join(month_name[1:])})\b")
_PARTS = re.compile(r"[,;] | and ")
"""Where a sentence goes on to something else that it counts."""
_STEMMER = snowballstemmer.stemmer("english")

Fault = tuple[str, str]
"""What is wrong with a sentence, and the cure."""


@dataclass(frozen=True)
class Claims:
    """Knows what the records of a matter say, and what its draft said of them."""

    matter: Matter
    draft: Draft

    def faults(self, sentence: str, names: tuple[str, ...], *, asked: bool) -> Iterator[Fault]:
        """Yield what is wrong with a sentence that cites some names.

        `asked` says whether the draft left a blank for a person in its part, so that a judgement may stand there.
        """
        if not names:
            yield "has no record", "set behind it the name of its record in square brackets, or delete it"
            return
        judged = [name for name in names if name.startswith(JUDGEMENT)]
        others = [name for name in names if not name.startswith(JUDGEMENT)]
        unknown = [name for name in others if name not in self.matter.passages and name not in self._provisions]
        for name in unknown:
            yield (
                f"cites `{name}`, which is no record, entry or clause",
                "correct the name; the records are listed below",
            )
        records = [name for name in others if name in self.matter.passages and name != ANSWER]
        if judged:
            yield from self._judgement(sentence, judged, records, asked=asked)
        elif not records and not unknown:
            what = "rests on the law or on the engine's answer alone, and is not in their words"
            yield what, "put the drafted words back, or cite the record that shows it"
        elif not unknown:
            yield from self._of_records(sentence, records, others)

    def _judgement(self, sentence: str, judged: list[str], records: list[str], *, asked: bool) -> Iterator[Fault]:
        """A sentence for which a person answers: only where a person was asked to write, without facts of its own."""
        if not asked:
            yield "is a judgement where none is asked for", "cite a record, or move it where the draft left a blank"
        if any(not name.removeprefix(JUDGEMENT).strip() for name in judged):
            yield "names nobody who answers for it", f"write [{JUDGEMENT} NAME, OFFICE]"
        yield from self._figures(sentence, records)
        yield from self._progress(sentence, records)

    def _of_records(self, sentence: str, records: list[str], names: list[str]) -> Iterator[Fault]:
        yield from self._set_aside(records, sentence)
        yield from self._quotes(sentence, records, names)
        yield from self._figures(sentence, records)
        yield from self._counted(sentence, records)
        yield from self._dated(sentence, records)
        yield from self._progress(sentence, records)
        yield from self._stated_as(sentence, records)
        yield from self._denial(sentence, records)
        yield from self._strange(sentence, records)

    def _set_aside(self, records: list[str], sentence: str) -> Iterator[Fault]:
        promise = hits(outside(sentence), self._words.promise)
        for each in self.matter.assessment.set_aside:
            evidence = self._evidence.get(each.record)
            if each.record in records and not (evidence is not None and evidence.kind == "commitment" and promise):
                yield f"rests on [{each.record}], which does not count: {each.because}", "cite a record that counts"

    def _quotes(self, sentence: str, records: list[str], names: list[str]) -> Iterator[Fault]:
        titles = [alike(each.title) for each in self.matter.law.criteria if clause(each.citation) in names]
        held = [alike(self._said(name)) for name in records] + titles
        for quote in QUOTE.findall(alike(sentence)):
            if not any(quote in words for words in held):
                yield (
                    f"quotes words that are not in its records: \u201c{short(quote)}\u201d",
                    "quote the source word for word",
                )

    def _figures(self, sentence: str, records: list[str]) -> Iterator[Fault]:
        words = outside(sentence)
        held = {number for name in records for number in self._numbers(self._said(name))}
        strange = [number for number in self._numbers(words) if number not in held]
        if strange:
            listed = ", ".join(sorted(held, key=float)) or "none"
            yield (
                f"says {', '.join(strange)}, and its records hold no such figure",
                f"the figures of its records: {listed}",
            )
        drafted = self._same_but_for_figures(sentence, frozenset(records))
        if drafted is not None and not strange:
            yield "has the figures of its records in other places", f"as drafted: {drafted}"

    def _counted(self, sentence: str, records: list[str]) -> Iterator[Fault]:
        """Figures of which a sentence says that they count something else, and words in the place of a figure."""
        counts = {name: each for name in records if (each := self._evidence.get(name)) and str(each.value).isdigit()}
        vague = hits(outside(sentence), self._words.vague)
        if counts and vague:
            listed = ", ".join(str(each.value) for each in counts.values())
            yield f"says `{vague[0]}` where its records hold a figure", f"write the figure: {listed}"
        for part in _PARTS.split(outside(sentence)):
            stems = set(_stems(part)) - self._plain
            for number in self._numbers(part):
                own = [self._measured(each) for each in counts.values() if str(each.value) == number]
                yield from self._stated_as_other(number, stems, [name for name in own if name in self._counting])

    def _stated_as_other(self, number: str, stems: set[str], own: list[str]) -> Iterator[Fault]:
        """A figure beside the words of a count that is not its own."""
        if not own:
            return
        closest = max(self._counting, key=lambda name: len(stems & self._counting[name]))
        if len(stems & self._counting[closest]) > max(len(stems & self._counting[name]) for name in own):
            says, counts = self._count_of(closest), self._count_of(own[0])
            yield f"gives {number} as \u201c{says}\u201d", f"its record counts \u201c{counts}\u201d"

    def _measured(self, evidence: Evidence) -> str:
        """What a record counts; a figure of the year before counts the same as that of the period."""
        indicator = self.matter.law.indicators_by_id.get(evidence.measures)
        return (indicator.last_year_of if indicator is not None else None) or evidence.measures

    def _count_of(self, indicator: str) -> str:
        return self.matter.templates.wordings[indicator].count or ""

    @cached_property
    def _counting(self) -> Mapping[str, frozenset[str]]:
        """The words by which each count of the law of the day is known."""
        wordings = self.matter.templates.wordings
        counts = {name: wordings[name].count for name in self.matter.law.indicators_by_id if name in wordings}
        return {name: frozenset(_stems(count)) - self._plain for name, count in counts.items() if count}

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(stem for word in self._words.plain for stem in _stems(word))

    def _dated(self, sentence: str, records: list[str]) -> Iterator[Fault]:
        """Months that no record names."""
        held = " ".join([*map(self._said, records), *self._drafted_on(frozenset(records))])
        strange = [month for month in _MONTHS.findall(QUOTE.sub(" ", alike(sentence))) if month not in held]
        if strange:
            yield f"says {strange[0]}, and its records name no such month", "write the day that they name"

    def _drafted_on(self, records: frozenset[str]) -> list[str]:
        """What was drafted on the same records."""
        passages = self.matter.passages.keys()
        return [text for text, grounds in self.drafted.items() if any(records == each & passages for each in grounds)]

    def _same_but_for_figures(self, sentence: str, records: frozenset[str]) -> str | None:
        """The drafted sentence on the same records that differs from this one in its figures alone."""
        masked = NUMBER.sub("#", alike(sentence))
        same = (text for text in self._drafted_on(records) if NUMBER.sub("#", text) == masked)
        return next((text for text in same if text != alike(sentence)), None)

    def _progress(self, sentence: str, records: list[str]) -> Iterator[Fault]:
        words = outside(sentence)
        claims = hits(words, self._words.progress)
        if not claims:
            return
        pairs = list(self._pairs(records))
        if not pairs and not self._compared(records):
            yield f"claims a change (`{claims[0]}`) without the figures of two years", "cite the records of both years"
            return
        if not pairs:
            return
        rises, falls = any(now > then for now, then in pairs), any(now < then for now, then in pairs)
        up, down = hits(words, self._words.up), hits(words, self._words.down)
        if (up and not down and not rises) or (down and not up and not falls):
            listed = ", ".join(f"{then} and then {now}" for now, then in pairs)
            yield f"gives the change the wrong way round (`{(up or down)[0]}`)", f"the figures are {listed}"
        for first, last in _FROM_TO.findall(words):
            if not any((int(last.replace(",", "")), int(first.replace(",", ""))) == pair for pair in pairs):
                yield f"gives a change from {first} to {last}", "write the figure of the year before first"

    def _pairs(self, records: Iterable[str]) -> Iterator[tuple[int, int]]:
        """The counts of the period and of the year before that are both cited."""
        found: dict[str, dict[bool, int]] = {}
        for name in records:
            evidence = self._evidence.get(name)
            if evidence is not None and str(evidence.value).isdigit():
                indicator = self.matter.law.indicators_by_id.get(evidence.measures)
                of = indicator.last_year_of if indicator is not None else None
                before = name.startswith(LAST_YEAR_RECORD) or of is not None
                sides = found.setdefault(of or evidence.measures, {})
                sides[before] = sides.get(before, 0) + int(str(evidence.value))
        for sides in found.values():
            if True in sides and False in sides:
                yield sides[False], sides[True]

    def _compared(self, records: Iterable[str]) -> bool:
        """Whether a record compares two years itself, or a person rated the comparison."""
        return any(str(each.value) in LAST_YEAR for name in records if (each := self._evidence.get(name)))

    def _stated_as(self, sentence: str, records: list[str]) -> Iterator[Fault]:
        """Promises given as acts, and what somebody said given as a fact."""
        words, kinds = (
            outside(sentence),
            {name: self._evidence[name].kind for name in records if name in self._evidence},
        )
        promised = [name for name, kind in kinds.items() if kind == "commitment"]
        if promised and not hits(words, self._words.promise):
            yield (
                f"gives a promise as an act: [{promised[0]}] is a commitment",
                "say that it was promised, by whom and when",
            )
        kept = hits(words, self._words.kept)
        if promised and kept and not hits(words, self._words.denial):
            yield f"gives a promise as kept (`{kept[0]}`): [{promised[0]}] is a commitment", "cite what shows it done"
        stated = [name for name, kind in kinds.items() if kind == "statement"]
        if stated and not hits(words, self._words.hearsay):
            yield f"gives as a fact what somebody said: [{stated[0]}] is a statement", "say who says so"

    def _denial(self, sentence: str, records: list[str]) -> Iterator[Fault]:
        cited = (self._evidence[name] for name in records if name in self._evidence)
        values = {_truth(each) for each in cited if each.kind != "commitment"}
        silent = {each.id for each in self.matter.casefile.dossier.silences} & set(records)
        truths = values & {"true", "false"} | ({"false"} if silent else set())
        denied = bool(hits(outside(sentence), self._words.denial))
        known = [*map(self._said, records), *self._drafted_on(frozenset(records))]
        held = any(hits(alike(words).lower(), self._words.denial) for words in known)
        if truths == {"true"} and denied and not held:
            yield "denies what its records say", "say what they say, or cite the record that denies it"
        if truths == {"false"} and not denied:
            yield "affirms what its records deny", "say what they say, or cite the record that shows it"

    def _strange(self, sentence: str, records: list[str]) -> Iterator[Fault]:
        about = [*map(self._about, records), *self._known_words, *self._drafted_on(frozenset(records))]
        held = set(_stems(" ".join(about)))
        said = dict.fromkeys(word for word in WORD.findall(outside(sentence)) if not NUMBER.fullmatch(word))
        strange = [word for word in said if not set(_stems(word)) <= held]
        if len(strange) > self._words.strange:
            listed = ", ".join(f"`{word}`" for word in strange[:5])
            yield (
                f"says {listed}, of which its records say nothing",
                "keep to what they say, or cite the record that says it",
            )

    # -- what is known ----------------------------------------------------------------------------------------------

    @cached_property
    def drafted(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """Every drafted sentence, with the grounds on which it stands."""
        found: dict[str, list[frozenset[str]]] = {}
        pieces = [piece for section in self.draft.sections for piece in section.pieces]
        for piece in (*self.draft.notes, *pieces):
            if isinstance(piece, Said):
                found.setdefault(alike(piece.text), []).append(frozenset(piece.grounds))
        return {text: tuple(grounds) for text, grounds in found.items()}

    @cached_property
    def _provisions(self) -> frozenset[str]:
        """The clauses of the law of the day, and whatever else the draft cites."""
        law = self.matter.law
        entries = (*law.entries(), *(each.numbered_on(law.as_of) for each in self.matter.rulebook.clauses))
        found = {each.citation.usc for each in entries if each.citation.usc and each.in_force.holds(law.as_of)}
        grounds = {name for each in self.drafted.values() for names in each for name in names}
        return frozenset(found | (grounds - self.matter.passages.keys()))

    @cached_property
    def _evidence(self) -> Mapping[str, Evidence]:
        """The records by name, those of the year before among them."""
        found = {r.id: r for r in self.matter.casefile.dossier.records if isinstance(r, Evidence)}
        before = self.matter.before
        for record in before.dossier.records if before is not None else ():
            if isinstance(record, Evidence):
                found[LAST_YEAR_RECORD + record.id] = record
        return found

    @property
    def _words(self) -> Words:
        return self.matter.templates.words

    @cached_property
    def _known_words(self) -> tuple[str, ...]:
        words = self._words
        lists = (words.progress, words.promise, words.hearsay, words.denial, words.plain, words.vague, words.kept)
        return tuple(word for each in (*lists, tuple(words.numbers)) for word in each)

    def _said(self, name: str) -> str:
        """What a record says: its words, note, value and days."""
        passage = self.matter.passages[name]
        texts = [passage.quote or "", passage.note or ""]
        evidence = self._evidence.get(name)
        if evidence is not None:
            texts.append(str(evidence.value))
            days = evidence.days
            texts += [f"{day.day} {day:%B} {day.year}" for day in ((days.first, days.last) if days is not None else ())]
        if name.startswith("placement-"):
            texts.append(name.removeprefix("placement-"))
        return " ".join(texts)

    def _about(self, name: str) -> str:
        """What a record says, and what it is about: the question, the actor, the wording."""
        evidence = self._evidence.get(name)
        indicator = self.matter.law.indicators_by_id.get(evidence.measures) if evidence is not None else None
        wording = self.matter.templates.wordings.get(evidence.measures) if evidence is not None else None
        silent = next((each for each in self.matter.casefile.dossier.silences if each.id == name), None)
        if silent is not None:
            indicator = self.matter.law.indicators_by_id.get(silent.indicator)
        more = [evidence.actor.name, evidence.unit or ""] if evidence is not None else [self.matter.passages[name].at]
        more += [indicator.asks] if indicator is not None else []
        more += [each for each in (wording.yes, wording.no, wording.count) if each] if wording is not None else []
        return " ".join((self._said(name), self.matter.casefile.dossier.government.name, *NAMES.values(), *more))

    def _numbers(self, words: str) -> list[str]:
        """The numbers in some words, those written out among them; `one` is more often no number."""
        found = [each.replace(",", "").rstrip(".") for each in NUMBER.findall(words)]
        for word in WORD.findall(words.lower()):
            parts = [self._words.numbers[part] for part in word.split("-") if part in self._words.numbers]
            if parts and len(parts) == len(word.split("-")) and word != "one":
                found.append(str(sum(map(int, parts))))
        return list(dict.fromkeys(found))


def _truth(evidence: Evidence) -> str:
    """What a record affirms or denies; a count that is not zero affirms what it counts."""
    value = str(evidence.value).lower()
    return "true" if value.isdigit() and int(value) > 0 else value


def outside(sentence: str) -> str:
    """The words of a sentence that are not quoted, in small letters."""
    return QUOTE.sub(" ", alike(sentence)).lower()


def hits(words: str, listed: Iterable[str]) -> list[str]:
    """The listed words and phrases that stand there; with a star behind it, one is the beginning of a word."""
    return [each for each in listed if _pattern(each).search(words)]


@cache
def _pattern(listed: str) -> re.Pattern[str]:
    ends = "" if listed.endswith("*") else r"(?!\w)"
    return re.compile(rf"\b{re.escape(listed.rstrip('*'))}{ends}")


def _stems(words: str) -> list[str]:
    found: list[str] = _STEMMER.stemWords(re.findall(r"[a-z]+", words.lower()))
    return found
