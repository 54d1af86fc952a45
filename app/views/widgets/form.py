"""Rows of a form: label, field, help, and the error at the field itself."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from app.errors import Invalid, UserError
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.fields import mark_error
from app.views.widgets.labels import Label, Row


class _Entry(QWidget):
    """Fields side by side (mostly one) with their help or error below."""

    def __init__(self, row: QWidget, fields: dict[str, QWidget], hint: str) -> None:
        super().__init__()
        self.fields, self._hint = fields, hint
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.HAIR)
        layout.addWidget(row)
        self.note = Label(hint, Type.META, Tone.FAINT, wrap=True)
        layout.addWidget(self.note)
        self.note.setVisible(bool(hint))

    def set_error(self, name: str, reason: str) -> None:
        for one, field in self.fields.items():
            mark_error(field, reason if one == name else "")
        self.note.setText(reason or self._hint)
        self.note.set_tone(Tone.BAD if reason else Tone.FAINT)
        self.note.setVisible(bool(reason or self._hint))


class Form(QWidget):
    """Fields by name.  ``show_error`` puts an :class:`app.errors.Invalid` at its field, others on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(Space.MEDIUM)
        self.banner = Banner(tone=Tone.BAD)
        outer.addWidget(self.banner)
        self._rows = QFormLayout()
        self._rows.setHorizontalSpacing(Space.LARGE)
        self._rows.setVerticalSpacing(Space.MEDIUM)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        outer.addLayout(self._rows)
        self._entries: dict[str, _Entry] = {}

    def add(self, name: str, label: str, field: QWidget, hint: str = "") -> None:
        """Add a row; ``name`` is the service's name of the field."""
        self._add(_words(label, field), _Entry(field, {name: field}, hint))

    def add_beside(self, *fields: tuple[str, str, QWidget], hint: str = "") -> None:
        """Add a row of several fields (name, label, field), each with its label before it; ``hint`` is for all."""
        items: list[QWidget] = []
        for _, label, field in fields:
            items += [_words(label, field), field]
        entry = _Entry(Row(*items[1:], gap=Space.MEDIUM), {name: field for name, _, field in fields}, hint)
        self._add(items[0], entry)

    def set_shown(self, name: str, *, shown: bool) -> None:
        """Show or hide a row with all that belongs to it."""
        self._rows.setRowVisible(self._entries[name], shown)

    def field(self, name: str) -> QWidget:
        """The field of a name."""
        return self._entries[name].fields[name]

    def show_error(self, error: UserError) -> None:
        """Show why the form was not taken, at the place where it can be put right."""
        self.clear_errors()
        if isinstance(error, Invalid) and error.field in self._entries:
            entry = self._entries[error.field]
            entry.set_error(error.field, str(error))
            entry.fields[error.field].setFocus()
        else:
            self.banner.set_text(str(error))

    def clear_errors(self) -> None:
        """Take all marks away."""
        self.banner.set_text("")
        for entry in self._entries.values():
            entry.set_error("", "")

    def _add(self, words: QWidget, entry: _Entry) -> None:
        self._rows.addRow(words, entry)
        self._entries.update(dict.fromkeys(entry.fields, entry))


def _words(label: str, field: QWidget) -> QLabel:
    """Label a field, for the eye and for a screen reader."""
    words: QLabel = Label(label, Type.BODY, Tone.SOFT)
    words.setFixedHeight(32)
    words.setBuddy(field)
    if not field.accessibleName():
        field.setAccessibleName(label)
    return words
