"""Artists, tracks, albums and searches: which question each of them is."""

from __future__ import annotations

from collections.abc import Sequence

from api.cache.policy import TtlClass
from api.cache.tiers import Served
from api.paging import Window
from api.problems.refusals import DoesNotExist, Unknown
from api.schemas.lists import FoundAt, SearchResults
from api.schemas.problem import Attempt
from api.schemas.provenance import Capability, SourceName
from api.schemas.track import Track
from api.services.batch import BatchLookup, Outcome, ask_many
from api.services.cascade import Cascade, Lookup, to_json
from api.services.composition import ARTIST, TRACK, composed
from api.sources.base import Query


class Catalog:
    """What sources know of artists and tracks beside their sound. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def artist(self, ident: str) -> Served:
        """An artist, with what one source alone does not know."""
        return await composed(
            self._cascade,
            Lookup(
                capability=Capability.ARTIST,
                subject="artist",
                thing="artist",
                kind="artist",
                ident=ident,
                ttl=TtlClass.CATALOGUE,
                ask=lambda source, native, known: source.artist(native, known=known),
            ),
            ARTIST,
        )

    async def top_tracks(self, ident: str, market: str | None) -> Served:
        """An artist's most played tracks."""
        return await self._cascade.first(
            Lookup(
                capability=Capability.TOP_TRACKS,
                subject="top tracks",
                thing="artist",
                kind="top-tracks",
                ident=ident,
                market=market,
                by_market=True,
                ttl=TtlClass.CATALOGUE,
                ask=lambda source, native, known: source.top_tracks(
                    native, market=market, known=known
                ),
            )
        )

    async def albums(self, ident: str, window: Window, market: str | None) -> Served:
        """A part of an artist's releases; its links name the market if the caller did."""
        return await self._cascade.first(
            Lookup(
                capability=Capability.ALBUMS,
                subject="album list",
                thing="artist",
                kind=f"albums:{window.limit}:{window.offset}{':linked' if market else ''}",
                ident=ident,
                market=market,
                by_market=True,
                ttl=TtlClass.CATALOGUE,
                ask=lambda source, native, _known: source.albums(native, window, market=market),
            )
        )

    async def track(self, ident: str, market: str | None) -> Served:
        """A track, with what one source alone does not know."""
        return await composed(self._cascade, track_lookup(ident, market), TRACK)

    async def isrc_at_spotify(self, ident: str) -> str | None:
        """The recording’s number that Spotify tells; None if it is not asked, or knows none.

        Raises SourceError where it could not be asked.
        """
        for spotify in self._cascade.registry.able(Capability.TRACK, SourceName.SPOTIFY):
            try:
                served = await self._cascade.of(spotify, track_lookup(ident))
            except Unknown:
                return None
            return Track.model_validate_json(served.entry.body).isrc
        return None

    async def tracks(self, idents: Sequence[str], market: str | None) -> list[Outcome]:
        """For each id, in the order asked."""
        many = BatchLookup(
            each=lambda ident: track_lookup(ident, market),
            batch=lambda source, wanted: source.tracks(wanted, market=market),
            absent=DoesNotExist,
            absent_detail="It says that there is nothing with this id.",
        )
        return await ask_many(self._cascade, many, idents)

    async def search(self, query: Query) -> Served:
        """What every source finds that can be asked: a page per type of each."""
        window = query.window
        lookup = Lookup(
            capability=Capability.SEARCH,
            subject="search result",
            thing="track",
            kind=f"search:{','.join(query.types)}:{window.limit}:{window.offset}",
            ident=query.text,
            by_market=True,
            ttl=TtlClass.SEARCH,
            ask=lambda source, _native, known: source.search(query, known=known),
        )
        answers = await self._cascade.all_of(lookup, end=self._cascade.end_of_request())
        if not answers.parts:
            return await self._cascade.nothing_or_problem(lookup, answers.refusals)
        attempts = self._cascade.attempts(lookup, answers.refusals)
        return await self._cascade.derive(
            answers, "by-source", lambda: to_json(_found(answers.parts, attempts))
        )


def _found(parts: Sequence[Served], attempts: tuple[Attempt, ...]) -> SearchResults:
    results = [SearchResults.model_validate_json(part.entry.body) for part in parts]
    by_source = tuple(
        FoundAt(
            source=part.entry.key.source,
            artists=found.artists,
            tracks=found.tracks,
            playlists=found.playlists,
        )
        for part, found in zip(parts, results, strict=True)
    )
    return results[0].model_copy(update={"by_source": by_source, "attempts": attempts})


def track_lookup(ident: str, market: str | None = None) -> Lookup:
    """The question for one track."""
    return Lookup(
        capability=Capability.TRACK,
        subject="track",
        thing="track",
        kind="track",
        ident=ident,
        market=market,
        by_market=True,
        ttl=TtlClass.CATALOGUE,
        ask=lambda source, native, known: source.track(native, market=market, known=known),
    )
