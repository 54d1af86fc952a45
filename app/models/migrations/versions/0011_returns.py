"""Dispositions of returns by line, what is replaced in advance or exchanged, credit notes of returns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OLD = (
    "reserved >= 0 AND picked >= 0 AND shipped >= 0 AND returned >= 0 AND cancelled >= 0 "
    "AND returned <= shipped AND returned_open <= returned"
)
NEW = (
    "reserved >= 0 AND picked >= 0 AND shipped >= 0 AND returned >= 0 AND cancelled >= 0 "
    "AND advanced >= 0 AND returned + advanced <= shipped AND returned_open <= returned + advanced "
    "AND exchanged >= 0 AND exchanged <= returned"
)


def upgrade() -> None:
    """Make the new columns, then let order lines be opened before their goods are back."""
    op.add_column("goods_return_line", sa.Column("refused", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("goods_return_line", sa.Column("repaired", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("goods_return_line", sa.Column("beyond_repair", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("goods_return_line", sa.Column("given_up", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("goods_return_line", sa.Column("exchanged", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("goods_return_line", sa.Column("credited", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "goods_return_line", sa.Column("disposition", sa.String(length=12), server_default="", nullable=False)
    )
    op.add_column("goods_return_line", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    _add_reference("goods_return_line", "exchange_product_id", "product")
    _add_reference("goods_return_line", "exchange_line_id", "sales_order_line")
    _add_reference("invoice", "return_id", "goods_return")
    op.add_column("sales_order_line", sa.Column("advanced", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sales_order_line", sa.Column("exchanged", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sales_order_line", sa.Column("no_charge", sa.Boolean(), server_default="0", nullable=False))
    op.create_index("ix_goods_return_line_exchange_line_id", "goods_return_line", ["exchange_line_id"])
    _change_limits()


def _change_limits() -> None:
    """Put the new limits of an order line in the place of the old ones.

    SQLite cannot alter a constraint, but reads it anew when the stored text of the table is changed: the way its
    documentation gives for constraints that the rows keep already (https://www.sqlite.org/lang_altertable.html, 7).
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute("ALTER TABLE sales_order_line DROP CONSTRAINT ck_sales_order_line_within")
        op.execute(f"ALTER TABLE sales_order_line ADD CONSTRAINT ck_sales_order_line_within CHECK ({NEW})")
        return
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = connection.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :name"),
        {"old": OLD, "new": NEW, "name": "sales_order_line"},
    )
    assert changed.rowcount == 1
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column that may point at ``target``'s id; both databases take the constraint in the same statement."""
    stored = base.Key().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {stored} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )
