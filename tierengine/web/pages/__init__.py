"""The pages, one file for each group; each has a `router`."""

from __future__ import annotations

from tierengine.web.pages import (
    asking,
    beginning,
    coding,
    countries,
    dossier,
    entering,
    papers,
    rating,
    supposing,
    why,
    years,
)

PAGES = (entering, countries, beginning, dossier, coding, rating, supposing, asking, years, why, papers)
