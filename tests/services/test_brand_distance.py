"""How far a track is from a brand: the arithmetic, and the words for it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schemas.brands import TARGETED, Brand, Targets, limits
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Method, Missing, Provenance, Reason, SourceName
from api.services.brand_distance import measure, spanned

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GUESS = " It is a guess, typically off by 0.12."
FELT = " Counted at {} tempo, {}, it is in it."
NOTHING: dict[str, Any] = dict.fromkeys(
    (*TARGETED, "key", "mode", "key_name", "camelot", "time_signature", "duration_ms")
)


def track(uncertainty: dict[str, float] | None = None, zero: str = "LUFS", **values: Any):
    """A track of which these features are known."""
    return AudioFeatures(
        **NOTHING | values,
        id="t",
        uri="u",
        tempo_candidates=(),
        uncertainty=uncertainty or {},
        provenance=(
            Provenance(
                source=SourceName.LIBRARY,
                method=Method.MEASURED,
                fields=("loudness",),
                retrieved_at=NOW,
                detail=zero,
            ),
        ),
        missing=(
            Missing(field="liveness", reason=Reason.NOT_DETECTED, detail="It is not measured."),
        ),
    )


def brand(made_from: Any = (), **targets: tuple[float, ...]):
    """A brand that aims at these: low, high, and perhaps the weight."""
    names = ("min", "max", "weight")
    aims = {field: dict(zip(names, ends, strict=False)) for field, ends in targets.items()}
    return Brand(
        id="b",
        name="n",
        words=None,
        targets=Targets.model_validate(aims),
        references=(),
        made_from=made_from,
        made_at=NOW,
        changed_at=NOW,
    )


@pytest.mark.parametrize(
    ("value", "error", "off", "says"),
    [
        (0.5, None, 0, "0.50 is in your range, 0.40 to 0.60."),
        (0.4, None, 0, "0.40 is in your range, 0.40 to 0.60."),
        (0.72, None, 0.12, "0.72 is 0.12 above your range, 0.40 to 0.60."),
        (0.1, None, -0.3, "0.10 is 0.30 below your range, 0.40 to 0.60."),
        (0.602, None, 0.002, "0.60 is just above your range, 0.40 to 0.60, and may well be in it."),
        (
            0.66,
            0.12,
            0.06,
            "0.66 is just above your range, 0.40 to 0.60, and may well be in it." + GUESS,
        ),
        (
            0.35,
            0.12,
            -0.05,
            "0.35 is just below your range, 0.40 to 0.60, and may well be in it." + GUESS,
        ),
        (
            0.70,
            0.12,
            0.1,
            "0.70 is 0.10 above your range, 0.40 to 0.60." + GUESS,
        ),
        (None, None, None, "Not known: the source does not tell it."),
    ],
)
def test_each_feature_is_told_in_words(value, error, off, says):
    """Within half of the typical error it may well be in it, and is never called outside."""
    told = measure(
        brand(energy=(0.4, 0.6)), track({} if error is None else {"energy": error}, energy=value)
    ).fields["energy"]

    assert (told.off, told.says) == (off, says)


@pytest.mark.parametrize(
    ("bpm", "says"),
    [
        (128.0, "128.0 BPM is 4.0 BPM above your range, 110.0 to 124.0 BPM."),
        (
            60.0,
            "60.0 BPM is 50.0 BPM below your range, 110.0 to 124.0 BPM."
            + FELT.format("double", "120.0 BPM"),
        ),
        (
            236.0,
            "236.0 BPM is 112.0 BPM above your range, 110.0 to 124.0 BPM."
            + FELT.format("half", "118.0 BPM"),
        ),
    ],
)
def test_half_and_double_tempo_are_pointed_at(bpm, says):
    """Software counts every second beat as often as not."""
    told = measure(brand(tempo=(110, 124)), track(tempo=bpm))

    assert told.fields["tempo"].says == says


def test_loudness_has_a_true_minus():
    """As a musician reads it."""
    told = measure(brand(loudness=(-16, -12)), track(loudness=-9.04)).fields["loudness"]

    assert told.says == "−9.0 dB is 3.0 dB above your range, −16.0 to −12.0 dB."


def test_what_nobody_knows_counts_for_nothing():
    """It is neither 0 nor near, and the reason is told."""
    told = measure(brand(liveness=(0, 0.2), energy=(0.4, 0.6)), track(energy=0.8))

    assert told.fields["liveness"].says == "Not known: It is not measured."
    assert told.distance == pytest.approx(2.0)
    assert [(gap.field, gap.reason) for gap in told.missing] == [
        ("fields.liveness", Reason.NOT_DETECTED)
    ]
    assert told.says.endswith("1 cannot be compared.")


def test_a_brand_without_aims_has_no_distance():
    """Nor has one of whose aims nothing is known, or that weighs nothing."""
    assert measure(brand(), track(energy=0.5)).distance is None
    assert measure(brand(liveness=(0, 1)), track(energy=0.5)).distance is None
    assert measure(brand(energy=(0, 0.1, 0)), track(energy=0.5)).distance is None


def test_weights_say_what_matters():
    """What weighs nothing is told and does not count."""
    near, far = (0.4, 0.6), (0.0, 0.1)
    both = measure(brand(energy=near, valence=far), track(energy=0.5, valence=0.5))
    light = measure(brand(energy=near, valence=(*far, 0.1)), track(energy=0.5, valence=0.5))
    without = measure(brand(energy=near, valence=(*far, 0)), track(energy=0.5, valence=0.5))

    assert (both.distance or 0) > (light.distance or 0) > 0
    assert without.distance == 0
    assert without.fields["valence"].off == pytest.approx(0.4)


def test_loudness_on_another_scale_is_not_compared():
    """What 0 dB refers to is known of songs, and of ranges that were taken from songs."""
    targets, made_from = spanned([track(zero="dBFS-like", loudness=-8.0)])
    of_spotify = brand(made_from, loudness=(-10, -6))

    assert targets.loudness is not None
    unlike = measure(of_spotify, track(loudness=-8.0))
    alike = measure(of_spotify, track(zero="dBFS-like", loudness=-8.0))
    assert (unlike.distance, unlike.fields["loudness"].off) == (None, None)
    assert alike.distance == 0


def test_songs_on_two_scales_span_no_loudness():
    """Nor is there a range of what one of them lacks."""
    songs = [track(loudness=-8.0, energy=0.5), track(zero="dBFS-like", loudness=-8.0, energy=0.6)]

    targets, _ = spanned([*songs, track(zero="dBFS-like", loudness=-8.0, energy=0.7, valence=0.1)])

    assert set(targets.by_field) == {"energy"}


def test_the_sentence_names_what_is_farthest():
    """In steps that weigh alike, whatever the unit; what is at an edge is told as that."""
    aims = brand(energy=(0.4, 0.6), tempo=(100, 110), valence=(0.1, 0.9))
    told = measure(aims, track(energy=0.65, tempo=131.0, valence=0.5))
    edge = measure(aims, track({"energy": 0.2}, energy=0.65, tempo=105.0, valence=0.5))

    assert edge.says == "2 of 3 features in your range, 1 more may well be."

    assert told.says == (
        "1 of 3 features in your range; farthest from it is tempo, 21.0 BPM above it."
    )


VALUES = st.fixed_dictionaries({field: st.none() | st.floats(*limits(field)) for field in TARGETED})
ERRORS = st.dictionaries(st.sampled_from(["energy", "valence"]), st.floats(0, 0.5))


@given(st.lists(st.tuples(VALUES, ERRORS), min_size=1, max_size=5))
def test_songs_lie_within_what_they_span(songs):
    """Whatever they are, and in every feature that all of them have."""
    heard = [track(errors, **values) for values, errors in songs]

    targets, made_from = spanned(heard)

    aims = brand(made_from, **{f: (t.min, t.max) for f, t in targets.by_field.items()})
    for song in heard:
        told = measure(aims, song)
        assert told.distance == (0 if targets.by_field else None)
        assert all("is in your range" in one.says for one in told.fields.values())


@given(VALUES, VALUES, ERRORS)
def test_a_distance_is_a_number_or_absent_and_each_feature_is_told(low, values, errors):
    """Whatever is aimed at and whatever is known."""
    aims = {f: (v, limits(f)[1]) for f, v in low.items() if v is not None}

    told = measure(brand(**aims), track(errors, **values))

    assert set(told.fields) == set(aims)
    assert all(one.says for one in told.fields.values())
    known = [one for one in told.fields.values() if one.off is not None]
    assert (told.distance is None) == (not known)
