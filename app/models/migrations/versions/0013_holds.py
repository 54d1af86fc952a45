"""Orders on hold, and shipments that were called off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("sales_order", sa.Column("hold", sa.Text(), server_default="", nullable=False))
    op.add_column("sales_order_line", sa.Column("stopped", sa.BigInteger(), server_default="0", nullable=False))
