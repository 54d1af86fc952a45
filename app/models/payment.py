"""Payments, what they were allocated to, and the double-entry journal; all insert-only."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Date, Index, String, UniqueConstraint

from app.models.base import DataClass, Key, Moment, amount, key, reference, table


class Purpose(StrEnum):
    """What the program books on an account; the chart of accounts says which account that is."""

    BANK = "bank"
    RECEIVABLE = "receivable"
    PREPAYMENT = "prepayment"  # money of customers not yet allocated to an invoice
    DEPOSIT = "deposit"  # deposits invoiced, not yet deducted
    REVENUE = "revenue"
    ROUNDING = "rounding"
    EXCHANGE = "exchange"
    STOCK = "stock"
    WORK_IN_PROCESS = "work_in_process"  # components that are in work orders, and the work on them
    RECEIVED = "received"  # goods that came in, their supplier's invoice not booked yet
    OPENING = "opening"  # what goods were worth when their value began to be kept
    COST_OF_SALES = "cost_of_sales"
    STOCK_DIFFERENCE = "stock_difference"  # counted more or less, lost on the way, revalued
    SCRAP = "scrap"
    OPERATIONS = "operations"  # work and machines that went into stock
    DISCOUNT = "discount"  # for paying early
    WRITE_OFF = "write_off"  # what customers never pay, and what they paid too much
    BANK_FEE = "bank_fee"  # what a bank takes, e.g. for a payment it took back
    GIFT_CARD = "gift_card"  # sold and not used yet
    STORE_CREDIT = "store_credit"  # of customers, not used yet
    BREAKAGE = "breakage"  # gift cards and store credit that nobody used in time
    GOODWILL = "goodwill"  # store credit that was given away


class DeductionKind(StrEnum):
    """Why an amount is settled that nobody paid."""

    DISCOUNT = "discount"  # agreed for paying early; its tax is corrected
    WRITE_OFF = "write_off"  # given up
    KEPT = "kept"  # paid too much, and not given back
    REFUNDED = "refunded"  # paid back of what was on account


payment = table(
    "payment",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    Column("number", String(32), nullable=False, unique=True),
    reference("customer_id", "customer", index=True),
    Column("customer_name", String(160), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    amount("amount"),  # negative for a refund
    amount("company_amount"),
    Column("method", String(24), nullable=False),  # one of services.payments.METHODS
    Column("reference", String(140), nullable=False),
    Column("account", String(16), nullable=False),
    Column("reverses_id", Key, unique=True),  # the payment this one takes back
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

allocation = table(
    "allocation",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("payment_id", "payment", required=False, index=True),  # null when a credit note settles an invoice
    reference("invoice_id", "invoice", index=True),
    amount("amount"),  # in the invoice's currency; negative takes an allocation back
    Column("at", Moment, nullable=False),
    reference("deduction_id", "deduction", required=False),  # what is settled without being paid
)

deduction = table(
    "deduction",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    Column("kind", String(12), nullable=False),
    reference("customer_id", "customer", index=True),
    reference("invoice_id", "invoice", required=False, index=True),  # whose open amount falls
    reference("payment_id", "payment", required=False, index=True),  # it came with; of which it is, where no invoice is
    Column("on", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    amount("amount"),  # in ``currency``, tax contained; negative takes one back
    amount("tax"),  # the part that corrects tax
    Column("reason", String(200), nullable=False),
    Column("reverses_id", Key, unique=True),  # the deduction this one takes back
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

journal_entry = table(
    "journal_entry",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    Column("site", String(8), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("booked_on", Date, nullable=False, index=True),
    Column("document_id", Key, nullable=False, index=True),
    Column("text", String(160), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("site", "n"),
)

journal_line = table(
    "journal_line",
    DataClass.LEDGER,
    key(),
    reference("entry_id", "journal_entry", index=True),
    Column("account", String(16), nullable=False),
    amount("amount"),  # company currency; debit positive, credit negative; an entry sums to zero
    Column("currency", String(3), nullable=False),
    amount("currency_amount"),  # the same in the document's currency
    Column("customer_id", Key),
    Column("invoice_id", Key, index=True),  # whose receivable it is, which deposit, or which payment is given back
    Index("ix_journal_line_account", "account", "id"),
)
