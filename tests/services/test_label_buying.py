"""One label and one number per package, once, whatever happens to the line, the carrier or the program."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Invalid, NotAllowed
from app.models.carrier import LabelState
from app.services import activity, labels, shipping
from app.services.label_buying import STALE
from app.services.shipping import Dispatch
from tests.services.carrier_office import Despatch, Died, Office

PLANNED, DONE, UNKNOWN, REFUSED, VOID = (
    LabelState.PLANNED,
    LabelState.DONE,
    LabelState.UNKNOWN,
    LabelState.REFUSED,
    LabelState.VOID,
)


@pytest.fixture
def desk(database):
    return Despatch(database)


def test_each_package_gets_its_own_label_and_number(desk):
    assert desk.plan() == [row.id for row in desk.rows()]
    assert set(desk.buyer.buy_all(desk.plan()).values()) == {DONE}
    assert desk.numbers() == ["MR000001", "MR000002"]
    assert desk.office.sales == 2
    assert desk.plan() == []
    desk.company.do(lambda tx: shipping.ship(tx, desk.shipment))
    head = desk.company.read(lambda c: c.execute(shipping.shipment.select()).all())
    [shipped] = [row for row in head if row.id == desk.shipment]
    assert (shipped.carrier, shipped.service, shipped.tracking_number) == ("Meridian", "Parcel", "MR000001")
    assert desk.numbers() == ["MR000001", "MR000002"]
    happened = desk.company.read(lambda c: activity.timeline(c, desk.order))
    assert [one.facts["tracking"] for one in happened if one.name == "label.bought"] == ["MR000002", "MR000001"]


def test_buying_again_buys_nothing(desk):
    first, _ = desk.plan()
    for _ in range(3):
        assert desk.buyer.buy(first) == DONE
    assert desk.office.sales == 1


def test_a_lost_answer_is_asked_for_by_key_and_never_bought_twice(desk):
    first, _ = desk.plan()
    desk.office.faults = ["lost answer", "dead line"]
    assert desk.buyer.buy(first) == UNKNOWN
    assert desk.buyer.buy(first) == UNKNOWN  # the line is still dead
    assert desk.buyer.buy(first) == DONE
    assert (desk.office.sales, desk.numbers()[0]) == (1, "MR000001")


def test_a_question_that_never_arrived_is_sent_again_once_the_carrier_says_so(desk):
    first, _ = desk.plan()
    desk.office.faults = ["dead line"]
    assert desk.buyer.buy(first) == UNKNOWN
    assert desk.office.sales == 0
    assert desk.buyer.buy(first) == DONE
    assert desk.office.sales == 1


def test_a_program_that_died_after_the_sale_finds_it(desk):
    first, _ = desk.plan()
    desk.office.faults = ["power cut"]
    with pytest.raises(Died):
        desk.buyer.buy(first)
    with pytest.raises(NotAllowed, match="right now"):  # another client, a moment later
        desk.buyer.buy(first)
    desk.now += STALE
    assert desk.buyer.buy(first) == DONE
    assert desk.office.sales == 1


def test_what_the_carrier_refuses_says_why_and_may_be_tried_again(desk):
    first, second = desk.plan()
    desk.office.faults = ["no"]
    assert list(desk.buyer.buy_all([first, second]).values()) == [REFUSED, DONE]
    assert desk.rows()[0].trouble == "The postcode does not exist."
    assert desk.buyer.buy(first) == DONE
    assert sorted(desk.numbers()) == ["MR000001", "MR000002"]


def test_a_carrier_that_cannot_be_asked_leaves_it_to_a_person(database):
    desk = Despatch(database, Office(find=False))
    first, _ = desk.plan()
    desk.office.faults = ["lost answer"]
    assert [desk.buyer.buy(first) for _ in range(3)] == [UNKNOWN] * 3
    assert desk.office.sales == 1
    with pytest.raises(Invalid):
        desk.company.do(lambda tx: labels.type_number(tx, first, " "))
    desk.company.do(lambda tx: labels.type_number(tx, first, "MR000001"))
    assert (desk.buyer.buy(first), desk.office.sales) == (DONE, 1)


def test_keys_that_a_carrier_forgets_are_not_asked_for_too_late(database):
    desk = Despatch(database, Office(keys_live_hours=24))
    first, _ = desk.plan()
    desk.office.faults = ["lost answer"]
    desk.buyer.buy(first)
    desk.now += timedelta(hours=25)
    assert desk.buyer.buy(first) == UNKNOWN
    assert "Look there" in desk.rows()[0].trouble


def test_a_void_label_makes_room_for_another(desk):
    first, second = desk.plan()
    desk.buyer.buy_all([first, second])
    desk.office.faults = ["lost answer"]
    assert desk.buyer.void(first) == LabelState.VOIDING
    assert desk.buyer.void(first) == VOID
    assert desk.office.voided == ["MR000001"]
    assert desk.numbers() == ["", "MR000002"]
    [again] = desk.plan()
    assert desk.buyer.buy(again) == DONE
    assert desk.numbers() == ["MR000003", "MR000002"]


def test_a_label_the_carrier_will_not_take_back_is_still_good(desk):
    first, _ = desk.plan()
    desk.buyer.buy(first)
    desk.office.faults = ["no"]
    assert desk.buyer.void(first) == DONE
    assert desk.rows()[0].trouble == "The package has been collected."
    assert desk.numbers()[0] == "MR000001"


def test_a_shipment_with_bought_labels_is_not_unpacked_and_used_ones_are_not_voided(desk):
    ids = desk.plan()
    desk.buyer.buy(ids[0])
    with pytest.raises(NotAllowed, match="Void it first"):
        desk.company.do(lambda tx: shipping.unpack(tx, desk.shipment))
    desk.buyer.void(ids[0])
    desk.company.do(lambda tx: shipping.unpack(tx, desk.shipment))
    assert set(desk.states()) == {VOID}
    desk.company.do(lambda tx: shipping.pack(tx, desk.shipment))
    [new] = desk.plan()
    desk.buyer.buy(new)
    desk.company.do(lambda tx: shipping.ship(tx, desk.shipment, Dispatch("Meridian", "Parcel", "TYPED")))
    assert desk.numbers() == ["MR000002"]  # the label on the box counts, not what was typed
    with pytest.raises(NotAllowed, match="has left"):
        desk.buyer.void(new)


def test_a_label_is_printed_again_as_it_was_bought_and_each_time_is_noted(desk):
    first, second = desk.plan()
    desk.buyer.buy(first)
    for _ in range(2):
        assert desk.company.do(lambda tx: labels.reprint(tx, first)) == "MR000001"
    row = desk.company.read(lambda c: labels.get(c, first))
    assert (row.label_format, row.label) == ("pdf", b"%PDF label")
    with pytest.raises(NotAllowed):
        desk.company.do(lambda tx: labels.reprint(tx, second))
    happened = desk.company.read(lambda c: activity.timeline(c, desk.order))
    assert [one.name for one in happened].count("label.reprinted") == 2


def test_a_number_another_package_has_is_not_taken(desk):
    first, second = desk.plan()
    desk.buyer.buy(first)
    desk.office.sales = 0  # it counts from the beginning again
    assert desk.buyer.buy(second) == UNKNOWN
    assert "another package" in desk.rows()[1].trouble
    assert desk.numbers() == ["MR000001", ""]


FAULTS = st.lists(st.sampled_from(["", "no", "dead line", "lost answer", "power cut"]), max_size=12)
WORK = st.lists(st.tuples(st.sampled_from(["buy", "void", "wait", "plan"]), st.integers(0, 1)), min_size=3, max_size=16)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(FAULTS, WORK)
def test_no_order_of_faults_and_clicks_sells_twice(sqlite_databases, faults, work):
    """After any of it: labels sold and not given back are exactly those the packages have, or may have."""
    from tests.databases import opened

    with opened(sqlite_databases) as database:
        desk = Despatch(database)
        desk.plan()
        desk.office.faults = list(faults)
        for action, which in work:
            try:
                _do(desk, action, which)
            except (NotAllowed, Died):
                continue
        desk.office.faults = []
        desk.now += 2 * STALE
        for row in desk.rows():
            if row.state in {"sent", "unknown"}:
                desk.buyer.buy(row.id)
            elif row.state == "voiding":
                desk.buyer.void(row.id)
        kept = [row.tracking_number for row in desk.rows() if row.state == DONE]
        assert all(len(sales) == 1 for sales in desk.office.sold.values())
        sold = [label.tracking_number for sales in desk.office.sold.values() for label in sales]
        assert sorted(kept) == sorted(set(sold) - set(desk.office.voided))
        assert len(set(kept)) == len(kept)
        assert sorted(filter(None, desk.numbers())) == sorted(kept)


def _do(desk, action, which):
    live = [row for row in desk.rows() if row.state != VOID]
    if action == "wait":
        desk.now += STALE
    elif action == "plan":
        desk.plan()
    elif which < len(live):
        (desk.buyer.buy if action == "buy" else desk.buyer.void)(live[which].id)


def test_two_windows_that_buy_the_same_label_at_once_buy_it_once(desk):
    """One wins the step to sent; the other is told to wait, or finds the label bought."""
    first, _ = desk.plan()
    answers, barrier = [], Barrier(4)

    def click():
        barrier.wait(10)
        try:
            answers.append(str(desk.buyer.buy(first)))
        except NotAllowed as refusal:
            answers.append(str(refusal))

    windows = [Thread(target=click) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join(30)
    assert len(answers) == 4
    assert "done" in answers
    assert desk.office.sales == 1
    assert desk.states()[0] == DONE


def test_a_label_that_another_window_is_buying_stops_no_other(desk):
    first, second = desk.plan()
    desk.company.do(lambda tx: labels.send(tx, first).purchase_id, desk.now)
    assert desk.buyer.buy_all([first, second]) == {first: "sent", second: DONE}
