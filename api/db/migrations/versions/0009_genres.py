"""A place for the genres that an owner gives a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what is here has none."""
    op.add_column("library_track", sa.Column("genres", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("library_track", "genres")
