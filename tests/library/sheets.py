"""Spreadsheets in the forms that people bring, all of invented music."""

from tests.sandbox import id_of

TRACK, OTHER = id_of("track", 0), id_of("track", 1)
NEWEST = (  # the columns of 2024 and later
    "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
    "Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,"
    "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature"
)
OLDER = (  # those of 2023
    "Spotify ID,Artist IDs,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),"
    "Popularity,Added By,Added At,Genres,Danceability,Energy,Key,Loudness,Mode,Speechiness,"
    "Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature"
)
NUMBERS = "0.513,0.887,0,-6.569,0,0.0566,0.135,6.1E-05,0.0997,0.512,117.481,4"
LINE = (
    f'spotify:track:{TRACK},"Paper, Lanterns",Small Hours,Ada Reed;Tom Vale,2017-02-24,417533,44,'
    f'false,someone,2022-08-15T02:00:00Z,"slow, soft",A Label,{NUMBERS}'
)
OLDER_LINE = (
    f'{OTHER},"one22","Harbour","Harbour Days","Ines, The Painter",2017-02-24,200000,44,'
    f'spotify:user:,1970-01-01T00:00:00Z,"",{NUMBERS}'
)


def newest(*lines: str) -> bytes:
    """A file as it is written today, byte order mark included."""
    return ("\ufeff" + "\n".join([NEWEST, *(lines or [LINE])]) + "\n").encode()


def older() -> bytes:
    """A file as it was written before."""
    return f"{OLDER}\n{OLDER_LINE}".encode()


def resaved() -> bytes:
    """The same after a visit to a German spreadsheet: semicolons, decimal commas, Windows-1252."""
    heading = "Track Name;Energy;Tempo;Key;Track URI;Artist Name(s)"
    line = f"Grüße;0,887;117,481;-1;spotify:track:{TRACK};Ada Reed"
    return f"{heading}\r\n{line}\r\n".encode("cp1252")
