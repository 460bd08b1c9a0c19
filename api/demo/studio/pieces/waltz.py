"""The Lantern Waltz: 3/4, G major, with a trio in E minor."""

from __future__ import annotations

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import bass, comp, hold
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.score import Metre, SongForm

_BAR = 3.0
_FORM = SongForm(
    Metre(3),
    (
        ("first strain", 8),
        ("second strain", 8),
        ("trio", 8),
        ("second strain again", 8),
        ("+end", 2),
    ),
)
_FIRST = melody(
    "D5=2 B4=1 | G5=2 F#5=1 | E5=2 C5=1 | D5=3 | C5=1 D5 E5 | F#5=2 A5=1 | G5 D5 B4 | A4=2 -=1 |",
    bar=_BAR,
)
_SECOND = melody(
    "D5=2 B4=1 | G5=2 A5=1 | B5=2 G5=1 | E5=3 | A5=1 G5 E5 | D5=2 F#5=1 | G5=3 | G5=1 D5 B4 |",
    bar=_BAR,
)
_TRIO = melody(
    "E5=1 G5 B5 | A5=2 E5=1 | F#5 D#5 B4 | E5=3 | G5=1 E5 C5 | D5=2 B4=1 | C5 E5 A5 | F#5=2 -=1 |",
    bar=_BAR,
    level=0.75,
)
_CHORDS = {
    "first strain": harmony("G|Em|C|G|Am|D7|G|D7", bar=_BAR),
    "second strain": harmony("G|Em|G|C|Am|D7|G|G", bar=_BAR),
    "trio": harmony("Em|Am|B7|Em|C|G|Am|D7", bar=_BAR),
    "second strain again": harmony("G|Em|G|C|Am|D7|G|G", bar=_BAR),
}
_LAST = harmony("G|G", bar=_BAR)


def piece() -> Composition:
    """The whole waltz."""
    return Composition(
        slug="the-lantern-waltz",
        title="The Lantern Waltz",
        tempo_bpm=150,
        tonic="G",
        mode="major",
        form=_FORM,
        parts=(*_tune(), *_backing()),
        seed=102,
        style="waltz",
        room=Reverb(t60_s=1.1, dull_hz=5_000),
        level_db=-17.5,
    )


def _tune() -> tuple[Player, ...]:
    reeds = {
        "first strain": _FIRST,
        "second strain": _SECOND,
        "trio": hold(_CHORDS["trio"], voices=3, level=0.35, centre=55),
        "second strain again": _SECOND,
        "+end": melody("G5=3 | B5=2 -=1", bar=_BAR),
    }
    bowed = {
        "trio": _TRIO,
        "second strain": _SECOND.up(-12).softer(0.7),
        "second strain again": _SECOND.up(-12).softer(0.85),
        "+end": melody("B4=3 | D5=2 -=1", bar=_BAR),
    }
    section = _FORM.lay({"trio": hold(_CHORDS["trio"], voices=4, level=0.4)})
    return (
        Player("accordion", sustained.accordion(), _FORM.lay(reeds), pan=-0.15, loose_ms=8),
        Player("fiddle", sustained.fiddle(), _FORM.lay(bowed), gain_db=1, pan=0.3, space=0.3),
        Player("strings", sustained.strings(), section, gain_db=-5, space=0.4),
    )


def _backing() -> tuple[Player, ...]:
    beat = rhythm(".xo", step=1)
    guitar = {name: comp(c, beat, spread_ms=12, centre=58) for name, c in _CHORDS.items()}
    guitar["+end"] = comp(_LAST, rhythm("x-----", step=1), spread_ms=28, centre=58)
    low = {name: bass(c, "b--5--", step=1) for name, c in _CHORDS.items() if name != "first strain"}
    low["+end"] = bass(_LAST, "r-----", step=1)
    swish = rhythm(".oo", step=1)
    brushes = dict.fromkeys(("second strain", "second strain again"), swish)
    return (
        Player("guitar", struck.guitar(), _FORM.lay(guitar), gain_db=-3, pan=-0.35, loose_ms=7),
        Player("bass", struck.upright_bass(), _FORM.lay(low)),
        Player("brush", drums.brush(), _FORM.lay(brushes), gain_db=-6, pan=0.2),
    )
