"""The page of a customer: what is known of them, and how much of their credit limit is used."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel

from app.services import orders, parties
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.views import customers
from tests.views import small_company
from tests.views.office import PLACES


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def company(database):
    return small_company.found(database)


def shown(window, qtbot, customer_id) -> list[str]:
    window.open_record("customer", customer_id)
    page = window.screen_of("customers").page
    qtbot.waitUntil(lambda: page.customer is not None and page.customer.id == customer_id)
    return [label.text() for label in page.facts.findChildren(QLabel)]


def test_the_page_opens_where_an_order_has_a_currency_without_a_rate(company, open_window, qtbot):
    company.order({company.valve: 10})
    company.do(lambda tx: parties.change(tx, company.harbor, {"credit_limit": Decimal(5000)}, {}))
    window = open_window((*PLACES, customers.PLACE))
    assert "222.64" in shown(window, qtbot, company.harbor), "ten valves and their tax"
    line = LineInput(company.valve, Decimal(1), unit_price=Decimal(20))
    new = NewOrder(company.summit, (line,), currency="USD")
    order_id = company.do(lambda tx: orders.create(tx, new))
    company.do(lambda tx: orders.confirm(tx, order_id))
    company.do(lambda tx: parties.change(tx, company.summit, {"credit_limit": Decimal(5000)}, {}))
    facts = shown(window, qtbot, company.summit)
    assert any("USD" in text and "rate" in text for text in facts), facts
