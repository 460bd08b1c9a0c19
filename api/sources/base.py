"""What a source can be asked: one Protocol per capability, each with only what its caller uses.

Every method raises a SourceError (api/problems/refusals.py) and never returns None. `known` is the
validator of the value we hold, if any; a source that recognises it answers `unchanged` instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from api.cache.entry import Fetched
from api.paging import Window
from api.problems.refusals import Garbled, SourceError
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.features import AudioFeatures
from api.schemas.identity import How, IdScheme
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import Playlist, PlaylistItem
from api.schemas.provenance import Capability, SourceName
from api.schemas.reference import Kind
from api.schemas.sources import CapabilityReport
from api.schemas.track import Album, Track, TrackList
from api.sources.same_recording import NumberedRecording

BY_SPOTIFY_IDS: Mapping[Capability, IdScheme] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Query:
    """Free words to look for, in which kinds of thing."""

    text: str
    types: tuple[str, ...]
    window: Window


class Source(Protocol):
    """Somebody who knows something, and can say what it may be asked."""

    name: SourceName
    version: int
    """Of the normaliser: values made by another version are not served."""
    market: str | None
    """The country that it is asked about where the caller names none."""
    at_home: bool
    """Whether its answers lie on this machine: then they are read anew and kept nowhere else."""

    @property
    def asked_by(self) -> Mapping[Capability, IdScheme]:
        """By whose ids it is asked, where those are not Spotify’s."""
        ...

    def report(self) -> tuple[CapabilityReport, ...]:
        """What is open and what is not, from what it last answered; nobody is asked."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


@runtime_checkable
class LocalSource(Source, Protocol):
    """A source on this machine that can tell whether anything on it has changed."""

    async def revision(self) -> str | None:
        """Another one whenever something has; None if nobody can tell."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """The id of an artist or track in another numbering, as a source links the two."""

    scheme: IdScheme
    ident: str
    how: How = How.STATED


@runtime_checkable
class LinkSource(Source, Protocol):
    """Somebody who knows which ids at several services are the same artist or track."""

    links_at_once: int
    """How many ids one call may ask about."""

    @property
    def links_from(self) -> Mapping[Kind, Mapping[IdScheme, frozenset[IdScheme]]]:
        """By kind of thing, and by the numbering it is asked in: those it may answer in."""
        ...

    async def links(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str]
    ) -> Mapping[str, tuple[Link, ...]]:
        """All that it states of those it knows, by the id asked for, in one call.

        An id that it does not know is absent; two links may contradict one another.
        """
        ...


@runtime_checkable
class ArtistSource(Source, Protocol):
    """Somebody who may know an artist."""

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:
        """The artist."""
        ...


@runtime_checkable
class RelatedSource(Source, Protocol):
    """Somebody who may know whom an artist is related to."""

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:
        """Related artists, nearest first."""
        ...


@runtime_checkable
class TopTracksSource(Source, Protocol):
    """Somebody who may know an artist's most played tracks."""

    async def top_tracks(
        self, ident: str, *, market: str | None, known: str | None
    ) -> Fetched[TrackList]:
        """The most played tracks, most played first."""
        ...


@runtime_checkable
class AlbumsSource(Source, Protocol):
    """Somebody who may know an artist's releases."""

    async def albums(
        self, ident: str, window: Window, *, market: str | None
    ) -> Fetched[Page[Album]]:
        """A part of the releases."""
        ...


@runtime_checkable
class TrackSource(Source, Protocol):
    """Somebody who may know a track."""

    async def track(self, ident: str, *, market: str | None, known: str | None) -> Fetched[Track]:
        """The track."""
        ...


@runtime_checkable
class TrackBatchSource(TrackSource, Protocol):
    """Somebody who may be asked about many tracks in one call."""

    async def tracks(
        self, idents: Sequence[str], *, market: str | None
    ) -> Mapping[str, Fetched[Track] | Garbled]:
        """Those of the tracks that exist, by the id asked for, in one call. Raises Closed."""
        ...


@runtime_checkable
class FeatureSource(Source, Protocol):
    """Somebody who may know a track's audio features."""

    async def features(self, ident: str, *, known: str | None) -> Fetched[AudioFeatures]:
        """The audio features."""
        ...


@runtime_checkable
class FeatureBatchSource(FeatureSource, Protocol):
    """Somebody who may be asked about many tracks' features in one call."""

    features_at_once: int
    """How many one call may ask about."""

    async def features_of(
        self, idents: Sequence[str]
    ) -> Mapping[str, Fetched[AudioFeatures] | Garbled]:
        """Those that are known, by the id asked for, in one call. Raises Closed."""
        ...


@runtime_checkable
class IsrcFeatureSource(FeatureSource, Protocol):
    """Somebody who may know a recording’s features under another id of the same recording."""

    async def features_by_isrc(self, isrc: str, like: Track) -> Fetched[AudioFeatures]:
        """Those of the recording with this ISRC that fits the track. Raises Unknown."""
        ...

    async def features_by_isrcs(
        self, recordings: Mapping[str, NumberedRecording]
    ) -> Mapping[str, Fetched[AudioFeatures] | SourceError]:
        """The same of many, each under the key it has there, in few calls; or why not."""
        ...


@runtime_checkable
class AnalysisSource(Source, Protocol):
    """Somebody who may know a track's audio analysis."""

    async def analysis(self, ident: str, *, known: str | None) -> Fetched[AudioAnalysis]:
        """The audio analysis."""
        ...


@runtime_checkable
class PlaylistSource(Source, Protocol):
    """Somebody who may know a playlist and its entries."""

    async def playlist(self, ident: str, *, known: str | None) -> Fetched[Playlist]:
        """What the playlist says of itself."""
        ...

    async def playlist_items(self, ident: str, window: Window) -> Fetched[Page[PlaylistItem]]:
        """A part of its entries, positions kept. The playlist tells whether they changed."""
        ...


@runtime_checkable
class SearchSource(Source, Protocol):
    """Somebody who may find things by name."""

    async def search(self, query: Query, *, known: str | None) -> Fetched[SearchResults]:
        """A page per type."""
        ...


PROTOCOLS: dict[Capability, type] = {
    Capability.ARTIST: ArtistSource,
    Capability.RELATED: RelatedSource,
    Capability.TOP_TRACKS: TopTracksSource,
    Capability.ALBUMS: AlbumsSource,
    Capability.TRACK: TrackSource,
    Capability.FEATURES: FeatureSource,
    Capability.ANALYSIS: AnalysisSource,
    Capability.PLAYLIST: PlaylistSource,
    Capability.SEARCH: SearchSource,
}
BATCH_PROTOCOLS: dict[Capability, type] = {
    Capability.TRACK: TrackBatchSource,
    Capability.FEATURES: FeatureBatchSource,
}
