"""What purchase lines, work orders and suppliers learnt: whom they are for, where parts lie, tolerances."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new columns."""
    _add_reference("purchase_line", "supply_id", "product_supply")
    op.add_column("purchase_line", sa.Column("order_line_id", base.Key(), nullable=True))
    op.create_index(op.f("ix_purchase_line_work_order_id"), "purchase_line", ["work_order_id"], unique=False)
    op.drop_index(op.f("ix_purchase_order_supplier_id"), table_name="purchase_order")
    op.create_index("ix_purchase_order_supplier", "purchase_order", ["supplier_id", "state", "id"], unique=False)
    op.add_column("supplier", sa.Column("over_receipt", base.Exact(6), server_default="0", nullable=False))
    op.add_column("supplier", sa.Column("under_receipt", base.Exact(6), server_default="0", nullable=False))
    _add_reference("work_order", "parts_location_id", "location")
    _add_reference("work_order", "supply_id", "product_supply")


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column that may point at ``target``'s id; both databases take the constraint in the same statement."""
    stored = base.Key().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {stored} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )
