"""Prints what waits in this workstation's queue while the window is open, silently and off the GUI thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QObject,
    QRunnable,
    QSize,
    QSizeF,
    QThreadPool,
    QTimer,
    Signal,
    SignalInstance,
    Slot,
)
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from app.errors import Unavailable
from app.services.database import Changes
from app.services.label_printer import PrinterTrouble
from app.services.spooling import Pages, Spooler
from app.views import workstation
from app.views.context import Context

POINTS_PER_INCH: Final = 72
RESOLUTION: Final = 300
"""Dots per inch a page is drawn with: sharp text, barcodes exact to the dot."""
TRAYS: Final = {
    "Upper tray": QPrinter.PaperSource.OnlyOne,
    "Middle tray": QPrinter.PaperSource.Middle,
    "Lower tray": QPrinter.PaperSource.Lower,
    "Large capacity tray": QPrinter.PaperSource.LargeCapacity,
    "Cassette": QPrinter.PaperSource.Cassette,
    "Manual feed": QPrinter.PaperSource.Manual,
    "Envelope feed": QPrinter.PaperSource.Envelope,
}
"""Trays by the names people choose from; a printer without such a tray takes its own choice."""
LOOK_MS: Final = 5_000
"""How often the queue is looked at without being told, e.g. for a job that waits for its printer."""


class PrintSpooler(QObject):
    """Looks at the queue when something was queued and now and then, and prints on a thread of its own."""

    worked = Signal(int)  # how many jobs were tried
    _ended = Signal(int)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        tasks = context.tasks
        self._spooler = Spooler(context.database, workstation.name(context.settings), tasks.by, tasks.now, print_pages)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._busy = self._again = self._stopped = False
        self._first = True
        self._ended.connect(self._end)
        tasks.changed.connect(self._changed)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Print what is due, unless that is under way."""
        if self._stopped:
            return
        if self._busy:
            self._again = True
            return
        self._busy = True
        self._pool.start(_Round(self._spooler, self._first, self._ended))
        self._first = False

    def stop(self) -> None:
        """Let the job that is being printed end, and look no more."""
        self._stopped = True
        self._timer.stop()
        self._pool.waitForDone()

    def _changed(self, changes: Changes) -> None:
        if changes.touch("print_job"):
            self.look()

    @Slot(int)
    def _end(self, tried: int) -> None:
        self._busy = False
        if tried:
            self._context.tasks.changed.emit(Changes({"print_job": frozenset(), "event": frozenset()}))
            self._again = False  # that signal has looked again
        elif self._again:
            self._again = False
            self.look()
        self.worked.emit(tried)


class _Round(QRunnable):
    """One look at the queue; knows no widget."""

    def __init__(self, spooler: Spooler, first: bool, ended: SignalInstance) -> None:
        super().__init__()
        self._spooler, self._first, self._ended = spooler, first, ended

    def run(self) -> None:
        tried = 0
        try:
            if self._first:
                self._spooler.recover()
            tried = self._spooler.work()
        except Unavailable:
            tried = 0  # the books cannot be reached now; the next look may find them again
        finally:
            self._ended.emit(tried)


def printers() -> list[str]:
    """Name the printers this system knows."""
    return list(QPrinterInfo.availablePrinterNames())


def print_pages(pages: Pages) -> None:
    """Print a PDF on one of the system's printers without asking.

    Raises PrinterTrouble.
    """
    info = QPrinterInfo.printerInfo(pages.printer)
    if info.isNull():
        raise PrinterTrouble(f"There is no printer {pages.printer} at this computer. Choose another one.", 0)
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(pages.title)
    printer.setCopyCount(pages.copies)
    if pages.tray in TRAYS:
        printer.setPaperSource(TRAYS[pages.tray])
    data = QByteArray(pages.pdf)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    try:
        draw(document, printer)
    finally:
        document.close()
        buffer.close()
    if printer.printerState() in {QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted}:
        raise PrinterTrouble(f"{pages.printer} reports an error. Look whether the paper came out.", 1)


def draw(document: QPdfDocument, printer: QPrinter) -> None:
    """Draw every page of a PDF at its own size on a printer.

    Raises PrinterTrouble.
    """
    printer.setResolution(RESOLUTION)
    painter = QPainter()
    for number in range(document.pageCount()):
        size = document.pagePointSize(number)
        layout = QPageLayout(
            QPageSize(QSizeF(size), QPageSize.Unit.Point), QPageLayout.Orientation.Portrait, QMarginsF()
        )
        layout.setMode(QPageLayout.Mode.FullPageMode)
        printer.setPageLayout(layout)
        printer.setFullPage(True)
        if number == 0 and not painter.begin(printer):
            raise PrinterTrouble(f"{printer.printerName() or 'The printer'} cannot be used. Look whether it is on.", 0)
        if number and not printer.newPage():
            painter.end()
            raise PrinterTrouble(f"{printer.printerName()} stopped in the middle of the paper. Look at it.", number)
        dots = RESOLUTION / POINTS_PER_INCH
        wanted = QSize(round(size.width() * dots), round(size.height() * dots))
        painter.drawImage(painter.viewport(), document.render(number, wanted, QPdfDocumentRenderOptions()))
    if painter.isActive():
        painter.end()
