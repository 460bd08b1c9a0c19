"""Say in plain words which part of a request does not fit. Descriptions are the playground's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params

from api.schemas.problem import InvalidPart

NEEDED = "This parameter is needed."
MISFIT = "This value does not fit."
EMPTY = "This must not be empty."
OBJECT, LIST = "This must be an object: {{…}}.", "This must be a list: […]."
TRUTH = "This must be true or false."
WHOLE, NUMBER = "This must be a whole number.", "This must be a number."
TOO_LONG = "This is too long; the most is {max_length:,}."

WORDS = {
    "extra_forbidden": "There is no such part; look for a slip of the pen in its name.",
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), OBJECT),
    **dict.fromkeys(("list_type", "tuple_type"), LIST),
    **dict.fromkeys(("bool_type", "bool_parsing"), TRUTH),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), NUMBER),
    **dict.fromkeys(("too_long", "string_too_long"), TOO_LONG),
    "string_type": "This must be a text, in quotes.",
    "greater_than_equal": "This must be at least {ge:,}.",
    "less_than_equal": "This must be at most {le:,}.",
    "json_invalid": "This is not JSON: {error}.",
}
"""What does not fit, by what Pydantic calls it; what it knows of the bounds is filled in."""


def complaints(request: Request, errors: Sequence[Mapping[str, Any]]) -> tuple[InvalidPart, ...]:
    """One complaint for each error that FastAPI found."""
    route = request.scope.get("route")
    fields = get_flat_params(route.dependant) if route is not None else []
    meant = {field.alias: field.field_info.description for field in fields}
    return tuple(
        InvalidPart(
            pointer="/".join(map(str, error["loc"])),
            detail=in_words(error, meant.get(str(error["loc"][-1]))),
        )
        for error in errors
    )


def in_words(error: Mapping[str, Any], meant: str | None = None) -> str:
    """What is needed; where that is a pattern, what the parameter is."""
    kind, known = error["type"], error.get("ctx", {})
    if kind == "missing":
        return f"{NEEDED} {meant or ''}".strip()
    if kind == "string_pattern_mismatch":
        return f"{MISFIT} {meant or ''}".strip()
    if known.get("min_length") == 1:
        return EMPTY
    if kind in WORDS:
        return WORDS[kind].format(**known)
    return str(error["msg"]).removeprefix("Value error, ")
