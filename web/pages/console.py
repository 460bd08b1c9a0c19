"""The developer console: put a question to this server's API, and have the answer explained.

Only addresses that the API's own description names with GET can be asked, and each is built from
that description, so the console can neither change anything nor reach anywhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.schemas.problem import Problem
from web.client import ApiProblem
from web.client.description import ApiEndpoint, AskedField, FieldHelp, at, endpoints, fields
from web.client.messages import Exchange
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import fragment, page
from web.text import formatting
from web.text.annotated import Piece, annotated
from web.text.http_words import HeaderShown, headers_shown, kept, outcome

router = APIRouter()
FIRST = "get_track_features"
TAGS = {
    "artists": "An artist",
    "tracks": "A track",
    "playlists": "A playlist",
    "lookup": "Find something",
    "identities": "Who is whom",
    "library": "Your own music",
    "worksheets": "Your worksheets",
    "me": "Yourself at Spotify",
    "server": "This server",
}
AS_IT_IS = re.compile(r"(?:[a-z]{3}_)?[0-9A-Za-z]{22}|spotify:[a-z]+:[0-9A-Za-z]{22}")
PASTED = {"artist_id", "track_id", "playlist_id", "track"}  # where a link is understood, too
MOST_TYPED = 2_000
MOST_SHOWN = 20_000
MOST_READ_BYTES = 4 << 20
WORKING, REFUSED = 202, 400
NO_STORE = "private, no-store"


@dataclass(frozen=True, slots=True)
class Choices:
    """The endpoints of one kind."""

    title: str
    endpoints: tuple[ApiEndpoint, ...]


@dataclass(frozen=True, slots=True)
class TypedField:
    """A field of the form, and what stands in it. `link`: a link may be pasted."""

    field: AskedField
    label: str
    value: str
    link: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back. `cut`: only the beginning of the body is shown."""

    path: str
    status: int
    name: str
    says: str
    kept: str
    took: str
    problem: Problem | None
    headers: tuple[HeaderShown, ...]
    body: tuple[Piece, ...]
    cut: bool
    size: str
    help: tuple[FieldHelp, ...]
    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ConsolePage(Data):
    """A question to the API and its answer. `amiss`: why the question could not be put."""

    template: ClassVar[str] = "console.html"

    choices: tuple[Choices, ...]
    chosen: ApiEndpoint
    typed: tuple[TypedField, ...]
    amiss: str | None
    answered: Answered | None


@router.get("/console")
async def console(request: PageRequestDep) -> Response:
    """The form; with `send` or a `path` the answer, too."""
    data = await _console(request)
    status = 422 if data.amiss else 200
    return page(request, data, status=status, headers=_private(data))


@router.get("/fragments/console/response")
async def console_response(request: PageRequestDep) -> Response:
    """The answer alone, and the address of the page that shows it."""
    data = await _console(request)
    values = {"endpoint": data.chosen.name, **{one.field.name: one.value for one in data.typed}}
    told = urlencode({name: value for name, value in values.items() if value})
    headers = {**_private(data), "HX-Push-Url": f"/console?{told}&send=1"}
    return fragment(request, data, headers=headers)


def _private(data: ConsolePage) -> Mapping[str, str]:
    """A page that shows what nobody may keep is kept by nobody."""
    shown = data.answered.headers if data.answered else ()
    strict = any(one.name == "cache-control" and "no-store" in one.value for one in shown)
    return {"Cache-Control": NO_STORE} if strict else {}


async def _console(request: PageRequest) -> ConsolePage:
    document = await request.client.document()
    known = endpoints(document)
    chosen, given, amiss = _chosen(request, known)
    values = {one.name: (given or {}).get(one.name, "")[:MOST_TYPED] for one in chosen.asked}
    answered = None
    if given is not None:
        if lacking := chosen.lacks(values):
            amiss = f"{formatting.listed([label(one) for one in lacking])} must be given."
        else:
            answered, amiss = await _asked(request, chosen, values)
    return ConsolePage(
        shell=request.shell(),
        choices=tuple(_choices(known)),
        chosen=chosen,
        typed=tuple(
            TypedField(
                field=one,
                label=label(one.name),
                value=_suggested(one) if given is None else values[one.name],
                link=one.name in PASTED,
            )
            for one in chosen.asked
        ),
        amiss=amiss,
        answered=answered,
    )


def _chosen(
    request: PageRequest, known: tuple[ApiEndpoint, ...]
) -> tuple[ApiEndpoint, dict[str, str] | None, str | None]:
    """The endpoint, what is to be asked of it (None: nothing yet), and what is wrong."""
    usual = next(one for one in known if one.name == FIRST)
    if path := request.text("path"):
        if found := at(path, known):
            return *found, None
        return usual, None, "That is no address of this API that can be asked with GET."
    wanted = request.text("endpoint")
    chosen = next((one for one in known if one.name == wanted), None)
    if chosen is None:
        amiss = "There is no endpoint of that name. Choose one of the list." if wanted else None
        return usual, None, amiss
    if not request.text("send"):
        return chosen, None, None
    return chosen, {one.name: request.text(one.name) for one in chosen.asked}, None


def _suggested(field: AskedField) -> str:
    return field.example if field.required else ""


def label(name: str) -> str:
    """`track_id` → `Track id`."""
    return name.replace("_", " ").capitalize()


def _choices(known: Iterable[ApiEndpoint]) -> Iterable[Choices]:
    by_tag = sorted(known, key=lambda one: list(TAGS).index(one.tag) if one.tag in TAGS else 99)
    for tag, those in groupby(by_tag, key=attrgetter("tag")):
        yield Choices(TAGS.get(tag, tag.capitalize()), tuple(those))


async def _asked(
    request: PageRequest, chosen: ApiEndpoint, values: dict[str, str]
) -> tuple[Answered | None, str | None]:
    """The answer, or why the question could not be put."""
    try:
        asked = {name: await _id_of(request, name, value) for name, value in values.items()}
        exchange = await request.client.exchange(chosen, asked)
    except ApiProblem as refused:
        why = refused.problem
        return None, " ".join(part for part in (why.detail, why.hint) if part)
    document = await request.client.document()
    problem = _problem(exchange)
    schema = "Problem" if problem else "Job" if exchange.status == WORKING else chosen.answer
    body, cut = _body(exchange)
    name, says = outcome(exchange.status)
    told = fields(document, schema) if schema else ()
    return Answered(
        path=exchange.path,
        status=exchange.status,
        name=name,
        says=says,
        kept="" if problem else kept(exchange.headers),
        took=f"{formatting.decimal(exchange.seconds * 1000, 0)} ms",
        problem=problem,
        headers=headers_shown(exchange.headers),
        body=annotated(body, {one.path: one.about for one in told}),
        cut=cut,
        size=formatting.size(len(exchange.content)),
        help=told,
        calls=calls(f"{request.base}{exchange.path}"),
    ), None


async def _id_of(request: PageRequest, name: str, value: str) -> str:
    """What an address takes in place of what was pasted, which may be a link. Raises ApiProblem."""
    if name not in PASTED or not value or AS_IT_IS.fullmatch(value):
        return value
    found = (await request.client.resolve(value)).value
    return found.uri or found.id or found.isrc or value


def _problem(exchange: Exchange) -> Problem | None:
    if exchange.status < REFUSED:
        return None
    try:
        return Problem.model_validate_json(exchange.content)
    except ValidationError:
        return None


def _body(exchange: Exchange) -> tuple[str, bool]:
    """The body as people read it, and whether it had to be cut, which is done at a line's end."""
    text = _readable(exchange.content)
    if len(text) <= MOST_SHOWN:
        return text, False
    return text[:MOST_SHOWN].rpartition("\n")[0] or text[:MOST_SHOWN], True


def _readable(content: bytes) -> str:
    raw = content.decode("utf-8", "replace")
    if len(content) > MOST_READ_BYTES:
        return raw[: MOST_SHOWN + 1]
    try:
        text = json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return raw
    return text.encode("utf-8", "replace").decode()


def calls(address: str) -> tuple[tuple[str, str], ...]:
    """The same question in a shell, in Python and in JavaScript."""
    quoted = json.dumps(address)
    fetched = f"const answer = await fetch({quoted});\nconsole.log(await answer.json());"
    return (
        ("In a shell", f"curl -s '{address.replace(chr(39), '%27')}'"),
        ("In Python", f"import httpx\n\nprint(httpx.get({quoted}).json())"),
        ("In JavaScript", fetched),
    )
