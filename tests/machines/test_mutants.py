"""The machine catches seeded bugs.  Long: only with WAYBILL_MUTANTS=1; docs/engineering/machines.md has the score."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase

from tests.machines.mutants import MUTANTS
from tests.machines.order_to_cash import drive

SURVIVES = 150
"""Examples a bug must survive to be called alive."""


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("WAYBILL_MUTANTS"), reason="set WAYBILL_MUTANTS=1: half an hour of work")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.words)
def test_the_machine_catches_the_bug(sqlite_databases, mutant):
    caught = False
    with mutant.alive():
        try:
            drive(sqlite_databases, examples=SURVIVES, steps=50, phases=(Phase.generate,), database=None)
        except BaseException as found:  # noqa: BLE001  an assertion, a crash, a refusal: whatever the bug does
            caught = not isinstance(found, KeyboardInterrupt)
    assert caught, f"nobody noticed that {mutant.words}"


def test_every_seeded_bug_can_be_put_in_and_taken_out_again():
    for mutant in MUTANTS:
        before = getattr(mutant.owner, mutant.name)
        with mutant.alive():
            assert getattr(mutant.owner, mutant.name) is not before
        assert getattr(mutant.owner, mutant.name) is before
