"""Find where the music of a recording begins and ends, and take it out of the silence around it.

Everything is measured in the music alone, in steps counted from a landmark inside it: the same
music gives the same answer however much silence, digital or faintly noisy, lies before and after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from api.analysis import problems
from api.analysis.sound import MIN_S, RATE, Sound

SILENT_DB = -62.0  # of full scale: softer is silence ...
UNDER_PEAK_DB = -40.0  # ... unless it comes this near to the recording's own peak
LANDMARK = 0.4  # of the peak: where that is first reached, whatever the level, is the landmark
BEFORE = 1  # GRIDs of digital silence, so that the first attack is heard as one ...
AFTER = 12  # ... and half a second, so that the last beat is followed to its end
BLOCK = 256  # samples, 12 ms: how exactly the ends are found, and the shortest hop of any spectrum
GRID = 1_024  # samples: the longest hop, a multiple of all others
SCANNED = 4_096  # blocks at a time, 48 s
BREATH_S = 0.5  # of silence that counts as music where it is asked whether there is enough of it

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """Where the music lies in a file, in samples at RATE.

    `begins` and `ends` are exact to a block, and may lie a part of one outside of the file. `first`
    is one to two GRIDs before `begins`, and a whole number of them away from the landmark.
    """

    first: int
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Music:
    """`sound` is the music between two digital silences; all times are seconds of the file.

    The file lasts `file_s`; `origin_s` is where the first sample of `sound` belongs in it, and may
    be a little before 0.
    """

    sound: Sound
    file_s: float
    origin_s: float
    begins_s: float
    ends_s: float

    @property
    def samples(self) -> Samples:
        """Those of `sound` without the silence that was put after them."""
        return self.sound.samples[: -AFTER * GRID]


def cut_out(sound: Sound) -> Music:
    """The music of a recording that is not silent. Raises TooShort where that is next to nothing.

    `sound.powers` stay those of the whole file.
    """
    span = find(sound.samples)
    begins, ends = max(span.begins, 0), min(span.ends, len(sound.samples))
    alone = np.pad(
        sound.samples[begins:ends], (begins - span.first, span.ends - ends + AFTER * GRID)
    )
    return Music(
        sound=replace(sound, samples=alone, duration_s=len(alone) / RATE),
        file_s=sound.duration_s,
        origin_s=span.first / RATE,
        begins_s=max(span.begins / RATE, 0.0),
        ends_s=min(span.ends / RATE, sound.duration_s),
    )


def find(samples: Samples) -> Span:
    """Where the music lies in (n,) float32 mono samples. Raises TooShort."""
    peak = max(float(samples.max()), -float(samples.min()))
    landmark = _landmark(samples, LANDMARK * peak) + BLOCK // 2  # the middle of a block
    audible = min(10 ** (SILENT_DB / 20), peak * 10 ** (UNDER_PEAK_DB / 20)) ** 2
    begins = _first_above(samples, landmark % BLOCK, audible)
    ends = len(samples) - _first_above(samples[::-1], (len(samples) - landmark) % BLOCK, audible)
    music_s = max(ends - begins, 0) / RATE
    if music_s < MIN_S - BREATH_S:
        raise problems.TooShort(
            f"There are {music_s:.1f} seconds of sound in it, and silence around them; "
            f"{MIN_S} seconds are the least we can analyse."
        )
    return Span(landmark + ((begins - landmark) // GRID - BEFORE) * GRID, begins, ends)


def _landmark(samples: Samples, height: float) -> int:
    """The first sample as far from 0 as `height`, which one of them is."""
    for start in range(0, len(samples), SCANNED * BLOCK):
        part = samples[start : start + SCANNED * BLOCK]
        high = np.flatnonzero((part >= height) | (part <= -height))
        if len(high):
            return start + int(high[0])
    return 0


def _first_above(samples: Samples, phase: int, power: float) -> int:
    """Where the first block begins whose variance is above `power`; `phase` begins a block.

    The variance, because a constant offset is silent too. The end where there is none.
    """
    for start in range(phase - BLOCK, len(samples), SCANNED * BLOCK):
        part, before = samples[max(start, 0) : start + SCANNED * BLOCK], max(-start, 0)
        whole = np.pad(part, (before, -(before + len(part)) % BLOCK), mode="edge")
        above = np.flatnonzero(whole.reshape(-1, BLOCK).var(axis=1, dtype=np.float64) > power)
        if len(above):
            return start + int(above[0]) * BLOCK
    return len(samples)
