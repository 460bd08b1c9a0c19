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
from web.request import Ask, AskDep
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
async def get_home(ask: AskDep) -> Response:
    """One box, three examples, and what to do where Spotify is not connected."""
    return page(ask.request, ask.site, await _home(ask))


@router.get("/go")
async def go(ask: AskDep) -> Response:
    """Lead from what was pasted to its page; never off this site."""
    text = pasted(ask)
    try:
        reference = (await ask.client.resolve(text)).value
    except ApiProblem as problem:
        if problem.problem.type == BAD_REFERENCE and is_words(text):
            return _see(search_for(text))
        if problem.problem.status != UNPROCESSABLE:
            raise
        return await _refuse(ask, text, problem=trouble(problem, ask.base))
    href = leads_to(reference)
    if href is None:
        return await _refuse(ask, text, reference=reference)
    return _see(href)


@router.get("/choose/{ident}")
async def choose(ident: str, ask: AskDep) -> Response:
    """A bare id does not say what it is of: three links, or of our own the one that there is."""
    await ask.client.resolve(ident)  # a mangled id is refused in the API's words
    if is_own(ident) and (section := await _section(ask, ident)):
        return _see(f"/{section}/{quote(ident)}")
    return page(ask.request, ask.site, ChoicePage(shell=ask.shell(ident), ident=ident))


async def _section(ask: Ask, ident: str) -> str | None:
    """The section in which an own id is found; None where it is nobody's."""
    ways = {
        "tracks": ask.client.track,
        "artists": ask.client.artist,
        "playlists": ask.client.playlist,
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
async def recognise(ask: AskDep) -> Response:
    """What is in the box, in words. Half a link is no error, so this is always 200."""
    text = pasted(ask)
    if not text:
        return fragment(ask.request, ask.site, _recognised(ask, "", None))
    try:
        reference = (await ask.client.resolve(text)).value
    except ApiProblem as problem:
        return fragment(ask.request, ask.site, _unrecognised(ask, text, problem))
    return fragment(ask.request, ask.site, _known(ask, reference))


def _known(ask: Ask, reference: Reference) -> RecognisedPanel:
    says = labels.KINDS[reference.kind].removeprefix("an ").removeprefix("a ")
    number = reference.isrc or (reference.id or "")[:SHOWN_ID] + "…" * bool(reference.id)
    sentence = " · ".join(part for part in (says[:1].upper() + says[1:], number) if part)
    href = leads_to(reference)
    if href is None:
        return _recognised(ask, f"{sentence}. {labels.INSTEAD[reference.kind]}", None)
    return _recognised(ask, sentence, href, link="Open it")


def _unrecognised(ask: Ask, text: str, problem: ApiProblem) -> RecognisedPanel:
    if is_words(text):
        return _recognised(
            ask, "Words, not a link.", search_for(text), link=f"Search for “{text[:40]}”"
        )
    told = trouble(problem, ask.base)
    return _recognised(ask, " ".join(part for part in (told.detail, told.hint) if part), None)


def _recognised(ask: Ask, sentence: str, href: str | None, *, link: str = "") -> RecognisedPanel:
    return RecognisedPanel(shell=ask.shell(), sentence=sentence, href=href, link_text=link)


def _see(href: str) -> Response:
    return RedirectResponse(href, SEE_OTHER)


async def _refuse(
    ask: Ask, text: str, *, problem: Trouble | None = None, reference: Reference | None = None
) -> Response:
    data = await _home(ask, text, problem=problem, reference=reference)
    return page(ask.request, ask.site, data, status=UNPROCESSABLE)


async def _home(
    ask: Ask, text: str = "", *, problem: Trouble | None = None, reference: Reference | None = None
) -> HomePage:
    kind = reference.kind if reference else None
    able = await _able(ask)
    off = able is not None and SourceName.SPOTIFY not in able
    return HomePage(
        shell=ask.shell(text),
        examples=None if able == set() else ask.site.examples,
        label=await _label(ask),
        spotify_off=off,
        others_answer=bool(able),
        trouble=problem,
        instead=f"That is {labels.KINDS[kind]}. {labels.INSTEAD[kind]}" if kind else None,
        open_url=safe_url(reference.url) if reference else None,
    )


async def _label(ask: Ask) -> tuple[LabelArtist, ...]:
    """The demo's artists; none where there is no library, or no demo in it."""
    try:
        found = (await ask.client.library.tracks(limit=MOST_FILES)).value.items
    except ApiProblem:
        return ()
    demo = [track for track in found if track.demo]
    known, _ = await numbers(ask.client, (track.id for track in demo))
    return label(ask, demo, known)


async def _able(ask: Ask) -> set[SourceName] | None:
    """The sources that are set up here; without an answer nothing is claimed."""
    try:
        report = (await ask.client.sources()).value
    except ApiProblem:
        return None
    return {each.source for each in report.sources if is_set_up(each)}
