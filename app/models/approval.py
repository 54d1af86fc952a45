"""Approvals: rules that say which quotes somebody else must look at before they are sent, and what was decided.

A rule looks at one thing.  Four eyes: who asks does not approve.  An approval is for what it was asked for: it keeps
the fingerprint of the quote, and a quote that was changed since must be asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, Column, String, Text

from app.models.base import PRICE, DataClass, Exact, Moment, key, reference, table


class RuleKind(StrEnum):
    """What a rule looks at, and how its limit is read."""

    DISCOUNT = "discount"  # more than so many percent off the price, of a line or of all
    MARGIN = "margin"  # less than so many percent of the net amount left over the cost
    AMOUNT = "amount"  # more than so much before taxes, in the company's currency
    TERMS = "terms"  # payment terms other than the customer's own


class ApprovalState(StrEnum):
    """Where a request for an approval stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by who asked, or because the quote was changed


NEXT: Final[dict[ApprovalState, frozenset[ApprovalState]]] = {
    ApprovalState.ASKED: frozenset({ApprovalState.APPROVED, ApprovalState.REFUSED, ApprovalState.WITHDRAWN}),
    ApprovalState.APPROVED: frozenset(),
    ApprovalState.REFUSED: frozenset(),
    ApprovalState.WITHDRAWN: frozenset(),
}

approval_rule = table(
    "approval_rule",
    DataClass.HUB_ONLY,
    key(),
    Column("kind", String(12), nullable=False),
    Column("threshold", Exact(PRICE), nullable=False),  # percent, or an amount; terms have none
    Column("active", Boolean, nullable=False),
)

quote_approval = table(
    "quote_approval",
    DataClass.DOCUMENT,
    key(),
    reference("quote_id", "quote", index=True),
    Column("state", String(12), nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of what was asked for
    Column("reasons", Text, nullable=False),  # JSON: list of [kind, what it is, the limit]
    Column("asked_at", Moment, nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", String(80), nullable=False),
    Column("note", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """A rule in use: above ``threshold`` (below it for a margin) somebody else must look."""

    kind: RuleKind
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at; percent as numbers, ``margin`` None where a cost is not known."""

    discount: Decimal  # the largest, of a line with that of the whole document
    margin: Decimal | None
    included: Decimal  # what the quote comes to before taxes as it is printed, in the company's currency
    untaxed: Decimal  # the same with the dearest of what may be chosen
    own_terms: bool  # the customer's own payment terms


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule asks for an approval: what was found, and its limit.

    ``chosen`` is an amount with the dearest of what may be chosen, where that is more than the printed one.
    """

    kind: RuleKind
    found: Decimal
    limit: Decimal
    chosen: Decimal | None = None


def reasons(rules: list[ApprovalRule], facts: Facts) -> list[Reason]:
    """Give what asks for an approval, by the rules' order; of each kind the strictest limit that is broken."""
    found: dict[RuleKind, Reason] = {}
    for rule in rules:
        reason = _reason(rule, facts)
        if reason is None:
            continue
        known = found.get(rule.kind)
        strictest = max if rule.kind is RuleKind.MARGIN else min
        if known is None or strictest(known.limit, reason.limit) == reason.limit:
            found[rule.kind] = reason
    return list(found.values())


def limits(rules: Iterable[ApprovalRule]) -> dict[RuleKind, Decimal]:
    """Give the strictest limit of each kind: of several only that one counts."""
    found: dict[RuleKind, Decimal] = {}
    for rule in rules:
        strictest = max if rule.kind is RuleKind.MARGIN else min
        found[rule.kind] = strictest(found.get(rule.kind, rule.threshold), rule.threshold)
    return found


def _reason(rule: ApprovalRule, facts: Facts) -> Reason | None:
    if rule.kind is RuleKind.DISCOUNT and facts.discount > rule.threshold:
        return Reason(rule.kind, facts.discount, rule.threshold)
    if rule.kind is RuleKind.MARGIN and facts.margin is not None and facts.margin < rule.threshold:
        return Reason(rule.kind, facts.margin, rule.threshold)
    if rule.kind is RuleKind.AMOUNT and facts.untaxed > rule.threshold:
        chosen = facts.untaxed if facts.untaxed > facts.included else None
        return Reason(rule.kind, facts.included, rule.threshold, chosen)
    if rule.kind is RuleKind.TERMS and not facts.own_terms:
        return Reason(rule.kind, Decimal(0), rule.threshold)
    return None
