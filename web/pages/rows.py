"""Lines of track lists, with tempo, key and energy beside the name where they are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from api.schemas.features import AudioFeatures
from api.schemas.playlist import ItemKind, PlaylistItem
from api.schemas.track import Track, UnlinkedTrack
from web.client import ApiClient, ApiProblem
from web.text import formatting

Numbers = Mapping[str, AudioFeatures]
KINDS = {
    ItemKind.TRACK: "",
    ItemKind.EPISODE: "podcast episode",
    ItemKind.LOCAL: "local file",
    ItemKind.REMOVED: "removed",
    ItemKind.OTHER: "something else",
}
MOST_AT_ONCE = 100
MOST_WORDS = 200  # of a search, as the API takes them


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A line of a track list; `note` says why something is not there."""

    position: int
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


def _coverage(found: Numbers, asked: int) -> str:
    if len(found) == asked:
        return "Tempo, key and energy are known for all of these tracks."
    return (
        f"Tempo, key and energy are known for {len(found)} of {asked} tracks; "
        "no source here knows the others."
    )


def track_row(position: int, track: Track, known: Numbers) -> TrackRow:
    """A track of a list."""
    features = known.get(track.id)
    return TrackRow(
        position=position,
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
        kind=KINDS[item.kind],
        name=item.name or "(no name)",
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
    return None if features is None or features.tempo is None else f"{features.tempo:.0f}"


def _energy(features: AudioFeatures | None) -> str | None:
    return None if features is None or features.energy is None else f"{features.energy:.2f}"
