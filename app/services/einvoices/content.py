"""What an electronic invoice says, in the terms of EN 16931 and free of any syntax.

All amounts are in the document's currency and signed as they are printed there: those of a credit note are what is
given back, so they are positive.  Empty texts are terms that are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.models.einvoice import Category, Form

INVOICE: Final = "380"
CREDIT_NOTE: Final = "381"
PREPAYMENT: Final = "386"
"""Kinds of document (UNTDID 1001)."""

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A place (BG-5, BG-8, BG-15); ``lines`` are at most three."""

    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""  # ISO 3166


@dataclass(frozen=True, slots=True)
class Trader:
    """Seller (BG-4) or buyer (BG-7)."""

    name: str
    address: PostalAddress
    vat_number: str = ""  # with the country in front
    tax_number: str = ""
    legal_id: str = ""
    electronic_address: str = ""
    electronic_scheme: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    legal_note: str = ""  # BT-33


@dataclass(frozen=True, slots=True)
class Payment:
    """How it is to be paid (BG-16); ``means`` by UNTDID 4461."""

    means: str
    reference: str
    iban: str = ""
    bic: str = ""
    holder: str = ""
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Deduction:
    """An allowance, or with ``is_charge`` a charge, of a line or of the document; ``amount`` is not below zero."""

    amount: Decimal
    reason: str
    is_charge: bool = False
    category: Category = Category.STANDARD
    rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Line:
    """One line (BG-25): ``net`` = ``quantity`` x ``price`` / ``per`` less its deductions, rounded."""

    number: str
    name: str
    quantity: Decimal
    unit: str  # UN/ECE Recommendation 20
    price: Decimal
    net: Decimal
    category: Category
    rate: Decimal
    per: Decimal = Decimal(1)
    description: str = ""
    sku: str = ""
    note: str = ""  # BT-127
    deductions: tuple[Deduction, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxPart:
    """One row of the breakdown of tax (BG-23)."""

    category: Category
    rate: Decimal
    base: Decimal
    amount: Decimal
    reason: str = ""
    reason_code: str = ""  # VATEX


@dataclass(frozen=True, slots=True)
class Sums:
    """The totals of the document (BG-22)."""

    lines: Decimal
    allowances: Decimal
    charges: Decimal
    untaxed: Decimal
    tax: Decimal
    total: Decimal
    rounding: Decimal
    payable: Decimal
    company_tax: Decimal | None = None  # BT-111, in the company's currency when that is another


@dataclass(frozen=True, slots=True)
class Delivery:
    """When and where the goods went (BG-13)."""

    on: date | None = None
    name: str = ""
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A whole electronic invoice or credit note."""

    form: Form
    kind: str
    number: str
    issued_on: date
    currency: str
    seller: Trader
    buyer: Trader
    payment: Payment
    sums: Sums
    taxes: tuple[TaxPart, ...]
    lines: tuple[Line, ...]
    deductions: tuple[Deduction, ...] = ()
    due_on: date | None = None
    company_currency: str = ""
    note: str = ""
    buyer_reference: str = ""
    purchase_order: str = ""
    preceding: tuple[tuple[str, date | None], ...] = ()
    delivery: Delivery = Delivery()

    @property
    def is_credit(self) -> bool:
        """Whether it gives back."""
        return self.kind == CREDIT_NOTE


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with an electronic invoice: the rule, the words, and the field that has to be changed.

    ``place`` is ``company``, ``customer``, ``tax``, ``unit`` or ``invoice``; ``field`` the field there, or the unit
    or tax by its name.  What is not ``fatal`` is a warning.
    """

    rule: str
    text: str
    place: str = "invoice"
    field: str = ""
    fatal: bool = True


def passes(findings: Sequence[Finding]) -> bool:
    """Tell whether nothing fatal was found."""
    return not any(one.fatal for one in findings)
