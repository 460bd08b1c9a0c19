"""Which of the owner's own files sound most like a track, and where it stands among them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Bpm, Model
from api.schemas.provenance import Gaps, Resource, Said


class NearTrack(Model):
    """An own file, and how far its sound is from the track that was asked about."""

    id: str
    name: str
    artists: tuple[str, ...]
    tempo: Bpm | None
    key_name: str | None
    camelot: str | None
    distance: Annotated[
        float,
        Field(
            ge=0,
            description="Root mean square of the differences, each in standard deviations of the "
            "files here or in typical errors, whichever is more. Below 1 the two are much alike.",
        ),
    ]
    says: Annotated[
        str,
        Field(
            description="What they share and what sets them apart.",
            examples=["Alike in energy and valence; most apart in tempo (96 against 142 BPM)."],
        ),
    ]


class Rank(Model):
    """Where a track stands in one feature among the other files. Values of two decimals."""

    below: Annotated[int, Field(ge=0, description="How many have less.")]
    equal: Annotated[int, Field(ge=0, description="How many have as much.")]
    of: Annotated[int, Field(ge=0, description="How many others were compared in it.")]
    values: Annotated[
        tuple[float, ...],
        Field(description="Theirs, the lowest first; of more than 200 evenly chosen ones."),
    ]


class NearestTracks(Resource):
    """The own files that sound most like a track, nearest first."""

    id: Annotated[str, Field(description="The track that was asked about, own or Spotify’s.")]
    compared: Annotated[int, Field(ge=0, description="How many other files it was compared with.")]
    by: Annotated[
        tuple[str, ...], Field(description="The features that were compared, each as heavy.")
    ]
    items: tuple[NearTrack, ...]
    keys: Annotated[
        dict[str, int], Field(description="How many of the other files are in each Camelot key.")
    ]
    ranks: Annotated[
        dict[str, Rank], Field(description="Per feature that the track and any other file have.")
    ]
    provenance: Said
    missing: Gaps = ()
