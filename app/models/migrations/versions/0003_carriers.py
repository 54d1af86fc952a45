"""Carriers' services, rates and rules, freight, bought labels, manifests, tracking, and the print queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = {
    "carrier_account": "hub_only",
    "carrier_manifest": "document",
    "carrier_manifest_line": "document",
    "carrier_rate": "hub_only",
    "carrier_rule": "hub_only",
    "carrier_service": "hub_only",
    "carrier_zone": "hub_only",
    "freight_charge": "document",
    "freight_rate": "hub_only",
    "freight_table": "hub_only",
    "label_purchase": "document",
    "order_freight": "document",
    "print_job": "local",
    "print_route": "local",
    "tracking_event": "ledger",
}


def upgrade() -> None:
    """Make the tables and their guards."""
    op.create_table(
        "carrier_manifest",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(length=80), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("carrier_reference", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_manifest")),
        sa.UniqueConstraint("number", name=op.f("uq_carrier_manifest_number")),
    )
    op.create_index(op.f("ix_carrier_manifest_handed_over_on"), "carrier_manifest", ["handed_over_on"], unique=False)
    op.create_table(
        "freight_table",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("tax_codes", sa.String(length=120), nullable=False),
        sa.Column("lightest_pays", sa.Boolean(), nullable=False),
        sa.Column("free_from", base.Exact(4), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freight_table")),
        sa.UniqueConstraint("code", name=op.f("uq_freight_table_code")),
    )
    op.create_table(
        "print_job",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("workstation", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("document_id", base.Key(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("printer", sa.String(length=200), nullable=False),
        sa.Column("tray", sa.String(length=80), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("reprint_of", base.Key(), nullable=True),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("started_at", base.Moment(), nullable=True),
        sa.Column("printed_at", base.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    op.create_index(op.f("ix_print_job_document_id"), "print_job", ["document_id"], unique=False)
    op.create_index("ix_print_job_queue", "print_job", ["workstation", "state", "id"], unique=False)
    op.create_table(
        "print_route",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("workstation", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("printer", sa.String(length=200), nullable=False),
        sa.Column("tray", sa.String(length=80), nullable=False),
        sa.Column("resolution", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.CheckConstraint("copies > 0", name=op.f("ck_print_route_copies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_route")),
        sa.UniqueConstraint("workstation", "kind", name=op.f("uq_print_route_workstation_kind")),
    )
    op.create_table(
        "carrier_account",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("carrier_id", base.Key(), nullable=False),
        sa.Column("connector", sa.String(length=24), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_account_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_account")),
        sa.UniqueConstraint("carrier_id", name=op.f("uq_carrier_account_carrier_id")),
    )
    op.create_table(
        "carrier_service",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("carrier_id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("days_min", sa.Integer(), nullable=False),
        sa.Column("days_max", sa.Integer(), nullable=False),
        sa.Column("max_weight_g", sa.Integer(), nullable=True),
        sa.Column("max_length_mm", sa.Integer(), nullable=True),
        sa.Column("max_girth_mm", sa.Integer(), nullable=True),
        sa.Column("volume_divisor", sa.Integer(), nullable=True),
        sa.Column("cut_off", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("days_min >= 0 AND days_max >= days_min", name=op.f("ck_carrier_service_days")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_service_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_service")),
        sa.UniqueConstraint("carrier_id", "code", name=op.f("uq_carrier_service_carrier_id_code")),
    )
    op.create_table(
        "carrier_zone",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("carrier_id", base.Key(), nullable=False),
        sa.Column("zone", sa.String(length=24), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode_from", sa.String(length=20), nullable=False),
        sa.Column("postcode_to", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_carrier_zone_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_zone")),
    )
    op.create_index(op.f("ix_carrier_zone_carrier_id"), "carrier_zone", ["carrier_id"], unique=False)
    op.create_table(
        "freight_rate",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("table_id", base.Key(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("above_g", sa.Integer(), nullable=False),
        sa.Column("price", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["table_id"], ["freight_table.id"], name=op.f("fk_freight_rate_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freight_rate")),
        sa.UniqueConstraint("table_id", "country", "above_g", name=op.f("uq_freight_rate_table_id_country_above_g")),
    )
    op.create_table(
        "carrier_rate",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("service_id", base.Key(), nullable=False),
        sa.Column("zone", sa.String(length=24), nullable=False),
        sa.Column("above_g", sa.Integer(), nullable=False),
        sa.Column("price", base.Exact(4), nullable=False),
        sa.Column("per_kg", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["carrier_service.id"], name=op.f("fk_carrier_rate_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_rate")),
        sa.UniqueConstraint("service_id", "zone", "above_g", name=op.f("uq_carrier_rate_service_id_zone_above_g")),
    )
    op.create_table(
        "carrier_rule",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("weight_from_g", sa.Integer(), nullable=True),
        sa.Column("weight_to_g", sa.Integer(), nullable=True),
        sa.Column("value_from", base.Exact(4), nullable=True),
        sa.Column("value_to", base.Exact(4), nullable=True),
        sa.Column("customer_id", base.Key(), nullable=True),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("service_id", base.Key(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_carrier_rule_customer_id")),
        sa.ForeignKeyConstraint(["service_id"], ["carrier_service.id"], name=op.f("fk_carrier_rule_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_rule")),
    )
    op.create_table(
        "order_freight",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("table_id", base.Key(), nullable=False),
        sa.Column("policy", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_order_freight_order_id")),
        sa.ForeignKeyConstraint(["table_id"], ["freight_table.id"], name=op.f("fk_order_freight_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_freight")),
        sa.UniqueConstraint("order_id", name=op.f("uq_order_freight_order_id")),
    )
    op.create_table(
        "freight_charge",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("order_line_id", base.Key(), nullable=False),
        sa.Column("shipment_id", base.Key(), nullable=True),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("price", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_freight_charge_order_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_freight_charge_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freight_charge")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_freight_charge_shipment_id")),
    )
    op.create_index(op.f("ix_freight_charge_order_id"), "freight_charge", ["order_id"], unique=False)
    op.create_table(
        "label_purchase",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("order_id", base.Key(), nullable=False),
        sa.Column("shipment_id", base.Key(), nullable=False),
        sa.Column("package_id", base.Key(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("purchase_key", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("carrier_id", base.Key(), nullable=False),
        sa.Column("connector", sa.String(length=24), nullable=False),
        sa.Column("carrier", sa.String(length=80), nullable=False),
        sa.Column("service_code", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.String(length=80), nullable=False),
        sa.Column("carrier_reference", sa.String(length=120), nullable=False),
        sa.Column("cost", base.Exact(4), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("label_format", sa.String(length=4), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("sent_at", base.Moment(), nullable=True),
        sa.Column("answered_at", base.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_label_purchase_carrier_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_label_purchase_order_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_label_purchase_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_purchase")),
        sa.UniqueConstraint("package_id", "attempt", name=op.f("uq_label_purchase_package_id_attempt")),
        sa.UniqueConstraint("purchase_key", name=op.f("uq_label_purchase_purchase_key")),
    )
    op.create_index(op.f("ix_label_purchase_shipment_id"), "label_purchase", ["shipment_id"], unique=False)
    op.create_index("ix_label_purchase_state", "label_purchase", ["state", "id"], unique=False)
    op.create_table(
        "tracking_event",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("shipment_id", base.Key(), nullable=False),
        sa.Column("package_id", base.Key(), nullable=True),
        sa.Column("tracking_number", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("happened_at", base.Moment(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_tracking_event_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_event")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_tracking_event_fingerprint")),
    )
    op.create_index("ix_tracking_event_shipment", "tracking_event", ["shipment_id", "happened_at"], unique=False)
    op.create_table(
        "carrier_manifest_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("manifest_id", base.Key(), nullable=False),
        sa.Column("shipment_id", base.Key(), nullable=False),
        sa.Column("package_id", base.Key(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=False),
        sa.Column("tracking_number", sa.String(length=80), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["carrier_manifest.id"], name=op.f("fk_carrier_manifest_line_manifest_id")
        ),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_carrier_manifest_line_package_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_carrier_manifest_line_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_manifest_line")),
        sa.UniqueConstraint("package_id", name=op.f("uq_carrier_manifest_line_package_id")),
    )
    op.create_index(
        op.f("ix_carrier_manifest_line_manifest_id"), "carrier_manifest_line", ["manifest_id"], unique=False
    )
    op.create_index(
        op.f("ix_carrier_manifest_line_shipment_id"), "carrier_manifest_line", ["shipment_id"], unique=False
    )
    op.create_index("ix_shipment_shipped_at", "shipment", ["shipped_at"], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))
