"""Quote templates: what new quotes begin with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = {
    "quote_template": "master",
    "quote_template_line": "master",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "quote_template",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("discount_percent", base.Exact(6), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_template")),
    )
    op.create_index(
        "uq_quote_template_name",
        "quote_template",
        ["name"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "quote_template_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("template_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("product_id", base.Key(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("unit_price", base.Exact(6), nullable=True),
        sa.Column("tax_codes", sa.String(length=120), nullable=True),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_quote_template_line_product_id")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["quote_template.id"], name=op.f("fk_quote_template_line_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_template_line")),
    )
    op.create_index(op.f("ix_quote_template_line_template_id"), "quote_template_line", ["template_id"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
