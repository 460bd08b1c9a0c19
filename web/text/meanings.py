"""What the numbers mean to a musician: definitions, words for a value, sentences by fixed rules.

Nothing here is learned or random: the same numbers always give the same words. Thresholds of
speechiness, instrumentalness and liveness are Spotify's published ones; the rest are thirds.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.features import AudioFeatures
from web.text import formatting
from web.text.labels import FIELDS

LOW, HIGH = 1 / 3, 2 / 3
SHORT = {"hard to dance to": "hard", "easy to dance to": "easy", "sung or played": "music"}
FAST_BPM, SLOW_BPM = 140, 80
LOUD_DB, QUIET_DB = -7, -14


@dataclass(frozen=True, slots=True)
class FeatureMeaning:
    """One feature: what it asks, the ends of its scale, and words for low, middle and high."""

    field: str
    asks: str
    ends: tuple[str, str]
    words: tuple[str, str, str]
    bounds: tuple[float, float] = (LOW, HIGH)
    scale: tuple[float, float] = (0, 1)

    @property
    def label(self) -> str:
        """Its name."""
        return FIELDS[self.field]

    @property
    def short(self) -> tuple[str, str]:
        """The ends of its scale in a word or two, where there is little room."""
        low, high = (SHORT.get(end, end.split(",")[0]) for end in self.ends)
        return low, high

    def place(self, value: float) -> float:
        """Where a value lies on the scale, 0 to 100; what is beyond an end lies at the end."""
        low, high = self.scale
        return max(0.0, min(100.0, (value - low) / (high - low) * 100))

    def word(self, value: float) -> str:
        """The word for a value."""
        low, high = self.bounds
        return self.words[(value >= low) + (value >= high)]


def figure(field: str, value: float) -> str:
    """A feature's value with its unit."""
    if field == "tempo":
        return formatting.bpm(value)
    return formatting.decibels(value) if field == "loudness" else formatting.decimal(value)


MEANINGS = (
    FeatureMeaning(
        "energy",
        "How intense it sounds: loud, bright, busy music scores high, a lullaby low.",
        ("calm", "intense"),
        ("calm", "moderately intense", "intense"),
    ),
    FeatureMeaning(
        "valence",
        "The mood a machine hears: low is sad, dark or angry; high is cheerful or euphoric. "
        "It knows nothing of the words you sing.",
        ("dark, sad", "bright, happy"),
        ("a dark or sad mood", "a mixed mood", "a bright mood"),
    ),
    FeatureMeaning(
        "danceability",
        "How easy it is to dance to: a steady tempo and a clear, regular beat score high.",
        ("hard to dance to", "easy to dance to"),
        ("a loose or irregular beat", "a fairly steady beat", "a strong, steady beat"),
    ),
    FeatureMeaning(
        "acousticness",
        "How sure the machine is that it hears acoustic instruments, not amplified or "
        "electronic ones.",
        ("electric", "acoustic"),
        ("mostly electric or produced", "partly acoustic", "mostly acoustic"),
    ),
    FeatureMeaning(
        "instrumentalness",
        "How likely it is that nobody sings or speaks. “Ooh” and “aah” count as instruments.",
        ("with voice", "no voice"),
        ("somebody sings or speaks", "perhaps without a voice", "very likely without a voice"),
        bounds=(0.5, 0.8),
    ),
    FeatureMeaning(
        "speechiness",
        "How much of it is spoken words. Rap lies in the middle, an audio book at the top.",
        ("sung or played", "spoken"),
        ("music, not speech", "music and speech mixed, as in rap", "almost only speech"),
        bounds=(0.33, 0.66),
    ),
    FeatureMeaning(
        "liveness",
        "How likely it is that an audience was in the room. Above 0.8 it was probably a concert.",
        ("studio", "concert"),
        ("no audience heard", "perhaps an audience", "very likely a concert"),
        bounds=(0.5, 0.8),
    ),
    FeatureMeaning(
        "loudness",
        "The average level of the whole track. 0 dB is about the loudest a file can hold, and "
        "10 dB less sounds about half as loud.",
        ("quiet", "loud"),
        ("quiet or very dynamic", "about as loud as most releases", "mastered loud"),
        bounds=(QUIET_DB, LOUD_DB),
        scale=(-40, 0),
    ),
    FeatureMeaning(
        "tempo",
        "Beats per minute: how often you would tap your foot. 60 is one tap a second.",
        ("slow", "fast"),
        ("slow", "medium", "fast"),
        bounds=(SLOW_BPM, FAST_BPM),
        scale=(40, 220),
    ),
)
BY_FIELD = {meaning.field: meaning for meaning in MEANINGS}


def readings(features: AudioFeatures) -> tuple[str, ...]:
    """What this may mean, a sentence per rule that applies; at most one of each kind."""
    found = (_mood(features), _movement(features), _voice(features), _double(features))
    return tuple(sentence for sentence in found if sentence)


def _mood(features: AudioFeatures) -> str | None:
    if features.energy is None or features.valence is None:
        return None
    energy = BY_FIELD["energy"].word(features.energy)
    mood = BY_FIELD["valence"].word(features.valence)
    return f"A machine hears this as {energy}, with {mood}."


def _movement(features: AudioFeatures) -> str | None:
    if features.danceability is None or features.tempo is None:
        return None
    beat = BY_FIELD["danceability"].word(features.danceability)
    pace = BY_FIELD["tempo"].word(features.tempo)
    return f"It hears {beat} at a {pace} tempo."


def _voice(features: AudioFeatures) -> str | None:
    if features.instrumentalness is None:
        return None
    word = BY_FIELD["instrumentalness"].word(features.instrumentalness)
    return f"About the voice it says: {word}."


def _double(features: AudioFeatures) -> str | None:
    tempo = features.tempo
    if not tempo or SLOW_BPM <= tempo < FAST_BPM:
        return None
    other = tempo * 2 if tempo < SLOW_BPM else tempo / 2
    verb = "twice as fast" if tempo < SLOW_BPM else "half as fast"
    return (
        f"Machines often count double or half. You may well tap {verb}, at {other:.0f} BPM; "
        "both are right."
    )
