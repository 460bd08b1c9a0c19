"""Audio features: the first source that can, one that is named, or all side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.cache.entry import Fetched
from api.cache.policy import TtlClass
from api.cache.tiers import Served
from api.problems.errors import ApiError
from api.problems.refusals import Unknown
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Capability, SourceName
from api.schemas.track import Track
from api.services.batch import BatchLookup, Outcome, ask_many
from api.services.cascade import Cascade, Lookup, to_json
from api.services.catalog import track_lookup
from api.services.comparison import compare
from api.sources.base import IsrcFeatureSource

NO_DATA = "It has no audio data for this track."


class Features:
    """Audio features of tracks. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def of(self, ident: str, only: SourceName | None = None) -> Served:
        """From the first source that can, or from the one named."""
        return await self._cascade.first(self._lookup(ident, only))

    async def of_many(self, idents: Sequence[str], only: SourceName | None = None) -> list[Outcome]:
        """For each id, in the order asked."""
        many = BatchLookup(
            each=lambda ident: self._lookup(ident, only),
            batch=lambda source, wanted: source.features_of(wanted),
            absent=Unknown,
            absent_detail=NO_DATA,
        )
        return await ask_many(self._cascade, many, idents)

    async def compare(self, ident: str) -> Served:
        """Every source that can, side by side."""
        answers = await self._cascade.every(self._lookup(ident, None))
        return await self._cascade.derive(
            answers, "compared", lambda: _compared(ident, answers.parts)
        )

    def _lookup(self, ident: str, only: SourceName | None) -> Lookup:
        return Lookup(
            capability=Capability.FEATURES,
            subject="audio features",
            thing="track",
            kind="features",
            ident=ident,
            only=only,
            ttl=TtlClass.SOUND,
            ask=self._ask,
        )

    async def _ask(self, source: Any, ident: str, known: str | None) -> Fetched[AudioFeatures]:  # noqa: ANN401  # any FeatureSource
        """Under this id, or else under another one of the same recording."""
        try:
            found: Fetched[AudioFeatures] = await source.features(ident, known=known)
        except Unknown:
            if (
                not isinstance(source, IsrcFeatureSource)
                or (like := await self._like(ident)) is None
            ):
                raise
            found = await source.features_by_isrc(like.isrc or "", like)
            if found.value is not None:
                same = {"id": ident, "uri": f"spotify:track:{ident}"}
                found = replace(found, value=found.value.model_copy(update=same))
        return found

    async def _like(self, ident: str) -> Track | None:
        """The track, if somebody tells its ISRC."""
        try:
            served = await self._cascade.first(track_lookup(ident))
        except ApiError:
            return None
        track = Track.model_validate_json(served.entry.body)
        return track if track.isrc else None


async def _compared(ident: str, parts: Sequence[Served]) -> bytes:
    items = [AudioFeatures.model_validate_json(part.entry.body) for part in parts]
    return await to_json(compare(ident, items))
