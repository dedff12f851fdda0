"""The API: the same JSON as the command line, described by itself, and tried against its own description."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from time import sleep
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.conftest import ROOT, Ran
from tests.web.conftest import Served, Visitor, looks_right
from tierengine.web.pages.api import description

Make = Callable[..., Visitor]
Open = Callable[..., Page]
Run = Callable[..., Ran]
GUATEMALA = "/api/v1/dossiers/GT/2007-interim"
SEED = ROOT / "seeds" / "guatemala-2007"


@pytest.mark.parametrize(
    ("call", "verb"),
    [
        ("assess", ["assess", "{}", "--format", "json"]),
        ("rate", ["rate", "{}", "--format", "json"]),
        ("settle", ["settle", "{}", "--format", "json"]),
        ("path?to=2", ["path", "{}", "--to", "2", "--format", "json"]),
    ],
)
def test_each_call_gives_what_its_command_prints(visitor: Make, tierengine: Run, call: str, verb: list[str]) -> None:
    """Byte for byte."""
    answer = visitor().get(f"{GUATEMALA}/{call}")
    assert answer.status_code == 200, answer.text
    assert answer.text == tierengine(*(each.replace("{}", str(SEED / "dossier.yaml")) for each in verb)).out


def test_a_dossier_can_be_handed_in(visitor: Make, tierengine: Run) -> None:
    """A dossier with its sources, in base64, gets the answer that it gets as a file; nothing of it is kept."""
    files = {path.name: base64.b64encode(path.read_bytes()).decode() for path in SEED.iterdir()}
    sent = {"dossier": base64.b64decode(files.pop("dossier.yaml")).decode(), "files": files}
    answer = _program(visitor).post("/api/v1/assess", json=sent)
    assert answer.text == tierengine("assess", str(SEED / "dossier.yaml"), "--format", "json").out


def test_problems_come_with_place_and_cure(visitor: Make) -> None:
    """What cannot be used is refused as JSON, all at once."""
    answer = _program(visitor).post("/api/v1/assess", json={"dossier": "id: X\n", "files": {}})
    assert answer.status_code == 422
    assert all(each["cure"] for each in answer.json()["problems"])
    assert visitor().get("/api/v1/dossiers/GT/1066/assess").json()["says"].startswith("No dossier in this folder")
    again = _program(visitor).post("/api/v1/assess", json={"dossier": "id: X\n", "files": {"a": "&"}})
    assert again.status_code == 422


def test_a_token_opens_for_programs_and_for_nobody_else(served: Served, visitor: Make) -> None:
    """A token that was changed, or a browser's cookie without its form token, changes nothing."""
    client = _program(visitor)
    assert client.get("/api/v1/dossiers").status_code == 200
    forged = client.headers["authorization"][:-2] + "xx"
    assert httpx.get(f"{served.at}/api/v1/dossiers", headers={"authorization": forged}).status_code == 401
    assert visitor().post("/api/v1/work", json={"work": "lint"}).status_code == 403


def test_long_work_says_how_far_it_is_and_can_be_stopped(visitor: Make) -> None:
    """A draft that is unsound is reported at its line; work is stopped when it is asked; others do not see it."""
    client = _program(visitor)
    broken = (ROOT / "rules" / "tiers.yaml").read_text(encoding="utf-8").replace("finding: SCOPE", "finding: SCOPES", 1)
    found = _ended(client, client.post("/api/v1/work", json={"work": "prove", "files": {"rules/tiers.yaml": broken}}))
    assert found["state"] == "failed"
    assert found["problems"][0]["file"] == "rules/tiers.yaml"
    assert found["problems"][0]["line"]
    begun = client.post("/api/v1/work", json={"work": "prove"}).json()
    assert visitor(name="Bo Ek").get(f"/api/v1/work/{begun['id']}").status_code == 404
    assert client.delete(f"/api/v1/work/{begun['id']}").json()["state"] == "stopped"
    bad = client.post("/api/v1/work", json={"work": "lint", "files": {"../../etc/passwd": ""}})
    assert (bad.status_code, bad.json()["problems"][0]["what"]) == (400, "no file of a law is named so")


def test_the_progress_of_work_is_streamed(visitor: Make) -> None:
    """Events come as the work goes on; the last one carries the result, which is what `lint` prints."""
    client = _program(visitor)
    begun = client.post("/api/v1/work", json={"work": "lint"}).json()
    with client.stream("GET", f"/api/v1/work/{begun['id']}/events") as stream:
        events = [line for line in stream.iter_lines() if line]
    assert events[-2] == "event: done"
    assert json.loads(events[-1].removeprefix("data: "))["result"] == []


def test_the_page_for_programs_can_be_used_by_everyone(browser: Open) -> None:
    """Axe finds nothing on it."""
    page = browser()
    page.goto("/api/v1/docs")
    looks_right(page)


def test_the_api_keeps_to_its_description(served: Served, visitor: Make) -> None:
    """Calls that are made from the description never break it: no server error, and only answers that it names."""
    schema = schemathesis.openapi.from_dict(description()).exclude(path_regex="/work")
    token = {"authorization": _program(visitor).headers["authorization"]}
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(max_examples=5, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck])
        @given(case=operation.as_strategy())
        def keeps_to_it(case: Any) -> None:
            # The token is always there (without it: see above); what YAML must hold the description cannot say.
            case.call_and_validate(
                base_url=served.at, headers=token, excluded_checks=[ignored_auth, positive_data_acceptance]
            )

        keeps_to_it()
        tried += 1
    assert tried == 10
    assert not any("broke" in line for line in served.lines())


def _program(visitor: Make) -> httpx.Client:
    """A program that came in by the token on the page."""
    client = visitor()
    token = re.search(r"Bearer ([\w.-]+)", client.get("/api/v1/docs").text)
    assert token is not None
    program = visitor()
    program.cookies.clear()
    program.headers["authorization"] = f"Bearer {token[1]}"
    return program


def _ended(client: httpx.Client, begun: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = begun.json()
    for _ in range(600):
        if found["state"] != "running":
            return found
        sleep(0.1)
        found = client.get(f"/api/v1/work/{found['id']}").json()
    raise AssertionError(f"{found} does not end")
