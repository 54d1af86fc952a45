"""What papers print: plain values, taken by a service in one transaction, complete and already computed.

A paper never looks anything up and never computes money; its only sum is the running subtotal that long tables carry
from page to page.  Every text may hold anything a person can type or paste.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final


class PaperFormat(StrEnum):
    """The sheet a letter is printed on."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Company:
    """Ourselves, as letterhead and foot show us; the tuples are lines as they are to be printed."""

    name: str
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()  # phone, e-mail, website
    bank: tuple[str, ...] = ()  # bank, IBAN, BIC
    vat_number: str = ""
    registration: str = ""
    logo: bytes | None = None  # PNG or JPEG


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a paper is for, or where goods go: name, then a contact or department, then the address lines."""

    name: str
    address: tuple[str, ...] = ()
    contact: str = ""
    number: str = ""  # the customer's
    vat_number: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What every letter says at its head; ``language`` is a locale such as en, en_GB or de_AT.

    ``facts`` are further pairs of label and value for the block beside the address.
    """

    number: str
    dated: date
    company: Company
    customer: Party
    language: str = "en"
    paper_format: PaperFormat = PaperFormat.A4
    po_number: str = ""  # the customer's purchase order
    order_number: str = ""
    clerk: str = ""  # who answers questions at our company
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Currency:
    """ISO 4217 code and the decimals its amounts are printed with at least."""

    code: str
    decimals: int = 2


class LineKind(StrEnum):
    """What stands on a line; a text or section has no figures, a subtotal repeats stored amounts, not summed again."""

    PRODUCT = "product"
    FEE = "fee"
    TEXT = "text"
    SECTION = "section"
    SUBTOTAL = "subtotal"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line of a quote, order, invoice or credit note; ``amount`` is the stored one, in the paper's currency.

    ``discount_percent`` is 0 to 100; ``discount`` is printed in its place where it is no percentage.
    """

    position: str
    name: str
    sku: str = ""
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    discount: str = ""
    tax_codes: tuple[str, ...] = ()
    amount: Decimal | None = None
    kind: LineKind = LineKind.PRODUCT
    choice: str = ""  # optional | alternative: may be chosen, and is in no sum


class TotalsKind(StrEnum):
    """What a row of the totals is; it gives the row its label and its weight."""

    LINES = "lines"  # sum of the lines
    DISCOUNT = "discount"  # of the whole document
    UNTAXED = "untaxed"
    TAX = "tax"
    ROUNDING = "rounding"  # to the smallest coin
    TOTAL = "total"
    DEPOSIT = "deposit"  # invoiced before, deducted here
    PAID = "paid"
    OPEN = "open"  # what is still to pay


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """One stored amount below the lines; ``name`` replaces the usual label, ``base`` is what a tax was taken on."""

    kind: TotalsKind
    amount: Decimal
    name: str = ""
    base: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """The lines and stored totals of a paper with prices."""

    currency: Currency
    lines: tuple[PaperLine, ...]
    totals: tuple[TotalsRow, ...]
    tax_included: bool = False  # prices and line amounts have their tax in them


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money asked for before delivery, as agreed: its words, amount and day."""

    name: str
    amount: Decimal
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A name under a paper, with a picture of the signature (PNG) or its strokes.

    ``strokes`` are lines of points (from left, from top) in any unit; only their proportions count.
    """

    name: str
    signed_on: date
    image: bytes | None = None
    strokes: tuple[tuple[tuple[int, int], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One product on a paper without prices; quantities in ``unit``.

    ``ordered`` and ``outstanding`` (still to come after this delivery) are left out where they are None.
    """

    position: str
    name: str
    quantity: Decimal
    unit: str = ""
    sku: str = ""
    description: str = ""
    ordered: Decimal | None = None
    outstanding: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Transport:
    """How goods travel; weight in grams."""

    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    packages: int = 0
    weight_g: int = 0


NO_TRANSPORT: Final = Transport()
