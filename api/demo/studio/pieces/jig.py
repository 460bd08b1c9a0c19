"""Three Gates Jig: 6/8, D major, a kitchen full of players who join one by one."""

from __future__ import annotations

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import bass, comp, hold
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm

_BAR = 3.0
_TOGETHER = ("first part, all", "first part again")
_FORM = SongForm(
    Metre(6, 8, beat=1.5),
    (
        ("first part", 8),
        ("first part, all", 8),
        ("second part", 16),
        ("first part again", 8),
        ("+end", 1),
    ),
)
_TUNE_A = melody(
    """
F#5=.5 E5 D5 A4 D5 F#5 | G5=1 F#5=.5 E5=1 C#5=.5 | D5 E5 F#5 A5 F#5 D5 | E5=1.5 C#5=.5 B4 A4 |
F#5 E5 D5 A4 D5 F#5 | G5 F#5 G5 B5=1 A5=.5 | F#5 A5 F#5 E5 D5 C#5 | D5=1.5 D5=1 A4=.5 |
""",
    bar=_BAR,
    legato=0.85,
)
_TUNE_B = melody(
    """
A5=1 B5=.5 A5 F#5 D5 | G5=1 A5=.5 G5 E5 C#5 | F#5 G5 A5 B5 A5 F#5 | E5 F#5 G5 E5 C#5 A4 |
B5 A5 B5 D6=1 B5=.5 | A5 F#5 D5 F#5=1 A5=.5 | G5 F#5 E5 A4 C#5 E5 | D5=1.5 D5=1 -=.5 |
""",
    bar=_BAR,
    legato=0.85,
)
_CHORDS_A = harmony("D | Em A7 | D | A | D | G | D A7 | D", bar=_BAR)
_CHORDS_B = harmony("Bm | Em A7 | D | A | G | D | Em A7 | D", bar=_BAR)
_LAST = harmony("D", bar=_BAR)
_END = melody("D5=2.5 -=.5", bar=_BAR)


def piece() -> Composition:
    """The whole jig."""
    return Composition(
        slug="three-gates-jig",
        title="Three Gates Jig",
        tempo_bpm=118,
        tonic="D",
        mode="major",
        form=_FORM,
        parts=(*_tune(), *_strings(), *_drone_and_drum()),
        seed=101,
        style="jig",
        room=Reverb(t60_s=0.9, dull_hz=5_500),
        level_db=-16.5,
    )


def _tune() -> tuple[Player, ...]:
    whistle = dict.fromkeys(("first part", *_TOGETHER), _TUNE_A) | {"second part": _TUNE_B}
    fiddle = {
        "first part, all": _TUNE_A.softer(0.85),
        "second part": _TUNE_B.up(-12).softer(0.85) + _TUNE_B.softer(0.9),
        "first part again": _TUNE_A,
        "+end": _END,
    }
    whistle_notes = _FORM.lay(whistle | {"+end": _END.up(12)})
    return (
        Player("whistle", sustained.whistle(), whistle_notes, gain_db=-2, pan=-0.2, space=0.25),
        Player(
            "fiddle",
            sustained.fiddle(),
            _FORM.lay(fiddle),
            gain_db=3,
            pan=0.35,
            space=0.2,
            loose_ms=6,
        ),
    )


def _strings() -> tuple[Player, ...]:
    strum, once = rhythm("X.xX.x", step=0.5), rhythm("X-----", step=0.5)
    strummed_a = comp(_CHORDS_A, strum, spread_ms=9, centre=57)
    guitar = {
        "first part": strummed_a.softer(0.8),
        "first part, all": strummed_a,
        "second part": comp(_CHORDS_B, strum, spread_ms=9, centre=57),
        "first part again": strummed_a,
        "+end": comp(_LAST, once, spread_ms=14, centre=57),
    }
    low_a = bass(_CHORDS_A, "r--5--", step=0.5)
    low = {
        "first part, all": low_a,
        "second part": bass(_CHORDS_B, "r--5--", step=0.5),
        "first part again": low_a,
        "+end": bass(_LAST, "r-----", step=0.5),
    }
    return (
        Player("guitar", struck.guitar(steel=True), _FORM.lay(guitar), gain_db=-6, pan=-0.4),
        Player("bass", struck.upright_bass(), _FORM.lay(low)),
    )


def _drone_and_drum() -> tuple[Player, ...]:
    drone = {"second part": hold(_CHORDS_B, voices=3, level=0.6)}
    plain = rhythm("XoxXox", step=0.5) * 7 + rhythm("xoxxox", step=0.5, pitch_number=63)
    busy = rhythm("XoxXoxXoxXoo", step=0.5) * 3
    busy += rhythm("XgoxgoXoxXox", step=0.5, pitch_number=62)
    drum = {
        "first part, all": plain,
        "second part": busy,
        "first part again": busy,
        "+end": rhythm("X.....", step=0.5, pitch_number=58),
    }
    return (
        Player("accordion", sustained.accordion(), _FORM.lay(drone), gain_db=-6, pan=0.5),
        Player("frame drum", drums.frame_drum(), _FORM.lay(drum), gain_db=-3, pan=0.1),
    )
