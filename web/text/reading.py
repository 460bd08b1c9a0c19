"""One sentence of what a track's numbers may mean, by fixed rules. Pure.

The same numbers always give the same sentence, and it says nothing that a number beside it denies:
no steady beat where no pulse was found or the machine doubts it, no mood or beat of spoken words,
nothing of what the typical error leaves open from end to end.
"""

from __future__ import annotations

from api.schemas.features import AudioFeatures
from web.text import formatting
from web.text.meanings import BY_FIELD

DOUBTFUL = 0.5  # a confidence below it carries no verdict
SPOKEN, SPEAKS = 0.66, 0.33
SILENT_DB = -55.0
SPEECH = (
    "A machine hears almost only speech in this. What it says of mood, beat and key is made for "
    "music and means little here."
)
SILENCE = "There is next to nothing to hear in this, so its other numbers mean little."
TONELESS = (
    "A machine hears neither a steady pulse nor a key in this. What it says of mood is made for "
    "music and means little here."
)
NO_PULSE = "no steady pulse"
UNSURE_PULSE = "a pulse it is not sure of"


def reading(features: AudioFeatures, beat: float | None = None) -> str | None:
    """What this may mean; `beat`: how sure the tempo is, where that is known."""
    if features.loudness is not None and features.loudness < SILENT_DB:
        return SILENCE
    if (features.speechiness or 0.0) >= SPOKEN:
        return SPEECH
    if _not_found(features, "tempo") and _not_found(features, "key"):
        return TONELESS
    energy, sounds = _word(features, "energy"), _word(features, "acousticness")
    having = [word for word in (_word(features, "valence"), beat_word(features, beat)) if word]
    first = [
        each for each in (energy, f"with {formatting.listed(having)}" if having else "") if each
    ]
    more = ", and ".join(word for word in (sounds, _voice(features)) if word)
    if not first:
        return f"A machine hears this as {more}." if sounds else None
    said = f"A machine hears this as {', '.join(first)}" if energy else _without_energy(having)
    return f"{said}; {more}." if more else f"{said}."


def _without_energy(having: list[str]) -> str:
    return f"A machine hears {formatting.listed(having)} in this"


def _word(features: AudioFeatures, field: str) -> str | None:
    """The word for a value, where there is one and its error leaves it one."""
    value: float | None = getattr(features, field)
    meaning = BY_FIELD[field]
    if value is None or not meaning.tells(value, features.uncertainty.get(field)):
        return None
    return meaning.word(value)


def beat_word(features: AudioFeatures, sure: float | None = None) -> str | None:
    """How steady the beat is; not steady where none was found, or the machine doubts it."""
    if features.tempo is None:
        return NO_PULSE if _not_found(features, "tempo") else None
    return doubt(sure) or _word(features, "danceability")


def doubt(sure: float | None) -> str | None:
    """What is said in place of how steady a beat is that the machine doubts."""
    return UNSURE_PULSE if sure is not None and sure < DOUBTFUL else None


def _not_found(features: AudioFeatures, field: str) -> bool:
    return any(each.field == field for each in features.missing)


def _voice(features: AudioFeatures) -> str | None:
    if (features.speechiness or 0.0) >= SPEAKS:
        return BY_FIELD["speechiness"].word(features.speechiness or 0.0)
    word = _word(features, "instrumentalness")
    return word and word.replace("no voice", "without a voice")
