"""What is supposed comes true once it is done: records taken out, and words rated otherwise."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, read_once
from tierengine.coding.revising import rating_id, with_record
from tierengine.errors import UsageError
from tierengine.evidence.dossier import Casefile, dossier_in, read_dossier
from tierengine.evidence.records import Rating
from tierengine.evidence.remainder import answering, remainder
from tierengine.lab.questions.rate import choices
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.compare import answered
from tierengine.reasoning.suppose import Doubted, suppose, supposed
from tierengine.yamlfile import load

SEEDS = sorted((ROOT / "seeds").glob("*/dossier.yaml"))


@cache
def _read(seed: Path) -> Casefile:
    return read_dossier(seed)


@cache
def _assessor(seed: Path) -> Assessor:
    return Assessor(law_of(_read(seed), read_once(ROOT)), certified=False)


@settings(max_examples=25)
@given(data=st.data(), seed=st.sampled_from(SEEDS))
def test_what_is_left_out_is_as_if_it_were_not_there(data: st.DataObject, seed: Path) -> None:
    """The answer without some records is that of the dossier from which they, and what rests on them, are taken out."""
    casefile, assessor = _read(seed), _assessor(seed)
    off = data.draw(st.sets(st.sampled_from([item.id for item in answering(casefile)]), max_size=4))
    supposition, after = supposed(casefile, assessor, Doubted(items=tuple(sorted(off))))
    gone = {left.id for left in supposition.left_out}
    assert off <= gone
    assert (
        answered(assessor.assess(remainder(casefile, lambda item: getattr(item, "id", None) not in gone)))
        == supposition.after
    )
    assert supposition.changed is (supposition.before != supposition.after)
    assert answered(after) == supposition.after


@settings(max_examples=25)
@given(data=st.data(), seed=st.sampled_from(SEEDS))
def test_a_rating_that_is_supposed_is_as_if_it_were_given(data: st.DataObject, seed: Path) -> None:
    """Written into the dossier, the rating gives the answer that was said, and one of the tiers under its choice."""
    casefile, assessor = _read(seed), _assessor(seed)
    word = data.draw(st.sampled_from(sorted(assessor.law.judges)))
    tiers = choices(casefile, assessor, word)
    level = data.draw(st.sampled_from(sorted(each for each, left in tiers.items() if left)))
    supposition, _ = supposed(casefile, assessor, Doubted(ratings={word: level}))
    rating = Rating(
        id=rating_id(casefile.document, word),
        kind="judgement",
        measures=word,
        question="?",
        rating=level,
        author="Ann Lee",
        date=casefile.dossier.as_of,
        reasons="it is so",
    )
    document = load(with_record(casefile.document, rating), "dossier.yaml", [])
    assert document is not None
    given_ = assessor.assess(dossier_in(document, seed.parent))
    assert answered(given_) == supposition.after
    if given_.recommendation.settled:
        assert tiers[level] == (given_.recommendation.tier,)


def test_what_is_not_there_cannot_be_left_out() -> None:
    """A name that the dossier does not hold is refused, with what to write."""
    casefile = _read(SEEDS[0])
    with pytest.raises(UsageError, match="nothing in this dossier is called `nobody`"):
        suppose(casefile, law_of(casefile, read_once(ROOT)), Doubted(items=("nobody",)))
