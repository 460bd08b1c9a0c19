"""An own file is named otherwise on a page of its own."""

import json

from fastapi import Response

from tests.web import music, own

T = own.OWN
EDIT = f"/library/{T}/edit"
PATCH = f"PATCH /v1/library/tracks/{T}"


async def test_the_names_stand_there_as_they_are(site, fake):
    """With what each is for."""
    fake.answers[f"/v1/library/tracks/{T}"] = own.file(genres=("slow techno", "dub"))
    text = (await site.get(EDIT)).text

    assert 'value="slow techno, dub"' in text
    assert "The number of this recording" in text


async def test_names_are_changed_and_one_is_led_back(site, fake):
    """What is emptied is cleared; genres are a list."""
    fake.answers[PATCH] = own.file()
    said = {"title": "Dawn", "artist": "", "album": " ", "genres": "dub, , slow techno"}
    answer = await site.post(EDIT, data=said)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/tracks/{T}"
    assert json.loads(fake.sent[-1]) == {
        "title": "Dawn",
        "artist": None,
        "album": None,
        "genres": ["dub", "slow techno"],
        "isrc": None,
        "spotify_id": None,
    }


async def test_what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(site, fake):
    """Also where it is one genre of several."""
    errors = (
        {"pointer": "body/isrc", "detail": "An ISRC has two letters."},
        {"pointer": "body/genres/1", "detail": "A genre may have 60 characters."},
    )
    fake.refuse(PATCH, 422, "invalid-request", errors=errors)
    answer = await site.post(EDIT, data={"title": "Dawn", "isrc": "GB-1", "genres": "dub, x"})

    assert answer.status_code == 422
    assert 'value="GB-1"' in answer.text
    assert 'id="isrc-wrong" role="alert">An ISRC has two letters.' in answer.text
    assert 'id="genres-wrong" role="alert">A genre may have 60 characters.' in answer.text


async def test_another_refusal_stands_above_the_form(site, fake):
    """Such as a full disk."""
    fake.answers[PATCH] = music.problem(507, "no-room")
    answer = await site.post(EDIT, data={"title": "Dawn"})

    assert answer.status_code == 507
    assert 'value="Dawn"' in answer.text
    assert 'role="alert"' in answer.text


async def test_the_demo_label_is_removed_as_a_whole(site, fake):
    """After a question."""
    asked = await site.get("/library/demo/delete")
    fake.answers["DELETE /v1/library/demo"] = Response(status_code=204)
    done = await site.post("/library/demo/delete")

    assert "Your own files and lists stay" in asked.text
    assert done.headers["location"] == "/library"
    assert fake.asked[-1] == "DELETE /v1/library/demo"


async def test_a_file_of_ones_own_can_be_edited_from_the_library(site):
    """A piece of the demo label keeps its names."""
    text = (await site.get("/library")).text

    assert f'href="{EDIT}"' in text
    assert f"/library/{own.DEMO}/edit" not in text
