"""Tables for people who sign in with Spotify, and the browsers in which they have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all three."""
    op.create_table(
        "person",
        sa.Column("principal", sa.String(), primary_key=True),
        sa.Column("account", sa.String(), nullable=False, unique=True),
        sa.Column("spotify_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("consented_at", sa.Float(), nullable=False),
        sa.Column("refresh_token", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "person_session",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column(
            "principal",
            sa.String(),
            sa.ForeignKey("person.principal", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("began_at", sa.Float(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
    )
    op.create_index("ix_person_session_principal", "person_session", ["principal"])
    op.create_table(
        "spent_sign_in",
        sa.Column("state", sa.String(), primary_key=True),
        sa.Column("spent_at", sa.Float(), nullable=False),
    )
    op.create_index("ix_spent_sign_in_spent_at", "spent_sign_in", ["spent_at"])


def downgrade() -> None:
    """Drop all three."""
    op.drop_table("spent_sign_in")
    op.drop_table("person_session")
    op.drop_table("person")
