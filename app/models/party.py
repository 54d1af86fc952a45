"""Customers, their addresses and contacts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Text

from app.models.base import DataClass, Moment, amount, key, reference, table

customer = table(
    "customer",
    DataClass.MASTER,
    key(),
    Column("number", String(24), nullable=False, unique=True),
    Column("name", String(160), nullable=False, index=True),
    Column("vat_number", String(24), nullable=False, server_default=""),
    Column("currency", String(3), nullable=False),
    Column("language", String(8), nullable=False, server_default=""),
    Column("payment_term", String(24), nullable=False),
    Column("email", String(120), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("tax_exempt", Boolean, nullable=False),
    Column("notes", Text, nullable=False, server_default=""),  # internal: never printed
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    amount("credit_limit", required=False),  # in the company's currency; null for none
    Column("priority", String(1), nullable=False, server_default=""),  # A is served first when stock is short
    Column("einvoice_form", String(16), nullable=False, server_default=""),  # models.einvoice.Form
    Column("buyer_reference", String(80), nullable=False, server_default=""),  # BT-10, in Germany the Leitweg-ID
    Column("electronic_address", String(120), nullable=False, server_default=""),  # BT-49
    Column("electronic_scheme", String(4), nullable=False, server_default=""),  # EAS, e.g. 0204, 9930
    Column("legal_id", String(40), nullable=False, server_default=""),  # BT-47, e.g. of the chamber of commerce
    Column("exempt_category", String(2), nullable=False, server_default=""),  # why lines without a tax have none
    Column("exempt_reason", String(200), nullable=False, server_default=""),
    Column("customer_group", String(40), nullable=False, server_default=""),  # price lists may be for a group
    Column("invoice_rhythm", String(8), nullable=False, server_default=""),  # models.invoice.Rhythm
)

address = table(
    "address",
    DataClass.MASTER,
    key(),
    reference("customer_id", "customer", index=True),
    Column("label", String(40), nullable=False, server_default=""),
    Column("name", String(160), nullable=False, server_default=""),  # when it differs from the customer's
    Column("street", Text, nullable=False, server_default=""),  # lines, separated by newlines
    Column("postal_code", String(20), nullable=False, server_default=""),
    Column("city", String(80), nullable=False, server_default=""),
    Column("region", String(80), nullable=False, server_default=""),
    Column("country", String(2), nullable=False, server_default=""),
    Column("billing", Boolean, nullable=False),  # the default for invoices
    Column("shipping", Boolean, nullable=False),  # the default for goods
    Column("active", Boolean, nullable=False),
)

contact = table(
    "contact",
    DataClass.MASTER,
    key(),
    reference("customer_id", "customer", index=True),
    Column("name", String(120), nullable=False),
    Column("role", String(80), nullable=False, server_default=""),
    Column("email", String(120), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False),
)
