"""Errors as documents: RFC 9457 `application/problem+json`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from api.schemas.base import Model
from api.schemas.provenance import Reason, SourceName


class Attempt(Model):
    """One source that was considered, and why it gave nothing."""

    source: SourceName
    reason: Reason
    detail: Annotated[str, Field(description="In plain words.")]
    retry_after: Annotated[
        int | None, Field(ge=1, description="Whole seconds until asking it again may help.")
    ] = None

    @model_serializer(mode="wrap")
    def _without_nulls(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in handler(self).items() if value is not None}


class InvalidPart(Model):
    """One part of the request that cannot be understood."""

    pointer: Annotated[str, Field(description="Where it is.", examples=["query/limit"])]
    detail: Annotated[str, Field(examples=["This must be at most 10."])]


class Problem(Model):
    """What went wrong, in words for people and a `type` for programs."""

    type: Annotated[str, Field(examples=["/problems/bad-reference"])]
    title: str
    status: Annotated[
        int, Field(ge=202, le=599, description="202 in a batch only: it is still being worked on.")
    ]
    detail: str
    instance: Annotated[str, Field(description="The path that was asked for.")]
    request_id: Annotated[str, Field(description="Finds the line in the server’s log.")]
    hint: Annotated[str | None, Field(description="What to do next.")] = None
    errors: tuple[InvalidPart, ...] | None = None
    attempts: Annotated[
        tuple[Attempt, ...] | None, Field(description="Each source, and why it gave nothing.")
    ] = None
    current: Annotated[
        dict[str, Any] | None,
        Field(description="What stands now, where it is not what you have seen."),
    ] = None

    @model_serializer(mode="wrap")
    def _without_nulls(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in handler(self).items() if value is not None}
