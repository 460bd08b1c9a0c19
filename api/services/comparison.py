"""What several sources say of one track's sound, side by side: how far apart, and what that means.

Nothing is averaged. What cannot be compared is not, and what looks like a disagreement and is none
(twice the tempo, a relative key) is called that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from api.schemas.features import (
    UNIT_FEATURES,
    AudioFeatures,
    ComparisonNote,
    FeatureComparison,
    Spread,
)
from api.schemas.provenance import SOURCE_TITLES, Method, SourceName

COMPARED = (*UNIT_FEATURES, "loudness", "tempo")
REFERENCES = ("LUFS", "dBFS")
SAME_TEMPO = 0.04  # of a tempo: as far as two analysers of one recording are apart
OCTAVE = 2.0
SEMITONES = 12
RELATIVE_MAJOR = 3  # semitones above the minor key with the same notes
_DOUBLE = (
    "Double tempo: {:.0f} beats a minute ({}) and {:.0f} ({}). One counts every beat, the other "
    "every second one; both fit the music."
)
_RELATIVE = "Relative keys: {} ({}) and {} ({}) have the same seven notes."
_UNLIKE = "Not compared: loudness is in LUFS at one ({}), on a scale of its own at the other ({})."
_GUESSED = (
    "An estimate ({}) beside a report ({}). Where they differ by less than the estimate’s typical "
    "error, which `uncertainty` tells, that means nothing."
)


def compare(ident: str, items: Sequence[AudioFeatures]) -> FeatureComparison:
    """The sources side by side, and how far they are apart on each field that two of them give."""
    spreads = {field: _spread(items, field) for field in COMPARED}
    return FeatureComparison(
        id=ident,
        items=tuple(items),
        spread={field: spread for field, spread in spreads.items() if spread is not None},
        sources=tuple(map(_source, items)),
        notes=tuple(note for pair in combinations(items, 2) for note in _notes(*pair)),
        provenance=tuple(said for item in items for said in item.provenance),
    )


def _spread(items: Sequence[AudioFeatures], field: str) -> Spread | None:
    giving = [item for item in items if getattr(item, field) is not None]
    if field == "loudness":
        like = loudness_reference(giving[0]) if giving else None
        giving = [item for item in giving if loudness_reference(item) == like]
    values = [getattr(item, field) for item in giving]
    if len(values) < 2:  # noqa: PLR2004  # one alone is not apart from anything
        return None
    return Spread(min=min(values), max=max(values), spread=max(values) - min(values))


def _notes(one: AudioFeatures, other: AudioFeatures) -> Iterator[ComparisonNote]:
    """What one has to know to read the two beside each other."""
    names = SOURCE_TITLES[_source(one)], SOURCE_TITLES[_source(other)]
    sources = _source(one), _source(other)

    def note(says: str, *fields: str) -> ComparisonNote:
        return ComparisonNote(fields=fields, sources=sources, says=says)

    tempi = sorted((item.tempo, _source(item)) for item in (one, other) if item.tempo)
    if len(tempi) > 1 and abs(tempi[1][0] / tempi[0][0] - OCTAVE) <= SAME_TEMPO * OCTAVE:
        (slow, slower), (fast, faster) = tempi
        says = _DOUBLE.format(fast, SOURCE_TITLES[faster], slow, SOURCE_TITLES[slower])
        yield note(says, "tempo")
    if _are_relative(one, other):
        says = _RELATIVE.format(one.key_name, names[0], other.key_name, names[1])
        yield note(says, "key", "mode")
    if one.loudness is not None and other.loudness is not None:
        in_lufs, not_so = loudness_reference(one) == "LUFS", loudness_reference(other) == "LUFS"
        if in_lufs != not_so:
            yield note(_UNLIKE.format(*(names if in_lufs else names[::-1])), "loudness")
    for guessing, reporting, who in ((one, other, names), (other, one, names[::-1])):
        fields = sorted(_estimated(guessing) & _reported(reporting) & set(COMPARED))
        if fields:
            yield note(_GUESSED.format(*who), *fields)


def _are_relative(one: AudioFeatures, other: AudioFeatures) -> bool:
    if None in {one.key, one.mode, other.key, other.mode} or one.mode == other.mode:
        return False
    minor, major = (one, other) if one.mode == 0 else (other, one)
    return ((minor.key or 0) + RELATIVE_MAJOR) % SEMITONES == major.key


def _source(item: AudioFeatures) -> SourceName:
    return item.provenance[0].source


def loudness_reference(item: AudioFeatures) -> str | None:
    """What 0 dB of its loudness refers to."""
    words = " ".join(said.detail or "" for said in item.provenance if "loudness" in said.fields)
    return next((one for one in REFERENCES if one in words), None)


def _estimated(item: AudioFeatures) -> set[str]:
    return _by_method(item, Method.ESTIMATED)


def _reported(item: AudioFeatures) -> set[str]:
    return _by_method(item, Method.REPORTED)


def _by_method(item: AudioFeatures, method: Method) -> set[str]:
    return {field for said in item.provenance if said.method is method for field in said.fields}
