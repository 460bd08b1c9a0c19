"""The OpenAPI document: which problems an operation may answer, and examples that work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from api.http.examples import fitting_examples
from api.music import ids
from api.problems.types import SLUGS, UPLOAD_MB
from api.schemas.brands import BrandChange, NewBrand
from api.schemas.identity import IdentityCorrection
from api.schemas.library import CollectionChange, Job
from api.schemas.problem import Problem
from api.schemas.worksheet import NewWorksheet, WorksheetChange
from api.settings import Settings

PROBLEM_JSON = "application/problem+json"
WORKING = 202  # no problem: the job that leads to the answer
EVERYWHERE = (
    *("invalid-request", "bad-reference", "sources-unavailable", "bad-upstream-answer"),
    "busy",
)
BODIES = (
    *(Problem, IdentityCorrection, CollectionChange),
    *(NewBrand, BrandChange, NewWorksheet, WorksheetChange),
)
_COMPONENTS = "#/components/schemas/"
# By name: FastAPI would make a validator of each model at each status of each operation.
_PROBLEM = {PROBLEM_JSON: {"schema": {"$ref": f"{_COMPONENTS}{Problem.__name__}"}}}
_KINDS = "(artist|track|album|playlist|episode|show)"
REFERENCE_PATTERN = (
    f"^((own_)?{ids.id_pattern()}|spotify:{_KINDS}:{ids.id_pattern()}"
    f"|https://open\\.spotify\\.com/{_KINDS}/{ids.id_pattern()}"
    "|[A-Z]{2}[A-Z0-9]{3}[0-9]{7})$"
)
DESCRIPTION = """
What do machines hear in a piece of music, who says so, and how sure are they?

Every answer names its sources (`provenance`), every absence its reason (`missing`). Errors are
[problem+json](https://www.rfc-editor.org/rfc/rfc9457); each type is explained at `/problems/…`.
Answers are cached here; `Cache-Status`, `Age` and `ETag` tell how old they are.
"""
STAND_IN = """
**A stand-in answers here in Spotify’s place: all music in these answers is invented.**
"""


def responses(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """The problems of an operation, by status, in the words of /problems."""
    by_status: dict[int, list[str]] = {}
    for slug in (*slugs, *EVERYWHERE):
        by_status.setdefault(SLUGS[slug].status, []).append(slug)
    return {
        status: {
            "description": " ".join(f"**{slug}**: {SLUGS[slug].meaning}" for slug in names),
            **({"model": Job} if status == WORKING else {"content": _PROBLEM}),
        }
        for status, names in sorted(by_status.items())
    }


def document(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """The document, with problems as problem+json and ids that answer with these settings."""
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=DESCRIPTION + (STAND_IN if settings.spotify.is_stand_in else ""),
        routes=app.routes,
        openapi_version="3.1.0",
    )
    schemas = made["components"]["schemas"]
    own = {name: schema for body in BODIES for name, schema in _named(body).items()}
    made["components"]["schemas"] = dict(sorted({**schemas, **own}.items()))
    fitting = fitting_examples(settings)
    for path in made["paths"].values():
        for operation in path.values():
            _as_problems(operation, settings.upload_mb)
            _with_examples(operation, fitting)
    return made


def _named(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model that operations name themselves, and of what that names."""
    mode: JsonSchemaMode = "serialization" if model is Problem else "validation"
    schema = model.model_json_schema(mode=mode, ref_template=f"{_COMPONENTS}{{model}}")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _with_examples(operation: dict[str, Any], fitting: Mapping[str, str]) -> None:
    """Put the examples that answer here in the places of those that it was written with."""
    schemas = [parameter["schema"] for parameter in operation.get("parameters", ())]
    for schema in schemas:
        if "examples" in schema:
            schema["examples"] = [fitting.get(one, one) for one in schema["examples"]]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        example = content.get("example", {})
        for name in {"items", "add", "about"} & set(example):
            example = {**example, name: [_fitted(one, fitting) for one in example[name]]}
            content["example"] = example


def _fitted(text: str, fitting: Mapping[str, str]) -> str:
    """The id that answers here in place of this one, which may stand behind its kind."""
    kind, colon, ident = text.rpartition(":")
    return f"{kind}{colon}{fitting.get(ident, ident)}"


def _as_problems(operation: dict[str, Any], upload_mb: int) -> None:
    """Name the media type that problems really have, and leave out FastAPI's own 422."""
    for response in operation["responses"].values():
        response["description"] = response["description"].replace(UPLOAD_MB, str(upload_mb))
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if schema.get("$ref", "").endswith("/HTTPValidationError"):
            content |= _PROBLEM
            del content["application/json"]
