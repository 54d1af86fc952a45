"""Fields understand what people type and say at their place what they cannot take."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCalendarWidget, QComboBox, QLabel

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.views.widgets.banner import Banner
from app.views.widgets.chips import FilterChip, StatusChip
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.fields import AmountField, DateField, Field, QuantityField, place_of
from app.views.widgets.form import Form
from app.views.widgets.progress_line import ProgressLine
from app.views.widgets.record_field import Choice, RecordField
from app.views.widgets.stage_bar import Stage, StageBar

TODAY = date(2026, 11, 23)


def typed(qtbot, field, text: str):
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    field.editingFinished.emit()
    return field


def test_an_amount_takes_a_sum_and_refuses_half_a_cent(qtbot, theme):
    field = AmountField("Price", Decimal("18.4"))
    heard = []
    field.changed.connect(heard.append)
    assert field.text() == "18.40"
    typed(qtbot, field, "3*12.5")
    assert (field.value(), field.text()) == (Decimal("37.5"), "37.50")
    typed(qtbot, field, "1.005")
    assert field.value() is None
    assert field.toolTip() == "This currency has 2 decimals."
    typed(qtbot, field, "abc")
    assert "not a number" in field.accessibleDescription()
    typed(qtbot, field, "12")
    assert (field.toolTip(), heard) == ("", [Decimal("37.5"), Decimal(12)])


def test_a_quantity_steps_with_the_arrows_and_stays_above_its_minimum(qtbot, theme):
    field = QuantityField("Quantity", Decimal(2), minimum=Decimal(1))
    qtbot.addWidget(field)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 3
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value() is None
    assert field.toolTip() == "The quantity must be at least 1."


@pytest.mark.parametrize(
    ("text", "expected"), [("+5", "Sat 28 Nov 2026"), ("fri", "Fri 27 Nov 2026"), ("3", "Thu 3 Dec 2026")]
)
def test_a_date_is_typed_in_short_and_shown_in_full(qtbot, theme, text, expected):
    field = typed(qtbot, DateField("Promised", lambda: TODAY), text)
    assert field.text() == expected
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() is not None
    assert field.text() != expected


def test_a_date_can_be_picked_in_the_calendar(qtbot, theme):
    field = DateField("Promised", lambda: TODAY)
    qtbot.addWidget(field)
    field.show()
    heard = []
    field.changed.connect(heard.append)
    menu = field.open_calendar()
    menu.findChild(QCalendarWidget).clicked.emit(QDate(2026, 12, 24))
    assert heard == [date(2026, 12, 24)]
    menu.close()


def test_a_record_is_found_while_typing_and_enter_takes_the_first(qtbot, theme, context):
    choices = [
        Choice(new_id(), "Brass ball valve", "40 in stock", "VAL-1"),
        Choice(new_id(), "Brass ring", "", "RNG-1"),
    ]
    asked = []

    def find(_connection, text):
        asked.append(text)
        return [choice for choice in choices if text.lower() in choice.title.lower()]

    field = RecordField("Product", context.tasks, find)
    qtbot.addWidget(field)
    field.show()
    heard, unknown = [], []
    field.chosen.connect(heard.append)
    field.submitted.connect(unknown.append)
    field.setFocus()
    QTest.keyClicks(field, "brass")
    QTest.keyClick(field, Qt.Key.Key_Return)  # at once, before the answer is there
    qtbot.waitUntil(lambda: heard == [choices[0]])
    assert (field.text(), field.choice()) == ("Brass ball valve", choices[0])
    field.selectAll()
    QTest.keyClicks(field, "4006381333931")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: unknown == ["4006381333931"])
    assert asked == ["brass", "4006381333931"]


def test_a_record_is_found_in_a_box_by_its_id_as_it_was_read_anew(qtbot):
    box, known = QComboBox(), new_id()
    qtbot.addWidget(box)
    for key in (None, new_id(), known):
        box.addItem("", key)
    assert (place_of(box, UUID(str(known))), place_of(box, None), place_of(box, new_id())) == (2, 0, -1)


def test_a_refusal_stands_at_its_field_and_others_on_top(qtbot, theme):
    form = Form()
    qtbot.addWidget(form)
    form.add("name", "Name", Field("Name"))
    form.add("vat_number", "VAT number", Field("VAT number"), "As on the invoice")
    form.show()
    form.show_error(Invalid("vat_number", "NL123 is no VAT number. It has 12 places."))
    entry = form._entries["vat_number"]
    assert entry.note.text() == "NL123 is no VAT number. It has 12 places."
    assert form.field("vat_number").property("error") is True
    form.show_error(NotAllowed("The customer is closed."))
    assert entry.note.text() == "As on the invoice"
    assert form.banner.isVisible()
    form.clear_errors()
    assert not form.banner.isVisible()


def test_state_and_stages_are_said_in_words(qtbot, theme):
    chip = StatusChip("part", "66 %")
    bar = StageBar([Stage("Order", "16 Nov", 100), Stage("Picking", "87 %", 87, current=True)])
    for widget in (chip, bar):
        qtbot.addWidget(widget)
    assert chip.accessibleName() == "Part shipped 66 %"
    assert bar.accessibleName() == "Stages: Order 100 % 16 Nov; Picking 87 % 87 %, now"


def test_facts_and_totals_change_their_values_without_being_made_again(qtbot, theme):
    facts, totals = Facts(), TotalsBlock()
    for widget in (facts, totals):
        qtbot.addWidget(widget)
    facts.set_facts([Fact("Terms", "Net 30"), Fact("PO number", "4500", code=True)])
    totals.set_rows([TotalRow("Subtotal", "5.00"), TotalRow("Total", "6.05", strong=True)])
    labels = [*facts.findChildren(QLabel), *totals.findChildren(QLabel)]
    facts.set_facts([Fact("Terms", ""), Fact("PO number", "4501", code=True)])
    totals.set_rows([TotalRow("Subtotal", "7.00"), TotalRow("Total", "8.47", strong=True)])
    assert [*facts.findChildren(QLabel), *totals.findChildren(QLabel)] == labels
    assert sorted(label.text() for label in labels) == sorted(
        ["Terms", "–", "PO number", "4501", "Subtotal", "7.00", "Total", "8.47"]
    )
    facts.set_facts([Fact("Carrier", "DHL")])
    assert [label.text() for label in facts.findChildren(QLabel) if label.isVisibleTo(facts)] == ["Carrier", "DHL"]


def test_a_filter_chip_is_taken_away_by_key_or_cross(qtbot, theme):
    chip = FilterChip("Status", "any open")
    qtbot.addWidget(chip)
    chip.show()
    with qtbot.waitSignal(chip.removed):
        QTest.keyClick(chip, Qt.Key.Key_Delete)
    with qtbot.waitSignal(chip.removed):
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.rect().center() + (chip.rect().center() * 0.8))
    with qtbot.waitSignal(chip.clicked):
        QTest.keyClick(chip, Qt.Key.Key_Return)


def test_a_banner_without_words_is_not_there(qtbot, theme):
    banner = Banner()
    qtbot.addWidget(banner)
    assert not banner.isVisibleTo(banner.parentWidget())
    banner.set_text("Line 3 arrives late.", "Ship it later?")
    assert banner.accessibleName() == "Line 3 arrives late. Ship it later?"


def test_short_work_shows_nothing_and_long_work_can_be_cancelled(qtbot, theme, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("app.views.widgets.progress_line.monotonic", lambda: now[0])
    line = ProgressLine()
    qtbot.addWidget(line)
    line.start("Importing")
    line.step(1, 100)
    line.end()
    assert not line.isVisible()
    line.start("Importing")
    qtbot.waitUntil(line.isVisible)
    now[0] = 30.0
    line.step(25, 100)
    assert line._left.text() == "about 2 min left"
    with qtbot.waitSignal(line.cancelled):
        line._cancel.click()
    line.end()
