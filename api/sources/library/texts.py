"""Wrap what is known of own files: who says it, since when; and give every absence its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from api.schemas.provenance import Method, Missing, Provenance, Reason, Resource, SourceName

LICENCE = "The owner’s own file: Earprint claims no right in it"
LABEL_LICENCE = "Composed for Earprint and shipped with it, under the same licence"
TAGS = "From the file’s own tags, or from what its owner wrote when adding it."
_IDENTITY = frozenset({"id", "uri", "url", "href", "limit", "offset", "next", "previous"})
_ENDS = frozenset({"next", "previous"})  # null at the ends of a list, which is no absence
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
R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True)
class Origin:
    """Since when something is known here, under which terms, and how one has to read it."""

    at: datetime
    licence: str = LICENCE
    detail: str = TAGS
    silent: str = _UNSAID

    def provenance(self, fields: tuple[str, ...]) -> Provenance:
        """The owner, or the file, reports these fields."""
        return Provenance(
            source=SourceName.LIBRARY,
            method=Method.REPORTED,
            fields=fields,
            retrieved_at=self.at,
            licence=self.licence,
            detail=self.detail,
        )

    def resource(
        self, model: type[R], values: dict[str, Any], *, also: tuple[Missing, ...] = ()
    ) -> R:
        """The values as a resource: provenance for what is there, a reason for what is not."""
        fields = tuple(
            name for name, value in values.items() if value is not None and name not in _IDENTITY
        )
        absent = tuple(
            self.absence(name)
            for name, value in values.items()
            if value is None and name not in _ENDS
        )
        said = {"provenance": (self.provenance(fields),), "missing": (*absent, *also)}
        return model(**values | said)

    def absence(self, field: str) -> Missing:
        """Why `field` is absent, by what is known of fields of its name."""
        detail = _why(field, WHY_NOT) or self.silent
        return Missing(field=field, reason=Reason.NOT_KNOWN, detail=detail)


def _why(field: str, known: Mapping[str, str]) -> str | None:
    return known.get(field.rsplit(".", maxsplit=1)[-1])
