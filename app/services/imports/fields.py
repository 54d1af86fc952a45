"""What can be imported: the fields of customers, products, stock, prices and orders, and their names elsewhere.

The names are what other programs, in English and German, call the field in the header of a file; they
are compared without case, accents, spaces and punctuation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from app.errors import Invalid
from app.services.imports import field_names


class Kind(StrEnum):
    """What the rows of a file are."""

    CUSTOMERS = "customers"
    PRODUCTS = "products"
    STOCK = "stock"
    PRICES = "prices"  # agreed with customers, groups or everybody
    ORDERS = "orders"  # each row a line, with what belongs to the order repeated in it
    ORDER_HEADERS = "order headers"  # each row an order; the lines are in a second file
    ORDER_LINES = "order lines"  # that second file


class Type(StrEnum):
    """How a cell is understood."""

    TEXT = "text"
    CODE = "code"  # a number or short name people look up by; never calculated with
    NUMBER = "number"  # at most six decimals
    PERCENT = "percent"
    DATE = "date"
    COUNTRY = "country"  # ISO 3166-1 alpha-2
    CURRENCY = "currency"  # ISO 4217
    YES_NO = "yes or no"
    EMAIL = "e-mail"


@dataclass(frozen=True, slots=True)
class Field:
    """One field that can be filled.

    ``width`` is the greatest number of characters of a text.  A number may be ``high`` at most, either
    way; ``low`` and ``positive`` (more than zero) are asked only of rows that no rule sets aside.
    ``names`` are reduced by :func:`normal`.
    """

    key: str
    label: str
    type: Type = Type.TEXT
    required: bool = False
    width: int = 200
    low: int | None = None
    positive: bool = False
    high: int = 1_000_000_000
    choices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def normal(name: str) -> str:
    """Reduce a header to what is compared: lower case, umlauts as two letters, no accents or punctuation."""
    text = unicodedata.normalize("NFC", name.casefold())
    for sign, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("№", "no"), ("#", "no")):
        text = text.replace(sign, letters)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalnum())


_PRICE_MAX: Final = 100_000_000_000

_CUSTOMERS: Final = (
    Field("number", "Customer number", Type.CODE, required=True, width=24),
    Field("name", "Name", required=True, width=160),
    Field("vat_number", "VAT number", Type.CODE, width=24),
    Field("currency", "Currency", Type.CURRENCY),
    Field("language", "Language", Type.CODE, width=8),
    Field("payment_term", "Payment term", Type.CODE, width=24),
    Field("email", "E-mail", Type.EMAIL, width=120),
    Field("phone", "Phone", width=40),
    Field("street", "Street", width=400),
    Field("street_2", "Street, second line"),
    Field("postal_code", "Postal code", Type.CODE, width=20),
    Field("city", "City", width=80),
    Field("region", "Region", width=80),
    Field("country", "Country", Type.COUNTRY),
    Field("contact_name", "Contact", width=120),
    Field("contact_role", "Contact's role", width=80),
    Field("tax_exempt", "Tax exempt", Type.YES_NO),
    Field("credit_limit", "Credit limit", Type.NUMBER, low=0, high=_PRICE_MAX),
    Field("notes", "Internal notes", width=10_000),
)

_PRODUCTS: Final = (
    Field("sku", "SKU", Type.CODE, required=True, width=60),
    Field("name", "Name", required=True),
    Field("description", "Description", width=10_000),
    Field("kind", "Goods or service", Type.CODE, choices=("goods", "service")),
    Field("unit", "Stock unit", Type.CODE, width=24),
    Field("list_price", "List price", Type.NUMBER, low=0, high=_PRICE_MAX),
    Field("tax_codes", "Tax codes", Type.CODE, width=120),
    Field("barcode", "Barcode", Type.CODE, width=60),
    Field("category", "Category", width=80),
    Field("bin", "Bin", Type.CODE, width=24),
    Field("weight_kg", "Weight (kg)", Type.NUMBER, low=0, high=1_000_000),
    Field("discontinued", "Discontinued", Type.YES_NO),
)

_STOCK: Final = (
    Field("sku", "SKU", Type.CODE, required=True, width=60),
    Field("quantity", "Quantity on hand", Type.NUMBER, required=True, low=0),
    Field("unit", "Unit", Type.CODE, width=24),
    Field("location", "Location", Type.CODE, width=24),
    Field("unit_cost", "Cost of one", Type.NUMBER, low=0, high=_PRICE_MAX),
)

_PRICES: Final = (
    Field("customer", "Customer", Type.CODE, width=160),
    Field("customer_group", "Customer group", Type.CODE, width=40),
    Field("sku", "SKU", Type.CODE, required=True, width=60),
    Field("unit", "Unit", Type.CODE, width=24),
    Field("from_quantity", "From quantity", Type.NUMBER, low=0),
    Field("price", "Price", Type.NUMBER, low=0, high=_PRICE_MAX),
    Field("discount_percent", "Discount %", Type.PERCENT, low=0),
    Field("currency", "Currency", Type.CURRENCY),
    Field("starts_on", "Valid from", Type.DATE),
    Field("ends_on", "Valid until", Type.DATE),
    Field("price_list", "Price list", width=80),
)

_HEADER: Final = (
    Field("number", "Order number", Type.CODE, required=True, width=32),
    Field("customer_number", "Customer number", Type.CODE, required=True, width=24),
    Field("ordered_on", "Order date", Type.DATE, required=True),
    Field("customer_po", "PO number", Type.CODE, width=80),
    Field("requested_on", "Requested date", Type.DATE),
    Field("promised_on", "Promised date", Type.DATE),
    Field("shipped_on", "Shipped date", Type.DATE),
    Field("currency", "Currency", Type.CURRENCY),
    Field("channel", "Channel", Type.CODE, width=40),
    Field("freight", "Freight", Type.NUMBER, low=0, high=_PRICE_MAX),
    Field("ship_name", "Ship to: name", width=160),
    Field("ship_street", "Ship to: street", width=400),
    Field("ship_postal_code", "Ship to: postal code", Type.CODE, width=20),
    Field("ship_city", "Ship to: city", width=80),
    Field("ship_region", "Ship to: region", width=80),
    Field("ship_country", "Ship to: country", Type.COUNTRY),
    Field("notes", "Notes", width=10_000),
)

_LINE: Final = (
    Field("sku", "SKU", Type.CODE, required=True, width=60),
    Field("line_name", "Line text"),
    Field("quantity", "Quantity", Type.NUMBER, required=True, positive=True),
    Field("unit", "Unit", Type.CODE, width=24),
    Field("unit_price", "Unit price", Type.NUMBER, required=True, low=0, high=_PRICE_MAX),
    Field("discount_percent", "Discount %", Type.PERCENT),
)


def _named(fields: tuple[Field, ...], *names: dict[str, str]) -> tuple[Field, ...]:
    """Give each field the names it goes by: its label, its key, and those listed for it."""
    listed = {key: text.split("|") for known in names for key, text in known.items()}
    return tuple(
        replace(field, names=tuple(dict.fromkeys(normal(name) for name in _names(field, listed)))) for field in fields
    )


def _names(field: Field, listed: dict[str, list[str]]) -> list[str]:
    return [field.label, field.key.replace("_", " "), *listed.get(field.key, [])]


_SKU_NAMES: Final = {"sku": field_names.PRODUCT_NAMES["sku"]}
_ORDER_NUMBER: Final = {"number": field_names.ORDER_NAMES["number"]}

FIELDS: Final[dict[Kind, tuple[Field, ...]]] = {
    Kind.CUSTOMERS: _named(_CUSTOMERS, field_names.CUSTOMER_NAMES),
    Kind.PRODUCTS: _named(_PRODUCTS, field_names.PRODUCT_NAMES),
    Kind.STOCK: _named(_STOCK, field_names.STOCK_NAMES, _SKU_NAMES),
    Kind.PRICES: _named(_PRICES, field_names.PRICE_NAMES, _SKU_NAMES),
    Kind.ORDERS: _named((*_HEADER, *_LINE), field_names.ORDER_NAMES, field_names.ORDER_LINE_NAMES, _SKU_NAMES),
    Kind.ORDER_HEADERS: _named(_HEADER, field_names.ORDER_NAMES),
    Kind.ORDER_LINES: _named((_HEADER[0], *_LINE), field_names.ORDER_LINE_NAMES, _SKU_NAMES, _ORDER_NUMBER),
}
"""The fields of each kind, in the order people read them."""

HEADER_KEYS: Final = frozenset(field.key for field in _HEADER)
LINE_KEYS: Final = frozenset(field.key for field in _LINE)


def field(kind: Kind, key: str) -> Field:
    """Find a field of ``kind``.

    Raises:
        Invalid: there is no such field.

    """
    found = next((field for field in FIELDS[kind] if field.key == key), None)
    if found is None:
        known = ", ".join(field.key for field in FIELDS[kind])
        raise Invalid("field", f"{kind.value.capitalize()} have no field “{key}”. The fields are: {known}.")
    return found


def is_known_name(header: str) -> bool:
    """Tell whether some field of some kind is called so in the header of a file."""
    return normal(header) in _all_names()


@cache
def _all_names() -> frozenset[str]:
    return frozenset(_every_name())


def _every_name() -> Iterator[str]:
    for fields in FIELDS.values():
        for known in fields:
            yield from known.names
