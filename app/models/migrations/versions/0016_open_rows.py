"""PostgreSQL is told to count how few rows are open, so that it reads those and not all that were ever closed."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = {
    "sales_order_line": "ordered - cancelled - shipped + returned_open",
    "purchase_line": "ordered - cancelled - received",
    "work_order": "ordered - cancelled - made - scrapped",
    "work_component": "needed - reserved - consumed",
    "transfer_line": "wanted - cancelled - received - lost",
}
"""What is open of a row, as the condition of the index of open rows counts it."""


def upgrade() -> None:
    """Let the server keep figures of what is open; SQLite goes by its indexes alone."""
    if op.get_bind().dialect.name == "postgresql":
        for table, expression in OPEN.items():
            op.execute(f"CREATE STATISTICS st_{table}_open ON ({expression}) FROM {table}")
            op.execute(f"ANALYZE {table}")
