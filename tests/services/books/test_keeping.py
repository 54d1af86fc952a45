"""Months that close, accounts that a company chooses, entries made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.books import AccountKind, AccountRule, Period, account_for
from app.models.payment import Purpose
from app.services import billing, companies, deductions, integrity, journal, orders, payments
from app.services.billing import FreeInvoice
from app.services.books import chart, entries, periods
from app.services.books.entries import Side
from app.services.companies import TaxRule
from app.services.document_lines import LineInput
from app.services.integrity import Rule
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.desk import DAY, Desk
from tests.races import overtaken
from tests.views import small_company
from tests.views.small_company import TODAY

OCTOBER = Period(2026, 10)
BACK = date(2026, 10, 14)


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


@pytest.fixture
def on_both(database):
    return small_company.found(database)


def invoice(company, on=TODAY):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    company.do(lambda tx: billing.post(tx, invoice_id, on))
    return invoice_id


def held(company):
    return {code: amount for code, _, amount in company.read(journal.balances) if amount}


def test_nothing_is_booked_in_a_month_that_is_closed(on_both):
    company = on_both
    invoice_id = invoice(company, BACK)
    before = held(company)
    company.do(lambda tx: periods.close(tx, OCTOBER))
    new = NewPayment(company.harbor, Decimal("222.64"), BACK, allocations={invoice_id: Decimal("222.64")})
    with pytest.raises(NotAllowed, match=r"October 2026 is closed.*Date it 2026-11-01 or later.*Periods"):
        company.do(lambda tx: payments.receive(tx, new))
    assert held(company) == before
    assert company.read(lambda c: periods.open_day(c, BACK)) == date(2026, 11, 1)
    with pytest.raises(Invalid, match="Say why"):
        company.do(lambda tx: periods.reopen(tx, OCTOBER, " "))
    company.do(lambda tx: periods.reopen(tx, OCTOBER, "A statement came late"))
    company.do(lambda tx: payments.receive(tx, new))
    company.do(lambda tx: periods.close(tx, OCTOBER))
    last, opened, first = company.read(lambda c: periods.history(c, OCTOBER))
    assert (first.closed, opened.closed, opened.reason, last.closed) == (True, False, "A statement came late", True)
    assert last.entries == first.entries + 1
    assert last.debit == first.debit + Decimal("222.64")
    assert company.read(integrity.check) == []


def test_months_are_closed_in_their_order_and_only_once_over(company):
    with pytest.raises(NotAllowed, match=r"November 2026 is not over.*2026-12-01"):
        company.do(lambda tx: periods.close(tx, Period(2026, 11)))
    invoice(company, date(2026, 9, 30))
    with pytest.raises(NotAllowed, match="September 2026 first"):
        company.do(lambda tx: periods.close(tx, OCTOBER))
    company.do(lambda tx: periods.close(tx, Period(2026, 9)))
    company.do(lambda tx: periods.close(tx, OCTOBER))
    with pytest.raises(NotAllowed, match="closed already"):
        company.do(lambda tx: periods.close(tx, OCTOBER))
    rows = company.read(lambda c: periods.read(c, TODAY))
    assert [(row.period.month, row.closed, row.entries) for row in rows[:3]] == [
        (11, False, rows[0].entries),
        (10, True, 0),
        (9, True, 1),
    ]
    assert rows[2].debit == Decimal("222.64")


def test_what_was_taken_out_of_a_closed_month_is_found(company):
    invoice(company, BACK)
    company.do(lambda tx: periods.close(tx, OCTOBER))
    with company.database.engine.connect() as connection:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE journal_entry SET booked_on = '2026-11-02'")
        connection.commit()
    assert Rule.PERIOD in {one.rule for one in company.read(integrity.check)}


def test_sales_go_to_the_accounts_that_rules_name_to_the_cent(on_both):
    company = on_both
    company.do(lambda tx: chart.add(tx, "4010", "Sales of valves", AccountKind.INCOME))
    invoice(company)
    assert (held(company)["4000"], "4010" in held(company)) == (Decimal(-184), False)
    company.do(lambda tx: chart.set_rule(tx, AccountRule("revenue", "", "V21", "4010")))
    first = invoice(company)
    assert (held(company)["4000"], held(company)["4010"]) == (Decimal(-184), Decimal(-184))
    company.do(lambda tx: billing.credit(tx, first, TODAY))
    company.do(lambda tx: companies.add_tax(tx, TaxRule("ECO", "Eco levy", Decimal(2))))
    line = LineInput(kind="fee", name="Work", unit_price=Decimal(5), tax_codes="ECO V21")
    two_taxes = company.do(lambda tx: billing.write(tx, FreeInvoice(company.harbor, (line,))))
    company.do(lambda tx: billing.post(tx, two_taxes, TODAY))
    assert held(company)["4010"] == Decimal(-5)
    with pytest.raises(NotAllowed, match="4010 has entries"):
        company.do(lambda tx: chart.remove(tx, "4010"))
    company.do(lambda tx: chart.remove_rule(tx, AccountRule("revenue", "", "V21", "4010")))
    invoice(company)
    assert held(company)["4000"] == Decimal(-368)
    assert company.read(integrity.check) == []


def test_the_rule_that_says_most_wins():
    rules = [
        AccountRule("revenue", "", "V21", "1"),
        AccountRule("revenue", "Valves", "", "2"),
        AccountRule("revenue", "Valves", "V9", "3"),
    ]

    def choose(category, *codes):
        return account_for(rules, "revenue", category, codes, "0")

    assert [choose("", "V9"), choose("", "V21"), choose("Valves", "V21"), choose("Valves", "V9")] == [
        "0",
        "1",
        "2",
        "3",
    ]


def test_a_purpose_keeps_the_account_that_has_its_entries(company):
    company.do(lambda tx: chart.add(tx, "1250", "Receivables abroad", AccountKind.ASSET))
    company.do(lambda tx: chart.assign(tx, Purpose.RECEIVABLE, "1250"))
    invoice(company)
    assert held(company)["1250"] == Decimal("222.64")
    with pytest.raises(NotAllowed, match="1250 has entries for receivable"):
        company.do(lambda tx: chart.assign(tx, Purpose.RECEIVABLE, "1200"))
    with pytest.raises(Invalid, match="one of asset"):
        company.do(lambda tx: chart.assign(tx, Purpose.STOCK, "1770"))
    with pytest.raises(Invalid, match="kind stays"):
        company.do(lambda tx: chart.change(tx, "1250", "Abroad", AccountKind.EXPENSE))
    company.do(lambda tx: chart.change(tx, "1250", "Abroad", AccountKind.ASSET))
    company.do(lambda tx: chart.remove(tx, "1200"))
    found = {one.code: one for one in company.read(chart.read)}
    assert (found["1250"].name, found["1250"].purpose, found["1250"].booked) == ("Abroad", "receivable", True)
    assert "1200" not in found
    assert company.read(integrity.check) == []


def test_an_account_is_chosen_before_or_after_an_entry_never_while_it_is_booked(database):
    desk = Desk(database).found(invoice_policy="order")
    customer_id = desk.customer()
    new = NewOrder(customer_id, (LineInput(desk.product("P", "100", kind="service")),))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    draft = desk.read(billing.find_draft, order_id)
    desk.do("account.add", lambda tx: chart.add(tx, "1201", "Other receivables", AccountKind.ASSET))
    desk.do("account.add", lambda tx: chart.add(tx, "1011", "Other bank", AccountKind.ASSET))
    overtaken(desk, lambda tx: chart.assign(tx, Purpose.RECEIVABLE, "1201"), lambda tx: billing.post(tx, draft, DAY))
    assert "1201" in {row.account for row in desk.rows("SELECT account FROM journal_line")}
    paid = NewPayment(customer_id, Decimal(121), DAY)
    with pytest.raises(NotAllowed, match="has entries for bank"):
        overtaken(desk, lambda tx: payments.receive(tx, paid), lambda tx: chart.assign(tx, Purpose.BANK, "1011"))


def test_an_entry_by_hand_balances_and_leaves_alone_what_follows_documents(company):
    def book(*sides, on=TODAY):
        sides = [Side(code, Decimal(amount)) for code, amount in sides]
        return company.do(lambda tx: entries.book(tx, on, "Bank charges", sides))

    with pytest.raises(Invalid, match=r"differ by 0\.01"):
        book(("6855", "4.50"), ("1000", "-4.49"))
    with pytest.raises(Invalid, match=r"1200 .* follows documents"):
        book(("1200", "4.50"), ("1000", "-4.50"))
    with pytest.raises(Invalid, match="no account 9999"):
        book(("9999", "4.50"), ("1000", "-4.50"))
    entry_id = book(("6855", "4.50"), ("1000", "-4.50"))
    assert held(company)["6855"] == Decimal("4.50")
    assert company.read(lambda c: entries.can_take_back(c, entry_id))
    company.do(lambda tx: entries.take_back(tx, entry_id, TODAY))
    with pytest.raises(NotAllowed, match="taken back already"):
        company.do(lambda tx: entries.take_back(tx, entry_id, TODAY))
    assert "6855" not in held(company)
    assert company.read(integrity.check) == []


def test_an_overpayment_kept_is_found_by_its_figures_and_given_back_whole(company):
    new = NewPayment(company.harbor, Decimal(10), TODAY)
    payment_id = company.do(lambda tx: payments.receive(tx, new))
    before = held(company)

    def keep(tx):
        deductions.keep(tx, payment_id, Decimal(3), TODAY)
        return deductions.keep(tx, payment_id, Decimal(7), TODAY)

    second = company.do(keep)
    company.do(lambda tx: deductions.take_back(tx, second, TODAY))
    assert held(company)["1710"] == Decimal(-7)
    assert company.read(integrity.check) == []
    assert before["1710"] == Decimal(-10)
