"""Two to five things side by side, in every state that the page can be in."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree as ET

import pytest

from api.http.examples import INVENTED
from api.schemas.library import JobKind, JobState
from api.schemas.lists import Batch, BatchItem
from api.schemas.problem import Problem
from api.schemas.provenance import SourceName
from tests.web import brands, music, own, sound
from tests.web.fake import CACHED

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST
TWO, THREE, FOUR, FIVE = (music.numbered(number) for number in (2, 3, 4, 5))
LONG = "Wolkenkratzer" * 10 + "ziellos"[:6]  # 136 letters without a place to break
PAIR = f"/compare?a={T}&b={TWO}"


def batch(*values: Any, missing: Sequence[tuple[str, Problem]] = ()) -> Batch[Any]:
    """Answers to many ids, whichever are asked; those of `missing` have a problem."""
    found = [BatchItem[Any](id=one.id, ok=True, value=one, problem=None) for one in values]
    lost = [BatchItem[Any](id=i, ok=False, value=None, problem=told) for i, told in missing]
    return Batch[Any](items=(*found, *lost))


@pytest.fixture
def songs(fake):
    """A way to say which songs there are, by how they sound."""

    def said(*sounding, names=(), missing=()):
        names = dict(names)
        known = [
            music.track(one.id, name=names.get(one.id, f"Song {one.id[-2:]}")) for one in sounding
        ]
        lost = [music.track(ident, name=names.get(ident, "Unheard")) for ident, _ in missing]
        fake.answers["/v1/tracks"] = batch(*known, *lost)
        fake.answers["/v1/features"] = batch(*sounding, missing=missing)

    said(
        sound.features(T),
        sound.features(TWO, energy=0.9, tempo=144.04, camelot="12A", key_name="C♯ minor"),
    )
    return said


async def test_empty_it_says_what_can_be_compared(site):
    """Two boxes, and what to begin with: the library and the demo label."""
    answer = await site.get("/compare")
    text = answer.text

    assert answer.status_code == 200
    assert "Put two to five songs, artists, playlists or brands side by side" in text
    assert 'name="a"' in text
    assert 'name="b"' in text
    assert "From your library" in text
    assert f'href="/compare?a={own.OWN}"' in text
    assert "From the demo label" in text
    assert f'href="/compare?a={own.DEMO}"' in text
    assert "Playlists here" in text
    assert 'href="/compare?a=playlist:own_' in text


async def test_one_item_asks_for_a_second(site, songs):
    """Its facts stand already; songs by the same artist are offered beside the library’s."""
    songs(sound.features(T))
    text = (await site.get(f"/compare?a={T}")).text

    assert "Compare it with what?" in text
    assert "From this artist" in text
    assert f'href="/compare?a={T}&amp;b={music.numbered(1)}"' in text
    assert f'type="hidden" name="a" value="{T}"' in text
    assert 'name="b"' in text
    assert "72" in text


async def test_two_songs_stand_side_by_side(site, songs):
    """Facts with what they are together, then every feature, the largest difference first."""
    answer = await site.get(PAIR)
    text = answer.text

    assert answer.status_code == 200
    assert "Two songs, side by side" in text
    assert "Mixes at 144 with half tempo" in text
    assert "They blend: neighbours on the wheel" in text
    assert text.index("<dt>Energy") < text.index("<dt>Valence")
    assert "<strong>clearly different</strong> by 0.56" in text
    assert "One source speaks for all of it, ReccoBeats, so the numbers may be compared." in text
    assert "They part in how intense they are." in text


async def test_what_stands_there_costs_few_calls(site, fake, songs):
    """One for all names, one for all numbers, one for how sure each is; the foot has its own."""
    await site.get("/compare")
    fake.asked.clear()
    await site.get(PAIR)
    paths = sorted(path.partition("?")[0] for path in fake.asked)
    assert paths == sorted(
        ["/v1/tracks", "/v1/features", "/v1/brands"]
        + [f"/v1/tracks/{ident}/analysis" for ident in (T, TWO)]
    )
    assert all("include=track" in path for path in fake.asked if "analysis" in path)


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        (f"https://open.spotify.com/intl-de/track/{TWO}?si=1", TWO),
        (f"spotify:track:{TWO}", TWO),
        (f"http://localhost/tracks/{TWO}", TWO),
        (f"https://open.spotify.com/artist/{A}", f"artist:{A}"),
        (f"/playlists/{P}", f"playlist:{P}"),
        (f"http://localhost/brands/{brands.BRAND}", brands.BRAND),
    ],
)
async def test_a_side_is_added_by_link_or_id(site, songs, pasted, value):
    """Whatever was pasted, the next box sends it along as the page itself writes it."""
    text = (await site.get("/compare?" + urlencode({"a": T, "b": pasted}))).text
    assert f'type="hidden" name="b" value="{value}"' in text
    assert 'name="c"' in text


async def test_a_name_leads_to_what_it_may_mean(site, songs):
    """Each of what was found is a link that keeps the sides; the words stay in the box."""
    answer = await site.get(f"/compare?a={T}&b=lanterns over")
    text = answer.text

    assert answer.status_code == 200
    assert "Which of these do you mean?" in text
    assert f'href="/compare?a={T}&amp;b=artist:{A}"' in text
    assert 'value="lanterns over"' in text
    assert music.HOSTILE not in text


async def test_a_name_that_nobody_knows_is_refused(site, fake, songs):
    """422 with what to do; the other side stays."""
    fake.answers["/v1/search"] = music.found([])
    answer = await site.get(f"/compare?a={T}&b=nothing like it")

    assert answer.status_code == 422
    assert "Nothing that can be asked here is called that." in answer.text
    assert f'type="hidden" name="a" value="{T}"' in answer.text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("https://evil.example/x", "This is not a Spotify link."),
        (f"spotify:album:{T}", "That is an album."),
        (f"spotify:user:{A}", "That is a person’s profile."),
        ("spotify:track:short", "22"),
        (T, "That is the first side already."),
        ("own_", "22"),
    ],
)
async def test_a_wrong_side_is_refused_and_the_rest_kept(site, songs, wrong, says):
    """422; why, what was typed, and all the others in their places."""
    songs(sound.features(T), sound.features(TWO))
    answer = await site.get("/compare?" + urlencode({"a": T, "b": wrong, "c": TWO}))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert says in answer.text
    assert f'name="a" value="{T}"' in answer.text
    assert f'name="b" value="{TWO}"' in answer.text
    assert f'name="c" type="text" value="{wrong}"' in answer.text


async def test_more_than_five_are_no_sides(site, songs):
    """The sixth is refused and the five stay; the box says that there is no room."""
    many = [T, TWO, THREE, FOUR, FIVE]
    songs(*(sound.features(ident, energy=0.1 * place) for place, ident in enumerate(many)))
    answer = await site.get("/compare?" + urlencode(dict(zip("abcdef", [*many, T], strict=True))))
    text = answer.text

    assert answer.status_code == 422
    assert "Five songs, side by side" in text
    assert "Five is as many as stay readable" in text
    assert '<form class="row adding"' not in text
    assert "clearly different</strong> by 0.40 (the first and the fifth)" in text


async def test_each_side_can_be_taken_out(site, songs):
    """A link to the same comparison without it; the letters close up."""
    text = (await site.get(f"/compare?a={T}&c={TWO}&d=artist:{A}")).text
    assert f'href="/compare?a={TWO}&amp;b=artist:{A}"' in text
    assert f'href="/compare?a={T}&amp;b={TWO}"' in text


async def test_sides_of_one_source_are_asked_for(site, fake, songs):
    """Where two would speak, the one that has both speaks for both."""
    mine = sound.features(TWO, SourceName.SPOTIFY, energy=0.1)
    songs(sound.features(T), mine)
    fake.answers[f"/v1/tracks/{TWO}/features"] = sound.features(TWO, energy=0.2)
    text = (await site.get(PAIR)).text

    assert f"/v1/tracks/{TWO}/features?source=reccobeats" in fake.asked
    assert "One source speaks for all of it, ReccoBeats" in text
    assert "0.20" in text


async def test_sources_are_never_mixed_in_silence(site, fake, songs):
    """Where no source has both, the page says who speaks for which."""
    songs(sound.features(T), own.features(own.OWN))
    for ident in (T, own.OWN):
        fake.refuse(f"/v1/tracks/{ident}/features", 404, "features-unavailable")
    text = (await site.get(f"/compare?a={T}&b={own.OWN}")).text

    who = "the first by ReccoBeats and the second by Own analysis."
    assert f"No one source here has all of them: {who}" in text
    assert "Not compared: the second in LUFS, the first in Spotify’s own dB" in text


async def test_partial_a_song_without_numbers_keeps_its_place(site, songs):
    """Dashes beside the other’s figures, and why, with what helps."""
    songs(sound.features(T), missing=[(TWO, music.problem(404, "features-unavailable"))])
    answer = await site.get(PAIR)

    assert answer.status_code == 200
    assert "No source on this server can give this." in answer.text
    assert "not known" in answer.text
    assert f'href="/upload?spotify_id={TWO}"' in answer.text
    assert 'id="strips"' not in answer.text


async def test_partial_a_song_that_is_being_analysed_says_so(site, songs):
    """The batch tells that a job is at it."""
    working = music.problem(202, "analysis-in-progress", detail="It is being analysed: 43 %.")
    songs(sound.features(T), missing=[(TWO, working)])
    assert "It is being analysed: 43 %." in (await site.get(PAIR)).text


async def test_loading_a_long_playlist_leads_to_its_job(site, fake, songs):
    """The other side stands; the playlist says how far it is."""
    songs(sound.features(T))
    fake.answers[f"/v1/playlists/{P}/profile"] = own.job(JobState.RUNNING, kind=JobKind.PROFILE)
    text = (await site.get(f"/compare?a={T}&b=playlist:{P}")).text

    assert "43 % so far" in text
    assert f'href="/jobs/{own.JOB}"' in text


async def test_loading_the_lanes_come_by_themselves(site, songs):
    """Without JavaScript a link leads to them."""
    text = (await site.get(PAIR)).text
    assert f'hx-get="/fragments/compare/lanes?a={T}&amp;b={TWO}"' in text
    assert f'href="/compare/lanes?a={T}&amp;b={TWO}"' in text


@pytest.mark.parametrize(
    ("status", "slug", "told"),
    [
        (404, "track-not-found", 422),
        (422, "bad-reference", 422),
        (503, "sources-unavailable", 503),
    ],
)
async def test_error_a_side_that_is_not_there_is_told(site, fake, songs, status, slug, told):
    """A wrong id is the reader’s to mend; who does not answer can be asked again."""
    songs(sound.features(T))
    problem = music.problem(status, slug)
    fake.answers["/v1/tracks"] = batch(music.track(T), missing=[(TWO, problem)])
    for path in (f"/v1/artists/{TWO}", f"/v1/playlists/{TWO}"):
        fake.refuse(path, 404, "artist-not-found")
    answer = await site.get(PAIR)

    assert answer.status_code == told
    assert "No source on this server can give this." in answer.text
    assert f'name="a" value="{T}"' in answer.text


async def test_error_the_panels_say_it_too(site, fake):
    """With none of the sides there is nothing to draw."""
    fake.refuse("/v1/tracks", 503, "sources-unavailable")
    answer = await site.get(f"/compare/strips?a={T}&b={TWO}")
    assert answer.status_code == 503


async def test_stale_numbers_are_marked(site, fake, songs):
    """The comparison stands, with a word on its age."""
    fake.headers = {**CACHED, "Cache-Status": "earprint; fwd=stale; fwd-status=429; detail=gated"}
    assert "could not be asked again" in (await site.get(PAIR)).text


async def test_a_bare_id_may_be_an_artists(site, fake, songs):
    """What is no song is looked for among artists and playlists."""
    songs(sound.features(T))
    missing = [(TWO, music.problem(404, "track-not-found"))]
    fake.answers["/v1/tracks"] = batch(music.track(T), missing=missing)
    fake.refuse(f"/v1/playlists/{TWO}", 404, "playlist-not-found")
    text = (await site.get(PAIR)).text

    assert "A song and an artist, side by side" in text
    assert f'name="b" value="artist:{TWO}"' in text


async def test_lists_are_compared_by_their_average(site, songs):
    """With how many of their songs have numbers, and how far those spread."""
    songs(*(sound.features(music.numbered(n), energy=n / 10) for n in range(4)))
    text = (await site.get(f"/compare?a=artist:{A}&b=playlist:{P}")).text

    assert "An artist and a playlist, side by side" in text
    assert "4 of 10 songs have numbers" in text
    assert "48 of 60 songs have numbers" in text
    assert "110 ± 24" in text
    assert "how far the songs of each list spread" in text


async def test_a_brand_is_a_side(site, fake, songs):
    """Its ranges are bands; songs are in, at the edge of, or outside of them."""
    songs(sound.features(T, energy=0.9))
    fake.answers[f"/v1/brands/{brands.BRAND}"] = brands.brand()
    text = (await site.get(f"/compare?a={T}&b={brands.BRAND}")).text

    assert "A song and a brand, side by side" in text
    assert "84–98" in text
    assert "The first is 12 BPM below the range of the second." in text
    assert "outside of it" in text
    assert "A bar without a mark is what the second aims at." in text


async def test_the_chosen_brand_is_offered(site, fake, songs):
    """One link puts it beside the others."""
    fake.answers["/v1/brands"] = brands.shelf(brands.brand())
    text = (await site.get(PAIR)).text
    assert "Compare with “" in text
    assert f'href="{PAIR.replace("&", "&amp;")}&amp;c={brands.BRAND}"' in text
    assert f'href="/compare?a={brands.BRAND}">Begin with “' in (await site.get("/compare")).text


async def test_the_chosen_brand_is_drawn_behind_all_sides(site, fake, songs):
    """With its name; not where a brand is a side itself, nor where none is wanted."""
    fake.answers["/v1/brands"] = brands.shelf(brands.brand(name="Warm"), brands.brand(brands.OTHER))
    fake.answers[f"/v1/brands/{brands.BRAND}"] = brands.brand()
    for path in (PAIR, PAIR.replace("/compare", "/compare/strips")):
        text = (await site.get(path)).text
        assert "your range, “Warm”" in text
        assert '<rect class="want" x="30.0%"' in text
        assert f'<option value="{brands.BRAND}" selected>' in text

    none = (await site.get(PAIR, headers={"Cookie": "brand=none"})).text
    side = (await site.get(f"{PAIR}&c={brands.BRAND}")).text
    for text in (none, side):
        assert "your range, “" not in text
    assert '<option value="none" selected>' in none
    assert "Draw this one" not in side


async def test_all_that_was_compared_is_written_down(site, fake, songs):
    """The next step of the exercise takes every side along, whatever kind it is of."""
    fake.answers[f"/v1/brands/{brands.BRAND}"] = brands.brand()
    sides = f"a={T}&b={TWO}&c=artist:{A}&d=playlist:{P}&e={brands.BRAND}"
    text = html.unescape((await site.get(f"/compare?{sides}")).text)

    [href] = re.findall(r'href="(/worksheets/new[^"]*)">Next: write it down', text)
    about = parse_qs(urlsplit(href).query)["about"]
    assert about == [
        f"track:{T}",
        f"track:{TWO}",
        f"artist:{A}",
        f"playlist:{P}",
        f"brand:{brands.BRAND}",
    ]


async def test_a_side_that_is_gone_is_told_and_the_others_stay(site, fake, songs):
    """A brand or a list that was deleted: why, in its box, beside all that is left."""
    fake.refuse(f"/v1/brands/{brands.OTHER}", 404, "brand-not-found")
    fake.refuse(f"/v1/playlists/{P}", 404, "playlist-not-found")
    for gone in (brands.OTHER, f"playlist:{P}"):
        answer = await site.get(f"{PAIR}&c={gone}")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert f'name="a" value="{T}"' in answer.text
        assert f'name="b" value="{TWO}"' in answer.text
        assert f'name="c" type="text" value="{gone}"' in answer.text


async def test_hostile_names_stay_text(site, songs):
    """Unbroken, right to left, or markup: as text, in the direction of its own."""
    rtl = "שיר מימין לשמאל 🎧"
    songs(sound.features(T), sound.features(TWO), names={T: LONG, TWO: music.HOSTILE + rtl})
    text = (await site.get(PAIR)).text

    assert len(LONG) == 136
    assert f'dir="auto">{LONG}</a>' in text
    assert music.HOSTILE not in text
    assert rtl in text


async def test_lanes_stand_under_each_other(site, fake, songs):
    """On one axis that ends with the longest; only the parts that are drawn are asked for."""
    fake.answers[f"/v1/tracks/{TWO}/analysis"] = sound.analysis(112.7)
    text = (await site.get(PAIR.replace("/compare", "/compare/lanes"))).text

    assert 'width="100.0%" height="84"' in text
    assert 'width="50.0%" height="84"' in text
    assert "3:45" in text
    assert all("include=track%2Csections%2Csegments" in p for p in fake.asked if "analysis" in p)


async def test_lanes_without_an_analysis_say_why(site, fake, songs):
    """The other is drawn all the same."""
    fake.refuse(f"/v1/tracks/{TWO}/analysis", 404, "analysis-unavailable")
    text = (await site.get(PAIR.replace("/compare", "/compare/lanes"))).text
    assert text.count('class="loud') == 1
    assert "No source on this server can give this." in text


async def test_lanes_of_a_song_that_is_being_heard_lead_to_its_job(site, fake, songs):
    """How far it is, and where to watch."""
    fake.answers[f"/v1/tracks/{TWO}/analysis"] = own.job(JobState.RUNNING)
    text = (await site.get(PAIR.replace("/compare", "/compare/lanes"))).text
    assert "It is being heard, 43 % so far." in text
    assert f'href="/jobs/{own.JOB}"' in text


async def test_lanes_tell_where_it_grows_loud(site, fake, songs):
    """The largest step up of each, if it is one that is heard."""
    quiet, loud = sound.sections()[:2], sound.sections()[0]
    steps = (quiet[0].model_copy(update={"loudness": -20.0}), quiet[1])
    fake.answers[f"/v1/tracks/{TWO}/analysis"] = sound.analysis(sections=steps)
    fake.answers[f"/v1/tracks/{T}/analysis"] = sound.analysis(sections=(loud,))
    text = (await site.get(PAIR.replace("/compare", "/compare/lanes"))).text
    assert "The largest step up in loudness: the second at 0:25, the others none." in text


@pytest.mark.parametrize("name", ["strips", "lanes"])
async def test_a_panel_is_the_same_alone(site, songs, name):
    """A page with one panel, and that panel for htmx."""
    query = f"{name}?a={T}&b={TWO}"
    alone, part = [
        (await site.get(f"{at}{query}")).text for at in ("/compare/", "/fragments/compare/")
    ]
    assert part.strip().startswith("<section")
    assert part.strip() in alone


async def test_it_can_be_taken_along_as_a_spreadsheet(site, songs):
    """A row for each side; a name that looks like a formula is text."""
    songs(sound.features(T), sound.features(TWO), names={T: "=1+1", TWO: "@home"})
    answer = await site.get(f"/compare/export.csv?a={T}&b={TWO}&c=artist:{A}")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert [row["Track Name"] for row in rows[:2]] == ["'=1+1", "'@home"]
    assert (rows[0]["Energy"], rows[0]["Camelot"], rows[0]["Source"]) == (
        "0.34",
        "11A",
        "ReccoBeats",
    )


async def test_it_can_be_taken_along_as_json(site, songs):
    """Each number with how far it may be off, each difference with what it weighs."""
    told = json.loads((await site.get(f"/compare/export.json?a={T}&b={TWO}")).text)

    assert [side["id"] for side in told["sides"]] == [T, TWO]
    assert told["sides"][0]["numbers"]["energy"] == {"from": 0.34, "to": 0.34, "off": 0.1}
    assert told["differences"][0]["feature"] == "energy"
    assert told["differences"][0]["says"] == "clearly different"


async def test_it_can_be_taken_along_as_a_picture(site, songs):
    """An SVG that is well formed whatever the names are, and needs no style sheet beside it."""
    songs(sound.features(T), sound.features(TWO), names={T: music.HOSTILE, TWO: "a\x00b " + LONG})
    answer = await site.get(PAIR.replace("/compare", "/compare/export.svg"))
    drawn = ET.fromstring(answer.text)  # noqa: S314  # our own answer

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "energy" in "".join(drawn.itertext()).lower()


async def test_the_whole_product_compares_songs_artists_and_playlists(whole):
    """Spotify’s own numbers, none of which says how far it is off."""
    one, two = INVENTED.two_tracks.split(",")
    others = f"c=artist:{INVENTED.artist_id}&d=playlist:{INVENTED.playlist_id}"
    answer = await whole.get(f"/compare?a={one}&b={two}&{others}")
    lanes = await whole.get(f"/compare/lanes?a={one}&b={two}")

    assert answer.status_code == 200
    assert "Two songs, an artist and a playlist, side by side" in answer.text
    assert "One source speaks for all of it, Spotify" in answer.text
    assert "0.1 is assumed" in answer.text
    assert answer.text.count("songs have numbers") == 2
    assert lanes.text.count('class="loud') == 2


@pytest.mark.parametrize(
    "value", ["\0", "a" * 3_000, "spotify:track:" + "7" * 22, "\u202eemoji 🎧", "=1+1"]
)
async def test_the_whole_product_refuses_what_is_no_side(whole, value):
    """Whatever it is: the page stands, and the other side with it."""
    one = INVENTED.track_id
    answer = await whole.get("/compare?" + urlencode({"a": one, "b": value}))

    assert answer.status_code in {200, 422}
    assert f'name="a" value="{one}"' in answer.text
