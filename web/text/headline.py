"""The four figures a musician asks for first: tempo, key, loudness and metre, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.music.key_names import MAJOR, MINOR, key_name
from api.schemas.analysis import TrackSummary
from api.schemas.features import AudioFeatures
from api.schemas.nearest import Rank
from api.schemas.provenance import Method, Provenance, SourceName
from web.text import formatting
from web.text.confidence import Sureness, sureness
from web.text.labels import DONE, FIELDS, SOURCES, speaker
from web.text.meanings import FAST_BPM, SLOW_BPM
from web.text.rank import standing

SAME_TEMPO = 0.04  # of a tempo: as far as two analysers of one recording are apart
HALF, DOUBLE = "half", "double"
FELT = {HALF: (0.5, "half as fast"), DOUBLE: (2.0, "twice as fast")}
MOST_OTHERS = 3
SIX, SEMITONES, MINOR_THIRD = 6, 12, 3
LUFS, STREAMED = "LUFS", "LUFS: how loud it seems. Services play at about −14."
UNLIKE_LUFS = "Spotify’s own scale: near LUFS, but not the same."
ONE_CHANNEL = "this file has one channel"  # in the analyser's words
MONO = "Your file has one channel (mono): the same music in stereo reads 3 to 5 more."
NO_KEY = "Spoken words, noise and very changeable music have none."


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure: how sure it is, or else how it is known; and what to keep in mind beside it.

    `way`: another way to look at it, as address and words.
    """

    label: str
    figure: str
    unit: str
    chip: str | None
    sure: Sureness | None
    known: str
    beside: tuple[str, ...]
    way: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class HeadlineFacts:
    """What the figures are made of. `sure`: the analysis in one line, of the same source.

    `felt`: the reader wants the tempo at half or double; `rank`: of the loudness among files here.
    """

    features: AudioFeatures
    sure: TrackSummary | None = None
    rank: Rank | None = None
    felt: str = ""


def headlines(heard: HeadlineFacts) -> tuple[Headline, ...]:
    """Tempo, key, loudness, metre, in this order, also where one was not found."""
    return (_tempo(heard), _key(heard), _loudness(heard), _metre(heard))


def felt_tempo(features: AudioFeatures) -> tuple[str, float] | None:
    """As what else the tempo may be felt: `half` or `double`, and the beats a minute.

    Where the source names other tempi, one of them has to be about that; where it names none, very
    fast and very slow ones are. All else nobody feels: it would be another tempo.
    """
    tempo = features.tempo
    if not tempo:
        return None
    for name, (factor, _) in FELT.items():
        if any(_alike(each, tempo * factor) for each in features.tempo_candidates):
            return name, tempo * factor
    if features.tempo_candidates or SLOW_BPM <= tempo < FAST_BPM:
        return None
    name = DOUBLE if tempo < SLOW_BPM else HALF
    return name, tempo * FELT[name][0]


def other_tempi(features: AudioFeatures) -> tuple[float, ...]:
    """What it may be if the tempo is wrong: those the source names that are no half or double."""
    tempo = features.tempo or 0.0
    octaves = (tempo / 2, tempo, tempo * 2)
    return tuple(
        each
        for each in features.tempo_candidates
        if not any(_alike(each, octave) for octave in octaves)
    )[:MOST_OTHERS]


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_TEMPO * other


def _tempo(heard: HeadlineFacts) -> Headline:
    features, sure = heard.features, _sure(heard, "tempo_confidence")
    if features.tempo is None:
        return _absent(features, "tempo", "no pulse")
    if features.tempo_range:
        return _changing(features, sure)
    shown, beside, way = features.tempo, [], None
    if (felt := felt_tempo(features)) is not None:
        name, other = felt
        if heard.felt == name:
            shown = other
            beside.append(f"Counted by the machine it is {_whole(features.tempo)}.")
            way = ("", f"Show as {_whole(features.tempo)}")
        else:
            beside.append(f"Felt {FELT[name][1]} it is {_whole(other)}.")
            way = (f"?felt={name}", f"Show as {_whole(other)}")
    if (others := other_tempi(features)) and (sure is None or sure.bars < 4):  # noqa: PLR2004
        beside.append(f"If this is wrong: {formatting.listed([_whole(each) for each in others])}.")
    return Headline(
        FIELDS["tempo"],
        _whole(shown),
        "BPM",
        None,
        sure,
        how_known(features, "tempo"),
        tuple(beside),
        way,
    )


def _changing(features: AudioFeatures, sure: Sureness | None) -> Headline:
    """A tempo that moves is no single number: from where to where, and what is in the middle."""
    middle = _whole(features.tempo or 0.0)
    figure = formatting.tempo_figure(features.tempo or 0.0, features.tempo_range)
    beside = (f"The tempo changes on the way; in the middle it is {middle}.",)
    known = how_known(features, "tempo")
    return Headline(FIELDS["tempo"], figure, "BPM", None, sure, known, beside)


def _whole(tempo: float) -> str:
    return formatting.bpm(tempo).removesuffix(" BPM")


def _key(heard: HeadlineFacts) -> Headline:
    features = heard.features
    if features.key is None or features.key_name is None:
        return _absent(features, "key", "no key", beside=NO_KEY)
    beside = []
    if features.mode is not None:
        beside.append(
            f"Its relative, {_relative(features.key, features.mode)}, uses the same notes."
        )
    sure = _sure(heard, "key_confidence")
    return Headline(
        FIELDS["key"],
        features.key_name,
        "",
        features.camelot,
        sure,
        how_known(features, "key"),
        tuple(beside),
    )


def _relative(key: int, mode: int) -> str:
    away, other = (-MINOR_THIRD, MINOR) if mode == MAJOR else (MINOR_THIRD, MAJOR)
    return key_name((key + away) % SEMITONES, other)


def _loudness(heard: HeadlineFacts) -> Headline:
    features = heard.features
    if features.loudness is None:
        return _absent(features, "loudness", "not told")
    in_lufs = loudness_unit(features.provenance) == LUFS
    beside = (
        []
        if heard.rank is None
        else [_sentence(standing(heard.rank, more="louder", ends=("quietest", "loudest")))]
    )
    beside.append(STREAMED if in_lufs else UNLIKE_LUFS)
    if is_mono(features.provenance):
        beside.append(MONO)
    return Headline(
        FIELDS["loudness"],
        formatting.decimal(features.loudness, 1),
        LUFS if in_lufs else "dB",
        None,
        None,
        how_known(features, "loudness"),
        tuple(beside),
    )


def is_mono(provenance: Sequence[Provenance]) -> bool:
    """Whether the loudness is that of a file with one channel, which reads lower."""
    return any(ONE_CHANNEL in (each.detail or "") for each in provenance)


def loudness_unit(provenance: Sequence[Provenance]) -> str:
    """`LUFS`, or `dB` where what 0 refers to is the source’s own affair."""
    said = " ".join(each.detail or "" for each in provenance)
    return LUFS if LUFS in said else "dB"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]} here."


def _metre(heard: HeadlineFacts) -> Headline:
    features = heard.features
    beats = features.time_signature
    if beats is None:
        return _absent(features, "time_signature", "not told")
    beside = ("Six are often written 6/8, and felt as two.",) if beats == SIX else ()
    sure = _sure(heard, "time_signature_confidence")
    return Headline(
        FIELDS["time_signature"],
        str(beats),
        "beats a bar",
        None,
        sure,
        how_known(features, "time_signature"),
        beside,
    )


def _absent(features: AudioFeatures, field: str, figure: str, *, beside: str = "") -> Headline:
    """What is not there, and why, where the source says why."""
    why = next((each.detail for each in features.missing if each.field == field), "")
    said = why or beside or "The source did not say."
    return Headline(FIELDS[field], figure, "", None, None, "", (said,))


def _sure(heard: HeadlineFacts, field: str) -> Sureness | None:
    """Ours is calibrated; what another source says of itself is called its own word."""
    confidence: float | None = None if heard.sure is None else getattr(heard.sure, field)
    if confidence is None:
        return None
    sure, source = sureness(confidence), heard.features.provenance[0].source
    if source is SourceName.LIBRARY:
        return sure
    return replace(sure, says=f"{sure.says}, says {SOURCES[source]}")


def how_known(features: AudioFeatures, field: str) -> str:
    """`measured`, `stated by ReccoBeats`: how it is known, where nobody says how sure it is."""
    said: Sequence[Provenance] = [
        each for each in features.provenance if field in each.fields
    ] or features.provenance
    one = said[0]
    if one.method is Method.REPORTED:
        return f"stated by {speaker(one.source, one.method)}"
    return DONE[one.method]
