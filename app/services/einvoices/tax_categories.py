"""How the lines of an invoice are taxed, in the categories of EN 16931 (UNTDID 5305), from the taxes they bear."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.models.einvoice import WITHOUT_TAX, Category
from app.models.tax_mapping import EUROPEAN_UNION
from app.services.companies import TaxRule
from app.services.einvoices.content import ZERO, Finding

DEPOSIT_REASON: Final = "Deposit; the tax is charged with the goods"
REASONS: Final = {
    Category.EXEMPT: "Exempt from tax",
    Category.REVERSE_CHARGE: "Reverse charge",
    Category.WITHIN_EU: "Intra-community supply",
    Category.EXPORT: "Export outside the EU",
    Category.OUTSIDE: "Not subject to tax",
}
REASON_CODES: Final = {
    Category.REVERSE_CHARGE: "VATEX-EU-AE",
    Category.WITHIN_EU: "VATEX-EU-IC",
    Category.EXPORT: "VATEX-EU-G",
    Category.OUTSIDE: "VATEX-EU-O",
}
"""Codes of the list VATEX that go with a category whatever the reason."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a line is taxed."""

    category: Category
    rate: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a customer's lines bear no tax: as the customer's card says, and the countries it may be seen from."""

    category: str
    reason: str
    is_exempt: bool
    seller: str
    buyer: str
    has_vat_number: bool


def of_taxes(codes: str, taxes: dict[str, TaxRule]) -> Treatment | Finding:
    """Say how lines with these taxes are taxed, or why no electronic invoice can say it."""
    names = codes.split()
    if len(names) > 1:
        words = f"Lines with several taxes ({', '.join(names)}) cannot be said: an e-invoice states one VAT for a line."
        return Finding("BG-30", words, "tax", names[0])
    rule = taxes[names[0]]
    if rule.kind != "percent" or rule.rate < 0:
        words = f"{rule.code} is no share of the price: an e-invoice knows only percentages. Invoice it as a line."
        return Finding("BT-152", words, "tax", rule.code)
    if rule.category:
        category = Category(rule.category)
        return Treatment(category, rule.rate, rule.exempt_reason or REASONS.get(category, ""))
    if rule.rate:
        return Treatment(Category.STANDARD, rule.rate)
    words = f"{rule.code} is 0 %. Say in the settings why: zero rate, exempt, reverse charge, export…"
    return Finding("BT-151", words, "tax", rule.code)


def without_taxes(exemption: Exemption, *, is_deposit: bool) -> Treatment | Finding:
    """Say how lines without any tax are taxed: as the customer's card says, else as the places say."""
    if exemption.category:
        category = Category(exemption.category)
        return Treatment(category, ZERO, exemption.reason or REASONS.get(category, ""))
    if is_deposit:
        return Treatment(Category.EXEMPT, ZERO, DEPOSIT_REASON)
    by_place = _by_place(exemption)
    if by_place is not None:
        return Treatment(by_place, ZERO, exemption.reason or REASONS[by_place])
    words = "Some lines bear no tax. Say at the customer, under e-invoices, why: exempt, reverse charge, export…"
    return Finding("BT-151", words, "customer", "exempt_category")


def wants_reason(category: Category) -> bool:
    """Tell whether the breakdown of tax must say why there is none."""
    return category in WITHOUT_TAX


def _by_place(exemption: Exemption) -> Category | None:
    seller, buyer = exemption.seller, exemption.buyer
    if seller not in EUROPEAN_UNION or seller == buyer or not buyer:
        return None
    if buyer not in EUROPEAN_UNION:
        return Category.EXPORT
    return Category.WITHIN_EU if exemption.has_vat_number and exemption.is_exempt else None
