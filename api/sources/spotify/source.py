"""Spotify as a source: each capability is a question, a wire model and a normaliser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from api.cache.entry import Fetched
from api.paging import FURTHEST_HIT, Listing, Window
from api.problems.refusals import BadQuestion, Closed, Garbled
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.features import AudioFeatures
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import Playlist, PlaylistItem
from api.schemas.provenance import SourceName
from api.schemas.sources import CapabilityReport
from api.schemas.track import Album, Track, TrackList
from api.sources.base import BY_SPOTIFY_IDS, Query
from api.sources.resource import Origin, ResourceReader
from api.sources.spotify import normalise, normalise_sound, texts, wire
from api.sources.spotify.client import Family, SpotifyClient, request_of
from api.sources.spotify.list_window import ListPart, ListWindow, joined, next_part
from api.sources.spotify.wire_analysis import WireAnalysis
from api.sources.upstream.client import UpstreamRequest
from api.sources.wire import LONGEST_LIST, UNREADABLE, About, Unreadable, Wire, readable

W = TypeVar("W", bound=Wire)
SNAPSHOT = "snapshot_id"
PLAYLIST_FIELDS = (
    "collaborative,description,external_urls,followers,href,id,images,items.total,name,owner,"
    "primary_color,public,snapshot_id,tracks.total,type,uri"
)
ALL_GROUPS = "album,single,appears_on,compilation"
CONTENTS = (  # older apps read the first, newer ones the second
    (Family.PLAYLIST_TRACKS, 100),
    (Family.PLAYLIST_ITEMS, 50),
)
MOST_OF_MINE = 50
SHORT_PAGE = 10  # all that apps since February 2026 may ask for at once


@dataclass(frozen=True, slots=True)
class _MyList:
    """A list of somebody's own: where it is here, what stands in it, what that becomes."""

    path: str
    wire: Any
    page: Any
    make: Callable[[Any, str, Origin], Any]


MINE = {
    Family.MY_PLAYLISTS: _MyList(
        "/v1/me/playlists", wire.Paging[wire.WirePlaylist], Page[Playlist], normalise.playlist
    ),
    Family.MY_TOP_ARTISTS: _MyList(
        "/v1/me/top/artists", wire.Paging[wire.WireArtist], Page[Artist], normalise.artist
    ),
    Family.MY_TOP_TRACKS: _MyList(
        "/v1/me/top/tracks", wire.Paging[wire.WireTrack], Page[Track], normalise.track
    ),
}


class SpotifySource:
    """What Spotify answers to this server's credentials. Raises SourceError."""

    name = SourceName.SPOTIFY
    version = 1
    at_home = False
    asked_by = BY_SPOTIFY_IDS
    features_at_once = 100

    def __init__(
        self,
        client: SpotifyClient,
        reader: ResourceReader,
        *,
        market: str | None,
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        self._client = client
        self._reader = reader
        self._short: set[Family] = set()
        self.market = market
        self._report = report

    def report(self) -> tuple[CapabilityReport, ...]:
        """What is open and what is not, as last found."""
        return self._report()

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:
        """The artist; new apps are told little more than the name."""
        return await self._reader.one(
            request_of(Family.ARTIST, ident, etag=known),
            wire.WireArtist,
            lambda w, o: normalise.artist(w, ident, o),
            about=About(ident),
        )

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:
        """Up to twenty related artists."""
        return await self._reader.one(
            request_of(Family.RELATED, ident, etag=known),
            wire.WireRelated,
            lambda w, o: normalise.related(w, ident, o),
            about=About(ident),
        )

    async def top_tracks(
        self, ident: str, *, market: str | None, known: str | None
    ) -> Fetched[TrackList]:
        """Up to ten tracks."""
        params = {"market": market or self.market}
        return await self._reader.one(
            request_of(Family.TOP_TRACKS, ident, params, etag=known),
            wire.WireTopTracks,
            lambda w, o: normalise.track_list(w, ident, o),
            about=About(ident),
        )

    async def track(self, ident: str, *, market: str | None, known: str | None) -> Fetched[Track]:
        """The track, perhaps as another copy that plays in the market."""
        params = {"market": market or self.market}
        return await self._reader.one(
            request_of(Family.TRACK, ident, params, etag=known),
            wire.WireTrack,
            lambda w, o: normalise.track(w, ident, o),
            about=About(ident, may_be_other=params["market"] is not None),
        )

    async def tracks(
        self, idents: Sequence[str], *, market: str | None
    ) -> dict[str, Fetched[Track] | Garbled]:
        """Several tracks in one call, joined by id, linked id or, relinked silently, place."""
        params = {"ids": ",".join(idents), "market": market or self.market}
        reply = await self._client.get(request_of(Family.TRACKS, params=params))
        wires = (await self._reader.read(reply, wire.WireTracks, None)).tracks
        known = _by_id(idents, wires, relinked=params["market"] is not None)
        return {**self._reader.each(known, normalise.track), **_unread(idents, wires, known)}

    async def features(self, ident: str, *, known: str | None) -> Fetched[AudioFeatures]:
        """The audio features."""
        return await self._reader.one(
            request_of(Family.FEATURES, ident, etag=known),
            wire.WireFeatures,
            lambda w, o: normalise_sound.features(w, ident, o),
            about=About(ident),
        )

    async def features_of(
        self, idents: Sequence[str]
    ) -> dict[str, Fetched[AudioFeatures] | Garbled]:
        """Several tracks' features in one call, joined by id."""
        params = {"ids": ",".join(idents)}
        reply = await self._client.get(request_of(Family.FEATURES_BATCH, params=params))
        if isinstance(reply.data, list):
            reply = replace(reply, data={"audio_features": reply.data})
        wires = (await self._reader.read(reply, wire.WireFeaturesList, None)).audio_features
        known = _named(idents, wires)
        return {
            **self._reader.each(known, normalise_sound.features),
            **_unread(idents, wires, known),
        }

    async def analysis(self, ident: str, *, known: str | None) -> Fetched[AudioAnalysis]:
        """The audio analysis, up to a megabyte of it, read off the event loop."""
        reply = await self._client.get(request_of(Family.ANALYSIS, ident, etag=known))
        if isinstance(reply.data, dict) and "audio_analysis" in reply.data:
            reply = replace(reply, data=reply.data["audio_analysis"])
        return await self._reader.value(
            reply,
            WireAnalysis,
            lambda w, o: normalise_sound.analysis(w, ident, o),
            about=None,  # it names no track
        )

    async def playlist(self, ident: str, *, known: str | None) -> Fetched[Playlist]:
        """What the playlist says of itself; of a known one only whether its snapshot changed."""
        if known is not None and known == await self._snapshot(ident):
            return Fetched(None, known)
        params = {"fields": PLAYLIST_FIELDS, "market": self.market}
        reply = await self._client.get(request_of(Family.PLAYLIST, ident, params))
        parsed = await self._reader.read(reply, wire.WirePlaylist, About(ident))
        value = self._reader.made(lambda origin: normalise.playlist(parsed, ident, origin))
        return Fetched(value, parsed.snapshot_id)

    async def _snapshot(self, ident: str) -> str | None:
        reply = await self._client.get(request_of(Family.PLAYLIST, ident, {"fields": SNAPSHOT}))
        return (await self._reader.read(reply, wire.WireSnapshot, About(ident))).snapshot_id

    async def playlist_items(self, ident: str, window: Window) -> Fetched[Page[PlaylistItem]]:
        """A part of the entries, from whichever address is open to this app."""
        params = {"additional_types": "track,episode", "market": self.market}
        refusal: Closed | None = None
        for family, most in CONTENTS:
            request = request_of(family, ident, params)
            try:
                part = await self._window(
                    request, wire.Paging[wire.WireEntry], window=window, most=most
                )
            except Closed as error:
                refusal = error
                continue
            listing = Listing(f"/v1/playlists/{ident}/items", window, {})
            value = self._reader.made(lambda o: normalise.playlist_items(part, listing, o))  # noqa: B023
            return Fetched(value, calls=part.calls)
        raise refusal or Garbled(self.name, "It has no such list.")

    async def albums(
        self, ident: str, window: Window, *, market: str | None
    ) -> Fetched[Page[Album]]:
        """A part of the artist's releases, guest appearances included."""
        params = {"include_groups": ALL_GROUPS, "market": market or self.market}
        part = await self._window(
            request_of(Family.ALBUMS, ident, params),
            wire.Paging[wire.WireAlbum],
            window=window,
            most=window.limit,
        )
        listing = Listing(f"/v1/artists/{ident}/albums", window, {"market": market})
        return Fetched(self._reader.made(lambda o: normalise.albums(part, listing, o)))

    async def search(self, query: Query, *, known: str | None) -> Fetched[SearchResults]:
        """A page per type."""
        window = query.window
        params = {
            "q": query.text,
            "type": ",".join(query.types),
            "limit": str(window.limit),
            "offset": str(window.offset),
            "market": self.market,
        }

        def listing(name: str) -> Listing:
            return Listing("/v1/search", window, {"q": query.text, "type": name}, FURTHEST_HIT)

        return await self._reader.one(
            request_of(Family.SEARCH, params=params, etag=known),
            wire.WireSearch,
            lambda w, o: normalise.search(w, listing, o, types=query.types),
            about=None,
        )

    async def my_playlists(self, window: Window) -> Fetched[Page[Playlist]]:
        """A part of the playlists that whoever has signed in made or follows."""
        return await self._mine(Family.MY_PLAYLISTS, window)

    async def my_top_artists(self, window: Window, term: str) -> Fetched[Page[Artist]]:
        """A part of the artists they played most; `term` as Spotify names the stretch of time."""
        return await self._mine(Family.MY_TOP_ARTISTS, window, term)

    async def my_top_tracks(self, window: Window, term: str) -> Fetched[Page[Track]]:
        """A part of the tracks they played most."""
        return await self._mine(Family.MY_TOP_TRACKS, window, term)

    async def _mine(self, family: Family, window: Window, term: str | None = None) -> Fetched[Any]:
        own = MINE[family]
        params = {} if term is None else {"time_range": f"{term}_term"}
        listing = Listing(own.path, window, {"range": term})
        request = request_of(family, params=params)
        part = await self._window(request, own.wire, window=window, most=MOST_OF_MINE)
        make = partial(normalise.listing_page, own.page, own.make, part, listing=listing)
        return Fetched(self._reader.made(lambda origin: make(origin=origin)))

    async def _window(
        self,
        request: UpstreamRequest,
        model: type[wire.Paging[W]],
        *,
        window: Window,
        most: int,
    ) -> ListWindow[W]:
        """A part of a list, in as few calls as this app is allowed."""
        family = Family(request.family)
        if family not in self._short:
            try:
                return await self._parts(request, model, window=window, most=most)
            except BadQuestion:
                if min(most, window.limit) <= SHORT_PAGE:
                    raise
        part = await self._parts(request, model, window=window, most=SHORT_PAGE)
        self._short.add(family)
        return part

    async def _parts(
        self,
        request: UpstreamRequest,
        model: type[wire.Paging[W]],
        *,
        window: Window,
        most: int,
    ) -> ListWindow[W]:
        parts: list[ListPart[W]] = []
        while wanted := next_part(parts, window, most):
            offset, limit = wanted
            bounds = {"limit": str(limit), "offset": str(offset)}
            reply = await self._client.get(replace(request, params={**request.params, **bounds}))
            ident = request.values.get("id")
            paging = await self._reader.read(reply, model, About(ident) if ident else None)
            if len(paging.items) > LONGEST_LIST:  # it was cut: nothing tells which part this is
                raise Garbled(self.name, "It sent far more than it was asked for.")
            parts.append(ListPart(offset, limit, paging))
        return joined(parts, window)


def _by_id(
    idents: Sequence[str], wires: Sequence[wire.WireTrack | Unreadable | None], *, relinked: bool
) -> dict[str, wire.WireTrack]:
    """Tracks under the ids asked for; a copy that names no link is known by its place alone."""
    known = _named(idents, wires)
    if relinked and len(wires) == len(idents):
        for ident, one in zip(idents, wires, strict=True):
            if (
                ident not in known
                and isinstance(one, wire.WireTrack)
                and one.id not in idents
                and one.is_about(About(ident, may_be_other=True))
            ):
                known[ident] = one
    return known


def _named(idents: Sequence[str], wires: Sequence[W | Unreadable | None]) -> dict[str, W]:
    """What names one of these ids and says something of it."""
    telling = [one for one in readable(wires) if not one.says_nothing()]
    found = {
        ident: next((one for one in telling if one.is_about(About(ident))), None)
        for ident in idents
    }
    return {ident: one for ident, one in found.items() if one is not None}


def _unread(
    idents: Sequence[str], wires: Sequence[Wire | Unreadable | None], known: Mapping[str, Wire]
) -> dict[str, Garbled]:
    """The ids of which nothing was said, in no way that can be believed.

    A null in its place says that Spotify does not know it, and so does a list that leaves it out
    and has nothing else in it.
    """
    in_place = len(wires) == len(idents)
    believed = {id(one) for one in known.values()}
    others = [one for one in wires if one is not None and id(one) not in believed]
    if wires and not others:
        return {}
    places = wires if in_place else [UNREADABLE] * len(idents)
    return {
        ident: Garbled(SourceName.SPOTIFY, texts.UNREADABLE if UNREADABLE in others else texts.ELSE)
        for ident, place in zip(idents, places, strict=True)
        if ident not in known and place is not None
    }
