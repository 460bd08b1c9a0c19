"""What an analysis says in sentences: rules, so that the same numbers make the same words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from api.music.key_names import note_name
from api.schemas.analysis import (
    AudioAnalysis,
    Interval,
    Section,
    Segment,
    TimbreBasis,
    TrackSummary,
)
from web.charts import lanes
from web.charts.lanes import FASTEST_BPM, FLOOR_DB, SLOWEST_BPM, tempi
from web.charts.repetition import Repetition, likeness
from web.text import formatting
from web.text.confidence import sureness

OWN_BASIS: TimbreBasis = "earprint-v1"  # our analyser's, whose confidences are calibrated
STRONGEST = 3
LOUDER_DB = 1.0  # what is heard as a change of level
APART_DB = 3.0
STEADY_BPM = 5.0
SURE, UNSURE = 0.9, 0.5
CLEARLY = 0.1  # of likeness between sections
OWN_NOTE = (
    "How sure it is: of a hundred answers that are “probably right”, seventy to ninety were right "
    "when Earprint was tested on music whose answers are known."
)
STATED_NOTE = (
    "How sure it is says what the machine thinks of itself, which is not the same as being right."
)
TIMBRE_NOTES: dict[TimbreBasis, str] = {
    "spotify": "Twelve numbers for the colour of the sound. Spotify never said exactly how they "
    "are made: the first is loudness, the second brightness, the third how flat or noisy it is, "
    "the fourth how sharply sounds begin.",
    OWN_BASIS: "Earprint’s axes are its own (earprint-v1), so they are not comparable with "
    "Spotify’s: level, brightness, noise and attack have names; the other eight describe how a "
    "sound’s spectrum bends and moves.",
}
ALIKE = {"pitch": "the notes that sound", "timbre": "the colour of the sound"}


def lead(found: AudioAnalysis, duration: float) -> str:
    """`Three sections in 0:43, each louder than the one before. The beat never lets go: …`."""
    if is_silent(found.segments):
        return f"Silence, or nearly so, for {formatting.length(duration)}: nothing to show in it."
    paces = found.track.tempo_range if found.track else ()
    said = f"{sections(found.sections or (), duration)} {beat(found.beats)}"
    if not paces:
        return said
    return f"{said} Its tempo changes from {paces[0]:.0f} to {paces[-1]:.0f} BPM."


def is_silent(segments: Sequence[Segment] | None) -> bool:
    """Whether nothing in it rises above the floor of the lanes."""
    return bool(segments) and all(each.loudness_max <= FLOOR_DB for each in segments or ())


def sections(found: Sequence[Section], duration: float) -> str:
    """How many, and how their levels go."""
    long = formatting.length(duration)
    if not found:
        return f"No sections were found in {long}."
    number = formatting.counted(len(found), "section").capitalize()
    return f"{number} in {long}{_levels(found)}."


def _levels(found: Sequence[Section]) -> str:
    levels = [each.loudness for each in found if each.loudness is not None]
    if len(levels) < max(2, len(found)):
        return ""
    steps = [after - before for before, after in pairwise(levels)]
    if all(step >= LOUDER_DB for step in steps):
        return ", each louder than the one before"
    if all(step <= -LOUDER_DB for step in steps):
        return ", each quieter than the one before"
    if max(levels) - min(levels) < APART_DB:
        return ", about equally loud"
    return f", the loudest is number {levels.index(max(levels)) + 1}"


def lasts(seconds: float) -> str:
    """`14 s`, `6:51`; of less than a second its tenths."""
    if seconds >= formatting.MINUTE:
        return formatting.length(seconds)
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"


def beat(beats: Sequence[Interval] | None) -> str:
    """Whether there is a pulse, and how sure that is."""
    if beats is None:
        return "Its beats were not sent."
    if not beats:
        return "No steady pulse was found, as in speech or free playing."
    sure = sum(each.confidence for each in beats) / len(beats)
    says, number = sureness(sure).says, formatting.count(len(beats))
    if sure >= SURE:
        return f"The beat never lets go: {number} of them, {says}."
    return f"{number} beats were heard, {'which' if sure < UNSURE else 'on the whole'} {says}."


def tempo(beats: Sequence[Interval] | None) -> str:
    """Whether the tempo holds."""
    if not beats:
        return "no beats, so no tempo to follow"
    heard = [each for _, each in tempi(beats)]
    least, most = min(heard), max(heard)
    held = most - least < STEADY_BPM
    outside = least < SLOWEST_BPM or most > FASTEST_BPM
    said = (
        f"steady at {formatting.bpm(sum(heard) / len(heard))}"
        if held
        else f"from {least:.0f} to {most:.0f} BPM"
    )
    return f"{said}; drawn from 60 to 200" if outside else said


def loudest(segments: Sequence[Segment] | None) -> str:
    """`loudest −7.1 dB at 0:25`."""
    if not segments:
        return "no loudness curve was sent"
    peak = max(segments, key=lambda each: each.loudness_max)
    if peak.loudness_max <= FLOOR_DB:
        return "below −40 dB throughout"
    when = formatting.length(peak.start + peak.loudness_max_time)
    return f"loudest {formatting.decibels(peak.loudness_max)} at {when}"


def fades(track: TrackSummary | None) -> str:
    """`; fades in until 0:03, out from 3:41`, where it is slow enough to be heard as that."""
    into, out = lanes.fades(track)
    said = [f"in until {formatting.length(into)}"] if into is not None else []
    if out is not None:
        said.append(f"out from {formatting.length(out)}")
    return f"; fades {', '.join(said)}, where the dashes stand" if said else ""


def fades_closely(track: TrackSummary) -> str:
    """To a tenth of a second, and what was not found of it."""
    into, out = track.end_of_fade_in, track.start_of_fade_out
    if into is None and out is None:
        return "Whether it fades in or out was not found."
    begins = "Where a fade-in ends was not found" if into is None else f"In full at {into:.1f} s"
    ends = "where a fade-out begins was not found" if out is None else f"fades out from {out:.1f} s"
    return f"{begins}; {ends}."


def notes(segments: Sequence[Segment], home: tuple[int | None, int | None] | None) -> str:
    """`A♭, E and E♭ sound most`: how strongly, how long and how loud."""
    totals = [
        sum(
            each.pitches[note] * each.duration * max(0.0, each.loudness_max - FLOOR_DB)
            for each in segments
        )
        for note in range(12)
    ]
    if not any(totals):
        return "no notes were heard"
    order = sorted(range(12), key=lambda note: -totals[note])[:STRONGEST]
    names = formatting.listed([note_name(note, *(home or ())) for note in order])
    return f"{names} sound most"


def pulse(found: AudioAnalysis) -> str:
    """`26 bars of 4 beats`; where there are none, what is counted instead."""
    metre = found.track.time_signature if found.track else None
    for name, more in (("bars", f" of {metre} beats" if metre else ""), ("beats", "")):
        if number := len(getattr(found, name) or ()):
            return f"{formatting.count(number)} {name}{more}"
    return "no steady pulse, so nothing to count"


def repeats(drawn: Repetition, found: Sequence[Section], view: str) -> str:
    """Which sections come back, by what `view` compares."""
    alike = likeness(drawn, found)
    pairs = {pair: share for pair, share in alike.items() if pair[0] < pair[1]}
    if len(pairs) < STRONGEST:
        return ""
    (one, other), most = max(pairs.items(), key=lambda pair: pair[1])
    (far, away), least = min(pairs.items(), key=lambda pair: pair[1])
    if most - least < CLEARLY:
        return f"By {ALIKE[view]} no two sections stand out."
    return f"By {ALIKE[view]} sections {one} and {other} are most alike, {far} and {away} least."
