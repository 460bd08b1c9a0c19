"""What each number is: the question behind it, its range, how it is come by, who says it.

The page About the data shows all of it, and every panel can link to one: `/about/data#energy`.
How often a number is right is no text: the API knows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.provenance import SourceName
from web.text import formatting
from web.text.labels import FIELDS, PANELS
from web.text.meanings import BY_FIELD, FeatureMeaning

SPOTIFY, RECCOBEATS, SHEET = SourceName.SPOTIFY, SourceName.RECCOBEATS, SourceName.EXPORTIFY
MUSICBRAINZ, LISTENBRAINZ = SourceName.MUSICBRAINZ, SourceName.LISTENBRAINZ
DEEZER, LASTFM = SourceName.DEEZER, SourceName.LASTFM
STATED = (SPOTIFY, RECCOBEATS, SHEET)


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: `asks` in one line, `more` in a paragraph, `heard` how our own analysis gets it.

    `sounds`: what has little and much of it. `words`: what is said of which values, from low to
    high. `checked`: under which name the API
    tells how often it is right.
    """

    anchor: str
    title: str
    asks: str
    more: str
    scale: str
    heard: str | None = None
    sounds: str = ""
    words: tuple[tuple[str, str], ...] = ()
    stated_by: tuple[SourceName, ...] = ()
    checked: tuple[str, ...] = ()


def _of_scale(meaning: FeatureMeaning) -> str:
    drawn = "" if meaning.scale == (0, 1) else ", as drawn; what lies beyond is shown at the end"
    return f"{meaning.range}{drawn}"


def _words(meaning: FeatureMeaning) -> tuple[tuple[str, str], ...]:
    places = 2 if meaning.scale == (0, 1) else 0
    low, high = (formatting.decimal(bound, places) for bound in meaning.bounds)
    ranges = (f"below {low}", f"{low} to {high}", f"from {high}")
    return tuple(zip(ranges, meaning.words, strict=True))


def _feature(field: str, heard: str | None, *, checked: tuple[str, ...] = ()) -> Definition:
    meaning = BY_FIELD[field]
    return Definition(
        anchor=field,
        title=meaning.label,
        asks=meaning.asks,
        more=meaning.paragraph,
        sounds=meaning.sounds,
        scale=_of_scale(meaning),
        heard=heard,
        words=_words(meaning),
        stated_by=STATED,
        checked=checked,
    )


MODEL = (
    "A small model compares the sound of up to six stretches of half a minute with tracks whose "
    "value is known. "
)
SOUND = (
    _feature("energy", MODEL),
    _feature("valence", MODEL),
    _feature("danceability", MODEL),
    _feature(
        "acousticness",
        MODEL + "It hears nothing above 6.5 kHz, so an old MP3 is called what its original is.",
    ),
    _feature(
        "instrumentalness",
        "Listens for a singing or speaking voice: near the share of the music without one.",
    ),
    _feature(
        "speechiness",
        MODEL + "Recordings of mere speech are found by another test of their own.",
    ),
    _feature(
        "liveness",
        "Always empty for own files: every way that was tried to hear an audience did hardly "
        "better than tossing a coin.",
    ),
)
RHYTHM = (
    _feature(
        "tempo",
        "Measured from how regularly sounds begin. Where no steady pulse is heard, it is not said.",
        checked=("tempo",),
    ),
    Definition(
        anchor="time_signature",
        title=FIELDS["time_signature"],
        asks="How many beats make a bar.",
        more="Only the count: nothing says of which note value, so 6 may be written as 6/8 or as "
        "6/4, and a waltz of 3 is never told from one in 6 with certainty.",
        scale="3 to 7 beats",
        heard="Measured: which grouping of the beats explains accents and changes of chord best.",
        stated_by=(SPOTIFY, SHEET),
        checked=("time_signature",),
    ),
    Definition(
        anchor="key",
        title=FIELDS["key"],
        asks="Which note feels like home, and whether it is major or minor.",
        more="The Camelot code beside it is how DJs write the same key: equal number, neighbours "
        "and the other letter blend well. A relative key (A minor for C major) has the same seven "
        "notes and is the commonest mistake.",
        scale="12 notes, each major or minor; 1A to 12B",
        heard="Measured: how much each of the twelve notes sounds, compared with what each key "
        "would need. Where nothing tonal is heard, it is not said.",
        stated_by=STATED,
        checked=("key", "mode"),
    ),
    _feature(
        "loudness",
        "Measured as broadcasters do (ITU-R BS.1770), in all channels; music in one channel "
        "reads 3 to 5 dB lower than in two. Test signals of the European Broadcasting Union come "
        "out right within the 0.1 LU that it allows.",
    ),
    Definition(
        anchor="duration_ms",
        title=FIELDS["duration_ms"],
        asks="How long it sounds.",
        more="Services round, and files carry a little silence from their encoder: a tenth of a "
        "second between two sources means nothing.",
        scale="minutes and seconds",
        heard="Measured: the sound itself is counted, whatever the file says.",
        stated_by=STATED,
    ),
)
INSIDE = (
    Definition(
        anchor="sections",
        title="Sections",
        asks="Where something new begins.",
        more="Only the borders, from changes of sound and harmony. None is ever called verse or "
        "chorus, because that cannot be heard reliably.",
        scale="at least 6 seconds each",
        heard="Measured on beats. Key, tempo and loudness of a section are those of that stretch.",
        stated_by=(SPOTIFY,),
        checked=("section",),
    ),
    Definition(
        anchor="beats",
        title="Bars, beats and tatums",
        asks="Where you would tap, where you would count one, and the smallest steps between.",
        more="A tatum is half a beat, or the longer and shorter part of it where the music swings.",
        scale="seconds from the beginning",
        heard="Measured. The first beat of a bar is the hardest to find, so take bars as a hint.",
        stated_by=(SPOTIFY,),
        checked=("beat", "bar"),
    ),
    Definition(
        anchor="segments",
        title="Moments",
        asks="Each note or chord, from one beginning to the next.",
        more="Each has its level in dB as it begins, at its loudest and as it ends, the strength "
        "of the twelve notes in it, and its colour.",
        scale="at least 0.06 seconds each",
        heard="Measured: cut wherever a sound begins.",
        stated_by=(SPOTIFY,),
        checked=("segment",),
    ),
    Definition(
        anchor="pitches",
        title="Notes heard",
        asks="How strongly each of the twelve notes sounds in a moment.",
        more="Octaves are laid on top of one another, and overtones count, so a bass note also "
        "lights its fifth and third a little.",
        scale="0 to 1 each; the strongest is always 1",
        heard="Measured.",
        stated_by=(SPOTIFY,),
    ),
    Definition(
        anchor="timbre",
        title="Colour of the sound",
        asks="What makes a flute and a violin differ on the same note, as twelve numbers.",
        more="The first is level, the second brightness, the third how noisy or flat, the fourth "
        "the strength of the attack; the other eight have no name. Our own and Spotify’s are made "
        "differently and must never be compared with each other.",
        scale="roughly −300 to 400, around 0",
        heard="Measured in shapes of our own, called earprint-v1.",
        stated_by=(SPOTIFY,),
    ),
)
AROUND = (
    Definition(
        anchor="genres",
        title=FIELDS["genres"],
        asks="Which names people give to the music.",
        more="Spotify gives them to artists, never to a single track, and to fewer and fewer. "
        "Tags of MusicBrainz, ListenBrainz and Last.fm are votes of their listeners.",
        scale="words",
        stated_by=(SPOTIFY, MUSICBRAINZ, LISTENBRAINZ, LASTFM),
    ),
    Definition(
        anchor="popularity",
        title=FIELDS["popularity"],
        asks="How much it is played lately, compared with everything else there.",
        more="It says nothing about how good the music is, and it forgets: old plays fade. Since "
        "February 2026 Spotify no longer sends it to new apps. What different services count is "
        "never put on one axis.",
        scale="0 to 100",
        stated_by=(SPOTIFY,),
    ),
    Definition(
        anchor="related",
        title=PANELS["related"],
        asks="Whose listeners are the same.",
        more="ListenBrainz and Last.fm give a closeness, Deezer and Spotify only an order. Lists "
        "are merged, and how many of them name an artist is shown; Spotify’s stands apart, as its "
        "terms ask. Artists of your own files are compared by sound alone.",
        scale="0 to 1, the closest is 1",
        heard="For artists of your own files: nearest by energy, mood, tempo and their like, each "
        "measured against all files here.",
        stated_by=(LISTENBRAINZ, DEEZER, LASTFM, SPOTIFY),
    ),
)
GROUPS = (
    ("sound", "How it sounds", "From 0 to 1, one number for the whole track.", SOUND),
    ("rhythm", "Pulse, key and level", "One value for the whole track.", RHYTHM),
    ("inside", "What happens when", "In a track’s analysis: when, and how sure.", INSIDE),
    ("around", "Around an artist", "What no sound can tell.", AROUND),
)
"""Anchor, heading, what they have in common, and the definitions."""

SOURCES = {
    SourceName.SPOTIFY: "States what its own analyser, once The Echo Nest’s, computed. It has "
    "never published how far its numbers are off, and answers many of them to older apps only.",
    SourceName.RECCOBEATS: "Repeats Spotify’s numbers for most tracks up to 2024 and knows few of "
    "the newest.",
    SourceName.MUSICBRAINZ: "An encyclopaedia that people write: who is who, recordings, genres.",
    SourceName.WIKIDATA: "Links the ids by which others know an artist.",
    SourceName.LISTENBRAINZ: "Counts what its members listen to: related artists, tags.",
    SourceName.DEEZER: "Related artists and top tracks as its own listeners have it.",
    SourceName.LASTFM: "Related artists and tags as its own listeners have it.",
    SourceName.OEMBED: "Tells the name and a picture, no more.",
    SourceName.EXPORTIFY: "Spotify’s numbers as somebody once exported them, of the day of export.",
    SourceName.LIBRARY: "What their tags say, and what our own analysis hears in them here.",
}
"""What each source is, to somebody who has never heard of it."""

KINDS = (
    ("stated", "The source says so. How far it may be off is for the source to know."),
    ("measured", "Counted or computed from the sound of your own file, on this server."),
    ("a guess", "A model’s opinion. It always comes with how far such guesses are typically off."),
)
