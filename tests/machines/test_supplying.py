"""Whatever is bought, made and moved in whatever order: nothing comes in twice, and every piece is accounted for."""

from __future__ import annotations

import os

from tests.machines.supplying import drive

EXAMPLES = int(os.environ.get("WAYBILL_MACHINE_EXAMPLES", "4"))


def test_supplying(databases):
    drive(databases, examples=EXAMPLES, steps=30)
