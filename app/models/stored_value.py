"""Money held for customers: gift cards and store credit, each with its ledger."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, String, UniqueConstraint

from app.models.base import DataClass, Key, Moment, amount, key, reference, table, where_filled
from app.models.payment import Purpose


class StoredKind(StrEnum):
    """What holds money for a customer; also the method of a payment made with it."""

    GIFT_CARD = "gift_card"  # whoever has its number may spend it
    WALLET = "wallet"  # store credit of one customer


class EntryKind(StrEnum):
    """Why a balance changed."""

    SOLD = "sold"  # a gift card, on an invoice
    GRANTED = "granted"  # out of goodwill
    SPENT = "spent"  # paid with
    GIVEN_BACK = "given_back"  # a payment was taken back, or a refund went here
    EXPIRED = "expired"  # what was left after its last day
    TAKEN_BACK = "taken_back"  # its sale was credited, or the goodwill withdrawn


LIABILITY: Final = {StoredKind.GIFT_CARD: Purpose.GIFT_CARD, StoredKind.WALLET: Purpose.STORE_CREDIT}
"""On which account what we owe is booked."""

stored_value = table(
    "stored_value",
    DataClass.DOCUMENT,
    key(),
    Column("kind", String(12), nullable=False),
    Column("code", String(40), nullable=False),  # of a gift card what is printed on it; of a wallet its customer's key
    reference("customer_id", "customer", required=False, index=True),  # who bought the card, or whose wallet it is
    Column("email", String(120), nullable=False),  # where a card's number is sent
    amount("value"),  # what a card was sold for; 0 for a wallet
    amount("balance"),  # company currency; equal to the sum of its entries
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date),  # the last day it can be spent; null: none
    Column("void", Boolean, nullable=False),  # its sale was taken back
    UniqueConstraint("kind", "code"),
    CheckConstraint("balance >= 0", name="floor"),
)

stored_value_entry = table(
    "stored_value_entry",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("value_id", "stored_value", index=True),
    Column("kind", String(12), nullable=False),
    amount("amount"),  # company currency; above zero adds to the balance
    Column("on", Date, nullable=False),
    reference("payment_id", "payment", required=False),
    reference("invoice_id", "invoice", required=False),  # the invoice a card was sold on, or its credit note
    reference("order_id", "sales_order", required=False),  # the order it was paid with
    Column("note", String(200), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    where_filled("ix_stored_value_entry_payment_id", "payment_id"),
    where_filled("ix_stored_value_entry_order_id", "order_id"),
    where_filled("ix_stored_value_entry_invoice_id", "invoice_id"),
)
