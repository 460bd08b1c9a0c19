"""Who said it, how and when; and what is absent, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.schemas.base import Model, Moment


class SourceName(StrEnum):
    """A place that knows something about music."""

    SPOTIFY = "spotify"
    RECCOBEATS = "reccobeats"
    MUSICBRAINZ = "musicbrainz"
    WIKIDATA = "wikidata"
    LISTENBRAINZ = "listenbrainz"
    DEEZER = "deezer"
    LASTFM = "lastfm"
    OEMBED = "oembed"
    EXPORTIFY = "exportify"
    LIBRARY = "library"


SOURCE_TITLES = {
    SourceName.SPOTIFY: "Spotify",
    SourceName.RECCOBEATS: "ReccoBeats",
    SourceName.MUSICBRAINZ: "MusicBrainz",
    SourceName.WIKIDATA: "Wikidata",
    SourceName.LISTENBRAINZ: "ListenBrainz",
    SourceName.DEEZER: "Deezer",
    SourceName.LASTFM: "Last.fm",
    SourceName.OEMBED: "Spotify’s public link preview",
    SourceName.EXPORTIFY: "An imported spreadsheet",
    SourceName.LIBRARY: "Own files",
}
"""What people call them."""


class Capability(StrEnum):
    """One thing that a source can be asked."""

    ARTIST = "artist"
    RELATED = "related"
    TOP_TRACKS = "top-tracks"
    ALBUMS = "albums"
    TRACK = "track"
    FEATURES = "features"
    ANALYSIS = "analysis"
    PLAYLIST = "playlist"
    SEARCH = "search"


class Method(StrEnum):
    """How a value came to be."""

    REPORTED = "reported"
    MEASURED = "measured"
    ESTIMATED = "estimated"


class Reason(StrEnum):
    """Why something is absent."""

    CLOSED = "closed"
    REMOVED = "removed"
    NOT_KNOWN = "not-known"
    NOT_DETECTED = "not-detected"
    NOT_CONFIGURED = "not-configured"
    UNREACHABLE = "unreachable"
    LIMITED = "limited"


class Provenance(Model):
    """One source's share in an answer."""

    source: Annotated[SourceName, Field(description="Who said it.")]
    method: Annotated[
        Method,
        Field(
            description="`reported`: the source states it. `measured`: we measured it in the "
            "audio. `estimated`: a model’s guess, with its typical error in `uncertainty`."
        ),
    ]
    fields: Annotated[
        tuple[str, ...],
        Field(description="The fields of this answer it speaks for.", examples=[["energy"]]),
    ]
    retrieved_at: Annotated[Moment, Field(description="When the source was asked (UTC).")]
    url: Annotated[str | None, Field(description="Where people can see it at the source.")] = None
    licence: Annotated[str | None, Field(description="The terms it comes under.")] = None
    detail: Annotated[
        str | None,
        Field(description="What one must know to read the numbers, such as what 0 dB refers to."),
    ] = None
    analyser: Annotated[
        int | None,
        Field(
            ge=1,
            description="Own files: the version of Earprint’s analyser that heard this. Numbers of "
            "two versions may differ where the music does not.",
        ),
    ] = None


class Missing(Model):
    """One absent value, and why. No value is ever silently null."""

    field: Annotated[str, Field(examples=["popularity"])]
    reason: Annotated[
        Reason,
        Field(
            description="`closed`: the source answers this to other apps only. `removed`: it no "
            "longer sends it. `not-known`: it does not know. `not-detected`: the analysis could "
            "not decide. `not-configured`, `unreachable`, `limited`: the source itself."
        ),
    ]
    detail: Annotated[
        str,
        Field(examples=["Spotify stopped sending it to new apps in February 2026."]),
    ]


Said = Annotated[
    tuple[Provenance, ...], Field(description="Who said which part of this, how and when.")
]
Gaps = Annotated[tuple[Missing, ...], Field(description="What is absent here, and why.")]


class Resource(Model):
    """Something that a source knows. It ends with `provenance: Said` and `missing: Gaps`.

    They are not inherited, because what is inherited comes first, and a reader wants the id first.
    """

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        """Refuse a resource that does not say who said it."""
        super().__pydantic_init_subclass__(**kwargs)
        if tuple(cls.model_fields)[-2:] != ("provenance", "missing"):
            message = f"{cls.__name__} must end with provenance and missing"
            raise TypeError(message)
