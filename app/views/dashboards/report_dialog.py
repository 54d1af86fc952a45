"""The figures as a paper: now, and from now on by itself when a week or month is over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.errors import Invalid
from app.services.figures_report import Often
from app.views import report_saver
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field, place_of

FIGURES_REPORT: Final = "figures_report"
"""What this dialog is called for the rest of the window."""
PERIODS: Final = ((Often.MONTHLY, "Last month"), (Often.WEEKLY, "Last week"))
SCHEDULES: Final = (("", "never"), (str(Often.WEEKLY), "each week"), (str(Often.MONTHLY), "each month"))


class ReportDialog(FormDialog):
    """Saves the paper of the last week or month, and keeps how often that is done."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(
            context,
            tr("Figures as a paper"),
            tr("Save"),
            about=tr(
                "Sales, operations, receivables and inventory of the last whole week or month as PDF. What is to be "
                "saved by itself is saved at this desk, on the first day it runs after."
            ),
            parent=parent,
        )
        self.period = _chooser(tr("Save now"), [(str(one), words) for one, words in PERIODS])
        self.often = _chooser(tr("By itself"), SCHEDULES)
        wanted = report_saver.often(context)
        self.often.setCurrentIndex(place_of(self.often, str(wanted) if wanted else ""))
        self.folder = Field(tr("Folder"))
        self.folder.setText(report_saver.folder(context))
        choose = Button(tr("Choose the folder…"))
        choose.clicked.connect(self.choose_folder)
        self.form.add("period", tr("Save now"), self.period)
        self.form.add("folder", tr("Folder"), self.folder)
        self.form.add("often", tr("By itself"), self.often)
        self.body.addWidget(choose)
        self.folder.setFocus()

    def choose_folder(self) -> None:
        """Choose the folder in the system's own dialog."""
        name = QFileDialog.getExistingDirectory(self, tr("Folder for the figures"), self.folder.text())
        if name:
            self.folder.setText(name)

    def submit(self) -> None:
        """Keep the choices and save the paper."""
        where = self.folder.text().strip()
        if not where or not Path(where).is_dir():
            self.form.show_error(Invalid("folder", tr("There is no such folder. Choose one; nothing was saved.")))
            return
        schedule = str(self.often.currentData())
        report_saver.keep(self.context, Often(schedule) if schedule else None, where)
        report_saver.save(self.context, self.context.tasks, Often(str(self.period.currentData())), where)
        self.accept()


def _chooser(name: str, choices: Iterable[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for value, words in choices:
        made.addItem(tr(words), value)
    return made
