"""Promotions are set up and put on an order, gift cards sold and paid with, by keyboard; each can be taken back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.models.promoting import Step
from app.services import balances, billing, gift_cards, order_promotions, orders, promotions, wallets
from app.services.document_lines import LineInput
from app.services.gift_cards import CardSale
from app.services.orders import NewOrder
from app.views.dialogs.order_promotions import OrderPromotionsDialog
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.tender import TenderDialog
from app.views.gift_cards.dialogs import SellCardsDialog
from app.views.places import PLACES
from app.views.promotions.dialogs import CouponDialog, PromotionDialog, StopCouponDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import closed, dialog, press_next
from tests.views.small_company import TODAY

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


def type_row(table, place, **texts):
    names = [one.id for one in table.rows.columns]
    for name, text in texts.items():
        assert table.rows.setData(table.rows.index(place, names.index(name)), text, Qt.ItemDataRole.EditRole)


def pay_an_order(window, company, order_id, card, qtbot) -> None:
    """Pay 20 of an order of 44.53 with a card, and undo it."""
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.order.id == order_id)
    window.screen_on_show.context.commands["order.tender"].trigger()
    ask = dialog(TenderDialog, qtbot)
    assert unnamed(ask) == []
    qtbot.waitUntil(ask.go.isEnabled)
    assert ask.left.text() == "44.53 EUR is left to pay."
    QTest.keyClicks(ask.card, "WRONG")
    press_next(ask)
    qtbot.waitUntil(lambda: "no gift card" in ask.card.toolTip())
    ask.card.setText(card.code)
    ask.amount.setFocus()
    QTest.keyClicks(ask.amount, "20")
    press_next(ask)
    qtbot.waitUntil(lambda: closed(TenderDialog))
    assert company.read(lambda c: balances.order_tender(c, order_id)).left == Decimal("24.53")
    window.screen_on_show.context.undo.undo()
    qtbot.waitUntil(lambda: company.read(lambda c: balances.order_tender(c, order_id)).left == Decimal("44.53"))


def add_a_coupon(screen, qtbot, code: str) -> None:
    screen.add_coupon()
    coupon = dialog(CouponDialog, qtbot)
    QTest.keyClicks(coupon.code, code)
    press_next(coupon)
    qtbot.waitUntil(lambda: closed(CouponDialog))
    qtbot.waitUntil(screen.context.commands["promotions.stop_coupon"].isEnabled)


def turn_the_coupon(screen, qtbot, button: str) -> None:
    screen.context.commands.start("promotions.stop_coupon")
    asked = dialog(StopCouponDialog, qtbot)
    assert (unnamed(asked), asked.go.text().strip()) == ([], button)
    press_next(asked)
    qtbot.waitUntil(lambda: closed(StopCouponDialog))


def test_a_promotion_with_a_coupon_is_set_up_redeemed_on_an_order_and_taken_off(company, open_window, qtbot):
    window = open_window(PLACES)
    window.open_record("promotions", None)
    screen = window.screen_on_show
    qtbot.waitUntil(screen.nothing.isVisible)
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    new = dialog(PromotionDialog, qtbot)
    assert unnamed(new) == []
    QTest.keyClicks(new.code, "TEN")
    QTest.keyClicks(new.name, "Spring offer")
    QTest.keyClicks(new.products, "VAL-1 VAL-9")
    new.boxes["needs_coupon"].setChecked(True)
    type_row(new.steps, 0, min_quantity="10", figure="ten")
    press_next(new)
    assert "no number" in new.steps.first_error()
    type_row(new.steps, 0, figure="10 %")
    press_next(new)
    qtbot.waitUntil(new.go.isEnabled)
    assert company.read(promotions.read) == []  # there is no VAL-9
    new.products.setText("VAL-1")
    press_next(new)
    qtbot.waitUntil(lambda: closed(PromotionDialog) and screen.rows.rowCount() == 1)
    (sheet,) = company.read(promotions.read)
    assert (sheet.rules.steps, sheet.rules.products) == ((Step(Decimal(10), figure=Decimal(10)),), (company.valve,))
    add_a_coupon(screen, qtbot, "spring")
    for button, active in (("Stop", False), ("Let it be used again", True)):
        turn_the_coupon(screen, qtbot, button)
        qtbot.waitUntil(lambda active=active: screen.view.current_row().coupons[0].active is active)
    new_order = NewOrder(company.harbor, (LineInput(company.valve, Decimal(10)),))
    order_id = company.do(lambda tx: orders.create(tx, new_order))
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.order.id == order_id)
    window.screen_on_show.promote()
    asked = dialog(OrderPromotionsDialog, qtbot)
    assert unnamed(asked) == []
    QTest.keyClicks(asked.code, "spring")
    press_next(asked)
    qtbot.waitUntil(lambda: closed(OrderPromotionsDialog))
    assert company.read(lambda c: orders.get(c, order_id)).untaxed == Decimal("165.60")
    window.screen_on_show.promote()
    asked = dialog(OrderPromotionsDialog, qtbot)
    assert [(one.reason, one.state, one.amount) for one in asked.rows.rows] == [
        ("Spring offer", "SPRING", Decimal("18.40"))
    ]
    asked.back.click()
    qtbot.waitUntil(lambda: closed(OrderPromotionsDialog))
    assert company.read(lambda c: orders.get(c, order_id)).untaxed == Decimal("184.00")
    assert company.read(lambda c: order_promotions.of_order(c, order_id)).coupons == ()
    window.screen_on_show.context.undo.undo()
    qtbot.waitUntil(lambda: company.read(lambda c: orders.get(c, order_id)).untaxed == Decimal("165.60"))


def test_gift_cards_are_sold_in_the_window_and_pay_an_invoice_by_their_number(company, open_window, qtbot):
    window = open_window(PLACES)
    window.open_record("gift_cards", None)
    screen = window.screen_on_show
    qtbot.waitUntil(screen.nothing.isVisible)
    screen.sell()
    sale = dialog(SellCardsDialog, qtbot)
    assert unnamed(sale) == []
    press_next(sale)
    assert not closed(SellCardsDialog)  # no customer is chosen
    sale.reject()
    qtbot.waitUntil(lambda: closed(SellCardsDialog))
    card = CardSale(company.summit, 1, Decimal(50), TODAY, email="buyer@example.com")
    company.do(lambda tx: gift_cards.sell(tx, card))
    window.open_record("gift_cards", None)
    screen.reload()
    qtbot.waitUntil(lambda: "50.00 EUR on gift cards" in screen.sums.text())
    (row,) = company.read(balances.read).rows
    assert not screen.nothing.isVisible()
    company.do(lambda tx: gift_cards.sell(tx, replace(card, email="")))
    company.do(lambda tx: wallets.grant(tx, company.summit, Decimal(5), TODAY, "Late goods"))
    screen.reload()
    qtbot.waitUntil(lambda: screen.rows.rowCount() == 3)
    copy = screen.context.commands["gift_cards.letter"]
    for place, one in enumerate(screen.rows.rows):
        screen.view.selectRow(place)
        assert copy.isEnabled() is bool(one.code), "store credit has no number to be sent"
        QGuiApplication.clipboard().clear()
        if one.code:
            copy.trigger()
            qtbot.waitUntil(lambda one=one: one.code in QGuiApplication.clipboard().text())
    order_id = company.order({company.valve: 2})
    pay_an_order(window, company, order_id, row, qtbot)
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    company.do(lambda tx: billing.post(tx, invoice_id, TODAY))
    pay = PayDialog(
        screen.context, company.harbor, "Harbor & Finch", currency="EUR", invoice_id=invoice_id, parent=screen
    )
    pay.open()
    pay = dialog(PayDialog, qtbot)
    pay.method.setCurrentIndex(pay.method.findData("gift_card"))
    QTest.keyClicks(pay.card, "WRONG")
    press_next(pay)
    qtbot.waitUntil(pay.go.isEnabled)
    pay.card.setText(row.code.lower())
    press_next(pay)
    qtbot.waitUntil(lambda: closed(PayDialog))
    assert company.read(lambda c: billing.get(c, invoice_id)).open_amount == 0
    assert next(one for one in company.read(balances.read).rows if one.id == row.id).balance == Decimal("5.47")
