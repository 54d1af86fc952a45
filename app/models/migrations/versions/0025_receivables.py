"""What reminders, disputes and credit limits need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = {
    "credit_hold": "document",
    "dispute": "document",
    "dunning_block": "master",
    "dunning_letter": "document",
    "dunning_level": "hub_only",
    "dunning_rule": "hub_only",
    "dunning_run": "document",
    "reminder": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "dunning_level",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("fee", base.Exact(4), nullable=False),
        sa.Column("interest_percent", base.Exact(6), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_level")),
    )
    op.create_table(
        "dunning_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("charges", sa.String(length=8), nullable=False),
        sa.Column("year_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_rule")),
    )
    op.create_table(
        "dunning_run",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_run")),
        sa.UniqueConstraint("number", name=op.f("uq_dunning_run_number")),
    )
    op.create_table(
        "credit_hold",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.Column("credit_limit", base.Exact(4), nullable=False),
        sa.Column("exposure", base.Exact(4), nullable=False),
        sa.Column("held_by", sa.String(length=80), nullable=False),
        sa.Column("held_at", base.Moment(), nullable=False),
        sa.Column("released_by", sa.String(length=80), nullable=False),
        sa.Column("released_at", base.Moment(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_credit_hold_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_credit_hold_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_hold")),
    )
    op.create_index(op.f("ix_credit_hold_customer_id"), "credit_hold", ["customer_id"], unique=False)
    op.create_index(op.f("ix_credit_hold_order_id"), "credit_hold", ["order_id"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.Column("customer_name", sa.String(length=160), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=False),
        sa.Column("invoice_number", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("open_before", base.Exact(4), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner_name", sa.String(length=80), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("solved_on", sa.Date(), nullable=True),
        sa.Column("credit_id", base.Key(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["credit_id"], ["invoice.id"], name=op.f("fk_dispute_credit_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_dispute_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_dispute_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("number", name=op.f("uq_dispute_number")),
    )
    op.create_index(op.f("ix_dispute_customer_id"), "dispute", ["customer_id"], unique=False)
    op.create_index(op.f("ix_dispute_invoice_id"), "dispute", ["invoice_id"], unique=False)
    op.create_index("ix_dispute_state", "dispute", ["state", "id"], unique=False)
    op.create_table(
        "dunning_block",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_dunning_block_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_dunning_block_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_block")),
    )
    op.create_index(op.f("ix_dunning_block_customer_id"), "dunning_block", ["customer_id"], unique=False)
    op.create_table(
        "dunning_letter",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("run_id", base.Key(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.Column("customer_name", sa.String(length=160), nullable=False),
        sa.Column("billing_address", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("level_name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("claimed", base.Exact(4), nullable=False),
        sa.Column("fee", base.Exact(4), nullable=False),
        sa.Column("interest", base.Exact(4), nullable=False),
        sa.Column("carried", base.Exact(4), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("charges_id", base.Key(), nullable=True),
        sa.Column("letterhead_id", base.Key(), nullable=True),
        sa.Column("printed", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["charges_id"], ["invoice.id"], name=op.f("fk_dunning_letter_charges_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_dunning_letter_customer_id")),
        sa.ForeignKeyConstraint(["letterhead_id"], ["letterhead.id"], name=op.f("fk_dunning_letter_letterhead_id")),
        sa.ForeignKeyConstraint(["run_id"], ["dunning_run.id"], name=op.f("fk_dunning_letter_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_letter")),
        sa.UniqueConstraint("number", name=op.f("uq_dunning_letter_number")),
    )
    op.create_index(op.f("ix_dunning_letter_charges_id"), "dunning_letter", ["charges_id"], unique=False)
    op.create_index(op.f("ix_dunning_letter_customer_id"), "dunning_letter", ["customer_id"], unique=False)
    op.create_index(op.f("ix_dunning_letter_run_id"), "dunning_letter", ["run_id"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("letter_id", base.Key(), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("claimed", base.Exact(4), nullable=False),
        sa.Column("disputed", base.Exact(4), nullable=False),
        sa.Column("interest_from", sa.Date(), nullable=False),
        sa.Column("interest_until", sa.Date(), nullable=False),
        sa.Column("interest", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_reminder_invoice_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["dunning_letter.id"], name=op.f("fk_reminder_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_invoice_id"), "reminder", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_reminder_letter_id"), "reminder", ["letter_id"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
