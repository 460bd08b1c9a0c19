"""What a track's numbers are called: four figures, one sentence, and where it stands."""

from typing import Any

import pytest

from api.schemas.nearest import Rank
from api.schemas.provenance import Method, Missing, Reason, SourceName
from tests.web import music, own, sound
from web.text.headline import HeadlineFacts, felt_tempo, headlines, other_tempi
from web.text.rank import standing, verdict
from web.text.reading import SILENCE, SPEECH, TONELESS, reading


def facts(**more: Any) -> Any:
    """Features of a track, with how sure they are."""
    return HeadlineFacts(own.features(**more), sound.summary())


def test_what_a_musician_asks_first_comes_first():
    """Tempo, key, loudness, metre; each with how sure it is, or how it is known."""
    tempo, key, loudness, metre = headlines(facts())

    assert (tempo.label, tempo.figure, tempo.unit) == ("Tempo", "72", "BPM")
    assert tempo.sure is not None
    assert (tempo.sure.says, tempo.sure.bars) == ("unsure", 2)
    assert (key.figure, key.chip) == ("F♯ minor", "11A")
    assert key.beside == ("Its relative, A major, uses the same notes.",)
    assert (loudness.figure, loudness.unit, loudness.known) == ("−9.8", "LUFS", "measured")
    assert (metre.figure, metre.unit) == ("4", "beats a bar")


@pytest.mark.parametrize(
    ("tempo", "candidates", "felt"),
    [
        (142.0, (71.0, 161.5), ("half", 71)),
        (72.0, (144.0,), ("double", 144)),
        (142.0, (161.5, 152.0, 73.3), ("half", 71)),  # 73.3 is half within four in a hundred
        (142.0, (161.5, 152.0), None),
        (120.0, (), None),
        (170.0, (), ("half", 85)),
        (70.0, (), ("double", 140)),
        (None, (), None),
    ],
)
def test_only_half_and_double_are_felt(tempo, candidates, felt):
    """All else is another tempo, and no way to feel this one."""
    assert felt_tempo(sound.features(tempo=tempo, tempo_candidates=candidates)) == felt


def test_other_candidates_are_what_it_is_if_this_is_wrong():
    """They stand beside an unsure tempo, and not beside one that is very likely right."""
    given: dict[str, Any] = {"tempo": 142.0, "tempo_candidates": (161.5, 71.0, 152.0)}
    assert other_tempi(sound.features(**given)) == (161.5, 152.0)

    unsure = headlines(HeadlineFacts(own.features(**given), sound.summary()))[0]
    sure = sound.summary(tempo_confidence=0.95)
    certain = headlines(HeadlineFacts(own.features(**given), sure))[0]

    assert "If this is wrong: 161.5 and 152." in unsure.beside
    assert certain.beside == ("Felt half as fast it is 71.",)


def test_a_tempo_can_be_shown_as_it_is_felt():
    """And back; what the machine counted stays beside it."""
    given = own.features(tempo=142.0, tempo_candidates=(71.0,))
    counted = headlines(HeadlineFacts(given))[0]
    felt = headlines(HeadlineFacts(given, felt="half"))[0]

    assert (counted.figure, counted.way) == ("142", ("?felt=half", "Show as 71"))
    assert (felt.figure, felt.way) == ("71", ("", "Show as 142"))
    assert felt.beside[0] == "Counted by the machine it is 142."


def test_what_nobody_says_how_sure_it_is_says_who_states_it():
    """A source without confidences."""
    tempo, _, loudness, _ = headlines(HeadlineFacts(sound.features()))
    assert (tempo.sure, tempo.known) == (None, "stated by ReccoBeats")
    assert loudness.unit == "dB"
    assert loudness.beside == ("Spotify’s own scale: near LUFS, but not the same.",)


def test_loudness_says_where_it_stands_and_what_is_usual():
    """Among the files here, and at streaming services."""
    rank = Rank(below=7, equal=0, of=14, values=())
    beside = headlines(HeadlineFacts(own.features(), rank=rank))[2].beside
    assert beside[0] == "Louder than 7 of 14 here."
    assert beside[1].endswith("Services play at about −14.")


def test_what_was_not_found_says_so():
    """Each figure stays in its place, with the reason of the source or a general one."""
    bare: dict[str, Any] = dict.fromkeys(
        ("tempo", "key", "mode", "key_name", "camelot", "loudness", "time_signature")
    )
    gap = Missing(field="tempo", reason=Reason.NOT_DETECTED, detail="No pulse was found.")
    found = headlines(HeadlineFacts(sound.features(**bare, missing=(gap,))))

    assert [one.figure for one in found] == ["no pulse", "no key", "not told", "not told"]
    assert found[0].beside == ("No pulse was found.",)
    assert "have none" in found[1].beside[0]


def test_a_key_without_its_mode_has_no_relative():
    """Half a key is told as half a key."""
    key = headlines(HeadlineFacts(sound.features(mode=None, key_name="F♯", camelot=None)))[1]
    assert (key.figure, key.chip, key.beside) == ("F♯", None, ())


def test_one_sentence_says_what_it_may_mean():
    """By fixed rules: the same numbers, the same sentence."""
    said = reading(sound.features(), 0.9)
    assert said == (
        "A machine hears this as moderately intense, with a dark or sad mood and a fairly steady "
        "beat; mostly acoustic, and a voice is heard."
    )
    assert said == reading(sound.features(), 0.9)


def test_no_steady_beat_is_heard_where_there_is_no_pulse():
    """The sentence never says what the tempo beside it denies."""
    gap = Missing(field="tempo", reason=Reason.NOT_DETECTED, detail="No steady pulse.")
    none = reading(sound.features(danceability=0.9, tempo=None, missing=(gap,))) or ""
    doubtful = reading(sound.features(danceability=0.9), 0.3) or ""

    for said in (none, doubtful):
        assert "a strong, steady beat" not in said
    assert "no steady pulse" in none
    assert "a pulse it is not sure of" in doubtful


def test_neither_pulse_nor_key_makes_no_mood():
    """Of noise a model says something too; its words are not made a sentence."""
    gaps = tuple(
        Missing(field=field, reason=Reason.NOT_DETECTED, detail="Nothing was heard.")
        for field in ("tempo", "key")
    )
    nothing: dict[str, Any] = dict.fromkeys(("tempo", "key", "mode", "key_name", "camelot"))

    assert reading(sound.features(valence=0.05, missing=gaps, **nothing)) == TONELESS


def test_speech_and_silence_are_called_that_and_nothing_more():
    """No mood or beat is read into them."""
    assert reading(sound.features(speechiness=0.9, danceability=0.9)) == SPEECH
    assert reading(sound.features(loudness=-70.0)) == SILENCE


def test_an_error_that_reaches_from_end_to_end_leaves_nothing_to_say():
    """No verdict where the machine cannot tell."""
    wide = own.features(valence=0.5, uncertainty={"valence": 0.3})
    assert "mood" not in (reading(wide) or "")


def test_little_or_nothing_known_makes_a_short_sentence_or_none():
    """Whatever is missing."""
    nothing: dict[str, Any] = dict.fromkeys(
        ("energy", "valence", "danceability", "acousticness", "instrumentalness")
    )
    mood = {**nothing, "valence": 0.1}
    assert reading(sound.features(**nothing)) is None
    assert reading(sound.features(**mood)) == "A machine hears a dark or sad mood in this."
    sounds = reading(sound.features(**{**nothing, "acousticness": 0.9}))
    assert sounds == "A machine hears this as mostly acoustic."


def test_rap_is_told_as_speech_and_music():
    """Instead of a likelihood that nobody sings."""
    assert "as in rap" in (reading(sound.features(speechiness=0.4)) or "")


@pytest.mark.parametrize(
    ("below", "equal", "of", "words"),
    [
        (5, 0, 14, "higher than 5 of 14"),
        (0, 0, 14, "lowest of 15"),
        (0, 2, 14, "joint lowest of 15"),
        (14, 0, 14, "highest of 15"),
        (13, 1, 14, "joint highest of 15"),
        (0, 14, 14, "the same as all 14 others"),
        (0, 1, 1, "the same as the other one"),
        (0, 0, 0, "nothing here to compare with"),
    ],
)
def test_a_place_among_others_is_said_right(below, equal, of, words):
    """Joint places are called joint."""
    assert standing(Rank(below=below, equal=equal, of=of, values=())) == words


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (0.3, 0.1, "in your range"),
        (0.5, 0.11, "may well be in it"),
        (0.52, 0.11, "above your range"),
        (0.46, None, "above your range"),
        (0.1, 0.1, "below your range"),
    ],
)
def test_nobody_is_outside_a_range_by_less_than_half_an_error(value, error, words):
    """A verdict weighs the error."""
    assert verdict(value, error, (0.2, 0.45)) == words


def test_an_estimate_is_called_one():
    """Where a figure is neither measured nor stated."""
    how = music.said(SourceName.LIBRARY, method=Method.ESTIMATED, fields=("tempo",))
    guessed = sound.features(provenance=how)
    assert headlines(HeadlineFacts(guessed))[0].known == "estimated"


def test_what_another_source_says_of_itself_is_its_own_word():
    """Only ours is the share of such answers that are right."""
    theirs = sound.features(source=SourceName.SPOTIFY)
    [tempo, *_] = headlines(HeadlineFacts(theirs, sound.summary()))
    assert tempo.sure is not None
    assert tempo.sure.says == "unsure, says Spotify"
