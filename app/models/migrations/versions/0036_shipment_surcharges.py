"""What customers are charged for a shipment besides goods and freight by table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = {
    "shipment_surcharge": "document",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "shipment_surcharge",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("shipment_id", base.Key(), nullable=False),
        sa.Column("order_line_id", base.Key(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_shipment_surcharge_order_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_surcharge_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_surcharge")),
    )
    op.create_index(op.f("ix_shipment_surcharge_order_id"), "shipment_surcharge", ["order_id"], unique=False)
    op.create_index(op.f("ix_shipment_surcharge_shipment_id"), "shipment_surcharge", ["shipment_id"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
