"""Products are changed in a form; what cannot be taken is told at its field, and what was changed is taken back."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import products
from app.views.places import PLACES
from app.views.products import ProductDialog
from tests.views import small_company
from tests.views.office import dialog, press_next


@pytest.fixture
def company(database):
    return small_company.found(database)


def type_share(form, name, percent):
    """Type into a field and go on with Enter."""
    form.tolerances[name].selectAll()
    QTest.keyClicks(form.tolerances[name], percent)
    QTest.keyClick(form.tolerances[name], Qt.Key.Key_Return)


def test_a_product_gets_tolerances_of_its_own(company, open_window, qtbot):
    window = open_window(PLACES)
    window.show_place("products")
    context = window.screen_on_show.context
    known = company.read(lambda c: products.get(c, company.cable))
    ProductDialog(context, known, parent=window).open()
    form = dialog(ProductDialog, qtbot)
    type_share(form, "under_delivery", "100")
    press_next(form)
    qtbot.waitUntil(lambda: "tolerance is a share" in form.form._entries["under_delivery"].note.text())
    type_share(form, "under_delivery", "2.5")
    type_share(form, "over_delivery", "10")
    press_next(form)

    def shares():
        stored = company.read(lambda c: products.get(c, company.cable))
        return stored.over_delivery, stored.under_delivery

    qtbot.waitUntil(lambda: shares() == (Decimal("0.1"), Decimal("0.025")))
    context.undo.undo()
    qtbot.waitUntil(lambda: shares() == (None, None))
