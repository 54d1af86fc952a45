"""An order's figures in words: stages with their facts, the next step, the warning with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from app.models.lines import UNPRICED
from app.models.product import shown
from app.services.overview import OrderOverview
from app.services.overview import Stage as Step
from app.services.parties import Address
from app.views import format as written
from app.views.format import tr
from app.views.lines import sources
from app.views.widgets.facts import TotalRow
from app.views.widgets.stage_bar import Stage

TITLES: Final = {
    "quote": "Quote",
    "order": "Order",
    "deposit": "Deposit",
    "picking": "Picking",
    "shipping": "Shipping",
    "invoice": "Invoice",
    "paid": "Paid",
}
STEP_WORDS: Final = {
    "order.confirm": ("Confirm order", "check"),
    "order.release": ("Release", "play"),
    "order.decide": ("Decide", "pencil"),
    "invoice.post": ("Post invoice", "receipt"),
    "payment.receive": ("Record payment", "hand-coins"),
    "pick.complete": ("Complete picking", "scan-barcode"),
    "shipment.pack": ("Pack", "package-check"),
    "shipment.ship": ("Ship", "truck"),
    "return.receive": ("Receive return", "package-plus"),
    "return.repair": ("Repair is done", "package-check"),
}
PAPER_WORDS: Final = {
    "quote": ("Quote", "file-text"),
    "pick": ("Pick list", "scan-barcode"),
    "shipment": ("Delivery note", "truck"),
    "return": ("Return", "undo-2"),
    "invoice": ("Invoice", "receipt"),
    "deposit": ("Deposit invoice", "receipt"),
    "credit": ("Credit note", "receipt-text"),
    "payment": ("Payment", "hand-coins"),
}


def stages(overview: OrderOverview, today: date) -> list[Stage]:
    """Write the stages of an order with their facts; the first that is not done is the current one."""
    found, current = [], True
    for step in overview.stages:
        done = step.share >= 1
        found.append(
            Stage(
                tr(TITLES[step.name]),
                _fact(step, today, overview.order.currency),
                int(step.share * 100),
                current and not done,
            )
        )
        current = current and done
    return found


def _fact(step: Step, today: date, currency: str) -> str:
    facts = dict(step.facts)
    if step.name == "quote":
        return tr("{} version {}").format(facts["number"], facts["version"]) if facts["version"] else facts["number"]
    if step.name == "order":
        on = facts["confirmed_on"]
        return tr("confirmed {}").format(written.day_within(on, today)) if on else tr("draft")
    if step.name == "deposit":
        return f"{written.amount(facts['amount'])} {currency}"
    if step.name == "picking":
        words = tr("{} of {} unit") if facts["of"] == 1 else tr("{} of {} units")
        return words.format(shown(facts["done"]), shown(facts["of"]))
    if step.name == "shipping":
        number = facts["shipments"]
        return tr("not yet") if not number else tr("{} sent").format(number)
    return written.amount(facts["total"]) if facts["total"] else ""


@dataclass(frozen=True, slots=True)
class Warn:
    """What a person should look at, a few words more, and the command that mends it (empty: none)."""

    text: str
    detail: str = ""
    command: str = ""


def warning(overview: OrderOverview, today: date) -> Warn | None:
    """Find the most pressing trouble of an order."""
    order = overview.order
    if order.hold and order.state == "confirmed":
        detail = tr("Nothing of it is picked, packed, shipped or invoiced until it is released.")
        return Warn(tr("On hold: {}").format(order.hold), detail)
    if order.warning:
        return Warn(order.warning)
    return _trouble(overview, today)


def _trouble(overview: OrderOverview, today: date) -> Warn | None:
    """Say what a confirmed order waits for, or is late with."""
    order = overview.order
    if order.state != "confirmed":
        return None
    if order.deposit_open:
        amount = f"{written.amount(order.deposit_open)} {order.currency}"
        return Warn(tr("Waits for the deposit of {}.").format(amount), tr("Nothing is reserved before it is paid."))
    found = _shortage(overview)
    if found is not None:
        return found
    if order.promised_on and order.promised_on < today and any(line.outstanding for line in overview.lines):
        return Warn(tr("Promised for {}, not shipped yet.").format(written.day_within(order.promised_on, today)))
    return None


def _shortage(overview: OrderOverview) -> Warn | None:
    """Say what comes late, or is not to be had as things stand."""
    order = overview.order
    late = max(overview.lines, key=lambda line: sources.days_late(line, order), default=None)
    if late is not None and (days := sources.days_late(late, order)):
        text = (
            tr("Line {} can leave {} days after the promised day.") if days > 1 else tr("Line {} can leave a day late.")
        )
        return Warn(text.format(late.position, days), late.ready_reason)
    short = [line for line in overview.lines if sources.lacking(line)]
    if short:
        line = short[0]
        lacking = written.measured(sources.lacking(line), line.unit)
        text = tr("Line {} waits for {} of {}.").format(line.position, lacking, line.sku)
        others = len(short) - 1
        more = tr("and {} more lines wait").format(others) if others > 1 else tr("and one more line waits")
        if not others:
            more = tr("It is on backorder.")
        return Warn(text, more)
    return None


def totals(overview: OrderOverview) -> list[TotalRow]:
    """Write the stored totals of an order."""
    order = overview.order
    lines = [line for line in overview.lines if line.kind not in UNPRICED and not line.component]
    amounts = sum((line.amount for line in lines), order.untaxed * 0)
    included = any(row.included for row in overview.taxes)
    discount = (order.total - order.rounding if included else order.untaxed) - amounts
    rows = [
        TotalRow(written.counted(len(lines), tr("Subtotal, 1 line"), tr("Subtotal, {} lines")), written.amount(amounts))
    ]
    if discount:
        rows.append(TotalRow(tr("Discount"), written.amount(discount)))
    for row in overview.taxes:
        words = tr("{} (included)").format(row.name) if row.included else row.name
        rows.append(TotalRow(words, written.amount(row.amount)))
    if order.rounding:
        rows.append(TotalRow(tr("Rounding"), written.amount(order.rounding)))
    rows.append(TotalRow(tr("Total {}").format(order.currency), written.amount(order.total), strong=True))
    if order.paid_total:
        rows.append(TotalRow(tr("Paid"), written.amount(-order.paid_total)))
        rows.append(TotalRow(tr("Balance"), written.amount(overview.balance), strong=True))
    return rows


def place(text: str) -> str:
    """Write a stored address in one line."""
    return ", ".join(Address.from_json(text).lines()[1:4])


def terms(order: Any, names: dict[str, str] | None = None) -> str:
    """Write payment terms and deposit."""
    words = (names or {}).get(order.payment_term, order.payment_term)
    if order.deposit_percent:
        return tr("{}, {} deposit").format(words, written.percent(order.deposit_percent))
    if order.deposit_amount:
        return tr("{}, deposit {}").format(words, written.amount(order.deposit_amount))
    return str(words)


def quantity(value: Fraction, unit: str = "") -> str:
    """Write a quantity with its unit."""
    return f"{shown(value)} {unit}".strip()
