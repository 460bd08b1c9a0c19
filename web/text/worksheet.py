"""A worksheet as it reads: per subject what was frozen, what has changed since, what is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from urllib.parse import quote

from api.schemas.features import UNIT_FEATURES
from api.schemas.provenance import Missing, Provenance, SourceName
from api.schemas.worksheet import (
    FactValue,
    FrozenFact,
    Opinion,
    SheetAnswer,
    SubjectKind,
    Worksheet,
)
from web.text import formatting
from web.text.confidence import Sureness, sureness
from web.text.labels import REASONS, field_name
from web.text.meanings import BY_FIELD, CANNOT_TELL
from web.text.provenance import line
from web.text.reading import NO_PULSE, doubt
from web.text.sheet_marks import prompt_key, stood_for

SUBJECTS = {
    SubjectKind.ARTIST: "The artist",
    SubjectKind.TRACK: "The track",
    SubjectKind.ANALYSIS: "The analysis",
    SubjectKind.PLAYLIST: "The playlist",
    SubjectKind.BRAND: "Your brand",
}
OPINIONS = {
    Opinion.AGREE: "I agree",
    Opinion.SURPRISED: "Surprised",
    Opinion.DISAGREE: "I disagree",
}
LABELS = {
    "related_artists": "Related",
    "sections": "Sections",
    "section_keys": "Keys",
    "loudest_section": "Loudest",
    "described": "Described",
    "fit_because": "Your song",
    "fit_distance": "Fit",
    "words": "Words",
    "in_range": "In range",
    "not_in_range": "Outside",
    "median_": "In the middle",
    "features": "The numbers",
    "all": "All of it",
}
MEDIAN = "median_"
MOST_LISTED = 24  # of sections, genres and their like: a sheet is for paper
ORDER = (  # what a musician asks first
    *("genres", "related_artists", "popularity", "artists"),
    *("tempo", "key", "time_signature", "loudness"),
    *("energy", "valence", "danceability", "acousticness", "instrumentalness", "speechiness"),
    *("liveness", "sections", "section_keys", "loudest_section", "described"),
    *("fit_distance", "fit_because", "words", "in_range", "not_in_range"),
)
MIDDLES = tuple(MEDIAN + name for name in ("tempo", "loudness", "energy", "valence"))
SHOWN_WITH_OTHERS = {"name", "camelot", "items_total", "brand_distance", "tempo_range"}
NAMES = {"name", "artists", "items_total", "words"}
APART, STANDS_APART = 1.0, 1.75  # standard deviations, as the playlist’s page has them
AN_ESTIMATE = "The estimates are typically off by {}."


def _standing(distance: float) -> str:
    if distance < APART:
        return "one of them"
    return "apart from them" if distance >= STANDS_APART else "at their edge"


NUMBERS: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "tempo": formatting.bpm,
        "time_signature": lambda beats: formatting.metre(int(beats)),
        "popularity": lambda number: f"{int(number)} of 100",
        "loudest_section": lambda start: f"from {formatting.length(start)} on",
        "fit_distance": _standing,
    }
)
SENTENCES = {"fit_because", "not_in_range"}


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One fact in words. `chip`: a Camelot code; `word`: what the number means.

    `unit_value`, `error`: where it lies from 0 to 1, and by how much that is typically off.
    `wide`: whole sentences, which need a line of their own.
    """

    label: str
    text: str
    chip: str = ""
    word: str = ""
    sure: Sureness | None = None
    unit_value: float | None = None
    error: float | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class HeldChange:
    """A fact that is told otherwise today: what was frozen, and what is said now."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class HeldGap:
    """What could not be frozen, and why."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class SheetPrompt:
    """A question with what stands under it. `theirs`: what was written elsewhere meanwhile.

    `key`: its name in a form; `stood`: a short name for what stood there when it was sent out.
    """

    key: str
    asks: str
    note: str
    mark: str
    stood: str
    theirs: SheetAnswer | None = None


@dataclass(frozen=True, slots=True)
class SheetSection:
    """One thing that a worksheet is about."""

    about: str
    place: str
    number: int
    kind: str
    name: str
    href: str
    rows: tuple[HeldRow, ...]
    said: str
    changes: tuple[HeldChange, ...]
    today: str
    gaps: tuple[HeldGap, ...]
    prompts: tuple[SheetPrompt, ...]


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """What a form said of a question: its note and mark, and what had stood there."""

    note: str
    mark: Opinion | None
    stood: str


NOTHING_TYPED: Mapping[str, TypedAnswer] = MappingProxyType({})


def sections(
    sheet: Worksheet,
    now: float,
    *,
    typed: Mapping[str, TypedAnswer] = NOTHING_TYPED,
    contested: Collection[str] = (),
) -> tuple[SheetSection, ...]:
    """What it is about, in order. `now`: unix seconds.

    `typed`: what was typed under questions and could not be saved: it stays. Beside that of
    `contested` ones stands what somebody else has written there meanwhile.
    """
    about = dict.fromkeys(one.about for one in sheet.answers)
    return tuple(
        _section(sheet, one, number=number, now=now, ask=partial(_prompt, typed, contested))
        for number, one in enumerate(about, 1)
    )


def _section(
    sheet: Worksheet,
    about: str,
    *,
    number: int,
    now: float,
    ask: Callable[[SheetAnswer], SheetPrompt],
) -> SheetSection:
    facts = {one.field: one for one in sheet.facts if one.about == about}
    kind = SubjectKind(about.partition(":")[0])
    named = facts.get("name")
    today = datetime.fromtimestamp(now, UTC)
    return SheetSection(
        about=about,
        place=f"s{number}",
        number=number,
        kind=SUBJECTS[kind],
        name="" if named is None else str(named.value),
        href=address(about),
        rows=tuple(_rows(facts, _beat(facts, sheet.missing, about))),
        said=_said(facts.values(), now),
        changes=tuple(_changes(facts.values())),
        today=formatting.day(today, today.year),
        gaps=tuple(_gaps(sheet.missing, about)),
        prompts=tuple(ask(one) for one in sheet.answers if one.about == about),
    )


def address(about: str) -> str:
    """Where a subject has its page."""
    kind, _, ident = about.partition(":")
    place = quote(ident, safe="")
    match SubjectKind(kind):
        case SubjectKind.ARTIST:
            return f"/artists/{place}"
        case SubjectKind.ANALYSIS:
            return f"/tracks/{place}/analysis"
        case SubjectKind.PLAYLIST:
            return f"/playlists/{place}"
        case SubjectKind.BRAND:
            return f"/brands/{place}"
        case _:
            return f"/tracks/{place}"


def label(name: str) -> str:
    """What a fact is called."""
    if name.startswith(MEDIAN):
        return f"{field_name(name.removeprefix(MEDIAN))}, middle"
    return LABELS.get(name) or field_name(name)


def value(fact: FrozenFact) -> str:
    """What a fact says, in words."""
    return _worded(fact, fact.value)


def _worded(fact: FrozenFact, said: FactValue) -> str:
    name = fact.field.removeprefix(MEDIAN)
    if name == "tempo_range" and isinstance(said, tuple):
        slowest, *_, fastest = map(float, said)
        return f"changes from {formatting.tempo(slowest, (slowest, fastest))}"
    if isinstance(said, tuple):
        between = "; " if name in SENTENCES else ", "
        told = [formatting.length(x) if isinstance(x, float) else x for x in said[:MOST_LISTED]]
        more = len(said) - len(told)
        return between.join([*told, f"and {formatting.count(more)} more"] if more else told)
    if isinstance(said, str):
        return said
    if name == "loudness":
        return f"{formatting.decimal(said, 1)} {fact.unit or 'dB'}"
    if name in NUMBERS:
        return NUMBERS[name](said)
    return formatting.decimal(said) if isinstance(said, float) else formatting.count(said)


def _beat(facts: Mapping[str, FrozenFact], missing: Sequence[Missing], about: str) -> str | None:
    """What is to be said of the beat where none was found, or the machine doubts it."""
    if "tempo" in facts:
        return doubt(facts["tempo"].confidence)
    return NO_PULSE if any(one.field == f"{about}/tempo" for one in missing) else None


def _rows(facts: Mapping[str, FrozenFact], beat: str | None) -> Iterable[HeldRow]:
    """`beat`: said beside danceability in place of its word, which it would deny."""
    shown = {name for name in facts if not name.startswith(MEDIAN)} - SHOWN_WITH_OTHERS
    for name in sorted(shown, key=_place):
        fact = facts[name]
        text, chip, word = value(fact), "", ""
        if name == "key" and "camelot" in facts:
            chip = str(facts["camelot"].value)
        if name == "tempo" and "tempo_range" in facts:
            text = value(facts["tempo_range"])
        if name == "described" and "items_total" in facts:
            text = f"{text} of {value(facts['items_total'])} tracks"
        unit = fact.value if name in UNIT_FEATURES and isinstance(fact.value, float) else None
        if unit is not None:
            meaning = BY_FIELD[name]
            word = meaning.word(unit) if meaning.tells(unit, fact.uncertainty) else CANNOT_TELL
            if name == "danceability":
                word = beat or word
        sure = None if fact.confidence is None else sureness(fact.confidence)
        wide = name in SENTENCES
        yield HeldRow(label(name), text, chip, word, sure, unit, fact.uncertainty, wide=wide)
        if name == "described" and (middle := _middle(facts)):
            yield HeldRow(LABELS[MEDIAN], middle)


def _middle(facts: Mapping[str, FrozenFact]) -> str:
    """`168.9 BPM, −12.1 dB, energy 0.47, valence 0.49`."""
    told = []
    for name in MIDDLES:
        if (fact := facts.get(name)) is not None:
            bare = name.removeprefix(MEDIAN)
            named = f"{field_name(bare).lower()} " if bare in UNIT_FEATURES else ""
            told.append(named + value(fact))
    return ", ".join(told)


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _said(facts: Iterable[FrozenFact], now: float) -> str:
    """`Own analysis, measured and estimated 22 Nov. The estimates are typically off by …`."""
    every = [*facts]
    known = [one for one in every if one.field not in NAMES] or every
    spoken = [
        Provenance(
            source=SourceName(source),
            method=fact.method,
            fields=(),
            retrieved_at=fact.retrieved_at,
        )
        for fact in known
        for source in fact.source.split(",")
        if source in set(SourceName)
    ]
    ended = f"{line(spoken, now)}." if spoken else ""
    errors = [one.uncertainty for one in known if one.uncertainty is not None]
    if not errors:
        return ended
    low, high = formatting.decimal(min(errors)), formatting.decimal(max(errors))
    return f"{ended} {AN_ESTIMATE.format(low if low == high else f'{low} to {high}')}"


def _changes(facts: Iterable[FrozenFact]) -> Iterable[HeldChange]:
    for fact in facts:
        if fact.now is not None:
            was, now = value(fact), _worded(fact, fact.now)
            if fact.now_analyser is not None:
                before = fact.analyser or "an older one"
                was = f"{was}, by version {before} of the analyser"
                now = f"{now}, by version {fact.now_analyser}"
            yield HeldChange(label(fact.field), was, now)


def _gaps(missing: Sequence[Missing], about: str) -> Iterable[HeldGap]:
    for one in missing:
        subject, _, name = one.field.partition("/")
        if subject == about:
            yield HeldGap(label(name), one.detail or REASONS[one.reason])


def _prompt(
    typed: Mapping[str, TypedAnswer], contested: Collection[str], answer: SheetAnswer
) -> SheetPrompt:
    """What stands under a question, or what was typed there and could not be saved.

    Whoever has been shown what another wrote goes on from that; nobody else does.
    """
    key = prompt_key(answer)
    mine = typed.get(key)
    stood = stood_for(answer.note, answer.mark)
    if mine is None:
        return SheetPrompt(key, answer.prompt, answer.note, answer.mark or "", stood)
    if key in contested:
        return SheetPrompt(key, answer.prompt, mine.note, mine.mark or "", stood, theirs=answer)
    return SheetPrompt(key, answer.prompt, mine.note, mine.mark or "", mine.stood)
