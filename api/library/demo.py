"""Put the demo label into the library, once; what its owner deletes of it stays deleted."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.clock import Clock
from api.db.demo import DemoRows, DemoTables
from api.db.library import packed_analysis
from api.db.models import CollectionItemRow, CollectionRow, LibraryAnalysisRow, LibraryTrackRow
from api.demo import CATALOGUE, Catalogue, DemoCollection, DemoTrack, catalogue
from api.demo.measured import MEASURED, measured
from api.music.ids import own_artist_id
from api.music.key_names import key_name
from api.schemas.library import ComposerSection, ComposersTruth
from api.sources.library.normalise import Release

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Put:
    """What was put in: which version of the label, and what it consisted of then, by slug."""

    version: str = ""
    tracks: frozenset[str] = field(default_factory=frozenset)
    collections: frozenset[str] = field(default_factory=frozenset)

    def to_json(self) -> str:
        """As a note keeps it."""
        return json.dumps(
            {
                "version": self.version,
                "tracks": sorted(self.tracks),
                "collections": sorted(self.collections),
            }
        )


class DemoLabel:
    """The label in the library."""

    def __init__(self, tables: DemoTables, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    async def put_in(self) -> None:
        """See that all of the label is here but what was deleted; does nothing if it is."""
        version = await asyncio.to_thread(version_of_label)
        if await self._tables.read(lambda rows: _is_in(rows, version)):
            return
        put = await self._tables.write(lambda rows: self._put_in(rows, version))
        if put is not None:
            _log.info("put the demo label in: %d pieces", put)

    async def remove(self) -> None:
        """Take all of it out, for good: what its owner deletes of it stays deleted."""
        await self._tables.write(lambda rows: rows.remove_all_but(()))

    def _put_in(self, rows: DemoRows, version: str) -> int | None:
        """How many pieces; None where another process was at it, too, and was the first."""
        if _is_in(rows, version):
            return None
        label, before = catalogue(), _noted(rows)
        tracks = _wanted((track.slug for track in label.tracks), before.tracks, rows.tracks())
        collections = _wanted(
            (one.slug for one in label.collections), before.collections, rows.collections()
        )
        rows.remove_all_but({track.id for track in label.tracks})
        for place, track in enumerate(track for track in label.tracks if track.slug in tracks):
            _put_track(rows, label, track, at=self._clock() + place / 1000)
        for one in label.collections:
            if one.slug in collections:
                _put_collection(rows, label, one, at=self._clock())
        rows.put_note(_put(label, before, version).to_json())
        return len(tracks)


def version_of_label() -> str:
    """Another one whenever the catalogue or anything measured has changed, or was moved."""
    digest = hashlib.sha256(CATALOGUE.read_bytes())
    for path in sorted(MEASURED.glob("*.json.zst")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def truth_of(slug: str) -> ComposersTruth | None:
    """What the composer of a piece wrote; None for a piece that the label no longer has."""
    track = _piece(slug)
    if track is None:
        return None
    truth = track.truth
    return ComposersTruth(
        tempo=truth.tempo_bpm,
        key=truth.key,
        mode=truth.mode,
        key_name=key_name(truth.key, truth.mode),
        time_signature=truth.time_signature,
        sections=tuple(
            ComposerSection(start=section.start_s, label=section.name) for section in truth.sections
        ),
    )


def genres_of(row: LibraryTrackRow) -> tuple[str, ...] | None:
    """The genres of a piece's artist; None of what is not the label's."""
    if row.demo is None:
        return None
    artists = (artist for artist in catalogue().artists if artist.name == row.artist)
    return next((artist.genres for artist in artists), None)


def release_of(row: LibraryTrackRow) -> Release | None:
    """The release a piece is on, as the label tells of it; None of what is not the label's."""
    track = _piece(row.demo)
    if track is None:
        return None
    album = catalogue().album(track.album)
    return Release(
        kind=album.kind,
        date=album.released,
        precision="day",
        total=len(album.tracks),
        number=track.number,
    )


def cover_of(slug: str) -> Path | None:
    """The picture on the release a piece is on; None for a piece that the label does not have."""
    track = _piece(slug)
    return None if track is None else catalogue().album(track.album).cover_path


def _piece(slug: str | None) -> DemoTrack | None:
    return next((track for track in catalogue().tracks if track.slug == slug), None)


def _noted(rows: DemoRows) -> Put:
    note = rows.note()
    if note is None:
        return Put()
    said = json.loads(note)
    return Put(said["version"], frozenset(said["tracks"]), frozenset(said["collections"]))


def _put(label: Catalogue, before: Put, version: str) -> Put:
    """Everything that was ever put in: what of it is missing was deleted by its owner."""
    return Put(
        version,
        before.tracks | {track.slug for track in label.tracks},
        before.collections | {one.slug for one in label.collections},
    )


def _is_in(rows: DemoRows, version: str) -> bool:
    return _noted(rows).version == version and _files_are_there(rows)


def _files_are_there(rows: DemoRows) -> bool:
    """Whether the rows name the files of this installation, which may have been moved."""
    places = {track.slug: str(track.path) for track in catalogue().tracks}
    return all(row.file == places.get(row.demo or "") for row in rows.tracks())


def _wanted(
    slugs: Iterable[str],
    before: frozenset[str],
    here: Sequence[LibraryTrackRow] | Sequence[CollectionRow],
) -> set[str]:
    """Those that are here, to be made anew, and those that never were."""
    kept = {row.demo for row in here}
    return {slug for slug in slugs if slug in kept or slug not in before}


def _put_track(rows: DemoRows, label: Catalogue, track: DemoTrack, *, at: float) -> None:
    here = rows.track(track.id)
    if here is not None and here.demo is None:
        return  # its owner has brought the same bytes
    artist = label.artist(track.artist).name
    rows.put_track(
        LibraryTrackRow(
            id=track.id,
            sha256=track.sha256,
            title=track.title,
            artist=artist,
            artist_id=own_artist_id(artist),
            album=label.album(track.album).title,
            format=track.path.suffix.removeprefix("."),
            size_bytes=track.bytes,
            file=str(track.path),
            added_at=at if here is None else here.added_at,
            demo=track.slug,
            isrc=None if here is None else here.isrc,
            spotify_id=None if here is None else here.spotify_id,
        ),
        _heard(track, at),
    )


def _heard(track: DemoTrack, at: float) -> LibraryAnalysisRow:
    heard = measured(track.slug)
    return packed_analysis(
        track.id,
        analyser=heard.analyser,
        features=heard.features,
        analysis=heard.analysis,
        made_at=at,
    )


def _put_collection(rows: DemoRows, label: Catalogue, one: DemoCollection, *, at: float) -> None:
    contents = "\n".join(label.track(slug).id for slug in one.tracks)
    rows.put_collection(
        CollectionRow(
            id=one.id,
            name=one.title,
            description=one.description,
            owner=label.label,
            snapshot=hashlib.sha256(contents.encode()).hexdigest()[:32],
            made_at=at,
            demo=one.slug,
        ),
        [
            _item(label, label.track(slug), one.id, position=position, at=at)
            for position, slug in enumerate(one.tracks)
        ],
    )


def _item(
    label: Catalogue, track: DemoTrack, ident: str, *, position: int, at: float
) -> CollectionItemRow:
    return CollectionItemRow(
        collection_id=ident,
        position=position,
        track_id=track.id,
        name=track.title,
        artists=json.dumps([label.artist(track.artist).name], ensure_ascii=False),
        album=label.album(track.album).title,
        duration_ms=round(track.duration_s * 1000),
        added_at=at,
    )
