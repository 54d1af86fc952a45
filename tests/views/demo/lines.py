"""The lines and the history of the demo's order."""

from decimal import Decimal
from typing import Any, NamedTuple

from app.views import cells
from app.views.cells import Column, Part
from app.views.tokens import Tone
from app.views.widgets.timeline import Entry


class LineRow(NamedTuple):
    position: int
    name: str
    sku: str
    quantity: Decimal
    parts: tuple[Part, ...]
    ready: str
    picked: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def _line(  # noqa: PLR0917
    position: int, name: str, sku: str, quantity: int, parts: Any, ready: str, picked: int, price: str
) -> LineRow:
    return LineRow(position, name, sku, Decimal(quantity), parts, ready, Decimal(picked), Decimal(price))


def _stock(words: str) -> Part:
    return Part("package-check", words, Tone.OK)


LINES = (
    _line(1, "Brass ball valve DN20", "VAL-BR-00418", 40, (_stock("40 from stock"),), "now", 40, "18.40"),
    _line(
        2,
        "Pump service kit, assembled",
        "KIT-PU-00031",
        12,
        (_stock("4 from stock"), Part("hammer", "8 make", Tone.ACCENT)),
        "Tue 24 Nov",
        8,
        "146.00",
    ),
    _line(
        3,
        "Ceramic pressure sensor",
        "SEN-CE-00093",
        6,
        (Part("shopping-cart", "6 buy", Tone.WARN),),
        "Wed 2 Dec",
        0,
        "212.50",
    ),
    _line(4, "Control cable 4×0.75, per m", "CBL-CO-02210", 250, (_stock("250 from stock"),), "now", 250, "1.85"),
    _line(5, "Rubber gasket DN50", "GAS-RU-00877", 80, (_stock("80 from stock"),), "now", 34, "2.30"),
    _line(6, "Steel bearing 6204-2RS", "BEA-ST-01172", 60, (_stock("60 from stock"),), "now", 60, "3.12"),
    _line(7, "Carbon filter cartridge L", "FIL-CA-00605", 10, (_stock("10 from stock"),), "now", 10, "24.80"),
    _line(
        8, "Aluminium motor housing", "MOT-AL-00142", 2, (Part("factory", "2 outsource"),), "Fri 27 Nov", 0, "318.00"
    ),
)
PANEL_COLUMNS = (
    Column[LineRow]("item", "Item", lambda line: cells.two_lines(line.name, line.sku), 200, stretch=True),
    Column[LineRow]("picked", "Picked", lambda line: cells.done_of(line.picked, line.quantity), 80, right=True),
    Column[LineRow]("amount", "Amount", lambda line: cells.amount(line.amount), 92, right=True),
)
PAGE_COLUMNS = (
    Column[LineRow]("position", "#", lambda line: cells.text(str(line.position), tone=Tone.FAINT), 40, right=True),
    Column[LineRow]("item", "Item", lambda line: cells.two_lines(line.name, line.sku), 200, stretch=True),
    Column[LineRow](
        "quantity",
        "Qty",
        lambda line: cells.quantity(line.quantity),
        62,
        right=True,
        edit=lambda line: str(line.quantity),
    ),
    Column[LineRow]("source", "Source", lambda line: cells.parts(*line.parts), 184),
    Column[LineRow](
        "ready",
        "Ready",
        lambda line: (
            cells.text(line.ready, tone=Tone.WARN, strong=True)
            if line.position == 3
            else cells.text(line.ready, tone=Tone.SOFT)
        ),
        98,
    ),
    Column[LineRow]("picked", "Picked", lambda line: cells.progress(line.picked, line.quantity), 122),
    Column[LineRow]("price", "Price", lambda line: cells.amount(line.price), 84, right=True),
    Column[LineRow]("amount", "Amount", lambda line: cells.amount(line.amount), 92, right=True),
)
ENTRIES = (
    Entry("scan-barcode", "Picked 34 of 80 gaskets", "M. Okafor · zone B · trolley 3", "10:42", Tone.ACCENT),
    Entry("printer", "Pick list printed", "2 pages · Zebra WH-1", "09:58"),
    Entry("hammer", "Build MO-0341 started", "8 × KIT-PU-00031, ready Tue 24 Nov", "Fri"),
    Entry("hand-coins", "Deposit 1,150.00 received", "Bank transfer · ref 7741", "Thu", Tone.OK),
    Entry("signature", "Signed by J. Finch", "Quote Q-2291 rev 3 → order", "19 Nov", Tone.OK),
    Entry("message-square", "You accepted −4 %", "Quote Q-2291 rev 2", "18 Nov"),
)
