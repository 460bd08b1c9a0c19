"""Tables for who is whom across sources, and for what a person has set right."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both."""
    op.create_table(
        "identity_answer",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("scheme", sa.String(), primary_key=True),
        sa.Column("ident", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("links", sa.String(), nullable=False),
        sa.Column("found_at", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
    )
    op.create_index("ix_identity_answer_until", "identity_answer", ["until"])
    op.create_table(
        "identity_correction",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("ident", sa.String(), primary_key=True),
        sa.Column("scheme", sa.String(), primary_key=True),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("set_at", sa.Float(), nullable=False),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("identity_correction")
    op.drop_table("identity_answer")
