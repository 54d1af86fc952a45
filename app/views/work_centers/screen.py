"""Work centers on the left, with how full they are; calendars and their days on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy import Connection

from app.services import calendars, companies
from app.services.calendars import CalendarRow, CenterRow, DayRow
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.cards import Card
from app.views.widgets.list_view import ListView
from app.views.work_centers import commands
from app.views.work_centers.dialogs import DAYS, CalendarDialog, CenterDialog, DayDialog

AHEAD: Final = 10
"""So many working days ahead are looked at to say how full a work center is."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the screen shows."""

    centers: list[CenterRow]
    calendars: list[CalendarRow]


class WorkCentersScreen(SetUpScreen[_Found]):
    """Set-up of work centers and calendars."""

    tables = ("company", "work_center", "work_calendar", "calendar_day", "work_step")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "work_centers")
        self._found = _Found([], [])
        self.bind_all(
            (commands.OPEN, partial(context.open, "work_centers")),
            (commands.CENTER, self.add_center),
            (commands.CHANGE, self.change_center),
            (commands.DROP, self.drop_center),
            (commands.CALENDAR, self.add_calendar),
            (commands.WEEK, self.change_calendar),
            (commands.OURS, self.use_calendar),
            (commands.DAY, self.set_day),
        )
        self.set_title(
            self.tr("Work centers and calendars"),
            (commands.DROP, "ban"),
            (commands.CHANGE, "pencil"),
            (commands.CENTER, "plus"),
        )
        self.set_columns((3, (self._centers_card(),)), (2, (self._calendars_card(), self._days_card())))

    # commands --------------------------------------------------------------------------------------

    def add_center(self) -> None:
        """Add a work center."""
        CenterDialog(self.context, None, self._found.calendars, parent=self).open()

    def change_center(self) -> None:
        """Change the highlighted work center."""
        row = self.centers_view.current_row()
        if row is not None:
            CenterDialog(self.context, row, self._found.calendars, parent=self).open()

    def drop_center(self) -> None:
        """Take the highlighted work center out of use."""
        row = self.centers_view.current_row()
        if row is None:
            return
        center_id = row.id
        self.context.run(
            self,
            "work_center.change",
            lambda tx: calendars.change_center(tx, center_id, {"active": False}),
            said=tr("{} is out of use. Work that is booked there stays.").format(row.name),
            inverse=Inverse(
                "work_center.change", lambda tx, _: calendars.change_center(tx, center_id, {"active": True})
            ),
        )

    def add_calendar(self) -> None:
        """Add a calendar."""
        CalendarDialog(self.context, None, parent=self).open()

    def change_calendar(self) -> None:
        """Change the highlighted calendar."""
        row = self._calendar()
        if row is not None:
            CalendarDialog(self.context, row, parent=self).open()

    def use_calendar(self) -> None:
        """Work by the highlighted calendar wherever nothing else is said."""
        row = self._calendar()
        if row is None:
            return
        wanted, before = row.id, next((one.id for one in self._found.calendars if one.ours), None)
        self.context.run(
            self,
            "company.change",
            lambda tx: companies.change(tx, {"calendar_id": wanted}),
            said=tr("We work by {}.").format(row.name),
            inverse=Inverse("company.change", lambda tx, _: companies.change(tx, {"calendar_id": before})),
        )

    def set_day(self) -> None:
        """Set a day of the highlighted calendar."""
        row = self._calendar()
        if row is not None:
            DayDialog(self.context, row, parent=self).open()

    # building --------------------------------------------------------------------------------------

    def _centers_card(self) -> Card:
        card = Card(self.tr("Work centers"), self.tr("what they can do on a day"))
        self.centers: RowsTable[CenterRow] = RowsTable(
            (
                Column[CenterRow]("name", self.tr("Work center"), _center, 190, stretch=True),
                Column[CenterRow]("hours", self.tr("Hours a day"), _hours, 100, right=True),
                Column[CenterRow](
                    "cost", self.tr("An hour costs"), lambda row: cells.amount(row.hour_cost), 110, right=True
                ),
                Column[CenterRow]("calendar", self.tr("Calendar"), self._calendar_name, 130),
                Column[CenterRow]("load", self.tr("Booked, 10 days"), _load, 150),
            )
        )
        self.centers_view = ListView(self.centers, "work_centers", two_lines=True)
        self.centers_view.setAccessibleName(self.tr("Work centers"))
        self.centers_view.picks_first = True
        self.centers_view.picked.connect(self._picked)
        self.centers_view.opened.connect(self._opened)
        card.body.addWidget(self.centers_view, 1)
        return card

    def _calendars_card(self) -> Card:
        card = Card(self.tr("Calendars"), self.tr("when there is work"))
        self.calendars: RowsTable[CalendarRow] = RowsTable(
            (
                Column[CalendarRow]("name", self.tr("Calendar"), _calendar, 120, stretch=True),
                Column[CalendarRow]("week", self.tr("Week"), _week, 190),
            )
        )
        self.calendars_view = ListView(self.calendars, "work_calendars")
        self.calendars_view.setAccessibleName(self.tr("Calendars"))
        self.calendars_view.picks_first = True
        self.calendars_view.picked.connect(self._show_days)
        card.body.addWidget(self.calendars_view, 1)
        card.body.addWidget(
            self.button_row((commands.CALENDAR, "plus"), (commands.WEEK, "pencil"), (commands.OURS, "check"))
        )
        return card

    def _days_card(self) -> Card:
        card = Card(self.tr("Days that differ"), self.tr("of the highlighted calendar"))
        self.days: RowsTable[DayRow] = RowsTable(
            (
                Column[DayRow](
                    "on", self.tr("Day"), lambda row: cells.text(written.full_day(row.on), strong=True), 150
                ),
                Column[DayRow]("kind", self.tr("The day is"), _kind, 110),
                Column[DayRow](
                    "note", self.tr("Why"), lambda row: cells.text(row.note, tone=Tone.SOFT), 100, stretch=True
                ),
            )
        )
        view = ListView(self.days, "calendar_days")
        view.setAccessibleName(self.tr("Days that differ from their weekday"))
        card.body.addWidget(view, 1)
        card.body.addWidget(self.button_row((commands.DAY, "calendar")))
        return card

    # inner -----------------------------------------------------------------------------------------

    def _calendar(self) -> CalendarRow | None:
        row: CalendarRow | None = self.calendars_view.current_row()
        if row is None:
            self.context.messages.say(tr("Add a calendar first; without one work is done Monday to Friday."))
        return row

    def reading(self) -> Callable[[Connection], _Found]:
        """What reads all that is shown."""
        return partial(_read, today=self.context.today())

    def show_found(self, found: _Found) -> None:
        """Fill the cards."""
        self._found = found
        self.centers.set_rows(found.centers)
        self.calendars.set_rows(found.calendars)
        for view in (self.centers_view, self.calendars_view):
            if view.current_row() is None and view.model().rowCount():
                view.pick(0)
        self._show_days(self.calendars_view.current_row())
        self._picked(self.centers_view.current_row())

    def _show_days(self, row: CalendarRow | None) -> None:
        self.days.set_rows(row.days if row is not None else ())

    def _picked(self, row: CenterRow | None) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)

    def _opened(self, _row: object) -> None:
        self.change_center()

    def _calendar_name(self, row: CenterRow) -> Cell:
        names = {one.id: one.name for one in self._found.calendars}
        name = names.get(row.calendar_id) if row.calendar_id is not None else None
        return cells.text(name or tr("Our own"), tone=Tone.SOFT)


def _read(connection: Connection, today: date) -> _Found:
    return _Found(calendars.centers(connection, today, AHEAD), calendars.all_of(connection))


def _center(row: CenterRow) -> Cell:
    return cells.two_lines(row.name, row.code)


def _hours(row: CenterRow) -> Cell:
    hours, rest = divmod(row.minutes_a_day, 60)
    return cells.text(f"{hours}:{rest:02}", strong=True)


def _load(row: CenterRow) -> Cell:
    share = int(row.booked * 100 / row.capacity) if row.capacity else 0
    tone = Tone.BAD if share >= 95 else Tone.SOFT if share else Tone.FAINT
    return Cell(f"{share} %", tone=tone, share=min(100, share))


def _calendar(row: CalendarRow) -> Cell:
    return cells.text(tr("{}, ours").format(row.name) if row.ours else row.name, strong=True)


def _week(row: CalendarRow) -> Cell:
    works = [tr(day) for day, one in zip(DAYS, row.weekdays, strict=True) if one == "1"]
    return cells.text(" ".join(works), tone=Tone.SOFT)


def _kind(row: DayRow) -> Cell:
    return cells.text(tr("Working day") if row.working else tr("Free"), tone=Tone.OK if row.working else Tone.WARN)


PLACE: Final = Place(
    "work_centers",
    "Work centers and calendars",
    "factory",
    Group.HIDDEN,
    WorkCentersScreen,
    kinds=("work_centers",),
    commands=commands.COMMANDS,
)
