"""Brands are made, shown, changed and deleted without a script; nothing typed is lost."""

import html
import json
import re

import httpx
import pytest
import pytest_asyncio

from api.demo import catalogue
from api.http.examples import of_the_label
from api.schemas.brands import MadeFrom, Targets
from api.schemas.problem import InvalidPart
from api.schemas.provenance import SourceName
from api.settings import Settings
from tests.web import brands, music, own
from web.app import create_app

BRAND = f"/brands/{brands.BRAND}"
SHELF = "/v1/brands"
ONE, OTHER, THIRD = (track.id for track in catalogue().tracks[:3])
NAME = "שלום " + "x" * 120 + " 🎷"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(tmp_path_factory):
    """The whole product with the demo label and without a key."""
    folder = tmp_path_factory.mktemp("brands")
    settings = Settings(
        _env_file=None, data_dir=folder, worker=False, sources=(SourceName.LIBRARY,)
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield client


in_one_loop = pytest.mark.asyncio(loop_scope="module")


def values(text):
    """What stands in the fields of a page."""
    found = re.findall(r'name="([\w-]+)"[^>]*? value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in found}


def at(answer):
    """Where a page of its own follows, and what it is about."""
    assert answer.status_code == 303
    return answer.headers["location"]


async def api(client, path):
    """What the API says of the brand of a page."""
    return (await client.get(f"/v1{path}")).json()


async def test_none_five_plain_questions(site):
    """Empty: the page begins with them, and says the other two ways."""
    text = (await site.get("/brands")).text

    assert text.count("<legend>") == 5
    assert "danced to or listened to?" in text
    assert 'href="/brands/new/songs"' in text
    assert 'href="/brands/new"' in text
    assert "Your brands" not in text
    assert "Show none" not in text


async def test_answers_fill_in_ranges_which_are_kept_by_nobody_yet(site, fake):
    """Each answer the range of one feature; what does not matter, or is nonsense, stays empty."""
    text = (await site.get("/brands/new?danceability=high&energy=mid&valence=&tempo=x")).text

    told = values(text)
    assert (told["danceability-min"], told["danceability-max"]) == ("0.55", "1")
    assert (told["energy-min"], told["energy-max"]) == ("0.3", "0.7")
    assert told["valence-min"] == told["tempo-min"] == ""
    assert not [one for one in fake.asked if one.startswith("POST")]


async def test_brands_stand_in_a_list(site, fake):
    """With what they aim at; the chosen one says so, the others have a button."""
    fake.answers[SHELF] = brands.shelf(
        brands.brand(name=NAME), brands.brand(brands.OTHER, targets=Targets())
    )

    first = (await site.get("/brands")).text
    none = (await site.get("/brands", headers={"Cookie": "brand=none"})).text

    assert html.escape(NAME) in first
    assert "Aims at tempo, energy and liveness; made" in first
    assert "Aims at no range yet" in first
    assert (first.count("beside your tracks"), none.count("beside your tracks")) == (1, 0)
    assert "Show none beside tracks" in first
    assert "Show none beside tracks" not in none


async def test_which_brand_stands_beside_tracks_is_kept_in_a_cookie(site, fake):
    """One that is there, or none; one that is not there is refused."""
    chosen = await site.post("/brands/choice", data={"brand": brands.OTHER})
    none = await site.post("/brands/choice", data={"brand": "none"})
    fake.refuse("/v1/brands/brd_x", 404, "brand-not-found")
    gone = await site.post("/brands/choice", data={"brand": "brd_x"})

    assert (at(chosen), at(none)) == ("/brands", "/brands")
    assert chosen.headers["set-cookie"].startswith(f"brand={brands.OTHER}; HttpOnly")
    assert none.headers["set-cookie"].startswith("brand=none;")
    assert (gone.status_code, "set-cookie" in gone.headers) == (404, False)


@pytest.mark.parametrize(
    ("came", "place", "leads"),
    [
        ("http://localhost/tracks/x?view=table", "features", "/tracks/x?view=table#features"),
        ("http://localhost/compare?a=1&b=2", "", "/compare?a=1&b=2"),
        ("http://localhost/artists/x", "nowhere", "/artists/x"),
        ("http://evil.example/tracks/x", "features", "/brands"),
        ("http://localhost//evil.example/", "", "/brands"),
        ("http://[", "", "/brands"),
        ("", "features", "/brands"),
    ],
)
async def test_a_choice_leads_back_to_where_it_was_made(site, came, place, leads):
    """At the panel it was made in, and never off this site."""
    form = {"brand": brands.OTHER, "at": place}
    answer = await site.post("/brands/choice", data=form, headers={"Referer": came})

    assert at(answer) == leads


async def test_a_brand_is_shown_whole(site, fake):
    """Its words, each range on its scale and in words, its tracks by name; the rest comes after."""
    text = (await site.get(BRAND)).text

    assert "Late evening, one lamp on." in text
    assert "84 to 98 BPM" in text
    assert "matters somewhat" in text
    assert "First taken on 22 Nov" in text
    assert "(Own analysis)" in text
    assert f'href="/tracks/{own.OWN}"' in text
    assert f'hx-get="/fragments{BRAND}/preview"' in text
    assert f"GET /v1{BRAND}" in text


async def test_a_brand_without_ranges_or_tracks_says_so(site, fake):
    """Partial: by hand, without words, and one track that nobody knows."""
    fake.answers[f"/v1{BRAND}"] = brands.brand(
        words=None, targets=Targets(), made_from=(), references=(music.numbered(77),)
    )
    fake.answers["/v1/tracks"] = music.problem(503, "sources-unavailable")
    text = (await site.get(BRAND)).text

    assert "No range yet" in text
    assert "Said by hand on 22 Nov" in text
    assert "A track that nobody here knows" in text


async def test_a_brand_that_is_gone_is_a_page(site, fake):
    """404, in words."""
    fake.refuse(f"/v1{BRAND}", 404, "brand-not-found")

    for path in (BRAND, f"{BRAND}/edit", f"{BRAND}/delete", f"{BRAND}/preview"):
        answer = await site.get(path)
        assert answer.status_code == 404
        assert "brand-not-found" in answer.text


async def test_trouble_with_the_shelf_is_a_page(site, fake):
    """Error: 503 with the seconds to wait."""
    fake.refuse(SHELF, 503, "busy")
    answer = await site.get("/brands")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "90")


async def test_own_tracks_stand_beside_a_brand(site):
    """Each with a sentence and what is told per feature, under its source."""
    text = (await site.get(f"/fragments{BRAND}/preview")).text

    assert "features in your range" in text
    assert "<dt>Tempo, matters a lot</dt>" in text
    assert "Own analysis" in text
    assert "GET /v1/distance?ranges=tempo%3A84%3A98%3A1%2Cenergy" in text
    assert f"brand={brands.BRAND}" in text


async def test_an_empty_library_stands_beside_nothing(site, fake):
    """Empty: what to do is said."""
    fake.answers["/v1/library/tracks"] = own.files().model_copy(update={"items": (), "total": 0})
    preview = (await site.get(f"{BRAND}/preview")).text
    form = (await site.get("/brands/new/songs")).text

    for text in (preview, form):
        assert 'href="/upload"' in text
    assert "nothing to hold beside it" in preview
    assert "Nothing of your own is here yet" in form


async def test_files_that_are_being_analysed_are_left_out_and_counted(site, fake):
    """Partial: the others are shown."""
    fake.answers["/v1/library/tracks"] = own.files(own.file(), own.demo())
    late = music.problem(202, "analysis-in-progress")
    fake.answers["/v1/distance"] = brands.preview((own.OWN, own.DEMO), {own.DEMO: late})

    text = (await site.get(f"{BRAND}/preview")).text
    assert "One file left out" in text
    assert text.count('<a class="name"') == 1


async def test_the_preview_follows_ranges_that_nobody_has_kept(site, fake):
    """Those of the address are asked about, whether the brand is there or still to be made."""
    query = "energy-min=0,2&energy-max=&energy-weight=0.5&tempo-min=&name=%00%F0"

    for ident, brand in (("new", None), (brands.BRAND, brands.BRAND)):
        fake.asked.clear()
        text = (await site.get(f"/fragments/brands/{ident}/preview?{query}")).text
        [asked] = [one for one in fake.asked if one.startswith("/v1/distance")]
        assert "ranges=energy%3A0.2%3A1%3A0.5&" in asked
        assert ("brand=" in asked) == (brand is not None)
        assert "features in your range" in text
        assert "matters" in text


@pytest.mark.parametrize("weight", ["NaN", "1e400", "-3", "%00", "a lot", ""])
async def test_a_weight_that_is_none_counts_as_one_that_is(site, fake, weight):
    """Whatever an address says: between 0 and 1."""
    path = f"/fragments/brands/new/preview?energy-min=0.2&energy-weight={weight}"
    assert (await site.get(path)).status_code == 200
    [asked] = [one for one in fake.asked if one.startswith("/v1/distance")]
    assert asked.partition("&")[0].endswith(("%3A1", "%3A0"))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("energy-min=%00", "“\N{REPLACEMENT CHARACTER}” is no number."),
        ("energy-min=%ED%A0%80", "is no number."),
        ("energy-min==1%2B1", "“=1+1” is no number."),
        ("energy-min=loud", "“loud” is no number."),
        ("tempo-min=1000000000", "Tempo goes from 20 to 400 BPM."),
        ("valence-min=0.8&valence-max=0.2", "it begins at 0.8 and ends at 0.2."),
    ],
)
async def test_a_wrong_range_is_told_where_the_preview_stands(site, fake, query, says):
    """Error: 422, in the panel, with a link to the field; nothing is asked of the brand."""
    for ident in ("new", brands.BRAND):
        answer = await site.get(f"/fragments/brands/{ident}/preview?{query}&energy-min=")
        assert answer.status_code == 422
        assert says in html.unescape(answer.text)
        assert 'role="alert"' in answer.text
    assert not [one for one in fake.asked if one.startswith("/v1/distance")]


async def test_without_a_range_the_preview_says_so(site, fake):
    """Empty: nothing is near or far from no range."""
    for path in ("/fragments/brands/new/preview", "/brands/new"):
        assert (
            "There is no range yet that they could be held beside." in (await site.get(path)).text
        )
    assert not [one for one in fake.asked if one.startswith("/v1/distance")]


async def test_trouble_with_the_preview_takes_no_form_with_it(site, fake):
    """Error: the panel says why, the form stands; alone it is told with its status."""
    fake.refuse("/v1/distance", 503, "busy")

    form = await site.get("/brands/new?energy=low")
    alone = await site.get("/fragments/brands/new/preview?energy-min=0.2")

    assert form.status_code == 200
    assert values(form.text)["energy-max"] == "0.45"
    assert "busy" in form.text
    assert (alone.status_code, alone.headers["retry-after"]) == (503, "90")


async def test_the_finding_counts_what_may_well_lie_in_all_of_it(site, fake):
    """None with the nearest, one by its name, or how many."""
    fake.answers["/v1/library/tracks"] = own.files(own.file(), own.demo())
    told = brands.preview((own.OWN, own.DEMO))
    for distances, says in (
        ((0.5, 1.5), "None of 2 lies in all of it; “"),
        ((0.0, 1.5), "1 of 2 lies in all of it, or may well: “"),
        ((0.0, 0.0), "2 of 2 lie in all of it, or may well."),
    ):
        items = tuple(
            one.model_copy(update={"value": one.value.model_copy(update={"distance": far})})
            for one, far in zip(told.items, distances, strict=True)
            if one.value is not None
        )
        fake.answers["/v1/distance"] = told.model_copy(update={"items": items})
        assert says in (await site.get(f"{BRAND}/preview")).text


@pytest.mark.parametrize("path", ["/brands/new", BRAND])
async def test_without_a_script_a_button_shows_what_it_means(site, fake, path):
    """The whole form with what was typed, tracks beside it, and nothing kept."""
    form = {"name": NAME, "energy-min": "0.4", "energy-weight": "0.5", "more": "hello", "seen": "x"}

    shown = (await site.get("/brands/new" if path.endswith("new") else f"{path}/edit")).text
    right = await site.post(f"{path}/preview", data=form)
    wrong = await site.post(f"{path}/preview", data=form | {"energy-max": "0.1"})

    assert f'formaction="{path}/preview#means"' in shown
    assert (right.status_code, wrong.status_code) == (200, 422)
    assert "features in your range" in right.text
    assert "it begins at 0.4 and ends at 0.1" in wrong.text
    for answer in (right, wrong):
        told = values(answer.text)
        assert (html.escape(told["name"]), told["energy-min"]) == (html.escape(NAME), "0.4")
        assert ">hello</textarea>" in answer.text
        assert 'value="0.5" selected' in answer.text
    assert not [one for one in fake.asked if one.startswith(("POST", "PATCH"))]


@in_one_loop
async def test_a_brand_is_made_by_hand_changed_and_deleted(real):
    """From the first answer to the end, as a browser without JavaScript does it."""
    filled = (await real.get("/brands/new?energy=low")).text
    form = values(filled) | {"name": NAME, "words": "warm\nand close", "energy-weight": "0.5"}
    form |= {"tempo-min": "84,5", "loudness-max": "−9", "more": f"spotify:track:{music.TRACK}"}
    made = await real.post("/brands/new", data=form | {"song": [ONE, OTHER]})
    path = at(made)
    told = await api(real, path)

    assert made.headers["set-cookie"].startswith(f"brand={told['id']};")
    assert (told["name"], told["words"]) == (NAME, "warm\nand close")
    assert told["references"] == [ONE, OTHER, music.TRACK]
    assert told["targets"] == {
        "tempo": {"min": 84.5, "max": 400, "weight": 1},
        "loudness": {"min": -60, "max": -9, "weight": 1},
        "energy": {"min": 0, "max": 0.45, "weight": 0.5},
    }
    shown = (await real.get(path)).text
    assert html.escape(NAME) in shown
    assert "beside your tracks" in shown

    edit = (await real.get(f"{path}/edit")).text
    assert f'value="{ONE}" checked' in edit
    assert f'value="{THIRD}" checked' not in edit
    again = values(edit) | {"name": "Warmer", "words": "", "tempo-min": "", "tempo-max": ""}
    assert at(await real.post(f"{path}/edit", data=again | {"song": [THIRD]})) == path
    told = await api(real, path)
    assert (told["name"], told["words"], told["references"]) == ("Warmer", None, [THIRD])
    assert set(told["targets"]) == {"loudness", "energy"}

    assert "Delete “" in (await real.get(f"{path}/delete")).text
    assert at(await real.post(f"{path}/delete")) == "/brands"
    assert (await real.get(path)).status_code == 404


@in_one_loop
async def test_a_brand_is_made_of_songs(real):
    """One from a link on a track’s page, two ticked; the ranges are what they span."""
    ticked = (await real.get(f"/brands/new/songs?song={ONE}")).text
    assert f'value="{ONE}" checked' in ticked

    path = at(await real.post("/brands/new/songs", data={"name": "Mine", "song": [ONE, OTHER]}))

    told = await api(real, path)
    assert [one["id"] for one in told["made_from"]] == [ONE, OTHER]
    assert "energy" in told["targets"]
    preview = (await real.get(f"{path}/preview")).text
    assert preview.index("8 of 8 features in your range") < preview.index("farthest")
    assert re.search(r"\b([2-9]|1\d) of 15 lie in all of it, or may well\.", preview)
    assert of_the_label().track_id in preview


@in_one_loop
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "A brand needs a name."),
        ({"name": "x" * 201}, "This may have 200 characters; it has 201."),
        ({"words": "y" * 2_001}, "This may have 2,000 characters; it has 2,001."),
        ({"energy-min": "loud"}, "“loud” is no number. Write one such as 0.4."),
        ({"tempo-max": "1e999"}, "“1e999” is no number."),
        ({"tempo-max": "1000000000"}, "Tempo goes from 20 to 400 BPM."),
        ({"loudness-min": "-99"}, "Loudness goes from −60 to 6 dB."),
        ({"valence-min": "0.8", "valence-max": "0.2"}, "it begins at 0.8 and ends at 0.2."),
        ({"more": "hello"}, "“hello”: "),
        ({"song": [ONE] * 2 + [f"own_{'1' * 22}"]}, "There is no such file"),
    ],
)
async def test_a_refused_form_keeps_everything_that_was_typed(real, wrong, says):
    """The error stands at its field and leads there from the top; nothing was made."""
    before = (await real.get(SHELF)).json()
    typed = {"name": "Warm", "words": "mine", "energy-max": "0.9", "valence-weight": "0.25"}
    form = typed | {"more": music.TRACK, "song": [OTHER]} | wrong

    answer = await real.post("/brands/new", data=form)

    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    assert text.count(says) == 2
    told = values(answer.text)
    fields = {name: form[name] for name in form if name.endswith(("-min", "-max", "name"))}
    assert {name: told[name] for name in fields} == fields
    assert f">{form['words']}</textarea>" in text
    assert f">{form['more']}</textarea>" in text
    assert text.count(" checked>") == len(set(form["song"]))
    assert 'value="0.25" selected' in text
    assert 'aria-invalid="true"' in text
    [wrong_at, *_] = re.findall(r'<li><a href="#([\w-]+)"', text)
    assert f'id="{wrong_at}"' in text
    assert (await real.get(SHELF)).json() == before


@in_one_loop
@pytest.mark.parametrize(
    ("songs", "says"),
    [
        ({}, "Choose one to five songs"),
        ({"song": [track.id for track in catalogue().tracks[:7]]}, "these are 7."),
        ({"song": [ONE], "more": music.TRACK}, music.TRACK),
        ({"song": [ONE], "more": "hello"}, "An id has 22 letters"),
    ],
)
async def test_songs_that_make_no_brand_are_named(real, songs, says):
    """And nothing is made of the others; what was ticked and typed stays."""
    before = (await real.get(SHELF)).json()

    answer = await real.post("/brands/new/songs", data={"name": "Mine", "words": "w"} | songs)

    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert says in text
    assert text.count(" checked>") == len(songs.get("song", ()))
    assert f">{songs.get('more', '')}</textarea>" in text
    assert values(answer.text)["name"] == "Mine"
    assert (await real.get(SHELF)).json() == before


@in_one_loop
async def test_changed_meanwhile_both_are_shown(real):
    """What stands now and what was typed; saved again, what was typed stands."""
    path = at(await real.post("/brands/new", data={"name": "First", "energy-min": "0.4"}))
    mine = values((await real.get(f"{path}/edit")).text)
    theirs = await real.patch(f"/v1{path}", json={"name": "Theirs"})
    assert theirs.status_code == 200

    answer = await real.post(f"{path}/edit", data=mine | {"name": "Mine"})

    assert answer.status_code == 412
    assert "What stands now" in answer.text
    assert "It is called “Theirs”." in answer.text
    assert "Energy: 0.40 to 1.00, matters a lot." in answer.text
    assert values(answer.text)["name"] == "Mine"
    assert (await api(real, path))["name"] == "Theirs"
    again = await real.post(f"{path}/edit", data=values(answer.text))
    assert at(again) == path
    assert (await api(real, path))["name"] == "Mine"


@in_one_loop
async def test_a_wrong_change_keeps_what_was_typed_and_the_version_it_is_of(real):
    """Mended, it is still refused if somebody else was faster."""
    path = at(await real.post("/brands/new", data={"name": "First"}))
    mine = values((await real.get(f"{path}/edit")).text)
    wrong = await real.post(f"{path}/edit", data=mine | {"tempo-min": "fast"})
    await real.patch(f"/v1{path}", json={"name": "Theirs"})

    mended = await real.post(f"{path}/edit", data=values(wrong.text) | {"tempo-min": "100"})

    assert (wrong.status_code, mended.status_code) == (422, 412)
    assert values(mended.text)["tempo-min"] == "100"


@pytest.mark.parametrize("slug", ["busy", "no-room", "conflict", "sources-unavailable"])
@pytest.mark.parametrize("path", ["/brands/new", "/brands/new/songs", f"{BRAND}/edit"])
async def test_what_cannot_be_kept_now_stays_on_the_page(site, fake, slug, path):
    """With why, and when to try again; the status is the API’s."""
    status = {"busy": 503, "no-room": 507, "conflict": 409, "sources-unavailable": 503}[slug]
    target = f"PATCH /v1{BRAND}" if path.endswith("edit") else f"POST {SHELF}"
    fake.refuse(target, status, slug)
    form = {"name": "Warm", "words": "mine", "seen": '"x"', "song": own.OWN, "energy-min": "0.4"}

    answer = await site.post(path, data=form)

    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)
    assert values(answer.text)["name"] == "Warm"
    assert ">mine</textarea>" in answer.text
    assert 'role="alert"' in answer.text


async def test_what_the_api_finds_wrong_stands_at_its_field(site, fake):
    """Also what the form could not have known."""
    parts = [("body/targets/energy/min", "Too low."), ("body/targets/tempo", "Turned.")]
    parts += [("body/words", "Unkind."), ("body/references/0", "No track.")]
    wrong = tuple(InvalidPart(pointer=place, detail=says) for place, says in parts)
    fake.refuse(f"POST {SHELF}", 422, "invalid-request", errors=wrong)

    answer = await site.post("/brands/new", data={"name": "Warm", "song": own.OWN})

    assert answer.status_code == 422
    for name, says in (("energy", "Too low."), ("tempo", "Turned."), ("words", "Unkind.")):
        assert f'id="{name}-wrong" dir="auto" hx-ignore>{says}' in answer.text
    assert f"“{own.OWN}”: No track." in html.unescape(answer.text)
    assert json.loads(fake.sent[0])["references"] == [own.OWN]


async def test_a_brand_of_two_sources_names_both(site, fake):
    """Which each range came from is said."""
    made_from = (
        MadeFrom(id=own.OWN, source=SourceName.LIBRARY, loudness_reference="LUFS"),
        MadeFrom(id=music.TRACK, source=SourceName.SPOTIFY, loudness_reference="dBFS"),
    )
    fake.answers[f"/v1{BRAND}"] = brands.brand(made_from=made_from)

    assert "two songs span (Own analysis and Spotify)" in (await site.get(BRAND)).text
