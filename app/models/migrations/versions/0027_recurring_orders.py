"""Orders that are given again every so many weeks or months."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = {
    "recurring_order": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "recurring_order",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(length=8), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("last_id", base.Key(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_recurring_order_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_order")),
    )
    op.create_index("ix_recurring_order_next", "recurring_order", ["next_on", "id"], unique=False)
    op.create_index(op.f("ix_recurring_order_order_id"), "recurring_order", ["order_id"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
