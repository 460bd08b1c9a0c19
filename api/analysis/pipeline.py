"""Run every measurement on a sound, in order, and keep what they found in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from api.analysis import spectra
from api.analysis.decoding import loudness
from api.analysis.harmony import chroma, key
from api.analysis.harmony.chroma import Chroma
from api.analysis.harmony.key import KeyGuess
from api.analysis.perceptual import estimates
from api.analysis.perceptual.estimates import Perceptual
from api.analysis.rhythm import beatnet, rhythm
from api.analysis.rhythm.rhythm import Rhythm
from api.analysis.sound import POWERS_PER_S, RATE, Sound
from api.analysis.structure import fades, levels, sections, segments, silence
from api.analysis.structure.fades import Fades
from api.analysis.structure.segments import Segments
from api.analysis.structure.silence import Music
from api.schemas.library import Stage

Report = Callable[[Stage, float], None]
"""Told which stage begins, and how many percent of the whole are done."""

OWN_SOUND_S = 8.0
"""A shorter section says too little about key and tempo: it has the whole's."""
SOFTEST_LUFS = -100.0


@dataclass(frozen=True, slots=True)
class MeasuredSection:
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
    """All that was measured and estimated of a sound, uncalibrated.

    Times are those of the file. What lies outside of the music, `begins_s` to `ends_s`, is silence
    and was left out; it belongs to the first and the last section, and to segments of its own.
    """

    duration_s: float
    begins_s: float
    ends_s: float
    loudness_lufs: float | None
    channels: int
    beyond_s: float
    left_out: tuple[str, ...]
    rhythm: Rhythm
    key: KeyGuess | None
    parts: tuple[MeasuredSection, ...]
    segments: Segments
    fades: Fades
    perceptual: Perceptual


@dataclass(frozen=True, slots=True)
class _Whole:
    """What sections are heard against; times are those of the music."""

    music: Music
    pulse: Rhythm
    notes: Chroma
    tonic: KeyGuess | None


def silently(_stage: Stage, _percent: float) -> None:
    """A report that nobody wants."""


def analyse(sound: Sound, report: Report = silently) -> Heard:
    """Everything there is to hear; the same sound gives the same answer, to the last bit.

    Raises TooShort where there is hardly any music in it.
    """
    report(Stage.BEATS, 10.0)
    music = silence.cut_out(sound)
    sound = music.sound  # the file's own samples are needed no more, and are large
    powers = spectra.measure(sound.samples)
    pulse = rhythm.hear(powers, beatnet.activations(sound.samples))
    report(Stage.KEY, 40.0)
    notes = chroma.measure(sound.samples)
    tonic = key.hear(notes)
    report(Stage.SEGMENTS, 55.0)
    cut = segments.cut(music.samples, powers, notes)
    report(Stage.SECTIONS, 70.0)
    downbeats_s = pulse.beats_s[pulse.downbeats]
    cuts = sections.cut(powers, notes, pulse.beats_s, downbeats_s=downbeats_s)
    parts = _parts(_Whole(music, pulse, notes, tonic), cuts)
    del powers, notes
    report(Stage.FEATURES, 80.0)
    return Heard(
        duration_s=music.file_s,
        begins_s=music.begins_s,
        ends_s=music.ends_s,
        loudness_lufs=_loudness(sound.powers, (music.begins_s, music.ends_s)),
        channels=sound.channels,
        beyond_s=sound.beyond_s,
        left_out=sound.left_out,
        rhythm=replace(pulse, beats_s=pulse.beats_s + music.origin_s),
        key=tonic,
        parts=parts,
        segments=segments.placed(cut, music),
        fades=_fades(music),
        perceptual=estimates.estimate(music.samples),
    )


def _fades(music: Music) -> Fades:
    """In the file's time; where nothing fades, where the music begins and ends."""
    length_s = len(music.samples) / RATE
    found = fades.find(levels.measure(music.samples), length_s)
    into_s, out_s = found.end_of_fade_in_s, found.start_of_fade_out_s
    return Fades(
        end_of_fade_in_s=music.origin_s + into_s if into_s > 0.0 else music.begins_s,
        start_of_fade_out_s=music.origin_s + out_s if out_s < length_s else music.ends_s,
    )


def _parts(whole: _Whole, cuts: sections.Cuts) -> tuple[MeasuredSection, ...]:
    """The first begins and the last ends with the file; the silence there is not heard."""
    edges = [*cuts.starts_s.tolist(), whole.music.sound.duration_s]
    spans = zip(pairwise(edges), cuts.strengths.tolist(), strict=True)
    parts = [_part(whole, span, strength) for span, strength in spans]
    parts[0] = replace(parts[0], start_s=0.0)
    parts[-1] = replace(parts[-1], end_s=whole.music.file_s)
    return tuple(parts)


def _part(whole: _Whole, span_s: tuple[float, float], strength: float) -> MeasuredSection:
    pulse, music = whole.pulse, whole.music
    short = span_s[1] - span_s[0] < OWN_SOUND_S
    tempo_bpm, margin = rhythm.within(pulse, *span_s)
    start_s, end_s = (edge + music.origin_s for edge in span_s)
    return MeasuredSection(
        start_s=start_s,
        end_s=end_s,
        strength=strength,
        loudness_lufs=_loudness(
            music.sound.powers, (max(start_s, music.begins_s), min(end_s, music.ends_s))
        ),
        key=whole.tonic if short else key.hear(whole.notes, span_s),
        tempo_bpm=pulse.tempo_bpm if short else tempo_bpm,
        tempo_margin=pulse.tempo_margin if short else margin,
        inherited=short,
    )


def _loudness(powers: NDArray[np.float64], span_s: tuple[float, float]) -> float:
    """The gated loudness of a stretch; its plain mean where all of it is below the gate."""
    first, last = (round(edge * POWERS_PER_S) for edge in span_s)
    inside = powers[first : max(last, first + 1)]
    gated = loudness.integrated(inside)
    if gated is not None:
        return gated
    return max(SOFTEST_LUFS, loudness.level(float(inside.mean()) if len(inside) else 0.0))
