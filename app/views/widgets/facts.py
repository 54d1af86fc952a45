"""Facts and totals of a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayoutItem, QWidget

from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.labels import Label


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value; ``widget`` stands in place of the value, e.g. a link."""

    label: str
    value: str = ""
    widget: QWidget | None = None
    code: bool = False


class Facts(QWidget):
    """Labels above their values, in one or more columns."""

    def __init__(self, columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._shape: tuple[tuple[str, bool], ...] = ()
        self._values: list[Label] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.LARGE)
        self._grid.setVerticalSpacing(1)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts; where they have the same labels, only the values change."""
        shape = tuple((fact.label, fact.code) for fact in facts)
        if shape == self._shape and not any(fact.widget for fact in facts):
            for label, fact in zip(self._values, facts, strict=True):
                label.setText(fact.value or "–")
            return
        self._shape = () if any(fact.widget for fact in facts) else shape
        self._values = []
        _clear(self._grid)
        for number, fact in enumerate(facts):
            row, column = divmod(number, self._columns)
            label = Label(fact.label, Type.META, Tone.FAINT)
            value = fact.widget or Label(fact.value or "–", Type.BODY, code=fact.code, wrap=True)
            value.setAccessibleDescription(fact.label)
            if isinstance(value, Label):
                value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._values.append(value)
            self._grid.addWidget(label, 3 * row, column)
            self._grid.addWidget(value, 3 * row + 1, column, Qt.AlignmentFlag.AlignTop)
            self._grid.setRowMinimumHeight(3 * row + 2, Space.MEDIUM - 1 if fact is not facts[-1] else 0)
            self._grid.setColumnStretch(column, 1)


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One line of a sum; ``strong`` for totals, ``faint`` for what only informs."""

    label: str
    value: str
    strong: bool = False


class TotalsBlock(QWidget):
    """Subtotal, discounts, taxes, total, balance: labels at the start, figures at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(7)
        self._shape: tuple[bool, ...] | None = None
        self._pairs: list[tuple[Label, Label]] = []
        self._grid.setColumnStretch(0, 1)

    def set_rows(self, rows: Sequence[TotalRow]) -> None:
        """Show other totals; where they are of the same kind, only the words change."""
        shape = tuple(row.strong for row in rows)
        if shape == self._shape:
            for (label, value), row in zip(self._pairs, rows, strict=True):
                label.setText(row.label)
                value.setText(row.value)
                value.setAccessibleName(f"{row.label}: {row.value}")
            return
        self._shape, self._pairs = shape, []
        _clear(self._grid)
        for number, row in enumerate(rows):
            kind, tone = (Type.CARD, Tone.TEXT) if row.strong else (Type.BODY, Tone.SOFT)
            value = Label(row.value, Type.CARD if row.strong else Type.BODY, Tone.TEXT)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setAccessibleName(f"{row.label}: {row.value}")
            label = Label(row.label, kind, tone)
            self._grid.addWidget(label, number, 0)
            self._grid.addWidget(value, number, 1)
            self._pairs.append((label, value))


def _clear(grid: QGridLayout) -> None:
    while (item := grid.takeAt(0)) is not None:
        taken: QLayoutItem = item
        widget = taken.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
