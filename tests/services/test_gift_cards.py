"""Gift cards and store credit: sold, paid with, given back, expired; what they hold is what the books owe."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.stored_value import stored_value
from app.services import (
    billing,
    gift_cards,
    integrity,
    journal,
    order_tenders,
    orders,
    payments,
    receivables,
    wallets,
)
from app.services.document_lines import LineInput
from app.services.gift_cards import CardSale
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.desk import DAY, Desk
from tests.races import overtaken
from tests.services.integrity_stored import STORED

LAST = DAY + timedelta(days=365)


class Till:
    """A desk with a customer who buys gift cards and pays with them."""

    def __init__(self, database):
        self.desk = Desk(database).found(invoice_policy="order")
        self.customer = self.desk.customer()
        self.product = self.desk.product("P-1", "100", kind="service")

    def sell(self, count=1, value="50", **fields):
        sale = CardSale(self.customer, count, Decimal(value), DAY, **fields)
        self.sale = self.desk.do("gift_card.sell", lambda tx: gift_cards.sell(tx, sale))
        return self.desk.read(gift_cards.of_invoice, self.sale)

    def order(self):
        new = NewOrder(self.customer, (LineInput(self.product),))
        return self.desk.do("order.create", lambda tx: orders.create(tx, new))

    def tender(self, order_id, value_id, amount=None, on=DAY):
        wanted = None if amount is None else Decimal(amount)
        return self.desk.do("order.tender", lambda tx: order_tenders.pay(tx, order_id, value_id, on, wanted))

    def post(self, order_id):
        self.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        draft = self.desk.read(billing.find_draft, order_id)
        self.desk.do("invoice.post", lambda tx: billing.post(tx, draft, DAY))
        return draft

    def balance(self, value_id):
        return self.desk.read(lambda c: c.execute(select(stored_value).where(stored_value.c.id == value_id)).one())

    def accounts(self):
        return {code: f"{held:.2f}" for code, _, held in self.desk.read(journal.balances) if held}

    def open_of(self, invoice_id):
        return self.desk.read(billing.get, invoice_id).open_amount


@pytest.fixture
def till(sqlite_database):
    return Till(sqlite_database)


def test_cards_are_sold_as_a_debt_without_tax_and_pay_an_order_before_and_after_it_is_invoiced(till):
    first, second = till.sell(2, email="buyer@example.com")
    assert till.accounts() == {"1200": "100.00", "1730": "-100.00"}
    letters = till.desk.read(gift_cards.letters, [first, second])
    assert [till.balance(one.card_id).code in one.text for one in letters] == [True, True]
    order_id = till.order()  # 121.00
    till.tender(order_id, first)
    money = till.desk.read(order_tenders.of_order, order_id)
    assert (money.total, money.tax, money.untaxed) == (Decimal("71.00"), Decimal(21), Decimal("50.00"))
    invoice_id = till.post(order_id)
    assert till.open_of(invoice_id) == Decimal("71.00")
    payment_id = till.tender(order_id, second, "20")
    assert till.open_of(invoice_id) == Decimal("51.00")
    assert till.balance(second).balance == Decimal(30)
    assert till.accounts()["1730"] == "-30.00"
    till.desk.do("payment.reverse", lambda tx: payments.reverse(tx, payment_id, DAY))
    assert till.open_of(invoice_id) == Decimal("71.00")
    assert till.balance(second).balance == Decimal(50)
    assert [line.text for line in till.desk.read(order_tenders.of_order, order_id).lines][1:] == [
        f"Gift card {till.balance(first).code}"
    ]
    assert till.desk.damages() == []


def test_no_card_pays_more_than_it_has_after_its_last_day_or_than_the_order_asks(till):
    (card,) = till.sell(value="150", expires_on=LAST)
    order_id = till.order()
    for amount, on, words in (
        ("150.01", DAY, "is left to pay"),
        ("121.01", DAY, "121.00"),
        ("10", LAST + timedelta(days=1), "expired on"),
    ):
        with pytest.raises(NotAllowed, match=words):
            till.tender(order_id, card, amount, on)
    till.tender(order_id, card, on=LAST)
    with pytest.raises(NotAllowed, match=r"Nothing of .* is left"):
        till.tender(order_id, card)
    other = NewPayment(till.customer, Decimal(30), DAY, method="gift_card", stored_value_id=card)
    with pytest.raises(NotAllowed, match=r"has 29.0* left"):
        till.desk.do("payment.receive", lambda tx: payments.receive(tx, other))
    for wrong, words in (
        (NewPayment(till.customer, Decimal(5), DAY, method="gift_card"), "number of the gift card"),
        (NewPayment(till.customer, Decimal(5), DAY, method="wallet", stored_value_id=card), "other method"),
        (NewPayment(till.customer, Decimal(5), DAY, "GBP", "gift_card", stored_value_id=card), "are in EUR"),
    ):
        with pytest.raises(Invalid, match=words):
            till.desk.do("payment.receive", lambda tx, wrong=wrong: payments.receive(tx, wrong))
    assert till.desk.damages() == []


def test_a_card_is_found_however_its_number_is_typed(till):
    (card,) = till.sell()
    code = till.balance(card).code
    assert till.desk.read(gift_cards.find, f" {code.lower().replace('-', ' ')} ").id == card
    with pytest.raises(NotFound):
        till.desk.read(gift_cards.find, "ABCD")


def test_a_sale_is_taken_back_whole_and_only_while_no_card_was_used(till):
    first, second = till.sell(2)
    (line,) = till.desk.read(billing.lines, till.sale)
    half = {line.id: line.grains // 2}
    with pytest.raises(NotAllowed, match="whole, or not at all"):
        till.desk.do("invoice.credit", lambda tx: billing.credit(tx, till.sale, DAY, half))
    till.desk.do("gift_card.take_back", lambda tx: gift_cards.take_back_sale(tx, till.sale, DAY))
    assert till.accounts() == {}
    assert till.balance(first).void
    with pytest.raises(NotAllowed, match="taken back with its sale"):
        till.tender(till.order(), second, "1")
    (third,) = till.sell()
    till.tender(till.order(), third, "1")
    with pytest.raises(NotAllowed, match="was used"):
        till.desk.do("gift_card.take_back", lambda tx: gift_cards.take_back_sale(tx, till.sale, DAY))
    assert till.desk.damages() == []


def test_what_nobody_used_in_time_is_income_once(till):
    first, second = till.sell(2, expires_on=LAST)
    till.tender(till.order(), first, "20")
    assert till.desk.do("gift_card.expire", lambda tx: gift_cards.expire(tx, LAST)) == []
    after = LAST + timedelta(days=1)
    assert till.desk.do("gift_card.expire", lambda tx: gift_cards.expire(tx, after)) == [first, second]
    assert till.desk.do("gift_card.expire", lambda tx: gift_cards.expire(tx, after)) == []
    assert (till.accounts()["4850"], till.accounts().get("1730")) == ("-80.00", None)
    assert till.desk.damages() == []


def test_store_credit_is_given_spent_refunded_and_taken_back(till):
    other = till.desk.customer("Other")
    given = till.desk.do("wallet.grant", lambda tx: wallets.grant(tx, till.customer, Decimal(40), DAY, "late"))
    wallet = till.desk.read(wallets.of_customer, till.customer).id
    assert till.accounts() == {"1740": "-40.00", "4740": "40.00"}
    order_id = till.order()
    till.tender(order_id, wallet)
    invoice_id = till.post(order_id)
    assert till.open_of(invoice_id) == Decimal("81.00")
    with pytest.raises(NotAllowed, match="has 0"):
        till.desk.do("wallet.withdraw", lambda tx: wallets.withdraw(tx, given, DAY))
    credit_id = till.desk.do("invoice.credit", lambda tx: billing.credit(tx, invoice_id, DAY))
    assert till.open_of(credit_id) == Decimal("-40.00")
    refunded = till.desk.do("wallet.refund", lambda tx: wallets.refund(tx, credit_id, DAY))
    assert (till.open_of(credit_id), till.balance(wallet).balance) == (Decimal(0), Decimal(40))
    paid = NewPayment(other, Decimal(5), DAY, method="wallet", stored_value_id=wallet)
    with pytest.raises(NotAllowed, match="another customer's"):
        till.desk.do("payment.receive", lambda tx: payments.receive(tx, paid))
    till.desk.do("payment.reverse", lambda tx: payments.reverse(tx, refunded, DAY))
    assert (till.open_of(credit_id), till.balance(wallet).balance) == (Decimal(-40), Decimal(0))
    again = till.desk.do("wallet.grant", lambda tx: wallets.grant(tx, till.customer, Decimal(10), DAY, "sorry"))
    till.desk.do("wallet.withdraw", lambda tx: wallets.withdraw(tx, again, DAY))
    with pytest.raises(NotAllowed, match="still there"):
        till.desk.do("wallet.withdraw", lambda tx: wallets.withdraw(tx, again, DAY))
    sheet = till.desk.read(receivables.payment_sheet, refunded)
    assert (sheet.head.method, sheet.is_taken_back) == ("wallet", True)
    assert till.desk.damages() == []


@pytest.mark.parametrize("is_credited", [False, True])
def test_a_card_is_full_again_when_the_order_it_paid_is_called_off_also_after_an_invoice_was_credited(
    till, is_credited
):
    (card,) = till.sell(value="121")
    order_id = till.order()
    till.tender(order_id, card, "100")
    till.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    if is_credited:
        (line,) = till.desk.read(orders.lines, order_id)
        draft = till.desk.do("invoice.draft", lambda tx: billing.draft(tx, order_id, {line.id: line.ordered // 2}))
        till.desk.do("invoice.post", lambda tx: billing.post(tx, draft, DAY))
        assert till.open_of(draft) == 0
        till.desk.do("invoice.credit", lambda tx: billing.credit(tx, draft, DAY))
    till.desk.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    assert till.balance(card).balance == Decimal(121)
    assert till.accounts() == {"1200": "121.00", "1730": "-121.00"}  # the sale of the card
    assert till.desk.damages() == []


def test_an_order_whose_invoice_was_credited_is_paid_with_a_card_when_it_is_invoiced_again(till):
    (card,) = till.sell(value="100")
    order_id = till.order()
    first = till.post(order_id)
    till.desk.do("invoice.credit", lambda tx: billing.credit(tx, first, DAY))
    second = till.desk.read(billing.find_draft, order_id)
    till.desk.do("invoice.post", lambda tx: billing.post(tx, second, DAY))
    till.tender(order_id, card)
    assert till.open_of(second) == Decimal("21.00")
    assert till.desk.damages() == []


def test_two_tills_spend_a_card_once(database):
    till = Till(database)
    (card,) = till.sell()
    first, second = till.order(), till.order()
    with pytest.raises(NotAllowed, match="nothing left"):
        overtaken(
            till.desk,
            lambda tx: order_tenders.pay(tx, first, card, DAY),
            lambda tx: order_tenders.pay(tx, second, card, DAY),
        )
    assert till.balance(card).balance == 0
    assert till.desk.damages() == []


def test_every_damage_is_named(till):
    (card,) = till.sell()
    till.tender(till.order(), card, "20", date(2026, 11, 26))
    for statement, rule in STORED.items():
        with till.desk.database.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            raw.create_function("waybill_gate", 0, lambda: 1)
            connection.exec_driver_sql("SAVEPOINT sound")
            for table in ("stored_value_entry", "payment", "journal_line"):
                for action in ("update", "delete"):
                    raw.execute(f"DROP TRIGGER IF EXISTS ledger_{action}_{table}")
            connection.exec_driver_sql(statement)
            found = {one.rule for one in integrity.check(connection)}
            connection.exec_driver_sql("ROLLBACK TO sound")
            connection.rollback()
        assert rule in found, (statement, found)
