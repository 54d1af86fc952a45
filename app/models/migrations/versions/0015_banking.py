"""Bank accounts, statements and their lines; deductions; discounts for paying early."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = {
    "bank_account": "hub_only",
    "bank_booking": "ledger",
    "bank_line": "document",
    "bank_statement": "ledger",
    "deduction": "ledger",
    "early_discount_rule": "hub_only",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "bank_account",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_account_number")),
    )
    op.create_table(
        "early_discount_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("term", sa.String(length=24), nullable=False),
        sa.Column("percent", base.Exact(6), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_discount_rule")),
        sa.UniqueConstraint("term", name=op.f("uq_early_discount_rule_term")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("bank_account_id", base.Key(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("opening", base.Exact(4), nullable=True),
        sa.Column("closing", base.Exact(4), nullable=True),
        sa.Column("new_lines", sa.Integer(), nullable=False),
        sa.Column("known_lines", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_statement_bank_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
    )
    op.create_index(op.f("ix_bank_statement_bank_account_id"), "bank_statement", ["bank_account_id"], unique=False)
    op.create_table(
        "bank_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("bank_account_id", base.Key(), nullable=False),
        sa.Column("statement_id", base.Key(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("twin", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("counterparty", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=140), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_line_bank_account_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_bank_line_fingerprint")),
    )
    op.create_index("ix_bank_line_counterparty", "bank_line", ["counterparty", "id"], unique=False)
    op.create_index("ix_bank_line_state", "bank_line", ["state", "id"], unique=False)
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
    op.create_table(
        "bank_booking",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("line_id", base.Key(), nullable=False),
        sa.Column("payment_id", base.Key(), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_bank_booking_line_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_bank_booking_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_booking")),
    )
    op.create_index(op.f("ix_bank_booking_line_id"), "bank_booking", ["line_id"], unique=False)
    op.create_index(op.f("ix_bank_booking_payment_id"), "bank_booking", ["payment_id"], unique=False)
    op.create_table(
        "deduction",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=True),
        sa.Column("payment_id", base.Key(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("tax", base.Exact(4), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("reverses_id", base.Key(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_deduction_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_deduction_invoice_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_deduction_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deduction")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_deduction_reverses_id")),
    )
    op.create_index(op.f("ix_deduction_customer_id"), "deduction", ["customer_id"], unique=False)
    op.create_index(op.f("ix_deduction_invoice_id"), "deduction", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_deduction_payment_id"), "deduction", ["payment_id"], unique=False)
    _add_reference("allocation", "deduction_id", "deduction")
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column that may point at ``target``'s id; both databases take the constraint in the same statement."""
    stored = base.Key().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {stored} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )
