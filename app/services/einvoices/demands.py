"""What we check ourselves, before anybody's rules are asked: what each form wants to be filled in, and the sums.

These need no library, and they name the field that has to be changed.  The numbers are those of EN 16931, of XRechnung
(BR-DE) and of Peppol BIS Billing 3 (PEPPOL-EN16931-R).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from stdnum import bic, iban

from app.models.einvoice import Category, Form
from app.models.rounding import Rounding, round_decimals
from app.services.einvoices.content import ZERO, Content, Finding, PostalAddress, TaxPart
from app.services.einvoices.trading_names import EMAIL
from app.services.einvoices.xml_tree import money, number

GERMAN: Final = frozenset({Form.XRECHNUNG_UBL, Form.XRECHNUNG_CII})
DECIMALS: Final = 2
TOLERANCE: Final = Decimal(1)
"""By how much the tax of a rate may differ from base x rate (BR-CO-17 as CEN checks it): taxes rounded line by line."""


def findings(content: Content) -> list[Finding]:
    """Check what is filled in, and what things come to."""
    return [*_everywhere(content), *_by_form(content), *_sums(content), *_breakdown(content)]


def _everywhere(content: Content) -> Iterator[Finding]:
    seller, buyer = content.seller, content.buyer
    if not buyer.address.country:
        words = "The billing address names no country. Type its two letters, such as DE."
        yield Finding("BR-11", words, "customer", "country")
    if not (seller.vat_number or seller.tax_number):
        words = "The company has neither VAT number nor tax number. Type one in the settings."
        yield Finding("BR-CO-26", words, "company", "vat_number")
    if seller.electronic_address and not seller.electronic_scheme:
        yield Finding("BR-62", _scheme("company"), "company", "electronic_scheme")
    if buyer.electronic_address and not buyer.electronic_scheme:
        yield Finding("BR-63", _scheme("customer"), "customer", "electronic_scheme")
    if content.payment.iban and not iban.is_valid(content.payment.iban):
        words = "The company's IBAN is mistyped: its check digits do not agree. Correct it in the settings."
        yield Finding("BT-84", words, "company", "iban")
    if content.payment.bic and not bic.is_valid(content.payment.bic):
        yield Finding("BT-86", "The company's BIC is mistyped. Correct it in the settings.", "company", "bic")
    for part in content.taxes:
        yield from _of_category(part, content)


def _scheme(of: str) -> str:
    return f"The {of}'s electronic address has no scheme. Type its four digits, such as 0204 or 9930."


def _of_category(part: TaxPart, content: Content) -> Iterator[Finding]:
    """The numbers that reverse charge and supplies within the EU want; and that O stands alone (BR-O-11)."""
    category = part.category
    if category in {Category.REVERSE_CHARGE, Category.WITHIN_EU} and not content.buyer.vat_number:
        words = "Without tax by reverse charge or within the EU: the customer needs a VAT number."
        yield Finding(f"BR-{'AE' if category == Category.REVERSE_CHARGE else 'IC'}-02", words, "customer", "vat_number")
    if category == Category.WITHIN_EU and content.delivery.on is None:
        words = "A supply within the EU without tax must say when the goods left. Ship them, then make the e-invoice."
        yield Finding("BR-IC-11", words, "invoice", "delivered_on")
    if category == Category.OUTSIDE and len(content.taxes) > 1:
        words = "“Not subject to tax” cannot stand beside other taxes. Give these lines another reason."
        yield Finding("BR-O-11", words, "customer", "exempt_category")


def _by_form(content: Content) -> Iterator[Finding]:
    if content.form in GERMAN:
        yield from _german(content)
    if content.form == Form.PEPPOL and not (content.buyer_reference or content.purchase_order):
        words = "Peppol wants a buyer reference or a PO number. Ask the customer which, and type it there."
        yield Finding("PEPPOL-EN16931-R003", words, "customer", "buyer_reference")
    if content.form in GERMAN | {Form.PEPPOL}:
        for place, trader, rule in (("company", content.seller, "R020"), ("customer", content.buyer, "R010")):
            if not trader.electronic_address:
                words = f"The {place} has no electronic address. Type the one e-invoices go by."
                yield Finding(f"PEPPOL-EN16931-{rule}", words, place, "electronic_address")
            elif content.form == Form.PEPPOL and trader.electronic_scheme == EMAIL:
                words = f"Peppol knows no e-mail addresses. Type the {place}'s Peppol address and its scheme."
                yield Finding("PEPPOL-EN16931-CL008", words, place, "electronic_address")


def _german(content: Content) -> Iterator[Finding]:
    """The terms that XRechnung 3.0 wants besides those of EN 16931."""
    seller, buyer = content.seller, content.buyer
    wanted = [
        ("BR-DE-15", content.buyer_reference, "customer", "buyer_reference", "a buyer reference (Leitweg-ID)"),
        ("BR-DE-6", seller.phone, "company", "phone", "our telephone number"),
        ("BR-DE-7", seller.email, "company", "email", "our e-mail address"),
        ("BR-DE-1", content.payment.iban, "company", "iban", "how to pay: our IBAN"),
        *_place(seller.address, "company", "our", ("BR-DE-3", "BR-DE-4")),
        *_place(buyer.address, "customer", "the customer's", ("BR-DE-8", "BR-DE-9")),
    ]
    if content.delivery.address is not None:
        wanted += _place(content.delivery.address, "customer", "the delivery's", ("BR-DE-10", "BR-DE-11"))
    for rule, value, place, field, words in wanted:
        if not value:
            yield Finding(rule, f"XRechnung wants {words}, which is empty.", place, field)


def _place(address: PostalAddress, place: str, whose: str, rules: tuple[str, str]) -> list[tuple[str, ...]]:
    return [
        (rules[0], address.city, place, "city", f"{whose} city"),
        (rules[1], address.postal_code, place, "postal_code", f"{whose} postal code"),
    ]


def _sums(content: Content) -> Iterator[Finding]:
    """What adds up to what (BR-CO-10 to BR-CO-16)."""
    sums = content.sums
    lines = sum((one.net for one in content.lines), ZERO)
    less = sum((one.amount for one in content.deductions if not one.is_charge), ZERO)
    more = sum((one.amount for one in content.deductions if one.is_charge), ZERO)
    tax = sum((one.amount for one in content.taxes), ZERO)
    equations = (
        ("BR-CO-10", sums.lines, lines),
        ("BR-CO-11", sums.allowances, less),
        ("BR-CO-12", sums.charges, more),
        ("BR-CO-13", sums.untaxed, sums.lines - sums.allowances + sums.charges),
        ("BR-CO-14", sums.tax, tax),
        ("BR-CO-15", sums.total, sums.untaxed + sums.tax),
        ("BR-CO-16", sums.payable, sums.total + sums.rounding),
    )
    for rule, said, comes_to in equations:
        if said != comes_to:
            yield Finding(rule, f"The sums do not agree: {money(said)} is said, {money(comes_to)} is what it comes to.")
    if any(amount != round(amount, DECIMALS) for amount in (sums.lines, sums.untaxed, sums.tax, sums.payable)):
        yield Finding("BR-DEC", f"{content.currency} has more than two decimals; no e-invoice can say such amounts.")


def _breakdown(content: Content) -> Iterator[Finding]:
    """Each category holds what its lines come to (BR-S-08 and its sisters), and its tax is base x rate (BR-CO-17)."""
    for part in content.taxes:
        key = (part.category, part.rate)
        base = sum((one.net for one in content.lines if (one.category, one.rate) == key), ZERO)
        for one in content.deductions:
            if (one.category, one.rate) == key:
                base += one.amount if one.is_charge else -one.amount
        rate = number(part.rate)
        if base != part.base:
            words = f"The lines of {rate} % come to {money(base)}, their tax was computed on {money(part.base)}."
            yield Finding(f"BR-{part.category}-08", words)
        exact = round_decimals(Fraction(part.base) * Fraction(part.rate) / 100, DECIMALS, Rounding.HALF_UP)
        off = abs(part.amount - exact)
        if off >= TOLERANCE:
            words = (
                f"The tax of {rate} % was rounded line by line and differs by {money(off)} from the rate; e-invoices "
                "take less than 1. Round taxes per document (settings) for such invoices."
            )
            yield Finding("BR-CO-17", words, "company", "tax_rounding")
