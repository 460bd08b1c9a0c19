import struct
import zlib

import pytest

from tests.web import sound
from web.charts import heatmap, lanes
from web.charts.band import LEAST, band
from web.charts.radar import radar
from web.charts.strip import MOST_TICKS, Beside, Reach, strip
from web.charts.wheel import neighbours, wheel
from web.text.meanings import BY_FIELD, MEANINGS


def test_a_value_lies_where_its_scale_says():
    """Ends stay ends, and a whisker never leaves the strip."""
    assert strip(BY_FIELD["energy"], 0.34).at == 34
    assert strip(BY_FIELD["loudness"], -60).at == 0
    assert strip(BY_FIELD["valence"], 0.9, 0.2).error == Reach(70, 30)
    assert strip(BY_FIELD["valence"], 0.9).error is None


def test_a_strip_shows_what_a_value_is_read_against():
    """A range wished for, a second value with its error, all others as ticks in their order."""
    beside = Beside(band=(0.2, 0.45), other=0.5, other_error=0.1, ticks=(0.9, 0.1))
    drawn = strip(BY_FIELD["energy"], 0.3, 0.11, beside=beside)

    assert (drawn.band, drawn.other, drawn.other_error) == (Reach(20, 25), 50, Reach(40, 20))
    assert drawn.ticks == (10, 90)
    assert drawn.says == (
        "Energy 0.30, calm; typically off by 0.11; the other one has 0.50; "
        "your range is 0.20 to 0.45"
    )


def test_a_range_is_seen_wherever_it_lies():
    """One that is a single value, too, and never beyond an end of the scale."""
    assert band(BY_FIELD["energy"], 0.2, 0.45) == Reach(20, 25)
    assert band(BY_FIELD["energy"], 1, 1) == Reach(100 - LEAST, LEAST)
    assert band(BY_FIELD["loudness"], -60, 6) == Reach(0, 100)
    assert band(BY_FIELD["tempo"], 20, 20) == Reach(0, LEAST)


def test_more_ticks_than_can_be_told_apart_are_not_drawn():
    """The lowest and the highest stay, and those between are evenly chosen."""
    many = [place / 1000 for place in range(1001)]
    drawn = strip(BY_FIELD["energy"], 0.3, beside=Beside(ticks=many))
    assert (len(drawn.ticks), drawn.ticks[0], drawn.ticks[-1]) == (MOST_TICKS, 0, 100)


def test_a_strip_has_one_absolute_scale_whatever_its_unit():
    """Beats and decibels lie on theirs, and are told in it."""
    assert strip(BY_FIELD["tempo"], 130).at == 50
    assert strip(BY_FIELD["loudness"], -20, 2).says.startswith("Loudness −20.0 dB, quiet")


def test_a_radar_joins_its_values():
    """One axis each, the first one up; two of them have no area."""
    values = [(meaning, 0.5) for meaning in MEANINGS[:6]]
    drawn = radar(values)

    assert drawn is not None
    assert (drawn.axes[0].x, drawn.axes[0].y) == (160, 60)
    assert (drawn.axes[0].value_y, drawn.axes[0].anchor) == (110, "middle")
    assert drawn.shape.count("L") == 5
    assert radar(values[:2]) is None


def test_the_wheel_marks_one_key_and_those_that_blend():
    """24 cells: one's own, two neighbours, the partner; 12 and 1 are neighbours."""
    cells = {cell.code: cell.role for cell in wheel("12A")}

    assert len(cells) == 24
    assert {code for code, role in cells.items() if role == "blends"} == {"11A", "1A", "12B"}
    assert cells["12A"] == "own"
    assert neighbours("13X") == ()


def test_each_cell_of_the_wheel_says_what_is_there_and_where_it_leads():
    """Its key, what it is to the chosen one, how many tracks; without a key none is marked."""
    cells = {cell.code: cell for cell in wheel("12A", {"11A": 1, "5B": 3}, lambda code: f"/{code}")}

    assert cells["11A"].says == "11A, F♯ minor, blends with it, 1 track"
    assert (cells["5B"].says, cells["5B"].href) == ("5B, E♭ major, 3 tracks", "/5B")
    assert {cell.role for cell in wheel(None)} == {"other"}


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
