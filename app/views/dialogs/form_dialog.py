"""The frame of every dialog: a form, what it is about, one button that does it (Ctrl+Enter), Escape leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.errors import UserError
from app.services.transaction import Transaction
from app.views.context import Context, Inverse
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.fields import take_typed, unread_field
from app.views.widgets.form import Form
from app.views.widgets.labels import Hairline, Label

T = TypeVar("T")


class FormDialog(QDialog):
    """A dialog that stays open, with the error at its field, until its command has been done.

    ``done_with`` tells the command's result.  Subclasses fill :attr:`form` and :attr:`body` and say in
    :meth:`submit` what to run.
    """

    done_with = Signal(object)

    def __init__(self, context: Context, title: str, button: str, *, about: str = "", parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setMinimumWidth(460)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.LARGE, Space.LARGE, Space.LARGE, Space.LARGE)
        outer.setSpacing(Space.MEDIUM)
        outer.addWidget(Label(title, Type.ITEM))
        if about:
            outer.addWidget(Label(about, Type.BODY, Tone.SOFT, wrap=True))
        self.form, self.body = Form(), QVBoxLayout()
        self.body.setSpacing(Space.MEDIUM)
        outer.addWidget(self.form)
        outer.addLayout(self.body)
        outer.addStretch(1)
        outer.addWidget(Hairline())
        self.leave = Button(self.tr("Cancel"), kind=Kind.SECONDARY)
        self.go = Button(button, kind=Kind.PRIMARY)
        self.go.setToolTip(self.tr("{} (Ctrl+Enter)").format(button))
        self.leave.clicked.connect(self.reject)
        self.go.clicked.connect(self._take_and_submit)
        for key in ("Ctrl+Return", "Ctrl+Enter"):  # a shortcut: a table's cell would keep the key to itself
            QShortcut(QKeySequence(key), self).activated.connect(self.go.click)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.go)
        outer.addLayout(buttons)

    def submit(self) -> None:
        """Check what was typed and run the command; subclasses say how."""
        raise NotImplementedError

    def run(
        self, command: str, op: Callable[[Transaction], T], said: str = "", *, inverse: Inverse | None = None
    ) -> None:
        """Run the dialog's command; on success the dialog closes, tells its result and offers the ``inverse``."""
        self.form.clear_errors()
        self.go.setEnabled(False)
        self.context.run(self, command, op, said=said, done=self._done, failed=self._failed, inverse=inverse)

    def fit(self) -> None:
        """Grow as wide and tall as what is on show needs; a dialog that is larger stays as it is.

        A width of its own does not make a dialog narrower than its fields: texts that wrap would stand over them.
        """
        layout = self.layout()
        if layout is None:
            return
        width = max(self.width(), layout.totalMinimumSize().width())
        height = max(self.height(), layout.totalHeightForWidth(width))
        if (width, height) != (self.width(), self.height()):
            self.resize(width, height)

    def event(self, event: QEvent) -> bool:
        """Grow when what is inside needs more height: an error that wraps, a row that is shown."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return done

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard begins in the first field or table, never on a button."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self.fit)  # once texts that wrap have their width
        if self.focusWidget() not in (None, self.leave, self.go):
            return
        fields = [*self.form.findChildren(QWidget), *self.findChildren(QAbstractItemView)]
        first = next((one for one in fields if _takes_typing(one)), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter does it from any field; a plain Enter goes on to the next one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.go.click()
            else:
                self.focusNextChild()
            return
        super().keyPressEvent(event)

    def _take_and_submit(self) -> None:
        """Take what is still being typed, then do it; a field that cannot be read stops it and keeps its mark."""
        take_typed(self)
        unread = unread_field(self)
        if unread is None:
            self.submit()
        else:
            unread.setFocus()

    def _done(self, value: Any) -> None:
        self.done_with.emit(value)
        self.accept()

    def _failed(self, error: UserError) -> None:
        self.go.setEnabled(True)
        self.form.show_error(error)


def _takes_typing(widget: QWidget) -> bool:
    """Whether the keyboard may begin in a widget of a dialog."""
    return isinstance(widget, QLineEdit | QComboBox | QAbstractItemView) and widget.isVisible() and widget.isEnabled()
