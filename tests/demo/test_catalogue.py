"""The shipped label: its files are what the list says, and its truths are sane."""

from hashlib import sha256
from xml.etree import ElementTree as ET

import pytest

from api.demo import AUDIO, catalogue
from api.demo.studio.build import own_id
from api.music import ids

MOST_BYTES = 6_000_000
SHORTEST_SECTION_S = 8.0
SLUGS = [track.slug for track in catalogue().tracks]


def test_the_label_is_of_the_promised_size():
    """Four artists, twelve pieces and two collections are the least; pieces last 40-60 s."""
    label = catalogue()

    lengths = [track.duration_s for track in label.tracks]

    assert len(label.artists) >= 4
    assert len(label.tracks) >= 12
    assert len(label.collections) >= 2
    assert min(lengths) >= 40
    assert max(lengths) <= 60


def test_the_files_are_those_of_the_list():
    """Every file is there with its checksum and size, nothing else lies beside them."""
    tracks = catalogue().tracks

    contents = {track.file: track.path.read_bytes() for track in tracks}

    assert {path.name for path in AUDIO.iterdir()} == set(contents)
    for track in tracks:
        assert len(contents[track.file]) == track.bytes
        assert sha256(contents[track.file]).hexdigest() == track.sha256


def test_the_audio_is_small():
    """A clone and a wheel carry all of it."""
    total = sum(track.path.stat().st_size for track in catalogue().tracks)

    assert total <= MOST_BYTES


def test_ids_follow_from_bytes_and_names():
    """The library computes a track's id from its bytes; artists have only their names."""
    label = catalogue()

    for track in label.tracks:
        assert track.id == own_id(track.path.read_bytes())
        assert ids.is_id(track.id.removeprefix(ids.OWN_PREFIX))
    assert [a.id for a in label.artists] == [ids.own_artist_id(a.name) for a in label.artists]
    found = [a.id for a in label.albums] + [t.id for t in label.tracks]
    found += [a.id for a in label.artists] + [c.id for c in label.collections]
    assert len(set(found)) == len(found)


def test_every_name_leads_somewhere():
    """Albums name artists and tracks, collections name tracks, tracks name both."""
    label = catalogue()

    for album in label.albums:
        assert label.artist(album.artist).slug == album.artist
        assert [label.track(slug).album for slug in album.tracks] == [album.slug] * len(
            album.tracks
        )
        assert [label.track(slug).number for slug in album.tracks] == [
            *range(1, len(album.tracks) + 1)
        ]
    for collection in label.collections:
        assert all(label.track(slug) for slug in collection.tracks)
    with pytest.raises(KeyError):
        label.album("unheard-of")


def test_styles_differ_as_promised():
    """A waltz, a 6/8, a half-time piece and odd metres; many keys, tempi and both modes."""
    truths = [track.truth for track in catalogue().tracks]

    assert {"3/4", "4/4", "5/4", "6/8", "7/4"} <= {truth.time_signature for truth in truths}
    assert any(truth.half_time for truth in truths)
    assert any(truth.swing > 0.55 for truth in truths)
    assert any(truth.fade_in_s and truth.fade_out_s for truth in truths)
    assert len({(truth.key, truth.mode) for truth in truths}) >= 12
    assert len({truth.tempo_bpm for truth in truths}) >= 12


@pytest.mark.parametrize("slug", SLUGS)
def test_a_truth_fits_its_file(slug):
    """Beats and sections lie inside the file; sections are long enough to be heard as such."""
    track = catalogue().track(slug)

    beats = track.truth.beats_s()
    starts = [section.start_s for section in track.truth.sections]
    ends = [*starts[1:], track.duration_s]

    assert beats[0] >= 0
    assert beats[-1] < track.duration_s
    assert beats[1] - beats[0] == pytest.approx(60 / track.truth.tempo_bpm, abs=1e-6)
    assert len(beats) % track.truth.beats_per_bar == 0
    assert starts[0] == 0
    assert min(end - start for start, end in zip(starts, ends, strict=True)) >= SHORTEST_SECTION_S
    for start in starts[1:]:
        assert min(abs(bar - start) for bar in track.truth.bars_s()) < 1e-3


def test_covers_are_small_and_harmless():
    """A cover is one SVG of shapes: no script, no link, nothing from elsewhere."""
    covers = {
        album.slug: album.cover_path.read_text(encoding="utf-8") for album in catalogue().albums
    }

    for drawn in covers.values():
        root = ET.fromstring(drawn)  # noqa: S314 - our own file
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "rect", "circle", "g"}
        assert "href" not in drawn
        assert len(drawn.encode()) <= 4096
