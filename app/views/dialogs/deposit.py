"""Asking for a deposit: how much, whether the order waits for it, how it is deducted; its tax split is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.deposit import Deduction, Part
from app.services import billing, companies, deposits, orders
from app.services.deposits import Wanted
from app.services.overview import OrderOverview
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.facts import TotalRow, TotalsBlock
from app.views.widgets.fields import NumberField
from app.views.widgets.labels import Label

HOW: Final = (("percent", "Percent of the order"), ("amount", "Amount with tax"), ("net", "Amount before tax"))
WAYS: Final = ((Deduction.ONCE, "All at once, by the next invoice"), (Deduction.SHARE, "In proportion to each invoice"))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a deposit before it is asked for, or why it cannot be."""

    wanted: Wanted
    parts: Sequence[Part]
    names: dict[str, str]
    currency: str
    total: Decimal = Decimal(0)
    reason: str = ""


class DepositDialog(FormDialog):
    """Asks for a deposit of an order; as often as is needed."""

    def __init__(self, context: Context, order: OrderOverview, *, parent: QWidget) -> None:
        head = order.order
        is_draft = head.state == "draft"
        about = tr("It is asked for when the order is confirmed.") if is_draft else tr("A draft invoice is made of it.")
        title = tr("Deposit for {}").format(head.number)
        super().__init__(context, title, tr("Ask for it"), about=about, parent=parent)
        self._order_id, self._is_draft, self._way = head.id, is_draft, Deduction(head.deposit_deduction)
        self.how, self.way = QComboBox(), QComboBox()
        for value, words in HOW:
            self.how.addItem(tr(words), value)
        for way, words in WAYS:
            self.way.addItem(tr(words), way)
        self.way.setCurrentIndex(self.way.findData(self._way))
        self.figure = NumberField(tr("How much"), Decimal(30))
        self.blocks = QCheckBox(tr("Nothing is reserved, shipped or invoiced before it is paid"))
        self.form.add("how", tr("Of what"), self.how)
        self.form.add("deposit", tr("How much"), self.figure)
        self.form.add("way", tr("Deducted"), self.way)
        self.form.add("blocks", "", self.blocks)
        self._rows: list[TotalRow] = []
        self.split = TotalsBlock()
        self.reason = Label("", Type.META, Tone.SOFT, wrap=True)
        self.body.addWidget(self.split)
        self.body.addWidget(self.reason)
        self.how.currentIndexChanged.connect(self._preview)
        self.figure.changed.connect(self._preview)
        self.figure.setFocus()
        self.figure.selectAll()
        self._preview()

    def submit(self) -> None:
        """Ask for it."""
        wanted, way = self._wanted(), Deduction(self.way.currentData())
        op = partial(_ask, order_id=self._order_id, wanted=wanted, way=way if way != self._way else None)
        said = tr("The deposit is agreed.") if self._is_draft else tr("The deposit is drafted; post its invoice.")
        inverse = None if self._is_draft else Inverse("invoice.discard", _undo)
        self.run("order.ask_deposit", op, said, inverse=inverse)

    def shown(self) -> str:
        """Give the split as it is shown, one part to a line."""
        return "\n".join(f"{row.label}: {row.value}" for row in self._rows)

    def _wanted(self) -> Wanted:
        figure, blocks = self.figure.value() or Decimal(0), self.blocks.isChecked()
        asked = {name: figure if name == self.how.currentData() else Decimal(0) for name, _ in HOW}
        return Wanted(asked["percent"], asked["amount"], asked["net"], blocks)

    def _preview(self, *_changed: object) -> None:
        op = partial(_read, order_id=self._order_id, wanted=self._wanted())
        self.context.tasks.read(self, op, self._show_parts)

    def _show_parts(self, found: _Shown) -> None:
        if found.wanted != self._wanted():  # an answer to what was typed before
            return
        self.reason.setText(found.reason)
        rows = []
        for part in found.parts:
            label = ", ".join(found.names[code] for code in part.codes.split()) or tr("without tax")
            rows.append(TotalRow(label, f"{written.amount(part.net)} + {written.amount(part.total - part.net)}"))
        total = f"{written.amount(found.total)} {found.currency}"
        self._rows = [*rows, TotalRow(tr("Deposit"), total, strong=True)] if rows else []
        self.split.set_rows(self._rows)


def _read(connection: Connection, order_id: UUID, wanted: Wanted) -> _Shown:
    head = orders.get(connection, order_id)
    names = {code: rule.name for code, rule in companies.known_taxes(connection).items()}
    try:
        parts = deposits.preview(connection, order_id, wanted)
        return _Shown(wanted, parts, names, head.currency, deposits.amount_of(connection, head, parts))
    except Invalid as error:
        return _Shown(wanted, (), names, head.currency, reason=str(error))


def _ask(tx: Transaction, order_id: UUID, wanted: Wanted, way: Deduction | None) -> UUID | None:
    asked = deposits.ask(tx, order_id, wanted)
    if way is not None:
        deposits.deduct_by(tx, order_id, way)
    return asked


def _undo(tx: Transaction, deposit_id: UUID) -> None:
    billing.discard(tx, deposit_id)
