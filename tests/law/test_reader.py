"""Reading a rulebook, choosing the law of a date, and the cache."""

from __future__ import annotations

import gc
import pickle
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL
from tierengine import canonical, yamlfile
from tierengine.cli.options import cache_folder
from tierengine.errors import NotInForceError, Problem, RulebookError
from tierengine.law.cache import MOST_FILES, keep, kept
from tierengine.law.entries import TierRow
from tierengine.law.reader import read_draft, read_drafted, read_rulebook, rulebook_digest, rulebook_files
from tierengine.law.rulebook import Law, Rulebook
from tierengine.law.stored import restored, stored

BOOK = read_rulebook(ROOT)
DAYS = st.dates(date(1999, 1, 1), date(2030, 1, 1))


@given(DAYS)
def test_on_each_day_the_law_is_a_whole_or_refused(day: date) -> None:
    """A day lies in what is covered exactly if the law of that day can be had."""
    covered = any(first <= day and (until is None or day < until) for first, until in BOOK.covered())
    try:
        law = BOOK.on(day)
    except NotInForceError:
        assert not covered
    else:
        assert covered
        assert all(entry.in_force.holds(day) for entry in law.entries())


def test_the_law_is_whole_from_its_first_day_on() -> None:
    """The law is encoded without a gap from the first Act on; the day before is refused, and the first is named."""
    assert BOOK.covered() == ((date(2000, 10, 28), None),)
    with pytest.raises(NotInForceError, match="from 2000-10-28"):
        BOOK.on(date(2000, 10, 27))


@pytest.mark.parametrize(
    ("day", "factors"),
    [
        (date(2000, 10, 28), 7),
        (date(2003, 12, 18), 7),
        (date(2003, 12, 19), 10),
        (date(2007, 11, 9), 10),
        (date(2008, 6, 4), 10),
        (date(2008, 12, 22), 10),
        (date(2008, 12, 23), 11),
        (date(2009, 6, 16), 11),
        (date(2013, 3, 6), 11),
        (date(2013, 3, 7), 12),
        (date(2013, 6, 19), 12),
        (date(2026, 11, 24), 12),
    ],
)
def test_factors_are_numbered_without_a_gap(day: date, factors: int) -> None:
    """On each date the factors are paragraphs 1 to N of 22 USC 7106(b), whatever their concept."""
    numbers = [criterion.citation.usc for criterion in BOOK.on(day).criteria if criterion.part == "factor"]
    assert numbers == [f"22 USC 7106(b)({number})" for number in range(1, factors + 1)]


def test_nine_ten_and_eleven_change_their_meaning_in_2013() -> None:
    """The same number is another factor before and after 7 March 2013, and the citations inside follow."""
    before, after = (_numbered(BOOK.on(day)) for day in (date(2013, 3, 6), date(2013, 3, 7)))
    assert [before[n] for n in (9, 10, 11)] == ["F-MONITOR", "F-PROGRESS", "F-DEMAND"]
    assert [after[n] for n in (9, 10, 11, 12)] == ["F-PARTNERSHIP", "F-MONITOR", "F-PROGRESS", "F-DEMAND"]
    cited = {reading.authority.usc for reading in BOOK.on(date(2013, 3, 7)).criterion("F-PROGRESS").interpretations}
    assert cited == {"22 USC 7106(b)(11)", None}  # the one that rests on policy cites no statute


def _numbered(law: Law) -> dict[int, str]:
    factors = [criterion.id for criterion in law.criteria if criterion.part == "factor"]
    return dict(enumerate(factors, start=1))


def test_intervals_are_half_open() -> None:
    """A version is in force on its first day and on the day before the next, not on the day of it."""
    for day, changed in ((date(2008, 1, 9), False), (date(2008, 1, 10), True)):
        asks = {indicator.id for indicator in BOOK.on(day).criterion("F-PREVENT").indicators}
        assert ("demand_for_commercial_sex_reduced" in asks) is changed


def test_the_collision_of_january_2019() -> None:
    """On 8 January 2019 the first Act binds and the second does not; on 9 January both do."""
    seen = {}
    for day in (date(2019, 1, 7), date(2019, 1, 8), date(2019, 1, 9)):
        law = BOOK.on(day)
        inside = law.criterion("F-OFFICIALS")
        seen[day.day] = (
            "POLICY-OR-PATTERN" in law.criteria_by_id,
            "WL-iii-III" in law.criteria_by_id,
            "SE-D" in law.criteria_by_id,
            "officials_data_show_increasing_capacity" in {indicator.id for indicator in inside.indicators},
            "enable" in inside.question,
        )
    assert seen == {
        7: (False, True, False, False, False),
        8: (True, True, False, True, False),
        9: (True, False, True, True, True),
    }


def test_the_cache_gives_the_same_rulebook(tmp_path: Path) -> None:
    """What comes from the cache equals what was read, entry by entry."""
    cold = read_rulebook(ROOT, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    warm = read_rulebook(ROOT, cache=tmp_path)
    assert warm == cold == BOOK
    assert [each.model_dump() for each in warm.entries()] == [each.model_dump() for each in BOOK.entries()]
    assert warm.acts == BOOK.acts
    assert warm.open_words == BOOK.open_words
    assert warm.boundaries() == BOOK.boundaries()


def test_of_a_kept_rulebook_only_the_entries_of_the_day_are_made() -> None:
    """What a day does not ask for is never looked at, so that the law of a day costs no more with every version."""
    day = date(2007, 11, 9)
    head, *lines = stored(BOOK).split(b"\n")
    entries = [entry for section in BOOK.sections.values() for entry in section]
    asked = [entry.in_force.holds(day) or isinstance(entry, TierRow) for entry in entries]  # every law knows the tiers
    others = [line if needed else b"no entry" for needed, line in zip(asked, lines, strict=True)]
    assert others.count(b"no entry") > 50
    book = restored(b"\n".join((head, *others)))
    assert book.on(day) == BOOK.on(day)
    with pytest.raises(ValueError, match="Expecting value"):
        book.entries()


def test_a_kept_rulebook_goes_to_another_process_whole() -> None:
    """A worker has the entries and works out for itself what follows from them."""
    book = restored(stored(BOOK))
    law = book.on(date(2007, 11, 9))
    sent = pickle.loads(pickle.dumps(book))  # noqa: S301 - our own
    assert sent == BOOK
    assert sent.on(law.as_of) == law
    assert sent.on(law.as_of) is not law


def test_each_entry_is_made_once_however_often_it_is_asked_for() -> None:
    """What is kept beside an entry is kept by which object it is, so two of one entry would be two entries."""
    book = restored(stored(BOOK))
    first = book.on(date(2007, 11, 9)).coherence[0]
    assert any(each is first for each in book.coherence)
    assert any(each is first for each in book.select(date(2013, 6, 19)).coherence)


def test_with_other_entries_in_a_section_the_measures_are_other_ones() -> None:
    """What follows from the entries is worked out anew, and the rest stays the same objects."""
    less = BOOK.with_section("criteria", BOOK.criteria[1:])
    assert less.criteria == BOOK.criteria[1:]
    gone = {each.id for each in BOOK.criteria[0].indicators}
    left = {each.id for criterion in less.criteria for each in criterion.indicators}
    assert less.measures == BOOK.measures - (gone - left) - _judged(BOOK) | _judged(less)
    assert less.tiers[0] is BOOK.tiers[0]


def _judged(book: Rulebook) -> set[str]:
    return {each.judgement.id for each in book.criteria if each.judgement is not None}


@pytest.mark.parametrize("name", ["yamlfile.py", "terms/citation.py", "law/linter.py"])
def test_the_cache_of_another_program_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where any code that reads or checks a rulebook is another, the rulebook is read and checked again."""
    package, cache = tmp_path / "tierengine", tmp_path / "cache"
    shutil.copytree(Path(yamlfile.__file__).parent, package, ignore=shutil.ignore_patterns("web", "__pycache__"))
    monkeypatch.setattr(yamlfile, "__file__", str(package / "yamlfile.py"))
    for _ in range(2):
        read_rulebook(SMALL, cache)
        assert len(list(cache.iterdir())) == 1
    (package / name).write_text("# another\n", encoding="utf-8")
    read_rulebook(SMALL, cache)
    assert len(list(cache.iterdir())) == 2


def test_a_draft_comes_from_the_cache_only_where_it_was_found_wholly_sound(tmp_path: Path) -> None:
    """A draft whose tier table places a case nowhere is read, and nothing of it is kept; a sound one is kept."""
    draft, cache = tmp_path / "draft", tmp_path / "cache"
    shutil.copytree(SMALL, draft)
    sound = read_drafted(draft, cache)
    assert sound == read_rulebook(draft, cache) == read_rulebook(SMALL)
    before = {path.name: path.read_bytes() for path in cache.iterdir()}
    assert len(before) == 1
    rules = draft / "rules" / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("{not: {finding: EFFORTS}}]", "{finding: EFFORTS}]"), encoding="utf-8")
    assert read_draft(draft).ill_placed
    for _ in range(2):
        assert read_drafted(draft, cache) == read_draft(draft).rulebook != sound
        with pytest.raises(RulebookError):
            read_rulebook(draft, cache)
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == before


def test_days_of_the_same_entries_share_what_is_worked_out() -> None:
    """What is kept with the law of a day serves the days until its next change, and no day of another law."""
    change = next(day for day in BOOK.boundaries() if day > date(2007, 11, 9))
    before, after = BOOK.on(change - timedelta(days=2)), BOOK.on(change)
    assert BOOK.on(change - timedelta(days=1)).kept is before.kept
    assert BOOK.on(change - timedelta(days=1)).as_of != before.as_of
    assert after.kept is not before.kept


@pytest.mark.parametrize("on", [True, False])
def test_python_looks_for_no_garbage_while_a_rulebook_is_read(
    on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly all that is made stays. Afterwards Python looks for garbage as before, of a sound rulebook and another."""
    shutil.copytree(SMALL, tmp_path / "bad")
    (tmp_path / "bad" / "rules" / "rules.yaml").write_text("tiers: []\n", encoding="utf-8")
    meanwhile: list[bool] = []
    load = yamlfile.load

    def watched(raw: bytes, name: str, problems: list[Problem]) -> yamlfile.Document | None:
        meanwhile.append(gc.isenabled())
        return load(raw, name, problems)

    monkeypatch.setattr(yamlfile, "load", watched)
    before = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        read_rulebook(SMALL)
        after = gc.isenabled()
        with pytest.raises(RulebookError):
            read_rulebook(tmp_path / "bad")
        assert (after, gc.isenabled()) == (on, on)
    finally:
        (gc.enable if before else gc.disable)()
    assert set(meanwhile) == {False}


def _cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def _changed(whole: bytes) -> bytes:
    """The bytes with one word of the law changed, which is still a sound rulebook."""
    return whole.replace(b"not_met", b"met", 1).replace(b"false", b"true", 1) + b" "


def _foreign(whole: bytes) -> bytes:
    """Sound in itself, and kept under the key of another rulebook."""
    content = whole.partition(b"\n")[2]
    return b"tierengine 0000 " + canonical.digest(content).encode() + b"\n" + content


@pytest.mark.parametrize("damage", [lambda _: b"", lambda _: b"{}", lambda _: b"no head\n{}", _cut, _changed, _foreign])
def test_a_damaged_cache_is_ignored(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """A damaged, half-written, changed or foreign file in the cache is written anew and never used."""
    read_rulebook(SMALL, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert read_rulebook(SMALL, cache=tmp_path) == read_rulebook(SMALL)
    assert file.read_bytes() == whole


def test_a_file_that_others_may_write_or_that_lies_elsewhere_is_not_trusted(tmp_path: Path) -> None:
    """Whoever could have written it could have changed the law; so could whoever set a link to a file."""
    folder = tmp_path / "cache"
    read_rulebook(SMALL, cache=folder)
    (path,) = folder.iterdir()
    key = path.stem
    assert kept(folder, key) is not None
    path.chmod(0o666)
    assert kept(folder, key) is None
    path.chmod(0o600)
    moved = path.rename(tmp_path / "elsewhere")
    path.symlink_to(moved)
    assert kept(folder, key) is None
    assert read_rulebook(SMALL, cache=folder) == read_rulebook(SMALL)
    assert kept(folder, key) is not None


def test_old_files_make_room(tmp_path: Path) -> None:
    """A folder does not grow with every change of a rulebook."""
    for number in range(MOST_FILES + 3):
        keep(tmp_path, f"key{number}", b"content")
    assert len(list(tmp_path.iterdir())) == MOST_FILES
    assert kept(tmp_path, f"key{MOST_FILES + 2}") == b"content"


def test_many_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    """What is read while others write is one whole content or nothing."""
    contents = [bytes([65 + number]) * 100_000 for number in range(4)]

    def write_and_read(content: bytes) -> list[bytes | None]:
        found = []
        for _ in range(20):
            keep(tmp_path, "key", content)
            found.append(kept(tmp_path, "key"))
        return found

    with ThreadPoolExecutor(4) as pool:
        read = [each for found in pool.map(write_and_read, contents) for each in found]
    assert set(read) <= set(contents)
    assert [path.name for path in tmp_path.iterdir()] == ["key.kept"]


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where XDG has caches, where the user says, or nowhere."""
    monkeypatch.delenv("TIERENGINE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "tierengine"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # the specification has such a path passed over
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "tierengine"
    monkeypatch.setenv("TIERENGINE_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.setenv("TIERENGINE_CACHE", "off")
    assert cache_folder() is None


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    """A file where the cache folder should be: the rulebook is read all the same."""
    (tmp_path / "cache").write_text("in the way")
    assert read_rulebook(SMALL, cache=tmp_path / "cache") == read_rulebook(SMALL)


def test_every_byte_and_name_is_in_the_digest(tmp_path: Path) -> None:
    """One changed byte, or one renamed file, changes the digest of the rulebook."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    before = rulebook_digest(rulebook_files(folder))
    path = folder / "rules" / "rules.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    changed = rulebook_digest(rulebook_files(folder))
    path.rename(folder / "rules" / "other.yaml")
    assert len({before, changed, rulebook_digest(rulebook_files(folder))}) == 3


def test_a_file_that_would_not_be_read_is_refused(tmp_path: Path) -> None:
    """A criterion at the wrong depth, or a `.yml`, is not passed over in silence."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    (folder / "criteria" / "stray.yaml").write_text("id: X")
    (folder / "rules" / "more.yml").write_text("tiers: []")
    with pytest.raises(RulebookError) as refused:
        read_rulebook(folder)
    assert [problem.where for problem in refused.value.problems] == ["criteria/stray.yaml", "rules/more.yml"]


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A link that leads nowhere is refused, and ends no reading in a traceback."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    (folder / "rules" / "lost.yaml").symlink_to(tmp_path / "nowhere.yaml")
    with pytest.raises(RulebookError, match="cannot be opened"):
        read_rulebook(folder)


def test_a_folder_without_rulebook(tmp_path: Path) -> None:
    """A folder that holds neither room is refused with both named."""
    with pytest.raises(RulebookError) as refused:
        read_rulebook(tmp_path)
    assert len(refused.value.problems) == 2
