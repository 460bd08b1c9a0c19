import struct

import pytest

from api.analysis import problems
from tests.analysis import files
from tests.analysis.files import box, full, table
from tests.analysis.signals import tone
from tests.analysis.songs import entry, esds, song


def test_a_file_cut_short_is_heard_as_far_as_it_goes(hear):
    """With its table in front, a download that stopped still has its first packets."""
    content = song(entry(esds()), moov_first=True)

    assert 5 < hear(content[: int(len(content) * 0.9)]).duration_s < 5.9


def test_without_its_table_nothing_is_found(hear):
    """With the table behind, the same cut leaves nothing to go by."""
    content = song(entry(esds()))

    with pytest.raises(problems.BadAudio, match="cut short"):
        hear(content[: int(len(content) * 0.9)])


@pytest.mark.parametrize(
    ("name", "offset", "value"),
    [
        (b"stsz", 8, 0xFFFFFFFF),  # all packets of 4 GB
        (b"stsz", 12, 0xFFFFFFFF),  # four thousand million packets
        (b"stsz", 12, 5_000),  # more sizes than there are
        (b"stsc", 8, 0xFFFFFFFF),
        (b"stsc", 12, 7),  # the first chunk is the seventh
        (b"stco", 8, 0xFFFFFFFF),
        (b"stsd", -4, 3),  # smaller than its own header
        (b"stsd", -4, 0x7FFFFFFF),
        (b"moov", -4, 4),
        (b"ftyp", -4, 1),  # of a length that no file has
        (b"esds", 0, 0),
        (b"stco", 0, 0),
        (b"stsz", 0, 0),
        (b"mdhd", 0, 0),
    ],
)
def test_tables_that_lie_are_bad_audio(hear, name, offset, value):
    """Counts, sizes and names that cannot be: one clear problem, and no memory taken."""
    content = song(entry(esds()), moov_first=True)
    at = content.index(name) + offset
    broken = content[:at] + struct.pack(">I", value) + content[at + 4 :]

    with pytest.raises(problems.AnalysisError):
        hear(broken)


def test_a_description_of_an_unknown_version_is_bad_audio(hear):
    """Nobody knows where its boxes begin; and one without a version is cut short."""
    with pytest.raises(problems.BadAudio, match="table of contents"):
        hear(song(box(b"mp4a", b"")))
    with pytest.raises(problems.BadAudio, match="table of contents"):
        hear(song(entry(esds(), version=9)))


def test_packets_that_lie_on_one_another_are_bad_audio(hear):
    """A few bytes cannot be played a thousand times over."""
    content = song(entry(esds()), moov_first=True)
    at = content.index(b"stco") + 8
    (count,) = struct.unpack_from(">I", content, at)
    first = content[at + 4 : at + 8]
    crowded = content[: at + 4] + first * count + content[at + 4 + 4 * count :]
    sizes = content.index(b"stsz") + 16
    (packets,) = struct.unpack_from(">I", content, sizes - 4)
    crowded = crowded[:sizes] + struct.pack(">I", 600) * packets + crowded[sizes + 4 * packets :]

    with pytest.raises(problems.BadAudio, match="table of contents"):
        hear(crowded)


def test_apple_lossless_with_a_broken_cookie_is_bad_audio(hear):
    """Too short, or a depth there is not."""
    content = files.alac(tone(6), 44_100)
    at = content.rindex(b"alac", 0, content.index(b"stts")) + 8
    for cookie in (content[at : at + 5] + b"\x63", bytes(6)):
        with pytest.raises(problems.BadAudio, match="Lossless"):
            hear(content[:at] + cookie + content[at + 6 :])


@pytest.mark.parametrize("broken", ["packet", "cookie"])
def test_impossible_apple_lossless_is_bad_audio(hear, broken):
    """A packet of two megabytes; a description that ends in its middle."""
    samples = tone(6, rate=8_000)
    if broken == "packet":
        content = files.alac(samples, 8_000, extra=bytes(3 << 20))
        at = content.index(b"stsz") + 16
        content = content[:at] + struct.pack(">I", 2 << 20) + content[at + 4 :]
    else:
        whole = song(entry(full(b"alac", bytes(9)), coding=b"alac"))
        content = whole

    with pytest.raises(problems.BadAudio):
        hear(content)


def test_a_table_larger_than_any_music_s_is_refused(hear):
    """Fifty megabytes of contents are not read into memory."""
    with pytest.raises(problems.BadAudio, match="larger than any music"):
        hear(song(entry(esds()), extra=box(b"free", bytes(50 << 20))))


def test_an_offset_beyond_any_file_is_bad_audio(hear):
    """64 bits can say more than there is."""
    content = song(entry(esds()))
    at = content.index(b"stco") - 4
    (size,) = struct.unpack_from(">I", content, at)
    wide = table(b"co64", ">Q", (1 << 63,)).ljust(size, b"\0")
    wide = struct.pack(">I", size) + wide[4:]

    with pytest.raises(problems.BadAudio):
        hear(content[:at] + wide + content[at + size :])


def test_a_large_packet_of_aac_is_bad_audio(hear):
    """A frame has at most 8191 bytes."""
    content = song(entry(esds()), moov_first=True, extra=bytes(9_000))
    at = content.index(b"stsz") + 16

    with pytest.raises(problems.BadAudio):
        hear(content[:at] + struct.pack(">I", 8_500) + content[at + 4 :])
