"""Sales added up by day and month, for dashboards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = {
    "sales_sum": "local",
    "sales_sum_mark": "local",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "sales_sum",
        sa.Column("dimension", sa.String(length=12), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("member", sa.String(length=160), nullable=False),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("cost", base.Exact(4), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "monthly", "starts_on", "origin", "member", name=op.f("pk_sales_sum")),
    )
    op.create_table(
        "sales_sum_mark",
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("site", sa.String(length=8), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("writer", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("source", "site", name=op.f("pk_sales_sum_mark")),
    )
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
