"""Worksheets: freeze what machines say, write beside it, take it along, share it by a link."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.http.conditional import has_seen
from api.http.examples import INVENTED
from api.http.files import disposition
from api.http.json_body import JSON, described, read_json
from api.http.openapi import responses
from api.http.responses import at_home, changed
from api.music import ids
from api.problems.errors import Refused
from api.routes.collections import IfMatch
from api.routes.dependencies import Offset, UploadLimitsDep, WorksheetsDep
from api.schemas.worksheet import (
    NewSheetLink,
    NewWorksheet,
    Worksheet,
    WorksheetChange,
    Worksheets,
)
from api.services.worksheet_text import markdown
from api.services.worksheets import tag_of

router = APIRouter(prefix="/v1", tags=["worksheets"])
MOST_BYTES = 1_250_000  # all notes at their longest, each letter escaped
NO_STORE = {"Cache-Control": "private, no-store"}
NOT_SEEN = "Nothing was changed: the request does not say which version of the worksheet it is for."
ONLY_WITH_LINK = "This is for whoever has the link."
_bearer = HTTPBearer(auto_error=False, description="The secret of a worksheet’s private link.")


class SheetFormat(StrEnum):
    """As what kind of file a worksheet is taken along."""

    MARKDOWN = "md"
    JSON = "json"


MEDIA_TYPES = {SheetFormat.MARKDOWN: "text/markdown", SheetFormat.JSON: JSON}


_ABOUT = [f"artist:{INVENTED.artist_id}", f"track:{INVENTED.track_id}"]
_MAKE = described(NewWorksheet, {"name": "As machines hear it", "about": _ABOUT})
_CHANGE = described(WorksheetChange, {"name": "What they hear, and what I think of it"})


async def _worksheet_id(
    worksheet_id: Annotated[
        str,
        Path(
            description="The worksheet’s id.",
            examples=[ids.WORKSHEET_PREFIX + INVENTED.playlist_id],
            json_schema_extra={"pattern": f"^{ids.WORKSHEET_PREFIX}{ids.id_pattern()}$"},
        ),
    ],
) -> str:
    return worksheet_id


WorksheetId = Annotated[str, Depends(_worksheet_id)]


@router.get(
    "/worksheets",
    operation_id="get_worksheets",
    response_model=Worksheets,
    responses=responses("cross-site"),
)
async def get_worksheets(
    request: Request,
    worksheets: WorksheetsDep,
    *,
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 20,
    offset: Offset = 0,
) -> Response:
    """Your worksheets, the last changed first."""
    return at_home(request, "worksheets", await worksheets.some(limit=limit, offset=offset))


@router.post(
    "/worksheets",
    operation_id="make_worksheet",
    response_model=Worksheet,
    status_code=201,
    responses=responses("cross-site", "conflict", "file-too-large", "queue-full", "no-room"),
    openapi_extra=_MAKE,
)
async def make_worksheet(
    request: Request, worksheets: WorksheetsDep, limits: UploadLimitsDep
) -> Response:
    """Begin a worksheet: what sources say of these things today is frozen, with who said it.

    Whoever cannot answer is named in `missing`; the questions are there all the same. Playlists
    and brands are held against the first track that is named.
    """
    async with limits.lists.place(request):
        asked = await read_json(request, NewWorksheet, most_bytes=MOST_BYTES)
    made = await worksheets.make(asked)
    return changed(made, 201, {"Location": f"/v1/worksheets/{made.id}", **NO_STORE})


@router.get(
    "/worksheets/{worksheet_id}",
    operation_id="get_worksheet",
    response_model=Worksheet,
    responses=responses("worksheet-not-found", "cross-site"),
)
async def get_worksheet(
    worksheet_id: WorksheetId,
    request: Request,
    worksheets: WorksheetsDep,
    *,
    now: Annotated[
        bool,
        Query(
            description="Also ask what sources say today. Whoever does not answer within four "
            "seconds changes nothing about the answer. Its ETag is the same as without."
        ),
    ] = False,
) -> Response:
    """One worksheet, its facts as they were frozen."""
    sheet = await worksheets.one(worksheet_id)
    if now:
        return changed(await worksheets.with_now(sheet), headers=NO_STORE, tag=tag_of(sheet))
    return at_home(request, "worksheet", sheet)


@router.patch(
    "/worksheets/{worksheet_id}",
    operation_id="change_worksheet",
    response_model=Worksheet,
    responses=responses(
        *("worksheet-not-found", "changed-meanwhile", "precondition-required"),
        *("file-too-large", "cross-site", "queue-full", "no-room"),
    ),
    openapi_extra=_CHANGE,
)
async def change_worksheet(
    worksheet_id: WorksheetId,
    request: Request,
    worksheets: WorksheetsDep,
    *,
    limits: UploadLimitsDep,
    if_match: IfMatch = None,
) -> Response:
    """Answer questions, rename it, add or remove what it is about, or freeze facts anew.

    All of it is done, or nothing. `If-Match` has to be sent, with the `ETag` of the worksheet:
    nothing is done to what you have not seen, and `current` tells what stands now.
    """
    if if_match is None:
        hint = "Read the worksheet, and send its ETag as If-Match."
        raise Refused("precondition-required", NOT_SEEN, hint=hint)
    async with limits.lists.place(request):
        asked = await read_json(request, WorksheetChange, most_bytes=MOST_BYTES)
    after = await worksheets.change(
        worksheet_id, asked, is_seen=lambda tag: has_seen(request.headers, tag)
    )
    return changed(after, headers=NO_STORE)


@router.delete(
    "/worksheets/{worksheet_id}",
    operation_id="delete_worksheet",
    status_code=204,
    responses=responses("worksheet-not-found", "cross-site", "no-room"),
)
async def delete_worksheet(worksheet_id: WorksheetId, worksheets: WorksheetsDep) -> Response:
    """Delete a worksheet; its link leads nowhere any more."""
    await worksheets.delete(worksheet_id)
    return Response(status_code=204, headers=NO_STORE)


@router.get(
    "/worksheets/{worksheet_id}/export",
    operation_id="export_worksheet",
    responses={
        200: {
            "description": "The file, as an attachment.",
            "content": {media: {} for media in MEDIA_TYPES.values()},
        },
        **responses("worksheet-not-found", "cross-site"),
    },
    response_class=Response,
)
async def export_worksheet(
    worksheet_id: WorksheetId,
    worksheets: WorksheetsDep,
    *,
    as_format: Annotated[
        SheetFormat, Query(alias="format", description="`md` is Markdown.")
    ] = SheetFormat.MARKDOWN,
) -> Response:
    """A worksheet as a file."""
    sheet = await worksheets.one(worksheet_id)
    is_json = as_format is SheetFormat.JSON
    text = sheet.model_dump_json(indent=2) + "\n" if is_json else markdown(sheet)
    headers = {"Content-Disposition": disposition(f"{sheet.name}.{as_format}"), **NO_STORE}
    return Response(text, headers=headers, media_type=MEDIA_TYPES[as_format])


@router.post(
    "/worksheets/{worksheet_id}/share",
    operation_id="share_worksheet",
    response_model=NewSheetLink,
    status_code=201,
    responses=responses("worksheet-not-found", "cross-site", "no-room"),
)
async def share_worksheet(worksheet_id: WorksheetId, worksheets: WorksheetsDep) -> Response:
    """Make a private link to a worksheet. It is told this once; an earlier one ends with it."""
    link = await worksheets.share(worksheet_id)
    return Response(link.model_dump_json(), 201, NO_STORE, JSON)


@router.delete(
    "/worksheets/{worksheet_id}/share",
    operation_id="withdraw_worksheet",
    status_code=204,
    responses=responses("worksheet-not-found", "cross-site", "no-room"),
)
async def withdraw_worksheet(worksheet_id: WorksheetId, worksheets: WorksheetsDep) -> Response:
    """Withdraw the link to a worksheet: whoever has it reads nothing any more."""
    await worksheets.withdraw(worksheet_id)
    return Response(status_code=204, headers=NO_STORE)


@router.get(
    "/shared",
    operation_id="get_shared_worksheet",
    response_model=Worksheet,
    responses=responses("worksheet-not-found", "link-needed", "cross-site"),
)
async def get_shared(
    worksheets: WorksheetsDep,
    link: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Response:
    """The worksheet of a private link, to read. The secret is in no address: none is logged."""
    if link is None:
        refusal = Refused("link-needed", ONLY_WITH_LINK)
        refusal.headers = {"WWW-Authenticate": 'Bearer realm="earprint"'}
        raise refusal
    sheet = await worksheets.shared(link.credentials)
    headers = {"X-Robots-Tag": "noindex, nofollow", **NO_STORE}
    return Response(sheet.model_dump_json(), 200, headers, JSON)
