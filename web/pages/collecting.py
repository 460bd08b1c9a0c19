"""The form that makes a list of tracks: what was typed stays, and each answer has an address.

What is sent is passed on to the API as it arrives; a copy is kept only to show a refused form
again.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException, MultiPartParser

from api.schemas.library import Collection, RefusedLine
from web.client import ApiProblem
from web.forms import refused, see
from web.pages.library import UnreadRow, list_path, unread_rows
from web.pages.playlist_view import MOST_TEXT
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting
from web.text.provenance import ProblemNotice, trouble

router = APIRouter()
MOST_KEPT = 2_100_000  # a little more than the API takes
MOST_SHOWN = 100_000  # characters of what was pasted
MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class TypedList:
    """What stands in the form: a name, lines. `track`: the song that the list is for."""

    name: str = ""
    items: str = ""
    track: str = ""
    file: str = ""

    @property
    def action(self) -> str:
        """Where it is sent."""
        return f"/collections?{urlencode({'track': self.track})}" if self.track else "/collections"


@dataclass(frozen=True, kw_only=True)
class NewCollectionPage(Data):
    """The form on its own, with why what was sent made no list."""

    template: ClassVar[str] = "collection_new.html"

    typed: TypedList
    trouble: ProblemNotice | None


@dataclass(frozen=True, kw_only=True)
class CollectionPage(Data):
    """What became of what was sent: how much was taken, and what was not or not understood."""

    template: ClassVar[str] = "collection.html"

    name: str
    href: str
    taken: str
    imported: str | None
    refused: tuple[RefusedLine, ...]
    more_refused: str | None
    unread: tuple[UnreadRow, ...]


@router.get("/collections/new")
async def new_collection(request: PageRequestDep) -> Response:
    """The form on its own."""
    typed = TypedList(track=request.text("track")[:MOST_TEXT])
    return page(request, NewCollectionPage(shell=request.shell(), typed=typed, trouble=None))


@router.post("/collections")
async def collect(request: PageRequestDep) -> Response:
    """Pass the form on; then to the list, or to what of it was not taken."""
    copy = _Copy()
    track = request.text("track")[:MOST_TEXT]
    try:
        sent = copy.of(request.http.stream())
        made = (await request.client.library.collect(sent, request.http.headers)).value
    except ApiProblem as problem:
        data = NewCollectionPage(
            shell=request.shell(),
            typed=await copy.typed(request.http.headers, track),
            trouble=trouble(problem, request.base),
        )
        return refused(request, data, problem)
    given = {"track": track} if track else {}
    if made.refused or made.unread or made.features_imported:
        query = urlencode(given | {"refused": str(len(made.refused))})
        return see(request, f"/collections/{made.id}?{query}")
    query = f"?{urlencode(given)}" if given else ""
    return see(request, f"{list_path(made)}{query}")


@router.get("/collections/{ident}")
async def made_collection(ident: str, request: PageRequestDep) -> Response:
    """What became of what a list was made of."""
    found = (await request.client.library.collection(ident)).value
    return page(request, _made(request, found))


def _made(request: PageRequest, found: Collection) -> CollectionPage:
    number, track = found.features_imported, request.text("track")[:MOST_TEXT]
    beyond = request.whole("refused") - len(found.refused)
    query = f"?{urlencode({'track': track})}" if track else ""
    return CollectionPage(
        shell=request.shell(),
        name=found.name,
        href=f"{list_path(found)}{query}",
        taken=formatting.counted(found.items_total, "track"),
        imported=formatting.counted(number, "track") if number else None,
        refused=found.refused,
        more_refused=formatting.counted(beyond, "more line") if beyond > 0 else None,
        unread=unread_rows(found),
    )


@dataclass(slots=True)
class _Copy:
    """What passes by, as far as the API may take it."""

    body: bytearray = field(default_factory=bytearray)

    async def of(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same stream."""
        async for chunk in stream:
            if len(self.body) < MOST_KEPT:
                self.body += chunk
            yield chunk

    async def typed(self, headers: Mapping[str, str], track: str) -> TypedList:
        """What somebody had typed; nothing where the form cannot be read."""
        try:
            form = await self._form(headers)
        except (MultiPartException, KeyError, ValueError):
            return TypedList(track=track)
        typed = TypedList(
            name=_text(form, "name")[:MOST_NAME],
            items=_text(form, "items")[:MOST_SHOWN],
            track=track,
            file=_file_name(form),
        )
        await form.close()
        return typed

    async def _form(self, headers: Mapping[str, str]) -> FormData:
        async def stream() -> AsyncGenerator[bytes, None]:
            yield bytes(self.body)

        kind = headers["content-type"]
        if not kind.startswith("multipart/form-data"):
            raise KeyError(kind)
        parser = MultiPartParser(
            Headers({"content-type": kind}), stream(), max_files=2, max_part_size=MOST_KEPT
        )
        return await parser.parse()


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _file_name(form: FormData) -> str:
    file = form.get("file", "")
    return "" if isinstance(file, str) else (file.filename or "")[:MOST_NAME]
