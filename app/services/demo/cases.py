"""Business that every sample company has, whatever chance does: each stage of quote, order, invoice, return.

A case is a row: how often, when it is due, and which step happened how many working days before the
last one (0 is the last working day before today).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.services.demo import lines, steps
from app.services.demo.chance import Chance
from app.services.demo.demand import Market, Wanted
from app.services.demo.desk import SELLERS, Appointment, Deal, Step, Stocked
from app.services.demo.workdays import moment, workdays_after
from app.services.document_lines import LineInput

Course = tuple[tuple[int, Step], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of business; ``due`` is in days from today, ``short`` asks for a product that is out of stock."""

    name: str
    count: int
    due: int
    course: Course
    term: str = ""
    deposit: int = 0
    short: bool = False
    notes: str = ""


def _ordered(days_back: int) -> Course:
    return (days_back, steps.write_order), (days_back, steps.confirm_order)


def _agreed(days_back: int) -> Course:
    return (
        (days_back + 4, steps.write_quote),
        (days_back + 4, steps.send_quote),
        (days_back, steps.accept_quote),
        (days_back, steps.confirm_order),
    )


def _packed(days_back: int) -> Course:
    return (*_ordered(days_back + 3), (days_back, steps.pick), (days_back, steps.pack))


def _shipped(days_back: int) -> Course:
    return (*_packed(days_back), (days_back, steps.ship))


def _invoiced(days_back: int) -> Course:
    return (*_shipped(days_back), (days_back, steps.post_invoice))


def _paid(days_back: int) -> Course:
    return (*_invoiced(days_back), (days_back - 1, steps.deliver), (max(0, days_back - 12), steps.pay))


QUOTES: Final = (
    Case("quote draft", 3, 10, ((1, steps.write_quote),)),
    Case("quote sent", 4, 12, ((3, steps.write_quote), (2, steps.send_quote))),
    Case(
        "quote revised",
        2,
        14,
        ((12, steps.write_quote), (11, steps.send_quote), (6, steps.revise_quote(6)), (5, steps.send_quote)),
    ),
    Case(
        "quote in revision",
        2,
        9,
        (
            (10, steps.write_quote),
            (9, steps.send_quote),
            (1, steps.note("Asks for 6 % instead of 3 %.")),
            (0, steps.revise_quote(3)),
        ),
    ),
    Case("quote expired", 2, -5, ((36, steps.write_quote), (35, steps.send_quote))),
    Case("quote declined", 2, 5, ((20, steps.write_quote), (19, steps.send_quote), (12, steps.decline_quote))),
    Case("quote cancelled", 1, 5, ((15, steps.write_quote), (13, steps.cancel_quote))),
)

ORDERS: Final = (
    Case("order draft", 2, 8, ((0, steps.write_order),)),
    Case("order accepted", 1, 9, ((5, steps.write_quote), (4, steps.send_quote), (0, steps.accept_quote))),
    Case("order confirmed", 3, 6, _ordered(1), notes="Deliver to dock 4. Call half an hour before."),
    Case("order due today", 3, 0, _ordered(4)),
    Case("order late", 2, -3, _ordered(8)),
    Case("order cancelled", 2, 4, (*_ordered(6), (4, steps.cancel_order))),
    Case("deposit draft", 1, 15, _agreed(1), deposit=30),
    Case("deposit due", 3, 12, (*_agreed(4), (4, steps.post_deposit)), deposit=25),
    Case("deposit paid", 1, 5, (*_agreed(7), (7, steps.post_deposit), (2, steps.pay)), deposit=20),
    Case("backorder", 3, 3, _ordered(5), short=True),
    Case("backorder late", 2, -4, _ordered(9), short=True),
    Case("picking", 3, 0, (*_ordered(3), (0, steps.pick_half))),
    Case("packed", 3, 0, _packed(0)),
    Case("packed early", 1, 2, _packed(0)),
    Case(
        "part shipped",
        3,
        -1,
        (*_agreed(7), (3, steps.pick_half), (3, steps.pack), (2, steps.ship)),
    ),
    Case(
        "part shipped and invoiced",
        1,
        1,
        (*_ordered(8), (5, steps.pick_half), (5, steps.pack), (5, steps.ship), (4, steps.post_invoice)),
        short=True,
    ),
    Case("shipped", 3, 0, _shipped(0)),
    Case(
        "closed short",
        1,
        -6,
        (
            *_ordered(14),
            (10, steps.pick_half),
            (10, steps.pack),
            (9, steps.ship),
            (7, steps.close_order),
            (7, steps.post_invoice),
        ),
    ),
)

MONEY: Final = (
    Case("invoiced", 3, -4, _invoiced(3), term="NET30"),
    Case("overdue", 4, -35, _invoiced(26), term="NET14"),
    Case("long overdue", 1, -60, _invoiced(44), term="NET14"),
    Case("part paid", 2, -12, (*_invoiced(18), (4, steps.pay_part(40))), term="NET30"),
    Case("paid", 2, -25, _paid(20), term="NET14"),
    Case("bounced", 1, -22, (*_paid(18), (2, steps.bounce_payment)), term="NET14"),
    Case("unmatched payment", 1, 0, ((1, steps.pay_unmatched("HF 88213", Decimal("2310.00"))),)),
    Case("unmatched payment again", 1, 0, ((0, steps.pay_unmatched("Account 4417, March", Decimal("486.75"))),)),
    Case("invoice without an order", 1, 0, ((6, steps.write_invoice),)),
)

RETURNS: Final = (
    Case("return authorised", 2, -10, (*_invoiced(9), (1, steps.authorise_return("Ordered the wrong size")))),
    Case(
        "return credited",
        2,
        -20,
        (
            *_invoiced(16),
            (9, steps.authorise_return("Damaged in transit")),
            (5, steps.receive_return),
            (4, steps.credit_return),
        ),
    ),
    Case(
        "return replaced",
        1,
        -15,
        (
            *_invoiced(12),
            (6, steps.authorise_return("Thread does not fit", replace_goods=True)),
            (2, steps.receive_broken),
        ),
    ),
)

CASES: Final = (*QUOTES, *ORDERS, *MONEY, *RETURNS)

FIRST_ORDER: Final = (
    ("VAL-BR-00418", 40),
    ("KIT-PU-00031", 12),
    ("SEN-CE-00093", 6),
    ("CBL-CO-02210", 250),
    ("GAS-RU-00877", 80),
    ("BEA-ST-01172", 60),
    ("FIL-CA-00605", 10),
    ("MOT-AL-00142", 2),
)
"""The order that is half picked when the sample company is opened: every known product but two."""

FIRST_PICK: Final = {
    "VAL-BR-00418": 40,
    "KIT-PU-00031": 8,
    "CBL-CO-02210": 250,
    "GAS-RU-00877": 34,
    "BEA-ST-01172": 60,
    "FIL-CA-00605": 10,
}

FIRST_COURSE: Final[Course] = (
    (9, steps.write_quote),
    (9, steps.send_quote),
    (8, steps.revise_quote(3)),
    (8, steps.send_quote),
    (7, steps.note("Jo Finch asks for 4 % on an order of this size. Agreed.")),
    (6, steps.revise_quote(4)),
    (6, steps.send_quote),
    (4, steps.accept_quote),
    (4, steps.confirm_order),
    (4, steps.post_deposit),
    (2, steps.pay),
    (0, steps.pick_some(FIRST_PICK)),
)


def orders_in(cases: tuple[Case, ...] = CASES) -> int:
    """How many orders the cases make; the first order of the first customer comes on top."""
    makers = {steps.write_order, steps.accept_quote}
    return 1 + sum(case.count for case in cases if any(step in makers for _, step in case.course))


class Casebook:
    """Makes the cases' deals with invented customers and products, and their appointments."""

    def __init__(self, stocked: Stocked, market: Market, chance: Chance, today: date, last_day: date) -> None:
        self._stocked, self._market, self._chance = stocked, market, chance
        self._today, self._last_day = today, last_day

    def open(self, out_of_stock: list[int]) -> list[Appointment]:
        """Make the appointments of all cases; backorders want one of the items ``out_of_stock``."""
        found = self._appointments(self._first_deal(), FIRST_COURSE)
        at_home = [n for n, one in enumerate(self._stocked.profiles) if n and not one.new.currency]
        takers = self._chance.shuffled(at_home[:60])
        place = 0
        for case in CASES:
            for _ in range(case.count):
                deal = self._deal(case, takers[place % len(takers)], out_of_stock, place)
                found += self._appointments(deal, case.course)
                place += 1
        return found

    def _first_deal(self) -> Deal:
        by_sku = {item.new.sku: index for index, item in enumerate(self._stocked.items)}
        wanted = [Wanted(by_sku[sku], quantity, "", 0) for sku, quantity in FIRST_ORDER]
        deal = self._new_deal("first order", 0, wanted)
        deal.lines = (*deal.lines, lines.fee("Freight", 6_400, ""))
        deal.po, deal.requested_on = "4500-88213", self._today
        deal.deposit_amount = Decimal("1150.00")
        return deal

    def _deal(self, case: Case, customer: int, out_of_stock: list[int], place: int) -> Deal:
        profile = self._stocked.profiles[customer]
        chosen = list(
            self._market.draw_lines(
                self._last_day, customer, self._chance.between(2, 5), without=frozenset(out_of_stock), goods_only=True
            )
        )
        if case.short:
            chosen.append(Wanted(out_of_stock[place % len(out_of_stock)], self._chance.between(2, 8), "", 0))
        deal = self._new_deal(case.name, customer, chosen)
        deal.po = self._chance.spelled(profile.po_pattern)
        deal.requested_on = self._today + timedelta(case.due)
        deal.payment_term, deal.notes = case.term, case.notes
        deal.deposit_percent = Decimal(case.deposit)
        return deal

    def _new_deal(self, name: str, customer: int, chosen: list[Wanted]) -> Deal:
        stocked = self._stocked
        profile = stocked.profiles[customer]
        needs = {one.item: lines.stock_units(one, stocked.items[one.item]) for one in chosen}
        return Deal(
            chance=self._chance,
            customer_id=stocked.customer_ids[customer],
            profile=profile,
            lines=tuple(self._line(one, profile.new.currency) for one in chosen),
            seller=self._chance.one_of(SELLERS),
            needs=needs,
            name=name,
        )

    def _line(self, wanted: Wanted, currency: str) -> LineInput:
        item_id: UUID = self._stocked.item_ids[wanted.item]
        return lines.line(wanted, self._stocked.items[wanted.item], item_id, currency)

    def _appointments(self, deal: Deal, course: Course) -> list[Appointment]:
        """Give each step a time in its day's working hours, one after the other."""
        found = []
        before: datetime | None = None
        for days_back, step in course:
            day = workdays_after(self._last_day, -days_back)
            at = moment(day, self._chance.between(8 * 60, 11 * 60))
            if before is not None and at <= before:
                at = before + timedelta(minutes=self._chance.between(7, 55))
            found.append(Appointment(at, step, deal))
            before = at
        return found
