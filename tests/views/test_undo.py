"""What was done is taken back by the button offered for it, whatever was done since."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models.returns import goods_return
from app.services import billing, orders, parties
from app.views.customers import CustomerDialog
from app.views.dialogs.give_back import AuthoriseReturnDialog
from app.views.dialogs.pack import PackDialog
from app.views.dialogs.pay import PayDialog
from app.views.places import PLACES
from app.views.undo import Step, UndoStack
from tests.views import small_company
from tests.views.conftest import NOON
from tests.views.office import dialog

WAIT = 15_000


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def window(company, open_window):
    return open_window(PLACES)


@pytest.fixture
def page(window, qtbot):
    """Opens an order on its page and waits for a step of it."""

    def show(order_id, step):
        window.open_record("order", order_id)
        shown = window.screen_of("orders").page
        qtbot.waitUntil(lambda: shown.overview is not None and shown.overview.next_step == step, timeout=WAIT)
        return shown

    return show


def step(done, name, *, typed=False):
    return Step(name, lambda: done.append(f"undo {name}"), lambda: done.append(f"redo {name}"), typed)


def test_the_offered_step_is_taken_back_not_the_newest(qapp):
    stack, done = UndoStack(), []
    packed, typed = step(done, "packed"), step(done, "typed", typed=True)
    stack.push(packed)
    stack.push(typed)
    stack.take_back(packed)
    stack.take_back(packed)
    assert done == ["undo packed"]
    assert stack.undo_text == "typed"
    stack.redo()
    assert done == ["undo packed", "redo packed"]


def test_another_document_drops_what_was_typed_and_keeps_what_was_booked(qapp):
    stack, done = UndoStack(), []
    stack.push(step(done, "booked"))
    stack.push(step(done, "typed", typed=True))
    stack.forget_typed()
    assert stack.undo_text == "booked"


def test_packing_is_undone(company, page, qtbot):
    order_id = company.order({company.valve: 2})
    company.pick_all(order_id)
    shown = page(order_id, "shipment.pack")
    shown.take_next_step()
    dialog(PackDialog, qtbot).submit()
    qtbot.waitUntil(lambda: shown.overview.next_step == "shipment.ship", timeout=WAIT)
    shown._context.undo.undo()
    qtbot.waitUntil(lambda: shown.overview.next_step == "shipment.pack", timeout=WAIT)


def test_a_payment_is_undone_by_booking_its_opposite(company, page, qtbot):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    company.do(lambda tx: billing.post(tx, company.invoice_of(order_id), NOON.date()))
    shown = page(order_id, "payment.receive")
    shown.take_next_step()
    dialog(PayDialog, qtbot).submit()
    qtbot.waitUntil(lambda: shown.overview.order.paid_total > 0, timeout=WAIT)
    shown._context.undo.undo()
    qtbot.waitUntil(lambda: shown.overview.order.paid_total == 0, timeout=WAIT)
    assert shown.overview.order.state == "confirmed"


def test_a_return_is_undone_before_the_goods_arrive(company, window, page, qtbot):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    shown = page(order_id, "invoice.post")
    window.screen_of("orders").give_back()
    asked = dialog(AuthoriseReturnDialog, qtbot)
    asked.reason.setText("Wrong size")
    asked.table._edited(0, "chosen", "3")
    asked.submit()

    def state():
        return company.read(lambda connection: connection.execute(select(goods_return.c.state)).scalar_one_or_none())

    qtbot.waitUntil(lambda: state() == "authorised", timeout=WAIT)
    qtbot.waitUntil(lambda: bool(shown._context.undo.undo_text), timeout=WAIT)
    shown._context.undo.undo()
    qtbot.waitUntil(lambda: state() == "cancelled", timeout=WAIT)
    assert company.read(lambda connection: orders.get(connection, order_id)).state == "confirmed"


def test_a_changed_customer_is_changed_back(company, window, qtbot):
    known = company.read(lambda connection: parties.get(connection, company.harbor))
    changed = CustomerDialog(window._context, known, parent=window)
    changed.open()
    changed.fields["name"].setText("Harbor & Finch Ltd")
    changed.submit()

    def name():
        return company.read(lambda connection: parties.get(connection, company.harbor)).name

    qtbot.waitUntil(lambda: name() == "Harbor & Finch Ltd", timeout=WAIT)
    qtbot.waitUntil(lambda: bool(window._context.undo.undo_text), timeout=WAIT)
    assert company.read(lambda connection: parties.get(connection, company.harbor)).payment_term == known.payment_term
    window._context.undo.undo()
    qtbot.waitUntil(lambda: name() == known.name, timeout=WAIT)


def test_undo_waits_for_the_command_that_is_under_way():
    stack, done = UndoStack(), []
    stack.push(Step("first", lambda: done.append("first"), lambda: None))
    stack.hold(True)
    stack.undo()
    assert done == []
    stack.push(Step("second", lambda: done.append("second"), lambda: None))
    stack.hold(False)
    assert done == ["second"], "the newest is what the user sees under way"
