"""Gift cards and store credit, with their ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = {
    "stored_value": "document",
    "stored_value_entry": "ledger",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "stored_value",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("value", base.Exact(4), nullable=False),
        sa.Column("balance", base.Exact(4), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_stored_value_floor")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_stored_value_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_value")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_stored_value_kind_code")),
    )
    op.create_index(op.f("ix_stored_value_customer_id"), "stored_value", ["customer_id"], unique=False)
    op.create_table(
        "stored_value_entry",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("value_id", base.Key(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("payment_id", base.Key(), nullable=True),
        sa.Column("invoice_id", base.Key(), nullable=True),
        sa.Column("order_id", base.Key(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_stored_value_entry_invoice_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_stored_value_entry_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_stored_value_entry_payment_id")),
        sa.ForeignKeyConstraint(["value_id"], ["stored_value.id"], name=op.f("fk_stored_value_entry_value_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_value_entry")),
    )
    op.create_index(
        "ix_stored_value_entry_invoice_id",
        "stored_value_entry",
        ["invoice_id"],
        unique=False,
        sqlite_where=sa.text("invoice_id IS NOT NULL"),
        postgresql_where=sa.text("invoice_id IS NOT NULL"),
    )
    op.create_index(
        "ix_stored_value_entry_order_id",
        "stored_value_entry",
        ["order_id"],
        unique=False,
        sqlite_where=sa.text("order_id IS NOT NULL"),
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_index(
        "ix_stored_value_entry_payment_id",
        "stored_value_entry",
        ["payment_id"],
        unique=False,
        sqlite_where=sa.text("payment_id IS NOT NULL"),
        postgresql_where=sa.text("payment_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_stored_value_entry_value_id"), "stored_value_entry", ["value_id"], unique=False)
    op.add_column("invoice_line", sa.Column("account", sa.String(length=16), server_default="", nullable=False))
    op.add_column("sales_order", sa.Column("tendered", sa.Boolean(), server_default="0", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
