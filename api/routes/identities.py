"""Who is whom: the ids of an artist or track at other services, and what a person sets right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.http.examples import INVENTED
from api.http.json_body import JSON, read_json
from api.http.openapi import responses
from api.http.responses import at_home
from api.music import ids, references
from api.routes.dependencies import IdentitiesDep
from api.schemas.identity import Identity, IdentityCorrection
from api.schemas.reference import Kind

MOST_BYTES = 10_000
_EXAMPLE = {"links": {"mbid": "20ff3303-4fe2-4a47-a1b6-291e26aa3438", "deezer": None}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": {"$ref": "#/components/schemas/IdentityCorrection"},
                "example": _EXAMPLE,
            }
        },
    }
}
router = APIRouter(prefix="/v1/identities", tags=["identities"])


async def _subject(
    reference: Annotated[
        str,
        Path(
            description="The id of an artist or track at Spotify, or better its URI, which says "
            "which of the two it is.",
            examples=[f"spotify:artist:{INVENTED.artist_id}"],
            json_schema_extra={
                "pattern": f"^(spotify:(artist|track):|{ids.OWN_PREFIX}|){ids.id_pattern()}$"
            },
        ),
    ],
    identities: IdentitiesDep,
) -> tuple[Kind, str]:
    for kind in (Kind.ARTIST, Kind.TRACK):
        if reference.startswith(f"spotify:{kind}:"):
            return kind, references.path_id(reference, kind)
    bare = references.path_id(reference, Kind.ARTIST)
    return await identities.kind_of(bare), bare


Subject = Annotated[tuple[Kind, str], Depends(_subject)]


@router.get(
    "/{reference}",
    operation_id="get_identity",
    response_model=Identity,
    responses=responses("bad-reference", "cross-site"),
)
async def get_identity(reference: Subject, request: Request, identities: IdentitiesDep) -> Response:
    """Under which ids other services know this artist or track, and who says so.

    Where sources contradict one another all are listed, and `ambiguous`.
    """
    return at_home(request, "identity", await identities.of(*reference))


@router.put(
    "/{reference}",
    operation_id="correct_identity",
    response_model=Identity,
    responses=responses("bad-reference", "cross-site", "no-room", "file-too-large"),
    openapi_extra=_BODY,
)
async def correct_identity(
    reference: Subject, request: Request, identities: IdentitiesDep
) -> Response:
    """Set which ids are right, whatever sources say; null says that none of a kind is.

    Kinds that are left out stay as they are; no links at all forget every correction.
    """
    correction = await read_json(request, IdentityCorrection, most_bytes=MOST_BYTES)
    identity = await identities.correct(*reference, correction.links.by_scheme())
    headers = {"Cache-Control": "no-store"}
    return Response(identity.model_dump_json(), 200, headers, "application/json")
