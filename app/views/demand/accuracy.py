"""How far off forecasts were, by group: errors beside those of the naive forecast, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import UserError
from app.services import demand_sheets, spreadsheets
from app.services.demand_sheets import GroupAccuracy
from app.services.progress import Progress
from app.services.spreadsheets import Sheet
from app.views import cells, list_saving
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.demand.pictures import share
from app.views.format import tr
from app.views.rows_table import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

GROUPS: Final = (
    ("value_class", "By value (ABC)"),
    ("spread_class", "By spread (XYZ)"),
    ("demand_class", "By kind of demand"),
    ("method", "By method"),
    ("category", "By category"),
)
HEADINGS: Final = ("Group", "Forecasts", "WAPE", "Naive WAPE", "Better by", "Bias", "MASE", "RMSSE")


class AccuracyDialog(QDialog):
    """The accuracy report of the last run."""

    def __init__(self, context: Context, run_id: UUID, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Accuracy of the forecasts"))
        self._context, self._run_id = context, run_id
        self.groups = QComboBox()
        self.groups.setAccessibleName(tr("Group"))
        for key, title in GROUPS:
            self.groups.addItem(tr(title), key)
        self.rows: RowsTable[GroupAccuracy] = RowsTable(_COLUMNS)
        self.view = ListView(self.rows, "forecast_accuracy")
        self.view.setAccessibleName(tr("Accuracy by group"))
        self.groups.currentIndexChanged.connect(self._read)
        save, close = Button(tr("Save"), "download"), Button(tr("Close"))
        save.clicked.connect(self._save)
        close.clicked.connect(self.accept)
        about = tr(
            "The last part of the history was held back and forecast from what was before it. Errors are weighted by "
            "what was wanted at list prices; MASE and RMSSE below 1 are better than the naive forecast."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.PAGE)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(Label(tr("Accuracy of the forecasts"), Type.ITEM))
        layout.addWidget(Label(about, Type.BODY, Tone.SOFT, wrap=True))
        layout.addWidget(self.groups, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.view, 1)
        feet = QHBoxLayout()
        feet.addStretch(1)
        feet.addWidget(save)
        feet.addWidget(close)
        layout.addLayout(feet)
        self.resize(880, 520)
        self._read()

    def _read(self, *_changed: object) -> None:
        read = partial(demand_sheets.accuracy, run_id=self._run_id, by=str(self.groups.currentData()))
        self._context.tasks.read(self, read, self._show)

    def _show(self, found: list[GroupAccuracy]) -> None:
        self.rows.set_rows(found)
        if found:
            self.view.pick(0)

    def _save(self) -> None:
        path = list_saving.ask(self, tr("Accuracy of the forecasts"))
        if path is not None:
            op = partial(_write, path, _sheet(self.rows.rows))
            said, refused = partial(_said, self._context, path.name), partial(_refused, self._context)
            self._context.tasks.run_long(self, tr("Saving {}…").format(path.name), op, said, refused)


def _sheet(rows: Sequence[GroupAccuracy]) -> Sheet:
    values = [
        (_name(one), one.forecasts, one.wape, one.naive_wape, _better(one), one.bias, one.mase, one.rmsse)
        for one in rows
    ]
    return Sheet(tr("Accuracy of the forecasts"), tuple(tr(one) for one in HEADINGS), values, len(values))


def _write(path: Path, sheet: Sheet, progress: Progress) -> int:
    return spreadsheets.write(path, sheet, progress)


def _said(context: Context, name: str, count: int) -> None:
    context.messages.say(list_saving.said(name, count))


def _refused(context: Context, error: UserError) -> None:
    context.messages.error(error)


def _name(one: GroupAccuracy) -> str:
    return one.group or tr("All")


def _better(one: GroupAccuracy) -> Decimal | None:
    return None if one.wape is None or one.naive_wape is None else one.naive_wape - one.wape


def _ratio(value: Decimal | None) -> Cell:
    return cells.text("–" if value is None else f"{round(value, 2)}")


def _gain(one: GroupAccuracy) -> Cell:
    better = _better(one)
    return cells.text(share(better), tone=Tone.OK if better and better > 0 else Tone.BAD if better else Tone.FAINT)


_COLUMNS: Final = (
    Column[GroupAccuracy]("group", "Group", lambda one: cells.text(_name(one), strong=True), 150, stretch=True),
    Column[GroupAccuracy]("forecasts", "Forecasts", lambda one: cells.quantity(one.forecasts), 84, right=True),
    Column[GroupAccuracy]("wape", "WAPE", lambda one: cells.text(share(one.wape)), 76, right=True),
    Column[GroupAccuracy]("naive", "Naive WAPE", lambda one: cells.text(share(one.naive_wape)), 92, right=True),
    Column[GroupAccuracy]("better", "Better by", _gain, 84, right=True),
    Column[GroupAccuracy]("bias", "Bias", lambda one: cells.text(share(one.bias)), 72, right=True),
    Column[GroupAccuracy]("mase", "MASE", lambda one: _ratio(one.mase), 68, right=True),
    Column[GroupAccuracy]("rmsse", "RMSSE", lambda one: _ratio(one.rmsse), 72, right=True),
)
