"""Tables for what sources told us about themselves: verdicts and gates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "source_verdict",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("credential", sa.String(), primary_key=True),
        sa.Column("family", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("decided_at", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=True),
    )
    op.create_table(
        "source_gate",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("credential", sa.String(), primary_key=True),
        sa.Column("bucket", sa.String(), primary_key=True),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("source_gate")
    op.drop_table("source_verdict")
