"""Whatever is done in a warehouse of bins in whatever order: no piece is lost, and seeded bugs are noticed."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase

from app.services import allocation, quarantine, shelf_ledger, shelves, takes
from tests.machines.mutants import Mutant
from tests.machines.shelving import drive

EXAMPLES = int(os.environ.get("WAYBILL_MACHINE_EXAMPLES", "6"))

MUTANTS = (
    Mutant("what leaves is not taken off its bin", shelf_ledger, "follow", "if leaves == comes or", "if leaves or"),
    Mutant(
        "levels miss what their shelves hold",
        shelf_ledger,
        "follow",
        "one.product_id, 0) + sign",
        "one.product_id, 0) - sign",
    ),
    Mutant("a list does not follow its order", allocation, "follow", "if not changed:", "if changed:"),
    Mutant("goods moved are no longer set aside", shelves, "_shift", "[(target, asked)]", "[]"),
    Mutant("another bin is asked for twice", takes, "_move_take", "[(asked, -quantity)]", "[]"),
    Mutant("a swap lets nobody go", takes, "_swap", "(here, -part), ", ""),
    Mutant("lists keep a lot that is blocked", quarantine, "_hold", "allocation.drop_lot", "(lambda *_: None)"),
    Mutant("a short stop is asked for twice", takes, "short", "(here, -elsewhere), ", ""),
)


def test_nothing_gets_lost_in_a_warehouse_of_bins(databases):
    drive(databases, examples=EXAMPLES, steps=40)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("WAYBILL_MUTANTS"), reason="set WAYBILL_MUTANTS=1: long work")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.words)
def test_the_machine_catches_the_bug(sqlite_databases, mutant):
    caught = False
    with mutant.alive():
        try:
            drive(sqlite_databases, examples=40, steps=40, phases=(Phase.generate,), database=None)
        except BaseException as found:  # noqa: BLE001  an assertion, a crash, a refusal: whatever the bug does
            caught = not isinstance(found, KeyboardInterrupt)
    assert caught, f"nobody noticed that {mutant.words}"


def test_every_seeded_bug_of_shelves_can_be_put_in_and_taken_out_again():
    for mutant in MUTANTS:
        before = getattr(mutant.owner, mutant.name)
        with mutant.alive():
            assert getattr(mutant.owner, mutant.name) is not before
        assert getattr(mutant.owner, mutant.name) is before
