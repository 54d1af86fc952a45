"""Scans are told from typing by speed, whatever has the focus; none is lost, none reaches a shortcut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton, QVBoxLayout, QWidget

from app.views.scanner import ScannerInput, ScannerSettings


class Desk(QMainWindow):
    """A window with a field, a button, and shortcuts that a scan must not trigger."""

    def __init__(self):
        super().__init__()
        self.field, self.button, self.fired = QLineEdit(), QPushButton("OK"), []
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.addWidget(self.field)
        layout.addWidget(self.button)
        self.setCentralWidget(middle)
        for key in ("S", "Ctrl+B"):
            action = QAction(self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(self._fire)
            self.addAction(action)
        self.clock = 1_000

    def _fire(self):
        self.fired.append(1)

    def press(self, text: str, gap_ms: int, key: int = 0, modifiers=Qt.KeyboardModifier.NoModifier):
        """One key to whatever has the focus, as the system sends it, ``gap_ms`` after the last."""
        self.clock += gap_ms
        target = self.focusWidget() or self
        code = key or (ord(text.upper()) if text.isascii() else 0)
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, modifiers, text)
            event.setTimestamp(self.clock)
            QCoreApplication.sendEvent(target, event)

    def scan(self, code: str, gap_ms: int = 8):
        self.clock += 1_000
        for character in code:
            self.press(character, gap_ms)
        self.press("\r", gap_ms, Qt.Key.Key_Return)


@pytest.fixture
def desk(qtbot, qapp):
    made = Desk()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    made.field.setFocus()
    return made


@pytest.fixture
def scanner(qapp):
    made = ScannerInput(parent=qapp)
    made.codes = []
    made.scanned.connect(made.codes.append)
    yield made
    qapp.removeEventFilter(made)
    made.deleteLater()


def test_two_hundred_scans_are_two_hundred_whatever_has_the_focus(desk, scanner):
    for number in range(200):
        (desk.field, desk.button)[number % 2].setFocus()
        desk.scan(f"SKU-{number:05}", gap_ms=(5, 20, 30)[number % 3])
    assert scanner.codes == [f"SKU-{number:05}" for number in range(200)]
    assert desk.field.text() == ""
    assert desk.fired == []


def test_a_scan_triggers_no_shortcut_even_through_qt(desk, scanner, qtbot):
    desk.button.setFocus()
    QTest.keyClicks(desk.button, "SSSS-1")
    QTest.keyClick(desk.button, Qt.Key.Key_Return)
    assert scanner.codes == ["SSSS-1"]
    assert desk.fired == []


def test_a_person_types_undisturbed(desk, scanner, qtbot):
    for character in "harbor":
        desk.press(character, 90)
    qtbot.waitUntil(lambda: desk.field.text() == "harbor")
    desk.press("\r", 90, Qt.Key.Key_Return)
    assert scanner.codes == []


def test_two_keys_that_happen_to_be_quick_are_no_scan(desk, scanner, qtbot):
    desk.press("a", 300)
    desk.press("b", 20)
    desk.press("c", 150)
    desk.press("\r", 20, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.field.text() == "abc")
    assert scanner.codes == []


def test_a_scan_in_the_middle_of_typing_does_not_eat_what_was_typed(desk, scanner, qtbot):
    desk.press("x", 200)
    desk.press("y", 200)
    desk.scan("4006381333931")
    desk.press("z", 400)
    qtbot.waitUntil(lambda: desk.field.text() == "xyz")
    assert scanner.codes == ["4006381333931"]


def test_a_busy_window_does_not_cut_a_scan(desk, scanner, qtbot):
    """Keys carry the time they were pressed, so a pause of the window between them does not matter."""
    desk.clock += 1_000
    for place, character in enumerate("PALLET-7"):
        desk.press(character, 8)
        if place == 4:
            qtbot.wait(120)
    desk.press("\r", 8, Qt.Key.Key_Return)
    assert scanner.codes == ["PALLET-7"]


def test_a_group_separator_inside_a_code_belongs_to_it(desk, scanner):
    desk.clock += 1_000
    for character in "0104006381333931":
        desk.press(character, 5)
    desk.press("\x1d", 5, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
    for character in "10LOT7":
        desk.press(character, 5)
    desk.press("\r", 5, Qt.Key.Key_Return)
    assert scanner.codes == ["0104006381333931\x1d10LOT7"]


def test_with_a_prefix_slow_scanners_are_heard_and_short_codes_are_typing(qapp, desk, qtbot):
    slow = ScannerInput(ScannerSettings(prefix="~"), qapp)
    codes = []
    slow.scanned.connect(codes.append)
    desk.scan("~SKU-9", gap_ms=120)
    assert codes == ["SKU-9"]
    desk.press("h", 200)
    desk.press("i", 200)
    qtbot.waitUntil(lambda: desk.field.text() == "hi")
    qapp.removeEventFilter(slow)


def test_it_can_be_switched_off(desk, scanner):
    scanner.enabled = False
    QTest.keyClicks(desk.field, "typed by a robot")
    QTest.keyClick(desk.field, Qt.Key.Key_Return)
    assert desk.field.text() == "typed by a robot"
    assert scanner.codes == []
