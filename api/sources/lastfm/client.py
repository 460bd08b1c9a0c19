"""What is asked of Last.fm, and what it means by its errors, which may come with a status of 200.

The key is no part of a request: the upstream adds it where nothing logs or shows it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from api.problems.refusals import Closed, SourceError, Unknown, Unreachable
from api.schemas.provenance import Capability, SourceName
from api.sources.lastfm import texts
from api.sources.open_access import Service, as_number, small_json
from api.sources.upstream.client import UpstreamReply, UpstreamRequest, is_too_many

LASTFM = SourceName.LASTFM
MOST_TOP = "10"  # tracks, as many as Spotify gave
MOST = "100"  # neighbours; their match is hardly more than 0 further down
UNKNOWN, BAD_KEY, SUSPENDED, TOO_MANY = 6, 10, 26, 29
TRANSIENT = frozenset({8, 11, 16})


def _method(name: str, **params: str) -> UpstreamRequest:
    """The one address, which ends in a slash, asked for one method."""
    return UpstreamRequest("/", params={"method": name, "format": "json", **params}, family=name)


REQUESTS: Mapping[Capability, UpstreamRequest] = MappingProxyType(
    {
        Capability.ARTIST: _method("artist.getTopTags"),
        Capability.RELATED: _method("artist.getSimilar", limit=MOST),
        Capability.TOP_TRACKS: _method("artist.getTopTracks", limit=MOST_TOP),
    }
)


def by_mbid(capability: Capability, mbid: str) -> UpstreamRequest:
    """The question about the artist with this MusicBrainz id."""
    return _about(capability, mbid=mbid)


def by_name(capability: Capability, name: str) -> UpstreamRequest:
    """The question about the artist of this name, whose spelling Last.fm may put right."""
    return _about(capability, artist=name, autocorrect="1")


def _about(capability: Capability, **who: str) -> UpstreamRequest:
    request = REQUESTS[capability]
    return replace(request, params={**request.params, **who})


def error_code(reply: UpstreamReply) -> int | None:
    """The number of the error that a reply is, whatever its status; None if it is none."""
    return as_number(small_json(reply, LASTFM).get("error"))


def asks_to_wait(reply: UpstreamReply) -> bool:
    """Whether it was asked too often."""
    return is_too_many(reply) or error_code(reply) == TOO_MANY


def judge(reply: UpstreamReply) -> SourceError | None:
    """What it refuses by an error of which it names the number."""
    code, status = error_code(reply), reply.status
    if code == UNKNOWN:
        return Unknown(LASTFM, texts.NO_SUCH_ARTIST, status=status)
    if code == BAD_KEY:
        return Closed(LASTFM, texts.KEY_REFUSED, status=status)
    if code == SUSPENDED:
        return Closed(LASTFM, texts.KEY_SUSPENDED, status=status)
    return Unreachable(LASTFM, texts.TROUBLE, status=status) if code in TRANSIENT else None


def service(key: str) -> Service:
    """Last.fm, as asked with this key."""
    name = hashlib.sha256(key.encode()).hexdigest()[:12]
    return Service(LASTFM, "Last.fm", (1, 1.0), asks_to_wait, judge=judge, key=name)
