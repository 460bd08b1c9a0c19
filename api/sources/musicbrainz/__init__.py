"""MusicBrainz: assemble the source from the settings."""

from __future__ import annotations

from api.clock import Chance, Clock
from api.problems.refusals import Garbled, SourceError
from api.schemas.provenance import SourceName
from api.settings import Settings, Usage
from api.sources.musicbrainz.source import REQUESTS, MusicBrainzSource
from api.sources.musicbrainz.texts import ABSENCES, FREE_LICENCE, LICENCE
from api.sources.open_access import NOT_FOUND, Service, way_in
from api.sources.resource import ResourceReader
from api.sources.upstream.body import read_json
from api.sources.upstream.client import UpstreamReply, is_too_many
from api.sources.upstream.gates import Gates
from api.sources.wire import says_error

UNAVAILABLE = 503
_TOO_FAST = (b"rate limit", b"busy")


def asks_to_wait(reply: UpstreamReply) -> bool:
    """A 503 of its own says that it was asked too often, or how long to wait; others are faults."""
    if reply.status != UNAVAILABLE:
        return is_too_many(reply)
    said = reply.body.lower()
    return "retry-after" in reply.headers or any(words in said for words in _TOO_FAST)


def judge(reply: UpstreamReply) -> SourceError | None:
    """A 404 that is not in its own words comes from another server, and says nothing."""
    if reply.status != NOT_FOUND or says_error(read_json(SourceName.MUSICBRAINZ, reply.body)):
        return None
    return Garbled(SourceName.MUSICBRAINZ, "It says “not found” in words that are not its own.")


SERVICE = Service(
    SourceName.MUSICBRAINZ,
    "MusicBrainz",
    pace=(1, 1.0),
    asks_to_wait=asks_to_wait,
    judge=judge,
    wants_contact=True,
    waits_whole=True,
)


def make_source(
    settings: Settings, gates: Gates, *, clock: Clock, chance: Chance
) -> MusicBrainzSource:
    """The source at the address that is set."""
    way = way_in(
        SERVICE,
        settings.musicbrainz.url,
        REQUESTS,
        settings=settings,
        gates=gates,
        clock=clock,
        chance=chance,
    )
    with_genres = settings.usage is not Usage.COMMERCIAL
    licence = LICENCE if with_genres else FREE_LICENCE
    reader = ResourceReader(
        SERVICE.name, way.client, clock=clock, licence=licence, absences=ABSENCES
    )
    return MusicBrainzSource(way.client, reader, with_genres=with_genres, report=way.report)
