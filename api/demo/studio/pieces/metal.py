"""Hammer Weather: E minor, two guitars per ear, a bridge at half the speed."""

from __future__ import annotations

from api.demo.studio import drums, struck
from api.demo.studio.accompany import fifths
from api.demo.studio.notation import melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.room import amplifier
from api.demo.studio.score import Clip, Metre, SongForm, rest

_BAR = 4.0
_FORM = SongForm(
    Metre(4), (("riff", 8), ("chorus", 8), ("anvil", 6), ("riff again", 6), ("+end", 2))
)
_GALLOP = "E2=.25 - E2 E2 E2 - E2 E2 E2 - E2 E2 G2=.5 F#2 |"
_RIFF = melody(
    f"{_GALLOP} E2=.25 - E2 E2 E2 - E2 E2 Bb2=1 A2 | {_GALLOP} C3=1.5 B2=.5 C3=1 D3 |",
    bar=_BAR,
    level=0.8,
)
_CHORUS = melody(
    """
    E3=.5 E3 E3 E3 E3 E3 E3 E3 | C3 C3 C3 C3 C3 C3 C3 C3 | G2 G2 G2 G2 G2 G2 G2 G2 |
    D3 D3 D3 D3 D3 D3 D3 D3 | E3 E3 E3 E3 E3 E3 E3 E3 | C3 C3 C3 C3 C3 C3 C3 C3 |
    A2 A2 A2 A2 D3 D3 D3 D3 | B2=2 B2=1 B2 |
    """,
    bar=_BAR,
    level=0.8,
)
_ANVIL = melody(
    """
    E2=.25 E2 - - E2 - E2 - E2=2 | E2=.25 E2 - - E2 - E2 - Bb2=1 A2 |
    E2=.25 E2 - - E2 - E2 - E2=2 | C3=2 B2 |
    """,
    bar=_BAR,
    level=0.85,
)
_LEAD = melody(
    """
    E5=1.5 F#5=.5 G5=2 | E5=1.5 D5=.5 E5=2 | D5=1.5 E5=.5 G5=1 B5 | A5=3 F#5=1 |
    G5=1.5 F#5=.5 E5=2 | G5=1.5 A5=.5 B5=2 | C6=1 B5 A5 F#5 | B5=4 |
    """,
    bar=_BAR,
    level=0.8,
)
_END = melody("E2=4 | E2=4", bar=_BAR, level=0.9)


def piece() -> Composition:
    """All of the storm."""
    return Composition(
        slug="hammer-weather",
        title="Hammer Weather",
        tempo_bpm=164,
        tonic="E",
        mode="minor",
        form=_FORM,
        parts=(*_guitars(), *_feet(), *_hands()),
        seed=111,
        style="metal",
        room=Reverb(t60_s=0.9, dull_hz=5_000, echo_quarters=1.5),
        level_db=-13.5,
        tail_s=1.0,
    )


def _guitars() -> tuple[Player, ...]:
    lines = {"riff": _RIFF, "chorus": _CHORUS, "anvil": _ANVIL, "riff again": _RIFF, "+end": _END}
    chords = _FORM.lay({name: fifths(line) for name, line in lines.items()})
    octave = {name: line.up(-12 if name == "chorus" else 0) for name, line in lines.items()}
    lead = {"chorus": _LEAD, "riff again": _LEAD.softer(0.9)}
    harmony_line = {"riff again": _LEAD.up(-12).softer(0.7)}
    return (
        *(
            Player(f"guitar {side}", struck.amp_string(), chords, gain_db=-6, pan=pan, space=0.04,
                 loose_ms=5, effect=amplifier)
            for side, pan in (("left", -0.85), ("right", 0.85))
        ),
        Player("bass", struck.electric_bass(bite=0.7), _FORM.lay(octave), gain_db=-3, space=0.0),
        Player("lead", struck.amp_string(), _FORM.lay(lead), gain_db=-8, pan=0.1, space=0.25,
             echo=0.3, effect=amplifier),
        Player("lower lead", struck.amp_string(), _FORM.lay(harmony_line), gain_db=-12, pan=-0.2,
             space=0.25, effect=amplifier),
    )  # fmt: skip


def _feet() -> tuple[Player, ...]:
    gallop = rhythm("X.xxX.xxX.xxX.x.", step=0.25)
    drive = rhythm("X...X.x.X...X.x.", step=0.25)
    stamp = rhythm("XX..X.X.X....... XX..X.X.X...X...", step=0.25)
    both = rhythm("X.xxxxxxX.xxxxxx", step=0.25)
    feet = {"riff": gallop, "chorus": drive, "anvil": stamp, "riff again": both, "+end": _once()}
    beater = drums.kick(hz=58, length_s=0.22, click=1.0)
    return (Player("kick", beater, _FORM.lay(feet), gain_db=2, space=0.03, loose_ms=3),)


def _hands() -> tuple[Player, ...]:
    snare, slow = rhythm("....X.......X...", step=0.25), rhythm("........X.......", step=0.25)
    roll = rhythm("x.xxx.xxX.X.XXXX", step=0.25)
    hands = {
        "riff": snare * 7 + roll,
        "chorus": snare * 7 + roll,
        "anvil": slow * 5 + roll,
        "riff again": snare,
    }
    falls = rhythm("x.x.", step=0.25, pitch_number=66) + rhythm("x.x.", step=0.25, pitch_number=60)
    toms = {"riff": rest(30.0) + falls, "chorus": rest(30.0) + falls, "anvil": rest(22.0) + falls}
    hat, bell = rhythm("X.x.X.x.X.x.X.x.", step=0.25), rhythm("X...X...X...X...", step=0.25)
    cymbals = {"riff": hat, "riff again": bell}
    hits = rhythm("X.......", step=1.0)
    crashes = dict.fromkeys(("chorus", "anvil", "riff again"), hits) | {"+end": _once()}
    return (
        Player("snare", drums.snare(hz=200, rattle=0.95), _FORM.lay(hands), gain_db=4, space=0.15),
        Player("tom", drums.tom(), _FORM.lay(toms), gain_db=-3, pan=0.3),
        Player("hat", drums.hat(t60_s=0.16), _FORM.lay(cymbals), gain_db=-1, pan=-0.3),
        Player("ride", drums.ride(), _FORM.lay({"chorus": bell}), gain_db=1, pan=0.35),
        Player("crash", drums.crash(), _FORM.lay(crashes), gain_db=1, pan=-0.2),
    )


def _once() -> Clip:
    return rhythm("X.......", step=1.0)
