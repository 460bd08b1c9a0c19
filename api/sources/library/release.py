"""What is known of the release a file is on beyond the file's tags: of the demo label alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.db.models import LibraryTrackRow
from api.schemas.artist import Image
from api.schemas.track import DatePrecision

COVER_PX = 320  # the side of every cover's square


@dataclass(frozen=True, slots=True)
class Release:
    """A release, as its label tells of it; `number` is the place of the file on it, from 1."""

    kind: str
    date: str
    precision: DatePrecision
    total: int
    number: int


ReleaseOf = Callable[[LibraryTrackRow], Release | None]


def cover(row: LibraryTrackRow, release: Release | None) -> tuple[Image, ...]:
    """The picture on the release, at this server; own uploads have none."""
    if release is None:
        return ()
    url = f"/v1/library/tracks/{row.id}/cover"
    return (Image(url=url, width=COVER_PX, height=COVER_PX),)
