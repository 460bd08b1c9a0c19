"""How a track sounds, in numbers that its features and its analysis share."""

from dataclasses import dataclass

from tests.sandbox import naming
from tests.sandbox.catalogue import LONG_MS, Track
from tests.sandbox.words import Style

MINOR_STYLES = {"techno", "metal", "ambient"}
DIALECTS = ("plain", "loudness-end-zero", "zero-omitting", "long")
DIALECT_CYCLE = (0, 1, 2, 0, 1, 0, 0, 0, 1, 3)


@dataclass(frozen=True, slots=True)
class Sound:
    """The measures of one recording."""

    duration_s: float
    tempo_bpm: float
    key: int
    mode: int
    time_signature: int
    loudness_db: float
    energy: float
    danceability: float
    acousticness: float
    instrumentalness: float
    liveness: float
    speechiness: float
    valence: float


def dialect_of(n: int) -> str:
    """Answer in which dialect the n-th track's analysis is written; track 0 is plain."""
    return DIALECTS[DIALECT_CYCLE[n % len(DIALECT_CYCLE)]]


def sound_of(track: Track) -> Sound:
    """Answer a track's measures; two tracks with one ISRC sound the same."""
    rng = naming.seeded(f"sound-{track.isrc}", 0)
    style = naming.style_of(track.artists[0])
    minor = rng.random() < (0.8 if style.name in MINOR_STYLES else 0.35)
    plain_zeros = dialect_of(track.n) == "zero-omitting"  # key C, minor: both written as 0
    return Sound(
        duration_s=round(track.duration_ms / 1000 - 0.00015, 5),
        tempo_bpm=round(rng.uniform(*style.tempo_bpm), 3),
        key=0 if plain_zeros else rng.randrange(12),
        mode=0 if plain_zeros or minor else 1,
        time_signature=rng.choices((4, 3, 5), (0.86, 0.11, 0.03))[0],
        loudness_db=round(style.loudness_db + rng.gauss(0, 1.6), 3),
        energy=_near(style.energy, rng.gauss(0, 0.09)),
        danceability=_near(style.danceable, rng.gauss(0, 0.08)),
        acousticness=_near(style.acoustic, rng.gauss(0, 0.1)),
        instrumentalness=_instrumentalness(style, rng.gauss(0, 0.12)),
        liveness=_near(0.14, abs(rng.gauss(0, 0.12))),
        speechiness=_near(0.3 if style.name == "hip hop" else 0.045, rng.gauss(0, 0.03)),
        valence=_near(0.3 if minor else 0.62, rng.gauss(0, 0.16)),
    )


def features_of(track: Track, base_url: str) -> dict[str, object]:
    """Write a track's audio features object, in the real one's order of keys."""
    sound = sound_of(track)
    return {
        "danceability": sound.danceability,
        "energy": sound.energy,
        "key": sound.key,
        "loudness": sound.loudness_db,
        "mode": sound.mode,
        "speechiness": sound.speechiness,
        "acousticness": sound.acousticness,
        "instrumentalness": sound.instrumentalness,
        "liveness": sound.liveness,
        "valence": sound.valence,
        "tempo": sound.tempo_bpm,
        "type": "audio_features",
        "id": track.id,
        "uri": f"spotify:track:{track.id}",
        "track_href": f"{base_url}/v1/tracks/{track.id}",
        "analysis_url": f"{base_url}/v1/audio-analysis/{track.id}",
        "duration_ms": track.duration_ms,
        "time_signature": sound.time_signature,
    }


def is_long(sound: Sound) -> bool:
    """Tell whether this is one of the twelve-minute tracks."""
    return sound.duration_s * 1000 >= LONG_MS - 1


def _near(middle: float, offset: float) -> float:
    return round(min(0.99, max(0.0021, middle + offset)), 3)


def _instrumentalness(style: Style, offset: float) -> float:
    """Sung music is exactly 0 on the real service as often as not."""
    value = _near(style.instrumental, offset)
    return 0 if value < 0.03 else value
