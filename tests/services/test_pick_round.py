"""A walk through the bins: what each scan means, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.pick_round import CONTROL, WRONG, Kind, PickRound, control
from app.services.pick_sheets import PickSheet, Stop, natural

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GRAIN = 10


def stop(sku: str, place: str, wanted: int, *, box: int = 0, barcode: str = "") -> Stop:
    """A stop for ``wanted`` units; a box barcode stands for ``box`` of them."""
    codes = [(sku, GRAIN)]
    codes += [(barcode, GRAIN)] if barcode else []
    codes += [(f"BOX-{sku}", box * GRAIN)] if box else []
    return Stop(
        uuid4(),
        uuid4(),
        uuid4(),
        place,
        sku,
        sku,
        "",
        barcode,
        "unit",
        Fraction(GRAIN),
        wanted * GRAIN,
        0,
        tuple(codes),
    )


def walk(*stops: Stop) -> PickRound:
    sheet = PickSheet(uuid4(), "PL-1", "open", uuid4(), "SO-1", uuid4(), "Harbor", None, NOW, None, "", tuple(stops))
    return PickRound(sheet)


def units(of: PickRound) -> list[int]:
    return [of.taken(one) // GRAIN for one in of.sheet.stops]


def test_each_right_scan_counts_one_and_the_last_goes_on_to_the_next_bin():
    at = walk(stop("A", "A-1", 2), stop("B", "A-2", 1))
    assert at.scan("A").kind is Kind.COUNTED
    assert at.scan(" a ").kind is Kind.STOP_DONE
    assert at.current is at.sheet.stops[1]
    assert at.scan("B").kind is Kind.ALL_DONE
    assert at.current is None
    assert units(at) == [2, 1]


def test_a_box_counts_what_it_holds_and_one_too_large_is_refused():
    at = walk(stop("A", "A-1", 15, box=12))
    assert at.scan("BOX-A").kind is Kind.COUNTED
    answer = at.scan("BOX-A")
    assert (answer.kind, at.blocked, units(at)) == (Kind.TOO_MANY, True, [12])
    assert at.scan("A").kind is Kind.COUNTED
    assert units(at) == [13]


def test_a_wrong_item_stops_the_counting_until_the_right_one_comes():
    at = walk(stop("A", "A-1", 3), stop("B", "A-2", 1))
    answer = at.scan("B")
    assert (answer.kind, answer.other) == (Kind.WRONG_ITEM, at.sheet.stops[1])
    assert at.take(GRAIN).kind is Kind.BLOCKED
    assert units(at) == [0, 0]
    assert at.scan("A").kind is Kind.COUNTED
    assert at.take(GRAIN).kind is Kind.COUNTED
    assert units(at) == [2, 0]


def test_a_wrong_item_is_settled_by_hand_too():
    at = walk(stop("A", "A-1", 3))
    at.scan("UNKNOWN")
    at.release()
    assert at.take_all().kind is Kind.ALL_DONE


def test_bins_are_told_apart():
    at = walk(stop("A", "A-1", 1), stop("B", "A-2", 1))
    assert at.scan("a-1").kind is Kind.BIN
    assert at.scan("A-2").kind is Kind.WRONG_BIN
    assert units(at) == [0, 0]


def test_another_item_of_the_same_bin_is_right_as_well():
    at = walk(stop("A", "A-1", 2), stop("B", "A-1", 2))
    assert at.scan("B").kind is Kind.COUNTED
    assert at.current is at.sheet.stops[1]
    at.scan("B")
    assert at.current is at.sheet.stops[0]


def test_an_item_that_is_complete_is_not_counted_again():
    at = walk(stop("A", "A-1", 1), stop("B", "A-2", 1))
    at.scan("A")
    answer = at.scan("A")
    assert answer.kind is Kind.WRONG_ITEM
    assert answer.other is at.sheet.stops[0]
    assert units(at) == [1, 0]


def test_short_and_skip_and_the_way_back():
    at = walk(stop("A", "A-1", 5), stop("B", "A-2", 1), stop("C", "A-3", 1))
    at.take(2 * GRAIN)
    assert at.short().grains == 3 * GRAIN
    at.skip()
    assert [one.sku for one in (at.current, *at.upcoming())] == ["C", "B"]
    at.scan("C")
    assert at.current.sku == "B"
    at.undo()  # C
    at.undo()  # the short
    assert at.current.sku == "A"
    assert not at.is_short(at.current)
    at.undo()  # the two
    assert units(at) == [0, 0, 0]
    assert at.undo().kind is Kind.NOTHING


def test_giving_back_never_goes_below_nothing():
    at = walk(stop("A", "A-1", 5))
    at.take(2 * GRAIN)
    at.take(-9 * GRAIN)
    assert units(at) == [0]
    assert at.take(-GRAIN).kind is Kind.NOTHING


def test_the_same_code_read_as_upc_or_gtin_14_is_the_same_item():
    at = walk(stop("A", "A-1", 3, barcode="036000291452"))
    for code in ("0036000291452", "00036000291452", "036000291452"):
        assert at.scan(code).kind in {Kind.COUNTED, Kind.ALL_DONE}
    assert units(at) == [3]


def test_progress_is_taken_up_where_it_was_left_and_dropped_where_it_no_longer_fits():
    first = walk(stop("A", "A-1", 5), stop("B", "A-2", 2), stop("C", "A-3", 1))
    first.take(3 * GRAIN)
    first.skip()
    first.short()
    again = PickRound(first.sheet)
    assert again.resume(first.to_text())
    assert (units(again), again.current.sku) == (units(first), "C")
    fewer = PickRound(first.sheet.__class__(**{**_fields(first.sheet), "stops": (_less(first.sheet.stops[0], 2),)}))
    fewer.resume(first.to_text())
    assert units(fewer) == [0]
    assert not PickRound(first.sheet).resume("rubbish:x:y 12")


def test_control_codes_are_read_in_any_case():
    assert {control(code.lower()) for code in CONTROL} == set(CONTROL.values())
    assert control("VAL-1") == ""


@pytest.mark.parametrize(("first", "second"), [("A-2", "A-10"), ("B-07-3", "B-07-12"), ("A", "A-1"), ("9", "A-1")])
def test_bins_stand_in_the_order_one_walks(first, second):
    assert natural(first) < natural(second)


@given(st.lists(st.sampled_from(["A", "B", "BOX-B", "X", "A-1", "A-2", "+", "-", "u", "s", "k"]), max_size=60))
def test_no_wrong_scan_ever_changes_what_was_taken(steps):
    at = walk(stop("A", "A-1", 3), stop("B", "A-2", 7, box=4), stop("C", "A-3", 2))
    actions = {"+": lambda: at.take(GRAIN), "-": lambda: at.take(-GRAIN), "u": at.undo, "s": at.short, "k": at.skip}
    for step in steps:
        before = units(at)
        answer = actions[step]() if step in actions else at.scan(step)
        if answer.kind in WRONG:
            assert units(at) == before
        assert all(0 <= taken * GRAIN <= one.wanted for taken, one in zip(units(at), at.sheet.stops, strict=True))
        assert (at.current is None) == (at.settled == at.count)
    copy = PickRound(at.sheet)
    copy.resume(at.to_text())
    assert copy.result() == at.result()


def _fields(sheet: PickSheet) -> dict[str, object]:
    return {name: getattr(sheet, name) for name in PickSheet.__dataclass_fields__}


def _less(one: Stop, wanted: int) -> Stop:
    fields = {name: getattr(one, name) for name in Stop.__dataclass_fields__}
    return Stop(**{**fields, "wanted": wanted * GRAIN})
