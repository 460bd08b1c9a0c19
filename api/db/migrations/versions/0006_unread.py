"""Collections keep what of a list or a spreadsheet could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
COLUMNS = ("refused", "unread")


def upgrade() -> None:
    """A column for lines that name no track, and one for what was not understood."""
    for name in COLUMNS:
        op.add_column("collection", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    """Drop both."""
    for name in COLUMNS:
        op.drop_column("collection", name)
