"""Rules for the taxes of a place, the tax class of products, and the day of an invoice's exchange rate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = {
    "tax_registration": "hub_only",
    "tax_rule": "hub_only",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "tax_registration",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_registration")),
    )
    op.create_table(
        "tax_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("tax_codes", sa.String(length=120), nullable=False),
        sa.Column("destination", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("product_class", sa.String(length=24), nullable=False),
        sa.Column("replaces", sa.String(length=16), nullable=False),
        sa.Column("registered", sa.String(length=4), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rule")),
    )
    op.add_column("company", sa.Column("rate_day", sa.String(length=8), server_default="invoice", nullable=False))
    op.add_column("company", sa.Column("rates_url", sa.String(length=300), server_default="", nullable=False))
    op.add_column("product", sa.Column("tax_class", sa.String(length=24), server_default="", nullable=False))
    op.add_column("sales_order", sa.Column("rate_day", sa.String(length=8), server_default="", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
