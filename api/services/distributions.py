"""How numbers spread: the arithmetic of a playlist's profile. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from statistics import fmean, pstdev, quantiles

from pydantic_core import from_json

from api.music.key_names import camelot, key_name
from api.schemas.features import UNIT_FEATURES, AudioFeatures
from api.schemas.playlist import Distribution, Histogram, KeyCount, Outlier

BIN_WIDTH = {"loudness": 3.0, "tempo": 10.0}  # dB, beats per minute; the rest are 0-1 in tenths
FEATURES = (*UNIT_FEATURES, *BIN_WIDTH)
MOST_BINS = 60
MOST_OUTLIERS = 5
OUTLYING = 1.75  # root mean square of the distances, in standard deviations
ENOUGH_TRACKS = 8  # with fewer nobody is far from “the rest”


@dataclass(frozen=True, slots=True)
class TrackSound:
    """Of a track's features what is compared, in the memory of its numbers."""

    id: str
    acousticness: float | None
    danceability: float | None
    energy: float | None
    instrumentalness: float | None
    liveness: float | None
    speechiness: float | None
    valence: float | None
    loudness: float | None
    tempo: float | None
    key: int | None
    mode: int | None
    time_signature: int | None
    tempo_range: tuple[float, ...] = ()
    """Slowest and fastest, where the tempo changes."""
    analyser: int | None = None
    """The version of ours that heard it."""

    @classmethod
    def read(cls, body: bytes) -> TrackSound:
        """From the JSON of an AudioFeatures."""
        said = from_json(body)
        heard_by = said["provenance"][0].get("analyser")
        paces = tuple(said.get("tempo_range", ()))  # what is kept since before has none
        compared = {name: said[name] for name in _COMPARED}
        return cls(**compared, tempo_range=paces, analyser=heard_by)


_COMPARED = tuple(one.name for one in fields(TrackSound) if one.default is MISSING)
Sounding = AudioFeatures | TrackSound


@dataclass(frozen=True, slots=True)
class Placed:
    """A track of the playlist and its features."""

    position: int
    name: str
    features: Sounding

    def at(self, tempo: float | None) -> Placed:
        """The same at another tempo."""
        if tempo == self.features.tempo:
            return self
        sound = {name: getattr(self.features, name) for name in _COMPARED}
        return replace(self, features=TrackSound(**sound | {"tempo": tempo}))


def distribution(field: str, values: Sequence[float]) -> Distribution | None:
    """The spread of one feature; None when nothing has it."""
    if not values:
        return None
    cuts = _percentiles(values)
    return Distribution(
        n=len(values),
        mean=fmean(values),
        sd=pstdev(values),
        min=min(values),
        p10=cuts[9],
        p25=cuts[24],
        median=cuts[49],
        p75=cuts[74],
        p90=cuts[89],
        max=max(values),
        histogram=histogram(values, edges(field, values)),
    )


def _percentiles(values: Sequence[float]) -> list[float]:
    """The 1st to 99th percentile, interpolated between the values as NumPy does by default."""
    if len(values) == 1:
        return [values[0]] * 99
    return quantiles(values, n=100, method="inclusive")


def edges(field: str, values: Sequence[float]) -> tuple[float, ...]:
    """Edges of the bins: tenths for 0-1, round steps for dB and beats per minute."""
    width = BIN_WIDTH.get(field)
    if width is None:
        return tuple(step / 10 for step in range(11))
    spread = (max(values) - min(values)) / width
    first, last = (math.floor(bound(values) / width) for bound in (min, max))
    # Whatever a source says, the list stays short; the spread may have lost its last digits.
    wider = max(math.ceil(spread / MOST_BINS), math.ceil((last - first) / MOST_BINS), 1)
    width *= wider
    first, last = first // wider, last // wider + 1
    return tuple(step * width for step in range(first, last + 1))


def histogram(values: Sequence[float], bounds: tuple[float, ...]) -> Histogram:
    """How many values lie between each two edges; the last edge belongs to the last bin."""
    last = len(bounds) - 2
    counts = Counter(min(_bin(value, bounds), last) for value in values)
    return Histogram(edges=bounds, counts=tuple(counts[place] for place in range(last + 1)))


def _bin(value: float, bounds: tuple[float, ...]) -> int:
    return bisect_right(bounds, value, lo=1) - 1


def key_counts(tracks: Sequence[Sounding]) -> tuple[KeyCount, ...]:
    """How often each key occurs, the most frequent first."""
    counts = Counter((f.key, f.mode) for f in tracks if f.key is not None and f.mode is not None)
    return tuple(
        KeyCount(camelot=camelot(*key), key_name=key_name(*key), count=count)
        for key, count in counts.most_common()
    )


def outliers(tracks: Sequence[Placed], spreads: Mapping[str, Distribution]) -> tuple[Outlier, ...]:
    """The few tracks that are far from the rest, and by which feature."""
    if len(tracks) < ENOUGH_TRACKS:
        return ()
    judged = [_outlier(track, spreads) for track in tracks]
    far = [outlier for outlier in judged if outlier is not None and outlier.distance >= OUTLYING]
    return tuple(sorted(far, key=lambda outlier: -outlier.distance)[:MOST_OUTLIERS])


def scores(track: Sounding, spreads: Mapping[str, Distribution]) -> dict[str, float]:
    """Per feature, how many standard deviations it is from the average."""
    return {
        field: (value - spread.mean) / spread.sd
        for field, spread in spreads.items()
        if spread.sd > 0 and (value := getattr(track, field)) is not None
    }


def distance(apart: Mapping[str, float]) -> float | None:
    """Root mean square of the scores; None without any."""
    return math.sqrt(fmean(score * score for score in apart.values())) if apart else None


def _outlier(track: Placed, spreads: Mapping[str, Distribution]) -> Outlier | None:
    apart = scores(track.features, spreads)
    far = distance(apart)
    if far is None:
        return None
    field = max(apart, key=lambda name: abs(apart[name]))
    return Outlier(
        position=track.position,
        id=track.features.id,
        name=track.name,
        distance=far,
        because=because(field, getattr(track.features, field), spreads[field]),
    )


def because(field: str, value: float, spread: Distribution) -> str:
    """How far a feature is from the average, in words."""
    side = "above" if value > spread.mean else "below"
    unit = {"loudness": " dB", "tempo": " BPM"}.get(field, "")
    digits = 1 if unit else 2
    return (
        f"{field} {value:.{digits}f}{unit} is far {side} the playlist’s average "
        f"of {spread.mean:.{digits}f}{unit}"
    )
