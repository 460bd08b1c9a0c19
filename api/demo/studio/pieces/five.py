"""Five Stairs: piano, strings and a hand drum climb in 5/4, A minor."""

from __future__ import annotations

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import arpeggio, bass, hold
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm

_BAR = 5.0
_FORM = SongForm(
    Metre(5), (("stairwell", 4), ("theme", 8), ("climb", 4), ("theme again", 4), ("+end", 1))
)
_CHORDS = {
    "stairwell": harmony("Am | Am7/G | Fmaj7 | E7", bar=_BAR),
    "theme": harmony("Am | Am7/G | Fmaj7 | E7 | Am | C | Dm7 | E7", bar=_BAR),
    "climb": harmony("F | G | Am | E7", bar=_BAR),
    "theme again": harmony("Am | Am7/G | Fmaj7 | E7", bar=_BAR),
}
_LAST = harmony("Am", bar=_BAR)
_THEME = melody(
    """
    E5=2 D5=1 C5=2 | C5=3 A4=2 | A4=2 C5=1 E5=2 | D5=2 B4=1 G#4=2 |
    E5=2 D5=1 C5=2 | G5=3 E5=2 | F5=2 E5=1 D5=2 | E5=3 -=2 |
    """,
    bar=_BAR,
)
_CLIMB = melody("A5=3 F5=2 | G5=2 B5=1 D6=2 | C6=3 A5=2 | B5=3 G#5=2 |", bar=_BAR, level=0.8)
_RETURN = melody("E5=2 D5=1 C5=2 | C5=3 A4=2 | A4=2 C5=1 E5=2 | B4=3 G#4=2 |", bar=_BAR)


def piece() -> Composition:
    """All the stairs."""
    return Composition(
        slug="five-stairs",
        title="Five Stairs",
        tempo_bpm=144,
        tonic="A",
        mode="minor",
        form=_FORM,
        parts=(*_piano(), *_bowed(), *_drums()),
        seed=105,
        style="minimal, 5/4",
        room=Reverb(t60_s=1.6, dull_hz=4_500),
        level_db=-17.5,
        tail_s=1.8,
    )


def _piano() -> tuple[Player, ...]:
    grand = struck.piano()
    right = {
        name: arpeggio(c, "0123210232", step=0.5, centre=64, voices=4, ring=1.6, level=0.52)
        for name, c in _CHORDS.items()
    }
    right["+end"] = arpeggio(_LAST, "01234.....", step=0.5, centre=64, ring=6)
    left = {
        name: bass(c, "b-----5---", step=0.5, low=33, level=0.66) for name, c in _CHORDS.items()
    }
    left["+end"] = bass(_LAST, "r---------", step=0.5, low=33)
    return (
        Player("right hand", grand, _FORM.lay(right), gain_db=1, pan=0.15, loose_ms=5),
        Player("left hand", grand, _FORM.lay(left), pan=-0.15, loose_ms=5),
    )


def _bowed() -> tuple[Player, ...]:
    tune = {
        "theme": _THEME,
        "climb": _CLIMB | _CLIMB.up(-12),
        "theme again": _RETURN | _RETURN.up(12).softer(0.6),
        "+end": melody("A4=5", bar=_BAR),
    }
    under = {
        "climb": hold(_CHORDS["climb"], centre=58, level=0.75).swelling(0.85, 1.2),
        "theme again": hold(_CHORDS["theme again"], centre=58, level=0.45),
    }
    violins = sustained.strings(players=5, attack_s=0.08)
    return (
        Player("violins", violins, _FORM.lay(tune), gain_db=1, pan=-0.3, space=0.3),
        Player("violas", sustained.strings(), _FORM.lay(under), gain_db=-4, pan=0.35, space=0.35),
    )


def _drums() -> tuple[Player, ...]:
    light, full = rhythm("X..o..x.o.", step=0.5), rhythm("X.googx.og", step=0.5)
    end = rhythm("X.........", step=0.5, pitch_number=57)
    skin = {"theme": light * 7 + full, "climb": full, "theme again": full, "+end": end}
    seeds = rhythm("oogxoooxgo", step=0.5)
    shaken = {"theme": seeds, "climb": seeds, "theme again": seeds}
    return (
        Player("frame drum", drums.frame_drum(), _FORM.lay(skin), gain_db=-3, space=0.25),
        Player("shaker", drums.shaker(), _FORM.lay(shaken), gain_db=1, pan=0.4),
    )
