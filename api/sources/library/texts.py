"""Under which terms own files come, and why something is not known of them."""

from __future__ import annotations

from datetime import datetime

from api.schemas.provenance import Method, Reason, SourceName
from api.sources.resource import Absences, Origin

LICENCE = "The owner’s own file: Earprint claims no right in it"
LABEL_LICENCE = "Composed for Earprint and shipped with it, under the same licence"
TAGS = "From the file’s own tags, or from what its owner wrote when adding it."
OLDER = "version {by} of the analyser heard it, and version {now} is here"
_UNSAID = "Neither the file’s tags nor its owner say it."
_UNCOUNTED = "Spotify counts this; nobody counts it of own files."

WHY_NOT = {
    "url": "It lives on this server alone and has no page elsewhere.",
    "genres": "Nobody has said which genres this is; that never means that there is none.",
    "popularity": _UNCOUNTED,
    "followers": _UNCOUNTED,
    "duration_ms": "It is known once the file is analysed.",
    "is_playable": "Markets are nothing to own files: whoever reaches this server can play them.",
    "linked_from": "There is no other copy: this is the very track that was asked for.",
    "description": "Its owner has written none.",
    "public": "There are no profiles here on which it could be shown.",
    "album_type": "Nobody has said whether it is an album, a single or a compilation.",
    "album_group": "Nobody has said what the release is to this artist.",
    "total_tracks": "It is not known how many tracks the release has beside those that are here.",
}
ABSENCES = Absences(_UNSAID, {name: (Reason.NOT_KNOWN, why) for name, why in WHY_NOT.items()})


def origin(
    at: datetime,
    licence: str = LICENCE,
    detail: str = TAGS,
    *,
    method: Method = Method.REPORTED,
    absences: Absences = ABSENCES,
) -> Origin:
    """The owner, or the file, says it."""
    return Origin(SourceName.LIBRARY, at, licence, absences, detail, method)
