"""Let a piece sound: every note by its voice, with a hand's small errors, into one stereo file.

The same piece gives the same samples: all chance comes from PCG64 seeded by the piece and the
part's name.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

from api.demo.studio.piece import Composition, Player
from api.demo.studio.room import ducking, echoed, mastered, placed, reverberated
from api.demo.studio.score import Note
from api.demo.studio.tones import RATE, Strike, Wave

_CONCERT_HZ = 440.0


def render(piece: Composition, *, until_s: float | None = None) -> Wave:
    """(n, 2) float64 at 44.1 kHz, peaks below -2.4 dBFS; `until_s` renders the beginning only."""
    n = round(min(piece.duration_s, until_s or piece.duration_s) * RATE)
    dry, wet, late = (np.zeros((n, 2)) for _ in range(3))
    gap = ducking(n, _kicks_s(piece), piece.duck)[:, None]
    for part in piece.parts:
        sound = _performed(piece, part, n)
        if part.ducked:
            sound *= gap
        dry += sound
        wet += part.space * sound
        late += part.echo * sound
    repeats = echoed(late, every_s=piece.room.echo_quarters * piece.quarter_s, back=0.5)
    wet += 0.3 * repeats
    mix = dry + repeats + reverberated(wet, piece.room, _chance(piece, "room"))
    return _faded(mastered(mix, piece.level_db), piece)


def _kicks_s(piece: Composition) -> list[float]:
    kicks = (part for part in piece.parts if part.name == "kick")
    return [piece.second_of(note.start) for part in kicks for note in part.notes]


def _chance(piece: Composition, name: str) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([piece.seed, crc32(name.encode())]))


def _performed(piece: Composition, part: Player, n: int) -> Wave:
    """(n, 2) one part alone, at its place and level."""
    rng = _chance(piece, part.name)
    out = np.zeros((n, 2))
    for note in sorted(part.notes, key=lambda note: (note.start, note.pitch)):
        strike, at = _strike(piece, part, note, rng=rng)
        first = max(0, round(at * RATE))
        if first >= n:
            break
        sound = placed(part.voice(strike), 0.0)[: n - first]
        out[first : first + len(sound)] += sound
    if part.effect is not None:
        out = part.effect(out)
    return placed(out, part.pan) * 10 ** (part.gain_db / 20)


def _strike(
    piece: Composition, part: Player, note: Note, *, rng: np.random.Generator
) -> tuple[Strike, float]:
    slip = part.loose_ms * float(np.clip(rng.standard_normal(), -2.5, 2.5))
    at = piece.second_of(note.start) + (slip + note.late_ms) / 1000
    length = piece.second_of(note.start + note.length) - piece.second_of(note.start)
    firm = note.velocity * (1 + 0.05 * float(rng.standard_normal()))
    hz = _CONCERT_HZ * 2 ** ((note.pitch - 69) / 12)
    return Strike(hz, length, float(np.clip(firm, 0.05, 1.0)), rng), at


def _faded(x: Wave, piece: Composition) -> Wave:
    """Fades as the piece asks, and 5 ms at either end so that nothing clicks."""
    out = x.copy()
    for seconds, ends in ((piece.fade_in_s, out), (piece.fade_out_s, out[::-1])):
        length = min(len(out), max(round(seconds * RATE), round(0.005 * RATE)))
        ends[:length] *= np.sin(np.linspace(0, np.pi / 2, length))[:, None] ** 2
    return out
