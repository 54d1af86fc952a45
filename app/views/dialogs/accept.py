"""The customer said yes: PO number, signature, deposit, promised date; the quote becomes the order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QStackedWidget, QWidget

from app.errors import Invalid
from app.services import acceptances, orders, quotes
from app.services.acceptances import Offer
from app.services.orders import Signature
from app.services.quotes import Acceptance
from app.services.transaction import Transaction
from app.views.context import Context
from app.views.dialogs.accepted_lines import AcceptedLines
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.signature_pad import SignaturePad, png_of
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.fields import DateField, Field, NumberField
from app.views.widgets.labels import Label, Row


class AcceptDialog(FormDialog):
    """Asks what was agreed and makes the order; ``done_with`` tells the order's id."""

    def __init__(self, context: Context, quote_id: UUID, number: str, *, po: str = "", parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("Accept {}").format(number),
            context.messages.tr("Make order"),
            about=context.messages.tr("The ticked lines become a sales order; the rest stays offered."),
            parent=parent,
        )
        self.setMinimumWidth(560)
        self._quote_id, self._picture = quote_id, b""
        self.po = Field(self.tr("Customer's PO number"), po, code=True)
        self.promised = DateField(self.tr("Promised date"), context.today)
        self.deposit = NumberField(self.tr("Deposit"), Decimal(0))
        self.deposit_kind = QComboBox()
        self.deposit_kind.addItem(self.tr("percent of the total"), "percent")
        self.deposit_kind.addItem(self.tr("as an amount"), "amount")
        self.deposit_kind.setAccessibleName(self.tr("Deposit as"))
        self.blocks = QCheckBox(self.tr("Nothing is reserved or shipped before the deposit is paid"))
        self.blocks.setChecked(True)
        self.signer = Field(self.tr("Signed by"))
        self.signed_as = QComboBox()
        for value, words in (
            ("name", self.tr("typed name")),
            ("drawn", self.tr("drawn here")),
            ("file", self.tr("picture file")),
        ):
            self.signed_as.addItem(words, value)
        self.signed_as.setAccessibleName(self.tr("Signature as"))
        self.confirm = QCheckBox(self.tr("Confirm the order at once"))
        self.confirm.setChecked(True)
        self._add_rows()
        self.lines = AcceptedLines()
        self.drop_rest = QCheckBox(self.tr("The customer does not want the rest"))
        self.drop_rest.setEnabled(False)
        self.body.addWidget(self.lines)
        self.body.addWidget(self.drop_rest)
        self.lines.changed.connect(self._lines_changed)
        self.po.setFocus()
        self.go.setEnabled(False)
        context.tasks.read(self, partial(acceptances.read, quote_id=quote_id), self._show_offer)

    def submit(self) -> None:
        """Accept the ticked lines of the quote, and confirm the order if wanted."""
        try:
            answer = replace(self._answer(), keep_lines=self._kept(), drop_rest=self._drops_rest())
        except Invalid as error:
            self.form.show_error(error)
            return
        quote_id, confirm = self._quote_id, self.confirm.isChecked()

        def op(tx: Transaction) -> UUID:
            order_id = quotes.accept(tx, quote_id, answer)
            if confirm:
                orders.confirm(tx, order_id)
            return order_id

        self.run("quote.accept", op, self.tr("The order is written."))

    def choose_picture(self) -> None:
        """Ask for a picture file with the signature."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Signature"), "", self.tr("Pictures (*.png *.jpg *.jpeg *.bmp *.gif)")
        )
        if name:
            self.take_picture(Path(name))

    def take_picture(self, path: Path) -> None:
        """Take a picture file; any format Qt reads becomes a PNG."""
        image = QImage(str(path))
        if image.isNull():
            self.form.show_error(Invalid("signature", self.tr("{} is not a picture.").format(path.name)))
            return
        self._picture = png_of(image)
        self.file_name.setText(path.name)

    def _add_rows(self) -> None:
        self.form.add("customer_po", self.tr("PO number"), self.po)
        self.form.add("promised_on", self.tr("Promised date"), self.promised)
        self.form.add("deposit", self.tr("Deposit"), Row(self.deposit, self.deposit_kind))
        self.form.add("blocks", "", self.blocks)
        self.form.add("name", self.tr("Signed by"), Row(self.signer, self.signed_as))
        self.pad = SignaturePad()
        wipe = Button(self.tr("Wipe"), kind=Kind.QUIET, small=True)
        wipe.clicked.connect(self.pad.clear)
        choose = Button(self.tr("Choose a file"), "image", Kind.SECONDARY, small=True)
        choose.clicked.connect(self.choose_picture)
        self.file_name = Label("", Type.META, Tone.SOFT)
        self._ways = QStackedWidget()
        self._ways.addWidget(Label(self.tr("The typed name is the signature."), Type.META, Tone.FAINT))
        self._ways.addWidget(Row(self.pad, wipe))
        self._ways.addWidget(Row(choose, self.file_name, None))
        self.signed_as.currentIndexChanged.connect(self._show_way)
        self.form.add("signature", "", self._ways)
        self.form.set_shown("signature", shown=False)
        self.form.add("confirm", "", self.confirm)

    def _show_offer(self, offer: Offer) -> None:
        self.lines.show_offer(offer)
        self.go.setEnabled(True)
        QTimer.singleShot(0, self, self.fit)  # once the table has its height

    def _lines_changed(self) -> None:
        self.drop_rest.setEnabled(bool(self.lines.left()))

    def _kept(self) -> tuple[UUID, ...]:
        """Name the lines that are ordered.

        Raises:
            Invalid: none is ticked.

        """
        offer, ticked = self.lines.offer, self.lines.ticked()
        if offer is None or not ticked:
            raise Invalid("lines", self.tr("Tick at least one line; Space ticks the highlighted one."))
        return tuple(line.id for line in offer.ordered(ticked))

    def _drops_rest(self) -> bool:
        return self.drop_rest.isEnabled() and self.drop_rest.isChecked()

    def _show_way(self, index: int) -> None:
        self._ways.setCurrentIndex(index)
        self.form.set_shown("signature", shown=index > 0)

    def _answer(self) -> Acceptance:
        deposit = self.deposit.value() or Decimal(0)
        as_percent = self.deposit_kind.currentData() == "percent"
        return Acceptance(
            customer_po=self.po.text().strip(),
            signature=self._signature(),
            deposit_percent=deposit if as_percent else Decimal(0),
            deposit_amount=Decimal(0) if as_percent else deposit,
            deposit_blocks=self.blocks.isChecked(),
            promised_on=self.promised.value(),
        )

    def _signature(self) -> Signature | None:
        kind, name = str(self.signed_as.currentData()), self.signer.text().strip()
        image = {"drawn": self.pad.png(), "file": self._picture or None}.get(kind)
        if kind == "name" and not name:
            return None
        if kind != "name" and image is None:
            raise Invalid("signature", self.tr("Draw the signature, or choose its picture."))
        return Signature(name, self.context.today(), kind, image)
