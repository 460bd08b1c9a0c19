"""Two to five things side by side: what sets them apart, and what they are together. Pure.

A difference weighs what the number is worth: one below half of the larger typical error may well
be none, one of twice the error is clear. Sides are called by their place: the first, the second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from web.charts.wheel import neighbours
from web.text import formatting
from web.text.meanings import MEANINGS, FeatureMeaning
from web.text.sounds import ASSUMED, FLOOR, STATED_SCALE, SideNumber, SideSound

PLACES = ("the first", "the second", "the third", "the fourth", "the fifth")
EQUAL, CLEAR = 0.5, 2.0  # times the larger error
UNSURE = 0.5  # a confidence below which a number may well be wrong
MAYBE_EQUAL, PERHAPS, CLEARLY = "may well be equal", "perhaps different", "clearly different"
IN_RANGE, MAYBE_IN, OUTSIDE = "in the range", "may well be in it", "outside of it"
STRIPS = tuple(each for each in MEANINGS if each.field not in {"loudness", "tempo"})
MIXES_WITHIN = 0.06  # of a tempo: as far as a player's speed is turned without being heard
SAME_WITHIN = 0.01
OCTAVE = math.sqrt(2)  # from here on the half of the faster tempo is nearer
LEVELS = (  # from which difference in dB on, what it is to an ear
    (9.5, "about twice as loud, or more"),
    (3.0, "clearly louder"),
    (1.0, "you would hear it, just"),
    (0.0, "too little to be heard"),
)
PARTS = {  # what two songs part in
    "energy": "how intense they are",
    "valence": "their mood",
    "danceability": "how easy they are to dance to",
    "acousticness": "how acoustic they sound",
    "instrumentalness": "whether somebody sings",
    "speechiness": "how much is spoken",
    "liveness": "whether an audience is there",
}

Heard = Sequence[SideSound | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far apart the two are that are farthest apart on one feature. `pair`: their places.

    `by` is the difference of the figures as they are shown, `weight` how many times the larger
    error it is.
    """

    meaning: FeatureMeaning
    pair: tuple[int, int]
    by: float
    weight: float
    wished: bool

    @property
    def word(self) -> str:
        """What that means."""
        words = (IN_RANGE, MAYBE_IN, OUTSIDE) if self.wished else (MAYBE_EQUAL, PERHAPS, CLEARLY)
        if self.wished:
            return words[(self.by > 0) + (self.weight >= EQUAL)]
        return words[(self.weight >= EQUAL) + (self.weight >= CLEAR)]


def differences(sides: Heard) -> tuple[Difference, ...]:
    """One per feature that two sides have, the largest difference first."""
    found = (_apart(meaning, sides) for meaning in STRIPS)
    return tuple(sorted((one for one in found if one), key=lambda one: -one.weight))


def _apart(meaning: FeatureMeaning, sides: Heard) -> Difference | None:
    given = _readings(sides, meaning.field)
    found = [_pair(meaning, pair, given) for pair in combinations(given, 2)]
    return max(found, key=lambda one: one.weight, default=None)


def _pair(
    meaning: FeatureMeaning, pair: tuple[int, int], given: Mapping[int, SideNumber]
) -> Difference:
    one, other = (given[place] for place in pair)
    exact = max(0.0, one.low - other.high, other.low - one.high)
    by = max(0.0, _shown(one.low) - _shown(other.high), _shown(other.low) - _shown(one.high))
    wished = one.wished or other.wished
    return Difference(meaning, pair, by, round(exact / max(FLOOR, one.off, other.off), 6), wished)


def _shown(value: float) -> float:
    """The value as it is read: a difference is that of the figures beside it."""
    return round(value, 2)


def _readings(sides: Heard, field: str) -> dict[int, SideNumber]:
    """The readings of one field by place."""
    return {
        place: side.readings[field]
        for place, side in enumerate(sides)
        if side is not None and field in side.readings
    }


def _doubt(sides: Heard, field: str, noun: str) -> str:
    """A word of caution where what was heard of a song may well be wrong."""
    unsure = [
        place
        for place, side in enumerate(sides)
        if side and side.heard is None and side.sure.get(field, 1.0) < UNSURE
    ]
    return f" But the {noun} of {together(unsure)} may well be wrong." if unsure else ""


def error_note(sides: Heard) -> str:
    """What the pale bars are, how long they are, and where nobody says so."""
    known = [side for side in sides if side and side.source]
    songs = [side for side in known if side.heard is None]
    fields = [meaning.field for meaning in STRIPS]
    offs = [side.readings[name].off for side in songs for name in fields if name in side.readings]
    lists = "how far the songs of each list spread"
    if not offs:
        bars = lists
    else:
        low, high = formatting.decimal(min(offs)), formatting.decimal(max(offs))
        far = low if low == high else f"{low} to {high}"
        bars = f"how far such numbers are typically off, {far}"
        if len(songs) < len(known):
            bars += f", and {lists}"
    said = f"The pale bars are {bars}. Where they overlap much, the two may well be equal."
    wished = [place for place, side in enumerate(sides) if side and not side.source]
    if wished:
        said += f" A bar without a mark is what {together(wished)} aims at."
    if any(not side.stated for side in songs):
        said += (
            f" Where the source does not say how far it is off, {ASSUMED} is assumed, "
            f"and nothing is taken to be surer than {FLOOR}."
        )
    return said


def ranged(reading: SideNumber, places: int = 2) -> str:
    """`84–98`; −20 to −14 where a sign would make the dash unreadable."""
    low, high = (formatting.decimal(end, places) for end in (reading.low, reading.high))
    return f"{low} to {high}" if reading.low < 0 else f"{low}–{high}"


def together(places: Sequence[int]) -> str:
    """`the first and the second`, of their places."""
    return formatting.listed([PLACES[place] for place in places])


def tempo(sides: Heard) -> str:
    """Whether they can be mixed; a tempo that changes is said to."""
    return " ".join(filter(None, (_meeting_of_all(sides), _changing(sides))))


def _changing(sides: Heard) -> str:
    """Whose tempo is no single number, so that what is said holds in its middle only."""
    at = [place for place, side in enumerate(sides) if side and side.tempo_range]
    if not at:
        return ""
    verb = "changes its" if len(at) == 1 else "change their"
    return _sentence(f"{together(at)} {verb} tempo on the way: this holds in the middle only")


def _meeting_of_all(sides: Heard) -> str:
    readings = _readings(sides, "tempo")
    given = {place: one.middle for place, one in readings.items() if not one.wished}
    songs = _of_songs(sides, given)
    if wish := _wishes(readings, formatting.bpm):
        return wish
    if len(songs) < 2:  # noqa: PLR2004  # one alone meets nobody
        return _tempo_of_lists(given)
    doubt = _doubt(sides, "tempo", "tempo")
    if len(songs) == 2:  # noqa: PLR2004
        one, other = songs.values()
        return _sentence(_meeting(one, other)) + doubt
    pairs = combinations(songs, 2)
    mixed = {(a, b): _mixes(songs[a], songs[b]) for a, b in pairs}
    return _of_many(mixed, "can be mixed") + doubt


def _wishes(readings: Mapping[int, SideNumber], unit: Callable[[float], str]) -> str:
    """Where each stands to a range that is aimed at."""
    others = {place: reading for place, reading in readings.items() if not reading.wished}
    said = [
        _stand(others, (at, reading), unit)
        for at, reading in readings.items()
        if reading.wished and others
    ]
    return " ".join(said)


def _stand(
    others: Mapping[int, SideNumber], aim: tuple[int, SideNumber], unit: Callable[[float], str]
) -> str:
    at, wish = aim
    goal = f"the range of {PLACES[at]}"
    inside = [place for place, one in others.items() if wish.low <= one.middle <= wish.high]
    lie = "lies" if len(inside) == 1 else "lie"
    said = [f"{together(inside)} {lie} in {goal}"] if inside else []
    for place, one in others.items():
        if place not in inside:
            above = one.middle > wish.high
            by = unit(one.middle - wish.high if above else wish.low - one.middle)
            where = "it" if said else goal
            said.append(f"{PLACES[place]} is {by} {'above' if above else 'below'} {where}")
    return _sentence("; ".join(said))


def _meeting(one: float, other: float) -> str:
    slow, fast = sorted((one, other))
    halved = fast / slow >= OCTAVE
    ratio = fast / (2 * slow if halved else slow)
    apart = max(ratio, 1 / ratio) - 1
    if apart <= SAME_WITHIN and not halved:
        return "the same tempo: they mix as they are"
    change = "" if apart <= SAME_WITHIN else f" after a change of speed of {_percent(apart)}"
    if apart > MIXES_WITHIN:
        far = _percent(fast / slow - 1)
        return f"{far} apart: too far to mix without changing the speed of one much"
    if halved:
        return f"mixes at {fast:.0f} with half tempo{change}: the slower one is felt twice as fast"
    return f"{_percent(apart)} apart: they mix{' after a small change of speed' if change else ''}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _mixes(one: float, other: float) -> bool:
    slow, fast = sorted((one, other))
    ratio = fast / slow if fast / slow < OCTAVE else fast / slow / 2
    return max(ratio, 1 / ratio) - 1 <= MIXES_WITHIN


def _tempo_of_lists(given: Mapping[int, float]) -> str:
    if len(given) < 2:  # noqa: PLR2004
        return ""
    slow, fast = min(given, key=given.__getitem__), max(given, key=given.__getitem__)
    by = formatting.bpm(given[fast] - given[slow])
    return f"On average {PLACES[fast]} is faster by {by} than {PLACES[slow]}."


def key(sides: Heard) -> str:
    """Whether their keys blend; of a list, how many of its songs do."""
    codes = {
        place: side.keys[0].camelot
        for place, side in enumerate(sides)
        if side and side.keys and not side.heard and neighbours(side.keys[0].camelot)
    }
    lists = [place for place, side in enumerate(sides) if side and side.heard and side.keys]
    said = []
    if len(codes) == 2:  # noqa: PLR2004
        said.append(_sentence(_kinship(*codes.values())))
    elif len(codes) > 2:  # noqa: PLR2004
        pairs = combinations(codes, 2)
        said.append(_of_many({(a, b): _blend(codes[a], codes[b]) for a, b in pairs}, "blend"))
    said += [_in_list(codes, sides[place], place) for place in lists if len(codes) == 1]
    return " ".join(said) + (_doubt(sides, "key", "key") if said else "")


def _kinship(one: str, other: str) -> str:
    if one == other:
        return "the same key"
    if one[:-1] == other[:-1]:
        return "they blend: relative keys, with the same seven notes"
    if _blend(one, other):
        return "they blend: neighbours on the wheel, six of seven notes are the same"
    steps = abs(int(one[:-1]) - int(other[:-1]))
    away = min(steps, 12 - steps)
    if one[-1] != other[-1] and away == 3:  # noqa: PLR2004  # C minor is 5A, C major 8B
        return "the same home note, once major and once minor: few notes are shared"
    return f"they rub: {formatting.counted(away, 'step')} apart on the wheel"


def _blend(one: str, other: str) -> bool:
    return one == other or other in neighbours(one)


def _in_list(codes: Mapping[int, str], side: SideSound | None, place: int) -> str:
    (song, code), keys = next(iter(codes.items())), side.keys if side else ()
    fits = sum(each.count for each in keys if _blend(code, each.camelot))
    total = sum(each.count for each in keys)
    many = fits or "None"
    return f"{many} of {total} songs of {PLACES[place]} blend with {PLACES[song]}."


def loudness(sides: Heard) -> str:
    """Which is louder, where they are counted alike."""
    given = _readings(sides, "loudness")
    if len(given) < 2:  # noqa: PLR2004
        return ""
    scales = {sides[place].scale for place in given}  # type: ignore[union-attr]
    if len(scales) > 1:
        own = [place for place in given if sides[place].scale != STATED_SCALE]  # type: ignore[union-attr]
        rest = [place for place in given if place not in own]
        return (
            f"Not compared: {together(own)} in LUFS, {together(rest)} in Spotify’s own dB, "
            "which measures otherwise."
        )
    if wish := _wishes(given, formatting.decibels):
        return wish
    low = min(given, key=lambda place: given[place].middle)
    high = max(given, key=lambda place: given[place].middle)
    by = round(given[high].middle, 1) - round(given[low].middle, 1)
    word = next(word for floor, word in LEVELS if by >= floor)
    if by < LEVELS[-2][0]:
        return f"{formatting.decibels(by)} apart: {word}."
    return f"{_sentence(PLACES[high])[:-1]} is louder by {formatting.decibels(by)}: {word}."


def metre(sides: Heard) -> str:
    """Whether they are counted alike."""
    given = {
        place: max(side.metres, key=lambda beats: side.metres[beats])
        for place, side in enumerate(sides)
        if side and side.metres
    }
    if len(given) < 2:  # noqa: PLR2004
        return ""
    lists = any(side and side.heard for side in sides)
    if len(set(given.values())) == 1:
        return "Mostly counted alike." if lists else "Counted alike."
    return "Counted otherwise: a dancer would have to change step."


def length(sides: Heard) -> str:
    """Which is the longest, and by how much."""
    given = {
        place: side.length_ms // 1000
        for place, side in enumerate(sides)
        if side and side.length_ms is not None
    }
    if len(given) < 2:  # noqa: PLR2004
        return ""
    low, high = min(given, key=given.__getitem__), max(given, key=given.__getitem__)
    by = given[high] - given[low]
    if not by:
        return "The same to the second."
    return f"{_sentence(PLACES[high])[:-1]} is longer by {formatting.length(by)}."


def summary(sides: Heard) -> str:
    """The whole in a few sentences: what they share, what sets them apart, what is aimed at."""
    if sum(side is not None for side in sides) < 2:  # noqa: PLR2004
        return ""
    heard = [side if side and side.source else None for side in sides]
    found = differences(heard)
    clear = [one for one in found if one.weight >= CLEAR]
    close = [one for one in found if one.weight < EQUAL]
    said = [_shared(heard, close)]
    if clear:
        parts = formatting.listed([PARTS[one.meaning.field] for one in clear[:2]])
        said.append(f"They part in {parts}.")
    elif found:
        said.append("Nothing sets them clearly apart.")
    said += [_aimed(sides, at) for at, side in enumerate(sides) if side and not side.source]
    return " ".join(part for part in said if part)


def _aimed(sides: Heard, at: int) -> str:
    """In how many features each is within what is aimed at, as far as the error lets one say."""
    said = []
    for place, side in enumerate(sides):
        if side is None or side.source is None:
            continue
        found = differences([side, sides[at]])
        inside = sum(one.weight < EQUAL for one in found)
        if found:
            said.append(f"{PLACES[place]} {inside} of {len(found)}")
    goal = f"Features within the range of {PLACES[at]}"
    return f"{goal}: {formatting.listed(said)}." if said else ""


def _shared(sides: Heard, close: Sequence[Difference]) -> str:
    codes = [side.keys[0].camelot for side in sides if side and side.keys and not side.heard]
    alike = [PARTS[one.meaning.field] for one in close[:2]]
    blended = len(codes) > 1 and all(_blend(*pair) for pair in combinations(codes, 2))
    both = f"they may well be equal in {formatting.listed(alike)}" if alike else ""
    if not blended:
        return _sentence(both) if both else ""
    return _sentence(f"their keys blend{', and ' if both else ''}{both}")


def _of_songs(sides: Heard, given: Mapping[int, float]) -> dict[int, float]:
    """Those of single songs: a list has many tempi, and its average mixes with nothing."""
    return {
        place: value
        for place, value in given.items()
        if value > 0 and (side := sides[place]) and side.source and not side.heard
    }


def _of_many(pairs: Mapping[tuple[int, int], bool], verb: str) -> str:
    """Which of three and more go together, pair by pair; said shortly where all or none do."""
    good = [pair for pair, fits in pairs.items() if fits]
    if len(good) == len(pairs):
        return f"All of them {verb}."
    if not good:
        return f"No two of them {verb}."
    return _sentence("; ".join(together(pair) for pair in good) + f" {verb}")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
