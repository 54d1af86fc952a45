"""Electronic invoices: which form a customer gets, the files that were made, and the codes of our units.

The words are those of EN 16931; a number such as BT-10 is its business term.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, Column, LargeBinary, String, Text

from app.models.base import DataClass, Key, Moment, key, reference, table


class Form(StrEnum):
    """In which form a customer gets invoices, besides the paper."""

    NONE = ""
    XRECHNUNG_UBL = "xrechnung_ubl"
    XRECHNUNG_CII = "xrechnung_cii"
    PEPPOL = "peppol"
    FACTUR_X = "factur_x"


class Category(StrEnum):
    """How a line is taxed (UNTDID 5305, the part of it that EN 16931 allows)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    WITHIN_EU = "K"
    EXPORT = "G"
    OUTSIDE = "O"
    CANARY = "L"
    CEUTA = "M"


WITHOUT_TAX: Final = frozenset(
    {Category.EXEMPT, Category.REVERSE_CHARGE, Category.WITHIN_EU, Category.EXPORT, Category.OUTSIDE}
)
"""The categories that want a reason why there is no tax."""

einvoice = table(
    "einvoice",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("invoice_id", "invoice", index=True),
    Column("form", String(16), nullable=False),
    Column("file_name", String(80), nullable=False),
    Column("content", LargeBinary, nullable=False),  # the XML, deflated
    Column("digest", String(64), nullable=False),  # SHA-256 of the XML
    Column("passed", Boolean, nullable=False),  # no rule that was asked is broken
    Column("checked_with", Text, nullable=False),  # the rule sets, separated by newlines; empty: own checks only
    Column("findings", Text, nullable=False),  # JSON
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)
"""Every electronic invoice that was made, with what checking it found; the last one of an invoice is its state."""

unit_code = table(
    "unit_code",
    DataClass.HUB_ONLY,
    key(),
    Column("unit", String(24), nullable=False, unique=True),
    Column("code", String(3), nullable=False),  # UN/ECE Recommendation 20 or 21
)
"""What the company's own units are called by everybody; the usual ones are known without a row."""
