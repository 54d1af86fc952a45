"""How traders are found electronically: VAT numbers with their country, and electronic addresses with their scheme."""

from __future__ import annotations

import re
from typing import Final

from app.models.einvoice import Form

EMAIL: Final = "EM"
ROUTING: Final = "0204"
"""The scheme of the German Leitweg-ID."""

VAT_SCHEMES: Final = {
    "AT": "9914", "BE": "9925", "BG": "9926", "CH": "9927", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931",
    "ES": "9920", "FR": "9957", "GB": "9932", "GR": "9933", "HR": "9934", "HU": "9910", "IE": "9935", "IT": "0211",
    "LI": "9936", "LT": "9937", "LU": "9938", "LV": "9939", "MT": "9943", "NL": "9944", "NO": "0192", "PL": "9945",
    "PT": "9946", "RO": "9947", "SI": "9949", "SK": "9950",
}  # fmt: skip
"""Codes of the list of electronic address schemes (EAS) under which a VAT number is an address, by country."""

_LEITWEG: Final = re.compile(r"\d{2,12}(-[0-9A-Za-z]{1,30})?-\d{2}")


def vat_number(number: str, country: str) -> str:
    """Give a VAT number with its country in front and without spaces; Greece writes EL (ISO 3166 GR)."""
    plain = re.sub(r"[^0-9A-Za-z]", "", number).upper()
    if not plain or plain[:2].isalpha():
        return plain
    return {"GR": "EL"}.get(country, country) + plain


def is_routing_number(text: str) -> bool:
    """Tell whether a buyer reference has the shape of a Leitweg-ID (format description 2.0.2 of KoSIT)."""
    return _LEITWEG.fullmatch(text) is not None


def electronic_address(form: Form, given: tuple[str, str], *, routing: str, vat: str, email: str) -> tuple[str, str]:
    """Give address and scheme: what was ``given``, else the routing number, the VAT number, the e-mail address.

    Peppol knows no e-mail addresses.
    """
    address, scheme = given
    if address and not scheme:
        scheme = EMAIL if "@" in address else VAT_SCHEMES.get(_country(address), "")
    if address:
        return address, scheme
    if form in {Form.XRECHNUNG_UBL, Form.XRECHNUNG_CII} and is_routing_number(routing):
        return routing, ROUTING
    if scheme := VAT_SCHEMES.get(_country(vat), ""):
        return vat, scheme
    return (email, EMAIL) if email and form != Form.PEPPOL else ("", "")


def _country(vat: str) -> str:
    return {"EL": "GR"}.get(vat[:2], vat[:2])
