"""Turn chords into what players make of them: voicings led smoothly, strums, basses, arpeggios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from api.demo.studio.notation import Chord
from api.demo.studio.score import Clip, Note

_WALK_LOW, _WALK_HIGH = 28, 48  # E1 to C3: where a double bass walks


def span_of(chords: Sequence[Chord]) -> float:
    """Quarters from the first chord to the end of the last."""
    return chords[-1].start + chords[-1].length


def chord_at(chords: Sequence[Chord], place: float) -> Chord:
    """The chord that sounds at a place; beyond the end, chords begin again."""
    place %= span_of(chords)
    return [chord for chord in chords if chord.start <= place + 1e-6][-1]


def voicings(
    chords: Sequence[Chord], *, centre: float = 62.0, voices: int = 4, opened: bool = False
) -> dict[float, tuple[int, ...]]:
    """Pitches for each chord's start: of all inversions, the one that moves least.

    `opened` drops the second voice from above by an octave.
    """
    previous: tuple[int, ...] = ()
    found: dict[float, tuple[int, ...]] = {}
    for chord in chords:
        options = list(_stacks(chord, voices))
        if opened:
            options = [_dropped(stack) for stack in options]
        previous = min(options, key=lambda stack: _effort(stack, previous, centre))
        found[chord.start] = previous
    return found


def _stacks(chord: Chord, voices: int) -> Iterable[tuple[int, ...]]:
    classes = [(chord.root + tone) % 12 for tone in chord.tones]
    for first in range(len(classes)):
        for octave in range(3, 6):
            stack = [classes[first] + 12 * octave]
            for index in range(1, voices):
                wanted = classes[(first + index) % len(classes)]
                stack.append(stack[-1] + ((wanted - stack[-1]) % 12 or 12))
            yield tuple(stack)


def _dropped(stack: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted((*stack[:-2], stack[-2] - 12, stack[-1])))


def _effort(stack: tuple[int, ...], previous: tuple[int, ...], centre: float) -> float:
    drift = abs(sum(stack) / len(stack) - centre)
    if not previous:
        return drift
    moves = sum(abs(a - b) for a, b in zip(stack, previous, strict=True))
    return moves + 0.35 * drift


def comp(
    chords: Sequence[Chord],
    beat: Clip,
    *,
    centre: float = 62.0,
    voices: int = 4,
    opened: bool = False,
    spread_ms: float = 0.0,
) -> Clip:
    """Chords struck in a rhythm; `spread_ms` between strings makes it a strum."""
    led = voicings(chords, centre=centre, voices=voices, opened=opened)
    notes: list[Note] = []
    for count, stroke in enumerate(beat.until(span_of(chords)).notes):
        stack = led[chord_at(chords, stroke.start).start]
        order = stack if count % 2 == 0 or not spread_ms else stack[::-1]
        notes.extend(
            Note(stroke.start, stroke.length, height, stroke.velocity, string * spread_ms)
            for string, height in enumerate(order)
        )
    return Clip(tuple(notes), span_of(chords))


def hold(
    chords: Sequence[Chord], *, centre: float = 60.0, voices: int = 4, level: float = 0.6
) -> Clip:
    """Every chord held for as long as it lasts, in open position."""
    led = voicings(chords, centre=centre, voices=voices, opened=voices > 3)  # noqa: PLR2004
    notes = tuple(
        Note(chord.start, chord.length, height, level)
        for chord in chords
        for height in led[chord.start]
    )
    return Clip(notes, span_of(chords))


def arpeggio(
    chords: Sequence[Chord],
    order: str,
    *,
    step: float,
    centre: float = 60.0,
    voices: int = 4,
    ring: float = 1.0,
    level: float = 0.6,
) -> Clip:
    """Broken chords: `order` names voices from below (`0`-`9`, `.` rests), one each `step`.

    `ring` is how many steps a note rings on.
    """
    led = voicings(chords, centre=centre, voices=voices)
    notes: list[Note] = []
    span = span_of(chords)
    for index in range(round(span / step)):
        sign = order[index % len(order)]
        if sign == ".":
            continue
        place = index * step
        stack = led[chord_at(chords, place).start]
        octave, voice = divmod(int(sign), voices)
        loud = level + (0.12 if index % len(order) == 0 else 0.0)
        notes.append(Note(place, step * ring, stack[voice] + 12 * octave, loud))
    return Clip(tuple(notes), span)


def bass(
    chords: Sequence[Chord], pattern: str, *, step: float, low: int = 28, level: float = 0.75
) -> Clip:
    """A bass line: `r` root, `b` the chord's bass, `3` `5` `7`, `8` octave, `-` hold, `.` rest."""
    notes: list[Note] = []
    span = span_of(chords)
    for index in range(round(span / step)):
        sign = pattern[index % len(pattern)]
        place = index * step
        if sign == "-" and notes:
            last = notes[-1]
            notes[-1] = Note(last.start, place + step - last.start, last.pitch, last.velocity)
        elif sign not in ".-":
            height = _bass_pitch(chord_at(chords, place), sign, low)
            notes.append(Note(place, step * 0.95, height, level))
    return Clip(tuple(notes), span)


def _bass_pitch(chord: Chord, sign: str, low: int) -> int:
    root = low + (chord.root - low) % 12
    if sign == "b":
        return low + (chord.bass - low) % 12
    third = next((tone for tone in chord.tones if tone % 12 in {3, 4}), 12)
    seventh = next((tone for tone in chord.tones if tone % 12 in {9, 10, 11}), 12)
    fifth = next((tone for tone in chord.tones if tone in {6, 7, 8}), 7)
    return root + {"r": 0, "3": third % 12, "5": fifth, "7": seventh % 12, "8": 12}[sign]


def fifths(line: Clip, *, longer_than: float = 0.3) -> Clip:
    """Power chords: a fifth and an octave on top of every note that is not just a chug."""
    added = [
        Note(note.start, note.length, note.pitch + above, note.velocity, note.late_ms)
        for note in line.notes
        for above in ((0, 7, 12) if note.length > longer_than else (0, 7))
    ]
    return Clip(tuple(added), line.span)


def walk(chords: Sequence[Chord], *, seed: int, level: float = 0.75) -> Clip:
    """A walking bass: root on the change, chord tones between, a half step into the next root."""
    rng = np.random.default_rng(seed)
    notes: list[Note] = []
    at = float(_WALK_LOW + 8)
    for index, chord in enumerate(chords):
        following = chords[(index + 1) % len(chords)]
        beats = round(chord.length)
        for beat in range(beats):
            if beat == 0:
                at = _nearest(chord.root, at)
            elif beat == beats - 1:
                at = _nearest(following.root, at) + float(rng.choice((-1, 1)))
            else:
                tones = [
                    _nearest(chord.root + tone, at + rng.integers(-4, 5)) for tone in chord.tones
                ]
                at = float(rng.choice([tone for tone in tones if tone != at]))
            loud = level + 0.08 * (beat % 2)
            notes.append(Note(chord.start + beat, 0.92, at, loud))
    return Clip(tuple(notes), span_of(chords))


def _nearest(wanted: int, near: float) -> float:
    options = [height for height in range(_WALK_LOW, _WALK_HIGH + 1) if (height - wanted) % 12 == 0]
    return float(min(options, key=lambda height: abs(height - near)))
