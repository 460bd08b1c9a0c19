"""A playlist as a table: what nobody knows stays, behind the rest; filters and order are exact."""

import itertools

import pytest

from api.problems.errors import InvalidRequest
from api.schemas.playlist import ItemKind
from api.services import playlist_table
from api.services.distributions import TrackSound
from api.services.playlist_sounds import NOT_KNOWN
from api.services.playlist_table import (
    Arrangement,
    Direction,
    Sorting,
    arranged,
    averages,
    spans,
    thinned,
)
from api.services.playlists import Named, Position

UNHEARD = dict.fromkeys(
    ("acousticness", "danceability", "instrumentalness", "liveness", "speechiness"), None
)


def position(place: int, ident: str | None = "", reason: str | None = None) -> Position:
    """An entry; without an id no track."""
    named = None if ident is None else Named(id=ident or f"t{place}", name=f"Song {place}")
    kind = ItemKind.LOCAL if named is None else ItemKind.TRACK
    return Position(position=place, kind=kind, name=f"Song {place}", track=named, reason=reason)


def sound(
    ident: str, tempo: float | None = 100.0, key: int | None = 0, beats: int | None = 4
) -> TrackSound:
    """What is known of a track: its energy grows with its tempo."""
    return TrackSound(
        id=ident,
        energy=None if tempo is None else tempo / 200,
        valence=0.5,
        loudness=-10.0,
        tempo=tempo,
        key=key,
        mode=1,
        time_signature=beats,
        **UNHEARD,  # type: ignore[arg-type]  # all of them numbers
    )


def rows(*tempi: float | None, folds: bool = False, into: str | None = None):
    """Entries of these tempi in the order given."""
    wanted = Arrangement(spans=spans(into)).tempo
    items = [position(place) for place in range(len(tempi))]
    sounds = {f"t{place}": sound(f"t{place}", tempo) for place, tempo in enumerate(tempi)}
    return playlist_table.entries(items, sounds, why=lambda _: NOT_KNOWN, folds=folds, into=wanted)


def order(found):
    """The places of the entries, as they stand."""
    return [row.position for row in found.entries]


def test_what_is_not_known_stays_and_says_why():
    """By the entry's own reason where it is no track."""
    items = [position(0), position(1, reason=None), position(2, None, "A local file.")]
    items.append(position(3, None))
    found = playlist_table.entries(items, {"t0": sound("t0")}, why=lambda ident: f"why {ident}")

    assert [row.reason for row in found] == [
        None,
        "why t1",
        "A local file.",
        playlist_table.NO_TRACK,
    ]
    assert (found[0].camelot, found[0].key_name, found[0].tempo) == ("8B", "C major", 100)


@pytest.mark.parametrize(
    ("direction", "places"), [(Direction.ASC, [2, 0, 3, 1]), (Direction.DESC, [0, 3, 2, 1])]
)
def test_what_lacks_the_number_is_last_in_either_direction(direction, places):
    """And equals keep the order of the list."""
    found = arranged(rows(120, None, 80, 120), Arrangement(Sorting.TEMPO, direction))
    assert order(found) == places


def test_keys_are_sorted_around_the_wheel():
    """9 comes before 10, A before B."""
    items = [position(place) for place in range(3)]
    sounds = {f"t{place}": sound(f"t{place}", key=key) for place, key in enumerate((2, 7, 0))}
    found = playlist_table.entries(items, sounds, why=lambda _: NOT_KNOWN)
    keys = [row.camelot for row in arranged(found, Arrangement(Sorting.CAMELOT)).entries]
    assert keys == ["8B", "9B", "10B"]


def test_titles_are_sorted_whatever_their_case():
    """As a reader would."""
    items = [
        position(0).model_copy(update={"name": "b"}),
        position(1).model_copy(update={"name": "A"}),
    ]
    found = playlist_table.entries(items, {}, why=lambda _: NOT_KNOWN)
    assert order(arranged(found, Arrangement(Sorting.NAME))) == [1, 0]


def test_a_filter_leaves_out_what_cannot_be_judged_and_counts_it():
    """Both ends belong to a range."""
    found = arranged(rows(80, 120, None, 121), Arrangement(spans=spans("tempo:80..120")))
    assert (order(found), found.unjudged) == ([0, 1], 1)
    found = arranged(rows(80, 120), Arrangement(spans=spans("tempo:..100, energy:0.3..")))
    assert order(found) == [0]
    found = arranged(rows(80), Arrangement(keys=playlist_table.keys("9b")))
    assert (order(found), found.unjudged) == ([], 0)


def test_half_and_double_tempo_are_one_where_that_is_asked_for():
    """The table is sorted and filtered by what it shows, and says what was done."""
    found = rows(128, 126, 130, 64, folds=True)
    assert [row.tempo for row in found] == [128, 126, 130, 128]
    assert [row.tempo_factor for row in found] == [1, 1, 1, 2]
    assert {row.tempo_factor for row in rows(128, 64)} == {1}


def test_a_track_heard_at_half_or_double_tempo_is_found_by_its_range():
    """Whatever is usual in the list; what lies in the range stays as it was heard."""
    found = rows(62, 90, 124, 186, None, folds=True, into="tempo:91..130")
    assert [row.tempo for row in found] == [124, 90, 124, 93, None]
    assert [row.tempo_factor for row in found] == [2, 1, 1, 0.5, 1]


def metres(*beats: int | None):
    """Entries of so many beats in a bar."""
    items = [position(place) for place in range(len(beats))]
    sounds = {f"t{place}": sound(f"t{place}", beats=each) for place, each in enumerate(beats)}
    return playlist_table.entries(items, sounds, why=lambda _: NOT_KNOWN)


def test_a_metre_is_filtered_and_sorted_by():
    """What has none is not judged, and stands last."""
    found = arranged(metres(4, 3, None, 3), Arrangement(time_signature=3))
    assert (order(found), found.unjudged) == ([1, 3], 1)
    assert order(arranged(metres(4, 3, None), Arrangement(Sorting.TIME_SIGNATURE))) == [1, 0, 2]


def test_averages_are_of_those_that_have_the_number():
    """Nothing is said of what nobody has."""
    assert averages(rows(80, None, 120)) == {
        "energy": 0.5,
        "valence": 0.5,
        "loudness": -10.0,
        "tempo": 100.0,
    }
    assert averages([]) == {}


@pytest.mark.parametrize(("length", "most"), [(1240, 500), (501, 500), (10_000, 200), (7, 3)])
def test_a_long_list_is_thinned_evenly(length, most):
    """First and last belong to it, the gaps differ by one at most, and it is always the same."""
    kept = list(thinned(range(length), most))
    gaps = {after - before for before, after in itertools.pairwise(kept)}
    assert (len(kept), kept[0], kept[-1]) == (most, 0, length - 1)
    assert max(gaps) - min(gaps) <= 1
    assert kept == list(thinned(range(length), most))


@pytest.mark.parametrize(("length", "most"), [(0, 5), (1, 5), (5, 5), (4, 1)])
def test_a_short_list_is_kept_whole(length, most):
    """And one of a list is its first."""
    assert list(thinned(range(length), most)) == list(range(min(length, most)))


@pytest.mark.parametrize(
    "text",
    [
        "joy:1..2",
        "tempo",
        "tempo:1",
        "tempo:a..b",
        "tempo:1..2..3",
        "tempo:1e9..",
        "tempo:" + "9" * 12 + "..",
        ",".join(["tempo:1..2"] * 10),
    ],
)
def test_a_range_that_is_none_is_refused(text):
    """With how to write one."""
    with pytest.raises(InvalidRequest) as caught:
        spans(text)
    assert caught.value.errors[0].pointer == "query/between"


@pytest.mark.parametrize("text", ["13A", "0B", "8C", "8A;9A", "٨A"])
def test_a_key_that_is_none_is_refused(text):
    """As DJs write them, in figures that everybody reads."""
    with pytest.raises(InvalidRequest):
        playlist_table.keys(text)


def test_what_was_asked_can_be_asked_again():
    """The links to the next part say all of it."""
    wanted = Arrangement(
        Sorting.ENERGY,
        Direction.DESC,
        spans("loudness:-20..-8.5,tempo:60.."),
        playlist_table.keys("9A,8A"),
        time_signature=3,
        spread=True,
    )
    asked = wanted.as_asked()
    assert asked == {
        "sort": "energy",
        "direction": "desc",
        "between": "loudness:-20..-8.5,tempo:60..",
        "camelot": "8A,9A",
        "time_signature": "3",
        "spread": "true",
    }
    assert spans(asked["between"]) == wanted.spans
    assert set(Arrangement().as_asked().values()) == {None}
