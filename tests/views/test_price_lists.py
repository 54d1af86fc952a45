"""Price lists are written and changed by keyboard, a line tells where its price comes from, a customer has a group."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.pricing import Base, Formula
from app.services import orders, parties, price_list_sheets, price_lists, quotes
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.price_lists import For, NewPriceList, NewRule
from app.services.quotes import NewQuote
from app.views.customers import CustomerDialog
from app.views.dialogs.price_reason import PriceReasonDialog
from app.views.places import PLACES
from app.views.price_lists.dialogs import PriceListDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import closed, dialog, press_next

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TEN_OFF = Formula(percent=Decimal(10))


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


def type_row(table, place, **texts):
    names = [one.id for one in table.rows.columns]
    for name, text in texts.items():
        column = names.index(name.rstrip("_"))
        assert table.rows.setData(table.rows.index(place, column), text, Qt.ItemDataRole.EditRole)


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key on the window; the offscreen platform does not go back to it by itself when a dialog closes."""
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, key, modifier)


def only_list(company):
    (row,) = company.read(price_list_sheets.read)
    return company.read(lambda connection: price_lists.get(connection, row.id))


def test_a_list_is_written_and_changed_by_keyboard_and_both_are_taken_back(company, open_window, qtbot):
    window = open_window(PLACES)
    window.open_record("price_lists", None)
    screen = window.screen_on_show
    qtbot.waitUntil(screen.nothing.isVisible)
    press(window, Qt.Key.Key_N, CONTROL)
    new = dialog(PriceListDialog, qtbot)
    assert unnamed(new) == []
    QTest.keyClicks(new.name, "Retail")
    QTest.keyClicks(new.formula, "-10 % round 0.05")
    QTest.keyClick(new.whom, Qt.Key.Key_Down)
    press_next(new)
    assert not closed(PriceListDialog)  # nobody is named yet
    type_row(new.buyers, 0, group="Shops")
    type_row(new.buyers, 1, customer="Harbor & Finch")
    type_row(new.rules, 0, sku="VAL-9", from_="12", price="ten")
    press_next(new)
    assert "is no price" in new.rules.first_error()
    type_row(new.rules, 0, price="16.90", starts="2026-12-01")
    press_next(new)
    qtbot.waitUntil(new.go.isEnabled)
    assert company.read(price_list_sheets.read) == []  # there is no VAL-9
    type_row(new.rules, 0, sku="VAL-1")
    press_next(new)
    qtbot.waitUntil(lambda: closed(PriceListDialog) and screen.rows.rowCount() == 1)
    stored = only_list(company)
    assert set(stored.buyers) == {For(group="Shops"), For(company.harbor)}
    first, rest = stored.rules
    assert (first.product_id, first.min_quantity, first.starts_on) == (company.valve, Decimal(12), date(2026, 12, 1))
    assert first.formula == Formula(Base.FIXED, Decimal("16.90"))
    assert rest.formula == Formula(percent=Decimal(10), step=Decimal("0.05"))
    press(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: not only_list(company).active)
    qtbot.waitUntil(lambda: not screen.rows.rows[0].active)

    press(window, Qt.Key.Key_Delete, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: screen.rows.rows[0].active)
    press(window, Qt.Key.Key_F2)
    known = dialog(PriceListDialog, qtbot)
    assert (known.formula.text(), known.rules.texts()[0][1]["price"], known.height() <= 768) == (
        "−10 % round 0.05",
        "16.90",
        True,  # it fits a small screen
    )
    known.priority.setFocus()
    QTest.keyClicks(known.priority, "7")
    type_row(known.rules, 1, category="Office", base="list price", price="-0.50 then +0.09", to="9")
    press_next(known)
    qtbot.waitUntil(lambda: closed(PriceListDialog) and screen.rows.rows[0].rules == 3)
    changed = only_list(company)
    assert (changed.priority, changed.rules[0], changed.rules[2]) == (7, first, rest)
    assert changed.rules[1].formula == Formula(amount=Decimal("0.50"), surcharge=Decimal("0.09"))
    press(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: screen.rows.rows[0].rules == 2)
    back = only_list(company)
    assert (back.priority, back.rules, set(back.buyers)) == (None, stored.rules, set(stored.buyers))


@pytest.mark.parametrize("kind", ["order", "quote"])
def test_a_line_tells_which_rule_gave_its_price_and_what_would_be_cheaper(kind, company, open_window, qtbot):
    cheap = Formula(Base.FIXED, Decimal(15))
    spring = NewRule(Formula(percent=Decimal(20)), starts_on=date(2099, 1, 1))
    shops = NewPriceList(
        "Shops",
        buyers=(For(company.harbor),),
        rules=(spring, NewRule(cheap, company.valve, min_quantity=Decimal(12)), NewRule(TEN_OFF)),
    )
    company.do(lambda tx: price_lists.add(tx, shops))
    lines = (LineInput(company.valve, Decimal(5)), LineInput(company.gasket, Decimal(5), unit_price=Decimal(2)))
    if kind == "order":
        record = company.do(lambda tx: orders.create(tx, NewOrder(company.harbor, lines)))
    else:
        record = company.do(lambda tx: quotes.create(tx, NewQuote(company.harbor, lines)))
    window = open_window(PLACES)
    window.open_record("edit_order" if kind == "order" else "quote", record)
    page = window.screen_on_show.page
    qtbot.waitUntil(lambda: page.document is not None and len(page.editor.lines()) == 2)
    page.editor.table.pick(0)
    press(window, Qt.Key.Key_I, CONTROL | SHIFT)
    told = dialog(PriceReasonDialog, qtbot)
    assert unnamed(told) == []
    assert told.why.text() == "Shops gives the price (for this customer)."
    verdicts = [told.rows.cell(place, 3).plain() for place in range(3)]
    assert verdicts == ["Gives the price", "Not begun", "Only from 12 on"]
    assert [told.rows.cell(place, 2).plain() for place in range(3)] == ["16.56", "14.72", "15.00"]
    assert told.rows.cell(0, 1).plain() == "all products: list price −10 %"
    assert told.better.text().splitlines()[0].startswith("From 12 ")
    assert told.better.text().splitlines()[1] == "From Thu 1 Jan 2099: 14.72 (Shops)"
    assert "it stays" not in str([one.text() for one in told.facts._values])
    press_next(told)
    qtbot.waitUntil(lambda: closed(PriceReasonDialog))
    page.editor.table.pick(1)
    press(window, Qt.Key.Key_I, CONTROL | SHIFT)
    told = dialog(PriceReasonDialog, qtbot)
    assert [one.text() for one in told.facts._values][-1] == "2.00 EUR, as agreed: it stays"
    press_next(told)
    qtbot.waitUntil(lambda: closed(PriceReasonDialog))


def test_a_customer_is_put_into_a_group_and_taken_out_again(company, open_window, qtbot):
    company.do(lambda tx: parties.change(tx, company.summit, {"customer_group": "Shops"}, {"customer_group": ""}))
    window = open_window(PLACES)
    window.open_record("customer", company.harbor)
    page = window.screen_on_show.page
    qtbot.waitUntil(lambda: page.customer is not None)
    press(window, Qt.Key.Key_F2)
    asked = dialog(CustomerDialog, qtbot)
    group = asked.fields["customer_group"]
    qtbot.waitUntil(lambda: group.completer() is not None)
    assert asked.term.currentData() == page.customer.payment_term
    group.setText("Shops")
    press_next(asked)
    qtbot.waitUntil(lambda: closed(CustomerDialog))
    qtbot.waitUntil(lambda: page.customer.customer_group == "Shops")
    assert company.read(parties.groups) == ["Shops"]
    press(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: page.customer.customer_group == "")
