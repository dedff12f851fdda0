"""The pages, one file for each group; each has a `router`."""

from __future__ import annotations

from tierengine.web.pages import coding, countries, dossier, entering

PAGES = (entering, countries, dossier, coding)
