"""A body of JSON, bounded, and read as one of the contract's models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.problems.errors import InvalidRequest, Refused
from api.problems.invalid_request import complaints
from api.schemas.problem import InvalidPart

JSON = "application/json"
TOLD_PARTS = 100  # of a body in which more is wrong
M = TypeVar("M", bound=BaseModel)


def described(model: type[BaseModel], example: Mapping[str, Any]) -> dict[str, Any]:
    """How a body of this model stands in the OpenAPI document."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {JSON: {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


async def read_json(request: Request, model: type[M], *, most_bytes: int) -> M:
    """The body as this model. Raises InvalidRequest, and Refused where it is too large."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
        raise InvalidRequest((InvalidPart(pointer="header/content-type", detail=f"Send {JSON}."),))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Refused("file-too-large", f"This may have {most_bytes:,} bytes.")
    return as_model(request, model, bytes(body))


def as_model(request: Request, model: type[M], body: bytes) -> M:
    """JSON as this model. Raises InvalidRequest, naming each part that does not fit."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False)[:TOLD_PARTS]
        placed = [{**one, "loc": ("body", *one["loc"])} for one in told]
        raise InvalidRequest(complaints(request, placed)) from error
