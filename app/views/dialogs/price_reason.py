"""How the price of a line came about: the rules looked at, the one that won and why, and what would be cheaper."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from app.errors import UserError
from app.models.pricing import Considered, Nearness, Verdict
from app.services import price_list_sheets
from app.services.price_list_sheets import Reason
from app.services.pricing import Better, Buyer, round_price
from app.services.products import Product
from app.views import cells, price_words
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

NEARNESS: Final = {
    Nearness.CUSTOMER: "for this customer",
    Nearness.GROUP: "for the customer's group",
    Nearness.CHANNEL: "for the channel",
    Nearness.EVERYBODY: "for everybody",
}
VERDICTS: Final = {
    Verdict.WON: "Gives the price",
    Verdict.OUTRANKED: "Another list goes first",
    Verdict.LATER: "A rule above it in the list fits",
    Verdict.TOO_FEW: "Only from {} on",
    Verdict.TOO_MANY: "Only up to {}",
    Verdict.NOT_YET: "Not begun",
    Verdict.OVER: "Over",
    Verdict.OTHER_UNIT: "Only in {}",
}


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line whose price is asked about; ``follows`` where its price is what the lists said as it was typed."""

    product: Product
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    follows: bool


class PriceReasonDialog(FormDialog):
    """Tells how the price of a line comes about, as the buyer's lists are now; it changes nothing."""

    def __init__(self, context: Context, buyer: Buyer, currency: str, line: PricedLine, *, parent: QWidget) -> None:
        title = tr("Price of {} {}").format(written.measured(line.quantity, line.unit), line.product.sku)
        super().__init__(context, title, tr("Close"), about=line.product.name, parent=parent)
        self.setMinimumWidth(920)
        self.leave.hide()
        self._line = line
        self.found: Reason | None = None
        self.facts = Facts(4)
        self.why = Label("", Type.BODY_BOLD, wrap=True)
        self.better = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.rows: RowsTable[Considered] = RowsTable(
            (
                Column[Considered]("list", tr("Price list"), self._list, 190, stretch=True),
                Column[Considered]("rule", tr("Rule"), self._rule, 280, stretch=True),
                Column[Considered]("price", tr("Price"), _price, 96, right=True),
                Column[Considered]("verdict", tr("What became of it"), _verdict, 210),
            )
        )
        self.view = ListView(self.rows, "price_reason", two_lines=True)
        self.view.setAccessibleName(tr("Rules looked at"))
        self.view.setMinimumHeight(240)
        for widget in (self.facts, self.why, self.view, self.better):
            self.body.addWidget(widget)
        self.go.setEnabled(False)
        question = partial(
            price_list_sheets.reason,
            buyer=buyer,
            currency=currency,
            product=line.product,
            quantity=line.quantity,
            unit=line.unit,
        )
        context.tasks.read(self, question, self._show, self._unknown)

    def submit(self) -> None:
        """Close it."""
        self.accept()

    def _show(self, found: Reason) -> None:
        self.found = found
        told, line = found.told, self._line
        offer = told.offer
        listed = tr("no rate for {}").format(told.currency)
        if told.list_price is not None:
            listed = written.money(told.list_price, told.currency)
        says = listed
        if told.conflict:
            says = tr("contradicting")
        elif offer is not None:
            says = written.money(offer.net, told.currency)
        off = "" if told.discount_percent is None or told.conflict else f"{written.quantity(told.discount_percent)} %"
        now = written.money(line.unit_price, told.currency)
        if line.discount_percent:
            now = tr("{} less {} %").format(now, written.quantity(line.discount_percent))
        self.facts.set_facts(
            [
                Fact(tr("List price"), listed),
                Fact(tr("The lists say"), says),
                Fact(tr("Below list price"), off),
                Fact(tr("On the line"), now if line.follows else tr("{}, as agreed: it stays").format(now)),
            ]
        )
        self.rows.set_rows(told.looked)
        self.view.setVisible(bool(told.looked))
        self.why.setText(self._why(found))
        self.why.set_tone(Tone.BAD if told.conflict else Tone.TEXT)
        better = [self._better(one) for one in (told.more, told.later) if one is not None]
        self.better.setText("\n".join(better))
        self.better.setVisible(bool(better))
        self._ready()

    def _unknown(self, error: UserError) -> None:
        self.form.show_error(error)
        self.view.hide()
        self._ready()

    def _ready(self) -> None:
        self.go.setEnabled(True)
        if self.view.isVisible():
            self.view.selectRow(0)
            self.view.setFocus()
        else:
            self.go.setFocus()
        self.fit()

    def _why(self, found: Reason) -> str:
        told = found.told
        if told.conflict:
            return told.conflict
        if told.won is None:
            return tr("No rule of a price list fits: the list price stands.")
        said = [tr(NEARNESS[told.won.list.nearness])]
        if told.won.list.priority is not None:
            said.insert(0, tr("priority {}").format(told.won.list.priority))
        return tr("{} gives the price ({}).").format(told.won.list.name, ", ".join(said))

    def _better(self, one: Better) -> str:
        price = written.amount(one.unit_price)
        if one.quantity is not None:
            start = written.measured(one.quantity, self._line.unit)
            return tr("From {}: {} ({})").format(start, price, one.list_name)
        assert one.on is not None, "what is better later has its day"
        return tr("From {}: {} ({})").format(written.full_day(one.on), price, one.list_name)

    def _list(self, one: Considered) -> Cell:
        rank = "" if one.list.priority is None else tr("priority {}, ").format(one.list.priority)
        return cells.two_lines(one.list.name, f"{rank}{tr(NEARNESS[one.list.nearness])}", code_below=False)

    def _rule(self, one: Considered) -> Cell:
        return cells.text(price_words.says(one.rule, self.found.names if self.found else {}))


def _price(one: Considered) -> Cell:
    return cells.amount(None if one.price is None else round_price(one.price), strong=one.verdict is Verdict.WON)


def _verdict(one: Considered) -> Cell:
    rule = one.rule
    detail = {
        Verdict.TOO_FEW: written.quantity(rule.min_quantity),
        Verdict.TOO_MANY: "" if rule.max_quantity is None else written.quantity(rule.max_quantity),
        Verdict.OTHER_UNIT: rule.unit,
    }.get(one.verdict, "")
    tone = Tone.OK if one.verdict is Verdict.WON else Tone.SOFT
    return cells.text(tr(VERDICTS[one.verdict]).format(detail), tone=tone, strong=one.verdict is Verdict.WON)
