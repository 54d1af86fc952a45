"""What a pallet weighs without the packages on it, and services that want labels inside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("carrier_service", sa.Column("label_inside", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("package", sa.Column("own_g", sa.Integer(), server_default="0", nullable=False))
