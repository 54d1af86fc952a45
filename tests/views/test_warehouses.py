"""Warehouses and bins are set up by keyboard, closed when empty, and taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import printing, warehouses
from app.services.documents.zpl import Resolution
from app.services.papers import label_rolls
from app.services.papers.paper import Wanted
from app.views import warehouses as warehouses_view
from app.views.warehouses.dialogs import BinDialog, RackDialog, WarehouseDialog
from tests.views import yard as yards
from tests.views.accessible import unnamed
from tests.views.office import dialog, press_next


@pytest.fixture
def yard(database) -> yards.Yard:
    return yards.found(database)


@pytest.fixture
def screen(yard, open_window, qtbot):
    window = open_window((warehouses_view.PLACE,))
    window.show_place("warehouses")
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.found is not None and len(shown.bins.rows) == 3)
    return shown


def names(yard) -> list[str]:
    return [one.name for one in yard.company.read(warehouses.all_of)]


def test_a_warehouse_is_added_made_the_main_one_and_back(screen, yard, qtbot):
    assert unnamed(screen.window()) == []
    QTest.keyClick(screen.window(), Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    new = dialog(WarehouseDialog, qtbot)
    QTest.keyClicks(new.code, "ant")
    QTest.keyClicks(new.name, "Antwerp")
    QTest.keyClicks(new.country, "Belgium")
    press_next(new)
    qtbot.waitUntil(lambda: "two letters" in new.form._entries["country"].note.text())
    new.country.setText("be")
    press_next(new)
    qtbot.waitUntil(lambda: names(yard)[-1] == "Antwerp")
    before = names(yard)
    qtbot.waitUntil(lambda: len(screen.places.rows) == 3)
    screen.places_view.pick(2)
    screen.context.commands.start("warehouse.make_main")
    qtbot.waitUntil(lambda: names(yard) == ["Antwerp", *before[:-1]])
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: names(yard)[0] == before[0])


def test_a_rack_is_set_up_from_ranges_and_taken_back(screen, yard, qtbot):
    screen.context.commands.start("bin.add_rack")
    rack = dialog(RackDialog, qtbot)
    QTest.keyClicks(rack.zone, "k")
    QTest.keyClicks(rack.bays, "1-12")
    QTest.keyClicks(rack.levels, "4-2")
    assert "runs backwards" in rack.told.text()
    rack.levels.setText("1-3")
    assert rack.told.text() == "36 bins, from K-01-1 to K-12-3"
    press_next(rack)
    qtbot.waitUntil(lambda: len(screen.bins.rows) == 39)
    screen.filter.setText("K-12")
    assert [one.code for one in screen.bins.rows] == ["K-12-1", "K-12-2", "K-12-3"]
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: not any(one.active for one in screen.bins.rows))


def test_a_bin_is_changed_and_one_with_goods_stays_open(screen, yard, qtbot):
    said: list[str] = []
    screen.context.messages.warned.connect(said.append)
    screen.bins_view.selectRow(2)
    screen.context.commands.start("bin.change")
    change = dialog(BinDialog, qtbot)
    change.code.setText("B-01")
    change.kind.setCurrentIndex(2)
    press_next(change)
    qtbot.waitUntil(lambda: [(one.code, one.kind) for one in screen.bins.rows][2] == ("B-01", "bulk"))
    screen.bins_view.selectRow(0)  # milk lies there
    screen.context.commands.start("bin.close")
    qtbot.waitUntil(lambda: said == ["Goods lie in bin A-1. Move them to another bin first."])
    screen.bins_view.selectRow(2)
    screen.context.commands.start("bin.close")
    qtbot.waitUntil(lambda: not screen.bins.rows[2].active)


def test_a_bin_has_a_label_of_its_own(yard):
    roll = yard.company.read(lambda c: label_rolls.build(c, Wanted("bin_label", yard.bins["A-1"]), Resolution.DPI_203))
    [(title, zpl)] = roll
    assert title == "Bin A-1"
    assert b"A-1" in zpl
    assert "bin_label" in printing.KINDS
