"""Invoices over several orders, and how often customers get them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = {
    "invoice_order": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "invoice_order",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("open_amount", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_order_invoice_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_invoice_order_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_order")),
    )
    op.create_index(op.f("ix_invoice_order_invoice_id"), "invoice_order", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_invoice_order_order_id"), "invoice_order", ["order_id"], unique=False)
    op.add_column("customer", sa.Column("invoice_rhythm", sa.String(length=8), server_default="", nullable=False))
    op.add_column("invoice", sa.Column("orders", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sales_order", sa.Column("collected", sa.Boolean(), server_default="0", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
