"""A quote or order while it is written: head, lines, totals; saved by itself a moment after each change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import Conflict, Invalid, UserError
from app.models.lines import UNPRICED
from app.services import parties
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context
from app.views.dialogs.price_reason import PricedLine, PriceReasonDialog
from app.views.document_kind import DocumentKind, Written, buyer_of, read
from app.views.lines import LineEditor, margin_words
from app.views.sentences import entry
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.fields import DateField, Field, NumberField, take_typed, unread_field
from app.views.widgets.form import Form
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.timeline import Timeline

SAVE_AFTER_MS: Final = 700


class DocumentPage(QWidget):
    """Writes one document.  ``shown`` tells its head whenever it was read; ``opened_version`` which was asked for."""

    shown = Signal(object)
    opened_version = Signal(object)

    def __init__(self, context: Context, kind: DocumentKind) -> None:
        super().__init__()
        self.context, self.kind = context, kind
        self.document: Written | None = None
        self._document_id: UUID | None = None
        self._saving = self._dirty = False
        self._head_changes: dict[str, Any] = {}
        self._being_saved: dict[str, Any] = {}
        self._after_saving: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        self._lay_out()
        context.tasks.changed.connect(self._changed)

    # what the screen uses ----------------------------------------------------------------------

    def show_document(self, document_id: UUID, *, start: bool = False) -> None:
        """Read and show a document; ``start`` puts the keyboard where lines are typed."""
        if document_id != self._document_id:
            self.save()
            self._after_saving = None
            self.context.undo.forget_typed()
        self._document_id = document_id
        question = partial(read, kind=self.kind, document_id=document_id, today=self.context.today())
        self.context.tasks.read(self, question, partial(self._show, start))

    def save(self) -> None:
        """Save what was typed, if anything was; what must be agreed first is kept."""
        if not self._dirty or self._saving or self.document is None or not self.saves_itself():
            return
        self._timer.stop()
        self._saving, self._dirty = True, False
        document_id, revision = self.document.head.id, self.document.head.revision
        lines = tuple(line.to_input() for line in self.editor.lines())
        changes, self._head_changes = self._head_changes, {}
        self._being_saved = changes
        kind = self.kind
        self.header.set_note(self.tr("Saving…"))

        def op(tx: Transaction) -> None:
            now = revision
            if changes:
                kind.change_head(tx, document_id, now, changes)
                now = kind.read_head(tx.connection, document_id).revision
            kind.set_lines(tx, document_id, now, lines)

        self.context.run(self, f"{kind.noun}.write", op, done=self._saved, failed=self._refused)

    def saves_itself(self) -> bool:
        """Whether a change is saved a moment after it was typed."""
        return self.document is not None and self.kind.saves_itself(self.document.head)

    def head_changes(self) -> dict[str, Any]:
        """What was changed of the head and is not saved yet."""
        return dict(self._head_changes)

    def change_head(self, name: str, value: Any) -> None:
        """Note a changed field of the head that the page does not show itself."""
        self._head_changes[name] = value
        self._mark()

    def is_saved(self) -> bool:
        """Whether nothing typed waits to be saved."""
        return not self._dirty and not self._saving

    def is_saving(self) -> bool:
        """Whether what was typed is on its way into the books."""
        return self._saving or self._timer.isActive()

    def leave(self) -> None:
        """Take and save what is typed: another screen comes to the front, or the window closes."""
        take_typed(self)
        self.save()

    def may_finish(self) -> bool:
        """Take what is typed; where a value cannot be read, say so and tell that the page is not finished."""
        take_typed(self)
        if self.editor.rows.errors or unread_field(self) is not None:
            self.context.messages.say(self.tr("Nothing was done yet: put the marked value right first."))
            return False
        return True

    def explain_price(self) -> None:
        """Tell how the price of the line with the keyboard comes about."""
        document, line = self.document, self.editor.current_line()
        if document is None or line is None or line.product is None:
            self.context.messages.say(self.tr("Go to a line with a product: only those have prices in price lists."))
            return
        draft = document.opened.draft
        asked = PricedLine(
            line.product, line.quantity, line.unit, line.unit_price, line.discount_percent, draft.follows(line)
        )
        buyer = buyer_of(self.kind, document.head, document.customer, self.context.today())
        PriceReasonDialog(self.context, buyer, document.head.currency, asked, parent=self).open()

    def finish(self, then: Callable[[], None]) -> None:
        """Take and save what is typed, then call ``then``; where it cannot be saved the page says why instead."""
        if not self.may_finish():
            return
        self.save()
        if self.is_saved():
            then()
        else:
            self._after_saving = then

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self.editor.live is not None:
            self.editor.live.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give back what was held while it was typed: the page was left, or the window closes."""
        super().hideEvent(event)
        if not event.spontaneous() and self.editor.live is not None:
            self.editor.live.stop()

    # building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("", back=True, code=True)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        row.addWidget(self._side())
        outer.addLayout(row, 1)

    def _main(self) -> QWidget:
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        column.setSpacing(Space.MEDIUM)
        self.read_again = Button(self.tr("Drop mine and read again"), "refresh-cw", small=True)
        self.read_again.clicked.connect(self.drop_typed)
        self.banner = Banner("", "", self.read_again, tone=Tone.WARN)
        column.addWidget(self.banner)
        self.editor = LineEditor(self.context, promises=True)
        self.editor.changed.connect(self._lines_changed)
        if self.editor.margin is not None:
            self.editor.margin.changed.connect(self._show_totals)
        column.addWidget(self.editor, 1)
        self.totals = TotalsBlock()
        self.totals.setFixedWidth(320)
        keys = self.tr(
            "F2 edits · Del removes · Alt+↑↓ moves · Ctrl+V pastes rows · Ctrl+Z undoes · Ctrl+Shift+I: price"
        )
        keys += self.tr(" · Alt+M: margins")
        if self.kind.choices:
            keys += self.tr(" · Alt+O optional · Alt+A alternative")
        self.hint = Label(
            keys,
            Type.META,
            Tone.FAINT,
            wrap=True,
        )
        words = QVBoxLayout()
        words.setSpacing(Space.MEDIUM)
        if self.editor.promise is not None:
            words.addWidget(self.editor.promise)
        words.addWidget(self.hint)
        words.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(Space.PAGE)
        below.addLayout(words, 1)
        below.addWidget(self.totals, alignment=Qt.AlignmentFlag.AlignTop)
        column.addLayout(below)
        return main

    def _side(self) -> SidePanel:
        panel = SidePanel(RECORD_PANEL + 40)
        panel.close_button.hide()
        customer = Section()
        self.facts = Facts(1)
        customer.body.addWidget(self.facts)
        panel.add(customer)
        fields = Section(self.tr("Terms"))
        self.form = Form()
        self.po = Field(self.tr("Customer's PO number"), code=True)
        self.requested = DateField(self.tr("Requested on"), self.context.today)
        self.last_day = DateField(self.tr("Valid until"), self.context.today)
        self.term = QComboBox()
        self.discount = NumberField(self.tr("Discount %"))
        self.notes = QPlainTextEdit()
        self.notes.setMaximumHeight(84)
        self.notes.setTabChangesFocus(True)
        last = self.tr("Valid until") if self.kind.last_day == "valid_until" else self.tr("Promised")
        for name, label, field in (
            ("customer_po", self.tr("PO number"), self.po),
            ("requested_on", self.tr("Requested"), self.requested),
            (self.kind.last_day, last, self.last_day),
            ("payment_term", self.tr("Terms"), self.term),
            ("discount_percent", self.tr("Discount %"), self.discount),
            ("notes", self.tr("Notes"), self.notes),
        ):
            self.form.add(name, label, field)
        self.po.editingFinished.connect(self._po_typed)
        self.requested.changed.connect(partial(self._head_typed, "requested_on"))
        self.last_day.changed.connect(partial(self._head_typed, self.kind.last_day))
        self.term.activated.connect(self._term_chosen)
        self.discount.changed.connect(self._discount_typed)
        self.notes.textChanged.connect(self._notes_typed)
        fields.body.addWidget(self.form)
        panel.add(fields)
        self.version_section = Section(self.tr("Versions sent"))
        self._versions = QVBoxLayout()
        self.version_section.body.addLayout(self._versions)
        panel.add(self.version_section)
        happened = Section(self.tr("Activity"))
        self.timeline = Timeline()
        happened.body.addWidget(self.timeline)
        panel.add(happened, line=False)
        return panel

    # showing -----------------------------------------------------------------------------------

    def _show(self, start: bool, found: Written) -> None:
        if found.head.id != self._document_id or self._dirty:
            return
        self.document = found
        head, may = found.head, self.kind.editable(found.head)
        self.header.set_title(head.number, head.customer_name)
        self.banner.set_text("")
        typed = [line.to_input() for line in self.editor.lines()]
        if typed == [line.to_input() for line in found.opened.lines]:
            self.editor.show_draft(found.opened.draft, self.editor.lines())  # as typed: undo goes on working
        else:
            self.context.undo.forget_typed()
            self.editor.show_draft(found.opened.draft, found.opened.lines)
        self._begin_promise(head)
        self._timer.stop()
        self.form.clear_errors()
        self.editor.setEnabled(may)
        self.form.setEnabled(may)
        self._show_head(found)
        self._show_totals()
        self._show_versions(found)
        now = self.context.now()
        self.timeline.set_entries([entry(one, now) for one in found.happenings[:12]])
        self.header.set_note(self.tr("Saved"))
        self.shown.emit(head)
        if start and may:
            self.editor.start()
        if self.is_saved():
            then, self._after_saving = self._after_saving, None
            if then is not None:
                then()

    def _begin_promise(self, head: Any) -> None:
        """Say how the document leaves and by when it is wanted, as far as it is known yet."""
        live = self.editor.live
        if live is not None:
            live.begin(*self.kind.leaves(head))

    def _show_head(self, found: Written) -> None:
        head, customer = found.head, found.customer
        link = Button(customer.name, kind=Kind.LINK)
        link.clicked.connect(partial(self.context.open, "customer", customer.id))
        contact = customer.contacts[0][1] if customer.contacts else None
        self.facts.set_facts(
            [
                Fact(self.tr("Customer"), widget=link),
                Fact(
                    self.tr("Contact"), " · ".join(p for p in ((contact.name, contact.phone) if contact else ()) if p)
                ),
                Fact(self.tr("Ship to"), ", ".join(parties.Address.from_json(head.shipping_address).lines()[1:4])),
            ]
        )
        for widget in (self.term, self.notes):
            widget.blockSignals(True)
        self.po.setText(head.customer_po)
        self.requested.set_value(head.requested_on)
        self.last_day.set_value(getattr(head, self.kind.last_day))
        self.term.clear()
        for code, name in found.terms.items():
            self.term.addItem(name, code)
        self.term.setCurrentIndex(self.term.findData(head.payment_term))
        self.discount.set_value(head.discount_percent or None)
        self.notes.setPlainText(head.notes)
        for widget in (self.term, self.notes):
            widget.blockSignals(False)

    def _show_totals(self) -> None:
        draft = self.editor.draft
        if draft is None or self.document is None:
            return
        found, currency = draft.totals, self.document.head.currency
        lines = sum(1 for line in draft.lines if line.kind not in UNPRICED and not line.choice)
        besides = sum(1 for line in draft.lines if line.choice)
        words = written.counted(lines, self.tr("Subtotal, 1 line"), self.tr("Subtotal, {} lines"))
        rows = [TotalRow(words, written.amount(found.untaxed + found.document_discount))]
        if found.document_discount:
            rows.append(TotalRow(self.tr("Discount"), written.amount(-found.document_discount)))
        rows += [TotalRow(draft.taxes[code].name, written.amount(part.amount)) for code, part in found.taxes.items()]
        if found.rounding:
            rows.append(TotalRow(self.tr("Rounding"), written.amount(found.rounding)))
        rows.append(TotalRow(self.tr("Total {}").format(currency), written.amount(found.total), strong=True))
        if self.editor.margin is not None:
            rows += margin_words.rows(self.editor.margin.whole())
        if besides:
            one, many = self.tr("1 line to choose is in no total"), self.tr("{} lines to choose are in no total")
            rows.append(TotalRow(written.counted(besides, one, many), ""))
        self.totals.set_rows(rows)

    def _show_versions(self, found: Written) -> None:
        while (item := self._versions.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.version_section.setVisible(bool(found.versions))
        today = self.context.today()
        for version in reversed(found.versions):
            text = self.tr("Version {}, {}").format(version.version, written.day_within(version.sent_at.date(), today))
            button = Button(text, "file-check", Kind.LINK)
            button.clicked.connect(partial(self.opened_version.emit, version.id))
            self._versions.addWidget(button)

    # typing ------------------------------------------------------------------------------------

    def _lines_changed(self) -> None:
        self._show_totals()
        self._mark()

    def _mark(self) -> None:
        if self.document is None or not self.kind.editable(self.document.head):
            return
        self._dirty = True
        if self.saves_itself():
            self.header.set_note(self.tr("Not saved yet"))
            self._timer.start()
        else:
            self.header.set_note(self.tr("Changed, not agreed yet"))

    def _head_typed(self, name: str, value: date | None) -> None:
        if value is None and name == "valid_until":
            return  # a quote always has a last day
        self._head_changes[name] = value
        self._mark()

    def _po_typed(self) -> None:
        if self.document is not None and self.po.text().strip() != self.document.head.customer_po:
            self._head_changes["customer_po"] = self.po.text().strip()
            self._mark()

    def _term_chosen(self, _: int) -> None:
        self._head_changes["payment_term"] = str(self.term.currentData())
        self._mark()

    def _discount_typed(self, value: Decimal | None) -> None:
        self._head_changes["discount_percent"] = value or Decimal(0)
        self._mark()
        self.save()

    def _notes_typed(self) -> None:
        self._head_changes["notes"] = self.notes.toPlainText()
        self._mark()

    # saving ------------------------------------------------------------------------------------

    def _saved(self, _: None) -> None:
        self._saving = False
        if self._dirty and self.document is not None:
            read_head = partial(_read_head, kind=self.kind, document_id=self.document.head.id)
            self.context.tasks.read(self, read_head, self._take_head)
            return
        if self._document_id is not None:
            self.show_document(self._document_id)

    def _take_head(self, head: Any) -> None:
        """More was typed while saving: go on from the revision just written."""
        if self.document is not None:
            self.document = Written(
                head,
                self.document.opened,
                self.document.customer,
                self.document.terms,
                self.document.happenings,
                self.document.versions,
            )
            if self._after_saving is None:
                self._timer.start()
            else:
                self.save()

    def _refused(self, error: UserError) -> None:
        self._saving = False
        self._dirty = True
        self._after_saving = None
        self._head_changes = {**self._being_saved, **self._head_changes}
        self.header.set_note(self.tr("Not saved"))
        if isinstance(error, Invalid):
            self.form.show_error(error)
        self.read_again.setVisible(isinstance(error, Conflict))
        self.banner.set_text(str(error), self.tr("What you typed is still here."))

    def drop_typed(self) -> None:
        """Let what was typed go, and show the document as it is in the books."""
        self._dirty, self._head_changes = False, {}
        self._timer.stop()
        self.form.clear_errors()
        if self._document_id is not None:
            self.show_document(self._document_id)

    def _changed(self, changes: Any) -> None:
        if self._document_id is not None and self.is_saved() and self.isVisible() and changes.touch(self.kind.table):
            self.show_document(self._document_id)


def _read_head(connection: Connection, kind: DocumentKind, document_id: UUID) -> Any:
    return kind.read_head(connection, document_id)
