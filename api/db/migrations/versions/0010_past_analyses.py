"""A table for what older versions of the analyser have heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it; what is here was heard by one version alone."""
    owner = sa.ForeignKey("library_track.id", ondelete="CASCADE")
    op.create_table(
        "past_analysis",
        sa.Column("track_id", sa.String(), owner, primary_key=True, nullable=False),
        sa.Column("analyser", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.Column("analysis", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("past_analysis")
