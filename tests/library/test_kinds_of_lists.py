"""The kinds of lists that people have, of invented music: read as a person would read them."""

import json

import pytest

from api.library.sheet import MOST_ROWS, NotASheet, read
from tests.library.sheets import NUMBERS, OTHER, TRACK

URI, LINK = f"spotify:track:{TRACK}", f"https://open.spotify.com/track/{OTHER}"
CLASSIC = (
    f'{URI},"Paper, Lanterns",Small Hours,Ada Reed;Tom Vale,2017-02-24,417533,44,false,someone,'
    f'2022-08-15T02:00:00Z,"slow, soft",A Label,{NUMBERS}'
)
FEATURES = 12


def only(text):
    """The one row of a file, and what was not understood."""
    sheet = read(text if isinstance(text, bytes) else text.encode())
    (row,) = sheet.rows
    return row, sheet.unread


def numbers(text):
    """What the rows of a file say in numbers, and which columns and lines were not understood."""
    sheet = read(text.encode())
    return [dict(row.features) for row in sheet.rows], [
        (one.column, one.line) for one in sheet.unread
    ]


def test_a_list_without_a_heading_keeps_its_first_row():
    """Known by the order of its columns: all numbers, and every row."""
    sheet = read(f"{CLASSIC}\n{CLASSIC.replace(TRACK, OTHER)}\n".encode())

    assert [row.name for row in sheet.rows] == ["Paper, Lanterns"] * 2
    assert all(len(row.features) == FEATURES for row in sheet.rows)
    assert sheet.rows[0].artists == ("Ada Reed", "Tom Vale")
    assert (sheet.rows[0].album, sheet.rows[0].duration_ms) == ("Small Hours", 417_533)
    assert {one.column for one in sheet.unread} == {"column 11", "column 12"}


def test_the_order_of_columns_is_known_under_any_names():
    """A language that nobody has told us of: the twelve features by their order alone."""
    strange = ",".join(f"Wort {at}" for at in range(24))

    row, unread = only(f"{strange}\n{CLASSIC}\n")

    assert len(row.features) == FEATURES
    assert (row.name, row.album) == ("Paper, Lanterns", "Small Hours")
    assert [one.column for one in unread] == ["Wort 10", "Wort 11"]


@pytest.mark.parametrize(
    "heading",
    [
        "Track-Name;Künstlername(n);Track-URI;Energie;Lautstärke;Taktart",
        "Nom du titre;Nom(s) de l'artiste;URI du titre;Énergie;Volume sonore;Mesure",
        "Nombre de la canción;Nombre(s) del artista;URI de la canción;Energía;Volumen;Compás",
        "Nome della traccia;Nome dell'artista;URI della traccia;Energia;Volume;Battuta",
        "Nummernaam;Naam van artiest;Nummer URI;Energie;Luidheid;Maatstreep",
        "Nome da faixa;Nome(s) do artista;URI da faixa;Energia;Volume;Compasso",
        "Låtens namn;Artistens namn;Låtens URI;Energi;Ljudstyrka;Taktart",
        "トラック名;アーティスト名;トラックURI;エネルギー;ラウドネス;拍子",
        "Parça Ad\u0131;Sanatç\u0131 Ad\u0131;Parça URI;Enerji;Ses Seviyesi;Ölçü İşareti",
        "Όνομα κομματιού;Όνομα/τα καλλιτέχνη;URI κομματιού;Ενέργεια;Ένταση;Μέτρο",
        "اسم الأغنية;أسماء الفنانين;رابط الأغنية (URI);الطاقة;مستوى الصوت;توقيع الزمن",
        "曲目名称;艺人名称;曲目 URI;能量;响度;拍号",
        "Tytuł;Wykonawca;Odnośnik;Energiczność;Głośność;Metrum",
        "Название;Исполнитель;Ссылка;Энергия;Громкость;Размер",
        "Song;Artist;Spotify Track Id;Energy;Loud (Db);Time Signature",
        "title;artist;link;nrgy;dB;meter",
    ],
)
def test_headings_are_known_in_many_languages_in_any_order(heading):
    """As Exportify translates them, and as other programs and people call them."""
    row, unread = only(f"{heading}\nHarbour;Ada Reed;{URI};0,887;-6,5;4\n")

    assert (row.name, row.artists, row.reference) == ("Harbour", ("Ada Reed",), URI)
    assert row.features == {"energy": 0.887, "loudness": -6.5, "time_signature": 4}
    assert unread == ()


NONE = (None, None)
SCALES = [  # two cells of each column, what they say, and which column and line is not understood
    ({"energy": "88 1", "valence": "51 40"}, {"energy": (0.88, 0.01), "valence": (0.51, 0.4)}, []),
    ({"energy": "1 0", "valence": "88 51"}, {"energy": (0.01, 0), "valence": (0.88, 0.51)}, []),
    ({"energy": "1 0", "valence": ".5 .25"}, {"energy": (1, 0), "valence": (0.5, 0.25)}, []),
    ({"energy": "88% 5%", "valence": ".5 .2"}, {"energy": (0.88, 0.05), "valence": (0.5, 0.2)}, []),
    ({"energy": "88 51", "valence": ".5 .2"}, {"energy": (0.88, 0.51), "valence": (0.5, 0.2)}, []),
    ({"energy": "1 0"}, {"energy": NONE}, [("energy", None)]),
    ({"energy": "8 5"}, {"energy": NONE}, [("energy", None)]),
    ({"energy": "0.5 88"}, {"energy": NONE}, [("energy", None)]),
    ({"energy": ".5 1.2", "valence": ".5 .2"}, {"energy": (0.5, None)}, [("energy", 3)]),
    ({"energy": "0 0"}, {"energy": (0, 0)}, []),
    ({"energy (0-10)": "8 5"}, {"energy": (0.8, 0.5)}, []),
    ({"energy (%)": "1 0"}, {"energy": (0.01, 0)}, []),
    ({"loudness": "-7 -12.5"}, {"loudness": (-7, -12.5)}, []),
    ({"loudness": "\u22127dB +1.5dB"}, {"loudness": (-7, 1.5)}, []),
    ({"loudness": "7 12"}, {"loudness": NONE}, [("loudness", None)]),
    ({"loudness": "0.8 0.6"}, {"loudness": NONE}, [("loudness", None)]),
    ({"tempo": "128,5 90BPM"}, {"tempo": (128.5, 90)}, []),
    ({"tempo": "fast 90"}, {"tempo": (None, 90)}, [("tempo", 2)]),
    ({"tempo": "fast slow"}, {"tempo": NONE}, [("tempo", None)]),
    ({"tempo": "1200 90"}, {"tempo": (None, 90)}, [("tempo", 2)]),
    ({"tempo": "- N/A"}, {"tempo": NONE}, []),
    ({"key": "6 -1"}, {"key": (6, -1)}, []),
    ({"key": "12 3"}, {"key": (None, 3)}, [("key", 2)]),
    ({"key": "F♯m Bb"}, {"key": (6, 10), "mode": (0, None)}, []),
    ({"camelot": "11A 8B"}, {"key": (6, 0), "mode": (0, 1)}, []),
    ({"key": "F# C", "mode": "Moll Dur"}, {"key": (6, 0), "mode": (0, 1)}, []),
    ({"key": "C F#", "camelot": "8B 1A"}, {"key": (0, 6), "mode": (1, None)}, []),
]


@pytest.mark.parametrize(("cells", "read_as", "told"), SCALES)
def test_scales_and_units_are_judged_by_the_column(cells, read_as, told):
    """One cell cannot tell; the column and its neighbours can, or it is refused in words."""
    columns = zip(*(value.split() for value in cells.values()), strict=True)
    rows = ["\t".join([track, *row]) for track, row in zip((TRACK, OTHER), columns, strict=True)]

    said, unread = numbers("\n".join(["\t".join(["id", *cells]), *rows]))

    assert {name: tuple(row.get(name) for row in said) for name in read_as} == read_as
    assert unread == told


@pytest.mark.parametrize(
    ("cell", "length_ms"),
    [
        ("3:21", 201_000),
        ("03:21", 201_000),
        ("00:03:21", 201_000),
        ("1:02:03", 3_723_000),
        ("3:21.5", 201_500),
        ("3m 21s", 201_000),
        ("PT3M21S", 201_000),
        ("201500", 201_500),
        ("201,500", 201_500),
        ("201.500", 201_500),
        ("201 500", 201_500),
        ("201\u202f500", 201_500),
        ("201’500", 201_500),
        ("201", 201_000),
        ("201.5", 201_500),
    ],
)
def test_lengths_are_read_in_every_form(cell, length_ms):
    """Clocks, words, milliseconds and seconds, with or without thousands apart."""
    row, unread = only(f'id,Duration\n{TRACK},"{cell}"\n')

    assert (row.duration_ms, unread) == (length_ms, ())


@pytest.mark.parametrize("cell", ["3.35", "5000", "99999999999", "long", "3:75"])
def test_a_length_that_cannot_be_told_is_refused_in_words(cell):
    """Minutes, or seconds, or something else: never guessed."""
    row, (told,) = only(f"id,Duration\n{TRACK},{cell}\n")

    assert (row.duration_ms, told.column, told.text) == (None, "Duration", cell)


def test_the_heading_says_the_unit():
    """1,234 milliseconds are no 1,234 seconds."""
    row, _ = only(f'id,Duration (ms)\n{TRACK},"1,234"\n')

    assert row.duration_ms == 1_234


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["2021-03-12", "2021-03-12T10:00:00+02:00"], [1_615_507_200, 1_615_536_000]),
        (["12.03.2021", "1.4.2021 10:20"], [1_615_507_200, 1_617_272_400]),
        (["03/13/2021", "04/01/2021"], [1_615_593_600, 1_617_235_200]),
        (["13/03/2021", "01/04/2021"], [1_615_593_600, 1_617_235_200]),
        (["03/04/2021", "05/06/2021"], [None, None]),
        (["31.02.2021", "1.4.2021"], [None, 1_617_235_200]),
    ],
)
def test_days_are_read_in_the_order_of_their_column(cells, days):
    """What cannot be a month tells; where nothing tells, nothing is guessed."""
    lines = [f"{track},{cell}" for track, cell in zip((TRACK, OTHER), cells, strict=True)]
    sheet = read("\n".join(["id,Added At", *lines]).encode())

    assert [row.added_at for row in sheet.rows] == days
    assert len(sheet.unread) == days.count(None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"sep=;\nid;name\n{TRACK};A\n", ["A"]),
        (f'"sep=\t"\nid\tname\n{TRACK}\tA\n', ["A"]),
        (f"My list, of 2024\nid,name\n{TRACK},A\n", ["A"]),
        (f"# made by hand, 2024\nid,name\n{TRACK},A\n", ["A"]),
        (f"id,name\n{TRACK},A\n\nid,name\n{OTHER},B\n", ["A", "B"]),
        (f"id,name,,\n{TRACK},A,,\n,,,\n", ["A"]),
        (f"| name | link |\n|:---|---:|\n| A | {LINK} |\n", ["A"]),
        (f"id | name\n---+-----\n{TRACK} | A\n", ["A"]),
        (f'id, name\n"{TRACK}", "A, b"\n', ["A, b"]),
        (f'"id,""name"""\n"{TRACK},""A, b"""\n', ["A, b"]),
        (f'id,name\r\n{TRACK},"A\r\nb"\r\n', ["A b"]),
        (f"id,name\r{TRACK},A\r", ["A"]),
        (f'id,name\n"=""{TRACK}""","=""A"""\n', ["A"]),
        (f'id,name\n{TRACK},12" mix\n', ['12" mix']),
        (f"id,name\n\u200b{TRACK}\u200e,\ufeffA\n", ["A"]),
        (f"#EXTM3U\n#EXTINF:201,Ada - A\n{LINK}\n", [""]),
        (f"#\tTitle\tLink\n1\t#41\t{LINK}\n", ["#41"]),
        (f"id;artist;name\n{TRACK};Ada, Tom;A\n", ["A"]),
    ],
)
def test_what_is_no_row_is_passed_over(text, names):
    """Titles, comments, rules, repeated headings, empty lines, quotes of every kind."""
    sheet = read(text.encode())

    assert [row.name for row in sheet.rows] == names
    assert all(row.reference for row in sheet.rows)


def test_a_quotation_that_is_never_closed_costs_its_own_line():
    """The rows after it are read, and the line is named."""
    rest = f"{OTHER},B\n" * 30

    sheet = read(f'id,name\n{TRACK},"A\n{rest}'.encode())

    assert [row.name for row in sheet.rows] == ["A", *["B"] * 30]
    assert [one.line for one in sheet.unread] == [2]


def test_a_comma_that_is_not_quoted_moves_no_number():
    """The track is taken, its other cells are not, and the line is named."""
    sheet = read(f"id,name,tempo\n{TRACK},A,0,117,5\n{OTHER},B,90\n".encode())

    assert [dict(row.features) for row in sheet.rows] == [{}, {"tempo": 90}]
    assert [one.line for one in sheet.unread] == [2]


def test_the_column_of_tracks_is_sought_in_all_rows():
    """Local files may come first, links may stand in any column, an index is no id."""
    sheet = read(f"ID;Titre;Lien;Spotify-Link\n1;Démo;;\n2;A;{LINK};\n3;B;;{URI}\n".encode())

    assert [row.reference for row in sheet.rows] == ["", LINK, URI]
    assert [row.named for row in sheet.rows] == [True, True, True]
    assert [one.column for one in sheet.unread] == ["ID"]


def test_a_sum_is_no_track():
    """A line without a link is one if it has a name, and is not the sum of the others."""
    sheet = read(
        f"name,artist,id,tempo\nA,Ada,{TRACK},90\nDemo,Ada,,\nTotal,2 tracks,,90\n".encode()
    )

    assert [row.named for row in sheet.rows] == [True, True, False]


def test_isrcs_stand_in_for_ids():
    """Also without a heading, and beside links that some rows lack."""
    bare = read(b"GBSMU2401851\nGB-SMU-24-01852\n")
    mixed = read(f"name,isrc,uri\nA,GBSMU2401851,\nB,,{URI}\n".encode())

    assert [row.isrc for row in bare.rows] == ["GBSMU2401851", "GB-SMU-24-01852"]
    assert [(row.isrc, row.reference) for row in mixed.rows] == [("GBSMU2401851", ""), (None, URI)]


def test_artists_are_divided_as_their_column_divides_them():
    """Where semicolons divide, a comma belongs to a name."""
    sheet = read(f'id,artist\n{TRACK},Ada;Tom\n{OTHER},"Ines, The Painter"\n'.encode())

    assert [row.artists for row in sheet.rows] == [("Ada", "Tom"), ("Ines, The Painter",)]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-16", "Harbour ñ"),
        ("utf-16-le", "Harbour ñ"),
        ("utf-16-be", "Гавань"),
        ("utf-32", "Harbour ñ"),
        ("utf-8-sig", "高い壁の港"),
        ("cp1252", "Año nuevo"),
        ("cp1252", "L’été d’Élise"),
        ("cp1252", "Smørrebrød"),
        ("mac_roman", "Grüße"),
        ("cp850", "Brücke über Köln"),
        ("cp1250", "Žluťoučký kůň"),
        ("cp1250", "Żółta łódź"),
        ("iso8859_2", "Žluťoučký kůň"),
        ("iso8859_15", "cœur perdu"),
        ("cp1251", "Тихая гавань"),
        ("cp1251", "Київ"),
        ("koi8_r", "Тихая Гавань"),
        ("cp866", "Тихая Гавань"),
        ("cp1253", "Λιμάνι τη νύχτα"),
        ("cp1254", "I\u015f\u0131k Liman\u0131"),
        ("cp1255", "נמל בלילה"),
        ("cp1256", "ميناء الليل"),
        ("cp1257", "Ąžuolų šaltinis"),
        ("cp874", "ท่าเรือกลางคืน"),
        ("cp932", "高い壁の港"),
        ("euc_jp", "高い壁の港"),
        ("cp949", "항구의 밤"),
        ("gb18030", "港湾的夜晚"),
        ("big5", "港灣的夜晚"),
    ],
)
def test_old_encodings_are_read_and_said(encoding, name):
    """From a single name; a guess is told as one."""
    row, unread = only(f"id,name\n{TRACK},{name}\n".encode(encoding))

    assert row.name == name
    assert len(unread) == (0 if encoding.startswith("utf") else 1)
    assert all("UTF-8" in one.reason for one in unread)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *((name, "cp1252") for name in ("Años de luz", "L’été", "São Paulo – live", "Ångström")),
        *((name, "cp1251") for name in ("Años", "Привет", "Ångström", "Grüße")),
        *((name, "latin-1") for name in ("Последний трамвай", "高い壁の港", "ÁÍÝ")),
    ],
)
def test_utf_8_taken_for_something_else_is_mended(name, wrong):
    """Where every byte of it came through; also when it happened twice."""
    once = name.encode().decode(wrong)

    assert only(f"id,name\n{TRACK},{once}\n")[0].name == name
    if wrong == "cp1252":
        twice = once.encode().decode("latin-1")
        assert only(f"id,name\n{TRACK},{twice}\n")[0].name == name


@pytest.mark.parametrize(
    "name", ["Ã", "SÃO", "Ðe", "Beyoncé Â", "Пісня Район", "“Ñandú”", "naïve Ÿ", "Ëlla"]
)
def test_names_with_such_letters_stay(name):
    """Nothing is mended that was right."""
    assert only(f"id,name\n{TRACK},{name}\n")[0].name == name


def test_letters_that_were_lost_are_named():
    """In the middle of good UTF-8; the rest of the file is read."""
    good = f"id,name\n{OTHER},Grüße aus Köln, süß und früh\n".replace(", s", " s")
    sheet = read(good.encode() + f"{TRACK},G".encode() + b"\xfcl\n")

    assert sheet.rows[0].name.startswith("Grüße")
    assert [(one.column, one.line) for one in sheet.unread] == [("name", 3)]


TRACK_OF_API = {
    "album": {"id": OTHER, "name": "Small", "artists": [{"name": "X", "id": OTHER}]},
    "artists": [{"name": "Ada", "id": OTHER}, {"name": "Tom", "id": OTHER}],
    "duration_ms": 201_500,
    "external_ids": {"isrc": "GBSMU2401851"},
    "external_urls": {"spotify": f"https://open.spotify.com/track/{TRACK}"},
    "href": f"https://api.spotify.com/v1/tracks/{TRACK}",
    "id": TRACK,
    "name": "Harbour",
    "uri": URI,
}
ACCOUNT = {"trackName": "Harbour", "artistName": "Ada", "albumName": "Small", "trackUri": URI}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"playlists": [{"name": "Night", "items": [{"track": ACCOUNT}]}]}, ("Ada",)),
        ({"tracks": [{"artist": "Ada", "album": "Small", "track": "Harbour", "uri": URI}],
          "albums": [{"artist": "Ada", "album": "S", "uri": f"spotify:album:{OTHER}"}],
          "bannedTracks": [{"track": "No", "uri": f"spotify:track:{OTHER}"}]}, ("Ada",)),
        ({"items": [{"added_at": "2022-08-15T02:00:00Z", "track": TRACK_OF_API}]}, ("Ada", "Tom")),
        ({"playlist": {"track": [{"title": "Harbour", "creator": "Ada", "album": "Small",
                                  "identifier": [URI]}]}}, ("Ada",)),
        ([{"Track URI": URI, "Song": "Harbour", "Artist": "Ada", "Album": "Small"}], ("Ada",)),
        ({"uri": URI, "name": "Harbour", "artists": ["Ada"], "album": "Small"}, ("Ada",)),
    ],
)  # fmt: skip
def test_json_is_a_table_like_any_other(said, expected):
    """Spotify's account data, answers of its API, JSPF, a list of objects, one object."""
    row, unread = only(json.dumps(said))

    assert (row.name, row.artists, row.album) == ("Harbour", expected, "Small")
    assert row.reference.endswith(TRACK)
    assert unread == ()


def test_json_has_other_forms():
    """A list of links, an object a line, several playlists in one file, names without a link."""
    links = read(json.dumps([URI, LINK]).encode())
    lines = read(f'{{"id": "{TRACK}", "tempo": 90}}\n{{"id": "{OTHER}", "tempo": 91}}\n'.encode())
    one, two = ({"name": name, "items": [{"track": ACCOUNT}]} for name in ("Night", "Day"))
    several = read(json.dumps({"playlists": [one, two]}).encode())
    history = read(json.dumps([{"artistName": "Ada", "trackName": "Harbour"}]).encode())

    assert [row.reference for row in links.rows] == [URI, LINK]
    assert [row.features for row in lines.rows] == [{"tempo": 90}, {"tempo": 91}]
    assert (len(several.rows), several.unread[0].text) == (2, "Night, Day")
    assert [(row.named, row.name) for row in history.rows] == [(True, "Harbour")]


JUNK = 1_900_000
HOSTILE = {
    "a line without end": "x" * JUNK,
    "a quotation without end": '"' + "x" * JUNK,
    "quotation marks": '"' * JUNK,
    "100,000 columns": ",".join(["a"] * 100_000),
    "columns in each line": "\n".join([",".join(["1"] * 500)] * 1_000),
    "half open lines": 'a","\n' * (JUNK // 5),
    "too many rows": f"{TRACK}\n" * (MOST_ROWS + 1),
    "only bars": "-|" * (JUNK // 2) + "x",
    "a deep JSON": "[" * JUNK,
    "a deep object": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "lists in lists": "[" + ",".join(["[[[[[[[[[1]]]]]]]]]"] * 90_000) + "]",
    "a long number": '{"a":' + "1" * JUNK + "}",
    "an object of many names": json.dumps([{f"k{at}": 1 for at in range(20_000)} | {"uri": URI}]),
    "cells": "\n".join([",".join(["1"] * 190)] * 3_000),
    "a cell of many lines": f'id,name\n{TRACK},"' + ("x" * 90_000 + "\n") * 15 + '"\n',
    "no letters": "\0" * JUNK,
    "a web page": "<!DOCTYPE html><html>",
    "a JSON of something else": '{"a": [1, {"b": null}]}',
    "20,000 links": json.dumps([URI] * 20_000),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_list_is_refused(kind):
    """In words, and after a bounded number of steps."""
    with pytest.raises(NotASheet, match=r"\.\Z"):
        read(HOSTILE[kind].encode())


def test_cells_of_any_length_are_read():
    """Long runs of spaces, digits and signs cost no more than their letters."""
    for cell in ("1" + " " * 150 + "x", "1.111" * 30, "1h 1m " * 20, "F# " * 30, "(" * 100):
        sheet = read(
            ("id;key;duration;tempo\n" + f"{TRACK};{cell};{cell};{cell}\n" * 2_000).encode()
        )
        assert len(sheet.rows) == 2_000


@pytest.mark.parametrize(
    ("cell", "key", "mode"),
    [
        ("F♯ minor", 6, 0),
        ("F# minor", 6, 0),
        ("F#m", 6, 0),
        ("Gb", 6, None),
        ("Bbm", 10, 0),
        ("D-flat major", 1, 1),
        ("Am", 9, 0),
        ("AM", 9, 1),
        ("B", 11, None),
        ("B minor", 11, 0),
        ("B-Dur", 10, 1),
        ("h-moll", 11, 0),
        ("Fis-Moll", 6, 0),
        ("Es-Dur", 3, 1),
        ("fa dièse mineur", 6, 0),
        ("si bemol mayor", 10, 1),
        ("La menor", 9, 0),
        ("фа-диез минор", 6, 0),
        ("嬰ヘ短調", 6, 0),
        ("ハ長調", 0, 1),
        ("G#/Ab minor", 8, 0),
        ("F♯/G♭", 6, None),
        ("11A", 6, 0),
        ("4m", 6, 0),
        ("1d", 0, 1),
        ("6", 6, None),
    ],
)
def test_keys_are_read_as_they_are_written(cell, key, mode):
    """In letters of English and German, in solfège, on Camelot's wheel and as numbers."""
    row, unread = only(f"id\tkey\n{TRACK}\t{cell}\n")

    assert (row.features.get("key"), row.features.get("mode"), unread) == (key, mode, ())


@pytest.mark.parametrize("cell", ["C/D", "H2O", "Dm7", "energy", "C sharp sharp x", "A" * 60])
def test_what_is_no_key_is_named(cell):
    """Two keys are none."""
    row, (told,) = only(f"id\tkey\n{TRACK}\t{cell}\n")

    assert (dict(row.features), told.column) == ({}, "key")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0old", "old Excel"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"a\0b,c\n\0\0\0d" * 9, "not text"),
        (b"\xff\xfe\x00\xd8\x41\x00", "not text"),
        (b"id,name\n,a\x80b\xffc\xa4\xfed\x9c\n", "line 2"),
    ],
)
def test_other_files_are_refused_by_their_kind(data, words):
    """With what to do instead."""
    with pytest.raises(NotASheet, match=words):
        read(data)


def test_padding_behind_the_text_is_no_text():
    """As a crash leaves it; UTF-32 without a mark is known by its zeros."""
    plain = f"id,name\n{TRACK},A\n"

    for data in (
        plain.encode() + b"\0" * 512,
        plain.encode("utf-32-le"),
        plain.encode("utf-32-be"),
    ):
        assert only(data)[0].name == "A"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.2.3", None),
        ("1,2,3", None),
        ("0,5 1", None),
        ("1e999", None),
        ("1,234.5", None),
        (".5", 0.5),
        ("5e-1", 0.5),
        ("50 %", 0.5),
    ],
)
def test_a_number_is_one_or_none(cell, value):
    """What has two readings has none."""
    assert only(f"id\tenergy\n{TRACK}\t{cell}\n")[0].features.get("energy") == value


def test_columns_are_known_by_their_cells():
    """Lengths, moments, keys, ISRCs and artists' links under names that nobody knows."""
    cells = f"{URI},3:21,2022-08-15T02:00:00Z,F♯ minor,GBSMU2401851,spotify:artist:{OTHER}"
    row, unread = only(f"aa,bb,cc,dd,ee,ff\n{cells}\n")

    assert (row.duration_ms, row.added_at, row.isrc) == (201_000, 1_660_528_800, "GBSMU2401851")
    assert (row.features, unread) == ({"key": 6, "mode": 0}, ())


def test_rows_of_numbers_are_no_heading():
    """Above the first track, in a file without one."""
    sheet = read(f"7,1\n,\n8,{TRACK}\n".encode())

    assert [row.reference for row in sheet.rows] == ["1", TRACK]


def test_names_under_unknown_headings_are_taken_and_said():
    """The first two columns of words, as without a heading."""
    row, unread = only(f"Aa,Bb,Cc\nHarbour,Ada,{LINK}\n")

    assert (row.name, row.artists) == ("Harbour", ("Ada",))
    assert [one.column for one in unread] == ["Aa", "Bb"]
    assert all("was taken for" in one.reason for one in unread)


@pytest.mark.parametrize(
    ("heading", "cell"), [("dur (s)", "201"), ("Länge (min)", "3.35"), ("length_ms", "201000")]
)
def test_units_in_headings_are_believed(heading, cell):
    """Where the numbers alone could mean several things."""
    assert only(f"id,{heading}\n{TRACK},{cell}\n")[0].duration_ms == 201_000
