"""Put the demo label into the library, once; what its owner deletes of it stays deleted."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.clock import Clock
from api.db.library import packed_analysis
from api.db.models import (
    CollectionItemRow,
    CollectionRow,
    LibraryAnalysisRow,
    LibraryTrackRow,
    NoteRow,
)
from api.db.session import Offload, writing
from api.demo import CATALOGUE, Catalogue, DemoCollection, DemoTrack, catalogue
from api.demo.measured import MEASURED, measured
from api.music.ids import own_artist_id
from api.music.key_names import key_name
from api.schemas.library import ComposerSection, ComposersTruth
from api.sources.library.normalise import Release

NOTE = "demo-label"
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
    """The label's rows in app.db."""

    def __init__(self, engine: Engine, offload: Offload, clock: Clock) -> None:
        self._engine = engine
        self._offload = offload
        self._clock = clock

    async def put_in(self) -> None:
        """See that all of the label is here but what was deleted; does nothing if it is."""
        version = await asyncio.to_thread(version_of_label)
        if not await self._offload(lambda: self._is_in(version)):
            await self._offload(lambda: self._put_in(version))

    def _is_in(self, version: str) -> bool:
        with Session(self._engine) as session:
            return _is_in(session, version)

    def _put_in(self, version: str) -> None:
        label = catalogue()
        with writing(self._engine) as session:
            before = _noted(session)
            if _is_in(session, version):  # another process was at it, too, and was the first
                return
            tracks, collections = _new_tracks(session, before), _new_collections(session, before)
            _remove_old(session, label)
            for place, track in enumerate(track for track in label.tracks if track.slug in tracks):
                _put_track(session, label, track, at=self._clock() + place / 1000)
            session.flush()
            for one in label.collections:
                if one.slug in collections:
                    _put_collection(session, label, one, at=self._clock())
            session.merge(NoteRow(name=NOTE, value=_put(label, before, version).to_json()))
        _log.info("put the demo label in: %d pieces", len(tracks))


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


def _noted(session: Session) -> Put:
    note = session.get(NoteRow, NOTE)
    if note is None:
        return Put()
    said = json.loads(note.value)
    return Put(said["version"], frozenset(said["tracks"]), frozenset(said["collections"]))


def _put(label: Catalogue, before: Put, version: str) -> Put:
    """Everything that was ever put in: what of it is missing was deleted by its owner."""
    return Put(
        version,
        before.tracks | {track.slug for track in label.tracks},
        before.collections | {one.slug for one in label.collections},
    )


def _is_in(session: Session, version: str) -> bool:
    return _noted(session).version == version and _files_are_there(session)


def _files_are_there(session: Session) -> bool:
    """Whether the rows name the files of this installation, which may have been moved."""
    places = {track.slug: str(track.path) for track in catalogue().tracks}
    rows = session.exec(select(LibraryTrackRow).where(col(LibraryTrackRow.demo).is_not(None)))
    return all(row.file == places.get(row.demo or "") for row in rows)


def _new_tracks(session: Session, before: Put) -> set[str]:
    here = session.exec(select(LibraryTrackRow.demo).where(col(LibraryTrackRow.demo).is_not(None)))
    return _wanted((track.slug for track in catalogue().tracks), before.tracks, set(here))


def _new_collections(session: Session, before: Put) -> set[str]:
    here = session.exec(select(CollectionRow.demo).where(col(CollectionRow.demo).is_not(None)))
    return _wanted((one.slug for one in catalogue().collections), before.collections, set(here))


def _wanted(slugs: Iterable[str], before: frozenset[str], here: set[str | None]) -> set[str]:
    """Those that are here, to be made anew, and those that never were."""
    return {slug for slug in slugs if slug in here or slug not in before}


def _remove_old(session: Session, label: Catalogue) -> None:
    """Take out the rows of the label that are of other bytes than those shipped now."""
    shipped = {track.id for track in label.tracks}
    kept = col(LibraryTrackRow.demo).is_not(None)
    for row in session.exec(select(LibraryTrackRow).where(kept)):
        if row.id not in shipped:
            session.delete(row)
    for one in session.exec(select(CollectionRow).where(col(CollectionRow.demo).is_not(None))):
        session.delete(one)
    session.flush()


def _put_track(session: Session, label: Catalogue, track: DemoTrack, *, at: float) -> None:
    here = session.get(LibraryTrackRow, track.id)
    if here is not None and here.demo is None:
        return  # its owner has brought the same bytes
    artist = label.artist(track.artist).name
    session.merge(
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
        )
    )
    session.flush()
    session.merge(_heard(track, at))


def _heard(track: DemoTrack, at: float) -> LibraryAnalysisRow:
    heard = measured(track.slug)
    return packed_analysis(
        track.id,
        analyser=heard.analyser,
        features=heard.features,
        analysis=heard.analysis,
        made_at=at,
    )


def _put_collection(session: Session, label: Catalogue, one: DemoCollection, *, at: float) -> None:
    contents = "\n".join(label.track(slug).id for slug in one.tracks)
    session.add(
        CollectionRow(
            id=one.id,
            name=one.title,
            description=one.description,
            owner=label.label,
            snapshot=hashlib.sha256(contents.encode()).hexdigest()[:32],
            made_at=at,
            demo=one.slug,
        )
    )
    session.flush()
    for position, slug in enumerate(one.tracks):
        session.add(_item(label, label.track(slug), one.id, position=position, at=at))


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
