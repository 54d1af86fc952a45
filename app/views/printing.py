"""Papers on screen as they print: look, print, save as PDF."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services import papers
from app.services.label_printer import PrinterTrouble
from app.services.papers import Paper, Wanted
from app.views.commands import Command
from app.views.context import Context
from app.views.print_spooler import draw
from app.views.screen import Group, Place, Screen, Target
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.labels import Hairline
from app.views.widgets.page_header import PageHeader

PRINT = Command("paper.print", "Print", "Choose a printer and print.", "Ctrl+P", "printer", needs_selection=True)
SAVE = Command("paper.save", "Save as PDF", "Save the paper as a PDF file.", "Ctrl+S", "save", needs_selection=True)


class PrintScreen(Screen):
    """Shows a paper page by page; the same bytes are shown, printed and saved."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "print")
        self.bind(PRINT, self.print_paper)
        self.bind(SAVE, self.save_paper)
        self.paper: Paper | None = None
        self._data = QByteArray()
        self.document = QPdfDocument(self)
        self.header = PageHeader("", back=True)
        self.header.back_wanted.connect(context.navigator.back)
        self.closer, self.wider = (
            Button(icon="minus", kind=Kind.ICON, name=self.tr("Smaller")),
            Button(icon="plus", kind=Kind.ICON, name=self.tr("Larger")),
        )
        self.closer.clicked.connect(partial(self.zoom, 1 / 1.2))
        self.wider.clicked.connect(partial(self.zoom, 1.2))
        self.header.add(
            self.closer,
            self.wider,
            ActionButton(context.commands[SAVE.id], "save"),
            ActionButton(context.commands[PRINT.id], "printer", Kind.PRIMARY),
        )
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(self.tr("Pages"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(Hairline())
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.view, 6)
        row.addStretch(1)
        column.addWidget(holder, 1)

    def visit(self, target: Target) -> None:
        """Make the paper asked for: ``kinds`` names it, ``others`` are further ids in the same file; or ``make`` it."""
        make = target.option("make")
        if make is not None:
            self.context.tasks.read(self, make, self.show_paper)
        if target.record_id is None:
            return
        ids = (target.record_id, *target.option("others", ()))
        wanted = tuple(Wanted(str(target.option("kinds")), one) for one in ids)
        self.context.tasks.read(self, partial(_build, wanted=wanted), self.show_paper)

    def show_paper(self, paper: Paper) -> None:
        """Show a paper's pages."""
        self.paper = paper
        self.document.close()
        self._data = QByteArray(paper.pdf)
        buffer = QBuffer(self._data, self)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(buffer)
        pages = self.document.pageCount()
        self.header.set_title(paper.title)
        self.header.set_note(self.tr("1 page") if pages == 1 else self.tr("{} pages").format(pages))
        self.context.commands.select(self.place_id, selected=True)

    def zoom(self, by: float, _checked: bool = False) -> None:
        """Look closer or from further away."""
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(max(0.2, min(5.0, self.view.zoomFactor() * by)))

    def save_paper(self) -> None:
        """Ask for a file and save the PDF."""
        if self.paper is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save as PDF"), self.paper.file_name, "PDF (*.pdf)")
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Save the PDF in a file, whole or not at all."""
        assert self.paper is not None
        try:
            writing = path.with_name(f"{path.name}.writing")
            writing.write_bytes(self.paper.pdf)
            writing.replace(path)
        except OSError as error:
            self.context.messages.say(self.tr("{} could not be written: {}.").format(path.name, error.strerror))
            return
        self.context.messages.say(self.tr("Saved as {}.").format(path.name))

    def print_paper(self) -> None:
        """Ask for a printer and print."""
        if self.paper is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.paper.title)
        dialog = QPrintDialog(printer, self)
        if dialog.exec():
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print every page at its own size on a chosen printer."""
        try:
            draw(self.document, printer)
        except PrinterTrouble as trouble:
            self.context.messages.say(str(trouble))
            return
        self.context.messages.say(self.tr("{} is printed.").format(self.paper.title if self.paper else ""))


def _build(connection: Connection, wanted: tuple[Wanted, ...]) -> Paper:
    return papers.build(connection, wanted)


PLACE: Final = Place("print", "Print", "printer", Group.HIDDEN, PrintScreen, kinds=("print",), commands=(PRINT, SAVE))
