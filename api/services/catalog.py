"""Artists, tracks, albums and searches: which question each of them is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.cache.entry import TtlClass
from api.cache.tiers import Served
from api.paging import Window
from api.problems.errors import ApiError
from api.problems.refusals import DoesNotExist, NothingFound, SourceError, Unknown
from api.schemas.artist import Artist
from api.schemas.lists import FoundAt, SearchResults
from api.schemas.problem import Attempt
from api.schemas.provenance import SOURCE_TITLES, Capability, Missing, Reason, SourceName
from api.schemas.track import Track, TrackList, UnlinkedTrack
from api.services.batch import BatchLookup, Outcome, ask_many
from api.services.cascade import Answers, Cascade, Lookup, to_json
from api.services.composition import ARTIST, TRACK, composed
from api.services.linking import Linked, Linking, told_apart
from api.sources.base import Query

KNOW_SPOTIFYS_IDS = frozenset({SourceName.SPOTIFY, SourceName.LIBRARY})
UNLINKED_FIELDS = tuple(UnlinkedTrack.model_fields.keys() & Track.model_fields.keys())


class Catalog:
    """What sources know of artists and tracks beside their sound. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade
        self._linking = Linking(cascade.identities, lambda idents: self.tracks(idents, None))

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
        """An artist’s most played tracks, apart those whose Spotify ids are not known."""
        lookup = Lookup(
            capability=Capability.TOP_TRACKS,
            subject="top tracks",
            thing="artist",
            kind="top-tracks",
            ident=ident,
            market=market,
            by_market=True,
            ttl=TtlClass.CATALOGUE,
            ask=lambda source, native, known: source.top_tracks(native, market=market, known=known),
        )
        end = self._cascade.end_of_request()
        served = await self._cascade.first(lookup, end=end)
        if served.entry.key.source in KNOW_SPOTIFYS_IDS:
            return served
        listed = TrackList.model_validate_json(served.entry.body)
        linked = await self._linking.tracks(listed.items, end=end, ask_each=False)
        return await self._cascade.derive(
            Answers((served,), linked.failures),
            f"linked:{told_apart([linked])}",
            lambda: to_json(_with_unlinked(listed, linked)),
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

    async def known_track(self, ident: str) -> Track | None:
        """What is known of a track by anybody; None where nobody can tell."""
        try:
            served = await self.track(ident, None)
        except ApiError:
            return None
        return Track.model_validate_json(served.entry.body)

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
        end = self._cascade.end_of_request()
        answers = await self._cascade.all_of(lookup, end=end)
        attempts = self._cascade.attempts(lookup, answers.refusals)
        if not answers.parts:
            nothing = await self._cascade.nothing_or_problem(lookup, answers.refusals)
            told = SearchResults.model_validate_json(nothing.entry.body)
            body = await to_json(told.model_copy(update={"attempts": attempts}))
            return self._cascade.tiers.at_home(nothing.entry.key, body)
        found = await asyncio.gather(*(self._found(part, end) for part in answers.parts))
        failures = tuple(failure for one in found for failure in one.failures)
        return await self._cascade.derive(
            answers.with_more(Answers((), failures)),
            f"by-source:{told_apart(one for each in found for one in each.linked)}",
            lambda: to_json(_merged(found, answers.refusals, attempts)),
        )

    async def _found(self, part: Served, end: float) -> _SourceHits:
        """What one source found, under Spotify’s ids as far as they are known."""
        results = SearchResults.model_validate_json(part.entry.body)
        found = _SourceHits(part.entry.key.source, results)
        if found.source in KNOW_SPOTIFYS_IDS:
            return found
        if (artists := results.artists) and artists.items:
            found.artists = await self._linking.artists(artists.items, end=end)
        if (tracks := results.tracks) and tracks.items:
            found.tracks = await self._linking.tracks(tracks.items, end=end, ask_each=True)
        return found


@dataclass(slots=True)
class _SourceHits:
    """What one source found, and which of it has a known id at Spotify."""

    source: SourceName
    results: SearchResults
    artists: Linked[Artist] | None = None
    tracks: Linked[Track] | None = None

    @property
    def linked(self) -> tuple[Linked[Artist] | Linked[Track], ...]:
        return tuple(one for one in (self.artists, self.tracks) if one is not None)

    @property
    def failures(self) -> tuple[SourceError, ...]:
        return tuple(failure for one in self.linked for failure in one.failures)

    def shown(self) -> FoundAt:
        """The pages, without what has no known id."""
        return FoundAt(
            source=self.source,
            artists=self._shown(self.results.artists, self.artists, "artists"),
            tracks=self._shown(self.results.tracks, self.tracks, "tracks"),
            playlists=self.results.playlists,
        )

    @staticmethod
    def _shown(page: Any, linked: Linked[Any] | None, what: str) -> Any:  # noqa: ANN401  # any Page
        if page is None or linked is None:
            return page
        missing = (*page.missing, *_unknown(linked, f"{what} are left out"))
        return page.model_copy(update={"items": linked.known, "missing": missing})


def _with_unlinked(listed: TrackList, linked: Linked[Track]) -> TrackList:
    unlinked = (
        UnlinkedTrack(
            position=position,
            **{name: getattr(track, name) for name in UNLINKED_FIELDS},
        )
        for position, (track, known) in enumerate(zip(listed.items, linked.things, strict=True), 1)
        if known is None
    )
    gap = _unknown(linked, "tracks stand apart, without a Spotify id")
    return listed.model_copy(
        update={
            "items": linked.known,
            "unlinked": tuple(unlinked),
            "missing": (*listed.missing, *gap),
        }
    )


def _unknown(linked: Linked[Any], what_becomes: str) -> tuple[Missing, ...]:
    """How many have no known id, and why."""
    count, of_all = linked.things.count(None), len(linked.things)
    if not count:
        return ()
    if not linked.failures:
        why, reason = "nobody here knows which of Spotify’s they are", Reason.NOT_KNOWN
    else:
        first = linked.failures[0]
        why, reason = f"{SOURCE_TITLES[first.source]}: {first.detail}", first.reason
    detail = f"{count} of {of_all} {what_becomes}: {why}."
    return (Missing(field="items", reason=reason, detail=detail.replace("..", ".")),)


def _merged(
    found: Sequence[_SourceHits], refusals: Sequence[SourceError], attempts: tuple[Attempt, ...]
) -> SearchResults:
    """All that was found; of each type, in the first place the first source’s that has any.

    Where nobody has any, it is an empty page of whoever looked.
    """
    by_source = tuple(one.shown() for one in found)
    empty = [one.value for one in refusals if isinstance(one, NothingFound)]

    def first(name: str) -> Any:  # noqa: ANN401  # any Page
        looked = [page for one in (*by_source, *empty) if (page := getattr(one, name)) is not None]
        return next((page for page in looked if page.items), next(iter(looked), None))

    return SearchResults(
        artists=first("artists"),
        tracks=first("tracks"),
        playlists=first("playlists"),
        by_source=by_source,
        attempts=attempts,
    )


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
