"""Saving what a chart shows: the picture as PNG, SVG or PDF, its figures as a workbook or CSV."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import UserError
from app.services import spreadsheets
from app.services.progress import Progress
from app.services.spreadsheets import Sheet
from app.views import list_saving
from app.views.context import Context
from app.views.format import tr
from app.views.picture import Picture
from app.views.widgets.chart import Chart

KINDS: Final = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"
_ENDINGS: Final = (".png", ".svg", ".pdf")


def save_picture(owner: QWidget, context: Context, chart: Chart) -> None:
    """Ask for a file and save the picture in it."""
    if chart.picture is None:
        return
    name, kind = QFileDialog.getSaveFileName(owner, tr("Save the picture"), f"{file_name(chart.picture)}.png", KINDS)
    if not name:
        return
    path = Path(name)
    if path.suffix.lower() not in _ENDINGS:
        path = Path(f"{name}.{kind[:3].lower() or 'png'}")
    try:
        chart.save(path)
    except UserError as error:
        context.messages.error(error)
    else:
        context.messages.say(tr("The picture is saved in {}.").format(path.name))


def save_figures(owner: QWidget, context: Context, picture: Picture) -> None:
    """Ask for a file and save the figures of a picture in it, exact, one row for each place."""
    path = list_saving.ask(owner, file_name(picture))
    if path is not None:
        op = partial(_write, path, Sheet(picture.title, picture.headings(), picture.rows(), len(picture.places)))
        said, refused = partial(_said, context, path.name), partial(_refused, context)
        context.tasks.run_long(owner, tr("Saving {}…").format(path.name), op, said, refused)


def file_name(picture: Picture) -> str:
    """Give a name a file may have anywhere: the title, without what file systems refuse."""
    kept = "".join(" " if letter in '\\/:*?"<>|' else letter for letter in picture.title)
    return " ".join(kept.split())[:80].strip(". ") or tr("Chart")


def _write(path: Path, sheet: Sheet, progress: Progress) -> int:
    return spreadsheets.write(path, sheet, progress)


def _said(context: Context, name: str, count: int) -> None:
    context.messages.say(list_saving.said(name, count))


def _refused(context: Context, error: UserError) -> None:
    context.messages.error(error)
