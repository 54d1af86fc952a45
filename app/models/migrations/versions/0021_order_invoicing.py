"""When orders are invoiced: on arrival, by hand; goods with parts of their own; shipping what the books lack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the new columns."""
    op.add_column("company", sa.Column("unbooked_shipping", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("product", sa.Column("composed", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("sales_order_line", sa.Column("by_hand", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("sales_order_line", sa.Column("in_transit", sa.BigInteger(), server_default="0", nullable=False))
