"""What lies on shelves beside the levels, takes of pick lists, count lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = {
    "stock_count": "document",
    "stock_count_line": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "stock_count",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("booked_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_stock_count_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_count_number")),
    )
    op.create_index("ix_stock_count_state", "stock_count", ["state", "id"], unique=False)
    op.create_table(
        "stock_count_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("count_id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("bin_id", base.Key(), nullable=True),
        sa.Column("lot_id", base.Key(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("recount", sa.Boolean(), nullable=False),
        sa.Column("counted_by", sa.String(length=80), nullable=False),
        sa.Column("counted_at", base.Moment(), nullable=True),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_line_floor")),
        sa.ForeignKeyConstraint(["bin_id"], ["storage_bin.id"], name=op.f("fk_stock_count_line_bin_id")),
        sa.ForeignKeyConstraint(["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_count_line_lot_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_count_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_line")),
    )
    op.create_index(op.f("ix_stock_count_line_bin_id"), "stock_count_line", ["bin_id"], unique=False)
    op.create_index(op.f("ix_stock_count_line_count_id"), "stock_count_line", ["count_id"], unique=False)
    op.create_index(op.f("ix_stock_count_line_product_id"), "stock_count_line", ["product_id"], unique=False)
    op.add_column("pick", sa.Column("released_at", base.Moment(), nullable=True))
    op.add_column("pick_take", sa.Column("short", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("shelf_stock", sa.Column("missing", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("stock_level", sa.Column("shelved", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("stock_level", sa.Column("asked", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("stock_level", sa.Column("tracked", sa.Boolean(), server_default="0", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
