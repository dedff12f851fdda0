"""The verb that shows where an answer comes from, for programs that read W3C PROV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tierengine.cli.app import app
from tierengine.cli.options import AsOf, DossierFile, RulebookFolder, day_given, rulebook_in, write_file
from tierengine.evidence.dossier import read_dossier
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reports.provenance import prov_json
from tierengine.reports.provenance import provenance as provenance_of


@app.command()
def provenance(
    dossier: DossierFile,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="where it is written")] = None,
    as_of: AsOf = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Show from which sources, records and findings the answer comes, as W3C PROV-JSON. Ends as `assess` does."""
    casefile = read_dossier(dossier)
    law = law_of(casefile, rulebook_in(rulebook), day_given(as_of) if as_of else None)
    assessment = Assessor(law).assess(casefile)
    document = prov_json(provenance_of(casefile, law, assessment))
    if output is not None:
        write_file(output, document)
    else:
        sys.stdout.write(document.decode())
    if not assessment.recommendation.settled:
        raise typer.Exit(4)
