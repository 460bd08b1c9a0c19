"""How a song, a list of songs or a range that is wished for sounds, in one shape. Pure.

Only so can they stand side by side: a song's number has its typical error, a list's average has
the spread of its songs, and a wish runs from a lowest to a highest number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev

from api.schemas.analysis import TrackSummary
from api.schemas.brands import Brand
from api.schemas.features import UNIT_FEATURES, AudioFeatures
from api.schemas.playlist import KeyCount, PlaylistProfile
from api.schemas.provenance import Missing, Provenance, SourceName
from web.text.meanings import MEANINGS

FLOOR, ASSUMED = 0.05, 0.1
OWN_SCALE, STATED_SCALE = "LUFS", "dB"  # ours; Spotify’s own, which others took over
SCALES = {"LUFS": OWN_SCALE, "dBFS": STATED_SCALE}  # by how a source calls it
FIELDS = tuple(meaning.field for meaning in MEANINGS)


@dataclass(frozen=True, slots=True)
class SideNumber:
    """One number of one side: from `low` to `high` where it is a wish, else both are the value.

    `off`: how far the number is typically off, or how far the songs of a list spread around it.
    """

    low: float
    high: float
    off: float

    @property
    def wished(self) -> bool:
        """Whether it is a range that is aimed at."""
        return self.low < self.high

    @property
    def middle(self) -> float:
        """The value, or the middle of what is wished for."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class SideSound:
    """What one source says of one side. `heard`: how many songs of a list, of how many.

    `scale`: what its loudness is counted in. `sure`: confidences, from 0 to 1, by field.
    """

    source: SourceName | None
    readings: Mapping[str, SideNumber]
    keys: tuple[KeyCount, ...] = ()
    metres: Mapping[int, int] = field(default_factory=dict)
    length_ms: int | None = None
    scale: str | None = None
    heard: tuple[int, int] | None = None
    sure: Mapping[str, float] = field(default_factory=dict)
    stated: bool = True
    """Whether the source says how far each number is off."""
    tempo_range: tuple[float, ...] = ()
    """Slowest and fastest of a song whose tempo changes."""
    provenance: tuple[Provenance, ...] = ()
    missing: tuple[Missing, ...] = ()


def of_song(features: AudioFeatures, summary: TrackSummary | None = None) -> SideSound:
    """A song; `summary` of the same source tells how sure it is."""
    given = {name: value for name in FIELDS if (value := getattr(features, name)) is not None}
    errors = features.uncertainty
    return SideSound(
        source=_source(features),
        readings={name: _value(value, errors.get(name)) for name, value in given.items()},
        keys=_keys([features]),
        metres=_metres([features]),
        length_ms=features.duration_ms,
        scale=_scale(features.provenance),
        sure=_sure(summary),
        tempo_range=features.tempo_range,
        stated=all(name in errors for name in given if name in UNIT_FEATURES),
        provenance=features.provenance,
        missing=features.missing,
    )


def of_songs(all_features: Iterable[AudioFeatures], total: int) -> SideSound | None:
    """The average of those songs that one source describes, the one that describes most."""
    given = list(all_features)
    counted = Counter(map(_source, given))
    if not counted:
        return None
    source = counted.most_common(1)[0][0]
    songs = [one for one in given if _source(one) is source]
    by_field = {
        name: [value for one in songs if (value := getattr(one, name)) is not None]
        for name in FIELDS
    }
    return SideSound(
        source=source,
        readings={
            name: _average(fmean(values), pstdev(values))
            for name, values in by_field.items()
            if values
        },
        keys=_keys(songs),
        metres=_metres(songs),
        scale=_scale(songs[0].provenance),
        heard=(len(songs), total),
        provenance=songs[0].provenance,
    )


def of_list(profile: PlaylistProfile) -> SideSound:
    """A playlist, as its profile describes it."""
    spreads = profile.features
    return SideSound(
        source=profile.source,
        readings={
            name: _average(spreads[name].mean, spreads[name].sd)
            for name in FIELDS
            if name in spreads
        },
        keys=tuple(sorted(profile.keys, key=lambda key: -key.count)),
        metres={int(beats): number for beats, number in profile.time_signatures.items()},
        scale=OWN_SCALE if profile.source is SourceName.LIBRARY else STATED_SCALE,
        heard=(profile.described, profile.items_total),
        provenance=profile.provenance,
        missing=profile.missing,
    )


def of_brand(brand: Brand) -> SideSound:
    """What an artist aims at: ranges that are stated, and that nobody has heard."""
    references = {one.loudness_reference for one in brand.made_from}
    return SideSound(
        source=None,
        readings={
            name: SideNumber(target.min, target.max, FLOOR)
            for name, target in brand.targets.by_field.items()
            if name in FIELDS
        },
        scale=STATED_SCALE if references and "LUFS" not in references else OWN_SCALE,
    )


def _value(value: float, error: float | None) -> SideNumber:
    return SideNumber(value, value, max(FLOOR, ASSUMED if error is None else error))


def _average(mean: float, spread: float) -> SideNumber:
    return SideNumber(mean, mean, max(FLOOR, spread))


def _source(features: AudioFeatures) -> SourceName:
    return features.provenance[0].source


def _keys(songs: Sequence[AudioFeatures]) -> tuple[KeyCount, ...]:
    """The keys of these songs, the most frequent first."""
    found = Counter(
        (song.camelot, song.key_name) for song in songs if song.camelot and song.key_name
    )
    return tuple(
        KeyCount(camelot=code, key_name=name, count=number)
        for (code, name), number in found.most_common()
    )


def _metres(songs: Sequence[AudioFeatures]) -> Mapping[int, int]:
    return Counter(song.time_signature for song in songs if song.time_signature)


def _scale(provenance: Sequence[Provenance]) -> str | None:
    """What 0 dB refers to; None where nobody says."""
    words = " ".join(said.detail or "" for said in provenance)
    return next((unit for name, unit in SCALES.items() if name in words), None)


def _sure(summary: TrackSummary | None) -> Mapping[str, float]:
    if summary is None:
        return {}
    said = {
        "tempo": summary.tempo_confidence,
        "key": summary.key_confidence,
        "time_signature": summary.time_signature_confidence,
    }
    return {name: value for name, value in said.items() if value is not None}
