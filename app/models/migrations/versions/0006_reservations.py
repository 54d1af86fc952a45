"""Reservations by hand: how much of a line may be promised, in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = {
    "reservation": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "reservation",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_line_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_positive")),
        sa.ForeignKeyConstraint(["order_line_id"], ["sales_order_line.id"], name=op.f("fk_reservation_order_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_order_line_id"), "reservation", ["order_line_id"], unique=False)
    op.add_column("sales_order_line", sa.Column("reserve_limit", sa.BigInteger(), nullable=True))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
