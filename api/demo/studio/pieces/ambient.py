"""Orbit of a Moth: E flat major, hardly a beat, out of nothing and back into it."""

from __future__ import annotations

from api.demo.studio import struck, sustained
from api.demo.studio.accompany import bass, hold
from api.demo.studio.notation import harmony, melody
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm

_BAR = 4.0
_FORM = SongForm(Metre(4), (("far", 4), ("near", 4), ("far again", 4)))
_CHORDS = {
    "far": harmony("Ebadd9 | % | Abmaj7 | %", bar=_BAR),
    "near": harmony("Cm7 | % | Abmaj7 | Bbsus4", bar=_BAR),
    "far again": harmony("Ebadd9 | % | Abmaj7 | Eb", bar=_BAR),
}
_BELLS = {
    "far": melody("-=2 Bb5 | G5=3 -=1 | -=1 Eb6=3 | C6=2 Bb5 |", bar=_BAR, level=0.4),
    "near": melody(
        "G5=1 Bb5 Eb6=2 | D6=1 Bb5 G5=2 | Ab5=1 C6 Eb6=2 | F6=1 Eb6 Bb5=2 |", bar=_BAR, level=0.55
    ),
    "far again": melody("Bb5=2 G5 | F5=1 G5=3 | Eb5=2 C6 | Bb5=4 |", bar=_BAR, level=0.4),
}
_LEVELS = {"far": 0.5, "near": 0.75, "far again": 0.5}


def piece() -> Composition:
    """One turn around the lamp."""
    return Composition(
        slug="orbit-of-a-moth",
        title="Orbit of a Moth",
        tempo_bpm=70,
        tonic="Eb",
        mode="major",
        form=_FORM,
        parts=_parts(),
        seed=110,
        style="ambient",
        room=Reverb(t60_s=4.0, dull_hz=2_800, before_s=0.05, echo_quarters=1.5),
        level_db=-20.0,
        fade_in_s=5.0,
        fade_out_s=8.0,
        tail_s=3.0,
    )


def _parts() -> tuple[Player, ...]:
    high = {n: hold(c, centre=63, voices=4, level=_LEVELS[n]) for n, c in _CHORDS.items()}
    low = {n: bass(c, "r---", step=1, low=27, level=_LEVELS[n]) for n, c in _CHORDS.items()}
    bowed = {"near": high["near"].up(12).softer(0.7).swelling(0.6, 1.2)}
    slow = sustained.strings(players=4, attack_s=1.2, release_s=2.0, bright=0.6)
    swell, bell = sustained.hollow(), struck.bell()
    return (
        Player("swell", swell, _FORM.lay(high), gain_db=-2, space=0.5, loose_ms=40),
        Player("deep", swell, _FORM.lay(low), space=0.2, loose_ms=20),
        Player("bells", bell, _FORM.lay(_BELLS), gain_db=-4, space=0.6, echo=0.6, loose_ms=15),
        Player("strings", slow, _FORM.lay(bowed), gain_db=-10, space=0.6, loose_ms=30),
    )
