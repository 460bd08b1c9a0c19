"""What the library answers: of its own ids, of linked ones, and while it still listens."""

import json

import pytest
from sqlalchemy import event

from api.paging import Window
from api.problems.refusals import InProgress, NothingFound, Unknown
from api.schemas.provenance import Method
from api.sources.base import Query
from tests.sandbox import id_of
from tests.sources.library.kept import NOW, library, problem

LINKED, KNOWN = id_of("track", 0), id_of("track", 1)
ISRC = "GBSMU2401851"
WINDOW = Window(10, 0)


@pytest.fixture
async def kept(tmp_path):
    """An empty library that has heard of one track's ISRC."""

    async def isrc_of(ident):
        return ISRC if ident == KNOWN else None

    async with library(tmp_path, isrc_of=isrc_of) as kept:
        yield kept


async def test_a_linked_file_answers_under_the_id_it_is_linked_to(kept):
    """With that id and URI, and says whose file it is."""
    row = await kept.bring("Night", spotify_id=LINKED)
    await kept.hear(row)

    track = (await kept.source.track(LINKED, market="GB", known=None)).value
    features = (await kept.source.features(LINKED, known=None)).value
    analysis = (await kept.source.analysis(LINKED, known=None)).value

    for one in (track, features, analysis):
        assert (one.id, one.uri) == (LINKED, f"spotify:track:{LINKED}")
        assert "the owner’s own file “Night”" in one.provenance[0].detail
    assert features.provenance[0].detail.startswith("LUFS; ")
    assert features.provenance[0].method is Method.MEASURED
    assert track.duration_ms == 61_000
    assert track.url == f"https://open.spotify.com/track/{LINKED}"


async def test_a_file_with_the_same_isrc_answers_too(kept):
    """Where somebody has said which ISRC the track has."""
    row = await kept.bring("Night", isrc=ISRC)
    await kept.hear(row)

    features = (await kept.source.features(KNOWN, known=None)).value

    assert features.id == KNOWN
    assert "same ISRC" in features.provenance[0].detail
    with pytest.raises(Unknown):
        await kept.source.features(LINKED, known=None)


async def test_several_are_read_at_once(kept):
    """Own and linked ids in one question; what is not here or not heard is left out."""
    night = await kept.bring("Night", spotify_id=LINKED)
    day = await kept.bring("Day")
    await kept.hear(night)
    asked = [night.id, day.id, LINKED, KNOWN]

    tracks = await kept.source.tracks(asked, market=None)
    features = await kept.source.features_of(asked)

    assert set(tracks) == {night.id, day.id, LINKED}
    assert tracks[day.id].value.duration_ms is None
    assert {ident: found.value.id for ident, found in features.items()} == {
        night.id: night.id,
        LINKED: LINKED,
    }


@pytest.mark.parametrize("state", ["queued", "running"])
@pytest.mark.parametrize("what", ["features", "analysis", "related"])
async def test_while_it_listens_it_says_so(kept, state, what):
    """With the job to follow and a time to ask again."""
    row = await kept.bring("Night")
    job = kept.job(row, state)
    ident = row.artist_id if what == "related" else row.id

    with pytest.raises(InProgress) as raised:
        await getattr(kept.source, what)(ident, known=None)

    assert raised.value.job.id == job.id
    assert (raised.value.retry_at or 0) > NOW


@pytest.mark.parametrize(
    ("state", "more", "words"),
    [
        (None, {}, "has not been analysed"),
        ("failed", {"problem": problem("It is silent.")}, "failed: It is silent."),
        ("cancelled", {}, "was cancelled"),
        ("done", {}, "has not been analysed"),
    ],
)
async def test_what_was_not_heard_has_its_reason(kept, state, more, words):
    """Of the job that should have heard it."""
    row = await kept.bring("Night")
    if state:
        kept.job(row, state, **more)

    with pytest.raises(Unknown, match=words):
        await kept.source.features(row.id, known=None)


async def test_what_was_heard_once_stays_while_it_is_heard_again(kept):
    """A second analysis takes nothing away before it is there."""
    row = await kept.bring("Night")
    await kept.hear(row)
    kept.job(row, "running")

    assert (await kept.source.features(row.id, known=None)).value.tempo == 120


async def test_an_artist_is_all_of_its_files(kept):
    """Under whatever case its name is written; tracks and albums in the order of adding."""
    first = await kept.bring("One", "ADA REED", album="Hours")
    await kept.bring("Two", "Ada Reed", album="hours ")
    await kept.bring("Three", "Ada Reed", album="Days")

    artist = (await kept.source.artist(first.artist_id, known=None)).value
    top = (await kept.source.top_tracks(first.artist_id, market=None, known=None)).value
    albums = (await kept.source.albums(first.artist_id, Window(1, 1), market=None)).value

    assert artist.name == "Ada Reed"
    assert artist.genres is None
    assert [track.name for track in top.items] == ["One", "Two", "Three"]
    assert "nobody counts plays" in top.provenance[0].detail
    assert (albums.total, [album.name for album in albums.items]) == (2, ["Days"])
    assert albums.next is None


async def test_neighbours_are_the_nearest_by_sound(kept):
    """Among the artists of this library, with how it was computed."""
    for artist, energy, tempo in (("A", 0.9, 170), ("B", 0.85, 160), ("C", 0.1, 70)):
        row = await kept.bring(f"by {artist}", artist)
        await kept.hear(row, energy=energy, tempo=tempo)
    here = (await kept.held.tables.everything())[0]

    related = (await kept.source.related(here.artist_id, known=None)).value

    assert [item.artist.name for item in related.items] == ["B", "C"]
    assert 1 > related.items[0].score > related.items[1].score > 0
    assert related.items[0].sources[0].rank == 1
    assert "analysis of 3 files" in related.provenance[0].detail


async def test_a_collection_tells_each_position(kept):
    """Own files as they are now; numbers, names and gaps with their reason."""
    night = await kept.bring("Night", isrc=ISRC)
    await kept.hear(night)
    row = await kept.collect(
        "Mix",
        {"track_id": night.id, "name": "old name", "added_at": NOW},
        {"isrc": ISRC, "name": f"ISRC {ISRC}"},
        {"isrc": "GBSMU2401852", "name": "ISRC GBSMU2401852"},
        {"name": "Tape"},
        {"track_id": LINKED, "name": "x", "artists": json.dumps(["y"]), "duration_ms": 5},
        {"track_id": "own_" + LINKED, "name": "gone"},
    )

    page = (await kept.source.playlist_items(row.id, WINDOW)).value

    assert [item.kind for item in page.items] == [
        *("track", "track", "track"),
        *("local", "track", "removed"),
    ]
    assert [item.track.id if item.track else None for item in page.items] == [
        *(night.id, night.id, None),
        *(None, LINKED, None),
    ]
    assert (page.items[0].name, page.items[0].duration_ms) == ("Night", 61_000)
    assert [item.reason is None for item in page.items] == [True, True, False, False, True, False]
    assert page.items[4].track.artists[0].name == "y"


async def test_search_finds_words_everywhere(kept):
    """Titles, artists, albums, collections; only the kinds asked for, a part at a time."""
    for title in ("Night", "Nightfall", "Good night"):
        await kept.bring(title, "Café Noir", album="Hours", isrc=ISRC)
    await kept.collect("Night drive", {"name": "x"}, description="for the road")

    async def found(text, *types, window=WINDOW):
        return (await kept.source.search(Query(text, types, window), known=None)).value

    everything = await found("night", "artist", "track", "playlist")
    assert [track.name for track in everything.tracks.items] == ["Night", "Nightfall", "Good night"]
    assert everything.artists.total == 0
    assert [one.name for one in everything.playlists.items] == ["Night drive"]
    cafe = await found("cafe", "artist")
    assert (cafe.tracks, cafe.artists.items[0].name) == (None, "Café Noir")
    second = await found("night", "track", window=Window(1, 1))
    assert second.tracks.previous == "/v1/search?q=night&type=track&limit=1&offset=0"
    assert (await found(f"isrc:{ISRC[:5]}-{ISRC[5:]}", "track")).tracks.total == 3
    assert (await found('track:"good night" artist:noir', "track")).tracks.total == 1
    for text in ("artist:night", "year:night"):
        with pytest.raises(NothingFound) as raised:
            await found(text, "track")
        assert raised.value.value.model_dump()["tracks"]["total"] == 0
    assert (await found("cafe: night", "track")).tracks.total == 3


async def test_search_knows_what_was_brought_renamed_and_deleted(kept):
    """Names are read again only when something in the database has changed."""
    read = []
    note = lambda *said: read.append(said[2]) if ".title" in said[2] else None  # noqa: E731

    async def found(text):
        page = (await kept.source.search(Query(text, ("track",), WINDOW), known=None)).value.tracks
        return [track.name for track in page.items]

    first, second = await kept.bring("Night"), await kept.bring("Night bus")
    event.listen(kept.held.tables._engine, "before_cursor_execute", note)
    assert await found("night") == ["Night", "Night bus"]
    unchanged = len(read)
    assert await found("night") == ["Night", "Night bus"]
    again = len(read) - unchanged
    await kept.held.tables.change(first.id, {"title": "Day"})
    await kept.held.tables.delete(second.id)
    await kept.bring("Nightjar")

    assert await found("night") == ["Nightjar"]
    assert await found("day") == ["Day"]
    assert again == unchanged - 1
