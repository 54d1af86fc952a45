"""The first page of an import: what is in the file, where it is, and the imports that were done."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.services.imports import profiles
from app.services.imports.fields import Kind
from app.views.context import Context
from app.views.importing.done import DoneImports
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button
from app.views.widgets.buttons import Kind as Look
from app.views.widgets.labels import IconLabel, Label

KINDS: Final = (
    (Kind.CUSTOMERS, "Customers"),
    (Kind.PRODUCTS, "Products"),
    (Kind.STOCK, "Stock"),
    (Kind.PRICES, "Price agreements"),
    (Kind.ORDERS, "Orders"),
)


class DropArea(QFrame):
    """A place to drop files on; a click or Enter asks for them."""

    dropped = Signal(object)  # list[Path]
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drop")
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drop files here"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.WIDE)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconLabel("file-spreadsheet", Tone.FAINT, 32), alignment=centre)
        self.words = Label("", Type.ITEM)
        column.addWidget(self.words, alignment=centre)
        choose = Button(self.tr("Choose a file"), "upload", Look.PRIMARY)
        choose.clicked.connect(self.wanted)
        column.addWidget(choose, alignment=centre)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)


class StartPage(QWidget):
    """What is in the file, a place to drop it, saved profiles, and the imports that were done."""

    folder_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.WIDE, Space.HUGE, Space.WIDE, Space.LARGE)
        column.setSpacing(Space.LARGE)
        row = QHBoxLayout()
        row.addWidget(Label(self.tr("What is in the file?"), Type.BODY_BOLD))
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("What is in the file?"))
        for kind, words in KINDS:
            self.kind.addItem(self.tr(words), kind)
        row.addWidget(self.kind)
        row.addStretch(1)
        column.addLayout(row)
        self.drop = DropArea()
        column.addWidget(self.drop)
        column.addWidget(
            Label(
                self.tr(
                    "Nothing of a file is written before you have seen its rows. The same file twice changes nothing."
                ),
                Type.BODY,
                Tone.SOFT,
            )
        )
        column.addLayout(self._profiles())
        self.done = DoneImports(context)
        column.addWidget(self.done, 1)
        column.addStretch(0)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self._kind_chosen(0)

    def chosen_kind(self) -> Kind:
        """What is in the file."""
        return Kind(self.kind.currentData())

    def choose_kind(self, kind: Kind) -> None:
        """Say what is in the file."""
        self.kind.setCurrentIndex(self.kind.findData(kind))

    def _profiles(self) -> QHBoxLayout:
        row = QHBoxLayout()
        words = self.tr("Or a whole folder by a saved profile, written at once file by file:")
        row.addWidget(Label(words, Type.BODY, Tone.SOFT))
        self.profile = QComboBox()
        self.profile.setAccessibleName(self.tr("Profile"))
        self.profile.addItems(list(profiles.shipped()))
        folder = Button(self.tr("Choose a folder"))
        folder.clicked.connect(self.folder_wanted)
        row.addWidget(self.profile)
        row.addWidget(folder)
        row.addStretch(1)
        return row

    def _kind_chosen(self, _index: int) -> None:
        words = self.tr("Drop a CSV or Excel file here")
        if self.chosen_kind() is Kind.ORDERS:
            words = self.tr("Drop a CSV or Excel file here, or two: the orders and their lines")
        self.drop.words.setText(words)
