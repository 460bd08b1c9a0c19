"""Who is whom: the ids that other services have for one artist or track, and who says so."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from api.music import ids
from api.schemas.base import Model, Moment
from api.schemas.provenance import SourceName


class IdScheme(StrEnum):
    """Whose numbering an id belongs to."""

    SPOTIFY = "spotify"
    MBID = "mbid"
    WIKIDATA = "wikidata"
    DEEZER = "deezer"
    ISRC = "isrc"
    OWN = "own"


class How(StrEnum):
    """How a link between two ids came to be."""

    STATED = "stated"
    BY_ISRC = "by-isrc"
    BY_NAME = "by-name"


class IdentityLink(Model):
    """One id of the same artist or track elsewhere."""

    to: Annotated[IdScheme, Field(description="Whose id it is.")]
    id: Annotated[str, Field(examples=["20ff3303-4fe2-4a47-a1b6-291e26aa3438"])]
    url: Annotated[str | None, Field(description="Where people can see it there.")]
    source: Annotated[
        SourceName | Literal["user"], Field(description="Who says so; `user`: set by a person.")
    ]
    how: Annotated[
        How,
        Field(
            description="`stated`: the source links the two. `by-isrc`: they share a recording’s "
            "number, and title, artist and length fit. `by-name`: nothing but the name fits."
        ),
    ]
    since: Annotated[Moment, Field(description="When it was found, or set (UTC).")]
    ambiguous: Annotated[
        bool, Field(description="Whether there are others of this kind, so that one may be wrong.")
    ]


class Identity(Model):
    """One artist or track under all the ids by which it is known."""

    id: str
    kind: Literal["artist", "track"]
    links: tuple[IdentityLink, ...]


Mbid = Annotated[str, Field(pattern=f"^{ids.MBID_PATTERN}$")]
Qid = Annotated[str, Field(pattern=f"^{ids.QID_PATTERN}$")]
DeezerId = Annotated[str, Field(pattern=f"^{ids.DEEZER_ID_PATTERN}$")]
Isrc = Annotated[str, Field(pattern=f"^{ids.ISRC_PATTERN}$")]
OwnId = Annotated[str, Field(pattern=f"^{ids.OWN_PREFIX}{ids.id_pattern()}$")]


class CorrectedLinks(Model):
    """The right id by kind; null for “none of these”; what is left out stays as it is."""

    mbid: Mbid | None = None
    wikidata: Qid | None = None
    deezer: DeezerId | None = None
    isrc: Isrc | None = None
    own: OwnId | None = None

    def by_scheme(self) -> dict[IdScheme, str | None]:
        """What was said, be it null."""
        return {IdScheme(name): getattr(self, name) for name in self.model_fields_set}


class IdentityCorrection(Model):
    """What a person knows better; no links at all forget every correction."""

    links: Annotated[
        CorrectedLinks,
        Field(examples=[{"mbid": "20ff3303-4fe2-4a47-a1b6-291e26aa3438", "deezer": None}]),
    ]
