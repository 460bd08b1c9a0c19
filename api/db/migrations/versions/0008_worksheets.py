"""A table for worksheets: frozen facts, and what was written beside them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "worksheet",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("answers", sa.String(), nullable=False),
        sa.Column("missing", sa.String(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.Column("share_hash", sa.String(), nullable=True),
        sa.Column("shared_at", sa.Float(), nullable=True),
    )
    op.create_index("ix_worksheet_changed_at", "worksheet", ["changed_at"])
    op.create_index("ix_worksheet_share_hash", "worksheet", ["share_hash"], unique=True)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("worksheet")
