"""The groups of pages that are not needed before the first page was sent."""

from __future__ import annotations

from tierengine.web.pages import (
    adding,
    api,
    api_of_dossier,
    asking,
    auditing,
    beginning,
    coding,
    dossier,
    editing,
    enrolling,
    filled,
    law,
    ledger,
    listing,
    papers,
    proposing,
    rating,
    record,
    supposing,
    why,
    years,
)

_OF_A_DOSSIER = (filled, beginning, dossier, listing, adding, coding, rating, supposing, asking, years, why, papers)
OTHERS = (*_OF_A_DOSSIER, auditing, record, ledger, enrolling, proposing, editing, law, api, api_of_dossier)
