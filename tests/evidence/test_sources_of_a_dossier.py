"""A dossier on sources of every format: the command takes it from `check` to a packet that a stranger verifies."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

from tests.conftest import SMALL, Ran
from tests.evidence.sources import documents
from tests.evidence.sources.test_telegram_sections import section
from tierengine import canonical
from tierengine.evidence.dossier import read_dossier
from tierengine.evidence.sources.opened import text_digest
from tierengine.evidence.sources.reading import Format, read_source
from tierengine.ledger import checker

Run = Callable[..., Ran]

QUOTES: dict[str, tuple[Format, str, str, str, bytes]] = {
    "casa-libre": (
        "html",
        "page.html",
        "Trafficking in Tessalia ¶1",
        'The government opened "two" shelters - one in March.',
        documents.PAGE.encode(),
    ),
    "annual-report": (
        "pdf",
        "report.pdf",
        "page 1 ¶1",
        "The police identified trafficking victims and documented insufficiently.",
        documents.pdf(
            "The police identified trafficking victims and documented insufficiently. Nobody was jailed.",
            '#set page(width: 5cm)\n#set text(lang: "en", hyphenate: true)\n#set par(justify: true)',
        ),
    ),
    "memo": (
        "docx",
        "memo.docx",
        "Prosecution ¶1",
        "Courts convicted nobody.",
        documents.word("# Prosecution", "Courts convicted\u00a0nobody."),
    ),
    "letter": (
        "mail",
        "letter.eml",
        "¶2",
        "The shelter opened in May.",
        documents.mail("Dear all,\n\nThe shelter opened\nin May."),
    ),
    "note": (
        "markdown",
        "note.md",
        "Law ¶1",
        "The law of 2009 is in force.",
        b"# Law\n\nThe **law** of [2009](http://x.y) is in force.\n",
    ),
    "plain": ("text", "plain.txt", "¶1", "Officials were trained.", b"Officials were\ntrained.\n"),
}


def written(folder: Path, **changes: Any) -> Path:
    """Write a dossier on all these sources, and a cable of three files; a change of `None` leaves a key out."""
    for _, file, _, _, raw in QUOTES.values():
        (folder / file).write_bytes(raw)
    for number in (1, 2, 3):
        (folder / f"cable-{number}.txt").write_text(section(number), encoding="utf-8")
    sources: list[dict[str, Any]] = []
    for name, (form, file, _, _, raw) in QUOTES.items():
        text = text_digest(read_source([(file, raw)], form, name))
        declared = {"handling": "unclassified", "declared_by": "Ann Lee, Desk: published for anybody"}
        sources.append(
            {"id": name, "format": form, "file": file, "digest": canonical.digest(raw), "text": text, **declared}
        )
    parts = [(f"cable-{n}.txt", (folder / f"cable-{n}.txt").read_bytes()) for n in (1, 2, 3)]
    cable = {"id": "08TESSAL402", "format": "telegram", "file": "cable-1.txt", "digest": canonical.digest(parts[0][1])}
    cable["text"] = text_digest(read_source(parts, "telegram", "08TESSAL402"))
    more = [{"file": file, "digest": canonical.digest(raw)} for file, raw in parts[1:]]
    sources.append({**cable, "sections": more})
    quotes = {name: (f"{name} {at}", quote) for name, (_, _, at, quote, _) in QUOTES.items()}
    quotes["cable"] = ("08TESSAL402 ¶2", "All of them were brought to the shelter of the ministry.")
    dossier = {
        "id": "tessalia",
        "government": {"country": "XX", "name": "Tessalia"},
        "product": "annual",
        "as_of": "2007-06-12",
        "period": {"first": "2006-04-01", "last": "2007-04-01"},
        "last_report": "2006-06-05",
        "sources": sources,
        "records": [
            {
                "id": f"from-{name}",
                "kind": "action",
                "measures": "shelter",
                "value": "true",
                "date": "2007-03-03",
                "actor": {"is": "government", "name": "the government"},
                "at": at,
                "quote": quote,
                "reliability": "B",
                "credibility": "2",
            }
            for name, (at, quote) in quotes.items()
        ],
    } | changes
    path = folder / "dossier.yaml"
    path.write_text(yaml.safe_dump(dossier, sort_keys=False, allow_unicode=True, width=1000), encoding="utf-8")
    return path


def changed(path: Path, change: Callable[[Any], object]) -> Path:
    """Change what a dossier holds."""
    dossier = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(dossier)
    path.write_text(yaml.safe_dump(dossier, sort_keys=False, allow_unicode=True, width=1000), encoding="utf-8")
    return path


@pytest.fixture
def run(tierengine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line in an empty folder, with the small rulebook."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIERENGINE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("TIERENGINE_RULEBOOK", str(SMALL))
    return tierengine


def test_check_finds_every_quote(run: Run, tmp_path: Path) -> None:
    """In every format, over line ends, soft hyphens, sections of a cable; what nobody quotes is listed."""
    ran = run("check", written(tmp_path))
    assert (ran.code, ran.err) == (0, "")
    assert "7 records, 0 of them set aside; every quote stands at its place" in ran.out
    assert "not coded: memo Prosecution ¶0: Prosecution" in ran.out
    assert "moved:" not in ran.out


@pytest.mark.parametrize("form", ["text", "markdown", "html", "docx", "pdf"])
def test_reports_name_the_places(run: Run, tmp_path: Path, form: str) -> None:
    """Every report of the dossier is written; the page cites quote and place as they stand in the dossier."""
    dossier = written(tmp_path)
    ran = run("report", dossier, "--format", form, "--output", tmp_path / "out")
    assert ran.code in (0, 4)
    if form == "html":
        page = (tmp_path / "out").read_text(encoding="utf-8")
        assert "annual-report page 1 ¶1" in page
        assert "The government opened &quot;two&quot; shelters - one in March." in page


def test_the_answer_and_its_provenance(run: Run, tmp_path: Path) -> None:
    """`assess` and `provenance` name the sources of every format."""
    dossier = written(tmp_path)
    answer = json.loads(run("assess", dossier, "--format", "json").out)
    assert len(answer["receipt"]["sources"]) == 9
    prov = json.loads(run("provenance", dossier).out)
    source = prov["entity"]["te:source/casa-libre"]
    assert source["te:handling"] == "unclassified"
    assert source["te:handling_declared_by"].startswith("Ann Lee")


def test_the_way_to_a_packet(run: Run, tmp_path: Path) -> None:
    """Recorded, exported, verified by tierengine and by the second checker, which says what it took on trust."""
    dossier = written(tmp_path)
    assert run("ledger", "init", "--origin", "example.gov/x").code == 0
    assert run("ledger", "key", "Ann Lee", "--office", "Desk").code == 0
    assert run("ledger", "rulebook", "--reasons", "the first", "--as", "Ann Lee").code == 0
    assert run("ledger", "record", dossier, "--as", "Ann Lee").code in (0, 4)
    assert run("ledger", "replay", "--all").code == 0
    assert run("ledger", "export", 1, "packet.zip").code == 0
    verified = run("verify", "packet.zip")
    assert (verified.code, verified.err) == (0, "")
    with zipfile.ZipFile("packet.zip") as packet:
        names = packet.namelist()
        packet.extractall("packet")
    assert sorted(name for name in names if name.startswith("text/")) == ["text/cable-1.txt.txt", "text/report.pdf.txt"]
    done = subprocess.run([sys.executable, "packet/check.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "report.pdf: quotes were found in text/report.pdf.txt, whose digest the dossier holds" in done.stdout
    assert "All holds" in done.stdout
    text = Path("packet/text/report.pdf.txt")
    text.write_bytes(text.read_bytes().replace(b"police", b"guards"))
    done = subprocess.run([sys.executable, "packet/check.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "NOT CHECKED: report.pdf" in done.stdout


def test_a_text_that_is_not_the_files_is_found(run: Run, tmp_path: Path) -> None:
    """`verify` reads the PDF anew, and refuses another text beside it."""
    test_the_way_to_a_packet(run, tmp_path)
    with zipfile.ZipFile("packet.zip") as old, zipfile.ZipFile("other.zip", "w") as new:
        for entry in old.infolist():
            raw = old.read(entry)
            new.writestr(
                entry.filename, raw.replace(b"police", b"guards") if entry.filename.endswith("pdf.txt") else raw
            )
    ran = run("verify", "other.zip")
    assert ran.code == 5
    assert "text/report.pdf.txt: it is not the text of report.pdf" in ran.err


def test_the_last_dossier_has_sources_of_every_format_too(run: Run, tmp_path: Path) -> None:
    """They travel along with their texts, and both checks find the quotes in them; what is changed is named."""
    (tmp_path / "last").mkdir()
    period = {"first": "2005-04-01", "last": "2006-03-31"}
    written(tmp_path / "last", id="tessalia-2006", as_of="2006-06-05", period=period, last_report="2005-06-03")
    dossier = written(tmp_path, last_dossier="last/dossier.yaml")
    assert run("ledger", "init", "--origin", "example.gov/x").code == 0
    assert run("ledger", "key", "Ann Lee", "--office", "Desk").code == 0
    assert run("ledger", "rulebook", "--reasons", "the first", "--as", "Ann Lee").code == 0
    assert run("ledger", "record", dossier, "--as", "Ann Lee").code in (0, 4)
    assert run("ledger", "export", 1, "packet.zip").code == 0
    verified = run("verify", "packet.zip")
    assert (verified.code, verified.err) == (0, "")
    files = checker.read(Path("packet.zip"))
    assert {"text/last/report.pdf.txt", "text/last/cable-1.txt.txt", "dossier/last/cable-3.txt"} <= files.keys()
    report = checker.check(files)
    assert (report.wrong, report.unchecked) == ([], [])
    assert any(note.startswith("last/report.pdf: quotes were found") for note in report.notes)
    for name in ("dossier/last/cable-3.txt", "dossier/last/memo.docx"):
        assert any(name[8:] in line for line in checker.check(files | {name: files[name] + b" "}).wrong)


def test_the_day_of_a_source(tmp_path: Path) -> None:
    """A cable and a mail bear one, and the second checker reads the same; no other format does."""
    casefile = read_dossier(written(tmp_path))
    days = {name: source.day and source.day.isoformat() for name, source in casefile.sources.items()}
    assert {name for name, day in days.items() if day} == {"letter", "08TESSAL402"}
    assert days["letter"] == "2014-02-03"
    for source in casefile.dossier.sources:
        assert checker.sent(source.format, casefile.files[source.file]) == days[source.id]


@pytest.mark.parametrize("date", ["Mon, 3 Feb 2014 23:30:00 -0500", "3 Feb 14 10:00", "never", "", None])
def test_the_day_of_a_mail(date: str | None) -> None:
    """It is the day where the mail was written; a date that is none gives none, to both readers."""
    raw = re.sub(rb"(?m)^Date: .*\n", b"", documents.mail("Words."))
    raw = raw if date is None else f"Date: {date}\n".encode() + raw
    day = read_source([("a.eml", raw)], "mail", "a").day
    assert (day and day.isoformat()) == checker.sent("mail", raw)
    assert (day is not None) == (date is not None and "Feb" in date)


@pytest.mark.parametrize("name", QUOTES)
def test_the_second_checker_reads_each_format(name: str) -> None:
    """It finds a true quote by the standard library alone, and no other; of PDF it says that it did not look."""
    form, file, at, quote, raw = QUOTES[name]
    files = {f"dossier/{file}": raw}
    for words, stands in ((quote, True), (quote.replace("e", "a"), False)):
        source = {"id": name, "format": form, "file": file}
        dossier = {"sources": [source], "records": [{"id": "r", "at": f"{name} {at}", "quote": words}]}
        report = checker.Report()
        read = read_source([(file, raw)], form, name)
        packet = files | ({f"text/{file}.txt": read.text.encode()} if form == "pdf" else {})
        checker.check_quotes(packet, dossier, {}, report)
        assert bool(report.unchecked) == (form == "pdf")
        assert bool(report.wrong) == (not stands and form != "pdf")


# -- handling -----------------------------------------------------------------------------------------------------


def test_a_source_without_marking_is_released_as_declared(run: Run, tmp_path: Path) -> None:
    """With the declaration its records go to the public; without it they stay."""
    dossier = written(tmp_path)
    shown = run("report", dossier, "--release", "public").out
    assert "casa-libre" in shown
    assert "08TESSAL402" not in shown
    changed(dossier, lambda d: [source.pop(key) for source in d["sources"][:-1] for key in ("handling", "declared_by")])
    shown = run("report", dossier, "--release", "public").out
    assert "casa-libre" not in shown


def test_a_stricter_declaration_counts(tmp_path: Path) -> None:
    """A source that is declared sensitive is handled so, and the receipt of the dossier holds who declared it."""
    path = changed(written(tmp_path), lambda d: d["sources"][0].update(handling="sensitive but unclassified"))
    assert read_dossier(path).sources["casa-libre"].handling == "sensitive but unclassified"


# -- anchors ------------------------------------------------------------------------------------------------------


def test_anchors_are_written_and_hold(run: Run, tmp_path: Path) -> None:
    """What `anchors` prints, written beside each quote, keeps the dossier sound; JSON is a page of W3C annotations."""
    dossier = written(tmp_path)
    lines = run("anchors", dossier).out.splitlines()
    anchors = {
        head.split(",")[0].removeprefix("# "): yaml.safe_load(line)["anchor"]
        for head, line in zip(lines[::2], lines[1::2], strict=True)
    }
    changed(dossier, lambda d: [record.update(anchor=anchors[record["id"]]) for record in d["records"]])
    ran = run("check", dossier)
    assert (ran.code, "moved:" in ran.out) == (0, False)
    page = json.loads(run("anchors", dossier, "--format", "json").out)
    assert (page["@context"], page["type"], len(page["items"])) == (
        "http://www.w3.org/ns/anno.jsonld",
        "AnnotationPage",
        7,
    )
    kinds = [selector["type"] for selector in page["items"][0]["target"]["selector"]]
    assert kinds == ["FragmentSelector", "TextQuoteSelector", "TextPositionSelector"]


def test_a_text_that_is_read_otherwise_is_reported(run: Run, tmp_path: Path) -> None:
    """If a reader's output changes, each quote is found again by its words, and that is reported."""
    dossier = written(tmp_path)

    def older(d: Any) -> None:
        d["sources"][1]["text"] = "sha256:" + "0" * 64
        d["records"][1]["anchor"] = {"position": "3-9"}

    ran = run("check", changed(dossier, older))
    assert ran.code == 0
    printed = " ".join(ran.out.split())
    assert "moved: annual-report is read otherwise than when it was coded" in printed
    assert re.search(
        r"moved: from-annual-report was found again by its words, at 0-\d+; when it was coded it stood at 3-9", printed
    )


# -- what is refused ----------------------------------------------------------------------------------------------


def _set(index: int, **keys: Any) -> Callable[[Any], None]:
    def change(dossier: Any) -> None:
        for key, value in keys.items():
            if value is None:
                dossier["sources"][index].pop(key)
            else:
                dossier["sources"][index][key] = value

    return change


def _record(index: int, **keys: Any) -> Callable[[Any], None]:
    return lambda dossier: dossier["records"][index].update(keys)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_set(0, id="casa libre"), "`casa libre` holds a space"),
        (_set(0, declared_by=None), "`handling` stands here without `declared_by`"),
        (_set(0, handling=None), "`declared_by` stands here without `handling`"),
        (_set(6, handling="unclassified", declared_by="Ann"), "is marked sensitive but unclassified"),
        (_set(0, format="pdf"), "this is an HTML page, and not a PDF"),
        (_set(1, format="docx"), "this is a PDF, and not a DOCX"),
        (_set(0, format="spreadsheet"), "`spreadsheet`"),
        (_set(0, file="plain.txt"), "is not the file that was coded"),
        (_set(6, sections=[{"file": "cable-9.txt", "digest": "sha256:" + "0" * 64}]), "`cable-9.txt` cannot be opened"),
        (_set(0, sections=[{"file": "plain.txt", "digest": canonical.digest(QUOTES["plain"][4])}]), "and here are 2"),
        (
            _record(0, at="casa-libre ¶1"),
            "is no paragraph of the source; it stands at casa-libre Trafficking in Tessalia ¶1",
        ),
        (_record(0, quote="The government opened three shelters"), "the quote does not stand at"),
        (_record(0, anchor={"prefix": "elsewhere "}), "the quote is lost"),
        (_record(0, anchor={}), "an anchor has `prefix`"),
        (_record(0, anchor={"position": "9"}), "9"),
    ],
)
def test_a_bad_source_of_a_dossier(run: Run, tmp_path: Path, change: Callable[[Any], None], what: str) -> None:
    """It ends with 1, with the line of the dossier or the place in the source, and the cure."""
    ran = run("check", changed(written(tmp_path), change))
    assert (ran.code, ran.out) == (1, "")
    assert what in ran.err
    assert re.match(r"[\w.-]+:\d+:\d+: ", ran.err)


def test_all_bad_sources_at_once(run: Run, tmp_path: Path) -> None:
    """Two sources that cannot be read are reported in one run."""

    def change(dossier: Any) -> None:
        _set(0, format="pdf")(dossier)
        _set(1, format="html")(dossier)

    err = run("check", changed(written(tmp_path), change)).err
    assert "this is an HTML page, and not a PDF" in err
    assert "this is a PDF, and not an HTML page" in err


def test_sources_stay_open_when_only_the_dossier_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who changes a dossier on a long report does not wait for the report again; another file is another source."""
    path = written(tmp_path)
    first = read_dossier(path)

    def refuse(*given: object) -> NoReturn:
        raise AssertionError(f"opened anew: {given}")

    monkeypatch.setattr("tierengine.evidence.dossier.read_source", refuse)
    path.write_text(path.read_text(encoding="utf-8") + "\n# A remark.\n", encoding="utf-8")
    again = read_dossier(path)
    assert again.digest == first.digest
    assert again.sources["08TESSAL402"] is first.sources["08TESSAL402"]
    other = b"Officials were trained. Some twice.\n"
    (tmp_path / "plain.txt").write_bytes(other)
    old, new = (canonical.digest(raw) for raw in (QUOTES["plain"][4], other))
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(AssertionError, match=r"opened anew: .*plain\.txt"):
        read_dossier(path)
