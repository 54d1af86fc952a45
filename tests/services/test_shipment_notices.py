"""The receiver is told what stands on which pallet, with lots, serial numbers and last days, as it was packed."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest

from app import cli
from app.errors import NotAllowed
from app.models.shipment import shipment
from app.services import fulfilment, orders, shipment_notices, shipping
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.packaging import NewPackage
from tests.store import LATER, ONE, Store


@pytest.fixture
def store(sqlite_database) -> Store:
    made = Store(sqlite_database).open()
    made.milk = made.product("MILK", units={}, tracking="lot", barcode="8719327004418")
    made.meter = made.product("METER", units={}, tracking="serial")
    made.put(made.milk, 6, "A-1", "L-77", LATER)
    for serial in ("M-1", "M-2"):
        made.put(made.meter, 1, "A-3", serial)
    new = NewOrder(made.buyer, (LineInput(made.milk, Decimal(6)), LineInput(made.meter, Decimal(2))), customer_po="=9")
    order = made.do("order.create", lambda tx: orders.create(tx, new))
    made.do("order.confirm", lambda tx: orders.confirm(tx, order))
    made.release(order)
    made.pick_all(order)
    made.shipment = made.one(shipment, order, "planned")
    return made


def on_a_pallet(store: Store) -> None:
    milk, meter = (one.order_line_id for one in store.read(fulfilment.shipment_sheet, store.shipment).to_pack)
    packages = [
        NewPackage({milk: 4 * ONE}, 5_000, on=1),
        NewPackage({meter: ONE}, 30_000, kind="pallet"),
        NewPackage({milk: 2 * ONE, meter: ONE}, 3_000),
    ]
    store.do("shipment.pack", lambda tx: shipping.pack(tx, store.shipment, packages))


def test_the_notice_is_nested_as_the_goods_stand(store):
    on_a_pallet(store)
    said = json.loads(store.read(shipment_notices.as_json, store.shipment))
    assert (said["shipment"]["units"], said["shipment"]["gross_weight_g"]) == (2, 33_000)
    assert said["order"]["customer_po"] == "=9"
    pallet, parcel = said["units"]
    [inner] = pallet["packages"]
    assert (pallet["kind"], parcel["kind"], parcel["packages"]) == ("pallet", "parcel", [])
    [milk] = inner["contents"]
    assert (milk["gtin"], milk["quantity"], milk["lot"], milk["serial"], milk["expires_on"]) == (
        "08719327004418",
        "4",
        "L-77",
        None,
        LATER.isoformat(),
    )
    assert {pallet["contents"][0]["serial"], parcel["contents"][1]["serial"]} == {"M-1", "M-2"}
    assert len({pallet["sscc"], inner["sscc"], parcel["sscc"]}) == 3


def test_the_table_has_a_row_for_each_portion_with_its_package_and_pallet(store):
    on_a_pallet(store)
    rows = list(csv.DictReader(io.StringIO(store.read(shipment_notices.as_csv, store.shipment))))
    assert [(row["package"], row["sku"], row["quantity"], bool(row["pallet_sscc"])) for row in rows] == [
        ("1", "METER", "1", True),
        ("3", "MILK", "4", True),
        ("2", "MILK", "2", False),
        ("2", "METER", "1", False),
    ]
    assert rows[1]["customer_po"] == "'=9"


def test_what_leaves_without_packages_is_told_as_well_and_what_is_not_packed_is_not(store, tmp_path, capsys):
    with pytest.raises(NotAllowed):
        store.read(shipment_notices.notice, store.shipment)
    number = store.do("shipment.ship", lambda tx: shipping.ship(tx, store.shipment))
    said = store.read(shipment_notices.notice, store.shipment)
    named = sorted((one["sku"], one["quantity"], one["lot"] or one["serial"]) for one in said["without_package"])
    assert named == [("METER", "1", "M-1"), ("METER", "1", "M-2"), ("MILK", "6", "L-77")]
    url = store.database.url
    out = tmp_path / "notice.csv"
    assert cli.run(["notice", number, "--form", "csv", "--out", str(out), "--company", url]) == 0
    assert out.read_bytes().count(b"\r\n") == 4
    assert cli.run(["notice", number, "--company", url]) == 0
    assert '"form": "waybill-shipment-notice-1"' in capsys.readouterr().out
