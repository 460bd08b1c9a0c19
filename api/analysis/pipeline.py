"""Run every measurement on a sound, in order, and keep what they found in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from api.analysis import (
    chroma,
    fades,
    key,
    levels,
    loudness,
    perceptual,
    rhythm,
    sections,
    segments,
    spectra,
)
from api.analysis.chroma import Chroma
from api.analysis.fades import Fades
from api.analysis.key import KeyGuess
from api.analysis.perceptual import Perceptual
from api.analysis.rhythm import Rhythm
from api.analysis.segments import Segments
from api.analysis.sound import POWERS_PER_S, Sound
from api.schemas.library import Stage

Report = Callable[[Stage, float], None]
"""Told which stage begins, and how many percent of the whole are done."""

OWN_SOUND_S = 8.0
"""A shorter section says too little about key and tempo: it has the whole's."""
SOFTEST_LUFS = -100.0


@dataclass(frozen=True, slots=True)
class Part:
    """One section: seconds, how clear its start is (0 to 1), and what was heard in it alone.

    Where it is too short for that, `key` is the whole's and `inherited` is true.
    """

    start_s: float
    end_s: float
    strength: float
    loudness_lufs: float
    key: KeyGuess | None
    tempo_bpm: float | None
    tempo_margin: float
    inherited: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """All that was measured and estimated of a sound, uncalibrated."""

    duration_s: float
    loudness_lufs: float | None
    beyond_s: float
    left_out: tuple[str, ...]
    rhythm: Rhythm
    key: KeyGuess | None
    parts: tuple[Part, ...]
    segments: Segments
    fades: Fades
    perceptual: Perceptual


@dataclass(frozen=True, slots=True)
class _Whole:
    """What sections are heard against."""

    sound: Sound
    pulse: Rhythm
    notes: Chroma
    tonic: KeyGuess | None


def silently(_stage: Stage, _percent: float) -> None:
    """A report that nobody wants."""


def analyse(sound: Sound, report: Report = silently) -> Heard:
    """Everything there is to hear; the same sound gives the same answer, to the last bit."""
    report(Stage.BEATS, 10.0)
    powers = spectra.measure(sound.samples)
    pulse = rhythm.hear(powers)
    report(Stage.KEY, 40.0)
    notes = chroma.measure(sound.samples)
    tonic = key.hear(notes)
    report(Stage.SEGMENTS, 55.0)
    cut = segments.cut(sound.samples, powers, notes)
    ends = fades.find(levels.measure(sound.samples), sound.duration_s)
    report(Stage.SECTIONS, 70.0)
    downbeats_s = pulse.beats_s[pulse.downbeats]
    cuts = sections.cut(powers, notes, pulse.beats_s, downbeats_s=downbeats_s)
    parts = _parts(_Whole(sound, pulse, notes, tonic), cuts)
    del powers, notes
    report(Stage.FEATURES, 80.0)
    return Heard(
        duration_s=sound.duration_s,
        loudness_lufs=sound.loudness_lufs,
        beyond_s=sound.beyond_s,
        left_out=sound.left_out,
        rhythm=pulse,
        key=tonic,
        parts=parts,
        segments=cut,
        fades=ends,
        perceptual=perceptual.estimate(sound.samples),
    )


def _parts(whole: _Whole, cuts: sections.Cuts) -> tuple[Part, ...]:
    edges = [*cuts.starts_s.tolist(), whole.sound.duration_s]
    spans = zip(pairwise(edges), cuts.strengths.tolist(), strict=True)
    return tuple(_part(whole, span, strength) for span, strength in spans)


def _part(whole: _Whole, span_s: tuple[float, float], strength: float) -> Part:
    pulse = whole.pulse
    short = span_s[1] - span_s[0] < OWN_SOUND_S
    tempo_bpm, margin = rhythm.within(pulse, *span_s)
    return Part(
        start_s=span_s[0],
        end_s=span_s[1],
        strength=strength,
        loudness_lufs=_loudness(whole.sound.powers, span_s),
        key=whole.tonic if short else key.hear(whole.notes, span_s),
        tempo_bpm=pulse.tempo_bpm if short else tempo_bpm,
        tempo_margin=pulse.tempo_margin if short else margin,
        inherited=short,
    )


def _loudness(powers: NDArray[np.float64], span_s: tuple[float, float]) -> float:
    """A section's own gated loudness; its plain mean where all of it is below the gate."""
    first, last = (round(edge * POWERS_PER_S) for edge in span_s)
    inside = powers[first : max(last, first + 1)]
    gated = loudness.integrated(inside)
    if gated is not None:
        return gated
    return max(SOFTEST_LUFS, loudness.level(float(inside.mean()) if len(inside) else 0.0))
