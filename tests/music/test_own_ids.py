"""Ids and URIs of what is this server's own."""

import pytest

from api.music import ids, references
from api.problems.errors import BadReference
from api.schemas.reference import Kind

OWN = ids.own_id(b"n" * 16)


@pytest.mark.parametrize("kind", ["artist", "track", "playlist"])
def test_what_is_our_own_has_a_uri(kind):
    """It says its kind, so that pasting it leads to the right place."""
    uri = ids.own_uri(Kind(kind), OWN)

    reference = references.read(uri)

    assert (reference.kind, reference.id, reference.uri) == (Kind(kind), OWN, uri)
    assert reference.href == f"/v1/{kind}s/{OWN}"
    assert references.path_id(uri, Kind(kind)) == OWN


@pytest.mark.parametrize(
    "text", ["earprint:", "earprint:album:x", "earprint:track:own_x", f"earprint:track:{OWN[4:]}"]
)
def test_a_broken_uri_of_our_own_is_refused(text):
    """With what it should look like."""
    with pytest.raises(BadReference, match="earprint:track:own_"):
        references.read(text)


def test_another_kind_is_refused_by_name():
    """As it is of Spotify's URIs."""
    with pytest.raises(BadReference, match="an artist id"):
        references.path_id(ids.own_uri(Kind.ARTIST, OWN), Kind.TRACK)


def test_artists_of_one_name_are_one():
    """However it is written."""
    assert ids.own_artist_id(" Ada REED") == ids.own_artist_id("ada reed")
    assert ids.own_artist_id("Ada Reed") != ids.own_artist_id("Ada Read")


def test_a_local_file_is_named_by_its_uri():
    """As far as it says a name."""
    assert references.local_name("spotify:local:Ada+Reed:Hours:Night%21:60") == "Night! by Ada Reed"
    assert references.local_name("spotify:local::::60") == ""
