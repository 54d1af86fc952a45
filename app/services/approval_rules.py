"""Which quotes somebody else must look at before they go out, and whether somebody did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, func, select, type_coerce

from app.errors import NotAllowed
from app.models import approval
from app.models.approval import ApprovalRule, ApprovalState, Facts, Reason, RuleKind, approval_rule, quote_approval
from app.models.base import AMOUNT, Key
from app.models.offer import SOLD
from app.models.product import product
from app.models.rounding import Rounding, round_decimals
from app.models.stock import stock_level
from app.services import companies, exchange_rates, parties, quote_snapshots
from app.services.statements import Prepared, Remembered
from app.services.transaction import Transaction

PERCENT_DECIMALS: Final = 4


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
        NotAllowed: a rule asks for an approval, and there is none for what the quote says now.

    """
    found = reasons(tx.connection, head, lines, tx.at.date())
    if not found:
        return
    stands = fingerprint(tx.connection, head, lines)
    asked = of_quote(tx.connection, head.id)
    if any(row.state == ApprovalState.APPROVED and row.fingerprint == stands for row in asked):
        return
    raise NotAllowed(
        f"Quote {head.number} needs an approval first: {'; '.join(words(one) for one in found)}. Ask for it; "
        "nothing was sent."
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
        return f"amount {found}, more than {limit}"
    return "payment terms that are not the customer's own"


def facts(connection: Connection, head: Any, lines: Sequence[Any], on: date) -> Facts:
    """Work out what the rules look at, of the included lines.

    The margin is taken over the lines whose product has a cost; None where none has.
    """
    counted = [row for row in lines if row.kind in SOLD and not row.choice]
    whole = 1 - Fraction(head.discount_percent) / 100
    gross = sum((Fraction(row.amount) for row in counted), Fraction(0))
    if gross > 0:
        whole -= Fraction(head.discount_amount) / gross
    deepest = max((1 - (1 - Fraction(row.discount_percent) / 100) * whole for row in counted), default=Fraction(0))
    rate = exchange_rates.cross(connection, head.currency, companies.own_currency(connection), on)
    own = parties.get(connection, head.customer_id).payment_term
    return Facts(
        discount=_percent(deepest),
        margin=_margin(connection, counted, rate),
        untaxed=round_decimals(Fraction(head.untaxed) * rate, AMOUNT, Rounding.HALF_UP),
        own_terms=head.payment_term in {own, ""},
    )


def _margin(connection: Connection, counted: Sequence[Any], rate: Fraction) -> Decimal | None:
    ids = list({row.product_id for row in counted if row.product_id is not None})
    costs = {} if not ids else {row.product_id: row for row in connection.execute(_COSTS, {"products": ids})}
    net = cost = Fraction(0)
    for row in counted:
        known = costs.get(row.product_id)
        if known is None or known.quantity <= 0:
            continue
        of_one = Fraction(known.value, 10**AMOUNT) * known.grain / known.quantity
        net += Fraction(row.net) * rate
        cost += Fraction(row.quantity) * row.numerator / row.denominator * of_one
    return _percent((net - cost) / net) if net > 0 else None


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
        type_coerce(func.sum(stock_level.c.value), BigInteger).label("value"),
        type_coerce(func.sum(stock_level.c.free + stock_level.c.promised + stock_level.c.picked), BigInteger).label(
            "quantity"
        ),
    )
    .join(product, product.c.id == stock_level.c.product_id)
    .where(stock_level.c.product_id.in_(bindparam("products", expanding=True)), stock_level.c.value > 0)
    .group_by(stock_level.c.product_id, product.c.grain)
)
