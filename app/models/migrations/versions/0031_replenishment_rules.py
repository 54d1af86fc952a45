"""Rules by which products are ordered again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = {
    "replenishment_rule": "master",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "replenishment_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("policy", sa.String(length=12), nullable=False),
        sa.Column("order_point", sa.BigInteger(), nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("weekly", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("review_days", sa.Integer(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("supply_id", base.Key(), nullable=True),
        sa.Column("from_location_id", base.Key(), nullable=True),
        sa.Column("service_level", base.Exact(6), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("chosen_by", sa.String(length=80), nullable=False),
        sa.Column("chosen_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["location.id"], name=op.f("fk_replenishment_rule_from_location_id")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_replenishment_rule_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_replenishment_rule_product_id")),
        sa.ForeignKeyConstraint(["supply_id"], ["product_supply.id"], name=op.f("fk_replenishment_rule_supply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replenishment_rule")),
        sa.UniqueConstraint("product_id", "location_id", name=op.f("uq_replenishment_rule_product_id_location_id")),
    )
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
