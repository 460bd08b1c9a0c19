"""Every problem type, in words for people; /problems/{slug} and the OpenAPI read this table."""

from __future__ import annotations

from dataclasses import dataclass, replace

UPLOAD_MB = "{upload_mb}"


@dataclass(frozen=True, slots=True)
class SlugText:
    """One problem type: its title, what it means and what to do about it."""

    status: int
    title: str
    meaning: str
    remedy: str

    def here(self, *, upload_mb: int) -> SlugText:
        """The same, with the settings of this server where its words name one."""
        return replace(self, meaning=self.meaning.replace(UPLOAD_MB, str(upload_mb)))


SUBJECTS = {  # what may be unavailable: its slug, and how a sentence names it
    "artist": ("artist", "this artist"),
    "track": ("track", "this track"),
    "playlist": ("playlist", "this playlist"),
    "album list": ("albums", "the albums of this artist"),
    "related artists": ("related", "artists related to this one"),
    "top tracks": ("top-tracks", "the most played tracks of this artist"),
    "audio features": ("features", "audio features of this track"),
    "audio analysis": ("analysis", "an audio analysis of this track"),
    "playlist profile": ("profile", "a profile of this playlist"),
    "search result": ("search", "search results"),
    "own lists": ("own-lists", "your own lists at Spotify"),
}
_NO_AUDIO = "The file could be stored, but not heard as music. `detail` says what is wrong with it."
_OTHER_FILE = "Export it again as WAV, FLAC, MP3, Ogg, Opus, M4A, AAC or AIFF, and upload that."


def subject_slug(subject: str, ending: str) -> str:
    """`audio features`, `unavailable` → `features-unavailable`."""
    return f"{SUBJECTS[subject][0]}-{ending}"


def in_words(subject: str) -> str:
    """`audio features` → `audio features of this track`."""
    return SUBJECTS[subject][1]


def _not_found(subject: str) -> SlugText:
    return SlugText(
        404,
        f"{subject.capitalize()} not found",
        f"A source that answers for this kind of id says that no such {subject} exists.",
        "Check that the whole id was copied, 22 letters and digits, upper and lower case as given. "
        "New music may take a few minutes to appear: a “not found” is kept for ten minutes.",
    )


def _unavailable(subject: str) -> SlugText:
    return SlugText(
        404,
        f"{subject.capitalize()} unavailable",
        f"No source connected to this server can give {in_words(subject)}. `attempts` names "
        "each source and why it cannot.",
        "Connect Spotify credentials of an app that may read it, or use another source; "
        "/v1/sources shows what is open here.",
    )


SLUGS: dict[str, SlugText] = {
    "bad-reference": SlugText(
        422,
        "Not one music link or id",
        "The text holds no id, link or URI that can be recognised, or several, or it names another "
        "kind of thing than the one asked for.",
        "Paste the link that Spotify’s “Share → Copy link” gives. `hint` says what to mend.",
    ),
    "invalid-request": SlugText(
        422,
        "Request not understood",
        "A parameter is missing, unknown, given twice or out of its range.",
        "`errors` has one entry for each part that has to change.",
    ),
    "not-found": SlugText(
        404,
        "No such address",
        "Nothing of Earprint lives at this address.",
        "The playground at /docs lists every address.",
    ),
    "method-not-allowed": SlugText(
        405,
        "Method not allowed",
        "The address exists, but not for this HTTP method.",
        "The Allow header names the methods that work.",
    ),
    "http-error": SlugText(
        400,
        "Request refused",
        "The request could not be handled as HTTP.",
        "`detail` says what was wrong.",
    ),
    "sources-unavailable": SlugText(
        503,
        "Sources cannot answer now",
        "At least one source might give the answer later: it asked us to wait, or did not answer.",
        "Ask again after the seconds in Retry-After. What is already cached keeps being served.",
    ),
    "bad-upstream-answer": SlugText(
        502,
        "Unreadable answer from the source",
        "Every source that was asked answered, but none in a form that can be read.",
        "Nothing of it was kept. Ask again in a few seconds; if it stays, tell us.",
    ),
    "analysis-in-progress": SlugText(
        202,
        "Being analysed",
        "The file is in this server’s library, and the analyser is at work on it or will be soon.",
        "Follow the job named in the Location header; the answer will be at the same address.",
    ),
    "profile-in-progress": SlugText(
        202,
        "Being read",
        "The playlist is too long for one request: this server asks the source about its tracks, "
        "as fast as the source allows.",
        "Follow the job named in the Location header; the profile will be at the same address.",
    ),
    "unsupported-format": SlugText(
        415,
        "Not an audio file we can read",
        "The first bytes of the file are not those of WAV, FLAC, MP3, Ogg, Opus, M4A, AAC or AIFF. "
        "Its name does not matter.",
        _OTHER_FILE,
    ),
    "file-too-large": SlugText(
        413,
        "File too large",
        f"An audio file may have {UPLOAD_MB} MB on this server, a list or spreadsheet 2 MB. "
        "Nothing of it was kept.",
        "FLAC has the same sound in half the bytes of WAV; MP3 or Ogg are smaller still.",
    ),
    "bad-audio": SlugText(422, "The file is damaged or holds no sound", _NO_AUDIO, _OTHER_FILE),
    "too-short": SlugText(
        422,
        "Too short to analyse",
        "Tempo, key and sections cannot be found in less than five seconds.",
        "Upload the whole piece rather than a sample of it.",
    ),
    "no-signal": SlugText(
        422,
        "Nothing can be heard in the file",
        "From beginning to end it is quieter than −60 LUFS, which is silence.",
        "Check that the right track was exported, and that it was not muted.",
    ),
    "analysis-failed": SlugText(
        422,
        "The analysis failed",
        "The analyser gave up on this file twice, so it will not try again by itself.",
        "Start it again from the job’s page, or export the file in another format and upload that.",
    ),
    "job-not-found": SlugText(
        404,
        "Job not found",
        "There is no job with this id: it never was, its file was deleted, or it ended long ago.",
        "/v1/library/tracks lists the files and their jobs; a playlist’s profile leads to its own.",
    ),
    "collection-refused": SlugText(
        422,
        "No collection could be made of this",
        "None of the lines names a track, or the spreadsheet has no column with track ids.",
        "Paste one link or id a line, or choose the CSV file that Exportify writes.",
    ),
    "brand-not-found": SlugText(
        404,
        "Brand not found",
        "There is no brand with this id: it never was, or it was deleted.",
        "/v1/brands lists those that are here; the page /brands shows them.",
    ),
    "conflict": SlugText(
        409,
        "Not possible in this state",
        "What was asked for does not fit the state the thing is in.",
        "`detail` says in which state it is, and what can be done with it.",
    ),
    "changed-meanwhile": SlugText(
        412,
        "Changed meanwhile",
        "Somebody has changed it since you last saw it: in another window, or on another machine. "
        "Nothing of what you sent was done, so nothing of theirs is lost. `current` is what stands "
        "now.",
        "Look at what stands now, and make your change again. Programs send the new ETag as "
        "If-Match.",
    ),
    "precondition-required": SlugText(
        428,
        "Say what you have seen",
        "A worksheet is changed by several windows and people: whoever changes it has to say which "
        "version of it they have seen, so that nothing that others wrote is lost.",
        "Send the ETag of the worksheet as If-Match; `*` if whatever stands now may be changed.",
    ),
    "worksheet-not-found": SlugText(
        404,
        "Worksheet not found",
        "There is no worksheet with this id, or the link that led to one was withdrawn.",
        "/v1/worksheets lists those there are. Of a link ask whoever gave it to you for a new one.",
    ),
    "link-needed": SlugText(
        401,
        "Only with its link",
        "A worksheet that somebody shares is read with the secret of its private link alone.",
        "Open the whole link in a browser. Programs send its last part as "
        "`Authorization: Bearer …`.",
    ),
    "queue-full": SlugText(
        503,
        "Too much is waiting",
        "This server analyses one file per processor core, takes in one list at a time, asks about "
        "few long playlists at once, and lets only so many wait.",
        "Ask again after the seconds in Retry-After. Nothing that was sent was kept.",
    ),
    "no-decoder": SlugText(
        503,
        "Files cannot be opened on this server just now",
        "The program that opens audio files does not work here at the moment, whatever the file. "
        "`detail` says why. Nothing of the file was kept.",
        "Send it again later. Whoever runs the server sees the reason at /readyz; most often it is "
        "too little memory, or an installation that is not complete.",
    ),
    "unsandboxed": SlugText(
        403,
        "Files are not taken on this server",
        "It can be reached from other machines, and has no sandbox in which a stranger’s file "
        "could do no harm.",
        "Whoever runs the server can install bubblewrap, or set EARPRINT_UNSANDBOXED=1 where only "
        "people who are trusted can reach it.",
    ),
    "busy": SlugText(
        503,
        "The server is busy",
        "Something else has held the lock on this server’s database for longer than a request may "
        "wait. Nothing was changed.",
        "Try again in a few seconds; Retry-After says how many. If it stays so, another program "
        "has the file app.db open, such as a backup or a database browser: end that.",
    ),
    "no-room": SlugText(
        507,
        "The disk is full",
        "There is no room left where this server keeps its files, so nothing of what was sent was "
        "kept. What was here before is all still here.",
        "Delete files that are not needed any more, here or elsewhere on the disk, and send it "
        "again.",
    ),
    "wrong-host": SlugText(
        421,
        "Not a name of this server",
        "The request names a host that this server does not go by. It answers to localhost, to "
        "addresses in numbers, and to the names in the settings EARPRINT_HOST and EARPRINT_HOSTS: "
        "otherwise any web site could have a name of its own lead here, and read the library.",
        "If you reach Earprint under this name, write it into EARPRINT_HOSTS and start it again.",
    ),
    "cross-site": SlugText(
        403,
        "Asked for by another site",
        "A browser says that a page of another web site sent this request. Only Earprint’s own "
        "pages may change anything here, or read what is the owner’s own.",
        "Do it from Earprint’s pages, or with a program that is not a browser.",
    ),
    "not-signed-in": SlugText(
        401,
        "Not signed in",
        "Spotify tells this only to the person it is about, after they have signed in here, and "
        "only for as long as they allow it: six months at most.",
        "Open /sign-in in a browser, allow at Spotify what is asked for, and try again.",
    ),
    "sign-in-failed": SlugText(
        400,
        "The sign-in did not work",
        "Spotify has led the browser back here, but not in a way that this server can take. "
        "`detail` says why. Nobody was signed in or out.",
        "Begin again at /sign-in, in one browser, and finish within ten minutes.",
    ),
    "sign-in-unavailable": SlugText(
        404,
        "Nobody can sign in here",
        "Signing in with Spotify is not set up on this server, or not for the address in use.",
        "Everything else works without it. Whoever runs the server finds the steps in README, "
        "under “Sign in with Spotify”.",
    ),
    "range-not-satisfiable": SlugText(
        416,
        "Beyond the end of the file",
        "The Range header asks for bytes that the file does not have.",
        "Content-Range says how many bytes there are.",
    ),
    "internal": SlugText(
        500,
        "Earprint made a mistake",
        "Something went wrong inside this server. Nothing of your request was lost elsewhere.",
        "Tell whoever runs the server the request id: it finds the log line.",
    ),
    **{
        subject_slug(subject, "not-found"): _not_found(subject)
        for subject in ("artist", "track", "playlist")
    },
    **{subject_slug(subject, "unavailable"): _unavailable(subject) for subject in SUBJECTS},
}
