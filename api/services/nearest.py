"""Which own files sound most like a track: the arithmetic, and where the track stands among them.

What weighs: energy, valence, danceability, acousticness, instrumentalness, speechiness, the tempo's
logarithm and, between numbers of our own analysis, loudness; each as heavy as the others. A
difference counts in standard deviations of the files here, or in typical errors where those are
larger: what all tracks here share to within the error tells none of them apart. A tempo and its
double are one, since listeners and machines mix them up. Key and metre are left out: transposed
music is no other music. The distance is the root mean square; what one of the two lacks is left
out of it.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from pydantic_core import from_json

from api.db.library import HeardFeatures, LibraryTables
from api.db.models import LibraryTrackRow
from api.music.ids import OWN_PREFIX
from api.problems.errors import ApiError
from api.schemas.features import AudioFeatures
from api.schemas.nearest import NearestTracks, NearTrack, Rank
from api.schemas.provenance import Method, Missing, Provenance, Reason, SourceName
from api.services.features import Features
from api.sources.library.versions import with_versions

ESTIMATES = (
    *("energy", "valence", "danceability"),
    *("acousticness", "instrumentalness", "speechiness"),
)
FLOORS = {"tempo": math.log2(1.04), "loudness": 1.0}  # as far as two analysers are apart
KEPT = (*ESTIMATES, *FLOORS, "key_name", "camelot", "uncertainty")
MOST_VALUES = 200
ALIKE, APART = 0.5, 1.0  # of the scale: said to be alike below, and to be apart above
MOST_SAID = 3
HOW = (
    "Root mean square of the differences in {fields}, each in standard deviations of the {count} "
    "files here or in typical errors, whichever is more. Half and double tempo are one."
)
UNLIKE = (
    "This track’s loudness is not in LUFS, as that of the files here is; they are not compared."
)
NOTHING_HEARD = "No other file of this library has been analysed yet."


@dataclass(frozen=True, slots=True)
class FileSound:
    """What was heard in a file, as far as it is compared or told. `at`: where it lies.

    `analyser`: which version heard it; None of what was not heard here.
    """

    id: str
    said: Mapping[str, Any]
    at: Mapping[str, float]
    analyser: int | None


class Nearest:
    """Own files by their sound. Raises ApiError, StillWorking."""

    def __init__(
        self,
        tables: LibraryTables,
        features: Features,
        revision: Callable[[], Awaitable[str | None]],
    ) -> None:
        self._tables = tables
        self._features = features
        self._revision = revision
        self._sounds: dict[str, FileSound] = {}
        self._read_at: str | None = None  # the revision that they are of

    async def to(self, ident: str, *, keys: Sequence[str] | None, limit: int) -> NearestTracks:
        """The files nearest to this track, of those in these Camelot keys if any are named."""
        here = await self._heard(ident)
        sounds = dict(await self._every())
        if not ident.startswith(OWN_PREFIX):
            linked = await self._tables.by_spotify_ids([ident])
            sounds = {one: said for one, said in sounds.items() if one != _id_of(linked, ident)}
        sounds.pop(ident, None)
        found = await asyncio.to_thread(compared, here, sounds, keys)
        nearest = found.nearest[:limit]
        rows = await self._tables.by_ids([near.sound.id for near in nearest])
        items = tuple(
            _told(near, found, rows[near.sound.id]) for near in nearest if near.sound.id in rows
        )
        return NearestTracks(
            id=ident,
            compared=found.count,
            by=found.by,
            items=items,
            keys=found.keys,
            ranks=found.ranks,
            provenance=with_versions(
                (*here.provenance, _origin(here, found)),
                {near.sound.analyser for near in found.nearest},
            ),
            missing=_gaps(here, found),
        )

    async def _every(self) -> dict[str, FileSound]:
        """Every file that was heard; read again only if something in the database has changed."""
        now = await self._revision()
        if now is None or now != self._read_at:
            said = await self._tables.sounds()
            self._sounds = await asyncio.to_thread(read, said)
            self._read_at = now
        return self._sounds

    async def _heard(self, ident: str) -> AudioFeatures:
        """Its features: of its own file where there is one, else of the first source that can."""
        try:
            served = await self._features.of(ident, SourceName.LIBRARY)
        except ApiError:
            if ident.startswith(OWN_PREFIX):
                raise
            served = await self._features.of(ident)
        return AudioFeatures.model_validate_json(served.entry.body)


@dataclass(frozen=True, slots=True)
class Apart:
    """Another file and how far it is, in all and per feature."""

    sound: FileSound
    distance: float
    by: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a track compares with all other files: those nearest first.

    `telling`: the features in which the files here differ by more than the typical error.
    """

    mine: FileSound
    count: int
    by: tuple[str, ...]
    telling: frozenset[str]
    nearest: Sequence[Apart]
    keys: dict[str, int]
    ranks: dict[str, Rank]


def read(said: Mapping[str, HeardFeatures]) -> dict[str, FileSound]:
    """Files by their own id, from the JSON of their features."""
    return {ident: _sound(ident, from_json(one.body), one.analyser) for ident, one in said.items()}


def compared(
    here: AudioFeatures, sounds: Mapping[str, FileSound], keys: Sequence[str] | None = None
) -> Comparison:
    """The track among these files."""
    others = list(sounds.values())
    mine = _sound(here.id, here.model_dump(), here.provenance[0].analyser)
    fields = [name for name in (*ESTIMATES, *FLOORS) if name in mine.at]
    if not _is_ours(here):
        fields = [name for name in fields if name != "loudness"]
    usual = _usual(mine, others, fields)
    scales = _scales(mine, others, usual)
    asked = [one for one in others if keys is None or one.said.get("camelot") in keys]
    near = [far for one in asked if (far := _between(mine, one, scales)) is not None]
    return Comparison(
        mine=mine,
        count=len(others),
        by=tuple(scales),
        telling=frozenset(name for name, spread in usual.items() if spread >= scales[name]),
        nearest=sorted(near, key=lambda each: (each.distance, each.sound.id)),
        keys=dict(
            Counter(code for one in others if (code := one.said.get("camelot"))).most_common()
        ),
        ranks={
            name: rank
            for name in fields
            if (rank := _rank(mine.said[name], [one.said.get(name) for one in others])) is not None
        },
    )


def _sound(ident: str, said: Mapping[str, Any], analyser: int | None) -> FileSound:
    at = {name: float(v) for name in (*ESTIMATES, "loudness") if (v := said.get(name)) is not None}
    tempo = said.get("tempo")
    kept = {name: said.get(name) for name in KEPT}
    return FileSound(ident, kept, at | ({"tempo": math.log2(tempo)} if tempo else {}), analyser)


def _usual(mine: FileSound, others: Sequence[FileSound], fields: Iterable[str]) -> dict[str, float]:
    """The standard deviation of all files, per feature that can be compared at all."""
    columns = {name: [one.at[name] for one in others if name in one.at] for name in fields}
    return {name: _spread([*values, mine.at[name]]) for name, values in columns.items() if values}


def _spread(values: Sequence[float]) -> float:
    """The standard deviation; `statistics.pstdev` is exact, and too slow for all files' numbers."""
    mean = fmean(values)
    return math.sqrt(fmean((value - mean) ** 2 for value in values))


def _scales(
    mine: FileSound, others: Sequence[FileSound], usual: Mapping[str, float]
) -> dict[str, float]:
    """What counts as one apart: what is usual, or the typical error where that is more."""

    def error(name: str) -> float:
        said = ((one.said["uncertainty"] or {}).get(name, 0.0) for one in (mine, *others[:1]))
        return float(max(FLOORS.get(name, 0.01), *said))

    return {name: max(spread, error(name)) for name, spread in usual.items()}


def _between(one: FileSound, other: FileSound, scales: Mapping[str, float]) -> Apart | None:
    """How far they are apart; None where they have nothing in common."""
    apart = {
        name: abs(_difference(name, one.at[name], other.at[name])) / scale
        for name, scale in scales.items()
        if name in one.at and name in other.at
    }
    if not apart:
        return None
    return Apart(other, round(math.sqrt(fmean(each**2 for each in apart.values())), 3), apart)


def _difference(name: str, one: float, other: float) -> float:
    if name != "tempo":
        return one - other
    octaves = abs(one - other) % 1
    return min(octaves, 1 - octaves)


def _says(near: Apart, found: Comparison) -> str:
    """What they share of what tells files apart here, and what sets them apart most."""
    apart, theirs, mine = near.by, near.sound, found.mine
    order = sorted(apart, key=lambda name: apart[name])
    alike = [name for name in order if apart[name] < ALIKE and name in found.telling][:MOST_SAID]
    parts = [f"alike in {_listed(alike)}"] if alike else []
    if apart[last := order[-1]] >= APART:
        pair = " against ".join(_figure(last, each.said[last]) for each in (theirs, mine))
        parts.append(f"most apart in {last} ({pair}{_UNITS.get(last, '')})")
    text = "; ".join(parts) or "neither alike nor far apart in anything"
    return f"{text[0].upper()}{text[1:]}."


_UNITS = {"tempo": " BPM", "loudness": " LUFS"}


def _figure(name: str, value: float) -> str:
    text = f"{value:.0f}" if name in _UNITS else f"{value:.2f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _rank(value: float, others: Sequence[float | None]) -> Rank | None:
    """By what is shown, two decimals: what looks the same stands in the same place."""
    own, known = round(value, 2), sorted(v for v in others if v is not None)
    if not known:
        return None
    shown = [round(each, 2) for each in known]
    return Rank(
        below=sum(each < own for each in shown),
        equal=sum(each == own for each in shown),
        of=len(shown),
        values=tuple(_few(known)),
    )


def _few(values: Sequence[float]) -> Sequence[float]:
    if len(values) <= MOST_VALUES:
        return values
    step = (len(values) - 1) / (MOST_VALUES - 1)
    return [values[round(place * step)] for place in range(MOST_VALUES)]


def _told(near: Apart, found: Comparison, row: LibraryTrackRow) -> NearTrack:
    said = near.sound.said
    return NearTrack(
        id=row.id,
        name=row.title,
        artists=(row.artist,),
        tempo=said["tempo"],
        key_name=said["key_name"],
        camelot=said["camelot"],
        distance=near.distance,
        says=_says(near, found),
    )


def _id_of(linked: Mapping[str, Any], ident: str) -> str | None:
    return linked[ident].id if ident in linked else None


def _is_ours(said: AudioFeatures) -> bool:
    return any(each.source is SourceName.LIBRARY for each in said.provenance)


def _origin(here: AudioFeatures, found: Comparison) -> Provenance:
    fields = _listed(found.by) if found.by else "nothing"
    return Provenance(
        source=SourceName.LIBRARY,
        method=Method.ESTIMATED,
        fields=("items", "ranks", "keys"),
        retrieved_at=here.provenance[0].retrieved_at,
        detail=HOW.format(fields=fields, count=found.count),
    )


def _gaps(here: AudioFeatures, found: Comparison) -> tuple[Missing, ...]:
    gaps = []
    if not found.count:
        gaps.append(Missing(field="items", reason=Reason.NOT_KNOWN, detail=NOTHING_HEARD))
    if found.count and here.loudness is not None and not _is_ours(here):
        gaps.append(Missing(field="ranks.loudness", reason=Reason.NOT_KNOWN, detail=UNLIKE))
    return tuple(gaps)
