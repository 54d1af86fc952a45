"""Payment terms of several parts, and invoices that are due in instalments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = {
    "instalment": "document",
    "payment_term_part": "hub_only",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "payment_term_part",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("term", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.String(length=8), nullable=False),
        sa.Column("figure", base.Exact(6), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("set_day", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("end_of_month", sa.Boolean(), nullable=False),
        sa.Column("days_after", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_term_part")),
    )
    op.create_index(op.f("ix_payment_term_part_term"), "payment_term_part", ["term"], unique=False)
    op.create_table(
        "instalment",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("invoice_id", base.Key(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("open_amount", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_instalment_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
    )
    op.create_index(op.f("ix_instalment_invoice_id"), "instalment", ["invoice_id"], unique=False)
    op.add_column("invoice", sa.Column("instalments", sa.Integer(), server_default="0", nullable=False))
    op.add_column("payment_term", sa.Column("id", base.Key(), nullable=True))
    _give_terms_an_id()
    op.create_index("ix_payment_term_id", "payment_term", ["id"], unique=True)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _give_terms_an_id() -> None:
    """Name the payment terms there are, so that they can be changed; the gate is open for this one statement."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', 'open', true)")
        op.execute("UPDATE payment_term SET id = gen_random_uuid()")
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', '', true)")
        return
    gate = next(one for one in guards.statements("sqlite", {"payment_term": "hub_only"}) if " update " in one.lower())
    op.execute("DROP TRIGGER gate_update_payment_term")
    op.execute("UPDATE payment_term SET id = randomblob(16)")
    op.execute(sa.text(gate))
