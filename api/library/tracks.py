"""The owner's files: what is told of them, and their end. Nothing of them leaves this server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.clock import Clock, moment
from api.db.library import HeardBy, HeardFeatures, LibraryTables, genres_of
from api.db.models import LibraryTrackRow
from api.library.audio_store import AudioStore
from api.library.jobs import Jobs
from api.library.names import changes_in
from api.music import ids
from api.paging import Window
from api.problems.errors import NotFound, Refused
from api.schemas.library import (
    ComposersTruth,
    Job,
    KeptAnalysis,
    LibraryTrack,
    LibraryTracks,
    TrackChange,
)
from api.schemas.problem import Attempt
from api.schemas.provenance import Method, Missing, Provenance, Reason, SourceName
from api.schemas.reference import Kind

_log = logging.getLogger(__name__)
_NO_COVER = "Only pieces of the demo label come with a cover."
GONE = (
    "The file is not on this server’s disk any more. Send the same file again to put it back, or "
    "delete this entry."
)
DEMO_STAYS = "Pieces of the demo label keep their names; they can only be deleted."
NO_FILE = "There is no such file in this server’s library."
_HINT = "`cover` of the track is its cover’s address, and null where it has none."
_WHY_MISSING = {
    "audio": GONE,
    "album": "Neither the upload nor the tags of the file name one.",
    "isrc": "Neither the upload nor the tags of the file name one.",
    "spotify_id": "The owner has not linked this file to a track at Spotify.",
    "genres": "Its owner has not said which genres it is.",
    "duration_ms": "It is known once the file is analysed.",
    "analyser": "No version of the analyser has heard the file yet.",
    "truth": "Only pieces of the demo label come with what their composer wrote.",
    "cover": _NO_COVER,
    "job": "This file was not analysed by a job of this server.",
}
_REASONS = {"audio": Reason.REMOVED}


@dataclass(frozen=True, slots=True)
class Shipped:
    """What comes with pieces of the demo label, by a piece's slug."""

    truth_of: Callable[[str], ComposersTruth | None] = lambda _slug: None
    cover_of: Callable[[str], Path | None] = lambda _slug: None


NOTHING_SHIPPED = Shipped()


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was heard in a file: the features that count, and by whom all of it was."""

    features: HeardFeatures | None
    by: list[HeardBy]


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture to be sent, an SVG, and the ETag of its bytes."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A file to be sent: where it lies, what it is called, and the ETag of its bytes."""

    path: Path
    name: str
    format: str
    size_bytes: int
    etag: str


class OwnTracks:
    """The files that are here. `analyser`: the version that hears them now. Raises NotFound."""

    def __init__(
        self,
        tables: LibraryTables,
        jobs: Jobs,
        audio_store: AudioStore,
        *,
        analyser: int,
        clock: Clock,
        shipped: Shipped = NOTHING_SHIPPED,
    ) -> None:
        self._analyser = analyser
        self._clock = clock
        self._tables = tables
        self._jobs = jobs
        self._audio_store = audio_store
        self._shipped = shipped
        self._are_gone = False

    async def look_for_files(self) -> None:
        """Say in the log which entries have no file any more, as after a crash or another's rm."""
        gone = await self._gone(await self._tables.own())
        self._are_gone = bool(gone)
        if gone:
            told = "%d files of the library are not on the disk any more, such as %r: delete their "
            _log.warning(told + "entries at /library, or send them again", len(gone), gone[0].title)

    async def state(self) -> str:
        """`ok`, or how many entries have no file; looked for again while there were any."""
        gone = await self._gone(await self._tables.own()) if self._are_gone else []
        self._are_gone = bool(gone)
        if not gone:
            return "ok"
        return f"{len(gone)} of its files are not on the disk any more: delete their entries"

    async def _gone(self, rows: list[LibraryTrackRow]) -> list[LibraryTrackRow]:
        return await asyncio.to_thread(
            lambda: [row for row in rows if not self._audio_store.has(row)]
        )

    async def tracks(self, window: Window, spotify_id: str | None = None) -> LibraryTracks:
        """A part of the files, newest first; of those linked to a track of Spotify's, if named."""
        rows, total = await self._tables.tracks(window.offset, window.limit, spotify_id)
        said = Provenance(
            source=SourceName.LIBRARY,
            method=Method.REPORTED,
            fields=("items", "total"),
            retrieved_at=datetime.fromtimestamp(self._clock(), UTC),
        )
        return LibraryTracks(items=tuple(await self._told(rows)), total=total, provenance=(said,))

    async def track(self, ident: str) -> LibraryTrack:
        """One file."""
        return (await self._told([await self._row(ident)]))[0]

    async def audio(self, ident: str) -> AudioFile:
        """The file itself."""
        row = await self._row(ident)
        if not await asyncio.to_thread(self._audio_store.has, row):
            raise not_here(GONE)
        path = self._audio_store.path_of(row)
        name = f"{row.artist} - {row.title}.{row.format}"
        return AudioFile(path, name, row.format, row.size_bytes, f'"{row.sha256[:32]}"')

    async def cover(self, ident: str) -> Cover:
        """The picture on the release that a piece is on."""
        path = self._cover_of(await self._row(ident))
        if path is None:
            raise Refused("track-not-found", _NO_COVER, hint=_HINT)
        body = await asyncio.to_thread(path.read_bytes)
        return Cover(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')

    async def change(self, ident: str, change: TrackChange) -> LibraryTrack:
        """Other names. Raises InvalidRequest, and Refused for a piece of the demo label."""
        if (await self._row(ident)).demo is not None:
            raise Refused("conflict", DEMO_STAYS)
        changes = changes_in(change)
        if changes and not await self._tables.change(ident, changes):
            raise not_here(NO_FILE)
        return await self.track(ident)

    async def delete(self, ident: str) -> None:
        """Remove the file, all that was heard in it, and its jobs, at once."""
        if not await self._tables.delete(ident, then=self._audio_store.remove):
            raise not_here(NO_FILE)

    async def _row(self, ident: str) -> LibraryTrackRow:
        row = await self._tables.track(ident)
        if row is None:
            raise not_here(NO_FILE)
        return row

    def _cover_of(self, row: LibraryTrackRow) -> Path | None:
        return None if row.demo is None else self._shipped.cover_of(row.demo)

    async def _told(self, rows: list[LibraryTrackRow]) -> list[LibraryTrack]:
        idents = [row.id for row in rows]
        jobs = await self._jobs.of_tracks(idents)
        features = await self._tables.features(idents)
        versions = await self._tables.versions(idents)
        gone = {row.id for row in await self._gone(rows)}
        return [
            self._one(
                row,
                jobs.get(row.id),
                _Heard(features.get(row.id), versions.get(row.id, [])),
                is_here=row.id not in gone,
            )
            for row in rows
        ]

    def _one(
        self, row: LibraryTrackRow, job: Job | None, heard: _Heard, *, is_here: bool
    ) -> LibraryTrack:
        features = heard.features
        values = {
            "audio": f"/v1/library/tracks/{row.id}/audio" if is_here else None,
            "album": row.album,
            "isrc": row.isrc,
            "spotify_id": row.spotify_id,
            "genres": genres_of(row) or None,
            "duration_ms": None if features is None else json.loads(features.body)["duration_ms"],
            "analyser": None if features is None else features.analyser,
            "truth": None if row.demo is None else self._shipped.truth_of(row.demo),
            "cover": None if self._cover_of(row) is None else f"/v1/library/tracks/{row.id}/cover",
            "job": job,
        }
        return LibraryTrack.model_validate(
            {
                **values,
                **row.model_dump(include=_AS_THEY_ARE),
                "uri": ids.own_uri(Kind.TRACK, row.id),
                "added_at": datetime.fromtimestamp(row.added_at, UTC),
                "demo": row.demo is not None,
                "features": f"/v1/tracks/{row.id}/features",
                "analysis": f"/v1/tracks/{row.id}/analysis",
                "analyser_now": self._analyser,
                "analyses": tuple(_kept(row.id, by) for by in heard.by),
                "provenance": (_said(row),),
                "missing": tuple(
                    Missing(
                        field=name,
                        reason=_REASONS.get(name, Reason.NOT_KNOWN),
                        detail=_WHY_MISSING[name],
                    )
                    for name, value in values.items()
                    if value is None
                ),
            }
        )


_AS_THEY_ARE = {"id", "title", "artist", "artist_id", "format", "size_bytes", "sha256"}


def _kept(ident: str, by: HeardBy) -> KeptAnalysis:
    at = f"/v1/library/tracks/{ident}/analyses/{by.analyser}"
    return KeptAnalysis(
        analyser=by.analyser,
        made_at=moment(by.made_at),
        features=f"{at}/features",
        analysis=f"{at}/analysis",
    )


def _said(row: LibraryTrackRow) -> Provenance:
    return Provenance(
        source=SourceName.LIBRARY,
        method=Method.REPORTED,
        fields=("title", "artist", "album", "isrc", "spotify_id", "genres"),
        retrieved_at=datetime.fromtimestamp(row.added_at, UTC),
        detail="From the upload, else from the tags of the file, else from its name. The file "
        "stays on this server, and deleting it removes it at once.",
    )


def not_here(detail: str, *, says: str | None = None) -> NotFound:
    """Not found, but not for long: it may be uploaded any moment, and then has the same id.

    `says`: what is not found, if not the track itself.
    """
    attempt = Attempt(source=SourceName.LIBRARY, reason=Reason.NOT_KNOWN, detail=detail)
    missing = NotFound("track", (attempt,))
    missing.detail = says or missing.detail
    missing.hint = "/v1/library/tracks lists the files that are here."
    missing.fresh_s = 0
    return missing
