"""Spreadsheets as a source: what Spotify's numbers were when somebody still could export them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from api.cache.entry import Fetched
from api.clock import moment
from api.db.models import ImportedFeaturesRow
from api.problems.refusals import Unknown
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Capability, SourceName
from api.schemas.sources import CapabilityReport, State
from api.sources.base import BY_SPOTIFY_IDS
from api.sources.exportify import normalise
from api.sources.report import capability_report

NOT_THERE = "None of the spreadsheets brought to this server has numbers for this track."
OPEN = "Answers for the tracks whose numbers stand in a spreadsheet that was brought here."


class ImportedFeatures(Protocol):
    """Where the feature columns of spreadsheets are kept."""

    async def imported(self, track_ids: Sequence[str]) -> Mapping[str, ImportedFeaturesRow]:
        """Those of these tracks that have any, by Spotify's id."""
        ...


class ExportifySource:
    """Audio features that stood in a spreadsheet. Raises SourceError."""

    name = SourceName.EXPORTIFY
    version = 1
    market: str | None = None
    at_home = True
    asked_by = BY_SPOTIFY_IDS
    features_at_once = 100

    def __init__(self, kept: ImportedFeatures) -> None:
        self._kept = kept

    def report(self) -> tuple[CapabilityReport, ...]:
        """Open; whether for the track in question depends on the spreadsheets."""
        return (capability_report(Capability.FEATURES, State.OPEN, OPEN),)

    async def close(self) -> None:
        """There is nobody to hang up on."""

    async def features(self, ident: str, *, known: str | None) -> Fetched[AudioFeatures]:  # noqa: ARG002
        """The row of this track in the newest spreadsheet that has one."""
        known_here = await self.features_of([ident])
        if ident not in known_here:
            raise Unknown(self.name, NOT_THERE)
        return known_here[ident]

    async def features_of(self, idents: Sequence[str]) -> dict[str, Fetched[AudioFeatures]]:
        """Those that stand in a spreadsheet."""
        rows = await self._kept.imported(idents)
        return {ident: Fetched(_read(row)) for ident, row in rows.items()}


def _read(row: ImportedFeaturesRow) -> AudioFeatures:
    values = json.loads(row.values)
    duration_ms = values.pop("duration_ms", None)
    origin = normalise.origin(moment(row.imported_at), row.file)
    return normalise.features(values, row.track_id, duration_ms=duration_ms, origin=origin)
