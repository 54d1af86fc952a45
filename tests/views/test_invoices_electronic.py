"""E-invoices are checked and saved at the invoice; what they need is typed at customer and company."""

from __future__ import annotations

from contextlib import suppress

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import billing, companies, einvoices
from app.services.einvoices import Form, cards, unit_codes
from app.views import company as company_place
from app.views import customers
from app.views.dialogs.einvoice import EInvoiceDialog
from app.views.dialogs.einvoicing import EInvoicingDialog, UnitCodesDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, closed, dialog, press_next
from tests.views.small_company import TODAY


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def company(database):
    made = small_company.found(database)
    ours = {"vat_number": "NL123456789B01", "iban": "NL91ABNA0417164300", "phone": "+31 10 555 0100",
            "email": "books@delta.example", "postal_code": "3011 AA", "city": "Rotterdam"}  # fmt: skip
    made.do(lambda tx: companies.change(tx, ours))
    order_id = made.order({made.valve: 10})
    made.ship(order_id)
    made.invoice_id = made.invoice_of(order_id)
    made.do(lambda tx: billing.post(tx, made.invoice_id, TODAY))
    return made


@pytest.fixture
def window(company, open_window):
    return open_window((*PLACES, customers.PLACE, company_place.PLACE))


def checked(window, qtbot):
    """The dialog of the posted invoice, once the rules have been asked."""
    window.open_record("invoices", None, tab="open")
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.panel.sheet is not None)
    screen.context.commands.start("invoice.einvoice")
    found = []

    def there():
        with suppress(StopIteration):
            found[:] = [next(one for one in screen.findChildren(EInvoiceDialog) if one.isVisible())]
        return bool(found) and found[0].made is not None

    qtbot.waitUntil(there, timeout=20_000)
    return screen, found[0]


def test_an_e_invoice_that_keeps_the_rules_is_saved_and_stands_at_the_invoice(company, window, qtbot, tmp_path):
    screen, shown = checked(window, qtbot)
    assert shown.forms.currentText() == "Factur-X / ZUGFeRD (PDF)"
    assert shown.verdict.text() == "It keeps every rule that was asked."
    assert unnamed(shown) == []
    shown.save_to(tmp_path / "INV.pdf")
    qtbot.waitUntil(lambda: closed(EInvoiceDialog))

    assert (tmp_path / "INV.pdf").read_bytes().startswith(b"%PDF")
    kept = company.read(lambda c: einvoices.last(c, company.invoice_id))
    assert kept.form == Form.FACTUR_X
    words = "Factur-X / ZUGFeRD (PDF), made"
    qtbot.waitUntil(lambda: any(one.text().startswith(words) for one in screen.panel.facts._values))


def test_what_is_missing_is_said_and_leads_to_the_customer(company, window, qtbot):
    _, shown = checked(window, qtbot)
    shown.forms.setCurrentIndex(shown.forms.findData(Form.XRECHNUNG_UBL))
    qtbot.waitUntil(lambda: shown.made is not None and shown.made.form == Form.XRECHNUNG_UBL)
    assert "2 things are missing or wrong" in shown.verdict.text()
    assert [(one.place, one.field) for one in shown.findings.rows] == [
        ("customer", "buyer_reference"),
        ("customer", "electronic_address"),
    ]
    assert not shown.go.isEnabled(), "what would be refused is not saved"
    shown.table.opened.emit(shown.findings.rows[0])
    qtbot.waitUntil(lambda: closed(EInvoiceDialog))
    page = window.screen_of("customers").page
    qtbot.waitUntil(lambda: page.customer is not None and page.customer.id == company.harbor)

    window.screen_of("customers").context.commands.start("customer.einvoices")
    card = dialog(EInvoicingDialog, qtbot)
    card.forms.setCurrentIndex(1)
    card.fields["buyer_reference"].setText("04011000-12345-03")
    press_next(card)
    qtbot.waitUntil(lambda: closed(EInvoicingDialog))
    assert company.read(lambda c: cards.read(c, company.harbor)).einvoice_form == "xrechnung_ubl"
    _, shown = checked(window, qtbot)
    assert shown.made.passed, shown.made.findings


def test_a_scheme_without_its_address_is_refused_at_its_field(company, window, qtbot):
    window.open_record("customer", company.harbor)
    page = window.screen_of("customers").page
    qtbot.waitUntil(lambda: page.customer is not None)
    window.screen_of("customers").context.commands.start("customer.einvoices")
    card = dialog(EInvoicingDialog, qtbot)
    card.fields["electronic_scheme"].setText("20")
    press_next(card)
    qtbot.waitUntil(lambda: "four digits" in card.fields["electronic_scheme"].accessibleDescription())
    assert unnamed(card) == []


def test_a_unit_gets_its_code_in_the_settings(company, window, qtbot):
    window.open_record("settings", None)
    window.screen_on_show.name_units()
    units = dialog(UnitCodesDialog, qtbot)
    assert [(row.unit, row.code) for row in units.rows.rows] == [("unit", "C62")]
    units.rows.edited.emit(0, "code", "h87")
    press_next(units)
    qtbot.waitUntil(lambda: closed(UnitCodesDialog))
    assert company.read(unit_codes.known) == {"unit": "H87"}


def test_escape_leaves_without_saving(company, window, qtbot):
    _, shown = checked(window, qtbot)
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: closed(EInvoiceDialog))
    assert company.read(lambda c: einvoices.last(c, company.invoice_id)) is None
