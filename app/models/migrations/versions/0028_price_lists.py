"""Price lists, and whom they are for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = {
    "price_list": "master",
    "price_list_buyer": "master",
    "price_rule": "master",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "price_list",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("shows_discount", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("name", name=op.f("uq_price_list_name")),
    )
    op.create_table(
        "price_list_buyer",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("price_list_id", base.Key(), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=True),
        sa.Column("customer_group", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("campaign", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_price_list_buyer_customer_id")),
        sa.ForeignKeyConstraint(["price_list_id"], ["price_list.id"], name=op.f("fk_price_list_buyer_price_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list_buyer")),
    )
    op.create_index(op.f("ix_price_list_buyer_customer_id"), "price_list_buyer", ["customer_id"], unique=False)
    op.create_index(op.f("ix_price_list_buyer_price_list_id"), "price_list_buyer", ["price_list_id"], unique=False)
    op.create_table(
        "price_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("price_list_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=True),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("min_quantity", base.Exact(6), nullable=False),
        sa.Column("max_quantity", base.Exact(6), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("base", sa.String(length=8), nullable=False),
        sa.Column("base_list_id", base.Key(), nullable=True),
        sa.Column("fixed", base.Exact(6), nullable=True),
        sa.Column("percent", base.Exact(6), nullable=False),
        sa.Column("amount", base.Exact(6), nullable=False),
        sa.Column("step", base.Exact(6), nullable=False),
        sa.Column("surcharge", base.Exact(6), nullable=False),
        sa.Column("min_margin", base.Exact(6), nullable=True),
        sa.Column("max_margin", base.Exact(6), nullable=True),
        sa.CheckConstraint("base <> 'fixed' OR fixed IS NOT NULL", name=op.f("ck_price_rule_fixed_has_a_price")),
        sa.CheckConstraint("base <> 'other' OR base_list_id IS NOT NULL", name=op.f("ck_price_rule_other_has_a_list")),
        sa.ForeignKeyConstraint(["base_list_id"], ["price_list.id"], name=op.f("fk_price_rule_base_list_id")),
        sa.ForeignKeyConstraint(["price_list_id"], ["price_list.id"], name=op.f("fk_price_rule_price_list_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_price_rule_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_rule")),
    )
    op.create_index(
        "ix_price_rule_base",
        "price_rule",
        ["base_list_id"],
        unique=False,
        sqlite_where=sa.text("base_list_id IS NOT NULL"),
        postgresql_where=sa.text("base_list_id IS NOT NULL"),
    )
    op.create_index("ix_price_rule_list_product", "price_rule", ["price_list_id", "product_id"], unique=False)
    op.add_column("customer", sa.Column("customer_group", sa.String(length=40), server_default="", nullable=False))
    op.add_column("quote", sa.Column("channel", sa.String(length=40), server_default="", nullable=False))
    op.add_column("quote", sa.Column("campaign", sa.String(length=40), server_default="", nullable=False))
    op.add_column("sales_order", sa.Column("campaign", sa.String(length=40), server_default="", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
