"""The pages, one file for each group; each has a `router`.

Here stand those of the first page; `others` names all the rest, which are loaded once the first page was sent.
"""

from __future__ import annotations

from tierengine.web.pages import countries, entering

FIRST = (entering, countries)
