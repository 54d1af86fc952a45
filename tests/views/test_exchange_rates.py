"""Exchange rates by keyboard: the bank's file, an address, a rate of a day, and the course of a currency."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from urllib.error import URLError

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.services import companies, exchange_rates, orders
from app.views import exchange_rates as rates_place
from app.views import places
from app.views.dialogs.rate_day import RateDayDialog
from app.views.exchange_rates.dialogs import CorrectRateDialog, RateDialog, SourceDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, closed, dialog, press_next

CONTROL = Qt.KeyboardModifier.ControlModifier
FILE = """Date,USD,JPY,CYP,GBP,
2026-11-20,1.1172,175.68,N/A,0.8338,
2026-11-19,1.1000,175.92,N/A,0.83578,
2025-01-06,1.0389,162.73,N/A,0.8311,
"""


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def screen(company, open_window, qtbot):
    window = open_window((*PLACES, rates_place.PLACE))
    window.open_record("exchange_rates", None)
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.known is not None)
    return shown


def press(screen, key, modifier=CONTROL):
    screen.window().activateWindow()
    QTest.qWaitForWindowActive(screen.window())
    QTest.keyClick(screen.window(), key, modifier)


def type_into(field, text, qtbot):
    """Type over what stands in a number or day, as a person does: it is taken when the keyboard leaves."""
    field.window().activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    QTest.keyClicks(field, text)


def rate_of(company, code):
    rates = company.read(lambda connection: exchange_rates.current(connection, small_company.TODAY))
    return next(((one.on, one.rate) for one in rates if one.currency == code), None)


def test_the_bank_s_file_is_imported_once_and_a_currency_s_course_is_shown(screen, tmp_path, monkeypatch, qtbot):
    said: list[str] = []
    screen.context.messages.said.connect(said.append)
    assert screen.stack.currentWidget() is screen.empty
    file = tmp_path / "eurofxref.csv"
    file.write_text(FILE)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    press(screen, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: screen.rates.rowCount() == 3 and len(said) == 1)
    assert said == ["9 new rates of 3 currencies, Mon 6 Jan 2025 to Fri 20 Nov 2026."]
    assert screen.stack.currentWidget() is screen.view
    assert unnamed(screen) == []
    screen.view.setFocus()
    for _ in range(2):
        QTest.keyClick(screen.view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: screen.course.note.text() == "USD" and screen.days.rowCount() == 2)
    shown = [[screen.days.cell(row, column).plain() for column in range(3)] for row in range(2)]
    assert shown == [["Fri 20 Nov 2026", "1.1172", "+1.56 %"], ["Thu 19 Nov 2026", "1.1000", "–"]]
    screen.show_span("all")
    qtbot.waitUntil(lambda: screen.days.rowCount() == 3)
    assert screen.chart.rates[0] == (date(2025, 1, 6), Decimal("1.0389"))
    assert "at most 1.1172, at least 1.0389" in screen.chart.accessibleName()
    press(screen, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1] == "No new rates: 9 were here already."


def test_a_file_that_is_none_says_what_is_wrong_where_it_was_asked_for(screen, company, tmp_path, qtbot):
    wrong = tmp_path / "rates.csv"
    wrong.write_text("Date,USD\n2026-11-20,one\n")
    screen.import_file(wrong)
    qtbot.waitUntil(screen.banner.isVisible)
    assert "Line 2: “one” is no rate of USD. No rate was changed." in screen.banner.accessibleName()
    screen.import_file(tmp_path / "gone.csv")
    qtbot.waitUntil(lambda: "gone.csv cannot be read" in screen.banner.accessibleName())
    assert rate_of(company, "USD") is None


def test_rates_are_fetched_from_the_address_that_was_set(screen, company, monkeypatch, qtbot):
    asked: list[str] = []

    def answer(url, timeout):
        asked.append(url)
        if len(asked) == 1:
            raise URLError("no route to host")
        return io.BytesIO(FILE.encode())

    monkeypatch.setattr(exchange_rates.urllib.request, "urlopen", answer)
    press_next(screen)  # there is no address yet: it is asked for
    source = dialog(SourceDialog, qtbot)
    assert unnamed(source) == []
    QTest.keyClicks(source.address, "http://bank.example/rates.csv")
    press_next(source)
    assert "begins with https://" in source.address.toolTip()
    source.address.clear()
    QTest.keyClicks(source.address, "https://bank.example/rates.csv")
    source.day.setFocus()
    QTest.keyClick(source.day, Qt.Key.Key_Down)
    press_next(source)
    qtbot.waitUntil(lambda: closed(SourceDialog) and bool(screen.known.company.rates_url))
    assert company.read(companies.get).rate_day == "order"
    press_next(screen)
    qtbot.waitUntil(screen.banner.isVisible)
    assert "no route to host" in screen.banner.accessibleName()
    press_next(screen)
    qtbot.waitUntil(lambda: screen.rates.rowCount() == 3)
    assert not screen.banner.isVisible()
    assert asked == ["https://bank.example/rates.csv"] * 2
    assert rate_of(company, "USD") == (date(2026, 11, 20), Decimal("1.1172"))


def test_a_rate_is_typed_for_a_day_and_a_day_has_one(screen, company, qtbot):
    for typed, problem in (("0", "more than zero"), ("1.25", ""), ("1.30", "already")):
        press(screen, Qt.Key.Key_N)
        new = dialog(RateDialog, qtbot)
        assert unnamed(new) == []
        assert new.currency.currentData() == "USD"
        type_into(new.rate, typed, qtbot)
        press_next(new)
        if problem:
            qtbot.waitUntil(lambda new=new, problem=problem: problem in new.on.toolTip() + new.rate.toolTip())
            new.reject()
        qtbot.waitUntil(lambda: closed(RateDialog))
    assert rate_of(company, "USD") == (small_company.TODAY, Decimal("1.25"))
    qtbot.waitUntil(lambda: screen.rates.rowCount() == 1 and screen.days.rowCount() == 1)


def test_a_mistyped_rate_is_put_right_and_deleted_by_keyboard_with_undo(company, open_window, qtbot):
    on = date(2026, 11, 20)
    company.do(lambda tx: companies.set_rate(tx, "USD", on, Decimal("11.172")))
    window = open_window((*PLACES, rates_place.PLACE))
    window.open_record("exchange_rates", None)
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.known is not None)
    screen.view.pick([one.currency for one in screen.known.rates].index("USD"))
    qtbot.waitUntil(lambda: screen.days.rowCount() > 0 and screen.course.note.text() == "USD")
    screen.history.setFocus()
    screen.history.selectRow(0)
    press(screen, Qt.Key.Key_E)
    asking = dialog(CorrectRateDialog, qtbot)
    asking.rate.set_value(Decimal("1.1172"))
    press_next(asking)

    def rates():
        return company.read(lambda connection: exchange_rates.history(connection, "USD", on))

    qtbot.waitUntil(lambda: closed(CorrectRateDialog) and rates() == [(on, Decimal("1.1172"))])
    screen.context.commands.start("rates.remove")
    qtbot.waitUntil(lambda: rates() == [])
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: rates() == [(on, Decimal("1.1172"))])


def test_one_order_takes_the_rate_of_another_day_than_the_company_says(company, open_window, qtbot):
    order_id = company.order({company.valve: 2})

    def day():
        return company.read(lambda connection: orders.get(connection, order_id)).rate_day

    window = open_window(places.PLACES)
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.order.id == order_id)
    context = window.screen_on_show.context
    context.commands["order.rate_day"].trigger()
    ask = dialog(RateDayDialog, qtbot)
    assert unnamed(ask) == []
    assert ask.day.currentText() == "As the company says"
    ask.day.setFocus()
    for _ in range(2):
        QTest.keyClick(ask.day, Qt.Key.Key_Down)
    press_next(ask)
    qtbot.waitUntil(lambda: closed(RateDayDialog) and day() == "order")
    context.undo.undo()
    qtbot.waitUntil(lambda: day() == "")


def test_what_a_rate_makes_of_an_amount_is_said_before_it_is_saved(screen, company, qtbot):
    company.do(lambda tx: companies.set_rate(tx, "USD", date(2026, 11, 20), Decimal("1.1172")))
    screen.reload()
    qtbot.waitUntil(lambda: screen.rates.rowCount() == 1)
    press(screen, Qt.Key.Key_N)
    new = dialog(RateDialog, qtbot)
    type_into(new.rate, "1.25", qtbot)
    QTest.keyClick(new.rate, Qt.Key.Key_Tab)
    assert new.example.text() == "100.00 USD are 80.00 EUR. The last rate is 1.1172, of Fri 20 Nov 2026."
    new.reject()
