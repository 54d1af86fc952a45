"""Settings: which quotes somebody else must look at is said there, by keyboard, and taken back with Undo."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtTest import QTest

from app.models.approval import ApprovalRule, RuleKind
from app.services import approval_rules, approvals
from app.views.company import APPROVALS
from app.views.dialogs.approval_rules import ApprovalRulesDialog
from app.views.places import PLACES
from app.views.widgets.fields import Field
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import closed, dialog, press_next


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


@pytest.fixture
def window(open_window, company):
    made = open_window(PLACES)
    made.show_place("settings")
    return made


def asked(window, qtbot) -> ApprovalRulesDialog:
    window.screen_on_show.context.commands[APPROVALS.id].trigger()
    return dialog(ApprovalRulesDialog, qtbot)


def typed(field: Field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_limits_of_quotes_are_typed_refused_at_their_field_and_taken_back(company, window, qtbot):
    ask = asked(window, qtbot)
    assert unnamed(ask) == []
    assert [one.text() for one in (ask.discount, ask.margin, ask.amount)] == ["", "", ""]
    typed(ask.discount, "110")
    typed(ask.amount, "5000")
    press_next(ask)
    qtbot.waitUntil(lambda: "at most 100 %" in ask.discount.accessibleDescription())
    typed(ask.discount, "12.5")
    press_next(ask)
    qtbot.waitUntil(lambda: closed(ApprovalRulesDialog))
    wanted = [ApprovalRule(RuleKind.DISCOUNT, Decimal("12.5")), ApprovalRule(RuleKind.AMOUNT, Decimal(5000))]
    assert company.read(approval_rules.rules) == wanted
    window.screen_on_show.context.undo.undo()
    qtbot.waitUntil(lambda: company.read(approval_rules.rules) == [])


def test_limits_that_somebody_else_changed_meanwhile_stay(company, window, qtbot):
    ask = asked(window, qtbot)
    theirs = [ApprovalRule(RuleKind.TERMS, Decimal(0))]
    company.do(lambda tx: approvals.set_rules(tx, theirs))
    typed(ask.margin, "20")
    press_next(ask)
    qtbot.waitUntil(ask.form.banner.isVisible)
    assert company.read(approval_rules.rules) == theirs
