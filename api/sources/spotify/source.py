"""Spotify as a source: each capability is a question, a wire model and a normaliser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from api.paging import FURTHEST_HIT, Listing, Window
from api.problems.refusals import Closed, Garbled
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.features import AudioFeatures
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import Playlist, PlaylistItem
from api.schemas.provenance import SourceName
from api.schemas.sources import CapabilityReport
from api.schemas.track import Album, Track, TrackList
from api.sources.base import Found, Query
from api.sources.spotify import normalise, normalise_sound, texts, wire
from api.sources.spotify.client import Question
from api.sources.spotify.reader import Reader
from api.sources.spotify.verdicts import Family
from api.sources.spotify.wire_analysis import WireAnalysis
from api.sources.wire import UNREADABLE, About, Unreadable, Wire, readable

W = TypeVar("W", bound=Wire)
SNAPSHOT = "snapshot_id"
PLAYLIST_FIELDS = (
    "collaborative,description,external_urls,followers,href,id,images,items.total,name,owner,"
    "primary_color,public,snapshot_id,tracks.total,type,uri"
)
ALL_GROUPS = "album,single,appears_on,compilation"
CONTENTS = (  # older apps read the first, newer ones the second
    (Family.PLAYLIST_TRACKS, "/playlists/{id}/tracks", 100),
    (Family.PLAYLIST_ITEMS, "/playlists/{id}/items", 50),
)


class SpotifySource:
    """What Spotify answers to this server's credentials. Raises SourceError."""

    name = SourceName.SPOTIFY
    version = 1
    at_home = False

    def __init__(
        self,
        reader: Reader,
        *,
        market: str | None,
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        self._reader = reader
        self.market = market
        self._report = report

    def report(self) -> tuple[CapabilityReport, ...]:
        """What is open and what is not, as last found."""
        return self._report()

    async def close(self) -> None:
        """Hang up."""
        await self._reader.close()

    async def artist(self, ident: str, *, known: str | None) -> Found[Artist]:
        """The artist; new apps are told little more than the name."""
        question = Question(Family.ARTIST, "/artists/{id}", {"id": ident}, etag=known)
        return await self._reader.one(
            question,
            wire.WireArtist,
            lambda w, o: normalise.artist(w, ident, o),
            about=About(ident),
        )

    async def related(self, ident: str, *, known: str | None) -> Found[RelatedArtists]:
        """Up to twenty related artists."""
        template = "/artists/{id}/related-artists"
        question = Question(Family.RELATED, template, {"id": ident}, etag=known)
        return await self._reader.one(
            question,
            wire.WireRelated,
            lambda w, o: normalise.related(w, ident, o),
            about=About(ident),
        )

    async def top_tracks(
        self, ident: str, *, market: str | None, known: str | None
    ) -> Found[TrackList]:
        """Up to ten tracks."""
        question = Question(
            Family.TOP_TRACKS,
            "/artists/{id}/top-tracks",
            {"id": ident},
            {"market": market or self.market},
            known,
        )
        return await self._reader.one(
            question,
            wire.WireTopTracks,
            lambda w, o: normalise.track_list(w, ident, o),
            about=About(ident),
        )

    async def track(self, ident: str, *, market: str | None, known: str | None) -> Found[Track]:
        """The track, perhaps as another copy that plays in the market."""
        params = {"market": market or self.market}
        question = Question(Family.TRACK, "/tracks/{id}", {"id": ident}, params, known)
        return await self._reader.one(
            question,
            wire.WireTrack,
            lambda w, o: normalise.track(w, ident, o),
            about=About(ident, may_be_other=params["market"] is not None),
        )

    async def tracks(
        self, idents: Sequence[str], *, market: str | None
    ) -> dict[str, Found[Track] | Garbled]:
        """Several tracks in one call, joined by id, linked id or, relinked silently, place."""
        params = {"ids": ",".join(idents), "market": market or self.market}
        answer = await self._reader.get(Question(Family.TRACKS, "/tracks", params=params))
        wires = (await self._reader.read(answer, wire.WireTracks, None)).tracks
        known = _joined(idents, wires, relinked=params["market"] is not None)
        return {**self._reader.each(known, normalise.track), **_unread(idents, wires, known)}

    async def features(self, ident: str, *, known: str | None) -> Found[AudioFeatures]:
        """The audio features."""
        question = Question(Family.FEATURES, "/audio-features/{id}", {"id": ident}, etag=known)
        return await self._reader.one(
            question,
            wire.WireFeatures,
            lambda w, o: normalise_sound.features(w, ident, o),
            about=About(ident),
        )

    async def features_of(self, idents: Sequence[str]) -> dict[str, Found[AudioFeatures] | Garbled]:
        """Several tracks' features in one call, joined by id."""
        params = {"ids": ",".join(idents)}
        answer = await self._reader.get(
            Question(Family.FEATURES_BATCH, "/audio-features", params=params)
        )
        if isinstance(answer.data, list):
            answer = replace(answer, data={"audio_features": answer.data})
        wires = (await self._reader.read(answer, wire.WireFeaturesList, None)).audio_features
        known = _named(idents, wires)
        return {
            **self._reader.each(known, normalise_sound.features),
            **_unread(idents, wires, known),
        }

    async def analysis(self, ident: str, *, known: str | None) -> Found[AudioAnalysis]:
        """The audio analysis, up to a megabyte of it, read off the event loop."""
        question = Question(Family.ANALYSIS, "/audio-analysis/{id}", {"id": ident}, etag=known)
        answer = await self._reader.get(question)
        if answer.data is None:
            return Found(None, answer.etag)
        wrapped = isinstance(answer.data, dict) and "audio_analysis" in answer.data
        data = answer.data["audio_analysis"] if wrapped else answer.data
        value = await self._reader.aside(answer, lambda: self._analysis(data, ident))
        return Found(value, answer.etag)

    def _analysis(self, data: object, ident: str) -> AudioAnalysis:
        parsed = self._reader.parse(WireAnalysis, data, None)  # it names no track
        return self._reader.made(lambda origin: normalise_sound.analysis(parsed, ident, origin))

    async def playlist(self, ident: str, *, known: str | None) -> Found[Playlist]:
        """What the playlist says of itself; of a known one only whether its snapshot changed."""
        if known is not None and known == await self._snapshot(ident):
            return Found(None, known)
        params = {"fields": PLAYLIST_FIELDS, "market": self.market}
        question = Question(Family.PLAYLIST, "/playlists/{id}", {"id": ident}, params)
        answer = await self._reader.get(question)
        parsed = await self._reader.read(answer, wire.WirePlaylist, About(ident))
        value = self._reader.made(lambda origin: normalise.playlist(parsed, ident, origin))
        return Found(value, parsed.snapshot_id)

    async def _snapshot(self, ident: str) -> str | None:
        question = Question(Family.PLAYLIST, "/playlists/{id}", {"id": ident}, {"fields": SNAPSHOT})
        answer = await self._reader.get(question)
        return (await self._reader.read(answer, wire.WireSnapshot, About(ident))).snapshot_id

    async def playlist_items(self, ident: str, window: Window) -> Found[Page[PlaylistItem]]:
        """A part of the entries, from whichever address is open to this app."""
        refusal: Closed | None = None
        for family, template, most in CONTENTS:
            question = Question(
                family,
                template,
                {"id": ident},
                {"additional_types": "track,episode", "market": self.market},
            )
            try:
                part = await self._reader.window(
                    question, wire.Paging[wire.WireEntry], window=window, most=most
                )
            except Closed as error:
                refusal = error
                continue
            listing = Listing(f"/v1/playlists/{ident}/items", window, {})
            value = self._reader.made(lambda o: normalise.playlist_items(part, listing, o))  # noqa: B023
            return Found(value, calls=part.calls)
        raise refusal or Garbled(self.name, "It has no such list.")

    async def albums(self, ident: str, window: Window, *, market: str | None) -> Found[Page[Album]]:
        """A part of the artist's releases, guest appearances included."""
        question = Question(
            Family.ALBUMS,
            "/artists/{id}/albums",
            {"id": ident},
            {"include_groups": ALL_GROUPS, "market": market or self.market},
        )
        part = await self._reader.window(
            question, wire.Paging[wire.WireAlbum], window=window, most=window.limit
        )
        listing = Listing(f"/v1/artists/{ident}/albums", window, {"market": market})
        return Found(self._reader.made(lambda o: normalise.albums(part, listing, o)))

    async def search(self, query: Query, *, known: str | None) -> Found[SearchResults]:
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

        question = Question(Family.SEARCH, "/search", params=params, etag=known)
        return await self._reader.one(
            question,
            wire.WireSearch,
            lambda w, o: normalise.search(w, listing, o, types=query.types),
            about=None,
        )


def _joined(
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
