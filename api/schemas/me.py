"""Whoever has signed in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.schemas.base import Model, Moment


class Me(Model):
    """The person who has signed in with Spotify in this browser."""

    id: Annotated[str, Field(description="Their name in Spotify’s addresses.")]
    name: Annotated[str, Field(description="As they show it at Spotify.")]
    scopes: Annotated[tuple[str, ...], Field(description="What they have allowed, in its words.")]
    consent_ends: Annotated[
        Moment, Field(description="Six months after the sign-in, when Spotify wants a new one.")
    ]


class Stretch(StrEnum):
    """Over which time Spotify has counted what somebody played."""

    SHORT = "short"  # about four weeks
    MEDIUM = "medium"  # about six months
    LONG = "long"  # about a year
