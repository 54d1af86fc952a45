"""Quote rounds: counter-offers line by line, lines that may be chosen, orders of a part, approvals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = {
    "approval_rule": "hub_only",
    "quote_approval": "document",
    "quote_counter": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "approval_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("threshold", base.Exact(6), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
    )
    op.create_table(
        "quote_approval",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("quote_id", base.Key(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("asked_at", base.Moment(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", base.Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_approval_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_approval")),
    )
    op.create_index(op.f("ix_quote_approval_quote_id"), "quote_approval", ["quote_id"], unique=False)
    op.create_index(op.f("ix_quote_approval_state"), "quote_approval", ["state"], unique=False)
    op.create_table(
        "quote_counter",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("quote_id", base.Key(), nullable=False),
        sa.Column("line_id", base.Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("offered_quantity", base.Exact(6), nullable=False),
        sa.Column("offered_price", base.Exact(6), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=True),
        sa.Column("quantity", base.Exact(6), nullable=True),
        sa.Column("unit_price", base.Exact(6), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_at", base.Moment(), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.Column("settled_at", base.Moment(), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.Column("answer_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_counter_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_counter")),
    )
    op.create_index(op.f("ix_quote_counter_quote_id"), "quote_counter", ["quote_id"], unique=False)
    op.add_column("quote", sa.Column("open_counters", sa.Integer(), server_default="0", nullable=False))
    op.add_column("quote_line", sa.Column("requested_on", sa.Date(), nullable=True))
    op.add_column("quote_line", sa.Column("choice", sa.String(length=12), server_default="", nullable=False))
    _add_reference("quote_line", "order_id", "sales_order")
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column that may point at ``target``'s id; both databases take the constraint in the same statement."""
    stored = base.Key().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {stored} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )
