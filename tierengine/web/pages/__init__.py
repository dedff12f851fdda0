"""The pages, one file for each group; each has a `router`."""

from __future__ import annotations

from tierengine.web.pages import api, api_of_dossier, coding, countries, dossier, editing, entering, law

PAGES = (entering, countries, dossier, coding, editing, law, api, api_of_dossier)
