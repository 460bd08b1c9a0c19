"""Words for what an artist aims at: questions, ranges, and how much each matters."""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.brands import Brand, Target
from web.text import formatting
from web.text.meanings import BY_FIELD, FeatureMeaning

UNITS = {"tempo": "BPM", "loudness": "dB"}
STEPS = {"tempo": "1", "loudness": "0.5"}  # of a slider, where that is not a hundredth
DECIMALS = {"tempo": 1, "loudness": 1}
ANSWERS = {"low": (0.0, 0.45), "mid": (0.3, 0.7), "high": (0.55, 1.0)}
"""Which range an answer fills in."""
WEIGHTS = ((1.0, "a lot"), (0.5, "somewhat"), (0.25, "a little"), (0.0, "not at all, only shown"))
NO_MATTER = "It does not matter"


@dataclass(frozen=True, slots=True)
class BrandQuestion:
    """A plain question about one feature: its answers for low, middle and high."""

    field: str
    asks: str
    says: tuple[str, str, str]

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """What a form sends, and what it says; the last one aims at nothing."""
        return (*zip(ANSWERS, self.says, strict=True), ("", NO_MATTER))


QUESTIONS = (
    BrandQuestion(
        "danceability",
        "Is your music danced to or listened to?",
        ("Listened to", "Both", "Danced to"),
    ),
    BrandQuestion("energy", "Is it calm or intense?", ("Calm", "In between", "Intense")),
    BrandQuestion(
        "valence", "Is its mood dark or bright?", ("Dark or sad", "In between", "Bright or happy")
    ),
    BrandQuestion(
        "acousticness",
        "Is it played on acoustic instruments, or electric and produced?",
        ("Electric or produced", "Both", "Acoustic"),
    ),
    BrandQuestion(
        "instrumentalness",
        "Does somebody sing or speak in it?",
        ("Yes, there is a voice", "Here and there", "No voice"),
    ),
)


def written(value: float) -> str:
    """A number as it stands in a field: `0.3`, `84`."""
    return f"{value:g}"


def scale_says(meaning: FeatureMeaning) -> tuple[str, str]:
    """`0: calm` and `1: intense`, `40 BPM: slow` and `220 BPM: fast`."""
    unit = f" {UNITS[meaning.field]}" if meaning.field in UNITS else ""
    ends = zip(meaning.scale, meaning.ends, strict=True)
    low, high = (f"{formatting.decimal(at, 0)}{unit}: {says}" for at, says in ends)
    return low, high


def range_says(field: str, target: Target) -> str:
    """`0.30 to 0.55`, `−14 to −9 dB`."""
    low, high = (_number(field, end) for end in (target.min, target.max))
    unit = f" {UNITS[field]}" if field in UNITS else ""
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"


def _number(field: str, value: float) -> str:
    if field in DECIMALS:
        return formatting.decimal(value, DECIMALS[field]).removesuffix(".0")
    return formatting.decimal(value)


def weight_says(weight: float) -> str:
    """`0.5` → `somewhat`; one between two steps is told as it is."""
    return dict(WEIGHTS).get(weight) or formatting.decimal(weight)


def aims_say(brand: Brand) -> str:
    """`energy, tempo and valence`; or that nothing is aimed at yet."""
    names = [BY_FIELD[field].label.lower() for field in brand.targets.by_field]
    return formatting.listed(names) if names else "no range yet"


def stands(brand: Brand) -> tuple[str, ...]:
    """A brand as it stands now, in sentences, for whoever meant to change another version."""
    aims = tuple(
        f"{BY_FIELD[field].label}: {range_says(field, target)}, matters "
        f"{weight_says(target.weight)}."
        for field, target in brand.targets.by_field.items()
    )
    words = (f"In its own words: {brand.words}",) if brand.words else ()
    return (f"It is called “{brand.name}”.", *words, *aims)
