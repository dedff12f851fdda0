"""Packets for the tests: of the small rulebook, and of Guatemala under the real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.conftest import GUATEMALA, ROOT
from tests.ledger.conftest import Office, open_office
from tests.reasoning.two_years import SILENT, last_year, record, write
from tierengine.evidence.dossier import dossier_of, read_dossier
from tierengine.law.reader import rulebook_files
from tierengine.ledger import acts
from tierengine.ledger.acts import Ground
from tierengine.ledger.book import register_of
from tierengine.ledger.packet import export
from tierengine.terms.tier import Tier


def small_office(folder: Path) -> Office:
    """A ledger in which an assessment was disputed, determined and reviewed, and a second case begun."""
    office = open_office(str(folder / "ledger.sqlite"), folder / "keys")
    office.adopt_rulebook()
    _discussed(office, disputed=("EFFORTS=not met",))
    _another_case(office)
    return office


def small_packet(folder: Path) -> dict[str, bytes]:
    """The packet of the determination in such a ledger."""
    office = small_office(folder)
    files = export(office.ledger, 3)
    office.ledger.store.close()
    return files


def guatemala_packet(folder: Path) -> dict[str, bytes]:
    """The packet of the real dossier under the real rulebook."""
    made = open_office(str(folder / "ledger.sqlite"), folder / "keys")
    office = replace(made, casefile=read_dossier(GUATEMALA), files=rulebook_files(ROOT))
    office.adopt_rulebook()
    _discussed(office)
    files = export(office.ledger, 1)
    office.ledger.store.close()
    return files


def two_years_packet(folder: Path) -> dict[str, bytes]:
    """The packet of an invented dossier that names the one of the last report."""
    last_year(folder / "case" / "2012", record("trafficking_convictions", {"at_least": 3, "at_most": 7}))
    path = write(
        folder / "case",
        record("trafficking_convictions", {"at_least": 8}),
        record("more_prosecutions", "fewer than last year"),
        silences=SILENT,
        last_dossier="2012/dossier.yaml",
    )
    made = open_office(str(folder / "ledger.sqlite"), folder / "keys")
    office = replace(made, casefile=read_dossier(path), files=rulebook_files(ROOT))
    office.adopt_rulebook()
    office.record()
    files = export(office.ledger, 1)
    office.ledger.store.close()
    return files


def _discussed(office: Office, disputed: tuple[str, ...] = ()) -> None:
    office.record()
    with office.ledger.store.reading() as reader:
        entry, _ = office.ledger.entry(reader, 1)
    other: Tier = "2" if getattr(entry, "tier", None) != "2" else "3"
    ground = Ground(tier=other, disputes=disputed, discretion=not disputed, reasons="seen otherwise")
    acts.position(office.desk(office.bo), 1, ground)
    with office.ledger.store.reading() as reader:
        seen = register_of(reader, office.casefile.dossier.id).seen(office.casefile.dossier.id)
    acts.determine(office.desk(office.cy), 1, seen, Ground(tier=None, reasons="as recommended"))
    acts.review(office.desk(office.ann), 3, "looked at", approves=True)


def _another_case(office: Office) -> None:
    opened = office.casefile
    raw = opened.document.raw.replace(b"id: nowhere-2007", b"id: elsewhere")
    sources = {source.file: opened.sources[source.id].raw for source in opened.dossier.sources}
    changed = dossier_of(raw, opened.document.name, sources)
    acts.record(office.desk(office.bo), changed, office.files, None)
