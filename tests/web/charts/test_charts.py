import struct
import zlib

import pytest

from tests.web import sound
from web.charts import heatmap, lanes
from web.charts.strip import strip
from web.charts.wheel import neighbours, wheel
from web.text.meanings import BY_FIELD, readings


def test_a_value_lies_where_its_scale_says():
    """Ends stay ends, and a whisker never leaves the strip."""
    assert strip(BY_FIELD["energy"], 0.34).at == 34
    assert strip(BY_FIELD["loudness"], -60).at == 0
    drawn = strip(BY_FIELD["valence"], 0.9, 0.2)
    assert (drawn.whisker_from, drawn.whisker_width) == (70, 30)


def test_the_wheel_marks_one_key_and_those_that_blend():
    """24 cells: one's own, two neighbours, the partner; 12 and 1 are neighbours."""
    cells = {cell.code: cell.role for cell in wheel("12A")}

    assert len(cells) == 24
    assert {code for code, role in cells.items() if role == "blends"} == {"11A", "1A", "12B"}
    assert cells["12A"] == "own"
    assert neighbours("13X") == ()


def test_levels_of_the_beat_are_one_path_each():
    """Marks never grow with the length of the track beyond two per unit."""
    beats = sound.pulse(225.4, 0.8)
    assert lanes.pulse(beats, 225.4).count("M") == len(beats)
    assert lanes.pulse(sound.pulse(20_000, 0.4), 20_000).count("M") <= 2 * lanes.UNITS + 1


def test_sections_stand_side_by_side():
    """Each block starts where the last ended, and says what it is."""
    drawn = lanes.blocks(sound.sections(), 225.4)

    assert [block.number for block in drawn] == list(range(1, 10))
    assert drawn[1].x == pytest.approx(drawn[0].width, abs=0.02)
    assert drawn[0].title == "Section 1 from 0:00: F♯ minor (11A), −8.0 dB"
    assert drawn[0].opacity == 0.35


def test_a_section_without_key_or_level_says_so():
    """Nothing is invented for what was not sent."""
    bare = sound.sections()[0].model_copy(update={"key": None, "mode": None, "loudness": None})
    assert lanes.blocks([bare], 10)[0].title == "Section 1 from 0:00: key unknown"
    assert lanes.blocks([bare.model_copy(update={"key": 9})], 10)[0].title.endswith(": A")


def test_loudness_is_one_closed_path_above_the_floor():
    """Nothing is drawn below the floor, nothing without segments."""
    path = lanes.loudness(sound.segments(), 225.4)
    assert path.startswith("M0 100L")
    assert path.endswith("Z")
    assert lanes.loudness((), 10) == ""


@pytest.mark.parametrize(("seconds", "most"), [(0, 0), (8, 3), (225, 9), (3_000, 9), (90_000, 10)])
def test_the_axis_has_few_round_marks(seconds, most):
    """However long the track."""
    assert len(lanes.ticks(seconds)) <= most


@pytest.mark.parametrize("draw", [heatmap.chroma, heatmap.timbre])
def test_a_heat_map_is_a_small_valid_png(draw):
    """1800 × 12 pixels with a palette, checksums and all; later segments win."""
    image = draw(sound.segments(), 225.4)

    chunks = read_png(image)
    assert struct.unpack(">IIBB", chunks["IHDR"][:10]) == (1800, 12, 8, 3)
    assert len(chunks["PLTE"]) == 768
    pixels = zlib.decompress(chunks["IDAT"])
    assert len(pixels) == 12 * 1801
    assert len(image) < 40_000


def test_an_empty_heat_map_is_dark():
    """No segments and no duration are no reason to fail."""
    pixels = zlib.decompress(read_png(heatmap.chroma((), 0))["IDAT"])
    assert set(pixels) == {0}


def test_the_strongest_note_is_the_brightest():
    """C is the lowest row."""
    one = sound.segments()[0].model_copy(
        update={"start": 0.0, "duration": 10.0, "pitches": (1.0, *[0.0] * 11)}
    )
    pixels = zlib.decompress(read_png(heatmap.chroma([one], 10))["IDAT"])
    assert pixels[-1] == 255
    assert pixels[1] == 0


def test_the_same_numbers_always_give_the_same_sentences():
    """Readings are rules, and what is absent is not read."""
    features = sound.features()
    assert readings(features) == readings(sound.features())
    assert "144 BPM" in readings(features)[-1]
    assert "half as fast" in readings(sound.features(tempo=170.0))[-1]
    bare = sound.features(energy=None, danceability=None, instrumentalness=None, tempo=None)
    assert readings(bare) == ()


def read_png(image):
    """Chunk name → content; raises when a checksum is wrong."""
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(image):
        (size,) = struct.unpack(">I", image[at : at + 4])
        kind, body = image[at + 4 : at + 8], image[at + 8 : at + 8 + size]
        assert (
            zlib.crc32(kind + body) == struct.unpack(">I", image[at + 8 + size : at + 12 + size])[0]
        )
        chunks[kind.decode()] = body
        at += 12 + size
    return chunks
