"""The names of things and the reasons for absences, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.identity import How, IdScheme
from api.schemas.library import JobKind, JobState, Stage
from api.schemas.provenance import SOURCE_TITLES, Capability, Method, Reason, SourceName
from api.schemas.reference import Kind
from api.schemas.sources import State

SOURCES = SOURCE_TITLES

CAPABILITIES = {
    Capability.ARTIST: "artists",
    Capability.RELATED: "related artists",
    Capability.TOP_TRACKS: "an artist’s top tracks",
    Capability.ALBUMS: "albums",
    Capability.TRACK: "tracks",
    Capability.FEATURES: "audio features",
    Capability.ANALYSIS: "audio analysis",
    Capability.PLAYLIST: "playlists",
    Capability.SEARCH: "search",
}

STATES = {
    State.OPEN: "open",
    State.CLOSED: "closed to us",
    State.LIMITED: "asked us to wait",
    State.UNREACHABLE: "does not answer",
    State.NOT_CONFIGURED: "not set up",
}

STEPS = {
    Stage.DECODE: ("Open the file", "The sound is unpacked and its loudness measured."),
    Stage.BEATS: ("Find the beat", "Tempo, beats and bars."),
    Stage.KEY: ("Hear the key", "Which notes sound, and which of them is home."),
    Stage.SEGMENTS: ("Cut it into moments", "Each note or chord with its level and colour."),
    Stage.SECTIONS: ("Find the sections", "Where something new begins."),
    Stage.FEATURES: ("Describe the whole", "Energy, mood, and how good it is to dance to."),
    Stage.ENTRIES: ("Read the list", "Which tracks stand in it, and where."),
    Stage.TRACKS: (
        "Ask about each track",
        "One source describes them all, and is asked no faster than it allows.",
    ),
}

JOB_STATES = {
    JobKind.ANALYSIS: {
        JobState.QUEUED: "waiting",
        JobState.RUNNING: "being analysed",
        JobState.DONE: "analysed",
        JobState.FAILED: "failed",
        JobState.CANCELLED: "stopped",
    },
    JobKind.PROFILE: {
        JobState.QUEUED: "waiting",
        JobState.RUNNING: "being read",
        JobState.DONE: "read",
        JobState.FAILED: "failed",
        JobState.CANCELLED: "stopped",
    },
}
JOB_TITLES = {
    JobKind.ANALYSIS: {
        JobState.QUEUED: "Waiting for its turn",
        JobState.RUNNING: "Being analysed",
        JobState.DONE: "Analysed",
        JobState.FAILED: "The analysis failed",
        JobState.CANCELLED: "Stopped",
    },
    JobKind.PROFILE: {
        JobState.QUEUED: "Waiting for its turn",
        JobState.RUNNING: "Being read",
        JobState.DONE: "Read to the end",
        JobState.FAILED: "It could not be read to the end",
        JobState.CANCELLED: "Stopped",
    },
}


@dataclass(frozen=True, slots=True)
class JobWords:
    """How a kind of job is spoken of, on its page and in a panel that waits for it."""

    doing: str
    stop: str
    see: str
    stays: str
    waiting: str
    watch: str


JOB_WORDS = {
    JobKind.ANALYSIS: JobWords(
        doing="Hearing",
        stop="Stop the analysis",
        see="See what was heard",
        stays="You may close this page: the analysis goes on, and the library keeps the result.",
        waiting="The file is being analysed here. This fills itself as soon as it is done.",
        watch="Watch the analysis",
    ),
    JobKind.PROFILE: JobWords(
        doing="Reading",
        stop="Stop reading",
        see="See how the playlist sounds",
        stays="You may close this page: the reading goes on, and the playlist’s page has the "
        "result.",
        waiting="This list is long, and a source is being asked about every track of it, no faster "
        "than it allows. This fills itself as soon as it is done.",
        watch="Watch it being read",
    ),
}

NAMELESS = "(no name)"
OWN_ANALYSIS = "Own analysis"  # what our analyser says of a file, rather than what its tags say

METHODS = {
    Method.REPORTED: "stated by the source",
    Method.MEASURED: "measured in the audio",
    Method.ESTIMATED: "a model’s guess",
}

SURENESS = {  # how far what was known so can be trusted
    Method.REPORTED: "Whoever states it does not say how sure it is.",
    Method.MEASURED: "What is measured can be wrong. The words beside it say how often such an "
    "answer was right, on music whose answers are known: “very likely right” in 90 of 100 or more, "
    "“probably right” in 70 to 90, “unsure” in 50 to 70.",
    Method.ESTIMATED: "A guess is typically off by what is told with it.",
}

DONE = {  # what was done on the day that stands beside it
    Method.REPORTED: "asked",
    Method.MEASURED: "measured",
    Method.ESTIMATED: "estimated",
}

REASONS = {
    Reason.CLOSED: "the source answers this to other apps only",
    Reason.REMOVED: "the source no longer sends it",
    Reason.NOT_KNOWN: "no source here knows it",
    Reason.NOT_DETECTED: "the analysis could not decide",
    Reason.NOT_CONFIGURED: "this server is not set up to ask for it",
    Reason.UNREACHABLE: "the source did not answer",
    Reason.LIMITED: "the source asked us to wait",
}

WAYS_ON = {
    Reason.CLOSED: ("/sources", "See which sources are open here"),
    Reason.REMOVED: ("/sources", "See what other sources can say"),
    Reason.NOT_KNOWN: ("/sources", "See who is asked, and in which order"),
    Reason.NOT_DETECTED: ("/sources", "See who else could say"),
    Reason.NOT_CONFIGURED: ("/sources", "How to switch it on"),
    Reason.UNREACHABLE: ("/sources", "See when it is tried again"),
    Reason.LIMITED: ("/sources", "See until when"),
}

OWN_FILE = "Have your own file of it heard here"
INSTEAD_OF = {  # the one thing that helps where no source can tell
    "/v1/artists": ("/upload", "Have your own songs heard here"),
    "/v1/playlists": ("/collections/new", "Paste its tracks or an Exportify CSV"),
    "/v1/features": ("/upload", "Have your own files heard here"),
    "/v1/tracks": ("/upload", OWN_FILE),
    "/v1/search": ("/upload", OWN_FILE),
}
WHO_ELSE = ("/sources", "Ask another source: see who answers here")
BROUGHT_BY_YOU = {
    SourceName.LIBRARY: ("/upload", "Have a file of yours heard here"),
    SourceName.EXPORTIFY: ("/collections/new", "Bring a spreadsheet that has them"),
}
WRITE_IT = "Write it in"
ABOUT_DATA = ("/about/data", "How it would be known, and how surely")

KINDS = {
    Kind.ARTIST: "an artist",
    Kind.TRACK: "a track",
    Kind.ALBUM: "an album",
    Kind.PLAYLIST: "a playlist",
    Kind.EPISODE: "a podcast episode",
    Kind.SHOW: "a podcast",
    Kind.USER: "a person’s profile",
    Kind.LOCAL: "a file on somebody’s own computer",
    Kind.ISRC: "a recording number (ISRC)",
    Kind.UNKNOWN: "an id without a kind",
}

INSTEAD = {
    Kind.ALBUM: "An album has no audio features of its own. Open it in Spotify, pick one of its "
    "tracks, and paste the link of that track.",
    Kind.EPISODE: "Earprint describes music. Paste the link of a track, an artist or a playlist.",
    Kind.SHOW: "Earprint describes music. Paste the link of a track, an artist or a playlist.",
    Kind.USER: "A profile itself has no sound. Open one of its playlists and paste the link of "
    "that.",
    Kind.LOCAL: "Spotify knows only its name. Search for the title to find the same recording "
    "there.",
}

NUMBERINGS = {  # whose numbers they are, and what one looks like
    IdScheme.SPOTIFY: ("Spotify", "22 letters and digits"),
    IdScheme.MBID: ("MusicBrainz", "20ff3303-4fe2-4a47-a1b6-291e26aa3438"),
    IdScheme.WIKIDATA: ("Wikidata", "Q42"),
    IdScheme.DEEZER: ("Deezer", "123456"),
    IdScheme.ISRC: ("ISRC", "GBABC2400001"),
    IdScheme.OWN: ("Your own music", "own_…"),
}
LINKED = {
    How.STATED: "which links the two",
    How.BY_ISRC: "by the number of the recording",
    How.BY_NAME: "by nothing but the name",
}

PANELS = {  # headings
    "agreement": "Do the sources agree?",
    "analysis-summary": "What happens when",
    "brand-match": "Does it match your brand?",
    "composer": "What the composer wrote",
    "fit": "Would my song fit?",
    "flow": "From first to last",
    "fingerprint": "How these tracks sound together",
    "features": "What the whole track sounds like",
    "lanes": "Loudness over time",
    "lists": "Add it to a list",
    "matches": "Your own tracks beside it",
    "profile": "How the list spreads",
    "scatter": "Two numbers at once",
    "table": "Tracks",
    "related": "Related artists",
    "repetition": "Where it repeats itself",
    "sections": "Sections in figures",
    "similar": "Nearest by sound in this library",
    "strips": "What sets them apart, largest difference first",
    "top-tracks": "Top tracks",
}

FIELDS = {
    "title": "Title",
    "artist": "Artist",
    "spotify_id": "Link to Spotify",
    "album.id": "Album’s id",
    "album.name": "Album’s title",
    "owner.name": "Owner",
    "name": "Name",
    "images": "Picture",
    "genres": "Genres",
    "genres_by": "More genres",
    "popularity": "Popularity",
    "followers": "Followers",
    "isrc": "ISRC",
    "explicit": "Explicit mark",
    "url": "Link",
    "album": "Album",
    "release_date": "Release date",
    "artists": "Artists",
    "is_playable": "Playable",
    "linked_from": "Linked from",
    "track_number": "Track number",
    "disc_number": "Disc number",
    "duration_ms": "Length",
    "acousticness": "Acousticness",
    "danceability": "Danceability",
    "energy": "Energy",
    "instrumentalness": "Instrumentalness",
    "liveness": "Liveness",
    "speechiness": "Speechiness",
    "valence": "Valence",
    "loudness": "Loudness",
    "tempo": "Tempo",
    "tempo_range": "Changes of tempo",
    "analyser": "Version of the analyser",
    "key": "Key",
    "mode": "Major or minor",
    "key_name": "Key",
    "camelot": "Camelot",
    "time_signature": "Metre",
    "items": "Some of what was found",
    "items_total": "Number of entries",
    "public": "Public or private",
    "description": "Description",
    "owner": "Owner",
    "snapshot_id": "Version",
}


def speaker(source: SourceName, method: Method) -> str:
    """Who says it: of an own file, what is stated comes from its tags, the rest from us."""
    ours = source is SourceName.LIBRARY and method is not Method.REPORTED
    return OWN_ANALYSIS if ours else SOURCES[source]


def field_name(field: str) -> str:
    """`duration_ms` → `Length`; an unlisted field as it is, underscores opened.

    Of a path that is not listed only the end counts: `album.release_date` → `Release date`.
    """
    last = field.rsplit(".", 1)[-1]
    return FIELDS.get(field) or FIELDS.get(last, last.replace("_", " ").capitalize())
