"""Dossiers made up for figures of two years, with the telegrams that they quote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tierengine import canonical

Written = dict[str, Any]

CABLE = """\
VZCZCXYZ0001
RR RUEHC

DE RUEHOR #0007/01 0921201
ZNR UUUUU ZZH
R {sent}
FM AMEMBASSY ORLENE
TO SECSTATE WASHDC

UNCLAS ORLENE 000007

SIPDIS

E.O. 12958: N/A
TAGS: KTIP, PHUM, QO
SUBJECT: TIP: INVENTED REPORT

1. This telegram is invented, as is the country: many words of figures and of efforts.

DOE
"""

YEAR = {"first": "2012-04-01", "last": "2013-03-31"}
BEFORE = {"first": "2011-04-01", "last": "2012-03-31"}


def record(measures: str, value: object, **changes: Any) -> Written:
    """A record of the reporting period, called by what it measures unless it has another name."""
    unit = "cases" if "prosecutions" in measures or "investigations" in measures else "persons"
    made: Written = {
        "id": measures.replace("_", "-"),
        "kind": "statistic",
        "measures": measures,
        "value": value,
        **({"unit": unit} if isinstance(value, int | dict) and not isinstance(value, bool) else {}),
        "period": YEAR,
        "actor": {"is": "government", "name": "the Government of this invented country"},
        "at": "13ORLENE7 ¶1",
        "quote": "many words of figures and of efforts",
        "reliability": "B",
        "credibility": 2,
    }
    made |= changes
    return {key: word for key, word in made.items() if word is not None}


def silence(indicator: str, **changes: Any) -> Written:
    """That the cable says nothing."""
    made: Written = {"id": f"silent-{indicator}".replace("_", "-"), "indicator": indicator, "source": "13ORLENE7"}
    return made | {"read": "all", "author": "A. Officer", "date": "2013-05-01", "note": "nothing is said"} | changes


SILENT = [
    silence(name)
    for name in (
        "increase_in_enforcement",
        "increase_in_victim_assistance",
        "decrease_in_official_complicity",
        "other_increase",
    )
]


def write(folder: Path, *records: Written, sent: str = "021201Z APR 13", **changes: Any) -> Path:
    """Write a dossier with its cable into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    cable = CABLE.format(sent=sent).encode()
    (folder / "cable.txt").write_bytes(cable)
    written: Written = {
        "id": "orlene-2013",
        "government": {"country": "QO", "name": "Orlene (invented)"},
        "product": "annual",
        "as_of": "2013-06-19",
        "period": YEAR,
        "last_report": "2012-06-19",
        "sources": [{"id": "13ORLENE7", "format": "telegram", "file": "cable.txt", "digest": canonical.digest(cable)}],
        "records": list(records),
        **changes,
    }
    # Through JSON, so that nothing is written once and named again elsewhere.
    plain = json.loads(json.dumps(written))
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    (folder / "dossier.yaml").write_text(text.replace("13ORLENE7", f"{sent[-2:]}ORLENE7"), encoding="utf-8")
    return folder / "dossier.yaml"


def last_year(folder: Path, *records: Written, **changes: Any) -> Path:
    """Write the dossier of the last report."""
    earlier = [each | {"period": BEFORE} for each in records]
    return write(
        folder,
        *earlier,
        sent="021201Z APR 12",
        **{
            "id": "orlene-2012",
            "as_of": "2012-06-19",
            "period": BEFORE,
            "last_report": "2011-06-27",
        }
        | changes,
    )
