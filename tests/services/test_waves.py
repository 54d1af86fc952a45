"""Waves: lists chosen by what hurries, walked together with totes or zone by zone, finished list by list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.shipment import pick, pick_line, pick_take
from app.services import orders, papers, parties, picking, takes, warehouses, waves
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.papers import Wanted
from app.services.warehouses import NewBin
from app.services.waves import Method
from tests.store import ONE, Store


class Hall(Store):
    """A warehouse with two zones and goods in both."""

    def stocked(self) -> Hall:
        self.open()
        new = [NewBin("C-1", "C", 1, 1)]
        self.bins["C-1"] = self.do("bin.add", lambda tx: warehouses.add_bins(tx, self.main, new))[0]
        self.valve, self.pump = self.product("VALVE", units={}), self.product("PUMP", units={})
        self.put(self.valve, 50, "A-2")
        self.put(self.pump, 50, "C-1")
        return self

    def list_of(self, valves: int, pumps: int, due: date | None = None, buyer: UUID | None = None) -> UUID:
        goods = [(self.valve, valves), (self.pump, pumps)]
        new = NewOrder(
            buyer or self.buyer,
            tuple(LineInput(product, Decimal(n)) for product, n in goods if n),
            promised_on=due,
        )
        order = self.do("order.create", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order))
        return self.one(pick, order, "open")

    def walk(self, wave: UUID, picker: str) -> list[tuple[str, int]]:
        """Tote and pieces of a picker's stops, in walking order."""
        statement = (
            select(pick.c.tote, pick_take.c.wanted, pick_take.c.id)
            .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
            .join(pick, pick.c.id == pick_line.c.pick_id)
            .where(pick.c.wave_id == wave, pick_take.c.picker == picker, pick_take.c.wanted > 0)
            .order_by(pick_take.c.position)
        )
        rows = self.read(lambda c: c.execute(statement).all())
        for row in rows:
            self.do("pick.take", lambda tx, row=row: takes.take(tx, row.id, picker, row.wanted))
        return [(row.tote, row.wanted // ONE) for row in rows]


def words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


@pytest.fixture
def hall(database) -> Hall:
    return Hall(database).stocked()


def test_what_hurries_and_whom_we_serve_first_comes_first(hall):
    key = hall.customer("Key account")
    hall.do("customer.change", lambda tx: parties.change(tx, key, {"priority": "A"}, {"priority": ""}))
    late, soon = date(2026, 12, 9), date(2026, 12, 2)
    plain, first, later = hall.list_of(1, 0, soon), hall.list_of(1, 0, soon, key), hall.list_of(0, 1, late)
    assert [one.pick_id for one in hall.read(waves.candidates, hall.main)] == [first, plain, later]

    def chosen(**how):
        return [one.pick_id for one in hall.read(lambda c: waves.candidates(c, hall.main, **how))]

    assert chosen(due_by=soon) == [first, plain]
    assert chosen(priority="A") == [first]
    assert chosen(zone="C") == [later]


def test_a_batch_is_one_walk_and_every_order_has_its_tote(hall):
    lists = [hall.list_of(2, 1), hall.list_of(3, 4)]
    wave = hall.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.BATCH, totes=["BLUE", "RED"]))
    assert [row.tote for row in hall.read(waves.lists, wave)] == ["BLUE", "RED"]
    assert hall.do("wave.begin", lambda tx: waves.begin(tx, wave, "bo")) == 4
    assert sorted(hall.walk(wave, "bo")[:2]) == [("BLUE", 2), ("RED", 3)]  # both stops at the first bin
    done, waiting = hall.do("wave.finish", lambda tx: waves.finish(tx, wave, "bo"))
    assert (sorted(done), waiting) == (sorted(lists), [])
    assert hall.read(waves.get, wave).state == "done"
    assert hall.damages() == []


def test_the_printed_wave_totals_each_product_and_says_which_tote_gets_how_much(hall):
    lists = [hall.list_of(2, 0), hall.list_of(3, 4)]
    wave = hall.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.BATCH, totes=["BLUE", "RED"]))
    text = words_of(hall.read(lambda c: papers.build(c, [Wanted("wave", wave)])).pdf)
    assert "WV-00001" in text
    assert "BLUE × 2, RED × 3" in text
    assert text.index("A-2") < text.index("C-1")
    one = words_of(hall.read(lambda c: papers.build(c, [Wanted("pick", lists[1])])).pdf)
    assert "A-2" in one and "C-1" in one


def test_in_a_zone_wave_each_picker_has_a_zone(hall):
    lists = [hall.list_of(2, 1), hall.list_of(3, 4)]
    wave = hall.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.ZONE))
    assert hall.read(waves.zones, wave) == [("A", 2), ("C", 2)]
    assert hall.do("wave.begin", lambda tx: waves.begin(tx, wave, "bo", zone="A")) == 2
    assert hall.do("wave.begin", lambda tx: waves.begin(tx, wave, "cy", zone="C")) == 2
    assert sorted(n for _, n in hall.walk(wave, "bo")) == [2, 3]
    assert hall.do("wave.finish", lambda tx: waves.finish(tx, wave, "bo")) == ([], sorted(lists))
    hall.walk(wave, "cy")
    done, _ = hall.do("wave.finish", lambda tx: waves.finish(tx, wave, "cy"))
    assert sorted(done) == sorted(lists)
    assert hall.damages() == []


def test_a_list_is_in_one_wave_and_a_given_up_wave_leaves_its_lists_open(hall):
    lists = [hall.list_of(2, 1), hall.list_of(3, 4)]
    wave = hall.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.ORDER))
    before = hall.fingerprint()
    for wrong, error in (
        (lambda tx: waves.open_wave(tx, lists[:1], Method.ORDER), NotAllowed),
        (lambda tx: waves.open_wave(tx, [], Method.ORDER), NotAllowed),
    ):
        with pytest.raises(error):
            hall.do("wave.open", wrong)
    assert hall.fingerprint() == before
    hall.do("wave.cancel", lambda tx: waves.cancel(tx, wave))
    with pytest.raises(Invalid, match="tote of its own"):
        hall.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.BATCH, totes=["BLUE"]))
    again = hall.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.BATCH))
    hall.do("wave.remove", lambda tx: waves.remove(tx, lists[0]))
    assert [row.id for row in hall.read(waves.lists, again)] == lists[1:]
    assert hall.damages() == []


def test_a_wave_whose_lists_were_finished_by_themselves_is_done(hall):
    lists = [hall.list_of(2, 1), hall.list_of(3, 4)]
    wave = hall.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.ORDER))
    for pick_id in lists:
        hall.do("pick.complete", lambda tx, at=pick_id: picking.complete(tx, at))
    assert hall.do("wave.finish", lambda tx: waves.finish(tx, wave, "bo")) == ([], [])
    assert hall.read(waves.get, wave).state == "done"
