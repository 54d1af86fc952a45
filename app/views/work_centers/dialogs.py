"""Adding and changing work centers, calendars and single days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from app.errors import Invalid
from app.models.working_days import WEEKDAYS
from app.services import calendars
from app.services.calendars import CalendarRow, CenterRow, NewCenter
from app.services.transaction import Transaction
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.fields import AmountField, DateField, Field, QuantityField, place_of

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class CenterDialog(FormDialog):
    """Adds a work center, or changes one."""

    def __init__(
        self, context: Context, known: CenterRow | None, known_calendars: Sequence[CalendarRow], *, parent: QWidget
    ) -> None:
        title = tr("Change {}").format(known.name) if known else tr("New work center")
        super().__init__(context, title, tr("Save"), parent=parent)
        self._known = known
        self.code = Field(tr("Code"), known.code if known else "", code=True)
        self.name = Field(tr("Name"), known.name if known else "")
        hours = Decimal(known.minutes_a_day) / 60 if known else Decimal(8)
        self.hours = QuantityField(tr("Hours a day"), hours.quantize(Decimal("0.01")).normalize(), decimals=2)
        self.cost = AmountField(tr("Cost of an hour"), known.hour_cost if known else Decimal(0))
        self.calendar = QComboBox()
        self.calendar.addItem(tr("Our own"), None)
        for one in known_calendars:
            self.calendar.addItem(one.name, one.id)
        if known is not None:
            self.code.setEnabled(False)
            self.calendar.setCurrentIndex(max(0, place_of(self.calendar, known.calendar_id)))
        self.form.add("code", tr("Code"), self.code)
        self.form.add("name", tr("Name"), self.name)
        hint = tr("Of all its machines or people together, on a working day.")
        self.form.add("minutes_a_day", tr("Hours a day"), self.hours, hint)
        hint = tr("In our currency; goes into what is made there.")
        self.form.add("hour_cost", tr("Cost of an hour"), self.cost, hint)
        self.form.add("calendar_id", tr("Calendar"), self.calendar)
        (self.name if known else self.code).setFocus()

    def submit(self) -> None:
        """Save it."""
        code, name = self.code.text().strip(), self.name.text().strip()
        hours, calendar_id = self.hours.value(), self.calendar.currentData()
        if not name:
            self.form.show_error(Invalid("name", tr("The work center needs a name.")))
            return
        minutes, cost = int((hours or Decimal(0)) * 60), self.cost.value() or Decimal(0)
        if self._known is None:
            new = NewCenter(code, name, minutes, calendar_id, cost)
            self.run("work_center.add", lambda tx: calendars.add_center(tx, new), tr("The work center is added."))
            return
        center_id = self._known.id
        values = {"name": name, "minutes_a_day": minutes, "calendar_id": calendar_id, "hour_cost": cost}
        before = {key: getattr(self._known, key) for key in values}
        self.run(
            "work_center.change",
            lambda tx: calendars.change_center(tx, center_id, values),
            tr("{} is changed. What is planned stays where it is.").format(name),
            inverse=Inverse("work_center.change", lambda tx, _: calendars.change_center(tx, center_id, before)),
        )


class CalendarDialog(FormDialog):
    """Adds a calendar, or changes its name and week."""

    def __init__(self, context: Context, known: CalendarRow | None, *, parent: QWidget) -> None:
        title = tr("Change {}").format(known.name) if known else tr("New calendar")
        super().__init__(context, title, tr("Save"), parent=parent)
        self._known = known
        self.code = Field(tr("Code"), known.code if known else "", code=True)
        self.name = Field(tr("Name"), known.name if known else "")
        self.code.setEnabled(known is None)
        self.days = [QCheckBox(tr(day)) for day in DAYS]
        week = QWidget()
        row = QHBoxLayout(week)
        row.setContentsMargins(0, 6, 0, 6)
        for box, works in zip(self.days, known.weekdays if known else WEEKDAYS, strict=True):
            box.setChecked(works == "1")
            row.addWidget(box)
        row.addStretch(1)
        week.setAccessibleName(tr("Days of the week with work"))
        self.form.add("code", tr("Code"), self.code)
        self.form.add("name", tr("Name"), self.name)
        self.form.add("weekdays", tr("Work on"), week)
        (self.name if known else self.code).setFocus()

    def submit(self) -> None:
        """Save it."""
        code, name = self.code.text().strip(), self.name.text().strip()
        week = "".join("1" if box.isChecked() else "0" for box in self.days)
        if self._known is None:
            said = tr("The calendar is added.")
            self.run("calendar.add", lambda tx: calendars.add_calendar(tx, code, name, week), said)
            return
        calendar_id = self._known.id
        values: dict[str, Any] = {"name": name or self._known.name, "weekdays": week}
        before: dict[str, Any] = {"name": self._known.name, "weekdays": self._known.weekdays}
        self.run(
            "calendar.change",
            lambda tx: calendars.change_calendar(tx, calendar_id, values),
            tr("{} is changed. What is planned stays where it is.").format(values["name"]),
            inverse=Inverse("calendar.change", lambda tx, _: calendars.change_calendar(tx, calendar_id, before)),
        )


class DayDialog(FormDialog):
    """Makes one day a free one or a working day."""

    def __init__(self, context: Context, known: CalendarRow, *, parent: QWidget) -> None:
        super().__init__(context, tr("Set a day of {}").format(known.name), tr("Save"), parent=parent)
        self._known = known
        self.on = DateField(tr("Day"), context.today)
        self.kind = QComboBox()
        self.kind.addItem(tr("Free: nobody works"), False)
        self.kind.addItem(tr("A working day"), True)
        self.note = Field(tr("Why"))
        self.form.add("on", tr("Day"), self.on)
        self.form.add("working", tr("The day is"), self.kind)
        self.form.add("note", tr("Why"), self.note, tr("E.g. Christmas Day."))
        self.on.setFocus()

    def submit(self) -> None:
        """Save it."""
        on, working, note = self.on.value(), bool(self.kind.currentData()), self.note.text().strip()
        if on is None:
            self.form.show_error(Invalid("on", tr("Type the day, e.g. 25-12.")))
            return
        calendar_id, before = self._known.id, self._known.works_on(on)
        self.run(
            "calendar.set_day",
            lambda tx: _set(tx, calendar_id, on, working=working, note=note),
            tr("The day is set. What is planned stays where it is."),
            inverse=Inverse("calendar.set_day", lambda tx, _: _set(tx, calendar_id, on, working=before, note="")),
        )


def _set(tx: Transaction, calendar_id: UUID, on: date, *, working: bool, note: str) -> None:
    calendars.set_day(tx, calendar_id, on, working=working, note=note)
