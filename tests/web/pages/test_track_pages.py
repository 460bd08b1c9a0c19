"""The page of a track in each of its states: full, bare, closed, late, stale, one's own, linked."""

import asyncio
import re
import xml.etree.ElementTree as ET
from typing import Any

import httpx
import pytest

from api.schemas.library import JobState
from api.schemas.provenance import Reason, SourceName
from tests.web import brands, music, own, sound
from tests.web.fake import product
from web.pages import panel
from web.site import ExampleIds, Site

T, O = music.TRACK, own.OWN  # noqa: E741  # one of Spotify's, and one's own
FEATURES, NEAR = f"/v1/tracks/{O}/features", "/v1/library/nearest"


async def text_of(site, path, status=200):
    """The page as text."""
    answer = await site.get(path)
    assert answer.status_code == status
    return answer.text


async def test_a_track_opens_with_four_figures(site):
    """Tempo and key first, each with how sure it is, in the page itself and not loaded later."""
    text = await text_of(site, f"/tracks/{O}")

    order = [text.index(f"<dt>{name}</dt>") for name in ("Tempo", "Key", "Loudness", "Metre")]
    assert order == sorted(order)
    assert order[-1] < text.index("What the whole track sounds like")
    assert "−9.8 <small>LUFS</small>" in text
    assert "Felt twice as fast it is 144" in text


async def test_confidence_in_words_stands_beside_the_figures(site):
    """From the analysis of the same source, asked for nothing but that."""
    text = await text_of(site, f"/tracks/{O}/features")
    assert "</svg>unsure</span>" in text
    assert "</svg>probably right</span>" in text
    assert "</svg>very likely right</span>" in text


async def test_a_source_that_says_nothing_of_its_confidence_is_named(site, fake):
    """And its analysis is not asked for."""
    text = await text_of(site, f"/tracks/{T}/features")
    assert text.count("stated by ReccoBeats</span>") == 4
    assert not [path for path in fake.asked if "/analysis" in path]


async def test_a_strip_has_a_value_a_word_and_a_place(site):
    """Its typical error is drawn, and explained once for all."""
    text = await text_of(site, f"/tracks/{O}/features")

    assert 'aria-label="Energy 0.34, moderately intense; typically off by 0.11"' in text
    assert "higher than 5 of 14" in text
    assert "joint lowest of 15" in text
    assert "the other 14 tracks here" in text
    assert text.count("typically off by as much as the pale bar") == 1
    assert "±" not in text
    assert "a model’s guess" not in text


async def test_no_steady_beat_stands_beside_a_doubted_one(site, fake):
    """Neither in the sentence nor below the name of a strip."""
    fake.answers[FEATURES] = own.features(danceability=0.9)
    doubted = sound.summary(tempo_confidence=0.2)
    fake.answers[f"/v1/tracks/{O}/analysis"] = sound.analysis(id=O, track=doubted)
    text = await text_of(site, f"/tracks/{O}/features")

    assert "a strong, steady beat" not in text
    assert "Danceability 0.90, a pulse it is not sure of" in text


async def test_a_range_wished_for_is_drawn_and_judged(site, fake):
    """That of the brand that was chosen, by its name."""
    fake.answers["/v1/brands"] = brands.shelf(brands.brand())
    fake.answers[f"/v1/brands/{brands.BRAND}/distance"] = brands.distance()
    text = await text_of(site, f"/tracks/{O}/features")

    assert "your range, “Warm and close”" in text
    assert "<strong>in your range</strong>" in text
    assert "Beside “<bdi>Warm and close</bdi>”: 1 of 2 features in your range" in text
    assert "your range is 0.30 to 0.55" in text


@pytest.mark.parametrize(
    ("view", "has"),
    [
        ("strips", 'class="strips"'),
        ("table", "Typically off by"),
        ("radar", 'class="radar"'),
        ("<script>", 'class="strips"'),
    ],
)
async def test_the_numbers_can_be_looked_at_in_three_ways(site, view, has):
    """As strips, as a table, as a radar; nonsense shows strips."""
    answer = await site.get(f"/tracks/{O}", params={"view": view})
    assert has in answer.text


async def test_a_felt_tempo_can_be_shown_and_taken_back(site):
    """By a link of its own."""
    counted = await text_of(site, f"/tracks/{O}")
    felt = await text_of(site, f"/tracks/{O}?felt=double")

    assert '<a href="?felt=double">Show as 144</a>' in counted
    assert "144 <small>BPM</small>" in felt
    assert '<a href="?">Show as 72</a>' in felt


async def test_the_wheel_leads_to_the_tracks_in_each_key(site):
    """24 links; those that blend are named, and how many here fit."""
    text = await text_of(site, f"/tracks/{O}/features")

    assert len(re.findall(rf'href="/tracks/{O}/similar\?camelot=\d+[AB]"', text)) == 24
    assert 'aria-label="12A, C♯ minor, blends with it, 1 track"' in text
    assert ">3 tracks here fit</a>" in text


async def test_features_without_key_or_words_are_said_to_be_so(site, fake):
    """Null is a sentence, even where the API forgot to say why."""
    bare: dict[str, Any] = dict.fromkeys(("key", "mode", "key_name", "camelot", "time_signature"))
    fake.answers[FEATURES] = own.features(**bare, energy=None, tempo_candidates=(), missing=())
    text = await text_of(site, f"/tracks/{O}/features")

    assert "Spoken words, noise and very changeable music have none." in text
    assert "The source did not say." in text
    assert "Camelot wheel" not in text


async def test_a_key_without_its_mode_has_no_wheel(site, fake):
    """Half a key is shown as half a key."""
    fake.answers[FEATURES] = own.features(mode=None, key_name="F♯", camelot=None)
    text = await text_of(site, f"/tracks/{O}/features")
    assert "F♯" in text
    assert "Camelot wheel" not in text


async def test_features_of_which_only_the_tempo_is_known_are_no_empty_chart(site, fake):
    """A sentence stands where strips would, and nothing is offered that has nothing in it."""
    names = ("energy", "valence", "danceability", "acousticness", "instrumentalness", "speechiness")
    bare: dict[str, Any] = dict.fromkeys(names)
    fake.answers[FEATURES] = own.features(**bare)
    text = await text_of(site, f"/tracks/{O}/features")

    assert "No source here says how intense" in text
    assert 'class="strips"' not in text
    assert "strips.svg" not in text


async def test_without_other_tracks_nothing_is_ranked(site, fake):
    """No population, no place in it."""
    fake.answers[NEAR] = own.near(compared=0, items=(), keys={}, ranks={})
    text = await text_of(site, f"/tracks/{O}/features")

    assert "other" not in text.split('class="legend"')[1].split("</ul>")[0]
    assert "No other track here blends with it yet." in text


async def test_what_each_number_means_is_folded_below(site):
    """One line, one paragraph, its range, what low and high sound like, how sure it is here."""
    text = await text_of(site, f"/tracks/{O}")
    fold = text.split("What each number means</summary>")[1].split("</details>")[0]

    assert fold.count("<dt>") == 9
    assert "0.00 to 1.00" in fold
    assert "Low: a lullaby" in fold
    assert "An estimate, typically off by 0.11 either way." in fold
    assert text.index("What happens when") < text.index("What each number means")


async def test_what_is_absent_is_told_once_below_the_panels(site):
    """With its reason; what no musician misses is not named."""
    text = await text_of(site, f"/tracks/{O}")
    assert text.count("Not here, and why") == 1
    assert text.index("Not here, and why") > text.index("What happens when")
    assert "Not measured: whether an audience is there" in text
    assert "Explicit mark" not in text


@pytest.mark.parametrize(
    ("attempts", "why"),
    [
        (
            None,
            "Spotify gives audio features only to apps approved before 27 November 2024, and no",
        ),
        ((), "No source here knows this one."),
    ],
)
async def test_a_closed_track_says_why_and_has_one_way_on(site, fake, attempts, why):
    """In one sentence, with the link filled in; who was asked is folded."""
    more = {} if attempts is None else {"attempts": attempts}
    fake.refuse(f"/v1/tracks/{T}/features", 404, "features-unavailable", **more)
    text = await text_of(site, f"/tracks/{T}")
    lead = (
        f'<a class="button" href="/upload?spotify_id={T}">Have your own file of it heard here</a>'
    )

    assert "Nobody here has described this song yet" in text
    assert why in text
    assert "Your own file answers the same questions." in text
    assert text.split("<main")[1].count('class="button"') == 1
    assert "Next:" not in text
    assert lead in text
    assert "Nearest by sound" not in text
    assert 'class="figures"' not in text
    assert ("Who was asked" in text) is (attempts is None)


async def test_a_source_that_is_down_is_asked_again(site, fake):
    """The page stands; its panel says when, and lets one try."""
    fake.refuse(f"/v1/tracks/{T}/features", 503, "sources-unavailable", hint=None)
    text = await text_of(site, f"/tracks/{T}")
    panel_alone = await site.get(f"/fragments/tracks/{T}/features")

    assert "Ask again in" in text
    assert "Try again" in text
    assert panel_alone.status_code == 503


async def test_a_slow_source_keeps_no_page_waiting(site, fake, monkeypatch):
    """The place of the panel is held, it loads by itself, and without scripts it is a link."""
    monkeypatch.setattr(panel, "PATIENCE_S", 0.01)
    release = asyncio.Event()

    async def slowly(*_args):
        await release.wait()

    monkeypatch.setattr("web.pages.features.sounding", slowly)
    text = await text_of(site, f"/tracks/{T}?view=table")
    release.set()

    assert f'hx-get="/fragments/tracks/{T}/features?view=table" hx-trigger="load"' in text
    assert (
        f'<a href="/tracks/{T}/features?view=table" dir="auto">Show what it sounds like</a>' in text
    )


async def test_a_stale_track_is_marked(site, fake):
    """The data stays, with a word on its age."""
    fake.headers["Cache-Status"] = "earprint; fwd=stale; fwd-status=429; detail=gated"
    assert "could not be asked again" in await text_of(site, f"/tracks/{T}")


async def test_a_file_in_work_fills_its_page_by_itself(site, fake):
    """Figures wait where they will stand; nothing below offers what is not there yet."""
    fake.answers[FEATURES] = own.job(JobState.RUNNING)
    text = await text_of(site, f"/tracks/{O}")

    assert f'hx-get="/fragments/tracks/{O}/features" hx-trigger="every 2s"' in text
    assert "Nearest by sound" not in text


async def test_a_linked_file_is_played_and_deleted_under_its_spotify_id(site, fake):
    """It is the owner's file there, too."""
    linked = own.file(spotify_id=T)
    fake.answers["/v1/library/tracks"] = own.files(linked)
    text = await text_of(site, f"/tracks/{T}")

    assert f'src="/v1/library/tracks/{O}/audio"' in text
    assert "Your own file, linked to this track" in text
    assert f'href="/library/{O}/delete"' in text


async def test_a_spreadsheet_does_not_replace_what_was_heard_in_a_linked_file(site, fake):
    """The own file is asked first; where there is none, the first source that can."""

    def answered():
        heard = "source=library" in fake.asked[-1]
        if heard:
            return own.features(T, tempo=91.0)
        return sound.features(source=SourceName.EXPORTIFY, tempo=120.0)

    fake.answers[f"/v1/tracks/{T}/features"] = answered
    text = await text_of(site, f"/tracks/{T}/features")

    assert "91 <small>BPM</small>" in text
    assert "120" not in text.split('class="figures"')[1].split("</dl>")[0]


async def test_one_source_can_be_asked_for(site, fake):
    """`?source=` goes on to the API."""
    await site.get(f"/tracks/{T}/features?source=exportify")
    assert f"/v1/tracks/{T}/features?source=exportify" in fake.asked


async def test_the_nearest_by_sound_are_named_with_what_they_share(site):
    """Folded in the page, open at its own address."""
    page = await text_of(site, f"/tracks/{O}/similar")
    panel_alone = await text_of(site, f"/fragments/tracks/{O}/similar")

    assert '<section id="similar" class="panel"' in page
    assert '<details id="similar" class="fold">' in panel_alone
    assert f'href="/tracks/{own.DEMO}"' in page
    assert "most apart in tempo (72 against 96 BPM)." in page
    assert "Compared with 14 other tracks by energy, valence and tempo." in page


async def test_the_nearest_in_some_keys_are_those_alone(site, fake):
    """The keys go on to the API and into the heading; what is no key does not."""
    text = await text_of(site, f"/tracks/{O}/similar?camelot=11A,12A,99Z")
    assert f"{NEAR}?track={O}&camelot=11A%2C12A&limit=10" in fake.asked
    assert "in 11A (F♯ minor) and 12A (C♯ minor)" in text


async def test_nothing_near_says_why(site, fake):
    """In this library, or in this key."""
    fake.answers[NEAR] = own.near(items=(), compared=0)
    assert "has been heard yet" in await text_of(site, f"/tracks/{O}/similar")
    fake.answers[NEAR] = own.near(items=())
    keyed = await text_of(site, f"/tracks/{O}/similar?camelot=5B")
    assert "No other track of this library is in 5B (E♭ major)." in keyed
    fake.refuse(NEAR, 404, "features-unavailable")
    text = (await site.get(f"/fragments/tracks/{O}/similar")).text
    assert "nothing can be near it" in text


async def test_sources_stand_side_by_side(site, fake):
    """Disagreement is shown, not averaged; unlike units and their note stand there."""
    note = {"fields": ("loudness",), "sources": ("reccobeats", "library"), "says": "Not compared."}
    both = sound.comparison()
    ours = own.features(T, energy=0.5, tempo=None)
    fake.answers[f"/v1/tracks/{T}/features/sources"] = type(both).model_validate(
        both.model_dump() | {"notes": (note,), "items": (both.items[0], ours)}
    )
    text = await text_of(site, f"/tracks/{T}/features/sources")

    assert re.search(r"Energy</th><td[^>]*>0.34</td><td[^>]*>0.50</td><td[^>]*>0.16", text)
    assert "not said" in text
    assert ">−9.8 dB<" in text
    assert ">−9.8 LUFS<" in text
    assert "Not compared." in text


async def test_a_single_source_has_nothing_to_agree_with(site, fake):
    """One answer is no comparison, and its fold says so before it is opened."""
    one = sound.comparison().model_copy(update={"sources": sound.comparison().sources[:1]})
    fake.answers[f"/v1/tracks/{T}/features/sources"] = one.model_copy(
        update={"items": one.items[:1]}
    )
    text = await text_of(site, f"/tracks/{T}/features/sources")
    assert "Only ReccoBeats answers" in text
    fragment = (await site.get(f"/fragments/tracks/{T}/features/sources")).text
    assert "only one answers for this track" in fragment


@pytest.mark.parametrize("name", ["strips", "wheel"])
async def test_a_chart_is_a_picture_of_its_own(site, fake, name):
    """Well-formed whatever a track is called, sandboxed, and sent once."""
    hostile = f"{music.HOSTILE}\x00\x0b\ufffe&"
    fake.answers[f"/v1/tracks/{O}"] = music.track(O, name=hostile)
    first = await site.get(f"/tracks/{O}/features/{name}.svg")
    again = await site.get(
        f"/tracks/{O}/features/{name}.svg", headers={"If-None-Match": first.headers["etag"]}
    )

    assert ET.fromstring(first.text).tag.endswith("svg")  # noqa: S314  # of our own making
    assert first.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in first.headers["content-security-policy"]
    assert again.status_code == 304


async def test_a_chart_of_what_nobody_knows_is_the_refusal(site, fake):
    """No blank picture."""
    fake.refuse(FEATURES, 404, "features-unavailable")
    assert (await site.get(f"/tracks/{O}/features/strips.svg")).status_code == 404


async def test_a_picture_of_no_key_marks_none(site, fake):
    """It says so in its title."""
    fake.answers[FEATURES] = own.features(key=None, mode=None, key_name=None, camelot=None)
    assert ">no key</text>" in (await site.get(f"/tracks/{O}/features/wheel.svg")).text


async def test_numbers_are_taken_along(site):
    """As a spreadsheet, as the API's own answer, as pictures; PNG beside its SVG."""
    text = await text_of(site, f"/tracks/{O}/features")
    assert f'<a href="/v1/tracks/{O}/export">CSV</a>' in text
    assert f'<a href="{FEATURES}">JSON</a>' in text
    assert f'<a href="/tracks/{O}/features/strips.svg" data-png>PNG</a>' in text


async def test_the_call_behind_the_numbers_is_in_their_source(site):
    """With who said it and when."""
    text = await text_of(site, f"/tracks/{T}/features")
    assert f"GET /v1/tracks/{T}/features" in text
    assert "ReccoBeats, asked 22 Nov" in text


async def test_a_name_of_somebody_else_may_be_anything(site, fake):
    """Letters from right to left, pictures, 136 of them without a space."""
    name = "ש" * 68 + "🎧" * 68
    fake.answers[f"/v1/tracks/{T}"] = music.track(name=name)
    assert f'dir="auto" hx-ignore>{name}</h1>' in await text_of(site, f"/tracks/{T}")


@pytest.mark.parametrize(
    ("status", "slug"), [(404, "track-unavailable"), (503, "sources-unavailable")]
)
async def test_a_track_that_nobody_can_name_has_the_same_way_on(site, fake, status, slug):
    """As without a key and a network; its file can be heard all the same."""
    fake.refuse(f"/v1/tracks/{T}", status, slug)
    answer = await site.get(f"/tracks/{T}")

    assert answer.status_code == status
    assert "Nobody here knows this track yet" in answer.text
    way_on = f'<a class="button" href="/upload?spotify_id={T}">'
    assert answer.text.count(way_on) == 2  # in the page, and at its foot
    assert answer.text.count('class="button"') == 3  # the header's Look up, and these
    assert (f'<a href="/tracks/{T}">Try again</a>' in answer.text) is (status == 503)
    assert ("retry-after" in answer.headers) is (status == 503)


async def test_without_a_file_one_walks_on_with_a_demo_track(fake):
    """Where there is one."""
    here = Site(examples=ExampleIds(music.ARTIST, own.DEMO, music.PLAYLIST))
    fake.refuse(f"/v1/tracks/{T}/features", 404, "features-unavailable")
    transport = httpx.ASGITransport(product(fake, here))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        text = (await client.get(f"/tracks/{T}")).text
    assert f'<a href="/tracks/{own.DEMO}">Walk on with a demo track</a>' in text


async def test_a_refusal_of_the_track_itself_is_its_page(site, fake):
    """With the API's status."""
    fake.refuse(f"/v1/tracks/{T}", 404, "track-not-found")
    assert (await site.get(f"/tracks/{T}")).status_code == 404


async def test_what_one_source_does_not_tell_of_a_track_leaves_no_gap(site, fake):
    """Neither a dash nor an empty line."""
    bare: dict[str, Any] = {"album": None, "artists": (), "isrc": None, "duration_ms": None}
    gap = music.gone("artists", Reason.NOT_KNOWN)
    fake.answers[f"/v1/tracks/{T}"] = music.track(**bare, explicit=None, missing=(gap,))
    text = await text_of(site, f"/tracks/{T}")
    assert 'class="by soft"' not in text
    assert "ISRC <" not in text
