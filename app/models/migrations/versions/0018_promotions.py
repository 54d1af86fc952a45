"""Promotions and coupons, and what they did to orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = {
    "coupon": "hub_only",
    "order_coupon": "document",
    "order_promotion": "document",
    "promotion": "hub_only",
    "promotion_product": "hub_only",
    "promotion_step": "hub_only",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "promotion",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("benefit", sa.String(length=8), nullable=False),
        sa.Column("target", sa.String(length=8), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("skip_discounted", sa.Boolean(), nullable=False),
        sa.Column("with_tax", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("needs_coupon", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("code", name=op.f("uq_promotion_code")),
    )
    op.create_table(
        "coupon",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("promotion_id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("most_per_customer", sa.Integer(), nullable=True),
        sa.Column("customer_id", base.Key(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name=op.f("ck_coupon_limit")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_coupon_customer_id")),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotion.id"], name=op.f("fk_coupon_promotion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code", name=op.f("uq_coupon_code")),
    )
    op.create_index(op.f("ix_coupon_promotion_id"), "coupon", ["promotion_id"], unique=False)
    op.create_table(
        "promotion_product",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("promotion_id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_promotion_product_product_id")),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_product_promotion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_product")),
    )
    op.create_index(op.f("ix_promotion_product_promotion_id"), "promotion_product", ["promotion_id"], unique=False)
    op.create_table(
        "promotion_step",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("promotion_id", base.Key(), nullable=False),
        sa.Column("min_quantity", base.Exact(6), nullable=False),
        sa.Column("min_amount", base.Exact(4), nullable=False),
        sa.Column("figure", base.Exact(6), nullable=False),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("product_id", base.Key(), nullable=True),
        sa.Column("at_list", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_promotion_step_product_id")),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_step_promotion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_step")),
    )
    op.create_index(op.f("ix_promotion_step_promotion_id"), "promotion_step", ["promotion_id"], unique=False)
    op.create_table(
        "order_coupon",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("coupon_id", base.Key(), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_order_coupon_coupon_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_order_coupon_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_order_coupon_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_coupon")),
        sa.UniqueConstraint("order_id", "coupon_id", name=op.f("uq_order_coupon_order_id_coupon_id")),
    )
    op.create_index(op.f("ix_order_coupon_coupon_id"), "order_coupon", ["coupon_id"], unique=False)
    op.create_index(op.f("ix_order_coupon_order_id"), "order_coupon", ["order_id"], unique=False)
    op.create_table(
        "order_promotion",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("promotion_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", base.Key(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("own_percent", base.Exact(6), nullable=False),
        sa.Column("set_percent", base.Exact(6), nullable=False),
        sa.Column("amount", base.Exact(4), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_order_promotion_order_id")),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotion.id"], name=op.f("fk_order_promotion_promotion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_promotion")),
    )
    op.create_index(op.f("ix_order_promotion_order_id"), "order_promotion", ["order_id"], unique=False)
    op.add_column("sales_order", sa.Column("promotions", sa.String(length=3), server_default="", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
