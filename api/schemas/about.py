"""How far the numbers of our own analysis can be trusted, and under whose terms the rest comes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Model, Unit
from api.schemas.provenance import SourceName


class EstimateError(Model):
    """One field that a model guesses: how far it was off on tracks that it had not been shown."""

    field: Annotated[str, Field(examples=["energy"])]
    typical_error: Annotated[
        float, Field(ge=0, description="Mean absolute error, on the field’s own scale of 0 to 1.")
    ]
    unheard_error: Annotated[
        float,
        Field(ge=0, description="What always saying the middle value would be off by: no skill."),
    ]
    tracks: Annotated[int, Field(description="On how many tracks that was found.")]


class RightOnRecords(Model):
    """How often it was right on records, where listeners wrote the answer down."""

    right: Unit
    answers: Annotated[int, Field(description="How many answers were checked.")]


class RightShare(Model):
    """One thing that is measured: how often it was right where the answer is known."""

    name: Annotated[str, Field(examples=["tempo"])]
    right: Annotated[Unit, Field(description="On rendered pieces, which are easier than records.")]
    right_is: Annotated[str, Field(examples=["within 4 % of the truth"])]
    answers: Annotated[int, Field(description="How many answers were checked.")]
    records: Annotated[
        RightOnRecords | None,
        Field(
            description="The same on records; the analyser was made with them in view, so others "
            "may fare worse. Null where nobody has written the answer down."
        ),
    ]


class SourceTerms(Model):
    """Under which terms a source’s answers come."""

    source: SourceName
    licence: str


class AboutData(Model):
    """What is known of the numbers themselves, whatever track they are of."""

    estimated: tuple[EstimateError, ...]
    measured: tuple[RightShare, ...]
    credit: Annotated[str, Field(description="Whose data the estimates were learnt from.")]
    caveat: Annotated[str, Field(description="What the estimates may not be taken for.")]
    terms: tuple[SourceTerms, ...]
