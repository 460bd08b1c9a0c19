"""Chorale for an Empty Station: strings in four voices, F major, and an organ for the end."""

from __future__ import annotations

from api.demo.studio import sustained
from api.demo.studio.accompany import bass, hold
from api.demo.studio.notation import harmony, melody
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Clip, Metre, SongForm

_BAR = 4.0
_FORM = SongForm(
    Metre(4), (("first verse", 4), ("second verse", 4), ("third verse", 4), ("+end", 1))
)
_SOPRANO = {
    "first verse": melody(
        "A4=1 G4 A4 C5 | D5 C5 Bb4 G4 | A4 A4 Bb4 C5 | Bb4 G4 A4=2 |", bar=_BAR, legato=1.0
    ).softer(0.58),
    "second verse": melody(
        "F5=1 D5 E5 C#5 | D5 F5 E5 C5 | C5 D5 E5 F5 | D5 E5 F5=2 |", bar=_BAR, legato=1.0
    ).swelling(0.8, 1.05),
    "third verse": melody(
        "C5=1 C5 D5 E5 | F5 F5 D5 E5 | D5 Db5 C5 D5 | D5 E5 F5=2 |", bar=_BAR, legato=1.0
    ).swelling(1.0, 1.2),
}
_CHORDS = {
    "first verse": harmony("F C/E Dm Am | Bb F/A Gm7 C | Dm A/C# Bb F/A | Gm7 C7 F F", bar=_BAR),
    "second verse": harmony("Dm Gm/Bb A A | Dm Bb C F | F/A Bb C Dm | Bb C F F", bar=_BAR),
    "third verse": harmony("F C/E Dm Am | Bb F/A Gm7 C | Bb Bbm F/C Dm | Gm7 C7 F F", bar=_BAR),
}
_LAST = harmony("F", bar=_BAR)
_LEVELS = {"first verse": 0.34, "second verse": 0.55, "third verse": 0.7}


def piece() -> Composition:
    """The whole chorale."""
    return Composition(
        slug="chorale-for-an-empty-station",
        title="Chorale for an Empty Station",
        tempo_bpm=76,
        tonic="F",
        mode="major",
        form=_FORM,
        parts=(*_upper(), *_lower()),
        seed=104,
        style="string chorale",
        room=Reverb(t60_s=2.8, dull_hz=3_200, before_s=0.03),
        level_db=-19.0,
        tail_s=2.4,
    )


def _upper() -> tuple[Player, ...]:
    soprano = _SOPRANO | {"+end": melody("F5=4", bar=_BAR, level=0.7)}
    octave = {"third verse": _SOPRANO["third verse"].up(12), "+end": melody("F6=4", bar=_BAR)}
    violins = sustained.strings(players=6, attack_s=0.06, release_s=0.3)
    return (
        Player("violins", violins, _FORM.lay(soprano), space=0.4, pan=-0.25, loose_ms=10),
        Player("high violins", violins, _FORM.lay(octave), gain_db=-6, space=0.5, pan=-0.45),
    )


def _lower() -> tuple[Player, ...]:
    inner: dict[str, Clip] = {
        name: hold(c, centre=57, voices=3, level=_LEVELS[name]) for name, c in _CHORDS.items()
    }
    inner["+end"] = hold(_LAST, centre=57, voices=3, level=0.7)
    low = {
        name: bass(c, "b", step=1, low=36, level=_LEVELS[name] + 0.1) for name, c in _CHORDS.items()
    }
    low["+end"] = bass(_LAST, "r---", step=1, low=36, level=0.8)
    pipes = {name: clip for name, clip in inner.items() if name != "first verse"}
    pedal = {name: low[name].up(-12) for name in ("third verse", "+end")}
    violas = sustained.strings(players=6, attack_s=0.08, release_s=0.3)
    cellos = sustained.strings(players=4, attack_s=0.07, release_s=0.3, bright=0.8)
    return (
        Player("violas", violas, _FORM.lay(inner), gain_db=-4, space=0.4, pan=0.1, loose_ms=10),
        Player("cellos", cellos, _FORM.lay(low), space=0.35, pan=0.35, loose_ms=10),
        Player("organ", sustained.organ(), _FORM.lay(pipes), gain_db=-8, space=0.5),
        Player("pedal", sustained.organ(), _FORM.lay(pedal), gain_db=-2, space=0.3),
    )
