"""An artist's genres with how many people say each, for all sources that count votes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.schemas.artist import Artist, GenreSaid, GenresBy


def counted(votes: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Each genre once, with its most votes; most votes first, and among equals by name."""
    found: dict[str, int] = {}
    for name, count in sorted(votes, key=lambda one: (-one[1], one[0])):
        found.setdefault(name, count)
    return found


def voted(artist: Artist, votes: Mapping[str, int]) -> Artist:
    """The artist with the votes for its genres; without genres there are none to count."""
    if not artist.genres:
        return artist
    said = tuple(GenreSaid(name=name, votes=votes.get(name)) for name in artist.genres)
    by = GenresBy(source=artist.provenance[0].source, genres=said)
    return artist.model_copy(update={"genres_by": (by,)})
