"""Exchange rates that can be corrected, and the QR-IBAN of Swiss bills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new columns, and name the rates there are."""
    op.add_column("company", sa.Column("qr_iban", sa.String(length=40), server_default="", nullable=False))
    op.add_column("exchange_rate", sa.Column("id", base.Key(), nullable=True))
    _give_rates_an_id()
    op.create_index("ix_exchange_rate_id", "exchange_rate", ["id"], unique=True)
    op.add_column("letterhead", sa.Column("qr_iban", sa.String(length=40), server_default="", nullable=False))


def _give_rates_an_id() -> None:
    """Name the rates there are, so that they can be corrected; the gate is open for this one statement."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', 'open', true)")
        op.execute("UPDATE exchange_rate SET id = gen_random_uuid()")
        op.execute(f"SELECT set_config('{guards.GATE_SETTING}', '', true)")
        return
    gate = next(one for one in guards.statements("sqlite", {"exchange_rate": "hub_only"}) if " update " in one.lower())
    op.execute("DROP TRIGGER gate_update_exchange_rate")
    op.execute("UPDATE exchange_rate SET id = randomblob(16)")
    op.execute(sa.text(gate))
