"""Whatever is bought, made and moved in whatever order: nothing comes in twice, and every piece is accounted for."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase

from tests.machines.supply_mutants import SUPPLY_MUTANTS
from tests.machines.supplying import drive

EXAMPLES = int(os.environ.get("WAYBILL_MACHINE_EXAMPLES", "4"))


def test_supplying(databases):
    drive(databases, examples=EXAMPLES, steps=30)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("WAYBILL_MUTANTS"), reason="set WAYBILL_MUTANTS=1: minutes of work")
@pytest.mark.parametrize("mutant", SUPPLY_MUTANTS, ids=lambda mutant: mutant.words)
def test_the_machine_catches_the_bug(sqlite_databases, mutant):
    caught = False
    with mutant.alive():
        try:
            drive(sqlite_databases, examples=40, steps=30, phases=(Phase.generate,), database=None)
        except BaseException as found:  # noqa: BLE001  an assertion, a crash, a refusal: whatever the bug does
            caught = not isinstance(found, KeyboardInterrupt)
    assert caught, f"nobody noticed that {mutant.words}"


def test_every_seeded_bug_of_supply_can_be_put_in_and_taken_out_again():
    for mutant in SUPPLY_MUTANTS:
        before = getattr(mutant.owner, mutant.name)
        with mutant.alive():
            assert getattr(mutant.owner, mutant.name) is not before
        assert getattr(mutant.owner, mutant.name) is before
