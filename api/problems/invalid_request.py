"""Say in plain words which part of a request does not fit. Descriptions are the playground's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params

from api.schemas.problem import InvalidPart

NEEDED = "This parameter is needed."
MISFIT = "This value does not fit."
UNKNOWN = "There is no such part; look for a slip of the pen in its name."
EMPTY = "This must not be empty."
TOO_LONG = "This is too long; the most is {:,}."


def complaints(request: Request, errors: Sequence[Mapping[str, Any]]) -> tuple[InvalidPart, ...]:
    """One complaint for each error that FastAPI found."""
    route = request.scope.get("route")
    fields = get_flat_params(route.dependant) if route is not None else []
    meant = {field.alias: field.field_info.description for field in fields}
    return tuple(
        InvalidPart(
            pointer="/".join(map(str, error["loc"])),
            detail=_in_words(error, meant.get(str(error["loc"][-1]))),
        )
        for error in errors
    )


def _in_words(error: Mapping[str, Any], meant: str | None) -> str:
    """Pydantic's words where they are plain; instead of a pattern, what the parameter is."""
    match error["type"]:
        case "missing":
            return f"{NEEDED} {meant or ''}".strip()
        case "extra_forbidden":
            return UNKNOWN
        case "too_short" | "string_too_short" if error["ctx"]["min_length"] == 1:
            return EMPTY
        case "too_long" | "string_too_long":
            return TOO_LONG.format(error["ctx"]["max_length"])
        case "string_pattern_mismatch":
            return f"{MISFIT} {meant or ''}".strip()
    return str(error["msg"]).removeprefix("Value error, ")
