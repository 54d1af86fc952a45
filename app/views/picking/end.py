"""The end of a round: what was taken and what is short, then the list that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.services.pick_round import PickRound
from app.services.pick_sheets import PickSheet, Stop
from app.services.short_picks import Offer
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.format import tr
from app.views.picking import words
from app.views.tables import RowsTable
from app.views.theme import Type, font
from app.views.tokens import Density, Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

BACKORDER: Final = "backorder"
CANCEL: Final = "cancel"
SUBSTITUTE: Final = "substitute"


class EndPage(QWidget):
    """Shows the whole list with what was taken, and the button that completes it."""

    finish_wanted = Signal()
    next_wanted = Signal()
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._taken: dict[UUID, int] = {}
        self._finished = False
        column = QVBoxLayout(self)
        column.setContentsMargins(40, Space.HUGE, 40, Space.PAGE)
        column.setSpacing(Space.MEDIUM)
        self.title, self.about = Label("", Type.SKU), Label("", Type.TOUCH, Tone.SOFT, wrap=True)
        column.addWidget(self.title)
        column.addWidget(self.about)
        self.rows: RowsTable[Stop] = RowsTable(
            (
                Column[Stop]("bin", self.tr("Bin"), lambda stop: cells.code(stop.bin), 150),
                Column[Stop](
                    "item", self.tr("Item"), lambda stop: cells.two_lines(stop.name, stop.sku), 300, stretch=True
                ),
                Column[Stop]("picked", self.tr("Picked"), self._picked, 240, right=True),
            )
        )
        self.table = ListView(self.rows, "picked_lines", density=Density.TOUCH, two_lines=True)
        self.table.setAccessibleName(self.tr("What was picked"))
        column.addWidget(self.table, 1)
        self.rest = QComboBox()
        self.rest.setFont(font(Type.TOUCH))
        self.rest.setAccessibleName(self.tr("What was not found"))
        self._offers: tuple[Offer, ...] = ()
        column.addWidget(self.rest)
        self.go = Button("", "check", Kind.PRIMARY, touch=True)
        self.back = Button(self.tr("Undo the last step"), "undo-2", touch=True)
        self.go.clicked.connect(self._go)
        self.back.clicked.connect(self.back_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.MEDIUM)
        buttons.addWidget(self.go)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def start(self) -> None:
        """Put the keyboard on the button that goes on."""
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel_rest(self) -> bool:
        """Tell whether all that was not found is to be taken off the order."""
        return self.rest.isVisibleTo(self) and self.rest.currentData() == CANCEL

    def instead(self) -> tuple[Offer, ...]:
        """The substitutes that are to be sent for what was not found."""
        return self._offers if self.rest.isVisibleTo(self) and self.rest.currentData() == SUBSTITUTE else ()

    def offer_instead(self, offers: Sequence[Offer]) -> None:
        """Offer to send substitutes; what has none comes back on a new list."""
        self._offers = tuple(offers)
        place = self.rest.findData(SUBSTITUTE)
        if place >= 0:
            self.rest.removeItem(place)
        if offers:
            words = ", ".join(one.words() for one in offers)
            self.rest.addItem(self.tr("What was not found: replace {}").format(words), SUBSTITUTE)

    def show_round(self, walk: PickRound) -> None:
        """Every stop is settled: show what completing the list will book."""
        self._finished, self._taken = False, walk.result()
        missing = [stop for stop in walk.sheet.stops if walk.left(stop)]
        self.title.setText(_short(len(missing)) if missing else self.tr("All picked"))
        text = self.tr("What was not found stays promised and comes back on a new list.") if missing else ""
        self.about.setText(text or self.tr("Complete the list; its goods then wait to be packed."))
        self.rest.setVisible(bool(missing))
        self.rest.clear()
        self._offers = ()
        self.rest.addItem(self.tr("What was not found: comes back on a new list"), BACKORDER)
        self.rest.addItem(self.tr("What was not found: take it off the order"), CANCEL)
        ordered = sorted(walk.sheet.stops, key=lambda stop: not walk.left(stop))
        self.rows.set_rows(ordered)
        self.go.set_text(self.tr("Complete {}").format(walk.sheet.number))
        self.go.setVisible(any(self._taken.values()))
        self.go.setEnabled(True)
        self.back.show()

    def show_closed(self, sheet: PickSheet) -> None:
        """The list is completed or called off."""
        self._finished, self._taken = True, {stop.id: stop.picked for stop in sheet.stops}
        self.title.setText(self.tr("{} is done").format(sheet.number) if sheet.picked_at else sheet.number)
        self.about.setText(self.tr("Picked by {}").format(sheet.picked_by) if sheet.picked_by else "")
        self.rest.hide()
        self.back.hide()
        self.rows.set_rows(sheet.stops)
        self.go.hide()

    def offer_next(self, found: tuple[UUID, str, str, int] | None) -> None:
        """Offer the list that is due next."""
        self.go.setVisible(found is not None)
        if found is not None:
            self.go.set_text(_next_words(*found[1:]))
            self.go.setEnabled(True)
            self.start()

    def set_busy(self, *, busy: bool) -> None:
        """While the list is being completed it cannot be completed twice."""
        self.go.setEnabled(not busy)

    def _go(self) -> None:
        (self.next_wanted if self._finished else self.finish_wanted).emit()

    def _picked(self, stop: Stop) -> Cell:
        taken = self._taken.get(stop.id, 0)
        text = f"{words.quantity(taken, stop)} / {written.measured(stop.shown(stop.wanted), stop.unit)}"
        return cells.text(text, tone=Tone.OK if taken >= stop.wanted else Tone.BAD, strong=True)


def _short(count: int) -> str:
    return tr("1 line short") if count == 1 else tr("{} lines short").format(count)


def _next_words(number: str, customer: str, lines: int) -> str:
    words = tr("Pick {} for {}, 1 line") if lines == 1 else tr("Pick {} for {}, {} lines")
    return words.format(number, customer, lines)
