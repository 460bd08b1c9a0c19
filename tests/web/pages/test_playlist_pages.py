"""A playlist's page in each of its states: whole, sorted, filtered, late, being read, closed."""

import re

import pytest
from pydantic import BaseModel

from api.problems.errors import NotFound
from api.schemas.playlist import Owner
from api.schemas.provenance import Missing, Reason
from tests.web import brands, lists, music, own
from tests.web.pages.test_long_profile_pages import job
from web.pages import playlists
from web.pages.playlist_drawn import thinning

T, P = music.TRACK, music.PLAYLIST
TABLE, FIT, PROFILE = (f"/v1/playlists/{P}/{part}" for part in ("table", "fit", "profile"))
PANELS = ("profile", "scatter", "flow")


async def test_a_playlist_says_what_it_is_in_a_sentence(site):
    """How many, how they lean, how fast, which key leads."""
    text = (await site.get(f"/playlists/{P}")).text

    assert "60 entries, 48 described. They lean middling" in text
    assert "half of them run between 96 and 126 BPM" in text
    assert "11A is the most frequent key, with 12 tracks" in text


async def test_a_playlist_is_paged_by_links(site):
    """25 at a time, positions kept; the fragment names the page that the address is to show."""
    text = (await site.get(f"/playlists/{P}?offset=25&track={T}")).text
    assert "26 to 50 of 60" in text
    assert f'href="/playlists/{P}?track={T}&amp;offset=50"' in text
    assert f'href="/playlists/{P}?track={T}"' in text
    assert "Demo from the kitchen" in text
    assert "A local file; Spotify has not heard it." in text

    panel = await site.get(f"/fragments/playlists/{P}/table?offset=50")
    assert panel.headers["hx-push-url"] == f"/playlists/{P}?offset=50"
    assert "data-focus" in panel.text
    assert "data-focus" not in text


async def test_a_table_that_loads_itself_moves_neither_address_nor_focus(site):
    """Nobody has asked for another view."""
    panel = await site.get(f"/fragments/playlists/{P}/table?loads=1")
    assert "hx-push-url" not in panel.headers
    assert "data-focus" not in panel.text


async def test_a_track_without_numbers_stays_with_its_reason_once(site):
    """In place of its numbers, not a dash for each."""
    text = (await site.get(f"/playlists/{P}")).text
    row = next(row for row in text.split("<tr") if "Song 9<" in row)
    assert row.count("The source does not know this track.") == 1
    assert "–" not in row


async def test_the_table_is_sorted_and_filtered_by_its_address(site, fake):
    """The form says again what was asked; the API is asked for just that."""
    query = "sort=energy&direction=desc&tempo_min=80&tempo_max=120,5&key=8b&blend=1&fold=tempo"
    text = (await site.get(f"/playlists/{P}?{query}")).text

    asked = next(path for path in fake.asked if path.startswith(TABLE))
    for part in ("sort=energy", "direction=desc", "fold=tempo", "tempo%3A80.0000..120.5000"):
        assert part in asked
    assert "8B%2C7B%2C9B%2C8A" in asked
    assert 'aria-sort="descending"' in text
    assert 'value="120,5"' in text
    assert "<option selected>8B</option>" in text
    assert "sorted by energy, highest first" in text
    assert "60 of 60 fit." in text


async def test_a_heading_sorts_the_other_way_the_second_time(site):
    """Energy begins with the highest, a title with A."""
    plain = (await site.get(f"/playlists/{P}")).text
    assert f'href="/playlists/{P}?sort=energy&amp;direction=desc#table"' in plain
    assert f'href="/playlists/{P}?sort=name#table"' in plain
    sorted_ = (await site.get(f"/playlists/{P}?sort=energy&direction=desc")).text
    assert f'href="/playlists/{P}?sort=energy#table"' in sorted_


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("tempo_min=abc", "“abc” at “BPM from” is no number from 0 to 1,000."),
        ("tempo_max=1e9", "at “to (tempo)” is no number"),
        ("energy_min=-1", "at “Energy from” is no number"),
        ("tempo_min=120&tempo_max=80", "Tempo from 120 to 80: the first is the larger one."),
        ("energy_min=nan", "is no number"),
    ],
)
async def test_a_number_that_is_none_is_told_and_kept(site, query, says):
    """422, with what was typed in its field; the table stays, unfiltered."""
    page = await site.get(f"/playlists/{P}?{query}")
    panel = await site.get(f"/fragments/playlists/{P}/table?{query}")

    assert (page.status_code, panel.status_code) == (422, 422)
    assert "hx-push-url" not in panel.headers
    for answer in (page, panel):
        assert says in answer.text
        assert 'aria-invalid="true" aria-describedby="table-error"' in answer.text
        assert "Song 1<" in answer.text


async def test_a_filter_that_leaves_nothing_says_so(site, fake):
    """With the way back, and what could not be judged."""
    fake.answers[TABLE] = lists.table(total=0, items=(), items_total=60, unjudged=2)
    text = (await site.get(f"/playlists/{P}?tempo_min=300")).text
    assert "No track fits all of that." in text
    assert "Two entries have no number to judge by." in text
    assert "Show all tracks" in text


async def test_the_table_ends_with_averages_of_all_that_fit(site, fake):
    """Not of this part alone; a list of one has none, nor has one that nobody knows."""
    text = (await site.get(f"/playlists/{P}")).text
    last = text[text.index("<tfoot") : text.index("</tfoot>")]
    assert "Average of those that are known" in last
    for figure in (">104</td>", ">−10.4</td>", "<span>0.52</span>", "<span>–</span>"):
        assert figure in last
    fake.answers[TABLE] = lists.table(described=60)
    assert "Average of 60 entries" in (await site.get(f"/playlists/{P}")).text
    for bare in (lists.table(total=1), lists.table(averages={})):
        fake.answers[TABLE] = bare
        assert "<tfoot" not in (await site.get(f"/playlists/{P}")).text


async def test_the_table_is_filtered_by_metre_and_says_it_of_each_track(site, fake):
    """The API is asked for just that; nonsense is any."""
    text = (await site.get(f"/playlists/{P}?metre=3")).text
    assert any("time_signature=3" in path for path in fake.asked)
    assert '<option value="3" selected>3 beats</option>' in text
    assert '<td role="cell" class="num r" data-l="Metre">4</td>' in text
    assert "sort=time_signature&amp;metre=3#table" in text
    fake.asked.clear()
    await site.get(f"/playlists/{P}?metre=99")
    assert not any("time_signature" in path for path in fake.asked)


async def test_each_range_has_fields_and_sliders(site):
    """The slider stands where the field says, at its end while nothing is said."""
    text = (await site.get(f"/playlists/{P}?tempo_min=90,5")).text
    sliders = re.findall(r'value="([0-9.]+)" data-moves="(f-[a-z_]+)"', text)
    assert sliders == [
        ("90.5", "f-tempo_min"),
        ("220", "f-tempo_max"),
        ("0", "f-energy_min"),
        ("1", "f-energy_max"),
    ]


async def test_a_tempo_range_finds_what_was_heard_at_half_or_double(site, fake):
    """And says so in its own words."""
    fake.answers[TABLE] = lists.table(items=(lists.sounding(0, tempo=124.0, tempo_factor=2.0),))
    text = (await site.get(f"/playlists/{P}?tempo_min=120&tempo_max=130&fold=tempo")).text
    assert "124 <small>×2</small>" in text
    assert "halved or doubled to fall into this range." in text


async def test_half_and_double_tempo_are_marked_in_the_table(site, fake):
    """Where they were counted as one."""
    fake.answers[TABLE] = lists.table(items=(lists.sounding(0, tempo=160.0, tempo_factor=2.0),))
    text = (await site.get(f"/playlists/{P}?fold=tempo")).text
    assert "160 <small>×2</small>" in text
    assert "×½ and ×2 mark tempi" in text


async def test_a_table_of_which_nobody_knows_anything_keeps_its_entries(site, fake):
    """Names stay, each with its reason."""
    bare = lists.sounding(9)
    fake.answers[TABLE] = lists.table(items=(bare,), described=0, source=None)
    fake.refuse(PROFILE, 404, "features-unavailable")
    text = (await site.get(f"/playlists/{P}")).text
    assert "Song 9<" in text
    assert "60 entries." in text.lower()


async def test_numbers_that_take_long_come_later(site, fake, monkeypatch):
    """The entries stand there and the table fetches itself; what was asked is waited for."""
    monkeypatch.setattr(playlists, "PATIENCE_S", 0.0)
    late = (await site.get(f"/playlists/{P}?offset=25")).text
    asked = (await site.get(f"/playlists/{P}?sort=tempo")).text

    assert "Song 26<" in late
    assert (
        f'hx-get="/fragments/playlists/{P}/table?offset=25&amp;loads=1" hx-trigger="load"' in late
    )
    assert f'href="/playlists/{P}/table?offset=25"' in late
    assert "BPM from" not in late
    assert "BPM from" in asked


async def test_a_list_that_is_being_read_shows_its_entries_and_how_far_it_is(site, fake):
    """Page and fragment: names without numbers, the progress, and it asks again."""
    for path in (TABLE, PROFILE):
        fake.answers[path] = job()
    page = await site.get(f"/playlists/{P}")
    panel = await site.get(f"/fragments/playlists/{P}/table")

    assert (page.status_code, panel.status_code) == (200, 200)
    for text in (page.text, panel.text):
        assert "Song 1<" in text
        assert '<span class="num">43 %, about 2 min left</span>' in text
        assert f'hx-get="/fragments/playlists/{P}/table?loads=1" hx-trigger="every 2s"' in text
        assert f'href="/jobs/{own.JOB}">Watch it being read</a>' in text


def by_now(known: BaseModel):
    """What answers with a job, and where it is asked for what is known by now with that."""

    def answer(query: dict[str, str]) -> BaseModel:
        return known if query.get("so_far") else job()

    return answer


async def test_a_list_that_is_being_read_is_shown_and_drawn_as_far_as_it_is_known(site, fake):
    """The progress in tracks above table and pictures, which ask again; rows say what lacks."""
    fake.asks[TABLE] = by_now(lists.table(described=10, items_total=100, total=100))
    fake.asks[PROFILE] = by_now(lists.profile(described=10, items_total=100))
    for part, again in (("table", "table?loads=1"), *((name, name) for name in PANELS)):
        panel = await site.get(f"/fragments/playlists/{P}/{part}")
        assert panel.status_code == 200
        assert '<span class="num">10 of 100 done, 43 %, about 2 min left</span>' in panel.text
        assert f'hx-get="/fragments/playlists/{P}/{again}" hx-trigger="every ' in panel.text
        assert f'href="/jobs/{own.JOB}">Watch it being read</a>' in panel.text
    text = (await site.get(f"/playlists/{P}/scatter")).text
    assert "12 in minor (A), 9 in major (B)." in text
    assert 'class="pt"' in text
    assert "half lie between" in (await site.get(f"/playlists/{P}/profile")).text


async def test_a_table_that_fails_is_a_panel_that_says_why(site, fake):
    """503 where asking again can help."""
    fake.refuse(TABLE, 503, "sources-unavailable")
    panel = await site.get(f"/fragments/playlists/{P}/table")
    assert panel.status_code == 503
    assert '<section id="table"' in panel.text


async def test_an_old_answer_is_marked(site, fake):
    """The data stays."""
    fake.headers["Cache-Status"] = "earprint; fwd=stale; fwd-status=429; detail=gated"
    assert "could not be asked again" in (await site.get(f"/playlists/{P}")).text


async def test_a_song_is_held_against_the_list(site):
    """A verdict, its reasons, who is near and far by their numbers; the song’s row is marked."""
    text = (await site.get(f"/playlists/{P}/fit?track={T}")).text

    assert "Nearly: its tempo sets it apart, the rest fits." in text
    assert "Its key blends with two tracks only." in text
    assert "Nearest by sound:" in text
    assert '<span class="num">2</span> <span hx-ignore dir="auto">Song 1</span>' in text
    assert '<span class="small num">(0.3)</span>' in text
    assert "not a judgement" in text
    row = lists.sounding(0).id
    assert "◆ your song" in (await site.get(f"/playlists/{P}?track={row}")).text


async def test_without_a_song_the_question_is_asked(site):
    """With the titles of the library to choose from."""
    text = (await site.get(f"/playlists/{P}")).text
    assert "Name a song, and its numbers are held against those of this list" in text
    assert '<option value="Harbour Lights">' in text


@pytest.mark.parametrize(
    ("words", "track"),
    [(f"https://open.spotify.com/track/{T}?si=1", T), ("harbour lights", own.OWN)],
)
async def test_a_song_is_named_by_its_link_or_its_title(site, words, track):
    """And the page leads to itself with that song."""
    answer = await site.get(f"/playlists/{P}", params={"song": words})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/playlists/{P}?track={track}",
    )


async def test_words_that_may_mean_several_songs_are_shown_with_them(site, fake):
    """422, with what was written."""
    found = music.found(["track"])
    assert found.tracks
    two = found.tracks.model_copy(update={"items": (music.track(), music.track(own.OWN))})
    fake.answers["/v1/search"] = found.model_copy(update={"tracks": two})
    answer = await site.get(f"/playlists/{P}", params={"song": "low"})
    assert answer.status_code == 422
    assert "Several songs go by that. Choose one:" in answer.text
    assert 'value="low"' in answer.text
    assert f'href="/playlists/{P}?track=' in answer.text


async def test_words_that_mean_no_song_are_told(site, fake):
    """And stay."""
    fake.refuse("/v1/search", 503, "sources-unavailable")
    answer = await site.get(f"/playlists/{P}", params={"song": "<b>nothing"})
    assert answer.status_code == 422
    assert "No song here goes by that." in answer.text
    assert 'value="&lt;b&gt;nothing"' in answer.text


@pytest.mark.parametrize("slug", ["features-unavailable", "track-not-found"])
async def test_a_song_that_cannot_be_compared_says_why(site, fake, slug):
    """In its panel; the pictures are drawn without it."""
    fake.refuse(FIT, 404, slug)
    panel = await site.get(f"/fragments/playlists/{P}/fit?track={T}")
    assert (panel.status_code, '<section id="fit"' in panel.text) == (200, True)
    for part in PANELS:
        answer = await site.get(f"/fragments/playlists/{P}/{part}?track={T}")
        assert answer.status_code == 200
        assert f'<section id="{part}" class="panel"' in answer.text
        assert "dia ring" not in answer.text


async def test_a_playlist_has_a_sound(site):
    """Eight histograms at most, to one count, and what is left out."""
    text = (await site.get(f"/playlists/{P}/profile?track={T}")).text

    assert "48 of 60 entries are described, all by ReccoBeats." in text
    assert "8 local, 1 taken down and 3 unknown to the source" in text
    assert "half lie between 0.30 and 0.55" in text
    assert "number of tracks, 0 to 10 everywhere" in text
    assert "A bar has 4 beats in 43 tracks and 3 beats in five tracks." in text
    assert text.count('class="dia ring"') == 6
    assert ">your song</li>" in text


def described(number: int, *values: float):
    """How a list of so few spreads: all its numbers are these."""
    one = lists.profile().features["energy"]
    spread = one.model_copy(
        update={"n": number, "min": min(values), "max": max(values)}
        | dict.fromkeys(("p25", "median", "p75"), values[0])
    )
    ends = {"min": min(values), "max": max(values), "p25": values[0], "p75": values[0]}
    tempo = spread.model_copy(update={name: 100 * value for name, value in ends.items()})
    features = {"energy": spread, "tempo": tempo}
    return lists.profile(features=features, described=number, items_total=number, keys=())


@pytest.mark.parametrize(
    ("found", "sentence", "finding"),
    [
        (
            described(1, 0.5),
            "One entry, all described. It leans middling; it runs at 50 BPM.",
            "one track at 0.50",
        ),
        (
            described(2, 0.4, 0.5),
            "They lean middling; they run between 40 and 50 BPM.",
            "all lie between 0.40 and 0.50",
        ),
        (described(3, 0.4), "They lean middling; they run at 40 BPM.", "all at 0.40"),
        (described(9, 0.4), "half of them run at 40 BPM.", "half at 0.40"),
    ],
)
async def test_a_list_of_few_has_no_middle_half(site, fake, found, sentence, finding):
    """One, two or three tracks are told as what they are; nothing lies between 0.45 and 0.45."""
    fake.answers[PROFILE] = found
    text = (await site.get(f"/playlists/{P}")).text
    assert sentence in text
    assert finding in (await site.get(f"/playlists/{P}/profile")).text


async def test_a_list_of_one_or_two_is_drawn_in_words_that_hold(site, fake):
    """No step of 0.00, no “1 tracks”."""
    fake.answers[TABLE] = lists.table(total=1, items_total=1, items=(lists.sounding(0),))
    assert "against valence, 1 track</title>" in (await site.get(f"/playlists/{P}/scatter")).text
    flow = (await site.get(f"/playlists/{P}/flow")).text
    assert "All numbers of 1 track, a line each" in flow
    alike = (lists.sounding(0, energy=0.451), lists.sounding(1, energy=0.452))
    fake.answers[TABLE] = lists.table(total=2, items_total=2, items=alike)
    flow = (await site.get(f"/playlists/{P}/flow")).text
    assert "Energy begins at 0.45 and ends at 0.45, and hardly moves." in flow


async def test_an_empty_list_says_so_in_each_of_its_panels(site, fake):
    """No picture of nothing, no number of nothing."""
    fake.answers[f"/v1/playlists/{P}"] = lists.playlist(items_total=0)
    fake.answers[TABLE] = lists.table(
        total=0, items_total=0, described=0, items=(), averages={}, source=None
    )
    fake.refuse(PROFILE, 404, "profile-unavailable")
    text = (await site.get(f"/playlists/{P}")).text
    assert "There is nothing at this place of the list." in text
    assert "<tfoot" not in text
    assert "No track here has both numbers" in (await site.get(f"/playlists/{P}/scatter")).text
    assert "nothing to draw" in (await site.get(f"/playlists/{P}/flow")).text
    for name in ("scatter", "flow", "parallel"):
        assert (await site.get(f"/playlists/{P}/charts/{name}.svg")).status_code == 200


async def test_loudness_on_another_scale_is_not_compared_and_that_is_said(site, fake):
    """LUFS and a source's own dB have no common zero."""
    gap = Missing(
        field="percentile.loudness", reason=Reason.NOT_KNOWN, detail="They have no common zero."
    )
    known = lists.fit()
    places = {**known.percentile, "loudness": None}
    fake.answers[FIT] = lists.fit(percentile=places, missing=(gap,))
    for part in ("profile", "scatter?y=loudness", "flow?along=loudness"):
        address = f"/playlists/{P}/{part}{'&' if '?' in part else '?'}track={T}"
        assert "They have no common zero." in (await site.get(address)).text
    assert "not drawn here" not in (await site.get(f"/playlists/{P}/scatter?track={T}")).text


async def test_what_a_brand_aims_at_is_drawn_behind_the_bars(site, fake):
    """And behind the points, with the name of the brand; what it leaves out is not framed."""
    assert "aims at" not in (await site.get(f"/playlists/{P}/profile")).text
    fake.answers["/v1/brands"] = brands.shelf(brands.brand())
    text = (await site.get(f"/playlists/{P}/profile")).text
    scatter = (await site.get(f"/playlists/{P}/scatter")).text

    assert ">Warm and close</span>” aims at" in text
    assert text.count('<rect class="want" x="') == 3  # the legend, tempo and energy
    assert "The frame is what your brand aims at." in scatter


async def test_a_playlist_of_unknown_songs_says_so(site, fake):
    """No picture of nothing."""
    fake.answers[PROFILE] = lists.profile(
        features={}, keys=(), outliers=(), time_signatures={}, described=0
    )
    fake.answers[TABLE] = lists.table(items=(lists.sounding(9),), described=0)
    assert "nothing to draw" in (await site.get(f"/playlists/{P}/profile")).text
    scatter = (await site.get(f"/playlists/{P}/scatter")).text
    assert "No track here has both numbers" in scatter
    assert "No key of these tracks is known." in scatter
    flow = (await site.get(f"/playlists/{P}/flow")).text
    assert "too little known for a line" in flow
    assert "No track stands apart" in flow


async def test_two_numbers_at_once_and_the_keys(site):
    """Points are links to tracks, cells to the table of their key; each has its data table."""
    text = (await site.get(f"/playlists/{P}/scatter?x=tempo&y=nonsense&track={T}")).text

    assert ">Tempo and valence</h2>" in text
    assert f'<a href="/tracks/{lists.sounding(0).id}" aria-label="1. Song 0: tempo 80 BPM, ' in text
    assert (
        f'href="/playlists/{P}?track={T}&amp;key=11A&amp;x=tempo#table" aria-label="11A: ' in text
    )
    assert "F♯ minor" in text
    assert "Data table" in text
    assert f'href="/playlists/{P}/charts/scatter.svg?track={T}&amp;x=tempo&amp;y=valence"' in text


async def test_the_list_from_first_to_last(site):
    """Where it begins and ends, its largest step, who stands apart and why."""
    text = (await site.get(f"/playlists/{P}/flow?along=energy")).text

    assert "Energy begins at 0.00 and ends at" in text
    assert "the largest step is down by 1.00, from no. 11 to no. 12." in text
    assert "energy is far above the rest" in text
    assert "They are most alike in" in text


def thin(places):
    """A table of a list of 1,240, of which these are drawn."""
    items = tuple(lists.sounding(place) for place in places)
    return lists.table(total=1240, items_total=1240, items=items)


async def test_a_list_of_more_than_is_drawn_says_so(site, fake):
    """Which ones are, evenly spread, and with their own places in the list."""
    fake.answers[TABLE] = thin(place * 1239 // 499 for place in range(500))
    for part in ("scatter", "flow"):
        text = (await site.get(f"/playlists/{P}/{part}")).text
        assert "500 of 1,240 are drawn: every second or third." in text
    assert "no. 1240</text>" in text
    assert "the largest step of those drawn is" in text
    asked = [path for path in fake.asked if path.startswith(TABLE)]
    assert f"{TABLE}?spread=true&limit=500" in asked
    assert f"{TABLE}?spread=true&limit=200" in asked  # the threads, which are fewer


@pytest.mark.parametrize(
    ("places", "total", "says"),
    [
        (range(0, 1000, 2), 1000, "500 of 1,000 are drawn: every second."),
        (range(0, 10_000, 50), 10_000, "200 of 10,000 are drawn: every 50th."),
        ((0, 1, 3, 5), 6, "4 of 6 are drawn, spread evenly over the list."),
        (range(5), 5, ""),
        ((), 0, ""),
        ((0,), 1, ""),
    ],
)
def test_how_a_list_is_thinned_is_said_in_words(places, total, says):
    """Nothing where all of it is drawn."""
    assert thinning(list(places), total) == says


async def test_keys_are_counted_over_all_of_a_long_list(site, fake):
    """Not over the part of it that is drawn."""
    fake.answers[TABLE] = thin(range(0, 1240, 3))
    text = (await site.get(f"/playlists/{P}/scatter")).text
    assert "12 in minor (A), 9 in major (B)." in text


async def test_a_third_and_a_fourth_number_are_said_by_shape_and_size(site, fake):
    """With a legend in words, in the data table, and at each point; what is not known is said."""
    items = (*(lists.sounding(place) for place in range(5)), lists.sounding(5, danceability=None))
    fake.answers[TABLE] = lists.table(total=6, items=items)
    query = "color=danceability&size=loudness"
    text = (await site.get(f"/playlists/{P}/scatter?{query}")).text

    assert "Danceability 0.33 to 0.67: a fairly steady beat" in text
    assert "Danceability not known" in text
    assert "small: Loudness −40.0 dB, quiet" in text
    assert 'aria-label="1. Song 0: energy 0.00, valence 0.00, danceability 0.50, loudness ' in text
    assert text.count('<path class="pt some"') == 6  # five points and the legend
    assert text.count('<path class="pt untold"') == 2
    for column in ("Energy", "Valence", "Danceability", "Loudness"):
        assert f'<th scope="col" class="r">{column}</th>' in text
    assert f'href="/playlists/{P}/charts/scatter.svg?x=energy&amp;y=valence&amp;{query}"' in (
        text.replace("&amp;size", "&size")
    )
    file = (await site.get(f"/playlists/{P}/charts/scatter.svg?{query}")).text
    assert "Danceability not known" in file


@pytest.mark.parametrize("query", ["x=nonsense&y=&color=red&size=-1", "x=" + "9" * 400, "size=%00"])
async def test_a_picture_of_nonsense_is_the_usual_one(site, query):
    """Ignored by rule; never a failure."""
    for part in ("scatter", "flow", "table", "profile"):
        answer = await site.get(f"/fragments/playlists/{P}/{part}?{query}")
        assert answer.status_code == 200
    assert ">Energy and valence</h2>" in (await site.get(f"/playlists/{P}/scatter?{query}")).text


async def test_a_picked_picture_stands_in_the_address_of_the_page(site):
    """With the view of the table, so that Back and reload keep both; not where it only loads."""
    picked = "x=tempo&y=valence&color=&along=energy&sort=energy&offset=25&picked=1"
    panel = await site.get(f"/fragments/playlists/{P}/scatter?{picked}")
    assert panel.headers["hx-push-url"] == f"/playlists/{P}?sort=energy&offset=25&x=tempo"
    loaded = await site.get(f"/fragments/playlists/{P}/scatter?x=tempo")
    assert "hx-push-url" not in loaded.headers
    text = (await site.get(f"/playlists/{P}?x=tempo&along=valence")).text
    assert f'hx-get="/fragments/playlists/{P}/scatter?x=tempo&amp;along=valence"' in text
    assert f'href="/playlists/{P}?sort=name&amp;x=tempo&amp;along=valence#table"' in text


@pytest.mark.parametrize(
    ("part", "pictures"),
    [
        ("scatter", ("scatter", "keys")),
        ("flow", ("flow", "parallel")),
        ("profile", ("energy", "tempo")),
    ],
)
async def test_each_chart_can_be_taken_along_and_has_its_data_table(site, part, pictures):
    """As SVG, as PNG drawn from it in the browser, and in figures."""
    text = (await site.get(f"/playlists/{P}/{part}")).text
    for name in pictures:
        address = rf'href="/playlists/{P}/charts/{name}\.svg[^"]*"'
        assert re.search(rf"<a {address} download>SVG", text)
        assert re.search(rf"<a {address} data-png>PNG", text)
    assert text.count("Data table") >= len(pictures)
    assert "/static/png-" in text


@pytest.mark.parametrize("name", ["energy", "tempo", "scatter", "keys", "flow", "parallel"])
async def test_each_chart_is_a_picture_of_its_own(site, name):
    """With a title, its own colours, and a policy that lets nothing else load."""
    answer = await site.get(f"/playlists/{P}/charts/{name}.svg?track={T}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.text.lstrip().startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "<title" in answer.text
    assert "<a " not in answer.text


async def test_a_chart_that_there_is_not_is_not_found(site, fake):
    """By name, and where nothing is known."""
    assert (await site.get(f"/playlists/{P}/charts/joy.svg")).status_code == 404
    fake.answers[PROFILE] = lists.profile(keys=())
    assert (await site.get(f"/playlists/{P}/charts/keys.svg")).status_code == 404


async def test_a_playlist_is_named_though_its_entries_are_not(site, fake):
    """Spotify may name a playlist and keep its contents to itself: bring the tracks."""
    for path in (TABLE, f"/v1/playlists/{P}/items"):
        fake.refuse(path, 404, "playlist-unavailable")
    answer = await site.get(f"/playlists/{P}?track={T}")

    assert answer.status_code == 200
    assert ">Quiet Mornings</h1>" in answer.text
    assert "This list’s name is known, but not its tracks" in answer.text
    assert 'value="Quiet Mornings"' in answer.text
    assert f'action="/collections?track={T}"' in answer.text
    assert "/export" not in answer.text
    assert "See a finished list" in answer.text


@pytest.mark.parametrize(
    ("status", "slug"),
    [(404, "playlist-unavailable"), (404, "playlist-not-found"), (503, "sources-unavailable")],
)
async def test_a_closed_playlist_has_one_thing_to_do(site, fake, status, slug):
    """Its tracks can be brought, and how to get them stands beside; who was asked is folded."""
    fake.refuse(f"/v1/playlists/{P}", status, slug)
    answer = await site.get(f"/playlists/{P}")

    assert answer.status_code == status
    assert "Nobody here can tell the tracks of this list" in answer.text
    assert "In Spotify’s desktop app" in answer.text
    assert "Who was asked" in answer.text
    assert f"https://open.spotify.com/playlist/{P}" in answer.text
    assert ("retry-after" in answer.headers) is (status == 503)


async def test_a_private_playlist_and_one_of_spotifys_own_are_explained(site, fake):
    """They look as if they did not exist; who only reads that would search for a typing error."""
    fake.refuse(f"/v1/playlists/{P}", 404, "playlist-not-found", hint=NotFound.ALSO["playlist"])
    text = (await site.get(f"/playlists/{P}")).text
    assert "Spotify’s own playlists (editorial ones, mixes, Discover Weekly) and private" in text
    assert "Bring the tracks yourself" in text


async def test_a_playlist_that_is_no_id_stays_a_plain_refusal(site, fake):
    """Nothing could be brought for it."""
    fake.refuse(f"/v1/playlists/{P}", 422, "bad-reference")
    answer = await site.get(f"/playlists/{P}")
    assert answer.status_code == 422
    assert "Describe these tracks" not in answer.text


@pytest.mark.parametrize("offset", ["nonsense", "-3", "9" * 20])
async def test_a_senseless_offset_is_the_beginning(site, offset):
    """A page never fails for a number in its address."""
    text = (await site.get(f"/playlists/{P}?offset={offset}")).text
    assert "Song 0<" in text or "There is nothing at this place of the list." in text


async def test_a_place_beyond_the_end_leads_back(site, fake):
    """An empty part of a list is a sentence with a link."""
    fake.answers[TABLE] = lists.table(100, items=())
    text = (await site.get(f"/playlists/{P}?offset=100")).text
    assert "nothing at this place" in text
    assert "Go to its beginning" in text


async def test_a_playlist_of_which_little_is_told_promises_nothing(site, fake):
    """No empty “by”, and a name all the same."""
    untold = Owner(id="", name=None)
    fake.answers[f"/v1/playlists/{P}"] = lists.playlist(owner=untold, name="", items_total=None)
    fake.refuse(PROFILE, 404, "features-unavailable")
    text = (await site.get(f"/playlists/{P}")).text
    assert ">by <" not in text
    assert "A playlist without a name" in text


async def test_tracks_known_by_their_address_alone_are_called_by_name(site, fake):
    """In the table, beside a song, and among those that stand apart."""
    raw = f"spotify:track:{T}"
    fake.answers[TABLE] = lists.table(items=(lists.sounding(0, id=T, name=raw),))
    near = lists.fit().nearest[0].model_copy(update={"id": T, "name": raw})
    fake.answers[FIT] = lists.fit(nearest=(near,))
    for path in ("", f"/fit?track={T}", "/scatter", "/flow"):
        text = (await site.get(f"/playlists/{P}{path}")).text
        assert music.track(T).name in text
        assert raw not in text


async def test_a_playlist_is_chosen_for_a_song(site, fake):
    """One's own, a finished one, one behind a link, or a new one; each with the song."""
    text = (await site.get(f"/playlists?track={T}")).text

    assert "would fit among its tracks" in text
    assert f'href="/playlists/{own.LIST}?track={T}"' in text
    assert "A finished one, of invented artists" in text
    assert f'action="/collections?track={T}"' in text
    led = await site.get(
        "/playlists", params={"track": T, "q": f"https://open.spotify.com/playlist/{P}?si=2"}
    )
    assert (led.status_code, led.headers["location"]) == (303, f"/playlists/{P}?track={T}")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (f"spotify:album:{T}", "That is an album. That names no playlist."),
        ("https://evil.example/x", "This is not a Spotify link."),
        (f"https://open.spotify.com/track/{T}", "That is a track."),
    ],
)
async def test_a_link_to_no_playlist_is_told_and_kept(site, link, says):
    """422, with what was pasted."""
    answer = await site.get("/playlists", params={"q": link})
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{link}"' in answer.text


async def test_without_lists_there_are_still_two_ways(site, fake):
    """A link, and tracks of one's own choice."""
    fake.refuse("/v1/collections", 503, "sources-unavailable")
    text = (await site.get("/playlists")).text
    assert "A playlist you know" in text
    assert "Tracks of your choice" in text
    assert "Your lists" not in text


async def test_few_calls_make_a_page(site, fake):
    """Side by side: the list, its table, its profile, and what the library has."""
    await site.get(f"/playlists/{P}")
    assert len([path for path in fake.asked if path != "/v1/sources"]) == 4
