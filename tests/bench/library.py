"""What a large library costs: related artists and a profile, and how late the loop is meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlmodel import Session

from api.app import tuned
from api.db.models import (
    CollectionItemRow,
    CollectionRow,
    LibraryAnalysisRow,
    LibraryTrackRow,
)
from api.music.ids import own_artist_id, own_id
from tests.routes.product import Product, opened
from tests.sources.library.kept import NOW, SAID, features

FILES = 10_000
ARTISTS = 1_000
MIX = own_id(b"mix" * 6)
BEAT_S = 0.002


@dataclass(frozen=True, slots=True)
class Cost:
    """How long an answer took, and how late the loop was meanwhile at worst."""

    what: str
    wall_ms: float
    lag_ms: float

    def __str__(self) -> str:
        return f"{self.what:<34}{self.wall_ms:>8.0f} ms, loop blocked {self.lag_ms:>5.0f} ms"


def fill(session: Session, files: int) -> None:
    """A library of this many analysed files, and one collection that lists them all."""
    chance = random.Random(1)
    rows = [_file(number) for number in range(files)]
    session.add_all([CollectionRow(id=MIX, name="Mix", owner="Owner", snapshot="s", made_at=NOW)])
    session.add_all(rows)
    session.flush()
    session.add_all(_heard(row, chance) for row in rows)
    session.add_all(
        CollectionItemRow(
            collection_id=MIX,
            position=place,
            track_id=row.id,
            name=row.title,
            artists=json.dumps([row.artist]),
        )
        for place, row in enumerate(rows)
    )
    session.commit()


def _file(number: int) -> LibraryTrackRow:
    artist = f"Artist {number % ARTISTS}"
    return LibraryTrackRow(
        id=own_id(number.to_bytes(16, "big")),
        sha256=f"{number:064x}",
        title=f"Song {number}",
        artist=artist,
        artist_id=own_artist_id(artist),
        format="wav",
        size_bytes=1_000,
        file="nowhere.wav",
        added_at=NOW + number,
    )


def _heard(row: LibraryTrackRow, chance: random.Random) -> LibraryAnalysisRow:
    said = {name: round(chance.random(), 3) for name in SAID if name != "loudness"}
    said["tempo"] = 60 + 100 * chance.random()
    return LibraryAnalysisRow(
        track_id=row.id,
        analyser=1,
        features=features(row, **said).model_dump_json().encode(),
        analysis=b"",
        made_at=NOW,
    )


async def library_costs(folder: Path, files: int = FILES) -> list[Cost]:
    """Each question twice: the second time nothing has changed."""
    async with opened(None, folder) as product:
        with Session(product.app.state.parts.database.engine) as session:
            fill(session, files)
        tuned(product.app)
        questions = {
            "related artists": f"/v1/artists/{own_artist_id('Artist 1')}/related",
            "profile of a collection": f"/v1/playlists/{MIX}/profile",
        }
        return [
            await _cost(f"{what}, {files} files, {when}", product, path)
            for what, path in questions.items()
            for when in ("cold", "unchanged")
        ]


async def _cost(what: str, product: Product, path: str) -> Cost:
    worst_s, over = 0.0, False

    async def beat() -> None:
        nonlocal worst_s
        while not over:
            due = time.perf_counter() + BEAT_S
            await asyncio.sleep(BEAT_S)
            worst_s = max(worst_s, time.perf_counter() - due)

    pulse = asyncio.create_task(beat())
    await asyncio.sleep(0.1)
    worst_s, started = 0.0, time.perf_counter()
    answer = await product.get(path)
    wall_s, over = time.perf_counter() - started, True
    await pulse
    assert answer.status_code == httpx.codes.OK, answer.text
    return Cost(what, wall_s * 1000, worst_s * 1000)
