import struct
from typing import Any

import pytest

from api.analysis import aac, problems
from tests.analysis import files
from tests.analysis.files import box, full, table
from tests.analysis.signals import channels, tone

RATE = 22_050


def frames() -> list[bytes]:
    """The AAC frames of the fixture, without their headers."""
    data, found = files.TONE_AAC.read_bytes(), []
    while data:
        size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        found.append(data[7:size])
        data = data[size:]
    return found


def esds(config: bytes = b"\x13\x88", *, coding: int = 0x40, flags: int = 0) -> bytes:
    """An esds box; the default is AAC-LC, 22 050 Hz, one channel."""
    specific = b"\x05" + bytes([len(config)]) + config
    decoder = bytes([coding, 0x15]) + bytes(11) + specific
    inner = b"\x04" + bytes([len(decoder)]) + decoder
    extra = (b"\x00\x01" if flags & 0x80 else b"") + (b"\x00\x02" if flags & 0x20 else b"")
    stream = b"\x00\x01" + bytes([flags]) + extra + inner
    return full(b"esds", b"\x03\x80\x80" + bytes([len(stream)]) + stream)


def entry(*inside: bytes, coding: bytes = b"mp4a", version: int = 0) -> bytes:
    """A sound description of one of QuickTime's three versions."""
    fixed = bytes(6) + struct.pack(">HH6xHHHHI", 1, version, 1, 16, 0, 0, RATE << 16)
    return box(coding, fixed + bytes((0, 16, 36)[min(version, 2)]), *inside)


def song(description: bytes, **options: Any) -> bytes:
    """The fixture's frames under a description of ours."""
    packets = frames()
    durations = ((len(packets), 1024),)
    return files.m4a(
        description,
        [len(packet) for packet in packets],
        b"".join(packets),
        clock=RATE,
        durations=durations,
        **options,
    )


def test_aac_frames_are_found_and_wrapped_again(hear):
    """The same sound comes out of our own MP4 as out of the bare frames."""
    inside, bare = hear(song(entry(esds()))), hear(files.TONE_AAC.read_bytes())

    assert inside.samples == pytest.approx(bare.samples, abs=1e-4)


@pytest.mark.parametrize("first", [True, False])
def test_the_table_may_lie_before_or_behind_the_sound(hear, first):
    """Streaming-ready or not; a cover picture and free space do not matter."""
    udta = box(b"udta", full(b"meta", box(b"ilst", bytes(100_000)))) + box(b"free", bytes(50))

    sound = hear(song(entry(esds()), moov_first=first, extra=udta))

    assert sound.duration_s == pytest.approx(6.1, abs=0.1)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_quicktime_s_longer_descriptions_are_read(hear, version):
    """Versions 1 and 2 have more fields, and may keep their boxes in one called wave."""
    inside = box(b"wave", box(b"frma", b"mp4a"), esds(flags=0xA0)) if version else esds()

    assert hear(song(entry(inside, version=version))).source_rate == RATE


def test_the_stereo_of_apple_lossless_survives(hear):
    """Every packet lies where the chunk table says, also with the table first."""
    left, right = tone(6, hz=440), tone(6, hz=660)

    sound = hear(files.alac(channels(left, right), 44_100, moov_first=True))

    assert (sound.channels, sound.duration_s) == (2, 6.0)


def test_the_true_length_of_apple_lossless_is_kept(hear):
    """The last packet is not filled up."""
    assert hear(files.alac(tone(5.5), 44_100)).duration_s == 5.5


@pytest.mark.parametrize(
    ("config", "channel_count"),
    [(b"\x2b\x8a\x08\x00", 1), (b"\xeb\x8a\x08\x00", 1)],
)
def test_he_aac_is_read_without_its_upper_octave(hear, config, channel_count):
    """What a decoder of plain AAC hears of it: 5 is SBR, 29 has parametric stereo."""
    assert hear(song(entry(esds(config)))).channels == channel_count


@pytest.mark.parametrize(
    "config",
    [
        b"\x0b\x88",  # AAC Main
        b"\xf8\x53\x88\x00",  # xHE-AAC, behind the escape
        b"\x13\xb0",  # 5.1
        b"\x13\x8c",  # frames of 960 samples
        b"\x17\x80\x2b\x11\x08",  # a sampling rate of its own
        b"",
    ],
)
def test_rare_kinds_of_aac_are_refused_in_words(hear, config):
    """The decoder does plain AAC with one or two channels."""
    with pytest.raises(problems.UnsupportedFormat, match="AAC-LC"):
        hear(song(entry(esds(config))))


def test_other_codings_are_refused(hear):
    """MP3 inside MP4, an empty descriptor, Dolby, copy protection."""
    with pytest.raises(problems.UnsupportedFormat, match="neither AAC"):
        hear(song(entry(esds(coding=0x6B))))
    with pytest.raises(problems.UnsupportedFormat, match="neither AAC"):
        hear(song(entry(full(b"esds"))))
    with pytest.raises(problems.UnsupportedFormat, match="neither AAC"):
        hear(song(entry(esds(), coding=b"ac-3")))
    with pytest.raises(problems.UnsupportedFormat, match="copy protection"):
        hear(song(entry(esds(), coding=b"drms")))


def test_fragments_are_refused_in_words(hear):
    """As for streaming: the table of the whole is empty."""
    content = files.m4a(
        entry(esds()),
        [],
        b"",
        clock=RATE,
        durations=(),
        extra=box(b"mvex", full(b"trex", bytes(20))),
    )

    with pytest.raises(problems.UnsupportedFormat, match="fragments"):
        hear(content)


def test_a_film_without_sound_is_refused(hear):
    """No audio track; or one with nothing in it."""
    silent = song(entry(esds())).replace(b"soun", b"vide")
    empty = files.m4a(entry(esds()), [], b"", clock=RATE, durations=())

    with pytest.raises(problems.UnsupportedFormat, match="no audio track"):
        hear(silent)
    with pytest.raises(problems.UnsupportedFormat, match="no sound"):
        hear(empty)


def test_64_bit_offsets_and_uniform_sizes_are_read(hear):
    """co64 instead of stco, and one size for all packets."""
    content = files.alac(tone(6), 44_100)
    at = content.index(b"stco") - 4
    (count,) = struct.unpack_from(">I", content, at + 12)
    starts = struct.unpack_from(f">{count}I", content, at + 16)
    wide = table(b"co64", ">Q", *((start,) for start in starts))
    grown = len(wide) - (16 + 4 * count)
    patched = content[:at] + wide + content[at + 16 + 4 * count :]
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        place = patched.index(name) - 4
        (size,) = struct.unpack_from(">I", patched, place)
        patched = patched[:place] + struct.pack(">I", size + grown) + patched[place + 4 :]

    assert hear(patched).duration_s == 6.0


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
        (b"stts", 8, 0xFFFFFFFF),
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

    with pytest.raises(problems.Problem):
        hear(broken)


def test_a_description_of_an_unknown_version_is_bad_audio(hear):
    """Nobody knows where its boxes begin."""
    with pytest.raises(problems.BadAudio, match="table of contents"):
        hear(song(entry(esds(), version=9)))


def test_packets_that_overlap_beyond_the_file_are_bad_audio(hear):
    """A few bytes cannot be played a thousand times over."""
    packets = frames()
    content = files.m4a(
        entry(esds()),
        [len(packets[0])] * 9_000,
        b"".join(packets),
        clock=RATE,
        durations=((9_000, 1024),),
        moov_first=True,
    )
    at = content.index(b"stsc") + 4
    runs = content.index(b"stco") - 4
    stsc = table(b"stsc", ">III", (1, 5, 1))[8:]
    broken = content[:at] + stsc + content[at + len(stsc) : runs] + content[runs:]

    with pytest.raises(problems.Problem):
        hear(broken)


@pytest.mark.parametrize(("media_time", "skipped"), [(1024, 1024), (0, 0), (RATE, 0), (-1, 0)])
def test_only_a_short_delay_is_cut_off(hear, media_time, skipped):
    """An encoder's delay is some thousand samples; a longer cut is an editor's, and stays."""
    elst = full(b"elst", struct.pack(">IIiI", 1, 100, media_time, 1 << 16))
    content = song(entry(esds()), moov_first=False)
    place = content.index(b"trak") - 4
    edts = box(b"edts", elst)
    for name in (b"moov", b"trak"):
        at = content.index(name) - 4
        (size,) = struct.unpack_from(">I", content, at)
        content = content[:at] + struct.pack(">I", size + len(edts)) + content[at + 4 :]
    content = content[: place + 8] + edts + content[place + 8 :]

    whole = len(frames()) * aac.FRAME_SAMPLES
    assert len(hear(content).samples) == whole - skipped


def test_apple_lossless_with_a_broken_cookie_is_bad_audio(hear):
    """Too short, or a depth there is not."""
    content = files.alac(tone(6), 44_100)
    at = content.rindex(b"alac", 0, content.index(b"stts")) + 8
    for cookie in (content[at : at + 5] + b"\x63", bytes(6)):
        with pytest.raises(problems.BadAudio, match="Lossless"):
            hear(content[:at] + cookie + content[at + 6 :])


def test_aac_with_six_channels_is_refused_in_words(hear):
    """The bare frames say how many channels they have."""
    six = b"".join(
        aac.header(len(frame), rate_index=7, channel_setup=6) + frame for frame in frames()
    )

    with pytest.raises(problems.Problem):
        hear(six)


@pytest.mark.parametrize("tail", [b"TAG" + bytes(125), bytes(64), b"APETAGEX" + bytes(60), b"\xff"])
def test_what_lies_behind_the_last_frame_is_left_alone(hear, tail):
    """Tags at the end, zeros, the first byte of a frame."""
    bare = files.TONE_AAC.read_bytes()

    assert len(hear(bare + tail).samples) == len(hear(bare).samples)


def test_aac_that_stops_in_the_middle_is_bad_audio(hear):
    """Other bytes between two frames, or frames that cannot be decoded."""
    bare = files.TONE_AAC.read_bytes()
    with pytest.raises(problems.BadAudio, match="in the middle"):
        hear(bare[:6_000] + b"garbage garbage" + bare[6_000:])
    with pytest.raises(problems.BadAudio, match="no whole frame"):
        hear(bare[:50])
    noise = bytearray(bare)
    noise[200:4_000:11] = bytes(len(noise[200:4_000:11]))
    with pytest.raises(problems.Problem):
        hear(bytes(noise))
