"""What a playlist sounds like: all its tracks' features from one source, and how they spread."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.cache.entry import OWNER, Key
from api.cache.tiers import Served
from api.caller import caller
from api.music.ids import OWN_PREFIX
from api.paging import Listing, Window
from api.problems.errors import ApiError, StillWorking, TryLater
from api.problems.refusals import whole_seconds
from api.schemas.features import AudioFeatures
from api.schemas.library import Job, Stage
from api.schemas.lists import Page
from api.schemas.playlist import (
    Distribution,
    Excluded,
    Fit,
    Fold,
    ItemKind,
    PlaylistItem,
    PlaylistProfile,
    PlaylistTable,
)
from api.schemas.provenance import Missing, Provenance, Reason, SourceName
from api.services import fit, playlist_table
from api.services.cascade import REQUEST_BUDGET_S, Cascade, to_json
from api.services.distributions import (
    FEATURES,
    Sounding,
    distance,
    distribution,
    key_counts,
    outliers,
    scores,
)
from api.services.export import WRITERS, ExportFormat
from api.services.features import Features
from api.services.playlist_sounds import (
    LATER,
    MOST_ITEMS,
    NOBODY,
    DescribedList,
    PlaylistSounds,
    ProfileQuestion,
    ReadingProgress,
    TooMany,
    tracks_of,
)
from api.services.playlist_table import Arrangement
from api.services.playlists import CHANGED, Playlists, Position, Whole
from api.services.profile_jobs import ProfileJobs
from api.services.tempo_folding import folded
from api.sources.library.versions import with_versions

ARITHMETIC_S = 0.8  # of a request's time, for ten thousand tracks that have all been read
FEW_ENTRIES = 200  # of so short a list what is not here in time is late, not long
SOONEST_S, LATEST_S = 1.0, 10.0
_CUT = f"Only the first {MOST_ITEMS:,} entries are described."
_UNASKED = "The list is being read: {} of its tracks have not been asked about yet."
_LATE = "The source could not be asked about {} of the tracks just now; ask again later."
_SUMS = "Averages and counts are computed here from the values the source reports."
_UNLIKE = "The track’s loudness and the playlist’s have no common zero, so they are not compared."
_NOT_BOTH = "The track or the playlist has no such number."
COUNTED = {"key": "keys", "time_signature": "time_signatures"}
"""What of a track is counted rather than spread, and where the counts stand."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A playlist as the text of a file, and what the playlist is called."""

    name: str
    text: str


class Profiles:
    """Profiles of playlists. Raises ApiError; StillWorking where one takes longer than a request.

    What was fetched is kept, so who asks again gets further.
    """

    def __init__(
        self,
        cascade: Cascade,
        playlists: Playlists,
        features: Features,
        *,
        sounds: PlaylistSounds,
        jobs: ProfileJobs,
    ) -> None:
        self._cascade = cascade
        self._playlists = playlists
        self._features = features
        self._sounds = sounds
        self._jobs = jobs

    async def of(
        self,
        ident: str,
        only: SourceName | None,
        fold: Fold | None = None,
        *,
        so_far: bool = False,
    ) -> Served:
        """The profile, from the first source that knows any of the tracks."""
        key, revision = await self._at_home(f"profile+{only or ''}:{fold or ''}", ident)
        if kept := self._cascade.tiers.kept_at_home(key, revision):
            return kept
        described = await self._described(ident, only, fold, so_far=so_far)
        variant = f"profile:{described.source}:{fold or ''}:{described.is_whole}"
        variant += ":changed" if described.whole.changed else ""
        made = await self._cascade.tiers.derive(
            described.parts, variant, lambda: _profile_json(described, fold)
        )
        return self._keep(key, revision, made, described=described)

    async def _at_home(self, kind: str, ident: str) -> tuple[Key, str | None]:
        """Where an answer about a list of this server's own is kept, and until which revision."""
        key = Key(SourceName.LIBRARY, f"{kind}:{caller().principal}", ident)
        return key, await self._cascade.revision(ident)

    def _keep(
        self, key: Key, revision: str | None, made: Served, *, described: DescribedList
    ) -> Served:
        """The same, kept unless more would be known later."""
        if not described.late and described.refusal is None:
            self._cascade.tiers.keep_at_home(key, revision, made, parts=described.parts)
        return made

    async def fit(self, ident: str, track: str) -> Served:
        """Where a track would stand in the playlist, by the numbers of the playlist's source.

        An own file is measured here; that is said, and unlike loudness is left out.
        """
        key, revision = await self._at_home(f"fit+{track}", ident)
        if kept := self._cascade.tiers.kept_at_home(key, revision):
            return kept
        try:
            async with asyncio.timeout(REQUEST_BUDGET_S):
                described = await self._described(ident, None, None)
                own = track.startswith(OWN_PREFIX)
                only = SourceName.LIBRARY if own else described.source
                asked = await self._features.of(track, only)
        except TimeoutError as error:
            raise TryLater(()) from error
        features = AudioFeatures.model_validate_json(asked.entry.body)

        async def build() -> bytes:
            return await to_json(await asyncio.to_thread(fit_of, described, features))

        parts = [*described.parts, asked]
        made = await self._cascade.tiers.derive(parts, f"fit:{track}", build)
        if asked.entry.key.principal != OWNER:  # which may change while the list does not
            return made
        return self._keep(key, revision, made, described=described)

    async def table(
        self,
        ident: str,
        wanted: Arrangement,
        window: Window,
        *,
        fold: Fold | None = None,
        so_far: bool = False,
    ) -> Served:
        """The entries with their numbers, those that fit `wanted`, a part of them.

        Where nobody has numbers the entries stay, and say so.
        """
        key, revision = await self._at_home(f"table+{wanted}:{window}:{fold}", ident)
        if kept := self._cascade.tiers.kept_at_home(key, revision):
            return kept
        try:
            described = await self._described(ident, None, None, so_far=so_far)
        except StillWorking:
            raise
        except ApiError as error:
            whole = await self._playlists.whole(ident, MOST_ITEMS)
            described = _undescribed(whole, error)

        async def build() -> bytes:
            return await to_json(
                await asyncio.to_thread(table, described, wanted, window, fold=fold)
            )

        variant = f"table:{wanted}:{window}:{fold}:{described.source}:{described.is_whole}"
        made = await self._cascade.tiers.derive(described.parts, variant, build)
        return self._keep(key, revision, made, described=described)

    async def exported(self, ident: str, as_format: ExportFormat) -> Exported:
        """The playlist as a file, with the numbers of the first source that has any.

        M3U has none, so nobody is asked for them.
        """
        try:
            async with asyncio.timeout(REQUEST_BUDGET_S):
                whole = await self._playlists.whole(ident, MOST_ITEMS, keep_bytes=True)
                wanted = () if as_format is ExportFormat.M3U else tracks_of(whole)
                features = await self._features_of(wanted)
        except (TimeoutError, TooMany) as error:
            raise TryLater(()) from error
        text = await asyncio.to_thread(_written, whole, features, as_format)
        return Exported(whole.playlist.name, text)

    async def _features_of(self, tracks: Sequence[str]) -> dict[str, AudioFeatures]:
        """Those that are known; none where nobody knows any. Raises what may end."""
        read, progress = AudioFeatures.model_validate_json, ReadingProgress(self._cascade.clock)
        try:
            _, sounds = await self._sounds.first(tracks, None, progress, read=read)
        except LATER:
            raise
        except ApiError:
            return {}
        return sounds.known

    async def _described(
        self, ident: str, only: SourceName | None, fold: Fold | None, *, so_far: bool = False
    ) -> DescribedList:
        """The list and its tracks' sounds; while a job reads them what is known `so_far`, if asked.

        Raises StillWorking where there is a job and nothing else to say.
        """
        question = ProfileQuestion(ident, only, caller().principal)
        try:
            return await self._in_time(question, fold)
        except StillWorking as working:
            if not so_far or working.job.stage is not Stage.TRACKS:
                raise
            found = await self._sounds.so_far(question)
            if found is None:
                raise
            return found

    async def _in_time(self, question: ProfileQuestion, fold: Fold | None) -> DescribedList:
        """The same; what takes too long for a request goes on behind it.

        Not for another site, which would learn from a job what else has been asked for here.
        """
        may_wait = caller().sees_own_music
        if may_wait and (job := await self._jobs.active(question)) is not None:
            raise _working(job)
        progress = ReadingProgress(self._cascade.clock)
        task = asyncio.create_task(self._sounds.of(question, progress))
        now = asyncio.get_running_loop().time
        end = now() + REQUEST_BUDGET_S
        try:
            await asyncio.wait([task], timeout=max(end - ARITHMETIC_S - now(), 0))
            if not task.done() and progress.entries_total <= FEW_ENTRIES:  # summed in no time
                await asyncio.wait([task], timeout=max(end - now(), 0))
            if task.done():
                return task.result()
        except TooMany as error:
            if not may_wait:
                raise TryLater(()) from error
            raise _working(await self._jobs.start(question, fold)) from error
        except BaseException:
            task.cancel()
            raise
        if not may_wait or progress.entries_total <= FEW_ENTRIES:
            task.cancel()
            raise TryLater(())
        raise _working(await self._jobs.go_on(question, fold, progress=progress, task=task))


def _working(job: Job) -> StillWorking:
    soon = min(max(job.seconds_left or SOONEST_S, SOONEST_S), LATEST_S)
    return StillWorking(job, retry_after=whole_seconds(soon))


async def _profile_json(described: DescribedList, fold: Fold | None) -> bytes:
    return await to_json(await asyncio.to_thread(profile, described, fold))


def profile(described: DescribedList, fold: Fold | None) -> PlaylistProfile:
    """The arithmetic, once everything is at hand."""
    playlist, items = described.whole.playlist, described.whole.items
    placed, said = described.placed, _provenance(described)
    if fold is Fold.TEMPO:
        tempi = folded([one.features.tempo for one in placed])
        placed = [one.at(tempo) for one, tempo in zip(placed, tempi.tempi, strict=True)]
        changes = {"fields": ("features.tempo",), "detail": tempi.in_words}
        said += (described.said[0].model_copy(update=changes),)
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
        provenance=said,
        missing=_missing(described),
    )


def _written(whole: Whole, features: Mapping[str, AudioFeatures], as_format: ExportFormat) -> str:
    pages = (Page[PlaylistItem].model_validate_json(page.entry.body) for page in whole.pages)
    items = [item for page in pages for item in page.items]
    return WRITERS[as_format](whole.playlist, items, features)


def _spreads(tracks: Sequence[Sounding]) -> dict[str, Distribution]:
    """How each feature spreads that any of them has."""
    values = {name: [v for f in tracks if (v := getattr(f, name)) is not None] for name in FEATURES}
    spreads = {name: distribution(name, numbers) for name, numbers in values.items()}
    return {name: spread for name, spread in spreads.items() if spread is not None}


def fit_of(described: DescribedList, track: AudioFeatures) -> Fit:
    """Where the track would stand, once everything is at hand."""
    placed = described.placed
    spreads = _spreads([one.features for one in placed])
    unlike = track.provenance[0].source is not described.source
    if unlike:
        spreads.pop("loudness", None)
    apart = scores(track, spreads)
    percentile = fit.percentiles(track, placed, tuple(spreads))
    near, far = fit.neighbours(track, placed, spreads), distance(apart)
    blends = fit.blending_with(track.camelot, placed, but=track.id)
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
        values={name: getattr(track, name) for name in FEATURES},
        uncertainty=track.uncertainty,
        key_name=track.key_name,
        camelot=track.camelot,
        blending=tuple(blends[: fit.SHOWN]),
        blending_total=len(blends),
        provenance=_provenance(described, *track.provenance),
        missing=(*_missing(described), *_gaps(percentile, far, unlike=unlike)),
    )


def table(
    described: DescribedList, wanted: Arrangement, window: Window, *, fold: Fold | None
) -> PlaylistTable:
    """A part of the table, once everything is at hand."""
    rows = playlist_table.entries(
        described.whole.items,
        described.sounds,
        why=described.why_not,
        folds=fold is Fold.TEMPO,
        into=wanted.tempo,
    )
    found = playlist_table.arranged(rows, wanted)
    total, start = len(found.entries), window.offset
    behind, shown = found.entries[start:], window.limit
    listing = Listing(
        f"/v1/playlists/{described.whole.playlist.id}/table",
        window,
        {**wanted.as_asked(), "fold": fold},
    )
    following = None if wanted.spread else listing.following(total)
    links: dict[str, Any] = listing.links(following=following)
    return PlaylistTable(
        id=described.whole.playlist.id,
        source=described.source if described.sounds else None,
        items_total=len(rows),
        described=len(described.placed),
        total=total,
        unjudged=found.unjudged,
        averages=playlist_table.averages(found.entries),
        limit=shown,
        offset=start,
        items=tuple(playlist_table.thinned(behind, shown) if wanted.spread else behind[:shown]),
        **links,
        provenance=_of_rows(described),
        missing=_missing(described),
    )


def _undescribed(whole: Whole, error: ApiError) -> DescribedList:
    """A list of which nobody says how it sounds."""
    return DescribedList(
        whole=whole,
        source=SourceName.LIBRARY,
        sounds={},
        said=(),
        parts=[whole.head, *whole.pages],
        late=0,
        refusal=error,
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


def _provenance(described: DescribedList, *more: Provenance) -> tuple[Provenance, ...]:
    """Who named the tracks, and who described them, each number by its own method; and `more`.

    The arithmetic is ours.
    """
    sums = tuple(_summed(one, described.whole.playlist.url) for one in described.said)
    said = (*described.whole.playlist.provenance, *sums, *more)
    return with_versions(said, described.versions)


def _summed(said: Provenance, url: str | None) -> Provenance:
    """What a source says of one track, as it speaks for all of them."""
    numbers = [f"features.{name}" for name in said.fields if name in FEATURES]
    others = [field for name, field in COUNTED.items() if name in said.fields]
    changes = {
        "fields": (*numbers, *others) if said.fields else ("features", *COUNTED.values()),
        "url": url,
        "detail": ". ".join(filter(None, (said.detail, _SUMS))),
    }
    return said.model_copy(update=changes)


def _of_rows(described: DescribedList) -> tuple[Provenance, ...]:
    """The same of a table, in which each row has its own numbers."""
    url = described.whole.playlist.url
    rows = (
        one.model_copy(update={"fields": tuple(f"items.{name}" for name in one.fields), "url": url})
        for one in described.said
    )
    return with_versions((*described.whole.playlist.provenance, *rows), described.versions)


def _missing(described: DescribedList) -> tuple[Missing, ...]:
    gaps = []
    if described.whole.is_cut:
        gaps.append(_CUT)
    if described.late:
        gaps.append((_LATE if described.is_whole else _UNASKED).format(described.late))
    limits = tuple(Missing(field="features", reason=Reason.LIMITED, detail=gap) for gap in gaps)
    if described.refusal is not None:
        limits += (_nothing_known(described.refusal),)
    return (*limits, CHANGED) if described.whole.changed else limits


def _nothing_known(refusal: ApiError) -> Missing:
    """Why nobody says how a list sounds: the first source's reason."""
    told = refusal.attempts
    reason = told[0].reason if told else Reason.NOT_KNOWN
    return Missing(field="features", reason=reason, detail=NOBODY)
