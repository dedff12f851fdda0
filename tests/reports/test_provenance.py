"""The provenance of an answer: sound when it is read back, whole, the same each time, and true to the assessment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from prov.constants import PROV, PROV_TYPE
from prov.identifier import QualifiedName
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAssociation,
    ProvDerivation,
    ProvDocument,
    ProvElement,
    ProvEntity,
    ProvRelation,
    ProvUsage,
)

from tests.conftest import GUATEMALA, ROOT, Ran
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Assessment
from tierengine.reports.provenance import NAMESPACE, Act, prov_json, provenance

SEEDS = sorted(path.parent.name for path in (ROOT / "seeds").glob("*/dossier.yaml"))
ACTS = (
    Act(number=2, kind="position", person="Bo Chen", office="Post", time="2007-11-10T09:00:00Z", tier="2WL"),
    Act(number=3, kind="determination", person="Cy Dee", office="Seat", time="2007-11-11T09:00:00Z", tier="3"),
    Act(number=4, kind="correction", person="Cy Dee", office="Seat", time="2007-11-12T09:00:00Z", revises=3),
    Act(number=5, kind="review", person="Ann & Lee", office="", time="2007-11-13T09:00:00Z", revises=3),
)

Provenance = tuple[Casefile, Assessment, ProvDocument]


def provenance_of(seed: str, rulebook: Rulebook, *acts: Act) -> Provenance:
    """A seed with its assessment and its provenance."""
    casefile = read_dossier(ROOT / "seeds" / seed / "dossier.yaml")
    law = rulebook.on(casefile.dossier.as_of)
    assessment = Assessor(law).assess(casefile)
    return casefile, assessment, provenance(casefile, law, assessment, acts)


def name(local: str) -> str:
    """The whole name of something."""
    return NAMESPACE + local


def sources_of(document: ProvDocument, local: str) -> set[str]:
    """What something was derived from."""
    derived = (each.args for each in document.get_records(ProvDerivation))
    return {args[1].uri.removeprefix(NAMESPACE) for args in derived if args[0].uri == name(local)}


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_read_back_as_it_was(seed: str, rulebook: Rulebook) -> None:
    """The bytes are PROV-JSON: another reader finds the same document in them."""
    document = provenance_of(seed, rulebook, *ACTS)[2]
    again = ProvDocument.deserialize(content=prov_json(document).decode(), format="json")
    assert again == document
    assert prov_json(again).count(b"\n") == prov_json(document).count(b"\n")


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_that_is_named_is_declared(seed: str, rulebook: Rulebook) -> None:
    """Each relation joins what the document declares, an entity where one belongs, and nothing is declared twice."""
    document = provenance_of(seed, rulebook, *ACTS)[2]
    declared = [each.identifier for each in document.get_records(ProvElement)]
    assert len(declared) == len(set(declared))
    kinds = {each.identifier: type(each) for each in document.get_records(ProvElement)}
    wanted = {"entity": ProvEntity, "Entity": ProvEntity, "activity": ProvActivity, "collection": ProvEntity}
    wanted |= {"plan": ProvEntity, "agent": ProvAgent, "delegate": ProvAgent, "responsible": ProvAgent}
    checked = 0
    for relation in document.get_records(ProvRelation):
        for role, value in relation.formal_attributes:
            if isinstance(value, QualifiedName):
                ending = next(each for each in wanted if role.localpart.endswith(each))
                assert kinds[value] is wanted[ending], (relation, role)
                checked += 1
    assert checked > 50


def test_it_says_what_the_assessment_does(rulebook: Rulebook, guatemala: Casefile) -> None:
    """Sources, findings with their evidence, what was set aside, the engine and the rulebook."""
    _, assessment, document = provenance_of("guatemala-2007", rulebook)
    used = {each.args[1].uri.removeprefix(NAMESPACE) for each in document.get_records(ProvUsage)}
    aside = {each.record for each in assessment.set_aside}
    assert aside
    assert {f"record/{each.id}" for each in guatemala.dossier.records if each.id not in aside} <= used
    assert not {f"record/{each}" for each in aside} & used
    for record in aside:
        (element,) = document.get_record(name(f"record/{record}"))
        assert element.get_attribute(NAMESPACE + "set_aside_by")
    for answer in (*assessment.standards, *assessment.criteria):
        assert sources_of(document, f"finding/{answer.id}") == {f"record/{each.record}" for each in answer.evidence}
    (association,) = document.get_records(ProvAssociation)
    assert [each.uri for each in association.args] == [
        name("activity/assessment"),
        name("agent/tierengine"),
        name("rulebook"),
    ]
    (plan,) = document.get_record(name("rulebook"))
    assert plan.get_attribute(PROV_TYPE) == {PROV["Plan"]}
    assert plan.get_attribute(NAMESPACE + "digest") == {assessment.law.digest}


def test_the_recommendation_rests_on_decisive_findings(rulebook: Rulebook) -> None:
    """It is derived from what excludes the other tiers or keeps them open, and from no finding without bearing."""
    full, open_ = (
        sources_of(provenance_of(seed, rulebook)[2], "recommendation") for seed in ("invented-2013", "guatemala-2007")
    )
    assert full == {f"finding/{each}" for each in ("SCOPE", "MS1", "MS2", "MS3", "MS4")}
    assert {"finding/SCOPE", "finding/MS1", "finding/WL-iii-II", "finding/F-PROSECUTE"} <= open_
    assert not {"finding/WL-i", "finding/WL-ii"} & open_  # the routes of a change of list decide no tier


def test_what_people_said(rulebook: Rulebook) -> None:
    """Persons act for their offices, positions speak of the recommendation, a correction revises what it corrects."""
    document = provenance_of("guatemala-2007", rulebook, *ACTS)[2]
    raw = json.loads(prov_json(document))
    behalf = {(each["prov:delegate"], each["prov:responsible"]) for each in raw["actedOnBehalfOf"].values()}
    assert behalf == {("te:person/Bo%20Chen", "te:organization/Post"), ("te:person/Cy%20Dee", "te:organization/Seat")}
    assert raw["agent"]["te:person/Ann%20%26%20Lee"]["prov:label"] == "Ann & Lee"
    assert sources_of(document, "position/2") == sources_of(document, "determination/3") == {"recommendation"}
    assert sources_of(document, "correction/4") == sources_of(document, "review/5") == {"determination/3"}
    assert raw["entity"]["te:determination/3"]["te:tier"] == "3"


def test_nothing_of_people_changes_what_was_assessed(rulebook: Rulebook) -> None:
    """The document without acts is a part of the one with them."""
    without, whole = (provenance_of("guatemala-2007", rulebook, *acts)[2] for acts in ((), ACTS))
    assert set(without.get_records()) < set(whole.get_records())


def test_the_bytes_are_the_same_in_another_process(tierengine: Callable[..., Ran], tmp_path: Path) -> None:
    """Whatever the order of sets; the verb writes a file or prints, and ends as `assess` does."""
    printed = tierengine("provenance", GUATEMALA)
    assert printed.code == 4
    assert tierengine("provenance", GUATEMALA, "--output", tmp_path / "prov.json").code == 4
    assert (tmp_path / "prov.json").read_text(encoding="utf-8") == printed.out
    for seed in ("1", "2"):
        words = [sys.executable, "-m", "tierengine.cli", "provenance", str(GUATEMALA)]
        ran = subprocess.run(words, capture_output=True, check=False, env={**os.environ, "PYTHONHASHSEED": seed})
        assert ran.stdout.decode() == printed.out
    assert tierengine("provenance", GUATEMALA, "--output", tmp_path / "none" / "prov.json").code == 2
