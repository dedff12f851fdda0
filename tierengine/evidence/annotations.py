"""The quotes of a dossier as annotations of their sources, as the W3C Web Annotation Data Model (2017) writes them."""

from __future__ import annotations

from typing import Any

from tierengine.evidence.dossier import Anchored, Casefile
from tierengine.evidence.sources.anchors import selectors

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"


def annotation_page(casefile: Casefile) -> dict[str, Any]:
    """Return an annotation for every quote of a dossier."""
    digests = {source.id: source.digest for source in casefile.dossier.sources}
    items = [_annotation(each, digests[each.source]) for each in casefile.anchors()]
    return {"@context": _CONTEXT, "id": f"urn:tierengine:{casefile.digest}", "type": "AnnotationPage", "items": items}


def _annotation(each: Anchored, digest: str) -> dict[str, Any]:
    return {
        "id": f"urn:tierengine:anchor/{each.name.replace(' ', '-')}",
        "type": "Annotation",
        "motivation": "identifying",
        "body": {"type": "TextualBody", "value": each.name, "purpose": "identifying"},
        "target": {
            "source": f"urn:tierengine:{digest}",
            "selector": [
                {"type": "FragmentSelector", "value": each.at},
                *selectors(each.quote, each.around, each.span, by_bytes=each.by_bytes),
            ],
        },
    }
