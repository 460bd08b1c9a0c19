"""Ids, URIs, links and ISRCs in every form that people paste."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import ids
from api.errors import BadReference
from api.schemas.reference import Kind

ID = "5sWHDYs0csV6RS48xBl0tH"
OTHER = "6GGODyP2LIdbxIfYxy5UbN"
LARGEST = "7N42dgm5tFLK9N8MT7fHC7"
OVERFLOWS = ("7N42dgm5tFLK9N8MT7fHC8", "8000000000000000000000", "Z" * 22)
near_ids = st.text(alphabet=ids.ALPHABET, min_size=22, max_size=22)
PATTERN = re.compile(ids.id_pattern())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (ID, 0xB39FE8081E1F4C54BE38E8D6F9F12BB9),
        (OTHER, 0xDBC3D5EBE344484DA3E2448712A02213),
        ("0TnOYISbd1XYRBk9myaseg", 0x1D59D030963A4B789E82D921C685F834),
        ("0000000000000000000001", 1),
        ("000000000000000000000Z", 61),
        ("0000000000000000000010", 62),
        (LARGEST, (1 << 128) - 1),
    ],
)
def test_an_id_is_a_number_of_128_bits(text, number):
    """Digits, lower case, upper case: base 62, zeros in front."""
    assert ids.is_id(text)
    assert ids.decode(text) == number
    assert ids.encode(number) == text


@pytest.mark.parametrize("text", OVERFLOWS)
def test_a_number_beyond_128_bits_is_no_id(text):
    """Twenty-two good characters are not enough."""
    assert not ids.is_id(text)
    with pytest.raises(BadReference, match="too large a number"):
        ids.parse(text)


@given(st.integers(0, ids.ID_LIMIT - 1))
def test_every_number_has_an_id_of_its_own(number):
    """What is encoded is an id, and decodes to the same number."""
    text = ids.encode(number)

    assert ids.is_id(text)
    assert ids.decode(text) == number


@given(st.one_of(near_ids, st.text(), st.sampled_from([ID, LARGEST, *OVERFLOWS])))
def test_the_pattern_matches_exactly_the_ids(text):
    """The OpenAPI document promises what the parser keeps."""
    assert bool(PATTERN.fullmatch(text)) is ids.is_id(text)


@pytest.mark.parametrize("number", [0, 1, 61, 62, ids.ID_LIMIT - 1, ids.ID_LIMIT - 2])
def test_the_pattern_holds_at_its_edges(number):
    """Smallest, largest and next to them."""
    assert PATTERN.fullmatch(ids.encode(number))


FORMS = [
    (f"spotify:track:{ID}", Kind.TRACK),
    (f"SPOTIFY:Track:{ID}", Kind.TRACK),
    (f"spotify:track:{ID}?si=abc", Kind.TRACK),
    (f"  spotify:album:{ID}\n", Kind.ALBUM),
    (f"<spotify:artist:{ID}>", Kind.ARTIST),
    (f"spotify:episode:{ID}", Kind.EPISODE),
    (f"spotify:show:{ID}", Kind.SHOW),
    (f"spotify:user:some%20body:playlist:{ID}", Kind.PLAYLIST),
    (f"https://open.spotify.com/track/{ID}", Kind.TRACK),
    (f"http://open.spotify.com/track/{ID}/", Kind.TRACK),
    (f"https://open.spotify.com/track/{ID}?si=0123&utm_source=x#t=3", Kind.TRACK),
    (f"https://open.spotify.com/intl-de/album/{ID}", Kind.ALBUM),
    (f"https://open.spotify.com/intl-pt-BR/embed/track/{ID}", Kind.TRACK),
    (f"https://open.spotify.com/embed/playlist/{ID}", Kind.PLAYLIST),
    (f"https://open.spotify.com/embed-podcast/episode/{ID}", Kind.EPISODE),
    (f"https://open.spotify.com/user/some.body/playlist/{ID}", Kind.PLAYLIST),
    (f"https://play.spotify.com/artist/{ID}", Kind.ARTIST),
    (f"https://OPEN.Spotify.com/artist/{ID}", Kind.ARTIST),
    (f"open.spotify.com/artist/{ID}", Kind.ARTIST),
    (f"“https://open.spotify.com/artist/{ID}”", Kind.ARTIST),
    (f"https://embed.spotify.com/?uri=spotify%3Atrack%3A{ID}", Kind.TRACK),
]


@pytest.mark.parametrize(("text", "kind"), FORMS)
def test_every_form_of_a_link_is_read(text, kind):
    """URI, link, embed, country, sharing marks: the same reference comes out."""
    reference = ids.parse(text)

    assert (reference.kind, reference.id) == (kind, ID)
    assert reference.uri == f"spotify:{kind}:{ID}"
    assert reference.url == f"https://open.spotify.com/{kind}/{ID}"


@pytest.mark.parametrize(
    ("kind", "href"),
    [
        ("track", f"/v1/tracks/{ID}"),
        ("artist", f"/v1/artists/{ID}"),
        ("playlist", f"/v1/playlists/{ID}"),
        ("album", None),
    ],
)
def test_a_reference_says_where_it_is_answered(kind, href):
    """Null where this API has no address for it."""
    assert ids.parse(f"spotify:{kind}:{ID}").href == href


def test_a_user_may_be_called_anything():
    """User ids are no base-62 numbers, and come escaped."""
    reference = ids.parse("https://open.spotify.com/user/some%20body%23x")

    assert (reference.kind, reference.id) == (Kind.USER, "some body#x")


@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("spotify:local:The+Band:An+Album:A+Song:348", "A Song by The Band"),
        ("spotify:local:The+Band::A+Song:253", "A Song by The Band"),
        ("spotify:local:::Echoes+-+%28Live%29:348", "Echoes - (Live)"),
        ("spotify:local::::", "unnamed"),
        ("spotify:local:a:b:c:1?:", "c by a"),
    ],
)
def test_a_local_file_is_told_as_such(uri, named):
    """It has no id; any part of its name may be missing."""
    reference = ids.parse(uri)

    assert (reference.kind, reference.id, reference.uri) == (Kind.LOCAL, None, uri)
    assert f"({named})" in (reference.detail or "")


def test_a_bare_id_does_not_say_its_kind():
    """It is accepted, and the kind left open."""
    assert ids.parse(ID).kind is Kind.UNKNOWN
    assert ids.parse(ID).uri is None


def test_an_own_id_is_a_track_of_this_server():
    """It never becomes a Spotify URI."""
    reference = ids.parse(f"own_{ID}")

    assert (reference.kind, reference.id, reference.uri) == (Kind.TRACK, f"own_{ID}", None)
    assert reference.href == f"/v1/tracks/own_{ID}"


@pytest.mark.parametrize(
    ("text", "isrc"),
    [
        ("GBSMU2401851", "GBSMU2401851"),
        ("gb-smu-24-01851", "GBSMU2401851"),
        ("ISRC GB-SMU-24-01851", "GBSMU2401851"),
        ("isrc:GBSMU2401851", "GBSMU2401851"),
        ("ISRC11234567", "ISRC11234567"),
        ("GBSMU240185", None),
        ("12SMU2401851", None),
    ],
)
def test_isrcs_are_read_with_and_without_marks(text, isrc):
    """Hyphens and the word itself go; Iceland's numbers that begin with it stay whole."""
    assert ids.normalise_isrc(text) == isrc


def test_an_isrc_is_looked_for_by_search():
    """There is no address of a recording, but a search finds it."""
    reference = ids.parse("gb-smu-24-01851")

    assert (reference.kind, reference.isrc) == (Kind.ISRC, "GBSMU2401851")
    assert reference.href == "/v1/search?q=isrc:GBSMU2401851&type=track"


@pytest.mark.parametrize(
    "text",
    [
        "https://spotify.link/AbCdEf",
        "https://spotify.app.link/AbCdEf?_p=x",
        "spotify.link/AbCdEf",
        "https://open.spotify.com/s/AbCdEf",
        "https://link.tospotify.com/AbCdEf",
    ],
)
def test_short_links_are_explained_not_followed(text):
    """The hint says what to paste instead."""
    with pytest.raises(BadReference, match="short link") as refusal:
        ids.parse(text)

    assert "long open.spotify.com address" in (refusal.value.hint or "")


@pytest.mark.parametrize(
    "text",
    [
        f"https://open.spotify.com@evil.example/track/{ID}",
        f"https://user:word@open.spotify.com/track/{ID}",
        f"https://evil.example\\@open.spotify.com/track/{ID}",
        f"https://open.spotify.com.evil.example/track/{ID}",
        f"https://evil.example/open.spotify.com/track/{ID}",
        f"https://evil.example#open.spotify.com/track/{ID}",
        f"https://notopen.spotify.community/track/{ID}",
        f"ftp://open.spotify.com/track/{ID}",
        f"javascript://open.spotify.com/track/{ID}",
        f"https://[::1/track/{ID}",
        "https://open.spotify.com/",
        "https://open.spotify.com/search",
        f"https://open.spotify.com/genre/{ID}",
        "https://open.spotify.com/track/short",
        "https://embed.spotify.com/",
        f"https://embed.spotify.com/?uri=https://evil.example/track/{ID}",
        "spotify:",
        "spotify:track",
        "spotify:track:",
        f"spotify:movement:{ID}",
        "spotify:local:only:three",
        f"spotify:track:{OVERFLOWS[0]}",
        f"spotify:track:{ID[:-1]}é",
        ID[:-1],
        f"{ID[:-1]}-",
        "own_short",
        f"own_{OVERFLOWS[0]}",
        "",
        "   ",
        "“”",
        "a song by somebody",
        "x" * 2_001,
    ],
)
def test_everything_else_is_refused_with_a_way_on(text):
    """Whatever it is, a hint says how to mend it."""
    with pytest.raises(BadReference) as refusal:
        ids.parse(text)

    assert refusal.value.hint


PIECES = (
    *("spotify:", "local:", "track:", "https://", "open.spotify.com", "/", "?", ":", "@", "[", "%"),
    *(ID, "own_", "embed.spotify.com/?uri=", "intl-de", "user", "playlist", "\\", "#", "&", " "),
)
pasted = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3))).map("".join)


@given(st.one_of(st.text(), pasted))
def test_no_text_breaks_the_parser(text):
    """It is read or refused; there is no third way."""
    with suppress(BadReference):
        reference = ids.parse(text)
        assert reference.id is None or reference.kind is Kind.USER or ID in reference.id


@given(st.one_of(st.text(), pasted), st.sampled_from([Kind.TRACK, Kind.ARTIST, Kind.PLAYLIST]))
def test_no_path_breaks_the_parser(text, kind):
    """A path id is an id, or refused."""
    with suppress(BadReference):
        assert ids.is_id(ids.path_id(text, kind).removeprefix("own_"))


@pytest.mark.parametrize("text", [ID, f"own_{ID}", f"spotify:track:{ID}"])
def test_a_path_takes_an_id_an_own_id_or_a_uri(text):
    """The kind is known from the path, so a bare id will do."""
    assert ids.path_id(text, Kind.TRACK) in {ID, f"own_{ID}"}


def test_a_uri_of_another_kind_names_both():
    """An album where a track is asked for is not just wrong: the refusal says what it is."""
    with pytest.raises(BadReference, match="an album id, and a track is asked") as refusal:
        ids.path_id(f"spotify:album:{ID}", Kind.TRACK)

    assert refusal.value.hint == "Pick a track and paste its link instead."


def test_a_local_file_has_no_path():
    """Spotify knows nothing that could be answered of it."""
    with pytest.raises(BadReference, match="a local file id"):
        ids.path_id("spotify:local:a:b:c:1", Kind.TRACK)


@pytest.mark.parametrize("kind", [Kind.ARTIST, Kind.PLAYLIST])
def test_own_ids_are_of_artists_and_playlists_too(kind):
    """Who made a file, and a collection of files, are this server's own as well."""
    assert ids.path_id(f"own_{ID}", kind) == f"own_{ID}"


def test_an_own_id_comes_from_a_digest():
    """The same bytes have the same id, which any path takes."""
    made = ids.own_id(b"\xff" * 32)

    assert made == ids.own_id(b"\xff" * 16)
    assert ids.path_id(made, Kind.TRACK) == made
