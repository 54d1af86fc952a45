"""What comes off the shop floor, what it took, and what is used or put back besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.errors import Invalid, NotFound
from app.models.stock import Tracking
from app.services import production, warehouses
from app.services.placing import Put
from app.services.products import Product
from app.services.transaction import Transaction
from app.services.work_sheets import Part, WorkSheet
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.format import tr
from app.views.widgets.fields import Field, QuantityField
from app.views.work_orders.words import pieces

NOTHING: Final = Fraction(0)


class ReportDialog(FormDialog):
    """Reports output and scrap; the components it takes are proposed by the bill and can be typed over."""

    def __init__(self, context: Context, sheet: WorkSheet, *, parent: QWidget) -> None:
        of = sheet.product
        about = tr("{}: {} left to make.").format(of.name, pieces(sheet.left, of.grain, of.unit))
        super().__init__(context, tr("Report {}").format(sheet.head.number), tr("Report"), about=about, parent=parent)
        self.setMinimumWidth(600)
        self._sheet, self._asked = sheet, 0
        self._proposed: Mapping[UUID, Fraction] = {}
        self.made = QuantityField(tr("Made"), Decimal(0))
        self.spoilt = QuantityField(tr("Spoilt"), Decimal(0))
        self.lot = Field(tr("Lot"), code=True)
        self.bin = Field(tr("Bin"), code=True)
        self.form.add("quantity", tr("Made"), self.made, tr("Good pieces, in {}.").format(of.unit))
        self.form.add("scrapped", tr("Spoilt"), self.spoilt)
        if of.tracked:
            serial = of.tracking == Tracking.SERIAL
            hint = tr("A number for each piece, with spaces between.") if serial else tr("The lot of these pieces.")
            self.form.add("lot", tr("Serial numbers") if serial else tr("Lot"), self.lot, hint)
        self.form.add("bin", tr("Bin"), self.bin, tr("Empty: it is put away later."))
        self.parts = QuantityTable(tr("Components used"), tr("Used"), [_used(one) for one in sheet.parts])
        self.body.addWidget(self.parts)
        self.made.textEdited.connect(self._propose)
        self.spoilt.textEdited.connect(self._propose)
        self.made.setFocus()
        self.made.selectAll()

    def submit(self) -> None:
        """Report it."""
        made, spoilt = self.made.value() or Decimal(0), self.spoilt.value() or Decimal(0)
        of, work_order_id, place = self._sheet.product, self._sheet.head.id, self._sheet.head.location_id
        try:
            used = self._typed(self.parts.grains())
            puts = _puts(of, made, self.lot.text().split(), self.bin.text().strip())
        except Invalid as error:
            self.form.show_error(error)
            return
        bin_code = self.bin.text().strip()

        def op(tx: Transaction) -> str:
            bin_id = _bin(tx, place, bin_code)
            named = [replace(put, bin_id=bin_id) for put in puts]
            return production.report(
                tx, work_order_id, of.grains(made), scrapped=of.grains(spoilt), consumed=used, puts=named
            )

        self.run("work.report", op, tr("Output of {} is reported."))

    def _typed(self, grains: Mapping[UUID, int]) -> dict[UUID, int]:
        """The components the user typed over; of the others the bill says at the booking what is taken."""
        return {
            one.id: grains.get(one.id, 0)
            for one in self.parts.lines
            if one.chosen != self._proposed.get(one.id, NOTHING)
        }

    def _propose(self, _text: str = "") -> None:
        """Ask what the bill takes for what is typed."""
        made, spoilt = _number(self.made), _number(self.spoilt)
        if made is None or spoilt is None:
            return
        try:
            done = self._sheet.product.grains(made + spoilt)
        except Invalid:
            return  # finer than its stock is counted: said when it is reported
        self._asked += 1
        read = partial(production.shares, work_order_id=self._sheet.head.id, done=done)
        self.context.tasks.read(self, read, partial(self._show, self._asked))

    def _show(self, asked: int, shares: Mapping[UUID, int]) -> None:
        if asked != self._asked:
            return
        parts = {one.id: one for one in self._sheet.parts}
        fresh = {key: Fraction(grains, parts[key].grain) for key, grains in shares.items()}
        typed = {one.id for one in self.parts.lines if one.chosen != self._proposed.get(one.id, NOTHING)}
        lines = [one if one.id in typed else replace(one, chosen=fresh[one.id]) for one in self.parts.lines]
        self._proposed = fresh
        self.parts.set_lines(lines)


class PartsDialog(FormDialog):
    """Uses more components than the bill asks for, or puts back what was not used."""

    def __init__(self, context: Context, sheet: WorkSheet, *, back: bool, parent: QWidget) -> None:
        number = sheet.head.number
        title = tr("Put components of {} back").format(number) if back else tr("Use more for {}").format(number)
        about = (
            tr("What was issued and not used is free again, and promised to who waits.")
            if back
            else tr("Besides what the bill asks for, e.g. for a spoilt part. Taken from what is free.")
        )
        super().__init__(context, title, tr("Put back") if back else tr("Use"), about=about, parent=parent)
        self._id, self._back = sheet.head.id, back
        lines = [_line(one, one.consumed if back else one.free) for one in sheet.parts]
        self.parts = QuantityTable(title, tr("Put back") if back else tr("Used"), lines)
        self.body.addWidget(self.parts)

    def submit(self) -> None:
        """Book it."""
        try:
            grains = self.parts.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        work_order_id = self._id
        if self._back:
            self.run(
                "work.give_back",
                lambda tx: production.give_back(tx, work_order_id, grains),
                tr("Components of {} are back on the shelf."),
                inverse=Inverse("work.consume", lambda tx, _: production.consume(tx, work_order_id, grains)),
            )
            return
        self.run(
            "work.consume",
            lambda tx: production.consume(tx, work_order_id, grains),
            tr("More is used for {}."),
            inverse=Inverse("work.give_back", lambda tx, _: production.give_back(tx, work_order_id, grains)),
        )


def _line(one: Part, most: int, chosen: Fraction = NOTHING) -> QuantityLine:
    return QuantityLine(one.id, one.name, one.sku, one.unit, Fraction(most, one.grain), Fraction(one.grain), chosen)


def _used(one: Part) -> QuantityLine:
    return _line(one, one.reserved + one.free)


def _number(field: QuantityField) -> Decimal | None:
    """What is typed in a field that the keyboard has not left yet; nothing typed counts as none."""
    return written.number(field.text()) if field.text().strip() else Decimal(0)


def _puts(of: Product, made: Decimal, lots: Sequence[str], bin_code: str) -> list[Put]:
    if not made or not (of.tracked or bin_code):
        return []
    if not of.tracked:
        return [Put(made)]
    if of.tracking == Tracking.SERIAL:
        if len(lots) != made:
            raise Invalid("lot", tr("{} pieces need as many serial numbers; {} are typed.").format(made, len(lots)))
        return [Put(Decimal(1), lot=lot) for lot in lots]
    if len(lots) != 1:
        raise Invalid("lot", tr("Type the lot of these pieces."))
    return [Put(made, lot=lots[0])]


def _bin(tx: Transaction, place: UUID, code: str) -> UUID | None:
    if not code:
        return None
    found = warehouses.bins_by_code(tx.connection, place, [code])
    if code not in found:
        raise NotFound("Bin", code)
    return found[code].id
