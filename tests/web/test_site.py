import gzip

import pytest
from fastapi import Request

from api.http.static import read_assets
from api.schemas.artist import Image
from web.render import assets
from web.responses import knows
from web.site import Site

PAGES_JS_BYTES, ANALYSIS_JS_BYTES = 20_000, 50_000
OF_ANALYSIS = {"lanes.js", "player.js", "stretch.js", "uplot-1.6.32.iife.min.js"}
OF_ANY = {"earprint.js", "htmx-4.0.1.min.js", "png.js"}
CSS_BYTES = 12_000


def image(url, width=None):
    """A picture there."""
    return Image(url=url, width=width, height=width)


def test_pictures_come_from_allowed_places_only():
    """What the policy would block is not put on a page."""
    site = Site(
        picture_origins=("https://i.scdn.co", "https://*.spotifycdn.com", "http://127.0.0.1:9")
    )
    for shown in ("https://i.scdn.co/a", "https://x.spotifycdn.com/a", "http://127.0.0.1:9/a"):
        assert site.picture([image(shown)])
    for blocked in (
        "http://i.scdn.co/a",
        "https://evil.example/a",
        "javascript:1",
        "http://[",
        "https://evil@x.spotifycdn.com/a",
    ):
        assert site.picture([image(blocked)]) is None


def test_pictures_of_this_site_are_its_covers_alone():
    """They are shown where no other picture may be; a path of anything else is not."""
    site = Site(picture_origins=())
    assert site.picture([image("/v1/library/tracks/own_1/cover", 320)])
    for blocked in ("/delete", "//evil.example/v1/library/tracks/a/cover", "cover"):
        assert site.picture([image(blocked)]) is None


def test_the_smallest_ample_picture_is_taken():
    """Large enough for its place, no larger than needed."""
    sizes = [image(f"https://i.scdn.co/{width}", width) for width in (640, 320, 64)]
    site = Site()
    assert site.picture(sizes) == sizes[1]
    assert site.picture(sizes[2:]) == sizes[2]
    assert site.picture([]) is None


async def test_static_files_never_go_stale(whole):
    """Their names change with their content; gzip only where it is taken."""
    site, found = whole, assets()["earprint.css"]
    packed = await site.get(found.address, headers={"Accept-Encoding": "gzip"})
    plain = await site.get(found.address, headers={"Accept-Encoding": "gzip;q=0"})

    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == found.body
    assert (await site.get("/static/earprint-0.css")).status_code == 404


def test_pages_are_light():
    """Gates of the design: scripts together, on the analysis and elsewhere; the style sheet."""
    scripts = {
        name: len(gzip.compress(found.body))
        for name, found in assets().items()
        if name.endswith(".js")
    }
    assert sum(scripts[name] for name in OF_ANALYSIS | OF_ANY) < ANALYSIS_JS_BYTES
    assert sum(n for name, n in scripts.items() if name not in OF_ANALYSIS) < PAGES_JS_BYTES
    assert len(gzip.compress(assets()["earprint.css"].body)) < CSS_BYTES


def test_a_style_sheet_is_sent_without_the_layout_of_its_source(tmp_path):
    """Line breaks and indents are for people; what is vendored goes out as it came."""
    (tmp_path / "a.css").write_bytes(b"a,\nb {\n  color: red;\n}\n")
    assert read_assets(tmp_path, "/static")["a.css"].body == b"a, b { color: red; } "
    assert b"\n" in read_assets(tmp_path, "/static", versioned=True)["a.css"].body


@pytest.mark.parametrize(
    ("header", "held"), [('W/"a", W/"b"', True), ("*", True), ('"c"', False), ("", False)]
)
def test_validators_are_compared_weakly(header, held):
    """As RFC 9110 has it for If-None-Match."""
    request = Request({"type": "http", "headers": [(b"if-none-match", header.encode())]})
    assert knows(request, 'W/"b"') is held
