"""``gift_card`` and ``wallet``: cards sold and paid with, store credit that pays an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.company import account
from app.models.promoting import Step
from app.models.promotion import Benefit, Target
from app.models.stored_value import StoredKind, stored_value
from app.services import billing, gift_cards, order_promotions, order_tenders, orders, products, promotions, wallets
from app.services.document_lines import LineInput
from app.services.gift_cards import CardSale
from app.services.orders import NewOrder
from app.services.products import NewProduct
from app.services.promotions import NewCoupon, PromotionRules
from tests.scenarios.cases import REMARKS, Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

ZERO = Decimal(0)


@adapter("gift_card")
def run_cards(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        given = Facts(dict(round_.given))
        finish(given)
        company = found(Facts({}))
        play = _Cards(company)
        try:
            for index, values in enumerate(round_.steps, 1):
                checks.label = f"{round_.label} step {index}".strip()
                step = Facts(values, f"steps[{index}]")
                step.ignore(*REMARKS)
                expected = step.facts("expect")
                play.step(step)
                play.compare(expected, checks)
                finish(step)
        finally:
            company.close()


class _Cards:
    """Cards that were sold, and the order that was paid with some of them."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.invoice_id: UUID | None = None
        self.cards: list[UUID] = []
        self.order_id: UUID | None = None
        self.used: list[UUID] = []

    def step(self, step: Facts) -> None:
        match step.text("do"):
            case "sell_cards":
                count, value = step.whole("qty"), step.number("value")
                sale = CardSale(self.company.customer, count, value, self.company.today, email="buyer@example.com")
                key = self.invoice_id = self.company.do("gift_card.sell", lambda tx: gift_cards.sell(tx, sale))
                self.cards += self.company.read(lambda c: gift_cards.of_invoice(c, key))
            case "redeem":
                self._redeem(step.whole("cards"), step.number("on_total"))
            case other:
                raise NotCovered(f"the step {other!r}")

    def _redeem(self, count: int, total: Decimal) -> None:
        """Pay a sale with the next cards that nothing was paid with yet."""
        order_id = self.order_id = _order(self.company, total, "")
        fresh = [key for key in self.cards if key not in self.used][:count]
        if len(fresh) < count:
            raise NotCovered("more cards are redeemed than were sold")
        today = self.company.today
        for card_id in fresh:
            self.company.do("order.tender", lambda tx, key=card_id: order_tenders.pay(tx, order_id, key, today))
        self.used += fresh

    def compare(self, expected: Facts, checks: Checks) -> None:
        if self.order_id is not None:
            self._compare_order(expected, checks, self.order_id)
        rows = self.company.read(
            lambda c: c.execute(select(stored_value).where(stored_value.c.id.in_(self.cards))).all()
        )
        checks.amounts(expected, {"cards": len(rows)})
        if "each_value" in expected:
            wanted = expected.value("each_value")
            for row in rows:
                checks.figure("each_value", wanted, row.value)
        if "mails" in expected:
            letters = self.company.read(lambda c: gift_cards.letters(c, self.cards))
            checks.figure("mails", expected.value("mails"), len(letters))
            named = [row.code in letter.text for row in rows for letter in letters if letter.card_id == row.id]
            checks.same("numbers in the mails", [True] * len(letters), named)
        if "spent" in expected:
            checks.same("spent", expected.flag("spent"), all(row.balance == 0 for row in rows))
        if "invoice_account" in expected:
            invoice_id = self.invoice_id
            assert invoice_id is not None
            (line,) = self.company.read(lambda c: billing.lines(c, invoice_id))
            checks.same("invoice_account", expected.text("invoice_account"), _serves(self.company, line.account))

    def _compare_order(self, expected: Facts, checks: Checks, order_id: UUID) -> None:
        money = self.company.read(lambda c: order_tenders.of_order(c, order_id))
        checks.amounts(expected, {"lines": len(money.lines), "total": money.total})
        tenders = [line for line in money.lines if line.payment_id]
        if "card_spent" in expected:
            balances = select(stored_value.c.balance).where(stored_value.c.id.in_(self.used))
            left = self.company.read(lambda c: list(c.execute(balances).scalars()))
            checks.same("card_spent", expected.flag("card_spent"), bool(left) and not any(left))
        for name in ("card_line_qty", "card_line_account"):
            if name in expected and not tenders:
                raise NotCovered(f"{name} without a card on the order")
        for line in tenders:
            if "card_line_qty" in expected:
                checks.figure("card_line_qty", expected.value("card_line_qty"), line.quantity)
            if "card_line_account" in expected:
                checks.same("card_line_account", expected.text("card_line_account"), line.purpose.replace("_", " "))


@adapter("wallet")
def run_wallet(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        given = Facts(dict(round_.given))
        untaxed, tax = given.number("untaxed"), given.number("tax")
        if untaxed + tax != given.number("total") or untaxed <= 0:
            raise NotCovered("the total is not what is untaxed and the tax")
        company = found(Facts({"taxes": {"t": {"rate": str(round(100 * tax / untaxed, 6))}}}))
        try:
            _pay_by_wallet(company, untaxed, given, round_, checks)
        finally:
            company.close()


def _pay_by_wallet(company: Company, untaxed: Decimal, given: Facts, round_: Round, checks: Checks) -> None:
    credit, today, customer = given.number("wallet"), company.today, company.customer
    company.do("wallet.grant", lambda tx: wallets.grant(tx, customer, credit, today, "goodwill"))
    wallet = company.read(lambda c: wallets.of_customer(c, customer))
    order_id = _order(company, untaxed, "t")
    company.do("order.tender", lambda tx: order_tenders.pay(tx, order_id, wallet.id, today))
    match given.text("do"):
        case "":
            pass
        case "add a coupon covering the rest":
            _cover(company, order_id)
        case other:
            raise NotCovered(f"the change {other!r}")
    finish(given)
    money = company.read(lambda c: order_tenders.of_order(c, order_id))
    expected = round_.expected()
    paid = money.by_kind[StoredKind.WALLET]
    found_here = {"total": money.total, "tax": money.tax, "untaxed": money.untaxed, "paid_by_wallet": paid}
    checks.amounts(expected, found_here)
    finish(expected)


def _cover(company: Company, order_id: UUID) -> None:
    """Redeem a coupon for all that is left to pay, tax contained."""
    rest = company.read(lambda c: order_tenders.of_order(c, order_id)).total
    rules = PromotionRules(
        "C", "Coupon", Benefit.AMOUNT, Target.ORDER, (Step(figure=rest),), with_tax=True, needs_coupon=True
    )
    promotion_id = company.do("promotion.save", lambda tx: promotions.save(tx, rules))
    company.do("coupon.add", lambda tx: promotions.add_coupon(tx, NewCoupon(promotion_id, "REST")))
    company.do("order.redeem_coupon", lambda tx: order_promotions.redeem(tx, order_id, "REST"))


def _order(company: Company, untaxed: Decimal, tax: str) -> UUID:
    new = NewProduct(f"G{untaxed}{len(company.products)}", "Goods", untaxed, tax_codes=tax)
    product_id = company.do("product.add", lambda tx: products.add(tx, new))
    company.products[new.sku] = product_id
    order = NewOrder(company.customer, (LineInput(product_id),))
    return company.do("order.create", lambda tx: orders.create(tx, order))


def _serves(company: Company, code: str) -> Any:
    rows = select(account.c.purpose).where(account.c.code == code)
    return str(company.read(lambda c: c.execute(rows).scalar_one())).replace("_", " ")
