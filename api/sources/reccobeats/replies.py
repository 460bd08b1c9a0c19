"""What a reply of ReccoBeats says of us, not of music: wait, no such thing, wrong address."""

from __future__ import annotations

import re
from http import HTTPStatus

from api.problems.refusals import Garbled, SourceError
from api.schemas.provenance import SourceName
from api.sources.open_access import Service, small_json
from api.sources.upstream.client import UpstreamReply, is_too_many

PACE = (2, 1.0)  # 113 calls in 22 s went well in October 2026; no limit is published
TOO_MANY, NOT_FOUND = 4291, 4041
_GUARDED = re.compile(rb"error code: 1\d{3}\b")  # Cloudflare stands before it: 1010 and its like
_MOVED = "ReccoBeats says that this address is not there; it may have moved."


def code_of(reply: UpstreamReply) -> object:
    """The number ReccoBeats has for a refusal, whatever HTTP status it comes with."""
    return small_json(reply, SourceName.RECCOBEATS).get("status")


def asks_to_wait(reply: UpstreamReply) -> bool:
    """Whether we were too fast, or the guard before it lets nobody like us through for now."""
    guarded = reply.status == HTTPStatus.FORBIDDEN and _GUARDED.search(reply.body) is not None
    return is_too_many(reply) or guarded or code_of(reply) == TOO_MANY


def judge(reply: UpstreamReply) -> SourceError | None:
    """A 404 says that a track is unknown only in ReccoBeats' own words."""
    if reply.status != HTTPStatus.NOT_FOUND or code_of(reply) == NOT_FOUND:
        return None
    return Garbled(SourceName.RECCOBEATS, _MOVED, status=reply.status)


SERVICE = Service(SourceName.RECCOBEATS, "ReccoBeats", PACE, asks_to_wait=asks_to_wait, judge=judge)
