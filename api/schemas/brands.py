"""Brands: the sound that an artist aims at, and how far from it a track is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from api.music import references
from api.problems.errors import BadReference
from api.schemas.base import Model, Moment, Unit, numbered
from api.schemas.library import CollectionName
from api.schemas.provenance import Gaps, Resource, Said, SourceName
from api.schemas.reference import Kind
from api.text import paragraphs

MOST_SONGS = 5  # that ranges can be taken from
MOST_REFERENCES = 20
TURNED_ROUND = "The lower end of a range must not lie above its upper end."
BOTH_KINDS = (
    "Send either `from`, the songs that the ranges are to be taken from, or `targets` and "
    "`references`, but not both."
)

SHARES, DECIBELS, BEATS = (0.0, 1.0), (-60.0, 6.0), (20.0, 400.0)
"""Between what a range may lie: of a feature from 0 to 1, of loudness, of tempo."""


def _between(unit: str, ends: tuple[float, float]) -> Any:  # noqa: ANN401  # as pydantic types Field
    """A number, not a word for one; `true` is none either."""
    return numbered(unit, ge=ends[0], le=ends[1], strict=True)


Share = Annotated[float, _between("0-1", SHARES)]
TargetDecibels = Annotated[float, _between("dB", DECIBELS)]
TargetBpm = Annotated[float, _between("beats per minute", BEATS)]


class Target(Model):
    """A range that a feature is to lie in, and how much that matters."""

    min: float
    max: float
    weight: Annotated[
        Share, Field(description="How much it counts in the distance; 0 is not at all.")
    ] = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise ValueError(TURNED_ROUND)
        return self


class UnitTarget(Target):
    """A range of a feature from 0 to 1."""

    min: Share
    max: Share


class LoudnessTarget(Target):
    """A range of loudness, usually in LUFS."""

    min: TargetDecibels
    max: TargetDecibels


class TempoTarget(Target):
    """A range of tempo."""

    min: TargetBpm
    max: TargetBpm


def _aim() -> Any:  # noqa: ANN401  # as pydantic types Field
    """A field that is left out where nothing is aimed at."""
    return Field(default=None, exclude_if=lambda target: target is None)


class Targets(Model):
    """What is aimed at, feature by feature; those that do not matter are left out."""

    tempo: TempoTarget | None = _aim()
    loudness: LoudnessTarget | None = _aim()
    energy: UnitTarget | None = _aim()
    danceability: UnitTarget | None = _aim()
    valence: UnitTarget | None = _aim()
    acousticness: UnitTarget | None = _aim()
    instrumentalness: UnitTarget | None = _aim()
    speechiness: UnitTarget | None = _aim()
    liveness: UnitTarget | None = _aim()

    @property
    def by_field(self) -> Mapping[str, Target]:
        """Those that are given, by the feature's name."""
        given = {field: getattr(self, field) for field in type(self).model_fields}
        return {field: target for field, target in given.items() if target is not None}


NO_TARGETS = Targets()
TARGETED = tuple(Targets.model_fields)
"""Every feature that can be aimed at, what a musician looks at first before the rest."""


def limits(field: str) -> tuple[float, float]:
    """Between what the range of a feature may lie."""
    return {"tempo": BEATS, "loudness": DECIBELS}.get(field, SHARES)


class MadeFrom(Model):
    """A song that the ranges were taken from, and who described it."""

    id: str
    source: SourceName
    loudness_reference: Annotated[
        str | None, Field(description="What 0 dB of its loudness refers to.", examples=["LUFS"])
    ]
    analyser: Annotated[
        int | None,
        Field(description="Own files: the version of the analyser that heard it, where noted."),
    ] = None


class Brand(Model):
    """The sound that an artist aims at."""

    id: str
    name: str
    words: Annotated[str | None, Field(description="What it is, in the artist’s own words.")]
    targets: Targets
    references: Annotated[
        tuple[str, ...], Field(description="Ids of tracks that stand for it, own or Spotify’s.")
    ]
    made_from: Annotated[
        tuple[MadeFrom, ...],
        Field(description="The songs that its ranges were first taken from, if they were."),
    ]
    made_at: Moment
    changed_at: Moment


class Brands(Model):
    """All brands, newest first."""

    items: tuple[Brand, ...]


def _track(text: str) -> str:
    try:
        return references.path_id(text.strip(), Kind.TRACK)
    except BadReference as problem:
        told = f"{problem.detail} {problem.hint}"
        raise ValueError(told) from problem


TrackReference = Annotated[
    str,
    AfterValidator(_track),
    Field(max_length=2_000, description="A track’s id, own or Spotify’s, its URI or its link."),
]
BrandWords = Annotated[str, Field(max_length=2_000), AfterValidator(paragraphs)]
References = Annotated[tuple[TrackReference, ...], Field(max_length=MOST_REFERENCES)]


class NewBrand(Model):
    """What a brand is to be: its ranges, or the songs that they are to be taken from."""

    name: CollectionName
    words: BrandWords | None = None
    targets: Targets = NO_TARGETS
    references: References = ()
    songs: Annotated[
        tuple[TrackReference, ...],
        Field(
            alias="from",
            min_length=1,
            max_length=MOST_SONGS,
            description="Songs that its ranges are to span, each wider by what the source is "
            "typically off by. They become its references.",
        ),
    ] = ()

    @model_validator(mode="after")
    def _in_one_way(self) -> Self:
        if self.songs and self.model_fields_set & {"targets", "references"}:
            raise ValueError(BOTH_KINDS)
        return self


class BrandChange(Model):
    """What of a brand is to change; what is left out stays as it is."""

    name: CollectionName = Field(default_factory=str)
    words: BrandWords | None = Field(default=None, description="Null or an empty text clears it.")
    targets: Targets = Field(
        default=NO_TARGETS, description="All that is aimed at from now on, not only what is new."
    )
    references: References = Field(default=(), description="The whole new list.")


class TargetDistance(Model):
    """One feature of a track beside the range it is to lie in."""

    value: Annotated[float | None, Field(description="Null where nobody knows it.")]
    min: float
    max: float
    weight: Unit
    off: Annotated[
        float | None,
        Field(
            description="How far above (more than 0) or below the range, in the feature’s own "
            "unit; 0 within. Null where it is not known or cannot be compared."
        ),
    ]
    says: Annotated[str, Field(examples=["0.72 is 0.12 above your range, 0.40 to 0.60."])]


class BrandDistance(Resource):
    """How far a track is from a brand, by the numbers of one source that is named."""

    id: Annotated[
        str | None, Field(description="The brand’s id; null of ranges that are nobody’s yet.")
    ]
    track: Annotated[str, Field(description="The track’s id.")]
    source: Annotated[SourceName, Field(description="Who describes the track.")]
    distance: Annotated[
        float | None,
        Field(
            ge=0,
            description="Root mean square, by weight, of how far the features lie outside of their "
            "ranges, in steps of 0.1, 3 dB or 10 BPM. Half of the typical error is no distance. 0: "
            "in range in all that is known. Null where nothing is.",
        ),
    ]
    says: Annotated[str, Field(description="All of it in a sentence.")]
    fields: Annotated[dict[str, TargetDistance], Field(description="Per feature that is aimed at.")]
    provenance: Said
    missing: Gaps = ()
