"""Of which day the exchange rate is that an order's invoices are booked with."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.models.order import RateDay
from app.services import exchange_rates
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr

DAYS: Final = {
    RateDay.INVOICE: "the day of the invoice",
    RateDay.ORDER: "the day of the order",
    RateDay.DELIVERY: "the day of the last shipment",
}


class RateDayDialog(FormDialog):
    """Lets one order's invoices take the rate of another day than the company says."""

    def __init__(self, context: Context, order: Any, *, parent: QWidget) -> None:
        about = tr("It counts for what is invoiced from now on; posted invoices keep their rate.")
        super().__init__(context, tr("Rate of {}").format(order.number), tr("Save"), about=about, parent=parent)
        self._order = order
        self.day = QComboBox()
        self.day.addItem(tr("As the company says"), "")
        for day, words in DAYS.items():
            self.day.addItem(tr(words), str(day))
        self.day.setCurrentIndex(self.day.findData(order.rate_day))
        self.form.add("rate_day", tr("Invoices take the rate of"), self.day)

    def submit(self) -> None:
        """Keep it."""
        order_id, day, before = self._order.id, str(self.day.currentData()), self._order.rate_day
        self.run(
            "order.rate_day",
            lambda tx: exchange_rates.fix_by(tx, order_id, _day(day)),
            tr("The rate of {}: {}.").format(self._order.number, self.day.currentText()),
            inverse=Inverse("order.rate_day", lambda tx, _: exchange_rates.fix_by(tx, order_id, _day(before))),
        )


def _day(stored: str) -> RateDay | None:
    return RateDay(stored) if stored else None
