"""Wrap what Spotify said: who, when, under which terms; and give every absence its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from api.schemas.base import Model
from api.schemas.provenance import (
    Method,
    Missing,
    Provenance,
    Reason,
    Resource,
    SourceName,
)
from api.sources.wire import Wire, lost

LICENCE = "Spotify Developer Terms: shown with a link back, cached for a while, never kept"
STAND_IN_LICENCE = "Invented: a stand-in answers here in Spotify’s place"
_IDENTITY = frozenset({"id", "uri", "url", "href", "limit", "offset", "next", "previous"})
_ENDS = frozenset({"next", "previous"})  # null at the ends of a list, which is no absence
_SILENT = "Spotify did not say."
UNREADABLE = "Spotify sent something that cannot be read here."
ELSE = "Spotify sent something else than what it was asked for."
_REMOVED = "Spotify did not send it: it stopped sending it to new apps in February 2026."

MOVED = {  # where a path on the wire leads to in the contract
    r"external_urls(\.spotify)?$": "url",
    r"external_ids(\.isrc)?$": "isrc",
    r"followers\.total$": "followers",
    r"^owner\.display_name$": "owner.name",
    r"^(items|tracks)(\.total)?$": "items_total",
    r"^show(\.name)?$": "artists",
}

Why = Mapping[str, tuple[Reason, str]]
R = TypeVar("R", bound=Resource)

WHY_NOT: dict[str, tuple[Reason, str]] = {
    "popularity": (Reason.REMOVED, _REMOVED),
    "followers": (Reason.REMOVED, _REMOVED),
    "genres": (
        Reason.NOT_KNOWN,
        "Spotify names no genre for this artist; that never means that there is none.",
    ),
    "url": (Reason.NOT_KNOWN, "Spotify gives no page for it that may be linked to."),
    "is_playable": (
        Reason.NOT_KNOWN,
        "Spotify says so only for a country: ask again with market=, such as market=GB.",
    ),
    "linked_from": (
        Reason.NOT_KNOWN,
        "Spotify names no other copy: this is the very track that was asked for.",
    ),
    "description": (Reason.NOT_KNOWN, "Its owner has written none."),
    "tempo": (Reason.NOT_DETECTED, "Spotify’s analysis found no steady tempo."),
    "key": (Reason.NOT_DETECTED, "Spotify’s analysis could not decide on a key."),
    "mode": (Reason.NOT_DETECTED, "Spotify’s analysis could not tell major from minor."),
    "key_name": (Reason.NOT_DETECTED, "There is no name without a key and a mode."),
    "camelot": (Reason.NOT_DETECTED, "There is no Camelot code without a key and a mode."),
    "loudness_end": (
        Reason.NOT_KNOWN,
        "Spotify does not say how this segment ends, and no next one tells it.",
    ),
    "album_group": (Reason.REMOVED, _REMOVED),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """When and under which terms an answer came."""

    at: datetime
    licence: str = LICENCE

    def provenance(
        self, fields: tuple[str, ...], *, url: str | None, detail: str | None = None
    ) -> Provenance:
        """Spotify reports these fields."""
        return Provenance(
            source=SourceName.SPOTIFY,
            method=Method.REPORTED,
            fields=fields,
            retrieved_at=self.at,
            url=url,
            licence=self.licence,
            detail=detail,
        )

    def resource(
        self,
        model: type[R],
        values: dict[str, Any],
        wire: Wire,
        *,
        url: str | None,
        why: Why | None = None,
        detail: str | None = None,
        also: tuple[Missing, ...] = (),
        moved: Mapping[str, str] = MappingProxyType({}),
    ) -> R:
        """The values as a resource: provenance for what is there, a reason for what is not."""
        odd = oddities(wire, values, moved)
        told = {gap.field for gap in (*odd, *also)}
        silent = (gap for gap in absences(values, why or {}) if gap.field not in told)
        fields = tuple(
            name
            for name, value in values.items()
            if value is not None and name not in _IDENTITY | told
        )
        return model(
            **values
            | {
                "provenance": (self.provenance(fields, url=url, detail=detail),),
                "missing": (*odd, *silent, *_untold(also, odd)),
            }
        )


def oddities(
    wire: Wire,
    values: Mapping[str, Any] | Model,
    moved: Mapping[str, str] = MappingProxyType({}),
    *,
    within: str = "",
) -> tuple[Missing, ...]:
    """One Missing for everything among the values that was sent and could not be read."""
    paths = lost(wire, values, {**moved, **MOVED})
    return tuple(unreadable(f"{within}{path}") for path in paths)


def unreadable(field: str) -> Missing:
    """That `field` was sent, and what was sent cannot be read."""
    return Missing(field=field, reason=Reason.NOT_KNOWN, detail=UNREADABLE)


def _untold(gaps: Iterable[Missing], told: Iterable[Missing]) -> Iterator[Missing]:
    """Those of the gaps that stand for a field of which nothing is told."""
    fields = {gap.field for gap in told}
    return (gap for gap in gaps if gap.field not in fields)


def absences(values: Mapping[str, Any], why: Why, *, within: str = "") -> tuple[Missing, ...]:
    """One Missing for every None among the values."""
    return tuple(
        absence(f"{within}{name}", name, why)
        for name, value in values.items()
        if value is None and name not in _ENDS
    )


def absence(field: str, name: str, why: Why | None = None) -> Missing:
    """Why `field` is absent, by what is known of fields called `name`."""
    default = (Reason.NOT_KNOWN, _SILENT)
    reason, detail = (why or {}).get(name) or WHY_NOT.get(name, default)
    return Missing(field=field, reason=reason, detail=detail)
