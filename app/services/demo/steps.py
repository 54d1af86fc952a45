"""What the sample company's people do with a deal; each step is a command of the services, nothing else writes.

A step returns False where there is nothing to do, e.g. nothing reserved to pick.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.models.rounding import round_decimals
from app.services import activity, billing, orders, payments, picking, quotes, returns, shipping
from app.services.demo import papers
from app.services.demo.desk import BOOKKEEPER, STOREKEEPERS, Deal, Desk, Step
from app.services.document_lines import LineInput
from app.services.orders import NewOrder, Signature
from app.services.payments import NewPayment
from app.services.quotes import Acceptance, NewQuote
from app.services.shipping import Dispatch

CARRIERS: Final = (
    ("DHL", "DHL", ("Freight", "Parcel", "Express")),
    ("DPD", "DPD", ("Classic", "Express")),
    ("POSTNL", "PostNL", ("Parcel",)),
    ("VAN", "Own van", ("Morning round", "Afternoon round")),
)
"""Code, name and services of the carriers."""

# selling ---------------------------------------------------------------------------------------


def write_quote(desk: Desk, deal: Deal) -> bool:
    """Write a draft quote."""
    new = NewQuote(
        deal.customer_id,
        deal.lines,
        payment_term=deal.payment_term,
        requested_on=deal.requested_on,
        notes=deal.notes,
    )
    deal.quote_id = desk.run("quote.create", lambda tx: quotes.create(tx, new), by=deal.seller)
    return True


def send_quote(desk: Desk, deal: Deal) -> bool:
    """Send the quote as its next version."""
    quote_id = _known(deal.quote_id)
    desk.run("quote.send", lambda tx: quotes.send(tx, quote_id), by=deal.seller)
    return True


def revise_quote(percent: int) -> Step:
    """Give a step that takes the quote back and gives ``percent`` on every product."""

    def revise(desk: Desk, deal: Deal) -> bool:
        quote_id = _known(deal.quote_id)
        desk.run("quote.revise", lambda tx: quotes.revise(tx, quote_id), by=deal.seller)
        head = desk.read(lambda connection: quotes.get(connection, quote_id))
        stored = desk.read(lambda connection: quotes.lines(connection, quote_id))
        inputs = [LineInput(**{name: getattr(row, name) for name in LineInput.__dataclass_fields__}) for row in stored]
        cheaper = [
            replace(one, discount_percent=max(one.discount_percent, Decimal(percent))) if one.kind == "product" else one
            for one in inputs
        ]
        desk.run(
            "quote.set_lines",
            lambda tx: quotes.set_lines(tx, quote_id, head.revision, cheaper),
            by=deal.seller,
        )
        return True

    return revise


def decline_quote(desk: Desk, deal: Deal) -> bool:
    """Note that the customer declined."""
    quote_id = _known(deal.quote_id)
    desk.run("quote.decline", lambda tx: quotes.decline(tx, quote_id), by=deal.seller)
    return True


def cancel_quote(desk: Desk, deal: Deal) -> bool:
    """Withdraw the quote."""
    quote_id = _known(deal.quote_id)
    desk.run("quote.cancel", lambda tx: quotes.cancel(tx, quote_id), by=deal.seller)
    return True


def accept_quote(desk: Desk, deal: Deal) -> bool:
    """Turn the quote into a draft order, signed by the customer's contact."""
    quote_id = _known(deal.quote_id)
    answer = Acceptance(
        customer_po=deal.po,
        signature=Signature(deal.profile.contact, desk.today),
        deposit_percent=deal.deposit_percent,
        deposit_amount=deal.deposit_amount,
        promised_on=deal.requested_on,
    )
    deal.order_id = desk.run("quote.accept", lambda tx: quotes.accept(tx, quote_id, answer), by=deal.seller)
    return True


def write_order(desk: Desk, deal: Deal) -> bool:
    """Write a draft order."""
    new = NewOrder(
        deal.customer_id,
        deal.lines,
        customer_po=deal.po,
        payment_term=deal.payment_term,
        ordered_on=desk.today,
        requested_on=deal.requested_on,
        deposit_percent=deal.deposit_percent,
        deposit_amount=deal.deposit_amount,
        channel=deal.channel,
        notes=deal.notes,
    )
    deal.order_id = desk.run("order.create", lambda tx: orders.create(tx, new), by=deal.seller)
    return True


def confirm_order(desk: Desk, deal: Deal) -> bool:
    """Confirm the order."""
    order_id = _known(deal.order_id)
    desk.run("order.confirm", lambda tx: orders.confirm(tx, order_id), by=deal.seller)
    return True


def cancel_order(desk: Desk, deal: Deal) -> bool:
    """Call the order off."""
    order_id = _known(deal.order_id)
    desk.run("order.cancel", lambda tx: orders.cancel(tx, order_id), by=deal.seller)
    return True


def close_order(desk: Desk, deal: Deal) -> bool:
    """Cancel what is not shipped."""
    order_id = _known(deal.order_id)
    desk.run("order.close", lambda tx: orders.close(tx, order_id), by=deal.seller)
    return True


def note(text: str) -> Step:
    """Give a step that writes an internal note on the order, or on the quote before there is one."""

    def write(desk: Desk, deal: Deal) -> bool:
        subject = _known(deal.order_id or deal.quote_id)
        desk.run("note.write", lambda tx: activity.add_note(tx, subject, text), by=deal.seller)
        return True

    return write


# delivering ------------------------------------------------------------------------------------


def pick(desk: Desk, deal: Deal) -> bool:
    """Pick all that the open pick list asks for."""
    pick_id = desk.read(lambda connection: papers.open_pick(connection, _known(deal.order_id)))
    if pick_id is None:
        return False
    desk.run("pick.complete", lambda tx: picking.complete(tx, pick_id), by=deal.chance.one_of(STOREKEEPERS))
    return True


def pick_half(desk: Desk, deal: Deal) -> bool:
    """Pick every other line whole and leave the rest; of a single line pick half."""
    order_id = _known(deal.order_id)
    rows = desk.read(lambda connection: papers.open_pick_lines(connection, order_id))
    if not rows:
        return False
    if len(rows) == 1:
        taken = {rows[0].id: _half(rows[0].wanted, rows[0].grain)}
    else:
        taken = {row.id: row.wanted for row in rows[::2]}
    return _pick_these(desk, deal, rows[0].pick_id, taken)


def pick_some(quantities: dict[str, int]) -> Step:
    """Give a step that picks so many stock units by SKU and nothing else."""

    def take(desk: Desk, deal: Deal) -> bool:
        rows = desk.read(lambda connection: papers.open_pick_lines(connection, _known(deal.order_id)))
        taken = {row.id: quantities.get(row.sku, 0) * row.grain for row in rows}
        return bool(rows) and _pick_these(desk, deal, rows[0].pick_id, taken)

    return take


def _pick_these(desk: Desk, deal: Deal, pick_id: UUID, taken: dict[UUID, int]) -> bool:
    by = deal.chance.one_of(STOREKEEPERS)
    desk.run("pick.complete", lambda tx: picking.complete(tx, pick_id, taken), by=by)
    return True


def pack(desk: Desk, deal: Deal) -> bool:
    """Pack all that is picked into parcels, or onto a pallet when it is heavy."""
    order_id = _known(deal.order_id)
    shipment_id = desk.read(lambda connection: papers.shipment_in(connection, order_id, "planned"))
    packages = desk.read(lambda connection: papers.packages(connection, order_id))
    if shipment_id is None or not packages:
        return False
    by = deal.chance.one_of(STOREKEEPERS)
    desk.run("shipment.pack", lambda tx: shipping.pack(tx, shipment_id, packages), by=by)
    return True


def ship(desk: Desk, deal: Deal) -> bool:
    """Hand the packed shipment to a carrier."""
    shipment_id = desk.read(lambda connection: papers.shipment_in(connection, _known(deal.order_id), "packed"))
    if shipment_id is None:
        return False
    _, carrier, services = deal.chance.one_of(CARRIERS)
    number = "" if carrier == "Own van" else deal.chance.spelled("JD01########")
    dispatch = Dispatch(carrier, deal.chance.one_of(services), number)
    by = deal.chance.one_of(STOREKEEPERS)
    desk.run("shipment.ship", lambda tx: shipping.ship(tx, shipment_id, dispatch), by=by)
    return True


def deliver(desk: Desk, deal: Deal) -> bool:
    """Note that the shipment has arrived."""
    shipment_id = desk.read(lambda connection: papers.shipment_in(connection, _known(deal.order_id), "shipped"))
    if shipment_id is None:
        return False
    desk.run("shipment.deliver", lambda tx: shipping.deliver(tx, shipment_id), by=deal.seller)
    return True


def authorise_return(reason: str, *, replace_goods: bool = False) -> Step:
    """Give a step that lets the customer send about half of the first shipped line back."""

    def authorise(desk: Desk, deal: Deal) -> bool:
        order_id = _known(deal.order_id)
        line = desk.read(lambda connection: papers.shipped_line(connection, order_id))
        if line is None:
            return False
        wanted = {line.id: _half(line.shipped, line.grain)}
        terms = returns.REPLACED if replace_goods else returns.CREDITED
        deal.return_id = desk.run(
            "return.authorise",
            lambda tx: returns.authorise(tx, order_id, wanted, reason=reason, terms=terms),
            by=deal.seller,
        )
        return True

    return authorise


def receive_return(desk: Desk, deal: Deal) -> bool:
    """Take the goods back in good state."""
    return_id = _known(deal.return_id)
    desk.run("return.receive", lambda tx: returns.receive(tx, return_id), by=deal.chance.one_of(STOREKEEPERS))
    return True


def receive_broken(desk: Desk, deal: Deal) -> bool:
    """Take the goods back; they are scrap."""
    return_id = _known(deal.return_id)
    scrap = desk.read(lambda connection: papers.authorised(connection, return_id))
    by = deal.chance.one_of(STOREKEEPERS)
    desk.run("return.receive", lambda tx: returns.receive(tx, return_id, None, scrap), by=by)
    return True


# billing ---------------------------------------------------------------------------------------


def post_deposit(desk: Desk, deal: Deal) -> bool:
    """Post the order's deposit invoice."""
    invoice_id = desk.read(lambda connection: papers.draft_deposit(connection, _known(deal.order_id)))
    return _post(desk, invoice_id)


def post_invoice(desk: Desk, deal: Deal) -> bool:
    """Post the order's draft invoice."""
    invoice_id = desk.read(lambda connection: billing.find_draft(connection, _known(deal.order_id)))
    deal.invoice_id = invoice_id or deal.invoice_id
    return _post(desk, invoice_id)


def _post(desk: Desk, invoice_id: UUID | None) -> bool:
    if invoice_id is None:
        return False
    desk.run("invoice.post", lambda tx: billing.post(tx, invoice_id, desk.today), by=BOOKKEEPER)
    return True


def pay(desk: Desk, deal: Deal) -> bool:
    """Book the payment of everything that is open on the order."""
    return _pay(desk, deal, 100)


def pay_part(percent: int) -> Step:
    """Give a step that books ``percent`` of what is open on the order."""
    return lambda desk, deal: _pay(desk, deal, percent)


def _pay(desk: Desk, deal: Deal, percent: int) -> bool:
    open_ones = desk.read(lambda connection: papers.open_invoices(connection, _known(deal.order_id)))
    if not open_ones:
        return False
    shares = {row.id: round_decimals(row.open_amount * percent / 100, 2) for row in open_ones}
    new = NewPayment(
        deal.customer_id,
        sum(shares.values(), Decimal(0)),
        desk.today,
        currency=open_ones[0].currency,
        method="card" if deal.channel == "counter" else "transfer",
        reference=" ".join(row.number for row in open_ones),
        allocations=shares,
    )
    deal.payment_id = desk.run("payment.receive", lambda tx: payments.receive(tx, new), by=BOOKKEEPER)
    return True


def pay_unmatched(reference: str, amount: Decimal) -> Step:
    """Give a step that books money nobody has matched with an invoice yet."""

    def book(desk: Desk, deal: Deal) -> bool:
        new = NewPayment(deal.customer_id, amount, desk.today, reference=reference)
        deal.payment_id = desk.run("payment.receive", lambda tx: payments.receive(tx, new), by=BOOKKEEPER)
        return True

    return book


def bounce_payment(desk: Desk, deal: Deal) -> bool:
    """Take the deal's payment back: the bank did."""
    payment_id = _known(deal.payment_id)
    desk.run("payment.reverse", lambda tx: payments.reverse(tx, payment_id, desk.today), by=BOOKKEEPER)
    return True


def credit_return(desk: Desk, deal: Deal) -> bool:
    """Credit what came back."""
    invoice_id, return_id = _known(deal.invoice_id), _known(deal.return_id)
    quantities = desk.read(lambda connection: papers.creditable(connection, invoice_id, return_id))
    on: date = desk.today
    desk.run("invoice.credit", lambda tx: billing.credit(tx, invoice_id, on, quantities), by=BOOKKEEPER)
    return True


def write_invoice(desk: Desk, deal: Deal) -> bool:
    """Write and post an invoice without an order."""
    new = billing.FreeInvoice(deal.customer_id, deal.lines, customer_po=deal.po)
    invoice_id = desk.run("invoice.write", lambda tx: billing.write(tx, new), by=BOOKKEEPER)
    deal.invoice_id = invoice_id
    return _post(desk, invoice_id)


def _half(grains: int, grain: int) -> int:
    """Give about half of a quantity in whole stock units, at least one; of less than two all of it."""
    return max(1, grains // grain // 2) * grain if grains >= 2 * grain else grains


def _known(found: UUID | None) -> UUID:
    assert found is not None, "the step before has not made this document"
    return found
