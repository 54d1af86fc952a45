"""Carriers, rates, rules and freight are set up by typing and pasting, and used at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services import carriers
from app.views import carriers as carriers_view
from app.views import orders
from app.views.carriers.dialogs import CarrierDialog, FreightDialog, RatesDialog, RuleDialog, ServiceDialog
from app.views.dialogs.freight import AgreeFreightDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, dialog, press_next


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def screen(company, open_window, qtbot):
    window = open_window((*[one for one in PLACES if one.id != "orders"], orders.PLACE, carriers_view.PLACE))
    window.show_place("carriers")
    qtbot.waitUntil(lambda: window.screen_on_show._found is not None)
    return window.screen_on_show


def test_a_carrier_with_service_rates_and_rule_is_set_up_by_keyboard(screen, company, qtbot):
    start = screen.context.commands.start
    assert unnamed(screen.window()) == []
    start("carrier.add")
    new = dialog(CarrierDialog, qtbot)
    new.code.setText("PAL")
    new.name.setText("Pallet Co")
    press_next(new)
    qtbot.waitUntil(lambda: len(screen._found.carriers) == 2)
    start("carrier.add_service")
    service = dialog(ServiceDialog, qtbot)
    service.carrier.setCurrentText("Pallet Co")
    service.code.setText("F")
    service.name.setText("Freight")
    service.days_max.set_value(Decimal(4))
    service.weight.set_value(Decimal("700.5"))
    press_next(service)
    qtbot.waitUntil(lambda: [row.name for row in screen.services.rows] == ["Freight"])
    [row] = screen.services.rows
    assert (row.max_weight_g, row.days_min, row.days_max) == (700_500, 1, 4)
    screen.services_view.selectRow(0)
    start("carrier.rates")
    rates = dialog(RatesDialog, qtbot)
    rates.rates.setPlainText("0; 62; near\n100; sixty")
    rates.zones.setPlainText("near; NL")
    press_next(rates)
    qtbot.waitUntil(lambda: "Row 2" in rates.form._entries["rates"].note.text())
    rates.rates.setPlainText("0\t62,00\tnear\n100\t80\tnear\t0,10")
    press_next(rates)
    qtbot.waitUntil(lambda: len(screen._found.rates.get(row.id, [])) == 2)
    assert company.read(lambda c: carriers.zones(c, "NL"))[row.carrier_id] == [carriers.Zone("near", "NL")]
    start("carrier.add_rule")
    rule = dialog(RuleDialog, qtbot)
    rule.name.setText("Heavy goods on pallets")
    rule.choice.setCurrentIndex(rule.choice.findText("Take this service"))
    rule.weight_from.set_value(Decimal(30))
    press_next(rule)
    qtbot.waitUntil(
        lambda: [(one.name, one.weight_from_g) for one in screen.rules.rows] == [("Heavy goods on pallets", 30_000)]
    )
    screen.rules_view.selectRow(0)
    start("carrier.drop_rule")
    qtbot.waitUntil(lambda: screen.rules.rows == [])


def test_freight_is_set_up_and_charged_on_an_order(screen, company, qtbot):
    start = screen.context.commands.start
    start("freight.add_table")
    new = dialog(FreightDialog, qtbot)
    new.code.setText("STD")
    new.name.setText("Freight")
    new.rows.setPlainText("0; 6\n5; 9.50")
    new.taxes.setText("V21")
    press_next(new)
    qtbot.waitUntil(lambda: [row.code for row in screen.freight.rows] == ["STD"])
    order_id = company.order({company.valve: 10})
    window = screen.window()
    window.open_record("order", order_id)
    page = window.screen_on_show.page
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.order.id == order_id)
    start("order.agree_freight")
    agree = dialog(AgreeFreightDialog, qtbot)
    press_next(agree)
    qtbot.waitUntil(lambda: [line.name for line in page.overview.lines][-1] == "Freight")
    assert page.overview.order.untaxed == Decimal("190.00")
