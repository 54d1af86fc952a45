"""Which quotes somebody else must look at before they go out, and whether somebody did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, cast, func, select

from app.errors import NotAllowed
from app.models import approval
from app.models.approval import ApprovalRule, ApprovalState, Facts, Reason, RuleKind, approval_rule, quote_approval
from app.models.base import AMOUNT, Key
from app.models.offer import SOLD, stands_for
from app.models.product import product
from app.models.rounding import Rounding, round_decimals
from app.models.stock import stock_level
from app.services import companies, exchange_rates, parties, quote_snapshots
from app.services.memory import Remembered
from app.services.statements import Prepared
from app.services.transaction import Transaction

PERCENT_DECIMALS: Final = 4
GIVEN_AWAY: Final = Decimal(-100)
"""The margin of what costs something and brings nothing."""
_DECIDED: Final = frozenset({ApprovalState.APPROVED, ApprovalState.REFUSED})


def rules(connection: Connection) -> list[ApprovalRule]:
    """Read the rules in use."""
    return [ApprovalRule(RuleKind(row.kind), row.threshold) for row in _RULES.all(connection)]


def reasons(connection: Connection, head: Any, lines: Sequence[Any], on: date) -> list[Reason]:
    """Give why a quote needs an approval; empty: it needs none."""
    known = rules(connection)
    return approval.reasons(known, facts(connection, head, lines, on)) if known else []


def require(tx: Transaction, head: Any, lines: Sequence[Any]) -> None:
    """Refuse to let a quote out that nobody approved as it stands.

    Raises:
        NotAllowed: a rule asks for an approval, and the newest decision on what the quote says now is none, is a
            refusal, or was made before the rule asked for it.

    """
    found = reasons(tx.connection, head, lines, tx.at.date())
    if not found:
        return
    stands = fingerprint(tx.connection, head, lines)
    decided = (row for row in of_quote(tx.connection, head.id) if row.state in _DECIDED and row.fingerprint == stands)
    last, why = next(decided, None), {words(one) for one in found}
    if last is not None and last.state == ApprovalState.APPROVED and why <= set(json.loads(last.reasons)):
        return
    raise NotAllowed(
        f"Quote {head.number} needs an approval first: {'; '.join(words(one) for one in found)}. Ask for it; "
        "nothing was sent."
    )


def require_terms(tx: Transaction, head: Any, payment_term: str) -> None:
    """Refuse payment terms that a customer's answer brings, where a rule asks for an approval of them.

    Raises:
        NotAllowed: they are neither the quote's nor the customer's own, and somebody else would have to look.

    """
    asks = any(rule.kind is RuleKind.TERMS for rule in rules(tx.connection))
    own = {head.payment_term, parties.get(tx.connection, head.customer_id).payment_term} if asks else {payment_term}
    if payment_term not in own:
        raise NotAllowed(
            f"Payment terms other than the customer's own need an approval. Change them in quote {head.number}, have "
            "it approved, then accept it; nothing was ordered."
        )


def fingerprint(connection: Connection, head: Any, lines: Sequence[Any]) -> str:
    """Compute the SHA-256 of all that a quote says now; an approval is for nothing else."""
    return sha256(quote_snapshots.snapshot(connection, head, lines).encode()).hexdigest()


def of_quote(connection: Connection, quote_id: UUID) -> list[Any]:
    """Read the approvals asked for a quote, newest first."""
    return _OF_QUOTE.all(connection, quote=quote_id)


def words(reason: Reason) -> str:
    """Say why in a few words."""
    found, limit = (f"{value.normalize():f}" for value in (reason.found, reason.limit))
    if reason.kind is RuleKind.DISCOUNT:
        return f"discount {found} %, more than {limit} %"
    if reason.kind is RuleKind.MARGIN:
        return f"margin {found} %, less than {limit} %"
    if reason.kind is RuleKind.AMOUNT:
        chosen = "" if reason.chosen is None else f" ({reason.chosen.normalize():f} with the dearest choice)"
        return f"amount {found}{chosen}, more than {limit}"
    return "payment terms that are not the customer's own"


def facts(connection: Connection, head: Any, lines: Sequence[Any], on: date) -> Facts:
    """Work out what the rules look at: the worst that an order of the quote may come to.

    An optional line or an alternative counts with the discount and the margin it has alone, and the amount is that of
    the dearest choice.  A line below nothing is a discount on the others.  The margin is taken over the lines whose
    product has a cost; None where none has.
    """
    rate = exchange_rates.cross(connection, head.currency, companies.own_currency(connection), on)
    own = parties.get(connection, head.customer_id).payment_term
    sold = [row for row in lines if row.kind in SOLD]
    off = _money_off(head, sold)
    percent = 1 - Fraction(head.discount_percent) / 100
    discounts = [1 - (1 - Fraction(row.discount_percent) / 100) * (percent - off[row.id]) for row in sold]
    included = Fraction(head.untaxed)
    return Facts(
        discount=_percent(max(discounts, default=Fraction(0))),
        margin=_margin(connection, sold, off, rate),
        included=round_decimals(included * rate, AMOUNT, Rounding.HALF_UP),
        untaxed=round_decimals((included + _dearer(sold)) * rate, AMOUNT, Rounding.HALF_UP),
        own_terms=head.payment_term in {own, ""},
    )


def _money_off(head: Any, sold: Sequence[Any]) -> dict[UUID, Fraction]:
    """Tell of each line which share of its amount goes with discounts in money, and with lines below nothing.

    An alternative gets the money off that its line has, which is a larger share of it where it is cheaper.
    """
    amounts = {row.id: Fraction(row.amount) for row in sold}
    full = sum((max(amounts[row.id], Fraction(0)) for row in sold if not row.choice), Fraction(0))
    below = sum((max(-amounts[row.id], Fraction(0)) for row in sold if not row.choice), Fraction(0))
    base_of, included = stands_for(sold), {row.id for row in sold if not row.choice}
    off = dict.fromkeys(amounts, Fraction(0))
    for line_id in amounts if full else ():
        base = base_of.get(line_id)
        if line_id in included:
            off[line_id] = (Fraction(head.discount_amount) + below) / full
        elif base in included and amounts[line_id] > 0:
            off[line_id] = Fraction(head.discount_amount) * amounts[base] / full / amounts[line_id]
    return off


def _dearer(sold: Sequence[Any]) -> Fraction:
    """Give by how much an order is worth more than the included lines, at most, for what may be chosen."""
    base_of, most, included = stands_for(sold), dict[UUID, Fraction](), dict[UUID, Fraction]()
    for row in sold:
        place = base_of.get(row.id, row.id)
        most[place] = max(most.get(place, Fraction(row.net)), Fraction(row.net))
        if not row.choice:
            included[place] = Fraction(row.net)
    return sum((max(most[place] - included.get(place, Fraction(0)), Fraction(0)) for place in most), Fraction(0))


def _margin(connection: Connection, sold: Sequence[Any], off: dict[UUID, Fraction], rate: Fraction) -> Decimal | None:
    ids = list({row.product_id for row in sold if row.product_id is not None})
    costs = {} if not ids else {row.product_id: row for row in connection.execute(_COSTS, {"products": ids})}
    included = _margin_of([row for row in sold if not row.choice], costs, rate, Fraction(0))
    alone = [_margin_of([row], costs, rate, off[row.id] * Fraction(row.amount)) for row in sold if row.choice]
    return min((one for one in (included, *alone) if one is not None), default=None)


def _margin_of(rows: Sequence[Any], costs: dict[UUID, Any], rate: Fraction, off: Fraction) -> Decimal | None:
    """Give what is left over the cost in percent of the net amount less ``off``; of what is given away, all is lost."""
    net, cost = -off * rate, Fraction(0)
    for row in rows:
        known = costs.get(row.product_id)
        if known is None or known.quantity <= 0:
            net += min(Fraction(row.net), Fraction(0)) * rate
            continue
        of_one = Fraction(known.value, 10**AMOUNT) * known.grain / known.quantity
        net += Fraction(row.net) * rate
        cost += Fraction(row.quantity) * row.numerator / row.denominator * of_one
    if not cost:
        return None
    return _percent((net - cost) / net) if net > 0 else GIVEN_AWAY


def _percent(share: Fraction) -> Decimal:
    return round_decimals(share * 100, PERCENT_DECIMALS, Rounding.HALF_UP)


_RULES: Final = Remembered(
    select(approval_rule.c.kind, approval_rule.c.threshold).where(approval_rule.c.active).order_by(approval_rule.c.id)
)
_OF_QUOTE: Final = Prepared(
    select(quote_approval)
    .where(quote_approval.c.quote_id == bindparam("quote", type_=Key))
    .order_by(quote_approval.c.id.desc())
)
_COSTS: Final = (
    select(
        stock_level.c.product_id,
        product.c.grain,
        cast(func.sum(stock_level.c.value), BigInteger).label("value"),
        cast(func.sum(stock_level.c.free + stock_level.c.promised + stock_level.c.picked), BigInteger).label(
            "quantity"
        ),
    )
    .join(product, product.c.id == stock_level.c.product_id)
    .where(stock_level.c.product_id.in_(bindparam("products", expanding=True)), stock_level.c.value > 0)
    .group_by(stock_level.c.product_id, product.c.grain)
)
