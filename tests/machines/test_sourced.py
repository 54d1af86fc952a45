"""Whatever happens to sourced orders: nothing is sold twice, promised before it comes, or lost on the way."""

from __future__ import annotations

import os

from tests.machines.sourced import drive

EXAMPLES = int(os.environ.get("WAYBILL_MACHINE_EXAMPLES", "4"))


def test_sourced(databases):
    drive(databases, examples=EXAMPLES, steps=30)
