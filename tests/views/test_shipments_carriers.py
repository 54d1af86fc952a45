"""Carriers are compared, labels made, events noted and the carrier's day closed, all from the shipments list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.product import product
from app.models.shipment import shipment
from app.services import companies, printing, shipping
from app.services.carriers import NewService, Rate, add_service, connect, set_rates
from app.services.printing import Route
from app.views import print_queue, workstation
from app.views import printing as print_view
from app.views.dialogs.check import CheckDialog
from app.views.dialogs.label import LabelDialog
from app.views.dialogs.way import CloseDayDialog, EventDialog
from tests.services.carrier_office import Despatch
from tests.views.accessible import unnamed
from tests.views.office import PLACES, dialog, press_next


@pytest.fixture
def despatch(database):
    return Despatch(database)


@pytest.fixture
def show(despatch, open_window, qtbot, context):
    context.settings.setValue(workstation.KEY, "dock-2")

    def go(tab):
        window = open_window((*PLACES, print_view.PLACE, print_queue.PLACE))
        window.open_record("shipments", None, tab=tab)
        screen = window.screen_on_show
        qtbot.waitUntil(lambda: screen.panel.sheet is not None)
        return screen

    return go


def queued(despatch):
    return despatch.company.read(lambda c: printing.queue(c, "dock-2"))


def test_the_cheapest_in_time_is_proposed_with_its_reason_and_each_package_gets_its_label(despatch, show, qtbot):
    def add_express(tx):
        set_rates(tx, add_service(tx, despatch.carrier, NewService("X", "Express")), [Rate(0, Decimal(19))])
        connect(tx, despatch.carrier, "table")  # labels of our own

    despatch.company.do(add_express)
    despatch.company.do(lambda tx: printing.set_route(tx, "dock-2", Route("label", "tcp://zebra", resolution=203)))
    screen = show("packed")
    screen.context.commands.start("label.buy")
    compare = dialog(LabelDialog, qtbot)
    assert unnamed(compare) == []
    assert compare.reason.text().startswith("Meridian Parcel: 10.20 EUR")
    assert [one.service for one in compare.offers.rows] == ["Parcel", "Express"]
    press_next(compare)
    qtbot.waitUntil(lambda: despatch.states() == ["done", "done"], timeout=20_000)
    numbers = despatch.numbers()
    assert len(set(numbers)) == 2
    assert all(len(number) == 18 for number in numbers)  # our own label: the SSCC is the number
    qtbot.waitUntil(lambda: [row.format for row in queued(despatch)] == ["zpl", "zpl"], timeout=20_000)
    screen.context.commands.start("label.void")
    qtbot.waitUntil(lambda: despatch.states() == ["void", "void"], timeout=20_000)


def test_packages_are_scanned_and_weighed_at_the_door(despatch, show, qtbot, tmp_path):
    despatch.company.do(lambda tx: tx.update(product, despatch.company.valve, weight_g=1_500))
    values = {"dispatch_check": "block", "weight_tolerance": Decimal("0.05")}
    despatch.company.do(lambda tx: companies.change(tx, values))
    screen = show("packed")
    screen.context.commands.start("shipment.check")
    check = dialog(CheckDialog, qtbot)
    assert unnamed(check) == []
    qtbot.waitUntil(lambda: len(check.packages.rows) == 2)
    check.code.setText("376104250021234569")
    QTest.keyClick(check.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "no package of" in check.trouble.text())
    check.code.setText(f"]C100{check.packages.rows[0].sscc}")
    QTest.keyClick(check.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [row.is_scanned for row in check.packages.rows] == [True, False])
    check.weight.setFocus()
    check.weight.setText("7.4")
    QTest.keyClick(check.weight, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: check.trouble.text() == "Package 1 weighs 7.4 kg, what is in it 9 kg.")
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nphoto")
    check.add_photo(picture)
    qtbot.waitUntil(lambda: [row.has_photo for row in check.packages.rows] == [True, False])
    check.submit()


def test_an_event_is_noted_and_stands_in_the_panel(despatch, show, qtbot):
    despatch.company.do(lambda tx: shipping.ship(tx, despatch.shipment, shipping.Dispatch("Meridian", "Parcel", "MR7")))
    screen = show("shipped")
    screen.context.commands.start("shipment.note_event")
    note = dialog(EventDialog, qtbot)
    assert unnamed(note) == []
    note.text.setText("Nobody at home")
    note.place.setText("Schiedam")
    note.expected.set_value(date(2026, 11, 25))
    press_next(note)
    qtbot.waitUntil(lambda: screen.panel.sheet.last_event == "Nobody at home, Schiedam")
    head = despatch.company.read(lambda c: c.execute(shipment.select().where(shipment.c.id == despatch.shipment)).one())
    assert str(head.expected_on) == "2026-11-25"


def test_a_carriers_day_is_closed_and_its_manifest_shown(despatch, show, qtbot):
    despatch.company.do(lambda tx: shipping.ship(tx, despatch.shipment, shipping.Dispatch("Meridian", "Parcel", "MR7")))
    screen = show("shipped")
    window = screen.window()
    screen.context.commands.start("manifest.close")
    close = dialog(CloseDayDialog, qtbot)
    assert close.carrier.currentText() == "Meridian: 2 packages"
    press_next(close)
    qtbot.waitUntil(lambda: window.screen_on_show.place_id == "print")
    qtbot.waitUntil(lambda: window.screen_on_show.paper is not None)
    assert window.screen_on_show.paper.title.startswith("Manifest MAN-")
