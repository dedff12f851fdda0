"""Countries that differ in ratings are read together as each is read by itself."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.conftest import ROOT, read_once
from tierengine.engines.form import Facts
from tierengine.engines.lowering import judged, lower
from tierengine.evidence.dossier import read_dossier
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import law_of
from tierengine.reasoning.once_rated import rows_of_each
from tierengine.reasoning.open_tiers import OpenTiers
from tierengine.reasoning.provisional import ProvisionalReading, levels_of

SEEDS = ("guatemala-2007", "invented-2011", "invented-waiver")


def countries() -> Iterator[tuple[Law, dict[str, Any]]]:
    """The worked dossiers, whole and with some of their answers left out or turned round."""
    chance = random.Random(13)
    for seed in SEEDS:
        casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
        law = law_of(casefile, read_once(ROOT))
        facts = dict(admit(casefile, law).facts)
        yield law, facts
        for _ in range(2):
            kept = {name: value for name, value in facts.items() if "/" in name or chance.random() < 0.6}
            turned = {name for name, value in kept.items() if isinstance(value, bool) and "/" not in name}
            yield law, kept | {name: not kept[name] for name in sorted(turned) if chance.random() < 0.1}


def rated(reading: ProvisionalReading, law: Law, facts: Facts) -> list[Facts]:
    """A country as it is, and with each open word rated in each way."""
    unrated = [each for each in law.criteria if each.judgement and facts.get(judged(each.judgement.id)) is False]
    words = [(each.judgement.id, level) for each in unrated if each.judgement for level in levels_of(each)]
    return [facts, *(reading.once(facts, word, level) for word, level in words)]


def test_what_is_read_together_is_what_is_read_alone() -> None:
    """Also where the answers contradict one another, and where a rating contradicts the records."""
    seen: Counter[str] = Counter()
    for law, facts in countries():
        opened = OpenTiers(law, lower(law))
        reading = ProvisionalReading(opened)
        asked = rated(reading, law, facts)
        alone = [reading.read(each).rows for each in asked]
        together = rows_of_each(opened, reading.proposer, asked)
        assert reading.rows_of_each(asked) == alone
        for rows, by_itself in zip(together, alone, strict=True):
            assert rows is None or rows == by_itself
            seen["left alone" if rows is None else f"{len(rows)} rows"] += 1
            seen["none"] += not by_itself
    assert seen["1 rows"] > 200, seen
    assert seen["2 rows"] > 20, seen
    assert seen["left alone"] < 0.3 * sum(seen.values()), seen
    assert seen["none"] > 2, seen


def test_countries_that_differ_in_more_than_ratings_are_read_alone() -> None:
    """An answer that one of them lacks, or has otherwise, may answer others and cut numbers."""
    law, facts = next(countries())
    opened = OpenTiers(law, lower(law))
    reading = ProvisionalReading(opened)
    name = next(name for name, value in facts.items() if isinstance(value, bool) and "/" not in name)
    for other in ({**facts, name: not facts[name]}, {each: facts[each] for each in facts if each != name}):
        assert rows_of_each(opened, reading.proposer, [facts, other]) == [None, None]
        assert reading.rows_of_each([facts, other]) == [reading.read(each).rows for each in (facts, other)]
