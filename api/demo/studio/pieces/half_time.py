"""Half the Speed of Rain: hats run at 142, the snare walks at 71; C sharp minor."""

from __future__ import annotations

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import arpeggio, bass, hold
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.room import chorus
from api.demo.studio.score import Metre, SongForm, rest

_BAR = 4.0
_FORM = SongForm(Metre(4), (("drizzle", 8), ("street", 8), ("downpour", 8), ("+end", 1)))
_CHORDS = harmony("C#m | C#m | A | A | E | E | B | G#m7", bar=_BAR)
_LAST = harmony("C#m", bar=_BAR)
_TUNE = melody(
    """
    G#5=3 E5=1 | F#5=2 E5=1 C#5 | E5=3 C#5=1 | B4=2 C#5 |
    G#5=3 B5=1 | A5=2 G#5=1 E5 | F#5=3 D#5=1 | B4=2 D#5 |
    """,
    bar=_BAR,
)
_WET = ("street", "downpour")


def piece() -> Composition:
    """The whole shower."""
    return Composition(
        slug="half-the-speed-of-rain",
        title="Half the Speed of Rain",
        tempo_bpm=142,
        tonic="C#",
        mode="minor",
        form=_FORM,
        parts=(*_drops(), *_voices(), *_drums()),
        seed=108,
        style="half-time",
        room=Reverb(t60_s=1.8, dull_hz=4_000, echo_quarters=1.5),
        level_db=-13.5,
        duck=0.4,
        half_time=True,
    )


def _drops() -> tuple[Player, ...]:
    drops = arpeggio(_CHORDS, "02143.21", step=0.5, centre=68, voices=3, level=0.6)
    plucks = {"drizzle": drops, "street": drops.softer(0.7), "downpour": drops}
    pluck = sustained.synth(open_hz=4_000, shut_hz=300, close_s=0.09, resonance_db=3)
    carpet = hold(_CHORDS, centre=61, voices=4, level=0.6)
    pads = {"drizzle": carpet.softer(0.6), "downpour": carpet, "+end": hold(_LAST, centre=61)}
    return (
        Player(
            "drops", pluck, _FORM.lay(plucks), gain_db=4, pan=-0.2, space=0.3, echo=0.5, loose_ms=0
        ),
        Player("pad", sustained.pad(edge_hz=2_400), _FORM.lay(pads), gain_db=-6, ducked=True),
    )


def _voices() -> tuple[Player, ...]:
    tune = {"street": _TUNE.up(-12), "downpour": _TUNE}
    doubled = {"downpour": _TUNE.up(12).softer(0.5)}
    deep = bass(_CHORDS, "r-----..r-..r-..", step=0.25, low=25, level=0.8)
    lead = sustained.synth(open_hz=3_000, shut_hz=1_100, close_s=0.5, detune=14)
    low = dict.fromkeys(_WET, deep) | {"+end": bass(_LAST, "r---", step=1, low=25)}
    return (
        Player(
            "lead",
            lead,
            _FORM.lay(tune),
            gain_db=4,
            space=0.3,
            echo=0.25,
            effect=chorus,
            loose_ms=3,
        ),
        Player("bells", struck.bell(), _FORM.lay(doubled), gain_db=-7, pan=0.3, space=0.4),
        Player("bass", sustained.deep_bass(drive=2.6), _FORM.lay(low), gain_db=-6, space=0.0),
    )


def _drums() -> tuple[Player, ...]:
    kick = rhythm("X.....x......... X.....x...x.....", step=0.25)
    snare = rhythm("........X....... ........X......g", step=0.25)
    hats = rhythm("x.o.x.o.x.o.x.oo x.o.x.ooxgxgx.o.", step=0.25)
    rolled = rhythm("xgogxgogxgogxggg", step=0.25)
    hat = {"street": hats, "downpour": hats * 3 + rolled * 2}
    hits = dict.fromkeys(_WET, rhythm("X", step=1) + rest(31)) | {"+end": rhythm("X...", step=1)}
    stopped = rhythm("X...", step=1)
    return (
        Player(
            "kick",
            drums.kick(hz=44, length_s=0.5),
            _FORM.lay(dict.fromkeys(_WET, kick) | {"+end": stopped}),
            gain_db=1,
            space=0.03,
            loose_ms=0,
        ),
        Player("snare", drums.snare(hz=175), _FORM.lay(dict.fromkeys(_WET, snare)), space=0.3),
        Player("clap", drums.clap(), _FORM.lay({"downpour": snare}), gain_db=-2, space=0.3),
        Player("hat", drums.hat(t60_s=0.07), _FORM.lay(hat), gain_db=-2, pan=0.2, loose_ms=1),
        Player("crash", drums.crash(), _FORM.lay(hits), gain_db=-4, space=0.3),
    )
