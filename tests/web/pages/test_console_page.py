"""The console: a question put to this API, its answer explained, and nothing else reached."""

import json
import re

import pytest
from fastapi import Response

from tests.web import music, own
from web.client.description import at, endpoints

T, A, P = music.TRACK, music.ARTIST, music.PLAYLIST


async def test_empty_the_form_is_filled_with_what_answers_here(site, fake):
    """Nobody is asked before Send is pressed."""
    text = (await site.get("/console?endpoint=get_track")).text

    assert re.search(r'name="track_id" type="text" value="own_[0-9A-Za-z]{22}"', text)
    assert "It stands here once you have pressed Send." in text
    assert [path for path in fake.asked if path.startswith("/v1/tracks")] == []


async def test_sent_the_answer_is_shown_with_its_meaning(site):
    """Status, body, each field, each header, and the same question in three languages."""
    text = (await site.get(f"/console?endpoint=get_track_features&track_id={T}&send=1")).text

    assert '<span class="figure">200 <small>OK</small></span>' in text
    assert "&#34;danceability&#34;" in text
    assert "How well it suits dancing" in text
    assert "It was kept here, fresh for another 21 h." in text
    assert f"curl -s &#39;http://localhost/v1/tracks/{T}/features&#39;" in text
    assert "httpx.get(" in text
    assert "await fetch(" in text


async def test_a_field_of_the_answer_tells_on_focus_what_it_means(site):
    """Each that is explained is a link to its explanation, and bears it itself."""
    text = (await site.get(f"/console?endpoint=get_track_features&track_id={T}&send=1")).text
    [(place, about)] = re.findall(
        r'<a class="told" href="#(told-\d+)" data-help="([^"]+)">&#34;danceability&#34;</a>', text
    )

    assert about.startswith("How well it suits dancing")
    assert f'<dt id="{place}"><code>danceability</code>' in text


async def test_the_fragment_is_the_page_s_answer(site):
    """And tells the address of the page that shows the same."""
    asked = f"endpoint=get_track&track_id={T}&send=1"
    page = (await site.get(f"/console?{asked}")).text
    part = await site.get(f"/fragments/console/response?{asked}")

    untimed = re.compile(r"It took \d+ ms")
    assert untimed.sub("", part.text.strip()) in untimed.sub("", page)
    assert part.headers["hx-push-url"] == f"/console?{asked}"


async def test_a_panel_leads_to_its_own_question(site):
    """The address behind it is enough: the form is filled and the answer there."""
    text = (await site.get(f"/console?path=/v1/playlists/{P}/items%3Flimit%3D25")).text

    assert f'name="playlist_id" type="text" value="{P}"' in text
    assert 'name="limit" type="text" value="25"' in text
    assert "200 <small>OK" in text


@pytest.mark.parametrize(
    "pasted", [f"https://open.spotify.com/track/{T}?si=1", f"spotify:track:{T}", T]
)
async def test_a_link_does_as_well_as_an_id(site, fake, pasted):
    """As everywhere else here."""
    answer = await site.get(
        "/console", params={"endpoint": "get_track", "track_id": pasted, "send": "1"}
    )

    assert answer.status_code == 200
    assert fake.asked[-1].removeprefix("/v1/tracks/") in {T, f"spotify:track:{T}"}


async def test_a_wrong_id_is_told_kindly(site):
    """In the API's own words, with the form as it was typed."""
    answer = await site.get("/console?endpoint=get_track&track_id=not+an+id&send=1")

    assert answer.status_code == 422
    assert "This could not be asked." in answer.text
    assert 'value="not an id"' in answer.text


async def test_a_refusal_of_the_api_is_explained(site, fake):
    """Its title, its hint and what its kind means; the page itself is fine."""
    fake.refuse(f"/v1/tracks/{T}/analysis", 404, "analysis-unavailable")
    answer = await site.get(f"/console?endpoint=get_track_analysis&track_id={T}&send=1")

    assert answer.status_code == 200
    assert "Nobody here can give this." in answer.text
    assert "Connect Spotify." in answer.text
    assert 'href="/problems/analysis-unavailable"' in answer.text


async def test_what_must_be_given_is_asked_for(site, fake):
    """Before anybody is."""
    answer = await site.get("/console?endpoint=search&q=&send=1")

    assert answer.status_code == 422
    assert "Q must be given." in answer.text
    assert [path for path in fake.asked if path.startswith("/v1/search")] == []


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/v1/tracks/x",
        "//evil.example/v1/sources",
        "/v1/../readyz",
        "/v1/%2e%2e/readyz",
        "/openapi.json",
        "/sources",
        "/v1/library/tracks/own_1/audio",
        "http://[",
        "/v1/shared",
    ],
)
async def test_nothing_but_our_own_questions_can_be_asked(site, fake, path):
    """No other host, no other path, no file: whatever the address says."""
    answer = await site.get("/console", params={"path": path})

    assert answer.status_code == 422
    assert "no address of this API" in answer.text
    assert set(fake.asked) <= {"/v1/sources"}


@pytest.mark.parametrize("hostile", ["../../readyz", "a/b?c=d#e", "x\r\ny", "\0", "%2e%2e%2f", "é"])
async def test_whatever_is_typed_stays_one_part_of_the_address(document, hostile):
    """It can leave neither its place nor /v1."""
    known = endpoints(document)
    [one] = [each for each in known if each.name == "get_job"]
    path = one.path({"job_id": hostile})

    assert re.fullmatch(r"/v1/jobs/[^/?#\s]+", path)
    assert at(path, known) == (one, {"job_id": hostile})


async def test_a_huge_answer_is_cut_and_leads_to_the_whole(site, fake):
    """A browser is not asked to draw a book."""
    fake.answers["/v1/sources"] = Response(json.dumps({"n": list(range(100_000))}))
    text = (await site.get("/console?endpoint=get_sources&send=1")).text

    assert "This is the beginning of 0.7 MB." in text
    assert len(text) < 60_000


@pytest.mark.parametrize("body", [b"", b"not json", b'{"a": "\\ud800"}', b"[" * 5_000, b"\xff"])
async def test_an_answer_that_cannot_be_read_is_shown_as_it_is(site, fake, body):
    """The console never fails on what it shows."""
    fake.answers["/v1/sources"] = Response(body)

    assert (await site.get("/console?endpoint=get_sources&send=1")).status_code == 200


async def test_markup_in_an_answer_stays_text(site, fake):
    """Names come from strangers."""
    fake.answers["/v1/sources"] = Response(json.dumps({"name": music.HOSTILE}))
    text = (await site.get("/console?endpoint=get_sources&send=1")).text

    assert music.HOSTILE not in text


async def test_an_answer_that_nobody_may_keep_makes_such_a_page(site, fake):
    """What is private in the API is private here."""
    fake.headers["Cache-Control"] = "private, no-store"
    answer = await site.get("/console?endpoint=get_sources&send=1")

    assert answer.headers["cache-control"] == "private, no-store"


async def test_an_unknown_endpoint_is_told(site):
    """And the list stands beside it."""
    answer = await site.get("/console?endpoint=drop_table")

    assert answer.status_code == 422
    assert "There is no endpoint of that name." in answer.text


async def test_every_question_that_reads_can_be_put(site, document):
    """Each endpoint has a form in plain words."""
    for one in endpoints(document):
        text = (await site.get(f"/console?endpoint={one.name}")).text
        assert f"GET {one.template}".replace("{", "{") in text, one.name
        assert one.about, one.name


async def test_own_files_answer_too(site):
    """Under their own ids."""
    text = (await site.get(f"/console?path=/v1/library/tracks/{own.OWN}")).text

    assert "200 <small>OK" in text
