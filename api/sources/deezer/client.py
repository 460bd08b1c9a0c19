"""What is asked of Deezer, and what it means by its errors, which come with a status of 200."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from api.problems.refusals import BadQuestion, SourceError, Unknown
from api.schemas.provenance import Capability, SourceName
from api.sources.base import Query
from api.sources.deezer.texts import NOTHING_HERE
from api.sources.open_access import Service, as_number, small_json
from api.sources.upstream.client import UpstreamReply, UpstreamRequest, is_too_many

DEEZER = SourceName.DEEZER
MOST = "20"  # all that Deezer ever gives
MOST_TOP = "10"  # as many as Spotify gave
TOO_MANY, BAD_PARAMETER, NO_PARAMETER, BUSY, NO_DATA = 4, 500, 501, 700, 800
REQUESTS = MappingProxyType(
    {
        Capability.RELATED: UpstreamRequest(
            "/artist/{id}/related", params={"limit": MOST}, family="related"
        ),
        Capability.TOP_TRACKS: UpstreamRequest(
            "/artist/{id}/top", params={"limit": MOST_TOP}, family="top"
        ),
        Capability.TRACK: UpstreamRequest("/track/isrc:{id}", family="track"),
        Capability.SEARCH: UpstreamRequest("/search/artist", family="search"),
    }
)
TRACK_BY_ID = UpstreamRequest("/track/{id}", family="track")
SEARCHES = MappingProxyType(
    {
        "artist": REQUESTS[Capability.SEARCH],
        "track": UpstreamRequest("/search/track", family="search"),
    }
)


def search_for(kind: str, query: Query) -> UpstreamRequest:
    """The question for a part of the artists or tracks that fit these words."""
    window = query.window
    part = {"limit": str(window.limit), "index": str(window.offset)}
    return replace(SEARCHES[kind], params={"q": query.text, **part})


def request_of(capability: Capability, ident: str, *, etag: str | None) -> UpstreamRequest:
    """The question about this artist or recording."""
    return replace(REQUESTS[capability], values={"id": ident}, etag=etag)


def error_code(reply: UpstreamReply) -> int | None:
    """The number of the error that a reply is, whatever its status; None if it names none."""
    error = small_json(reply, DEEZER).get("error")
    return as_number(error.get("code")) if isinstance(error, dict) else None


def asks_to_wait(reply: UpstreamReply) -> bool:
    """Whether it was asked too often, or is busy."""
    return is_too_many(reply) or error_code(reply) in {TOO_MANY, BUSY}


def judge(reply: UpstreamReply) -> SourceError | None:
    """What it refuses by an error of which it names the number."""
    code = error_code(reply)
    if code == NO_DATA:
        return Unknown(DEEZER, NOTHING_HERE, status=reply.status)
    if code in {BAD_PARAMETER, NO_PARAMETER}:
        return BadQuestion(DEEZER, "Deezer calls the question malformed.", status=reply.status)
    return None


SERVICE = Service(DEEZER, "Deezer", (50, 5.0), asks_to_wait, judge=judge)
