"""R-26 and R-14: an upstream answer of any size or depth costs its own question and nobody else."""

import json
import time
from typing import cast

from api.music.ids import encode
from api.sources.wire import LONGEST_LIST
from tests.load.beating import PATH
from tests.load.serving import served, settings_for
from tests.load.workers import client_of
from tests.replay.server import Replay
from tests.sandbox import Sandbox
from tests.sandbox.answers import JSON_TYPE, Answer
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A, B, C

LAG_MS = 50
ANSWER_S = 8
LOG_BYTES = 10_000


def keys(count: int, name: str = "k") -> bytes:
    """So many fields that nobody knows."""
    written = json.dumps(name)[1:-1].encode()
    return b",".join(b'"%b%d":1' % (written, n) for n in range(count))


def many(entry: bytes, count: int) -> bytes:
    """A list of so many like entries."""
    return b"[%b]" % b",".join([entry] * count)


def artist(more: bytes) -> bytes:
    """An artist, and what else is sent with it."""
    return json.dumps(sent.artist(A)).encode()[:-1] + b"," + more + b"}"


FLOODS = {  # what is sent, and whether anything of it is an answer
    "400,000 keys": (artist(keys(400_000)), 502),
    "400,000 keys further in": (artist(b'"x":{"y":[{%b}]}' % keys(400_000)), 502),
    "4,999 strange names": (artist(keys(4_900, "\u202e\x1b[31m\n" + "é" * 100)), 200),
    "150 objects of 4,000 keys": (artist(b'"x":%b' % many(b"{%b}" % keys(4_000), 150)), 502),
    "100,000 deep": (artist(b'"x":' + b"[" * 100_000 + b"]" * 100_000), 502),
    "100,000 objects deep": (artist(b'"x":' + b'{"x":' * 100_000 + b"1" + b"}" * 100_001), 502),
    "a million scalars": (artist(b'"genres":' + many(b"1", 1_000_000)), 200),
    "29,000 pictures": (artist(b'"images":' + many(b'{"url":"https://x","y":1}', 29_000)), 200),
    "100,000 pictures": (artist(b'"images":' + many(b'{"url":"https://x"}', 100_000)), 200),
    "lists of 20,000": (artist(b'"x":' + many(many(b"1", 20_000), 150)), 502),
    "two million objects": (artist(b'"x":' + many(b"{}", 2_000_000)), 200),
    "seven million digits": (artist(b'"popularity":' + b"9" * 7_000_000), 502),
    "a number of 7 MB": (artist(b'"popularity":0.' + b"9" * 7_000_000), 502),
    "a name of 7 MB": (artist(b'"name":"%b"' % (b"x" * 7_000_000)), 502),
    "a number of 900 KB": (artist(b'"popularity":' + b"9" * 900_000), 200),
    "a name of 900 KB": (artist(b'"x":"%b"' % (b"x" * 900_000)), 200),
    "nothing but space": (b" " * 8_000_000 + artist(b'"x":1'), 502),
    "open quotation marks": (b'{"' * 3_000_000, 502),
    "backslashes": (artist(b'"x":"%b"' % (b"\\\\" * 3_000_000)), 502),
}


async def test_b3_a_flood_is_bounded(tmp_path, promised):
    """It is answered or refused in time, the loop stops for none, and the log stays small."""
    slowest_s = worst_ms = most_logged = 0.0
    async with (
        Replay() as replay,
        served(tmp_path, upstream(replay), app="tests.load.beating:app") as server,
        client_of(server) as client,
    ):
        for number, (name, (body, status)) in enumerate(FLOODS.items()):
            ident = encode(1_000 + number)
            sent_body = body.replace(A.encode(), ident.encode())
            replay.put(f"/v1/artists/{ident}", Answer(200, sent_body, {"content-type": JSON_TYPE}))
            logged = server.log.stat().st_size
            await client.get(PATH)
            started = time.perf_counter()
            answer = await client.get(f"/v1/artists/{ident}")
            took_s, lag_ms = time.perf_counter() - started, (await client.get(PATH)).json()
            assert answer.status_code == status, (name, answer.text)
            slowest_s, worst_ms = max(slowest_s, took_s), max(worst_ms, lag_ms)
            most_logged = max(most_logged, server.log.stat().st_size - logged)
        told = server.log.read_text(encoding="utf-8")

    assert set(told) & set("\x1b\u202e\xe9") == set()
    assert most_logged <= LOG_BYTES
    promised("slowest answer s", round(slowest_s, 2), most=ANSWER_S / 4)
    promised("lag of the loop ms", round(worst_ms, 1), most=LAG_MS)


async def test_a_long_list_is_read_as_far_as_it_can_be_asked_for(tmp_path):
    """F15: a part of a thousand entries is no part; any other list says where it was cut."""
    entry = json.dumps({"track": {"id": C, "name": "x"}}).encode()
    artist_of_it = json.dumps({"id": B, "name": "x"}).encode()
    async with (
        Replay() as replay,
        served(tmp_path, upstream(replay)) as server,
        client_of(server) as client,
    ):
        replay.put(f"/v1/playlists/{A}", sent.playlist(A))
        for path, body in (
            (f"/v1/playlists/{A}/tracks", b'{"items":%b,"total":100000}' % many(entry, 100_000)),
            (f"/v1/artists/{A}/related-artists", b'{"artists":%b}' % many(artist_of_it, 100_000)),
        ):
            replay.put(path, Answer(200, body, {"content-type": JSON_TYPE}))
        page = await client.get(f"/v1/playlists/{A}/items?limit=50")
        nearest = await client.get(f"/v1/artists/{A}/related")

    cut = nearest.json()
    assert page.status_code == 502
    assert "far more than it was asked for" in page.json()["attempts"][0]["detail"]
    assert len(cut["spotify"]) == LONGEST_LIST
    assert f"spotify[{LONGEST_LIST}]" in {gap["field"] for gap in cut["missing"]}


def upstream(replay: Replay) -> dict[str, str]:
    """The environment of a server that asks this stand-in."""
    return settings_for(cast("Sandbox", replay))
