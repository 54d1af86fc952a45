"""Quote templates: what is on show is kept under a name, and new quotes begin with what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.errors import Invalid, UserError
from app.services import quote_templates
from app.services.quote_templates import LONGEST_NAME, Template, Written
from app.views import cells
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.new_document import find_customers
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.fields import Field
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.record_field import Choice, RecordField


class SaveTemplateDialog(FormDialog):
    """Asks under which name a quote is kept."""

    def __init__(self, context: Context, quote_id: UUID, number: str, *, parent: QWidget) -> None:
        about = tr("Its lines, texts and discount are kept. Prices and taxes are worked out anew for each new quote.")
        super().__init__(context, tr("Save {} as a template").format(number), tr("Save"), about=about, parent=parent)
        self._quote_id = quote_id
        self.name = Field(tr("Name"))
        self.name.setMaxLength(LONGEST_NAME)
        self.form.add("name", tr("Name"), self.name, tr("What you will look for, e.g. Starter kit, small workshop."))
        self.name.setFocus()

    def submit(self) -> None:
        """Keep it."""
        quote_id, name = self._quote_id, self.name.text()
        self.run(
            "quote.save_template",
            lambda tx: quote_templates.save(tx, quote_id, name),
            tr("The template is saved."),
            inverse=Inverse("quote.remove_template", quote_templates.remove),
        )


class TemplatesDialog(FormDialog):
    """Begins a quote with a template, and keeps the templates in order; ``done_with`` tells the new quote."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        super().__init__(context, tr("New quote from a template"), tr("Write the quote"), parent=parent)
        self.setMinimumWidth(600)
        self.customer = RecordField(tr("Customer"), context.tasks, find_customers)
        self.customer.setPlaceholderText(tr("Name or number"))
        self.form.add("customer_id", tr("Customer"), self.customer)
        self.customer.chosen.connect(self._chosen)
        self.rows: RowsTable[Template] = RowsTable(
            (
                Column[Template]("name", tr("Template"), _name, 220, stretch=True, edit=lambda one: one.name),
                Column[Template]("begins", tr("Begins with"), _begins, 200, stretch=True),
                Column[Template]("lines", tr("Lines"), lambda one: cells.quantity(one.lines), 60, right=True),
            )
        )
        self.rows.edited.connect(self._renamed)
        self.view = ListView(self.rows, "quote_templates")
        self.view.setAccessibleName(tr("Templates"))
        self.view.setMinimumHeight(180)
        self.empty = Label(
            tr("There are no templates yet. Open a quote and choose More, Save as template."),
            Type.BODY,
            Tone.SOFT,
            wrap=True,
        )
        self.rename = Button(tr("Rename"), "pencil", Kind.SECONDARY, small=True)
        self.rename.clicked.connect(self.begin_renaming)
        self.drop = Button(tr("Remove"), "x", Kind.SECONDARY, small=True)
        self.drop.clicked.connect(self.remove)
        self.buttons = Row(self.rename, self.drop, None)
        for widget in (self.empty, self.view, self.buttons):
            self.body.addWidget(widget)
        for key, act in ((Qt.Key.Key_F2, self.begin_renaming), (Qt.Key.Key_Delete, self.remove)):
            shortcut = QShortcut(QKeySequence(key), self.view, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        self.go.setEnabled(False)
        context.tasks.read(self, quote_templates.offered, self._show)

    def submit(self) -> None:
        """Write the quote."""
        choice, template = self.customer.choice(), self._template()
        if choice is None:
            self.form.show_error(Invalid("customer_id", tr("Choose a customer from the list.")))
            return
        if template is None:
            return
        customer_id, template_id = choice.id, template.id
        self.form.clear_errors()
        self.go.setEnabled(False)
        self.context.run(
            self,
            "quote.create",
            lambda tx: quote_templates.write(tx, template_id, customer_id),
            said=_said,
            done=self._written,
            failed=self._failed,
        )

    def begin_renaming(self) -> None:
        """Type another name over the one of the template chosen."""
        if self._template() is not None:
            self.view.edit(self.rows.index(self.view.currentIndex().row(), 0))

    def remove(self) -> None:
        """Offer the template chosen no more; Undo brings it back."""
        template = self._template()
        if template is None:
            return
        template_id = template.id
        self.context.run(
            self,
            "quote.remove_template",
            lambda tx: quote_templates.remove(tx, template_id),
            said=tr("The template is removed."),
            done=self._read_again,
            inverse=Inverse("quote.bring_template_back", lambda tx, _: quote_templates.bring_back(tx, template_id)),
        )

    def _renamed(self, row: int, _column: str, text: str) -> None:
        template_id = self.rows.rows[row].id
        self.context.run(
            self,
            "quote.rename_template",
            lambda tx: quote_templates.rename(tx, template_id, text),
            said=tr("The template has its new name."),
            done=self._read_again,
            failed=partial(self._not_renamed, row),
            inverse=Inverse("quote.rename_template", partial(_name_back, template_id)),
        )

    def _not_renamed(self, row: int, error: UserError) -> None:
        self.rows.set_errors({(row, "name"): str(error)})
        self.form.show_error(error)

    def _read_again(self, _: Any) -> None:
        self.rows.set_errors({})
        self.form.clear_errors()
        self.context.tasks.read(self, quote_templates.offered, self._show)

    def _show(self, found: Sequence[Template]) -> None:
        self.rows.set_rows(found)
        self.empty.setVisible(not found)
        self.view.setVisible(bool(found))
        self.buttons.setVisible(bool(found))
        self.go.setEnabled(bool(found))
        if found and not self.view.currentIndex().isValid():
            self.view.pick(0)

    def _template(self) -> Template | None:
        row = self.view.currentIndex().row()
        return self.rows.rows[row] if 0 <= row < len(self.rows.rows) else None

    def _chosen(self, _: Choice) -> None:
        if self.rows.rows:
            self.view.setFocus()

    def _written(self, made: Written) -> None:
        self.done_with.emit(made[0])
        self.accept()


def _name_back(template_id: UUID, tx: Any, before: str) -> None:
    quote_templates.rename(tx, template_id, before)


def _said(made: Written) -> str:
    left_out = ", ".join(made[1])
    return tr("Left out, because it is not sold any more: {}.").format(left_out) if left_out else ""


def _name(one: Template) -> cells.Cell:
    return cells.text(one.name, strong=True)


def _begins(one: Template) -> cells.Cell:
    return cells.text(one.begins, tone=Tone.SOFT)
