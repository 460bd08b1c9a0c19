"""Rows of files and jobs, made in a line."""

from __future__ import annotations

from typing import Any

from api.db.library import packed_analysis
from api.db.models import JobRow, LibraryAnalysisRow, LibraryTrackRow
from api.music.ids import own_artist_id, own_id
from api.schemas.library import JobState

NOW = 1_800_000_000.0


def track(number: int = 1, **changes: Any) -> LibraryTrackRow:
    """A file, told apart by its number."""
    digest = number.to_bytes(32, "little")
    values: dict[str, Any] = {
        "id": own_id(digest),
        "sha256": digest.hex(),
        "title": f"Song {number}",
        "artist": "Me",
        "artist_id": own_artist_id("Me"),
        "format": "wav",
        "size_bytes": 1,
        "file": f"library/{digest.hex()[:2]}/{digest.hex()}.wav",
        "added_at": NOW + number,
    }
    return LibraryTrackRow(**values | changes)


def job(number: int = 1, **changes: Any) -> JobRow:
    """A job that waits, for the file of the same number."""
    values: dict[str, Any] = {
        "id": f"job{number}",
        "track_id": track(number).id,
        "state": JobState.QUEUED,
        "created_at": NOW + number,
    }
    return JobRow(**values | changes)


def heard(number: int = 1, at: float = NOW) -> LibraryAnalysisRow:
    """What was heard in the file of this number."""
    return packed_analysis(
        track(number).id, analyser=1, features=b'{"tempo":120}', analysis=b"{}", made_at=at
    )
