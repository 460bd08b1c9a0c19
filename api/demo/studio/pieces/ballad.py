"""Letter Without a Stamp: one piano, 4/4, C minor, in no hurry."""

from __future__ import annotations

from api.demo.studio import struck
from api.demo.studio.accompany import arpeggio, bass
from api.demo.studio.notation import Chord, harmony, melody
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Clip, Metre, SongForm

_BAR = 4.0
_FORM = SongForm(Metre(4), (("theme", 4), ("middle", 4), ("theme again", 4), ("+end", 1)))
_TUNES = {
    "theme": melody(
        "-=1 G5 Eb5=.5 D5 C5=1 | G5=1.5 F5=.5 Eb5=2 | -=.5 C5 D5 Eb5 Ab5=1 G5 | "
        "F5=1.5 Eb5=.5 D5=2 |",
        bar=_BAR,
        level=0.55,
        legato=1.1,
    ),
    "middle": melody(
        """
        Bb5=1.5 G5=.5 F5=1 G5 | F5=1.5 D5=.5 Bb4=2 |
        Eb5=1 F5=.5 G5 Bb5=1 C6 | Ab5!=1.5 G5=.5 F5=1 D5 |
        """,
        bar=_BAR,
        level=0.68,
        legato=1.1,
    ),
    "theme again": melody(
        "-=1 G5 Eb5=.5 D5 C5=1 | G5=1.5 Ab5=.5 G5=1 Eb5 | F5 Eb5=.5 D5 D5=1 B4 | C5=4 |",
        bar=_BAR,
        level=0.5,
        legato=1.1,
    ),
}
_CHORDS = {
    "theme": harmony("Cm | Abmaj7 | Fm9 | G7sus4 G7", bar=_BAR),
    "middle": harmony("Eb | Bb/D | Cm7 | Ab Bb", bar=_BAR),
    "theme again": harmony("Cm | Abmaj7 | Fm7 G7 | Cm", bar=_BAR),
}
_LAST = harmony("Cm", bar=_BAR)


def piece() -> Composition:
    """The whole ballad."""
    middle = _TUNES["middle"].up(-12).softer(0.6)
    right = _TUNES | {"middle": _TUNES["middle"] | middle, "+end": melody("Eb5=4", bar=_BAR)}
    grand = struck.piano(soft=True)
    parts = (
        Player("right hand", grand, _FORM.lay(right), space=0.3, loose_ms=12),
        Player("left hand", grand, _FORM.lay(_left()), gain_db=-2, space=0.3, loose_ms=9),
        Player("lowest", grand, _FORM.lay(_lowest()), gain_db=-1, space=0.25, loose_ms=9),
    )
    return Composition(
        slug="letter-without-a-stamp",
        title="Letter Without a Stamp",
        tempo_bpm=72,
        tonic="C",
        mode="minor",
        form=_FORM,
        parts=parts,
        seed=103,
        style="piano ballad",
        room=Reverb(t60_s=2.0, dull_hz=3_500, before_s=0.025),
        level_db=-20.0,
        tail_s=2.0,
    )


def _left() -> dict[str, Clip]:
    quiet = {name: _broken(chords, "01213121", 0.4) for name, chords in _CHORDS.items()}
    moved = _broken(_CHORDS["middle"], "0123432123", 0.5).swelling(0.9, 1.15)
    return quiet | {"middle": moved, "+end": _broken(_LAST, "0123....", 0.35)}


def _broken(chords: tuple[Chord, ...], order: str, level: float) -> Clip:
    return arpeggio(chords, order, step=0.5, centre=56, voices=3, ring=3.0, level=level)


def _lowest() -> dict[str, Clip]:
    low = {name: bass(c, "b---", step=1, low=33, level=0.5) for name, c in _CHORDS.items()}
    return low | {"+end": bass(_LAST, "r---", step=1, low=29, level=0.42)}
