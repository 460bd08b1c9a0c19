"""Ask whoever knows about each thing that a worksheet is about; what fails is told, not raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from api.cache.tiers import Served
from api.problems.errors import ApiError, NotFound, Refused, TryLater
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.brands import Brand
from api.schemas.features import AudioFeatures
from api.schemas.playlist import Fit, PlaylistProfile
from api.schemas.provenance import Missing, Reason
from api.schemas.track import Track
from api.schemas.worksheet import SubjectKind
from api.services import observations
from api.services.analysis import Analyses, Part, View
from api.services.brand_sounds import BrandSounds
from api.services.catalog import Catalog
from api.services.features import Features
from api.services.observations import Observed
from api.services.profile import Profiles
from api.services.prompts import id_of, kind_of
from api.services.related import Related

BUDGET_S = 8.0
OF_A_TRACK = (SubjectKind.TRACK, SubjectKind.ANALYSIS)
BrandOf = Callable[[str], Awaitable[Brand]]
"""The brand with an id. Raises Refused."""
LATE = Missing(
    field="",
    reason=Reason.UNREACHABLE,
    detail="It could not be looked up in the time of one request; ask again.",
)


class Observer:
    """Looks at things as a worksheet does."""

    def __init__(
        self,
        catalog: Catalog,
        related: Related,
        features: Features,
        *,
        analyses: Analyses,
        profiles: Profiles,
        brand_of: BrandOf,
        brand_sounds: BrandSounds,
    ) -> None:
        self._catalog = catalog
        self._related = related
        self._features = features
        self._analyses = analyses
        self._profiles = profiles
        self._brand_of = brand_of
        self._brand_sounds = brand_sounds
        self._ways: dict[SubjectKind, Callable[[Observed, str, str | None], Awaitable[None]]] = {
            SubjectKind.ARTIST: self._artist,
            SubjectKind.TRACK: self._track,
            SubjectKind.ANALYSIS: self._analysis,
            SubjectKind.PLAYLIST: self._playlist,
            SubjectKind.BRAND: self._brand,
        }

    async def of(
        self, subjects: Sequence[str], *, track: str | None, budget_s: float = BUDGET_S
    ) -> list[Observed]:
        """What is known of each, in their order.

        `track`: the id of the song that playlists and brands are held against.
        """
        return list(await asyncio.gather(*(self._seen(one, track, budget_s) for one in subjects)))

    async def _seen(self, subject: str, track: str | None, budget_s: float) -> Observed:
        seen = Observed(subject)
        try:
            async with asyncio.timeout(budget_s):
                await self._ways[kind_of(subject)](seen, id_of(subject), track)
        except TimeoutError:
            seen.lacks("all", LATE)
        except NotFound:
            seen.exists = False
        return seen

    async def _artist(self, seen: Observed, ident: str, _track: str | None) -> None:
        artist, related = await asyncio.gather(
            _told(self._catalog.artist(ident)), _told(self._related.of(ident))
        )
        if isinstance(artist, ApiError):
            _lacks(seen, "name", artist)
        else:
            observations.see_artist(seen, Artist.model_validate_json(artist.entry.body))
        if isinstance(related, ApiError):
            _lacks(seen, "related_artists", related)
        else:
            body = related.entry.body
            observations.see_related(seen, await asyncio.to_thread(_related, body))

    async def _track(self, seen: Observed, ident: str, _track: str | None) -> None:
        track, heard = await asyncio.gather(
            _told(self._catalog.track(ident, None)), _told(self._features.of(ident))
        )
        if isinstance(track, ApiError):
            _lacks(seen, "name", track)
        else:
            told = Track.model_validate_json(track.entry.body)
            observations.see_name(seen, told)
            observations.see_artists(seen, told)
        if isinstance(heard, ApiError):
            _lacks(seen, "features", heard)
            return
        features = AudioFeatures.model_validate_json(heard.entry.body)
        sureness = await self._sureness(features)
        observations.see_features(seen, features, sureness)

    async def _sureness(self, features: AudioFeatures) -> dict[str, float]:
        """How sure the very source of the features is, if it gives an analysis too."""
        source = features.provenance[0].source
        try:
            served = await self._parts(features.id, Part.TRACK)
        except ApiError:
            return {}
        heard = AudioAnalysis.model_validate_json(served.entry.body)
        if heard.track is None or heard.provenance[0].source is not source:
            return {}
        return observations.sureness_of(heard.track)

    async def _analysis(self, seen: Observed, ident: str, _track: str | None) -> None:
        track, heard = await asyncio.gather(
            _told(self._catalog.track(ident, None)), _told(self._parts(ident, Part.SECTIONS))
        )
        if not isinstance(track, ApiError):
            observations.see_name(seen, Track.model_validate_json(track.entry.body))
        if isinstance(heard, ApiError):
            _lacks(seen, "sections", heard)
        else:
            observations.see_analysis(seen, AudioAnalysis.model_validate_json(heard.entry.body))

    async def _playlist(self, seen: Observed, ident: str, track: str | None) -> None:
        profile = await _told(self._profiles.of(ident, None))
        if isinstance(profile, ApiError):
            _lacks(seen, "features", profile)
            return
        observations.see_profile(seen, PlaylistProfile.model_validate_json(profile.entry.body))
        if track is None:
            return
        try:
            fit = await self._profiles.fit(ident, track)
        except ApiError as error:  # also where there is no such track any more
            _lacks(seen, "fit_because", error)
        else:
            observations.see_fit(seen, Fit.model_validate_json(fit.entry.body))

    async def _brand(self, seen: Observed, ident: str, track: str | None) -> None:
        try:
            brand = await self._brand_of(ident)
        except Refused:
            seen.exists = False
            return
        observations.see_brand(seen, brand)
        if track is None:
            return
        try:
            far = await self._brand_sounds.distance(brand, track)
        except ApiError as error:  # also where there is no such track any more
            _lacks(seen, "brand_distance", error)
        else:
            observations.see_distance(seen, far)

    async def _parts(self, ident: str, part: Part) -> Served:
        return await self._analyses.of(ident, [part], view=View.ROWS, only=None)


async def _told(asked: Awaitable[Served]) -> Served | ApiError:
    """The answer, or why there is none. Raises NotFound: of what is not, nothing is told."""
    try:
        return await asked
    except NotFound:
        raise
    except ApiError as error:
        return error


def _lacks(seen: Observed, name: str, error: ApiError) -> None:
    later = Reason.UNREACHABLE if isinstance(error, TryLater) else Reason.NOT_KNOWN
    reason = error.attempts[0].reason if error.attempts else later
    seen.lacks(name, Missing(field=name, reason=reason, detail=error.detail))


def _related(body: bytes) -> RelatedArtists:
    return RelatedArtists.model_validate_json(body)
