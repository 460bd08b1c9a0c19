"""What Wikidata's values come under, and why those are absent that it does not send."""

from __future__ import annotations

from api.schemas.provenance import Reason
from api.sources.resource import Absences

LICENCE = "Wikidata: CC0"
NO_ID = "This is no item of Wikidata’s."
NAMELESS = "Wikidata has no English name for this artist."
ABSENCES = Absences(
    "Wikidata did not say.",
    {
        "genres": (
            Reason.NOT_KNOWN,
            "Wikidata names no genre for this artist; that never means that there is none.",
        ),
        "images": (Reason.NOT_KNOWN, "This server does not ask Wikidata for pictures."),
        "popularity": (Reason.NOT_KNOWN, "Wikidata does not count how much anything is played."),
        "followers": (Reason.NOT_KNOWN, "Nobody follows artists at Wikidata."),
    },
    "Wikidata sent something that cannot be read here.",
)
