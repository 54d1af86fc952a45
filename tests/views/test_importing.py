"""A file of products comes in through the window; a column chosen by hand is read as it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import func, select

from app.models.order import sales_order, sales_order_line
from app.models.party import customer
from app.models.price_list import price_rule
from app.models.product import product
from app.services.imports.fields import Kind
from app.services.progress import Quiet
from app.views import importing
from app.views.importing import work
from tests.views import small_company


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def screen(company, open_window, qtbot):
    window = open_window((importing.PLACE,))
    window.show_place("import")
    screen = window.screen_on_show
    screen.kind.setCurrentIndex(screen.kind.findData(Kind.PRODUCTS))
    return screen


def choose(screen, field: str, column: str) -> None:
    combo = next(card.combos[field] for card in screen._matching if field in card.combos)
    combo.setCurrentIndex(combo.findData(column))
    combo.activated.emit(combo.currentIndex())


def test_a_column_chosen_by_hand_is_read_with_its_own_decimal_sign(company, screen, qtbot, tmp_path):
    path = tmp_path / "artikel.csv"
    path.write_text("sku;name;zzz\nK-1;Klemme;1.234,50\nK-2;Kabel;0,75\n", encoding="utf-8")
    screen.open_file(path)
    qtbot.waitUntil(screen.go.isEnabled)
    choose(screen, "list_price", "zzz")
    qtbot.waitUntil(screen.go.isEnabled)
    assert screen.go.text().strip() == "Import 2 records"
    screen.import_rows()
    wanted = select(product.c.sku, product.c.list_price).where(product.c.sku.like("K-%")).order_by(product.c.sku)
    qtbot.waitUntil(lambda: len(company.read(lambda c: c.execute(wanted).all())) == 2)
    assert [tuple(row) for row in company.read(lambda c: c.execute(wanted).all())] == [
        ("K-1", Decimal("1234.50")),
        ("K-2", Decimal("0.75")),
    ]


def test_a_row_that_cannot_be_read_holds_the_file_back_and_is_named_at_its_cell(company, screen, qtbot, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku,name,list price\nK-1,Clamp,12.50\nK-2,,0.75\n", encoding="utf-8")
    screen.open_file(path)
    qtbot.waitUntil(screen.partly.isVisible)
    assert not screen.go.isEnabled()
    assert "1 need a fix" in screen.summary.text()
    screen.partly.setChecked(True)
    assert screen.go.isEnabled()


def orders_of(tmp_path):
    """An order and its lines in files of their own, as another program writes them."""
    heads, lines = tmp_path / "heads.csv", tmp_path / "lines.csv"
    heads.write_text("order no,customer,date,shipped\nX-1,{},2026-01-02,2026-01-03\n", encoding="utf-8")
    lines.write_text("order no,sku,qty,price\nX-1,{},2,1.50\nX-1,NONE,1,1\n", encoding="utf-8")
    return heads, lines


def count(company, query):
    return company.read(lambda connection: connection.execute(query).scalar_one())


def test_orders_and_their_lines_come_in_from_two_files_whichever_is_chosen_first(company, screen, qtbot, tmp_path):
    heads, lines = orders_of(tmp_path)
    number = count(company, select(customer.c.number).limit(1))
    sku = count(company, select(product.c.sku).where(product.c.kind == "goods").limit(1))
    heads.write_text(heads.read_text().format(number))
    lines.write_text(lines.read_text().format(sku))
    before = count(company, select(func.count()).select_from(sales_order_line))
    screen.start.choose_kind(Kind.ORDERS)
    screen.open_files([lines, heads])
    qtbot.waitUntil(screen.rejected.isEnabled)
    assert screen.header.about.text() == "heads.csv + lines.csv"
    assert "3 need a fix" in screen.summary.text(), "an order is taken whole"
    screen.shown_file.setCurrentIndex(1)
    screen.shown_file.activated.emit(1)
    assert [row.number for row in screen.rows.rows] == [2, 3]
    lines.write_text(lines.read_text().replace("NONE", sku))
    screen.open_file(heads)
    qtbot.waitUntil(lambda: "No column is chosen for SKU" in screen.banner.accessibleName())
    assert screen.add_lines.isVisible()
    assert not screen.go.isEnabled()
    assert screen.summary.text() == "", "what was said of the file before is gone"
    screen.open_files([screen._opened.files[0].source.path, lines])
    qtbot.waitUntil(screen.go.isEnabled)
    screen.import_rows()
    taken = select(func.count()).select_from(sales_order).where(sales_order.c.number == "X-1")
    qtbot.waitUntil(lambda: count(company, taken) == 1)
    assert count(company, select(func.count()).select_from(sales_order_line)) == before + 2


def test_an_import_is_undone_from_the_list_of_those_done(company, screen, qtbot, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku,name\nK-1,Clamp\nK-2,Cable\n", encoding="utf-8")
    screen.open_file(path)
    qtbot.waitUntil(screen.go.isEnabled)
    screen.import_rows()
    screen.import_rows()
    done = screen.start.done
    qtbot.waitUntil(lambda: len(done.table.rows) == 1)
    assert [done.table.cell(0, place).plain() for place in (1, 2, 4)] == ["Products", "products.csv", "2"]
    done.view.selectRow(0)
    qtbot.waitUntil(done.undo.isEnabled)
    done.look()
    qtbot.waitUntil(lambda: hasattr(done, "asking"))
    assert done.asking.text() == "Take back 2 products of products.csv?"
    done.asking.accept()
    left = select(func.count()).select_from(product).where(product.c.sku.like("K-%"), product.c.active)
    qtbot.waitUntil(lambda: count(company, left) == 0)
    qtbot.waitUntil(lambda: done.table.cell(0, 4).plain() == "undone")
    assert not done.undo.isEnabled()


def test_columns_matched_anew_while_rows_are_checked_count(company, screen, qtbot, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku,name,other\nK-1,Clamp,Klemme\n", encoding="utf-8")
    screen.open_file(path)
    qtbot.waitUntil(screen.go.isEnabled)
    stale = work.check(company, screen._opened, Quiet())
    choose(screen, "name", "other")
    screen._show_checked(stale)
    assert not screen.go.isEnabled(), "the rows as they were read before"
    qtbot.waitUntil(screen.go.isEnabled)
    assert screen._plan.rows[0].values[1] == "Klemme"


def test_going_back_from_a_file_leads_to_the_first_page(screen, qtbot, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku,name\nK-1,Clamp\n", encoding="utf-8")
    screen.open_file(path)
    qtbot.waitUntil(screen.go.isEnabled)
    screen.back()
    assert screen.start.isVisible()
    assert screen._opened is None


def test_what_a_file_does_not_tell_is_said_by_a_person(company, screen, qtbot, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text('A list of ours,,\nsku,name,list price\nK-1,Clamp,"1,234"\n', encoding="utf-8")
    screen.open_file(path)
    qtbot.waitUntil(screen.rejected.isEnabled)
    style = screen._matching[0].styles["list_price"]
    assert style.currentText() == "choose …"
    style.setCurrentIndex(style.findData(","))
    style.activated.emit(style.currentIndex())
    qtbot.waitUntil(screen.go.isEnabled)
    assert screen._plan.rows[0].values[2] == Decimal("1.234")
    header = screen.reading[0].combos["header"]
    assert header.currentText() == "row 2"
    header.setCurrentIndex(header.findData("0"))
    header.activated.emit(header.currentIndex())
    qtbot.waitUntil(lambda: "No column is chosen" in screen.banner.accessibleName())
    assert screen.reading[0].combos["header"].currentText() == "none"
    assert screen._matching[0].combos["sku"].count() == 4, "not imported, and three columns without a name"


def test_agreed_prices_show_the_old_and_the_new_one_and_come_in_by_keyboard(company, screen, qtbot, tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("sku,from,price\nVAL-1,10,17.75\nVAL-1,,18\n", encoding="utf-8")
    screen.kind.setFocus()
    QTest.keyClicks(screen.kind, "Pri")
    assert screen.start.chosen_kind() is Kind.PRICES
    screen.open_file(path)
    qtbot.waitUntil(screen.go.isEnabled)
    told = next(place for place, column in enumerate(screen.rows.columns) if column.id == "told")
    assert [screen.rows.columns[told].cell(screen.rows.rows[row]).text for row in (0, 1)] == [
        "list price 18.40 \u2192 17.75 EUR",
        "list price 18.40 \u2192 18.00 EUR",
    ]
    screen.go.setFocus()
    QTest.keyClick(screen.go, Qt.Key.Key_Space)
    wanted = select(price_rule.c.fixed).order_by(price_rule.c.position)
    qtbot.waitUntil(lambda: len(company.read(lambda c: c.execute(wanted).all())) == 2)
    assert list(company.read(lambda c: c.execute(wanted).scalars().all())) == [Decimal("17.75"), Decimal(18)]
