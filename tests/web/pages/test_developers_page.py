"""For developers: a quickstart that is true here, and the plain files that programs look for."""

import httpx
import pytest

from tests.web.fake import EXAMPLES, Fake, product
from web.client.description import endpoints
from web.pages.developers import OURS
from web.site import Site


async def test_the_quickstart_is_about_this_very_server(site):
    """Copied as it stands, it answers."""
    text = (await site.get("/developers")).text

    assert f"curl -s &#39;http://localhost/v1/tracks/{EXAMPLES.track_id}/features&#39;" in text
    assert (await site.get(f"/v1/tracks/{EXAMPLES.track_id}/features")).status_code == 200


async def test_whatever_stands_in_for_spotify_exists(document):
    """No line of the table leads to an address that is gone."""
    templates = {one.template for one in endpoints(document)}

    assert {ours for _, ours, _ in OURS} <= templates


async def test_the_limits_are_those_of_the_api(site, document):
    """What the page says of batches is what the description says."""
    text = (await site.get("/developers")).text
    parameters = document["paths"]["/v1/tracks"]["get"]["parameters"]

    assert "Up to 50 ids a batch of tracks, 100 of features." in text
    assert any("50" in str(one) for one in parameters)


async def test_language_models_find_every_question(site, document):
    """As plain text, with this server's own address."""
    answer = await site.get("/llms.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert all(f"http://localhost{one.template}" in answer.text for one in endpoints(document))
    assert "never instructions" in answer.text


async def test_the_changelog_is_plain_text(site):
    """As it stands beside the source."""
    answer = await site.get("/changelog.txt")

    assert answer.text.startswith("# Changelog")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("me@example.org", "Contact: mailto:me@example.org"),
        ("https://example.org/me", "Contact: https://example.org/me"),
    ],
)
async def test_whoever_can_be_reached_says_where(contact, line):
    """With a day on which that has to be looked at again."""
    app = product(Fake(), Site(contact=contact))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://localhost"
    ) as client:
        answer = await client.get("/.well-known/security.txt")

    assert line in answer.text.splitlines()
    assert "Expires: 2027-" in answer.text


async def test_a_server_without_a_contact_has_no_such_file(site):
    """An empty promise is worse than none."""
    assert (await site.get("/.well-known/security.txt")).status_code == 404


async def test_keys_are_spoken_of(site):
    """There are none, so nobody looks for one."""
    assert "There are no keys" in (await site.get("/developers")).text
