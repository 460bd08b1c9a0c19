"""R-26: what a caller writes into headers, names and addresses is bounded, printable, never kept.

Row B2 and the row “small” of what strangers tried.
"""

from __future__ import annotations

import gc
import sys
import time

import pytest

from api.http.conditional import MOST_CHARACTERS, holds
from api.http.content_encoding import GZIP, IDENTITY, negotiate
from api.http.docs import routes
from api.http.static import asset_at
from api.http.stored_answer import Asker
from api.text import one_line, paragraphs
from tests.library.own_files import TRACKS, send, song
from tests.sandbox import id_of
from web import render

ARTIST = f"/v1/artists/{id_of('artist', 1)}"
COLLECTIONS = "/v1/collections"
CONTROLS = "\x00\x01\x07\x08\x0b\x1b[31m\x7f\x85\u2028\u2029\r"
SAID = "A\x00B\x1bC\x7f\u2028D"
PRINTED = "A B C D"
FILE_NAME = "A\x1bB\x7fC\u2028D"  # httpx escapes other controls there


@pytest.fixture
async def track(product):
    """A file of its owner’s own."""
    return (await send(product, song(), title="Low tide")).json()


def weight_of(grow) -> int:
    """By how many bytes what Python holds has grown."""
    gc.collect()
    before = sys.getallocatedblocks()
    grow()
    gc.collect()
    return sys.getallocatedblocks() - before


def test_b2_accept_encodings_are_not_kept():
    """Row B2: nothing of ten thousand different ones remains, and long ones get plain bytes."""
    assert weight_of(lambda: [negotiate(b"gzip, x%d" % n) for n in range(10_000)]) < 100
    assert negotiate(b"gzip, " + b"x" * 250) == GZIP
    assert negotiate(b"gzip, " + b"x" * 251) == IDENTITY


def test_b2_names_of_files_that_never_were_are_not_kept():
    """Row B2: whoever asks for invented static files leaves nothing behind."""
    for assets in (routes.assets(), render.assets()):
        assert (
            weight_of(lambda among=assets: [asset_at(f"x{n}", among) for n in range(5_000)]) < 100
        )


def test_b2_if_none_match_costs_what_it_is_long():
    """Row B2: three megabytes of tags, commas, quotes or stars are read in no time."""
    tag = '"a"'
    for piece in ('"b",', ",", '"', "W/", "* ,", '"b" ', "\\"):
        for length in (MOST_CHARACTERS // len(piece), 3_000_000 // len(piece)):
            started = time.perf_counter()
            assert not holds(piece * length, {"a"})
            assert time.perf_counter() - started < 0.05
    assert holds(f"{'x' * (MOST_CHARACTERS - 3)}{tag}", {"a"})
    assert not holds(f"{'x' * MOST_CHARACTERS}{tag}", {"a"})


def test_b2_many_lines_of_one_field_cost_what_they_are_long():
    """Row B2: ten thousand lines are put together once."""
    headers = [(b"if-none-match", b'"%d"' % n) for n in range(10_000)]
    headers += [(b"accept-encoding", b"x%d" % n) for n in range(10_000)]
    started = time.perf_counter()
    assert Asker.of(headers).encoding == IDENTITY
    assert time.perf_counter() - started < 0.1


HELD = [
    (('"x", "y"', "{etag}"), True),
    (("{etag}", '"x"'), True),
    (("W/{etag}",), True),
    (("*",), True),
    (('"x"', '"y"'), False),
    (("{bare}",), False),  # a validator has its quotes
    (('"x{bare}"',), False),
    (('"{bare}x"',), False),
    (("",), False),
]


async def test_if_none_match_is_read_alike_everywhere(product, track):
    """Several lines are one list, `*` is any, a part of a tag is none: JSON, sound, HEAD too."""
    for path in (ARTIST, f"{TRACKS}/{track['id']}", track["audio"]):
        etag = (await product.get(path)).headers["etag"]
        for said, held in HELD:
            lines = [line.format(etag=etag, bare=etag.strip('"')) for line in said]
            for method in ("GET", "HEAD"):
                headers = [("If-None-Match", line) for line in lines]
                answer = await product.client.request(method, path, headers=headers)
                assert answer.status_code == (304 if held else 200), (path, method, said)
                assert method == "GET" or answer.content == b""


async def test_head_knows_no_range(product, track):
    """A range means something in a GET alone (RFC 9110 §14.2): HEAD tells of the whole file."""
    for asked in ("bytes=0-3", "bytes=-4", "bytes=999999999-", "bytes=*", "*"):
        answer = await product.client.head(track["audio"], headers={"Range": asked})

        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) == len(song())
        assert "content-range" not in answer.headers


async def test_a_range_said_twice_means_nothing(product, track):
    """Two lines are one list, and a list of ranges gets the whole file."""
    twice = [("Range", "bytes=0-3"), ("Range", "bytes=5-6")]
    answer = await product.client.get(track["audio"], headers=twice)
    assert (answer.status_code, len(answer.content)) == (200, len(song()))


def test_printable_words():
    """Controls part words, as spaces do; letters of any language and joined emoji stay."""
    assert one_line(f" a{CONTROLS}b\n c ") == "a [31m b c"
    assert one_line("Ægir 日本 👩‍🎤 e\u0301") == "Ægir 日本 👩‍🎤 e\u0301"
    assert one_line(CONTROLS.replace("[31m", "")) == ""
    assert paragraphs(f"One\x00two\r\n\n{CONTROLS[:3]}Three\n") == "One two\n\nThree"


async def test_names_of_uploads_are_printable(product):
    """Titles, artists, albums and file names keep neither NUL nor escapes."""
    fields = dict.fromkeys(("title", "artist", "album"), SAID)
    told = (await send(product, song(), "ever\x1b.wav", **fields)).json()
    named = (await send(product, song(7), f"{FILE_NAME}.wav")).json()

    assert [told[name] for name in fields] == [PRINTED] * 3
    assert named["title"] == PRINTED


async def test_names_of_collections_are_printable(product):
    """By JSON and by form, with a sheet and without: names, artists, albums, what is refused."""
    local = f"spotify:local:Ada%00:Al%1Bbum:{'Ti%00tle'}:60"
    body = {"name": SAID, "description": f"{SAID}\n{SAID}", "items": [local, f"no{SAID}"]}
    listed = (await product.client.post(COLLECTIONS, json=body)).json()
    row = ",".join([f'"{SAID[3:]}"'] * 3)
    sheet = f"Track Name,Artist Name(s),Album Name\n{row}\n".encode()
    file, lines = {"file": (f"{FILE_NAME}.csv", sheet)}, {"items": (None, local)}
    brought = (await product.client.post(COLLECTIONS, files=file)).json()
    named = (await product.client.post(COLLECTIONS, data={"name": SAID}, files=lines)).json()

    assert (listed["name"], listed["description"]) == (PRINTED, "A B C\nD\nA B C\nD")
    assert (brought["name"], named["name"]) == (PRINTED, PRINTED)
    for made in (listed, brought, named):
        page = await product.get(f"{made['playlist']}/items")
        for text in (page.text, str(made)):
            assert not set(text.replace("\\u2028", "\u2028")) & set("\0\1\7\x1b\x7f\u2028")
            assert "\\u0000" not in text
            assert "\\u001b" not in text


async def test_a_collection_needs_a_name_that_can_be_read(product):
    """Nothing but controls is no name."""
    body = {"name": "\0\1\x7f", "items": [id_of("track", 1)]}
    answer = await product.client.post(COLLECTIONS, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "body/name"


async def test_words_to_search_for_are_printable(product, sandbox):
    """A source is asked for words, and controls alone are none."""
    for said in ("low%00tide", "low%1B%07tide", "%00low%E2%80%A8tide%00"):
        answer = await product.get(f"/v1/search?q={said}")
        assert "q=low+tide" in answer.json()["artists"]["href"].replace("%20", "+")
    for said in ("%00", "%00%01%20%7F", "%C2%85", "%C2%9F"):
        assert (await product.get(f"/v1/search?q={said}")).status_code == 422
    assert sandbox.calls["/v1/search"] == 1


async def test_a_long_address_is_not_learned(product):
    """Row B2: what the edge keeps of an address is bounded, its path as well as its query."""
    track = id_of("track", 1)
    said = f"/v1/tracks/{'listen ' * 60}spotify:track:{track}"
    assert (await product.get(said)).status_code == 200
    assert product.app.state.edge._aliases == {}
