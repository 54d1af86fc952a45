"""Shipments and returns as the warehouse reads them."""

from __future__ import annotations

import pytest

from app.services import fulfilment, orders, return_sheets, returns, shipping
from app.services.packaging import NewPackage
from app.services.shipping import Dispatch
from tests.views import small_company

UNIT = 3_600_000


@pytest.fixture
def company(database):
    return small_company.found(database)


def test_what_is_picked_is_to_pack_unless_another_shipment_holds_it(company):
    order_id = company.order({company.valve: 10, company.gasket: 4})
    shipment_id = company.shipment_of(order_id)
    sheet = company.read(lambda connection: fulfilment.shipment_sheet(connection, shipment_id))
    assert (sheet.to_pack, [one.quantity for one in sheet.contents]) == ((), [10, 4])
    company.pick_all(order_id)
    sheet = company.read(lambda connection: fulfilment.shipment_sheet(connection, shipment_id))
    assert [(one.sku, one.quantity) for one in sheet.to_pack] == [("VAL-1", 10), ("GAS-1", 4)]
    part = NewPackage({sheet.to_pack[0].order_line_id: 6 * UNIT}, 1_500, 400, 300, 200)
    company.do(lambda tx: shipping.pack(tx, shipment_id, [part]))
    packed = company.read(lambda connection: fulfilment.shipment_sheet(connection, shipment_id))
    assert [[(one.sku, one.quantity) for one in package.contents] for package in packed.packages] == [[("VAL-1", 6)]]
    rest_id = company.shipment_of(order_id)
    rest = company.read(lambda connection: fulfilment.shipment_sheet(connection, rest_id))
    assert [(one.sku, one.quantity) for one in rest.to_pack] == [("VAL-1", 4), ("GAS-1", 4)]


def test_a_shipped_one_leads_to_its_carriers_page(company):
    shipment_id = company.ship(company.order({company.valve: 1}), Dispatch("Meridian", "Parcel", "MR7"))
    sheet = company.read(lambda connection: fulfilment.shipment_sheet(connection, shipment_id))
    assert sheet.tracking_url == "https://meridian.example/t/MR7"
    assert sheet.ship_to[-2:] == ("3115 HC Schiedam", "NL")
    assert company.read(lambda connection: fulfilment.count_shipments(connection, "shipped")) == 1
    [found] = company.read(lambda connection: fulfilment.find_shipments(connection, "mr7"))
    assert found[0] == shipment_id


def test_what_is_announced_to_come_back_cannot_be_announced_again(company):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    [line] = company.read(lambda connection: orders.lines(connection, order_id))
    return_id = company.do(lambda tx: returns.authorise(tx, order_id, {line.id: 3 * UNIT}, reason="Scratched"))
    [left] = company.read(lambda connection: return_sheets.returnable(connection, order_id))
    assert left.authorised == 7
    assert company.read(fulfilment.count_returns) == 1
    company.do(lambda tx: returns.receive(tx, return_id, {line.id: UNIT}, {line.id: UNIT}))
    [back] = company.read(lambda connection: return_sheets.sheet(connection, return_id)).lines
    assert (back.authorised, back.good, back.broken) == (3, 1, 1)
    [left] = company.read(lambda connection: return_sheets.returnable(connection, order_id))
    assert left.authorised == 7  # one is awaited still
    assert company.read(fulfilment.count_returns) == 1
    company.do(lambda tx: returns.stop_waiting(tx, return_id))
    [left] = company.read(lambda connection: return_sheets.returnable(connection, order_id))
    assert left.authorised == 8
    assert company.read(fulfilment.count_returns) == 0
