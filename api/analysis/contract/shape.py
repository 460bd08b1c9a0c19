"""Say what was heard in the words of the contract: AudioFeatures and AudioAnalysis.

Times have 5 decimals and everything else 3. Every null has its reason in `missing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from api.analysis.contract import gaps, rows
from api.analysis.contract.calibration import Estimate
from api.analysis.pipeline import Heard
from api.analysis.rhythm.rhythm import Rhythm
from api.analysis.sound import clock
from api.analysis.version import ANALYSER, ANALYSER_VERSION
from api.music.key_names import camelot, key_name
from api.schemas.analysis import AudioAnalysis, TrackSummary
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Method, Missing, Provenance, SourceName

ESTIMATED = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "speechiness",
    "valence",
)
_MEASURED = (
    *("loudness", "tempo", "tempo_candidates", "tempo_range", "key", "mode", "key_name"),
    *("camelot", "time_signature", "duration_ms"),
)
_PARTS = ("track", "bars", "beats", "tatums", "sections", "segments")
_LEAST_LEFT_OUT_S = 0.5
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the answer is about, and when it was heard."""

    id: str
    uri: str
    heard_at: datetime


def features(heard: Heard, subject: Subject) -> AudioFeatures:
    """The whole track, one number per question."""
    said = {name: _unit(heard.perceptual.values.get(name)) for name in ESTIMATED}
    guess, pulse = heard.key, heard.rhythm
    key, mode = (guess.key, guess.mode) if guess else (None, None)
    values = {
        **said,
        "liveness": None,
        "loudness": _rounded(heard.loudness_lufs),
        "tempo": _rounded(pulse.tempo_bpm),
        "key": key,
        "mode": mode,
        "key_name": key_name(key, mode),
        "camelot": camelot(key, mode),
        "time_signature": pulse.metre,
    }
    return AudioFeatures.model_validate(
        {
            "id": subject.id,
            "uri": subject.uri,
            **values,
            "tempo_candidates": tuple(round(bpm, _DECIMALS) for bpm in pulse.candidates[1:]),
            "tempo_range": _tempo_range(pulse),
            "duration_ms": round((heard.duration_s + heard.beyond_s) * 1000),
            "uncertainty": _uncertainty(heard),
            "provenance": tuple(_feature_sources(heard, subject)),
            "missing": _missing(values),
        }
    )


def analysis(heard: Heard, subject: Subject) -> AudioAnalysis:
    """What happens when."""
    grid = rows.lay_out(heard.rhythm, heard.ends_s)
    track = _track(heard)
    return AudioAnalysis(
        id=subject.id,
        uri=subject.uri,
        track=track,
        bars=rows.intervals(grid.bars),
        beats=rows.intervals(grid.beats),
        tatums=rows.intervals(grid.tatums),
        sections=rows.sections(heard),
        segments=rows.segments(heard.segments),
        timbre_basis="earprint-v1",
        provenance=(_source(subject, Method.MEASURED, _PARTS, detail=_levels(heard)),),
        missing=(*_missing(track.model_dump(), "track."), *gaps.of_lists(heard)),
    )


def _track(heard: Heard) -> TrackSummary:
    pulse, guess = heard.rhythm, heard.key
    tempo = pulse.tempo_bpm
    return TrackSummary(
        duration=rows.time(heard.duration_s),
        tempo=_rounded(tempo),
        tempo_confidence=None
        if tempo is None
        else rows.confidence(Estimate.TEMPO, pulse.tempo_margin),
        tempo_range=_tempo_range(pulse),
        time_signature=pulse.metre,
        time_signature_confidence=(
            None
            if pulse.metre is None
            else rows.confidence(Estimate.TIME_SIGNATURE, pulse.metre_margin)
        ),
        key=guess.key if guess else None,
        key_confidence=rows.confidence(Estimate.KEY, guess.margin, guess.fit) if guess else None,
        mode=guess.mode if guess else None,
        mode_confidence=rows.confidence(Estimate.MODE, guess.mode_margin, guess.fit)
        if guess
        else None,
        loudness=_rounded(heard.loudness_lufs),
        end_of_fade_in=rows.time(heard.fades.end_of_fade_in_s),
        start_of_fade_out=rows.time(heard.fades.start_of_fade_out_s),
    )


def _tempo_range(pulse: Rhythm) -> tuple[float, ...]:
    """The slowest and the fastest, where that is more than one tempo."""
    return tuple(round(bpm, _DECIMALS) for bpm in pulse.tempo_range or ())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)


def _unit(value: float | None) -> float | None:
    return None if value is None else round(min(1.0, max(0.0, value)), _DECIMALS)


def _uncertainty(heard: Heard) -> dict[str, float]:
    told = heard.perceptual.uncertainty
    return {name: round(told[name], _DECIMALS) for name in ESTIMATED if name in told}


def _missing(values: Mapping[str, object], prefix: str = "") -> tuple[Missing, ...]:
    absent = [name for name, value in values.items() if value is None]
    return tuple(gaps.of(name, f"{prefix}{name}") for name in absent)


def _feature_sources(heard: Heard, subject: Subject) -> Iterator[Provenance]:
    yield _source(subject, Method.MEASURED, _MEASURED, detail=_levels(heard))
    guessed = tuple(name for name in ESTIMATED if name in heard.perceptual.values)
    if guessed:
        detail = (
            "Guesses of a small model; `uncertainty` says how far they are typically off; "
            f"{ANALYSER}"
        )
        yield _source(subject, Method.ESTIMATED, guessed, detail=detail)


def _levels(heard: Heard) -> str:
    parts = ["LUFS, ITU-R BS.1770, on the file’s own channels (one channel counts once)"]
    if heard.channels == 1:
        parts.append("this file has one channel, and the same music in stereo reads 3 to 5 LU more")
    if heard.beyond_s:
        whole_s = heard.duration_s + heard.beyond_s
        parts.append(
            f"only the first {heard.duration_s / 60:.0f} minutes of {clock(whole_s)} were analysed"
        )
    if max(heard.begins_s, heard.duration_s - heard.ends_s) >= _LEAST_LEFT_OUT_S:
        parts.append(
            f"heard from {heard.begins_s:.1f} to {heard.ends_s:.1f} s; "
            "the silence before and after was left out"
        )
    parts.extend(heard.left_out)
    return "; ".join([*parts, ANALYSER])


def _source(
    subject: Subject, method: Method, fields: tuple[str, ...], *, detail: str
) -> Provenance:
    return Provenance(
        source=SourceName.LIBRARY,
        method=method,
        fields=fields,
        retrieved_at=subject.heard_at,
        detail=detail,
        analyser=ANALYSER_VERSION,
    )
