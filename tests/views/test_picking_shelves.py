"""The picking screen where goods lie in bins and have lots: numbers, totes, another lot, too little, two pickers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from statistics import median
from time import perf_counter
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app.models.shipment import pick, pick_line, pick_take
from app.models.stock import lot
from app.services import products, stock, stock_ledger, takes, warehouses, waves
from app.services.placing import Put
from app.services.products import NewProduct
from app.services.warehouses import NewBin
from app.services.waves import Method
from app.views import picking as screens
from app.views.picking.parts import Mood
from app.views.picking.round import PickingRound
from tests.views import small_company
from tests.views.test_picking import Scanner

GTIN, LAST = "08719327004456", date(2027, 3, 31)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def company(database):
    """Serum with lots in bins C-1 and C-2 of the small company."""
    made = small_company.found(database)
    place = made.read(stock_ledger.main_location)
    bins = [NewBin("C-1", "C", 3, 1), NewBin("C-2", "C", 3, 2)]
    made.bins = made.do(lambda tx: warehouses.add_bins(tx, place, bins))
    new = NewProduct("SER-1", "Serum", Decimal(12), tax_codes="V21", barcode=GTIN, tracking="lot")
    made.serum = made.do(lambda tx: products.add(tx, new))
    for bin_id, code, pieces, last in ((made.bins[0], "L-77", 20, LAST), (made.bins[1], "L-88", 300, None)):
        put = Put(Decimal(pieces), bin_id, code, last)
        made.do(lambda tx, put=put: stock.receive(tx, made.serum, put.quantity, puts=[put]))
    return made


@pytest.fixture
def desk(company, open_window, qtbot):
    """Opens the picking screen on a list or a wave; gives screen, scanner and the sounds made."""

    def start(kind: str, record_id: UUID):
        window = open_window((screens.PLACE, screens.ROUND))
        window.open_record(kind, record_id)
        screen = window.screen_on_show
        assert isinstance(screen, PickingRound)
        qtbot.waitUntil(lambda: screen.walk is not None)
        heard: list[str] = []
        screen.sounds.played.connect(heard.append)
        return screen, Scanner(window), heard

    return start


def code(lot_code: str) -> str:
    """The GS1 DataMatrix on a box of serum."""
    return f"]d201{GTIN}10{lot_code}"


def stored(company) -> list[tuple[str, int, int]]:
    """Lot, wanted and taken of every stop, in walking order."""
    statement = (
        select(lot.c.code, pick_take.c.wanted, pick_take.c.taken)
        .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
        .outerjoin(lot, lot.c.id == pick_take.c.lot_id)
        .where(pick_take.c.wanted > 0)
        .order_by(pick_take.c.position, lot.c.code)
    )
    rows = company.read(lambda connection: connection.execute(statement).all())
    return [(row[0] or "", row[1] // 3_600_000, row[2] // 3_600_000) for row in rows]


def test_a_lot_is_scanned_before_its_pieces_count_and_another_is_taken_only_when_said_so(company, desk, qtbot):
    order_id = company.order({company.serum: 3})
    screen, scanner, heard = desk("pick", company.pick_of(order_id))
    assert screen.stop.lot.text().startswith("Lot L-77, last day")
    scanner.scan(GTIN)
    assert (screen.band.mood, screen.band.title) == (Mood.NOTE, "Scan its lot")
    scanner.scan(code("L-88"))
    assert (screen.band.mood, screen.band.title) == (Mood.WRONG, "Other lot: put it back")
    assert heard[-1] == "wrong"
    assert stored(company) == [("L-77", 3, 0)]  # a wrong scan changes nothing
    qtbot.waitUntil(lambda: "F6" in screen.band.hint and screen._instead is not None)
    QTest.keyClick(screen, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: stored(company) == [("L-88", 3, 0)])
    qtbot.waitUntil(lambda: screen.walk.current is not None and screen.walk.current.place.lot == "L-88")
    for _ in range(3):
        scanner.scan(code("L-88"))
    qtbot.waitUntil(lambda: stored(company) == [("L-88", 3, 3)])
    QTest.keyClick(screen, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: screen.walk is None)
    assert company.read(lambda c: c.execute(select(pick.c.state)).scalar_one()) == "done"


def test_each_scan_is_answered_at_once_while_stops_are_written_down(company, desk, qtbot):
    order_id = company.order({company.serum: 100})
    _, scanner, heard = desk("pick", company.pick_of(order_id))
    answered = []
    for number in range(100):
        before = perf_counter()
        scanner.scan(code("L-77" if number < 20 else "L-88"))
        answered.append(perf_counter() - before)
    assert heard.count("right") == 98
    assert median(answered) * 1000 < 50
    qtbot.waitUntil(lambda: [row[2] for row in stored(company)] == [20, 80])


def test_too_little_sends_the_picker_on_to_another_bin(company, desk, qtbot):
    order_id = company.order({company.serum: 4})
    screen, scanner, _ = desk("pick", company.pick_of(order_id))
    scanner.scan(code("L-77"))
    scanner.scan("WB-SHORT")
    qtbot.waitUntil(lambda: stored(company) == [("L-77", 1, 1), ("L-88", 3, 0)])
    qtbot.waitUntil(lambda: screen.walk.current is not None and screen.walk.current.place.lot == "L-88")
    assert screen.stop.bin.text() == "C-2"


def test_a_batch_is_picked_by_scanner_alone_with_a_tote_for_each_order(company, desk, qtbot):
    lists = [company.pick_of(company.order({company.serum: n})) for n in (2, 1)]
    wave = company.do(lambda tx: waves.open_wave(tx, lists, Method.BATCH, totes=["BLUE", "RED9"]))
    screen, scanner, heard = desk("wave", wave)
    assert screen.stop.order.text().startswith("BLUE · SO-")
    scanner.scan("RED9")
    assert (screen.band.mood, screen.band.title) == (Mood.WRONG, "Wrong tote: use BLUE")
    for said in ("BLUE", code("L-77"), code("L-77"), code("L-77")):
        scanner.scan(said)
    assert heard == ["wrong", "right", "right", "done", "done"]
    qtbot.waitUntil(lambda: [row[2] for row in stored(company)] == [2, 1])
    scanner.scan("WB-DONE")
    qtbot.waitUntil(lambda: company.read(lambda c: waves.get(c, wave)).state == "done")


def test_what_another_picker_took_over_is_told_and_nothing_is_counted_twice(company, desk, qtbot):
    order_id = company.order({company.serum: 30})
    pick_id = company.pick_of(order_id)
    screen, scanner, _ = desk("pick", pick_id)
    company.database.run("pick.begin", lambda tx: takes.begin(tx, [pick_id], "cy"), by="cy", at=small_company.MORNING)
    for _ in range(20):
        scanner.scan(code("L-77"))
    scanner.scan(code("L-88"))
    scanner.scan("WB-ALL")
    qtbot.waitUntil(lambda: screen.band.title == "Nothing was written down")
    qtbot.waitUntil(lambda: screen.walk is not None)  # read anew, and what was said still stands
    qtbot.wait(100)
    assert screen.band.title == "Nothing was written down"
    assert "cy picks this now" in screen.band.detail
    assert [(lot_, taken) for lot_, _, taken in stored(company)] == [("L-77", 20), ("L-88", 0)]
