"""Invented answers of /v1 about artists, tracks and sources, built from the contract's models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.schemas.artist import Artist, Image, RelatedArtist, RelatedArtists, RelatedVote, Relation
from api.schemas.identity import How, Identity, IdentityLink, IdScheme
from api.schemas.lists import Batch, BatchItem, Page, SearchResults
from api.schemas.playlist import (
    Playlist,
)
from api.schemas.problem import Attempt, Problem
from api.schemas.provenance import Capability, Method, Missing, Provenance, Reason, SourceName
from api.schemas.sources import (
    CacheFigures,
    CapabilityReport,
    JobFigures,
    ServerHealth,
    SourceReport,
    SourceStatus,
    State,
)
from api.schemas.track import AlbumCredit, Track, TrackList

ARTIST, TRACK, PLAYLIST = (
    "0LcJLqbBmaGUft1e9Mm8HV",
    "11dFghVXANMlKmJXsNCbNl",
    "37i9dQZF1DXcBWIGoYBM5M",
)
NOW = datetime(2026, 11, 22, 16, 4, 5, tzinfo=UTC)
THEN = datetime(2026, 11, 22, 13, 0, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> & {{ 7 * 7 }} \" onload='x'"


def said(source: SourceName = SourceName.SPOTIFY, **more: Any) -> tuple[Provenance, ...]:
    """One source's provenance."""
    given: dict[str, Any] = {
        "source": source,
        "method": Method.REPORTED,
        "fields": ("name", "images"),
        "retrieved_at": THEN,
        "url": "https://example.org/there",
        "licence": "CC0",
    }
    return (Provenance(**given | more),)


def gone(field: str, reason: Reason = Reason.REMOVED) -> Missing:
    """One absence."""
    detail = "Spotify stopped sending it to new apps in February 2026."
    return Missing(field=field, reason=reason, detail=detail)


def picture() -> Image:
    """A cover at an address that the site allows in tests."""
    return Image(url="http://127.0.0.1:9/image/a.png", width=300, height=300)


def artist(**more: Any) -> Artist:
    """An artist without popularity or followers, as new apps get them."""
    given: dict[str, Any] = {
        "id": ARTIST,
        "uri": f"spotify:artist:{ARTIST}",
        "url": f"https://open.spotify.com/artist/{ARTIST}",
        "name": "Marble Harbour",
        "images": (),
        "genres": ("dream pop", "slowcore"),
        "popularity": None,
        "followers": None,
        "provenance": said(),
        "missing": (gone("popularity"), gone("followers", Reason.CLOSED)),
    }
    return Artist(**given | more)


def track(ident: str = TRACK, **more: Any) -> Track:
    """A track."""
    given: dict[str, Any] = {
        "id": ident,
        "uri": f"spotify:track:{ident}",
        "url": f"https://open.spotify.com/track/{ident}",
        "name": "Lanterns over Water",
        "artists": ({"id": ARTIST, "name": "Marble Harbour", "uri": None},),
        "album": AlbumCredit(
            id="a",
            name="Low Tide",
            release_date="2024-05-17",
            release_date_precision="day",
            images=(),
        ),
        "duration_ms": 225_400,
        "explicit": True,
        "isrc": "GBSMU2401851",
        "popularity": None,
        "track_number": 3,
        "disc_number": 1,
        "is_playable": None,
        "linked_from": None,
        "provenance": said(),
        "missing": (gone("popularity"),),
    }
    return Track(**given | more)


def batch(idents: list[str]) -> Batch[Track]:
    """Tracks, the last of several unknown."""
    known = idents[:-1] if len(idents) > 1 else idents
    return Batch[Track](
        items=tuple(
            BatchItem[Track](
                id=i, ok=i in known, value=track(i) if i in known else None, problem=None
            )
            for i in idents
        )
    )


def tracks(count: int = 10) -> TrackList:
    """An artist's top tracks."""
    items = tuple(track(numbered(n), name=f"Song {n}") for n in range(count))
    return TrackList(id=ARTIST, items=items, provenance=said())


def numbered(number: int) -> str:
    """One of a hundred track ids."""
    return TRACK[:-2] + f"{number:02d}"


def related() -> RelatedArtists:
    """Artists whom one or two sources name, one of them without an id."""
    items = []
    for rank, score in enumerate((0.9, 0.6, 0.3, 0.1), 1):
        votes = [RelatedVote(source=SourceName.LISTENBRAINZ, rank=rank, score=score)]
        if rank == 1:
            votes.append(RelatedVote(source=SourceName.DEEZER, rank=2, score=score))
        near = RelatedArtist(
            id=ARTIST if rank % 2 else None,
            name=f"Neighbour {rank}",
            uri=None,
            url=None,
            images=(picture(),) if rank == 1 else (),
            genres=("ambient", "folk") if rank < 3 else None,
        )
        items.append(Relation(artist=near, score=score, agreement=len(votes), sources=tuple(votes)))
    return RelatedArtists(id=ARTIST, items=tuple(items), provenance=said(SourceName.LISTENBRAINZ))


def found(kinds: list[str], offset: int = 0) -> SearchResults:
    """Search results for the kinds asked for."""

    def page(items: tuple) -> dict:
        return {"href": "/v1/search", "items": items, "limit": 5, "offset": offset, "total": 7,
                "next": "/v1/search?offset=5", "previous": None, "provenance": said()}  # fmt: skip

    return SearchResults(
        artists=Page[Artist](**page((artist(), artist(name=HOSTILE))))
        if "artist" in kinds
        else None,
        tracks=Page[Track](**page((track(),))) if "track" in kinds else None,
        playlists=Page[Playlist](**page(())) if "playlist" in kinds else None,
    )


def sources(*, spotify: bool = True) -> SourceReport:
    """Two sources."""
    state = State.OPEN if spotify else State.NOT_CONFIGURED
    rows = (
        _able(Capability.ARTIST, state, "It answers."),
        _able(Capability.FEATURES, State.CLOSED, "Spotify answers this to older apps only."),
    )
    other = (_able(Capability.FEATURES, State.LIMITED, "It asked us to wait."),)
    return SourceReport(
        sources=(
            SourceStatus(source=SourceName.SPOTIFY, configured=spotify, capabilities=rows),
            SourceStatus(source=SourceName.RECCOBEATS, configured=True, capabilities=other),
        )
    )


def health(**figures: Any) -> ServerHealth:
    """A server on which all is well but the worker, which has only begun."""
    checks = {"descriptors": "ok", "database": "ok", "worker": "starting", "room": "ok"}
    kept = CacheFigures(
        entries=12, memory_bytes=2_516_582, disk_bytes=31_981_568, hits=940, fetches=60
    )
    usual = {"cache": kept, "jobs": JobFigures(waiting=3, running=1)}
    return ServerHealth(
        status="ok",
        checks=checks | {"cache": "ok", "decoding": "in a sandbox (bubblewrap)"},
        **(usual | figures),
    )


def _able(what: Capability, state: State, detail: str) -> CapabilityReport:
    return CapabilityReport(
        capability=what, state=state, reason=None, since=THEN, until=NOW, detail=detail
    )


def problem(status: int, slug: str, **more: Any) -> Problem:
    """A refusal with two attempts."""
    attempts = (
        Attempt(source=SourceName.SPOTIFY, reason=Reason.CLOSED, detail="Closed to new apps."),
        Attempt(
            source=SourceName.RECCOBEATS, reason=Reason.LIMITED, detail="Wait.", retry_after=90
        ),
    )
    given: dict[str, Any] = {
        "type": f"/problems/{slug}", "title": "Audio analysis unavailable", "status": status,
        "detail": "No source on this server can give this.", "instance": "/v1/x",
        "request_id": "req-7", "hint": "Connect Spotify.", "attempts": attempts,
    }  # fmt: skip
    return Problem(**given | more)


def identity(reference: str) -> Identity:
    """Who something is elsewhere, by its URI or own id."""
    link = IdentityLink(
        to=IdScheme.MBID,
        id="20ff3303-4fe2-4a47-a1b6-291e26aa3438",
        url="https://musicbrainz.org/artist/20ff3303-4fe2-4a47-a1b6-291e26aa3438",
        source=SourceName.MUSICBRAINZ,
        how=How.STATED,
        since=THEN,
        ambiguous=True,
    )
    return Identity(
        id=reference.rpartition(":")[2],
        kind="artist" if ":artist:" in reference else "track",
        links=(link,),
    )
