"""The owner's own files, the jobs that analyse them, and collections."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, model_validator

from api.schemas.base import Bpm, Milliseconds, Mode, Model, Moment, PitchClass, Seconds
from api.schemas.provenance import Gaps, Resource, Said
from api.text import one_line, paragraphs

BOTH_WAYS = "Send either `items`, the whole new list, or `add` and `remove`, but not both ways."


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """What a job makes: the analysis of a file, or the profile of a long playlist."""

    ANALYSIS = "analysis"
    PROFILE = "profile"


class Stage(StrEnum):
    """What a running job is doing."""

    DECODE = "decode"
    BEATS = "beats"
    KEY = "key"
    SEGMENTS = "segments"
    SECTIONS = "sections"
    FEATURES = "features"
    ENTRIES = "entries"
    TRACKS = "tracks"


STAGES = {
    JobKind.ANALYSIS: (
        Stage.DECODE,
        Stage.BEATS,
        Stage.KEY,
        Stage.SEGMENTS,
        Stage.SECTIONS,
        Stage.FEATURES,
    ),
    JobKind.PROFILE: (Stage.ENTRIES, Stage.TRACKS),
}
"""The stages of each kind of job, in their order."""


class JobProblem(Model):
    """Why a job failed, in the words of /problems."""

    type: Annotated[str, Field(examples=["/problems/no-signal"])]
    title: str
    status: int
    detail: str


class Job(Model):
    """One analysis or profile: waiting, running or over. Follow `href` until `state` stays."""

    id: str
    kind: Annotated[
        JobKind, Field(description="`analysis` of a file, or `profile` of a long playlist.")
    ]
    href: Annotated[str, Field(description="Where this job can be followed.")]
    state: JobState
    stage: Annotated[Stage | None, Field(description="What it is doing; null when it is not.")]
    percent: Annotated[float, Field(ge=0, le=100, description="How much of it is done.")]
    queue_place: Annotated[
        int | None, Field(ge=1, description="1 is the next; null when it no longer waits.")
    ]
    seconds_left: Annotated[
        Seconds | None,
        Field(description="A guess from its own pace or the last analyses; null where unknown."),
    ]
    tries: Annotated[int, Field(ge=0, description="How often it was begun.")]
    track_id: Annotated[str | None, Field(description="The file’s; null for a profile.")]
    playlist_id: Annotated[str | None, Field(description="The list’s; null for an analysis.")]
    result: Annotated[
        str | None, Field(description="Where features or profile are, once it is done.")
    ]
    problem: Annotated[JobProblem | None, Field(description="Why it failed.")]
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None


class ComposerSection(Model):
    """A part of a piece as its composer wrote it."""

    start: Seconds
    label: str


class ComposersTruth(Model):
    """What the composer of a demo piece wrote, to compare with what the analyser measured."""

    tempo: Bpm
    key: PitchClass
    mode: Mode
    key_name: str
    time_signature: Annotated[str, Field(examples=["6/8"])]
    sections: tuple[ComposerSection, ...]


class KeptAnalysis(Model):
    """What one version of the analyser heard in a file, kept beside what the newest hears."""

    analyser: Annotated[int, Field(ge=1, description="The version.")]
    made_at: Moment
    features: Annotated[str, Field(description="The address of its audio features.")]
    analysis: Annotated[str, Field(description="The address of its audio analysis.")]


class LibraryTrack(Resource):
    """A file of the owner's own, and where what was heard in it can be read."""

    id: str
    uri: str
    title: str
    artist: str
    artist_id: str
    album: str | None
    isrc: str | None
    spotify_id: Annotated[
        str | None, Field(description="The same recording at Spotify, if its owner has said so.")
    ]
    genres: Annotated[
        tuple[str, ...] | None, Field(description="What its owner calls it; null where unsaid.")
    ]
    format: Annotated[str, Field(examples=["flac"])]
    size_bytes: Annotated[int, Field(ge=0)]
    sha256: str
    duration_ms: Annotated[Milliseconds | None, Field(description="Known once it is analysed.")]
    added_at: Moment
    demo: Annotated[bool, Field(description="A piece of the demo label that Earprint brings.")]
    truth: Annotated[
        ComposersTruth | None, Field(description="Demo pieces only: what their composer wrote.")
    ]
    job: Annotated[Job | None, Field(description="The latest analysis of this file.")]
    features: Annotated[str, Field(description="The address of its audio features.")]
    analysis: Annotated[str, Field(description="The address of its audio analysis.")]
    analyser: Annotated[
        int | None, Field(description="The version of the analyser whose features these are.")
    ]
    analyser_now: Annotated[
        int,
        Field(
            description="The version that is here. If it is a newer one, POST `…/analyses` has the "
            "file heard again."
        ),
    ]
    analyses: Annotated[
        tuple[KeptAnalysis, ...],
        Field(description="What each version heard, the one that counts first."),
    ]
    audio: Annotated[
        str | None,
        Field(description="The address of the file itself; null where it is gone from the disk."),
    ]
    cover: Annotated[
        str | None, Field(description="Demo pieces only: the address of its cover, an SVG.")
    ]
    provenance: Said
    missing: Gaps = ()


Name = Annotated[str | None, Field(json_schema_extra={"maxLength": 300})]


class TrackChange(Model):
    """What of a file's names is to change; what is left out stays, and null clears.

    Lengths and forms are looked at where names are read, which says in words what does not fit.
    """

    title: Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": 300})] = ""
    artist: Name = None
    album: Name = None
    genres: tuple[str, ...] | None = Field(
        default=None, description="At most 20, of 60 characters each; null or none clears them."
    )
    isrc: str | None = Field(default=None, description="The recording’s number.")
    spotify_id: str | None = Field(
        default=None, description="The same recording at Spotify: id, URI or link."
    )


class LibraryTracks(Resource):
    """The owner's files, newest first."""

    items: tuple[LibraryTrack, ...]
    total: Annotated[int, Field(ge=0)]
    provenance: Said
    missing: Gaps = ()


class Renewal(Model):
    """How far the library is in being heard again by the analyser that is here now."""

    analyser: Annotated[int, Field(ge=1, description="The version that is here.")]
    outdated: Annotated[
        int, Field(ge=0, description="Files that an older version heard, and that are still here.")
    ]
    gone: Annotated[
        int,
        Field(ge=0, description="Such files beside them that are not on the disk any more."),
    ]
    asked_at: Annotated[
        Moment | None,
        Field(description="When all were asked for; null where that is done, or nobody has."),
    ]


class RefusedLine(Model):
    """A line of what was pasted or imported that names no track."""

    line: Annotated[int, Field(ge=1)]
    text: str
    reason: str


class UnreadPart(Model):
    """Something in a spreadsheet that was not understood, or not surely."""

    column: Annotated[str | None, Field(description="Its heading; null where it is a whole line.")]
    line: Annotated[
        int | None,
        Field(ge=1, description="In a JSON file the entry; null where it is a whole column."),
    ]
    text: Annotated[str, Field(description="What stands there, or the first of it.")]
    reason: str


class Collection(Model):
    """A playlist of the owner's own making; its contents are at `playlist`."""

    id: str
    name: str
    description: str | None
    playlist: Annotated[str, Field(description="Its address as a playlist.")]
    items_total: Annotated[int, Field(ge=0)]
    snapshot_id: Annotated[str, Field(description="Another one whenever its entries change.")]
    made_at: Moment
    demo: bool
    features_imported: Annotated[
        int, Field(ge=0, description="Tracks whose feature columns were taken from the CSV.")
    ]
    refused: Annotated[
        tuple[RefusedLine, ...],
        Field(
            description="Lines that named no track, and why. All in the answer to the import; 100 "
            "are kept, until the whole list is replaced."
        ),
    ]
    unread: Annotated[
        tuple[UnreadPart, ...],
        Field(
            description="What of a spreadsheet was not understood, and why; kept until the whole "
            "list is replaced. At most 100 parts; the last ones count the rest."
        ),
    ]


class Collections(Model):
    """The owner's collections, newest first."""

    items: tuple[Collection, ...]


def _printable(name: object) -> object:
    return one_line(name) if isinstance(name, str) else name


MOST_ENTRIES = 10_000
CollectionName = Annotated[
    str, BeforeValidator(_printable), Field(min_length=1, max_length=200, pattern=r"\S")
]
Description = Annotated[str, Field(max_length=2_000), AfterValidator(paragraphs)]
References = Annotated[tuple[str, ...], Field(max_length=MOST_ENTRIES)]


class NewCollection(Model):
    """What a collection is to be made of."""

    name: CollectionName
    description: Description | None = None
    items: Annotated[
        tuple[str, ...],
        Field(
            min_length=1,
            max_length=MOST_ENTRIES,
            description="One track each: an id, a URI, a link, an own id or an ISRC.",
        ),
    ]


class CollectionChange(Model):
    """What of a collection is to change; what is left out stays as it is."""

    name: CollectionName = Field(default_factory=str)
    description: Description | None = Field(
        default=None, description="Null or an empty text clears it."
    )
    items: References = Field(
        default_factory=tuple,
        description="The whole new list, one track each. A track that was in the list keeps what "
        "the list says of it; an entry that is but a name cannot be named, and goes. Not together "
        "with `add` and `remove`.",
    )
    add: References = Field(
        default_factory=tuple,
        description="Tracks for the end of the list, one each; after `remove` is done.",
    )
    remove: tuple[Annotated[StrictInt, Field(ge=0)], ...] = Field(
        default_factory=tuple,
        max_length=MOST_ENTRIES,
        description="Positions of entries that are to go, each once, as they are before the "
        "change; the first is 0.",
    )

    @model_validator(mode="after")
    def _in_one_way(self) -> Self:
        if "items" in self.model_fields_set and self.model_fields_set & {"add", "remove"}:
            raise ValueError(BOTH_WAYS)
        return self

    @property
    def changes_entries(self) -> bool:
        """Whether it says anything of the list itself."""
        return bool(self.model_fields_set & {"items", "add", "remove"})
