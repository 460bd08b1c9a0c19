"""A full-size audio analysis of an invented track, with the invariants measured on real ones.

Segments are contiguous and sum to the duration; bars start on beats; there are two tatums to a
beat; the largest pitch of every segment is 1.0; `loudness_end` is known on the last segment only.
"""

import base64
import json
from functools import lru_cache
from typing import Any

from tests.sandbox import naming, rhythm, segments
from tests.sandbox.catalogue import Track, catalogue
from tests.sandbox.sound import Sound, dialect_of, sound_of

Json = dict[str, Any]
SAMPLE_RATE_HZ = 22050
CODES = (
    ("code", 3.15, 6400),
    ("echoprint", 4.12, 19000),
    ("synch", 1.0, 2300),
    ("rhythm", 1.0, 7400),
)


@lru_cache(maxsize=64)
def analysis_body(n: int) -> bytes:
    """Answer the n-th track's analysis as sent: 0.3-0.9 MB of loosely spaced JSON."""
    track = catalogue().tracks[n]
    text = json.dumps(analysis_of(track))
    if dialect_of(n) == "plain":
        text = text.replace(", ", ",\n" + 9 * " ")  # recorded answers are pretty-printed at times
    return text.encode()


def analysis_of(track: Track) -> Json:
    """Build a track's analysis in the dialect of its number."""
    sound = sound_of(track)
    built = _plain(track, sound)
    dialect = dialect_of(track.n)
    if dialect == "loudness-end-zero":
        for segment in built["segments"][:-1]:
            segment["loudness_end"] = 0.0
    if dialect == "zero-omitting":
        built["meta"]["timestamp"] = str(built["meta"]["timestamp"])
        built["track"]["num_samples"] = str(built["track"]["num_samples"])
        return without_zeros(built)
    return built


def without_zeros(value: Any) -> Any:
    """Leave out every member whose value is 0, as one variant of 2020 did; list items stay."""
    if isinstance(value, dict):
        return {k: without_zeros(v) for k, v in value.items() if v != 0 or v is False}
    if isinstance(value, list):
        return [without_zeros(member) if isinstance(member, dict) else member for member in value]
    return value


def _plain(track: Track, sound: Sound) -> Json:
    grid = rhythm.grid_of(track.n, sound)
    parts = rhythm.sections_of(track.n, sound, grid)
    return {
        "meta": _meta(track),
        "track": _track(track, sound),
        "bars": grid.bars,
        "beats": grid.beats,
        "tatums": grid.tatums,
        "sections": [part.written for part in parts],
        "segments": segments.segments_of(track.n, sound, rhythm.Score(grid, parts)),
    }


def _meta(track: Track) -> Json:
    rng = naming.seeded("meta", track.n)
    return {
        "analyzer_version": "4.0.0",
        "platform": "Linux",
        "detailed_status": "OK",
        "status_code": 0,
        "timestamp": 1_450_000_000 + rng.randrange(200_000_000),
        "analysis_time": round(rng.uniform(2.5, 11), 5),
        "input_process": "libvorbisfile L+R 44100->22050",
    }


def _track(track: Track, sound: Sound) -> Json:
    rng = naming.seeded("analysis", track.n)
    built: Json = {
        "num_samples": round(sound.duration_s * SAMPLE_RATE_HZ),
        "duration": sound.duration_s,
        "sample_md5": "",
        "offset_seconds": 0,
        "window_seconds": 0,
        "analysis_sample_rate": SAMPLE_RATE_HZ,
        "analysis_channels": 1,
        "end_of_fade_in": rhythm.fade_in_s(track.n),
        "start_of_fade_out": round(sound.duration_s - rng.uniform(4, 10), 5),
        "loudness": sound.loudness_db,
        "tempo": sound.tempo_bpm,
        "tempo_confidence": round(rng.uniform(0.06, 0.9), 3),
        "time_signature": sound.time_signature,
        "time_signature_confidence": round(rng.uniform(0.5, 1), 3),
        "key": sound.key,
        "key_confidence": round(rng.uniform(0.2, 0.95), 3),
        "mode": sound.mode,
        "mode_confidence": round(rng.uniform(0.3, 0.9), 3),
    }
    for name, version, size in CODES:
        code = base64.urlsafe_b64encode(rng.randbytes(size)).decode()
        built |= {f"{name}string": f"eJx{code}", f"{name}_version": version}
    return built
