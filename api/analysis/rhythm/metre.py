"""Describe every way to group a chain of beats into bars: what falls on the first beat of each."""

import numpy as np
from numpy.typing import NDArray

from api.analysis.rhythm.cues import BASS, CHORD, LOUDNESS, Cues
from api.analysis.rhythm.pulse import DOWNBEAT, ON, Pulse, near

BEATS_IN_BAR = (2, 3, 4, 5, 7)
GROUPINGS = tuple((count, first) for count in BEATS_IN_BAR for first in range(count))
COUNTS = np.array([count for count, _ in GROUPINGS])
FIRSTS = np.array([first for _, first in GROUPINGS])
HALVED = COUNTS == 4  # a bar of four has a second strong beat  # noqa: PLR2004
BARS_S = np.array([0.8, 1.15, 1.65, 2.35, 3.4, 4.8])  # centres of soft ranges
BAR_OCTAVES_WIDE = 0.3
REACHES = (1, 2, 4)  # beats before and after, whose chords are compared
BEFORE_S, AFTER_S = 0.02, 0.03  # kept clear of the beat itself
MARKS = 12  # columns of `accents` ...
EXPECTED = 11  # ... of which this holds the network's odds
SMALLEST = np.array([0.2] * 5 + [0.01] * 5 + [5.0, 1.0])  # deviations below these mean little
FAINT = 0.1  # of a squared length: patterns weaker than that are like nothing
SLIP = 5.0  # what a bar too long or short costs, in deviations of the marks
CLIP = 3.0  # deviations: one beat does not decide the bars
ACCENTED = (4, 10)  # the marks that tell an accent: the blend of strokes, and loudness
ACCENTS = 25.0  # what a metronome's accents are worth where they fully agree with a grouping
LAGS = 8  # beats within which a bar's pattern may come again

Figures = NDArray[np.float64]


def accents(cues: Cues, pulse: Pulse) -> Figures:
    """What marks each beat, (m, 12), columns of mean 0 and deviation 1, none beyond `CLIP`.

    Five strokes, change of chord over 1, 2 and 4 beats, of bass over 1 and 2, growth in loudness,
    and the odds of a downbeat. The first beat has no marks: what lies before it may be silence, in
    contrast to which everything is new.
    """
    windows = [_around(cues, pulse, reach) for reach in REACHES]
    chords = [_change(before[:, CHORD], after[:, CHORD]) for before, after in windows]
    basses = [_change(before[:, BASS], after[:, BASS]) for before, after in windows[:-1]]
    louder = windows[0][1][:, LOUDNESS] - windows[0][0][:, LOUDNESS]
    expected = pulse.odds[ON, :, DOWNBEAT]
    columns = np.column_stack([pulse.strokes[ON], *chords, *basses, louder, expected])
    centred = columns - columns[1:].mean(axis=0)
    scaled: Figures = np.clip(centred / (columns[1:].std(axis=0) + SMALLEST), -CLIP, CLIP)
    scaled[0] = 0.0
    return scaled


def figures(cues: Cues, pulse: Pulse) -> Figures:
    """What can be said of each grouping, (21, 47), in the order of `GROUPINGS`."""
    marked = _explained(accents(cues, pulse))
    halves = np.where(HALVED[:, None], marked[FIRSTS % 2], 0.0)  # the first rows are bars of two
    metres = np.eye(len(BEATS_IN_BAR))[np.searchsorted(BEATS_IN_BAR, COUNTS)]
    again = np.column_stack([_returns(pattern) for pattern in _patterns(cues, pulse)])
    period_s = pulse.period_s
    lengths = metres @ [near(c * period_s, BARS_S, BAR_OCTAVES_WIDE) for c in BEATS_IN_BAR]
    third, two_thirds = pulse.triple()
    return np.hstack([marked, halves, again, metres, lengths, third * metres, two_thirds * metres])


def accented(figures_of: Figures) -> Figures:
    """What a metronome's accents add to the worth of each grouping, (21,), from its figures."""
    worth: Figures = ACCENTS * figures_of[:, ACCENTED].sum(axis=1)
    return worth


def on_first(count: int, first: int, beats: int) -> NDArray[np.bool_]:
    """Which of so many beats begin a bar, (beats,)."""
    firsts: NDArray[np.bool_] = np.arange(beats) % count == first
    return firsts


def _around(cues: Cues, pulse: Pulse, reach: int) -> tuple[Figures, Figures]:
    at, span = pulse.beats_s, reach * pulse.steps_s
    return cues.sounding(at - span, at - BEFORE_S), cues.sounding(at + AFTER_S, at + span)


def _change(before: Figures, after: Figures) -> Figures:
    """Cosine distance of rows."""
    scale = np.sqrt(np.maximum((before**2).sum(axis=1) * (after**2).sum(axis=1), 1e-9))
    distance: Figures = 1 - (before * after).sum(axis=1) / scale
    return distance


def _explained(marks: Figures) -> Figures:
    """Correlation of each mark with being first in the bar, (21, 11)."""
    firsts = np.array([on_first(count, first, len(marks)) for count, first in GROUPINGS])
    share = firsts.mean(axis=1, keepdims=True)
    scaled = (firsts - share) / np.sqrt(np.maximum(share * (1 - share), 1e-6))
    explained: Figures = scaled @ marks / len(marks)
    return explained


def _patterns(cues: Cues, pulse: Pulse) -> tuple[Figures, Figures]:
    """Each beat as a pattern of strokes and as a sound, rows of length 1 about a mean of 0."""
    struck = pulse.strokes[:, :, :-1].transpose(1, 0, 2).reshape(len(pulse.beats_s), -1)
    after = cues.sounding(pulse.beats_s + AFTER_S, pulse.beats_s + pulse.steps_s)
    return _directions(struck), _directions(after[:, :LOUDNESS])


def _directions(rows: Figures) -> Figures:
    centred = rows - rows.mean(axis=0)
    directions: Figures = centred / np.sqrt((centred**2).sum(axis=1, keepdims=True) + FAINT)
    return directions


def _returns(pattern: Figures) -> Figures:
    """How much more alike two beats are a bar apart than at any distance up to 8, (21,)."""
    count = len(pattern)
    alike = np.array(
        [(pattern[:-lag] * pattern[lag:]).sum() / max(count - lag, 1) for lag in range(1, LAGS + 1)]
    )
    returns: Figures = alike[COUNTS - 1] - alike.mean()
    return returns


def downbeats(marks: Figures, count: int, first: int) -> NDArray[np.int64]:
    """Indices of the beats that begin a bar of `count`, from each beat's marks of being first.

    Bars follow `first` through the whole piece unless many bars in a row speak against it (Viterbi
    over the place in the bar): a beat lost or added by players or tracker shifts what follows.
    """
    worth = (marks - marks.mean()) / (marks.std() + 1e-6)
    places = np.arange(count)
    slips = SLIP * ((places[:, None] + 1) % count != places)
    total = np.where(places == -first % count, 0.0, -SLIP)
    total[0] += worth[0]
    came_from = np.zeros((len(marks), count), np.int64)
    for i in range(1, len(marks)):
        paths = total[:, None] - slips
        came_from[i], total = paths.argmax(axis=0), paths.max(axis=0)
        total[0] += worth[i]
    return _began(came_from, int(total.argmax()))


def _began(came_from: NDArray[np.int64], last: int) -> NDArray[np.int64]:
    path = [last]
    for places in came_from[:0:-1]:
        path.append(int(places[path[-1]]))
    return np.flatnonzero(np.array(path[::-1]) == 0)
