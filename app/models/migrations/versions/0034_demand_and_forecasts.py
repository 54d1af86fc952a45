"""What is wanted and expected: order lines left out, events, plans, forecasts as they were made, and overrides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = {
    "demand_event": "master",
    "demand_exclusion": "master",
    "demand_plan": "master",
    "forecast": "ledger",
    "forecast_override": "ledger",
    "forecast_run": "ledger",
}


def upgrade() -> None:
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "forecast_run",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("bucket", sa.String(length=8), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_run")),
    )
    op.create_index("ix_forecast_run_at", "forecast_run", ["at"], unique=False)
    op.create_table(
        "demand_event",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("percent", base.Exact(6), nullable=False),
        sa.Column("product_id", base.Key(), nullable=True),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_demand_event_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_event")),
    )
    op.create_table(
        "demand_plan",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("analogue_id", base.Key(), nullable=True),
        sa.Column("analogue_percent", base.Exact(6), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["analogue_id"], ["product.id"], name=op.f("fk_demand_plan_analogue_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_demand_plan_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_plan")),
        sa.UniqueConstraint("product_id", name=op.f("uq_demand_plan_product_id")),
    )
    op.create_table(
        "forecast",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("run_id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("demand_class", sa.String(length=16), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("low_95", sa.Text(), nullable=False),
        sa.Column("low_80", sa.Text(), nullable=False),
        sa.Column("high_80", sa.Text(), nullable=False),
        sa.Column("high_95", sa.Text(), nullable=False),
        sa.Column("naive", sa.Text(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("last_year", sa.BigInteger(), nullable=False),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("judged", sa.BigInteger(), nullable=False),
        sa.Column("mase", base.Exact(6), nullable=True),
        sa.Column("rmsse", base.Exact(6), nullable=True),
        sa.Column("wape", base.Exact(6), nullable=True),
        sa.Column("bias", base.Exact(6), nullable=True),
        sa.Column("naive_wape", base.Exact(6), nullable=True),
        sa.Column("value_class", sa.String(length=1), nullable=False),
        sa.Column("spread_class", sa.String(length=1), nullable=False),
        sa.Column("runs_out_on", sa.Date(), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_forecast_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_forecast_product_id")),
        sa.ForeignKeyConstraint(["run_id"], ["forecast_run.id"], name=op.f("fk_forecast_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
    )
    op.create_index("ix_forecast_product", "forecast", ["product_id", "location_id"], unique=False)
    op.create_index("ix_forecast_run_rank", "forecast", ["run_id", "rank"], unique=False)
    op.create_table(
        "forecast_override",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("bucket", sa.String(length=8), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_forecast_override_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_forecast_override_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_override")),
    )
    op.create_index(
        "ix_forecast_override_product", "forecast_override", ["product_id", "location_id", "starts_on"], unique=False
    )
    op.create_table(
        "demand_exclusion",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_line_id", base.Key(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["sales_order_line.id"], name=op.f("fk_demand_exclusion_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_exclusion")),
        sa.UniqueConstraint("order_line_id", name=op.f("uq_demand_exclusion_order_line_id")),
    )
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
