"""The start, the paste box, and where what is pasted leads."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.music.references import is_words
from api.schemas.provenance import SourceName
from api.schemas.reference import Reference
from web.client import ApiProblem, is_own
from web.pages import ChoicePage, HomePage, LabelArtist, RecognisedPanel
from web.request import PageRequest, PageRequestDep
from web.responses import fragment, page
from web.text import labels
from web.text.formatting import safe_url
from web.text.paste import leads_to, pasted, search_for
from web.text.provenance import BAD_REFERENCE, Trouble, trouble
from web.views.files import label
from web.views.rows import numbers
from web.views.sources import is_set_up

router = APIRouter()
UNPROCESSABLE = 422
NOT_FOUND = 404
SEE_OTHER = 303
SHOWN_ID = 6
MOST_FILES = 50


@router.get("/")
async def get_home(request: PageRequestDep) -> Response:
    """One box, three examples, and what to do where Spotify is not connected."""
    return page(request, await _home(request))


@router.get("/go")
async def go(request: PageRequestDep) -> Response:
    """Lead from what was pasted to its page; never off this site."""
    text = pasted(request)
    try:
        reference = (await request.client.resolve(text)).value
    except ApiProblem as problem:
        if problem.problem.type == BAD_REFERENCE and is_words(text):
            return _see(search_for(text))
        if problem.problem.status != UNPROCESSABLE:
            raise
        return await _refuse(request, text, problem=trouble(problem, request.base))
    href = leads_to(reference)
    if href is None:
        return await _refuse(request, text, reference=reference)
    return _see(href)


@router.get("/choose/{ident}")
async def choose(ident: str, request: PageRequestDep) -> Response:
    """A bare id does not say what it is of: three links, or of our own the one that there is."""
    await request.client.resolve(ident)  # a mangled id is refused in the API's words
    if is_own(ident) and (section := await _section(request, ident)):
        return _see(f"/{section}/{quote(ident)}")
    return page(request, ChoicePage(shell=request.shell(ident), ident=ident))


async def _section(request: PageRequest, ident: str) -> str | None:
    """The section in which an own id is found; None where it is nobody's."""
    ways = {
        "tracks": request.client.track,
        "artists": request.client.artist,
        "playlists": request.client.playlist,
    }
    for section, way in ways.items():
        try:
            await way(ident)
        except ApiProblem as problem:
            if problem.problem.status != NOT_FOUND:
                raise
        else:
            return section
    return None


@router.get("/fragments/resolve")
async def recognise(request: PageRequestDep) -> Response:
    """What is in the box, in words. Half a link is no error, so this is always 200."""
    text = pasted(request)
    if not text:
        return fragment(request, _recognised(request, "", None))
    try:
        reference = (await request.client.resolve(text)).value
    except ApiProblem as problem:
        return fragment(request, _unrecognised(request, text, problem))
    return fragment(request, _known(request, reference))


def _known(request: PageRequest, reference: Reference) -> RecognisedPanel:
    says = labels.KINDS[reference.kind].removeprefix("an ").removeprefix("a ")
    number = reference.isrc or (reference.id or "")[:SHOWN_ID] + "…" * bool(reference.id)
    sentence = " · ".join(part for part in (says[:1].upper() + says[1:], number) if part)
    href = leads_to(reference)
    if href is None:
        return _recognised(request, f"{sentence}. {labels.INSTEAD[reference.kind]}", None)
    return _recognised(request, sentence, href, link="Open it")


def _unrecognised(request: PageRequest, text: str, problem: ApiProblem) -> RecognisedPanel:
    if is_words(text):
        return _recognised(
            request, "Words, not a link.", search_for(text), link=f"Search for “{text[:40]}”"
        )
    told = trouble(problem, request.base)
    return _recognised(request, " ".join(part for part in (told.detail, told.hint) if part), None)


def _recognised(
    request: PageRequest, sentence: str, href: str | None, *, link: str = ""
) -> RecognisedPanel:
    return RecognisedPanel(shell=request.shell(), sentence=sentence, href=href, link_text=link)


def _see(href: str) -> Response:
    return RedirectResponse(href, SEE_OTHER)


async def _refuse(
    request: PageRequest,
    text: str,
    *,
    problem: Trouble | None = None,
    reference: Reference | None = None,
) -> Response:
    data = await _home(request, text, problem=problem, reference=reference)
    return page(request, data, status=UNPROCESSABLE)


async def _home(
    request: PageRequest,
    text: str = "",
    *,
    problem: Trouble | None = None,
    reference: Reference | None = None,
) -> HomePage:
    kind = reference.kind if reference else None
    able = await _able(request)
    off = able is not None and SourceName.SPOTIFY not in able
    return HomePage(
        shell=request.shell(text),
        examples=None if able == set() else request.site.examples,
        label=await _label(request),
        spotify_off=off,
        others_answer=bool(able),
        trouble=problem,
        instead=f"That is {labels.KINDS[kind]}. {labels.INSTEAD[kind]}" if kind else None,
        open_url=safe_url(reference.url) if reference else None,
    )


async def _label(request: PageRequest) -> tuple[LabelArtist, ...]:
    """The demo's artists; none where there is no library, or no demo in it."""
    try:
        found = (await request.client.library.tracks(limit=MOST_FILES)).value.items
    except ApiProblem:
        return ()
    demo = [track for track in found if track.demo]
    known, _ = await numbers(request.client, (track.id for track in demo))
    return label(request, demo, known)


async def _able(request: PageRequest) -> set[SourceName] | None:
    """The sources that are set up here; without an answer nothing is claimed."""
    try:
        report = (await request.client.sources()).value
    except ApiProblem:
        return None
    return {each.source for each in report.sources if is_set_up(each)}
