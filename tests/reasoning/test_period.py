"""The reporting period: practice before 2019, the statute's since."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.conftest import ROOT, read_once
from tests.reasoning.dossiers import casefile, record
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import Casefile
from tierengine.reasoning.assess import assess

BOOK = read_once(ROOT)


def _case(year: int, first: str, last: str, **changes: Any) -> Casefile:
    return casefile(
        record("victim_shelter_opened", "true", date=first),
        as_of=f"{year}-06-20",
        period={"first": first, "last": last},
        last_report=f"{year - 1}-06-20",
        **changes,
    )


def test_another_period_is_refused_since_2019() -> None:
    """A calendar year is not the period of the statute; both ends are named, with the days that it names."""
    with pytest.raises(EvidenceError) as refused:
        assess(_case(2020, "2019-01-01", "2019-12-31"), BOOK)
    assert [problem.cure.split(";")[0] for problem in refused.value.problems] == [
        "write `first: 2019-04-01`",
        "write `last: 2020-03-31`",
    ]


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        (_case(2020, "2019-04-01", "2020-03-31"), date(2020, 6, 20)),
        (_case(2018, "2017-01-01", "2017-12-31"), date(2018, 6, 20)),
        (_case(2018, "2017-01-01", "2017-12-31"), date(2020, 6, 20)),
        (_case(2020, "2019-04-01", "2019-09-30", product="interim"), date(2020, 6, 20)),
    ],
    ids=["the statute's", "before 2019", "replayed under the later law", "an interim assessment"],
)
def test_what_is_not_refused(facts: Casefile, day: date) -> None:
    """The statute's own period, and a period of which the statute of the dossier's date says nothing."""
    assert assess(facts, BOOK, day).receipt.as_of == day
