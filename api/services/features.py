"""Audio features: the first source that can, one that is named, or all side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from api.cache.entry import Fetched, TtlClass
from api.cache.tiers import Served
from api.problems.errors import ApiError
from api.problems.refusals import SourceError, Unknown, UnknownId
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Capability, SourceName
from api.schemas.track import Track
from api.services.batch import BatchAnswer, BatchLookup, Outcome, ask_many
from api.services.cascade import Cascade, Lookup, to_json
from api.services.catalog import track_lookup
from api.services.comparison import compare
from api.sources.base import IsrcFeatureSource
from api.sources.same_recording import NumberedRecording

NO_RECORDINGS: Mapping[str, NumberedRecording] = MappingProxyType({})
NO_DATA = "It has no audio data for this track."


class Features:
    """Audio features of tracks. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def of(self, ident: str, only: SourceName | None = None) -> Served:
        """From the first source that can, or from the one named."""
        return await self._cascade.first(self.question(ident, only))

    async def of_many(
        self,
        idents: Sequence[str],
        only: SourceName | None = None,
        *,
        recordings: Mapping[str, NumberedRecording] = NO_RECORDINGS,
    ) -> list[Outcome]:
        """For each id, in the order asked.

        Those of `recordings` that are not known by their id are looked for by their ISRC.
        """

        async def batch(source: Any, wanted: Sequence[str]) -> BatchAnswer:  # noqa: ANN401
            found: BatchAnswer = await source.features_of(wanted)
            others = {i: recordings[i] for i in wanted if i not in found and i in recordings}
            if not others or not isinstance(source, IsrcFeatureSource):
                return found
            by_isrc = await source.features_by_isrcs(others)
            return {
                **found,
                **{
                    ident: one if isinstance(one, SourceError) else _under(ident, one)
                    for ident, one in by_isrc.items()
                },
            }

        many = BatchLookup(
            each=lambda ident: self.question(ident, only, has_isrc=ident in recordings),
            batch=batch,
            absent=UnknownId,
            absent_detail=NO_DATA,
        )
        return await ask_many(self._cascade, many, idents)

    async def compare(self, ident: str) -> Served:
        """Every source that can, side by side."""
        answers = await self._cascade.every(self.question(ident, None))
        return await self._cascade.derive(
            answers, "compared", lambda: _compared(ident, answers.parts)
        )

    def question(self, ident: str, only: SourceName | None, *, has_isrc: bool = True) -> Lookup:
        """What is asked of a track; with its ISRC even of who does not know its id."""
        return Lookup(
            goes_beyond=UnknownId if has_isrc else None,
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
            found = _under(ident, await source.features_by_isrc(like.isrc or "", like))
        return found

    async def _like(self, ident: str) -> Track | None:
        """The track, if somebody tells its ISRC."""
        try:
            served = await self._cascade.first(track_lookup(ident))
        except ApiError:
            return None
        track = Track.model_validate_json(served.entry.body)
        return track if track.isrc else None


def _under(ident: str, found: Fetched[AudioFeatures]) -> Fetched[AudioFeatures]:
    """The same under the id that was asked for."""
    if found.value is None:
        return found
    same = {"id": ident, "uri": f"spotify:track:{ident}"}
    return replace(found, value=found.value.model_copy(update=same))


async def _compared(ident: str, parts: Sequence[Served]) -> bytes:
    items = [AudioFeatures.model_validate_json(part.entry.body) for part in parts]
    return await to_json(compare(ident, items))
