"""Checks of packages before they leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = {
    "package_check": "document",
}


def upgrade() -> None:
    """Make the tables and their guards."""
    op.create_table(
        "package_check",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("shipment_id", base.Key(), nullable=False),
        sa.Column("package_id", base.Key(), nullable=False),
        sa.Column("expected_g", sa.Integer(), nullable=True),
        sa.Column("weighed_g", sa.Integer(), nullable=True),
        sa.Column("scanned_at", base.Moment(), nullable=True),
        sa.Column("scanned_by", sa.String(length=80), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_package_check_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_check")),
        sa.UniqueConstraint("package_id", name=op.f("uq_package_check_package_id")),
    )
    op.create_index(op.f("ix_package_check_shipment_id"), "package_check", ["shipment_id"], unique=False)
    op.add_column("company", sa.Column("dispatch_check", sa.String(length=8), server_default="off", nullable=False))
    op.add_column("company", sa.Column("weight_tolerance", base.Exact(6), nullable=True))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
