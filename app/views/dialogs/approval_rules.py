"""Says which quotes somebody else must look at before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.models.approval import ApprovalRule, RuleKind, limits
from app.services import approval_rules, approvals, companies
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.fields import AmountField, NumberField, place_of


@dataclass(frozen=True, slots=True)
class KnownRules:
    """The rules in use, and the company's currency in which amounts are."""

    rules: tuple[ApprovalRule, ...]
    currency: str
    decimals: int


def known_rules(connection: Connection) -> KnownRules:
    """Read what the dialog begins with."""
    currency = companies.own_currency(connection)
    return KnownRules(tuple(approval_rules.rules(connection)), currency, companies.decimals(connection, currency))


class ApprovalRulesDialog(FormDialog):
    """One limit for each thing that can be looked at; an empty one is no rule."""

    def __init__(self, context: Context, known: KnownRules, *, parent: QWidget) -> None:
        about = tr(
            "A quote beyond one of these limits is sent only after somebody else has approved it. "
            "What is left empty is not looked at."
        )
        super().__init__(context, tr("Approvals of quotes"), tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(520)
        self._seen: Sequence[ApprovalRule] = known.rules
        limit = limits(known.rules)
        amount = tr("Amount over, {}").format(known.currency)
        self.discount = NumberField(tr("Discount over %"), limit.get(RuleKind.DISCOUNT))
        self.margin = NumberField(tr("Margin under %"), limit.get(RuleKind.MARGIN))
        self.amount = AmountField(amount, limit.get(RuleKind.AMOUNT), decimals=known.decimals)
        self.terms = QComboBox()
        self.terms.addItem(tr("may be other than the customer's own"), False)
        self.terms.addItem(tr("need an approval where they are not the customer's own"), True)
        self.terms.setCurrentIndex(place_of(self.terms, RuleKind.TERMS in limit))
        off = tr("Of any line, together with the discount on all of the quote.")
        left = tr("Of the net amount over the cost, of the lines whose cost is known.")
        choices = tr("Before taxes, with the dearest of what the customer may choose.")
        self.form.add(str(RuleKind.DISCOUNT), tr("Discount over %"), self.discount, off)
        self.form.add(str(RuleKind.MARGIN), tr("Margin under %"), self.margin, left)
        self.form.add(str(RuleKind.AMOUNT), amount, self.amount, choices)
        self.form.add(str(RuleKind.TERMS), tr("Payment terms"), self.terms)

    def submit(self) -> None:
        """Save them."""
        typed = {
            RuleKind.DISCOUNT: self.discount.value(),
            RuleKind.MARGIN: self.margin.value(),
            RuleKind.AMOUNT: self.amount.value(),
            RuleKind.TERMS: Decimal(0) if self.terms.currentData() else None,
        }
        before = self._seen
        rules = tuple(ApprovalRule(kind, limit) for kind, limit in typed.items() if limit is not None)
        self.run(
            "approval.set_rules",
            lambda tx: approvals.set_rules(tx, rules, seen=before),
            tr("The rules are saved.") if rules else tr("Quotes are sent without an approval."),
            inverse=Inverse("approval.set_rules", lambda tx, _: approvals.set_rules(tx, before, seen=rules)),
        )
