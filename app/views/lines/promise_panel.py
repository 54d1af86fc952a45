"""What can be promised for the line with the keyboard: day, reason, other ways, and what could be sold instead."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.product import shown
from app.models.rounding import round_decimals
from app.services.backorders import Substitute
from app.services.drafting import TypedLine
from app.services.line_promises import Alternative, LineOutlook
from app.views import format as written
from app.views.lines import ready
from app.views.lines.live import LivePromise
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.way_names import WAY_NAMES
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.labels import Label, Row

MOST_SUBSTITUTES: Final = 3


class PromisePanel(QWidget):
    """Shows one line's promise; ``substitute_wanted`` tells the product to sell in its place."""

    substitute_wanted = Signal(object)  # UUID

    def __init__(self, live: LivePromise) -> None:
        super().__init__()
        self._live = live
        self._line: TypedLine | None = None
        self._substitutes: tuple[Substitute, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TINY)
        self.title = Label("", Type.BODY_BOLD)
        self.free = Label("", Type.META, Tone.FAINT)
        layout.addWidget(Row(self.title, self.free, None, gap=Space.MEDIUM))
        self.reason = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.reason)
        self.others = Label("", Type.META, Tone.FAINT, wrap=True)
        layout.addWidget(self.others)
        self._buttons = [Button("", "arrow-up-down", Kind.QUIET, small=True) for _ in range(MOST_SUBSTITUTES)]
        for number, button in enumerate(self._buttons):
            button.setProperty("number", number)
            button.clicked.connect(self._clicked)
            layout.addWidget(Row(button, None))
        self.setAccessibleName(self.tr("Promise"))
        self.show_line(None, None)

    def show_line(self, line: TypedLine | None, today: date | None) -> None:
        """Show what is known of a line; None: of no line."""
        self._line = line
        outlook = self._live.outlook(line.id) if line else None
        choices = self._live.choices if line and self._live.choices and self._live.choices.line_id == line.id else None
        self._substitutes = choices.substitutes[:MOST_SUBSTITUTES] if choices else ()
        if line is None or line.product is None or outlook is None or today is None:
            self._show(self._live.trouble and self.tr("No promise"), "", self._live.trouble, "")
        else:
            words, tone = ready.day(outlook, today)
            self.title.set_tone(tone if tone is not Tone.SOFT else Tone.TEXT)
            title = self.tr("{}: ready {}").format(line.product.sku, words)
            others = [_other(one, today) for one in choices.alternatives] if choices and not outlook.now else []
            joined = self.tr("Other ways: {}").format(" · ".join(others)) if len(others) > 1 else ""
            self._show(title, _stock(outlook, line), outlook.reason, joined)
        self._show_substitutes()

    def take(self, number: int) -> bool:
        """Sell the substitute at a place of the list; tell whether there is one."""
        if not 0 <= number < len(self._substitutes):
            return False
        found: UUID = self._substitutes[number].product_id
        self.substitute_wanted.emit(found)
        return True

    def _show(self, title: str, stock: str, reason: str, others: str) -> None:
        self.title.setText(title)
        self.free.setText(stock)
        self.reason.setText(reason)
        self.others.setText(others)
        self.others.setVisible(bool(others))
        self.setAccessibleDescription(" ".join(part for part in (title, reason, stock, others) if part))

    def _show_substitutes(self) -> None:
        for number, button in enumerate(self._buttons):
            there = number < len(self._substitutes)
            button.setVisible(there)
            if there and self._line is not None and self._line.product is not None:
                one = self._substitutes[number]
                free = shown(self._line.product.quantity(one.available))
                button.set_text(self.tr("Instead (Alt+{}): {} {}, {} free").format(number + 1, one.sku, one.name, free))
                button.setToolTip(self.tr("Sell {} in its place").format(one.sku))

    def _clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.take(int(sender.property("number")))


def _stock(outlook: LineOutlook, line: TypedLine) -> str:
    """What is free of the product, and what somebody else is about to sell."""
    assert line.product is not None
    free = written.tr("{} free now").format(shown(line.product.quantity(outlook.free)))
    if not outlook.held:
        return free
    held = shown(line.product.quantity(outlook.held))
    return written.tr("{}, {} more in windows of others").format(free, held)


def _other(one: Alternative, today: date) -> str:
    name = written.tr(WAY_NAMES[one.way][0])
    if one.ready_on is None:
        return written.tr("{}: not to be had").format(name)
    cost = f", {written.amount(round_decimals(one.cost, 2))}" if one.cost is not None else ""
    return f"{name} {written.day(one.ready_on, today)}{cost}"
