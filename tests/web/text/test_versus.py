"""What several things are together, in words that weigh the error."""

from __future__ import annotations

import pytest

from api.schemas.features import UNIT_FEATURES
from api.schemas.playlist import KeyCount
from api.schemas.provenance import SourceName
from tests.web import brands, lists, music, sound
from web.text import versus
from web.text.facts import facts
from web.text.sounds import FLOOR, SideNumber, SideSound, of_brand, of_list, of_song, of_songs


def song(**more):
    """A song; what is given instead of the usual."""
    return of_song(sound.features(**more))


def key(code, name="a key"):
    """A song in this key."""
    return song(camelot=code, key_name=name)


@pytest.mark.parametrize(
    ("values", "errors", "word"),
    [
        ((0.50, 0.54), (0.1, 0.1), "may well be equal"),
        ((0.50, 0.56), (0.1, 0.1), "perhaps different"),
        ((0.50, 0.69), (0.1, 0.1), "perhaps different"),
        ((0.50, 0.70), (0.1, 0.1), "clearly different"),
        ((0.50, 0.70), (0.1, 0.5), "may well be equal"),  # the larger error counts
        ((0.50, 0.52), (0.0, 0.0), "may well be equal"),  # nothing is surer than the floor
        ((0.50, 0.61), (0.0, 0.0), "clearly different"),
        ((0.50, 0.54), (None, None), "may well be equal"),  # unstated: 0.1 is assumed
        ((0.50, 0.55), (None, None), "perhaps different"),
    ],
)
def test_a_difference_weighs_the_larger_error(values, errors, word):
    """Below half of it the two may be equal; from twice of it on they clearly differ."""
    two = [
        song(energy=value, uncertainty={} if error is None else {"energy": error})
        for value, error in zip(values, errors, strict=True)
    ]
    [energy] = [one for one in versus.differences(two) if one.meaning.field == "energy"]
    assert energy.word == word


def test_the_largest_difference_comes_first():
    """By how many times the error it is, not by how large the number is."""
    two = [
        song(energy=0.3, valence=0.2, uncertainty={"energy": 0.06, "valence": 0.4}),
        song(energy=0.5, valence=0.5, uncertainty={"energy": 0.06, "valence": 0.4}),
    ]
    order = [one.meaning.field for one in versus.differences(two)]
    assert order.index("energy") < order.index("valence")


def test_of_many_those_farthest_apart_count():
    """Five sides have ten pairs; the row tells of one of them."""
    many = [song(energy=value) for value in (0.4, 0.5, 0.1, 0.6, 0.9)]
    [energy] = [one for one in versus.differences(many) if one.meaning.field == "energy"]
    assert energy.pair == (2, 4)
    assert energy.by == pytest.approx(0.8)


def test_what_only_one_of_them_has_is_no_difference():
    """Nor is a side without numbers."""
    assert versus.differences([song(), None]) == ()
    fields = {one.meaning.field for one in versus.differences([song(), song(energy=None)])}
    assert "energy" not in fields
    assert "liveness" not in fields


def test_a_range_is_met_missed_or_just_missed():
    """A wish has no error of its own; the song’s decides how far outside counts."""
    wish = SideSound(None, {"energy": SideNumber(0.4, 0.6, FLOOR)})
    words = [
        versus.differences([wish, song(energy=value, uncertainty={"energy": 0.1})])[0].word
        for value in (0.5, 0.62, 0.8)
    ]
    assert words == ["in the range", "may well be in it", "outside of it"]


@pytest.mark.parametrize(
    ("tempi", "says"),
    [
        ((120, 120.5), "The same tempo: they mix as they are."),
        ((120, 124), "3 % apart: they mix after a small change of speed."),
        ((72, 144), "Mixes at 144 with half tempo: the slower one is felt twice as fast."),
        ((126, 142), "13 % apart: too far to mix without changing the speed of one much."),
        ((144, 144, 72), "All of them can be mixed."),
        ((144, 100, 125), "No two of them can be mixed."),
        ((120, 121, 100), "The first and the second can be mixed."),
    ],
)
def test_tempi_say_whether_they_mix(tempi, says):
    """Half tempo counts as the same; a few percent are a turn of the speed."""
    assert versus.tempo([song(tempo=tempo) for tempo in tempi]) == says


def test_a_song_beside_a_list_is_only_faster_or_slower():
    """The average of many tempi mixes with nothing."""
    says = versus.tempo([song(tempo=120.0), of_list(lists.profile())])
    assert says == "On average the first is faster by 9.6 BPM than the second."


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (("8A", "8A"), "The same key."),
        (("8A", "8B"), "They blend: relative keys, with the same seven notes."),
        (("12A", "1A"), "They blend: neighbours on the wheel, six of seven notes are the same."),
        (("5A", "8B"), "The same home note, once major and once minor: few notes are shared."),
        (("1A", "6A"), "They rub: five steps apart on the wheel."),
        (("8A", "8B", "9A"), "The first and the second; the first and the third blend."),
        (("8A", "8A", "7A"), "All of them blend."),
        (("8A", "1A", "4B"), "No two of them blend."),
    ],
)
def test_keys_say_whether_they_blend(codes, says):
    """As the wheel has it: the same, one to either side, or the other letter."""
    assert versus.key([key(code) for code in codes]) == says


def test_what_is_no_place_on_the_wheel_is_not_compared():
    """Words of strangers can stand there."""
    assert versus.key([key("8A"), key("<b>")]) == ""


def test_a_key_beside_a_list_says_how_many_songs_blend():
    """Of those of the list whose key is known."""
    says = versus.key([key("11A"), of_list(lists.profile())])
    assert says == "12 of 21 songs of the second blend with the first."


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ((-12.0, -12.4), "0.4 dB apart: too little to be heard."),
        ((-14.4, -12.3), "The second is louder by 2.1 dB: you would hear it, just."),
        ((-9.0, -14.0), "The first is louder by 5.0 dB: clearly louder."),
        ((-5.0, -20.0), "The first is louder by 15.0 dB: about twice as loud, or more."),
    ],
)
def test_loudness_is_told_as_an_ear_has_it(levels, says):
    """Decibels alone tell a musician little."""
    assert versus.loudness([song(loudness=level) for level in levels]) == says


def test_spotifys_decibels_are_not_compared_with_lufs():
    """They are measured otherwise; a difference of the two means nothing."""
    said = music.said(SourceName.LIBRARY, detail="LUFS", fields=("loudness",))
    says = versus.loudness([song(), of_song(sound.features(provenance=said))])
    assert says.startswith("Not compared: the second in LUFS, the first in Spotify’s own dB")


def test_metre_and_length_are_told_too():
    """Three beats beside four; a minute more."""
    waltz = song(time_signature=3, duration_ms=285_400)
    assert versus.metre([song(), song()]) == "Counted alike."
    assert versus.metre([song(), waltz]).startswith("Counted otherwise")
    assert versus.metre([song(), song(time_signature=None)]) == ""
    assert versus.length([song(), waltz]) == "The second is longer by 1:00."
    assert versus.length([song(), song()]) == "The same to the second."


def test_the_sentence_contradicts_no_row():
    """What is clearly different is named as parting them, what may be equal as shared."""
    near, far = song(), song(acousticness=0.1, valence=0.9)
    assert versus.summary([near, far]) == (
        "Their keys blend, and they may well be equal in how intense they are and how easy they "
        "are to dance to. They part in how acoustic they sound and their mood."
    )
    assert versus.summary([near, near]).endswith("Nothing sets them clearly apart.")
    assert versus.summary([near, None]) == ""


def test_the_note_tells_what_was_assumed():
    """Where no source states an error, the page says which it takes."""
    assert "0.1 is assumed" in versus.error_note([song(uncertainty={}), song(uncertainty={})])
    every = dict.fromkeys(UNIT_FEATURES, 0.08)
    said = versus.error_note([song(uncertainty=every), song(uncertainty=every | {"energy": 0.2})])
    assert "typically off, 0.08 to 0.20." in said
    assert "is assumed" not in said
    listed = of_list(lists.profile())
    assert "how far the songs of each list spread" in versus.error_note([listed, listed])
    assert "and how far the songs of each list spread" in versus.error_note([song(), listed])


def test_what_may_well_be_wrong_is_said_beside_what_follows_from_it():
    """Two keys that blend are worth no more than the worse heard of them."""
    unsure = of_song(sound.features(), sound.summary(key_confidence=0.3, tempo_confidence=0.4))
    assert versus.key([song(), unsure]).endswith("the key of the second may well be wrong.")
    assert versus.tempo([song(), unsure]).endswith("the tempo of the second may well be wrong.")
    assert "wrong" not in versus.key([song(), of_song(sound.features(), sound.summary())])


def test_what_is_aimed_at_is_counted():
    """In how many features each lies within the range, said once for all."""
    wish = of_brand(brands.brand())
    says = versus.summary([song(energy=0.9), song(energy=0.4), wish])
    assert says.endswith("range of the third: the first 0 of 1 and the second 1 of 1.")
    assert versus.tempo([song(tempo=90.0), wish]) == "The first lies in the range of the second."
    assert "12 BPM below the range" in versus.tempo([song(), wish])
    assert versus.tempo([song(tempo=90.0), song(tempo=100.0), wish]) == (
        "The first lies in the range of the third; the second is 2 BPM above it."
    )


def test_a_difference_is_that_of_the_figures_beside_it():
    """0.30 and 0.45 are 0.15 apart, however they were rounded; 0:43 and 0:45 two seconds."""
    two = song(energy=0.2996, duration_ms=43_900), song(energy=0.4457, duration_ms=45_100)
    [energy] = [one for one in versus.differences(two) if one.meaning.field == "energy"]
    assert f"{energy.by:.2f}" == "0.15"
    assert versus.length(two) == "The second is longer by 0:02."


def test_songs_of_an_artist_are_averaged_by_one_source():
    """The source that knows most; the rest are counted as not heard."""
    said = music.said(SourceName.SPOTIFY)
    songs = [sound.features(energy=0.2), sound.features(energy=0.4)]
    average = of_songs([*songs, sound.features(energy=0.9, provenance=said)], 10)
    assert average is not None
    assert average.source is SourceName.RECCOBEATS
    assert average.heard == (2, 10)
    assert average.readings["energy"].middle == pytest.approx(0.3)
    assert average.readings["energy"].off == pytest.approx(0.1)
    assert average.keys == (KeyCount(camelot="11A", key_name="F♯ minor", count=2),)
    assert of_songs([], 10) is None


def test_facts_that_nobody_has_are_no_rows():
    """A row of dashes says nothing; one dash beside a figure does."""
    bare = song(tempo=None, time_signature=None)
    labels = [row.label for row in facts([bare, bare])]
    assert labels == ["Key", "Loudness", "Length"]
    [tempo] = [row for row in facts([bare, song()]) if row.label == "Tempo"]
    assert [cell.figure for cell in tempo.cells] == ["–", "72"]


def test_facts_of_a_list_say_how_they_spread():
    """An average with its spread, and the most frequent key with its share."""
    cells = {row.label: row.cells[0] for row in facts([of_list(lists.profile())])}
    assert cells["Tempo"].figure == "110 ± 24"
    assert (cells["Key"].chip, cells["Key"].by) == ("11A", "most often: 12 of 21 songs")
    assert cells["Metre"].by == "a bar, in 43 of 48 songs"
