"""What electronic invoices need to know, and every one that was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = {
    "einvoice": "ledger",
    "unit_code": "hub_only",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "unit_code",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_code")),
        sa.UniqueConstraint("unit", name=op.f("uq_unit_code_unit")),
    )
    op.create_table(
        "einvoice",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("checked_with", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_einvoice_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_einvoice")),
    )
    op.create_index(op.f("ix_einvoice_invoice_id"), "einvoice", ["invoice_id"], unique=False)
    op.add_column("company", sa.Column("electronic_address", sa.String(length=120), server_default="", nullable=False))
    op.add_column("company", sa.Column("electronic_scheme", sa.String(length=4), server_default="", nullable=False))
    op.add_column("company", sa.Column("tax_number", sa.String(length=40), server_default="", nullable=False))
    op.add_column("company", sa.Column("legal_id", sa.String(length=40), server_default="", nullable=False))
    op.add_column("company", sa.Column("contact_name", sa.String(length=80), server_default="", nullable=False))
    op.add_column("customer", sa.Column("einvoice_form", sa.String(length=16), server_default="", nullable=False))
    op.add_column("customer", sa.Column("buyer_reference", sa.String(length=80), server_default="", nullable=False))
    op.add_column("customer", sa.Column("electronic_address", sa.String(length=120), server_default="", nullable=False))
    op.add_column("customer", sa.Column("electronic_scheme", sa.String(length=4), server_default="", nullable=False))
    op.add_column("customer", sa.Column("legal_id", sa.String(length=40), server_default="", nullable=False))
    op.add_column("customer", sa.Column("exempt_category", sa.String(length=2), server_default="", nullable=False))
    op.add_column("customer", sa.Column("exempt_reason", sa.String(length=200), server_default="", nullable=False))
    op.add_column("tax", sa.Column("category", sa.String(length=2), server_default="", nullable=False))
    op.add_column("tax", sa.Column("exempt_reason", sa.String(length=200), server_default="", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
