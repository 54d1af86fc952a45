"""The purchase order under the highlight: what is asked for, what came, when the rest comes, and whom it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.models.product import shown
from app.services import purchase_sheets
from app.services.lists import PurchaseRow
from app.services.purchase_sheets import PurchaseSheet, SheetLine
from app.services.work_sheets import WantedBy
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.purchasing import commands
from app.views.purchasing.words import next_step, quantity
from app.views.row_panel import RowPanel, fit_rows
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

TABLES: Final = ("purchase_order", "purchase_line", "peg", "shipment")


@dataclass(frozen=True, slots=True)
class _For:
    """A piece of a line and whom it is for."""

    line: SheetLine
    wanted: WantedBy


class PurchasePanel(RowPanel[PurchaseRow, PurchaseSheet]):
    """Shows a purchase order."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _read, TABLES, context.messages.tr("Choose a purchase order to see what it brings."))
        self.place(self._head())
        self.trouble = Banner()
        self.place(self.trouble, line=False)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[SheetLine] = RowsTable(self._columns())
        self.table = ListView(self.lines, "purchase_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines"))
        self.table.opened.connect(self._open_line)
        self.place(self.table, table=True)
        self.wanted = Section(self.tr("Ordered for"))
        self._wanted = QVBoxLayout()
        self._wanted.setSpacing(Space.SMALL)
        self.wanted.body.addLayout(self._wanted)
        self.place(self.wanted, line=False)

    def show_head(self, row: PurchaseRow) -> None:
        """Number, state, supplier and the next step."""
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.supplier.set_text(row.supplier_name)
        step = next_step(row.state, drop=row.order_id is not None)
        self.next.setVisible(step is not None)
        if step is not None:
            self.next.set_text(self.tr(step.text))
            self.next.set_icon(step.icon)

    def show_sheet(self, sheet: PurchaseSheet) -> None:
        """Everything that was read."""
        self.facts.set_facts(self._facts(sheet))
        self._show_trouble(sheet)
        self.lines.set_rows(sheet.lines)
        fit_rows(self.table, len(sheet.lines), most=30)
        self._show_wanted([_For(line, one) for line in sheet.lines for one in line.wanted_by])

    def _head(self) -> Section:
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.supplier = Button("", kind=Kind.LINK)
        self.supplier.clicked.connect(self._open_supplier)
        head.body.addWidget(Row(self.supplier, None))
        bound = self.context.commands
        self.next = ActionButton(bound[commands.NEXT.id], "play", Kind.PRIMARY)
        change = ActionButton(bound[commands.EDIT.id], "pencil")
        more = Button(icon="ellipsis", name=self.tr("More"))
        more.setMenu(self._menu([one for one in commands.COMMANDS if one not in {commands.NEW, commands.NEXT}]))
        head.body.addWidget(Row(self.next, change, None, more))
        return head

    def _menu(self, wanted: Sequence[Command]) -> QMenu:
        menu = QMenu(self)
        for command in wanted:
            menu.addAction(self.context.commands[command.id])
        return menu

    def _facts(self, sheet: PurchaseSheet) -> list[Fact]:
        head = sheet.head
        found = [
            Fact(self.tr("Ordered"), written.full_day(head.ordered_on)),
            Fact(self.tr("Expected"), written.full_day(head.expected_on) if head.expected_on else ""),
            Fact(self.tr("Total"), written.money(head.total, head.currency)),
            Fact(self.tr("Terms"), sheet.terms),
        ]
        if sheet.order_number:
            link = Button(f"{sheet.order_number} {sheet.customer}", kind=Kind.LINK)
            link.clicked.connect(partial(self.context.open, "order", head.order_id))
            found.append(Fact(self.tr("Goes to the customer of"), widget=link))
        else:
            found.append(Fact(self.tr("Comes to"), sheet.location))
        if head.reference:
            found.append(Fact(self.tr("Their reference"), head.reference, code=True))
        for one in sheet.shipments:
            link = Button(one.number, kind=Kind.LINK)
            link.clicked.connect(partial(self.context.open, "shipment", one.id))
            found.append(Fact(one.tracking_number or self.tr("Sent"), widget=link))
        if head.notes:
            found.append(Fact(self.tr("Notes"), head.notes))
        return found

    def _show_trouble(self, sheet: PurchaseSheet) -> None:
        """What somebody who waits must know, else what is late."""
        troubles = [one for one in sheet.waiting if one.trouble]
        today = self.context.today()
        late = [one for one in sheet.lines if one.open and one.expected_on and one.expected_on < today]
        if troubles:
            names = ", ".join(dict.fromkeys(f"{one.number} {one.customer}".strip() for one in troubles))
            self.trouble.set_text(names, self._told(troubles[0]))
        elif late and sheet.is_open:
            text = ", ".join(f"{quantity(one, one.open)} {one.product.sku}" for one in late)
            self.trouble.set_text(self.tr("Late: ask the supplier, then type the new day"), text)
        else:
            self.trouble.set_text("")

    def _told(self, one: WantedBy) -> str:
        """What is wrong for somebody who waits; days as people say them."""
        if one.ready_on is None or one.told is None or one.ready_on <= one.told:
            return one.trouble
        today = self.context.today()
        words = self.tr("Comes {}, promised for {}.")
        return words.format(written.day(one.ready_on, today), written.day(one.told, today))

    def _show_wanted(self, wanted: Sequence[_For]) -> None:
        while (item := self._wanted.takeAt(0)) is not None:
            widget: QWidget | None = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in wanted:
            self._wanted.addWidget(self._wanted_row(one))
        if not wanted:
            self._wanted.addWidget(Label(self.tr("The shelf: nobody waits for it."), Type.BODY, Tone.SOFT))

    def _wanted_row(self, one: _For) -> QWidget:
        link = Button(one.wanted.number, kind=Kind.LINK)
        link.clicked.connect(partial(self.context.open, one.wanted.kind, one.wanted.id))
        today = self.context.today()
        there = one.wanted.served >= one.wanted.grains
        tone = Tone.BAD if one.wanted.trouble else Tone.OK if there else Tone.SOFT
        day = written.day(one.wanted.ready_on, today) if one.wanted.ready_on else ""
        count = shown(one.line.in_unit(one.wanted.grains))
        pieces = Label(f"{count} {one.line.product.sku}", Type.META, Tone.SOFT)
        when = Label(self.tr("there") if there else day, Type.BODY, tone)
        return Row(link, Label(one.wanted.customer), None, pieces, when, gap=Space.MEDIUM)

    def _columns(self) -> tuple[Column[SheetLine], ...]:
        today = self.context.today()

        def due(line: SheetLine) -> Cell:
            return cells.due(line.expected_on, today, late=line.open > 0)

        return (
            Column[SheetLine]("item", self.tr("Item"), _item, 120, stretch=True),
            Column[SheetLine]("ordered", self.tr("Ordered"), _ordered, 82, right=True),
            Column[SheetLine]("received", self.tr("Received"), _received, 82, right=True),
            Column[SheetLine]("due", self.tr("Comes"), due, 92, right=True),
        )

    def _open_supplier(self) -> None:
        if self.row is not None:
            self.context.open("supplier", self.row.supplier_id)

    def _open_line(self, line: SheetLine) -> None:
        self.context.open("product", line.product.id)


def _read(connection: Connection, purchase_id: UUID) -> PurchaseSheet:
    return purchase_sheets.read(connection, purchase_id)


def _item(line: SheetLine) -> Cell:
    return cells.two_lines(line.name, f"{line.product.sku}  {line.supplier_sku}".strip())


def _ordered(line: SheetLine) -> Cell:
    price = written.amount(line.unit_price)
    return Cell(quantity(line, line.ordered), second=price, hint=written.tr("at {} each").format(price))


def _received(line: SheetLine) -> Cell:
    rest = written.tr("{} open").format(shown(line.in_unit(line.open))) if line.open else ""
    words = quantity(line, line.received) if line.received else cells.DASH
    tone = Tone.FAINT if not line.received else Tone.TEXT if line.open else Tone.OK
    return Cell(words, tone=tone, second=rest)
