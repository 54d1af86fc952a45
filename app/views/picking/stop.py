"""The stop a picker is at: bin first, then the item, how many, for whom, and what comes next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.models.stock import Tracking
from app.services.pick_round import PickRound
from app.services.pick_sheets import Stop
from app.views import format as written
from app.views.format import tr
from app.views.picking import words
from app.views.picking.parts import Ring, StopCard, large_code
from app.views.theme import Type, font
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.fields import Field
from app.views.widgets.labels import IconLabel, Label

TILE: Final = 148
LONGEST_LARGE: Final = 11
"""A bin code of more characters would not fit beside the ring in the largest type."""
NEXT_SHOWN: Final = 3
SIDE: Final = 416
SHORTEST_CODE: Final = 8
"""So many digits in a row are a barcode typed by hand, no quantity (the shortest GTIN has eight)."""


class StopPage(QWidget):
    """Shows one stop.  ``typed`` tells a text typed and its grains (None: it is no quantity), ``pressed`` grains."""

    typed = Signal(str, object)
    pressed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._stop: Stop | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(40, Space.HUGE, 40, Space.PAGE)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(48)
        row.addLayout(self._what(), 1)
        row.addLayout(self._how_many())
        outer.addLayout(row, 1)
        outer.addSpacing(Space.MEDIUM)
        self.next_title = Label(self.tr("Next stops"), Type.TOUCH, Tone.SOFT)
        outer.addWidget(self.next_title)
        outer.addSpacing(Space.TINY)
        self.next = [StopCard() for _ in range(NEXT_SHOWN)]
        cards = QHBoxLayout()
        cards.setSpacing(Space.MEDIUM)
        for card in self.next:
            policy = card.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            card.setSizePolicy(policy)
            cards.addWidget(card, 1)
        outer.addLayout(cards)

    def start(self) -> None:
        """Put the keyboard where a quantity is typed."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_stop(self, walk: PickRound, today: date) -> None:
        """Show where the picker is, and what comes next."""
        stop = walk.current
        assert stop is not None, "a stop is shown while there is one"
        self._stop = stop
        self.bin.setText(stop.bin or self.tr("No bin"))
        self.bin.setFont(large_code(Type.BIN if len(stop.bin) <= LONGEST_LARGE else Type.SKU))
        self.sku.setText(stop.sku)
        self.name.setText(stop.name)
        codes = f"EAN {stop.barcode}" if stop.barcode else self.tr("scan the SKU")
        self.codes.setText(" · ".join(part for part in (codes, stop.description) if part))
        self.lot.setText(_lot_words(stop, today))
        self.lot.setVisible(bool(self.lot.text()))
        sheet, place = walk.sheet, stop.place
        self.order.setText(" · ".join(filter(None, (place.tote, place.order_number))) if place else sheet.order_number)
        due = self.tr("due {}").format(written.day(sheet.promised_on, today)) if sheet.promised_on else ""
        late = sheet.promised_on is not None and sheet.promised_on < today
        self.customer.setText(place.customer_name if place else sheet.customer_name)
        self.due.setText(written.days_late(sheet.promised_on, today) if late and sheet.promised_on else due)
        self.due.set_tone(Tone.BAD if late else Tone.WARN if sheet.promised_on == today else Tone.SOFT)
        self._show_count(walk, stop)
        self._show_next(walk)

    def _what(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addSpacing(Space.SMALL)
        column.addWidget(Label(self.tr("Bin"), Type.TOUCH, Tone.SOFT))
        self.bin = Label("", Type.BIN, code=True)
        self.bin.setContentsMargins(0, -6, 0, 0)
        column.addWidget(self.bin)
        column.addSpacing(Space.HUGE)
        item = QHBoxLayout()
        item.setSpacing(Space.HUGE)
        tile = QFrame()
        tile.setObjectName("card")
        tile.setFixedSize(TILE, TILE)
        inside = QVBoxLayout(tile)
        inside.addWidget(IconLabel("package", Tone.FAINT, 72), alignment=Qt.AlignmentFlag.AlignCenter)
        item.addWidget(tile)
        names = QVBoxLayout()
        names.setSpacing(0)
        self.sku = Label("", Type.SKU)
        self.sku.setFont(large_code(Type.SKU))
        self.name, self.codes = Label("", Type.BAND, Tone.SOFT, wrap=True), Label("", Type.TOUCH, Tone.FAINT, code=True)
        self.lot = Label("", Type.BAND, code=True)
        for label in (self.sku, self.name, self.lot, self.codes):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            names.addWidget(label)
        names.addStretch(1)
        item.addLayout(names, 1)
        column.addLayout(item)
        column.addSpacing(Space.HUGE)
        column.addWidget(self._for_whom())
        column.addStretch(1)
        return column

    def _for_whom(self) -> QWidget:
        card = QFrame()
        card.setObjectName("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        row.setSpacing(Space.LARGE)
        row.addWidget(IconLabel("shopping-basket", Tone.ACCENT, 28))
        self.order = Label("", Type.BAND)
        self.order.setFont(large_code(Type.BAND))
        self.customer, self.due = Label("", Type.TOUCH_STRONG), Label("", Type.TOUCH, Tone.SOFT)
        row.addWidget(self.order)
        row.addSpacing(Space.LARGE)
        words_ = QVBoxLayout()
        words_.setSpacing(0)
        words_.addWidget(self.customer)
        words_.addWidget(self.due)
        row.addLayout(words_, 1)
        return card

    def _how_many(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(Space.LARGE)
        self.ring = Ring()
        column.addWidget(self.ring, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(Space.SMALL)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.MEDIUM)
        self._steps = []
        for text, by in ((f"{written.MINUS}1", -1), ("+1", 1), ("+10", 10)):
            button = Button(text, touch=True)
            button.clicked.connect(partial(self._press, by))
            buttons.addWidget(button, 1)
            self._steps.append((button, by))
        self.all = Button("", kind=Kind.PRIMARY, touch=True)
        self.all.setToolTip(self.tr("Take all that is left (Ctrl+Enter)"))
        buttons.addWidget(self.all, 1)
        column.addLayout(buttons)
        self.field = Field(self.tr("Quantity"))
        self.field.setFont(font(Type.TOUCH))
        self.field.setPlaceholderText(self.tr("or type a quantity and press Enter"))
        self.field.setFixedWidth(SIDE)
        self.field.setObjectName("touchfield")
        self.field.returnPressed.connect(self._take_typed)
        column.addWidget(self.field)
        column.addStretch(1)
        return column

    def _show_count(self, walk: PickRound, stop: Stop) -> None:
        left, taken = walk.left(stop), walk.taken(stop)
        of = words.quantity(stop.wanted, stop)
        caption = self.tr("{} · {} of {}").format(stop.unit or self.tr("to pick"), words.quantity(taken, stop), of)
        self.ring.show_count(words.quantity(left, stop), caption, taken, stop.wanted)
        self.all.set_text(self.tr("All {}").format(words.quantity(left, stop)))
        one = self._grains(Decimal(1))
        for button, by in self._steps:
            possible = -by * one <= taken if by < 0 else by * one <= left
            button.setEnabled(possible and not walk.blocked and one > 0)
        self.all.setEnabled(not walk.blocked)

    def _show_next(self, walk: PickRound) -> None:
        coming = walk.upcoming()
        rest = len(coming) - NEXT_SHOWN
        title = self.tr("Next stops") if coming else self.tr("This is the last stop")
        self.next_title.setText(self.tr("{}, {} more after these").format(title, rest) if rest > 0 else title)
        for number, card in enumerate(self.next):
            card.setVisible(number < len(coming))
            if number < len(coming):
                stop = coming[number]
                count = f"×{words.quantity(walk.left(stop), stop)}"
                note = stop.place.tote if stop.place and stop.place.tote else stop.unit
                card.show_stop(stop.bin or self.tr("No bin"), count, stop.sku, note)

    def _press(self, by: int) -> None:
        self.pressed.emit(by * self._grains(Decimal(1)))
        self.start()

    def _take_typed(self) -> None:
        text = self.field.text().strip()
        self.field.clear()
        if not text:
            return
        value = None if text.isdecimal() and len(text) >= SHORTEST_CODE else written.number(text)
        grains = self._grains(value) if value is not None else 0
        if value is not None and value and not grains:
            self.field.setPlaceholderText(
                self.tr("{} is finer than the stock is counted").format(written.quantity(value))
            )
            return
        self.typed.emit(text, grains if value is not None else None)

    def _grains(self, quantity: Decimal) -> int:
        """Turn a quantity of the stop's unit into grains; 0 where that is no whole number of them."""
        if self._stop is None:
            return 0
        top, bottom = quantity.as_integer_ratio()
        whole = self._stop.grains_per_unit * top / bottom
        return whole.numerator if whole.denominator == 1 else 0


def _lot_words(stop: Stop, today: date) -> str:
    """Say which lot or serial number is asked for, and its last day."""
    place = stop.place
    if place is None or not place.lot:
        return ""
    said = (tr("Serial {}") if place.tracking == Tracking.SERIAL else tr("Lot {}")).format(place.lot)
    if place.expires_on is None:
        return said
    return tr("{}, last day {}").format(said, written.day(place.expires_on, today))
