"""The official rules in the user's words, with the field that has to be changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from app.services.einvoices.content import Finding

_OUR_NUMBER: Final = ("company", "vat_number", "The company needs a VAT number for this kind of tax.")
_THEIR_NUMBER: Final = ("customer", "vat_number", "The customer needs a VAT number for this kind of tax.")
_RATE: Final = (
    "company",
    "tax_rounding",
    "Tax and rate differ by 1 or more. Round taxes per document in the settings.",
)

WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "BR-08": ("company", "street", "The company's address is missing."),
    "BR-09": ("company", "country", "The company's address names no country."),
    "BR-10": ("customer", "street", "The customer's billing address is missing."),
    "BR-11": ("customer", "country", "The customer's billing address names no country."),
    "BR-25": ("invoice", "lines", "A line has no name."),
    "BR-57": ("customer", "country", "The delivery address names no country."),
    "BR-61": ("company", "iban", "The company has no IBAN, which a bank transfer needs."),
    "BR-62": ("company", "electronic_scheme", "The company's electronic address has no scheme."),
    "BR-63": ("customer", "electronic_scheme", "The customer's electronic address has no scheme."),
    "BR-CL-14": ("customer", "country", "A country is not one of ISO 3166."),
    "BR-CL-23": ("unit", "", "A unit's code is not one of UN/ECE Recommendation 20 or 21."),
    "BR-CL-25": ("customer", "electronic_scheme", "The scheme of an electronic address is not in the list (EAS)."),
    "BR-CO-09": ("customer", "vat_number", "A VAT number does not begin with its country, such as DE or NL."),
    "BR-CO-17": _RATE,
    "BR-CO-25": ("invoice", "due_on", "The invoice says neither when it is due nor its payment terms."),
    "BR-S-09": _RATE,
    **{f"BR-{one}-02": _OUR_NUMBER for one in ("S", "Z", "E", "G")},
    "BR-AE-02": _THEIR_NUMBER,
    "BR-IC-02": _THEIR_NUMBER,
    "BR-IC-11": ("invoice", "delivered_on", "A supply within the EU must say when the goods left. Ship them first."),
    "BR-IC-12": ("customer", "country", "A supply within the EU must say to which country the goods went."),
    "BR-DE-15": ("customer", "buyer_reference", "The buyer reference (Leitweg-ID) is missing."),
    "BR-DE-5": ("company", "contact_name", "The company's contact person is missing."),
    "BR-DE-6": ("company", "phone", "The company's telephone number is missing."),
    "BR-DE-7": ("company", "email", "The company's e-mail address is missing."),
    "PEPPOL-EN16931-R003": ("customer", "buyer_reference", "A buyer reference or a PO number is missing."),
    "PEPPOL-EN16931-R010": ("customer", "electronic_address", "The customer's electronic address is missing."),
    "PEPPOL-EN16931-R020": ("company", "electronic_address", "The company's electronic address is missing."),
}
"""Place, field and words by rule.  Rules that nobody but a programmer can break keep their own words."""


def in_words(findings: Iterable[Finding]) -> list[Finding]:
    """Put findings of official rules in words, each once."""
    found: dict[tuple[str, str], Finding] = {}
    for one in findings:
        place, field, text = WORDS.get(one.rule, (one.place, one.field, one.text))
        found.setdefault((one.rule, text), replace(one, place=place, field=field, text=text))
    return list(found.values())
