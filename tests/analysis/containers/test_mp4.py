import struct

import numpy as np
import pytest

from api.analysis import problems
from api.analysis.containers import aac
from tests.analysis import files
from tests.analysis.files import box, full, table
from tests.analysis.signals import channels, tone
from tests.analysis.songs import RATE, entry, esds, frames, song


def test_aac_frames_are_found_and_wrapped_again(hear):
    """The same sound comes out of our own MP4 as out of the bare frames."""
    inside, bare = hear(song(entry(esds()))), hear(files.TONE_AAC.read_bytes())

    np.testing.assert_allclose(inside.samples, bare.samples, rtol=0, atol=1e-4)


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


@pytest.mark.parametrize("size", [0, 1])
def test_a_box_may_reach_to_the_end_or_be_very_long(hear, size):
    """Length 0 means the rest of the file, length 1 that the true one has 64 bits."""
    content = song(entry(esds()), moov_first=True)
    at = content.index(b"mdat") - 4
    true = len(content) - at
    if size:
        content = content[:at] + struct.pack(">I4sQ", 1, b"mdat", true + 8) + content[at + 8 :]
        shift = content.index(b"stco") + 12
        (count,) = struct.unpack_from(">I", content, shift - 4)
        starts = struct.unpack_from(f">{count}I", content, shift)
        moved = struct.pack(f">{count}I", *(start + 8 for start in starts))
        content = content[:shift] + moved + content[shift + 4 * count :]
    else:
        content = content[:at] + bytes(4) + content[at + 4 :]

    assert hear(content).duration_s == pytest.approx(6.1, abs=0.1)
