"""Last Bus North: drum and bass, G minor, long chords over short drums."""

from __future__ import annotations

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import bass, hold
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm, rest

_BAR = 4.0
_FORM = SongForm(
    Metre(4), (("platform", 6), ("departure", 8), ("window seat", 8), ("terminus", 8), ("+end", 1))
)
_CHORDS = harmony("Gm9 | % | Ebmaj7 | % | Cm7 | % | D7sus4 | D7", bar=_BAR)
_LAST = harmony("Gm9", bar=_BAR)
_CALL = melody(
    """
    D6=1.5 Bb5=.5 G5=2 | F5=1 G5=.5 Bb5 C6=2 | Bb5=1.5 G5=.5 Eb5=2 | D5=1 Eb5=.5 G5 Bb5=2 |
    Eb6=1.5 D6=.5 C6=2 | G5=1 Bb5=.5 C6 Eb6=2 | D6=1.5 C6=.5 A5=2 | G5=1 A5 D6=2 |
    """,
    bar=_BAR,
)
_DRIVEN = ("departure", "terminus")


def piece() -> Composition:
    """The whole way north."""
    return Composition(
        slug="last-bus-north",
        title="Last Bus North",
        tempo_bpm=174,
        tonic="G",
        mode="minor",
        form=_FORM,
        parts=(*_air(), *_low(), *_drums()),
        seed=107,
        style="drum and bass",
        room=Reverb(t60_s=2.0, dull_hz=5_000, echo_quarters=1.5),
        level_db=-12.5,
        duck=0.35,
        tail_s=1.6,
    )


def _air() -> tuple[Player, ...]:
    carpet = hold(_CHORDS, centre=62, voices=4, level=0.65)
    pads = {name: carpet for name, _ in _FORM.order[:4]} | {"+end": hold(_LAST, centre=62)}
    bells = {
        "platform": _CALL.softer(0.6),
        "window seat": _CALL.softer(0.8),
        "terminus": _CALL,
    }
    keys = {"window seat": hold(_CHORDS, centre=65, voices=4, level=0.55)}
    return (
        Player("pad", sustained.pad(), _FORM.lay(pads), gain_db=-7, space=0.3, ducked=True),
        Player("bells", struck.bell(), _FORM.lay(bells), gain_db=-6, space=0.35, echo=0.4),
        Player("keys", struck.electric_piano(), _FORM.lay(keys), gain_db=-5, space=0.3),
    )


def _low() -> tuple[Player, ...]:
    growls = bass(_CHORDS, "r-----r-....r-7.", step=0.25, low=31)
    deep = bass(_CHORDS, "r---", step=1, low=31, level=0.6)
    end = bass(_LAST, "r---", step=1, low=31)
    lines = dict.fromkeys(_DRIVEN, growls) | {"+end": end}
    return (
        Player("growl", sustained.growl(), _FORM.lay(lines), gain_db=-2, space=0.05, loose_ms=0),
        Player(
            "sub",
            sustained.deep_bass(drive=1.2),
            _FORM.lay({"window seat": deep}),
            gain_db=-5,
            space=0.0,
        ),
    )


def _drums() -> tuple[Player, ...]:
    kick = rhythm("X.........x..... X..x......x.....", step=0.25)
    snare = rhythm("....X..g.g..X... ....X..g.g..X..g", step=0.25)
    roll = rhythm("....X..g.g..X... ....X..gxgxgxxXX", step=0.25)
    driven = dict.fromkeys(_DRIVEN, snare * 3 + roll)
    hats, rides = rhythm("x.ogx.og", step=0.25), rhythm("x.o.x.o.", step=0.5)
    ridden = {"terminus": rides, "window seat": rides}
    hits = dict.fromkeys((*_DRIVEN, "window seat"), rhythm("X", step=1) + rest(31))
    boom = rhythm("X...", step=1)
    return (
        Player(
            "kick",
            drums.kick(hz=54, length_s=0.28, click=0.7),
            _FORM.lay(dict.fromkeys(_DRIVEN, kick) | {"+end": boom}),
            space=0.03,
            loose_ms=1,
        ),
        Player("snare", drums.snare(hz=205, rattle=0.9), _FORM.lay(driven), loose_ms=1),
        Player("hat", drums.hat(), _FORM.lay(dict.fromkeys(_DRIVEN, hats)), gain_db=-4, pan=0.25),
        Player("ride", drums.ride(), _FORM.lay(ridden), gain_db=-6, pan=-0.25, loose_ms=2),
        Player("crash", drums.crash(), _FORM.lay(hits | {"+end": boom}), gain_db=-3),
    )
