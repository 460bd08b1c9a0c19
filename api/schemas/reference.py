"""What a pasted text refers to. Parsed here; nobody is asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.schemas.base import Model


class Kind(StrEnum):
    """What a link, URI or number names."""

    ARTIST = "artist"
    TRACK = "track"
    ALBUM = "album"
    PLAYLIST = "playlist"
    EPISODE = "episode"
    SHOW = "show"
    USER = "user"
    LOCAL = "local"
    ISRC = "isrc"
    UNKNOWN = "unknown"


class Reference(Model):
    """One thing that was pasted. A bare id does not say its kind: then kind is `unknown`."""

    kind: Kind
    id: Annotated[
        str | None,
        Field(description="22 letters and digits, an own id (`own_…`) or a user’s name."),
    ]
    uri: Annotated[str | None, Field(examples=["spotify:track:11dFghVXANMlKmJXsNCbNl"])]
    url: Annotated[str | None, Field(description="The page at Spotify.")]
    isrc: str | None
    href: Annotated[
        str | None, Field(description="Where this API answers for it; null where it does not.")
    ]
    detail: Annotated[str | None, Field(description="What one should know about it.")]
