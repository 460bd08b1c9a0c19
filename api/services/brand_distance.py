"""How far a track is from a brand, and the ranges that songs span: arithmetic and words. Pure.

What a source is typically off by is weighed. A value within half of that outside of a range is at
its edge, since a coin could have put it inside; the ranges that songs span are wider by all of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.schemas.brands import (
    TARGETED,
    Brand,
    BrandDistance,
    MadeFrom,
    Target,
    TargetDistance,
    Targets,
    limits,
)
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Missing, Reason
from api.services.comparison import loudness_reference
from api.sources.library.versions import with_versions

MINUS = "\u2212"
TWICE, HALF = 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Sketch:
    """Ranges that nobody has kept, or not yet. `id`: of the brand they are to change, if of one."""

    targets: Targets
    id: str | None = None
    made_from: tuple[MadeFrom, ...] = ()


Aim = Brand | Sketch


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How a feature is written and counted: its unit, digits, and one step of distance."""

    unit: str
    digits: int
    step: float

    def told(self, value: float) -> str:
        """`-9.14` → `−9.1 dB`."""
        return f"{self.number(value)}{self.unit}"

    def number(self, value: float) -> str:
        """The same without its unit."""
        return f"{value:.{self.digits}f}".replace("-", MINUS)

    def across(self, target: Target) -> str:
        """`0.40 to 0.60`."""
        low, high = self.number(target.min), self.number(target.max)
        return f"{low}{self.unit}" if low == high else f"{low} to {high}{self.unit}"

    @property
    def smallest(self) -> float:
        """Half of the last digit: less than that cannot be seen."""
        return float(0.5 * 10.0**-self.digits)


_UNIT = Yardstick("", 2, 0.1)
YARDSTICKS: Mapping[str, Yardstick] = {
    **dict.fromkeys(TARGETED, _UNIT),
    "tempo": Yardstick(" BPM", 1, 10.0),
    "loudness": Yardstick(" dB", 1, 3.0),
}
UNLIKE = "Not compared: the range is of songs whose loudness is on another scale than this track’s."
_UNKNOWN = "Not known: {}"
_NOBODY = "the source does not tell it."
_WITHIN = "{} is in your range, {}."
_EDGE = "{} is just {} your range, {}, and may well be in it."
_OUTSIDE = "{} is {} {} your range, {}."
_GUESS = " It is a guess, typically off by {}."
_FELT = " Counted at {} tempo, {}, it is in it."
_NOTHING = "Nothing that this brand aims at is known of the track."
_NO_AIM = "This brand aims at nothing yet, so nothing is near or far."


def spanned(
    songs: Sequence[AudioFeatures],
) -> tuple[Targets, tuple[MadeFrom, ...]]:
    """The ranges that songs span, of what is known of all of them; and who described each."""
    made_from = tuple(
        MadeFrom(
            id=song.id,
            source=song.provenance[0].source,
            loudness_reference=loudness_reference(song),
            analyser=song.provenance[0].analyser,
        )
        for song in songs
    )
    ranges = {}
    for field, scale in YARDSTICKS.items():
        ends = [_ends(song, field) for song in songs]
        known = [end for end in ends if end is not None]
        alike = field != "loudness" or len({one.loudness_reference for one in made_from}) == 1
        if len(known) == len(ends) and alike:
            tenth = 10.0**scale.digits
            low = math.floor(min(low for low, _ in known) * tenth + _NOISE) / tenth
            high = math.ceil(max(high for _, high in known) * tenth - _NOISE) / tenth
            ranges[field] = {"min": _within(field, low), "max": _within(field, high)}
    return Targets.model_validate(ranges), made_from


def _within(field: str, value: float) -> float:
    """The nearest value that a range may end at."""
    low, high = limits(field)
    return max(low, min(high, value))


_NOISE = 1e-6  # of a digit: 0.3 is not to become 0.31


def _ends(song: AudioFeatures, field: str) -> tuple[float, float] | None:
    value: float | None = getattr(song, field)
    error = song.uncertainty.get(field, 0.0)
    return None if value is None else (value - error, value + error)


def measure(brand: Aim, track: AudioFeatures) -> BrandDistance:
    """How far the track is from the brand, per feature in words and as a whole."""
    fields = {
        field: _distance(brand, track, field=field, target=target)
        for field, target in brand.targets.by_field.items()
    }
    far = _as_a_whole(fields, track.uncertainty)
    return BrandDistance(
        id=brand.id,
        track=track.id,
        source=track.provenance[0].source,
        distance=None if far is None else round(far, 3),
        says=_in_a_sentence(fields, track.uncertainty),
        fields=fields,
        provenance=with_versions(track.provenance, _versions(brand)),
        missing=tuple(_gaps(fields, track)),
    )


def _versions(brand: Aim) -> set[int | None]:
    """Which versions of the analyser have heard the songs that its ranges come from."""
    return {one.analyser for one in brand.made_from}


def _distance(brand: Aim, track: AudioFeatures, *, field: str, target: Target) -> TargetDistance:
    value: float | None = getattr(track, field)
    if value is None:
        off, says = None, _UNKNOWN.format(_why(track, field))
    elif field == "loudness" and _is_unlike(brand, track):
        off, says = None, UNLIKE
    else:
        off = _off(value, target)
        says = _says(track, field, value=value, target=target)
    return TargetDistance(
        value=value, min=target.min, max=target.max, weight=target.weight, off=off, says=says
    )


def _off(value: float, target: Target) -> float:
    nearest = max(target.min, min(target.max, value))
    return round(value - nearest, 6)


def _is_unlike(brand: Aim, track: AudioFeatures) -> bool:
    zeros = {one.loudness_reference for one in brand.made_from} - {None}
    own = loudness_reference(track)
    return own is not None and bool(zeros) and own not in zeros


def _why(track: AudioFeatures, field: str) -> str:
    return next((gap.detail for gap in track.missing if gap.field == field), _NOBODY)


def _says(track: AudioFeatures, field: str, *, value: float, target: Target) -> str:
    """Where a value lies, in one or two sentences."""
    scale, error = YARDSTICKS[field], track.uncertainty.get(field)
    told, across, off = scale.told(value), scale.across(target), _off(value, target)
    guess = "" if error is None else _GUESS.format(scale.told(error))
    if off == 0:
        return _WITHIN.format(told, across)
    side = "above" if off > 0 else "below"
    if _at_the_edge(field, off, error):
        return _EDGE.format(told, side, across) + guess
    felt = _felt(value, target) if field == "tempo" else ""
    return _OUTSIDE.format(told, scale.told(abs(off)), side, across) + felt + guess


def _at_the_edge(field: str, off: float, error: float | None) -> bool:
    """Whether it is outside by so little that it may as well be inside."""
    return abs(off) <= max((error or 0.0) / 2, YARDSTICKS[field].smallest)


def _felt(tempo: float, target: Target) -> str:
    """Software often counts every second beat, or two for one."""
    for by, name in ((TWICE, "double"), (HALF, "half")):
        if _off(tempo * by, target) == 0:
            return _FELT.format(name, YARDSTICKS["tempo"].told(tempo * by))
    return ""


def _as_a_whole(fields: Mapping[str, TargetDistance], errors: Mapping[str, float]) -> float | None:
    """Root mean square by weight; None where nothing that counts is known."""
    counted = [
        (one.weight, max(abs(one.off) - errors.get(field, 0.0) / 2, 0.0) / YARDSTICKS[field].step)
        for field, one in fields.items()
        if one.off is not None
    ]
    total = math.fsum(weight for weight, _ in counted)
    if total == 0:
        return None
    return math.sqrt(math.fsum(weight * steps * steps for weight, steps in counted) / total)


def _in_a_sentence(fields: Mapping[str, TargetDistance], errors: Mapping[str, float]) -> str:
    known = {field: one.off for field, one in fields.items() if one.off is not None}
    if not known:
        return _NOTHING if fields else _NO_AIM
    beyond = {field: off for field, off in known.items() if off}
    outside = {
        field: off
        for field, off in beyond.items()
        if not _at_the_edge(field, off, errors.get(field))
    }
    edge = len(beyond) - len(outside)
    says = f"{len(known) - len(beyond)} of {len(known)} features in your range"
    says += f", {edge} more may well be" if edge else ""
    if outside:
        farthest = max(outside, key=lambda field: abs(outside[field]) / YARDSTICKS[field].step)
        off = outside[farthest]
        side = "above" if off > 0 else "below"
        says += f"; farthest from it is {farthest}, {YARDSTICKS[farthest].told(abs(off))} {side} it"
    unknown = len(fields) - len(known)
    return f"{says}; {unknown} cannot be compared." if unknown else f"{says}."


def _gaps(fields: Mapping[str, TargetDistance], track: AudioFeatures) -> list[Missing]:
    """Why a feature is not compared."""
    reasons = {gap.field: gap.reason for gap in track.missing}
    return [
        Missing(
            field=f"fields.{field}", reason=reasons.get(field, Reason.NOT_KNOWN), detail=one.says
        )
        for field, one in fields.items()
        if one.off is None
    ]
