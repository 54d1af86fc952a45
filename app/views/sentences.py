"""What happened, in words: one sentence per event name, made from the event's facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.models.costing import Method
from app.models.payment import DeductionKind
from app.models.supply import Way
from app.services import unit_words
from app.services.activity import Happening
from app.views import format as written
from app.views.format import tr
from app.views.tokens import Tone
from app.views.value_words import METHODS
from app.views.way_names import WAY_NAMES
from app.views.widgets.timeline import Entry

Facts = Mapping[str, Any]


def _money(facts: Facts, name: str = "total") -> str:
    value = facts.get(name)
    return f"{written.amount(Decimal(str(value)))} {facts.get('currency', '')}".strip() if value else ""


def _packed(facts: Facts) -> str:
    number = facts.get("packages", 1)
    return tr("Packed in one package") if number == 1 else tr("Packed in {} packages").format(number)


def _shipped(facts: Facts) -> str:
    return tr("Shipped with {}").format(facts["carrier"]) if facts.get("carrier") else tr("Shipped")


def _tracked(facts: Facts) -> str:
    words = facts.get("text") or str(facts.get("status", "")).replace("_", " ").capitalize()
    return ", ".join(str(part) for part in (words, facts.get("place")) if part)


def _bought(facts: Facts) -> str:
    cost = _money(facts, "cost")
    words = tr("Label of {} bought").format(facts["carrier"])
    return f"{words}, {cost}" if cost else words


def _way_added(facts: Facts) -> str:
    return tr("Way of supply added: {}").format(tr(WAY_NAMES[Way(facts["way"])][0]).lower())


def _rebalanced(facts: Facts) -> str:
    gained, lost = facts.get("gained"), facts.get("lost")
    words = [tr("gained {}").format(gained) if gained else "", tr("lost {}").format(lost) if lost else ""]
    return tr("Short stock shared out: {}").format(", ".join(word for word in words if word))


def _costed(facts: Facts) -> str:
    return tr("Costing method chosen: {}").format(tr(METHODS[Method(facts["method"])]).lower())


def _corrected(facts: Facts) -> str:
    difference, freight = Decimal(str(facts["difference"])), Decimal(str(facts["freight"]))
    if facts["prices"] or not freight:
        return tr("Cost corrected by {}").format(written.amount(difference))
    return tr("Freight of {} added").format(written.amount(freight))


def _tendered(facts: Facts) -> str:
    words = tr("Paid with store credit: {}") if facts["method"] == "wallet" else tr("Paid with a gift card: {}")
    return words.format(_money(facts, "amount"))


def _counting(of: str, one: str, many: str) -> Callable[[Facts], str]:
    """Say how many there are of what a fact counts; other facts stand in the words by their names."""
    return lambda facts: tr(one if facts[of] == 1 else many).format(facts[of], **facts)


def _reminded(facts: Facts) -> str:
    return tr("Reminded at level {}: {}").format(facts["level"], _money(facts, "amount"))


def _kept_out(facts: Facts) -> str:
    name = facts.get("name") or tr("Something")
    return tr("{} is not reminded of: {}").format(name, facts["reason"])


def _disputed(facts: Facts) -> str:
    return tr("{} of {} is disputed: {}").format(_money(facts, "amount"), facts["invoice"], facts["reason"])


def _answered(text: str) -> Callable[[Facts], str]:
    return lambda facts: ": ".join(part for part in (tr(text).format(facts["number"]), facts.get("answer")) if part)


def _netted(facts: Facts) -> str:
    return tr("Credit of {} used for {}").format(_money(facts, "amount"), facts["invoice"])


def _deducted(facts: Facts) -> str:
    words = tr("Discount of {} on {}") if facts["kind"] == DeductionKind.DISCOUNT else tr("{} of {} written off")
    return words.format(_money(facts, "amount"), facts["number"])


def _kept(facts: Facts) -> str:
    return tr("{} of {} kept as income").format(_money(facts, "amount"), facts["number"])


def _ruled(text: str) -> Callable[[Facts], str]:
    def say(facts: Facts) -> str:
        category, tax = facts.get("category") or tr("any category"), facts.get("tax") or tr("any tax")
        return tr(text).format(category, tax, facts.get("account", ""))

    return say


def _held_for_credit(facts: Facts) -> str:
    exposure, limit = _money(facts, "exposure"), _money(facts, "limit")
    return tr("On hold for credit: {} would be owed, the limit is {}").format(exposure, limit)


def _day(facts: Facts, name: str) -> str:
    return written.full_day(date.fromisoformat(facts[name]))


def _day_set(facts: Facts) -> str:
    words = tr("Work is done on {}") if facts["working"] else tr("No work on {}")
    return words.format(_day(facts, "on"))


_COUNTS: Final = ("counted", "quantity")
"""Facts that count what the fact ``unit`` says."""


def _plain(text: str) -> Callable[[Facts], str]:
    def say(facts: Facts) -> str:
        fields = str(facts.get("fields", "")).replace("_", " ")
        known = {"number": "", "name": "", "version": "", **facts, "fields": fields}
        if "unit" in facts and not known.keys().isdisjoint(_COUNTS):
            count = next(known[name] for name in _COUNTS if name in known)
            known["unit"] = unit_words.of(facts["unit"], Decimal(str(count)))
        return tr(text).format(**known)

    return say


SENTENCES: Final[dict[str, tuple[str, Tone, Callable[[Facts], str]]]] = {
    "company.founded": ("building-2", Tone.SOFT, _plain("Company founded")),
    "company.changed": ("settings", Tone.SOFT, _plain("Company settings changed")),
    "customer.added": ("user", Tone.SOFT, _plain("Customer added")),
    "customer.changed": ("pencil", Tone.SOFT, _plain("Customer changed: {fields}")),
    "customer.address_added": ("map-pin", Tone.SOFT, _plain("Address added: {address}")),
    "customer.contact_added": ("user", Tone.SOFT, _plain("Contact added: {name}")),
    "product.added": ("package-plus", Tone.SOFT, _plain("Product added")),
    "product.changed": ("pencil", Tone.SOFT, _plain("Product changed: {fields}")),
    "product.unit_added": ("sliders-horizontal", Tone.SOFT, _plain("Unit added: {unit}")),
    "stock.received": ("package-plus", Tone.OK, _plain("Received {quantity} {unit}")),
    "stock.revalued": ("coins", Tone.ACCENT, _plain("Said to be worth {unit_cost} each")),
    "valuation.started": ("coins", Tone.ACCENT, _plain("What stock is worth is kept from now on")),
    "product.costing_chosen": ("sliders-horizontal", Tone.SOFT, _costed),
    "purchase.price_corrected": ("coins", Tone.ACCENT, _plain("Price corrected to {price}: {difference} more")),
    "purchase.cost_corrected": ("coins", Tone.ACCENT, _corrected),
    "count.opened": (
        "clipboard-check",
        Tone.ACCENT,
        _counting("lines", "Count list {number} made, 1 line", "Count list {number} made, {} lines"),
    ),
    "count.asked_again": (
        "refresh-cw",
        Tone.WARN,
        _counting("lines", "1 line to be counted again", "{} lines to be counted again"),
    ),
    "count.booked": (
        "check",
        Tone.OK,
        _counting("differing", "Count booked, 1 line differed", "Count booked, {} lines differed"),
    ),
    "count.taken_back": ("undo-2", Tone.SOFT, _plain("Booking of the count taken back")),
    "count.cancelled": ("x", Tone.SOFT, _plain("Count called off")),
    "stock.scrapped": ("trash-2", Tone.BAD, _plain("Scrapped {quantity}: {reason}")),
    "stock.unscrapped": ("undo-2", Tone.SOFT, _plain("Scrapping of {quantity} taken back")),
    "stock.sent_back": ("undo-2", Tone.SOFT, _plain("Receipt of {quantity} {unit} taken back")),
    "goods.put_away": ("arrow-right", Tone.SOFT, _plain("Put away")),
    "goods.moved": ("arrow-right", Tone.SOFT, _plain("Moved to another bin")),
    "lot.blocked": ("ban", Tone.BAD, _plain("Lot {lot} blocked, {quantity}: {reason}")),
    "lot.released": ("check", Tone.OK, _plain("Lot {lot} released, {quantity}")),
    "lot.redated": ("calendar", Tone.SOFT, _plain("Last day of lot {lot} corrected")),
    "stock.counted": ("clipboard-check", Tone.ACCENT, _plain("Counted {counted} {unit}, difference {difference}")),
    "stock.found_by_shipping": (
        "clipboard-check",
        Tone.WARN,
        _plain("{quantity} {unit} left with {shipment} that the books did not have"),
    ),
    "order.repeated": ("refresh-cw", Tone.ACCENT, _plain("Given again every {every} {rhythm}, first on {first}")),
    "order.repeat_stopped": ("ban", Tone.SOFT, _plain("Not given again any more")),
    "order.written_again": ("file-text", Tone.ACCENT, _plain("Written again for {day}")),
    "blanket.agreed": ("handshake", Tone.OK, _plain("Agreed with {customer}")),
    "blanket.called_off": ("file-text", Tone.ACCENT, _plain("Called off with {order}")),
    "blanket.overrun": ("circle-alert", Tone.WARN, _plain("{order} calls off more of {sku} than was agreed")),
    "blanket.closed": ("check", Tone.SOFT, _plain("Closed: nothing more is called off")),
    "blanket.reopened": ("undo-2", Tone.SOFT, _plain("Opened again")),
    "quote.written": ("file-text", Tone.SOFT, lambda facts: tr("Quote written, {}").format(_money(facts))),
    "quote.sent": ("mail", Tone.ACCENT, _plain("Version {version} sent")),
    "quote.changed": ("pencil", Tone.SOFT, _plain("Quote changed")),
    "quote.template_saved": ("file-plus", Tone.SOFT, _plain("Saved as the template {name}")),
    "quote.template_renamed": ("pencil", Tone.SOFT, _plain("Template {before} is called {name}")),
    "quote.template_removed": ("x", Tone.SOFT, _plain("Template {name} removed")),
    "quote.template_brought_back": ("undo-2", Tone.SOFT, _plain("Template {name} brought back")),
    "quote.revised": ("pencil", Tone.SOFT, _plain("Taken back for revision")),
    "quote.declined": ("x", Tone.BAD, _plain("Declined by the customer")),
    "quote.cancelled": ("ban", Tone.SOFT, _plain("Quote withdrawn")),
    "quote.approval_asked": ("shield-check", Tone.WARN, _plain("Approval asked for: {why}")),
    "quote.approval_approved": ("badge-check", Tone.OK, _plain("Approved")),
    "quote.approval_refused": ("x", Tone.BAD, _plain("Not approved: {note}")),
    "quote.approval_withdrawn": ("undo-2", Tone.SOFT, _plain("Approval no longer asked for")),
    "quote.part_accepted": ("handshake", Tone.OK, _plain("Ordered in part, the rest is still open")),
    "quote.rest_declined": ("x", Tone.SOFT, _plain("The rest is not wanted")),
    "quote.countered": ("message-square", Tone.WARN, _plain("The customer asks for something else")),
    "quote.counter_accepted": ("check", Tone.OK, _plain("Given as the customer asked: {line}")),
    "quote.counter_declined": ("x", Tone.SOFT, _plain("Not given: {line}")),
    "quote.counter_answered": ("pencil", Tone.ACCENT, _plain("Offered something between: {line}")),
    "quote.counter_withdrawn": ("undo-2", Tone.SOFT, _plain("Taken back what was asked: {line}")),
    "quote.accepted": ("handshake", Tone.OK, _plain("Quote {number} accepted")),
    "order.written": ("file-text", Tone.SOFT, lambda facts: tr("Order written, {}").format(_money(facts))),
    "order.signed": ("signature", Tone.OK, _plain("Signed by {name}")),
    "order.confirmed": ("check", Tone.ACCENT, _plain("Order confirmed")),
    "order.changed": ("pencil", Tone.SOFT, _plain("Order changed: {fields}")),
    "order.lines_changed": ("pencil", Tone.SOFT, lambda facts: tr("Lines changed, now {}").format(_money(facts))),
    "order.handed_over": ("users", Tone.SOFT, _plain("Customer changed to {customer}")),
    "order.routed": ("warehouse", Tone.SOFT, _plain("Line {line}: other warehouses it leaves from changed")),
    "order.redirected": ("map-pin", Tone.SOFT, _plain("Line {line}: address changed")),
    "order.line_requested": ("calendar", Tone.SOFT, _plain("Line {line}: wanted day changed")),
    "order.substituted": ("arrow-up-down", Tone.SOFT, _plain("{by} sold in place of {sku}")),
    "order.tendered": ("coins", Tone.OK, _tendered),
    "gift_card.sold": ("credit-card", Tone.OK, _plain("Gift cards sold: {count} of {value}")),
    "rate.corrected": ("pencil", Tone.WARN, _plain("Rate of {currency} on {on} corrected from {before} to {rate}")),
    "rate.removed": ("x", Tone.WARN, _plain("Rate of {currency} on {on} removed: it was {rate}")),
    "gift_card.expired": ("clock", Tone.SOFT, _plain("A balance expired, {amount} {currency}")),
    "wallet.granted": ("hand-coins", Tone.OK, _plain("Store credit of {amount} {currency} given: {reason}")),
    "wallet.withdrawn": ("undo-2", Tone.SOFT, _plain("Store credit of {amount} taken back")),
    "order.coupon_redeemed": ("tag", Tone.OK, _plain("Coupon {code} redeemed")),
    "order.promotions_taken_back": ("undo-2", Tone.SOFT, _plain("Promotions taken back")),
    "price_list.added": ("tag", Tone.OK, _plain("Price list {name} written")),
    "price_list.changed": ("pencil", Tone.SOFT, _plain("Price list changed: {fields}")),
    "price_list.rules_changed": (
        "pencil",
        Tone.SOFT,
        _counting("rules", "Price list {name}: 1 rule now", "Price list {name}: {} rules now"),
    ),
    "order.reserved": ("package-check", Tone.SOFT, _plain("{quantity} of {sku} reserved by hand")),
    "order.reservation_cancelled": ("undo-2", Tone.SOFT, _plain("Reservation of {sku} taken back")),
    "order.sharing_taken_back": ("undo-2", Tone.SOFT, _plain("Sharing out of short stock taken back")),
    "order.rebalanced": ("arrow-up-down", Tone.SOFT, _rebalanced),
    "order.cancelled": ("ban", Tone.BAD, _plain("Order cancelled")),
    "order.taken_back": ("undo-2", Tone.SOFT, _plain("Import of {number} undone")),
    "order.closed": ("check", Tone.SOFT, _plain("Closed; what was not shipped is cancelled")),
    "order.held": ("ban", Tone.WARN, _plain("Put on hold: {reason}")),
    "order.released": ("check", Tone.OK, _plain("No longer on hold")),
    "order.reopened": ("undo-2", Tone.SOFT, _plain("Open again; what was cancelled is to be shipped after all")),
    "order.decided": ("check", Tone.SOFT, _plain("Decided: ship again {again}; no longer wanted {dropped}")),
    "order.promise_lost": ("triangle-alert", Tone.WARN, _plain("A count found less: part of the reservation is gone")),
    "order.delayed": ("triangle-alert", Tone.WARN, _plain("{sku} comes late: ready on {on}")),
    "order.way_chosen": ("pencil", Tone.SOFT, _plain("{sku}: the way it is to be had was chosen")),
    "purchase.confirmation_taken_back": ("undo-2", Tone.SOFT, _plain("Confirmation of {number} taken back")),
    "purchase.receipt_taken_back": ("undo-2", Tone.WARN, _plain("Receipt of {number} taken back")),
    "purchase.unwanted": ("triangle-alert", Tone.WARN, _plain("{order} wants less {sku} than was asked for here")),
    "pick.completed": ("scan-barcode", Tone.ACCENT, _plain("Picked, list {number}")),
    "pick.put_back": ("undo-2", Tone.SOFT, _plain("Picked goods put back on the shelf")),
    "shipment.packed": ("package-check", Tone.ACCENT, _packed),
    "shipment.unpacked": ("package-plus", Tone.SOFT, _plain("Shipment {number} unpacked")),
    "shipment.shipped": ("truck", Tone.OK, _shipped),
    "shipment.called_back": ("undo-2", Tone.WARN, _plain("Shipping of {number} taken back: it has not left")),
    "shipment.stopped": ("ban", Tone.WARN, _plain("Shipment {number} called off; say whether it is to be made again")),
    "shipment.drop_shipped": ("truck", Tone.OK, _plain("{supplier} shipped to the customer, purchase order {number}")),
    "shipment.delivered": ("circle-check", Tone.OK, _plain("Shipment {number} delivered")),
    "shipment.tracked": ("map-pin", Tone.ACCENT, _tracked),
    "shipment.unchecked": ("triangle-alert", Tone.WARN, _plain("Left without the whole check. {points}")),
    "shipment.handed_over": ("truck", Tone.SOFT, _plain("Handed over to {carrier}, manifest {manifest}")),
    "label.bought": ("barcode", Tone.OK, _bought),
    "label.refused": ("ban", Tone.BAD, _plain("{carrier} refused the label: {reason}")),
    "label.lost": ("triangle-alert", Tone.WARN, _plain("The carrier's answer is lost: {reason}")),
    "label.voided": ("undo-2", Tone.SOFT, _plain("Label {tracking} given back to {carrier}")),
    "label.reprinted": ("printer", Tone.SOFT, _plain("Label {tracking} printed again")),
    "paper.printed": ("printer", Tone.SOFT, _plain("{title} printed on {printer}")),
    "paper.reprinted": ("printer", Tone.SOFT, _plain("{title} printed once more on {printer}")),
    "invoice.posted": ("receipt", Tone.ACCENT, lambda facts: tr("Invoiced {}").format(_money(facts))),
    "einvoice.made": ("file-check", Tone.OK, _plain("E-invoice {file} made")),
    "payment.received": (
        "hand-coins",
        Tone.OK,
        lambda facts: tr("Payment of {} received").format(_money(facts, "amount")),
    ),
    "payment.allocated": ("hand-coins", Tone.OK, _plain("Payment used for {invoice}")),
    "payment.reversed": ("undo-2", Tone.BAD, _plain("Payment {number} taken back")),
    "return.authorised": ("undo-2", Tone.ACCENT, _plain("Return {number} authorised: {reason}")),
    "return.received": ("package-plus", Tone.OK, _plain("Return {number} received")),
    "return.repaired": ("package-check", Tone.OK, _plain("Return {number}: repair is done")),
    "return.given_up": ("ban", Tone.WARN, _plain("Return {number}: no more is awaited")),
    "return.credited": ("receipt", Tone.ACCENT, _plain("Return {number} credited by {credit}")),
    "return.cancelled": ("ban", Tone.SOFT, _plain("Return {number} called off")),
    "work.planned": ("factory", Tone.SOFT, _plain("Work order {number} planned")),
    "work.released": ("play", Tone.ACCENT, _plain("Work order {number} released")),
    "work.taken_back": ("undo-2", Tone.SOFT, _plain("Work order {number} taken back from the shop floor")),
    "work.reported": ("hammer", Tone.OK, _plain("Output of {number} reported")),
    "work.consumed": ("package-open", Tone.SOFT, _plain("More components used for {number}")),
    "work.given_back": ("undo-2", Tone.SOFT, _plain("Components of {number} put back")),
    "work.moved": ("calendar", Tone.WARN, _plain("Rescheduled, ready on {due}")),
    "work.finished": ("circle-check", Tone.OK, _plain("Work order {number} closed")),
    "work.cancelled": ("ban", Tone.BAD, _plain("Work order {number} cancelled")),
    "work.reopened": ("rotate-ccw", Tone.SOFT, _plain("Work order {number} reopened")),
    "bill.added": ("file-plus", Tone.SOFT, _plain("Bill of materials {code} written")),
    "bill.activated": ("check", Tone.SOFT, _plain("Bill of materials {code} is in use")),
    "bill.deactivated": ("ban", Tone.SOFT, _plain("Bill of materials {code} is out of use")),
    "demand.left_out": ("ban", Tone.SOFT, _plain("A line is left out of the demand: {reason}")),
    "demand.taken_in": ("check", Tone.SOFT, _plain("A line counts as demand again")),
    "demand.planned": ("pencil", Tone.SOFT, _plain("What is expected of its demand was set")),
    "demand.event_added": ("plus", Tone.SOFT, _plain("Event added: {name}")),
    "demand.event_dropped": ("ban", Tone.SOFT, _plain("The event changes nothing any more")),
    "forecast.made": ("chart-line", Tone.SOFT, _plain("{series} forecasts were made")),
    "forecast.overridden": ("pencil", Tone.SOFT, _plain("Forecast from {starts_on} on set by hand: {reason}")),
    "product.supply_added": ("shopping-cart", Tone.SOFT, _way_added),
    "product.replenishment_set": ("pencil", Tone.SOFT, _plain("How it is ordered again was set")),
    "product.replenished": ("shopping-cart", Tone.SOFT, _plain("{quantity} ordered with {number}: {why}")),
    "product.supply_changed": ("pencil", Tone.SOFT, _plain("Way of supply changed: {fields}")),
    "dunning.drafted": ("file-text", Tone.SOFT, _counting("letters", "1 reminder drafted", "{} reminders drafted")),
    "dunning.sent": ("mail", Tone.ACCENT, _counting("letters", "1 reminder sent", "{} reminders sent")),
    "dunning.undone": ("undo-2", Tone.SOFT, _plain("Reminders taken back")),
    "dunning.letter_sent": ("mail", Tone.WARN, _reminded),
    "dunning.letter_undone": ("undo-2", Tone.SOFT, _plain("Reminder {number} taken back")),
    "dunning.charges_changed": ("pencil", Tone.SOFT, _plain("Fee of a drafted reminder changed to {fee}")),
    "dunning.blocked": ("circle-pause", Tone.WARN, _kept_out),
    "dunning.unblocked": ("play", Tone.SOFT, _plain("{name} is reminded of again")),
    "dunning.levels_saved": ("sliders-horizontal", Tone.SOFT, _plain("Levels of reminders changed")),
    "dispute.opened": ("circle-alert", Tone.WARN, _disputed),
    "dispute.assigned": ("user", Tone.SOFT, _plain("{owner} looks after dispute {number}")),
    "dispute.credited": ("check", Tone.OK, _answered("Dispute {} solved by a credit note")),
    "dispute.rejected": ("x", Tone.SOFT, _answered("Dispute {} rejected, the amount is owed")),
    "dispute.paid": ("hand-coins", Tone.OK, _answered("Dispute {} solved, it was paid")),
    "dispute.reopened": ("rotate-ccw", Tone.WARN, _plain("Dispute {number} is open again")),
    "credit.netted": ("receipt", Tone.OK, _netted),
    "invoice.deducted": ("coins", Tone.SOFT, _deducted),
    "invoice.rescheduled": ("calendar", Tone.SOFT, _plain("Days on which {number} is due changed")),
    "payment.kept": ("coins", Tone.SOFT, _kept),
    "deduction.taken_back": (
        "undo-2",
        Tone.SOFT,
        lambda facts: tr("Deduction of {} taken back").format(_money(facts, "amount")),
    ),
    "order.credit_held": ("ban", Tone.WARN, _held_for_credit),
    "order.credit_released": ("check", Tone.OK, _plain("Let go in spite of the credit limit: {reason}")),
    "order.milestones_planned": (
        "split",
        Tone.SOFT,
        lambda facts: tr("{} milestones planned").format(facts["count"]),
    ),
    "shipment.surcharged": (
        "coins",
        Tone.SOFT,
        lambda facts: tr("{} charged for {}").format(_money(facts, "amount"), facts["number"]),
    ),
    "order.deposit_asked": (
        "hand-coins",
        Tone.ACCENT,
        lambda facts: tr("Deposit of {} asked for").format(_money(facts)),
    ),
    "order.sourced_anew": ("shopping-cart", Tone.SOFT, _plain("{sku}: supply looked for anew")),
    "order.supply_left": ("undo-2", Tone.SOFT, _plain("Supply that was on its way is no longer for this order")),
    "period.closed": ("ban", Tone.SOFT, _plain("{period} closed")),
    "period.reopened": ("rotate-ccw", Tone.WARN, _plain("{period} opened again: {reason}")),
    "entry.booked": ("pencil", Tone.ACCENT, _plain("Booked by hand: {text}")),
    "entry.taken_back": ("undo-2", Tone.SOFT, _plain("Entry taken back: {text}")),
    "account.added": ("plus", Tone.SOFT, _plain("Account {code} added")),
    "account.changed": ("pencil", Tone.SOFT, _plain("Account {code} changed")),
    "account.removed": ("trash-2", Tone.SOFT, _plain("Account {code} removed")),
    "account.assigned": ("arrow-right", Tone.SOFT, _plain("Account {code} has another purpose")),
    "account_rule.set": ("arrow-right", Tone.SOFT, _ruled("Sales of {} with {} go to account {}")),
    "account_rule.removed": (
        "undo-2",
        Tone.SOFT,
        _ruled("Sales of {} with {} no longer go to an account of their own"),
    ),
    "tax.account_chosen": ("arrow-right", Tone.SOFT, _plain("Tax {code} is booked on account {account}")),
    "tax_rule.saved": ("percent", Tone.SOFT, _plain("Tax rule {name} saved")),
    "tax_rule.removed": ("trash-2", Tone.SOFT, _plain("Tax rule removed")),
    "payment_term.saved": ("calendar", Tone.SOFT, _plain("Payment terms {code} saved")),
    "payment_term.removed": ("trash-2", Tone.SOFT, _plain("Payment terms {code} removed")),
    "bank_account.added": ("plus", Tone.SOFT, _plain("Bank account {number} added")),
    "bank_statement.imported": ("upload", Tone.SOFT, _plain("Bank statement {file} brought in")),
    "bank_line.booked": ("check", Tone.OK, lambda facts: tr("{} booked").format(_money(facts, "amount"))),
    "bank_line.ignored": ("ban", Tone.SOFT, _plain("Not for the books: {reason}")),
    "bank_line.opened": ("rotate-ccw", Tone.SOFT, _plain("To be booked again")),
    "purchase.written": ("file-text", Tone.SOFT, _plain("Purchase order {number} written to {supplier}")),
    "purchase.sent": ("mail", Tone.ACCENT, _plain("Purchase order {number} sent to {supplier}")),
    "purchase.confirmed": ("check", Tone.OK, _plain("Purchase order {number} confirmed")),
    "purchase.lowered": ("pencil", Tone.WARN, _plain("Less of {sku} is asked for")),
    "purchase.shipped": ("truck", Tone.OK, _plain("{supplier} shipped to the customer")),
    "purchase.received": ("package-plus", Tone.OK, _plain("Received from {supplier}")),
    "purchase.closed": ("circle-check", Tone.SOFT, _plain("Purchase order {number} closed")),
    "purchase.cancelled": ("ban", Tone.BAD, _plain("Purchase order {number} cancelled")),
    "purchase.reopened": ("rotate-ccw", Tone.SOFT, _plain("Purchase order {number} opened again")),
    "supplier.added": ("building-2", Tone.SOFT, _plain("Supplier added")),
    "supplier.changed": ("pencil", Tone.SOFT, _plain("Supplier changed: {fields}")),
    "transfer.planned": ("arrow-up-down", Tone.SOFT, _plain("Transfer {number} planned")),
    "transfer.shipped": ("truck", Tone.ACCENT, _plain("Transfer {number} left")),
    "transfer.received": ("package-plus", Tone.OK, _plain("Transfer {number} arrived")),
    "transfer.moved": (
        "calendar",
        Tone.WARN,
        lambda facts: tr("Rescheduled, arrives on {}").format(_day(facts, "due")),
    ),
    "transfer.lost": ("triangle-alert", Tone.BAD, _plain("Transfer {number}: what did not arrive is lost")),
    "transfer.cancelled": ("ban", Tone.SOFT, _plain("Transfer {number} cancelled")),
    "warehouse.added": ("warehouse", Tone.SOFT, _plain("Warehouse {code} added")),
    "warehouse.changed": ("pencil", Tone.SOFT, _plain("Warehouse changed: {fields}")),
    "warehouse.closed": ("ban", Tone.SOFT, _plain("Warehouse {code} closed")),
    "warehouse.reopened": ("rotate-ccw", Tone.SOFT, _plain("Warehouse {code} opened again")),
    "warehouse.made_main": ("warehouse", Tone.SOFT, _plain("Warehouse {code} is the main one")),
    "bin.added": ("plus", Tone.SOFT, _plain("Bin {code} added")),
    "bin.changed": ("pencil", Tone.SOFT, _plain("Bin changed: {fields}")),
    "bin.closed": ("ban", Tone.SOFT, _plain("Bin {code} closed")),
    "bin.reopened": ("rotate-ccw", Tone.SOFT, _plain("Bin {code} opened again")),
    "bins.brought": ("upload", Tone.SOFT, _plain("Bins brought in: {added} new, {changed} changed")),
    "carton.added": ("package-plus", Tone.SOFT, _plain("Carton {code} added")),
    "carton.changed": ("pencil", Tone.SOFT, _plain("Carton {code} changed")),
    "wave.opened": ("play", Tone.ACCENT, _plain("Wave {number} begun")),
    "wave.done": ("circle-check", Tone.OK, _plain("Wave {number} done")),
    "wave.cancelled": ("ban", Tone.SOFT, _plain("Wave {number} called off")),
    "pick.short": ("triangle-alert", Tone.WARN, _plain("Less was on the shelf than list {number} asked for")),
    "calendar.added": ("calendar", Tone.SOFT, _plain("Calendar {name} added")),
    "calendar.changed": ("pencil", Tone.SOFT, _plain("Calendar changed: {fields}")),
    "calendar.day_set": ("calendar", Tone.SOFT, _day_set),
    "work_center.added": ("factory", Tone.SOFT, _plain("Work center {name} added")),
    "work_center.changed": ("pencil", Tone.SOFT, _plain("Work center changed: {fields}")),
    "import.done": ("upload", Tone.OK, _plain("Imported from {source}")),
    "import.undone": ("undo-2", Tone.SOFT, _plain("Import undone")),
    "note.written": ("message-square", Tone.SOFT, _plain("{text}")),
}


def sentence(happening: Happening) -> str:
    """Say what happened."""
    known = SENTENCES.get(happening.name)
    return known[2](happening.facts) if known else happening.name.replace(".", " ").replace("_", " ").capitalize()


def entry(happening: Happening, now: datetime) -> Entry:
    """Write one happening as the timeline shows it."""
    icon, tone, _ = SENTENCES.get(happening.name, ("info", Tone.SOFT, sentence))
    facts = happening.facts
    detail = " · ".join(str(part) for part in (happening.by, facts.get("number"), facts.get("tracking")) if part)
    return Entry(icon, sentence(happening), detail, written.when(happening.at, now), tone)
