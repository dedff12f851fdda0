"""The pages, one file for each group; each has a `router`."""

from __future__ import annotations

from tierengine.web.pages import (
    adding,
    api,
    api_of_dossier,
    asking,
    auditing,
    beginning,
    coding,
    countries,
    dossier,
    editing,
    enrolling,
    entering,
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

_OFFICERS = (
    entering,
    filled,
    countries,
    beginning,
    dossier,
    listing,
    adding,
    coding,
    rating,
    supposing,
    asking,
    years,
    why,
    papers,
)
PAGES = (*_OFFICERS, auditing, record, ledger, enrolling, proposing, editing, law, api, api_of_dossier)
