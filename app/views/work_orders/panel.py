"""The work order under the highlight: what is made and for whom, its components, its route, who does it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.models.work import WorkState
from app.services import work_sheets
from app.services.lists import WorkRow
from app.services.work_sheets import Part, RouteStep, WantedBy, WorkSheet
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
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
from app.views.work_orders import commands
from app.views.work_orders.words import minutes, next_step, pieces

TABLES: Final = (
    "work_order",
    "work_component",
    "work_step",
    "stock_level",
    "peg",
    "transfer",
    "transfer_line",
    "purchase_order",
    "purchase_line",
)
FIRST_STEP: Final[dict[str, Command]] = {WorkState.PLANNED: commands.RELEASE, WorkState.RELEASED: commands.REPORT}
"""The next step as far as the list's row tells; what is outsourced begins with sending its components."""


class WorkPanel(RowPanel[WorkRow, WorkSheet]):
    """Shows a work order."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _read, TABLES, context.messages.tr("Choose a work order to see what it takes."))
        self.place(self._head())
        self.trouble = Banner()
        self.place(self.trouble, line=False)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.wanted = Section(self.tr("Made for"))
        self._wanted = QVBoxLayout()
        self._wanted.setSpacing(Space.SMALL)
        self.wanted.body.addLayout(self._wanted)
        self.place(self.wanted)
        self.parts: RowsTable[Part] = RowsTable(_PARTS)
        self.parts_view = ListView(self.parts, "work_panel_parts", two_lines=True)
        self.parts_view.setAccessibleName(self.tr("Components"))
        self.parts_view.opened.connect(self._open_part)
        self.place(self.parts_view, table=True)
        self.steps: RowsTable[RouteStep] = RowsTable(self._step_columns())
        self.steps_view = ListView(self.steps, "work_panel_steps", two_lines=True)
        self.steps_view.setAccessibleName(self.tr("Route"))
        self.place(self.steps_view, line=False, table=True)

    def show_head(self, row: WorkRow) -> None:
        """Number, state and product."""
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.product.set_text(row.name)
        self.sku.setText(row.sku)
        self._show_next(FIRST_STEP.get(row.state))

    def show_sheet(self, sheet: WorkSheet) -> None:
        """Everything that was read."""
        self._show_next(next_step(sheet))
        self.facts.set_facts(self._facts(sheet))
        self._show_trouble(sheet)
        self._show_wanted(sheet)
        self.parts.set_rows(sheet.parts)
        fit_rows(self.parts_view, len(sheet.parts), most=30)
        self.steps.set_rows(sheet.steps)
        self.steps_view.setVisible(bool(sheet.steps))
        fit_rows(self.steps_view, len(sheet.steps), most=30)

    def _head(self) -> Section:
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.product, self.sku = Button("", kind=Kind.LINK), Label("", Type.META, Tone.FAINT, code=True)
        self.product.clicked.connect(self._open_product)
        head.body.addWidget(Row(self.product, self.sku, None, gap=Space.MEDIUM))
        bound = self.context.commands
        self.next = ActionButton(bound[commands.NEXT.id], "play", Kind.PRIMARY)
        move = ActionButton(bound[commands.MOVE.id], "calendar")
        more = Button(icon="ellipsis", name=self.tr("More"))
        more.setMenu(
            self._menu(
                commands.RELEASE,
                commands.REPORT,
                commands.USE,
                commands.PUT_BACK,
                commands.SEND,
                commands.ARRIVED,
                commands.FINISH,
                commands.TAKE_BACK,
                commands.REOPEN,
                commands.CANCEL,
                commands.PRINT,
                commands.ORDER,
                commands.PRODUCT,
            )
        )
        head.body.addWidget(Row(self.next, move, None, more))
        return head

    def _menu(self, *wanted: Command) -> QMenu:
        menu = QMenu(self)
        for command in wanted:
            menu.addAction(self.context.commands[command.id])
        return menu

    def _show_next(self, step: Command | None) -> None:
        self.next.setVisible(step is not None)
        if step is not None:
            self.next.set_text(self.tr(step.text))
            self.next.set_icon(step.icon or "play")

    def _facts(self, sheet: WorkSheet) -> list[Fact]:
        head, of = sheet.head, sheet.product

        def amount(grains: int) -> str:
            return pieces(grains, of.grain, of.unit) if grains else ""

        found = [
            Fact(self.tr("To make"), amount(head.ordered)),
            Fact(self.tr("Made"), amount(head.made)),
            Fact(self.tr("Begins"), written.full_day(head.starts_on) if head.starts_on else ""),
            Fact(self.tr("Ready"), written.full_day(head.due_on) if head.due_on else ""),
        ]
        if head.scrapped or head.cancelled:
            found.append(Fact(self.tr("Spoilt"), amount(head.scrapped)))
            found.append(Fact(self.tr("Not made after all"), amount(head.cancelled)))
        found.append(Fact(self.tr("Comes to"), sheet.location))
        found.append(Fact(self.tr("Bill"), sheet.bill_code or self.tr("without a name")))
        if sheet.supplier:
            found.append(Fact(self.tr("Subcontractor"), sheet.supplier))
            asked = [("purchase", one.purchase_id, one.number, one.state) for one in sheet.services]
            sent = [("transfer", one.id, one.number, one.state) for one in sheet.sent]
            found.append(self._documents(self.tr("Their work"), asked))
            found.append(self._documents(self.tr("Components sent"), sent))
        return found

    def _documents(self, label: str, rows: Sequence[tuple[str, UUID, str, str]]) -> Fact:
        """Documents (kind, id, number, state) as a fact; one that has a screen leads there."""
        if not rows:
            return Fact(label)
        parts: list[QWidget | None] = []
        for kind, key, number, state in rows:
            parts += [self._link(kind, key, number), Label(self.tr(state), Type.BODY, Tone.SOFT)]
        return Fact(label, "", Row(*parts, None))

    def _link(self, kind: str, key: UUID, number: str) -> QWidget:
        if not self.context.navigator.can_open(kind):
            return Label(number, code=True)
        link = Button(number, kind=Kind.LINK)
        link.clicked.connect(partial(self.context.open, kind, key))
        return link

    def _show_trouble(self, sheet: WorkSheet) -> None:
        """The first thing that a person must decide, else what is missing."""
        troubles = [one for one in sheet.wanted_by if one.trouble]
        short = [one for one in sheet.parts if one.short and self._waits(sheet)]
        if troubles:
            self.trouble.set_text(troubles[0].number, troubles[0].trouble)
        elif short:
            names = ", ".join(f"{pieces(one.short, one.grain)} {one.sku}" for one in short)
            self.trouble.set_text(self.tr("Short of parts"), names)
        else:
            self.trouble.set_text("")

    def _waits(self, sheet: WorkSheet) -> bool:
        return bool(sheet.left) and sheet.head.state in {"planned", "released"}

    def _show_wanted(self, sheet: WorkSheet) -> None:
        while (item := self._wanted.takeAt(0)) is not None:
            widget: QWidget | None = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in sheet.wanted_by:
            self._wanted.addWidget(self._wanted_row(one, sheet))
        if not sheet.wanted_by:
            self._wanted.addWidget(Label(self.tr("The shelf: no order waits for it."), Type.BODY, Tone.SOFT))

    def _wanted_row(self, one: WantedBy, sheet: WorkSheet) -> QWidget:
        link = self._link(one.kind, one.id, one.number)
        today = self.context.today()
        late = one.ready_on is not None and one.served < one.grains and one.ready_on < today
        tone = Tone.BAD if one.trouble or late else Tone.SOFT
        day = written.day(one.ready_on, today) if one.ready_on else ""
        quantity = pieces(one.grains, sheet.product.grain, sheet.product.unit)
        return Row(link, Label(one.customer), None, Label(quantity), Label(day, Type.BODY, tone), gap=Space.MEDIUM)

    def _step_columns(self) -> tuple[Column[RouteStep], ...]:
        today = self.context.today()

        def days(one: RouteStep) -> Cell:
            first, last = one.days[0], one.days[-1]
            words = written.day(first, today) if first == last else f"{first.day}. – {written.day(last, today)}"
            return cells.text(words, tone=Tone.OK if one.done else Tone.SOFT)

        return (
            Column[RouteStep]("step", self.tr("Route"), _step, 150, stretch=True),
            Column[RouteStep]("minutes", self.tr("Work"), _minutes, 108, right=True),
            Column[RouteStep]("days", self.tr("Days"), days, 116, right=True),
        )

    def _open_product(self) -> None:
        if self.row is not None:
            self.context.open("product", self.row.product_id)

    def _open_part(self, part: Part) -> None:
        self.context.open("product", part.product_id)


def _read(connection: Connection, work_order_id: UUID) -> WorkSheet:
    return work_sheets.read(connection, work_order_id)


def _part(one: Part) -> Cell:
    return cells.two_lines(one.name, f"{one.sku}  {one.comes}".strip())


def _needed(one: Part) -> Cell:
    return cells.text(pieces(one.needed, one.grain))


def _there(one: Part) -> Cell:
    tone = Tone.BAD if one.short else Tone.OK
    words = pieces(one.there, one.grain) if one.open else cells.DASH
    second = written.tr("{} short").format(pieces(one.short, one.grain)) if one.short else ""
    return Cell(words, tone=tone if one.open else Tone.FAINT, strong=bool(one.open), second=second)


def _used(one: Part) -> Cell:
    return cells.text(pieces(one.consumed, one.grain) if one.consumed else cells.DASH, tone=Tone.SOFT)


def _step(one: RouteStep) -> Cell:
    return cells.two_lines(one.name, one.center, code_below=False)


def _minutes(one: RouteStep) -> Cell:
    return cells.text(minutes(Fraction(one.minutes)), tone=Tone.SOFT)


_PARTS: Final = (
    Column[Part]("item", "Component", _part, 150, stretch=True),
    Column[Part]("needed", "Needed", _needed, 70, right=True),
    Column[Part]("there", "There", _there, 76, right=True),
    Column[Part]("used", "Issued", _used, 66, right=True),
)
