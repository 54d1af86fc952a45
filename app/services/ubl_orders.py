"""An order received as a UBL 2 file (such as Peppol BIS Order 3): who sends it, and what of ours each line asks for.

What cannot be told with certainty is refused with its line; nothing is guessed.  The result is a draft order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final
from uuid import UUID
from xml.etree import ElementTree as ET

from sqlalchemy import Connection, func, select

from app.errors import Invalid, NotAllowed
from app.models.order import sales_order
from app.models.party import customer
from app.models.product import customer_item, product
from app.services import orders, products
from app.services.document_lines import LineInput
from app.services.einvoices import unit_codes
from app.services.einvoices.trading_names import vat_number
from app.services.orders import NewOrder
from app.services.pricing import round_price
from app.services.transaction import Transaction

LARGEST: Final = 5_000_000
"""Bytes of the largest file that is read."""


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """A line as the customer wrote it: item numbers ours, theirs and the barcode; empty where not given."""

    number: str
    name: str
    quantity: Decimal
    unit_code: str
    price: Decimal | None
    ours: str = ""
    theirs: str = ""
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An order as the customer wrote it."""

    number: str
    ordered_on: date | None
    currency: str
    buyer_name: str
    buyer_address: str
    buyer_vat: str
    lines: tuple[ReceivedLine, ...]
    wanted_on: date | None = None
    note: str = ""


def read(data: bytes) -> Received:
    """Read an order.

    Raises:
        Invalid: it is no sound UBL order, or a number or day in it cannot be read.

    """
    if len(data) > LARGEST or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Invalid("file", "This file is too large, or declares entities, which an order never does.")
    try:
        top = ET.fromstring(data)  # noqa: S314  entities are refused above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Invalid("file", f"This file is no sound XML: {error}.") from error
    if not top.tag.endswith("Order-2}Order"):
        raise Invalid("file", "This file is no order in UBL 2.")
    for node in top.iter():
        node.tag = str(node.tag).rpartition("}")[2]
    number, lines = _text(top, "ID"), tuple(_line(one) for one in top.iterfind("OrderLine/LineItem"))
    if not number or not lines:
        raise Invalid("file", "This order has no number or no lines.")
    buyer = top.find("BuyerCustomerParty/Party")
    buyer = ET.Element("Party") if buyer is None else buyer
    return Received(
        number=number,
        ordered_on=_day(_text(top, "IssueDate")),
        currency=_text(top, "DocumentCurrencyCode"),
        buyer_name=_text(buyer, "PartyLegalEntity/RegistrationName") or _text(buyer, "PartyName/Name"),
        buyer_address=_text(buyer, "EndpointID"),
        buyer_vat=_text(buyer, "PartyTaxScheme/CompanyID"),
        lines=lines,
        wanted_on=_day(_text(top, "Delivery/RequestedDeliveryPeriod/EndDate")),
        note=_text(top, "Note"),
    )


def take(tx: Transaction, received: Received) -> UUID:
    """Write a draft order of what was received, at the customer's prices where the file says some; return its id.

    Raises:
        Invalid: the customer, an item, its unit, price or quantity cannot be told; the text names the line.
        NotAllowed: the customer's order is here already.

    """
    connection = tx.connection
    customer_id = _customer(connection, received)
    here = select(sales_order.c.number).where(
        sales_order.c.customer_id == customer_id,
        sales_order.c.customer_po == received.number,
        sales_order.c.state != "cancelled",
    )
    if known := connection.execute(here).scalars().first():
        raise NotAllowed(f"The customer's order {received.number} is here already: {known}. Nothing was written.")
    own = unit_codes.known(connection)
    lines = tuple(_input(connection, customer_id, one, own) for one in received.lines)
    new = NewOrder(
        customer_id,
        lines,
        customer_po=received.number,
        currency=received.currency,
        ordered_on=received.ordered_on,
        requested_on=received.wanted_on,
        notes=received.note,
        channel="ubl",
    )
    return orders.create(tx, new)


def _line(node: ET.Element) -> ReceivedLine:
    number, quantity = _text(node, "ID"), node.find("Quantity")
    price, base = _text(node, "Price/PriceAmount"), _text(node, "Price/BaseQuantity")
    each = None if not price else _number(number, price)
    if each is not None and base:
        per = _number(number, base)
        if per <= 0:
            raise Invalid("lines", f"Line {number}: its price is for {base}, which cannot be.")
        each = each if per == 1 else round_price(Fraction(each) / Fraction(per))
    return ReceivedLine(
        number=number,
        name=_text(node, "Item/Name"),
        quantity=_number(number, "" if quantity is None else (quantity.text or "")),
        unit_code="" if quantity is None else quantity.get("unitCode", ""),
        price=each,
        ours=_text(node, "Item/SellersItemIdentification/ID"),
        theirs=_text(node, "Item/BuyersItemIdentification/ID"),
        barcode=_text(node, "Item/StandardItemIdentification/ID"),
    )


def _text(node: ET.Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def _number(line: str, text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise Invalid("lines", f"Line {line}: “{text}” is no number.") from error
    if not found.is_finite():
        raise Invalid("lines", f"Line {line}: “{text}” is no number.")
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError as error:
        raise Invalid("file", f"“{text}” is no day. Days are written as 2026-11-30.") from error


def _customer(connection: Connection, received: Received) -> UUID:
    """Find who sends it: by electronic address, else by VAT number, else by the very name."""
    known = customer.c
    vat = vat_number(received.buyer_vat, "")
    plain = func.upper(func.replace(func.replace(known.vat_number, " ", ""), ".", ""))
    for value, column, wanted in (
        (received.buyer_address, known.electronic_address, received.buyer_address),
        (vat, plain, vat),
        (received.buyer_name, known.name, received.buyer_name),
    ):
        if value:
            rows = select(known.id).where(known.active, column == wanted)
            found: Sequence[UUID] = connection.execute(rows).scalars().all()
            if len(found) == 1:
                return found[0]
    named = received.buyer_name or received.buyer_vat or received.buyer_address or "nobody"
    words = f"No one customer is {named}. Give the customer the electronic address or VAT number of the file."
    raise Invalid("customer_id", words)


def _input(connection: Connection, customer_id: UUID, line: ReceivedLine, own: dict[str, str]) -> LineInput:
    found = _product(connection, customer_id, line)
    if found is None:
        item = line.ours or line.theirs or line.barcode or line.name
        raise Invalid("lines", f"Line {line.number}: we have no product for {item}. Add their number to the product.")
    known = products.get(connection, found)
    units = [known.unit, *(unit for unit in known.units if unit != known.unit)]
    unit = next((unit for unit in units if unit_codes.code_of(unit, own) == line.unit_code), None)
    if unit is None:
        words = f"Line {line.number}: {known.sku} is not sold by {line.unit_code or 'nothing'}. Add the unit to it."
        raise Invalid("lines", words)
    return LineInput(found, line.quantity, unit, line.price)


def _product(connection: Connection, customer_id: UUID, line: ReceivedLine) -> UUID | None:
    """Find the product: by our SKU, else by the customer's own number of it, else by barcode."""
    theirs = customer_item.c.customer_id == customer_id, customer_item.c.number == line.theirs
    ways = (
        (line.ours, select(product.c.id).where(product.c.active, product.c.sku == line.ours)),
        (line.theirs, select(customer_item.c.product_id).where(*theirs)),
        (line.barcode, select(product.c.id).where(product.c.active, product.c.barcode == line.barcode)),
    )
    for value, wanted in ways:
        found: Sequence[UUID] = connection.execute(wanted).scalars().all() if value else ()
        if len(found) == 1:
            return found[0]
    return None
