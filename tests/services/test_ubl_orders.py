"""Orders received as UBL become drafts with our products and their prices; what cannot be told is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.models.product import customer_item
from app.services import orders, parties, ubl_orders
from tests.desk import Desk

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>4500-77</cbc:ID><cbc:IssueDate>2026-11-20</cbc:IssueDate><cbc:Note>Gate 3</cbc:Note>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:BuyerCustomerParty><cac:Party><cbc:EndpointID schemeID="9944">{endpoint}</cbc:EndpointID>
<cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Harbor &amp; Finch</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:BuyerCustomerParty>
<cac:Delivery><cac:RequestedDeliveryPeriod><cbc:EndDate>2026-12-01</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>
"""
LINE = """<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID>
<cbc:Quantity unitCode="{unit}">{quantity}</cbc:Quantity>{price}
<cac:Item><cbc:Name>Valve</cbc:Name>{item}</cac:Item></cac:LineItem></cac:OrderLine>"""
PRICE = """<cac:Price><cbc:PriceAmount currencyID="EUR">{}</cbc:PriceAmount>
<cbc:BaseQuantity>{}</cbc:BaseQuantity></cac:Price>"""
ITEM = "<cac:{0}ItemIdentification><cbc:ID>{1}</cbc:ID></cac:{0}ItemIdentification>"


VALVE = ITEM.format("Sellers", "VAL-1")


def line(number=1, unit="C62", quantity="5", price="", item=VALVE):
    return LINE.format(number=number, unit=unit, quantity=quantity, price=price, item=item)


def file(*lines, endpoint="", vat="NL 1234.56.789 B01"):
    return (HEAD.format(endpoint=endpoint, vat=vat) + "".join(lines or (line(),)) + "</Order>").encode()


@pytest.fixture
def desk(sqlite_database):
    desk = Desk(sqlite_database).found()
    desk.valve = desk.product("VAL-1", "18.40", barcode="8719327004418")
    desk.gasket = desk.product("GAS-1", "2.30")
    desk.buyer = desk.customer(vat_number="NL123456789B01")
    item = {"id": new_id(), "customer_id": desk.buyer, "product_id": desk.gasket, "number": "HF-9"}
    desk.do("customer.item", lambda tx: tx.insert(customer_item, item))
    return desk


def take(desk, data):
    return desk.do("order.receive", lambda tx: ubl_orders.take(tx, ubl_orders.read(data)))


def test_a_received_order_is_a_draft_with_our_products_and_their_prices(desk):
    order_id = take(
        desk,
        file(
            line(1, price=PRICE.format("180.00", 10)),
            line(2, "DZN", "2", item=ITEM.format("Standard", "8719327004418")),
            line(3, quantity="1.5", item=ITEM.format("Buyers", "HF-9")),
        ),
    )
    head, lines = desk.read(orders.get, order_id), desk.read(orders.lines, order_id)

    assert (head.state, head.customer_po, head.notes) == ("draft", "4500-77", "Gate 3")
    assert (head.ordered_on.isoformat(), head.requested_on.isoformat()) == ("2026-11-20", "2026-12-01")
    assert [(one.sku, one.quantity, one.unit, one.unit_price) for one in lines] == [
        ("VAL-1", Decimal(5), "unit", Decimal(18)),
        ("VAL-1", Decimal(2), "dozen", Decimal("220.80")),
        ("GAS-1", Decimal("1.5"), "unit", Decimal("2.30")),
    ]
    with pytest.raises(NotAllowed, match=f"is here already: {head.number}"):
        take(desk, file())


def test_the_electronic_address_tells_the_customer_before_all_else(desk):
    other = desk.customer("Other", vat_number="NL999999999B99")
    values = {"electronic_address": "8712345000004", "electronic_scheme": "0088"}
    desk.do("customer.change", lambda tx: parties.change(tx, other, values, {}))
    assert desk.read(orders.get, take(desk, file(endpoint="8712345000004"))).customer_id == other


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html/>", "no order in UBL"),
        (b"nothing", "no sound XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "declares entities"),
        (file(line(7, item=ITEM.format("Sellers", "XXX"))), "Line 7: we have no product for XXX"),
        (file(line(2, "KGM")), "Line 2: VAL-1 is not sold by KGM"),
        (file(line(2, quantity="NaN")), "Line 2: “NaN” is no number"),
        (file(line(2, price=PRICE.format("1", "0"))), "Line 2: its price is for 0"),
        (file(vat="DE1").replace(b"Harbor", b"Nobody"), "No one customer is Nobody & Finch"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_line(desk, data, words):
    before = desk.fingerprint()
    with pytest.raises(Invalid, match=words):
        take(desk, data)
    assert desk.fingerprint() == before
