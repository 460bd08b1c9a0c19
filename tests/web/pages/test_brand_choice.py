"""Which brand stands beside a track."""

import pytest
from fastapi import Request

from tests.web import brands, music
from tests.web.fake import product
from web.pages.brand_choice import COOKIE, chosen_brand
from web.request import page_request

NEWEST, OLDER = brands.brand(), brands.brand(brands.OTHER)


async def chosen(fake, cookie=None):
    """The id of the brand that a page would show, for a browser with this cookie."""
    app = product(fake)
    headers = [] if cookie is None else [(b"cookie", f"{COOKIE}={cookie}".encode())]
    scope = {"type": "http", "app": app, "headers": headers}
    found = await chosen_brand(page_request(Request(scope)))
    return found and found.id


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        (None, brands.BRAND),
        (brands.OTHER, brands.OTHER),
        ("brd_gone", brands.BRAND),
        ("none", None),
    ],
)
async def test_the_chosen_brand_stands_beside_a_track(fake, cookie, expected):
    """Without a choice, or where the chosen one is gone, the newest; none where none is wanted."""
    fake.answers["/v1/brands"] = brands.shelf(NEWEST, OLDER)

    assert await chosen(fake, cookie) == expected


async def test_where_there_is_no_brand_none_stands_beside_a_track(fake):
    """Nor where they cannot be told: the track is shown all the same."""
    assert await chosen(fake) is None
    fake.answers["/v1/brands"] = music.problem(503, "busy")
    assert await chosen(fake) is None
