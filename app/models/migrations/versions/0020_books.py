"""Periods that close, accounts that a company chooses, and entries made by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = {
    "account_rule": "hub_only",
    "accounting_period": "hub_only",
    "manual_entry": "ledger",
    "period_change": "ledger",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "account_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("tax_code", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_rule")),
        sa.UniqueConstraint("purpose", "category", "tax_code", name=op.f("uq_account_rule_purpose_category_tax_code")),
    )
    op.create_table(
        "accounting_period",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounting_period")),
        sa.UniqueConstraint("first_on", name=op.f("uq_accounting_period_first_on")),
    )
    op.create_table(
        "period_change",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("debit", base.Exact(4), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_change")),
    )
    op.create_index(op.f("ix_period_change_first_on"), "period_change", ["first_on"], unique=False)
    op.create_table(
        "manual_entry",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=160), nullable=False),
        sa.Column("reverses_id", base.Key(), nullable=True),
        sa.Column("payment_id", base.Key(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_manual_entry_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_manual_entry_reverses_id")),
    )
    op.add_column("company", sa.Column("fiscal_month", sa.Integer(), server_default="1", nullable=False))
    op.add_column("account", sa.Column("id", base.Key(), nullable=True))
    _give_accounts_an_id()
    op.create_index("ix_account_id", "account", ["id"], unique=True)
    op.create_index(op.f("ix_journal_entry_booked_on"), "journal_entry", ["booked_on"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _give_accounts_an_id() -> None:
    """Name the accounts there are, so that they can be changed; the gate is open for this one statement."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', 'open', true)")
        op.execute("UPDATE account SET id = gen_random_uuid()")
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', '', true)")
        return
    gate = next(one for one in guards.statements("sqlite", {"account": "hub_only"}) if " update " in one.lower())
    op.execute("DROP TRIGGER gate_update_account")
    op.execute("UPDATE account SET id = randomblob(16)")
    op.execute(sa.text(gate))
