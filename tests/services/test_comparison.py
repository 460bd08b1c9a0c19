"""Sources side by side: nothing is averaged, and what is no disagreement is not called one."""

from typing import Any

import pytest

from api.schemas.features import AudioFeatures, ComparisonNote
from api.schemas.provenance import Method, SourceName
from api.services.comparison import compare
from tests.cache.making import OTHER, SPOTIFY
from tests.services.listening import features, said

OWN = SourceName.LIBRARY


def heard(source: SourceName = SPOTIFY, **numbers: Any) -> AudioFeatures:
    """What a source says of the sound; `loudness_in` and `method` say how."""
    reference, method = numbers.pop("loudness_in", None), numbers.pop("method", Method.REPORTED)
    (one,) = said(source)
    says = one.model_copy(update={"fields": tuple(numbers), "detail": reference, "method": method})
    return features("a", source, **numbers).model_copy(update={"provenance": (says,)})


def notes(*items: AudioFeatures) -> tuple[ComparisonNote, ...]:
    """What one has to know to read them beside each other."""
    return compare("a", items).notes


def test_sources_are_compared_field_by_field():
    """Only fields that two of them give."""
    compared = compare("a", [heard(energy=0.2, tempo=60), heard(OTHER, energy=0.5)])

    assert compared.sources == (SPOTIFY, OTHER)
    assert list(compared.spread) == ["energy"]
    assert (compared.spread["energy"].min, compared.spread["energy"].max) == (0.2, 0.5)
    assert compared.spread["energy"].spread == pytest.approx(0.3)
    assert compared.notes == ()


@pytest.mark.parametrize(
    ("one", "other", "is_double"),
    [(87.5, 175, True), (175, 87, True), (80, 82, False), (80, 120, False), (87.5, 190, False)],
)
def test_twice_the_tempo_is_named_as_such(one, other, is_double):
    """Either may be the faster; the slower one counts every second beat."""
    found = notes(heard(tempo=one), heard(OTHER, tempo=other))

    assert [note.fields for note in found] == [("tempo",)] * is_double
    assert all(note.sources == (SPOTIFY, OTHER) and "Double" in note.says for note in found)


@pytest.mark.parametrize(
    ("one", "other", "are_relative"),
    [
        ((9, 0), (0, 1), True),
        ((0, 1), (9, 0), True),
        ((9, 0), (9, 1), False),
        ((9, 0), (4, 0), False),
    ],
)
def test_relative_keys_are_named_as_such(one, other, are_relative):
    """A minor and C major have the same notes; A minor and A major have not."""
    found = notes(
        *(
            heard(source, key=key, mode=mode, key_name=f"{key} {mode}")
            for source, (key, mode) in ((SPOTIFY, one), (OTHER, other))
        )
    )

    assert [note.fields for note in found] == [("key", "mode")] * are_relative


def test_loudness_is_compared_with_its_like_only():
    """LUFS and a scale of its own have no common zero; two of one scale have."""
    theirs = heard(loudness=-8, loudness_in="Loudness is dBFS-like.")
    theirs_too = heard(OTHER, loudness=-9, loudness_in="dBFS-like")
    ours = heard(OWN, loudness=-14, loudness_in="Integrated loudness in LUFS.")

    compared = compare("a", [theirs, theirs_too, ours])

    assert compared.spread["loudness"].min == -9
    assert [note.sources for note in compared.notes] == [(SPOTIFY, OWN), (OTHER, OWN)]
    assert all("Not compared" in note.says for note in compared.notes)


def test_an_estimate_beside_a_report_is_called_that():
    """The fields of which both say something; who estimates is named."""
    (note,) = notes(heard(energy=0.4, valence=0.3), heard(OWN, energy=0.6, method=Method.ESTIMATED))

    assert note.fields == ("energy",)
    assert "An estimate (Own files) beside a report (Spotify)" in note.says
