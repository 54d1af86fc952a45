"""Tax rules by keyboard: the usual ones, one of our own, one that ends, and which rule decides a sale."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import companies, place_taxes
from app.services.place_taxes import Registration, StoredRule
from app.views import tax_rules as rules_place
from app.views.tax_rules.dialogs import EndDialog, RegistrationsDialog, TaxRuleDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, closed, dialog, press_next

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def screen(company, open_window, qtbot):
    window = open_window((*PLACES, rules_place.PLACE))
    window.open_record("tax_rules", None)
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.known is not None and bool(shown.trial.outcome.text()))
    return shown


def press(screen, key, modifier=CONTROL):
    screen.window().activateWindow()
    QTest.qWaitForWindowActive(screen.window())
    QTest.keyClick(screen.window(), key, modifier)


def typed(field, text):
    field.selectAll()
    QTest.keyClicks(field, text)


def type_into(field, text, qtbot):
    """Type over what stands in a number or day, as a person does: it is taken when the keyboard leaves."""
    field.window().activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    QTest.keyClicks(field, text)


def verdicts(screen):
    reasons = screen.trial.reasons
    return {one.rule.name: reasons.cell(place, 0).second for place, one in enumerate(reasons.rows)}


def test_the_usual_rules_are_added_at_once_and_taken_back(screen, company, qtbot):
    assert screen.stack.currentWidget() is screen.empty
    assert screen.trial.outcome.text() == "V21  VAT 21 %"
    press(screen, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: screen.rules.rowCount() == 4)
    assert unnamed(screen) == []
    assert "another EU country" in screen.rules.cell(0, 1).plain()
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: screen.rules.rowCount() == 0)
    assert screen.stack.currentWidget() is screen.empty


def test_a_sale_is_tried_and_every_rule_says_why(screen, company, qtbot):
    company.do(place_taxes.add_usual)
    screen.reload()
    qtbot.waitUntil(lambda: screen.rules.rowCount() == 4)
    trial = screen.trial
    typed(trial.country, "de")
    typed(trial.vat_number, "DE123456789")
    supply = "IC  Intra-community supply, 0 % – Exempt intra-community supply, Art. 138"
    qtbot.waitUntil(lambda: trial.outcome.text() == supply)
    assert trial.reasons.rows[0].rule.name == "Goods to a business in another EU country"
    assert trial.seen.text() == "The customer is a business of another EU country."
    assert verdicts(screen) == {
        "Goods to a business in another EU country": "It won: no rule that applies says more.",
        "Services to a business in another EU country": "It is for the product class service.",
        "Goods out of the EU": "It is for goods that go to: outside the EU.",
        "Services to customers outside the EU": "It is for goods that go to: outside the EU.",
    }
    trial.product_class.setFocus()
    QTest.keyClick(trial.product_class, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: trial.outcome.text().startswith("RC  Reverse charge"))
    trial.vat_number.clear()
    qtbot.waitUntil(lambda: trial.outcome.text().startswith("V21"))
    assert trial.seen.text().startswith("The customer is a consumer (without a VAT number). No rule applies")
    trial.country.clear()
    qtbot.waitUntil(lambda: "two letters" in trial.seen.text())
    assert trial.reasons.rowCount() == 0


def test_a_rule_of_our_own_says_more_and_ends(screen, company, qtbot):
    company.do(place_taxes.add_usual)
    screen.reload()
    qtbot.waitUntil(lambda: screen.rules.rowCount() == 4)
    press(screen, Qt.Key.Key_N)
    new = dialog(TaxRuleDialog, qtbot)
    assert unnamed(new) == []
    QTest.keyClicks(new.name, "Goods to Switzerland")
    QTest.keyClicks(new.taxes, "V99")
    QTest.keyClicks(new.destination, "ch")
    QTest.keyClicks(new.product_class, "goods")
    press_next(new)
    qtbot.waitUntil(lambda: "no tax V99" in new.taxes.toolTip())
    typed(new.taxes, "V21")
    press_next(new)
    qtbot.waitUntil(lambda: closed(TaxRuleDialog) and screen.rules.rowCount() == 5)
    typed(screen.trial.country, "CH")
    won = "It won: no rule that applies says more."
    qtbot.waitUntil(lambda: verdicts(screen).get("Goods to Switzerland") == won)
    assert screen.trial.outcome.text() == "V21  VAT 21 %"
    assert verdicts(screen)["Goods out of the EU"] == "It applies, but the winner says more or comes before it."
    names = [one.name for one in screen.rules.rows]
    screen.view.selectRow(names.index("Goods to Switzerland"))
    press(screen, Qt.Key.Key_E)
    end = dialog(EndDialog, qtbot)
    type_into(end.ends_on, "2026-11-20", qtbot)
    press_next(end)
    qtbot.waitUntil(lambda: closed(EndDialog) and screen.trial.outcome.text().startswith("EXP"))
    assert verdicts(screen)["Goods to Switzerland"] == "It had ended: until Fri 20 Nov 2026."
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: screen.trial.outcome.text().startswith("V21"))
    press(screen, Qt.Key.Key_Delete, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: screen.rules.rowCount() == 4)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: screen.rules.rowCount() == 5)


def test_a_change_keeps_the_rule_and_registrations_decide(screen, company, qtbot):
    rule = StoredRule("Registered there", "V21", "FR", registered="yes", starts_on=date(2026, 1, 1))
    key = company.do(lambda tx: place_taxes.save(tx, rule))
    screen.reload()
    qtbot.waitUntil(lambda: screen.rules.rowCount() == 1)
    typed(screen.trial.country, "FR")
    screen.trial.own.setCurrentIndex(screen.trial.own.findData(""))
    qtbot.waitUntil(lambda: screen.trial.outcome.text() == "No tax" and screen.trial.reasons.rowCount() == 1)
    assert verdicts(screen)["Registered there"] == "It counts only where we are registered."
    press(screen, Qt.Key.Key_R)
    ask = dialog(RegistrationsDialog, qtbot)
    assert unnamed(ask) == []
    for column, text in enumerate(("fr", "", "FR999")):
        ask.table.rows.setData(ask.table.rows.index(0, column), text, Qt.ItemDataRole.EditRole)
    press_next(ask)
    qtbot.waitUntil(lambda: closed(RegistrationsDialog) and screen.trial.outcome.text().startswith("V21"))
    assert company.read(place_taxes.registrations) == [Registration("FR", "", "FR999")]
    press(screen, Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    change = dialog(TaxRuleDialog, qtbot)
    typed(change.name, "Registered in France")
    press_next(change)
    qtbot.waitUntil(lambda: closed(TaxRuleDialog) and screen.rules.rows[0].name == "Registered in France")
    [kept] = company.read(place_taxes.read)
    assert (kept.id, kept.registered, kept.starts_on) == (key, "yes", date(2026, 1, 1))


def test_a_company_outside_the_union_is_told_to_write_its_own_rules(screen, company, qtbot):
    company.do(lambda tx: companies.change(tx, {"country": "CH"}))
    press(screen, Qt.Key.Key_U)
    qtbot.waitUntil(screen.banner.isVisible)
    assert "Write your own rules" in screen.banner.accessibleName()
