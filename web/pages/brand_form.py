"""What somebody types of a brand: read, checked in plain words, and shown again as it was typed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.schemas.brands import MOST_REFERENCES, MOST_SONGS, TARGETED, Brand, Target, limits
from api.schemas.track import Track
from web.charts.band import band
from web.charts.strip import Reach
from web.client import ApiProblem
from web.request import PageRequest
from web.text import brands as words
from web.text import formatting
from web.text.meanings import BY_FIELD, FeatureMeaning

Fields = Mapping[str, Sequence[str]]
Errors = Mapping[str, str]
"""What is wrong, by the part of the form: `name`, `words`, `songs`, or a feature."""

MOST_NAME, MOST_WORDS = 200, 2_000
PICKED_FROM = 40  # files of the library, newest first
NO_NAME = "A brand needs a name."
LONG = "This may have {:,} characters; it has {:,}."
NO_NUMBER = "“{}” is no number. Write one such as {}."
BEYOND = "{} goes from {} to {}."
TURNED = "The range is turned round: it begins at {} and ends at {}."
NO_SONG = "Choose one to five songs, or paste their links."
MANY_SONGS = "Choose {} songs at most; these are {}."
UNKNOWN = "A track that nobody here knows"


@dataclass(frozen=True, slots=True)
class AimField:
    """The fields of one feature: what was typed, between what it may lie, what is wrong.

    `scale`: both ends of the slider, in figures; `at`: where its two handles stand.
    """

    meaning: FeatureMeaning
    scale: tuple[str, str]
    says: tuple[str, str]
    at: tuple[str, str]
    step: str
    ends: tuple[str, str]
    low: str
    high: str
    weight: str
    weights: tuple[tuple[str, str], ...]
    band: Reach | None
    error: str | None


@dataclass(frozen=True, slots=True)
class SongChoice:
    """A track that can be ticked."""

    ident: str
    name: str
    about: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class BrandForm:
    """All of it as it was typed. `mend`: where something is wrong, and what."""

    name: str
    words: str
    aims: tuple[AimField, ...]
    songs: tuple[SongChoice, ...]
    more: str
    errors: Errors
    mend: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form says. `aims`: per feature both ends and the weight; `more`: links, one a line."""

    name: str = ""
    words: str = ""
    aims: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()
    more: str = ""

    @classmethod
    def of(cls, form: Fields) -> Typed:
        """As it was sent."""

        def one(name: str) -> str:
            return next(iter(form.get(name, ())), "")

        def end(name: str) -> str:
            return one(name).replace("\0", "\N{REPLACEMENT CHARACTER}")

        return cls(
            name=one("name"),
            words=one("words"),
            aims={
                name: (end(f"{name}-min"), end(f"{name}-max"), one(f"{name}-weight"))
                for name in TARGETED
            },
            ticked=tuple(form.get("song", ())),
            more=one("more"),
        )

    @classmethod
    def like(cls, brand: Brand) -> Typed:
        """As a brand stands."""
        return cls(
            name=brand.name,
            words=brand.words or "",
            aims={name: _typed(aim) for name, aim in brand.targets.by_field.items()},
            ticked=brand.references,
        )

    @property
    def tracks(self) -> list[str]:
        """What is ticked, then what stands in the lines."""
        lines = [line.strip() for line in self.more.splitlines()]
        return [*self.ticked, *filter(None, lines)]


def _typed(aim: Target) -> tuple[str, str, str]:
    return words.written(aim.min), words.written(aim.max), words.written(aim.weight)


def answered(request: PageRequest) -> Typed:
    """The ranges that the answers to the five questions fill in."""
    chosen = {one.field: words.ANSWERS.get(request.text(one.field)) for one in words.QUESTIONS}
    return Typed(
        aims={
            name: (words.written(ends[0]), words.written(ends[1]), words.written(1))
            for name, ends in chosen.items()
            if ends is not None
        }
    )


def by_hand(typed: Typed) -> tuple[dict[str, Any], Errors]:
    """What is to be sent of a form with ranges, and what has to be mended first."""
    errors = _of_words(typed)
    targets: dict[str, dict[str, float]] = {}
    for name, (low, high, weight) in typed.aims.items():
        if low or high:
            try:
                targets[name] = _target(name, low, high) | {"weight": _weight(weight)}
            except ValueError as error:
                errors[name] = str(error)
    value = {"name": typed.name, "words": typed.words or None}
    return value | {"targets": targets, "references": typed.tracks}, errors


def of_songs(typed: Typed) -> tuple[dict[str, Any], Errors]:
    """The same of a form whose ranges are to be taken from songs."""
    errors, songs = _of_words(typed), list(dict.fromkeys(typed.tracks))
    if not songs:
        errors["songs"] = NO_SONG
    elif len(songs) > MOST_SONGS:
        errors["songs"] = MANY_SONGS.format(MOST_SONGS, len(songs))
    return {"name": typed.name, "words": typed.words or None, "from": songs}, errors


def _of_words(typed: Typed) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not typed.name:
        errors["name"] = NO_NAME
    for name, text, most in (("name", typed.name, MOST_NAME), ("words", typed.words, MOST_WORDS)):
        if len(text) > most:
            errors[name] = LONG.format(most, len(text))
    return errors


def _target(name: str, low: str, high: str) -> dict[str, float]:
    """An end that is left empty is that of the scale. Raises ValueError in plain words."""
    least, most = limits(name)
    begin, end = _number(name, low, least), _number(name, high, most)
    if begin > end:
        raise ValueError(TURNED.format(low or words.written(begin), high or words.written(end)))
    return {"min": begin, "max": end}


def _number(name: str, text: str, empty: float) -> float:
    least, most = limits(name)
    example = {"tempo": "96", "loudness": "−12"}.get(name, "0.4")
    if not text:
        return empty
    try:
        value = float(text.replace(formatting.MINUS, "-").replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(NO_NUMBER.format(text[:20], example))
    if not least <= value <= most:
        label, unit = BY_FIELD[name].label, f" {words.UNITS.get(name, '')}".rstrip()
        ends = formatting.decimal(least, 0), formatting.decimal(most, 0) + unit
        raise ValueError(BEYOND.format(label, *ends))
    return value


def _weight(text: str) -> float:
    return min(max(float(text), 0.0), 1.0) if _is_number(text) else 1.0


def told(problem: ApiProblem, sent: Sequence[str]) -> Errors:
    """What the API found wrong, by the part of the form; `sent`: the tracks, in their order."""
    errors: dict[str, str] = {}
    for part in problem.problem.errors or ():
        _, name, *rest = part.pointer.split("/")
        detail = part.detail
        if name in {"references", "from"}:
            place = int(rest[0]) if rest and rest[0].isdigit() else len(sent)
            if name == "references" and place < len(sent):
                detail = f"“{sent[place][:60]}”: {detail}"
            errors["songs"] = " ".join(filter(None, (errors.get("songs"), detail)))
        else:
            errors[rest[0] if name == "targets" and rest else name] = detail
    return errors


async def form(request: PageRequest, typed: Typed, errors: Errors) -> BrandForm:
    """The form with what was typed, and what the library has to choose from."""
    return BrandForm(
        name=typed.name,
        words=typed.words,
        aims=tuple(_aim(name, typed.aims.get(name, ("", "", "1")), errors) for name in TARGETED),
        songs=await _songs(request, typed.ticked),
        more=typed.more,
        errors=errors,
        mend=mends(errors),
    )


def mends(errors: Errors) -> tuple[tuple[str, str], ...]:
    """Where something is wrong, and what."""
    return tuple((f"#{_place(name)}", f"{_called(name)}: {errors[name]}") for name in errors)


def _place(part: str) -> str:
    return f"{part}-min" if part in BY_FIELD else part


def _called(part: str) -> str:
    if part in BY_FIELD:
        return BY_FIELD[part].label
    return {"words": "Your own words", "songs": "Tracks"}.get(part, part.capitalize())


def _aim(name: str, typed: tuple[str, str, str], errors: Errors) -> AimField:
    low, high, weight = typed
    least, most = BY_FIELD[name].scale
    scale = words.written(least), words.written(most)
    steps = [(words.written(value), says) for value, says in words.WEIGHTS]
    if weight and weight not in dict(steps):
        steps.append((weight, weight))
    return AimField(
        meaning=BY_FIELD[name],
        scale=scale,
        says=words.scale_says(BY_FIELD[name]),
        at=(low if _is_number(low) else scale[0], high if _is_number(high) else scale[1]),
        step=words.STEPS.get(name, "0.01"),
        ends=(words.written(limits(name)[0]), words.written(limits(name)[1])),
        low=low,
        high=high,
        weight=weight or "1",
        weights=tuple(steps),
        band=_band(name, low, high),
        error=errors.get(name),
    )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _band(name: str, low: str, high: str) -> Reach | None:
    """The range that is typed; none where it is no range."""
    try:
        target = _target(name, low, high)
    except ValueError:
        return None
    return band(BY_FIELD[name], target["min"], target["max"]) if low or high else None


async def _songs(request: PageRequest, ticked: Iterable[str]) -> tuple[SongChoice, ...]:
    """What is ticked, then the newest files of the library."""
    try:
        own = (await request.client.library.tracks(limit=PICKED_FROM)).value.items
    except ApiProblem:
        own = ()
    chosen = list(dict.fromkeys(ticked))[:MOST_REFERENCES]
    offered = {track.id for track in own}
    others = [ident for ident in chosen if ident not in offered]
    known = await tracks(request, others)
    return (
        *(SongChoice(ident, *called(known.get(ident), ident), ticked=True) for ident in others),
        *(SongChoice(one.id, one.title, one.artist, ticked=one.id in chosen) for one in own),
    )


async def tracks(request: PageRequest, idents: Sequence[str]) -> Mapping[str, Track]:
    """What is known of these tracks."""
    if not idents:
        return {}
    try:
        found = (await request.client.tracks_of(idents)).value.items
    except ApiProblem:
        return {}
    return {one.id: one.value for one in found if one.value is not None}


def called(track: Track | None, ident: str) -> tuple[str, str]:
    """What a track is called, and by whom it is."""
    if track is None:
        return UNKNOWN, ident
    return track.name, formatting.listed([artist.name for artist in track.artists])
