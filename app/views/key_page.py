"""The list of keys (``?``): what works here and everywhere, and how to change a key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QKeySequenceEdit, QScrollArea, QVBoxLayout, QWidget

from app.views.commands import EVERYWHERE, Bound
from app.views.context import Context
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.labels import KeyCap, Label, Row


class KeyPage(QDialog):
    """Commands with their keys; a key is changed in place and kept on this desk."""

    def __init__(self, context: Context, scope: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys"))
        self.resize(560, 620)
        self._context, self._editors = context, dict[QKeySequenceEdit, str]()
        self.note = Label("", Type.META, Tone.BAD)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        scroll, inner = QScrollArea(), QWidget()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._grid = QGridLayout(inner)
        self._grid.setColumnStretch(0, 1)
        scroll.setWidget(inner)
        layout.addWidget(Label(self.tr("Keys"), Type.TITLE))
        layout.addWidget(scroll, 1)
        layout.addWidget(self.note)
        close = Button(self.tr("Close"))
        close.clicked.connect(self.accept)
        layout.addWidget(Row(None, close))
        if scope:
            self._section(self.tr("On this screen"), [one for one in context.commands if one.scope == scope])
        self._section(self.tr("Everywhere"), [one for one in context.commands if one.scope == EVERYWHERE])
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _section(self, title: str, bounds: list[Bound]) -> None:
        if not bounds:
            return
        self._grid.addWidget(Label(title, Type.BODY_BOLD), self._grid.rowCount(), 0)
        for bound in bounds:
            row, words = self._grid.rowCount(), bound.command.text.replace("&", "")
            self._grid.addWidget(Label(words, Type.BODY), row, 0)
            if len(bound.key) == 1:
                self._grid.addWidget(KeyCap(bound.key), row, 1)
                continue
            editor = QKeySequenceEdit(QKeySequence(bound.key))
            editor.setMaximumSequenceLength(1)
            editor.setAccessibleName(self.tr("Key for {}").format(words))
            editor.setFixedWidth(150)
            editor.editingFinished.connect(self._edited)
            self._editors[editor] = bound.command.id
            reset = Button(
                icon="rotate-ccw", kind=Kind.ICON, name=self.tr("Usual key for {}").format(words), small=True
            )
            reset.setObjectName(bound.command.id)
            reset.clicked.connect(self._reset)
            self._grid.addWidget(editor, row, 1)
            self._grid.addWidget(reset, row, 2)

    def _edited(self) -> None:
        editor = self.sender()
        assert isinstance(editor, QKeySequenceEdit)
        self._set(self._editors[editor], editor.keySequence().toString())

    def _reset(self) -> None:
        command_id = self.sender().objectName()
        usual = self._context.commands.bound(command_id).command.key
        for editor, one in self._editors.items():
            if one == command_id:
                editor.setKeySequence(QKeySequence(usual))
        self._set(command_id, usual)

    def _set(self, command_id: str, key: str) -> None:
        taken = self._context.commands.set_key(command_id, key)
        if taken:
            self.note.setText(self.tr("{} is already used by “{}”. Nothing was changed.").format(key, taken))
            return
        self.note.setText("")
        self._context.settings.setValue(f"keys/{command_id}", key)
