"""A library on disk for one test: files without their audio, jobs, collections."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

from api.db.collections import CollectionTables
from api.db.jobs import JobTables
from api.db.library import LibraryTables, packed_analysis
from api.db.models import CollectionItemRow, CollectionRow, JobRow, LibraryTrackRow
from api.db.revision import Revision
from api.db.session import Durability, Offload, make_engine
from api.library.jobs import Jobs
from api.music.ids import own_artist_id, own_id, own_uri
from api.schemas.analysis import AudioAnalysis
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Method, Missing, Provenance, Reason, SourceName
from api.schemas.reference import Kind
from api.sources.library import Holdings, LibrarySource
from tests import schema

NOW = 1_790_000_000.0
SAID = {
    "acousticness": 0.4,
    "danceability": 0.5,
    "energy": 0.6,
    "instrumentalness": 0.7,
    "speechiness": 0.1,
    "valence": 0.5,
    "loudness": -12.5,
    "tempo": 120.0,
}


class Kept:
    """What a test puts into the library, and the source that answers from it."""

    def __init__(self, held: Holdings, job_tables: JobTables) -> None:
        self.held = held
        self.job_tables = job_tables
        self.source = LibrarySource(held)
        self._count = 0

    async def bring(self, title: str, artist: str = "Ada Reed", **more: Any) -> LibraryTrackRow:
        """A file that is here; the later it is brought, the newer it is."""
        self._count += 1
        digest = hashlib.sha256(f"{title}:{self._count}".encode()).digest()
        row = LibraryTrackRow(
            id=own_id(digest),
            sha256=digest.hex(),
            title=title,
            artist=artist,
            artist_id=own_artist_id(artist),
            format="wav",
            size_bytes=1_000,
            file="nowhere.wav",
            added_at=NOW - 1_000 + self._count,
            **more,
        )
        await self.held.tables.add(row)
        return row

    async def hear(self, row: LibraryTrackRow, **said: Any) -> None:
        """Keep what was heard in a file, with these features."""
        packed = packed_analysis(
            row.id,
            analyser=1,
            features=features(row, **said).model_dump_json().encode(),
            analysis=analysis(row).model_dump_json().encode(),
            made_at=NOW,
        )
        await self.held.tables.save_analysis(packed)

    def job(self, row: LibraryTrackRow, state: str, **more: Any) -> JobRow:
        """The latest job of a file."""
        job = JobRow(id=f"{len(row.id):022d}", track_id=row.id, state=state, created_at=NOW, **more)
        self.job_tables.open(job, track=None, most_waiting=10)
        return job

    async def collect(self, name: str, *items: dict[str, Any], **more: Any) -> CollectionRow:
        """A collection of these positions."""
        ident = own_id(hashlib.sha256(name.encode()).digest())
        row = CollectionRow(id=ident, name=name, owner="Owner", snapshot="s", made_at=NOW, **more)
        blank = {"name": "", "artists": "[]"}
        rows = [
            CollectionItemRow(**blank | item, collection_id=ident, position=place).model_dump()
            for place, item in enumerate(items)
        ]
        await self.held.collections.add(row, rows)
        return row


def jobs(tables: JobTables, offload: Offload) -> Jobs:
    """These jobs, which nobody works on."""
    return Jobs(tables, offload, AsyncMock(), clock=lambda: NOW, cores=1, most_waiting=8)


@asynccontextmanager
async def library(folder: Path, **changes: Any) -> AsyncIterator[Kept]:
    """An empty library in this folder."""
    schema.put_in(folder)
    engine = make_engine(f"sqlite:///{folder / 'app.db'}", Durability.NORMAL)
    offload = Offload("test-db")
    job_tables = JobTables(engine)

    async def nobody(_ident: str) -> None:
        return None

    async def set_for_none(_idents: Any) -> dict[str, str | None]:
        return {}

    held: dict[str, Any] = {
        "tables": LibraryTables(engine, offload),
        "jobs": jobs(job_tables, offload),
        "collections": CollectionTables(engine, offload),
        "revision": Revision(engine, offload),
        "clock": lambda: NOW,
        "isrc_of": nobody,
        "set_by_hand": set_for_none,
        "genres_of": lambda _row: None,
        "release_of": lambda _row: None,
        "analyser": 1,
    }
    yield Kept(Holdings(**held | changes), job_tables)
    offload.close()
    engine.dispose()


def provenance(*fields: str) -> Provenance:
    """As the analyser writes it."""
    return Provenance(
        source=SourceName.LIBRARY,
        method=Method.MEASURED,
        fields=fields,
        retrieved_at=datetime.fromtimestamp(NOW, UTC),
        detail="LUFS",
    )


def features(row: LibraryTrackRow, **said: Any) -> AudioFeatures:
    """What the analyser says of a file."""
    values = {**SAID, **said}
    absent = ("liveness", "key", "mode", "key_name", "camelot", "time_signature")
    gaps = [*absent, *(name for name, value in values.items() if value is None)]
    return AudioFeatures.model_validate(
        {
            "id": row.id,
            "uri": own_uri(Kind.TRACK, row.id),
            **dict.fromkeys(absent),
            **values,
            "tempo_candidates": (),
            "duration_ms": 61_000,
            "uncertainty": {},
            "provenance": (provenance("tempo"),),
            "missing": [_gap(name) for name in gaps],
        }
    )


def analysis(row: LibraryTrackRow) -> AudioAnalysis:
    """An analysis with nothing in it."""
    lists: dict[str, Any] = dict.fromkeys(("bars", "beats", "tatums", "sections", "segments"), ())
    return AudioAnalysis(
        id=row.id,
        uri=own_uri(Kind.TRACK, row.id),
        track=None,
        **lists,
        timbre_basis="earprint-v1",
        provenance=(provenance("beats"),),
        missing=(_gap("track"),),
    )


def _gap(field: str) -> Missing:
    return Missing(field=field, reason=Reason.NOT_DETECTED, detail="It was not heard.")


def problem(detail: str) -> str:
    """Why a job failed, as its row has it."""
    return json.dumps({"code": "no-signal", "title": "x", "detail": detail})
