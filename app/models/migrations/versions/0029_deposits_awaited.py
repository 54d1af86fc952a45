"""What an order waits for of its deposits, and which of them it waits for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BLOCKING = """
    UPDATE invoice SET blocks = true
     WHERE kind = 'deposit' AND state <> 'cancelled' AND EXISTS (
           SELECT 1 FROM sales_order o WHERE o.id = invoice.order_id AND o.deposit_blocks
              AND (o.paid_total < o.deposit_amount OR invoice.state = 'paid'))
"""
"""Those of orders that wait, and those that are paid; an order that went on before its deposit was paid goes on."""

AWAITED = """
    UPDATE sales_order SET
           deposit_blocks = EXISTS (SELECT 1 FROM invoice i WHERE i.order_id = sales_order.id AND i.blocks),
           deposit_open = COALESCE((
               SELECT SUM(CASE i.state WHEN 'draft' THEN i.total ELSE i.open_amount END)
                 FROM invoice i WHERE i.order_id = sales_order.id AND i.blocks), 0)
     WHERE deposit_amount > 0 AND state IN ('confirmed', 'closed')
"""


def upgrade() -> None:
    """Add the columns and fill them from the deposits there are."""
    op.add_column("invoice", sa.Column("blocks", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("sales_order", sa.Column("deposit_open", base.Exact(4), server_default="0", nullable=False))
    _change("invoice", BLOCKING)
    _change("sales_order", AWAITED)


def _change(table: str, statement: str) -> None:
    """Change rows of a table of documents; the gate is open for this one statement."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', 'open', true)")
        op.execute(statement)
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', '', true)")
        return
    gate = next(one for one in guards.statements("sqlite", {table: "document"}) if " update " in one.lower())
    op.execute(f"DROP TRIGGER gate_update_{table}")
    op.execute(statement)
    op.execute(sa.text(gate))
