"""An own file comes in: told apart by its bytes, named, checked at once, and refused cleanly."""

import asyncio

import pytest

from api.db.models import JobRow
from tests.analysis import files
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker: jobs stay as they are."""
    async with opened(None, tmp_path, queue=2, upload_mb=1) as product:
        yield product


def left_over(tmp_path) -> list[str]:
    """Every file in the library's folder."""
    folder = tmp_path / "library"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_a_file_is_taken_in_and_waits(product, tmp_path):
    """202, where to follow it, and the file under the name of its bytes."""
    answer = await send(
        product, song(), "Somebody - Kitchen.wav", artist="Me ", isrc="gb-smu-2401851"
    )

    told = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == told["job"]["href"]
    assert answer.headers["cache-control"] == "no-store"
    assert (told["title"], told["artist"], told["isrc"]) == (
        "Somebody - Kitchen",
        "Me",
        "GBSMU2401851",
    )
    assert (told["format"], told["size_bytes"], told["demo"]) == ("wav", len(song()), False)
    assert (told["job"]["state"], told["job"]["queue_place"]) == ("queued", 1)
    assert {gap["field"] for gap in told["missing"]} >= {"album", "spotify_id", "duration_ms"}
    [place] = left_over(tmp_path)
    assert place.startswith(f"{told['sha256'][:2]}/{told['sha256']}-")
    assert (tmp_path / "library" / place).read_bytes() == song()


async def test_the_same_bytes_are_the_same_track(product, tmp_path):
    """Sent again: no second job, and the names it is given now."""
    first = (await send(product, song(), title="One")).json()
    answer = await send(product, song(), "x.mp3", title="Two", artist="Her")
    again = answer.json()

    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert (again["id"], again["job"]["id"]) == (first["id"], first["job"]["id"])
    assert (again["title"], again["artist"]) == ("Two", "Her")
    assert again["artist_id"] != first["artist_id"]
    assert len(left_over(tmp_path)) == 1


async def test_sent_twice_at_once_it_is_one_track(product, tmp_path):
    """Whoever is second is told what is there already."""
    answers = await asyncio.gather(*(send(product, song()) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 202]
    assert len({answer.json()["job"]["id"] for answer in answers}) == 1
    assert len(left_over(tmp_path)) == 1


async def test_a_key_starts_one_job_for_one_file(product):
    """The same key and file: the same job; the same key and another file: refused."""
    key = {"Idempotency-Key": "once"}
    first = await send(product, song(), headers=key)
    await product.client.delete(first.json()["job"]["href"])
    again = await send(product, song(), headers=key)
    other = await send(product, song(7), headers=key)

    assert again.status_code == 200
    assert again.json()["job"]["id"] == first.json()["job"]["id"]
    assert is_problem(other, "conflict")


async def test_a_file_whose_analysis_ended_badly_is_analysed_anew(product):
    """Sending it once more is asking once more."""
    first = (await send(product, song())).json()
    await product.client.delete(first["job"]["href"])
    again = await send(product, song())

    assert again.status_code == 202
    assert again.json()["job"]["id"] != first["job"]["id"]


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "bad-audio"),
        (b"#EXTM3U\nhttp://127.0.0.1/x.mp3\n", "unsupported-format"),
        (song(3), "too-short"),
        (song()[:44] + bytes(len(song()) - 44), "no-signal"),
        (files.small("flac")[:4_000], "too-short"),
        (bytes(1 << 20) + b"x", "file-too-large"),
    ],
    ids=["empty", "playlist", "short", "silent", "cut", "large"],
)
async def test_what_cannot_be_heard_is_refused_at_once(product, tmp_path, content, slug):
    """The answer says what is wrong, and nothing of it is kept."""
    answer = await send(product, content)

    assert is_problem(answer, slug), answer.text
    assert left_over(tmp_path) == []
    assert (await product.get(TRACKS)).json()["total"] == 0


async def test_no_more_wait_than_may(product, tmp_path):
    """The third file is told when to come back, and is not kept."""
    for seconds in (6, 7):
        await send(product, song(seconds))
    answer = await send(product, song(8))

    assert is_problem(answer, "queue-full")
    assert int(answer.headers["retry-after"]) >= 1
    assert len(left_over(tmp_path)) == 2


async def test_tags_name_what_the_owner_does_not(product):
    """The owner's words come first, then the tags, then the name of the file."""
    with_tags = tagged(title="From the tag", artist="Tagged", album="Record")
    told = (await send(product, with_tags, title="Mine")).json()

    assert (told["title"], told["artist"], told["album"]) == ("Mine", "Tagged", "Record")


def tagged(**tags: str) -> bytes:
    """A FLAC file of six seconds with these tags."""
    entries = [f"{name}={text}".encode() for name, text in tags.items()]
    comments = b"".join(len(entry).to_bytes(4, "little") + entry for entry in entries)
    block = bytes(4) + len(entries).to_bytes(4, "little") + comments
    flac = files.small("flac")
    stream_info = bytes([flac[4] & 0x7F]) + flac[5:42]
    return b"fLaC" + stream_info + b"\4" + len(block).to_bytes(3, "big") + block + rest_of(flac)


def rest_of(flac: bytes) -> bytes:
    """What follows the first block: its comments left out."""
    at = 42
    kept = b""
    while True:
        last, kind = flac[at] & 0x80, flac[at] & 0x7F
        end = at + 4 + int.from_bytes(flac[at + 1 : at + 4], "big")
        if kind != 4:
            kept += flac[at:end]
        at = end
        if last:
            break
    filler = bytes([0x81, 0, 0, 0])  # an empty padding block, the last one
    return kept + filler + flac[at:]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"isrc": "nonsense"}, "body/isrc"),
        ({"spotify_id": "nonsense"}, "body/spotify_id"),
        ({"spotify_id": "spotify:album:3CkaJF2BkFeNgnXzm1BUlQ"}, "body/spotify_id"),
        ({"spotify_id": "GBSMU2401851"}, "body/spotify_id"),
        ({"title": "x" * 301}, "body/title"),
        ({"colour": "blue"}, "body/colour"),
    ],
)
async def test_a_field_that_does_not_fit_is_pointed_at(product, tmp_path, fields, pointer):
    """One entry each, and nothing is kept."""
    answer = await send(product, song(), **fields)

    assert is_problem(answer, "invalid-request")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    "link",
    [
        "3CkaJF2BkFeNgnXzm1BUlQ",
        "spotify:track:3CkaJF2BkFeNgnXzm1BUlQ",
        "https://open.spotify.com/intl-de/track/3CkaJF2BkFeNgnXzm1BUlQ?si=x",
    ],
)
async def test_a_link_to_spotify_is_understood(product, link):
    """Id, URI or link: the same track."""
    told = (await send(product, song(), spotify_id=link, title="")).json()

    assert told["spotify_id"] == "3CkaJF2BkFeNgnXzm1BUlQ"
    assert told["title"] == "song"


async def test_a_job_row_says_who_asked(product):
    """The key is kept with the job, so that it holds over a restart."""
    told = (await send(product, song(), headers={"Idempotency-Key": "k"})).json()
    row: JobRow = product.app.state.parts.own.jobs.tables.get(told["job"]["id"])

    assert row.asked_by == "k"
