"""Collections: make one from a list or a spreadsheet, see, change and delete them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from api.http.conditional import has_seen
from api.http.examples import INVENTED
from api.http.json_body import JSON, as_model, described, read_json
from api.http.multipart import SpooledForm, receive_spooled
from api.http.openapi import responses
from api.http.responses import at_home, changed
from api.library.imports import Draft, from_lines, from_sheet
from api.problems.errors import InvalidRequest, Refused
from api.routes.dependencies import CollectionId, CollectionsDep, UploadLimitsDep
from api.schemas.library import Collection, CollectionChange, Collections, NewCollection
from api.schemas.problem import InvalidPart
from api.text import one_line, paragraphs

router = APIRouter(prefix="/v1/collections", tags=["library"])
MOST_BYTES = 2_000_000
FORM_BYTES = 20_000  # what a form may have beside its file
FIELDS = {"name", "description", "items"}
FORM = "multipart/form-data"
_EXAMPLE = {"name": "Night drive", "items": [INVENTED.track_id, INVENTED.other_track_id]}
_PARTS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "A spreadsheet as CSV, as Exportify or TuneMyMusic write it, a list of "
            "links, or a JSON file; at most 2 MB and 10,000 rows.",
        },
        "name": {"type": "string", "description": "Without one, the file’s name."},
        "description": {"type": "string"},
        "items": {"type": "string", "description": "Instead of a file: one track a line."},
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": NewCollection.model_json_schema(), "example": _EXAMPLE},
            FORM: {"schema": _PARTS},
        },
    }
}

_CHANGE = described(
    CollectionChange, {"name": "Night drive home", "add": [INVENTED.track_id], "remove": [0]}
)
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` you have seen, or several, or `*`; where it is another by now, "
        "nothing is done.",
    ),
]


@router.post(
    "",
    operation_id="make_collection",
    response_model=Collection,
    status_code=201,
    responses=responses(
        "collection-refused", "file-too-large", "cross-site", "queue-full", "no-room"
    ),
    openapi_extra=_BODY,
)
async def make_collection(
    request: Request, collections: CollectionsDep, limits: UploadLimitsDep
) -> Response:
    """Make a playlist of your own: from ids, links and ISRCs, or from a spreadsheet.

    Lines that name no track are left out and listed in `refused`; what of a spreadsheet was not
    understood is listed in `unread`, by column and line. Its feature columns become a source of
    their own, `exportify`.
    """
    async with limits.lists.place(request), _list(request) as read:
        made = await collections.make(read)
    headers = {"Location": f"/v1/collections/{made.id}", "Cache-Control": "no-store"}
    return Response(made.model_dump_json(), 201, headers, JSON)


@router.get(
    "",
    operation_id="get_collections",
    response_model=Collections,
    responses=responses("cross-site"),
)
async def get_collections(request: Request, collections: CollectionsDep) -> Response:
    """Your collections, newest first."""
    return at_home(request, "collections", await collections.every())


@router.get(
    "/{collection_id}",
    operation_id="get_collection",
    response_model=Collection,
    responses=responses("playlist-not-found", "cross-site"),
)
async def get_collection(
    collection_id: CollectionId, request: Request, collections: CollectionsDep
) -> Response:
    """One collection; its contents are at the address in `playlist`."""
    return at_home(request, "collection", await collections.one(collection_id))


@router.patch(
    "/{collection_id}",
    operation_id="change_collection",
    response_model=Collection,
    responses=responses(
        "playlist-not-found",
        "changed-meanwhile",
        "file-too-large",
        "cross-site",
        "queue-full",
        "no-room",
    ),
    openapi_extra=_CHANGE,
)
async def change_collection(
    collection_id: CollectionId,
    request: Request,
    collections: CollectionsDep,
    *,
    limits: UploadLimitsDep,
    _if_match: IfMatch = None,
) -> Response:
    """Rename a collection, describe it, add tracks, remove entries, or replace the whole list.

    All of it is done, or nothing. Every reference has to name one track. Numbers that came with a
    spreadsheet stay with a track as long as any list has it. With `If-Match`, which takes the
    `ETag` of the collection, nothing is done to what you have not seen.
    """
    async with limits.lists.place(request):
        asked = await read_json(request, CollectionChange, most_bytes=MOST_BYTES)
        told = await collections.change(
            collection_id, asked, is_seen=lambda tag: has_seen(request.headers, tag)
        )
    return changed(told)


@router.delete(
    "/{collection_id}",
    operation_id="delete_collection",
    status_code=204,
    responses=responses("playlist-not-found", "cross-site", "no-room"),
)
async def delete_collection(collection_id: CollectionId, collections: CollectionsDep) -> Response:
    """Delete a collection, and the features that were imported with it alone. Files stay."""
    await collections.delete(collection_id)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def _list(request: Request) -> AsyncIterator[Callable[[], Draft]]:
    """How what was sent is read, while the block runs."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == JSON:
        body = b"".join([chunk async for chunk in _bounded(request)])
        yield partial(_from_json, request, body)
    elif kind == FORM:
        form = receive_spooled(request, _bounded(request), known=FIELDS, most_bytes=MOST_BYTES)
        async with form as spooled:
            yield _from_form(spooled)
    else:
        raise _invalid("header/content-type", f"Send {JSON} or {FORM}.")


def _from_json(request: Request, body: bytes) -> Draft:
    asked = as_model(request, NewCollection, body)
    return from_lines(Draft(asked.name, asked.description), asked.items)


def _from_form(form: SpooledForm) -> Callable[[], Draft]:
    title = one_line(form.fields.get("name", ""))[:200]
    description = form.fields.get("description")
    told = None if description is None else paragraphs(description)[:2_000]
    if (file := form.file) is not None:
        named = one_line(form.file_name.replace("\\", "/"))
        written = PurePath(named).name[:200] or "spreadsheet.csv"
        called = title or PurePath(written).stem.replace("_", " ").strip() or "Spreadsheet"
        return lambda: from_sheet(Draft(called, told, file=written), file.read())
    if lines := form.fields.get("items"):
        return partial(from_lines, Draft(title or "My collection", told), [lines])
    raise _invalid("body/file", "Choose a CSV file, or write one track a line in `items`.")


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    """The body in pieces, until there are too many of them."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES + FORM_BYTES:
            raise Refused("file-too-large", "A list or spreadsheet may have 2 MB.")
        yield chunk


def _invalid(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest((InvalidPart(pointer=pointer, detail=detail),))
