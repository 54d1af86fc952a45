"""A file of products comes in through the window; a column chosen by hand is read as it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models.product import product
from app.services.imports.fields import Kind
from app.views import importing
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
    combo = screen._combos[field]
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
