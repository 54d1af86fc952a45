"""Approvals of quotes: asked for by one, given or refused by another, for what the quote says and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Conflict, Invalid, NotAllowed
from app.models.approval import NEXT, ApprovalRule, ApprovalState, RuleKind, approval_rule, quote_approval
from app.models.base import new_id
from app.models.quote import QuoteState, quote
from app.services import approval_rules, document_lines, quotes
from app.services.codec import dumps
from app.services.transaction import Transaction

WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A quote that waits for an approval; ``total`` is in ``currency``, ``why`` a few words."""

    id: UUID
    quote_id: UUID
    number: str
    customer: str
    total: Decimal
    currency: str
    why: str
    asked_by: str
    asked_at: datetime


def set_rules(tx: Transaction, rules: Iterable[ApprovalRule], *, seen: Sequence[ApprovalRule] | None = None) -> None:
    """Say from now on what needs an approval, in place of what was said before.

    Raises:
        Invalid: a limit is no number that can be kept; it names what the rule looks at.
        Conflict: somebody else changed the rules since ``seen`` was read.

    """
    wanted = list(rules)
    for rule in wanted:
        document_lines.check_number(str(rule.kind), rule.threshold)
        if rule.kind is not RuleKind.MARGIN and rule.threshold < 0:
            raise Invalid(str(rule.kind), "A limit is nothing or more. Correct it.")
        if rule.kind in {RuleKind.DISCOUNT, RuleKind.MARGIN} and rule.threshold > WHOLE:
            raise Invalid(str(rule.kind), "There are at most 100 %. Correct the limit.")
    tx.hold(approval_rule)
    if seen is not None and set(approval_rules.rules(tx.connection)) != set(seen):
        raise Conflict("the rules for approvals")
    for row in tx.execute(select(approval_rule.c.id).where(approval_rule.c.active)).all():
        tx.update(approval_rule, row.id, active=False)
    tx.insert(
        approval_rule,
        *({"id": new_id(), "kind": str(one.kind), "threshold": one.threshold, "active": True} for one in wanted),
    )


def ask(tx: Transaction, quote_id: UUID) -> UUID:
    """Ask somebody else to approve a draft as it stands; return the approval's id.

    Raises:
        NotAllowed: it is no draft, or no rule asks for an approval.

    """
    head = tx.lock(quote, quote_id, "Quote")
    if head.state != QuoteState.DRAFT:
        raise NotAllowed(f"Quote {head.number} is {head.state}. Only a draft is approved, before it is sent.")
    lines = quotes.lines(tx.connection, quote_id)
    reasons = approval_rules.reasons(tx.connection, head, lines, tx.at.date())
    if not reasons:
        raise NotAllowed(f"Quote {head.number} needs no approval. Send it.")
    for row in approval_rules.of_quote(tx.connection, quote_id):
        if row.state == ApprovalState.ASKED:
            _move(tx, row, ApprovalState.WITHDRAWN, "")
    approval_id, why = new_id(), "; ".join(approval_rules.words(one) for one in reasons)
    tx.insert(
        quote_approval,
        {
            "id": approval_id,
            "quote_id": quote_id,
            "state": str(ApprovalState.ASKED),
            "fingerprint": approval_rules.fingerprint(tx.connection, head, lines),
            "reasons": dumps([approval_rules.words(one) for one in reasons]),
            "asked_at": tx.at,
            "asked_by": tx.by,
            "decided_at": None,
            "decided_by": "",
            "note": "",
        },
    )
    tx.record("quote.approval_asked", quote_id, number=head.number, why=why)
    return approval_id


def approve(tx: Transaction, approval_id: UUID) -> None:
    """Approve what was asked for; only then may the quote be sent.

    Raises:
        NotAllowed: whoever asked, wrote the quote or changed it wants to approve, it was decided before, or the quote
            was changed since or is no draft.

    """
    row = tx.lock(quote_approval, approval_id, "Approval")
    head = tx.lock(quote, row.quote_id, "Quote")
    if head.state != QuoteState.DRAFT:
        raise NotAllowed(f"Quote {head.number} is {head.state}. Only a draft is approved, before it is sent.")
    stands = approval_rules.fingerprint(tx.connection, head, quotes.lines(tx.connection, head.id))
    if row.state == ApprovalState.ASKED and row.fingerprint != stands:
        raise NotAllowed(f"Quote {head.number} was changed since {row.asked_by} asked. It must be asked for again.")
    _decide(tx, row, ApprovalState.APPROVED, "")


def refuse(tx: Transaction, approval_id: UUID, note: str) -> None:
    """Refuse what was asked for, and say why.

    Raises:
        NotAllowed: whoever asked, wrote the quote or changed it wants to decide, or it was decided before.
        Invalid: no reason is given.

    """
    if not note.strip():
        raise Invalid("note", "Say why it is not approved, so that it can be put right.")
    _decide(tx, tx.lock(quote_approval, approval_id, "Approval"), ApprovalState.REFUSED, note.strip())


def withdraw(tx: Transaction, approval_id: UUID) -> None:
    """Ask no longer.

    Raises:
        NotAllowed: it was decided before.

    """
    _move(tx, tx.lock(quote_approval, approval_id, "Approval"), ApprovalState.WITHDRAWN, "")


def waiting(connection: Connection) -> list[Waiting]:
    """Read what waits for an approval, oldest first."""
    return [
        Waiting(*row[:6], "; ".join(json.loads(row.reasons)), row.asked_by, row.asked_at)
        for row in connection.execute(_WAITING)
    ]


def _decide(tx: Transaction, row: Any, state: ApprovalState, note: str) -> None:
    head = quotes.get(tx.connection, row.quote_id)
    changed = quotes.changed_by(tx.connection, head)
    if _person(tx.by) in {_person(name) for name in (row.asked_by, head.created_by, *changed)}:
        raise NotAllowed("Four eyes: somebody else than who asked, wrote the quote or changed it must decide.")
    _move(tx, row, state, note)


def _person(name: str) -> str:
    """Give a name so that its spelling makes nobody somebody else."""
    return " ".join(name.casefold().split())


def _move(tx: Transaction, row: Any, state: ApprovalState, note: str) -> None:
    if state not in NEXT[ApprovalState(row.state)]:
        raise NotAllowed(f"This approval is {row.state} already. Read the quote again.")
    tx.update(quote_approval, row.id, state=str(state), decided_at=tx.at, decided_by=tx.by, note=note)
    tx.record(f"quote.approval_{state}", row.quote_id, note=note)


_WAITING: Final = (
    select(
        quote_approval.c.id,
        quote.c.id.label("quote_id"),
        quote.c.number,
        quote.c.customer_name,
        quote.c.total,
        quote.c.currency,
        quote_approval.c.reasons,
        quote_approval.c.asked_by,
        quote_approval.c.asked_at,
    )
    .join(quote, quote.c.id == quote_approval.c.quote_id)
    .where(quote_approval.c.state == ApprovalState.ASKED, quote.c.state == QuoteState.DRAFT)
    .order_by(quote_approval.c.id)
)
