"""Who is whom: the ids that other services have for one artist or track, and who says so."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

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


FORMS = {
    IdScheme.MBID: r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    IdScheme.WIKIDATA: r"Q[1-9][0-9]{0,11}",
    IdScheme.DEEZER: r"[1-9][0-9]{0,14}",
    IdScheme.ISRC: r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}",
}
"""What an id of each numbering looks like."""


def _each_of_its_form(links: dict[IdScheme, str | None]) -> dict[IdScheme, str | None]:
    """Raises ValueError, naming the kind that cannot be set, or cannot be that."""
    for scheme, target in links.items():
        if scheme not in FORMS:
            message = f"{scheme} cannot be set here, only {', '.join(FORMS)}"
            raise ValueError(message)
        if target is not None and not re.fullmatch(FORMS[scheme], target):
            message = f"what is given as {scheme} is no id of that kind"
            raise ValueError(message)
    return links


class IdentityCorrection(Model):
    """What a person knows better: the right id by kind, or null for “none of these”."""

    links: Annotated[
        dict[IdScheme, str | None],
        AfterValidator(_each_of_its_form),
        Field(
            description="Kinds that are absent stay as they are; `{}` forgets all corrections.",
            examples=[{"mbid": "20ff3303-4fe2-4a47-a1b6-291e26aa3438", "deezer": None}],
        ),
    ]
