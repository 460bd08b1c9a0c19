"""Links, URIs, ids and ISRCs in every form that people paste, alone and in other words."""

from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.music import ids, references
from api.problems.errors import BadReference
from api.schemas.reference import Kind
from api.system.hosts import OwnHosts

ID = "5sWHDYs0csV6RS48xBl0tH"
OTHER = "6GGODyP2LIdbxIfYxy5UbN"
OVERFLOWS = ("7N42dgm5tFLK9N8MT7fHC8", "8000000000000000000000", "Z" * 22)

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
    reference = references.read(text)

    assert (reference.kind, reference.id) == (kind, ID)
    assert reference.uri == f"spotify:{kind}:{ID}"
    assert reference.url == f"https://open.spotify.com/{kind}/{ID}"


EVERY_ID = [ids.encode((n + 1) << 100 | 0xFACE << 80 | n * n) for n in range(200)]
LINK = f"https://open.spotify.com/track/{ID}"
IN_WORDS = [
    f"Listen to Harbour Light on Spotify. {LINK}?si=DwGEkVwsSZOgv8QKkNUJ9Q",
    f"Harbour Light{LINK}?si=DwGEkVwsSZOgv8QKkNUJ9Q",  # a box drops the line break between them
    f"[Harbour Light]({LINK})",
    f"[{LINK}]({LINK}?si=1)",
    f"({LINK}).",
    f"see {LINK}!",
    f"«{LINK}»",
    f"„{LINK}“,",
    f"'{LINK}';",
    f"`{LINK}`",
    f"**{LINK}**",
    f"_{LINK}_",
    f"<{LINK}|Harbour Light>",
    f"1. {LINK}",
    f"12) spotify:track:{ID}",
    f"- {LINK}",
    f"{LINK}…",
    f"{LINK}を聴いて",
    f"{LINK}\n{LINK}?si=2",
    f"{LINK} = spotify:track:{ID} = {ID}",
    f'<a href="{LINK}">Harbour Light</a>',
    f'<iframe src="https://open.spotify.com/embed/track/{ID}?a=0&amp;si=1" width="100%"></iframe>',
    f'<iframe allow="autoplay; x" src="//open.spotify.com/embed/track/{ID}"></iframe>',
    f'{{"uri": "spotify:track:{ID}", "id": "{ID}"}}',
    f"https:\\/\\/open.spotify.com\\/track\\/{ID}",
    f"https:&#x2F;&#x2F;open.spotify.com&#x2F;track&#x2F;{ID}",
    f"https://www.google.com/url?q={LINK}&sa=D",
    f"https://l.example/l.php?u=https%3A%2F%2Fopen.spotify.com%2Ftrack%2F{ID}%3Fsi%3Da&h=b",
    f"https://web.archive.example/web/2020/{LINK}",
    f"https://accounts.spotify.com/login?continue=https%3A%2F%2Fopen.spotify.com%2Ftrack%2F{ID}",
    f"https://go.example/?u=https%3A%2F%2Fembed.spotify.com%2F%3Furi%3Dspotify%253Atrack%253A{ID}",
]
ODD_LINKS = [
    (f"https://artists.spotify.com/c/artist/{ID}/home", Kind.ARTIST),
    (f"https://artists.spotify.com/c/artist/{OTHER}/song/{ID}/stats", Kind.TRACK),
    (f"https://api.spotify.com/v1/tracks/{ID}", Kind.TRACK),
    (f"https://api.spotify.com/v1/tracks?ids={ID}", Kind.TRACK),
    (f"https://api.spotify.com/v1/audio-features/{ID}", Kind.TRACK),
    (f"https://api.spotify.com/v1/playlists/{ID}/tracks?offset=100", Kind.PLAYLIST),
    (f"https://api.spotify.com/v1/users/x/playlists/{ID}", Kind.PLAYLIST),
    (f"https://www.open.spotify.com/track/{ID}", Kind.TRACK),
    (f"//open.spotify.com/track/{ID}", Kind.TRACK),
    (f"https//open.spotify.com/track/{ID}", Kind.TRACK),
    (f"http://open.spotify.com:80/track/{ID}", Kind.TRACK),
    (f"https://open.spotify.com./track/{ID}", Kind.TRACK),
    (f"https://open.spotify.com//track//{ID}//", Kind.TRACK),
    (f"https://open.spotify.com/#/track/{ID}", Kind.TRACK),
    (f"https://open.spotify.com/track/{ID}#0:31", Kind.TRACK),
    (f"https://open.spotify.com/track/{ID}&context=1", Kind.TRACK),
    (f"https://open.spotify.com/track/{ID}?context=spotify:playlist:{OTHER}", Kind.TRACK),
    (
        f"https://open.spotify.com/artist/{ID}/discography?pageUri=spotify:album:{OTHER}",
        Kind.ARTIST,
    ),
    (f"HTTPS://OPEN.SPOTIFY.COM/TRACK/{ID}", Kind.TRACK),
    (f"open%2Espotify%2Ecom/track/{ID}", Kind.TRACK),
    (f"https://open.spotify.com/embed?uri=spotify:track:{ID}", Kind.TRACK),
    (f"https://open.spotify.com/embed?theme=0&uri=spotify%3Atrack%3A{ID}", Kind.TRACK),
    (f"https://open.spotify.com/oembed?url=https://open.spotify.com/album/{ID}", Kind.ALBUM),
    (f"spotify://track/{ID}", Kind.TRACK),
    (f"spotify:/track/{ID}", Kind.TRACK),
    (f"spotify:track:{ID}#1:20", Kind.TRACK),
    (f"spotify:user:x:playlist:{ID}", Kind.PLAYLIST),
    (f"spotify%3Atrack%3A{ID}", Kind.TRACK),
    (f"spotify%253Atrack%253A{ID}", Kind.TRACK),
    (f"spotify:artist:\n{ID}", Kind.ARTIST),
    (f"spotify:\r\n  artist: {ID}", Kind.ARTIST),
    (f"https://open.spotify.com/track/\n{ID}", Kind.TRACK),
    (f"https://open.spotify.com/track/{ID[:9]}=\r\n{ID[9:]}", Kind.TRACK),
    (f"https://open.spotify.com/track%2F{ID}%0D%0A", Kind.TRACK),
    (f"https:\\u002F\\u002Fopen.spotify.com\\u002ftrack\\u002f{ID}", Kind.TRACK),
    (f"spotify:track:%20{ID}", Kind.TRACK),
    (f"track/{ID}", Kind.TRACK),
    (f"spotify: artist : {ID}", Kind.ARTIST),
    (f"spotify:artist:<br>{ID}", Kind.ARTIST),
    (f"open.spotify.com/artist/<wbr/>{ID}", Kind.ARTIST),
    (f"https://open.spotify.com / track / {ID}", Kind.TRACK),
    (f"https://127.0.0.1/v1/tracks/spotify:track:{ID}/features", Kind.TRACK),
    (f"http://localhost/tracks/spotify%3Atrack%3A{ID}", Kind.TRACK),
    (f"Album: {ID}", Kind.ALBUM),
]
BARE = [
    f"{ID}?si=DwGEkVwsSZOgv8QKkNUJ9Q",
    f"1. {ID}",
    f"“{ID}”.",
    f"id={ID}",
    f"The id is {ID}, I think",
    f"\ufeff{ID}",
    f"\u200b{ID}\u200e",
    f"\u2060{ID}\u00a0",
    f"{ID[:7]}\u00ad{ID[7:]}",
    f"%20{ID}%20",
    f"\x00{ID}\u2028",
]


@pytest.mark.parametrize("text", IN_WORDS)
def test_the_one_link_in_a_text_is_read(text):
    """Whatever stands around it, and however often it stands there."""
    reference = references.read(text)

    assert (reference.kind, reference.id) == (Kind.TRACK, ID)


@pytest.mark.parametrize(("text", "kind"), ODD_LINKS)
def test_links_of_every_place_are_read(text, kind):
    """Spotify for Artists, its API, old players, apps, escaped, broken at the end of a line."""
    reference = references.read(text)

    assert (reference.kind, reference.id) == (kind, ID)


@pytest.mark.parametrize("text", BARE)
def test_an_id_is_read_whatever_stands_around_it(text):
    """Sharing marks, numbers of a list, what nobody sees."""
    reference = references.read(text)

    assert (reference.kind, reference.id) == (Kind.UNKNOWN, ID)


@pytest.mark.parametrize(
    "text",
    [
        f"https://open.spotify.com/album/{OTHER}?highlight=spotify:track:{ID}",
        f"https://open.spotify.com/album/{OTHER}?si=1&highlight=spotify%3Atrack%3A{ID}",
        f"https://open.spotify.com/album/{OTHER}?si=1&amp;highlight=spotify:track:{ID}#x",
        f"spotify:album:{OTHER}?highlight=spotify:track:{ID}",
    ],
)
def test_a_track_marked_in_an_album_is_the_track(text):
    """It says so; a mark that is no id leaves the album."""
    reference = references.read(text)

    assert (reference.kind, reference.id) == (Kind.TRACK, ID)
    assert "album" in (reference.detail or "")
    assert references.read(text.replace(ID, ID[1:])).kind is Kind.ALBUM


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/tracks/{}", Kind.TRACK),
        ("/tracks/{}/analysis?t=3", Kind.TRACK),
        ("/v1/tracks/{}/features", Kind.TRACK),
        ("/v1/library/tracks/{}/audio", Kind.TRACK),
        ("/library/{}/delete", Kind.TRACK),
        ("/artists/{}", Kind.ARTIST),
        ("/v1/artists/{}/related", Kind.ARTIST),
        ("/playlists/{}", Kind.PLAYLIST),
        ("/v1/playlists/{}/items?offset=50", Kind.PLAYLIST),
        ("/collections/{}/delete", Kind.PLAYLIST),
        ("/v1/collections/{}", Kind.PLAYLIST),
        ("/choose/{}", Kind.UNKNOWN),
        ("/v1/tracks?ids={}", Kind.TRACK),
        ("/go?q={}", Kind.UNKNOWN),
        ("/go?q=spotify%3Atrack%3A{}", Kind.TRACK),
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        *("http://127.0.0.1:8000", "http://localhost:8140", "http://[::1]:8000", "192.168.0.7:80"),
        *("https://ears.example", "EARS.example:8000", "http://earprint.localhost"),
    ],
)
def test_addresses_of_this_server_are_read(place, path, kind):
    """Whatever it is called where it is reached; Spotify's ids and its own alike."""
    for ident in (ID, f"own_{ID}"):
        if ident != ID and "spotify" in path:
            continue
        reference = references.read(f"{place}{path.format(ident)}", ours=OwnHosts({"ears.example"}))
        assert (reference.kind, reference.id) == (kind, ident)


def test_an_address_without_its_host_is_read():
    """As API answers write it."""
    assert references.read(f"/v1/tracks/{ID}/features").href == f"/v1/tracks/{ID}"
    assert references.read(f"tracks/own_{ID}").href == f"/v1/tracks/own_{ID}"


def test_elsewhere_only_own_ids_are_taken_for_ours():
    """`own_…` cannot be anybody else's; 22 letters on another site mean something else."""
    assert references.read(f"https://ears.lan/artists/own_{ID}").kind is Kind.ARTIST
    with pytest.raises(BadReference, match="not a Spotify link"):
        references.read(f"https://ears.lan/artists/{ID}")


@pytest.mark.parametrize(
    ("text", "bag"),
    [
        (f"spotify:album:{ID} {LINK} https://open.spotify.com/track/{OTHER}", "2 tracks, 1 album"),
        (f"{LINK}https://open.spotify.com/track/{OTHER}", "2 tracks."),
        (f"spotify:track:{ID}spotify:artist:{ID}", "1 track, 1 artist"),
        (f"{ID},{OTHER}", "2 ids"),
        (f"{LINK} GBSMU2401851", "1 track, 1 ISRC"),
        (f"[a]({LINK})[b](https://open.spotify.com/show/{ID})", "1 track, 1 podcast"),
        (f"{LINK} https://spotify.link/AbC https://spoti.fi/AbC", "2 short links, 1 track"),
        (f"spotify:user:ada spotify:user:bob own_{ID}", "2 people, 1 id"),
        (f"https://www.google.com/url?q={LINK}&u=spotify:track:{OTHER}", "2 tracks"),
    ],
)
def test_a_mixed_bag_is_counted(text, bag):
    """Several things are no reference, but the hint says what they are and what to do."""
    with pytest.raises(BadReference, match="several things") as refusal:
        references.read(text)

    assert f"names {bag}" in (refusal.value.hint or "")
    assert "Paste one of them" in (refusal.value.hint or "")
    assert not references.is_words(text)


@pytest.mark.parametrize(
    ("text", "isrc"),
    [
        ("gb smu 24 01851", "GBSMU2401851"),
        ("GB\u2011SMU\u201124\u201101851", "GBSMU2401851"),
        ("\u200bgbsmu2401851\u00a0", "GBSMU2401851"),
        ("3. gbsmu2401851", "GBSMU2401851"),
        ("The ISRC is GB-SMU-24-01851.", "GBSMU2401851"),
        ("Harbour Light (isrc: gb smu 24 01851)", "GBSMU2401851"),
        ("Harbour Light, GBSMU2401851, 3:12", "GBSMU2401851"),
        ("ISRC code gbsmu2401851", "GBSMU2401851"),
        ("ISRC11234567", "ISRC11234567"),
        ("http://127.0.0.1:8000/search?q=isrc%3AGBSMU2401851&type=track", "GBSMU2401851"),
    ],
)
def test_an_isrc_is_read_in_a_text(text, isrc):
    """In capitals or with its hyphens anywhere, in any spelling where it is called so or alone."""
    assert references.read(text).isrc == isrc


@pytest.mark.parametrize(
    "text",
    [
        *("Radiohead", "low tide", "Beyoncé", "AC/DC", "1999", "what: a song", "Mr.Children/HERO"),
        *("counterrevolutionaries", "Spotify: the best of", "R.E.M./Live", "track: Harbour Light"),
        *(
            "99 problems 22 letters",
            "by me 12 34567",
            "will.i.am/Scream",
            "#ThisIsMyVeryLongHashTag",
        ),
        *(
            "12345678901234567890123 songs",
            "1234567890123456789012 songs",
            "Tattoo (2024) [Remix]",
            "50% off",
            "The The",
            "!!!",
            "+44",
        ),
    ],
)
def test_names_are_words_to_search_for(text):
    """Nothing in them tries to be a reference."""
    assert references.is_words(text)
    with pytest.raises(BadReference):
        references.read(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "https://evil.example/x", "spotify:track:1", "open.spotify.com/track/1"),
        *("11dFghVXANMlKmJXsNCbN", "own_short", "https://spotify.link/abc", "x " * 1_001),
        *("Listen! https://spotify.link/abc", f"{ID}x", LINK),
    ],
)
def test_links_are_not_searched_for(text):
    """A link or an id that lost a letter gets its hint, not a search for it."""
    assert not references.is_words(text)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (LINK, [LINK]),
        (f"{LINK} spotify:track:{OTHER}", [LINK, f"spotify:track:{OTHER}"]),
        (f"{ID}, {OTHER}", [ID, OTHER]),
        ("GB-SMU-24-01851; gb-smu-24-01852", ["GB-SMU-24-01851", "gb-smu-24-01852"]),
        (" ".join(EVERY_ID), EVERY_ID),
        (f"{LINK}, GBSMU2401851", [f"{LINK}, GBSMU2401851"]),
        ("Harbour Light", ["Harbour Light"]),
    ],
)
def test_a_line_of_a_list_may_name_several_tracks(line, named):
    """Each is a text of its own; an ISRC beside a link says nothing more."""
    assert references.each(line) == named


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        (f"a\r\n\n{ID}\n", ["a", "", ID]),
        (f"spotify:track:\n{ID} x\nb", [f"spotify:track:{ID}", " x", "b"]),
        (f"{LINK[:-9]}\n{LINK[-9:]}\nb", [LINK, "", "b"]),
        (f"spotify:track:\nx\n{ID}", ["spotify:track:", "x", ID]),
        ("spotify:track:short\nand more", ["spotify:track:short", "and more"]),
    ],
)
def test_an_id_on_the_line_below_is_put_back(text, lines):
    """The lines keep their numbers."""
    assert list(references.lines(text)) == lines


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
    assert references.read(f"spotify:{kind}:{ID}").href == href


def test_a_user_may_be_called_anything():
    """User ids are no base-62 numbers, and come escaped."""
    reference = references.read("https://open.spotify.com/user/some%20body%23x")

    assert (reference.kind, reference.id) == (Kind.USER, "some body#x")


@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("spotify:local:The+Band:An+Album:A+Song:348", "A Song by The Band"),
        ("spotify:local:The+Band::A+Song:253", "A Song by The Band"),
        ("spotify:local:::Echoes+-+%28Live%29:348", "Echoes - (Live)"),
        ("spotify:local::::", "unnamed"),
    ],
)
def test_a_local_file_is_told_as_such(uri, named):
    """It has no id; any part of its name may be missing."""
    reference = references.read(uri)

    assert (reference.kind, reference.id, reference.uri) == (Kind.LOCAL, None, uri)
    assert f"({named})" in (reference.detail or "")


def test_a_bare_id_does_not_say_its_kind():
    """It is accepted, and the kind left open."""
    assert references.read(ID).kind is Kind.UNKNOWN
    assert references.read(ID).uri is None


def test_a_bare_own_id_does_not_say_its_kind_either():
    """Files, artists and collections all have such ids; it never becomes a Spotify URI."""
    reference = references.read(f"own_{ID}")

    assert (reference.kind, reference.id, reference.uri) == (Kind.UNKNOWN, f"own_{ID}", None)
    assert reference.href is None


def test_an_isrc_is_looked_for_by_search():
    """There is no address of a recording, but a search finds it."""
    reference = references.read("gb-smu-24-01851")

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
        "https://spoti.fi/AbCdEf",
        "www.spotify.link/AbCdEf",
        "Listen to Harbour Light! https://spotify.link/AbCdEf",
        "https%3A%2F%2Fspotify.link%2FAbCdEf",
    ],
)
def test_short_links_are_explained_not_followed(text):
    """The hint says what to paste instead."""
    with pytest.raises(BadReference, match="short link") as refusal:
        references.read(text)

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
        f"https://[z]/track/{ID}",
        f"{ID}{OTHER}",
        f"http://localhost/tracks/own_{OVERFLOWS[0]}",
        "http://localhost:8000/library",
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
        references.read(text)

    assert refusal.value.hint


PIECES = (
    *(
        "http://",
        "\n",
        "://",
        "%2F",
        "%3A",
        "%25",
        "own_",
        "earprint:",
        "isrc:",
        "&amp;",
        "highlight=",
    ),
    *("GBSMU2401851", "spotify.link/", "127.0.0.1:8000", "ids=", "album", "(", "]", "evil.example"),
    *("spotify:", "local:", "track:", "https://", "open.spotify.com", "/", "?", ":", "@", "[", "%"),
    *(ID, "own_", "embed.spotify.com/?uri=", "intl-de", "user", "playlist", "\\", "#", "&", " "),
)
pasted = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3))).map("".join)
LONGEST = [
    (piece * (references.MAX_TEXT // len(piece) + 1))[: references.MAX_TEXT]
    for piece in (
        *PIECES,
        *(
            "a",
            "a.",
            "-",
            " ",
            "!",
            "%",
            "=",
            "a:",
            "a://",
            "spotify:track:",
            f"{ID}\n",
            "1. ",
            "\u200b",
        ),
        *("http://a?u=", "https://open.spotify.com/?uri=", "%252525", "&#x2F;", "isrc ", "tracks/"),
        *(
            "spotify:local:",
            "spotify : track : ",
            "&u=https%3A%2F%2Fa%3Fu%3D",
            "/track/ab\n",
            "[::1]",
        ),
        f"https://open.spotify.com/album/{ID}?highlight=",
    )
]


@given(st.one_of(st.text(), pasted))
def test_no_text_breaks_the_parser(text):
    """It is read or refused; there is no third way."""
    with suppress(BadReference):
        reference = references.read(text)
        assert reference.id is None or reference.kind is Kind.USER or ID in reference.id
    references.is_words(text)
    for part in references.each(text):
        with suppress(BadReference):
            references.read(part)


@pytest.mark.parametrize("text", LONGEST, ids=range(len(LONGEST)))
def test_no_text_takes_long(text):
    """The longest text that is read, of whatever it is made, costs milliseconds."""
    started = perf_counter()
    with suppress(BadReference):
        references.read(text)
    took_s = perf_counter() - started

    assert took_s < 0.5


@given(st.one_of(st.text(), pasted), st.sampled_from([Kind.TRACK, Kind.ARTIST, Kind.PLAYLIST]))
def test_no_path_breaks_the_parser(text, kind):
    """A path id is an id, or refused."""
    with suppress(BadReference):
        assert ids.is_id(references.path_id(text, kind).removeprefix("own_"))


@pytest.mark.parametrize("text", [ID, f"own_{ID}", f"spotify:track:{ID}"])
def test_a_path_takes_an_id_an_own_id_or_a_uri(text):
    """The kind is known from the path, so a bare id will do."""
    assert references.path_id(text, Kind.TRACK) in {ID, f"own_{ID}"}


def test_a_uri_of_another_kind_names_both():
    """An album where a track is asked for is not just wrong: the refusal says what it is."""
    with pytest.raises(BadReference, match="an album id, and a track is asked") as refusal:
        references.path_id(f"spotify:album:{ID}", Kind.TRACK)

    assert refusal.value.hint == "Pick a track and paste its link instead."


def test_a_local_file_has_no_path():
    """Spotify knows nothing that could be answered of it."""
    with pytest.raises(BadReference, match="a local file id"):
        references.path_id("spotify:local:a:b:c:1", Kind.TRACK)


@pytest.mark.parametrize("kind", [Kind.ARTIST, Kind.PLAYLIST])
def test_own_ids_are_of_artists_and_playlists_too(kind):
    """Who made a file, and a collection of files, are this server's own as well."""
    assert references.path_id(f"own_{ID}", kind) == f"own_{ID}"
