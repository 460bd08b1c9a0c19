"""A table for profiles of long playlists that take longer than a request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "profile_job",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("playlist_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("fold", sa.String(), nullable=True),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("percent", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=True),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("profile_job")
