"""Letterheads, and what issued documents keep for their papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = {
    "letterhead": "ledger",
}


def upgrade() -> None:
    """Make the table and the columns that point at it, then guard the table."""
    op.create_table(
        "letterhead",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("vat_number", sa.String(length=24), nullable=False),
        sa.Column("registration", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("website", sa.String(length=120), nullable=False),
        sa.Column("bank_name", sa.String(length=80), nullable=False),
        sa.Column("iban", sa.String(length=40), nullable=False),
        sa.Column("bic", sa.String(length=16), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterhead")),
    )
    _add_reference("company", "letterhead_id", "letterhead")
    _add_reference("invoice", "letterhead_id", "letterhead")
    op.add_column("invoice", sa.Column("printed", sa.Text(), server_default="", nullable=False))
    _add_reference("quote_version", "letterhead_id", "letterhead")
    op.add_column("quote_version", sa.Column("printed", sa.Text(), server_default="", nullable=False))
    _add_reference("sales_order", "letterhead_id", "letterhead")
    op.add_column("sales_order", sa.Column("printed", sa.Text(), server_default="", nullable=False))
    _add_reference("shipment", "letterhead_id", "letterhead")
    op.add_column("shipment", sa.Column("printed", sa.Text(), server_default="", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column that may point at ``target``'s id; both databases take the constraint in the same statement."""
    stored = base.Key().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {stored} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )
