"""Substitutes are found from either product."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_product_substitute_substitute_id"), "product_substitute", ["substitute_id"], unique=False)
