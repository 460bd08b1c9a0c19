"""Read own files: which of them answers for an id, what was heard in it, or why nothing was yet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from api.clock import Clock, moment
from api.db.collections import CollectionTables, Counted
from api.db.library import HeardFeatures, HeardFile, LibraryTables, analysis_json, genres_of
from api.db.models import CollectionItemRow, LibraryTrackRow
from api.db.revision import Revision
from api.music.ids import OWN_PREFIX
from api.problems.refusals import DoesNotExist, InProgress, NothingFound, SourceError, Unknown
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Image, RelatedArtists
from api.schemas.features import AudioFeatures
from api.schemas.library import Job, JobState
from api.schemas.lists import SearchResults
from api.schemas.provenance import SourceName
from api.sources.base import Query
from api.sources.library import collections as lists
from api.sources.library import nearness, normalise, seeking
from api.sources.library.collections import Known
from api.sources.library.normalise import (
    LINKED,
    SAME_ISRC,
    SET_BY_HAND,
    Own,
    ReleaseOf,
    Rows,
    cover,
    heard_under,
)

NAME = SourceName.LIBRARY
NO_FILE = "There is no such file in this server’s library."
NO_ARTIST = "No file in this server’s library is by this artist."
NO_COLLECTION = "There is no such collection in this server’s library."
NO_HIT = "Nothing in this server’s library fits these words."
NOT_LINKED = "No file in this server’s library is linked to it."
NOT_HEARD = "This file has not been analysed."
CANCELLED = "The analysis of this file was cancelled; it can be started again."
WAITING = "The file waits to be analysed on this server."
RUNNING = "The file is being analysed on this server."
SOONEST_S, LATEST_S = 1.0, 30.0  # until it is worth asking again

IsrcOf = Callable[[str], Awaitable[str | None]]
SetByHand = Callable[[Sequence[str]], Awaitable[Mapping[str, str | None]]]
GenresOf = Callable[[LibraryTrackRow], tuple[str, ...] | None]


class JobsOfTracks(Protocol):
    """Whoever knows how far the analysis of an own file is."""

    async def of_track(self, track_id: str) -> Job | None:
        """Its latest job: waiting, running or over."""
        ...


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that is kept here. `isrc_of`: of a track of Spotify's, if somebody said it.

    `set_by_hand`: which files a person has set for tracks of Spotify’s, None for none.
    `analyser`: the version that hears files now. `trouble`: why no new file can be opened just now.
    """

    tables: LibraryTables
    jobs: JobsOfTracks
    collections: CollectionTables
    revision: Revision
    clock: Clock
    isrc_of: IsrcOf
    genres_of: GenresOf
    release_of: ReleaseOf
    set_by_hand: SetByHand
    analyser: int
    trouble: Callable[[], str | None] = lambda: None


class Files:
    """Own files by any id. Raises SourceError."""

    def __init__(self, held: Holdings) -> None:
        self._held = held
        self._index = seeking.SearchIndex()
        self._indexed: str | None = None  # the revision that it is of

    async def one(self, ident: str) -> Own:
        """The file with this own id, or the one that stands for this track of Spotify's."""
        there = await self.several([ident])
        if ident in there:
            return there[ident]
        if ident.startswith(OWN_PREFIX):
            raise _nothing(ident, NO_FILE)
        set_by_hand = await self._held.set_by_hand([ident])
        isrc = None if ident in set_by_hand else await self._held.isrc_of(ident)
        row = await self._held.tables.by_isrc(isrc) if isrc else None
        if row is None:
            raise Unknown(NAME, NOT_LINKED)
        return (await self._under({ident: row}, SAME_ISRC))[ident]

    async def several(self, idents: Sequence[str]) -> dict[str, Own]:
        """Those of these ids that are a file's own or linked to one, by the id asked for."""
        own = [ident for ident in idents if ident.startswith(OWN_PREFIX)]
        linked = [ident for ident in idents if not ident.startswith(OWN_PREFIX)]
        set_by_hand = await self._held.set_by_hand(linked) if linked else {}
        wanted = [*own, *filter(None, set_by_hand.values())]
        rows = await self._held.tables.by_ids(wanted) if wanted else {}
        unset = [ident for ident in linked if ident not in set_by_hand]
        others = await self._held.tables.by_spotify_ids(unset) if unset else {}
        by_hand = {ident: rows[one] for ident, one in set_by_hand.items() if one in rows}
        return {
            **await self._under({ident: rows[ident] for ident in own if ident in rows}, None),
            **await self._under(others, LINKED),
            **await self._under(by_hand, SET_BY_HAND),
        }

    async def owned(self, rows: Rows) -> list[Own]:
        """These files under their own ids."""
        return list((await self._under({row.id: row for row in rows}, None)).values())

    async def _under(self, rows: Mapping[str, LibraryTrackRow], why: str | None) -> dict[str, Own]:
        """Files under the ids they were asked by."""
        lengths = await self.lengths(rows.values())
        return {
            ident: Own(row, ident, lengths.get(row.id), why, self._held.release_of(row))
            for ident, row in rows.items()
        }

    async def named(self, rows: Sequence[CollectionItemRow]) -> Known:
        """The files that positions of a collection name, or that are linked to what they name."""
        own = [row.track_id for row in rows if row.track_id and row.track_id.startswith(OWN_PREFIX)]
        isrcs = [row.isrc for row in rows if row.isrc and row.track_id is None]
        files = await self._held.tables.by_isrcs(isrcs) if isrcs else {}
        owned = {one.row.isrc: one for one in await self.owned(list(files.values()))}
        by_isrc = {isrc: one for isrc, one in owned.items() if isrc}
        nameless = [row.track_id for row in rows if row.track_id and lists.is_nameless(row)]
        linked = await self._held.tables.by_spotify_ids(nameless) if nameless else {}
        return Known(
            by_id=await self.several(own) if own else {},
            by_isrc=by_isrc,
            by_link=await self._under(linked, LINKED),
        )

    async def search(self, query: Query) -> SearchResults:
        """Files, their artists and collections, by words; compared off the loop.

        Raises NothingFound.
        """
        index = await self._search_index()
        listed = await self._held.collections.every() if "playlist" in query.types else []
        hits = await asyncio.to_thread(seeking.hits, query, index, listed)
        part = seeking.window_of(query, hits)
        files = await self.several(part.tracks) if part.tracks else {}
        by_artist = await self._held.tables.of_artists(part.artists) if part.artists else {}
        shown = seeking.Shown(
            artists=tuple(
                normalise.artist(rows, self.genres(rows), self.images(rows))
                for ident in part.artists
                if (rows := by_artist.get(ident))
            ),
            tracks=tuple(normalise.track(files[ident]) for ident in part.tracks if ident in files),
            playlists=tuple(map(lists.playlist, part.playlists)),
        )
        results = seeking.results(query, hits, shown, at=moment(self._held.clock()))
        if not (hits.artists or hits.tracks or hits.playlists):
            raise NothingFound(NAME, NO_HIT, value=results)
        return results

    async def _search_index(self) -> seeking.SearchIndex:
        """The present one: names are read again only if something in the database has changed."""
        revision = await self._held.revision.now()
        if revision is None or revision != self._indexed:
            named = await self._held.tables.names()
            self._index = await asyncio.to_thread(self._index.renewed, named)
            self._indexed = revision
        return self._index

    async def near(self, ident: str) -> RelatedArtists | None:
        """The artists nearest to this one by sound; None while none of its files is analysed.

        Compared off the loop: a library may have ten thousand files.
        """
        heard = await self._held.tables.heard()
        near = await asyncio.to_thread(_nearest, ident, heard)
        if near is None:
            return None
        files = await self._held.tables.of_artists([one.artist_id for one in near])
        among = nearness.Neighbours(
            names={name: rows[-1].artist for name, rows in files.items()},
            genres={name: self.genres(rows) for name, rows in files.items()},
            images={name: self.images(rows) for name, rows in files.items()},
            count=len(heard),
            versions=frozenset(one.analyser for one in heard),
            at=moment(max(one.added_at for one in heard)),
        )
        return nearness.related(ident, near, among)

    async def by_artist(self, ident: str) -> Rows:
        """All files of an artist, the first that came first."""
        rows = await self._held.tables.of_artist(ident)
        if not rows:
            raise _nothing(ident, NO_ARTIST)
        return rows

    async def collection(self, ident: str) -> Counted:
        """A collection."""
        counted = await self._held.collections.one(ident)
        if counted is None:
            raise _nothing(ident, NO_COLLECTION)
        return counted

    async def lengths(self, rows: Iterable[LibraryTrackRow]) -> dict[str, int]:
        """Milliseconds of those that are analysed, by own id."""
        features = await self._held.tables.features([row.id for row in rows])
        return await asyncio.to_thread(_lengths, features)

    async def features(self, owned: Sequence[Own]) -> dict[str, AudioFeatures]:
        """What was heard in those of these files that are analysed, by the id asked for."""
        heard = await self._held.tables.features([own.row.id for own in owned])
        return await asyncio.to_thread(_heard_in, owned, heard, now=self._held.analyser)

    async def analysis(self, own: Own) -> AudioAnalysis:
        """What was heard in the file, read off the loop: it is a megabyte."""
        row = await self._held.tables.analysis(own.row.id)
        if row is None:
            raise await self.why_unheard(own)
        return await asyncio.to_thread(
            lambda: heard_under(
                AudioAnalysis.model_validate_json(analysis_json(row)),
                own,
                by=row.analyser,
                now=self._held.analyser,
            )
        )

    async def why_unheard(self, own: Own) -> SourceError:
        """Why nothing is known of how a file sounds: not yet, or not at all."""
        job = await self._held.jobs.of_track(own.row.id)
        if job is None:
            return Unknown(NAME, NOT_HEARD)
        if job.state in {JobState.QUEUED, JobState.RUNNING}:
            return self._working(job)
        if job.problem is not None:
            return Unknown(NAME, f"The analysis of this file failed: {job.problem.detail}")
        return Unknown(NAME, CANCELLED if job.state is JobState.CANCELLED else NOT_HEARD)

    def _working(self, job: Job) -> InProgress:
        wait = min(max(job.seconds_left or SOONEST_S, SOONEST_S), LATEST_S)
        detail = RUNNING if job.state is JobState.RUNNING else WAITING
        return InProgress(NAME, detail, job=job, retry_at=self._held.clock() + wait)

    def genres(self, rows: Rows) -> tuple[str, ...] | None:
        """What is said of an artist's genres: by the demo label, or by the owner of the files."""
        label = next((said for row in rows if (said := self._held.genres_of(row))), None)
        owners = dict.fromkeys(genre for row in rows for genre in genres_of(row))
        return label or tuple(owners) or None

    def images(self, rows: Rows) -> tuple[Image, ...]:
        """What an artist is shown with: the cover of the newest release that has one."""
        covers = (cover(row, self._held.release_of(row)) for row in reversed(rows))
        return next(filter(None, covers), ())


def _nearest(ident: str, heard: Sequence[HeardFile]) -> tuple[nearness.Near, ...] | None:
    places = [(one.artist_id, nearness.point(json.loads(one.features))) for one in heard]
    if ident not in {artist for artist, _ in places}:
        return None
    return nearness.nearest(ident, places)


def _lengths(features: Mapping[str, HeardFeatures]) -> dict[str, int]:
    lengths = {ident: json.loads(said.body)["duration_ms"] for ident, said in features.items()}
    return {ident: length for ident, length in lengths.items() if length is not None}


def _nothing(ident: str, detail: str) -> SourceError:
    """Of an own id this server knows that it does not exist; of others it knows nothing."""
    kind = DoesNotExist if ident.startswith(OWN_PREFIX) else Unknown
    return kind(NAME, detail)


def _heard_in(
    owned: Sequence[Own], heard: Mapping[str, HeardFeatures], *, now: int
) -> dict[str, AudioFeatures]:
    return {
        own.ident: heard_under(
            AudioFeatures.model_validate_json(said.body), own, by=said.analyser, now=now
        )
        for own in owned
        if (said := heard.get(own.row.id)) is not None
    }
