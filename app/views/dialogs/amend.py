"""What an amendment of a confirmed order would do, line by line and in documents, before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.errors import UserError
from app.models.product import shown
from app.services import amendments, orders
from app.services.amendments import Shown
from app.services.credit_checks import Standing
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.margins import Margin
from app.services.overview import LineView
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.new_document import find_customers
from app.views.format import tr
from app.views.lines import sources
from app.views.rows_table import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.facts import TotalRow, TotalsBlock
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView
from app.views.widgets.record_field import RecordField

ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed on a confirmed order: changed fields of its head, and all its lines."""

    order_id: UUID
    number: str
    revision: int
    head: Mapping[str, Any]
    lines: tuple[LineInput, ...]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line before and after; one of them is None where it is new or gone."""

    before: LineView | None
    after: LineView | None


class AmendDialog(FormDialog):
    """Tries the amendment, shows what it does, and makes it; ``done_with`` tells how often the order was amended."""

    def __init__(self, context: Context, typed: Typed, parent: QWidget) -> None:
        tr_ = context.messages.tr
        super().__init__(context, tr_("Amend {}").format(typed.number), tr_("Amend the order"), parent=parent)
        self.setMinimumWidth(720)
        self._typed = typed
        self._asked = 0
        self.shown: Shown | None = None
        self.customer = RecordField(self.tr("Customer"), context.tasks, find_customers)
        self.customer.setPlaceholderText(self.tr("The same; type another one to hand the order over"))
        self.customer.chosen.connect(self._customer_changed)
        self.customer.cleared.connect(self._customer_changed)
        self.form.add("customer", self.tr("Customer"), self.customer)
        self.rows: RowsTable[ChangedLine] = RowsTable(self._columns())
        self.table = ListView(self.rows, "amended_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Changed lines"))
        self.table.setMinimumHeight(34 + 48 * 3)
        self.nothing = Label(self.tr("No line changes."), Type.BODY, Tone.SOFT)
        self.documents = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.totals = TotalsBlock()
        for widget in (self.nothing, self.table, self.documents, self.totals):
            self.body.addWidget(widget)
        self.nothing.hide()
        self._try()

    def submit(self) -> None:
        """Make it as shown."""
        typed, customer_id = self._typed, self._customer()
        change = partial(amendments.agree, head=typed.head, customer_id=customer_id, lines=typed.lines)
        order_id, revision = typed.order_id, typed.revision
        inverse = None
        if customer_id is None and self.shown is not None:
            inverse = Inverse("order.amend", _Back(order_id, self.shown, typed.head))
        self.run(
            "order.amend",
            lambda tx: change(tx, order_id, revision),
            self.tr("The order is amended; stock, purchases and drafts follow."),
            inverse=inverse,
        )

    # showing -----------------------------------------------------------------------------------

    def _customer(self) -> UUID | None:
        choice = self.customer.choice()
        return choice.id if choice else None

    def _customer_changed(self, *_: object) -> None:
        self._try()

    def _try(self) -> None:
        self._asked += 1
        self.go.setEnabled(False)
        self.documents.setText(self.tr("Working out what this changes…"))
        typed, tasks = self._typed, self.context.tasks
        change = partial(amendments.agree, head=typed.head, customer_id=self._customer(), lines=typed.lines)
        look = partial(_look, typed=typed, change=change, by=tasks.by, at=tasks.now())
        tasks.write_aside(self, look, partial(self._show, self._asked), self._refused)

    def _refused(self, error: UserError) -> None:
        self.documents.setText("")
        self.form.show_error(error)

    def _show(self, asked: int, found: Shown) -> None:
        if asked != self._asked:
            return
        self.shown = found
        self.form.clear_errors()
        self.go.setEnabled(True)
        changed = _changed(found)
        self.rows.set_rows(changed)
        self.table.setVisible(bool(changed))
        self.nothing.setVisible(not changed)
        self.table.setFixedHeight(34 + 48 * min(ROWS, max(1, len(changed))) + 2)
        words = _documents(found)
        self.documents.setText("; ".join(words) if words else self.tr("No purchase, work order or transfer changes."))
        self.totals.set_rows(_worth(found))

    def _columns(self) -> tuple[Column[ChangedLine], ...]:
        def day(line: ChangedLine) -> Cell:
            if line.after is None or self.shown is None:
                return Cell()
            text, tone = sources.ready_day(line.after, self.shown.after.order, self.context.today())
            return Cell(text, tone=tone, strong=tone is not Tone.SOFT, hint=line.after.ready_reason)

        return (
            Column[ChangedLine]("item", tr("Item"), _item, 190, stretch=True),
            Column[ChangedLine]("quantity", tr("Qty"), _quantity, 110, right=True),
            Column[ChangedLine]("source", tr("Source"), _source, 180),
            Column[ChangedLine]("ready", tr("Ready"), day, 92),
            Column[ChangedLine]("amount", tr("Amount"), _amount, 96, right=True),
        )


class _Back:
    """Takes an amendment back: the lines, and what it changed of the head, as they were."""

    def __init__(self, order_id: UUID, shown_before: Shown, head: Mapping[str, Any]) -> None:
        self._order_id, self._lines = order_id, shown_before.lines
        self._head = {name: getattr(shown_before.before.order, name) for name in head}

    def __call__(self, tx: Transaction, _amended: int) -> None:
        revision = orders.get(tx.connection, self._order_id).revision
        amendments.agree(tx, self._order_id, revision, head=self._head, lines=self._lines)


def _look(database: Database, typed: Typed, change: Any, by: str, at: Any) -> Shown:
    return amendments.preview(database, typed.order_id, typed.revision, change, by=by, at=at)


def _changed(found: Shown) -> list[ChangedLine]:
    before = {line.id: line for line in found.before.lines}
    after = {line.id: line for line in found.after.lines}
    pairs = [ChangedLine(before.get(key), line) for key, line in after.items()]
    pairs += [ChangedLine(line, None) for key, line in before.items() if key not in after]
    return [pair for pair in pairs if _key(pair.before) != _key(pair.after)]


def _key(line: LineView | None) -> object:
    if line is None:
        return None
    sources = tuple((one.way, one.number, one.grains, one.ready_on) for one in line.sources)
    what = (line.product_id, line.name, line.quantity, line.unit, line.amount)
    return what, line.reserved, line.backordered, line.ready_on, sources


def _documents(found: Shown) -> list[str]:
    """Say what the purchases, work orders and transfers of the order bring before and after."""
    brought: list[dict[str, Any]] = []
    for overview in (found.before, found.after):
        amounts: dict[str, Any] = {}
        for line in overview.lines:
            for one in line.sources:
                if one.document_id is not None:
                    name = f"{sources.source_name(one)}, {line.sku}"
                    amounts[name] = amounts.get(name, 0) + line.in_unit(one.grains)
        brought.append(amounts)
    before, after = brought
    names = dict.fromkeys([*before, *after])
    return [
        tr("{}: {} → {}").format(name, shown(before.get(name, 0) + 0), shown(after.get(name, 0) + 0))
        for name in names
        if before.get(name, 0) != after.get(name, 0)
    ]


def _worth(found: Shown) -> list[TotalRow]:
    """Write what the amendment does in money."""
    before, after = found.worth_before, found.worth_after
    rows = [
        TotalRow(tr("Net"), _step(before.net, after.net)),
        TotalRow(tr("Tax"), _step(before.tax, after.tax)),
        TotalRow(tr("Total {}").format(found.after.order.currency), _step(before.total, after.total), strong=True),
    ]
    if before.deposit or after.deposit:
        rows.append(TotalRow(tr("Deposits asked for"), _step(before.deposit, after.deposit)))
    if found.before.order.invoiced_total:
        rows.append(TotalRow(tr("Not invoiced yet"), _step(before.left, after.left)))
    if before.margin and after.margin and (before.margin.margin or after.margin.margin):
        rows.append(TotalRow(tr("Margin"), _arrowed(*(_margin(one.margin) for one in (before.margin, after.margin)))))
    if before.credit and after.credit and after.credit.free is not None:
        words = tr("Beyond the credit limit, {}") if after.credit.is_over else tr("Credit left, {}")
        free = _limit(before.credit), _limit(after.credit)
        rows.append(TotalRow(words.format(after.credit_currency), _arrowed(*free)))
    return rows


def _margin(margin: Margin | None) -> str:
    if margin is None:
        return "–"
    share = "" if margin.percent is None else f" ({written.quantity(margin.percent)} %)"
    return f"{written.amount(margin.left)}{share}"


def _limit(credit: Standing) -> str:
    return tr("no limit") if credit.free is None else written.amount(credit.free)


def _step(before: Decimal, after: Decimal) -> str:
    return _arrowed(written.amount(before), written.amount(after))


def _arrowed(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _item(line: ChangedLine) -> Cell:
    known = line.after or line.before
    assert known is not None
    if line.after is None:
        return Cell(known.name, tone=Tone.FAINT, second=tr("{}, removed").format(known.sku))
    return cells.two_lines(known.name, known.sku if line.before else tr("{}, new").format(known.sku))


def _arrow(before: str, after: str) -> Cell:
    if before == after:
        return cells.text(after, tone=Tone.SOFT)
    return cells.text(f"{before} → {after}", strong=True)


def _quantity(line: ChangedLine) -> Cell:
    before = shown(line.before.quantity) if line.before else "0"
    return _arrow(before, shown(line.after.quantity) if line.after else "0")


def _source(line: ChangedLine) -> Cell:
    return sources.source(line.after) if line.after else Cell()


def _amount(line: ChangedLine) -> Cell:
    return cells.amount(line.after.amount) if line.after else Cell()
