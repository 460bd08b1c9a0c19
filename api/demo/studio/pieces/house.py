"""Escalator Kiss: four on the floor, F sharp minor, everything bows to the kick."""

from __future__ import annotations

from api.demo.studio import drums, sustained
from api.demo.studio.accompany import bass, comp, hold
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm, rest

_BAR = 4.0
_FORM = SongForm(Metre(4), (("lobby", 6), ("going up", 8), ("top floor", 8), ("+end", 1)))
_CHORDS = harmony("F#m7 | Dmaj7 | Bm7 | C#m7", bar=_BAR)
_LOBBY = harmony("F#m7 | Dmaj7", bar=_BAR)
_LAST = harmony("F#m9", bar=_BAR)
_MOVING = ("going up", "top floor")
_HOOK = melody(
    """
    C#6=.5 - A5 C#6 - B5 A5 F#5 | - A5 - C#6 E6=1 C#6=.5 A5 |
    D6=.5 - B5 D6 - C#6 B5 F#5 | - G#5 - C#6 B5=1 G#5 |
    """,
    bar=_BAR,
    legato=0.8,
)


def piece() -> Composition:
    """The whole ride."""
    return Composition(
        slug="escalator-kiss",
        title="Escalator Kiss",
        tempo_bpm=126,
        tonic="F#",
        mode="minor",
        form=_FORM,
        parts=(*_chords(), *_lines(), *_drums(), *_cymbals()),
        seed=106,
        style="house",
        room=Reverb(t60_s=1.2, dull_hz=6_000, echo_quarters=0.75),
        level_db=-12.0,
        duck=0.75,
    )


def _chords() -> tuple[Player, ...]:
    stabs = rhythm("x..x..x. ..x.x...", step=0.25)
    full = comp(_CHORDS, stabs, centre=64, voices=4)
    stab = {
        "lobby": comp(_LOBBY, stabs, centre=64).softer(0.75),
        "going up": full,
        "top floor": full,
    }
    held = hold(_CHORDS, centre=62, voices=4, level=0.7)
    carpet = {"going up": held, "top floor": held.softer(1.2), "+end": hold(_LAST, centre=62)}
    shut = sustained.synth(open_hz=4_500, shut_hz=350, close_s=0.14)
    return (
        Player(
            "stab", shut, _FORM.lay(stab), gain_db=-3, space=0.2, echo=0.35, loose_ms=0, ducked=True
        ),
        Player(
            "pad",
            sustained.pad(attack_s=0.2),
            _FORM.lay(carpet),
            gain_db=-8,
            space=0.3,
            ducked=True,
        ),
    )


def _lines() -> tuple[Player, ...]:
    low = bass(_CHORDS, "..r...r...r..8r.", step=0.25, low=30)
    deep = {"going up": low, "top floor": low, "+end": bass(_LAST, "r---", step=1, low=30)}
    lead = sustained.synth(open_hz=7_000, shut_hz=900, close_s=0.25, detune=11)
    hook = {"top floor": _HOOK, "going up": rest(4 * _BAR) + _HOOK.softer(0.55)}
    return (
        Player(
            "bass",
            sustained.deep_bass(drive=2.2),
            _FORM.lay(deep),
            gain_db=-3,
            space=0,
            loose_ms=0,
            ducked=True,
        ),
        Player(
            "lead", lead, _FORM.lay(hook), gain_db=-3, pan=0.1, space=0.25, echo=0.4, loose_ms=0
        ),
    )


def _drums() -> tuple[Player, ...]:
    four = rhythm("X...X...X...X...", step=0.25)
    turn = rhythm("X...X...X.X.....", step=0.25)
    kick = {"lobby": four, "going up": four * 7 + turn, "top floor": four}
    kick["+end"] = rhythm("X...", step=1)
    clap = dict.fromkeys(_MOVING, rhythm("....X.......X...", step=0.25))
    swept = {"lobby": rest(4 * _BAR) + rhythm("x" + "-" * 7, step=1.0)}
    return (
        Player("kick", drums.kick(hz=48), _FORM.lay(kick), space=0.02, loose_ms=0),
        Player("clap", drums.clap(), _FORM.lay(clap), gain_db=1, loose_ms=1),
        Player("riser", drums.riser(), _FORM.lay(swept), gain_db=-10, space=0.3),
    )


def _cymbals() -> tuple[Player, ...]:
    shut = dict.fromkeys(("lobby", *_MOVING), rhythm("xgogxgog", step=0.25))
    opened = dict.fromkeys(_MOVING, rhythm("..x...x.", step=0.25))
    hits = dict.fromkeys(_MOVING, rhythm("X...", step=1) + rest(7 * _BAR))
    wide = drums.hat(t60_s=0.28)
    return (
        Player("hat", drums.hat(), _FORM.lay(shut), gain_db=-6, pan=0.2, space=0.05, loose_ms=0),
        Player("open hat", wide, _FORM.lay(opened), gain_db=-3, pan=-0.2, loose_ms=0),
        Player("crash", drums.crash(), _FORM.lay(hits), gain_db=-4),
    )
