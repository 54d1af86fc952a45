"""Blanket orders and the order lines that call them off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = {
    "blanket": "document",
    "blanket_call": "ledger",
    "blanket_line": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "blanket",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.Column("customer_name", sa.String(length=160), nullable=False),
        sa.Column("customer_po", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_blanket_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blanket")),
        sa.UniqueConstraint("number", name=op.f("uq_blanket_number")),
    )
    op.create_index(op.f("ix_blanket_customer_id"), "blanket", ["customer_id"], unique=False)
    op.create_index("ix_blanket_state", "blanket", ["state", "id"], unique=False)
    op.create_table(
        "blanket_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("blanket_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit_price", base.Exact(6), nullable=False),
        sa.Column("agreed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["blanket_id"], ["blanket.id"], name=op.f("fk_blanket_line_blanket_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_blanket_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blanket_line")),
    )
    op.create_index(op.f("ix_blanket_line_blanket_id"), "blanket_line", ["blanket_id"], unique=False)
    op.create_table(
        "blanket_call",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("blanket_line_id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("order_line_id", base.Key(), nullable=False),
        sa.ForeignKeyConstraint(["blanket_line_id"], ["blanket_line.id"], name=op.f("fk_blanket_call_blanket_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_blanket_call_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blanket_call")),
    )
    op.create_index(op.f("ix_blanket_call_blanket_line_id"), "blanket_call", ["blanket_line_id"], unique=False)
    op.create_index(op.f("ix_blanket_call_order_id"), "blanket_call", ["order_id"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
