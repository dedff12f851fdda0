"""What drafting is worth on real texts: country-years, drafted, every first proposal accepted unread, and assessed.

Each text loses its tier and watch-list words and the sentences that state efforts to be significant or not. Placements
of earlier years are added, and the recommendation is set beside the placement that the Department gave, and beside
rivals in the same run. It is a measurement and no target: no proposal of the law is made for it.

The countries fall into two halves by a hash of their code. Whoever works on the reading looks at the misses of one half
only; the figures of the other show whether what was done holds for texts that nobody looked at.

Run: python benchmarks/reading.py FOLDER, which holds tip_summaries.csv and tier_history.csv.
With --texts FILE.csv other texts of the same columns are read instead; with --half A or B only that half is read.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pycountry
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from tierengine import canonical
from tierengine.coding.accepting import Marks, evidence, silence
from tierengine.coding.drafting import proposed
from tierengine.coding.proposing import Setting, proposals
from tierengine.coding.reader import Reader
from tierengine.coding.sentences import Sentence, sentences
from tierengine.coding.settings import earlier_placements, reporting_period
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import Casefile, Dossier, Government, Proposed, Source, read_dossier
from tierengine.evidence.placements import Placed, read_placements
from tierengine.evidence.records import Evidence
from tierengine.evidence.sources.opened import Opened
from tierengine.evidence.sources.reading import read_source
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment
from tierengine.reasoning.clocks import report_due
from tierengine.yamlfile import Document

ROOT = Path(__file__).resolve().parent.parent
BLACK = "\u2588\u2588\u2588"
TIER_WORDS = re.compile(
    r"\b(?:special )?(?:tier\s*[123]?(?:\s*watch\s*list)?|watch\s*list)\b|\b(?:up|down)grad\w*\b", re.IGNORECASE
)
ON_EFFORTS = re.compile(
    r"\bsignificant(?:ly)?\b[^;]{0,40}\befforts?\b|\befforts?\b[^;]{0,20}\bsignificant\b", re.IGNORECASE
)
OF_A_PLAN = re.compile(r"\bplan\b[^;]*\b(?:would|could) (?:constitute|amount|be)\b", re.IGNORECASE)
"""A plan that would be a significant effort is a finding of the waiver, and says not that efforts are significant."""
MARKS = Marks(reliability="B", credibility="2")
"""The Department's own report is usually reliable, and what it says probably true."""
FOLDS = 10
SHORT = 24
"""Letters of a part that is no sentence, such as `current situation`."""
GOAL = 0.85


@dataclass(frozen=True)
class Text:
    """A country-year: what was written, and the placement that the Department gave."""

    iso3: str
    country: str
    year: int
    tier: str
    words: str

    @property
    def code(self) -> str:
        """The code of two letters."""
        found = pycountry.countries.get(alpha_3=self.iso3) or pycountry.historic_countries.get(alpha_3=self.iso3)
        return str(found.alpha_2) if found is not None else "XK"

    @property
    def half(self) -> str:
        """The half in which the country falls, A or B, whatever the year."""
        return "AB"[hashlib.sha256(self.iso3.encode()).digest()[0] % 2]


@dataclass
class Read:
    """What became of a text."""

    text: Text
    sentences: int = 0
    with_proposal: int = 0
    acting: int = 0
    """Sentences of the part on the government, save those that state the standard or name a page."""
    acting_led: int = 0
    accepted: int = 0
    refused: int = 0
    last: str | None = None
    answer: Assessment | None = None
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def given(self) -> Assessment:
        """The answer."""
        assert self.answer is not None
        return self.answer

    @property
    def right(self) -> bool:
        """Whether the recommended tier is the placement."""
        return self.given.recommendation.tier == self.text.tier


def blacked_out(words: str) -> str:
    """Return a text without what gives away the placement."""
    return ";".join(_part(part) for part in words.split(";"))


def _part(part: str) -> str:
    if ON_EFFORTS.search(part) and not OF_A_PLAN.search(part):
        return f" {BLACK}"
    return TIER_WORDS.sub(BLACK, part)


def on_the_government(words: str) -> str:
    """Return the part of a text on the government: what follows the rating, without the profile of the country."""
    return words.partition("tier rating")[2].partition("trafficking profile")[0]


def _is_of_acts(sentence: Sentence, acting: str) -> bool:
    states = re.search(r"minimum standards|for more details|https?:", sentence.text) is not None
    return sentence.text in acting and len(sentence.text) > SHORT and not states


def texts(path: Path) -> list[Text]:
    """Read country-years from a file with the columns iso3, country, report_year, tier, text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Text(row["iso3"], row["country"], int(row["report_year"]), row["tier"], row["text"])
            for row in csv.DictReader(file)
        ]


class Bench:
    """What every text is read with: the law, reader and assessor of each report, and the placements."""

    def __init__(self, rulebook: Rulebook, rows: Sequence[Placed]) -> None:
        self._rulebook = rulebook
        self._rows = rows
        self._kept: dict[int, tuple[Law, Reader, Assessor]] = {}

    def of_report(self, year: int) -> tuple[Law, Reader, Assessor]:
        """Return law, reader and assessor for the report of a year, made once."""
        if year not in self._kept:
            law = self._rulebook.on(report_due(self._rulebook, year))
            self._kept[year] = (law, Reader(self._rulebook, law), Assessor(law))
        return self._kept[year]

    def read(self, text: Text) -> Read:
        """Draft one text, accept every first proposal, and assess."""
        law, reader, assessor = self.of_report(text.year)
        raw = blacked_out(text.words).encode()
        source = read_source([("summary.txt", raw)], "text", "summary")
        period = reporting_period(self._rulebook, text.year)
        setting = Setting(reader, law, period, f"Government of {text.country}", covers_period=True)
        read = [each for each in sentences(source) if BLACK not in each.text.removeprefix(BLACK)]
        found = Read(text, sentences=len(read))
        led = [each for each in read if next(proposals(each, setting), None) is not None]
        found.with_proposal = len(led)
        acting = on_the_government(text.words)
        found.acting = sum(_is_of_acts(each, acting) for each in read)
        found.acting_led = sum(_is_of_acts(each, acting) for each in led)
        casefile = self._casefile(text, source, raw)
        found.last = casefile.last_placement.tier if casefile.last_placement is not None else None
        for item in proposed([source], setting):
            casefile = _accepting(casefile, item, law, found)
        found.answer = assessor.assess(casefile)
        found.facts = {r.measures: str(r.value) for r in casefile.dossier.records if isinstance(r, Evidence)}
        return found

    def _casefile(self, text: Text, source: Opened, raw: bytes) -> Casefile:
        """A dossier without records, with the placements before the report."""
        dossier = Dossier(
            id=f"{text.iso3}-{text.year}",
            government=Government(country=text.code, name=text.country),
            product="annual",
            as_of=report_due(self._rulebook, text.year),
            period=reporting_period(self._rulebook, text.year),
            last_report=report_due(self._rulebook, text.year - 1),
            sources=(Source(id="summary", format="text", file="summary.txt", digest=canonical.digest(raw)),),
            records=(),
            earlier_placements=tuple(earlier_placements(self._rows, text.code, text.year, "tier_history.csv")),
        )
        return Casefile.of(dossier, Document("summary", raw, {}, {}), {"summary": source})


def _accepting(casefile: Casefile, item: Proposed, law: Law, found: Read) -> Casefile:
    """Accept the first proposal for one thing, unless `check` refuses it; what is left out is counted.

    Of two that contradict each other neither is kept: nobody reads them, and which stands first in a text says nothing.
    """
    dossier = casefile.dossier
    tried = _of(casefile, _beside(dossier, item))
    if _is_admitted(tried, law):
        found.accepted += 1
        return tried
    found.refused += 1
    for fewer in _without_one(dossier):
        if _is_admitted(_of(casefile, _beside(fewer, item)), law):
            found.accepted, found.refused = found.accepted - 1, found.refused + 1
            return _of(casefile, fewer)
    return casefile


def _of(casefile: Casefile, dossier: Dossier) -> Casefile:
    return Casefile.of(dossier, casefile.document, casefile.sources)


def _beside(dossier: Dossier, item: Proposed) -> Dossier:
    """A dossier with the first proposal for one thing beside what it holds."""
    known = {each.id for each in (*dossier.records, *dossier.silences)}
    first = item.records[0]
    if first.kind == "silence":
        silences = (*dossier.silences, silence(item, first, "nobody", dossier.as_of, known))
        return dossier.model_copy(update={"silences": silences})
    return dossier.model_copy(update={"records": (*dossier.records, evidence(item, first, MARKS, known))})


def _without_one(dossier: Dossier) -> Iterator[Dossier]:
    """A dossier without one of its records or silences, for each."""
    for part in ("records", "silences"):
        held = getattr(dossier, part)
        for at in range(len(held)):
            yield dossier.model_copy(update={part: held[:at] + held[at + 1 :]})


def _is_admitted(casefile: Casefile, law: Law) -> bool:
    try:
        admit(casefile, law)
    except EvidenceError:
        return False
    return True


# -- rivals -----------------------------------------------------------------------------------------------------


def rivals(found: Sequence[Read], rows: Sequence[Placed]) -> Iterator[tuple[str, float]]:
    """Yield what else could be said of the texts, and how often it is right; no model judges a country it learned."""
    tiers = np.array([each.text.tier for each in found])
    most, _ = Counter(tiers.tolist()).most_common(1)[0]
    yield f"the commonest placement ({most})", float(np.mean(tiers == most))
    yield "it stays where it was", float(np.mean(tiers == np.array([str(each.last) for each in found])))
    placed = {(row.iso3, row.year): row.tier for row in rows}
    words = [blacked_out(each.text.words) for each in found]
    before = [_before(each.text, placed) for each in found]
    yield "a linear model on the words", _scored(found, TfidfVectorizer(ngram_range=(1, 2), min_df=2), words)
    yield "a linear model on the earlier placements", _scored(found, DictVectorizer(), before)


def _before(text: Text, placed: Mapping[tuple[str, int], str]) -> dict[str, str]:
    return {f"{back} years before": str(placed.get((text.iso3, text.year - back))) for back in range(1, 6)}


def _scored(found: Sequence[Read], features: object, inputs: Sequence[object]) -> float:
    tiers = [each.text.tier for each in found]
    folds = GroupKFold(n_splits=min(FOLDS, len({each.text.iso3 for each in found})))
    model = make_pipeline(features, LogisticRegression(max_iter=2000, C=10.0))
    guessed = cross_val_predict(model, inputs, tiers, groups=[each.text.iso3 for each in found], cv=folds)
    return float(np.mean(guessed == np.array(tiers)))


# -- what is printed --------------------------------------------------------------------------------------------


MAKES: Mapping[str, tuple[str, ...]] = {
    "1": ("serious_and_sustained_efforts",),
    "2": ("increasing_efforts_not_shown",),
    "2WL": ("increasing_efforts_not_shown", "victims_without_proportional_actions"),
    "3": ("plan_would_be_significant_efforts", "significant_efforts", "significant_efforts_on_actions"),
}
"""Tier to the open words that make it, the nearest first."""
PARTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("2", "2WL"): MAKES["2"],
    ("2WL", "3"): MAKES["3"][1:],
    ("3", "2WL"): ("government_policy_or_pattern", *MAKES["3"]),
}
"""What was recommended and where it was placed, to the open words that part the two."""


def decided_by(each: Read) -> str:
    """Say which proposal made the recommended tier; of a miss, which one parts it from the placement."""
    answer = each.given.recommendation
    if answer.tier is None:
        return (
            "nothing: several tiers stay open, since too little is read" if each.accepted < 3 else "nothing: open words"
        )
    rests = {proposal.word: proposal.says for proposal in answer.rests_on}
    order = PARTS.get((str(answer.tier), each.text.tier), MAKES[str(answer.tier)])
    word = next((word for word in (*order, *rests) if word in rests), None)
    return f"{word}: {rests[word]}" if word is not None else "the records alone"


def shares(found: Sequence[Read]) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """Yield how many recommendations are the placement, of how many: by half, by where it was last, and by cause."""
    ways: dict[str, Callable[[Read], str]] = {
        "by half of the countries": lambda each: each.text.half,
        "by where it was last": lambda each: str(each.last or "in no report on file the year before"),
        "by cause": lambda each: f"{each.given.recommendation.tier}, {decided_by(each)}",
    }
    for way, named in ways.items():
        groups: dict[str, list[bool]] = {}
        for each in found:
            groups.setdefault(named(each), []).append(each.right)
        rows = [(name, sum(right), len(right)) for name, right in groups.items()]
        yield way, sorted(rows, key=lambda row: (-row[2], row[0])) if way == "by cause" else sorted(rows)


def misses(found: Sequence[Read]) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield how many misses were decided alike: the two placements, by what, and of which countries."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in found:
        if not each.right:
            placements = f"{each.given.recommendation.tier} for {each.text.tier}, last {each.last}"
            groups.setdefault((placements, decided_by(each)), []).append(f"{each.text.iso3} {each.text.year}")
    for (placements, why), names in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        yield len(names), placements, why, names


def seeds(rulebook: Rulebook) -> tuple[int, int, int]:
    """Count the coded records of the seeds, those whose indicator is proposed first, and among three."""
    records = first = among = 0
    for path in sorted((ROOT / "seeds").glob("*/dossier.yaml")):
        casefile = read_dossier(path)
        law = rulebook.on(casefile.dossier.as_of)
        dossier = casefile.dossier
        setting = Setting(Reader(rulebook, law), law, dossier.period, dossier.government.name, covers_period=False)
        for record in dossier.records:
            if isinstance(record, Evidence):
                proposed = list(proposals(Sentence(record.at, " ".join(record.quote.split())), setting))
                records += 1
                first += any(record.measures == each[0].measures for each in proposed)
                among += any(record.measures == one.measures for each in proposed for one in each)
    return records, first, among


def print_reading(found: Sequence[Read], rows: Sequence[Placed], out: Callable[[str], None]) -> None:
    """Print the figures, the rivals and the misses."""
    count = len(found)
    read, with_proposal = sum(each.sentences for each in found), sum(each.with_proposal for each in found)
    out(f"{'sentences, and parts that stand by themselves':<55} {read}")
    out(f"{'  of them with a proposal':<55} {with_proposal} ({with_proposal / read:.0%})")
    acting, led = sum(each.acting for each in found), sum(each.acting_led for each in found)
    out(f"{'  those on what the government does, with a proposal':<55} {led} of {acting} ({led / max(acting, 1):.0%})")
    accepted, refused = sum(each.accepted for each in found), sum(each.refused for each in found)
    out(f"{'first proposals accepted, and refused by check':<55} {accepted}, {refused}")
    open_too = sum(each.text.tier in each.given.recommendation.open_tiers for each in found)
    out(f"{'the placement is among the open tiers (goal: all)':<55} {open_too} of {count}")
    for each in found:
        if each.text.tier not in each.given.recommendation.open_tiers:
            out(f"  not open: {each.text.tier} of {each.text.iso3} {each.text.year}, by {decided_by(each)}")
    wrong = [each for each in found if each.given.recommendation.settled and not each.right]
    out(f"{'settled and wrong (goal: none)':<55} {len(wrong)}")
    right = sum(each.right for each in found) / count
    out(f"{'the recommendation is the placement (goal: 85 %)':<55} {right:.1%}")
    with_text = [each for each in found if each.accepted >= 3]
    share = sum(each.right for each in with_text) / max(len(with_text), 1)
    out(f"{f'  of the {len(with_text)} texts from which three things or more were read':<55} {share:.1%}")
    for name, scored in rivals(found, rows):
        out(f"{'  rival: ' + name:<55} {scored:.1%}")
    out("\nHow often the recommendation is the placement")
    for way, parts in shares(found):
        out(f"  {way}")
        for name, good, of in parts:
            out(f"{good:>6} of {of:<4} {good / of:>4.0%}  {name}")
    out("\nMisses, by what decided them: recommended for placed, where it was last, the proposal that speaks")
    for number, placements, why, names in misses(found):
        out(f"{number:>4}  {placements:<24} {why}")
        out(f"      {', '.join(names[:12])}{' ...' if len(names) > 12 else ''}")


def kept(each: Read) -> dict[str, object]:
    """Return what became of a text, for whoever looks into the misses."""
    answer = each.given.recommendation
    rests = {proposal.word: [proposal.level, proposal.says] for proposal in answer.rests_on}
    keys = {"iso3": each.text.iso3, "year": each.text.year, "placed": each.text.tier, "last": each.last}
    return {**keys, "recommended": answer.tier, "open": answer.open_tiers, "facts": each.facts, "rests on": rests}


def main() -> None:
    """Read every text, and print what came of it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", type=Path, help="holds tip_summaries.csv and tier_history.csv")
    options.add_argument("--texts", type=Path, help="another file of texts")
    options.add_argument("--rulebook", type=Path, default=ROOT, metavar="FOLDER", help="holds criteria/ and rules/")
    options.add_argument("--half", choices=("A", "B"), help="read one half of the countries only")
    options.add_argument("--keep", type=Path, metavar="FILE.json", help="write what became of each text")
    given = options.parse_args()
    rulebook = read_rulebook(given.rulebook)
    rows = read_placements(given.folder / "tier_history.csv")
    bench = Bench(rulebook, rows)
    begun = time.perf_counter()
    read = texts(given.texts or given.folder / "tip_summaries.csv")
    found = [bench.read(text) for text in read if given.half in (None, text.half)]
    print(f"{len(found)} country-years, read and assessed in {time.perf_counter() - begun:.0f} s")
    print_reading(found, rows, print)
    if given.keep:
        given.keep.write_text(json.dumps([kept(each) for each in found], indent=1), encoding="utf-8")
    records, first, among = seeds(rulebook)
    print(
        f"\n{records} records coded in seeds/: the indicator is the first proposed of {first} ({first / records:.0%}),"
    )
    print(f"among the first three of {among} ({among / records:.0%}); goals 70 % and 90 %")


if __name__ == "__main__":
    main()
