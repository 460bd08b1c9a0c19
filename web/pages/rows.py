"""Lines of track lists, with tempo, key and energy beside the name where they are known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from api.schemas.features import AudioFeatures
from api.schemas.playlist import ItemKind, PlaylistItem
from api.schemas.track import Track, UnlinkedTrack
from web.client import ApiClient, ApiProblem
from web.text import formatting
from web.text.labels import NAMELESS

Numbers = Mapping[str, AudioFeatures]
KINDS = {
    ItemKind.TRACK: "",
    ItemKind.EPISODE: "podcast episode",
    ItemKind.LOCAL: "local file",
    ItemKind.REMOVED: "removed",
    ItemKind.OTHER: "something else",
}
MOST_AT_ONCE = 100
MOST_TRACKS_AT_ONCE = 50
MOST_WORDS = 200  # of a search, as the API takes them


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A line of a track list; `note` says why something is not there.

    `choice`: what a form sends where it is ticked; empty where there is nothing to send.
    """

    position: int
    choice: str
    kind: str
    name: str
    artists: str
    href: str | None
    url: str | None
    length: str
    tempo: str | None
    key: str | None
    camelot: str | None
    energy: str | None
    note: str | None


async def numbers(client: ApiClient, idents: Iterable[str]) -> tuple[Numbers, str | None]:
    """The features of these tracks, and a sentence on how many have them."""
    asked = list(dict.fromkeys(idents))[:MOST_AT_ONCE]
    if not asked:
        return {}, None
    try:
        items = (await client.features_of(asked)).value.items
    except ApiProblem as problem:
        return {}, f"Tempo, key and energy are not here: {problem.problem.detail}"
    found = {item.id: item.value for item in items if item.value is not None}
    return found, _coverage(found, len(asked))


async def named(client: ApiClient, items: Sequence[PlaylistItem]) -> tuple[PlaylistItem, ...]:
    """The entries, those that say no more than an id with the words of a source, if one has any."""
    nameless = dict.fromkeys(
        item.track.id for item in items if item.track and item.name == item.track.uri
    )
    known = await _by_id(client, [*nameless])
    return tuple(_worded(item, known) for item in items)


class Entitled(Protocol):
    """Something in an answer that names a track: an entry, a neighbour, one that stands apart."""

    @property
    def id(self) -> str | None:
        """The track's id."""
        ...

    @property
    def name(self) -> str:
        """What it is called; of a track that nobody has named, its address."""
        ...


async def titles(client: ApiClient, entries: Iterable[Entitled]) -> Mapping[str, Track]:
    """The tracks behind those entries that say no more than an address, as far as one is known."""
    nameless = dict.fromkeys(
        one.id for one in entries if one.id and one.name == f"spotify:track:{one.id}"
    )
    return await _by_id(client, [*nameless])


async def _by_id(client: ApiClient, idents: Sequence[str]) -> dict[str, Track]:
    size = MOST_TRACKS_AT_ONCE
    parts = (idents[start : start + size] for start in range(0, len(idents), size))
    answers = await asyncio.gather(*(_tracks(client, part) for part in parts))
    return {track.id: track for tracks in answers for track in tracks}


async def _tracks(client: ApiClient, idents: Sequence[str]) -> list[Track]:
    try:
        found = (await client.tracks_of(idents)).value.items
    except ApiProblem:
        return []
    return [one.value.model_copy(update={"id": one.id}) for one in found if one.value is not None]


def _worded(item: PlaylistItem, known: Mapping[str, Track]) -> PlaylistItem:
    track = known.get(item.track.id) if item.track and item.name == item.track.uri else None
    if track is None:
        return item
    said = {"name": track.name, "artists": tuple(artist.name for artist in track.artists)}
    return item.model_copy(update=said | {"duration_ms": item.duration_ms or track.duration_ms})


def _coverage(found: Numbers, asked: int) -> str:
    whole = [one for one in found.values() if None not in (one.tempo, one.key_name, one.energy)]
    if len(whole) == asked:
        return "Tempo, key and energy are known for all of these tracks."
    return f"Tempo, key and energy are known for {len(whole)} of {asked} tracks."


def track_row(position: int, track: Track, known: Numbers) -> TrackRow:
    """A track of a list."""
    features = known.get(track.id)
    return TrackRow(
        position=position,
        choice=track.id,
        kind="",
        name=track.name,
        artists=formatting.listed([artist.name for artist in track.artists]),
        href=f"/tracks/{track.id}",
        url=formatting.safe_url(track.url),
        length=length(track.duration_ms),
        tempo=tempo(features),
        key=features.key_name if features else None,
        camelot=features.camelot if features else None,
        energy=_energy(features),
        note=None,
    )


def unlinked_row(track: UnlinkedTrack) -> TrackRow:
    """A track of a list that leads to a search, as nobody knows its page here."""
    artists = [artist.name for artist in track.artists]
    words = " ".join([track.name, *artists[:1]])[:MOST_WORDS]
    return TrackRow(
        choice="",
        position=track.position,
        kind="",
        name=track.name,
        artists=formatting.listed(artists),
        href="/search?" + urlencode({"q": words, "type": "track"}),
        url=formatting.safe_url(track.url),
        length=length(track.duration_ms),
        tempo=None,
        key=None,
        camelot=None,
        energy=None,
        note=None,
    )


def item_row(item: PlaylistItem, known: Numbers) -> TrackRow:
    """An entry of a playlist; what is no track keeps its place and says why."""
    track = item.track
    features = known.get(track.id) if track else None
    return TrackRow(
        position=item.position + 1,
        choice=str(item.position),
        kind=KINDS[item.kind],
        name=item.name or NAMELESS,
        artists=formatting.listed(item.artists),
        href=f"/tracks/{track.id}" if track else None,
        url=formatting.safe_url(track.url) if track else None,
        length=length(item.duration_ms),
        tempo=tempo(features),
        key=features.key_name if features else None,
        camelot=features.camelot if features else None,
        energy=_energy(features),
        note=item.reason,
    )


def length(milliseconds: int | None) -> str:
    """Minutes and seconds; empty where nobody knows."""
    return "" if milliseconds is None else formatting.length(milliseconds / 1000)


def tempo(features: AudioFeatures | None) -> str | None:
    """Whole beats a minute, for a column headed BPM."""
    return None if features is None else figure_of(features.tempo, features.tempo_range) or None


def figure_of(bpm: float | None, paces: Sequence[float]) -> str:
    """Beats a minute for a narrow column; `62–96` where they change, nothing where unknown."""
    if bpm is None:
        return ""
    return "–".join(f"{one:.0f}" for one in paces or (bpm,))


def _energy(features: AudioFeatures | None) -> str | None:
    return None if features is None or features.energy is None else f"{features.energy:.2f}"
