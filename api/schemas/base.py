"""What every model of the contract shares: frozen, no surprises, units in the type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer


class Model(BaseModel):
    """A frozen value of the contract. None always means “the source did not say”, never 0."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def numbered(unit: str, **bounds: Any) -> Any:  # noqa: ANN401  # as pydantic types Field
    """A field whose unit shows in the schema."""
    return Field(json_schema_extra={"x-unit": unit}, **bounds)


Moment = Annotated[
    datetime,
    PlainSerializer(_zulu, return_type=str, when_used="json"),
    Field(description="UTC, to the second.", examples=["2026-11-22T16:04:05Z"]),
]
Unit = Annotated[float, numbered("0-1", ge=0, le=1)]
Seconds = Annotated[float, numbered("s")]
Milliseconds = Annotated[int, numbered("ms", ge=0)]
Decibels = Annotated[float, numbered("dB")]
Bpm = Annotated[float, numbered("beats per minute", ge=0)]
PitchClass = Annotated[
    int,
    numbered("pitch class", ge=0, le=11, description="0 = C, 1 = C♯ or D♭, … 11 = B."),
]
Mode = Annotated[int, numbered("mode", ge=0, le=1, description="1 major, 0 minor.")]
Percent = Annotated[int, numbered("0-100", ge=0, le=100)]
