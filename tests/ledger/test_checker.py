"""The second checker: it reads what the package reads, finds what the package finds, and reports every difference."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, read_once
from tests.ledger.packets import guatemala_packet, small_packet
from tests.ledger.random_dossiers import casefile, draw_dossier
from tierengine import canonical, schemas
from tierengine.errors import TierEngineError
from tierengine.evidence.dossier import read_dossier
from tierengine.law.reader import rulebook_files
from tierengine.ledger import checker, merkle
from tierengine.ledger.archive import pack
from tierengine.ledger.checker import Report, UnreadableError, Yaml
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment

SOURCE = Path(checker.__file__)
BOOK = read_once(ROOT)
RULEBOOK = {f"rulebook/{file.name}": file.raw for file in rulebook_files(ROOT)}
DAYS = sorted({*BOOK.boundaries(), date(2004, 6, 1), date(2012, 6, 1), date(2018, 6, 1), date(2024, 6, 24)})
YAML_FILES = sorted(
    path
    for room in ("criteria", "rules", "seeds", "tests/cases", "tests/small")
    for path in (ROOT / room).rglob("*.yaml")
)


@cache
def engine(day: date) -> tuple[Assessor, checker.Law]:
    """The package's reading of the law of a day, and the checker's."""
    return Assessor(BOOK.on(day)), checker.Law(RULEBOOK, str(day))


def as_json(assessment: Assessment) -> Any:
    """An assessment as it stands in a packet."""
    return json.loads(canonical.encode(schemas.dump(Assessment, assessment)))


# -- what it is made of -----------------------------------------------------------------------------------------------


def test_it_needs_the_standard_library_alone() -> None:
    """No import of anything else, and so nothing of tierengine."""
    nodes = list(ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert named
    assert {name.split(".")[0] for name in named} <= sys.stdlib_module_names


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_it_reads_yaml_as_the_package_does(path: Path) -> None:
    """Every file of the rulebook, of the dossiers and of the cases, with all scalars as text."""
    raw = path.read_bytes()
    assert Yaml(raw, path.name).document() == yaml.load(raw, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes text only


WORDS = st.text(alphabet="ab c:#-'\"[]{},|>&*!?%@\n\\é.0", max_size=9)
VALUES = st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))


@given(VALUES, st.sampled_from([None, True, False]), st.integers(20, 100))
@settings(max_examples=300)
def test_what_it_reads_it_reads_right(value: Any, style: bool | None, width: int) -> None:
    """Whatever else stands in a file is read as YAML says, or refused."""
    raw = yaml.dump({"key": value}, default_flow_style=style, width=width, allow_unicode=True)
    try:
        found = Yaml(raw.encode(), "made-up.yaml").document()
    except UnreadableError:
        return
    assert found == yaml.load(raw, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes text only


@pytest.mark.parametrize(
    "text", ["a: &b c", "a: *b", "a: !!str b", "--- \na: b", "a: b\na: c", "a:\n\tb: c", "- a", "? a"]
)
def test_what_it_does_not_read_it_refuses(text: str) -> None:
    """Anchors, aliases, tags, several documents, a repeated key, tabs, a list as the whole file."""
    with pytest.raises(UnreadableError, match="not read by this checker"):
        Yaml(text.encode(), "odd.yaml").document()


# -- seals ------------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40), st.integers(0, 511))
@settings(max_examples=40)
def test_signatures(secret: bytes, message: bytes, bit: int) -> None:
    """What the library signs holds; with one bit changed it does not, nor with a scalar that is not reduced."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert checker.signed_by(public, signature, message)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not checker.signed_by(public, bytes(changed), message)
    assert not checker.signed_by(public, signature, message + b"x")
    larger = (int.from_bytes(signature[32:], "little") + checker.ORDER).to_bytes(32, "little")
    assert not checker.signed_by(public, signature[:32] + larger, message)


def test_a_signature_of_the_standard() -> None:
    """RFC 8032, section 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert checker.signed_by(public, signature, b"\x72")
    assert not checker.signed_by(public, signature, b"\x73")


@pytest.mark.parametrize("size", range(1, 20))
def test_proofs(size: int) -> None:
    """Each leaf of each tree is proved; at another place, of another leaf or without a hash it is not."""
    leaves = [bytes([number]) for number in range(size)]
    nodes: dict[tuple[int, int], bytes] = {}
    for number, raw in enumerate(leaves):
        for level, place, found in merkle.completed(number, merkle.leaf_hash(raw), lambda *at: nodes[at]):
            nodes[level, place] = found
    root = merkle.root(size, lambda *at: nodes[at])
    for index, raw in enumerate(leaves):
        hashes = list(merkle.inclusion(index, size, lambda *at: nodes[at]))
        assert checker.leads_to_root(raw, index, size, hashes, root)
        assert not checker.leads_to_root(b"other", index, size, hashes, root)
        assert not checker.leads_to_root(raw, index, size, [*hashes, root], root)
        assert not any(checker.leads_to_root(raw, other, size, hashes, root) for other in range(size) if other != index)


# -- the decision -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", sorted(path.name for path in (ROOT / "seeds").iterdir()))
def test_it_agrees_about_each_dossier_under_the_law_of_every_date(seed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotes, findings, records set aside, open tiers and recommendation of the worked dossiers.

    What hangs on ratings is followed under the law of the dossier's own date, which takes most of the time.
    """
    folder = ROOT / "seeds" / seed
    opened = read_dossier(folder / "dossier.yaml")
    files_of = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    beside = RULEBOOK | {f"dossier/{name}": path.read_bytes() for name, path in files_of.items()}
    agreed = 0
    for day in [opened.dossier.as_of, *DAYS]:
        try:
            assessment = engine(day)[0].assess(opened)
        except TierEngineError:
            continue  # its placements or the tier that the post asks for did not yet exist
        report = Report()
        files = beside | {"assessment.json": canonical.encode(as_json(assessment))}
        with monkeypatch.context() as read_before:
            read_before.setattr(checker, "Law", lambda _, on: engine(date.fromisoformat(on))[1])
            checker.check_answer(files, "dossier/dossier.yaml", str(day), report)
        assert (report.wrong, report.unchecked) == ([], [])
        agreed += 1
        monkeypatch.setattr(checker, "compare_hinges", lambda *_: None)
    assert agreed > 3


def test_it_agrees_about_random_dossiers() -> None:
    """Records of every kind and time under the law of every date; each open tier is reached by answers it finds.

    Of one dossier in twenty at most it may say that a search found no end.
    """
    seen: Counter[str] = Counter()

    @settings(max_examples=40)
    @given(st.data(), st.sampled_from(DAYS))
    def run(data: st.DataObject, day: date) -> None:
        assessor, law = engine(day)
        written = draw_dossier(data.draw, BOOK, assessor.law)
        try:
            assessment = assessor.assess(casefile(written))
        except TierEngineError:
            return
        report = Report()
        checker.compare(as_json(assessment), json.loads(json.dumps(written)), law, report)
        assert (report.wrong, report.unchecked) == ([], [])
        assert all(note.endswith("the packet is believed") for note in report.notes)
        seen["without end" if report.notes else "decided"] += 1

    run()
    assert seen["without end"] * 20 <= max(20, seen["decided"]), seen


@given(st.data(), st.sampled_from(DAYS))
@settings(max_examples=6)
def test_it_agrees_about_what_hangs_on_ratings(data: st.DataObject, day: date) -> None:
    """What each rating named as a hinge would make of a random dossier; where a search finds no end, it says so."""
    assessor, law = engine(day)
    written = draw_dossier(data.draw, BOOK, assessor.law)
    try:
        assessment = assessor.assess(casefile(written))
    except TierEngineError:
        return
    report = Report()
    checker.compare_hinges(as_json(assessment), json.loads(json.dumps(written)), law, report)
    assert (report.wrong, report.unchecked) == ([], [])
    assert all(note.endswith("would make of it was not found out") for note in report.notes)


# -- what it finds ----------------------------------------------------------------------------------------------------

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A packet under the small rulebook."""
    return small_packet(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def guatemala(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The packet of Guatemala."""
    return guatemala_packet(tmp_path_factory.mktemp("guatemala"))


def wrong(files: Files) -> str:
    """Everything that is found wrong or cannot be checked, one to a line."""
    report = checker.check(files)
    return "\n".join((*report.wrong, *report.unchecked))


def test_sound_packets(small: Files, guatemala: Files) -> None:
    """Nothing is wrong with them, and nothing stays unchecked."""
    for files in (small, guatemala):
        report = checker.check(files)
        assert (report.wrong, report.unchecked) == ([], [])
        assert "compare it with the one you know" in report.notes[0]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("rules/tiers.yaml", "- {finding: SCOPE}\n", "- not: {finding: SCOPE}\n", "TIER-1 is said to be open"),
        ("criteria/F-PROTECT/2000-10-28.yaml", "is: true", "is: false", "F-PROTECT"),
        ("criteria/SCOPE/2000-10-28.yaml", "id: a-hundred-victims", "id: x", "the interpretations"),
        ("rules/admission.yaml", "kind: [statement]", "kind: [law]", "set_aside"),
        ("rules/recommendation.yaml", "product: [interim]", "product: [annual]", "the rule of the recommendation"),
        ("rules/watch_list.yaml", "usc: 22 USC 7107(b)(3)(A)(ii)", "usc: 22 USC 1", "citation of WL-ii"),
    ],
)
def test_a_changed_rule(guatemala: Files, name: str, old: str, new: str, expected: str) -> None:
    """It shows as another digest of the rulebook, and as what no longer follows."""
    raw = guatemala[f"rulebook/{name}"].decode()
    assert old in raw
    found = wrong(guatemala | {f"rulebook/{name}": raw.replace(old, new).encode()})
    assert "rulebook: the digest" in found
    assert expected in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "measures: trafficking_criminalised\n    value: true",
            "measures: trafficking_criminalised\n    value: false",
            "MS1",
        ),
        ("tier: 2WL, ", "tier: 3, ", "WL-ii"),
        ("the GOG reformed Article 194", "the GOG deformed Article 194", "does not stand in the source"),
        ("kind: commitment", "kind: statement", "ADM-STATEMENT"),
        ("product: interim", "product: annual", "the product"),
        ("name: Guatemala}", "name: Belize}", "the country"),
    ],
)
def test_a_changed_fact(guatemala: Files, old: str, new: str, expected: str) -> None:
    """It shows as another digest of the dossier, and as what no longer follows."""
    raw = guatemala["dossier/dossier.yaml"].decode()
    assert old in raw
    found = wrong(guatemala | {"dossier/dossier.yaml": raw.replace(old, new).encode()})
    assert "dossier/dossier.yaml: the digest" in found
    assert "the digest of the dossier" in found
    assert expected in found


def _every_outcome(answer: Any) -> list[tuple[Any, str, str]]:
    """Every outcome and level that the checker works out anew, with the name under which it is reported."""
    rooms = ("standards", "criteria", "considered", "watch_list", "progress")
    found = [(item, "outcome", item.get("id", item.get("route"))) for room in rooms for item in answer[room]]
    found += [(item, "level", item["id"]) for room in ("criteria", "considered") for item in answer[room]]
    steps = list(answer["trace"]["children"])
    for step in steps:
        steps += step["children"]
        if "/" in step["id"] and not step["id"].startswith("progress/"):
            found.append((step, "outcome", step["id"]))
    return found


def test_every_changed_outcome(guatemala: Files) -> None:
    """Whatever outcome or level of an answer is changed, that very one is named; for a tier its search is made anew."""
    count = len(_every_outcome(json.loads(guatemala["assessment.json"])))
    dossier = Yaml(guatemala["dossier/dossier.yaml"], "dossier.yaml").document()
    law = checker.Law(guatemala, "2007-11-09")
    case, admission = checker.case_of(law, dossier, Report(), None), checker.Admission(law, dossier)
    for number in range(count):
        answer = json.loads(guatemala["assessment.json"])
        item, key, name = _every_outcome(answer)[number]
        item[key] = "not met" if item[key] == "met" else "met"
        report = Report()
        checker.compare_findings(answer, case, report)
        checker.compare_records(answer, dossier, admission, report)
        if name in law.tiers:
            checker.compare_recommendation(answer, dossier, case, report)
        assert any(name in line or "progress" in line for line in report.wrong), (name, key)
    assert count > 90


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda answer: answer["recommendation"].update(tier="1"), "the recommended tier"),
        (lambda answer: answer["recommendation"].update(rule="REC-OPEN"), "the rule of the recommendation"),
        (lambda answer: answer["recommendation"]["open_tiers"].remove("3"), "the open tiers"),
        (lambda answer: answer["recommendation"].update(settled=True), "whether it is settled"),
        (lambda answer: answer["open"].pop(), "the tiers with a witness"),
        (lambda answer: answer["set_aside"].pop(), "set_aside"),
        (lambda answer: answer["set_aside"][0].update(rule="ADM-LATER"), "set_aside"),
        (lambda answer: answer["standards"].pop(), "standards: the entries"),
        (lambda answer: answer["trace"]["children"][0].update(outcome="not met"), "TIER-1 is said to be not open"),
        (lambda answer: answer["standards"][0]["evidence"][0].update(quote="made up"), "place and words of"),
        (lambda answer: answer["standards"][0]["evidence"][0].update(record="nobody"), "no record of the dossier"),
        (lambda answer: answer["recommendation"].update(status="settled"), "the status of the recommendation"),
        (lambda answer: answer["recommendation"]["rests_on"].pop(), "the rows that are left with what"),
        (lambda answer: answer["recommendation"]["rests_on"][0].update(level="mostly"), "what the rules propose for"),
        (lambda answer: answer["recommendation"]["rests_on"][0].update(rule="X/proposal/1"), "what the rules propose"),
        (lambda answer: answer["recommendation"]["open_to_a_person"].remove("1"), "who may rate freely"),
        (lambda answer: answer["criteria"][1].update(shown="met"), "what of F-PROTECT is shown, and possible"),
        (lambda answer: answer["watch_list"][0].update(possible="not met"), "is shown, and possible"),
        (lambda answer: answer["hinges"][0]["outcomes"][0].update(tiers=["1"]), "the tiers that are left once"),
        (lambda answer: answer["hinges"][0].update(word=None, question="victims"), "does not follow what hangs on"),
        (lambda answer: answer["interpretations"].pop(), "the interpretations"),
        (lambda answer: answer["receipt"]["sources"].pop(), "the sources"),
    ],
)
def test_a_changed_answer(guatemala: Files, change: Callable[[Any], object], expected: str) -> None:
    """What was recommended, why, and what was set aside."""
    answer = json.loads(guatemala["assessment.json"])
    change(answer)
    found = wrong(guatemala | {"assessment.json": canonical.encode(answer)})
    assert expected in found
    assert "assessment.json: the digest" in found


def test_a_repeat_counts_once() -> None:
    """Two records of one origin are one statement: the surer one counts."""
    law = checker.Law(RULEBOOK, "2012-06-01")
    law.rules["admissions"].insert(
        0, {"id": "ONCE", "sets_aside": {"origin": ["counted already"]}, "because": "it repeats"}
    )
    made: dict[str, Any] = {
        "kind": "statistic",
        "measures": "trafficking_prosecutions",
        "value": "3",
        "origin": "a report",
    }
    made |= {"date": "2012-01-02", "reliability": "C", "credibility": "3"}
    records = [made | {"id": "a"}, made | {"id": "b", "reliability": "B"}, made | {"id": "c", "origin": "a"}]
    dossier = {"period": {"first": "2011-04-01", "last": "2012-03-31"}, "records": records, "last_report": "2011-06-27"}
    dossier |= {"as_of": "2012-06-01"}
    facts, counted = checker.admit(law, dossier, Report())
    assert facts["trafficking_prosecutions"] == 3
    assert [record["id"] for record in counted["trafficking_prosecutions"]] == ["b"]
    assert checker.Admission(law, dossier).refusal(records[0]) == ["ONCE", "it repeats (b)"]


def test_a_rule_that_it_does_not_know_is_refused() -> None:
    """A word that came later is no reason to think that a record counts, or that a condition fails."""
    law = checker.Law(RULEBOOK, "2012-06-01")
    law.rules["admissions"].insert(0, {"id": "NEW", "sets_aside": {"colour": ["red"]}, "because": "it is red"})
    with pytest.raises(UnreadableError, match="NEW"):
        checker.Admission(law, {"period": {"first": "2011-04-01", "last": "2012-03-31"}, "records": []})
    with pytest.raises(UnreadableError, match="most"):
        checker.Case(law, {}, {}).holds({"most": []})
    name = "rulebook/rules/tiers.yaml"
    with pytest.raises(UnreadableError, match="at_most_one"):
        checker.Law(RULEBOOK | {name: RULEBOOK[name].replace(b"all:", b"at_most_one:", 1)}, "2012-06-01")


# -- as a stranger runs it --------------------------------------------------------------------------------------------


def run(*words: object) -> tuple[int, str]:
    """Run the script apart from everything that is installed."""
    ran = subprocess.run([sys.executable, "-I", "-S", *map(str, words)], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_in_a_folder_and_in_a_file(small: Files, tmp_path: Path) -> None:
    """Unpacked, the packet checks itself; and the file can be named."""
    for name, raw in small.items():
        path = tmp_path / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    packed = tmp_path / "packet.zip"
    packed.write_bytes(pack(small))
    for words in ([tmp_path / "unpacked" / "check.py"], [SOURCE, packed]):
        code, out = run(*words)
        assert code == 0
        assert f"All holds: {len(small)} files" in out


def test_exit_codes(small: Files, tmp_path: Path) -> None:
    """1 where something does not hold, 2 where something could not be checked, and never a traceback."""
    packed = tmp_path / "packet.zip"
    packed.write_bytes(pack(small | {"dossier/cable.txt": b"another"}))
    code, out = run(SOURCE, packed)
    assert code == 1
    assert "DOES NOT HOLD: dossier/cable.txt: the digest" in out
    packed.write_bytes(pack({name: raw for name, raw in small.items() if name != "checkpoint"}))
    assert run(SOURCE, packed)[0] == 2
    packed.write_bytes(b"no packet")
    assert run(SOURCE, packed) == (2, f"{packed} cannot be read: File is not a zip file\n")
