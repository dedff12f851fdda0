"""The pages, one file for each group; each has a `router`."""

from __future__ import annotations

from tierengine.web.pages import asking, coding, countries, dossier, entering, papers, rating, supposing, why, years

PAGES = (entering, countries, dossier, coding, rating, supposing, asking, years, why, papers)
