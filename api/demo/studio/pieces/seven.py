"""Seven League Engine: rock in 7/4 (four and three), B minor, with an organ for the hills."""

from __future__ import annotations

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import bass, comp, fifths
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.room import crunch
from api.demo.studio.score import Metre, SongForm, rest

_BAR = 7.0
_FORM = SongForm(
    Metre(7), (("engine", 3), ("road", 4), ("hills", 4), ("engine again", 4), ("+end", 1))
)
_RIFF = melody(
    """
    B2=.5 B2 D3 B2 E3 B2 F#3 E3 D3 E3 D3 B2 A2=1 |
    B2=.5 B2 D3 B2 E3 B2 F#3 A3 B3=1 A3=.5 F#3 E3=1 |
    """,
    bar=_BAR,
    level=0.75,
)
_HILLS = harmony("G | A | Bm | F#m", bar=_BAR)
_ROOTS = melody("G2=4 G2=3 | A2=4 A2=3 | B2=4 B2=3 | F#2=4 F#2=3 |", bar=_BAR)
_TUNE = melody(
    """
    D5=1.5 E5=.5 F#5=2 D5=1 B4=2 | C#5=1.5 D5=.5 E5=2 C#5=1 A4=2 |
    B4=1.5 D5=.5 F#5=2 A5=1 B5=2 | A5=1.5 G5=.5 F#5=2 C#5=3 |
    """,
    bar=_BAR,
    level=0.78,
)
_CALL = melody("F#5=2 E5=1 D5 B4=3 | -=4 F#5=1 A5 B5 |", bar=_BAR, level=0.65)
_END = melody("B2=7", bar=_BAR, level=0.85)


def piece() -> Composition:
    """All seven leagues."""
    return Composition(
        slug="seven-league-engine",
        title="Seven League Engine",
        tempo_bpm=152,
        tonic="B",
        mode="minor",
        form=_FORM,
        parts=(*_guitars(), *_above(), *_drums()),
        seed=112,
        style="rock, 7/4",
        room=Reverb(t60_s=1.0, dull_hz=5_000),
        level_db=-14.5,
    )


def _guitars() -> tuple[Player, ...]:
    riffs = dict.fromkeys(("engine", "road", "engine again"), _RIFF)
    first = riffs | {"hills": fifths(_ROOTS), "+end": fifths(_END)}
    second = {**first, "engine again": _RIFF.up(12)}
    second.pop("engine")
    low = {name: clip.up(-12) for name, clip in riffs.items()} | {"+end": _END.up(-12)}
    low.pop("engine")
    low |= {
        "hills": bass(_HILLS, "rr8rrr8rrr8r57", step=0.5, low=28),
    }
    string = struck.amp_string()
    return (
        Player("guitar left", string, _FORM.lay(first), gain_db=-5, pan=-0.7, effect=crunch),
        Player("guitar right", string, _FORM.lay(second), gain_db=-6, pan=0.7, effect=crunch),
        Player("bass", struck.electric_bass(bite=0.6), _FORM.lay(low), gain_db=-2, space=0.0),
    )


def _above() -> tuple[Player, ...]:
    pulse = rhythm("x-----x-x-----", step=0.5)
    chords = {
        "road": comp(harmony("Bm | Bm7", bar=_BAR), rhythm("x" + "-" * 13, step=0.5), centre=62),
        "hills": comp(_HILLS, pulse, centre=64),
        "+end": comp(harmony("Bm", bar=_BAR), rhythm("x" + "-" * 6, step=1), centre=64),
    }
    tune = {"road": _CALL, "hills": _TUNE}
    lead = sustained.synth(open_hz=5_000, shut_hz=1_200, close_s=0.4, detune=6)
    return (
        Player("organ", sustained.organ(), _FORM.lay(chords), gain_db=-5, pan=0.3, space=0.2),
        Player("lead", lead, _FORM.lay(tune), gain_db=3, pan=-0.1, space=0.25, echo=0.2),
    )


def _drums() -> tuple[Player, ...]:
    kick = rhythm("X..xX...X..xx.", step=0.5)
    snare = rhythm("..X...X...X...", step=0.5)
    roll = rhythm("..X...X.x.xXXX", step=0.5)
    hat, open_hat = rhythm("XoxoXoxoXoxoxo", step=0.5), rhythm("X.x.X.x.X.x.x.", step=0.5)
    full = snare * 3 + roll
    names = "road", "hills", "engine again"
    feet = dict.fromkeys(names, kick)
    hands = {"road": full, "hills": full}
    one = rhythm("X......", step=1)
    hits = dict.fromkeys(("road", "hills", "engine again"), one + rest(3 * _BAR)) | {"+end": one}
    return (
        Player("kick", drums.kick(hz=56, length_s=0.26, click=0.7),
             _FORM.lay(feet | {"+end": one}), space=0.05),
        Player("snare", drums.snare(), _FORM.lay(hands | {"engine again": snare}), gain_db=3),
        Player("hat", drums.hat(), _FORM.lay({"engine": hat.softer(0.7), "road": hat}), gain_db=3,
             pan=-0.3),
        Player("ride", drums.ride(), _FORM.lay(dict.fromkeys(names[1:], open_hat)), gain_db=2,
             pan=0.35),
        Player("crash", drums.crash(), _FORM.lay(hits), gain_db=-1, pan=0.2),
    )  # fmt: skip
