"""Ordinary business of the last weeks: each sale takes the usual course, as far as time has come by today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from app.services.demo import lines, steps
from app.services.demo.chance import Chance
from app.services.demo.demand import Market, Sale
from app.services.demo.desk import SELLERS, Appointment, Deal, Step, Stocked
from app.services.demo.workdays import is_workday, moment, workdays_after

WEB: Final = "Web shop"
TERM_DAYS: Final = {"NET0": 0, "NET14": 14, "NET30": 30, "NET60": 60, "EOM30": 45}
NOTES: Final = (
    "Goods in closes at 15:00.",
    "Please state our PO number on the packing slip.",
    "Partial delivery is fine.",
)


class Salesroom:
    """Turns sales into deals with appointments."""

    def __init__(self, stocked: Stocked, chance: Chance, first_day: date) -> None:
        self._stocked, self._chance, self._first_day = stocked, chance, first_day

    def deal(self, sale: Sale) -> Deal:
        """Make the deal of a sale."""
        stocked, chance = self._stocked, self._chance
        profile = stocked.profiles[sale.customer]
        needs = {one.item: lines.stock_units(one, stocked.items[one.item]) for one in sale.lines}
        return Deal(
            chance=chance,
            customer_id=stocked.customer_ids[sale.customer],
            profile=profile,
            lines=lines.of_sale(sale, stocked.items, stocked.item_ids, profile),
            seller=WEB if sale.channel == "web" else chance.one_of(SELLERS),
            po=sale.po,
            channel=sale.channel,
            requested_on=sale.requested_on,
            notes=chance.one_of(NOTES) if chance.percent(10) else "",
            needs=needs,
        )

    def appointments(self, deal: Deal, sale: Sale) -> list[Appointment]:
        """Give the usual course of a deal, beyond today too: what has not come yet is never worked off."""
        chance, found = self._chance, self._agreement(deal, sale)
        leaves = sale.delivered_on if is_workday(sale.delivered_on) else workdays_after(sale.delivered_on, 1)
        leaves = max(leaves, workdays_after(sale.ordered_on, 1))
        for step, earliest, latest in (
            (steps.pick, 8 * 60, 10 * 60),
            (steps.pack, 10 * 60 + 15, 13 * 60),
            (steps.ship, 14 * 60, 16 * 60 + 45),
        ):
            found.append(Appointment(moment(leaves, chance.between(earliest, latest)), step, deal))
        billed = leaves if chance.percent(65) else workdays_after(leaves, chance.between(1, 2))
        at = moment(billed, chance.between(16 * 60 + 50, 17 * 60 + 40))
        found.append(Appointment(at, steps.post_invoice, deal))
        arrived = workdays_after(leaves, chance.one_of((1, 1, 1, 2, 3)))
        found.append(Appointment(moment(arrived, chance.between(9 * 60, 16 * 60)), steps.deliver, deal))
        found.append(self._payment(deal, billed))
        return found

    def lost_quotes(self, market: Market, count: int, last_day: date) -> list[Appointment]:
        """Make quotes that never became orders: most are declined or just run out, the latest are still open."""
        chance, found = self._chance, []
        span = (last_day - self._first_day).days
        for _ in range(count):
            day = workdays_after(self._first_day + timedelta(chance.below(span)), 1)
            if day > last_day:
                continue
            customer = chance.below(min(len(self._stocked.profiles), 200))
            wanted = market.draw_lines(day, customer, chance.between(1, 5))
            sale = Sale(customer, day, workdays_after(day, 10), workdays_after(day, 10), wanted, "", 0, "", "email")
            deal = self.deal(sale)
            at = moment(day, chance.between(9 * 60, 16 * 60))
            found.append(Appointment(at, steps.write_quote, deal))
            found.append(Appointment(at + timedelta(minutes=chance.between(5, 50)), steps.send_quote, deal))
            if chance.percent(45):
                later = moment(workdays_after(day, chance.between(3, 18)), chance.between(9 * 60, 17 * 60))
                found.append(Appointment(later, steps.decline_quote, deal))
        return found

    def _agreement(self, deal: Deal, sale: Sale) -> list[Appointment]:
        chance = self._chance
        at = moment(sale.ordered_on, chance.between(8 * 60 + 20, 16 * 60))
        offered = workdays_after(sale.ordered_on, -chance.between(2, 8))
        courses: list[Appointment] = []
        write: Step = steps.write_order
        if sale.channel in {"email", "phone"} and offered > self._first_day and chance.percent(40):
            write = steps.accept_quote
            first = moment(offered, chance.between(9 * 60, 15 * 60))
            courses.append(Appointment(first, steps.write_quote, deal))
            courses.append(Appointment(first + timedelta(minutes=chance.between(5, 60)), steps.send_quote, deal))
        courses.append(Appointment(at, write, deal))
        confirmed = at + timedelta(minutes=chance.between(1, 80))
        if deal.seller == WEB:
            confirmed = at + timedelta(minutes=1)
        elif chance.percent(15):
            confirmed = moment(workdays_after(sale.ordered_on, 1), chance.between(7 * 60 + 30, 7 * 60 + 58))
        courses.append(Appointment(confirmed, steps.confirm_order, deal))
        return courses

    def _payment(self, deal: Deal, billed: date) -> Appointment:
        late = deal.profile.late_days + self._chance.between(-1, 2)
        due = billed + timedelta(max(1, TERM_DAYS[deal.profile.new.payment_term] + late))
        paid = due if is_workday(due) else workdays_after(due, 1)
        return Appointment(moment(paid, self._chance.between(9 * 60, 12 * 60)), steps.pay, deal)


def without_items(sale: Sale, gone: frozenset[int], instead: dict[int, int]) -> Sale:
    """Let a sale want other items where it wants ones that are gone: ``instead`` names one for each."""
    if not any(one.item in gone for one in sale.lines):
        return sale
    chosen = {one.item for one in sale.lines}
    kept = []
    for one in sale.lines:
        other = instead[one.item] if one.item in gone else one.item
        if other == one.item or other not in chosen:
            kept.append(replace(one, item=other))
            chosen.add(other)
    return replace(sale, lines=tuple(kept))
