"""The value ledger, layers of stock, and what goods on hand are worth."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = {
    "stock_layer": "local",
    "value_entry": "ledger",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "stock_layer",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("since", base.Moment(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", base.Exact(4), nullable=False),
        sa.Column("cost", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_layer")),
    )
    op.create_index("ix_stock_layer_product", "stock_layer", ["product_id", "location_id"], unique=False)
    op.create_table(
        "value_entry",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", base.Exact(4), nullable=False),
        sa.Column("receipt_id", base.Key(), nullable=True),
        sa.Column("corrects_id", base.Key(), nullable=True),
        sa.Column("cost", sa.String(length=120), nullable=False),
        sa.Column("line_id", base.Key(), nullable=True),
        sa.Column("document_id", base.Key(), nullable=True),
        sa.Column("counted_at", base.Moment(), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_value_entry_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_value_entry_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_entry")),
    )
    op.create_index(op.f("ix_value_entry_line_id"), "value_entry", ["line_id"], unique=False)
    op.create_index("ix_value_entry_product", "value_entry", ["product_id", "id"], unique=False)
    op.create_index(op.f("ix_value_entry_receipt_id"), "value_entry", ["receipt_id"], unique=False)
    op.create_index(
        "ix_value_entry_work",
        "value_entry",
        ["document_id"],
        unique=False,
        sqlite_where=sa.text("place = 'production'"),
        postgresql_where=sa.text("place = 'production'"),
    )
    op.add_column("company", sa.Column("stock_value", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("stock_level", sa.Column("costing", sa.String(length=8), server_default="", nullable=False))
    op.add_column("stock_level", sa.Column("value", base.Exact(4), server_default="0", nullable=False))
    op.add_column("stock_level", sa.Column("cost", sa.String(length=120), server_default="", nullable=False))
    op.add_column("work_center", sa.Column("hour_cost", base.Exact(4), server_default="0", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
