"""Quote templates at the keyboard: saved from a quote, chosen for another customer, renamed, removed, brought back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.services import quote_templates, quotes
from app.services.document_lines import LineInput
from app.services.quotes import NewQuote
from app.views.quotes import PLACE
from app.views.quotes.templates import SaveTemplateDialog, TemplatesDialog
from tests.desk import Desk, unhurried
from tests.views.accessible import unnamed
from tests.views.office import ORDER, closed, dialog, press_next


@pytest.fixture
def desk(sqlite_database):
    made = Desk(unhurried(sqlite_database)).found()
    made.customer("Harbor & Finch")
    lines = (LineInput(made.product("PUMP", "180"), Decimal(10)), LineInput(made.product("HOSE", "18.40"), Decimal(50)))
    buyer = made.customer("Cascade Medical")
    made.quote_id = made.do("quote.create", lambda tx: quotes.create(tx, NewQuote(buyer, lines)))
    return made


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


def names(desk):
    return [one.name for one in desk.read(quote_templates.offered)]


def test_a_quote_is_saved_as_a_template_and_begins_another(desk, open_window, qtbot):
    window = open_window((PLACE, ORDER))
    window.show_place("quotes")
    screen = window.screen_on_show
    screen.open_record(desk.quote_id)
    qtbot.waitUntil(lambda: screen.page.document is not None)
    screen.context.commands["quote.save_template"].trigger()
    saving = dialog(SaveTemplateDialog, qtbot)
    QTest.keyClicks(saving.focusWidget(), "Starter kit")
    press_next(saving)
    qtbot.waitUntil(lambda: names(desk) == ["Starter kit"])
    qtbot.waitUntil(lambda: closed(SaveTemplateDialog))

    screen.context.commands["quote.from_template"].trigger()
    choosing = dialog(TemplatesDialog, qtbot)
    assert not unnamed(choosing)
    press_next(choosing)
    assert choosing.isVisible(), "a quote needs a customer"
    choosing.customer.setFocus()
    QTest.keyClicks(choosing.customer, "harbor")
    QTest.keyClick(choosing.customer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: choosing.customer.choice() is not None)
    press_next(choosing)
    qtbot.waitUntil(lambda: closed(TemplatesDialog))
    qtbot.waitUntil(lambda: screen.page.document is not None and screen.page.document.head.id != desk.quote_id)
    head = screen.page.document.head
    assert (head.customer_name, head.untaxed) == ("Harbor & Finch", Decimal(2720))


def test_templates_are_renamed_removed_and_brought_back(desk, open_window, qtbot):
    desk.do("quote.save_template", lambda tx: quote_templates.save(tx, desk.quote_id, "Starter kit"))
    desk.do("quote.save_template", lambda tx: quote_templates.save(tx, desk.quote_id, "Workshop"))
    window = open_window((PLACE, ORDER))
    window.show_place("quotes")
    screen = window.screen_on_show
    screen.context.commands["quote.from_template"].trigger()
    choosing = dialog(TemplatesDialog, qtbot)
    view = choosing.view
    view.setFocus()
    view.pick(1)

    def rename(text):
        QTest.keyClick(view, Qt.Key.Key_F2)
        editor = view.viewport().findChildren(QLineEdit)[-1]
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)

    rename("Starter kit")
    qtbot.waitUntil(lambda: bool(choosing.rows.errors))
    assert names(desk) == ["Starter kit", "Workshop"]
    rename("Garage")
    qtbot.waitUntil(lambda: [one.name for one in choosing.rows.rows] == ["Garage", "Starter kit"])
    view.setFocus()
    view.pick(0)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: [one.name for one in choosing.rows.rows] == ["Starter kit"])
    choosing.reject()
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: names(desk) == ["Garage", "Starter kit"])
