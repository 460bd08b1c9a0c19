"""What an answer of Spotify's says about us, message by message."""

import pytest

from api.sources.spotify import client
from api.sources.spotify.client import (
    CLOSABLE,
    LONGEST_MESSAGE,
    Family,
    Meaning,
    judge,
    message_of,
)

PREMIUM = (
    "Active premium subscription required for the owner of the app. When the subscription status "
    "changes, it can take a few hours before requests are allowed again."
)
F, M = Family, Meaning
SEEN = [  # family, status, message exactly as seen, what it means, what a person is told
    (F.TRACK, 200, "", M.ANSWER, ""),
    (F.TRACK, 201, "", M.ANSWER, ""),
    (F.TRACK, 304, "", M.UNCHANGED, ""),
    (F.TRACK, 401, "The access token expired", M.RENEW_TOKEN, ""),
    (F.TRACK, 401, "Invalid access token", M.RENEW_TOKEN, ""),
    (F.TRACK, 401, "No token provided", M.RENEW_TOKEN, ""),
    (F.TRACK, 401, "Missing/invalid/expired access token", M.RENEW_TOKEN, ""),
    (F.PLAYLIST_ITEMS, 401, "Valid user authentication required", M.CLOSED, client.NEEDS_USER),
    (F.FEATURES, 403, "", M.CLOSED, client.CLOSED_TO_APPS),
    (F.ANALYSIS, 403, "", M.CLOSED, client.CLOSED_TO_APPS),
    (F.RELATED, 403, "Forbidden", M.CLOSED, client.CLOSED_TO_APPS),
    (F.TRACKS, 403, "Forbidden", M.CLOSED, client.CLOSED_TO_APPS),
    (F.PLAYLIST_TRACKS, 403, "Forbidden", M.CLOSED, client.CLOSED_TO_APPS),
    (F.PLAYLIST_ITEMS, 403, "Forbidden", M.REFUSED, client.NOT_OURS),
    (F.TRACK, 403, "Forbidden", M.REFUSED, client.CLOSED_TO_APPS),
    (F.FEATURES, 403, PREMIUM, M.APP_STOPPED, client.NO_PREMIUM),
    (F.PLAYLIST_ITEMS, 403, PREMIUM, M.APP_STOPPED, client.NO_PREMIUM),
    (
        F.TRACK,
        403,
        "User not registered in the Developer Dashboard",
        M.APP_STOPPED,
        client.NOT_LISTED,
    ),
    (F.TRACK, 403, "User not approved for app", M.APP_STOPPED, client.NOT_LISTED),
    (F.PLAYLIST, 403, "Insufficient client scope", M.REFUSED, client.NO_SCOPE),
    (F.TRACK, 400, "Invalid base62 id", M.BAD_REQUEST, "invalid base62 id"),
    (F.TRACK, 400, "invalid id", M.BAD_REQUEST, "invalid id"),
    (F.SEARCH, 400, "Invalid limit", M.BAD_REQUEST, "invalid limit"),
    (F.SEARCH, 400, "", M.BAD_REQUEST, client.BAD),
    (F.SEARCH, 410, "Gone", M.BAD_REQUEST, "gone"),
    (F.PLAYLIST, 404, "Resource not found", M.MISSING, client.NO_SUCH_THING),
    (F.TRACK, 404, "non existing id", M.MISSING, client.NO_SUCH_THING),
    (F.FEATURES, 404, "analysis not found", M.UNKNOWN, client.NO_ANALYSIS),
    (F.ANALYSIS, 404, "analysis not found", M.UNKNOWN, client.NO_ANALYSIS),
    (F.RELATED, 404, "Not Found", M.MAYBE_CLOSED, client.CLOSED_TO_APPS),
]


@pytest.mark.parametrize(("family", "status", "message", "meaning", "detail"), SEEN)
def test_every_message_seen_has_its_meaning(family, status, message, meaning, detail):
    """One table of all texts that bug reports and recordings show."""
    judgement = judge(family, status, message)

    assert (judgement.meaning, judgement.detail) == (meaning, detail)


@pytest.mark.parametrize("family", Family)
def test_a_silent_403_closes_a_family_only_where_families_close(family):
    """Elsewhere it may be about this one thing, and the next one is asked for all the same."""
    meaning = judge(family, 403, "").meaning

    assert meaning is (M.CLOSED if family in CLOSABLE else M.REFUSED)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"status": 403, "message": "Forbidden"}}, "Forbidden"),
        ({"error": {"status": 403}}, ""),
        ({"error": {"message": None}}, ""),
        ({"error": {"message": 7}}, ""),
        ({"error": {"type": "not_found", "description": "non existing id"}}, "non existing id"),
        ({"error": "invalid_client", "error_description": "Invalid client"}, "invalid_client"),
        ({"error": None}, ""),
        ({"error": ["x"]}, ""),
        ({"error": {"message": ["x"], "description": "y"}}, "y"),
        ({"error": {"message": "half a \ud800 character"}}, ""),
        ({"error": "\ud800"}, ""),
        ({"error": {"message": "x" * 9_999}}, "x" * LONGEST_MESSAGE),
        ({}, ""),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_error_bodies_come_in_many_shapes(body, message):
    """No shape breaks the reading; what cannot be read says nothing."""
    assert message_of(body) == message
