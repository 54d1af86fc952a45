"""Whatever clerks do in whatever order: the books agree with plain ones, and every rule of the self-check holds."""

from __future__ import annotations

import os

from tests.machines.order_to_cash import drive

EXAMPLES = int(os.environ.get("WAYBILL_MACHINE_EXAMPLES", "12"))


def test_order_to_cash(databases):
    drive(databases, examples=EXAMPLES, steps=50)
