"""The company itself and what it decides once: currency, rounding, taxes, accounts, terms, carriers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, String, Text

from app.models.base import PRICE, DataClass, Exact, Key, Moment, key, reference, table

company = table(
    "company",
    DataClass.HUB_ONLY,
    key(),
    Column("name", String(120), nullable=False),
    Column("street", Text, nullable=False, server_default=""),  # lines, separated by newlines
    Column("postal_code", String(20), nullable=False, server_default=""),
    Column("city", String(80), nullable=False, server_default=""),
    Column("country", String(2), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("vat_number", String(24), nullable=False, server_default=""),
    Column("registration", String(120), nullable=False, server_default=""),
    Column("email", String(120), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("website", String(120), nullable=False, server_default=""),
    Column("bank_name", String(80), nullable=False, server_default=""),
    Column("iban", String(40), nullable=False, server_default=""),
    Column("bic", String(16), nullable=False, server_default=""),
    Column("logo", LargeBinary),  # PNG
    Column("language", String(8), nullable=False, server_default="en"),
    Column("gs1_prefix", String(12), nullable=False, server_default=""),  # for SSCC
    Column("tax_rounding", String(8), nullable=False, server_default="line"),  # line | document
    Column("cash_rounding", Exact(PRICE)),  # step, null for none
    Column("invoice_policy", String(8), nullable=False, server_default="shipment"),  # see InvoicePolicy
    Column("delivery_steps", Integer, nullable=False, server_default="2"),  # 1 ship; 2 pick, then ship
    Column("over_delivery", Exact(PRICE), nullable=False),  # share above the order that may be shipped, 0 = none
    Column("quote_validity_days", Integer, nullable=False, server_default="30"),
    Column("costing", String(8), nullable=False, server_default="average"),  # average | fifo
    reference("calendar_id", "work_calendar", required=False),  # when we work; null: Monday to Friday
    Column("dispatch_check", String(8), nullable=False, server_default="off"),  # off | warn | block
    Column("weight_tolerance", Exact(PRICE)),  # share by which a package may differ from what is in it; null: any
    reference("letterhead_id", "letterhead", required=False),  # what papers issued now print of us
    Column("stock_value", Boolean, nullable=False, server_default="0"),  # what stock is worth is kept and booked
    Column("electronic_address", String(120), nullable=False, server_default=""),  # of e-invoices, BT-34
    Column("electronic_scheme", String(4), nullable=False, server_default=""),  # EAS, e.g. 9930
    Column("tax_number", String(40), nullable=False, server_default=""),  # at the tax office, where no VAT number is
    Column("legal_id", String(40), nullable=False, server_default=""),  # BT-30, e.g. of the chamber of commerce
    Column("contact_name", String(80), nullable=False, server_default=""),  # whom e-invoices name; empty: the company
    Column("fiscal_month", Integer, nullable=False, server_default="1"),  # the financial year begins on its first day
    Column("unbooked_shipping", Boolean, nullable=False, server_default="0"),  # goods the books lack may leave
    Column("rate_day", String(8), nullable=False, server_default="invoice"),  # models.order.RateDay
    Column("rates_url", String(300), nullable=False, server_default=""),  # where exchange rates are fetched from
    Column("qr_iban", String(40), nullable=False, server_default=""),  # of Swiss QR-bills; empty: ``iban``
)

letterhead = table(
    "letterhead",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    Column("name", String(120), nullable=False),
    Column("street", Text, nullable=False),
    Column("postal_code", String(20), nullable=False),
    Column("city", String(80), nullable=False),
    Column("country", String(2), nullable=False),
    Column("vat_number", String(24), nullable=False),
    Column("registration", String(120), nullable=False),
    Column("email", String(120), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("website", String(120), nullable=False),
    Column("bank_name", String(80), nullable=False),
    Column("iban", String(40), nullable=False),
    Column("bic", String(16), nullable=False),
    Column("logo", LargeBinary),  # PNG
    Column("language", String(8), nullable=False),
    Column("at", Moment, nullable=False),
    Column("qr_iban", String(40), nullable=False, server_default=""),
)
"""What papers print of the company: one row each time that changed; issued documents point at theirs."""

currency = table(
    "currency",
    DataClass.HUB_ONLY,
    Column("code", String(3), primary_key=True),
    Column("decimals", Integer, nullable=False),
    Column("step", Exact(PRICE)),  # smallest amount when it is no power of ten
)

exchange_rate = table(
    "exchange_rate",
    DataClass.HUB_ONLY,
    Column("currency", String(3), primary_key=True),
    Column("on", Date, primary_key=True),
    Column("rate", Exact(PRICE), nullable=False),  # units of this currency for one of the company's
    Column("id", Key),
    Index("ix_exchange_rate_id", "id", unique=True),
)

tax = table(
    "tax",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(16), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("kind", String(12), nullable=False),  # percent | fixed | division
    Column("rate", Exact(PRICE), nullable=False),  # percent; amount per unit for kind fixed
    Column("included", Boolean, nullable=False),
    Column("affects_base", Boolean, nullable=False),
    Column("base_affected", Boolean, nullable=False),
    Column("sequence", Integer, nullable=False),  # the order in which taxes are computed
    Column("account", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("category", String(2), nullable=False, server_default=""),  # models.einvoice.Category; empty: by its rate
    Column("exempt_reason", String(200), nullable=False, server_default=""),  # why its rate is nothing
)

account = table(
    "account",
    DataClass.HUB_ONLY,
    Column("code", String(16), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("kind", String(12), nullable=False),  # asset | liability | equity | income | expense
    Column("purpose", String(24), unique=True),  # what the program books here, e.g. receivable
    Column("id", Key),
    Index("ix_account_id", "id", unique=True),
)

payment_term = table(
    "payment_term",
    DataClass.HUB_ONLY,
    Column("code", String(24), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("due_days", Integer, nullable=False),
    Column("end_of_month", Boolean, nullable=False),
    Column("id", Key),
    Index("ix_payment_term_id", "id", unique=True),
)

payment_term_part = table(
    "payment_term_part",
    DataClass.HUB_ONLY,
    key(),  # terms without a part are due at once after ``due_days``
    Column("term", String(24), nullable=False, index=True),  # code of the payment terms
    Column("position", Integer, nullable=False),
    Column("share", String(8), nullable=False),  # models.payment_terms.ShareOf
    Column("figure", Exact(PRICE), nullable=False),  # per cent, or an amount of money
    Column("months", Integer, nullable=False),
    Column("set_day", Integer, nullable=False),  # 0: as it is
    Column("days", Integer, nullable=False),
    Column("end_of_month", Boolean, nullable=False),
    Column("days_after", Integer, nullable=False),
)

early_discount_rule = table(
    "early_discount_rule",
    DataClass.HUB_ONLY,
    key(),
    Column("term", String(24), nullable=False, unique=True),  # code of the payment terms
    Column("percent", Exact(PRICE), nullable=False),  # off the invoice's total, for paying early
    Column("days", Integer, nullable=False),  # how early: days from the invoice
)

carrier = table(
    "carrier",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("services", Text, nullable=False, server_default=""),  # names, separated by newlines
    Column("tracking_url", String(200), nullable=False, server_default=""),  # {number} is replaced
    Column("active", Boolean, nullable=False),
)

import_run = table(
    "import_run",
    DataClass.DOCUMENT,
    key(),
    Column("kind", String(24), nullable=False),
    Column("source", String(80), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("file_hash", String(64), nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("rows_new", Integer, nullable=False),
    Column("rows_changed", Integer, nullable=False),
    Column("rows_unchanged", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("report", Text, nullable=False),  # JSON
)

external_key = table(
    "external_key",
    DataClass.DOCUMENT,
    Column("source", String(80), primary_key=True),
    Column("kind", String(24), primary_key=True),
    Column("external_id", String(120), primary_key=True),
    Column("row_id", Key, nullable=False, index=True),
    Column("row_hash", String(64), nullable=False),  # of the imported values, to see what changed
    reference("import_id", "import_run", index=True),
)
