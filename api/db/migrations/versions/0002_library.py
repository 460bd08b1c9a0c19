"""Tables for own files, what was heard in them, jobs, collections and imported features."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "note",
    "imported_features",
    "collection_item",
    "collection",
    "job",
    "library_analysis",
    "library_track",
)


def upgrade() -> None:
    """Make them all."""
    _library()
    _jobs()
    _collections()
    op.create_table(
        "imported_features",
        sa.Column("track_id", sa.String(), primary_key=True),
        sa.Column("values", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("imported_at", sa.Float(), nullable=False),
    )
    op.create_table(
        "note",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )


def _library() -> None:
    op.create_table(
        "library_track",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False, unique=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("artist", sa.String(), nullable=False),
        sa.Column("artist_id", sa.String(), nullable=False),
        sa.Column("album", sa.String(), nullable=True),
        sa.Column("isrc", sa.String(), nullable=True),
        sa.Column("spotify_id", sa.String(), nullable=True),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("added_at", sa.Float(), nullable=False),
        sa.Column("demo", sa.String(), nullable=True),
    )
    for column in ("artist_id", "isrc", "spotify_id"):
        op.create_index(f"ix_library_track_{column}", "library_track", [column])
    op.create_table(
        "library_analysis",
        _track_key(primary_key=True),
        sa.Column("analyser", sa.Integer(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.Column("analysis", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
    )


def _track_key(*, primary_key: bool = False) -> sa.Column[str]:
    owner = sa.ForeignKey("library_track.id", ondelete="CASCADE")
    return sa.Column("track_id", sa.String(), owner, primary_key=primary_key, nullable=False)


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(), primary_key=True),
        _track_key(),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("percent", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.Column("beat_at", sa.Float(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=True, unique=True),
    )
    op.create_index("ix_job_track_id", "job", ["track_id"])


def _collections() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("demo", sa.String(), nullable=True),
    )
    owner = sa.ForeignKey("collection.id", ondelete="CASCADE")
    op.create_table(
        "collection_item",
        sa.Column("collection_id", sa.String(), owner, primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("track_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("artists", sa.String(), nullable=False),
        sa.Column("album", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("isrc", sa.String(), nullable=True),
        sa.Column("added_at", sa.Float(), nullable=True),
    )


def downgrade() -> None:
    """Drop them all."""
    for table in TABLES:
        op.drop_table(table)
