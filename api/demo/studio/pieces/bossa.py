"""Low Tide Postcard: bossa nova, C major, guitar and flute at the water's edge."""

from __future__ import annotations

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import bass, comp
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm

_BAR = 4.0
_FORM = SongForm(Metre(4), (("guitar alone", 6), ("tune", 8), ("bridge", 8), ("+end", 1)))
_A = harmony("Cmaj9 | % | D9 | % | Dm9 | G13 | Cmaj9 | Em7 A7b9", bar=_BAR)
_INTRO = harmony("Cmaj9 | % | Dm9 | G13 | Cmaj9 | G13", bar=_BAR)
_B = harmony("Fmaj7 | Fm6 | Em7 | A7b9 | Dm9 | G7b9 | C69 | %", bar=_BAR)
_LAST = harmony("Cmaj9", bar=_BAR)
_TUNE = melody(
    """
    -=.5 G5=1 E5=.5 G5 B5=1.5 | A5=.5 G5=1 E5=2.5 | -=.5 F#5=1 E5=.5 F#5 A5=1.5 |
    G5=.5 F#5=1 D5=2.5 | -=.5 F5=1 E5=.5 F5 A5=1.5 | G5=.5 F5=1 E5=2.5 |
    D5=1 E5 G5=2 | -=1 E5 Bb5 A5 |
    """,
    bar=_BAR,
    level=0.65,
)
_BRIDGE = melody(
    """
    A5=1.5 C6=.5 A5=2 | Ab5=1.5 C6=.5 Ab5=2 | G5=1.5 B5=.5 G5=2 | Bb5=1 A5 G5 E5 |
    F5=1.5 A5=.5 E5=2 | F5=1 D5 Ab5 F5 | E5=1.5 G5=.5 D5=2 | C5=3 -=1 |
    """,
    bar=_BAR,
    level=0.7,
)


def piece() -> Composition:
    """The whole postcard."""
    return Composition(
        slug="low-tide-postcard",
        title="Low Tide Postcard",
        tempo_bpm=138,
        tonic="C",
        mode="major",
        form=_FORM,
        parts=(*_players(), *_percussion()),
        seed=114,
        style="bossa nova",
        room=Reverb(t60_s=1.2, dull_hz=4_500),
        level_db=-18.0,
    )


def _players() -> tuple[Player, ...]:
    beat = rhythm("x-.x-.x- .x-.x-x.", step=0.5)
    end = rhythm("x---", step=1)
    chords = {"guitar alone": _INTRO, "tune": _A, "bridge": _B}
    guitar = {name: comp(c, beat, centre=60, spread_ms=4) for name, c in chords.items()}
    low = {name: bass(c, "r--55--5", step=0.5) for name, c in chords.items()}
    thumb = {"guitar alone": bass(_INTRO, "r--55--5", step=0.5, low=40)}
    low.pop("guitar alone")
    guitar["+end"], low["+end"] = comp(_LAST, end, spread_ms=24), bass(_LAST, "r---", step=1)
    flute = {"tune": _TUNE, "bridge": _BRIDGE, "+end": melody("G5=4", bar=_BAR, level=0.55)}
    keys = {"bridge": comp(_B, rhythm("..x-....", step=0.5), centre=66)}
    return (
        Player("guitar", struck.guitar(), _FORM.lay(guitar), pan=-0.3, loose_ms=7),
        Player("thumb", struck.guitar(), _FORM.lay(thumb), gain_db=3, pan=-0.3, loose_ms=7),
        Player("bass", struck.upright_bass(), _FORM.lay(low), gain_db=-1, loose_ms=6),
        Player("flute", sustained.whistle(breath=1.0), _FORM.lay(flute), gain_db=-3, pan=0.15,
             space=0.35, loose_ms=12),
        Player("keys", struck.electric_piano(), _FORM.lay(keys), gain_db=-8, pan=0.35, space=0.3),
    )  # fmt: skip


def _percussion() -> tuple[Player, ...]:
    clave = rhythm("x..x..x. ..x..x..", step=0.5)
    seeds = rhythm("xgogxgog", step=0.5)
    soft = rhythm("x..xx..x", step=0.5)
    names = ("tune", "bridge")
    rims = dict.fromkeys(names, clave)
    shaken = dict.fromkeys(names, seeds)
    swish = {"bridge": rhythm("..o...o.", step=0.5)}
    return (
        Player("rim", drums.rim(), _FORM.lay(rims), gain_db=-6, pan=0.3, loose_ms=5),
        Player("shaker", drums.shaker(), _FORM.lay(shaken), gain_db=0, pan=-0.4, loose_ms=5),
        Player("kick", drums.kick(hz=60, length_s=0.25, click=0.05),
             _FORM.lay(dict.fromkeys(names, soft)), gain_db=-12, loose_ms=5),
        Player("brush", drums.brush(), _FORM.lay(swish), gain_db=-10, pan=0.1),
    )  # fmt: skip
