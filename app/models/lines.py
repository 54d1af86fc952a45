"""The columns that quote, order and invoice lines share, and the taxes and signature of a document."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, String, Text

from app.models.base import PRICE, DataClass, Exact, Key, Moment, amount, key, reference, table

UNPRICED: Final = frozenset({"text", "section", "subtotal"})
"""The kinds of lines without an amount: a note, the heading of what follows, and the sum of what stands above."""
LINE_KINDS: Final = ("product", "fee", "text", "section", "subtotal")
"""What a line may be."""


def subtotals(lines: Iterable[tuple[str, Decimal]]) -> dict[int, Decimal]:
    """Give what each subtotal comes to, by its place from 0: the amounts since the section or subtotal above it.

    ``lines`` are the kind of each line and what it adds, in the document's currency: nothing where it may be chosen.
    """
    found: dict[int, Decimal] = {}
    running = Decimal(0)
    for place, (kind, adds) in enumerate(lines):
        if kind == "subtotal":
            found[place] = running
        running = Decimal(0) if kind in {"section", "subtotal"} else running + adds
    return found


def line_columns() -> list[Column]:  # type: ignore[type-arg]  # columns of many types
    """Make what was sold: product, typed quantity with its exact factor, price, discount, rounded amounts.

    ``factor`` = numerator/denominator stock units in one of ``unit``.  ``net``, ``tax`` and ``total``
    are computed once by services.totals; every screen, paper and ledger reads them.
    """
    return [
        Column("position", Integer, nullable=False),
        Column("kind", String(8), nullable=False),  # one of LINE_KINDS
        reference("product_id", "product", required=False),
        Column("sku", String(60), nullable=False),
        Column("name", String(200), nullable=False),
        Column("description", Text, nullable=False),
        Column("quantity", Exact(PRICE), nullable=False),
        Column("unit", String(24), nullable=False),
        Column("numerator", BigInteger, nullable=False),
        Column("denominator", BigInteger, nullable=False),
        Column("unit_price", Exact(PRICE), nullable=False),
        Column("discount_percent", Exact(PRICE), nullable=False),
        Column("tax_codes", String(120), nullable=False),
        amount("amount"),  # quantity x price less the line's discount, rounded; before the document discount
        amount("net"),
        amount("tax"),
        amount("total"),
    ]


def total_columns() -> list[Column]:  # type: ignore[type-arg]  # columns of many types
    """Make the rounding rules a document was computed with and its stored totals, in its currency."""
    return [
        Column("currency", String(3), nullable=False),
        Column("tax_rounding", String(8), nullable=False),
        Column("discount_percent", Exact(PRICE), nullable=False),  # of the whole document
        amount("discount_amount"),
        Column("cash_rounding", Exact(PRICE)),
        amount("untaxed"),
        amount("tax"),
        amount("rounding"),
        amount("total"),
    ]


def document_columns() -> list[Column]:  # type: ignore[type-arg]  # columns of many types
    """Make the single-writer fields: who owns the document, since which handover, at which revision."""
    return [
        Column("owner", String(8), nullable=False),
        Column("epoch", Integer, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("created_by", String(80), nullable=False),
    ]


def original_columns() -> list[Column]:  # type: ignore[type-arg]  # columns of many types
    """Make what an issued document keeps of others, so that its paper stays the same; see services.originals."""
    return [
        reference("letterhead_id", "letterhead", required=False),  # ourselves as it was; null until it is issued
        Column("printed", Text, nullable=False, server_default=""),  # JSON of the rest; empty until it is issued
    ]


document_tax = table(
    "document_tax",
    DataClass.DOCUMENT,
    Column("document_id", Key, primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("rate", Exact(PRICE), nullable=False),
    Column("included", Boolean, nullable=False),
    amount("base"),
    amount("amount"),
)

signature = table(
    "signature",
    DataClass.DOCUMENT,
    key(),
    Column("document_id", Key, nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("kind", String(8), nullable=False),  # name | drawn | file
    Column("image", LargeBinary),  # PNG, for kind drawn and file
    Column("signed_on", Date, nullable=False),
    Column("signed_at", Moment, nullable=False),
)
