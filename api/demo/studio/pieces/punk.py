"""Kerosene Sunday: A major, very fast, entirely cheerful."""

from __future__ import annotations

from dataclasses import replace

from api.demo.studio import drums, struck, sustained
from api.demo.studio.accompany import bass, fifths
from api.demo.studio.notation import harmony, melody, rhythm
from api.demo.studio.piece import Composition, Player, Reverb
from api.demo.studio.room import amplifier, crunch
from api.demo.studio.score import Clip, Metre, SongForm, rest

_BAR = 4.0
_FORM = SongForm(
    Metre(4), (("intro", 8), ("verse", 8), ("chorus", 8), ("chorus again", 8), ("+end", 1))
)
_VERSE = harmony("A | E | F#m | D | A | E | D | E", bar=_BAR)
_CHORUS = harmony("D | A | E | F#m | D | A | E | E", bar=_BAR)
_LAST = harmony("A", bar=_BAR)
_SUNG = melody(
    """
    C#5=.5 C#5 E5=1 C#5 B4 | B4=.5 B4 E5=1 B4=2 | A4=.5 A4 C#5=1 A4 C#5 | D5=1 C#5=.5 B4 A4=2 |
    C#5=.5 C#5 E5=1 C#5 E5 | E5=.5 E5 G#5=1 E5=2 | F#5=1 E5=.5 D5 C#5=1 B4 | B4=1 C#5 D5 E5 |
    """,
    bar=_BAR,
)
_SHOUTED = melody(
    """
    F#5=1 F#5=.5 A5=1.5 F#5=1 | E5=1 E5=.5 C#5=1.5 E5=1 | B5=1 B5=.5 A5=1 G#5=.5 E5=1 |
    A5=1 G#5=.5 F#5=2.5 | F#5=1 F#5=.5 A5=1.5 F#5=1 | E5=1 E5=.5 C#5=1.5 A5=1 |
    G#5=1 A5=.5 B5=1.5 G#5=1 | E5=2 G#5=1 B5 |
    """,
    bar=_BAR,
    level=0.8,
)
_LOUD = ("intro", "chorus", "chorus again")


def piece() -> Composition:
    """All of Sunday."""
    return Composition(
        slug="kerosene-sunday",
        title="Kerosene Sunday",
        tempo_bpm=186,
        tonic="A",
        mode="major",
        form=_FORM,
        parts=(*_guitars(), *_tune(), *_drums()),
        seed=113,
        style="punk pop",
        room=Reverb(t60_s=0.7, dull_hz=6_000),
        level_db=-14.0,
    )


def _guitars() -> tuple[Player, ...]:
    eighths = "rrrrrrrr"
    open_verse = fifths(bass(_VERSE, eighths, step=0.5, low=40))
    open_chorus = fifths(bass(_CHORUS, eighths, step=0.5, low=40))
    chugs = _damped(bass(_VERSE, eighths, step=0.5, low=40))
    end = fifths(bass(_LAST, "r---", step=1, low=40))
    chords = {
        "intro": open_verse,
        "verse": chugs,
        "chorus": open_chorus,
        "chorus again": open_chorus,
        "+end": end,
    }
    low = {"intro": bass(_VERSE, eighths, step=0.5), "+end": bass(_LAST, "r---", step=1)}
    low |= {"verse": low["intro"]} | dict.fromkeys(_LOUD[1:], bass(_CHORUS, "rrrrrr57", step=0.5))
    string = struck.amp_string()
    answering = {name: clip for name, clip in chords.items() if name != "verse"}
    return (
        Player("guitar left", string, _FORM.lay(chords), gain_db=-8, pan=-0.8, effect=crunch),
        Player("guitar right", string, _FORM.lay(answering), gain_db=-8, pan=0.8, effect=amplifier),
        Player("bass", struck.electric_bass(bite=0.8), _FORM.lay(low), gain_db=-2, space=0.0),
    )


def _damped(line: Clip) -> Clip:
    """Every note a fifth, and short: the palm lies on the strings."""
    chords = fifths(line)
    return replace(chords, notes=tuple(replace(note, length=0.3) for note in chords.notes))


def _tune() -> tuple[Player, ...]:
    sung = {
        "verse": _SUNG,
        "chorus": _SHOUTED,
        "chorus again": _SHOUTED | _SHOUTED.up(12).softer(0.5),
        "+end": melody("A5=4", bar=_BAR, level=0.85),
    }
    lead = sustained.synth(open_hz=6_000, shut_hz=1_500, close_s=0.3, detune=7, resonance_db=3)
    twang = {"intro": rest(4 * _BAR) + _SHOUTED.until(4 * _BAR).up(-12)}
    return (
        Player("lead", lead, _FORM.lay(sung), gain_db=1, space=0.15, echo=0.1, loose_ms=5),
        Player(
            "twang", struck.amp_string(), _FORM.lay(twang), gain_db=-8, space=0.2, effect=crunch
        ),
    )


def _drums() -> tuple[Player, ...]:
    kick, snare = rhythm("X..X.XX.", step=0.5), rhythm("..X...X.", step=0.5)
    roll = rhythm("..X.xXXX", step=0.5)
    names = ("intro", "verse", "chorus", "chorus again")
    hands = dict.fromkeys(names, snare * 7 + roll)
    hat = rhythm("xoxoxoxo", step=0.5)
    wash = rhythm("X.X.X.X.", step=0.5)
    hits = dict.fromkeys(_LOUD, rhythm("X", step=1) + rest(15)) | {"+end": rhythm("X...", step=1)}
    return (
        Player("kick", drums.kick(hz=60, length_s=0.22, click=0.8),
             _FORM.lay(dict.fromkeys(names, kick) | {"+end": rhythm("X...", step=1)})),
        Player("snare", drums.snare(hz=210, rattle=0.9), _FORM.lay(hands), gain_db=3),
        Player("hat", drums.hat(), _FORM.lay({"verse": hat}), gain_db=0, pan=-0.3),
        Player("open hat", drums.hat(t60_s=0.3), _FORM.lay(dict.fromkeys(_LOUD, wash)),
             gain_db=-1, pan=-0.3),
        Player("crash", drums.crash(), _FORM.lay(hits), gain_db=0, pan=0.2),
    )  # fmt: skip
