"""Sources that are played, and the cascade that asks them."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.cache.entry import Fetched
from api.db.identities import IdentityTables
from api.db.library import LibraryTables
from api.db.session import Durability, Offload, make_engine
from api.schemas.artist import RelatedArtist, RelatedArtists, RelatedVote, Relation
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Method, Provenance, SourceName
from api.services.cascade import Cascade
from api.services.identity import Identities
from api.sources.base import BY_SPOTIFY_IDS, Source
from api.sources.registry import Absent, Registry
from tests import schema
from tests.cache.making import SPOTIFY, Hands, tiers_in

NEAR = SourceName.LISTENBRAINZ  # one that says who is near, and is not Spotify
NUMBERS = [
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "valence",
    "loudness",
    "tempo",
    "key",
    "mode",
    "time_signature",
    "duration_ms",
    "key_name",
    "camelot",
]


def said(source: SourceName = SPOTIFY) -> tuple[Provenance, ...]:
    """Who says so."""
    when = datetime(2026, 11, 22, tzinfo=UTC)
    return (Provenance(source=source, method=Method.REPORTED, fields=("x",), retrieved_at=when),)


def features(ident: str = "a", source: SourceName = SPOTIFY, **numbers: Any) -> AudioFeatures:
    """Audio features of which only what is given is known."""
    return AudioFeatures(
        id=ident,
        uri=f"spotify:track:{ident}",
        tempo_candidates=(),
        uncertainty={},
        provenance=said(source),
        **{**dict.fromkeys(NUMBERS), **numbers},
    )


def relation(name: str, score: float, *, ident: str | None = None, **who: Any) -> Relation:
    """One related artist, as one source names it."""
    source = who.get("source", NEAR)
    artist = RelatedArtist(id=ident, name=name, uri=None, url=None, images=(), genres=None)
    vote = RelatedVote(source=source, rank=1, score=score)
    return Relation(artist=artist, score=score, agreement=1, sources=(vote,))


def related(*relations: Relation, source: SourceName = NEAR) -> RelatedArtists:
    """What one source says of an artist."""
    return RelatedArtists(id="x", items=relations, provenance=said(source))


class Played:
    """A source that answers from what it was given; an Exception is raised."""

    version = 1
    market: str | None = None
    at_home = False
    asked_by = BY_SPOTIFY_IDS
    features_at_once = 100

    def __init__(self, name: SourceName, *, batch: Any = None, **answers: Any) -> None:
        self.name = name
        self.asked: list[str] = []
        self.batches: list[list[str]] = []

        self.closed = False
        self._answers = answers
        self._batch = batch

    def report(self) -> tuple[()]:
        """Nothing of it."""
        return ()

    async def close(self) -> None:
        """Hang up."""
        self.closed = True

    async def features(self, ident: str, *, known: str | None) -> Fetched[AudioFeatures]:  # noqa: ARG002  # of the Protocol
        """As given under the id, or under `other`."""
        self.asked.append(ident)
        answer = self._answers.get(ident, self._answers.get("other"))
        if callable(answer):
            answer = await answer()  # it only waits
        if isinstance(answer, Exception):
            raise answer
        return Fetched(answer if isinstance(answer, AudioFeatures) else features(ident, self.name))

    async def features_of(self, idents: Sequence[str]) -> dict[str, Fetched[AudioFeatures]]:
        """All that are given, in one call."""
        self.batches.append(list(idents))
        if isinstance(self._batch, Exception):
            raise self._batch
        given = [ident for ident in idents if ident not in self._answers]
        return {ident: Fetched(features(ident, self.name)) for ident in given}

    async def related(self, _ident: str, *, known: str | None) -> Fetched[RelatedArtists]:  # noqa: ARG002  # of the Protocol
        """As given under `related`."""
        answer = self._answers["related"]
        if isinstance(answer, Exception):
            raise answer
        return Fetched(answer)


@asynccontextmanager
async def cascade_of(folder: Path, *members: Source | Absent) -> AsyncIterator[Cascade]:
    """A cascade that asks these, in this order."""
    clock = Hands()
    tiers = tiers_in(folder, clock)
    await tiers.store.open()
    registry = Registry(tuple(members))
    async with identities_of(registry, folder, clock) as identities:
        yield Cascade(registry, tiers, identities, clock=clock)
    await tiers.close()


@asynccontextmanager
async def identities_of(
    registry: Registry, folder: Path, clock: Callable[[], float]
) -> AsyncIterator[Identities]:
    """Who is whom, as these sources say."""
    schema.begin(folder)
    engine = make_engine(f"sqlite:///{folder / 'app.db'}", Durability.FULL)
    offload = Offload("app-db")

    async def nothing(_ident: str) -> None:
        return None

    identities = Identities(
        registry,
        IdentityTables(engine, offload),
        clock=clock,
        isrc_of=nothing,
        own=LibraryTables(engine, offload),
        track_of=nothing,
    )
    yield identities
    await identities.close()
    offload.close()
    engine.dispose()
