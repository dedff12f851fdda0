"""A source that comes in later is added to its dossier from its page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import Visitor, looks_right
from tests.web.test_coding import _form
from tierengine.evidence.dossier import read_dossier

Make = Callable[..., Visitor]
Open = Callable[..., Page]

AT = "/c/QM/2011"
RAW = b"The police investigated 12 trafficking cases in 2010. The courts convicted three traffickers."


def _send(client: Visitor, *files: tuple[str, bytes], **fields: str | list[str]) -> httpx.Response:
    """Send the form of the page with some files."""
    token = _form(client.get(f"{AT}/source").text, "source")
    sent = [("sources", (name, raw)) for name, raw in files]
    return client.post(f"{AT}/source", data=token | fields, files=sent or None)


def test_a_source_is_sent_from_the_keyboard(browser: Open, folder: Path) -> None:
    """From the dossier to the form, and back to the source with its sentences proposed; the page is fit for all."""
    (folder / "second.txt").write_bytes(RAW)
    page = browser()
    page.goto(AT)
    page.get_by_role("link", name="Add a source").press("Enter")
    looks_right(page)
    page.get_by_label("Sources to send").set_input_files(folder / "second.txt")
    page.get_by_role("button", name="Read them and draft").press("Enter")
    expect(page.locator(".sources [aria-current]")).to_have_text("second")
    expect(page.locator(".text mark.proposed").first).to_contain_text("investigated 12 trafficking cases")
    casefile = read_dossier(folder / "invented-2011" / "dossier.yaml")
    assert casefile.sources["second"].raw == RAW
    assert casefile.dossier.proposed


def test_what_lies_beside_is_taken_in_without_script(visitor: Make, folder: Path) -> None:
    """It is offered, taken in where it lies, and offered no more; undone, the dossier is as before, byte for byte."""
    place = folder / "invented-2011"
    before = (place / "dossier.yaml").read_bytes()
    (place / "second.txt").write_bytes(RAW)
    ann = visitor()
    assert "Lying beside the dossier" in ann.get(f"{AT}/source").text
    page = _send(ann, beside="second.txt")
    assert "investigated 12" in page.text
    assert "new source" not in ann.get("/").text
    assert sorted(each.name for each in place.glob("[!.]*")) == ["cable.txt", "dossier.yaml", "second.txt"]
    ann.post(f"{AT}/undo", data=_form(ann.get(AT).text, "undo"))
    assert (place / "dossier.yaml").read_bytes() == before
    assert "A new source, second.txt, to take in" in ann.get("/").text


@pytest.mark.parametrize(
    ("files", "beside", "message"),
    [
        ([("secret.txt", b"S E C R E T VARONA 000002\n\nSUBJECT: TIP\n\n1. (S) It is so.\n")], [], "classified"),
        ([("good.txt", RAW), ("scan.pdf", b"%PDF-1.4 cut short")], [], "cut short"),
        ([("a.txt", RAW), ("b.txt", RAW)], [], "same as a.txt"),
        ([], [], "No source was chosen"),
        ([], ["../guatemala-2007/cable.txt"], "Lies not beside this dossier"),
        ([], ["dossier.yaml"], "Lies not beside this dossier"),
    ],
)
def test_what_cannot_be_added_leaves_nothing(
    visitor: Make, folder: Path, files: list[tuple[str, bytes]], beside: list[str], message: str
) -> None:
    """It is refused with the name of its file, and neither the dossier nor its folder is another than before."""
    before = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    answer = _send(visitor(), *files, **({"beside": beside} if beside else {}))
    assert answer.status_code in (400, 422)
    assert message in answer.text
    assert before == {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_names_lead_nowhere_and_write_over_nothing(visitor: Make, folder: Path) -> None:
    """A file of the name of another one, or of a path, gets a name of its own in the folder of the dossier."""
    place = folder / "invented-2011"
    cable = (place / "cable.txt").read_bytes()
    names = ("cable.txt", "../../evil.txt", "dossier.yaml.txt", ".hidden.txt")
    assert _send(visitor(), *((name, RAW + name.encode()) for name in names)).status_code == 200
    assert (place / "cable.txt").read_bytes() == cable
    assert (place / "cable-2.txt").read_bytes() == RAW + b"cable.txt"
    assert {each.name for each in place.glob("[!.]*")} == {
        *("cable.txt", "cable-2.txt", "dossier.yaml", "dossier.yaml.txt", "evil.txt", "hidden.txt")
    }
    assert not [each for each in folder.parent.rglob("*evil*") if each.parent != place]
