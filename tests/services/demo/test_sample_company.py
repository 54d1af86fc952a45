"""The sample company of the smallest size: what a person finds in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean, pstdev
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from stdnum import ean, iban
from stdnum.eu import vat

from app.models.company import carrier, company
from app.models.invoice import invoice
from app.models.log import command_log
from app.models.order import sales_order, sales_order_line
from app.models.party import address, contact, customer
from app.models.payment import allocation, payment
from app.models.product import product, product_unit
from app.models.purchase import purchase_order
from app.models.quote import quote
from app.models.returns import goods_return
from app.models.shipment import pick, pick_line, shipment
from app.models.sourcing import peg
from app.models.stock import stock_level, stock_move
from app.models.transfer import transfer, transfer_line
from app.models.work import work_component, work_order
from app.services import demo, integrity
from app.services.database import Database
from app.services.demo import buying, stores, workshop
from app.services.lists import PURCHASES
from app.services.progress import Quiet
from tests.databases import Databases, opened
from tests.services.demo.figures import stages

TODAY = date(2026, 11, 25)
YEAR = timedelta(days=365)
order, line = sales_order.c, sales_order_line.c


@dataclass
class Books:
    """A built sample company and what was said of it."""

    database: Database
    built: demo.Built

    def rows(self, query: Select[Any]) -> Sequence[Any]:
        return self.database.read(lambda connection: connection.execute(query).all())

    def number(self, query: Select[Any]) -> Any:
        return self.rows(query)[0][0]

    def orders_of(self, case: str) -> Sequence[Any]:
        ids = [deal.order_id for deal in self.built.cases[case]]
        return self.rows(select(sales_order).where(order.id.in_(ids)).order_by(order.number))


@pytest.fixture(scope="module")
def books(sqlite_databases: Databases) -> Iterator[Books]:
    with opened(sqlite_databases) as database:
        yield Books(database, demo.build(database, "S", today=TODAY))


def test_it_has_the_size_that_was_asked_for(books: Books) -> None:
    counts = [books.number(select(func.count()).select_from(each)) for each in (sales_order, product, customer)]
    assert counts == [1_000, 400 + len(workshop.GOODS) + 1 + len(buying.GOODS) + len(stores.PERISHABLE), 120]
    assert books.database.read(demo.is_sample)


def test_its_books_pass_the_self_check(books: Books) -> None:
    assert books.database.read(lambda connection: integrity.check(connection, Quiet())) == []


def test_every_stage_of_an_order_is_there(books: Books) -> None:
    found = books.database.read(stages)
    wanted = {
        "draft",
        "confirmed",
        "deposit",
        "backorder",
        "picking",
        "packed",
        "part",
        "shipped",
        "invoiced",
        "paid",
        "cancelled",
    }
    assert found.keys() == wanted
    assert min(found[stage] for stage in wanted - {"cancelled"}) >= 3
    assert 40 <= sum(found[stage] for stage in wanted - {"draft", "paid", "cancelled"}) <= 140


@pytest.mark.parametrize(
    ("case", "stage", "due"),
    [
        ("first order", "picking", 0),
        ("order due today", "confirmed", 0),
        ("order late", "confirmed", -3),
        ("deposit due", "deposit", 12),
        ("backorder", "backorder", 3),
        ("backorder late", "backorder", -4),
        ("picking", "picking", 0),
        ("packed", "packed", 0),
        ("part shipped", "part", -1),
        ("shipped", "shipped", 0),
        ("invoiced", "invoiced", -4),
        ("overdue", "invoiced", -35),
        ("part paid", "invoiced", -12),
        ("paid", "paid", -25),
        ("order cancelled", "cancelled", 4),
    ],
)
def test_a_case_stands_where_its_name_says(books: Books, case: str, stage: str, due: int) -> None:
    found = books.orders_of(case)
    assert found
    assert {(row.stage, row.promised_on) for row in found} == {(stage, TODAY + timedelta(days=due))}


def test_every_stage_of_a_quote_is_there(books: Books) -> None:
    found = Counter((row.state, min(row.version, 2), row.valid_until < TODAY) for row in books.rows(select(quote)))
    assert found[("draft", 0, False)] >= 3  # being written
    assert found[("draft", 1, False)] >= 2  # sent once, now revised
    assert found[("sent", 1, False)] >= 4
    assert found[("sent", 2, False)] >= 2  # a second version
    assert found[("sent", 1, True)] >= 2  # expired
    assert {"accepted", "declined", "cancelled"} <= {state for state, _, _ in found}


def test_the_first_order_is_the_one_in_the_pictures(books: Books) -> None:
    (head,) = books.orders_of("first order")
    assert (head.customer_name, head.customer_po, head.total) == (
        "Harbor & Finch Ltd", "4500-88213", Decimal("6443.82"),
    )  # fmt: skip
    assert (head.deposit_amount, head.paid_total) == (Decimal("1150.00"), Decimal("1150.00"))
    versions = books.number(select(quote.c.version).where(quote.c.id == head.quote_id))
    picked = books.rows(select(line.sku, line.picked).where(line.order_id == head.id, line.picked > 0))
    assert versions == 3
    assert len(picked) == 6


def test_invoices_returns_and_payments_are_in_every_state(books: Books) -> None:
    states = {(row.kind, row.state) for row in books.rows(select(invoice.c.kind, invoice.c.state))}
    assert states >= {
        ("deposit", "draft"), ("deposit", "posted"), ("deposit", "paid"), ("credit", "paid"),
        ("invoice", "draft"), ("invoice", "posted"), ("invoice", "paid"),
    }  # fmt: skip
    overdue = books.rows(select(invoice).where(invoice.c.due_on < TODAY, invoice.c.open_amount > 0))
    partly = [row for row in overdue if row.open_amount < row.total]
    assert len(overdue) >= 5
    assert partly
    assert {row.state for row in books.rows(select(goods_return.c.state))} == {"authorised", "received"}
    allocated = select(func.count()).where(allocation.c.payment_id == payment.c.id).scalar_subquery()
    unmatched = books.rows(select(payment).where(allocated == 0))
    bounced = books.rows(select(payment).where(payment.c.reverses_id.is_not(None)))
    assert {row.reference for row in unmatched} >= {"HF 88213"}
    assert bounced


def test_some_goods_are_gone_and_some_are_low(books: Books) -> None:
    free = stock_level.c.free
    quantity = select(free, product.c.grain).join(product, product.c.id == stock_level.c.product_id)
    found = [row.free / row.grain for row in books.rows(quantity)]
    assert sum(1 for each in found if each == 0) >= 4
    assert sum(1 for each in found if 0 < each < 4) >= 5
    assert sum(1 for each in found if each > 20) >= 100
    reasons = Counter(row.reason.split()[0] for row in books.rows(select(stock_move.c.reason)))
    assert {"Opening", "PO-0760", "count"} <= reasons.keys()


def test_everything_happened_in_working_hours_before_today_in_the_order_of_the_log(books: Books) -> None:
    log = books.rows(select(command_log).order_by(command_log.c.sequence))
    times = [row.at for row in log]
    assert times == sorted(times)
    assert times[-1].date() == books.built.last_day == date(2026, 11, 24)
    work = [row.at for row in log if row.by != "Sample company"]
    assert all(5 <= at.hour < 20 and at.weekday() < 6 for at in work)
    assert len({row.by for row in log}) >= 7


def test_its_numbers_have_valid_check_digits(books: Books) -> None:
    head = books.rows(select(company))[0]
    assert iban.is_valid(head.iban)
    assert vat.is_valid(head.vat_number)
    barcodes = [row.barcode for row in books.rows(select(product).where(product.c.kind == "goods"))]
    assert all(ean.is_valid(code) and len(code) == 13 for code in barcodes)
    assert len(barcodes) == len(set(barcodes))
    where = address.c.customer_id == customer.c.id
    rows = books.rows(select(customer.c.vat_number, address.c.country).join(address, where))
    inside = [row.vat_number for row in rows if row.country not in {"GB", "NO", "US"}]
    assert all(vat.is_valid(number) for number in inside)
    assert {row.country for row in rows} >= {"NL", "DE", "BE", "GB", "SE", "DK", "FR"}


def test_customers_and_products_are_complete(books: Books) -> None:
    customers = books.rows(select(customer))
    assert {row.payment_term for row in customers} == {"NET0", "NET14", "NET30", "NET60", "EOM30"}
    assert {row.currency for row in customers} == {"EUR", "GBP", "USD"}
    assert {row.language for row in customers} >= {"nl", "de", "en", "fr", "sv", "da"}
    assert len({row.name for row in customers}) == len(customers)
    assert all(row.vat_number or row.currency == "USD" or "Inc" in row.name or "LLC" in row.name or "HVAC" in row.name
               for row in customers)  # fmt: skip
    for part in (address, contact):
        assert {row.customer_id for row in books.rows(select(part))} == {row.id for row in customers}
    goods = books.rows(select(product).where(product.c.kind == "goods"))
    assert all(row.bin and row.weight_g and row.list_price > 0 and row.description for row in goods)
    assert {row.tax_codes for row in books.rows(select(product.c.tax_codes))} == {"V21", "V9", "V0"}
    assert {row.unit for row in books.rows(select(product_unit.c.unit))} >= {"box", "dozen", "roll", "pair", "pack"}
    assert books.number(select(func.count()).select_from(carrier)) == 4


# patterns --------------------------------------------------------------------------------------


def sold_by_month(books: Books, *categories: str) -> dict[int, int]:
    query = (
        select(order.ordered_on, func.count())
        .join(sales_order_line, line.order_id == order.id)
        .join(product, product.c.id == line.product_id)
        .where(product.c.category.in_(categories))
        .group_by(order.ordered_on)
    )
    months: Counter[int] = Counter()
    for day, count in books.rows(query):
        months[day.month] += count
    return months


def test_families_have_their_seasons(books: Books) -> None:
    heating = sold_by_month(books, "Valves", "Fittings", "Gauges", "Heating")
    cooling = sold_by_month(books, "Filters", "Fans")
    winter, summer = (11, 12, 1, 2), (5, 6, 7, 8)
    assert sum(heating[month] for month in winter) > 1.8 * sum(heating[month] for month in summer)
    assert sum(cooling[month] for month in summer) > 1.5 * sum(cooling[month] for month in winter)


def test_orders_grow_and_follow_the_week(books: Books) -> None:
    days = [row.ordered_on for row in books.rows(select(order.ordered_on))]
    by_year = Counter((TODAY - day).days // 366 for day in days)
    assert by_year[0] > by_year[1] > 0.95 * by_year[2]
    assert by_year[0] > 1.1 * by_year[2]
    weekdays = Counter(day.weekday() for day in days)
    assert weekdays[1] > weekdays[4] > 5 * weekdays[5] > 0
    assert weekdays[6] == 0
    assert not any((day.month, day.day) in {(1, 1), (4, 27), (12, 25), (12, 26)} for day in days)
    assert min(days) - (TODAY - 3 * YEAR) < timedelta(days=21)


def weekly_demand(books: Books) -> dict[str, list[int]]:
    """Quantities (in the unit of the line) of each SKU in each of the last 156 weeks."""
    query = select(line.sku, order.ordered_on, line.quantity, line.numerator, line.denominator).join(
        sales_order, order.id == line.order_id
    )
    weeks: dict[str, list[int]] = defaultdict(lambda: [0] * 157)
    for row in books.rows(query.where(line.sku != "")):
        weeks[row.sku][(TODAY - row.ordered_on).days // 7] += int(row.quantity * row.numerator / row.denominator) or 1
    return weeks


def test_few_products_sell_every_other_week_and_many_now_and_then(books: Books) -> None:
    demand = weekly_demand(books)
    active = sorted((sum(1 for each in weeks if each) for weeks in demand.values()), reverse=True)
    assert active[0] > 60  # the best seller: in most weeks
    assert sum(1 for each in active if each <= 12) > len(active) // 2  # seldom: less than once in three months
    # Intermittent in the sense of Syntetos and Boylan: 1.32 weeks or more between demands; lumpy when the
    # squared coefficient of variation of the quantities is 0.49 or more as well.
    intermittent = [weeks for weeks in demand.values() if 4 <= sum(1 for each in weeks if each) <= 156 / 1.32]
    lumpy = [weeks for weeks in intermittent if variation([each for each in weeks if each]) >= 0.49]
    assert len(intermittent) > 150
    assert len(lumpy) > 50


def variation(quantities: list[int]) -> float:
    return (pstdev(quantities) / mean(quantities)) ** 2


def test_some_products_came_and_some_went(books: Books) -> None:
    demand = {sku: weeks for sku, weeks in weekly_demand(books).items() if sum(1 for each in weeks if each) >= 4}
    came = [sku for sku, weeks in demand.items() if not any(weeks[78:])]
    went = [sku for sku, weeks in demand.items() if not any(weeks[:40])]
    assert len(came) >= 4
    assert len(went) >= 8
    assert books.number(select(func.count()).where(~product.c.active)) >= 3


def test_a_few_customers_order_most(books: Books) -> None:
    counts = sorted(
        (row[0] for row in books.rows(select(func.count(order.id)).group_by(order.customer_id))), reverse=True
    )
    assert sum(counts[:12]) > 400
    assert len([each for each in counts if each <= 5]) > 40


def test_open_pick_lists_and_planned_shipments_ask_for_what_is_promised(books: Books) -> None:
    wanted = (
        select(func.sum(pick_line.c.wanted)).join(pick, pick.c.id == pick_line.c.pick_id).where(pick.c.state == "open")
    )
    reserved = select(func.sum(line.reserved))
    assert books.number(wanted) == books.number(reserved)
    inside = [books.number(select(func.sum(each.c.reserved))) for each in (work_component, transfer_line)]
    assert books.number(wanted) + sum(inside) == books.number(select(func.sum(stock_level.c.promised)))


def test_the_workshop_has_work_in_every_stage(books: Books) -> None:
    found = Counter(row.state for row in books.rows(select(work_order)))
    assert found.keys() == {"planned", "released", "done", "cancelled"}
    assert {row.way for row in books.rows(select(work_order.c.way))} == {"make", "assemble", "outsource"}
    late = select(work_order).where(work_order.c.state == "released", work_order.c.due_on < TODAY)
    assert books.rows(late)
    served = select(sales_order.c.number).join(peg, peg.c.order_id == order.id).where(peg.c.supply == "work_order")
    assert len(set(books.rows(served))) == workshop.ORDERS
    assert {row.state for row in books.rows(select(shipment.c.state))} >= {"planned", "packed", "shipped", "delivered"}


def test_purchases_stand_in_every_stage_one_late_one_hits_an_order_and_a_transfer_is_under_way(
    books: Books,
) -> None:
    states = Counter(row.state for row in books.rows(select(purchase_order)))
    assert states.keys() >= {"draft", "sent", "confirmed", "closed"}
    late = select(purchase_order).where(PURCHASES.filters["late"](TODAY))
    begun = select(purchase_order).where(PURCHASES.filters["begun"](True))
    assert books.rows(late)
    assert books.rows(begun)
    assert books.rows(select(peg.c.order_id).where(peg.c.trouble != "", peg.c.supply == "purchase_line"))
    assert {"drop_ship"} <= {row.kind for row in books.rows(select(shipment.c.kind))}
    assert books.rows(select(transfer).where(transfer.c.state == "shipped", transfer.c.expected_on >= TODAY))
