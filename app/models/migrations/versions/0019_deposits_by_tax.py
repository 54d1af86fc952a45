"""Deposits by the taxes of their order, and how invoices deduct them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let lines state their taxes, and orders how their deposits are deducted."""
    op.add_column("invoice_line", sa.Column("tax_amounts", sa.String(length=240), server_default="", nullable=False))
    op.add_column(
        "sales_order", sa.Column("deposit_deduction", sa.String(length=8), server_default="once", nullable=False)
    )
