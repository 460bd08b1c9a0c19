"""Files made after public bug reports, read as a person reads them."""

import json

import pytest

from tests.routes.product import opened

pytestmark = pytest.mark.shared

TRACK, OTHER = "5sWHDYs0csV6RS48xBl0tH", "6GGODyP2LIdbxIfYxy5UbN"
ISRCS = ("GBSMU2401851", "GBSMU2401852")
EXPORTIFY = {
    "danceability": 0.513,
    "energy": 0.887,
    "key": 2,
    "loudness": -6.569,
    "mode": 0,
    "speechiness": 0.0566,
    "acousticness": 0.135,
    "instrumentalness": 0.000061,
    "liveness": 0.0997,
    "valence": 0.512,
    "tempo": 117.481,
    "time_signature": 4,
    "duration_ms": 201_500,
}
HARBOUR: dict = {"name": "Harbour"}
NAMED = HARBOUR | {"artists": ["Ada Reed"]}
LONG: dict = {"name": "Harbour Lights", "artists": ["Ada Reed"], "duration_ms": 201_500}
LONG |= {"added_at": "2022-08-15T02:00:00Z", "album": "Small Hours", "isrc": ISRCS[0]}
TEMPO: dict = {TRACK: {"tempo": 117.5}}
PERCENT: dict = {
    TRACK: {"energy": 0.88, "danceability": 0.51, "liveness": 0.1, "valence": 0.51}
    | {"acousticness": 0.01, "speechiness": 0.06, "tempo": 118, "loudness": -7},
    OTHER: {"energy": 0.01, "danceability": 0.4, "liveness": 0.08, "valence": 0.01}
    | {"acousticness": 0.94, "speechiness": 0, "tempo": 90, "loudness": -12},
}
# What a person reads in each file: its entries in order, the numbers by track, and what is told.
RIGHT: dict[str, tuple[list, dict, list]] = {
    "cp1251.csv": ([{"name": "Гавань", "artists": ["Ада Рид"]}], {}, ["not in UTF-8"]),
    "cp932.csv": ([{"name": "高い壁の港", "artists": ["桜田"]}], {}, ["not in UTF-8"]),
    "cr-only.csv": ([HARBOUR, {"name": "Pier"}], TEMPO | {OTHER: {"tempo": 90}}, []),
    "duration-mmss.csv": ([HARBOUR | {"duration_ms": 201_000}], {}, []),
    "exportify-de.csv": ([LONG], {TRACK: EXPORTIFY}, []),
    "exportify-en.csv": ([LONG], {TRACK: EXPORTIFY}, []),
    "exportify-fr.csv": ([LONG], {TRACK: EXPORTIFY}, []),
    "html-names.csv": (
        [{"name": "<b>Har &amp; bour</b>", "artists": ["مرحبا \u202eabc 🎵"]}],
        {},
        [],
    ),
    "isrc-only.csv": (
        [NAMED | {"kind": "track"}, {"name": "Pier", "artists": ["Ada Reed"]}],
        {},
        [],
    ),
    "key-names.csv": ([HARBOUR], {TRACK: {"key": 6, "mode": 0, "key_name": "F♯ minor"}}, []),
    "local-first-localised.csv": (
        [{"name": "Home demo", "kind": "local"}, HARBOUR | {"kind": "track"}],
        {},
        [],
    ),
    "mojibake.csv": ([{"name": "Veinte Años en el puerto", "artists": ["Ada Reed"]}], {}, []),
    "nul-utf16nobom.csv": ([HARBOUR], {}, []),
    "percent-scale.csv": ([NAMED, {"name": "Pier", "artists": ["Ada Reed"]}], PERCENT, []),
    "playlist1.json": ([{"name": "Harbour", "artists": ["Ada"]}], {}, []),
    "quoted-lines.csv": ([HARBOUR], TEMPO, []),
    "quoted-newline-crlf.csv": ([{"name": "Harbour (live)"}], TEMPO, []),
    "semicolon-artists-comma.csv": (
        [HARBOUR | {"artists": ["Earth", "Wind & Fire, Tyler"]}],
        {},
        [],
    ),
    "sep-comma.csv": ([HARBOUR], TEMPO, []),
    "sep-line.csv": ([HARBOUR], TEMPO, []),
    "sort-your-music.tsv": ([NAMED | {"duration_ms": 201_000}], {}, ["1 line"]),
    "space-after-comma.csv": ([{"name": "Harbour, at night"}], TEMPO, []),
    "spotify-url-column.csv": ([NAMED], {}, []),
    "title-line-first.csv": ([HARBOUR], TEMPO, []),
    "tunemymusic.csv": ([NAMED, {"name": "Pier", "artists": ["Ada Reed"]}], {}, []),
}


def shown(item):
    """An entry of a playlist, what stands in its track beside it."""
    track = item["track"] or {}
    album = (track.get("album") or {}).get("name")
    return item | {"album": album, "isrc": track.get("isrc")}


async def test_every_file_has_its_right_answer(shared_data):
    """No file lies there whose right reading is not written down here."""
    there = {path.name for path in (shared_data / "cases" / "csv").iterdir()}

    assert there <= set(RIGHT)


@pytest.mark.parametrize("name", sorted(RIGHT))
async def test_a_file_is_read_as_a_person_reads_it(shared_data, tmp_path, name):
    """Every track, name and number in it; what is doubtful is told."""
    entries, numbers, doubts = RIGHT[name]
    data = (shared_data / "cases" / "csv" / name).read_bytes()
    async with opened(None, tmp_path, demo=False) as api:
        answer = await api.client.post("/v1/collections", files={"file": (name, data)})
        told = answer.json()
        page = (await api.get(f"{told['playlist']}/items")).json()["items"]
        features = {
            ident: (await api.get(f"/v1/tracks/{ident}/features")).json() for ident in numbers
        }

    assert (answer.status_code, told["refused"]) == (201, [])
    for item, right in zip(page, entries, strict=True):
        said = shown(item)
        assert {field: said[field] for field in right} == right
    for ident, right in numbers.items():
        assert {field: features[ident][field] for field in right} == right
    assert told["features_imported"] == len(numbers)
    reasons = [part["reason"] for part in told["unread"]]
    assert len(reasons) == len(doubts), json.dumps(told["unread"])
    assert all(doubt in reason for doubt, reason in zip(doubts, reasons, strict=True))
