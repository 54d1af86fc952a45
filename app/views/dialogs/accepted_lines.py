"""The lines of a quote in the Accept dialog: ticked is ordered; the total follows."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.offer import Choice
from app.services.acceptances import Offer
from app.views import cells
from app.views import format as written
from app.views.cells import CHECK, Cell, Column
from app.views.format import tr
from app.views.rows_table import TickedRows
from app.views.theme import Type
from app.views.tokens import Size, Space, Tone
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView

ROWS_SHOWN: Final = 3
ROW: Final = 48


class AcceptedLines(QWidget):
    """Space ticks a line; an alternative that is ticked takes the place of its line.  ``changed`` tells of it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.offer: Offer | None = None
        self._before: set[UUID] = set()
        self.rows: TickedRows[Any] = TickedRows(
            (
                Column[Any](CHECK, "", lambda _one: Cell(), 40),
                Column[Any]("item", tr("Item"), self._item, 240, stretch=True),
                Column[Any](
                    "quantity", tr("Qty"), lambda one: cells.text(written.quantity(one.quantity)), 80, right=True
                ),
                Column[Any]("net", tr("Net"), lambda one: cells.amount(one.net), 110, right=True),
            ),
            lambda one: one.id,
        )
        self.view = ListView(self.rows, "accepted_lines", two_lines=True)
        self.view.setAccessibleName(tr("Lines that are ordered"))
        self.stays, self.total = Label("", Type.META, Tone.SOFT), Label("", Type.CARD)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self.view)
        layout.addWidget(Row(self.stays, None, self.total))
        self.rows.ticks_changed.connect(self._ticked)

    def show_offer(self, offer: Offer) -> None:
        """Show what can be ordered, with everything ticked that is ordered unless somebody says otherwise."""
        self.rows.set_rows(offer.choices)
        self.view.setFixedHeight(Size.TABLE_HEADER + ROW * min(ROWS_SHOWN, max(1, len(offer.choices))) + 2)
        self.offer, self._before = offer, set(offer.usual)
        self.rows.tick(offer.usual)
        if offer.choices:
            self.view.pick(0)

    def ticked(self) -> set[UUID]:
        """The goods and fees that are ordered."""
        return {one.id for one in self.rows.ticked()}

    def left(self) -> int:
        """How many lines stay offered."""
        return self.offer.left(self.ticked()) if self.offer is not None else 0

    def _ticked(self) -> None:
        if self.offer is None:
            return
        now = self.ticked()
        out: set[UUID] = set()
        for line_id in (one.id for one in self.offer.choices if one.id in now - self._before):
            if line_id not in out:
                out |= self.offer.exclude(line_id)
        self._before = now - out
        if out & now:
            self.rows.tick(self._before)  # tells again, and then nothing is excluded
            return
        total = self.offer.total(now)
        rules = self.offer.rules
        self.total.setText(tr("Order total {}").format(written.money(total, rules.currency, rules.decimals)))
        left = self.left()
        self.stays.setText(
            tr("Lines that stay offered: {}").format(left) if left else tr("Nothing else stays offered.")
        )
        self.changed.emit()

    def _item(self, one: Any) -> Cell:
        return Cell(one.name, second=self._how(one))

    def _how(self, one: Any) -> str:
        if one.choice == Choice.OPTIONAL:
            return tr("optional")
        if one.choice == Choice.ALTERNATIVE and self.offer is not None:
            base = self.offer.place_of.get(one.id)
            name = next((line.name for line in self.offer.lines if line.id == base), "")
            return tr("instead of {}").format(name)
        return tr("line {}").format(one.position)
