"""An artist's page in every state: who says what, who is near, what is played most."""

import re
from typing import Any

import pytest

from api.schemas.artist import (
    ArtistCredit,
    GenreSaid,
    GenresBy,
    MatchedBy,
    RankedArtist,
    RelatedArtist,
    RelatedArtists,
    RelatedVote,
    Relation,
)
from api.schemas.provenance import Capability, Reason, SourceName
from api.schemas.sources import CapabilityReport, SourceReport, SourceStatus, State
from api.schemas.track import UnlinkedTrack
from tests.web import brands, music, own, sound
from web.pages import panel

A, T = music.ARTIST, music.TRACK
LONG = "Rhapsodie " * 13 + "finale"
NAMES = [LONG, "רוח הנמל הישן", "🦔🎷 Hedge & Sax", music.HOSTILE, "=1+1"]
L, D = SourceName.LISTENBRAINZ, SourceName.DEEZER


def near(name: str, *votes: tuple[SourceName, int, float], **more: Any) -> Relation:
    """A neighbour, named by these sources at this rank with this score."""
    artist: dict[str, Any] = {
        "id": A,
        "name": name,
        "uri": None,
        "url": None,
        "images": (),
        "genres": None,
    }
    said = tuple(RelatedVote(source=who, rank=rank, score=score) for who, rank, score in votes)
    score = sum(vote.score for vote in said) / len(said)
    return Relation(
        artist=RelatedArtist(**artist | more), score=score, agreement=len(said), sources=said
    )


def neighbours(*items: Relation, **more: Any) -> RelatedArtists:
    """An answer of ListenBrainz and Deezer."""
    given: dict[str, Any] = {"id": A, "items": items, "provenance": music.said(L) + music.said(D)}
    return RelatedArtists(**given | more)


def ranked(*names: str) -> tuple[RankedArtist, ...]:
    """Spotify's own order."""
    return tuple(
        RankedArtist(artist=near(name, (D, 1, 1)).artist, rank=rank)
        for rank, name in enumerate(names, 1)
    )


def unlinked(name: str = "Low & slow") -> UnlinkedTrack:
    """A track that nobody here knows Spotify's id of."""
    return UnlinkedTrack(
        position=1,
        url="https://www.deezer.com/track/1",
        name=name,
        artists=(ArtistCredit(id=None, name="Ada", uri=None),),
        album=None,
        duration_ms=61_000,
        explicit=None,
        isrc=None,
    )


async def test_genres_stand_beside_who_says_so(site, fake):
    """Each under the name of its source."""
    said = music.said() + music.said(SourceName.MUSICBRAINZ, fields=("genres",))
    fake.answers[f"/v1/artists/{A}"] = music.artist(provenance=said)

    text = (await site.get(f"/artists/{A}")).text

    assert re.search("<dt>MusicBrainz</dt><dd hx-ignore[^>]*><span[^>]*>dream pop</span>", text)


async def test_genres_of_several_sources_stand_side_by_side_with_their_votes(site, fake):
    """Whoever counts says how many; who only orders says that."""
    voted = (GenreSaid(name="house", votes=1_006), GenreSaid(name="drone", votes=1))
    by = (
        GenresBy(source=SourceName.MUSICBRAINZ, genres=(*voted, GenreSaid(name="dub", votes=0))),
        GenresBy(source=SourceName.LASTFM, genres=(GenreSaid(name=music.HOSTILE),)),
    )
    fake.answers[f"/v1/artists/{A}"] = music.artist(genres_by=by)
    text = (await site.get(f"/artists/{A}")).text

    origin = text.partition('<dl class="origin">')[2].partition("</dl>")[0]
    assert re.findall(r"<dt>(.*?)</dt>", origin)[:2] == ["MusicBrainz", "Last.fm"]
    assert 'house</span> <span class="small">1,006 votes</span>' in origin
    assert 'drone</span> <span class="small">1 vote</span>' in origin
    assert "0 votes" not in origin
    assert "most often first" in origin
    assert music.HOSTILE not in origin


async def test_an_artist_without_genres_says_why(site, fake):
    """Nobody here names any, or who might have could not be asked."""
    detail = "MusicBrainz did not answer."
    gap = music.gone("genres", Reason.UNREACHABLE).model_copy(update={"detail": detail})
    fake.answers[f"/v1/artists/{A}"] = music.artist(genres=None, missing=(gap,))

    assert re.search(f"<dt>No genres</dt><dd[^>]*>{detail}", (await site.get(f"/artists/{A}")).text)


async def test_popularity_that_is_gone_is_told_below_the_panels(site):
    """It is no fact of the artist, so it stands folded at the end."""
    text = (await site.get(f"/artists/{A}")).text

    assert text.index("Not here, and why") > text.index('id="top-tracks-title"')
    assert "Popularity, Followers" in text


async def test_popularity_and_followers_are_put_into_plain_words(site, fake):
    """Where a source has them, and says what they are not."""
    fake.answers[f"/v1/artists/{A}"] = music.artist(popularity=88, followers=3_014_595)
    text = (await site.get(f"/artists/{A}")).text

    assert "88</strong> of 100" in text
    assert "3,014,595" in text
    assert "nothing about how good" in text


async def test_an_artists_page_leads_on(site):
    """One filled button to the top track, and the walk at its foot."""
    text = (await site.get(f"/artists/{A}")).text

    assert f'<a class="button" href="/artists/{A}/top-track">Look at the top track</a>' in text
    assert "The exercise: you are at step 1" in text
    assert "Next: the top track" in text


async def test_panels_that_are_quick_stand_in_the_page(site):
    """So that nothing has to move when they come."""
    text = (await site.get(f"/artists/{A}")).text

    assert 'hx-trigger="load"' not in text
    assert text.index('id="related"') < text.index('id="top-tracks"')


async def test_panels_that_are_slow_have_room_kept(site, monkeypatch):
    """A place that says it is busy, with a link to the panel's own page that keeps the way."""
    monkeypatch.setattr(panel, "PATIENCE_S", -1.0)
    text = (await site.get(f"/artists/{A}?via={T}")).text

    assert '<div class="room related"><section id="related"' in text
    assert 'aria-busy="true"' in text
    assert f'hx-get="/fragments/artists/{A}/related?via={T}"' in text


async def test_a_panel_that_cannot_be_filled_stands_in_the_page_with_one_action(site, fake):
    """The rest of the page stays."""
    fake.refuse(f"/v1/artists/{A}/related", 404, "related-unavailable")
    text = (await site.get(f"/artists/{A}")).text

    assert "No source on this server can give this." in text
    assert "Have your own songs heard here" in text
    assert 'id="top-tracks"' in text


async def test_a_stale_answer_of_neighbours_says_its_age(site, fake):
    """The picture stays, with a line above it."""
    fake.headers["Cache-Status"] = "earprint; fwd=stale; fwd-status=429; detail=gated"
    text = (await site.get(f"/artists/{A}/related")).text

    assert "This is an older answer" in text
    assert 'class="radial"' in text


async def test_a_source_that_is_down_leaves_the_picture_partial(site, fake):
    """Who is not heard is named above it; who has answered before its fall is not."""
    down = (
        CapabilityReport(
            capability=Capability.RELATED,
            state=State.UNREACHABLE,
            reason=None,
            since=music.THEN,
            until=None,
            detail="It did not answer.",
        ),
    )
    both = tuple(
        SourceStatus(source=source, configured=True, capabilities=down)
        for source in (SourceName.LASTFM, L)
    )
    fake.answers["/v1/sources"] = SourceReport(sources=both)
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(near("Ada", (L, 1, 0.9)))
    text = (await site.get(f"/artists/{A}/related")).text

    assert "Not heard just now: Last.fm (does not answer)." in text
    assert 'class="radial"' in text
    fake.refuse("/v1/sources", 500, "internal")
    assert "Not heard" not in (await site.get(f"/artists/{A}/related")).text


async def test_picture_and_list_name_the_same_artists(site, fake):
    """Each a link in both, with how close it is and who names it."""
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(
        near("Ada", (L, 1, 0.9), (D, 3, 0.8)), near("Bel", (L, 2, 0.5)), near("Cy", (L, 3, 0.1))
    )
    text = (await site.get(f"/artists/{A}/related")).text

    for number, said in enumerate(
        (
            "Ada, very close, named by ListenBrainz (no. 1) and Deezer (no. 3)",
            "Bel, close, named by ListenBrainz (no. 2)",
            "Cy, related, named by ListenBrainz (no. 3)",
        ),
        1,
    ):
        assert f'aria-label="{number}. {said}"' in text
    assert text.count(f'href="/artists/{A}?via={A}"') == 6
    assert "Ada stands nearest. Of three artists one is named by two or more sources." in text


async def test_an_order_is_never_shown_as_a_distance(site, fake):
    """Whom Deezer alone names, first or last of its list, is related and no more than that."""
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(
        near("First", (D, 1, 1.0)), near("Last", (D, 17, 0.05)), near("Known", (L, 1, 0.5))
    )
    text = (await site.get(f"/artists/{A}/related")).text

    assert "First, related, named by Deezer (no. 1)" in text
    assert "Last, related, named by Deezer (no. 17)" in text
    assert "Known stands nearest." in text
    assert "Deezer gives an order and no distance" in text
    assert "distant" not in text


async def test_spotifys_own_order_stands_apart(site, fake):
    """It has numbers, and no place in the picture."""
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(
        near("Ada", (L, 1, 0.9)), spotify=ranked("Ede")
    )
    text = (await site.get(f"/artists/{A}/related")).text

    assert "Spotify’s own order" in text
    assert "takes no part in the picture above" in text
    assert 'aria-label="1. Ede' not in text


async def test_where_only_spotify_has_an_order_there_is_no_picture(site, fake):
    """A list, and no circle around nothing."""
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(spotify=ranked("Ede", "Fay"))
    text = (await site.get(f"/artists/{A}/related")).text

    assert 'class="radial"' not in text
    assert text.index(">Ede</a>") < text.index(">Fay</a>")


async def test_nobody_related_leads_on(site, fake):
    """Why, and one thing to do."""
    fake.answers[f"/v1/artists/{A}/related"] = neighbours()
    text = (await site.get(f"/artists/{A}/related")).text

    assert "name nobody" in text
    assert text.count('class="button plain" href="/upload"') == 1


async def test_own_artists_are_near_by_sound(site, fake):
    """One source has no dots; who has nobody to be compared with is told what it takes."""
    said = neighbours(
        near("Ada", (SourceName.LIBRARY, 1, 0.47), id=own.MAKER),
        id=own.MAKER,
        provenance=music.said(SourceName.LIBRARY),
    )
    fake.answers[f"/v1/artists/{own.MAKER}/related"] = said
    text = (await site.get(f"/artists/{own.MAKER}/related")).text

    assert "Found by sound alone" in text
    assert "by sound here: the nearer to the middle, the closer" in text
    assert 'class="agree"' not in text
    fake.answers[f"/v1/artists/{own.MAKER}/related"] = said.model_copy(update={"items": ()})
    text = (await site.get(f"/artists/{own.MAKER}/related")).text
    assert "takes an analysed file of another artist" in text


async def test_a_neighbour_without_an_id_leads_to_a_search(site, fake):
    """By name, and to its page at the source; a match by name alone is called that."""
    one = near("Ada & Bel", (L, 1, 0.9), (D, 1, 1.0), id=None, url="https://musicbrainz.org/x")
    alone = one.sources[1].model_copy(update={"matched_by": MatchedBy.NAME})
    one = one.model_copy(update={"sources": (one.sources[0], alone)})
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(one)
    text = (await site.get(f"/artists/{A}/related")).text

    assert 'href="/search?q=Ada+%26+Bel&amp;type=artist"' in text
    assert "https://musicbrainz.org/x" in text
    assert "matched by name alone" in text


async def test_more_than_twenty_neighbours_are_folded_below_the_picture(site, fake):
    """None is left out of the list."""
    many = (near(f"No {number}", (L, number, 0.5)) for number in range(1, 24))
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(*many)
    text = (await site.get(f"/artists/{A}/related")).text

    assert text.count('<circle class="node" cx="1') + text.count('<circle class="node" cx=') >= 20
    assert "<summary>3 more</summary>" in text
    assert ">No 23</a>" in text


async def test_the_way_here_is_told_and_goes_on(site, fake):
    """Who one came by is named; who cannot be named is left out; nobody stands there twice."""
    fake.refuse(f"/v1/artists/{T}", 404, "artist-not-found")
    text = (await site.get(f"/artists/{A}?via={T},{own.MAKER}")).text

    assert 'aria-label="How you came here"' in text
    assert f'href="/artists/{own.MAKER}?via={T}"' in text
    assert f"?via={T}%2C{own.MAKER}%2C{A}" in text
    assert "How you came here" not in (await site.get(f"/artists/{A}?via=,,{'x' * 99}")).text


async def test_neighbours_are_taken_along(site, fake):
    """As CSV without formulas, and as a picture that runs nothing."""
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(
        near("=SUM(A1)", (L, 1, 0.9)), near("Dee", (D, 1, 1.0)), spotify=ranked("@Ede")
    )
    sheet = await site.get(f"/artists/{A}/related.csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    head, first, second, third = sheet.text.removeprefix("\ufeff").splitlines()
    assert head.startswith("Place,Artist,Closeness,Score")
    assert first.startswith("1,'=SUM(A1),very close,0.9,1,2,ListenBrainz (no. 1)")
    assert second.startswith("2,Dee,related,,1,2,Deezer (no. 1)")
    assert third.startswith(",'@Ede,,,,,")

    drawn = await site.get(f"/artists/{A}/related.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert 'href="http://localhost/artists/' in drawn.text


@pytest.mark.parametrize("name", NAMES)
async def test_names_of_any_kind_stand_everywhere(site, fake, name):
    """Whole in the list, shortened in the picture, and never markup."""
    fake.answers[f"/v1/artists/{A}"] = music.artist(name=name)
    fake.answers[f"/v1/artists/{A}/related"] = neighbours(near(name, (L, 1, 0.9)))
    fake.answers[f"/v1/artists/{A}/top-tracks"] = music.tracks(0).model_copy(
        update={"items": (music.track(name=name),)}
    )
    for path in (f"/artists/{A}", f"/artists/{A}/related.svg", f"/artists/{A}/top-tracks.csv"):
        answer = await site.get(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text or path.endswith(".csv")


async def test_top_tracks_have_tempo_key_and_energy(site):
    """With a bar for the energy, and who says the numbers."""
    text = (await site.get(f"/artists/{A}/top-tracks")).text

    assert '<table class="table cards four"' in text
    assert re.search(r'data-l="BPM">\d+<', text)
    assert re.search(r'<rect class="f" width="\d', text)
    assert "Tempo, key and energy by ReccoBeats, for 9 of 10" in text


async def test_top_tracks_stay_where_their_numbers_do_not_come(site, fake):
    """With the reason once, not in every row."""
    fake.refuse("/v1/features", 503, "sources-unavailable")
    text = (await site.get(f"/artists/{A}/top-tracks")).text

    assert "Song 1" in text
    assert text.count("Tempo, key and energy are not here") == 1


async def test_an_artist_without_top_tracks_is_no_blank(site, fake):
    """Why a list may be empty, and one thing to do."""
    fake.answers[f"/v1/artists/{A}/top-tracks"] = music.tracks(0)
    text = (await site.get(f"/artists/{A}/top-tracks")).text

    assert "lists no top tracks" in text
    assert 'class="button plain" href="/upload"' in text
    assert "Open as a playlist" not in text


async def test_top_tracks_are_opened_as_a_playlist(site, fake):
    """All are ticked from the start, folded away; who ticks none keeps what was typed."""
    text = (await site.get(f"/artists/{A}/top-tracks")).text
    assert text.count("checked") == 10
    assert "<summary>Open them as a playlist" in text

    refused = await site.post(f"/artists/{A}/lists", data={"name": "Mine"})
    assert refused.status_code == 422
    assert 'class="fold" open' in refused.text
    assert 'value="Mine"' in refused.text

    fake.answers["POST /v1/collections"] = own.collection()
    made = await site.post(f"/artists/{A}/lists", data={"name": "Mine", "track": [T, T]})
    assert (made.status_code, "/added?tracks=2" in made.headers["location"]) == (303, True)


@pytest.mark.parametrize(
    ("told", "leads_to"),
    [
        (music.tracks(2), f"/tracks/{music.numbered(0)}"),
        (
            music.tracks(0).model_copy(update={"unlinked": (unlinked(),)}),
            "/search?q=Low+%26+slow+Ada&type=track",
        ),
        (music.tracks(0), f"/artists/{A}#top-tracks"),
        (music.problem(503, "sources-unavailable"), f"/artists/{A}#top-tracks"),
    ],
)
async def test_the_top_track_is_one_step_away(site, fake, told, leads_to):
    """To its page, else to a search for it, else to the panel that says why there is none."""
    fake.answers[f"/v1/artists/{A}/top-tracks"] = told
    answer = await site.get(f"/artists/{A}/top-track")

    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


async def test_top_tracks_are_taken_along_as_a_spreadsheet(site, fake):
    """With Exportify's columns; a track without an id keeps its place."""
    told = music.tracks(1).model_copy(update={"unlinked": (unlinked("-1"),)})
    fake.answers[f"/v1/artists/{A}/top-tracks"] = told
    sheet = (await site.get(f"/artists/{A}/top-tracks.csv")).text.removeprefix("\ufeff")

    head, first, second = sheet.splitlines()
    assert head.startswith("Track URI,Track Name,Album Name,Artist Name(s)")
    assert first.startswith(",'-1,")
    assert second.startswith("spotify:track:")
    assert second.endswith("ReccoBeats")


async def test_the_known_tracks_are_shown_together(site, fake):
    """Mean and spread of one source's numbers, each track a tick, beside the chosen brand."""
    fake.answers["/v1/brands"] = brands.shelf(brands.brand())
    text = (await site.get(f"/artists/{A}/fingerprint")).text

    assert "9 of 10 tracks are described by ReccoBeats." in text
    assert "the mean of 9 tracks" in text
    assert "your range, “Warm and close”" in text
    assert "On average in your range in" in text
    assert "all alike" in text
    assert "They are alike in all of it." in text
    assert re.search(r'aria-label="Energy 0.34, [^"]*usual distance from it', text)


async def test_two_sources_never_mix_in_a_mean(site, fake):
    """The one that describes the most is drawn, and named."""
    idents = [music.numbered(number) for number in range(5)]
    who = [SourceName.SPOTIFY, *(SourceName.RECCOBEATS,) * 3]
    told = sound.batch(idents)
    items = tuple(
        item.model_copy(update={"value": sound.features(item.id, source, energy=0.1 * place)})
        for place, (item, source) in enumerate(zip(told.items, who, strict=False))
    )
    fake.answers[f"/v1/artists/{A}/top-tracks"] = music.tracks(5)
    fake.answers["/v1/features"] = told.model_copy(update={"items": items})
    text = (await site.get(f"/artists/{A}/fingerprint")).text

    assert "3 of 5 tracks are described by ReccoBeats." in text
    assert 'aria-label="Energy 0.20, ' in text
    assert "differ most in energy" in text


async def test_one_known_track_has_no_spread(site, fake):
    """It is called what it is."""
    fake.answers[f"/v1/artists/{A}/top-tracks"] = music.tracks(1)
    text = (await site.get(f"/artists/{A}/fingerprint")).text

    assert "The one track is described by ReccoBeats." in text
    assert "the one track that is known" in text
    assert "±" not in text


@pytest.mark.parametrize(
    ("path", "told", "why"),
    [
        ("top-tracks", music.tracks(0), "No track of this artist is known here yet."),
        ("top-tracks", music.problem(503, "sources-unavailable"), "cannot be told just now"),
        ("features", None, "No source here has described a track of this artist."),
    ],
)
async def test_without_tracks_or_numbers_nothing_is_drawn(site, fake, path, told, why):
    """Why, and one thing to do."""
    none = sound.batch([T]).model_copy(update={"items": ()})
    fake.answers["/v1/features" if told is None else f"/v1/artists/{A}/{path}"] = told or none
    text = (await site.get(f"/artists/{A}")).text
    panel_text = text[text.index('id="fingerprint"') :]

    assert why in panel_text
    assert "Have a song of theirs heard here" in panel_text
    assert (await site.get(f"/artists/{A}/fingerprint.svg")).status_code in {404, 503}


async def test_the_strips_are_taken_along(site):
    """As a picture with its words."""
    drawn = await site.get(f"/artists/{A}/fingerprint.svg")

    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "Marble Harbour: how these tracks sound together" in drawn.text
