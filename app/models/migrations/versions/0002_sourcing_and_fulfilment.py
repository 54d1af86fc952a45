"""Sourcing and fulfilment: warehouses with bins and lots, supply, purchases, work orders, transfers, waves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models import base, guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = {
    "bill": "master",
    "bill_line": "master",
    "bill_step": "master",
    "calendar_day": "hub_only",
    "carton": "hub_only",
    "customer_item": "master",
    "line_stock": "local",
    "lot": "document",
    "peg": "document",
    "pick_take": "document",
    "pick_wave": "document",
    "product_substitute": "master",
    "product_supply": "master",
    "purchase_line": "document",
    "purchase_order": "document",
    "shelf_move": "ledger",
    "shelf_stock": "local",
    "shipment_lot": "document",
    "soft_hold": "local",
    "storage_bin": "hub_only",
    "supplier": "master",
    "supplier_price": "hub_only",
    "transfer": "document",
    "transfer_line": "document",
    "work_calendar": "hub_only",
    "work_center": "hub_only",
    "work_component": "document",
    "work_order": "document",
    "work_step": "document",
}


def upgrade() -> None:  # noqa: PLR0915  one statement per table
    """Make the new tables and columns, then guard the new tables."""
    op.create_table(
        "carton",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("tare_g", sa.Integer(), nullable=False),
        sa.Column("most_g", sa.Integer(), nullable=False),
        sa.Column("cost", base.Exact(4), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carton")),
        sa.UniqueConstraint("code", name=op.f("uq_carton_code")),
    )
    op.create_table(
        "line_stock",
        sa.Column("order_line_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reserved >= 0 AND picked >= 0", name=op.f("ck_line_stock_floor")),
        sa.PrimaryKeyConstraint("order_line_id", "location_id", name=op.f("pk_line_stock")),
    )
    op.create_table(
        "shelf_stock",
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("bin_id", base.Key(), nullable=False),
        sa.Column("lot_id", base.Key(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity >= 0 AND allocated >= 0 AND allocated <= quantity", name=op.f("ck_shelf_stock_floor")
        ),
        sa.PrimaryKeyConstraint("product_id", "location_id", "bin_id", "lot_id", name=op.f("pk_shelf_stock")),
    )
    op.create_index("ix_shelf_stock_bin", "shelf_stock", ["bin_id"], unique=False)
    op.create_index("ix_shelf_stock_lot", "shelf_stock", ["lot_id"], unique=False)
    op.create_table(
        "work_calendar",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_calendar")),
        sa.UniqueConstraint("code", name=op.f("uq_work_calendar_code")),
    )
    op.create_table(
        "bill",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bill_positive")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_bill_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
    )
    op.create_index(op.f("ix_bill_product_id"), "bill", ["product_id"], unique=False)
    op.create_table(
        "calendar_day",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("calendar_id", base.Key(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["work_calendar.id"], name=op.f("fk_calendar_day_calendar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("calendar_id", "on", name=op.f("uq_calendar_day_calendar_id_on")),
    )
    op.create_table(
        "customer_item",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("customer_id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_item_customer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_customer_item_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_item")),
        sa.UniqueConstraint("customer_id", "number", name=op.f("uq_customer_item_customer_id_number")),
    )
    op.create_index("ix_customer_item_product", "customer_item", ["product_id"], unique=False)
    op.create_table(
        "lot",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("blocked", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_lot_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("product_id", "code", name=op.f("uq_lot_product_id_code")),
    )
    op.create_index("ix_lot_code", "lot", ["code"], unique=False)
    op.create_index("ix_lot_expires", "lot", ["expires_on"], unique=False)
    op.create_table(
        "product_substitute",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("substitute_id", base.Key(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("both_ways", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_substitute_product_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["product.id"], name=op.f("fk_product_substitute_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_substitute")),
        sa.UniqueConstraint("product_id", "substitute_id", name=op.f("uq_product_substitute_product_id_substitute_id")),
    )
    op.create_index(op.f("ix_product_substitute_product_id"), "product_substitute", ["product_id"], unique=False)
    op.create_table(
        "supplier",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_code", sa.String(length=20), server_default="", nullable=False),
        sa.Column("city", sa.String(length=80), server_default="", nullable=False),
        sa.Column("region", sa.String(length=80), server_default="", nullable=False),
        sa.Column("country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("vat_number", sa.String(length=24), server_default="", nullable=False),
        sa.Column("email", sa.String(length=120), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("language", sa.String(length=8), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payment_term", sa.String(length=24), nullable=False),
        sa.Column("our_number", sa.String(length=40), server_default="", nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("calendar_id", base.Key(), nullable=True),
        sa.Column("drop_ships", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["work_calendar.id"], name=op.f("fk_supplier_calendar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("number", name=op.f("uq_supplier_number")),
    )
    op.create_index(op.f("ix_supplier_name"), "supplier", ["name"], unique=False)
    op.create_table(
        "work_center",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("minutes_a_day", sa.Integer(), nullable=False),
        sa.Column("calendar_id", base.Key(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["work_calendar.id"], name=op.f("fk_work_center_calendar_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_center")),
        sa.UniqueConstraint("code", name=op.f("uq_work_center_code")),
    )
    op.create_table(
        "bill_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("bill_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bill_line_positive")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_bill_line_bill_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_bill_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_line")),
    )
    op.create_index(op.f("ix_bill_line_bill_id"), "bill_line", ["bill_id"], unique=False)
    op.create_index(op.f("ix_bill_line_product_id"), "bill_line", ["product_id"], unique=False)
    op.create_table(
        "bill_step",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("bill_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("work_center_id", base.Key(), nullable=False),
        sa.Column("setup_minutes", base.Exact(6), nullable=False),
        sa.Column("unit_minutes", base.Exact(6), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_bill_step_bill_id")),
        sa.ForeignKeyConstraint(["work_center_id"], ["work_center.id"], name=op.f("fk_bill_step_work_center_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_step")),
    )
    op.create_index(op.f("ix_bill_step_bill_id"), "bill_step", ["bill_id"], unique=False)
    op.create_table(
        "product_supply",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("stock_first", sa.Boolean(), nullable=False),
        sa.Column("supplier_id", base.Key(), nullable=True),
        sa.Column("bill_id", base.Key(), nullable=True),
        sa.Column("supplier_sku", sa.String(length=60), server_default="", nullable=False),
        sa.Column("unit", sa.String(length=24), server_default="", nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("minimum", base.Exact(6), nullable=True),
        sa.Column("multiple", base.Exact(6), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_product_supply_bill_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_supply_product_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_product_supply_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_supply")),
    )
    op.create_index(op.f("ix_product_supply_product_id"), "product_supply", ["product_id"], unique=False)
    op.create_index(op.f("ix_product_supply_supplier_id"), "product_supply", ["supplier_id"], unique=False)
    op.create_table(
        "pick_wave",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("cut_off", base.Moment(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_pick_wave_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_wave")),
        sa.UniqueConstraint("number", name=op.f("uq_pick_wave_number")),
    )
    op.create_index("ix_pick_wave_state", "pick_wave", ["state", "id"], unique=False)
    op.create_table(
        "soft_hold",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("window", sa.String(length=40), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("until", base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_soft_hold_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_soft_hold_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_soft_hold")),
    )
    op.create_index("ix_soft_hold_product", "soft_hold", ["product_id", "until"], unique=False)
    op.create_index("ix_soft_hold_window", "soft_hold", ["window"], unique=False)
    op.create_table(
        "storage_bin",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("zone", sa.String(length=24), server_default="", nullable=False),
        sa.Column("aisle", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bay", sa.Integer(), server_default="0", nullable=False),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kind", sa.String(length=12), server_default="shelf", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_storage_bin_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_bin")),
        sa.UniqueConstraint("location_id", "code", name=op.f("uq_storage_bin_location_id_code")),
    )
    op.create_table(
        "supplier_price",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("product_supply_id", base.Key(), nullable=False),
        sa.Column("from_quantity", base.Exact(6), nullable=False),
        sa.Column("price", base.Exact(6), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_supply_id"], ["product_supply.id"], name=op.f("fk_supplier_price_product_supply_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_price")),
    )
    op.create_index(op.f("ix_supplier_price_product_supply_id"), "supplier_price", ["product_supply_id"], unique=False)
    op.create_table(
        "work_order",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("bill_id", base.Key(), nullable=True),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("supplier_id", base.Key(), nullable=True),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("scrapped", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("finished_at", base.Moment(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "ordered > 0 AND made >= 0 AND scrapped >= 0 AND cancelled >= 0", name=op.f("ck_work_order_within")
        ),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_work_order_bill_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_work_order_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_work_order_product_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_work_order_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("number", name=op.f("uq_work_order_number")),
    )
    op.create_index(
        "ix_work_order_open",
        "work_order",
        ["product_id"],
        unique=False,
        sqlite_where=sa.text("ordered - cancelled - made - scrapped > 0"),
        postgresql_where=sa.text("ordered - cancelled - made - scrapped > 0"),
    )
    op.create_index("ix_work_order_state", "work_order", ["state", "id"], unique=False)
    op.create_table(
        "peg",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("demand", sa.String(length=16), nullable=False),
        sa.Column("demand_id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=True),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("supply", sa.String(length=16), nullable=False),
        sa.Column("supply_id", base.Key(), nullable=True),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("served", sa.BigInteger(), nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cost", base.Exact(4), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity >= 0 AND served >= 0", name=op.f("ck_peg_within")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_peg_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_peg_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_peg_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peg")),
    )
    op.create_index("ix_peg_demand", "peg", ["demand_id"], unique=False)
    op.create_index(op.f("ix_peg_order_id"), "peg", ["order_id"], unique=False)
    op.create_index("ix_peg_supply", "peg", ["supply_id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("supplier_id", base.Key(), nullable=False),
        sa.Column("supplier_name", sa.String(length=160), nullable=False),
        sa.Column("supplier_address", sa.Text(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("order_id", base.Key(), nullable=True),
        sa.Column("ship_to", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("exchange_rate", base.Exact(6), nullable=False),
        sa.Column("payment_term", sa.String(length=24), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("sent_at", base.Moment(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("total", base.Exact(4), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_purchase_order_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_purchase_order_order_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
    )
    op.create_index(op.f("ix_purchase_order_order_id"), "purchase_order", ["order_id"], unique=False)
    op.create_index("ix_purchase_order_state", "purchase_order", ["state", "id"], unique=False)
    op.create_index(op.f("ix_purchase_order_supplier_id"), "purchase_order", ["supplier_id"], unique=False)
    op.create_table(
        "shelf_move",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("command_id", base.Key(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("location_id", base.Key(), nullable=False),
        sa.Column("lot_id", base.Key(), nullable=True),
        sa.Column("from_bin_id", base.Key(), nullable=True),
        sa.Column("to_bin_id", base.Key(), nullable=True),
        sa.Column("from_shelf", sa.Boolean(), nullable=False),
        sa.Column("to_shelf", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("line_id", base.Key(), nullable=True),
        sa.Column("document_id", base.Key(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", base.Moment(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shelf_move_positive")),
        sa.ForeignKeyConstraint(["from_bin_id"], ["storage_bin.id"], name=op.f("fk_shelf_move_from_bin_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_shelf_move_location_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_shelf_move_lot_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_shelf_move_product_id")),
        sa.ForeignKeyConstraint(["to_bin_id"], ["storage_bin.id"], name=op.f("fk_shelf_move_to_bin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_move")),
    )
    op.create_index(op.f("ix_shelf_move_line_id"), "shelf_move", ["line_id"], unique=False)
    op.create_index("ix_shelf_move_lot", "shelf_move", ["lot_id", "id"], unique=False)
    op.create_index("ix_shelf_move_product", "shelf_move", ["product_id", "id"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("from_location_id", base.Key(), nullable=False),
        sa.Column("to_location_id", base.Key(), nullable=False),
        sa.Column("work_order_id", base.Key(), nullable=True),
        sa.Column("ships_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("shipped_at", base.Moment(), nullable=True),
        sa.Column("received_at", base.Moment(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["from_location_id"], ["location.id"], name=op.f("fk_transfer_from_location_id")),
        sa.ForeignKeyConstraint(["to_location_id"], ["location.id"], name=op.f("fk_transfer_to_location_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_transfer_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_number")),
    )
    op.create_index("ix_transfer_state", "transfer", ["state", "id"], unique=False)
    op.create_index(op.f("ix_transfer_work_order_id"), "transfer", ["work_order_id"], unique=False)
    op.create_table(
        "work_component",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("work_order_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("consumed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("needed >= 0 AND reserved >= 0 AND consumed >= 0", name=op.f("ck_work_component_within")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_work_component_product_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_work_component_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_component")),
    )
    op.create_index(
        "ix_work_component_open",
        "work_component",
        ["product_id"],
        unique=False,
        sqlite_where=sa.text("needed - reserved - consumed > 0"),
        postgresql_where=sa.text("needed - reserved - consumed > 0"),
    )
    op.create_index(op.f("ix_work_component_work_order_id"), "work_component", ["work_order_id"], unique=False)
    op.create_table(
        "work_step",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("work_order_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("work_center_id", base.Key(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("minutes", base.Exact(6), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["work_center_id"], ["work_center.id"], name=op.f("fk_work_step_work_center_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_work_step_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_step")),
    )
    op.create_index("ix_work_step_load", "work_step", ["work_center_id", "on"], unique=False)
    op.create_index(op.f("ix_work_step_work_order_id"), "work_step", ["work_order_id"], unique=False)
    op.create_table(
        "purchase_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("purchase_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("supplier_sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("quantity", base.Exact(6), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", base.Exact(6), nullable=False),
        sa.Column("net", base.Exact(4), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("work_order_id", base.Key(), nullable=True),
        sa.CheckConstraint("ordered >= 0 AND received >= 0 AND cancelled >= 0", name=op.f("ck_purchase_line_within")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_purchase_line_product_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase_order.id"], name=op.f("fk_purchase_line_purchase_id")),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_order.id"], name=op.f("fk_purchase_line_work_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
    )
    op.create_index(
        "ix_purchase_line_open",
        "purchase_line",
        ["product_id"],
        unique=False,
        sqlite_where=sa.text("ordered - cancelled - received > 0"),
        postgresql_where=sa.text("ordered - cancelled - received > 0"),
    )
    op.create_index(op.f("ix_purchase_line_purchase_id"), "purchase_line", ["purchase_id"], unique=False)
    op.create_table(
        "transfer_line",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("transfer_id", base.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", base.Key(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", base.Key(), nullable=True),
        sa.CheckConstraint(
            "wanted >= 0 AND reserved >= 0 AND received >= 0 AND lost >= 0 AND received + lost <= shipped",
            name=op.f("ck_transfer_line_within"),
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_transfer_line_lot_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_transfer_line_product_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_line_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_line")),
    )
    op.create_index(
        "ix_transfer_line_open",
        "transfer_line",
        ["product_id"],
        unique=False,
        sqlite_where=sa.text("wanted - cancelled - received - lost > 0"),
        postgresql_where=sa.text("wanted - cancelled - received - lost > 0"),
    )
    op.create_index(op.f("ix_transfer_line_transfer_id"), "transfer_line", ["transfer_id"], unique=False)
    op.create_table(
        "shipment_lot",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("shipment_line_id", base.Key(), nullable=False),
        sa.Column("lot_id", base.Key(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_lot_positive")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_shipment_lot_lot_id")),
        sa.ForeignKeyConstraint(
            ["shipment_line_id"], ["shipment_line.id"], name=op.f("fk_shipment_lot_shipment_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_lot")),
    )
    op.create_index(op.f("ix_shipment_lot_lot_id"), "shipment_lot", ["lot_id"], unique=False)
    op.create_index(op.f("ix_shipment_lot_shipment_line_id"), "shipment_lot", ["shipment_line_id"], unique=False)
    op.create_table(
        "pick_take",
        sa.Column("id", base.Key(), nullable=False),
        sa.Column("pick_line_id", base.Key(), nullable=False),
        sa.Column("bin_id", base.Key(), nullable=True),
        sa.Column("lot_id", base.Key(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("picker", sa.String(length=80), nullable=False),
        sa.CheckConstraint("wanted >= 0 AND taken >= 0", name=op.f("ck_pick_take_within")),
        sa.ForeignKeyConstraint(["bin_id"], ["storage_bin.id"], name=op.f("fk_pick_take_bin_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_pick_take_lot_id")),
        sa.ForeignKeyConstraint(["pick_line_id"], ["pick_line.id"], name=op.f("fk_pick_take_pick_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_take")),
    )
    op.create_index(op.f("ix_pick_take_pick_line_id"), "pick_take", ["pick_line_id"], unique=False)
    op.add_column("company", sa.Column("costing", sa.String(length=8), server_default="average", nullable=False))
    _add_reference("company", "calendar_id", "work_calendar")
    op.add_column("customer", sa.Column("priority", sa.String(length=1), server_default="", nullable=False))
    op.add_column("goods_return", sa.Column("disposition", sa.String(length=12), server_default="", nullable=False))
    op.add_column("goods_return", sa.Column("reason_code", sa.String(length=24), server_default="", nullable=False))
    op.add_column("goods_return", sa.Column("expected_on", sa.Date(), nullable=True))
    op.add_column("goods_return", sa.Column("in_advance", sa.Boolean(), server_default="0", nullable=False))
    op.add_column(
        "goods_return_line", sa.Column("received_repair", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("goods_return_line", sa.Column("finding", sa.Text(), server_default="", nullable=False))
    _add_reference("goods_return_line", "lot_id", "lot")
    op.add_column("location", sa.Column("kind", sa.String(length=16), server_default="warehouse", nullable=False))
    op.add_column("location", sa.Column("street", sa.Text(), server_default="", nullable=False))
    op.add_column("location", sa.Column("postal_code", sa.String(length=20), server_default="", nullable=False))
    op.add_column("location", sa.Column("city", sa.String(length=80), server_default="", nullable=False))
    op.add_column("location", sa.Column("country", sa.String(length=2), server_default="", nullable=False))
    op.add_column("location", sa.Column("rank", sa.Integer(), server_default="0", nullable=False))
    op.add_column("location", sa.Column("transfer_days", sa.Integer(), server_default="1", nullable=False))
    _add_reference("location", "supplier_id", "supplier")
    _add_reference("package", "parent_id", "package")
    _add_reference("package", "carton_id", "carton")
    op.add_column("package", sa.Column("kind", sa.String(length=8), server_default="parcel", nullable=False))
    _add_reference("package_line", "lot_id", "lot")
    op.create_index(
        op.f("ix_package_line_lot_id"),
        "package_line",
        ["lot_id"],
        unique=False,
        sqlite_where=sa.text("lot_id IS NOT NULL"),
        postgresql_where=sa.text("lot_id IS NOT NULL"),
    )
    _add_reference("pick", "wave_id", "pick_wave")
    op.add_column("pick", sa.Column("tote", sa.String(length=24), server_default="", nullable=False))
    op.create_index(
        op.f("ix_pick_wave_id"),
        "pick",
        ["wave_id"],
        unique=False,
        sqlite_where=sa.text("wave_id IS NOT NULL"),
        postgresql_where=sa.text("wave_id IS NOT NULL"),
    )
    op.add_column("product", sa.Column("tracking", sa.String(length=8), server_default="none", nullable=False))
    op.add_column("product", sa.Column("shelf_life_days", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("length_mm", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("width_mm", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("height_mm", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("sale_unit", sa.String(length=24), server_default="", nullable=False))
    op.add_column("product", sa.Column("sale_minimum", base.Exact(6), nullable=True))
    op.add_column("product", sa.Column("sale_step", base.Exact(6), nullable=True))
    op.add_column("product", sa.Column("over_delivery", base.Exact(6), nullable=True))
    op.add_column("product", sa.Column("under_delivery", base.Exact(6), nullable=True))
    op.add_column("product", sa.Column("costing", sa.String(length=8), server_default="", nullable=False))
    op.add_column("product", sa.Column("sourced", sa.Boolean(), server_default="0", nullable=False))
    _add_reference("sales_order", "location_id", "location")
    op.add_column(
        "sales_order", sa.Column("ship_policy", sa.String(length=12), server_default="available", nullable=False)
    )
    op.add_column("sales_order", sa.Column("sourcing_rule", sa.String(length=12), server_default="", nullable=False))
    op.add_column("sales_order", sa.Column("spread", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("sales_order", sa.Column("pegged", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("sales_order", sa.Column("amendments", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sales_order_line", sa.Column("ship_to", sa.Text(), server_default="", nullable=False))
    op.add_column("sales_order_line", sa.Column("requested_on", sa.Date(), nullable=True))
    op.add_column("sales_order_line", sa.Column("way", sa.String(length=12), server_default="", nullable=False))
    op.add_column("sales_order_line", sa.Column("ready_on", sa.Date(), nullable=True))
    op.add_column("sales_order_line", sa.Column("ready_reason", sa.Text(), server_default="", nullable=False))
    _add_reference("sales_order_line", "kit_line_id", "sales_order_line")
    op.add_column("sales_order_line", sa.Column("kit_numerator", sa.BigInteger(), nullable=True))
    op.add_column("sales_order_line", sa.Column("kit_denominator", sa.BigInteger(), nullable=True))
    op.add_column("sales_order_line", sa.Column("kit_fixed", sa.Boolean(), server_default="0", nullable=False))
    op.create_index(
        "ix_sales_order_line_outstanding",
        "sales_order_line",
        ["product_id"],
        unique=False,
        sqlite_where=sa.text("ordered - cancelled - shipped + returned_open > 0"),
        postgresql_where=sa.text("ordered - cancelled - shipped + returned_open > 0"),
    )
    op.add_column("shipment", sa.Column("kind", sa.String(length=12), server_default="own", nullable=False))
    _add_reference("shipment", "purchase_id", "purchase_order")
    op.add_column("shipment", sa.Column("expected_on", sa.Date(), nullable=True))
    op.add_column("stock_level", sa.Column("blocked", sa.BigInteger(), server_default="0", nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, TABLES):
        op.execute(sa.text(statement.replace(":", r"\:")))


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column that may point at ``target``'s id; both databases take the constraint in the same statement."""
    stored = base.Key().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {stored} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )
