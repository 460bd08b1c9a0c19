"""Stubborn Hat: a blues in B flat that swings, for vibraphone, piano, bass and a ride cymbal."""

from __future__ import annotations

from api.demo.studio import drums, struck
from api.demo.studio.accompany import bass, comp, walk
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm

_BAR = 4.0
_FORM = SongForm(Metre(4), (("head", 12), ("solo", 12), ("head again", 12), ("+end", 1)))
_BLUES = harmony(
    "Bb7 | Eb7 | Bb7 | % | Eb7 | % | Bb7 | G7b9 | Cm7 | F7 | Bb7 G7 | Cm7 F7", bar=_BAR
)
_LAST = harmony("Bb6", bar=_BAR)
_HEAD = melody(
    """
    D5=.5 F5 G5 Bb5=1 G5=.5 F5=1 | Db5=.5 F5 G5 Bb5=1 G5=.5 F5=1 |
    D5=.5 F5 G5 Bb5=1 Ab5=.5 F5=1 | D5=1 -=3 |
    -=.5 Eb5 G5 Bb5=1 Db6=.5 Bb5=1 | G5=.5 Bb5 G5 Eb5=1 Db5=.5 Eb5=1 |
    F5=.5 D5 F5 Ab5=1 G5=.5 F5=1 | B4=1 D5 F5 Ab5 |
    G5=.5 Eb5 C5 G5=1 Eb5=.5 C5=1 | F5=.5 Eb5 C5 A4=1 C5=.5 Eb5=1 | D5=.5 Bb4=1 -=2.5 | -=4 |
    """,
    bar=_BAR,
)
_SOLO = melody(
    """
    F4=.5 Bb4 D5 F5 Ab5 G5 F5 D5 | Eb5 G5 Bb5 Db6 C6 Bb5 G5 Eb5 | D5 F5 E5 F5 D5 Bb4=1 -=.5 |
    -=1 Bb4=.5 C5 D5 F5 Ab5 F5 | G5 Bb5 Db6 Bb5 G5 Eb5=1.5 | E5=.5 G5 Bb5 G5 Db5=1 - |
    D5=.5 F5 Bb5 F5 Ab5=1 F5 | B4=.5 D5 F5 Ab5 G5 F5 D5 B4 | C5 Eb5 G5 Bb5 D6=1 Bb5 |
    A5=.5 G5 F5 Eb5 C5 A4=1 -=.5 | Bb4 D5 F5 D5 B4 D5 Ab5 F5 | G5 Eb5 C5 Eb5 F5=1 - |
    """,
    bar=_BAR,
    level=0.75,
)


def piece() -> Composition:
    """Three choruses."""
    return Composition(
        slug="stubborn-hat",
        title="Stubborn Hat",
        tempo_bpm=196,
        tonic="Bb",
        mode="major",
        form=_FORM,
        parts=(*_soloists(), *_rhythm_section()),
        seed=115,
        style="swing",
        swing=0.64,
        room=Reverb(t60_s=1.0, dull_hz=4_500),
        level_db=-16.0,
    )


def _soloists() -> tuple[Player, ...]:
    bars = {"head": _HEAD, "head again": _HEAD, "+end": melody("Bb5=.5 - - Bb4 -=2", bar=_BAR)}
    right = {"solo": _SOLO, "head again": _HEAD.up(-12).softer(0.9)}
    charleston, pushed = rhythm("x..x....", step=0.5), rhythm(".x....xo...x..x.", step=0.5)
    left = {
        "head": comp(_BLUES, charleston, centre=60).softer(0.75),
        "solo": comp(_BLUES, pushed, centre=58).softer(0.65),
        "head again": comp(_BLUES, charleston, centre=60).softer(0.85),
        "+end": comp(_LAST, rhythm("x..x....", step=0.5), centre=60),
    }
    grand = struck.piano()
    return (
        Player("vibraphone", struck.vibraphone(), _FORM.lay(bars), gain_db=-3, pan=-0.25,
             space=0.25, loose_ms=7),
        Player("right hand", grand, _FORM.lay(right), gain_db=1, pan=0.2, loose_ms=7),
        Player("left hand", grand, _FORM.lay(left), gain_db=-4, pan=0.3, loose_ms=7),
    )  # fmt: skip


def _rhythm_section() -> tuple[Player, ...]:
    end = bass(_LAST, "r..r....", step=0.5, low=34)
    low = {
        name: walk(_BLUES, seed=seed)
        for name, seed in (("head", 11), ("solo", 12), ("head again", 13))
    }
    names = tuple(low)
    spang, foot = rhythm("x.Xox.Xo", step=0.5), rhythm(".x.x", step=1)
    chat = rhythm("...g..g. .g....gg ..g..g.. ...g.xxo", step=0.5)
    feather = rhythm("g...", step=1)
    stop = rhythm("X..X....", step=0.5)
    return (
        Player("bass", struck.upright_bass(), _FORM.lay(low | {"+end": end}), loose_ms=6),
        Player("ride", drums.ride(), _FORM.lay(dict.fromkeys(names[1:], spang)), gain_db=-5,
               pan=0.3),
        Player("brush", drums.brush(), _FORM.lay({"head": rhythm("xoXo", step=1)}), gain_db=-6),
        Player("hat", drums.hat(t60_s=0.05), _FORM.lay(dict.fromkeys(names, foot)), gain_db=-11,
             pan=-0.3),
        Player("snare", drums.snare(hz=215, rattle=0.5),
             _FORM.lay(dict.fromkeys(names, chat) | {"+end": stop}), gain_db=-8),
        Player("kick", drums.kick(hz=62, length_s=0.2, click=0.1),
             _FORM.lay(dict.fromkeys(names, feather) | {"+end": stop}), gain_db=-8),
    )  # fmt: skip
