"""A whole piece before it sounds: who plays what, how loosely, in which room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, takewhile

from api.demo.studio.score import Note, SongForm
from api.demo.studio.tones import Voice, Wave

LEAD_IN_S = 0.12  # every file begins with a breath, so that the first attack is not cut


@dataclass(frozen=True)
class Player:
    """One player: the instrument, the notes, the place in the mix."""

    name: str
    voice: Voice
    notes: tuple[Note, ...]
    gain_db: float = 0.0
    pan: float = 0.0  # -1 left, 1 right
    space: float = 0.15  # share sent to the room
    echo: float = 0.0  # share sent to the echo
    loose_ms: float = 4.0  # standard deviation of a human hand
    ducked: bool = False  # steps back whenever the kick speaks
    effect: Callable[[Wave], Wave] | None = None


@dataclass(frozen=True, slots=True)
class Reverb:
    """Where it is played: how long sound lingers (s), how soon its high end is lost (Hz)."""

    t60_s: float = 1.4
    dull_hz: float = 4_500
    before_s: float = 0.015
    echo_quarters: float = 0.75
    echo_back: float = 0.4


@dataclass(frozen=True)
class Composition:
    """Everything about a piece that its composer knows."""

    slug: str
    title: str
    tempo_bpm: float
    tonic: str
    mode: str  # "major" or "minor"
    form: SongForm
    parts: tuple[Player, ...]
    seed: int
    style: str
    swing: float = 0.5  # where the off-beat falls between two beats
    swing_unit: float = 1.0  # quarters that are swung over
    room: Reverb = field(default_factory=Reverb)
    level_db: float = -15.0  # wanted RMS of the loud half, dBFS
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    tail_s: float = 1.2
    duck: float = 0.0  # how far ducked parts step back, 0-1
    half_time: bool = False

    @property
    def quarter_s(self) -> float:
        """Seconds a written quarter lasts."""
        return 60.0 / (self.tempo_bpm * self.form.metre.beat)

    @property
    def music_s(self) -> float:
        """Seconds from the start of the file to the end of the last written bar."""
        return LEAD_IN_S + self.form.span * self.quarter_s

    @property
    def duration_s(self) -> float:
        """Seconds of the file."""
        return self.music_s + self.tail_s

    def beats_s(self) -> list[float]:
        """Where a foot taps, to the end of the last written bar."""
        step = self.form.metre.beat * self.quarter_s
        places = (LEAD_IN_S + index * step for index in count())
        return [round(at, 5) for at in takewhile(lambda at: at < self.music_s - 1e-6, places)]

    def sections_s(self) -> list[tuple[str, float]]:
        """(name, start in seconds); the first begins with the file."""
        placed = [(name, LEAD_IN_S + at * self.quarter_s) for name, at in self.form.sections]
        return [(name, round(at if index else 0.0, 5)) for index, (name, at) in enumerate(placed)]

    def second_of(self, quarters: float) -> float:
        """When a written place sounds, swing included."""
        whole, within = divmod(quarters, self.swing_unit)
        share = within / self.swing_unit
        half = 0.5
        if share <= half:
            swung = share / half * self.swing
        else:
            swung = self.swing + (share - half) / half * (1 - self.swing)
        return LEAD_IN_S + (whole + swung) * self.swing_unit * self.quarter_s
