"""What a playlist sounds like: all its tracks' features from one source, and how they spread."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.cache.entry import Key
from api.cache.tiers import Served
from api.music.ids import OWN_PREFIX
from api.problems.errors import ApiError, BadUpstreamAnswer, StillWorking, TryLater, Unavailable
from api.schemas.features import AudioFeatures
from api.schemas.lists import Page
from api.schemas.playlist import (
    Distribution,
    Excluded,
    Fit,
    ItemKind,
    PlaylistItem,
    PlaylistProfile,
)
from api.schemas.provenance import Capability, Method, Missing, Provenance, Reason, SourceName
from api.services import fit
from api.services.cascade import REQUEST_BUDGET_S, Cascade, to_json
from api.services.distributions import (
    FEATURES,
    Placed,
    distance,
    distribution,
    key_counts,
    outliers,
    scores,
)
from api.services.export import WRITERS, ExportFormat
from api.services.features import Features
from api.services.playlists import CHANGED, Playlists, Position, Whole, seats_for

MOST_ITEMS = 1_000
MOST_EXPORTED = 10_000
LATER = (TryLater, BadUpstreamAnswer, StillWorking)
_CUT = f"Only the first {MOST_ITEMS} entries are described."
_LATE = "The source could not be asked about {} of the tracks just now; ask again later."
_UNLIKE = "The track’s loudness and the playlist’s have no common zero, so they are not compared."
_NOT_BOTH = "The track or the playlist has no such number."
NO_TRACKS = "There is no track in this playlist that could have features."


@dataclass(frozen=True, slots=True)
class _Described:
    whole: Whole
    source: SourceName
    features: dict[str, AudioFeatures]
    """By the id of the track as it stands in the playlist."""
    late: int
    """Tracks of which the source may know more later."""
    tracks: tuple[str, ...] = ()

    @property
    def placed(self) -> list[Placed]:
        """The entries that have features."""
        return [
            Placed(item.position, item.name, self.features[item.track.id])
            for item in self.whole.items
            if item.track is not None and item.track.id in self.features
        ]


@dataclass(frozen=True, slots=True)
class Exported:
    """A playlist as the text of a file, and what the playlist is called."""

    name: str
    text: str


class Profiles:
    """Profiles of playlists. Raises ApiError."""

    def __init__(self, cascade: Cascade, playlists: Playlists, features: Features) -> None:
        self._cascade = cascade
        self._playlists = playlists
        self._features = features

    async def of(self, ident: str, only: SourceName | None) -> Served:
        """The profile, from the first source that knows any of the tracks.

        What was fetched in time is kept, so who asks again gets further.
        """
        try:
            async with asyncio.timeout(REQUEST_BUDGET_S):
                return await self._of(ident, only)
        except TimeoutError as error:
            raise TryLater(()) from error

    async def _of(self, ident: str, only: SourceName | None) -> Served:
        key = Key(SourceName.LIBRARY, f"profile:{only or ''}", ident)
        revision = await self._cascade.revision(ident)
        if kept := self._cascade.tiers.kept_at_home(key, revision):
            return kept
        described, parts = await self._gathered(ident, only)
        variant = f"profile:{described.source}{':changed' if described.whole.changed else ''}"
        made = await self._cascade.tiers.derive(parts, variant, lambda: _profile_json(described))
        if not described.late and all(track.startswith(OWN_PREFIX) for track in described.tracks):
            self._cascade.tiers.keep_at_home(key, revision, made)
        return made

    async def fit(self, ident: str, track: str) -> Served:
        """Where a track would stand in the playlist, by the numbers of the playlist's source.

        An own file is measured here; that is said, and unlike loudness is left out.
        """
        try:
            async with asyncio.timeout(REQUEST_BUDGET_S):
                described, parts = await self._gathered(ident, None)
                own = track.startswith(OWN_PREFIX)
                only = SourceName.LIBRARY if own else described.source
                asked = await self._features.of(track, only)
        except TimeoutError as error:
            raise TryLater(()) from error
        features = AudioFeatures.model_validate_json(asked.entry.body)

        async def build() -> bytes:
            return await to_json(await asyncio.to_thread(fit_of, described, features))

        return await self._cascade.tiers.derive([*parts, asked], f"fit:{track}", build)

    async def exported(self, ident: str, as_format: ExportFormat) -> Exported:
        """The playlist as a file, with the numbers of the first source that has any.

        Who asks again gets further: what was fetched in time is kept.
        """
        try:
            async with asyncio.timeout(REQUEST_BUDGET_S):
                whole = await self._playlists.whole(ident, MOST_EXPORTED)
                tracks = _tracks(whole)
                features = await self._features_of(tracks)
        except TimeoutError as error:
            raise TryLater(()) from error
        text = await asyncio.to_thread(_written, whole, features, as_format)
        return Exported(whole.playlist.name, text)

    async def _features_of(self, tracks: Sequence[str]) -> dict[str, AudioFeatures]:
        """Those that are known; none where nobody knows any. Raises what may end."""
        try:
            _, found = await self._described(tracks, None)
        except LATER:
            raise
        except ApiError:
            return {}
        return await asyncio.to_thread(_features, _answered(found))

    async def _gathered(
        self, ident: str, only: SourceName | None
    ) -> tuple[_Described, list[Served]]:
        """The playlist with its tracks' features, and the answers that it is made of."""
        whole = await self._playlists.whole(ident, MOST_ITEMS)
        tracks = _tracks(whole)
        source, found = await self._described(tracks, only)
        served = _answered(found)
        features = await asyncio.to_thread(_features, served)
        late = sum(isinstance(one, LATER) for one in found.values())
        described = _Described(whole, source, features, late, tuple(tracks))
        return described, [whole.head, *whole.pages, *served.values()]

    async def _described(
        self, tracks: Sequence[str], only: SourceName | None
    ) -> tuple[SourceName, dict[str, Served | ApiError]]:
        """The first source that has features of any of the tracks, and what it said of each."""
        refusals: list[ApiError] = []
        if only is None and all(ident.startswith(OWN_PREFIX) for ident in tracks):
            only = SourceName.LIBRARY  # nobody else is told of own ids
        for source in (
            self._cascade.registry.able(Capability.FEATURES, only, in_batches=True)
            if tracks
            else ()
        ):
            found = await self._of_source(source, tracks)
            if any(isinstance(one, Served) for one in found.values()):
                return source.name, found
            refusals.append(next(one for one in found.values() if isinstance(one, ApiError)))
        raise _joint(refusals) if refusals else self._nobody(tracks, only)

    async def _of_source(
        self,
        source: Any,  # noqa: ANN401  # any Source
        tracks: Sequence[str],
    ) -> dict[str, Served | ApiError]:
        seats, size = seats_for(at_home=source.at_home), source.features_at_once

        async def chunk(start: int) -> list[Served | ApiError]:
            async with seats:
                return await self._features.of_many(tracks[start : start + size], source.name)

        answers = await asyncio.gather(*map(chunk, range(0, len(tracks), size)))
        return dict(zip(tracks, (one for answer in answers for one in answer), strict=True))

    def _nobody(self, tracks: Sequence[str], only: SourceName | None) -> ApiError:
        unable = self._cascade.registry.unable(Capability.FEATURES, only)
        attempts = tuple(refusal.attempt(self._cascade.clock()) for refusal in unable)
        hint = NO_TRACKS if not tracks else "Connect a source of audio features; see /v1/sources."
        return Unavailable("playlist profile", attempts, hint=hint)


def _joint(refusals: Sequence[ApiError]) -> ApiError:
    """The first that leaves hope, else the first; it tells what every source said."""
    chosen = next((one for one in refusals if isinstance(one, LATER)), refusals[0])
    told = {attempt.source: attempt for one in refusals for attempt in one.attempts}
    chosen.attempts = tuple(told.values())
    return chosen


def _tracks(whole: Whole) -> list[str]:
    """Each track once, in the order of the list."""
    return list(dict.fromkeys(item.track.id for item in whole.items if item.track))


def _answered(found: Mapping[str, Served | ApiError]) -> dict[str, Served]:
    return {ident: one for ident, one in found.items() if isinstance(one, Served)}


def _features(served: Mapping[str, Served]) -> dict[str, AudioFeatures]:
    return {i: AudioFeatures.model_validate_json(one.entry.body) for i, one in served.items()}


async def _profile_json(described: _Described) -> bytes:
    return await to_json(await asyncio.to_thread(profile, described))


def profile(described: _Described) -> PlaylistProfile:
    """The arithmetic, once everything is at hand."""
    playlist, items = described.whole.playlist, described.whole.items
    placed = described.placed
    tracks = [one.features for one in placed]
    found = _spreads(tracks)
    metres = Counter(str(f.time_signature) for f in tracks if f.time_signature is not None)
    return PlaylistProfile(
        id=playlist.id,
        name=playlist.name,
        source=described.source,
        items_total=max([playlist.items_total or 0, *(item.position + 1 for item in items)]),
        described=len(placed),
        excluded=_excluded(items, len(placed)),
        by_source={described.source: len(placed)},
        features=found,
        keys=key_counts(tracks),
        time_signatures=dict(metres.most_common()),
        outliers=outliers(placed, found),
        provenance=_provenance(described),
        missing=_missing(described),
    )


def _written(whole: Whole, features: Mapping[str, AudioFeatures], as_format: ExportFormat) -> str:
    pages = (Page[PlaylistItem].model_validate_json(page.entry.body) for page in whole.pages)
    items = [item for page in pages for item in page.items]
    return WRITERS[as_format](whole.playlist, items, features)


def _spreads(tracks: Sequence[AudioFeatures]) -> dict[str, Distribution]:
    """How each feature spreads that any of them has."""
    values = {name: [v for f in tracks if (v := getattr(f, name)) is not None] for name in FEATURES}
    spreads = {name: distribution(name, numbers) for name, numbers in values.items()}
    return {name: spread for name, spread in spreads.items() if spread is not None}


def fit_of(described: _Described, track: AudioFeatures) -> Fit:
    """Where the track would stand, once everything is at hand."""
    placed = described.placed
    spreads = _spreads([one.features for one in placed])
    unlike = track.provenance[0].source is not described.source
    if unlike:
        spreads.pop("loudness", None)
    apart = scores(track, spreads)
    percentile = fit.percentiles(track, placed, tuple(spreads))
    near, far = fit.neighbours(track, placed, spreads), distance(apart)
    return Fit(
        id=described.whole.playlist.id,
        track=track.id,
        source=described.source,
        described=len(placed),
        distance=far,
        percentile=percentile,
        because=fit.reasons(track, spreads, apart),
        nearest=tuple(near[: fit.SHOWN]),
        farthest=tuple(near[: -fit.SHOWN - 1 : -1]),
        provenance=(*_provenance(described), *track.provenance),
        missing=(*_missing(described), *_gaps(percentile, far, unlike=unlike)),
    )


def _gaps(
    percentile: Mapping[str, float | None], far: float | None, *, unlike: bool
) -> tuple[Missing, ...]:
    """Why a place is absent."""
    absent = [f"percentile.{name}" for name, value in percentile.items() if value is None]
    absent += ["distance"] if far is None else []
    return tuple(
        Missing(
            field=name,
            reason=Reason.NOT_KNOWN,
            detail=_UNLIKE if unlike and name.endswith("loudness") else _NOT_BOTH,
        )
        for name in absent
    )


def _excluded(items: Sequence[Position], placed: int) -> Excluded:
    kinds = Counter(item.kind for item in items)
    return Excluded(
        local=kinds[ItemKind.LOCAL],
        episode=kinds[ItemKind.EPISODE],
        removed=kinds[ItemKind.REMOVED],
        no_features=kinds[ItemKind.TRACK] - placed,
        other=kinds[ItemKind.OTHER],
    )


def _provenance(described: _Described) -> tuple[Provenance, ...]:
    """Who named the tracks, and who described them; the arithmetic is ours."""
    said = next(iter(described.features.values())).provenance[0]
    sums = said.model_copy(
        update={
            "fields": ("features", "keys", "time_signatures", "outliers"),
            "method": Method.REPORTED,
            "url": described.whole.playlist.url,
            "detail": "Averages and counts are computed here from the values the source reports.",
        }
    )
    return (*described.whole.playlist.provenance, sums)


def _missing(described: _Described) -> tuple[Missing, ...]:
    gaps = []
    if described.whole.is_cut:
        gaps.append(_CUT)
    if described.late:
        gaps.append(_LATE.format(described.late))
    limits = tuple(Missing(field="features", reason=Reason.LIMITED, detail=gap) for gap in gaps)
    return (*limits, CHANGED) if described.whole.changed else limits
