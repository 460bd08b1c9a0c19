import re
from typing import Any

import pytest

from api.music.key_names import camelot, key_name
from api.schemas.playlist import KeyCount
from api.schemas.provenance import Missing, Reason
from tests.web import lists, music, own, sound

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST


def told(fake, *, wrote="6/4", **heard: Any) -> None:
    """Let the API say the same of a track, of its sections, its composer and its playlist."""
    name, beats = key_name(heard["key"], heard["mode"]), heard["time_signature"]
    code = camelot(heard["key"], heard["mode"])
    composed = {"key": heard["key"], "mode": heard["mode"], "key_name": name}
    parts = tuple(each.model_copy(update=heard) for each in sound.sections())
    fake.answers |= {
        f"/v1/tracks/{own.DEMO}/features": sound.features(own.DEMO, **heard, key_name=name),
        f"/v1/tracks/{own.DEMO}/analysis": sound.analysis(
            track=sound.summary(**heard), sections=parts
        ),
        f"/v1/library/tracks/{own.DEMO}": own.demo(
            truth=own.truth(**composed, time_signature=wrote)
        ),
        f"/v1/playlists/{P}/profile": lists.profile(
            keys=(KeyCount(camelot=code, key_name=name, count=3),),
            time_signatures={str(beats): 3},
        ),
        f"/v1/playlists/{P}/table": lists.table(items=(lists.sounding(0, camelot=code),)),
    }


PAGES = (
    *(f"/tracks/{own.DEMO}/{part}" for part in ("features", "analysis", "composer")),
    *(f"/tracks/{own.DEMO}/analysis/summary", f"/playlists/{P}/scatter"),
)


@pytest.mark.parametrize(("key", "mode", "name"), [(8, 0, "G♯ minor"), (8, 1, "A♭ major")])
async def test_a_key_has_one_name_on_every_page(site, fake, key, mode, name):
    """The same note is a sharp in one key and a flat in another, but not from page to page."""
    told(fake, key=key, mode=mode, time_signature=4)
    for page in PAGES:
        text = (await site.get(page)).text
        assert name in text, page
        other = "A♭ minor" if mode == 0 else "G♯ major"
        assert other not in text, page


async def test_a_metre_is_written_only_where_its_composer_wrote_it(site, fake):
    """A source counts beats in a bar; whether six are 6/8 or 6/4 it does not say."""
    told(fake, key=8, mode=0, time_signature=6)

    profile = f"/playlists/{P}/profile"
    for page in (*(page for page in PAGES if not page.endswith(("summary", "scatter"))), profile):
        text = (await site.get(page)).text
        assert re.search("6 (<small>)?beats", text), page
        assert ("6/4" in text) is page.endswith("composer"), page
    assert ">6/8<" not in (await site.get(f"/tracks/{own.DEMO}/features")).text


@pytest.mark.parametrize("part", ["features", "analysis"])
async def test_where_nobody_knows_the_sound_one_button_leads_to_the_own_file(site, fake, part):
    """A wall of refusals is no way on."""
    fake.refuse(f"/v1/tracks/{T}/{part}", 404, f"{part}-unavailable")

    text = (await site.get(f"/tracks/{T}/{part}")).text

    lead = (
        f'<a class="button" href="/upload?spotify_id={T}">Have your own file of it heard here</a>'
    )
    assert lead in text


async def test_a_track_whose_artist_nobody_tells_is_by_nobody(site, fake):
    """The link preview has a title and a picture, no more."""
    untold = tuple(
        Missing(field=name, reason=Reason.NOT_KNOWN, detail="Not told.")
        for name in ("artists", "album.name")
    )
    album = music.track().album
    assert album is not None
    album = album.model_copy(update={"name": "", "release_date": None})
    changes = {"artists": (), "album": album, "missing": untold}
    fake.answers[f"/v1/tracks/{T}"] = music.track().model_copy(update=changes)

    text = (await site.get(f"/tracks/{T}")).text

    assert "nobody named" not in text
    assert "taken down" not in text
