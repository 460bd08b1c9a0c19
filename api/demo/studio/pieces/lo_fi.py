"""Tea at Two A.M.: a lazy beat with swung sixteenths, A flat major, on an old cassette."""

from __future__ import annotations

from api.demo.studio import drums, struck
from api.demo.studio.accompany import bass, comp
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.room import tape
from api.demo.studio.score import Metre, SongForm

_BAR = 4.0
_FORM = SongForm(Metre(4), (("kettle", 4), ("first cup", 4), ("second cup", 4), ("+end", 1)))
_CHORDS = harmony("Abmaj9 | Fm9 | Bbm9 | Eb9", bar=_BAR)
_LAST = harmony("Abmaj9", bar=_BAR)
_TUNE = melody(
    """
    -=.5 C5 Eb5 G5 F5=1 Eb5=.5 C5 | Eb5=1.5 C5=.5 Ab4=2 |
    -=.5 Db5 F5 Ab5 G5=1 F5=.5 Db5 | F5=1 Eb5=.5 Db5 Bb4=2 |
    """,
    bar=_BAR,
    level=0.62,
)
_ANSWER = melody(
    """
    G5=1 Eb5=.5 C5 Eb5=1 - | Ab5=1 G5=.5 Eb5 C5=1 - |
    F5=1 Db5=.5 F5 Ab5=1 C6=.5 Ab5 | G5=1 F5=.5 Db5 Eb5=2 |
    """,
    bar=_BAR,
    level=0.66,
)


def piece() -> Composition:
    """Both cups."""
    return Composition(
        slug="tea-at-two-a-m",
        title="Tea at Two A.M.",
        tempo_bpm=78,
        tonic="Ab",
        mode="major",
        form=_FORM,
        parts=(*_keys(), *_drums()),
        seed=109,
        style="lo-fi hip-hop",
        swing=0.59,
        swing_unit=0.5,
        room=Reverb(t60_s=0.8, dull_hz=2_500),
        level_db=-17.0,
    )


def _keys() -> tuple[Player, ...]:
    lazy = rhythm("x-----..o--.x---", step=0.25)
    chords = comp(_CHORDS, lazy, centre=60, voices=4, spread_ms=12)
    held = comp(_LAST, rhythm("x---", step=1), centre=60, spread_ms=25)
    keys = {"kettle": chords.softer(0.85), "first cup": chords, "second cup": chords, "+end": held}
    bars = {"first cup": _TUNE, "second cup": _ANSWER, "+end": melody("C5=3 -=1", bar=_BAR)}
    low = bass(_CHORDS, "r----.r.5-..8-7.", step=0.25, low=29, level=0.7)
    lines = {"first cup": low, "second cup": low, "+end": bass(_LAST, "r---", step=1, low=29)}
    rhodes = struck.electric_piano(sway_hz=3.1)
    return (
        Player("keys", rhodes, _FORM.lay(keys), gain_db=-3, space=0.2, loose_ms=11, effect=tape),
        Player("bars", struck.vibraphone(), _FORM.lay(bars), gain_db=-6, pan=0.25, loose_ms=14,
             space=0.3, effect=tape),
        Player("bass", struck.electric_bass(bite=0.05), _FORM.lay(lines), gain_db=-2, space=0.03,
             loose_ms=8),
    )  # fmt: skip


def _drums() -> tuple[Player, ...]:
    kick = rhythm("X......x..x..... X..x......x..x..", step=0.25)
    snare = rhythm("....X.......X..g ....X..g....X...", step=0.25)
    hats = rhythm("x.oox.ogx.oox.oo", step=0.25)
    late = "first cup", "second cup"
    hat = dict.fromkeys(late, hats)
    dust = {"kettle": rhythm("x" + "-" * 51, step=1.0)}
    one = rhythm("X...", step=1)
    return (
        Player("kick", drums.kick(hz=52, length_s=0.3, click=0.15),
             _FORM.lay(dict.fromkeys(late, kick) | {"+end": one}), gain_db=-2, loose_ms=7),
        Player("snare", drums.snare(hz=165, rattle=0.5), _FORM.lay(dict.fromkeys(late, snare)),
             gain_db=-4, loose_ms=9, effect=tape),
        Player("hat", drums.hat(edge_hz=5_000), _FORM.lay(hat), gain_db=-9, pan=0.2, loose_ms=9),
        Player("rim", drums.rim(), _FORM.lay({"second cup": rhythm("..g...g.", step=0.5)}),
             gain_db=-9, pan=-0.3, loose_ms=9),
        Player("crackle", drums.crackle(), _FORM.lay(dust), gain_db=-4, space=0.0),
    )  # fmt: skip
