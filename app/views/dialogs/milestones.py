"""The milestones of an order: what is invoiced when, typed like a list, and each invoiced in one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import milestones
from app.services.milestones import Planned, Step
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.fields import DateField
from app.views.widgets.labels import Label
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

ZERO: Final = Decimal(0)
COLUMNS: Final = (
    TypedColumn("name", "For", 190, stretch=True),
    TypedColumn("share", "Share or amount", 120, right=True),
    TypedColumn("when", "When", 150),
    TypedColumn("asks", "Comes to", 100, right=True, typed=False),
    TypedColumn("state", "Invoice", 120, typed=False),
)


class MilestonesDialog(FormDialog):
    """Plans what of an order is invoiced when; the highlighted milestone is invoiced with Ctrl+Shift+Enter."""

    def __init__(self, context: Context, head: Any, *, parent: QWidget) -> None:
        about = tr(
            "A row for each: what it is for, a share of the order (30 %) or an amount with tax (1,000.00), and a "
            "day or what has to happen. What no milestone asks for, the last invoice does."
        )
        super().__init__(context, tr("Milestones of {}").format(head.number), tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(760)
        self._head = head
        self._before: tuple[Step, ...] = ()
        self._known: dict[UUID, Planned] = {}
        self.table = TypedTable(tr("Milestones"), COLUMNS, height=200)
        self.table.changed.connect(self._count)
        self.form.add("milestones", "", self.table)
        self.on = DateField(tr("Invoice date"), context.today, context.today())
        self.form.add("on", tr("Invoice date"), self.on, tr("Of a milestone that is invoiced now."))
        self.sums = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.body.addWidget(self.sums)
        self.invoice = Button(tr("Save and invoice the highlighted one"), "receipt", Kind.SECONDARY)
        self.invoice.setToolTip(tr("{} (Ctrl+Shift+Enter)").format(self.invoice.text()))
        self.invoice.clicked.connect(self._bill)
        self.invoice.setEnabled(head.state == "confirmed")
        for key in ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self.invoice.click)
        self.body.addWidget(self.invoice)
        self.go.setEnabled(False)
        context.tasks.read(self, partial(_read, order_id=head.id), self._show)

    def submit(self) -> None:
        """Keep the plan."""
        steps = self._steps()
        if steps is None:
            return
        order_id, before = self._head.id, self._before
        self.run(
            "order.plan_milestones",
            lambda tx: milestones.plan(tx, order_id, steps),
            tr("The milestones are planned."),
            inverse=Inverse("order.plan_milestones", lambda tx, _: milestones.plan(tx, order_id, before)),
        )

    # inner -------------------------------------------------------------------------------------

    def _bill(self) -> None:
        place, steps, on = self.table.view.currentIndex().row(), self._steps(), self.on.value()
        if steps is None or on is None:
            return
        rows = [number for number, _ in self.table.texts()]
        if place not in rows:
            self.form.show_error(Invalid("milestones", tr("Highlight the milestone that is to be invoiced.")))
            return
        op = partial(_plan_and_bill, order_id=self._head.id, steps=steps, place=rows.index(place), on=on)
        self.run("order.bill_milestone", op, tr("{} is invoiced.").format(steps[rows.index(place)].name))

    def _show(self, found: Sequence[Planned]) -> None:
        self._known = {one.step.id: one for one in found if one.step.id is not None}
        self._before = tuple(one.step for one in found)
        self.table.set_texts([_texts(one) for one in found])
        self.go.setEnabled(True)
        self._count()
        self.table.view.setFocus()

    def _count(self, *_: object) -> None:
        """Say what the milestones come to, in the order and in all, as far as they can be read."""
        steps = self._steps(quietly=True)
        if steps is None:
            self.sums.setText("")
            return
        self.context.tasks.read(self, partial(_amounts, head=self._head, steps=steps), self._show_amounts)

    def _show_amounts(self, found: Sequence[Decimal]) -> None:
        rows = self.table.texts()
        if len(rows) != len(found):  # an answer to what was typed before
            return
        for (place, _), asks in zip(rows, found, strict=True):
            self.table.put(place, {"asks": written.amount(asks)})
        asked, total = sum(found, ZERO), self._head.total
        words = tr("{} of {} {}; the last invoice asks for {}.")
        self.sums.setText(
            words.format(
                written.amount(asked), written.amount(total), self._head.currency, written.amount(total - asked)
            )
        )

    def _steps(self, *, quietly: bool = False) -> tuple[Step, ...] | None:
        """Read what was typed; None where a cell cannot be read, which is marked unless ``quietly``."""
        found = []
        for place, row in self.table.texts():
            share = _share(row.get("share", ""))
            if share is None:
                if not quietly:
                    self.table.mark(place, "share", tr("Type a share such as 30 %, or an amount such as 100.00."))
                    self.form.show_error(Invalid("milestones", self.table.first_error()))
                return None
            due_on, event = self._when(row.get("when", ""))
            known = self._known.get(UUID(row["id"])) if row.get("id") else None
            found.append(Step(row.get("name", ""), *share, due_on, event, known.step.id if known else None))
        return tuple(found)

    def _when(self, typed: str) -> tuple[date | None, str]:
        day = written.date_from(typed, self.context.today()) if typed.strip() else None
        return (day, "") if day is not None else (None, typed.strip())


def _texts(one: Planned) -> Texts:
    step = one.step
    share = f"{written.quantity(step.percent)} %" if step.percent else written.amount(step.amount)
    when = step.due_on.isoformat() if step.due_on else step.event
    state = (one.number or tr("draft")) if one.is_invoiced else ""
    named = {"id": str(step.id), "name": step.name, "share": share, "when": when}
    return {**named, "asks": written.amount(one.asks), "state": state}


def _share(typed: str) -> tuple[Decimal, Decimal] | None:
    """Read a share as percentage and amount, one of them nothing."""
    plain = typed.strip()
    is_percent = plain.endswith("%")
    value = written.number(plain.rstrip("% "))
    if value is None or value <= 0:
        return None
    return (value, ZERO) if is_percent else (ZERO, value)


def _read(connection: Connection, order_id: UUID) -> list[Planned]:
    return milestones.of_order(connection, order_id)


def _amounts(connection: Connection, head: Any, steps: Sequence[Step]) -> list[Decimal]:
    return milestones.amounts(connection, head, steps)


def _plan_and_bill(tx: Transaction, order_id: UUID, steps: Sequence[Step], place: int, on: date) -> UUID:
    milestones.plan(tx, order_id, steps)
    planned = milestones.of_order(tx.connection, order_id)[place].step.id
    assert planned is not None
    return milestones.bill(tx, planned, on)
