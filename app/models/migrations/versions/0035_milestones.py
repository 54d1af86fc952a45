"""What of an order is invoiced when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLES = {
    "milestone": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "milestone",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("percent", base.Exact(6), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_milestone_invoice_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_milestone_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_order_id"), "milestone", ["order_id"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
