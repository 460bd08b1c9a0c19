"""The tables of app.db: what must not be lost. Tables never leave api."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class VerdictRow(SQLModel, table=True):
    """What a credential was found to be allowed at a source. Times are unix seconds."""

    __tablename__ = "source_verdict"

    source: str = Field(primary_key=True)
    credential: str = Field(primary_key=True)
    family: str = Field(primary_key=True)
    state: str
    status: int | None = None
    detail: str
    decided_at: float
    until: float | None = None


class GateRow(SQLModel, table=True):
    """Until when a source asked not to be called, per bucket of its calls."""

    __tablename__ = "source_gate"

    source: str = Field(primary_key=True)
    credential: str = Field(primary_key=True)
    bucket: str = Field(primary_key=True)
    since: float
    until: float
    streak: int = 0


class LibraryTrackRow(SQLModel, table=True):
    """One file of the owner's own, told apart by its bytes. Times are unix seconds."""

    __tablename__ = "library_track"

    id: str = Field(primary_key=True)
    sha256: str = Field(unique=True)
    title: str
    artist: str
    artist_id: str = Field(index=True)
    album: str | None = None
    isrc: str | None = Field(default=None, index=True)
    spotify_id: str | None = Field(default=None, index=True)
    format: str
    size_bytes: int
    file: str
    added_at: float
    demo: str | None = None
    """The slug of a piece of the demo label; None for what the owner brought."""
    genres: str | None = None
    """What its owner calls it, as a JSON list."""


class LibraryAnalysisRow(SQLModel, table=True):
    """What the analyser heard in a file, as canonical JSON; `analysis` is packed with zstd."""

    __tablename__ = "library_analysis"

    track_id: str = Field(primary_key=True, foreign_key="library_track.id", ondelete="CASCADE")
    analyser: int
    features: bytes
    analysis: bytes
    made_at: float


class PastAnalysisRow(SQLModel, table=True):
    """What another version of the analyser heard in a file before the one that counts."""

    __tablename__ = "past_analysis"

    track_id: str = Field(primary_key=True, foreign_key="library_track.id", ondelete="CASCADE")
    analyser: int = Field(primary_key=True)
    features: bytes
    analysis: bytes
    made_at: float


class JobRow(SQLModel, table=True):
    """One analysis to do, being done or done. Times are unix seconds."""

    __tablename__ = "job"

    id: str = Field(primary_key=True)
    track_id: str = Field(foreign_key="library_track.id", ondelete="CASCADE", index=True)
    state: str
    stage: str | None = None
    percent: float = 0.0
    tries: int = 0
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    beat_at: float | None = None
    """When the worker last said that it is alive."""
    problem: str | None = None
    """Why it failed, as JSON: code, title, detail."""
    asked_by: str | None = Field(default=None, unique=True)
    """The Idempotency-Key of the upload that asked for it."""


class ProfileJobRow(SQLModel, table=True):
    """One profile of a long playlist to make, being made or made. Times are unix seconds."""

    __tablename__ = "profile_job"

    id: str = Field(primary_key=True)
    playlist_id: str
    source: str | None = None
    """The one source that is to be asked; None where the first that can is."""
    fold: str | None = None
    principal: str
    """In whose name the sources are asked."""
    state: str
    percent: float = 0.0
    tries: int = 0
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    problem: str | None = None
    """Why it failed, as JSON: code, title, detail."""


class CollectionRow(SQLModel, table=True):
    """A playlist of the owner's own making."""

    __tablename__ = "collection"

    id: str = Field(primary_key=True)
    name: str
    description: str | None = None
    owner: str
    snapshot: str
    made_at: float
    demo: str | None = None
    refused: str | None = None
    """Lines of what it was made from that name no track, as JSON: line, text, reason."""
    unread: str | None = None
    """What else of it was not understood, as JSON: column, line, text, reason."""


class CollectionItemRow(SQLModel, table=True):
    """One position of a collection; without `track_id` it is only a name."""

    __tablename__ = "collection_item"

    collection_id: str = Field(primary_key=True, foreign_key="collection.id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    track_id: str | None = None
    name: str
    artists: str
    """A JSON list of names."""
    album: str | None = None
    duration_ms: int | None = None
    isrc: str | None = None
    added_at: float | None = None


class ImportedFeaturesRow(SQLModel, table=True):
    """The feature columns of a spreadsheet that the owner brought, per track id, as JSON."""

    __tablename__ = "imported_features"

    track_id: str = Field(primary_key=True)
    values: str
    file: str
    imported_at: float


class BrandRow(SQLModel, table=True):
    """The sound that an artist aims at. Times are unix seconds."""

    __tablename__ = "brand"

    id: str = Field(primary_key=True)
    name: str
    words: str | None = None
    targets: str
    """Per feature the range and its weight, as JSON."""
    tracks: str
    """Ids of the tracks that stand for it, as a JSON list."""
    made_from: str
    """Which songs its ranges were first taken from, as JSON: id, source, zero of the loudness."""
    made_at: float
    changed_at: float


class NoteRow(SQLModel, table=True):
    """What this server has to remember of itself, such as that the demo label was put in."""

    __tablename__ = "note"

    name: str = Field(primary_key=True)
    value: str


class IdentityAnswerRow(SQLModel, table=True):
    """Which ids one source says are the same artist or track as this one; none is an answer, too.

    Times are unix seconds.
    """

    __tablename__ = "identity_answer"

    kind: str = Field(primary_key=True)
    scheme: str = Field(primary_key=True)
    ident: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    links: str
    """A JSON list of [scheme, id, how]."""
    found_at: float
    until: float = Field(index=True)


class IdentityCorrectionRow(SQLModel, table=True):
    """What a person has set: the right id in a numbering, or None where none is right."""

    __tablename__ = "identity_correction"

    kind: str = Field(primary_key=True)
    ident: str = Field(primary_key=True)
    scheme: str = Field(primary_key=True)
    target: str | None = None
    set_at: float


class PersonRow(SQLModel, table=True):
    """Somebody who has signed in with Spotify. Times are unix seconds."""

    __tablename__ = "person"

    principal: str = Field(primary_key=True)
    """Made up here, anew at each first sign-in: it tells nobody who it is."""
    account: str = Field(unique=True)
    """What Spotify never changes about an account."""
    spotify_id: str
    name: str
    scopes: str
    consented_at: float
    refresh_token: str | None = None
    """Sealed; None once Spotify takes it no more."""
    version: int = 0
    """Grows with every other refresh token: of two who replace it, one wins."""


class SessionRow(SQLModel, table=True):
    """One browser in which somebody is signed in, under the hash of what its cookie holds."""

    __tablename__ = "person_session"

    id: str = Field(primary_key=True)
    principal: str = Field(foreign_key="person.principal", ondelete="CASCADE", index=True)
    began_at: float
    seen_at: float


class SpentSignInRow(SQLModel, table=True):
    """The hash of a sign-in’s `state` that has come back: it may do so once."""

    __tablename__ = "spent_sign_in"

    state: str = Field(primary_key=True)
    spent_at: float = Field(index=True)


class WorksheetRow(SQLModel, table=True):
    """Facts frozen with what somebody wrote beside them; lists of the contract's shapes as JSON.

    Times are unix seconds.
    """

    __tablename__ = "worksheet"

    id: str = Field(primary_key=True)
    name: str
    facts: str
    answers: str
    missing: str
    made_at: float
    changed_at: float = Field(index=True)
    share_hash: str | None = Field(default=None, unique=True, index=True)
    """Of the secret in the link that leads to it; the secret itself is kept nowhere."""
    shared_at: float | None = None
