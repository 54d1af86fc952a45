"""Letting an order be given again every so many weeks or months; the next days are shown while it is typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.errors import Invalid
from app.models.recurring import LARGEST, Rhythm
from app.services import recurring_orders
from app.services.recurring_orders import Repeat
from app.views import format as written
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, QuantityField
from app.views.widgets.labels import Label

Known = tuple[UUID, Repeat, tuple[date, ...]]
"""A repetition as it stands: its id, how, and its next days."""


class RepeatDialog(FormDialog):
    """Says how an order is given again, or that it is not any more."""

    def __init__(self, context: Context, order_id: UUID, number: str, known: Known | None, *, parent: QWidget) -> None:
        about = tr("On each of its days a draft with the lines of this order is written; a person confirms it.")
        super().__init__(context, tr("Give {} again").format(number), tr("Save"), about=about, parent=parent)
        self._order_id, self._known = order_id, known
        how = known[1] if known else Repeat(1, Rhythm.MONTH, context.today())
        self.every = QuantityField(tr("Every"), Decimal(how.every), decimals=0)
        self.rhythm = QComboBox()
        self.rhythm.addItem(tr("weeks"), str(Rhythm.WEEK))
        self.rhythm.addItem(tr("months"), str(Rhythm.MONTH))
        self.rhythm.setCurrentIndex(self.rhythm.findData(str(how.rhythm)))
        self.first, self.until = DateField(tr("First on"), context.today), DateField(tr("Until"), context.today)
        self.first.set_value(known[2][0] if known and known[2] else how.starts_on)
        self.until.set_value(how.ends_on)
        self.form.add("every", tr("Every"), self.every)
        self.form.add("rhythm", "", self.rhythm)
        self.form.add("starts_on", tr("First on"), self.first, tr("The 31st is the last day of shorter months."))
        self.form.add("ends_on", tr("Until"), self.until, tr("Empty: no end."))
        self.over = QCheckBox(tr("Do not give it again any more"))
        self.form.add("over", "", self.over)
        self.over.setVisible(known is not None)
        self.days = Label("", Type.META, Tone.SOFT, wrap=True)
        self.body.addWidget(self.days)
        for signal in (self.every.changed, self.first.changed, self.until.changed, self.rhythm.currentIndexChanged):
            signal.connect(self._show)
        self._show()

    def submit(self) -> None:
        """Save it."""
        if self._known is not None and self.over.isChecked():
            repeat_id = self._known[0]
            self.run("order.repeat_stop", lambda tx: recurring_orders.stop(tx, repeat_id), tr("It is not given again."))
            return
        how = self._typed()
        if how is None:
            self.form.show_error(Invalid("every", tr("Type a number from 1 to {} and a first day.").format(LARGEST)))
            return
        order_id = self._order_id
        self.run("order.repeat", lambda tx: recurring_orders.repeat(tx, order_id, how), tr("The order is given again."))

    def _typed(self) -> Repeat | None:
        every, first = self.every.value(), self.first.value()
        if every is None or first is None or not 1 <= every <= LARGEST:
            return None
        how = Repeat(int(every), Rhythm(self.rhythm.currentData()), first, self.until.value())
        return replace(how, starts_on=self._known[1].starts_on) if self._known and self._goes_on(how) else how

    def _goes_on(self, how: Repeat) -> bool:
        """Whether the days stay as they are: they are counted from the first one, which may lie behind."""
        if self._known is None:
            return False
        _, before, days = self._known
        return how == replace(before, starts_on=days[0] if days else before.starts_on, ends_on=how.ends_on)

    def _next(self, how: Repeat) -> list[date]:
        if self._known and how.starts_on == self._known[1].starts_on:
            return [day for day in self._known[2] if how.ends_on is None or day <= how.ends_on]
        return how.days(0, 4)

    def _show(self, *_: object) -> None:
        how = self._typed()
        days = self._next(how) if how is not None else []
        text = tr("Next: {}").format(", ".join(written.full_day(day) for day in days))
        self.days.setText(text if days else tr("No order would be written."))
