"""A ninth source in five steps, thrown away after the test: what is not written here is shared."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType

import pytest

from api.cache.entry import Fetched
from api.problems.refusals import Closed, DoesNotExist
from api.schemas.artist import Artist, Image, RelatedArtist, RelatedArtists, RelatedVote, Relation
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, Reason, SourceName
from api.schemas.sources import CapabilityReport, State
from api.sources.report import capability_report, limited, unreachable
from api.sources.resource import Absences, Origin, ResourceReader
from api.sources.upstream.client import EVERYTHING, Endpoint, Upstream, UpstreamReply
from api.sources.upstream.client import UpstreamRequest as Request
from api.sources.upstream.gates import Credential, StoredGates
from api.sources.wire import About, Count, Ident, Listed, Text, Wire, readable
from tests.sandbox.answers import error, of
from tests.sources import contract
from tests.sources.contract import Case, StandIn
from tests.sources.product import Hands
from tests.sources.upstream.upstream import RowsInMemory

NAME = SourceName.DEEZER  # step 1: its name, and what it could answer (registry.COULD_ANSWER)
TEMPLATES = {Capability.ARTIST: "/artist/{id}", Capability.RELATED: "/artist/{id}/related"}


# Step 2, wire.py: what it sends. Only what means nothing without it may not be None.
class WireArtist(Wire):
    """An artist; one that is named in a list comes without its fans."""

    id: Ident
    name: Text
    picture: Text | None = None
    nb_fan: Count | None = None


class WireRelated(Wire):
    """The artists nearest to one, which the list itself does not name."""

    data: Listed[WireArtist]


# Step 3, client.py: what its statuses mean. Gates, breaker, budgets and JSON are the Upstream's.
class Client:
    """Its API, which needs no credentials. Raises SourceError."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def get(self, request: Request) -> UpstreamReply:
        """The reply with its parsed JSON."""
        reply = await self._upstream.send(request)
        if reply.status == 404:
            raise DoesNotExist(NAME, "It has no such artist.", status=404)
        if reply.status not in {200, 304}:
            raise Closed(NAME, "It refuses this.", status=reply.status)
        return reply if reply.is_unchanged else await self._upstream.parsed(reply)


# Step 4, normalise.py and texts.py: wire in, schema out, and its words for what is absent.
ABSENCES = Absences(
    silent="Deezer did not say.",
    unreadable="Deezer sent something that cannot be read here.",
    why={"genres": (Reason.NOT_KNOWN, "Deezer names genres of albums only.")},
    moved={r"^nb_fan$": "followers", r"^picture$": "images"},
)
LICENCE = "Deezer’s terms: shown with a link back"


def images(wire: WireArtist) -> tuple[Image, ...]:
    """Its one picture."""
    return (Image(url=wire.picture, width=None, height=None),) if wire.picture else ()


def artist(wire: WireArtist, said: Origin) -> Artist:
    """An artist."""
    values = {
        "id": wire.id,
        "uri": f"deezer:artist:{wire.id}",
        "url": f"https://deezer.test/artist/{wire.id}",
        "name": wire.name,
        "images": images(wire),
        "genres": None,
        "popularity": None,
        "followers": wire.nb_fan,
    }
    return said.resource(Artist, values, wire)


def related(wire: WireRelated, ident: str, said: Origin) -> RelatedArtists:
    """The related artists, nearest first."""
    artists = readable(wire.data)
    items = tuple(_relation(one, rank, artists) for rank, one in enumerate(artists, start=1))
    gaps = (f"items[{n}].artist.{name}" for n in range(len(items)) for name in ("url", "genres"))
    values = {"id": ident, "items": items}
    return said.resource(RelatedArtists, values, wire, also=tuple(map(ABSENCES.of, gaps)))


def _relation(wire: WireArtist, rank: int, artists: Sequence[WireArtist]) -> Relation:
    name = RelatedArtist(
        id=None, name=wire.name, uri=None, url=None, images=images(wire), genres=None
    )
    score = 1 - (rank - 1) / len(artists)
    vote = RelatedVote(source=NAME, rank=rank, score=score)
    return Relation(artist=name, score=score, agreement=1, sources=(vote,))


# Step 5, source.py and make_source in __init__.py, which registry._MAKERS names: the capabilities.
class DeezerSource:
    """What Deezer knows of artists. Raises SourceError."""

    name = NAME
    version = 1
    market: str | None = None
    at_home = False
    asked_by: Mapping[Capability, IdScheme] = MappingProxyType(
        {Capability.ARTIST: IdScheme.DEEZER, Capability.RELATED: IdScheme.DEEZER}
    )

    def __init__(self, upstream: Upstream, gates: StoredGates, clock: Hands) -> None:
        self._upstream = upstream
        self._gates = gates
        self._reader = ResourceReader(
            NAME, Client(upstream), clock=clock, licence=LICENCE, absences=ABSENCES
        )

    def report(self) -> tuple[CapabilityReport, ...]:
        """Open unless it asked to wait, or does not answer."""
        return tuple(map(self._capability, TEMPLATES))

    def _capability(self, capability: Capability) -> CapabilityReport:
        for bucket in (EVERYTHING, TEMPLATES[capability]):
            if gate := self._gates.gate(Credential(NAME, ""), bucket):
                return limited(capability, gate, "Deezer")
        if self._upstream.breaker.since is not None:
            return unreachable(capability, self._upstream.breaker, "Deezer")
        return capability_report(capability, State.OPEN, "Deezer answers this.")

    async def close(self) -> None:
        """Hang up."""
        await self._upstream.close()

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:
        """The artist."""
        request = Request(TEMPLATES[Capability.ARTIST], {"id": ident}, etag=known)
        return await self._reader.one(request, WireArtist, artist, about=About(ident))

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:
        """Related artists, nearest first."""
        request = Request(TEMPLATES[Capability.RELATED], {"id": ident}, etag=known)
        return await self._reader.one(
            request, WireRelated, lambda wire, said: related(wire, ident, said), about=None
        )


async def deezer(request):
    """What the service answers: it knows artist 27."""
    known = {
        "/v1/artist/27": {"id": "27", "name": "The rain", "nb_fan": "many"},
        "/v1/artist/27/related": {"data": [{"id": "28", "name": "Dust"}]},
    }
    answer = known.get(request.path)
    return error(404, "no data") if answer is None else of(answer)


@asynccontextmanager
async def opened() -> AsyncIterator[Case]:
    """The new source before its service, put together as make_source would."""
    clock = Hands()
    gates = StoredGates(RowsInMemory(), clock)
    async with StandIn(deezer) as stand_in:
        endpoint = Endpoint(Credential(NAME, ""), stand_in.api_url, timeout_s=5)
        upstream = Upstream(endpoint, gates, clock=clock, chance=lambda: 0.0)
        source = DeezerSource(upstream, gates, clock)
        try:
            yield Case(source, {"artist": "27"}, {"artist": "1"}, stand_in)
        finally:
            await source.close()


@pytest.mark.parametrize("trial", contract.TRIALS)
async def test_a_new_source_keeps_the_contract(trial):
    """With nothing copied from another source."""
    async with opened() as case:
        await trial(case)


async def test_what_it_sends_and_cannot_be_read_is_named():
    """By the name that the contract has for it; all else is there."""
    async with opened() as case:
        assert isinstance(case.source, DeezerSource)
        found = (await case.source.artist("27", known=None)).value

    assert found is not None
    assert found.name == "The rain"
    gaps = {gap.field: gap.detail for gap in found.missing}
    assert gaps["followers"] == ABSENCES.unreadable
    assert gaps["genres"] == "Deezer names genres of albums only."
    assert gaps["popularity"] == ABSENCES.silent
