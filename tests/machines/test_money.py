"""Whatever is invoiced, credited, paid, matched and taken back: the books balance, and say what customers owe."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase

from tests.machines.money import drive
from tests.machines.money_mutants import MONEY_MUTANTS

EXAMPLES = int(os.environ.get("WAYBILL_MACHINE_EXAMPLES", "2"))


def test_money(databases):
    drive(databases, examples=EXAMPLES, steps=20)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("WAYBILL_MUTANTS"), reason="set WAYBILL_MUTANTS=1: minutes of work")
@pytest.mark.parametrize("mutant", MONEY_MUTANTS, ids=lambda mutant: mutant.words)
def test_the_machine_catches_the_bug(sqlite_databases, mutant):
    caught = False
    with mutant.alive():
        try:
            drive(sqlite_databases, examples=30, steps=25, phases=(Phase.generate,), database=None)
        except BaseException as found:  # noqa: BLE001  an assertion, a crash, a refusal: whatever the bug does
            caught = not isinstance(found, KeyboardInterrupt)
    assert caught, f"nobody noticed that {mutant.words}"


def test_every_seeded_bug_of_money_can_be_put_in_and_taken_out_again():
    for mutant in MONEY_MUTANTS:
        before = getattr(mutant.owner, mutant.name)
        with mutant.alive():
            assert getattr(mutant.owner, mutant.name) is not before
        assert getattr(mutant.owner, mutant.name) is before
