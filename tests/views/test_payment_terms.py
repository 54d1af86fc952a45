"""Payment terms are set up and an invoice's open amount is agreed anew, by keyboard; both can be taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.payment_terms import After, Part, ShareOf
from app.services import billing, instalments, payment_terms
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.payment_terms import Terms
from app.views import payment_terms as terms_place
from app.views.dialogs.reschedule import RescheduleDialog
from app.views.payment_terms.dialogs import TermsDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, closed, dialog, press_next

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def company(database):
    return small_company.found(database)


def type_row(table, place, *texts):
    for column, text in enumerate(texts):
        if text:
            assert table.rows.setData(table.rows.index(place, column), text, Qt.ItemDataRole.EditRole)


def read(company, code):
    return next((one for one in company.read(payment_terms.read) if one.code == code), None)


def test_terms_of_two_parts_are_typed_shown_on_an_example_and_taken_back(company, open_window, qtbot):
    window = open_window((*PLACES, terms_place.PLACE))
    window.open_record("payment_terms", None)
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.terms.rowCount() == 5)
    QTest.keyClick(screen.window(), Qt.Key.Key_N, CONTROL)
    new = dialog(TermsDialog, qtbot)
    assert unnamed(new) == []
    QTest.keyClicks(new.code, "3070")
    QTest.keyClicks(new.name, "30 % in 10 days, the rest at the month's end")
    new.discount.set_value(Decimal(2))
    new.discount_days.set_value(Decimal(8))
    type_row(new.parts, 0, "30 zł")
    press_next(new)
    assert "Type a share" in new.parts.first_error()
    type_row(new.parts, 0, "30 %", "", "", "10")
    type_row(new.parts, 1, "rest", "1", "", "", "x")
    assert new.example.text() == "1,000.00 invoiced today: 300.00 Thu 3 Dec 2026 · 700.00 Thu 31 Dec 2026"
    press_next(new)
    qtbot.waitUntil(lambda: closed(TermsDialog) and screen.terms.rowCount() == 6)
    found = read(company, "3070")
    assert (found.discount, found.discount_days) == (2, 8)
    assert found.parts == (
        Part(ShareOf.TOTAL, Decimal(30), After(days=10)),
        Part(after=After(months=1, end_of_month=True)),
    )
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: read(company, "3070") is None)


def test_what_is_open_of_an_invoice_is_paid_in_three_parts_and_the_old_day_comes_back(company, open_window, qtbot):
    lines = (LineInput(kind="fee", name="Hire", quantity=Decimal(1), unit_price=Decimal(100)),)
    key = company.do(lambda tx: billing.write(tx, FreeInvoice(company.harbor, lines)))
    company.do(lambda tx: billing.post(tx, key, date(2026, 11, 20)))
    window = open_window(PLACES)
    window.open_record("invoice", key)
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.id == key)
    screen.context.commands.start("invoice.reschedule")
    ask = dialog(RescheduleDialog, qtbot)
    assert unnamed(ask) == []
    assert ask.found.rowCount() == 3
    press_next(ask)
    qtbot.waitUntil(lambda: closed(RescheduleDialog) and len(screen.panel.sheet.due) == 3)
    assert not screen.panel.due_section.isHidden()
    left = lambda: company.read(lambda c: instalments.still_open(c, billing.get(c, key)))  # noqa: E731
    assert [one.amount for one in left()] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: len(left()) == 1)


def test_terms_that_somebody_has_stay(company, open_window, qtbot):
    window = open_window((*PLACES, terms_place.PLACE))
    window.open_record("payment_terms", None)
    screen = window.screen_on_show
    said: list[str] = []
    screen.context.messages.warned.connect(said.append)
    qtbot.waitUntil(lambda: screen.terms.rowCount() == 5)
    screen.view.selectRow([one.code for one in screen.terms.rows].index("NET30"))
    screen.context.commands.start("payment_terms.remove")
    qtbot.waitUntil(lambda: bool(said))
    assert "has these terms" in said[0]
    assert isinstance(read(company, "NET30"), Terms)
